// Package forgetest has two forges for tests: a server that answers as GitHub does, and
// one that answers as GitLab does. Both keep what they hold in a Store, and remember
// what they were asked in the same words, so that one table tests both.
package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// Store is what a forge holds.
type Store struct {
	Issues   []*Issue
	Comments []*Comment
	Labels   []string
	// Assignable is who may be assigned.
	Assignable []string
	// Me is who the token writes as. A bot's token is one of which the forge does
	// not say whose it is.
	Me forge.Author
	// Fault makes a request go wrong. Nil lets all go right.
	Fault func(op string) Fault
	// Executed are the quick actions that were carried out.
	Executed []string
	// Now is the clock.
	Now func() time.Time
	// Reactions are those that were left, Proposals the change requests that have a
	// branch, and Checks those that were set, the oldest first.
	Reactions []Reacted
	Proposals []*Proposal
	Checks    []*Check

	// Tip, where it is set, returns what a branch holds, and the files that it changes;
	// Merge merges it.
	Tip   func(branch string) (commit string, files []string)
	Merge func(branch string)
	// Diff, where it is set, returns what a branch changes of a file, as a unified diff
	// without its first two lines, and whether it adds the file.
	Diff func(branch, path string) (diff string, added bool)

	mu    sync.Mutex
	asked []string
	// changes is how many change requests there are, where they have numbers of
	// their own.
	changes int
	said    int64 // comments, with those that are gone
	own     bool
	same    func(a, b string) bool // whether two labels are one
	at      string                 // the address that all others begin with
}

// Issue is an issue that is held.
type Issue struct {
	forge.Issue
	Deleted bool
	// Editor is who edited its text last, and when.
	Editor forge.Author
	Edited time.Time
	// Moved is where it was transferred to.
	Moved string
}

// Comment is a comment that is held.
type Comment struct {
	forge.Comment
	On forge.Thread
	// Editor is who edited it last, and when.
	Editor forge.Author
	Edited time.Time
	// System reports that GitLab noted it down itself, Internal that those alone see it
	// who plan.
	System, Internal bool
	// Discussion is the thread that it is of, on GitLab; "" of one that stands alone.
	// Position is the line that it is on, as GitLab has it, and Settled reports that the
	// thread is resolved.
	Discussion string
	Position   *Position
	Settled    bool
}

// Position is a line of a merge request, as GitLab has it.
type Position struct {
	Type  string `json:"position_type"`
	Base  string `json:"base_sha"`
	Start string `json:"start_sha"`
	Head  string `json:"head_sha"`
	Old   string `json:"old_path"`
	New   string `json:"new_path"`
	// OldLine is nil of a line that is added, NewLine of one that is taken.
	OldLine *int `json:"old_line"`
	NewLine *int `json:"new_line"`
}

// Reacted is a reaction to a comment.
type Reacted struct {
	By      forge.Author
	On      int // the number of the issue or the change request
	Comment int64
	With    string // what GitHub calls it
}

// Proposal is a change request that is held.
type Proposal struct {
	forge.Proposed
	Files []string
	// Diffs are what it changes of files that were there before, by their paths: unified
	// diffs without their first two lines. What has none is a file that it adds.
	Diffs map[string]string
	// Unmergeable is why it cannot be merged; "" where it can.
	Unmergeable string
	// Locked reports that GitLab takes comments of members alone.
	Locked bool
}

// Check is a check that is held.
type Check struct {
	forge.Check
	ID     int64
	Commit string
	// By is which program set it, as it called itself; Sealed reports that the token
	// may not change it: it is of another app.
	By     string
	Sealed bool
}

// Fault is how a request goes wrong.
type Fault int

// The faults.
const (
	None      Fault = iota
	Down            // it is not carried out, and nobody answers
	Lost            // it is carried out, and nobody answers
	Empty           // it is carried out, and the reply says nothing
	Idle            // it is not carried out, and the reply says nothing, as after a redirection
	Forbidden       // the token may not do it
	Limited         // there were too many
)

// People who write.
var (
	User     = forge.Author{ID: 1, Login: "escalate-bot"}
	App      = forge.Author{ID: 41898282, Login: "actions[bot]", Bot: true}
	OtherApp = forge.Author{ID: 49699333, Login: "echo[bot]", Bot: true}
	Stranger = forge.Author{ID: 66, Login: "mallory"}
)

func newStore(at string, own bool, same func(a, b string) bool) *Store {
	now := func() time.Time { return time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC) }
	return &Store{Now: now, Me: User, at: at, own: own, same: same, Labels: []string{"escalation"}, Assignable: []string{"jodoe"}}
}

// Do does something to what the forge holds while it answers nobody.
func (s *Store) Do(something func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	something()
}

// Hold has the forge hold what another holds, which keeps it: all of it is copied.
func (s *Store) Hold(other *Store) {
	other.Do(func() {
		s.Labels, s.Assignable, s.Me = slices.Clone(other.Labels), slices.Clone(other.Assignable), other.Me
		s.Reactions, s.changes, s.said = slices.Clone(other.Reactions), other.changes, other.said
		here := func(url string) string { return strings.Replace(url, other.at, s.at, 1) }
		s.Issues, s.Comments, s.Proposals, s.Checks = nil, nil, nil, nil
		for _, i := range other.Issues {
			c := *i
			c.Labels, c.Assignees, c.URL = slices.Clone(i.Labels), slices.Clone(i.Assignees), here(i.URL)
			s.Issues = append(s.Issues, &c)
		}
		for _, i := range other.Comments {
			c := *i
			if i.Position != nil {
				c.Position = new(*i.Position)
			}
			c.URL = here(i.URL)
			s.Comments = append(s.Comments, &c)
		}
		for _, i := range other.Proposals {
			c := *i
			c.Files, c.URL = slices.Clone(i.Files), here(i.URL)
			s.Proposals = append(s.Proposals, &c)
		}
		for _, i := range other.Checks {
			s.Checks = append(s.Checks, new(*i))
		}
	})
}

// Open puts an issue there.
func (s *Store) Open(by forge.Author, body string, labels ...string) *Issue {
	i := &Issue{Issue: forge.Issue{Number: len(s.Issues) + 1, Title: "Northwind", Body: body, Author: by, Open: true, Labels: slices.Clone(labels), Created: s.Now(), Updated: s.Now()}}
	i.URL = fmt.Sprintf("%s/issues/%d", s.at, i.Number)
	s.Issues = append(s.Issues, i)
	return i
}

// OpenChange opens a change request.
func (s *Store) OpenChange(by forge.Author) forge.Thread {
	if s.own {
		s.changes++
		return forge.Thread{Number: s.changes, ChangeRequest: true}
	}
	i := s.Open(by, "a change request")
	i.ChangeRequest, i.URL = true, fmt.Sprintf("%s/pull/%d", s.at, i.Number)
	return forge.Thread{Number: i.Number, ChangeRequest: true}
}

// Propose opens a change request of a branch that is at a commit.
func (s *Store) Propose(by forge.Author, head, commit string, files ...string) *Proposal {
	number := s.OpenChange(by).Number
	p := &Proposal{Proposed: forge.Proposed{
		Change: forge.Change{Number: number, URL: s.address(forge.Thread{Number: number, ChangeRequest: true})}, Author: by,
		Head: head, Commit: commit, Base: "main", Open: true, Created: s.Now(), Updated: s.Now(),
	}, Files: files}
	s.Proposals = append(s.Proposals, p)
	return p
}

// Proposal is a change request by its number; nil where there is none.
func (s *Store) Proposal(number int) *Proposal {
	at := slices.IndexFunc(s.Proposals, func(p *Proposal) bool { return p.Number == number })
	if at < 0 {
		return nil
	}
	s.follow(s.Proposals[at])
	return s.Proposals[at]
}

// follow lets an open change request hold what its branch does.
func (s *Store) follow(p *Proposal) {
	if s.Tip != nil && p.Open {
		p.Commit, p.Files = s.Tip(p.Head)
	}
}

// Rewrite has somebody edit the text of an issue.
func (s *Store) Rewrite(by forge.Author, i *Issue, body string) {
	i.Body, i.Editor, i.Edited, i.Updated = body, by, s.Now(), s.Now()
}

// Reword has somebody edit a comment.
func (s *Store) Reword(by forge.Author, c *Comment, body string) {
	c.Body, c.Editor, c.Edited, c.Updated = body, by, s.Now(), s.Now()
}

// Say puts a comment there.
func (s *Store) Say(by forge.Author, on forge.Thread, body string) *Comment {
	s.said++ // no number is ever used again
	c := &Comment{Comment: forge.Comment{ID: 100 + s.said, Body: body, Author: by, Created: s.Now(), Updated: s.Now()}, On: on}
	c.URL = fmt.Sprintf("%s/issues/%d#%d", s.at, on.Number, c.ID)
	if s.own {
		c.URL = fmt.Sprintf("%s#note_%d", s.address(on), c.ID)
	}
	if i := s.issue(on.Number); i != nil && (!s.own || !on.ChangeRequest) {
		i.Updated = c.Updated
		if i.ChangeRequest {
			c.URL = fmt.Sprintf("%s#%d", i.URL, c.ID)
		}
	}
	s.Comments = append(s.Comments, c)
	return c
}

// address is where people see a thread.
func (s *Store) address(on forge.Thread) string {
	switch {
	case !on.ChangeRequest:
		return fmt.Sprintf("%s/issues/%d", s.at, on.Number)
	case s.own:
		return fmt.Sprintf("%s/merge_requests/%d", s.at, on.Number)
	}
	return fmt.Sprintf("%s/pull/%d", s.at, on.Number)
}

// Bodies are the comments of a thread.
func (s *Store) Bodies(on forge.Thread) []string {
	var bodies []string
	for _, c := range s.Comments {
		if s.within(c, on) {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

// within reports whether a comment is of a thread.
func (s *Store) within(c *Comment, on forge.Thread) bool {
	return c.On.Number == on.Number && (!s.own || c.On.ChangeRequest == on.ChangeRequest)
}

// Asked is what was asked, but for labels: a forge may have to be asked twice to
// make one. Forget begins anew.
func (s *Store) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return strings.Contains(a, "label ") })
}

// Forget forgets what was asked.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = nil
}

// Writes are the requests that were not for reading.
func (s *Store) Writes() []string {
	return slices.DeleteFunc(s.Asked(), reading)
}

// reading reports whether a request is for reading.
func reading(op string) bool {
	name, _, _ := strings.Cut(op, " ")
	return slices.Contains([]string{"me", "issue", "issues", "comments", "label", "assignable", "member", "moved", "project", "proposal", "proposals", "files", "checks", "remarks", "shown"}, name)
}

// Shown is an issue in short: title, state, labels, assignees, comments. A
// severity's label is written in one way, whatever the forge's.
func (s *Store) Shown(number int) string {
	i := s.Issues[number-1]
	state := "closed"
	if i.Open {
		state = "open"
	}
	shown := fmt.Sprintf("%s %s %v %v", i.Title, state, i.Labels, i.Assignees)
	if n := len(s.Bodies(forge.Thread{Number: number})); n > 0 {
		shown += fmt.Sprint(" ", n)
	}
	return strings.ReplaceAll(shown, "::", ":")
}

// fault is what goes wrong with a request.
func (s *Store) fault(op string) Fault {
	s.asked = append(s.asked, strings.ReplaceAll(op, "::", ":"))
	if s.Fault == nil {
		return None
	}
	return s.Fault(op)
}

// misanswered answers a request as a fault has it, by refused: with the status and the
// header by which the forge says that there were too many. It is false where nothing goes
// wrong.
func misanswered(f Fault, limited int, header map[string]string, refused func(status int, header map[string]string, carried bool)) bool {
	switch f {
	case Down:
		refused(http.StatusBadGateway, nil, false)
	case Lost:
		refused(http.StatusBadGateway, nil, true)
	case Empty:
		refused(http.StatusCreated, nil, true)
	case Idle:
		refused(http.StatusOK, nil, false)
	case Forbidden:
		refused(http.StatusForbidden, nil, false)
	case Limited:
		refused(limited, header, false)
	default:
		return false
	}
	return true
}

// issue is an issue that is there.
func (s *Store) issue(number int) *Issue {
	if number < 1 || number > len(s.Issues) || s.Issues[number-1].Deleted {
		return nil
	}
	return s.Issues[number-1]
}

// listed are the issues with a label, or all.
func (s *Store) listed(label string) []*Issue {
	var list []*Issue
	for _, i := range s.Issues {
		if !i.Deleted && i.Moved == "" && (label == "" || slices.ContainsFunc(i.Labels, func(l string) bool { return s.same(l, label) })) {
			list = append(list, i)
		}
	}
	return list
}

// relabel gives an issue labels, as they are written where they are there already,
// and returns those that it has then.
func (s *Store) relabel(i *Issue, labels []string) []string {
	i.Labels = nil
	for _, l := range labels {
		if at := s.label(l); at >= 0 {
			l = s.Labels[at]
		}
		if !slices.ContainsFunc(i.Labels, func(is string) bool { return s.same(is, l) }) {
			i.Labels = append(i.Labels, l)
		}
	}
	return i.Labels
}

// label returns where a label is, or -1.
func (s *Store) label(name string) int {
	return slices.IndexFunc(s.Labels, func(l string) bool { return s.same(l, name) })
}

// edit changes an issue; false where somebody may not be assigned.
func (s *Store) edit(i *Issue, e forge.Edit) bool {
	if e.Assignees != nil {
		if slices.ContainsFunc(*e.Assignees, func(l string) bool { return !slices.Contains(s.Assignable, l) }) {
			return false
		}
		i.Assignees = slices.Clone(*e.Assignees)
	}
	if e.Title != nil {
		i.Title = *e.Title
	}
	if e.Body != nil {
		i.Body = *e.Body
	}
	if e.Open != nil {
		i.Open = *e.Open
	}
	if e.Confidential != nil {
		i.Confidential = *e.Confidential
	}
	if e.Due != nil {
		i.Due = *e.Due
	}
	i.Updated = s.Now()
	if p := s.Proposal(i.Number); p != nil && !s.own { // it is that issue
		p.Updated = i.Updated
		if e.Title != nil {
			p.Title = i.Title
		}
		if e.Body != nil {
			p.Body = i.Body
		}
		if e.Open != nil && !p.Merged {
			p.Open = i.Open
		}
	}
	return true
}

// commented counts the comments of an issue.
func (s *Store) commented(i *Issue) forge.Issue {
	is := i.Issue
	is.Comments = len(s.Bodies(forge.Thread{Number: i.Number}))
	return is
}

// comment returns where a comment is, or -1.
func (s *Store) comment(id int64) int {
	return slices.IndexFunc(s.Comments, func(c *Comment) bool { return c.ID == id })
}

// edited says an edit in words.
func edited(number int, e forge.Edit) string {
	op := fmt.Sprintf("edit %d", number)
	if e.Title != nil {
		op += " title " + *e.Title
	}
	if e.Body != nil {
		op += " body"
	}
	switch {
	case e.Open == nil:
	case *e.Open:
		op += " open"
	default:
		op += " closed"
	}
	if e.Assignees != nil {
		op += fmt.Sprintf(" assignees %v", *e.Assignees)
	}
	return op
}
