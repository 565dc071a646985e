package tracking_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/gitlab"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/schema"
)

var (
	_ destination.Destination = (*tracking.Tracking)(nil)
	_ destination.Verifier    = (*tracking.Tracking)(nil)
	_ destination.Digester    = (*tracking.Tracking)(nil)
	_ destination.Commenter   = (*tracking.Tracking)(nil)
)

// world is a forge, and what it holds.
type world struct {
	*forgetest.Store
	forge  forge.Forge
	via    string
	keys   marker.Keys
	gitlab *forgetest.GitLab // nil on GitHub
	// file is that of the escalation, as it was told last.
	file schema.Escalation
}

// everywhere runs a test on GitHub and on GitLab.
func everywhere(t *testing.T, name string, test func(*testing.T, *world)) {
	t.Helper()
	t.Run(name+" on GitHub", func(t *testing.T) {
		t.Parallel()
		g := forgetest.NewGitHub(t)
		r, err := github.New(github.Config{API: g.API, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
		if err != nil {
			t.Fatal(err)
		}
		test(t, &world{Store: g.Store, forge: r, via: "github"})
	})
	t.Run(name+" on GitLab", func(t *testing.T) {
		t.Parallel()
		g := forgetest.NewGitLab(t)
		test(t, &world{Store: g.Store, forge: onGitLab(g), via: "gitlab", gitlab: g})
		if len(g.Executed) > 0 {
			t.Errorf("a quick action was carried out: %q", g.Executed)
		}
	})
}

// onGitLab is the project of a new run: it remembers who is who.
func onGitLab(g *forgetest.GitLab) *gitlab.Project {
	p, err := gitlab.New(gitlab.Config{API: g.API, GraphQL: g.GraphQL, Project: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		panic(err)
	}
	return p
}

// lock has somebody lock an issue. On GitLab members may comment still, which the token
// is none of then.
func (w *world) lock(i *forgetest.Issue) {
	i.Locked = true
	if w.gitlab != nil {
		w.gitlab.Outside = true
	}
}

// tracking is that of a new run.
func (w *world) tracking() *tracking.Tracking {
	if w.gitlab != nil {
		w.forge = onGitLab(w.gitlab)
	}
	return tracking.New(w.forge, schema.Directory{People: map[schema.Handle]schema.Person{
		"jdoe":    {Name: "Jo Doe", GitHub: "jodoe", GitLab: "jodoe"},
		"ebrandt": {Name: "Eva Brandt", GitHub: "evabrandt", GitLab: "evabrandt"},
		"kwong":   {Name: "Kit Wong"},
	}}, w.keys)
}

// copy is the file of an escalation, as the ledger has it.
func (w *world) copy(schema.ID) (*schema.Escalation, error) { return &w.file, nil }

// The escalation of most tests, and its issue.
const (
	id         = "2026/northwind"
	openedBody = "Text\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind -->"
)

var thread = forge.Thread{Number: 1}

func mark(key string) string { return "<!-- escalate: " + key + " -->" }

// words is a text of one paragraph.
func words(s string) notice.Text { return notice.Text{notice.Paragraph(notice.Inline{Words: s})} }

// titled is the text of an issue.
func titled(title, text string) notice.Text {
	return append(notice.Text{notice.Title(notice.Inline{Words: title})}, words(text)...)
}

// plan is something that is to be done. The key ends in moment.
func plan(moment string, do notice.Do, text notice.Text, mentions ...schema.Handle) notice.Notice {
	return notice.Notice{
		Escalation: id, Key: id + " " + moment, Moment: notice.Moment(strings.Fields(moment)[0]), Do: do, To: notice.Tracking,
		At: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), State: notice.Intent, Text: text, Mentions: mentions,
	}
}

// done is what was done.
func done(ref, moment string, do notice.Do, text notice.Text, mentions ...schema.Handle) notice.Notice {
	n := plan(moment, do, text, mentions...)
	n.State, n.Ref, n.URL = notice.Done, ref, "https://forge.example/told/"+ref
	return n
}

var opened = done("1", "opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe")

// sent has notices go to this forge.
func (w *world) sent(notices []notice.Notice) []notice.Notice {
	all := make([]notice.Notice, len(notices))
	for i, n := range notices {
		n.Via = w.via
		n.Signed = n.Signed || n.State == notice.Intent && w.keys.Set()
		all[i] = n
	}
	return all
}

// delivery is what is to be done, behind what was done.
func (w *world) delivery(what []notice.Notice, thread ...notice.Notice) destination.Delivery {
	what = w.sent(what)
	return destination.Delivery{
		Message: what, Thread: append(w.sent(thread), what...),
		Issue: func() ([]notice.Notice, error) {
			return []notice.Notice{
				plan("opened", notice.OpenIssue, titled("Northwind", "As the file has it"), "jdoe"),
				plan("opened", notice.Label, notice.Value("severity:high")), plan("opened", notice.Assign, nil, "jdoe"),
			}, nil
		},
		File: func() (*schema.Escalation, error) { return w.copy(id) },
		Address: func(s notice.Spot) string {
			if s == notice.AtFile {
				return "https://forge.example/blob/HEAD/northwind.yaml"
			}
			return ""
		},
	}
}

// restore mends the issue of one thread in a run of its own.
func (w *world) restore(t *testing.T, thread ...notice.Notice) (bool, error) {
	t.Helper()
	thread = w.sent(thread)
	changed, err := w.tracking().Changed(t.Context(), [][]notice.Notice{thread}, w.copy)
	if err != nil {
		return false, err
	}
	restored, err := w.tracking().Restore(t.Context(), thread, w.copy, w.delivery(nil).Address)
	if restored != (len(changed) > 0) {
		t.Errorf("it is restored: %v, and changed: %v", restored, changed)
	}
	return restored, err
}

// deliver delivers one thing in a run of its own.
func (w *world) deliver(t *testing.T, n notice.Notice, inDoubt bool, thread ...notice.Notice) (destination.Receipt, error) {
	t.Helper()
	return w.tracking().Deliver(t.Context(), w.delivery([]notice.Notice{n}, thread...), inDoubt)
}
