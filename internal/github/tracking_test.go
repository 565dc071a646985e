package github

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

var opened = notice("opened", plan.OpenIssue, "1", "Northwind\n\nText", "jdoe")

const openedBody = "Text\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind -->"

// Each thing costs the requests that it needs.
func TestDeliver(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		what    ledger.Notice
		inDoubt bool
		before  func(*fake)
		asked   []string
		after   string // title, state, labels, assignees, comments
	}{
		"open": {notice("opened", plan.OpenIssue, "", "Other\n\nText", "jdoe", "kwong"), false, func(g *fake) { g.issues, g.labels = nil, nil }, []string{
			"GET /labels/escalation", `POST /labels {"name":"escalation","color":"5319e7","description":"An escalation, opened by a file in this repository"}`,
			`POST /issues {"title":"Other","body":"Text\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind -->","labels":["escalation"]}`, "GET /issues/1",
		}, "Other open [escalation] []"},
		"open, in doubt": {notice("opened", plan.OpenIssue, "", "Northwind\n\nText"), true, nil, []string{"GET /issues", "GET /user", "GET /issues/1"}, "Northwind open [escalation] []"},
		"opened":         {notice("opened", "", "", "Text"), false, nil, []string{"GET /issues/1"}, "Northwind open [escalation] []"},
		"comment": {notice("steps 1", "", "", "*Steps* @all", "jdoe", "kwong", "ebrandt"), false, nil, []string{
			"POST /issues/1/comments {\"body\":\"\\\\*Steps\\\\* `@all`\\n\\ncc @jodoe @evabrandt\\n\\n<!-- escalate: 2026/northwind steps 1 -->\"}",
		}, "Northwind open [escalation] [] 1"},
		"comment, in doubt": {notice("steps 1", "", "", "Steps"), true, func(g *fake) { g.say(bot, 1, marker(id+" steps 1")) }, []string{"GET /issues/1", "GET /issues/1/comments"}, "Northwind open [escalation] [] 1"},
		"edit": {notice("steps 1", plan.Edit, "", "New\n\nWords"), false, nil, []string{
			`PATCH /issues/1 {"title":"New","body":"Words\n\n<!-- escalate: 2026/northwind -->"}`,
		}, "New open [escalation] []"},
		"close":  {notice("closed 1", plan.CloseIssue, "", ""), false, nil, []string{`PATCH /issues/1 {"state":"closed","state_reason":"completed"}`}, "Northwind closed [escalation] []"},
		"reopen": {notice("reopened 1", plan.ReopenIssue, "", ""), false, func(g *fake) { g.issues[0].State = "closed" }, []string{`PATCH /issues/1 {"state":"open"}`}, "Northwind open [escalation] []"},
		"label": {notice("severity 1", plan.Label, "", "severity:high"), false, func(g *fake) {
			g.issues[0].Labels = []named{{"severity:low"}, {"escalation"}, {"ours"}}
		}, []string{"GET /labels/severity:high", "GET /issues/1", `PUT /issues/1/labels ["escalation","severity:high","ours"]`}, "Northwind open [escalation severity:high ours] []"},
		"a renamed label": {notice("severity 1", plan.Label, "", "severity:high"), false, func(g *fake) {
			g.issues[0].Labels, g.labels = []named{{"customers"}, {"very bad"}}, []string{"customers", "very bad"}
		}, []string{
			"GET /labels/severity:high", `POST /labels {"name":"severity:high","color":"d93f0b","description":"The severity of an escalation"}`,
			"GET /issues/1", `PUT /issues/1/labels ["escalation","severity:high","customers","very bad"]`,
		}, "Northwind open [escalation severity:high customers very bad] []"},
		"assign":         {notice("dri 1", plan.Assign, "", "", "jdoe"), false, nil, []string{`PATCH /issues/1 {"assignees":["jodoe"]}`}, "Northwind open [escalation] [jodoe]"},
		"without login":  {notice("dri 1", plan.Assign, "", "", "kwong"), false, assigned, []string{`PATCH /issues/1 {"assignees":[]}`}, "Northwind open [escalation] []"},
		"nobody":         {notice("dri 1", plan.Assign, "", ""), false, assigned, []string{`PATCH /issues/1 {"assignees":[]}`}, "Northwind open [escalation] []"},
		"not assignable": {notice("dri 1", plan.Assign, "", "", "ebrandt"), false, assigned, []string{`PATCH /issues/1 {"assignees":["evabrandt"]}`, `PATCH /issues/1 {"assignees":[]}`}, "Northwind open [escalation] []"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFake(t)
			g.open(bot, openedBody, "escalation")
			if tc.before != nil {
				tc.before(g)
			}
			r, err := g.tracking().Deliver(t.Context(), item(tc.what, opened), tc.inDoubt)
			if err != nil || !slices.Equal(g.asked, tc.asked) {
				t.Errorf("%v, asked\n%s", err, strings.Join(g.asked, "\n"))
			}
			if got := g.shown(1); got != tc.after {
				t.Errorf("it is %s", got)
			}
			if issue, _, _ := strings.Cut(r.Ref, "/"); issue != "1" || r.URL == "" {
				t.Errorf("the receipt is %+v", r)
			}
		})
	}
}

func assigned(g *fake) { g.issues[0].Assignees = []user{{Login: "jodoe"}} }

// shown is an issue in short.
func (g *fake) shown(number int) string {
	i := g.issues[number-1]
	var labels, assignees []string
	for _, l := range i.Labels {
		labels = append(labels, l.Name)
	}
	for _, a := range i.Assignees {
		assignees = append(assignees, a.Login)
	}
	s := fmt.Sprintf("%s %s %v %v", i.Title, i.State, labels, assignees)
	if n := len(g.bodies(number)); n > 0 {
		s += fmt.Sprint(" ", n)
	}
	return s
}

// An issue that somebody deleted is opened anew, and so is that of an escalation
// that was adopted: with all that the first one would have. It is found again.
func TestAnew(t *testing.T) {
	t.Parallel()
	dri := notice("dri 1", plan.Edit, "1", "Northwind now\n\nNew words", "jdoe")
	for name, tc := range map[string]struct {
		thread  []ledger.Notice
		may     []string
		inDoubt bool
		want    string
		body    string
	}{
		"deleted":                 {[]ledger.Notice{opened}, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
		"deleted, after an edit":  {[]ledger.Notice{opened, dri}, []string{"jodoe"}, false, "Northwind now open [escalation severity:high] [jodoe] 1", "New words"},
		"deleted, in doubt":       {[]ledger.Notice{opened}, []string{"jodoe"}, true, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
		"deleted, not assignable": {[]ledger.Notice{opened}, nil, false, "Northwind open [escalation severity:high] [] 1", "Text"},
		"adopted":                 {nil, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "As the file has it"},
		"of another repository":   {[]ledger.Notice{notice("opened", plan.OpenIssue, "77", "Northwind\n\nText")}, []string{"jodoe"}, false, "Northwind open [escalation severity:high] [jodoe] 1", "Text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFake(t)
			g.may, g.labels = tc.may, []string{"escalation"}
			g.open(bot, openedBody, "escalation").deleted = true
			steps := notice("steps 1", "", "", "Steps")
			r, err := g.tracking().Deliver(t.Context(), item(steps, tc.thread...), tc.inDoubt)
			if err != nil || len(g.issues) != 2 || !strings.HasPrefix(r.Ref, "2/") {
				t.Fatalf("%+v (%v): %d issues", r, err, len(g.issues))
			}
			if got := g.shown(2); got != tc.want || !strings.HasPrefix(g.issues[1].Body, tc.body) {
				t.Errorf("it is %s: %s", got, g.issues[1].Body)
			}
			// The process is killed before it is written down: nothing is doubled.
			if again, err := g.tracking().Deliver(t.Context(), item(steps, tc.thread...), true); err != nil || again.Ref != r.Ref || !again.Kept || len(g.issues) != 2 {
				t.Errorf("then %+v (%v): %d issues", again, err, len(g.issues))
			}
			// What comes later goes where the last went.
			steps.Ref, steps.State = r.Ref, ledger.Done
			if r, err := g.tracking().Deliver(t.Context(), item(notice("steps 2", "", "", "Steps"), append(tc.thread, steps)...), false); err != nil || !strings.HasPrefix(r.Ref, "2/") {
				t.Errorf("the next: %+v (%v)", r, err)
			}
		})
	}
}

// What is looked for is found on whichever page it is.
func TestPages(t *testing.T) {
	t.Parallel()
	g := newFake(t)
	for n := range 250 {
		g.open(bot, marker(fmt.Sprintf("2026/other-%d", n)), "escalation")
	}
	i := g.open(bot, openedBody, "escalation")
	r, err := g.tracking().Deliver(t.Context(), item(notice("opened", plan.OpenIssue, "", "Northwind\n\nText")), true)
	if err != nil || r.Ref != fmt.Sprint(i.Number) || len(g.writes()) > 0 {
		t.Errorf("%+v (%v), wrote %q", r, err, g.writes())
	}
	for n := range 250 {
		g.say(bot, i.Number, marker(fmt.Sprintf("%s steps %d", id, n+1)))
	}
	c := g.say(bot, i.Number, marker(id+" criteria 1")+marker(id+" steps 251"))
	it := item(notice("criteria 1", "", "", "Criteria"), notice("opened", plan.OpenIssue, r.Ref, ""))
	it.Notices = append(it.Notices, notice("steps 251", "", "", "Steps"))
	r, err = g.tracking().Deliver(t.Context(), it, true)
	if err != nil || r.Ref != fmt.Sprintf("%d/%d", i.Number, c.ID) || len(g.writes()) > 0 {
		t.Errorf("%+v (%v), wrote %q", r, err, g.writes())
	}
}

// A marker that somebody else wrote proves nothing, of an issue or a comment.
func TestForged(t *testing.T) {
	t.Parallel()
	app := user{41898282, "github-actions[bot]", "Bot"}
	for _, me := range []user{bot, app} {
		g := newFake(t)
		g.me = me
		g.open(stranger, openedBody, "escalation")
		mine := g.open(me, openedBody, "escalation")
		r, err := g.tracking().Deliver(t.Context(), item(notice("opened", plan.OpenIssue, "", "Northwind\n\nText")), true)
		if err != nil || r.Ref != fmt.Sprint(mine.Number) || len(g.writes()) > 0 {
			t.Errorf("%s: %+v (%v), wrote %q", me.Login, r, err, g.writes())
		}
		g.say(stranger, mine.Number, "I know what comes\n"+marker(id+" steps 1"))
		r, err = g.tracking().Deliver(t.Context(), item(notice("steps 1", "", "", "Steps"), notice("opened", plan.OpenIssue, r.Ref, "")), true)
		if err != nil || r.Kept || len(g.bodies(mine.Number)) != 2 {
			t.Errorf("%s: %+v (%v), wrote %q", me.Login, r, err, g.writes())
		}
	}
	g := newFake(t)
	g.open(stranger, openedBody, "escalation")
	if r, err := g.tracking().Deliver(t.Context(), item(notice("opened", plan.OpenIssue, "", "Northwind\n\nText")), true); err != nil || r.Ref != "2" {
		t.Errorf("the tracking is captured: %+v (%v)", r, err)
	}
}

// A body is never longer than GitHub takes, and always ends in its markers.
func TestBody(t *testing.T) {
	t.Parallel()
	tracking := newFake(t).tracking()
	for _, of := range []string{"words ", "@", "é", "日本語\n", "a0b1c2d", "* x\n\n"} {
		for _, length := range []int{0, 1, maxBody - 100, maxBody, maxBody + 1, 3 * maxBody} {
			text := strings.Repeat(of, length/utf8.RuneCountInString(of)+1)
			body := tracking.body(text, []schema.Handle{"jdoe", "kwong"}, id+" steps 1", id+" criteria 1")
			if n := utf8.RuneCountInString(body); n > maxBody || !utf8.ValidString(body) {
				t.Errorf("%d of %q: %d characters", length, of, n)
			}
			if !strings.HasSuffix(body, "\n\ncc @jodoe\n\n<!-- escalate: 2026/northwind steps 1 -->\n<!-- escalate: 2026/northwind criteria 1 -->") {
				t.Errorf("%d of %q ends in %q", length, of, body[max(0, len(body)-120):])
			}
			if clipped := strings.Contains(body, "The rest is in the file"); clipped != (length >= maxBody || clipped && length > 1000) {
				t.Errorf("%d of %q: it is said that it is cut: %v", length, of, clipped)
			}
		}
	}
}

// Verify finds what people did, and nothing else.
func TestVerify(t *testing.T) {
	t.Parallel()
	criteria, steps := notice("criteria 1", "", "1/101", "Criteria @x", "jdoe"), notice("steps 1", "", "1/101", "Steps")
	update := notice("update 2026-11-20T12:00:00Z", "", "1/102", "Update:\nAll is fine")
	notices := []ledger.Notice{
		opened, notice("opened", "", "1", "Text", "jdoe"), notice("opened", plan.Label, "1", "severity:high"), criteria, steps, update,
		notice("closed 2026-11-30T12:00:00Z", "", "", "Not told yet"),
	}
	for name, tc := range map[string]struct {
		do   func(*fake)
		want []string
	}{
		"nothing":         {func(*fake) {}, nil},
		"other line ends": {func(g *fake) { g.comments[1].Body = strings.ReplaceAll(g.comments[1].Body, "\n", "\r\n") }, nil},
		"other logins": {func(g *fake) {
			g.comments[0].Body = strings.ReplaceAll(g.comments[0].Body, "cc @jodoe", "cc @jo-doe @other")
		}, nil},
		"what others say":      {func(g *fake) { g.say(stranger, 1, "Hello"); g.open(stranger, "A question", "escalation") }, nil},
		"a renamed label":      {func(g *fake) { g.issues[0].Labels = []named{{"customers"}} }, nil},
		"a closed issue":       {func(g *fake) { g.issues[0].State = "closed" }, nil},
		"a deleted issue":      {func(g *fake) { g.issues[0].deleted = true }, []string{"missing criteria 1", "missing opened", "missing steps 1", "missing update 2026-11-20T12:00:00Z"}},
		"a deleted comment":    {func(g *fake) { g.comments = g.comments[:1] }, []string{"missing update 2026-11-20T12:00:00Z"}},
		"a deleted text":       {func(g *fake) { g.comments[1].Body = "" }, []string{"missing update 2026-11-20T12:00:00Z"}},
		"other words":          {func(g *fake) { g.edit(1, "is fine", "was lost") }, []string{"edited update 2026-11-20T12:00:00Z"}},
		"more words":           {func(g *fake) { g.edit(1, "is fine", "is fine, or not") }, []string{"edited update 2026-11-20T12:00:00Z"}},
		"words behind":         {func(g *fake) { g.comments[1].Body += "\nand not" }, []string{"edited update 2026-11-20T12:00:00Z"}},
		"words in a message":   {func(g *fake) { g.edit(0, "Steps", "Stops") }, []string{"edited criteria 1", "edited steps 1"}},
		"a mention in words":   {func(g *fake) { g.edit(1, "is fine", "is fine cc @jodoe") }, []string{"edited update 2026-11-20T12:00:00Z"}},
		"an issue's words":     {func(g *fake) { g.issues[0].Body = strings.Replace(g.issues[0].Body, "Text", "Test", 1) }, []string{"edited opened"}},
		"an issue's title":     {func(g *fake) { g.issues[0].Title = "Southwind" }, []string{"edited opened"}},
		"a doubled comment":    {func(g *fake) { g.say(bot, 1, g.comments[1].Body) }, []string{"doubled update 2026-11-20T12:00:00Z"}},
		"a doubled issue":      {func(g *fake) { g.open(bot, openedBody, "escalation") }, []string{"doubled opened"}},
		"an orphaned comment":  {func(g *fake) { g.say(bot, 1, "Steps\n\n"+marker(id+" steps 2")) }, []string{"orphaned steps 2"}},
		"an orphaned issue":    {func(g *fake) { g.open(bot, marker("2026/other"), "escalation") }, []string{"orphaned 2026/other"}},
		"what is not told yet": {func(g *fake) { g.say(bot, 1, marker(id+" closed 2026-11-30T12:00:00Z")) }, nil},
		"on another page": {func(g *fake) {
			for range 250 {
				g.say(stranger, 1, "Hello")
				g.open(stranger, "Hello", "escalation")
			}
			g.say(bot, 1, g.comments[1].Body)
			g.open(bot, openedBody, "escalation")
		}, []string{"doubled opened", "doubled update 2026-11-20T12:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFake(t)
			tracking := g.tracking()
			g.open(bot, openedBody, "escalation")
			together := outbox.Item{Notices: []ledger.Notice{criteria, steps}}
			g.say(bot, 1, tracking.body(together.Text(), together.Mentions(), criteria.Key, steps.Key))
			g.say(bot, 1, tracking.body(update.Text, nil, update.Key))
			tc.do(g)
			differences, err := tracking.Verify(t.Context(), notices)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range differences {
				got = append(got, fmt.Sprintf("%s %s", d.Fault, strings.TrimPrefix(d.Key, id+" ")))
				if d.URL == "" || d.To != "tracking" {
					t.Errorf("%+v", d)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if len(g.writes()) > 0 {
				t.Errorf("it writes %q", g.writes())
			}
		})
	}
}

func (g *fake) edit(comment int, old, text string) {
	c := g.comments[comment]
	c.Body = strings.Replace(c.Body, old, text, 1)
}

// An issue that was edited on the way is compared with what it was told last.
func TestVerifyEdited(t *testing.T) {
	t.Parallel()
	g := newFake(t)
	g.open(bot, "New words\n\n"+marker(id), "escalation")
	notices := []ledger.Notice{opened, notice("steps 1", plan.Edit, "1", "Northwind\n\nNew words"), notice("steps 2", plan.Edit, "", "Northwind\n\nNewest words")}
	if d, err := g.tracking().Verify(t.Context(), notices); err != nil || len(d) > 0 {
		t.Errorf("%v (%v)", d, err)
	}
	if d, err := g.tracking().Verify(t.Context(), notices[:1]); err != nil || len(d) != 1 || d[0].Fault != outbox.Edited {
		t.Errorf("%v (%v)", d, err)
	}
}
