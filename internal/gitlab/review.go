package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/forge"
)

var _ forge.Reviewer = (*Project)(nil)

// discussion is a thread in a reply (doc/api/discussions.md).
type discussion struct {
	ID    string
	Notes []note
}

// remark is a thread by the note that began it; ok is false of one that cannot be
// settled, as a comment of its own.
func (c *client) remark(change int, d discussion) (r forge.Remark, ok bool) {
	if d.ID == "" || len(d.Notes) == 0 || d.Notes[0].System || !d.Notes[0].Resolvable {
		return forge.Remark{}, false
	}
	first := d.Notes[0]
	r = forge.Remark{
		Comment: c.comment(forge.Thread{Number: change, ChangeRequest: true}, first), Thread: d.ID,
		Settled: !slices.ContainsFunc(d.Notes, func(n note) bool { return n.Resolvable && !n.Resolved }),
	}
	for _, n := range d.Notes[1:] {
		if !n.System { // as that a later version changes the line
			r.Answers++
		}
	}
	if at := first.Position; at != nil {
		r.Path, r.Line, r.Commit = at.NewPath, int(at.NewLine), at.HeadSHA
	}
	return r, true
}

func discussionsOf(change int) string { return changePath(change) + "/discussions" }

// Remarks are the threads of a merge request.
func (p *Project) Remarks(ctx context.Context, change int) iter.Seq2[forge.Remark, error] {
	return func(yield func(forge.Remark, error) bool) {
		all := list(ctx, p.client, discussionsOf(change), func(page gitlab.ListOptions) any { return &page }, func(d discussion) int64 {
			if len(d.Notes) == 0 {
				return 0
			}
			return d.Notes[0].ID
		}, func(err error) error { return p.needing(toSee, err) })
		for d, err := range all {
			r, ok := p.remark(change, d)
			if err == nil && !ok {
				continue
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// reviewed is a merge request whose lines are remarked on.
type reviewed struct {
	mergeRequest
	files []diff
}

// position is where a line of a merge request is, as GitLab has it.
type position struct {
	Type  string `json:"position_type"`
	Base  string `json:"base_sha"`
	Head  string `json:"head_sha"`
	Start string `json:"start_sha"`
	Old   string `json:"old_path"`
	New   string `json:"new_path"`
	// OldLine is set of a line that the merge request does not change.
	OldLine int `json:"old_line,omitempty"`
	NewLine int `json:"new_line"`
}

// AddRemark remarks.
func (p *Project) AddRemark(ctx context.Context, change int, d forge.RemarkDraft) (forge.Remark, error) {
	in := struct {
		Body     string    `json:"body"`
		Position *position `json:"position,omitempty"`
	}{Body: d.Body}
	if d.Path != "" {
		at, err := p.position(ctx, change, d)
		if err != nil {
			return forge.Remark{}, err
		}
		in.Position = &at
	}
	is, _, err := ask[discussion](ctx, p.client, http.MethodPost, discussionsOf(change), &in)
	if err != nil {
		return forge.Remark{}, p.refusedOn(ctx, forge.Thread{Number: change, ChangeRequest: true}, err)
	}
	r, _ := p.remark(change, is)
	return r, nil
}

// position is where a remark is to stand. What the merge request changes is read once
// for each commit.
func (p *Project) position(ctx context.Context, change int, d forge.RemarkDraft) (position, error) {
	if p.reviewed == nil || p.reviewed.IID != int64(change) || p.reviewed.SHA != d.Commit {
		m, err := p.mergeRequest(ctx, change)
		if err != nil {
			return position{}, err
		}
		if m.SHA != d.Commit {
			return position{}, &forge.Error{Kind: forge.ErrHeadMoved, Err: fmt.Errorf("merge request %d holds %s by now", change, m.SHA)}
		}
		if m.Refs.Head != m.SHA || m.Refs.Base == "" || m.Refs.Start == "" { // GitLab still compares
			return position{}, unconfirmed("what merge request %d changes was asked for, and is not said", change)
		}
		files, err := p.diffs(ctx, change)
		if err != nil {
			return position{}, err
		}
		p.reviewed = &reviewed{m, files}
	}
	refused := func(format string, args ...any) error {
		return &forge.Error{Kind: forge.ErrRefused, Err: fmt.Errorf(format, args...)}
	}
	i := slices.IndexFunc(p.reviewed.files, func(f diff) bool { return f.New == d.Path && !f.Deleted })
	if i < 0 {
		return position{}, refused("merge request %d does not change %s", change, d.Path)
	}
	file, refs := p.reviewed.files[i], p.reviewed.Refs
	at := position{Type: "text", Base: refs.Base, Head: refs.Head, Start: refs.Start, Old: file.Old, New: file.New, NewLine: d.Line}
	switch {
	case file.Added: // all its lines are
	case file.Diff == "":
		return position{}, refused("GitLab does not show what merge request %d changes of %s", change, d.Path)
	default:
		at.OldLine = before(file.Diff, d.Line)
	}
	return at, nil
}

// hunk begins a part of a diff: where it is in the file before, and after.
var hunk = regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// before is which line one was before a diff; 0 of one that the diff adds.
func before(diff string, line int) int {
	was, is := 1, 1 // the lines that come next
	inside := false
	for text := range strings.SplitSeq(diff, "\n") {
		if m := hunk.FindStringSubmatch(text); m != nil {
			from, _ := strconv.Atoi(m[1]) // digits alone
			to, _ := strconv.Atoi(m[2])
			if line < to {
				break // between two parts nothing changes
			}
			was, is, inside = from, to, true
			continue
		}
		switch {
		case !inside || text == "":
		case text[0] == '-':
			was++
		case text[0] == '+':
			if is == line {
				return 0
			}
			is++
		case text[0] == ' ':
			if is == line {
				return was
			}
			was, is = was+1, is+1
		}
	}
	return was + line - is
}

// EditRemark replaces the body of a remark.
func (p *Project) EditRemark(ctx context.Context, change int, r forge.Remark, body string) (forge.Remark, error) {
	n, _, err := ask[note](ctx, p.client, http.MethodPut, p.remarkPath(change, r), map[string]string{"body": body})
	if err != nil {
		return forge.Remark{}, p.inWords(err)
	}
	r.Comment = p.comment(forge.Thread{Number: change, ChangeRequest: true}, n)
	return r, nil
}

func (*Project) remarkPath(change int, r forge.Remark) string {
	return discussionsOf(change) + "/" + gitlab.PathEscape(r.Thread) + "/notes/" + strconv.FormatInt(r.ID, 10)
}

// Settle resolves a thread, or not.
func (p *Project) Settle(ctx context.Context, change int, r forge.Remark, settled bool) error {
	is, _, err := ask[discussion](ctx, p.client, http.MethodPut, discussionsOf(change)+"/"+gitlab.PathEscape(r.Thread), map[string]bool{"resolved": settled})
	if err != nil {
		return p.needing(toPropose, err)
	}
	if now, ok := p.remark(change, is); !ok || now.Thread != r.Thread || now.Settled != settled {
		return unconfirmed("remark %d was settled or not, and the answer does not say so", r.ID)
	}
	return nil
}

// DeleteRemark deletes a remark.
func (p *Project) DeleteRemark(ctx context.Context, change int, r forge.Remark) error {
	_, _, err := ask[struct{}](ctx, p.client, http.MethodDelete, p.remarkPath(change, r), nil)
	if err = p.inWords(err); errors.Is(err, forge.ErrGone) {
		return nil
	}
	return err
}
