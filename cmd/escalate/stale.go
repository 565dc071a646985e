package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/schema"
)

func newStale(env environment, opts *options) *cobra.Command {
	var format, at string
	var apply bool
	cmd := &cobra.Command{
		Use:   "stale",
		Short: "Show what is overdue or due next, and whose turn it is",
		Long: "Shows of each open escalation what is overdue, since when and whose turn it is, and of those in time\n" +
			"what is due next, by the calendar of their region: updates for the channel and the customer, the\n" +
			"standup, the case, next steps, exit criteria that are met, a promised root cause analysis, roles that\n" +
			"nobody holds. It exits 1 if something is overdue.\n\n" +
			"--now asks about any moment: what will be overdue on Monday?\n\n" +
			"With --apply, it reminds of what is overdue on the default branch: the DRI at once, the DRI's manager a\n" +
			"working day later, the CSM leader after two; each rung at most once a working day, and after five days\n" +
			"once a week. What was said stands in the ledger, so it does not matter when and how often it runs. Then\n" +
			"it exits 1 only if a reminder was not delivered.",
		Example: "  escalate stale\n  escalate stale --now 2026-12-01T09:00:00Z\n  escalate stale --json\n  escalate stale --apply",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := outputFormat(opts, format, cmd.Flags().Changed("format"))
			if err != nil {
				return err
			}
			now := env.now()
			if cmd.Flags().Changed("now") {
				if now, err = time.Parse(time.RFC3339, at); err != nil {
					return usagef("--now %q is no moment: write it as 2026-12-01T09:00:00Z", at)
				}
			}
			if apply {
				return runRemind(cmd.Context(), env, opts, now)
			}
			return runStale(cmd.Context(), env, opts, now, format)
		},
	}
	cmd.Flags().BoolVar(&apply, "apply", false, "remind who is on the rung, in the escalation's channel and its tracking issue")
	cmd.Flags().StringVar(&at, "now", "", "ask about this moment, such as 2026-12-01T09:00:00Z (default: the present)")
	cmd.Flags().StringVar(&format, "format", "text", "how to print: text, json or markdown")
	return cmd
}

func runStale(ctx context.Context, env environment, opts *options, now time.Time, format string) error {
	v, err := newVersions(ctx, env, opts)
	if err != nil {
		return err
	}
	defer v.close()
	t, err := v.working()
	if err != nil {
		return err
	}
	r := stale.Check(t, now)
	switch format {
	case "json":
		err = report.StaleJSON(env.stdout, r)
	case "markdown":
		err = report.StaleMarkdown(env.stdout, r)
	default:
		err = report.StaleText(env.stdout, r, report.TextOptions{Color: env.colour})
	}
	if err == nil && r.Overdue() {
		err = errFindings
	}
	return err
}

// runRemind reminds of what is overdue.
func runRemind(ctx context.Context, env environment, opts *options, now time.Time) error {
	v, err := newVersions(ctx, env, opts)
	if err != nil {
		return err
	}
	defer v.close()
	if err := v.openRepo(); err != nil {
		return err
	}
	unlock, err := v.lock()
	if err != nil {
		return err
	}
	defer unlock()
	run, err := v.outbox(env, applyFlags{})
	if err != nil {
		return err
	}
	if run.Destinations, err = v.destinations(env, opts, applyFlags{}, run.Truth); err != nil {
		return err
	}
	overdue := stale.Check(run.Truth.Tree, now)
	for _, u := range overdue.Unread {
		fmt.Fprintf(env.stderr, "escalate: nobody can be reminded of %s: %s\n", escape.Line(string(u.Escalation)), escape.Line(u.Why))
	}
	run.Remind = func(told map[schema.ID][]ledger.Notice) []plan.Notice {
		return stale.Reminders(overdue, func(id schema.ID) []string {
			var keys []string
			for _, n := range told[id] {
				keys = append(keys, n.Key)
			}
			return keys
		})
	}
	err = v.deliver(env, opts, run)
	for _, d := range run.Destinations {
		if t, ok := d.(*github.Tracking); ok {
			title, text := report.Digest(overdue)
			url, digestErr := t.Digest(ctx, title, text)
			if digestErr != nil {
				return errors.Join(err, fmt.Errorf("cannot keep the digest: %w", digestErr))
			}
			fmt.Fprintf(env.stderr, "escalate: how all escalations stand: %s\n", escape.Line(url))
		}
	}
	return err
}
