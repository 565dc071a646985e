package main

import (
	"context"
	"errors"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/schema"
)

// past reads how escalations came to be as they are, for the clocks (P25): from
// the ledger, and from the first parents of a commit.
type past struct {
	ctx  context.Context
	repo *git.Repo // nil where there is none: then nothing is known
	// head and ledger are commits; "" where there is none.
	head, ledger string
	err          error // why not all could be read
}

// locally is the past as this clone has it: up to HEAD, and the ledger as it was
// fetched last. Nothing of git needs to be there.
func locally(ctx context.Context, s *session.Session) *past {
	repo, err := s.Repo(ctx)
	if err != nil {
		return &past{}
	}
	p := &past{ctx: ctx, repo: repo}
	if p.head, err = repo.Resolve(ctx, "HEAD"); err != nil && !errors.Is(err, git.ErrNoCommit) {
		p.err = err
	}
	remote, err := s.Remote(ctx)
	if err != nil {
		return p // nobody knows which of the ledgers counts
	}
	if p.ledger, err = ledger.Tip(ctx, repo, remote); err != nil {
		p.err = err
	}
	return p
}

// of returns the past of some escalations.
func (p *past) of(current []stale.Current) map[schema.ID]stale.Past {
	all := map[schema.ID]stale.Past{}
	if p.repo == nil {
		return all
	}
	ids, known := make([]schema.ID, len(current)), map[string]*schema.Escalation{}
	for i, c := range current {
		ids[i] = c.ID
		if c.Content != "" {
			known[c.Content] = c.Escalation
		}
	}
	told, err := p.versions(p.ledger, ids, known)
	p.err = errors.Join(p.err, err)
	merged, err := p.versions(p.head, ids, known)
	p.err = errors.Join(p.err, err)
	for _, id := range ids {
		all[id] = stale.Past{Told: told[id], True: merged[id]}
	}
	p.err = errors.Join(p.err, p.lines(ids, all))
	return all
}

func (p *past) versions(head string, ids []schema.ID, known map[string]*schema.Escalation) (map[schema.ID][]process.Version, error) {
	if head == "" {
		return nil, nil
	}
	return history.Versions(p.ctx, p.repo, head, ids, known)
}

// lines adds what the ledger has of each.
func (p *past) lines(ids []schema.ID, all map[schema.ID]stale.Past) error {
	if p.ledger == "" {
		return nil
	}
	within := ledger.Within(ids)
	files, err := p.repo.Tree(p.ctx, p.ledger, within...)
	if err != nil {
		return err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files, within...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		of := all[id]
		if of.Lines, err = book.Of(id); err != nil && !errors.Is(err, ledger.ErrUnreadable) { // what was told is not known
			return err
		}
		all[id] = of
	}
	return nil
}
