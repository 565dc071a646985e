package main

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// listOptions says what is listed, and how.
type listOptions struct {
	*options
	env    environment
	now    time.Time
	format string
	order  view.Order
	view.Selection
}

func newList(env environment, opts *options) *cobra.Command {
	o := listOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	var person, status, order string
	var regions, severities []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the escalations: how bad, how old, whose, and what is late",
		Long: "Lists all escalations, the open ones first: severity, customer, age, DRI, since when something is late or " +
			"what is due next, how many exit criteria are met, and the Product DRI. A file with errors is named. " +
			"It exits 0, whatever is late: `escalate stale` asks for that.",
		Example: "  escalate list\n  escalate list --status open --severity critical,high\n  escalate list --person jdoe --overdue\n" +
			"  escalate list --sort age --format csv",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.format, err = formatOf(opts, o.format, cmd.Flags().Changed("format"), "text", "json", "csv"); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			if err := o.choose(person, status, order, regions, severities); err != nil {
				return err
			}
			return runList(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&severities, "severity", nil, "only escalations of these severities")
	f.StringSliceVar(&regions, "region", nil, "only escalations of these regions")
	f.StringVar(&person, "person", "", "only what this person has a part in, as a DRI, stand-in or CSE, with an open step, or is asked for: a handle, such as jdoe")
	f.StringVar(&status, "status", "", "only what is "+words.Or(view.Statuses()))
	f.BoolVar(&o.Overdue, "overdue", false, "only where something is overdue")
	f.BoolVar(&o.Product, "product", false, "only what is product related")
	f.StringVar(&order, "sort", string(view.BySeverity), "sort by "+words.Or(view.Orders()))
	moment = nowFlag(cmd, env, "ask about this moment")
	formatFlag(cmd, &o.format, "text", "json", "csv")
	_ = cmd.RegisterFlagCompletionFunc("status", completeWords(view.Statuses()...)) // the flags are there
	_ = cmd.RegisterFlagCompletionFunc("sort", completeWords(view.Orders()...))
	return cmd
}

// choose reads what is wanted.
func (o *listOptions) choose(person, status, order string, regions, severities []string) (err error) {
	o.Person = schema.Handle(strings.TrimPrefix(person, "@"))
	o.Regions = regionNames(regions)
	if o.Severities, err = severityNames(severities); err != nil {
		return err
	}
	if o.Status = view.Status(status); status != "" && !slices.Contains(view.Statuses(), o.Status) {
		return usagef("there is no status %q: write %s", status, words.Or(view.Statuses()))
	}
	if o.order = view.Order(order); !slices.Contains(view.Orders(), o.order) {
		return usagef("there is no order %q: write %s", order, words.Or(view.Orders()))
	}
	return nil
}

func runList(ctx context.Context, o listOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working(ctx)
	if err != nil {
		return err
	}
	if err := exists(t, nil, o.Person); err != nil {
		return err
	}
	if err := regionsExist(t, o.Regions); err != nil {
		return err
	}
	past := locally(ctx, s)
	table := view.List(t, o.now, past.of).Select(o.Selection)
	if past.err != nil {
		return past.err
	}
	table.Sort(o.order)
	switch o.format {
	case "json":
		return viewprint.ListJSON(o.env.stdout, table)
	case "csv":
		return viewprint.ListCSV(o.env.stdout, table)
	}
	return viewprint.List(o.env.stdout, table, o.env.screen)
}

// clocks is what is overdue or due next in the files as they stand.
func clocks(ctx context.Context, s *session.Session, t *tree.Tree, now time.Time) (stale.Report, error) {
	past := locally(ctx, s)
	r := stale.Check(t, now, past.of)
	return r, past.err
}

// regionNames are regions as the policy names them.
func regionNames(names []string) []schema.RegionName {
	var all []schema.RegionName
	for _, n := range names {
		all = append(all, schema.RegionName(n))
	}
	return all
}

// severityNames reads severities.
func severityNames(names []string) ([]schema.Severity, error) {
	var all []schema.Severity
	for _, n := range names {
		if !slices.Contains(schema.AllSeverities(), schema.Severity(n)) {
			return nil, usagef("there is no severity %q: write %s", n, words.Or(schema.AllSeverities()))
		}
		all = append(all, schema.Severity(n))
	}
	return all, nil
}

// regionsExist refuses regions that the policy does not have, where it can be read.
func regionsExist(t *tree.Tree, regions []schema.RegionName) error {
	for _, r := range regions {
		if _, ok := t.Policy.Regions[string(r)]; !ok && t.Misread() == "" {
			names := slices.Sorted(maps.Keys(t.Policy.Regions))
			return unknownName("region", string(r), names, "write "+words.Or(names))
		}
	}
	return nil
}

// meantID is the escalation that somebody means: by its id, its path, the customer's
// name, or a part of one of these.
func meantID(t *tree.Tree, arg string) (schema.ID, error) { return theOne(t, arg, t.Find(arg)) }

// theOne is the escalation that somebody means, of those that were found.
func theOne(t *tree.Tree, arg string, found []schema.ID) (schema.ID, error) {
	for _, name := range t.Names { // what is there and cannot be read is not another one
		if id := tree.ID(name); tree.IsEscalation(name) && !t.Has(name) && (string(id) == arg || path.Base(string(id)) == arg) {
			return "", usagef("%s is no file that can be read: `escalate lint` says why", name)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		var all []string
		for _, name := range t.Paths {
			id := string(tree.ID(name))
			all = append(all, id, path.Base(id))
		}
		return "", unknownName("escalation", arg, all, "`escalate list` shows them")
	}
	const most = 8
	names := make([]string, 0, len(found))
	for i, id := range found {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(found)-most))
			break
		}
		names = append(names, string(id))
	}
	return "", usagef("%q may be %s: write the id of one", escape.Line(arg), words.Or(names))
}
