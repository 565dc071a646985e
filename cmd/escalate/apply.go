package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// applyFlags are the flags of apply.
type applyFlags struct{ dryRun, print, adopt, announce, verify bool }

func newApply(env environment, opts *options) *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Announce what is true and has not been told",
		Long: "Compares the default branch with the ledger (the branch escalate-ledger, on the remote origin if there\n" +
			"is one), and announces what differs. What was told stands in the ledger: however often it runs, and\n" +
			"whatever ended a run before, nothing is lost and nothing is told twice.\n\n" +
			"It delivers to GitHub where GITHUB_TOKEN and GITHUB_REPOSITORY are set, as GitHub Actions sets them, and\n" +
			"to Slack where SLACK_BOT_TOKEN is, or with SLACK_WEBHOOK_URL the announcements alone. A place that\n" +
			"nothing delivers to is left out, and its text printed to be pasted. It exits 1 if something was not\n" +
			"delivered.",
		Example: "  escalate apply --dry-run\n  escalate apply --adopt              # at the beginning: what there is has been told\n" +
			"  escalate apply --announce-existing  # at the beginning: announce all of it\n  escalate apply --print              # without GitHub: print all texts to be pasted",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.adopt && f.announce {
				return usagef("--adopt and --announce-existing exclude each other")
			}
			if f.verify && (f.adopt || f.announce || f.print || f.dryRun) {
				return usagef("--verify compares what was told, and takes no other flag")
			}
			return runApply(cmd.Context(), env, opts, f)
		},
	}
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be said and done, and do nothing")
	cmd.Flags().BoolVar(&f.print, "print", false, "print everything, to be pasted, and take that as told")
	cmd.Flags().BoolVar(&f.verify, "verify", false, "compare the ledger with what stands at the destinations, and tell nothing")
	cmd.Flags().BoolVar(&f.adopt, "adopt", false, "where there is no ledger yet: take what there is as told")
	cmd.Flags().BoolVar(&f.announce, "announce-existing", false, "where there is no ledger yet: announce what there is")
	return cmd
}

func runApply(ctx context.Context, env environment, opts *options, f applyFlags) error {
	v, err := newVersions(ctx, env, opts)
	if err != nil {
		return err
	}
	defer v.close()
	run, err := v.outbox(env, f)
	if err != nil {
		return err
	}
	if f.dryRun { // nothing that could write is made
		r, err := run.Plan(ctx)
		if err == nil {
			err = v.failed()
		}
		if err != nil {
			return err
		}
		return printPlan(env, opts, report.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"})
	}
	if run.Destinations, err = v.destinations(env, opts, f, run.Truth); err != nil {
		return err
	}
	if f.verify {
		differences, err := run.Verify(ctx)
		if err == nil {
			err = printDifferences(env, opts, differences)
		}
		if err == nil && slices.ContainsFunc(differences, func(d outbox.Difference) bool { return d.Fault != outbox.Unseen }) {
			err = errFindings
		}
		return err
	}
	return v.deliver(env, opts, run)
}

// outbox opens the ledger and what is true, for a run that is alone on this
// machine until v is closed; a dry run leaves nothing behind, not even a lock.
func (v *versions) outbox(env environment, f applyFlags) (*outbox.Run, error) {
	if err := v.openRepo(); err != nil {
		return nil, err
	}
	if !f.dryRun {
		if err := v.lock(); err != nil {
			return nil, err
		}
	}
	branch, err := ledger.OpenBranch(v.ctx, v.repo)
	if err == nil {
		err = begins(branch, f)
	}
	if err != nil {
		return nil, err
	}
	truth, err := v.truth(branch)
	return &outbox.Run{
		Branch: branch, Truth: truth, Check: v.check, ID: v.runID(env), Now: env.now, Wait: wait,
		Adopt: f.adopt, Announce: f.announce,
	}, err
}

// deliver tells what is to be told, and prints what came of it.
func (v *versions) deliver(env environment, opts *options, run *outbox.Run) error {
	r, err := run.Apply(v.ctx)
	if err = errors.Join(err, v.failed()); err != nil && len(r.Outcomes) == 0 {
		return err
	}
	if printErr := printApply(env, opts, r); err == nil {
		err = printErr
	}
	if err == nil && r.Failed() {
		err = errFindings
	}
	return err
}

// begins reports whether the ledger is there, or how it is to begin.
func begins(b *ledger.Branch, f applyFlags) error {
	switch {
	case !b.Exists() && !f.adopt && !f.announce:
		return fmt.Errorf("%w: run `escalate apply --adopt` to take what stands there as told, or `escalate apply --announce-existing` to announce it all", ledger.ErrNone)
	case b.Exists() && f.adopt: // but a first announcement that was cut short may be run again as it was
		return usagef("there is a ledger already, and --adopt would take what is new as told: run `escalate apply` without it")
	}
	return nil
}

// lock keeps other runs on this machine away.
func (v *versions) lock() error {
	dir, err := v.repo.CommonDir(v.ctx)
	if err != nil {
		return err
	}
	l := flock.New(filepath.Join(dir, "escalate.lock"))
	if _, err := l.TryLockContext(v.ctx, 50*time.Millisecond); err != nil {
		return fmt.Errorf("cannot lock the repository against other runs: %w", err)
	}
	v.locks = append(v.locks, func() { _ = l.Unlock() }) // the end of the process does it as well
	return nil
}

// truth is what is true: the tip of the remote's default branch, whatever commit
// is checked out, since what started this run may be late. Where the same branch
// is checked out and ahead of it, or there is no remote, that counts.
func (v *versions) truth(b *ledger.Branch) (outbox.Truth, error) {
	commit := b.Truth
	head, err := v.repo.Resolve(v.ctx, "HEAD")
	switch {
	case err != nil && (commit == "" || !errors.Is(err, git.ErrNoCommit)):
		return outbox.Truth{}, err
	case err == nil && commit == "":
		commit = head
	case err == nil && commit != head:
		name, err := v.repo.Branch(v.ctx)
		if err != nil {
			return outbox.Truth{}, err
		}
		ahead, err := v.repo.IsAncestor(v.ctx, commit, head)
		if err != nil {
			return outbox.Truth{}, err
		}
		if name == b.Default && ahead {
			commit = head
		}
	}
	t, err := v.at(commit)
	if err != nil {
		return outbox.Truth{}, err
	}
	if len(t.Names) == 0 {
		return outbox.Truth{}, v.explain(tree.ErrNoFolder)
	}
	return outbox.Truth{Tree: t.Tree, Files: t.files}, nil
}

// onDisk is the files on disk, as if they were true.
func (v *versions) onDisk() (outbox.Truth, error) {
	t, err := v.working()
	if err != nil {
		return outbox.Truth{}, err
	}
	return outbox.Truth{Tree: t, Files: os.DirFS(v.dir)}, nil
}

// planAgainstLedger plans what apply would do if head, or the files on disk where
// it is empty, were true.
func (v *versions) planAgainstLedger(head string) (report.Plan, error) {
	if err := v.openRepo(); err != nil {
		return report.Plan{}, err
	}
	branch, err := ledger.OpenBranch(v.ctx, v.repo)
	if err != nil {
		return report.Plan{}, err
	}
	if !branch.Exists() {
		return report.Plan{}, fmt.Errorf("%w: compare with a commit, by --base, or begin one with `escalate apply --adopt` or `--announce-existing`", ledger.ErrNone)
	}
	var truth outbox.Truth
	if head == "" && !v.repo.Bare {
		truth, err = v.onDisk()
	} else {
		if head == "" {
			head = "HEAD"
		}
		var commit string
		if commit, err = v.repo.Resolve(v.ctx, head); err == nil {
			var t *commitTree
			if t, err = v.at(commit); err == nil {
				truth = outbox.Truth{Tree: t.Tree, Files: t.files}
			}
		}
	}
	if err != nil {
		return report.Plan{}, err
	}
	r, err := (&outbox.Run{Branch: branch, Truth: truth, Check: v.check, Now: time.Now}).Plan(v.ctx)
	return report.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"}, errors.Join(err, v.failed())
}

// runID names the run in the ledger: the run of the workflow, or this clone. Two
// of one name are never at work at the same time.
func (v *versions) runID(env environment) string {
	if id := env.getenv("GITHUB_RUN_ID"); id != "" {
		return "github-" + id
	}
	host, _ := os.Hostname() // any answer will do
	dir, err := v.repo.CommonDir(v.ctx)
	if err != nil {
		dir = v.dir
	}
	sum := sha256.Sum256([]byte(host + "\x00" + dir))
	return "local-" + hex.EncodeToString(sum[:6])
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// destinations are those that the environment configures. Of Slack's two, the bot
// has it all.
func (v *versions) destinations(env environment, opts *options, f applyFlags, truth outbox.Truth) ([]outbox.Destination, error) {
	if f.print {
		w := env.stdout
		if opts.json { // the answer is JSON, the texts are in it
			w = io.Discard
		}
		return []outbox.Destination{terminal{w}}, nil
	}
	if f.adopt {
		return nil, nil // nothing is told
	}
	var all []outbox.Destination
	config, missing := githubConfig(env)
	if missing == nil {
		tracking, err := github.NewTracking(config, truth.People)
		if err != nil {
			return nil, err
		}
		all = append(all, tracking)
	}
	s := slack.Config{
		Token: env.getenv("SLACK_BOT_TOKEN"), API: env.getenv("SLACK_API_URL"), Now: env.now, Wait: wait,
		File: func(id schema.ID) string {
			if config.Repository == "" {
				return ""
			}
			server := cmp.Or(env.getenv("GITHUB_SERVER_URL"), "https://github.com")
			return server + "/" + path.Join(config.Repository, "blob/HEAD", v.repo.Prefix, tree.Path(id))
		},
	}
	switch webhook := env.getenv("SLACK_WEBHOOK_URL"); {
	case s.Token != "":
		workspace, err := slack.NewWorkspace(s, truth.People, truth.Policy)
		if err != nil {
			return nil, err
		}
		all = append(all, workspace)
	case webhook != "":
		channel, err := slack.NewWebhook(webhook, s, truth.People, truth.Policy)
		if err != nil {
			return nil, err
		}
		all = append(all, channel)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is nowhere to tell it: for GitHub, %w; for Slack, set SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL; or print it with --print", missing)
	}
	return all, nil
}

// githubConfig is how to get to GitHub, as Actions sets it.
func githubConfig(env environment) (github.Config, error) {
	c := github.Config{
		API: env.getenv("GITHUB_API_URL"), Repository: env.getenv("GITHUB_REPOSITORY"), Token: env.getenv("GITHUB_TOKEN"),
		UserAgent: "escalate/" + env.version,
	}
	var missing []string
	if c.Token == "" {
		missing = append(missing, "GITHUB_TOKEN")
	}
	if c.Repository == "" {
		missing = append(missing, "GITHUB_REPOSITORY")
	}
	if len(missing) > 0 {
		return c, fmt.Errorf("set %s", strings.Join(missing, " and "))
	}
	return c, nil
}

// terminal is the destination of --print: what it prints, a person pastes.
type terminal struct{ out io.Writer }

// Via names the destination in the ledger.
func (terminal) Via() string { return "print" }

// Takes reports whether something is a text: what else is to be done, nobody can
// print.
func (terminal) Takes(_ plan.Place, do plan.Doing) bool { return do == "" }

// Deliver prints a text.
func (t terminal) Deliver(_ context.Context, item outbox.Item, _ bool) (outbox.Receipt, error) {
	n := item.Notices[0]
	text := escape.Terminal(item.Text())
	for i, h := range item.Mentions() {
		if i == 0 {
			text += "\n\ncc"
		}
		text += " @" + string(h)
	}
	_, err := fmt.Fprintf(t.out, "To paste (%s, %s):\n--------\n%s\n--------\n\n", escape.Terminal(n.Key), escape.Terminal(n.To), text)
	return outbox.Receipt{}, err
}

func printPlan(env environment, opts *options, p report.Plan) error {
	if opts.json {
		return report.PlanJSON(env.stdout, p)
	}
	return report.PlanText(env.stdout, p, report.TextOptions{Color: env.colour})
}

func printDifferences(env environment, opts *options, differences []outbox.Difference) error {
	if opts.json {
		return report.VerifyJSON(env.stdout, differences)
	}
	return report.VerifyText(env.stdout, differences)
}

func printApply(env environment, opts *options, r outbox.Report) error {
	var err error
	if opts.json {
		err = report.ApplyJSON(env.stdout, r)
	} else {
		err = report.ApplyText(env.stdout, r, report.TextOptions{Color: env.colour})
	}
	return errors.Join(err, appendSummary(env, func(w io.Writer) error { return report.ApplySummary(w, r) }))
}
