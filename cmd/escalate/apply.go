package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// applyOptions says what is to be told, and where; nothing set, it is what there
// is to tell, to the destinations that are configured.
type applyOptions struct {
	*options
	env                                         environment
	dryRun, print, adopt, announce, verify, yes bool
}

func newApply(env environment, opts *options) *cobra.Command {
	o := applyOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Announce what is true and has not been told",
		Long: "Compares the default branch of the remote with the ledger (its branch escalate-ledger), and announces " +
			"what differs; without a remote, HEAD with the ledger that is here. What was told stands in the ledger: " +
			"however often it runs, and whatever ended a run before, nothing is lost and nothing is told twice.\n\n" +
			"It delivers to GitHub where GITHUB_TOKEN and GITHUB_REPOSITORY are set, to GitLab where GITLAB_TOKEN and CI_PROJECT_PATH are, and " +
			"to Slack where SLACK_BOT_TOKEN is, or with SLACK_WEBHOOK_URL the announcements alone. A place that " +
			"nothing delivers to is left out, and its text printed to be pasted. It exits 1 if something was not " +
			"delivered, and if a file cannot be read: that one is held back by name. What breaks a rule or lacks something " +
			"is told as it stands.\n\n" +
			"More openings and closings at once than the policy's announce_limit wait for --yes, and everything waits while " +
			"the policy says `paused: true`: by name, and it exits 1.",
		Example: "  escalate apply --dry-run\n" +
			"  # At the beginning: what there is has been told.\n" +
			"  escalate apply --adopt\n" +
			"  # At the beginning: announce all of it.\n" +
			"  escalate apply --announce-existing\n" +
			"  # Without GitHub or GitLab: print all texts, to be pasted.\n" +
			"  escalate apply --print",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.adopt && o.announce {
				return usagef("--adopt and --announce-existing exclude each other")
			}
			if o.verify && (o.adopt || o.announce || o.print || o.dryRun || o.yes) {
				return usagef("--verify compares what was told, and takes no other flag")
			}
			return runApply(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be said and done, and do nothing")
	cmd.Flags().BoolVar(&o.print, "print", false, "print everything, to be pasted, and take that as told")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "compare the ledger with what stands at the destinations, and tell nothing")
	cmd.Flags().BoolVar(&o.adopt, "adopt", false, "where there is no ledger yet: take what there is as told")
	cmd.Flags().BoolVar(&o.announce, "announce-existing", false, "where there is no ledger yet: announce what there is")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "tell also more openings and closings at once than the policy's announce_limit")
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	return cmd
}

func runApply(ctx context.Context, o applyOptions) error {
	makeRoom(o.env)
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	run, err := o.outbox(ctx, s)
	if err != nil {
		return err
	}
	if o.dryRun {
		r, err := run.Plan(ctx)
		if err == nil {
			err = s.Err(ctx)
		}
		if err != nil {
			return err
		}
		err = printPlan(o.env, o.options, planprint.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"})
		if err == nil && r.Failed() { // apply fails for that as well
			err = errFindings
		}
		return err
	}
	if o.verify {
		differences, err := run.Verify(ctx)
		if err == nil {
			err = printDifferences(o.env, o.options, differences)
		}
		if err == nil && slices.ContainsFunc(differences, func(d destination.Difference) bool { return d.Fault != destination.Unseen }) {
			err = errFindings
		}
		return err
	}
	_, err = o.deliver(ctx, s, run)
	return err
}

// makeRoom lifts the limit that main sets: a run holds all that it tells, and with
// more than the limit the collector would never rest. What little it saves by
// that is collected sooner instead.
func makeRoom(env environment) {
	if env.spend != nil {
		env.spend(100, math.MaxInt64)
	}
}

// outbox opens the ledger, what is true and the destinations, for a run that is
// alone on this machine until s is closed; a dry run leaves nothing behind, not
// even a lock.
func (o applyOptions) outbox(ctx context.Context, s *session.Session) (*outbox.Run, error) {
	if !o.dryRun {
		if err := s.Lock(ctx); err != nil {
			return nil, err
		}
	}
	branch, err := s.Ledger(ctx)
	if err == nil {
		err = o.begins(ctx, s, branch)
	}
	if err != nil {
		return nil, err
	}
	load := func(ctx context.Context) (outbox.Truth, error) {
		c, err := s.Truth(ctx, branch)
		if err != nil {
			return outbox.Truth{}, err
		}
		return outbox.Truth{Commit: c.ID, Tree: c.Tree, Files: c.Files}, nil
	}
	truth, err := load(ctx)
	if err != nil {
		return nil, err
	}
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // any answer will do
	clone, err := s.Clone(ctx, strings.Join([]string{host, o.env.ci.Run, o.env.ci.Attempt}, " "))
	if err != nil {
		return nil, err
	}
	run := &outbox.Run{
		Branch: branch, Truth: truth, Load: load, Check: s.Check,
		Versions: func(ctx context.Context, id schema.ID) ([]*schema.Escalation, error) {
			return o.versions(ctx, repo, branch, id)
		},
		Copies: func(ctx context.Context, id schema.ID) ([]*schema.Escalation, error) {
			return history.Escalations(ctx, repo, branch.Tip, id)
		},
		File: fileAddress(o.env, cmp.Or(branch.Default, o.branch), repo.Prefix),
		ID:   runID(o.env, clone), Clone: clone, Now: o.env.now, Wait: wait, Progress: progressOf(o.env),
		Adopt: o.adopt, Announce: o.announce, Yes: o.yes,
	}
	run.Overdue = func(ctx context.Context) (func(notice.Notice) (bool, error), error) {
		r, err := o.overdue(ctx, s, run, o.env.now())
		return r.Still, err
	}
	run.Destinations, err = o.destinations(truth.Tree)
	return run, err
}

// versions are those of an escalation on the default branch. A job's clone has its
// tip alone: what came before is fetched.
func (o applyOptions) versions(ctx context.Context, repo *git.Repo, b *ledger.Branch, id schema.ID) ([]*schema.Escalation, error) {
	all, err := history.Escalations(ctx, repo, b.Truth, id)
	if branch := cmp.Or(b.Default, o.branch); errors.Is(err, git.ErrShallow) && b.Remote != "" && branch != "" {
		if err = repo.Deepen(ctx, b.Remote, branch); err == nil {
			all, err = history.Escalations(ctx, repo, b.Truth, id)
		}
	}
	return all, err
}

// overdue is what is overdue of what a run has for true, and of what is proposed.
func (o applyOptions) overdue(ctx context.Context, s *session.Session, run *outbox.Run, now time.Time) (stale.Report, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return stale.Report{}, err
	}
	past := &past{ctx: ctx, repo: repo, head: run.Truth.Commit, ledger: run.Branch.Tip}
	r := stale.Check(run.Truth.Tree, now, past.of)
	proposals{o.env, repo, s.Check, run.Branch, cmp.Or(run.Branch.Default, o.branch), run.Truth.Tree}.add(ctx, &r)
	return r, past.err
}

// runID names the run in the ledger, by the run of the workflow where it is one.
// No two have the same name.
func runID(env environment, clone string) string {
	name := clone
	if env.ci.Run != "" {
		name = string(env.ci.Forge().Platform) + "-" + env.ci.Run
	}
	return name + "-" + strings.ToLower(rand.Text()[:8])
}

// destinations are those that are told. A dry run needs none, and opens no
// connection.
func (o applyOptions) destinations(t *tree.Tree) ([]destination.Destination, error) {
	if o.print {
		w := o.env.stdout
		if o.json { // the answer is JSON, the texts are in it
			w = io.Discard
		}
		return []destination.Destination{paster{w, t.People}}, nil
	}
	if o.adopt {
		return nil, nil // nothing is told
	}
	all, err := configured(o.env, t)
	if err == nil && len(all) == 0 && !o.dryRun {
		err = fmt.Errorf("there is nowhere to tell it: %s; or print it with --print", toSet(o.env))
	}
	return all, err
}

// deliver tells what is to be told, prints what came of it, and returns that.
func (o applyOptions) deliver(ctx context.Context, s *session.Session, run *outbox.Run) (outbox.Report, error) {
	r, err := run.Apply(ctx)
	if err = errors.Join(err, s.Err(ctx)); err != nil && len(r.Outcomes) == 0 {
		return r, err
	}
	if printErr := printApply(o.env, o.options, r); err == nil {
		err = printErr
	}
	if err == nil {
		err = restore(ctx, o.env, run, r.Touched())
	}
	if err == nil && r.Failed() {
		err = errFindings
	}
	return r, err
}

// restore puts back what people changed by hand where escalations are tracked,
// such as a box that was ticked, or an issue that was closed: what is true stands in
// the files.
func restore(ctx context.Context, env environment, run *outbox.Run, ids []schema.ID) error {
	restored, err := run.Restore(ctx, ids)
	for _, id := range restored {
		env.says(fmt.Sprintf("the tracking issue of %s was changed by hand: it is as the file has it again", id))
	}
	if err != nil {
		return fmt.Errorf("cannot see whether a tracking issue was changed by hand: %w", err)
	}
	return nil
}

// begins reports whether the ledger is there, or how it is to begin.
func (o applyOptions) begins(ctx context.Context, s *session.Session, b *ledger.Branch) error {
	switch {
	case !b.Exists() && !o.adopt && !o.announce:
		if err := unpushed(ctx, s, b); err != nil {
			return err
		}
		return fmt.Errorf("%w: run `escalate apply --adopt` to take what stands there as told, or `escalate apply --announce-existing` to announce it all", ledger.ErrNone)
	case b.Exists() && o.adopt: // but a first announcement that was cut short may be run again as it was
		return usagef("there is a ledger already, and --adopt would take what is new as told: run `escalate apply` without it")
	}
	return nil
}

// unpushed says of a ledger that the remote does not have that one was begun here, by
// init; nil where there is none.
func unpushed(ctx context.Context, s *session.Session, b *ledger.Branch) error {
	repo, err := s.Repo(ctx)
	if err != nil || b.Remote == "" {
		return err
	}
	switch _, err := repo.Resolve(ctx, "refs/heads/"+ledger.Name); {
	case errors.Is(err, git.ErrNoCommit):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%w on the remote `%s`, and there is one here: push it by `git push %s %s`", ledger.ErrNone, b.Remote, b.Remote, ledger.Name)
}

func printPlan(env environment, opts *options, p planprint.Plan) error {
	if opts.json {
		return planprint.JSON(env.stdout, p)
	}
	return planprint.Text(env.stdout, p, env.screen)
}

func printDifferences(env environment, opts *options, differences []destination.Difference) error {
	if opts.json {
		return planprint.VerifyJSON(env.stdout, differences)
	}
	return planprint.VerifyText(env.stdout, differences, env.screen)
}

func printApply(env environment, opts *options, r outbox.Report) error {
	var err error
	if opts.json {
		err = planprint.ApplyJSON(env.stdout, r)
	} else {
		err = planprint.ApplyText(env.stdout, r, env.screen)
	}
	return errors.Join(err, appendSummary(env, func(w io.Writer) error { return planprint.ApplySummary(w, r) }))
}
