package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// deliver delivers, and fails the test if that does.
func deliver(t *testing.T, w *Workspace, it outbox.Item, inDoubt bool) (outbox.Receipt, ledger.Notice) {
	t.Helper()
	r, err := w.Deliver(t.Context(), it, inDoubt)
	if err != nil {
		t.Fatal(err)
	}
	return r, done(it.Notices[0], r)
}

// An opening, as the plan has it: each step once, in the right channel.
func TestOpening(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	var thread []ledger.Notice
	for _, n := range []ledger.Notice{
		notice("opened", plan.Channel, plan.CreateChannel, "esc_northwind"),
		notice("opened", plan.Announcement, "", "New Escalation\nCustomer: Northwind\nSupport DRI: Tomás Mora, @support-manager-oncall\nDescription: ping @support-manager-oncall", "jdoe", "tmora"),
		notice("opened", plan.Channel, plan.Topic, "Northwind & Sons, severity high"),
		notice("opened", plan.Channel, plan.Invite, "", "jdoe", "mlee"),
		notice("opened", plan.Channel, plan.Bookmark, "https://crm.example.com/1"),
		notice("opened", plan.Channel, "", "Welcome", "jdoe"),
		notice("opened", plan.Channel, plan.Pin, "the opening message"),
	} {
		_, told := deliver(t, w, item(n, thread...), false)
		thread = append(thread, told)
	}
	want := []string{
		"conversations.create esc_northwind", "auth.test", "conversations.list", "chat.postMessage C0ANN", "conversations.setTopic C001",
		"conversations.invite C001 U0JO,U0MIN", "bookmarks.list", "bookmarks.add https://crm.example.com/1", "chat.postMessage C001", "pins.add C001",
	}
	if !slices.Equal(f.asked, want) {
		t.Errorf("asked %q\nwant %q", f.asked, want)
	}
	c := f.named("esc_northwind")
	if c.topic != "Northwind &amp; Sons, severity high" || !slices.Equal(c.members, []string{self, "U0JO", "U0MIN"}) || len(c.pins) != 1 || c.pins[0] != c.messages[0].TS {
		t.Errorf("the channel is %+v", c)
	}
	told := f.named("escalated_customers").messages[0]
	var blocks []struct {
		Type string
		Text struct {
			Type, Text string
			Verbatim   bool
		}
	}
	if err := json.Unmarshal(told.Blocks, &blocks); err != nil || len(blocks) != 2 || !blocks[0].Text.Verbatim {
		t.Fatalf("%v: %s", err, told.Blocks)
	}
	if got, want := blocks[0].Text.Text, "New Escalation\nCustomer: Northwind\nSupport DRI: Tomás Mora, <!subteam^S0SUP>\nDescription: ping @support-manager-oncall"; got != want || told.Text != want {
		t.Errorf("it says %q, and %q", got, told.Text)
	}
	if got, want := blocks[1].Text.Text, "Channel: <#C001>\ncc <@U0JO>"; got != want { // who has no id, is not pinged
		t.Errorf("it ends %q, want %q", got, want)
	}
	if thread[1].URL != "https://acme.slack.com/archives/C0ANN/p1700000001000100" || thread[1].Ref != "C0ANN/1700000001.000100" {
		t.Errorf("the ledger has %+v", thread[1])
	}

	// Done once more, by a run that does not know it, nothing is there twice.
	again := f.workspace()
	before, _ := json.Marshal(f.channels)
	for i, n := range thread {
		n.State, n.Ref = ledger.Intent, ""
		if r, _ := deliver(t, again, item(n, thread[:i]...), true); n.Do == "" && !r.Kept {
			t.Errorf("%s in %s is posted again", n.Key, n.To)
		}
	}
	if after, _ := json.Marshal(f.channels); string(after) != string(before) || len(f.named("escalated_customers").messages) != 1 || len(c.messages) != 1 || len(c.marks) != 1 {
		t.Errorf("from %s to %s", before, after)
	}
}

// Which channel an escalation gets, by what is there of the name.
func TestCreate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		there       []channel
		want, noted string
		kept        bool
	}{
		{"none", nil, "esc_northwind", "", false},
		{"made by hand", []channel{{Name: "esc_northwind"}}, "esc_northwind", "#esc_northwind was there already", true},
		{"archived", []channel{{Name: "esc_northwind", Archived: true}}, "esc_northwind-2", "#esc_northwind is taken by a channel that an app cannot open again: it is #esc_northwind-2", false},
		{"archived twice", []channel{{Name: "esc_northwind", Archived: true}, {Name: "esc_northwind-2", Archived: true}}, "esc_northwind-3", "it is #esc_northwind-3", false},
		{"private", []channel{{Name: "esc_northwind", hidden: true}}, "esc_northwind-2", "it is #esc_northwind-2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.page = 1
			for _, there := range c.there {
				f.add(there)
			}
			r, told := deliver(t, f.workspace(), item(notice("opened", plan.Channel, plan.CreateChannel, "esc_northwind")), false)
			made := f.named(c.want)
			if made == nil || !made.Member || r.Ref != made.ID+"/"+c.want || r.Kept != c.kept || !strings.Contains(r.Note, c.noted) || (c.noted == "") != (r.Note == "") {
				t.Fatalf("made %+v: %+v", made, r)
			}
			// The declaration says which channel it is.
			deliver(t, f.workspace(), item(notice("opened", plan.Announcement, "", "New Escalation"), told), false)
			end := string(f.named("escalated_customers").messages[0].Blocks)
			if !strings.Contains(end, "<#"+made.ID+">") && !strings.Contains(end, `\u003c#`+made.ID) {
				t.Errorf("the declaration has no link to the channel: %s", end)
			}
			if strings.Contains(end, "is taken by") != (c.want != "esc_northwind") {
				t.Errorf("the declaration does not say why: %s", end)
			}
		})
	}
}

// What may be in the way, and what comes of it.
func TestInTheWay(t *testing.T) {
	t.Parallel()
	refused := func(method, code string) func(*fake) {
		return func(f *fake) {
			f.refuse = func(m string, _ url.Values) (any, int, bool) {
				if m == method {
					return map[string]any{"ok": false, "error": code, "needed": "pins:write", "provided": "chat:write"}, http.StatusOK, false
				}
				return nil, 0, false
			}
		}
	}
	opened := done(notice("opened", plan.Channel, "", "Welcome"), outbox.Receipt{Ref: "C001/1.1"})
	for _, c := range []struct {
		name   string
		set    func(*fake)
		notice ledger.Notice
		note   string // of a delivery
		err    string // of none
	}{
		{"a person who is not in Slack", nil, notice("opened", plan.Channel, plan.Invite, "", "jdoe", "tmora"), "tmora has no Slack id in the directory", ""},
		{"a deactivated person", nil, notice("opened", plan.Channel, plan.Invite, "", "jdoe", "gone", "mlee"), "gone cannot be invited (user_not_found)", ""},
		{"somebody who is there", func(f *fake) { f.channels[1].members = []string{"U0JO"} }, notice("opened", plan.Channel, plan.Invite, "", "jdoe", "mlee"), "", ""},
		{"the app is not in the channel", func(f *fake) { f.channels[1].Member = false }, notice("update 1", plan.Channel, "", "News"), "", ""},
		{"the app is not in the announcements", func(f *fake) { f.channels[0].Member = false }, notice("severity 1", plan.Announcement, "", "Raised"), "", ""},
		{"the announcements are not there", func(f *fake) { f.channels[0].Name = "other" }, notice("severity 1", plan.Announcement, "", "Raised"), "",
			"there is no public channel #escalated_customers in Slack: make it, or name another as `channels: {announcement: ...}` in the policy"},
		{"somebody archived it", func(f *fake) { f.channels[1].Archived = true }, notice("update 1", plan.Channel, "", "News"), "",
			"#esc_northwind is archived, and an app cannot open it again: unarchive it in Slack, and run again"},
		{"somebody archived it before us", func(f *fake) { f.channels[1].Archived = true }, notice("closed 1", plan.Channel, plan.Archive, ""), "", ""},
		{"archiving is not allowed", refused("conversations.archive", "restricted_action"), notice("closed 1", plan.Channel, plan.Archive, ""), "",
			"your Slack does not allow the app to do that in #esc_northwind (restricted_action): allow it, or do it by hand, and run again"},
		{"a missing scope", refused("pins.add", "missing_scope"), notice("opened", plan.Channel, plan.Pin, ""), "",
			"the Slack app lacks the scope pins:write: add it under OAuth & Permissions, and install the app again"},
		{"a token that is revoked", refused("chat.postMessage", "token_revoked"), notice("update 1", plan.Channel, "", "News"), "",
			"the token is not taken by Slack (token_revoked): give SLACK_BOT_TOKEN the bot token of an app that is installed"},
		{"the opening message is gone", refused("pins.add", "message_not_found"), notice("opened", plan.Channel, plan.Pin, ""), "the opening message is gone: nothing is pinned", ""},
		{"a declaration that we did not post", nil, notice("case 1", plan.Announcement, plan.Edit, "New Escalation"), "this app did not post the declaration: edit it in #escalated_customers by hand", ""},
		{"the channel was deleted", func(f *fake) { f.channels = f.channels[:1] }, notice("update 1", plan.Channel, "", "News"), "the channel was deleted: #esc_northwind takes its place", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.add(channel{Name: "esc_northwind", Member: true})
			if c.set != nil {
				c.set(f)
			}
			r, err := f.workspace().Deliver(t.Context(), item(c.notice, opened), false)
			switch {
			case c.err != "" && (err == nil || err.Error() != c.err || errors.Is(err, outbox.ErrInDoubt)):
				t.Errorf("%v, want %s", err, c.err)
			case c.err == "" && (err != nil || r.Note != c.note):
				t.Errorf("%+v (%v), want the note %q", r, err, c.note)
			}
			if c.notice.Do == string(plan.Invite) && !slices.Contains(f.channels[1].members, "U0JO") {
				t.Errorf("it holds back the others: %v", f.channels[1].members)
			}
		})
	}
}

// A message is not posted again where it is not known whether it was: its
// history says, on all pages, and only what the app itself has posted counts.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.page = 2
	c := f.add(channel{Name: "esc_northwind", Member: true})
	opened := done(notice("opened", plan.Channel, "", "Welcome"), outbox.Receipt{Ref: c.ID + "/1.1"})
	it := item(notice("update 1", plan.Channel, "", "News"), opened)
	w := f.workspace()
	lost := true
	f.refuse = func(method string, _ url.Values) (any, int, bool) {
		if method == "chat.postMessage" && lost {
			lost = false
			return nil, http.StatusBadGateway, true
		}
		return nil, 0, false
	}
	_, err := w.Deliver(t.Context(), it, false)
	if !errors.Is(err, outbox.ErrInDoubt) || len(c.messages) != 1 {
		t.Fatalf("%v, and %d messages", err, len(c.messages))
	}
	forged := c.messages[0]
	forged.User, forged.TS = "U0EVE", "1.5"
	c.messages = append([]posted{forged}, c.messages...)
	for n := range 5 {
		c.messages = append(c.messages, posted{TS: fmt.Sprint(n), User: "U0JO", Text: "chatter"})
	}
	r, _ := deliver(t, w, it, true)
	if !r.Kept || r.Ref != c.ID+"/1700000001.000100" {
		t.Errorf("it is %+v", r)
	}
	c.messages = c.messages[:1] // the forged one
	if r, _ := deliver(t, w, it, true); r.Kept || len(c.messages) != 2 {
		t.Errorf("somebody else's message is taken for ours: %+v", r)
	}
}

// An app is out of a channel that it has archived. What it was to do there before
// counts as done by a run that was killed after it; what comes new does not.
func TestArchivedInBetween(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(channel{Name: "esc_northwind", Archived: true})
	opened := done(notice("opened", plan.Channel, "", "Welcome"), outbox.Receipt{Ref: c.ID + "/1.1"})
	thread := []ledger.Notice{
		opened, notice("criteria 1", plan.Channel, "", "All met"), notice("criteria 1", plan.Channel, plan.Invite, "", "jdoe"),
		notice("closed 1", plan.Channel, "", "Closed"), notice("closed 1", plan.Channel, plan.Archive, ""),
	}
	for _, n := range thread[1:] {
		it := outbox.Item{Notices: []ledger.Notice{n}, Thread: thread, Channel: item(n).Channel}
		if r, err := f.workspace().Deliver(t.Context(), it, true); err != nil || !r.Kept {
			t.Errorf("%s %s: %+v (%v)", n.Key, n.Do, r, err)
		}
	}
	if _, err := f.workspace().Deliver(t.Context(), item(notice("update 9", plan.Channel, "", "News"), thread...), true); err == nil {
		t.Error("news of later are not in an archived channel")
	}
	if len(c.messages) > 0 {
		t.Errorf("%v", c.messages)
	}
}

// Slack takes one message a second in a channel, and says when it is too much.
func TestPace(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(channel{Name: "esc_northwind", Member: true})
	opened := done(notice("opened", plan.Channel, "", "Welcome"), outbox.Receipt{Ref: c.ID + "/1.1"})
	w := f.workspace()
	for n := range 3 {
		deliver(t, w, item(notice(fmt.Sprintf("update %d", n), plan.Channel, "", "News"), opened), false)
		deliver(t, w, item(notice(fmt.Sprintf("significant %d", n), plan.Announcement, "", "News")), false)
	}
	if f.waited != 2*time.Second {
		t.Errorf("waited %s, want a second between two in one channel", f.waited)
	}
	refused := 0
	f.refuse = func(method string, _ url.Values) (any, int, bool) {
		if refused++; refused > 2 {
			return nil, 0, false
		}
		return no("ratelimited"), http.StatusTooManyRequests, false
	}
	deliver(t, w, item(notice("update 9", plan.Channel, "", "News"), opened), false)
	if len(c.messages) != 4 {
		t.Errorf("%d messages, want 4", len(c.messages))
	}
}

// What makes something is not sent again by itself where its reply is lost: what
// is there is looked at first.
func TestNothingTwice(t *testing.T) {
	t.Parallel()
	for method, n := range map[string]ledger.Notice{
		"chat.postMessage":     notice("update 1", plan.Channel, "", "News"),
		"conversations.create": notice("opened", plan.Channel, plan.CreateChannel, "esc_new"),
		"bookmarks.add":        notice("opened", plan.Channel, plan.Bookmark, "https://crm.example.com/1"),
	} {
		f := newFake(t)
		c := f.add(channel{Name: "esc_northwind", Member: true})
		opened := done(notice("opened", plan.Channel, "", "Welcome"), outbox.Receipt{Ref: c.ID + "/1.1"})
		lost := 0
		f.refuse = func(m string, _ url.Values) (any, int, bool) {
			if m == method {
				lost++
				return nil, http.StatusBadGateway, true
			}
			return nil, 0, false
		}
		if _, err := f.workspace().Deliver(t.Context(), item(n, opened), false); !errors.Is(err, outbox.ErrInDoubt) || lost != 1 {
			t.Errorf("%s: %v, sent %d times", method, err, lost)
		}
		f.refuse = nil
		if r, err := f.workspace().Deliver(t.Context(), item(n, opened), true); err != nil || !r.Kept {
			t.Errorf("%s: %+v (%v)", method, r, err)
		}
	}
}

// When the link of the case arrives, the declaration says it.
func TestEdit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	_, told := deliver(t, w, item(notice("opened", plan.Announcement, "", "New Escalation\nCase: pending", "jdoe")), false)
	_, edited := deliver(t, w, item(notice("case 1", plan.Announcement, plan.Edit, "New Escalation\nCase: https://crm.example.com/1"), told), false)
	m := f.named("escalated_customers").messages
	if len(m) != 1 || m[0].Text != "New Escalation\nCase: <https://crm.example.com/1>" || !strings.Contains(string(m[0].Blocks), "U0JO") {
		t.Errorf("it says %+v", m)
	}
	if d, err := w.Verify(t.Context(), []ledger.Notice{told, edited}); err != nil || len(d) > 0 {
		t.Errorf("%v %v", d, err)
	}
}

// Before each standup something is said, once: what is scheduled stays, what is
// planned no more is withdrawn, and a lost reply schedules nothing twice.
func TestSchedule(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.page = 1
	c := f.add(channel{Name: "esc_northwind", Member: true})
	told := map[schema.ID][]ledger.Notice{id: {done(notice("opened", plan.Channel, plan.CreateChannel, "esc_northwind"), outbox.Receipt{Ref: c.ID + "/esc_northwind"})}}
	monday := time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC)
	planned := []Planned{{id, monday, "Standup: https://meet.example.com/n"}, {id, monday.AddDate(0, 0, 2), "Standup: https://meet.example.com/n"}, {"2026/without-a-channel", monday, "Standup"}}
	schedule := func(planned []Planned, scheduled, withdrawn int) {
		t.Helper()
		if s, d, err := f.workspace().Schedule(t.Context(), planned, told); err != nil || s != scheduled || d != withdrawn {
			t.Errorf("%d scheduled, %d withdrawn (%v), want %d and %d", s, d, err, scheduled, withdrawn)
		}
	}
	schedule(planned, 2, 0)
	schedule(planned, 0, 0)
	moved := slices.Clone(planned)
	moved[0].At = monday.Add(time.Hour)
	schedule(moved, 1, 1)
	lost := true
	f.refuse = func(m string, _ url.Values) (any, int, bool) {
		if m == "chat.scheduleMessage" && lost {
			lost = false
			return nil, http.StatusBadGateway, true
		}
		return nil, 0, false
	}
	schedule(planned, 0, 1) // looked at again, it is there
	if len(c.planned) != 2 {
		t.Errorf("%v", c.planned)
	}
	schedule(nil, 0, 2)
}

// What does not stand in Slack as the ledger says.
func TestVerify(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(channel{Name: "esc_northwind", Member: true})
	w := f.workspace()
	opened := done(notice("opened", plan.Channel, plan.CreateChannel, "esc_northwind"), outbox.Receipt{Ref: c.ID + "/esc_northwind"})
	thread := []ledger.Notice{opened}
	for n := range 5 {
		_, told := deliver(t, w, item(notice(fmt.Sprintf("update %d", n), plan.Channel, "", fmt.Sprintf("News %d", n)), thread...), false)
		thread = append(thread, told)
	}
	if d, err := w.Verify(t.Context(), thread); err != nil || len(d) > 0 {
		t.Fatalf("%v %v", d, err)
	}
	c.messages = append(c.messages, c.messages[1])
	c.messages[2].Text = "Fake news"
	c.messages = slices.Delete(c.messages, 0, 1)
	d, err := w.Verify(t.Context(), thread[:5])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range d {
		got = append(got, strings.TrimPrefix(x.Key, id+" ")+" "+string(x.Fault))
	}
	if want := []string{"update 0 missing", "update 1 doubled", "update 2 edited", "update 4 orphaned"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// With a webhook alone, the announcements go out at least once, and say so where
// they may be there already. Its address is a secret.
func TestWebhook(t *testing.T) {
	t.Parallel()
	var posts []string
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m slack.WebhookMessage
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		posts = append(posts, m.Text)
		w.WriteHeader(status)
		fmt.Fprint(w, "ok")
	}))
	defer s.Close()
	h, err := NewWebhook(s.URL+"/services/T0/B0/secret", Config{}, people(), policy())
	if err != nil {
		t.Fatal(err)
	}
	if !h.Takes(plan.Announcement, "") || h.Takes(plan.Announcement, plan.Edit) || h.Takes(plan.Channel, "") {
		t.Error("it takes other places")
	}
	it := item(notice("opened", plan.Announcement, "", "New Escalation"))
	status = http.StatusBadGateway
	if _, err := h.Deliver(t.Context(), it, false); !errors.Is(err, outbox.ErrInDoubt) {
		t.Errorf("want it to be in doubt: %v", err)
	}
	status = http.StatusOK
	if _, err := h.Deliver(t.Context(), it, true); err != nil {
		t.Error(err)
	}
	if want := []string{"New Escalation", "(repeated after a failed run)\nNew Escalation"}; !slices.Equal(posts, want) {
		t.Errorf("posted %q, want %q", posts, want)
	}
	status = http.StatusNotFound
	if _, err := h.Deliver(t.Context(), it, true); err == nil || errors.Is(err, outbox.ErrInDoubt) || !strings.Contains(err.Error(), "SLACK_WEBHOOK_URL") {
		t.Errorf("%v", err)
	}
	s.Close()
	if _, err := h.Deliver(t.Context(), it, true); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// Whatever somebody writes, a message keeps to Slack's limits, pings nobody whom
// the directory does not name, and is never empty.
func TestCompose(t *testing.T) {
	t.Parallel()
	const file = "https://github.com/acme/escalations/blob/HEAD/escalations/2026/northwind.yaml"
	mention := regexp.MustCompile(`<[^h][^>]*>`)
	for _, text := range []string{
		"<!channel> <@U1> <!subteam^S1> <#C1>", "@channel @here @everyone", "New Escalation\nSupport DRI: none\nDescription: @support-manager-oncall <!here>",
		strings.Repeat("a", 50<<10), strings.Repeat("&", 50<<10), strings.Repeat("word ", 10<<10), strings.Repeat("line\n", 10<<10), strings.Repeat("<!channel>", 5<<10),
		strings.Repeat("https://example.com/", 3000), "x\n" + strings.Repeat("東京", 20<<10), strings.Repeat("\n", 50<<10) + "x",
	} {
		m := compose(people(), policy(), words{text: text, mentions: []schema.Handle{"jdoe"}, channel: "C1", file: file})
		total := 0
		var shown strings.Builder
		for _, b := range m.blocks {
			s := b.(*slack.SectionBlock).Text
			n := utf8.RuneCountInString(s.Text)
			if total += n; n == 0 || n > 3000 || !s.Verbatim || strings.TrimSpace(s.Text) == "" {
				t.Errorf("%.40q: a section of %d characters", text, n)
			}
			shown.WriteString(s.Text + "\n")
		}
		if total > 13_200 || len(m.blocks) > 50 || m.text == "" || utf8.RuneCountInString(m.text) > 3000 {
			t.Errorf("%.40q: %d characters in %d blocks, and %d", text, total, len(m.blocks), utf8.RuneCountInString(m.text))
		}
		if got := mention.FindAllString(shown.String(), -1); !slices.Equal(got, []string{"<#C1>", "<@U0JO>"}) {
			t.Errorf("%.40q mentions %q", text, got)
		}
		if cut := strings.Contains(shown.String(), file); cut != (utf8.RuneCountInString(escaped(policy(), text)) > 11_950) {
			t.Errorf("%.40q: shortened with a link: %v", text, cut)
		}
	}
}
