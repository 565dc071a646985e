package forgetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/schema"
)

// Lab is a forge that works as GitLab does: change requests have numbers of their
// own, labels are scoped, issues may be confidential, and what stands at the
// beginning of a line may be a quick action, which is carried out and taken out of
// the text. A person's login is what their e-mail address begins with.
type Lab struct{ *Store }

// NewLab returns one that holds nothing.
func NewLab() *Lab {
	return &Lab{newStore("https://lab.example/acme/escalations/-", true, func(a, b string) bool { return a == b })}
}

var _ forge.Forge = (*Lab)(nil)

// Traits are those of such a forge.
func (*Lab) Traits() forge.Traits {
	return forge.Traits{
		Via: "lab", Repository: "acme/escalations", MaxBody: 100_000, MaxTitle: 255,
		Login: func(p schema.Person) string {
			login, _, _ := strings.Cut(string(p.Email), "@")
			return login
		},
		Scoped:    func(scope, value string) string { return scope + "::" + value },
		SameLabel: func(a, b string) bool { return a == b },
	}
}

// ask carries out a request, unless it goes wrong. said is false where the reply
// says nothing.
func (l *Lab) ask(op string, do func() error) (said bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	doubt := fmt.Errorf("%w: no reply", destination.ErrInDoubt)
	if reading(op) {
		doubt = errors.New("no reply")
	}
	switch l.fault(op) {
	case Forbidden:
		return false, &forge.Error{Kind: forge.ErrForbidden, Err: errors.New("403 Forbidden")}
	case Limited:
		return false, errors.New("the rate limit is reached")
	case Down:
		return false, doubt
	case Lost:
		_ = do() // nobody learns of it
		return false, doubt
	case Empty:
		return false, do()
	case Idle:
		return false, nil
	}
	return true, do()
}

func gone() error { return &forge.Error{Kind: forge.ErrGone, Err: errors.New("404 Not Found")} }

// Me returns whose the token is.
func (l *Lab) Me(context.Context) (me forge.Author, err error) {
	_, err = l.ask("me", func() error {
		if !l.Store.Me.Bot {
			me = l.Store.Me
		}
		return nil
	})
	return me, err
}

// Issue returns an issue.
func (l *Lab) Issue(_ context.Context, number int) (forge.Issue, error) {
	return l.one(fmt.Sprintf("issue %d", number), number, func(*Issue) error { return nil })
}

// one does something to an issue, and returns it.
func (l *Lab) one(op string, number int, do func(*Issue) error) (is forge.Issue, err error) {
	said, err := l.ask(op, func() error {
		i := l.issue(number)
		switch {
		case i == nil:
			return gone()
		case i.Moved != "": // it stays there, closed
			return &forge.MovedError{To: i.Moved}
		}
		err := do(i)
		is = l.commented(i)
		return err
	})
	if err != nil || !said {
		return forge.Issue{}, err
	}
	return is, nil
}

// Issues are those with a label.
func (l *Lab) Issues(_ context.Context, label string) iter.Seq2[forge.Issue, error] {
	return func(yield func(forge.Issue, error) bool) {
		var list []forge.Issue
		if _, err := l.ask("issues "+label, func() error {
			for _, i := range l.listed(label) {
				list = append(list, l.commented(i))
			}
			return nil
		}); err != nil {
			yield(forge.Issue{}, err)
			return
		}
		for _, i := range list {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// OpenIssue opens an issue.
func (l *Lab) OpenIssue(_ context.Context, d forge.Draft) (is forge.Issue, err error) {
	said, err := l.ask(fmt.Sprintf("open %s %v %v", d.Title, d.Labels, d.Assignees), func() error {
		body := l.act(d.Body)
		i := l.Open(l.Store.Me, "", d.Labels...)
		if !l.edit(i, forge.Edit{Title: &d.Title, Body: &body, Assignees: &d.Assignees}) {
			l.Store.Issues = l.Store.Issues[:len(l.Store.Issues)-1]
			return &forge.Error{Kind: forge.ErrRefused, Err: errors.New("400 Bad Request")}
		}
		is = l.commented(i)
		return nil
	})
	if !said {
		return forge.Issue{}, err
	}
	return is, err
}

// EditIssue changes an issue.
func (l *Lab) EditIssue(_ context.Context, number int, e forge.Edit) (forge.Issue, error) {
	return l.one(edited(number, e), number, func(i *Issue) error {
		if e.Body != nil {
			body := l.act(*e.Body)
			e.Body = &body
		}
		if !l.edit(i, e) {
			return &forge.Error{Kind: forge.ErrRefused, Err: errors.New("400 Bad Request")}
		}
		return nil
	})
}

// SetLabels gives an issue its labels, of each scope the last.
func (l *Lab) SetLabels(_ context.Context, number int, labels []string) ([]string, error) {
	i, err := l.one(fmt.Sprintf("labels %d %v", number, labels), number, func(i *Issue) error {
		i.Labels = nil
		for n, label := range labels {
			scope, _, scoped := strings.Cut(label, "::")
			if !scoped || !slices.ContainsFunc(labels[n+1:], func(s string) bool { return strings.HasPrefix(s, scope+"::") }) {
				i.Labels = append(i.Labels, label)
			}
		}
		return nil
	})
	return i.Labels, err
}

// MayAssign reports whether somebody may be assigned.
func (l *Lab) MayAssign(_ context.Context, login string) (may bool, err error) {
	_, err = l.ask("assignable "+login, func() error {
		may = slices.Contains(l.Assignable, login)
		return nil
	})
	return may, err
}

// MakeLabel makes a label.
func (l *Lab) MakeLabel(_ context.Context, label forge.Label) error {
	_, err := l.ask("make label "+label.Name, func() error {
		if !slices.Contains(l.Labels, label.Name) {
			l.Labels = append(l.Labels, label.Name)
		}
		return nil
	})
	return err
}

// Comments are those of a thread.
func (l *Lab) Comments(_ context.Context, of forge.Thread) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) {
		var list []forge.Comment
		if _, err := l.ask(fmt.Sprintf("comments %d", of.Number), func() error {
			if !of.ChangeRequest && l.issue(of.Number) == nil || of.ChangeRequest && of.Number > l.changes {
				return gone()
			}
			for _, c := range l.Store.Comments {
				if l.within(c, of) {
					list = append(list, c.Comment)
				}
			}
			return nil
		}); err != nil {
			yield(forge.Comment{}, err)
			return
		}
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// AllComments are not listed.
func (*Lab) AllComments(context.Context) iter.Seq2[forge.Comment, error] {
	return func(yield func(forge.Comment, error) bool) { yield(forge.Comment{}, forge.ErrUnlisted) }
}

// AddComment writes a comment.
func (l *Lab) AddComment(_ context.Context, to forge.Thread, body string) (is forge.Comment, err error) {
	said, err := l.ask(fmt.Sprintf("comment %d", to.Number), func() error {
		if !to.ChangeRequest && l.issue(to.Number) == nil || to.ChangeRequest && to.Number > l.changes {
			return gone()
		}
		if i := l.issue(to.Number); !to.ChangeRequest && i.Locked {
			return &forge.Error{Kind: forge.ErrLocked, Err: errors.New("the discussion is locked")}
		}
		is = l.Say(l.Store.Me, to, l.act(body)).Comment
		return nil
	})
	if !said {
		return forge.Comment{}, err
	}
	return is, err
}

// EditComment replaces the body of a comment.
func (l *Lab) EditComment(_ context.Context, _ forge.Thread, id int64, body string) (is forge.Comment, err error) {
	said, err := l.ask(fmt.Sprintf("edit comment %d", id), func() error {
		at := l.comment(id)
		if at < 0 {
			return gone()
		}
		l.Store.Comments[at].Body, l.Store.Comments[at].Updated = body, l.Now()
		is = l.Store.Comments[at].Comment
		return nil
	})
	if !said {
		return forge.Comment{}, err
	}
	return is, err
}

// DeleteComment deletes a comment.
func (l *Lab) DeleteComment(_ context.Context, _ forge.Thread, id int64) error {
	_, err := l.ask(fmt.Sprintf("delete comment %d", id), func() error {
		l.Store.Comments = slices.DeleteFunc(l.Store.Comments, func(c *Comment) bool { return c.ID == id })
		return nil
	})
	return err
}

// quickAction is a line that does something: GitLab looks for them in the source,
// but not in blocks of code.
var quickAction = regexp.MustCompile(`^\s*/[a-z_]+\b`)

// act carries out the quick actions in a text, and returns the rest.
func (s *Store) act(body string) string {
	var rest []string
	code := false
	for l := range strings.SplitSeq(body, "\n") {
		code = code != strings.HasPrefix(l, "```")
		if !code && quickAction.MatchString(l) {
			s.Executed = append(s.Executed, strings.TrimSpace(l))
			continue
		}
		rest = append(rest, l)
	}
	return strings.Join(rest, "\n")
}
