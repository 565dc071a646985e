package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// applyOptions says what is to be told, and where; nothing set, it is what there
// is to tell, to the destinations that are configured.
type applyOptions struct {
	*options
	env                                    environment
	dryRun, print, adopt, announce, verify bool
}

func newApply(env environment, opts *options) *cobra.Command {
	o := applyOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Announce what is true and has not been told",
		Long: "Compares the default branch of the remote with the ledger (its branch escalate-ledger), and announces\n" +
			"what differs; without a remote, HEAD with the ledger that is here. What was told stands in the ledger:\n" +
			"however often it runs, and whatever ended a run before, nothing is lost and nothing is told twice.\n\n" +
			"It delivers to GitHub where GITHUB_TOKEN and GITHUB_REPOSITORY are set, as GitHub Actions sets them, and\n" +
			"to Slack where SLACK_BOT_TOKEN is, or with SLACK_WEBHOOK_URL the announcements alone. A place that\n" +
			"nothing delivers to is left out, and its text printed to be pasted. It exits 1 if something was not\n" +
			"delivered.",
		Example: "  escalate apply --dry-run\n  escalate apply --adopt              # at the beginning: what there is has been told\n" +
			"  escalate apply --announce-existing  # at the beginning: announce all of it\n  escalate apply --print              # without GitHub: print all texts to be pasted",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.adopt && o.announce {
				return usagef("--adopt and --announce-existing exclude each other")
			}
			if o.verify && (o.adopt || o.announce || o.print || o.dryRun) {
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
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	return cmd
}

func runApply(ctx context.Context, o applyOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	run, err := o.outbox(ctx, s)
	if err != nil {
		return err
	}
	if o.dryRun { // nothing that could write is made
		r, err := run.Plan(ctx)
		if err == nil {
			err = s.Err(ctx)
		}
		if err != nil {
			return err
		}
		return printPlan(o.env, o.options, report.Plan{Plan: r.Plan, Pending: r.Pending, Base: "the ledger"})
	}
	if run.Destinations, err = o.destinations(ctx, s, run); err != nil {
		return err
	}
	if o.verify {
		differences, err := run.Verify(ctx)
		if err == nil {
			err = printDifferences(o.env, o.options, differences)
		}
		if err == nil && slices.ContainsFunc(differences, func(d outbox.Difference) bool { return d.Fault != outbox.Unseen }) {
			err = errFindings
		}
		return err
	}
	return o.deliver(ctx, s, run)
}

// outbox opens the ledger and what is true, for a run that is alone on this
// machine until s is closed; a dry run leaves nothing behind, not even a lock.
func (o applyOptions) outbox(ctx context.Context, s *session.Session) (*outbox.Run, error) {
	if !o.dryRun {
		if err := s.Lock(ctx); err != nil {
			return nil, err
		}
	}
	branch, err := s.Ledger(ctx)
	if err == nil {
		err = o.begins(branch)
	}
	if err != nil {
		return nil, err
	}
	truth, err := s.Truth(ctx, branch)
	if err != nil {
		return nil, err
	}
	id, err := runID(ctx, o.env, s)
	return &outbox.Run{
		Branch: branch, Truth: outbox.Truth{Tree: truth.Tree, Files: truth.Files}, Check: s.Check, ID: id, Now: o.env.now, Wait: wait,
		Adopt: o.adopt, Announce: o.announce,
	}, err
}

// deliver tells what is to be told, and prints what came of it.
func (o applyOptions) deliver(ctx context.Context, s *session.Session, run *outbox.Run) error {
	r, err := run.Apply(ctx)
	if err = errors.Join(err, s.Err(ctx)); err != nil && len(r.Outcomes) == 0 {
		return err
	}
	if printErr := printApply(o.env, o.options, r); err == nil {
		err = printErr
	}
	if err == nil && r.Failed() {
		err = errFindings
	}
	return err
}

// begins reports whether the ledger is there, or how it is to begin.
func (o applyOptions) begins(b *ledger.Branch) error {
	switch {
	case !b.Exists() && !o.adopt && !o.announce:
		return fmt.Errorf("%w: run `escalate apply --adopt` to take what stands there as told, or `escalate apply --announce-existing` to announce it all", ledger.ErrNone)
	case b.Exists() && o.adopt: // but a first announcement that was cut short may be run again as it was
		return usagef("there is a ledger already, and --adopt would take what is new as told: run `escalate apply` without it")
	}
	return nil
}

// runID names the run in the ledger: the run of the workflow, or this clone. Two
// of one name are never at work at the same time.
func runID(ctx context.Context, env environment, s *session.Session) (string, error) {
	if run := env.ci.Run; run != "" {
		return string(env.ci.Forge().Platform) + "-" + run, nil
	}
	host, _ := os.Hostname() // any answer will do
	return s.Clone(ctx, host)
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
func (o applyOptions) destinations(ctx context.Context, s *session.Session, run *outbox.Run) ([]outbox.Destination, error) {
	env, truth := o.env, run.Truth
	if o.print {
		w := env.stdout
		if o.json { // the answer is JSON, the texts are in it
			w = io.Discard
		}
		return []outbox.Destination{terminal{w}}, nil
	}
	if o.adopt {
		return nil, nil // nothing is told
	}
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
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
	bot := slack.Config{
		Token: env.getenv("SLACK_BOT_TOKEN"), API: env.getenv("SLACK_API_URL"), Now: env.now, Wait: wait,
		File: func(id schema.ID) string {
			return env.ci.Forge().View(cmp.Or(run.Branch.Default, o.branch), path.Join(repo.Prefix, tree.Path(id)))
		},
	}
	switch webhook := env.getenv("SLACK_WEBHOOK_URL"); {
	case bot.Token != "":
		workspace, err := slack.NewWorkspace(bot, truth.People, truth.Policy)
		if err != nil {
			return nil, err
		}
		all = append(all, workspace)
	case webhook != "":
		channel, err := slack.NewWebhook(webhook, bot, truth.People, truth.Policy)
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
	forge := env.ci.GitHub
	c := github.Config{API: forge.API, Repository: forge.Repository, Token: forge.Token, UserAgent: "escalate/" + env.version}
	if missing := forge.Missing(); len(missing) > 0 {
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
