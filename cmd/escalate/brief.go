package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

func newBrief(env environment, opts *options) *cobra.Command {
	cmd := oneCommand(env, opts, "markdown", runBrief)
	cmd.Use = "brief ID"
	cmd.Short = "Write half a page on one escalation, for whoever joins now"
	cmd.Long = "Writes half a page of Markdown on one escalation, for somebody who joins now or for an executive: what it is, " +
		"since when, how its severity went (from git's history, where there is one), the last significant update, what is " +
		"next, and who.\n\n" + naming
	cmd.Example = "  escalate brief 2026/northwind\n  escalate brief northwind --json"
	return cmd
}

func runBrief(ctx context.Context, o oneOptions, s *session.Session, t *tree.Tree, e *tree.Escalation) error {
	r, err := clocks(ctx, s, t.Only(e.ID), o.now)
	if err != nil {
		return err
	}
	versions, err := committed(ctx, s, e)
	if err != nil {
		return err
	}
	b := view.NewBrief(view.Of(t, e, r, nil), versions)
	if o.format == "json" {
		return viewprint.BriefJSON(o.env.stdout, b)
	}
	return viewprint.Brief(o.env.stdout, b, o.env.screen)
}

// committed is how an escalation stood with each commit up to HEAD; nothing where
// there is no history.
func committed(ctx context.Context, s *session.Session, e *tree.Escalation) ([]process.Version, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, nil // nothing of git needs to be there
	}
	head, err := repo.Resolve(ctx, "HEAD")
	if errors.Is(err, git.ErrNoCommit) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	versions, err := history.Versions(ctx, repo, head, []schema.ID{e.ID}, map[string]*schema.Escalation{})
	return versions[e.ID], err
}

func newLetter(env environment, opts *options) *cobra.Command {
	cmd := oneCommand(env, opts, "markdown", runLetter)
	cmd.Use = "letter ID"
	cmd.Short = "Write a letter to the customer of one escalation, for you to send"
	cmd.Long = "Writes a letter to the customer as Markdown, for a person to read over and send. It is made of the updates to " +
		"the customer, the exit criteria and the next steps alone: nothing internal is in it, and nobody's name. " +
		"The words of criteria and steps are those of the file.\n\n" + naming
	cmd.Example = "  escalate letter 2026/northwind\n  escalate letter northwind --json"
	return cmd
}

func runLetter(_ context.Context, o oneOptions, _ *session.Session, t *tree.Tree, e *tree.Escalation) error {
	l := view.NewLetter(t, e, o.now)
	if o.format == "json" {
		return viewprint.LetterJSON(o.env.stdout, l)
	}
	return viewprint.Letter(o.env.stdout, l, o.env.screen)
}
