package tracking_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
)

const (
	firstKey  = "the-first-key-of-the-repository"
	secondKey = "another-key-of-the-repository"
)

// keyed are keys, one a line.
func keyed(t *testing.T, lines ...string) marker.Keys {
	t.Helper()
	k, err := marker.Parse(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is a marker of ours that is bound to a place.
func (w *world) signed(t *testing.T, key, what string, kind marker.Kind, number int, by forge.Author) string {
	t.Helper()
	return keyed(t, key).Write(what, marker.Place{Repository: w.via + " acme/escalations", Kind: kind, Number: number, Author: by.ID})
}

// said are the comments of a thread, by whom and without their markers.
func (w *world) said(on forge.Thread) []string {
	var all []string
	for _, c := range w.Comments {
		if c.On.Number == on.Number {
			all = append(all, c.Author.Login+": "+strings.TrimSpace(marker.Strip(c.Body)))
		}
	}
	return all
}

// The one comment with the plan is ours, whatever others say there, and however we
// know who we are. What others wrote is neither edited nor deleted.
func TestWhoseComment(t *testing.T) {
	t.Parallel()
	user, app := forgetest.User, forgetest.App
	unsigned := func(by forge.Author, text string) func(*testing.T, *world, forge.Thread) {
		return func(_ *testing.T, w *world, on forge.Thread) { w.Say(by, on, text+"\n\n"+mark("plan")) }
	}
	// as says what was signed for the comment of an author on a change request.
	as := func(by, author forge.Author, key, text string, number func(forge.Thread) int) func(*testing.T, *world, forge.Thread) {
		return func(t *testing.T, w *world, on forge.Thread) {
			w.Say(by, on, text+"\n\n"+w.signed(t, key, "plan", marker.Change, number(on), author))
		}
	}
	here := func(on forge.Thread) int { return on.Number }
	elsewhere := func(on forge.Thread) int { return on.Number + 1 }
	type steps []func(*testing.T, *world, forge.Thread)
	for name, tc := range map[string]struct {
		me     forge.Author
		keys   []string
		before steps
		want   []string
	}{
		"a person's marker":                     {user, nil, steps{unsigned(forgetest.Stranger, "mine")}, []string{"mallory: mine", "escalate-bot: is"}},
		"another bot's marker":                  {app, nil, steps{unsigned(forgetest.OtherApp, "echo")}, []string{"echo[bot]: echo", "actions[bot]: is"}},
		"another bot's, and ours":               {app, nil, steps{unsigned(forgetest.OtherApp, "echo"), unsigned(app, "was")}, []string{"echo[bot]: echo", "actions[bot]: is"}},
		"two of ours":                           {app, nil, steps{unsigned(app, "was"), unsigned(forgetest.OtherApp, "echo"), unsigned(app, "was, too")}, []string{"actions[bot]: is", "echo[bot]: echo"}},
		"signed":                                {app, []string{firstKey}, steps{as(app, app, firstKey, "was", here)}, []string{"actions[bot]: is"}},
		"signed before we knew who we are":      {app, []string{firstKey}, steps{as(app, forge.Author{}, firstKey, "was", here)}, []string{"actions[bot]: is"}},
		"a copy of that":                        {app, []string{firstKey}, steps{as(app, forge.Author{}, firstKey, "was", here), as(forgetest.OtherApp, forge.Author{}, firstKey, "echo", here)}, []string{"actions[bot]: is", "echo[bot]: echo"}},
		"a copy by a person":                    {user, []string{firstKey}, steps{as(forgetest.Stranger, user, firstKey, "mine", here)}, []string{"mallory: mine", "escalate-bot: is"}},
		"a copy by another bot":                 {app, []string{firstKey}, steps{as(forgetest.OtherApp, app, firstKey, "echo", here)}, []string{"echo[bot]: echo", "actions[bot]: is"}},
		"a copy from elsewhere, by our own bot": {app, []string{firstKey}, steps{as(app, app, firstKey, "echo", elsewhere)}, []string{"actions[bot]: echo", "actions[bot]: is"}},
		"a marker of our own bot's echo":        {app, []string{firstKey}, steps{as(app, app, firstKey, "was", here), unsigned(app, "echo")}, []string{"actions[bot]: is", "actions[bot]: echo"}},
		"a wrong signature":                     {user, []string{firstKey}, steps{as(user, user, secondKey, "echo", here)}, []string{"escalate-bot: echo", "escalate-bot: is"}},
		"before there was a key":                {user, []string{firstKey}, steps{unsigned(user, "was")}, []string{"escalate-bot: is"}},
		"before there was a key, of a bot":      {app, []string{firstKey}, steps{unsigned(app, "was")}, []string{"actions[bot]: is"}},
		"before there was another key":          {app, []string{secondKey, firstKey}, steps{as(app, app, firstKey, "was", here)}, []string{"actions[bot]: is"}},
		"the key is gone":                       {app, nil, steps{as(app, app, firstKey, "was", here)}, []string{"actions[bot]: is"}},
		"as another token wrote it":             {app, []string{firstKey}, steps{as(user, user, firstKey, "was", here)}, []string{"escalate-bot: is"}},
		"edited by a person": {user, nil, steps{unsigned(user, "was"), func(_ *testing.T, w *world, _ forge.Thread) {
			w.Comments[0].Body = strings.Replace(w.Comments[0].Body, "was", "all is fine", 1)
		}}, []string{"escalate-bot: is"}},
		"on another page": {app, []string{firstKey}, steps{func(_ *testing.T, w *world, on forge.Thread) {
			for range 150 {
				w.Say(forgetest.OtherApp, on, mark("plan"))
			}
		}, as(app, app, firstKey, "was", here)}, append(slices.Repeat([]string{"echo[bot]: "}, 150), "actions[bot]: is")},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me, w.keys = tc.me, keyed(t, tc.keys...)
			on := w.OpenChange(forgetest.Stranger)
			for _, do := range tc.before {
				do(t, w, on)
			}
			for run := range 2 {
				w.Forget()
				url, err := w.tracking().Comment(t.Context(), on.Number, destination.Comment{Markdown: "is"})
				if err != nil {
					t.Fatal(err)
				}
				if got := w.said(on); !slices.Equal(got, tc.want) {
					t.Errorf("run %d: %q, want %q; wrote %q", run, got, tc.want, w.Writes())
				}
				at := slices.IndexFunc(w.Comments, func(c *forgetest.Comment) bool { return c.URL == url })
				if at < 0 || !strings.HasPrefix(w.Comments[at].Body, "is\n") {
					t.Errorf("run %d: the link is %s", run, url)
				}
			}
			// What is signed costs nothing to find again.
			if len(tc.keys) > 0 && len(w.Writes()) > 0 {
				t.Errorf("it is told again: %q", w.Writes())
			}
		})
	}
}

// Where GitHub says which bot the token writes as, ours is edited in its place, and
// nothing else is written.
func TestViewer(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitHub(t)
	g.Me, g.Viewer = forgetest.App, forgetest.App.Login
	r, err := github.New(github.Config{API: g.API, GraphQL: g.GraphQL, Repository: "acme/escalations", Token: "t", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Store: g.Store, forge: r, via: "github"}
	on := w.OpenChange(forgetest.Stranger)
	w.Say(forgetest.OtherApp, on, "echo\n\n"+mark("plan"))
	c := w.Say(forgetest.App, on, "was\n\n"+mark("plan"))
	for range 2 {
		if _, err := w.tracking().Comment(t.Context(), on.Number, destination.Comment{Markdown: "is"}); err != nil {
			t.Error(err)
		}
	}
	if got := w.Writes(); len(got) != 1 || got[0] != fmt.Sprint("edit comment ", c.ID) {
		t.Errorf("it writes %q", got)
	}
}

// What may have been delivered before is looked for, and only what we wrote is
// found: a comment.
func TestWhoseDelivery(t *testing.T) {
	t.Parallel()
	const key = id + " steps 1"
	steps := plan("steps 1", notice.Tell, words("Steps"))
	app := forgetest.App
	for name, tc := range map[string]struct {
		keys   []string
		signed bool // it was written down when there was a key
		by     forge.Author
		marker func(*testing.T, *world) string
		kept   bool
	}{
		"ours":                            {nil, false, app, func(*testing.T, *world) string { return mark(key) }, true},
		"another bot's":                   {nil, false, forgetest.OtherApp, func(*testing.T, *world) string { return mark(key) }, false},
		"signed":                          {[]string{firstKey}, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, true},
		"our own bot's echo":              {[]string{firstKey}, true, app, func(*testing.T, *world) string { return mark(key) }, false},
		"before there was a key":          {[]string{firstKey}, false, app, func(*testing.T, *world) string { return mark(key) }, true},
		"another bot's, before":           {[]string{firstKey}, false, forgetest.OtherApp, func(*testing.T, *world) string { return mark(key) }, false},
		"a copy from another issue":       {[]string{firstKey}, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 2, app) }, false},
		"a copy from a change request":    {[]string{firstKey}, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Change, 1, app) }, false},
		"a copy by another bot":           {[]string{firstKey}, true, forgetest.OtherApp, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, false},
		"a copy by a person":              {[]string{firstKey}, true, forgetest.Stranger, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, false},
		"of the key before":               {[]string{secondKey, firstKey}, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, true},
		"of a key that is no longer ours": {[]string{secondKey}, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, false},
		"of a key that is gone":           {nil, true, app, func(t *testing.T, w *world) string { return w.signed(t, firstKey, key, marker.Comment, 1, app) }, true},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me, w.keys = app, keyed(t, tc.keys...)
			i := w.Open(app, openedBody, "escalation")
			there := opened
			there.URL = i.URL
			c := w.Say(tc.by, thread, "Steps\n\n"+tc.marker(t, w))
			was := *c
			d := w.delivery([]notice.Notice{steps}, there)
			d.Message[0].Signed = tc.signed
			r, err := w.tracking().Deliver(t.Context(), d, true)
			if err != nil || r.Kept != tc.kept || *c != was || len(w.Comments) != map[bool]int{true: 1, false: 2}[tc.kept] {
				t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
			}
			if !tc.kept { // and then it is found
				w.Forget()
				d.Message[0].Signed = w.keys.Set()
				if r, err := w.tracking().Deliver(t.Context(), d, true); err != nil || !r.Kept || len(w.Writes()) > 0 {
					t.Errorf("then %+v (%v), wrote %q", r, err, w.Writes())
				}
			}
		})
	}
}

// An issue that may have been opened is looked for, too. Where nothing says who we
// are, it is the one that reads as it was to read.
func TestWhoseIssue(t *testing.T) {
	t.Parallel()
	opening := plan("opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe")
	app := forgetest.App
	copied := func(by forge.Author) func(*testing.T, *world) string {
		return func(t *testing.T, w *world) string {
			return "Text\n\n" + w.signed(t, firstKey, id, marker.Issue, 0, by)
		}
	}
	for name, tc := range map[string]struct {
		keys []string
		by   forge.Author
		body func(*testing.T, *world) string
		want string
	}{
		"ours":                          {nil, app, func(*testing.T, *world) string { return openedBody }, "1"},
		"another bot's":                 {nil, forgetest.OtherApp, func(*testing.T, *world) string { return "You said: " + mark(id) }, "2"},
		"a person's":                    {nil, forgetest.Stranger, func(*testing.T, *world) string { return openedBody }, "2"},
		"signed":                        {[]string{firstKey}, app, copied(app), "1"},
		"signed before we knew us":      {[]string{firstKey}, app, copied(forge.Author{}), "1"},
		"another bot's, and a key":      {[]string{firstKey}, forgetest.OtherApp, func(*testing.T, *world) string { return openedBody }, "2"},
		"our own bot's echo, and a key": {[]string{firstKey}, app, func(*testing.T, *world) string { return openedBody }, "2"},
		"a copy by another bot":         {[]string{firstKey}, forgetest.OtherApp, copied(app), "2"},
		"a copy by a person":            {[]string{firstKey}, forgetest.Stranger, copied(forge.Author{}), "2"},
	} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me, w.keys = app, keyed(t, tc.keys...)
			w.Open(tc.by, tc.body(t, w), "escalation")
			if r, err := w.deliver(t, opening, true); err != nil || r.Ref != tc.want {
				t.Errorf("%+v (%v), wrote %q", r, err, w.Writes())
			}
			if again, err := w.deliver(t, opening, true); err != nil || again.Ref != tc.want {
				t.Errorf("then %+v (%v)", again, err)
			}
		})
	}
}

// The digest of another bot stays as it is, and of several of ours one is open.
func TestWhoseDigest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 6, 17, 0, 0, time.UTC)
	for name, keys := range map[string][]string{"no key": nil, "a key": {firstKey}} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me, w.keys = forgetest.App, keyed(t, keys...)
			echo := w.Open(forgetest.OtherApp, "You said: "+mark("digest"), "escalation-digest")
			was := fmt.Sprint(*echo)
			var first string
			for week := range 3 {
				title := fmt.Sprint("Week ", week)
				url, last, err := w.tracking().Digest(t.Context(), title, "Nothing overdue", now.AddDate(0, 0, 7*week))
				if first == "" {
					first = url
				}
				if err != nil || url != first || last.IsZero() != (week == 0) {
					t.Errorf("%s of %s (%v)", url, last, err)
				}
				open := slices.DeleteFunc(slices.Clone(w.Issues), func(i *forgetest.Issue) bool { return !i.Open || i.Author != w.Me })
				if len(open) != 1 || open[0].URL != first || open[0].Title != title {
					t.Errorf("%d are open", len(open))
				}
			}
			if fmt.Sprint(*echo) != was {
				t.Errorf("another bot's is %+v", *echo)
			}
		})
	}
}

// What others made look as if we had told it is not reported, and what we told is
// found, with a key and without.
func TestVerifyWhose(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"no key": nil, "a key": {firstKey}} {
		everywhere(t, name, func(t *testing.T, w *world) {
			w.Me, w.keys = forgetest.App, keyed(t, keys...)
			r, err := w.deliver(t, plan("opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe"), false)
			if err != nil {
				t.Fatal(err)
			}
			there := done(r.Ref, "opened", notice.OpenIssue, titled("Northwind", "Text"), "jdoe")
			there.URL, there.Signed = r.URL, w.keys.Set()
			r, err = w.deliver(t, plan("steps 1", notice.Tell, words("Steps")), false, there)
			if err != nil {
				t.Fatal(err)
			}
			steps := done(r.Ref, "steps 1", notice.Tell, words("Steps"))
			steps.URL, steps.Signed = r.URL, w.keys.Set()
			w.Say(forgetest.OtherApp, thread, w.Comments[0].Body)
			w.Say(forgetest.OtherApp, thread, mark(id+" steps 2"))
			w.Open(forgetest.OtherApp, w.Issues[0].Body, "escalation")
			if w.keys.Set() { // our own bot says what people write, too
				w.Say(w.Me, thread, "You said: "+mark(id+" steps 1"))
				w.Say(w.Me, thread, "You said: "+mark(id+" steps 2"))
			}
			d, err := w.tracking().Verify(t.Context(), w.sent([]notice.Notice{there, steps}))
			if err != nil || len(d) > 0 {
				t.Errorf("%+v (%v)", d, err)
			}
			w.Say(w.Me, thread, w.Comments[0].Body)
			if d, err = w.tracking().Verify(t.Context(), w.sent([]notice.Notice{there, steps})); err != nil || len(d) != 1 || d[0].Fault != destination.Doubled {
				t.Errorf("%+v (%v)", d, err)
			}
		})
	}
}
