package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
)

func newAudit(env environment, opts *options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "audit [A..B]",
		Short: "Replay the history: who broke which rule, and was the cadence kept",
		Long: "Judges each commit of the default branch as lint --base would have, and tells each fault with the\n" +
			"commit that brought it in. Then it tells of each escalation how long it was at each severity, the\n" +
			"longest time without an update, and which share of the updates that were due came in time.\n\n" +
			"A..B replays what B has and A has not; A.. goes up to HEAD. Without it, all of HEAD is replayed. It\n" +
			"exits 1 if a commit broke a rule.",
		Example: "  escalate audit\n  escalate audit v1.0..\n  escalate audit HEAD~20..HEAD --json",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := outputFormat(opts, format, cmd.Flags().Changed("format"))
			if err != nil {
				return err
			}
			from, to := "", "HEAD"
			if len(args) == 1 {
				if from, to, err = revisions(args[0]); err != nil {
					return err
				}
			}
			return runAudit(cmd.Context(), env, opts, from, to, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print: text, json or markdown")
	return cmd
}

// revisions reads A..B or A..
func revisions(arg string) (from, to string, err error) {
	from, to, ok := strings.Cut(arg, "..")
	switch {
	case !ok:
		return "", "", usagef("%q is no range: write %s.. for what came after it", arg, arg)
	case strings.HasPrefix(to, "."):
		return "", "", usagef("%q is no range: write it with two dots, A..B", arg)
	case from == "":
		return "", "", usagef("%q does not say where to begin: write A..B, or no range for all", arg)
	case to == "":
		to = "HEAD"
	}
	return from, to, nil
}

func runAudit(ctx context.Context, env environment, opts *options, from, to, format string) error {
	dir, err := repository(env, opts)
	if err != nil {
		return err
	}
	repo, err := git.Open(ctx, dir)
	if err != nil {
		return err
	}
	o := audit.Options{}
	if o.To, err = repo.Resolve(ctx, to); err != nil {
		return err
	}
	if from != "" {
		if o.From, err = repo.Resolve(ctx, from); err != nil {
			return err
		}
	}
	check, err := shape.NewChecker()
	if err != nil {
		return err
	}
	print := map[string]func() report.Audit{
		"text":     func() report.Audit { return report.AuditText(env.stdout, report.TextOptions{Color: env.colour}) },
		"json":     func() report.Audit { return report.AuditJSON(env.stdout) },
		"markdown": func() report.Audit { return report.AuditMarkdown(env.stdout) },
	}[format]()
	o.Tell = print.Violation
	said := func() {}
	if env.progress {
		o.Progress, said = progress(env)
	}
	result, err := audit.Run(ctx, repo, check, rule.All(), o)
	said()
	if err != nil {
		return err
	}
	if err := print.End(result); err != nil {
		return err
	}
	if result.Errors > 0 {
		return errFindings
	}
	return nil
}

// progress says on stderr how many commits were replayed, from one second on.
// wipe takes away what it said.
func progress(env environment) (say func(commits int), wipe func()) {
	start := time.Now()
	next := start.Add(time.Second)
	told := false
	say = func(commits int) {
		if commits%64 != 0 || time.Now().Before(next) {
			return
		}
		told = true
		next = time.Now().Add(time.Second / 5)
		fmt.Fprintf(env.stderr, "\r%d commits", commits)
	}
	return say, func() {
		if told {
			fmt.Fprint(env.stderr, "\r\x1b[K")
		}
	}
}
