package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
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
}

func newStale(env environment, opts *options) *cobra.Command {
	o := staleOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "stale",
		Short: "Show what is overdue or due next, and whose turn it is",
		Long: "Shows of each open escalation what is overdue, since when and whose turn it is, and of those in time " +
			"what is due next, by the calendar of their region: updates for the channel and the customer, the " +
			"standup, the case, next steps, exit criteria that are met, a promised root cause analysis, roles that " +
			"nobody holds. It exits 1 if something is overdue.\n\n" +
			"--now asks about any moment: what will be overdue on Monday?\n\n" +
			"With --apply, it reminds of what is overdue on the default branch: the DRI at once, the DRI's manager a " +
			"working day later, the CSM leader after two; each rung at most once a working day, and after five days " +
			"once a week. What was said stands in the ledger, so it does not matter when and how often it runs. Then " +
			"it exits 1 only if a reminder was not delivered.",
		Example: "  escalate stale\n  escalate stale --now 2026-12-01T09:00:00Z\n  escalate stale --json\n  escalate stale --apply",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.format, err = outputFormat(opts, o.format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			if o.apply {
				return runRemind(cmd.Context(), o)
			}
			if o.remote != "" || o.branch != "" {
				return usagef("--remote and --branch go with --apply")
			}
			return runStale(o)
		},
	}
	cmd.Flags().BoolVar(&o.apply, "apply", false, "remind who is on the rung, in the escalation's channel and its tracking issue")
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	moment = nowFlag(cmd, env, "ask about this moment")
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print: text, json or markdown")
	return cmd
}

func runStale(o staleOptions) error {
	env := o.env
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working()
	if err != nil {
		return err
	}
	r := stale.Check(t, o.now)
	switch o.format {
	case "json":
		err = staleprint.JSON(env.stdout, r)
	case "markdown":
		err = staleprint.Markdown(env.stdout, r)
	default:
		err = staleprint.Text(env.stdout, r, env.screen)
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
	overdue := stale.Check(run.Truth.Tree, o.now)
	for _, u := range overdue.Unread {
		fmt.Fprintf(env.stderr, "escalate: nobody can be reminded of %s: %s\n", escape.Line(u.Of()), escape.Line(u.Why))
	}
	run.Remind = func(told func(schema.ID) []notice.Notice) []notice.Notice { return stale.Reminders(overdue, told) }
	err = apply.deliver(ctx, s, run)
	if sumErr := appendSummary(env, func(w io.Writer) error { return staleprint.Markdown(w, overdue) }); err == nil {
		err = sumErr
	}
	var open []schema.ID
	for _, e := range overdue.Open {
		open = append(open, e.Escalation)
	}
	return errors.Join(err, restore(ctx, env, run, open), standups(ctx, env, run, o.now), digest(ctx, env, run, overdue))
}

// standups has the channels hear ten minutes before each standup of the coming day
// that it will be held (P20). A run may be half a day late, so it looks further
// ahead.
func standups(ctx context.Context, env environment, run *outbox.Run, now time.Time) error {
	for _, d := range run.Destinations {
		scheduler, ok := d.(destination.Scheduler)
		if !ok {
			continue
		}
		planned := stale.Calls(run.Truth.Tree, now, now.Add(36*time.Hour))
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
func digest(ctx context.Context, env environment, run *outbox.Run, r stale.Report) error {
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
		title, text := staleprint.Digest(r)
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

// daily is a schedule at one time of the day.
var daily = regexp.MustCompile(`^(\d{1,2}) (\d{1,2}) `)

// lateness is how long after its time the schedule fired that runs this job.
func lateness(env environment) (time.Duration, bool) {
	if !env.ci.Scheduled {
		return 0, false
	}
	event, err := os.ReadFile(env.ci.Event)
	if err != nil {
		return 0, false
	}
	at := daily.FindStringSubmatch(ci.Schedule(event))
	if at == nil {
		return 0, false
	}
	minute, _ := strconv.Atoi(at[1]) // they are digits
	hour, _ := strconv.Atoi(at[2])
	now := env.now().UTC()
	fired := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, time.UTC)
	if fired.After(now) {
		fired = fired.AddDate(0, 0, -1)
	}
	return now.Sub(fired), true
}
