package gitlab

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

// Issues are listed by when they changed; those that change while the list is read are
// read again, and none is passed over.
func TestIssuesSince(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	g.Now = func() time.Time { return now }
	for range 250 {
		now = now.Add(700 * time.Millisecond)
		g.Open(forgetest.Stranger, "Text", "escalation")
	}
	asked := 0
	g.Refuse = func(*http.Request) (int, map[string]string, bool) {
		if asked++; asked == 2 {
			for n := range 60 {
				now = now.Add(time.Second)
				g.Rewrite(forgetest.Stranger, g.Issues[n], "New")
			}
		}
		return 0, nil, false
	}
	issues, err := all(project(t, g).IssuesSince(t.Context(), "escalation", time.Time{}))
	seen, news := map[int]bool{}, 0
	for n, i := range issues {
		seen[i.Number] = true
		if i.Body == "New" {
			news++
		}
		if n > 0 && i.Updated.Before(issues[n-1].Updated) {
			t.Errorf("%d comes too late", i.Number)
		}
	}
	if err != nil || len(seen) != 250 || news != 60 {
		t.Errorf("%d were listed, %d of them anew (%v)", len(seen), news, err)
	}
	since, want := g.Issues[240].Updated.Add(200*time.Millisecond), 0
	for _, i := range g.Issues {
		if !i.Updated.Before(since.Truncate(time.Second)) { // all of that second
			want++
		}
	}
	if late, err := count(project(t, g).IssuesSince(t.Context(), "", since)); err != nil || late != want || want == 250 {
		t.Errorf("%d changed since, want %d (%v)", late, want, err)
	}
}

// More than a page may have changed in one second.
func TestManyInASecond(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	for range 250 {
		g.Open(forgetest.Stranger, "Text")
	}
	if n, err := count(project(t, g).IssuesSince(t.Context(), "", g.Now())); err != nil || n != 250 {
		t.Errorf("%d (%v)", n, err)
	}
}

// Comments on issues and merge requests are listed by when they changed, of those alone
// that changed themselves; what GitLab notes down is none, nor what the token may not see.
func TestCommentsSince(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	g.Now = func() time.Time { return now }
	g.Open(forgetest.Stranger, "One")
	g.Open(forgetest.Stranger, "Two")
	p := g.Propose(forgetest.Stranger, "feature", "abc")
	g.Say(forgetest.Stranger, forge.Thread{Number: 2}, "early")
	old := g.Say(forgetest.Stranger, onIssue, "old")
	now = now.Add(time.Hour)
	since := now
	g.Say(forgetest.Stranger, onIssue, "changed title").System = true
	now = now.Add(time.Minute)
	g.Say(forgetest.Stranger, onChange, "on a change")
	p.Updated = now
	now = now.Add(time.Minute)
	g.Reword(forgetest.Stranger, old, "reworded")
	g.Issues[0].Updated = now
	now = now.Add(time.Minute)
	g.Say(forgetest.Stranger, onIssue, "internal").Internal = true
	comments, err := all(project(t, g).CommentsSince(t.Context(), since))
	var got []string
	for _, c := range comments {
		got = append(got, fmt.Sprint(c.Body, " ", c.Issue, " ", c.ChangeRequest))
	}
	if want := "on a change 1 true, reworded 1 false, internal 1 false"; err != nil || strings.Join(got, ", ") != want {
		t.Errorf("%q (%v)", got, err)
	}
	for _, r := range g.Requests {
		if strings.Contains(r, "/issues/2/") {
			t.Errorf("it asks %s", r)
		}
	}
	g.Role = forgetest.Guest
	if n, err := count(project(t, g).CommentsSince(t.Context(), since)); err != nil || n != 2 {
		t.Errorf("a guest sees %d (%v)", n, err)
	}
	if _, err := count(project(t, g).AllComments(t.Context())); !errors.Is(err, forge.ErrUnlisted) {
		t.Errorf("%v", err)
	}
}

// A reaction is left once; GitLab gives one answer to one that is there, to a comment that
// is gone, and to what is locked.
func TestReact(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	i := g.Open(forgetest.Stranger, "Text")
	g.Propose(forgetest.Stranger, "feature", "abc")
	g.Say(forgetest.Stranger, onIssue, "Hello")
	g.Say(forgetest.Stranger, onChange, "Hello")
	p := project(t, g)
	for range 2 {
		for id, on := range map[int64]forge.Thread{101: onIssue, 102: onChange} {
			if err := p.React(t.Context(), on, id); err != nil {
				t.Error(err)
			}
		}
	}
	if len(g.Reactions) != 2 {
		t.Errorf("there are %+v", g.Reactions)
	}
	if err := p.React(t.Context(), onIssue, 77); !errors.Is(err, forge.ErrGone) {
		t.Errorf("%v", err)
	}
	i.Locked, g.Outside = true, true
	g.Say(forgetest.Stranger, onIssue, "Again")
	if err := p.React(t.Context(), onIssue, 103); !errors.Is(err, forge.ErrLocked) {
		t.Errorf("%v", err)
	}
}

// A discussion that is locked takes the comments of members.
func TestLocked(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Open(forgetest.Stranger, "Text").Locked = true
	if i, err := project(t, g).Issue(t.Context(), 1); err != nil || i.Locked {
		t.Errorf("to a member it is locked: %v (%v)", i.Locked, err)
	}
	if _, err := project(t, g).AddComment(t.Context(), onIssue, "Text"); err != nil {
		t.Error(err)
	}
	g.Outside = true
	if i, err := project(t, g).Issue(t.Context(), 1); err != nil || !i.Locked {
		t.Errorf("to others it is locked: %v (%v)", i.Locked, err)
	}
	if _, err := project(t, g).AddComment(t.Context(), onIssue, "Text"); !errors.Is(err, forge.ErrLocked) || errors.Is(err, forge.ErrForbidden) {
		t.Errorf("%v", err)
	}
}

// Who edited a text last, GraphQL says.
func TestEdits(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	i := g.Open(forgetest.Stranger, "Text")
	c := g.Say(forgetest.Stranger, onIssue, "Hello")
	p := project(t, g)
	for name, ask := range map[string]func() (forge.Author, time.Time, error){
		"issue":   func() (forge.Author, time.Time, error) { return p.LastEdit(t.Context(), 1) },
		"comment": func() (forge.Author, time.Time, error) { return p.CommentEdit(t.Context(), onIssue, c.ID) },
	} {
		if by, at, err := ask(); err != nil || by != (forge.Author{}) || !at.IsZero() {
			t.Errorf("%s: %+v at %v (%v)", name, by, at, err)
		}
		g.Rewrite(forgetest.User, i, "New")
		g.Reword(forgetest.User, c, "New")
		if by, at, err := ask(); err != nil || by.Login != "escalate-bot" || !at.Equal(g.Now()) {
			t.Errorf("%s: %+v at %v (%v)", name, by, at, err)
		}
		i.Edited, c.Edited = time.Time{}, time.Time{}
	}
	if _, _, err := p.CommentEdit(t.Context(), onIssue, 77); !errors.Is(err, forge.ErrGone) {
		t.Errorf("%v", err)
	}
	p.graphQL = nil
	if by, at, err := p.LastEdit(t.Context(), 1); err != nil || by != (forge.Author{}) || !at.IsZero() {
		t.Errorf("%+v at %v (%v)", by, at, err)
	}
}
