package git

import (
	"context"
	"fmt"
	"io"
	"path"
)

// parents compares merges with their other parents, by one command that is asked
// for each. It is started for the first merge.
type parents struct {
	repo    *Repo
	o       LogOptions
	running *process
	answers logReader
}

// end is what git writes back when it has answered: it is no commit.
const end = "end\n"

// of returns what the parents behind the first have otherwise than a merge, as far
// as that is asked for.
func (p *parents) of(ctx context.Context, merge Commit) ([]Merged, error) {
	if p.running == nil {
		if err := p.start(ctx); err != nil {
			return nil, fmt.Errorf("cannot read the history: %w", err)
		}
	}
	var list []Merged
	for _, parent := range merge.Parents[1:] {
		changes, err := p.compare(merge.ID, parent)
		if err != nil {
			return nil, fmt.Errorf("cannot compare the merge %s with its parent %s: %w", merge.ID, parent, err)
		}
		for _, c := range changes {
			if m := (Merged{Parent: parent, Change: c}); p.o.Merged(m) {
				list = append(list, m)
			}
		}
	}
	return list, nil
}

func (p *parents) start(ctx context.Context) (err error) {
	args := []string{
		"diff-tree", "--stdin", "--no-commit-id", "-r", "-z", "-R", "--raw", "--no-abbrev", "--no-renames", "--no-relative", "--ignore-submodules=none", "-O/dev/null", "--",
		path.Join(".", p.o.Folder, p.o.File),
	}
	if p.running, err = p.repo.start(ctx, true, args...); err != nil {
		return err
	}
	p.answers = logReader{Reader: p.running.out, repo: p.repo, wanted: p.repo.wanted(p.o)}
	return nil
}

func (p *parents) stop() {
	if p.running != nil {
		p.running.stop()
	}
}

// compare returns what a parent has otherwise than a merge.
func (p *parents) compare(merge, parent string) ([]Change, error) {
	if _, err := io.WriteString(p.running.in, merge+" "+parent+"\n"+end); err != nil {
		return nil, p.running.gone()
	}
	var changes []Change
	for {
		switch b, err := p.answers.Peek(1); {
		case err != nil:
			return nil, p.running.gone()
		case b[0] != ':':
			said, err := p.answers.ReadString('\n')
			if err != nil {
				return nil, p.running.gone()
			}
			if said != end {
				return nil, fmt.Errorf("git diff-tree says %.200q", said)
			}
			return changes, nil
		default:
			if changes, err = p.answers.change(changes); err != nil {
				return nil, err
			}
		}
	}
}
