package forge

import (
	"context"
	"errors"
	"time"
)

// ErrToken is returned where the forge does not take the token at all.
var ErrToken = errors.New("the token is not taken")

// Inspector is a forge that says how a repository is set up there. It only reads.
// The error is ErrForbidden where the token may not see it, ErrGone where the forge
// shows no such thing, and ErrToken where it does not take the token; each says in
// words what would be needed.
type Inspector interface {
	// Hosted returns what the forge says of the repository, and of the token.
	Hosted(ctx context.Context) (Hosted, error)
	// Guard returns what a branch is held to, whether it is there or not.
	Guard(ctx context.Context, branch string) (Guard, error)
	// Automation returns how the jobs stand that some files of the repository
	// define. Of a file that the forge does not know there is none.
	Automation(ctx context.Context, files []string) ([]Job, error)
	// Today returns what a repository is called now that was called so once.
	Today(ctx context.Context, repository string) (string, error)
	// MayPropose reports whether the token of a job may open change requests.
	MayPropose(ctx context.Context) (Said, error)
	// HasLabel reports whether issues can have a label of a name.
	HasLabel(ctx context.Context, name string) (Said, error)
	// Pages returns how the forge publishes the site of the repository.
	Pages(ctx context.Context) (Pages, error)
}

// Said is what a forge says of something that is so or not.
type Said int

// What a forge may say.
const (
	Unsaid Said = iota // nothing
	Yes
	No
)

// Saying is what a reply says which may leave it out.
func Saying(is *bool) Said {
	switch {
	case is == nil:
		return Unsaid
	case *is:
		return Yes
	}
	return No
}

// Hosted is a repository as its forge has it.
type Hosted struct {
	// Repository is its name today, such as acme/escalations: it may have been
	// renamed since somebody wrote it down.
	Repository string
	// Default is the name of the default branch.
	Default string
	// Private reports that not everybody can read it, Archived that nobody can
	// write, Issues that it has issues, Fork that it is a copy of another.
	Private, Archived, Issues, Fork Said
	// Write reports whether the token may push and write issues. Of many tokens
	// that is not said.
	Write Said
}

// Guard is what a forge holds a branch to.
type Guard struct {
	// Reviewed reports that nobody changes it but by a change request.
	Reviewed Said
	// Checks are those that must pass before it changes.
	Checks []string
	// Kept reports that nobody forces it back or deletes it.
	Kept Said
	// Restricts are the rules, in the forge's words, by which a push may be refused.
	// Whom they let pass is not said.
	Restricts []string
}

// Job is what runs by itself in a repository, as one file defines it.
type Job struct {
	// File is its path in the repository, Page where people see it.
	File, Page string
	// Disabled is why it does not run, in the forge's words; "" where it does.
	Disabled string
	// Began is when it began to run last on the default branch; zero where it never did,
	// and then Ran reports whether the forge said so.
	Began time.Time
	Ran   Said
	// Failed is the page of the last run that ended there, where it failed.
	Failed string
}

// Hook is what starts a job where somebody writes an issue or a comment.
type Hook struct {
	// Page is where people see it, Branch the one whose job it starts.
	Page, Branch string
	// Comments, Issues and Confidential report what starts it: Confidential, that also
	// what not everybody sees does.
	Comments, Issues, Confidential bool
	// Disabled is why it starts nothing, in the forge's words; "" where it does.
	Disabled string
}

// Waker is a forge on which a comment starts no job by itself.
type Waker interface {
	// Hooks returns what starts a job of the repository. The errors are those of an
	// Inspector.
	Hooks(ctx context.Context) ([]Hook, error)
}

// Secret is a variable that jobs get.
type Secret struct {
	Name string
	// Protected reports that jobs of protected branches alone get it, Masked that no log
	// shows it.
	Protected, Masked bool
}

// Safe is a forge whose jobs get variables of the repository without asking for them.
type Safe interface {
	// Secrets returns them, without what they hold. The errors are those of an Inspector.
	Secrets(ctx context.Context) ([]Secret, error)
}
