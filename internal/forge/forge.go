// Package forge is what the tracking of escalations asks of a forge: issues,
// their comments and labels, and the comments of a change request, which is a
// pull request or a merge request. It is drawn from GitHub and from GitLab;
// a package for each implements it, and decides nothing.
package forge

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Forge is one repository or project on a forge. Its errors wrap one of this
// package where they are one of those, and destination.ErrInDoubt where it is not
// known whether something was carried out.
type Forge interface {
	// Traits say how the forge differs from others.
	Traits() Traits
	// Me returns who the token writes as; the zero author, where the forge does not
	// say it of a workflow's token or an app's. Such a token writes as a bot.
	Me(ctx context.Context) (Author, error)

	// Issue returns an issue. The error is a MovedError where somebody transferred it
	// to another repository.
	Issue(ctx context.Context, number int) (Issue, error)
	// Issues are those with a label, open and closed, the oldest first.
	Issues(ctx context.Context, label string) iter.Seq2[Issue, error]
	// OpenIssue opens an issue. The error is ErrRefused where somebody may not be
	// assigned.
	OpenIssue(ctx context.Context, d Draft) (Issue, error)
	// EditIssue changes what an edit has, and returns the issue as it is then. The
	// error is ErrRefused where somebody may not be assigned.
	EditIssue(ctx context.Context, number int, e Edit) (Issue, error)
	// SetLabels gives an issue the labels, and takes all others. It returns those that
	// it has then.
	SetLabels(ctx context.Context, number int, labels []string) ([]string, error)
	// MakeLabel makes a label where there is none of its name.
	MakeLabel(ctx context.Context, l Label) error
	// MayAssign reports whether somebody may be assigned to issues, by the login.
	MayAssign(ctx context.Context, login string) (bool, error)

	// Comments are those of a thread, the oldest first.
	Comments(ctx context.Context, of Thread) iter.Seq2[Comment, error]
	// AllComments are those of all issues and of some change requests, the oldest
	// first. The error is ErrUnlisted where the forge has no such list.
	AllComments(ctx context.Context) iter.Seq2[Comment, error]
	// AddComment writes a comment. The error is ErrLocked where somebody locked the
	// thread.
	AddComment(ctx context.Context, to Thread, body string) (Comment, error)
	// EditComment replaces the body of a comment.
	EditComment(ctx context.Context, in Thread, id int64, body string) (Comment, error)
	// DeleteComment deletes a comment. One that is gone is no error.
	DeleteComment(ctx context.Context, in Thread, id int64) error
}

// The errors that a caller tells apart.
var (
	// ErrGone is returned of what does not exist any more, or never did here.
	ErrGone = errors.New("it does not exist")
	// ErrForbidden is returned of what the token may not do.
	ErrForbidden = errors.New("the token may not do it")
	// ErrLocked is returned of a thread that takes no comments.
	ErrLocked = errors.New("it is locked")
	// ErrUnlisted is returned of what the forge does not list at once.
	ErrUnlisted = errors.New("it is not listed")
	// ErrRefused is returned of a request that the forge does not take as it is.
	ErrRefused = errors.New("it is not taken as it is")
)

// MovedError is returned of an issue that is in another repository now.
type MovedError struct {
	// To is where people see it.
	To string
}

func (e *MovedError) Error() string { return "the issue was transferred to " + e.To }

// Traits are how a forge differs from others.
type Traits struct {
	// Via names it in the ledger, such as "github"; Repository, such as
	// "acme/escalations", is the one among all that are there.
	Via, Repository string
	// MaxBody is how many characters it takes of an issue or a comment, MaxTitle of
	// a title.
	MaxBody, MaxTitle int
	// Change is what people call a change request, such as "pull request", and Sign what
	// stands before its number, such as "#".
	Change, Sign string
	// Prefix is the word that a command in a comment begins with; empty where a slash is
	// enough.
	Prefix string
	// TitleRefers reports that it looks for mentions and references in titles, too: whoever
	// is named there is told of it.
	TitleRefers bool
	// Workflow is the login that a workflow's own token writes as: what that pushes starts
	// no other workflow. Empty where there is none.
	Workflow string
	// Confidential reports that an issue can be kept from some who see the repository,
	// Due that it can have a day by which it is to be done.
	Confidential, Due bool
	// FewAssignees reports that an issue may have one assignee alone, as without a licence
	// of GitLab: of several the first is, and nobody says so.
	FewAssignees bool
	// NoReply is what stands behind a login in the address of somebody who gives no other,
	// such as users.noreply.github.com.
	NoReply string
	// Login returns the login of a person of the directory; empty where there is
	// none.
	Login func(schema.Person) string
	// Scoped is a label of which an issue has one for each scope.
	Scoped func(scope, value string) string
	// Suggestion is what a block of Markdown begins with that is to stand, at a click,
	// in the place of the line that a remark is on, of some lines above it, and of some
	// below it. It is nil where there is no such thing.
	Suggestion func(above, below int) string
	// SameLabel reports whether two names are those of one label.
	SameLabel func(a, b string) bool
}

// Title is a title of words, as the forge takes it: one line, which says what it says
// and does nothing.
func (t Traits) Title(text string) string {
	show := escape.Line
	if t.TitleRefers {
		show = escape.Title
	}
	return words.Clip(show(text), t.MaxTitle-1)
}

// Numbered is a change request by its number, such as #12.
func (t Traits) Numbered(number int) string { return t.Sign + strconv.Itoa(number) }

// Committer is a person of the directory as a commit names them: with an address.
func (t Traits) Committer(p schema.Person) schema.Person {
	if p.Email == "" {
		p.Email = schema.Email(t.Login(p) + "@" + t.NoReply)
	}
	return p
}

// HasLabel reports whether a label is among others.
func (t Traits) HasLabel(labels []string, label string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return t.SameLabel(l, label) })
}

// Author is who wrote something.
type Author struct {
	// ID is 0 where the forge said the login alone.
	ID    int64
	Login string
	// Bot reports that it is no person's account.
	Bot bool
}

// Is reports whether two are the same account.
func (a Author) Is(b Author) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID == b.ID
	}
	return a.Bot == b.Bot && a.Login != "" && strings.EqualFold(a.Login, b.Login)
}

// Issue is an issue.
type Issue struct {
	Number      int
	Title, Body string
	URL         string
	Author      Author
	Open        bool
	// Locked reports that people cannot comment on it.
	Locked    bool
	Labels    []string
	Assignees []string // logins
	// Comments is how many there are; -1 where the forge did not say.
	Comments int
	// Confidential reports that not everybody sees it who sees the repository.
	Confidential bool
	// Due is the day by which it is to be done; zero where there is none.
	Due schema.Date
	// ChangeRequest reports that it is none, but has a number among them, as a pull
	// request on GitHub.
	ChangeRequest bool
	// Member is what the forge says of whether the author belongs to the repository.
	Member Said
	// Created is when it was opened, Updated when it changed last, comments and all;
	// both to the second, and zero where the forge did not say.
	Created, Updated time.Time
}

// Draft is an issue to be opened.
type Draft struct {
	Title, Body       string
	Labels, Assignees []string
	// Confidential and Due are for a forge that has them: see Traits.
	Confidential bool
	Due          schema.Date
}

// Edit is what is to be changed of an issue: what is nil stays. A day that is zero takes
// the one that is there.
type Edit struct {
	Title, Body  *string
	Open         *bool
	Assignees    *[]string
	Confidential *bool
	Due          *schema.Date
}

// Label is a label to be made.
type Label struct {
	Name, Description string
	Color             string // as rrggbb; empty for none in particular
}

// Thread is what comments are about: an issue, or a change request.
type Thread struct {
	Number        int
	ChangeRequest bool
}

// Comment is a comment.
type Comment struct {
	ID     int64
	Body   string
	URL    string
	Author Author
	// Issue is the number of what it is on; 0 where the forge did not say.
	// ChangeRequest reports that this is a change request.
	Issue         int
	ChangeRequest bool
	// Member is what the forge says of whether the author belongs to the repository.
	Member Said
	// Created is when it was written, Updated when it was changed last, or written;
	// both to the second, and zero where the forge did not say.
	Created, Updated time.Time
}

// Error is an error in words, of a kind that a caller tells apart.
type Error struct {
	Kind error
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }
