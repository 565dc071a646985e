package harness

import "testing"

// Forge is the forge of a world: GitHub, or GitLab. It shows what stands there, past
// the proxy, and does what people do.
type Forge interface {
	// Name is what people call it.
	Name() string
	// FaultKinds are the ways in which its calls go wrong.
	FaultKinds() []FaultKind

	Calls() []Call
	Writes() []Call
	Forget()
	Inject(Fault) (fired func() int)
	Heal()

	Issues() []Issue
	// Comments are those of an issue, and PullComments those of a pull request or a
	// merge request.
	Comments(number int) []Comment
	PullComments(number int) []Comment
	Pulls() []Pull

	AddIssue(login, title, body string, labels ...string) int
	EditIssue(login string, number int, body string)
	AddComment(login string, number int, body string) int64
	AddPullComment(login string, number int, body string) int64
	// Change is what a person does to an issue by hand.
	Change(number int, by Hand)
	OpenPull(login, head, title, body string, o PullOptions) int
	MergePull(number int)

	// variables say where it is, and credentials which repository and with which token.
	variables(clocked bool) []string
	credentials() []string
	// twin makes another forge, which is as this one is.
	twin(testing.TB) Forge
	// attach has it know the repository that is pushed to, and the clock.
	attach(*World)
}

// Hand is what a person changes of an issue: what is nil stays.
type Hand struct {
	Title, Body       *string
	Closed            bool
	Labels, Assignees *[]string
}

// Kind is a kind of forge.
type Kind func(*Tools, testing.TB, Logins) Forge

// OnGitHub and OnGitLab are the kinds of forges that worlds may have.
func OnGitHub(x *Tools, t testing.TB, logins Logins) Forge { return x.NewGitHub(t, logins) }

func OnGitLab(x *Tools, t testing.TB, logins Logins) Forge { return x.NewGitLab(t, logins) }

var (
	_ Forge = (*GitHub)(nil)
	_ Forge = (*GitLab)(nil)
)
