package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/bot"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/words"
)

func newBot(env environment, opts *options) *cobra.Command {
	o := applyOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "bot",
		Short: "Do what issues and comments ask for",
		Long: "Handles all that was asked for on the forge and has no answer yet, the oldest first: an issue that was made with the form becomes a pull or merge request " +
			"that opens an escalation, and a comment with commands (`/help` shows them, and `/esc help` on GitLab) on a tracking issue or such a request becomes a commit or a request. " +
			"Each gets an answer. What was merged or committed by it is told at once, as by apply.\n\n" +
			"A workflow runs it for each issue and comment. Which event started it does not matter: however often it runs, and whatever ended a run before, nothing is " +
			"lost and nothing done twice.\n\n" +
			"It needs GITHUB_TOKEN and GITHUB_REPOSITORY, which GitHub Actions has, or GITLAB_TOKEN and CI_PROJECT_PATH on GitLab, and a remote that it may push to. It exits 1 if something could not be handled or told.",
		Example: "  escalate bot",
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runBot(cmd.Context(), o) },
	}
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	return cmd
}

func runBot(ctx context.Context, o applyOptions) error {
	makeRoom(o.env)
	if missing := o.env.ci.Forge().Missing(); len(missing) > 0 {
		return usagef("the bot answers on a forge: set %s", toReach(o.env))
	}
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	run, err := o.outbox(ctx, s)
	if err != nil {
		return err
	}
	b, err := o.bot(ctx, s, run)
	if err != nil {
		return err
	}
	work, err := b.Look(ctx)
	if err != nil {
		return err
	}
	var handled []bot.Handled
	if !work.None() {
		err = run.Alone(ctx, func(still func() error) error {
			b.Still = still
			var err error
			handled, err = b.Do(ctx, work)
			return err
		})
	}
	if sumErr := appendSummary(o.env, func(w io.Writer) error { return handledSummary(w, handled) }); err == nil {
		err = sumErr
	}
	if !o.json {
		if printErr := printHandled(o.env, o.options, handled, nil); err == nil {
			err = printErr
		}
	}
	var applied bytes.Buffer
	if err == nil { // also what a run before did, and was ended before it told it
		if err = run.Branch.Refresh(ctx); err == nil {
			telling := o
			if o.json {
				telling.env.stdout = &applied
			}
			_, err = telling.deliver(ctx, s, run)
		}
		if err == nil || errors.Is(err, errFindings) {
			run.Destinations = []destination.Destination{b.Talk} // which leaves no ticks: they are read
			err = errors.Join(err, restore(ctx, o.env, run, b.Restore))
		}
	}
	if o.json && (err == nil || errors.Is(err, errFindings)) {
		err = errors.Join(err, printHandled(o.env, o.options, handled, applied.Bytes()))
	}
	if err == nil {
		for _, h := range handled {
			if h.Err != nil {
				return errFindings
			}
		}
	}
	return err
}

// bot is the bot of a run.
func (o applyOptions) bot(ctx context.Context, s *session.Session, run *outbox.Run) (*bot.Bot, error) {
	keys, err := marker.Parse(o.env.getenv(markerKey))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", markerKey, err)
	}
	repository, err := newRepository(o.env, o.env.ci.Forge())
	if err != nil {
		return nil, err
	}
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	if run.Branch.Remote == "" {
		return nil, errors.New("there is no remote: what the bot commits, it pushes")
	}
	checks, _ := repository.(forge.Checker)
	clone := &bot.Clone{Session: s, Repo: repo, Remote: run.Branch.Remote}
	return &bot.Bot{
		Forge: repository, Checks: checks, Talk: tracking.New(repository, run.Truth.People, keys), Clone: clone, Ledger: run.Branch,
		Judge: func(ctx context.Context, base *session.Commit) bot.Judge {
			return func(path string, data []byte) (draft.Draft, error) {
				return judged(ctx, repo, base, path, data, o.env.now())
			}
		},
		Verdict: func(ctx context.Context, head string) (bot.Verdict, error) {
			return o.verdict(ctx, s, clone.Tip.ID, head)
		},
		Mend: func(head *session.Commit, path string, data []byte) ([]byte, int) {
			t := head.With(path, data)
			var found []finding.Finding
			for _, f := range lint.New(rule.All()).Escalation(t, t.Load(path), nil) {
				if len(f.Fixes) > 0 {
					found = append(found, f)
				}
			}
			out, made := mendedFile(path, data, found)
			return out, len(made)
		},
		CommitURL: o.env.ci.Forge().Commit, Now: o.env.now,
	}, nil
}

// judged says whether the rules take another content of a file of a commit, by the
// history of that.
func judged(ctx context.Context, repo *git.Repo, commit *session.Commit, path string, data []byte, at time.Time) (draft.Draft, error) {
	base := &lintBase{Base: lint.Base{Tree: commit.Tree, Commit: commit.ID}}
	base.know(ctx, repo)
	d := draft.Judged(base.Base, path, data, at)
	return d, base.err
}

// verdict judges a commit against where it comes from, and plans what merging it tells.
func (o applyOptions) verdict(ctx context.Context, s *session.Session, tip, head string) (bot.Verdict, error) {
	lints := lintOptions{options: o.options, env: o.env, base: tip}
	base, err := lints.against(ctx, s, head)
	if err != nil {
		return bot.Verdict{}, err
	}
	c, err := s.Commit(ctx, head)
	if err != nil {
		return bot.Verdict{}, err
	}
	found := lint.Against(base.Base, c.AsOf(base.head), rule.All())
	if err := base.err; err != nil {
		return bot.Verdict{}, err
	}
	found.Findings = fromRoot(found.Findings, lints.below(ctx, s))
	p, _, err := planOptions{options: o.options, env: o.env, base: tip, head: head}.plan(ctx, s)
	if err != nil {
		return bot.Verdict{}, err
	}
	var summary, plan strings.Builder
	if err := errors.Join(report.Summary(&summary, found), planprint.Markdown(&plan, p)); err != nil {
		return bot.Verdict{}, err
	}
	errs, warnings := finding.Count(found.Findings)
	title := "Nothing to say"
	if errs+warnings > 0 {
		title = words.Count(errs, "error") + ", " + words.Count(warnings, "warning")
	}
	return bot.Verdict{
		Passed: !found.Failed(), Title: title, Summary: summary.String(),
		Plan: destination.Comment{Markdown: cmp.Or(plan.String(), summary.String()), Mentions: p.Triage(base.Tree), Quiet: p.Silent()},
	}, nil
}

type (
	botJSON struct {
		Handled []handledJSON   `json:"handled"`
		Applied json.RawMessage `json:"applied,omitempty"`
	}
	handledJSON struct {
		URL   string `json:"url"`
		Says  string `json:"says"`
		Error string `json:"error,omitempty"`
	}
)

// printHandled prints what came of what was asked for. applied is what apply printed,
// as JSON.
func printHandled(env environment, opts *options, all []bot.Handled, applied []byte) error {
	if opts.json {
		out := botJSON{Handled: []handledJSON{}, Applied: applied}
		for _, h := range all {
			line := handledJSON{URL: h.URL, Says: h.Says}
			if h.Err != nil {
				line.Error = h.Err.Error()
			}
			out.Handled = append(out.Handled, line)
		}
		return jsonfmt.Write(env.stdout, out)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(env.stdout, "Nothing is asked for.")
		return err
	}
	for _, h := range all {
		text := h.Says
		if h.Err != nil {
			text = "failed: " + h.Err.Error()
		}
		if _, err := fmt.Fprintln(env.stdout, terminal.Line(h.URL+": "+text)); err != nil {
			return err
		}
	}
	return nil
}

// handledSummary prints what came of what was asked for as Markdown, for the summary of a
// job of GitHub Actions: what failed first.
func handledSummary(w io.Writer, all []bot.Handled) error {
	if len(all) == 0 {
		return nil
	}
	b := markdown.Bounded{}
	b.Write("### What was asked for\n\n")
	left := 0
	for _, failed := range []bool{true, false} {
		for _, h := range all {
			if (h.Err != nil) != failed {
				continue
			}
			const longest = 500
			line := "- " + escape.MarkdownLine(words.Clip(h.Says, longest))
			if failed {
				line = "- **failed:** " + escape.MarkdownLine(words.Clip(h.Err.Error(), longest))
			}
			if !b.Write(line + " (" + escape.MarkdownLine(h.URL) + ")\n") {
				left++
			}
		}
	}
	text := b.String()
	if left > 0 {
		text += fmt.Sprintf("- and %d more, which the log of the job has\n", left)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}
