package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
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
		Long: "Shows what a change will have announced, created and archived: each text in full and where it goes, " +
			"who is mentioned, what is not announced and why, and what a person has to paste by hand. The change is " +
			"the one from the newest commit that REV and --head have in common; without --base, from the ledger: " +
			"what has not been told. In a job of GitHub or GitLab, HEAD is planned for, and not what is on its disk.\n\n" +
			"A file that can be read is told as it stands, whatever rules it breaks and whatever it lacks: the plan says " +
			"beside it that `escalate lint` refuses it. One that cannot be read (YAML misreads it, or a value is of the wrong type or form) is held " +
			"back by name, and then plan exits 1.",
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
	cmd.Flags().StringVar(&o.head, "head", "", "plan for this `REV` (default: the files as they are on disk; in a job of GitHub or GitLab, HEAD)")
	formatFlag(cmd, &o.format, "text", "json", "markdown")
	cmd.Flags().BoolVar(&o.comment, "comment", false, "also keep one comment with the plan on the pull or merge request that this job runs for")
	return cmd
}

func runPlan(ctx context.Context, o planOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	p, destinations, err := o.plan(ctx, s)
	if err == nil {
		err = s.Err(ctx)
	}
	if err != nil {
		return err
	}
	switch o.format {
	case "json":
		err = planprint.JSON(o.env.stdout, p)
	case "markdown":
		err = planprint.Markdown(o.env.stdout, p)
	default:
		err = planprint.Text(o.env.stdout, p, o.env.screen)
	}
	if err == nil && o.comment {
		var text strings.Builder
		mentions, triageErr := o.triage(ctx, s, p)
		if err = errors.Join(triageErr, planprint.Markdown(&text, p)); err == nil {
			err = comment(ctx, o.env, destinations, destination.Comment{Markdown: text.String(), Mentions: mentions, Quiet: p.Silent()})
		}
	}
	if err != nil {
		return err
	}
	// What waits, apply fails for; a pull request is not at fault.
	if len(p.Unread) > 0 || len(p.Waits) > 0 && o.base == "" {
		return errFindings
	}
	return nil
}

// triage is who hears of the pull request of this job (P1). By one from a fork anybody
// could have them hear of anything: then it is nobody.
func (o planOptions) triage(ctx context.Context, s *session.Session, p planprint.Plan) ([]schema.Handle, error) {
	if o.base == "" {
		return nil, nil
	}
	if event, err := os.ReadFile(o.env.ci.Event); err == nil && ci.Foreign(event) {
		return nil, nil
	}
	was, err := s.Base(ctx, o.base, cmp.Or(o.head, "HEAD"))
	if err != nil {
		return nil, err
	}
	return p.Triage(was.Tree), nil
}

// judge says which escalations of a plan lint refuses as they stand, and what it would
// mend in them, and in those that cannot be told. below is the path of the folder within
// the repository.
func judge(t *tree.Tree, p *planprint.Plan, below string) {
	linter := lint.New(rule.All())
	about := append(slices.Collect(maps.Keys(p.Escalations)), p.Unread...)
	slices.Sort(about)
	for _, id := range slices.Compact(about) {
		e := t.Load(tree.Path(id))
		found := linter.Escalation(t, e, nil)
		finding.Sort(found)
		if _, told := p.Escalations[id]; told && slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Level == finding.Error }) {
			p.Refused = append(p.Refused, id)
		}
		for _, f := range found {
			if fix, ok := planprint.NewFix(e.Data, f); ok {
				fix.Path = path.Join(below, fix.Path)
				p.Fixes = append(p.Fixes, fix)
			}
		}
	}
}

// plan plans, for the destinations that are configured.
func (o planOptions) plan(ctx context.Context, s *session.Session) (planprint.Plan, []destination.Destination, error) {
	head, files, err := o.headTree(ctx, s)
	if errors.Is(err, tree.ErrNoFolder) && o.base != "" { // somebody may have deleted it all
		head, err = tree.Empty(), nil
	}
	if err != nil {
		return planprint.Plan{}, nil, err
	}
	destinations, err := configured(o.env, head)
	if err != nil {
		return planprint.Plan{}, nil, err
	}
	var p planprint.Plan
	if o.base == "" {
		p, err = o.fromLedger(ctx, s, head, files, destinations)
	} else {
		p, err = o.fromBase(ctx, s, head)
		p.Route(destination.Vias(destinations))
	}
	if err != nil {
		return planprint.Plan{}, nil, err
	}
	repo, err := s.Repo(ctx)
	if err == nil {
		judge(head, &p, repo.Prefix)
	}
	return p, destinations, err
}

// headTree loads what is planned for: the files on disk, or a commit where one was
// named, the repository is bare, or it is a job: what will be merged is planned for,
// and not what a job left on its disk.
func (o planOptions) headTree(ctx context.Context, s *session.Session) (t *tree.Tree, files fs.FS, err error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o.head == "" && !repo.Bare && o.env.ci.Platform == "" {
		if t, err = s.Working(ctx); err != nil {
			return nil, nil, err
		}
		// Where nothing is changed, apply takes the commit, and by its day it is known who
		// stands in (P6).
		if c, err := s.Commit(ctx, "HEAD"); err == nil && unchanged(c.Tree, t) {
			t = t.AsOf(c.Authored)
		}
		return t, t.Files(), nil
	}
	c, err := s.Commit(ctx, cmp.Or(o.head, "HEAD"))
	if err == nil && o.base == "" && len(c.Names) == 0 {
		err = s.NoFolder()
	}
	if err != nil {
		return nil, nil, err
	}
	return c.Tree, c.Files, nil
}

// unchanged reports whether two trees say the same.
func unchanged(a, b *tree.Tree) bool {
	return tree.SameFile(a.PeopleFile, b.PeopleFile) && tree.SameFile(a.PolicyFile, b.PolicyFile) && len(tree.Changed(a, b)) == 0
}

// fromBase plans from the newest commit that base and head have in common.
func (o planOptions) fromBase(ctx context.Context, s *session.Session, now *tree.Tree) (planprint.Plan, error) {
	was, err := s.Base(ctx, o.base, cmp.Or(o.head, "HEAD"))
	if err == nil && len(was.Names)+len(now.Names) == 0 {
		err = s.NoFolder()
	}
	if err != nil {
		return planprint.Plan{}, err
	}
	with := fmt.Sprintf("commit %.10s", was.ID)
	if !strings.HasPrefix(was.ID, o.base) {
		with = fmt.Sprintf("%s (%s)", o.base, with)
	}
	return planprint.Plan{Plan: plan.Guarded(was.Tree, now, tree.Changed(was.Tree, now), nil, false), Base: with}, nil
}

// fromLedger plans what apply would do if head were true.
func (o planOptions) fromLedger(ctx context.Context, s *session.Session, head *tree.Tree, files fs.FS, destinations []destination.Destination) (planprint.Plan, error) {
	branch, err := s.Ledger(ctx)
	if err != nil {
		return planprint.Plan{}, err
	}
	if !branch.Exists() {
		if err := unpushed(ctx, s, branch); err != nil {
			return planprint.Plan{}, err
		}
		return planprint.Plan{}, fmt.Errorf("%w: compare with a commit, by --base, or begin one with `escalate apply --adopt` or `--announce-existing`", ledger.ErrNone)
	}
	run := outbox.Run{Branch: branch, Truth: outbox.Truth{Tree: head, Files: files}, Check: s.Check, Destinations: destinations, Now: o.env.now}
	r, err := run.Plan(ctx)
	return planprint.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"}, err
}
