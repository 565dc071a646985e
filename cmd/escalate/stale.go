package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/stale"
)

func newStale(env environment, opts *options) *cobra.Command {
	var format, at string
	cmd := &cobra.Command{
		Use:   "stale",
		Short: "Show what is overdue or due next, and whose turn it is",
		Long: "Shows of each open escalation what is overdue, since when and whose turn it is, and of those in time\n" +
			"what is due next, by the calendar of their region: updates for the channel and the customer, the\n" +
			"standup, the case, next steps, exit criteria that are met, a promised root cause analysis, roles that\n" +
			"nobody holds. It exits 1 if something is overdue.\n\n" +
			"--now asks about any moment: what will be overdue on Monday?",
		Example: "  escalate stale\n  escalate stale --now 2026-12-01T09:00:00Z\n  escalate stale --json",
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
			return runStale(cmd.Context(), env, opts, now, format)
		},
	}
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
