package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// staleOptions says what is asked, or told where apply is set.
type staleOptions struct {
	*options
	env    environment
	now    time.Time
	format string
	apply  bool
	advice bool
	stale.Selection
}

func newStale(env environment, opts *options) *cobra.Command {
	o := staleOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	var person string
	var regions, severities []string
	cmd := &cobra.Command{
		Use:   "stale [ID...]",
		Short: "Show what is overdue or due next, and whose turn it is",
		Long: "Shows of each open escalation, or of those named, how late it is, whose turn it is and what is late, and " +
			"of those in time what is due next, by the calendar of their region: the worst severity first, then the " +
			"latest. It exits 1 if something is overdue.\n\n" +
			"--now asks about any moment: what will be overdue on Monday?\n\n" +
			"Where the environment says which repository on GitHub or GitLab it is, it also shows the pull or merge requests that open an " +
			"escalation and lie unmerged.\n\n" +
			"No clock starts before the fact that it counts from was told: git knows, by the branch of the ledger and " +
			"the default branch.\n\n" +
			"With --apply, it reminds of what is overdue on the default branch: the DRI at once, the DRI's manager too a " +
			"working day later, the CSM leader too after two, at critical at once and after twelve hours; each rung at " +
			"most once a working day, and after five days once a week; and triage, there, of a proposal that " +
			"lies unmerged. What was said stands in the ledger, so it does " +
			"not matter when and how often it runs. Then it exits 1 only if a reminder was not delivered.",
		Example: "  escalate stale\n  escalate stale 2026/northwind\n  escalate stale --person jdoe\n  escalate stale --severity critical,high --region EMEA\n" +
			"  escalate stale --now 2026-12-01T09:00:00Z\n  escalate stale --json\n  escalate stale --apply",
		ValidArgsFunction: completeIDs(env, opts),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.format, err = outputFormat(opts, o.format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			if err := o.choose(args, person, regions, severities); err != nil {
				return err
			}
			chosen := len(args) > 0 || person != "" || len(regions) > 0 || len(severities) > 0
			switch {
			case o.apply && chosen:
				return usagef("--apply reminds of all: leave out the ids, --person, --region and --severity")
			case o.apply:
				return runRemind(cmd.Context(), o)
			}
			if o.remote != "" || o.branch != "" {
				return usagef("--remote and --branch go with --apply")
			}
			return runStale(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.apply, "apply", false, "remind who is on the rung, in the escalation's channel and its tracking issue")
	cmd.Flags().BoolVar(&o.advice, "advice", false, "show what is only advised, too")
	cmd.Flags().StringVar(&person, "person", "", "only what this person is asked for, or is the DRI of: a handle, such as jdoe")
	cmd.Flags().StringSliceVar(&regions, "region", nil, "only escalations of these regions")
	cmd.Flags().StringSliceVar(&severities, "severity", nil, "only escalations of these severities")
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	moment = nowFlag(cmd, env, "ask about this moment")
	formatFlag(cmd, &o.format, "text", "json", "markdown")
	return cmd
}

// choose reads what is wanted.
func (o *staleOptions) choose(ids []string, person string, regions, severities []string) (err error) {
	for _, arg := range ids {
		id, err := escalationID(arg)
		if err != nil {
			return err
		}
		o.IDs = append(o.IDs, id)
	}
	o.Person = schema.Handle(strings.TrimPrefix(person, "@"))
	o.Regions = regionNames(regions)
	o.Severities, err = severityNames(severities)
	return err
}

// there refuses what is wanted and is not there.
func (o staleOptions) there(t *tree.Tree) error {
	if err := exists(t, o.IDs, o.Person); err != nil {
		return err
	}
	return regionsExist(t, o.Regions)
}

func runStale(ctx context.Context, o staleOptions) error {
	env := o.env
	if env.spend != nil {
		// The open escalations stay until their past is known: with the limit of lint, the
		// collector would go over them again and again.
		env.spend(400, 160<<20)
	}
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working(ctx)
	if err != nil {
		return err
	}
	if err := o.there(t); err != nil {
		return err
	}
	past := locally(ctx, s)
	r := stale.Check(t, o.now, past.of)
	if past.err != nil {
		return past.err
	}
	o.proposed(ctx, s, &r)
	r = r.Select(o.Selection)
	switch o.format {
	case "json":
		err = staleprint.JSON(env.stdout, r)
	case "markdown":
		err = staleprint.Markdown(env.stdout, r, o.advice)
	default:
		err = staleprint.Text(env.stdout, r, o.advice, env.screen)
	}
	if err == nil && r.Overdue() {
		err = errFindings
	}
	return err
}

// runRemind reminds of what is overdue.
func runRemind(ctx context.Context, o staleOptions) error {
	env, apply := o.env, applyOptions{options: o.options, env: o.env}
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	run, err := apply.outbox(ctx, s)
	if err != nil {
		return err
	}
	repo, err := s.Repo(ctx)
	if err != nil {
		return err
	}
	r, err := apply.overdue(ctx, s, run, o.now)
	if err != nil {
		return err
	}
	var unlisted error
	if r.Unlisted != nil {
		env.says(fmt.Sprintf("nobody can be reminded of proposals that lie unmerged: %v", r.Unlisted))
		unlisted = errFindings
	}
	for _, u := range r.Unread {
		fmt.Fprintf(env.stderr, "escalate: nobody can be reminded of %s: %s\n", escape.Line(u.Of()), escape.Line(u.Why))
	}
	run.Overdue = func(context.Context) (func(notice.Notice) (bool, error), error) { return r.Still, nil }
	run.Remind = func(told func(schema.ID) []notice.Notice) []notice.Notice {
		return stale.Reminders(r, told, reached(run))
	}
	told, err := apply.deliver(ctx, s, run)
	if sumErr := appendSummary(env, func(w io.Writer) error { return staleprint.Markdown(w, r, false) }); err == nil {
		err = sumErr
	}
	var open []schema.ID
	for _, e := range r.Open {
		open = append(open, e.Escalation)
	}
	return errors.Join(err, unlisted, restore(ctx, env, run, open), standups(ctx, env, run, o.now), digest(ctx, env, run, r, func() staleprint.Telling { return telling(ctx, repo, run, told) }))
}

// reached returns where somebody is mentioned: in the channel where it is told
// there and they are in Slack, else in the tracking issue.
func reached(run *outbox.Run) func(schema.Handle) notice.Place {
	told := slices.ContainsFunc(run.Destinations, func(d destination.Destination) bool { return d.Takes(notice.Channel, notice.Tell) })
	return func(h schema.Handle) notice.Place {
		if told && run.Truth.Tree.People.People[h].Slack != "" {
			return notice.Channel
		}
		return notice.Tracking
	}
}

// standups has the channels hear ten minutes before each standup of the coming days
// that it will be held (P20).
func standups(ctx context.Context, env environment, run *outbox.Run, now time.Time) error {
	for _, d := range run.Destinations {
		scheduler, ok := d.(destination.Scheduler)
		if !ok {
			continue
		}
		planned := stale.Calls(run.Truth.Tree, now, now.Add(stale.Scheduled))
		told, err := run.Told(ctx)
		if err != nil {
			return err
		}
		scheduled, withdrawn, err := scheduler.Schedule(ctx, planned, told.Of)
		if err = errors.Join(err, told.Close()); err != nil {
			return err
		}
		env.says(fmt.Sprintf("%d messages before standups scheduled, %d withdrawn", scheduled, withdrawn))
	}
	return nil
}

// digest keeps the issue that says how all escalations stand, and says when this
// ran last, and how late it is: a schedule is a hint.
func digest(ctx context.Context, env environment, run *outbox.Run, r stale.Report, telling func() staleprint.Telling) error {
	says := func(format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		fmt.Fprintln(env.stderr, "escalate: "+escape.Line(line))
		_ = appendSummary(env, func(w io.Writer) error { // where it cannot be written, that was said
			_, err := fmt.Fprintf(w, "\n%s\n", escape.Markdown(line))
			return err
		})
	}
	if late, ok := lateness(env); ok {
		says("The schedule fired %s late.", words.Span(late))
	}
	for _, d := range run.Destinations {
		keeper, ok := d.(destination.Digester)
		if !ok {
			continue
		}
		told, err := run.Told(ctx, r.Escalations()...)
		if err != nil {
			return err
		}
		title, text := staleprint.Digest(r, telling(), func(id schema.ID, at notice.Spot) string { return run.Address(id, told.Of(id), at) })
		if err := told.Close(); err != nil {
			return err
		}
		url, last, err := keeper.Digest(ctx, title, text, r.Now)
		if err != nil {
			return fmt.Errorf("cannot keep the digest: %w", err)
		}
		if !last.IsZero() {
			says("It ran last at %s, %s before.", last.Format(time.RFC3339), words.Span(r.Now.Sub(last)))
		}
		says("How all escalations stand: %s", url)
	}
	return nil
}

// regular is a schedule at one time of the day, or every few hours.
var regular = regexp.MustCompile(`^(\d{1,2}) (?:(\d{1,2})|\*/([1-9]\d?)) `)

// lateness is how long after its time the schedule fired that runs this job.
func lateness(env environment) (time.Duration, bool) {
	if !env.ci.Scheduled {
		return 0, false
	}
	event, err := os.ReadFile(env.ci.Event)
	if err != nil {
		return 0, false
	}
	at := regular.FindStringSubmatch(ci.Schedule(event))
	if at == nil {
		return 0, false
	}
	minute, _ := strconv.Atoi(at[1]) // they are digits
	hour, _ := strconv.Atoi(at[2])
	now := env.now().UTC()
	if every, err := strconv.Atoi(at[3]); err == nil { // it may have been the time before: nobody can tell
		hour = now.Hour() / every * every
		if now.Hour()%every == 0 && now.Minute() < minute {
			hour -= every
		}
	}
	fired := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, time.UTC)
	if fired.After(now) {
		fired = fired.AddDate(0, 0, -1)
	}
	return now.Sub(fired), true
}
