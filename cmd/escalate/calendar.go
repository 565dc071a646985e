package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ics"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// calendarOptions says what stands in the calendar.
type calendarOptions struct {
	*options
	env       environment
	selection ics.Selection
	now       time.Time
}

func newCalendar(env environment, opts *options) *cobra.Command {
	o := calendarOptions{options: opts, env: env}
	var person string
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "calendar [ID...]",
		Short: "Write the standups, and what is due next, as iCalendar",
		Long: "Writes the standups of the open escalations, or of those named, and what is due next of them, as " +
			"iCalendar (RFC 5545) for any calendar program: the standups as series, with an alarm ten minutes before; " +
			"updates, next steps and deadlines at the moment when they are due. Taken in again, it moves the entries " +
			"that are there already. It exits 1 if it had to leave something out, and says what.\n\n" +
			"--person leaves out what does not concern somebody: who comes to the standup, whose turn it is.",
		Example:           "  escalate calendar > escalations.ics\n  escalate calendar --person jdoe > jdoe.ics\n  escalate calendar 2026/northwind --json",
		ValidArgsFunction: completeIDs(env, opts),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			for _, arg := range args {
				id, err := escalationID(arg)
				if err != nil {
					return err
				}
				o.selection.IDs = append(o.selection.IDs, id)
			}
			if cmd.Flags().Changed("person") {
				if o.selection.Person = schema.Handle(strings.TrimPrefix(person, "@")); o.selection.Person == "" {
					return usagef("--person names nobody: write a handle of %s", tree.PeoplePath)
				}
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			return runCalendar(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&person, "person", "", "only what concerns this person: a handle, such as jdoe")
	moment = nowFlag(cmd, env, "what is due after this moment")
	return cmd
}

func runCalendar(ctx context.Context, o calendarOptions) error {
	env := o.env
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working(ctx)
	if err != nil {
		return err
	}
	if err := exists(t, o.selection.IDs, o.selection.Person); err != nil {
		return err
	}
	past := locally(ctx, s)
	c := ics.New(t, stale.Check(t, o.now, past.of), o.selection)
	if past.err != nil {
		return past.err
	}
	if o.json {
		err = c.JSON(env.stdout)
	} else {
		err = c.Write(env.stdout, calendarName(t, o.selection))
	}
	for _, u := range c.LeftOut {
		if u.Escalation == "" {
			fmt.Fprintf(env.stderr, "escalate: the calendar is empty: %s\n", escape.Line(u.Why))
		} else {
			fmt.Fprintf(env.stderr, "escalate: left out %s: %s\n", u.Escalation, escape.Line(u.Why))
		}
	}
	if err == nil && len(c.LeftOut) > 0 {
		err = errFindings
	}
	return err
}

// exists refuses escalations and people that are not there, and says who was
// probably meant.
func exists(t *tree.Tree, ids []schema.ID, person schema.Handle) error {
	for _, id := range ids {
		if slices.Contains(t.Paths, tree.Path(id)) {
			continue
		}
		var all []string
		for _, path := range t.Paths {
			all = append(all, string(tree.ID(path)))
		}
		return unknownName("escalation", string(id), all, "`escalate list` shows them")
	}
	if _, ok := t.People.People[person]; person != "" && !ok && t.Misread() == "" {
		if m := process.WhoIsMeant(t.People, string(person)); len(m.Who) > 0 && len(m.Who) <= few {
			return usagef("there is no person %s; did you mean %s?", escape.Line(string(person)), words.Or(m.Who))
		}
		return unknownName("person", string(person), nil, "write a handle of "+tree.PeoplePath)
	}
	return nil
}

// few is how many people are named of those who may be meant.
const few = 3

// unknownName says what there is not, and what was probably meant, else what to do.
func unknownName(what, name string, names []string, do string) error {
	if meant := nearest.Of(name, names); meant != "" {
		return usagef("there is no %s %s; did you mean %s?", what, escape.Line(name), meant)
	}
	return usagef("there is no %s %s: %s", what, escape.Line(name), do)
}

// calendarName is what calendar programs call the calendar.
func calendarName(t *tree.Tree, s ics.Selection) string {
	if s.Person == "" {
		return "Escalations"
	}
	return "Escalations of " + words.Name(t.People, s.Person)
}
