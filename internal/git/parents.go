package git

import (
	"context"
	"fmt"
	"io"
	"path"
)

// parents compares merges with their other parents, by one command that is asked
// for each.
type parents struct {
	*process
	answers logReader
}

// startParents starts the command that is asked.
func (r *Repo) startParents(ctx context.Context, o LogOptions) (*parents, error) {
	within := path.Join(r.Prefix, o.Folder, o.File)
	args := []string{
		"diff-tree", "--stdin", "--no-commit-id", "-r", "-z", "-R", "--raw", "--no-abbrev", "--no-renames", "--no-relative", "--ignore-submodules=none", "-O/dev/null", "--",
	}
	if within != "" {
		args = append(args, within)
	}
	p, err := r.start(ctx, true, args...)
	if err != nil {
		return nil, err
	}
	return &parents{p, logReader{Reader: p.out, repo: r, wanted: r.wanted(o)}}, nil
}

// end is what git writes back when it has answered: it is no commit.
const end = "end\n"

// of returns what the parents behind the first have otherwise than a merge.
func (p *parents) of(merge Commit) ([]Merged, error) {
	var list []Merged
	for _, parent := range merge.Parents[1:] {
		changes, err := p.otherwise(merge.ID, parent)
		if err != nil {
			return nil, fmt.Errorf("cannot compare the merge %s with its parent %s: %w", merge.ID, parent, err)
		}
		for _, c := range changes {
			list = append(list, Merged{Parent: parent, Change: c})
		}
	}
	return list, nil
}

func (p *parents) otherwise(merge, parent string) ([]Change, error) {
	if _, err := io.WriteString(p.in, merge+" "+parent+"\n"+end); err != nil {
		return nil, p.gone()
	}
	var changes []Change
	for {
		switch b, err := p.answers.Peek(1); {
		case err != nil:
			return nil, p.gone()
		case b[0] != ':':
			said, err := p.answers.ReadString('\n')
			if err != nil {
				return nil, p.gone()
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
