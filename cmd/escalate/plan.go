package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// planOptions says of which change the plan is, and how it is shown.
type planOptions struct {
	*options
	env environment
	// base and head are revisions. Without base the plan is from the ledger;
	// without head, to the files on disk.
	base, head string
	format     string
	// comment also keeps the plan in a comment on the pull request.
	comment bool
}

func newPlan(env environment, opts *options) *cobra.Command {
	o := planOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "plan [--base REV]",
		Short: "Show what merging will announce, word for word",
		Long: "Shows what a change will have announced, created and archived: each text in full and where it goes,\n" +
			"who is mentioned, what is not announced and why, and what a person has to paste by hand. The change is\n" +
			"the one from the newest commit that REV and --head have in common; without --base, from the ledger:\n" +
			"what has not been told. It exits 1 if an escalation that changed has errors, so that nothing can be\n" +
			"said of it.",
		Example: "  escalate plan --base origin/main\n  escalate plan --base HEAD~1 --head HEAD --format markdown",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.format, err = outputFormat(opts, o.format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if o.base == "" && cmd.Flags().Changed("base") {
				return usagef("--base names no commit: write, for example, --base origin/main")
			}
			return runPlan(cmd.Context(), o)
		},
	}
	opts.remoteFlag(cmd)
	cmd.Flags().StringVar(&o.base, "base", "", "what the change is compared with: `REV` is a branch, a tag or a commit")
	cmd.Flags().StringVar(&o.head, "head", "", "plan for this `REV` (default: the files as they are on disk)")
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print: text, json or markdown")
	cmd.Flags().BoolVar(&o.comment, "comment", false, "also keep one comment with the plan on the pull request that this job runs for")
	return cmd
}

func runPlan(ctx context.Context, o planOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	var p report.Plan
	if o.base == "" {
		p, err = o.fromLedger(ctx, s)
	} else {
		p, err = o.fromBase(ctx, s)
	}
	if err == nil {
		err = s.Err(ctx)
	}
	if err != nil {
		return err
	}
	switch o.format {
	case "json":
		err = report.PlanJSON(o.env.stdout, p)
	case "markdown":
		err = report.PlanMarkdown(o.env.stdout, p)
	default:
		err = report.PlanText(o.env.stdout, p, report.TextOptions{Color: o.env.colour})
	}
	if err == nil && o.comment {
		err = commentPlan(ctx, o.env, p)
	}
	if err != nil {
		return err
	}
	if len(p.Unread) > 0 {
		return errFindings
	}
	return nil
}

// commentPlan keeps the comment with the plan. Where the token may not write, as
// that of a fork's pull request, it says so and leaves it at that.
func commentPlan(ctx context.Context, env environment, p report.Plan) error {
	number := env.ci.Change.Number
	if number == 0 {
		return errors.New("--comment is for a pull request, and this job runs for none")
	}
	config, err := githubConfig(env)
	if err != nil {
		return fmt.Errorf("cannot comment on the pull request: %w", err)
	}
	var text strings.Builder
	if err := report.PlanMarkdown(&text, p); err != nil {
		return err
	}
	url, err := github.Comment(ctx, config, number, text.String())
	switch {
	case errors.Is(err, github.ErrReadOnly):
		fmt.Fprintf(env.stderr, "escalate: no comment: %v\n", err)
		return nil
	case err != nil:
		return fmt.Errorf("cannot comment on the pull request: %w", err)
	}
	fmt.Fprintf(env.stderr, "escalate: the plan stands in %s\n", url)
	return nil
}

// headTree loads what is planned for: the files on disk, or a commit where one was
// named or the repository is bare.
func (o planOptions) headTree(ctx context.Context, s *session.Session) (t *tree.Tree, files fs.FS, err error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o.head == "" && !repo.Bare {
		t, err = s.Working()
		return t, os.DirFS(s.Dir), err
	}
	c, err := s.Commit(ctx, cmp.Or(o.head, "HEAD"))
	if err != nil {
		return nil, nil, err
	}
	return c.Tree, c.Files, nil
}

// fromBase plans from the newest commit that base and head have in common.
func (o planOptions) fromBase(ctx context.Context, s *session.Session) (report.Plan, error) {
	was, err := s.Base(ctx, o.base, cmp.Or(o.head, "HEAD"))
	if err != nil {
		return report.Plan{}, err
	}
	now, _, err := o.headTree(ctx, s)
	if errors.Is(err, tree.ErrNoFolder) { // somebody may have deleted it all
		now, err = tree.Empty(), nil
	}
	if err == nil && len(was.Names)+len(now.Names) == 0 {
		err = s.NoFolder()
	}
	if err != nil {
		return report.Plan{}, err
	}
	with := fmt.Sprintf("commit %.10s", was.ID)
	if !strings.HasPrefix(was.ID, o.base) {
		with = fmt.Sprintf("%s (%s)", o.base, with)
	}
	return report.Plan{Plan: plan.Between(was.Tree, now, tree.Changed(was.Tree, now), nil), Base: with}, nil
}

// fromLedger plans what apply would do if head were true.
func (o planOptions) fromLedger(ctx context.Context, s *session.Session) (report.Plan, error) {
	branch, err := s.Ledger(ctx)
	if err != nil {
		return report.Plan{}, err
	}
	if !branch.Exists() {
		return report.Plan{}, fmt.Errorf("%w: compare with a commit, by --base, or begin one with `escalate apply --adopt` or `--announce-existing`", ledger.ErrNone)
	}
	t, files, err := o.headTree(ctx, s)
	if err != nil {
		return report.Plan{}, err
	}
	r, err := (&outbox.Run{Branch: branch, Truth: outbox.Truth{Tree: t, Files: files}, Check: s.Check, Now: o.env.now}).Plan(ctx)
	return report.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"}, err
}
