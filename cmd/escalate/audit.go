package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/audit/auditprint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/words"
)

// auditOptions says what is replayed, and how it is printed.
type auditOptions struct {
	*options
	env environment
	// from and to are revisions; all of to is replayed where from is "".
	from, to string
	now      time.Time
	format   string
}

func newAudit(env environment, opts *options) *cobra.Command {
	o := auditOptions{options: opts, env: env, to: "HEAD"}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "audit [A..B]",
		Short: "Replay the history: who broke which rule, and was the cadence kept",
		Long: "Judges each commit of the default branch as lint --base would have, and tells each fault with the " +
			"commit that brought it in. Then it tells of each escalation how long it was at each severity, the " +
			"longest time without an update, and which share of the updates that were due came in time. A commit whose " +
			"clock was ahead spoils nothing: it counts until the latest time that is not in the future.\n\n" +
			"A..B replays what B has and A has not; A.. goes up to HEAD. Without it, all of HEAD is replayed. It " +
			"exits 1 if a commit broke a rule.",
		Example:           "  escalate audit\n  escalate audit v1.0..\n  escalate audit HEAD~20..HEAD --json",
		Args:              atMost(1),
		ValidArgsFunction: completeRange(env, opts),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.format, err = outputFormat(opts, o.format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			if len(args) == 1 {
				if o.from, o.to, err = revisions(args[0]); err != nil {
					return err
				}
			}
			return runAudit(cmd.Context(), o)
		},
	}
	moment = nowFlag(cmd, env, "the present: it counts until the latest commit that is not after it")
	formatFlag(cmd, &o.format, "text", "json", "markdown")
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

func runAudit(ctx context.Context, o auditOptions) error {
	env := o.env
	if env.spend != nil {
		// Each escalation stays as its last version left it: ten thousand are more than
		// the collector could keep within the limit of other commands.
		env.spend(200, 300<<20)
	}
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	repo, err := s.Repo(ctx)
	if err != nil {
		return err
	}
	replay := audit.Options{Now: o.now}
	if replay.To, err = repo.Resolve(ctx, o.to); err != nil {
		return err
	}
	if o.from != "" {
		if replay.From, err = repo.Resolve(ctx, o.from); err != nil {
			return err
		}
	}
	print := map[string]func() auditprint.Printer{
		"text":     func() auditprint.Printer { return auditprint.Text(env.stdout, env.screen) },
		"json":     func() auditprint.Printer { return auditprint.JSON(env.stdout) },
		"markdown": func() auditprint.Printer { return auditprint.Markdown(env.stdout) },
	}[o.format]()
	replay.Tell = print.Violation
	said := func() {}
	if env.progress {
		replay.Progress, said = progress(env)
	}
	result, err := audit.Run(ctx, repo, s.Check, rule.All(), replay)
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
	shown := false
	say = func(commits int) {
		if commits%64 != 0 || time.Now().Before(next) {
			return
		}
		shown = true
		next = time.Now().Add(time.Second / 5)
		fmt.Fprintf(env.stderr, "\r%s", words.Count(commits, "commit"))
	}
	return say, func() {
		if shown {
			fmt.Fprint(env.stderr, "\r\x1b[K")
		}
	}
}
