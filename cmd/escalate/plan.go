package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/tree"
)

func newPlan(env environment, opts *options) *cobra.Command {
	var base, head, format string
	var comment bool
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := outputFormat(opts, format, cmd.Flags().Changed("format"))
			if err != nil {
				return err
			}
			if base == "" && cmd.Flags().Changed("base") {
				return usagef("--base names no commit: write, for example, --base origin/main")
			}
			v, err := newVersions(cmd.Context(), env, opts)
			if err != nil {
				return err
			}
			defer v.close()
			var p report.Plan
			if base == "" {
				p, err = v.planAgainstLedger(head)
			} else {
				p, err = v.plan(base, head)
			}
			if err != nil {
				return err
			}
			switch format {
			case "json":
				err = report.PlanJSON(env.stdout, p)
			case "markdown":
				err = report.PlanMarkdown(env.stdout, p)
			default:
				err = report.PlanText(env.stdout, p, report.TextOptions{Color: env.colour})
			}
			if err == nil && comment {
				err = commentPlan(cmd.Context(), env, p)
			}
			if err != nil {
				return err
			}
			if len(p.Unread) > 0 {
				return errFindings
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&base, "base", "", "what the change is compared with: `REV` is a branch, a tag or a commit")
	cmd.Flags().StringVar(&head, "head", "", "plan for this `REV` (default: the files as they are on disk)")
	cmd.Flags().StringVar(&format, "format", "text", "how to print: text, json or markdown")
	cmd.Flags().BoolVar(&comment, "comment", false, "also keep one comment with the plan on the pull request that this job runs for")
	return cmd
}

// pullRequest is the number of the pull request that a job of GitHub Actions runs
// for.
var pullRequest = regexp.MustCompile(`^refs/pull/(\d+)/`)

// commentPlan keeps the comment with the plan. Where the token may not write, as
// that of a fork's pull request, it says so and leaves it at that.
func commentPlan(ctx context.Context, env environment, p report.Plan) error {
	found := pullRequest.FindStringSubmatch(env.getenv("GITHUB_REF"))
	if found == nil {
		return fmt.Errorf("--comment is for a pull request: GITHUB_REF is none (%q)", env.getenv("GITHUB_REF"))
	}
	number, err := strconv.Atoi(found[1])
	if err != nil {
		return err
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

// plan plans from the newest commit that base and head have in common to head,
// or to the files on disk where head is empty.
func (v *versions) plan(base, head string) (report.Plan, error) {
	if err := v.openRepo(); err != nil {
		return report.Plan{}, err
	}
	onDisk := head == "" && !v.repo.Bare
	if head == "" {
		head = "HEAD"
	}
	commit, err := v.repo.Resolve(v.ctx, head)
	if err != nil {
		return report.Plan{}, err
	}
	was, err := v.base(base, commit)
	if err != nil {
		return report.Plan{}, err
	}
	var now *tree.Tree
	if onDisk {
		if now, err = v.working(); errors.Is(err, tree.ErrNoFolder) { // somebody may have deleted it all
			now, err = tree.Empty(), nil
		}
	} else {
		var is *commitTree
		if is, err = v.at(commit); err == nil {
			now = is.Tree
		}
	}
	if err == nil && len(was.Names)+len(now.Names) == 0 {
		err = v.explain(tree.ErrNoFolder)
	}
	if err != nil {
		return report.Plan{}, err
	}
	with := fmt.Sprintf("commit %.10s", was.commit)
	if !strings.HasPrefix(was.commit, base) {
		with = fmt.Sprintf("%s (%s)", base, with)
	}
	return report.Plan{Plan: plan.Between(was.Tree, now, tree.Changed(was.Tree, now), nil), Base: with}, v.failed()
}
