package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// deliver delivers, and fails the test if that does.
func deliver(t *testing.T, w *Workspace, it destination.Delivery, inDoubt bool) (destination.Receipt, notice.Notice) {
	t.Helper()
	r, err := w.Deliver(t.Context(), it, inDoubt)
	if err != nil {
		t.Fatal(err)
	}
	return r, done(it.First(), r)
}

// An opening, as the plan has it: each step once, in the right channel.
func TestOpening(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	var thread []notice.Notice
	for _, n := range []notice.Notice{
		intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")),
		intent("opened", notice.Announcement, notice.Tell, declared("pending"), "jdoe", "tmora"),
		intent("opened", notice.Channel, notice.Topic, said("Northwind & Sons, severity high")),
		intent("opened", notice.Channel, notice.Invite, nil, "jdoe", "mlee"),
		intent("opened", notice.Channel, notice.Bookmark, said("https://crm.example.com/1")),
		intent("opened", notice.Channel, notice.Tell, said("Welcome"), "jdoe"),
		intent("opened", notice.Channel, notice.Pin, said("the opening message")),
	} {
		_, told := deliver(t, w, delivery(n, thread...), false)
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
	if c.Topic.Value != "Northwind &amp; Sons, severity high" || !slices.Equal(c.members, []string{self, "U0JO", "U0MIN"}) || len(c.pins) != 1 || c.pins[0] != c.messages[0].TS {
		t.Errorf("the channel is %+v", c)
	}
	declaration := f.named("escalated_customers").messages[0]
	if got, want := declaration.Text, declared("pending").Unlinked().Plain(); got != want {
		t.Errorf("the plain text is %q, want %q", got, want)
	}
	want = []string{
		"header New Escalation: Northwind",
		"section *Slack Channel:* <#C001>\n*Case:* pending\n*Support DRI:* Tomás Mora, <!subteam^S0SUP>\n*Description:* ping @support-manager-oncall",
		"section cc <@U0JO>", // who has no id, is not pinged
		"context <" + file + "|File> · <https://github.com/acme/escalations/issues/7|Tracking issue> · <#C001>",
	}
	if got := shown(t, declaration.Blocks); !slices.Equal(got, want) {
		t.Errorf("it shows %q\nwant %q", got, want)
	}
	if thread[1].URL != "https://acme.slack.com/archives/C0ANN/p1700000001000100" || thread[1].Ref != "C0ANN/1700000001.000100" {
		t.Errorf("the ledger has %+v", thread[1])
	}

	// Done once more, by a run that does not know it, nothing is there twice.
	again := f.workspace()
	before, _ := json.Marshal(f.channels)
	for i, n := range thread {
		n.State, n.Ref = notice.Intent, ""
		if r, _ := deliver(t, again, delivery(n, thread[:i]...), true); n.Tells() && !r.Kept {
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
		{"of another escalation", []channel{{Name: "esc_northwind", Creator: self, Member: true, messages: []posted{of("2026/contoso")}}}, "esc_northwind-2", "#esc_northwind is the channel of 2026/contoso: it is #esc_northwind-2", false},
		{"of this one", []channel{{Name: "esc_northwind", Creator: self, Member: true, messages: []posted{of(id)}}}, "esc_northwind", "#esc_northwind was there already", true},
		{"shared with others", []channel{{Name: "esc_northwind", Shared: true}}, "esc_northwind-2", "#esc_northwind is taken (it is shared with another organization, which would read what is internal): it is #esc_northwind-2", false},
		{"not listed yet", []channel{{Name: "esc_northwind", Creator: self, Member: true, unlisted: 2}}, "esc_northwind", "#esc_northwind was there already", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.page = 1
			for _, there := range c.there {
				f.add(there)
			}
			r, told := deliver(t, f.workspace(), delivery(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind"))), false)
			made := f.named(c.want)
			if made == nil || !made.Member || r.Ref != made.ID+"/"+c.want || r.Kept != c.kept || !strings.Contains(r.Note, c.noted) || (c.noted == "") != (r.Note == "") {
				t.Fatalf("made %+v: %+v", made, r)
			}
			// The declaration says which channel it is.
			deliver(t, f.workspace(), delivery(intent("opened", notice.Announcement, notice.Tell, declared("pending")), told), false)
			end := strings.Join(shown(t, f.named("escalated_customers").messages[0].Blocks), "\n")
			if !strings.Contains(end, "*Slack Channel:* <#"+made.ID+">") {
				t.Errorf("the declaration has no link to the channel: %s", end)
			}
			by := "another channel"
			if len(c.there) > 0 && c.there[0].Archived {
				by = "a channel that an app cannot open again"
			}
			if strings.Contains(end, "context The name #esc_northwind is taken by "+by+": it is <#"+made.ID+">") != (c.want != "esc_northwind") {
				t.Errorf("the declaration does not say why: %s", end)
			}
		})
	}
}

// The channel of a restricted escalation is private, and no public one takes its
// place; what is said elsewhere names neither (P17).
func TestRestricted(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(channel{Name: "esc_northwind", Member: true}) // somebody made it by hand
	it := delivery(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")))
	it.Channel = func() (destination.Channel, error) {
		return destination.Channel{Name: "esc_northwind", Private: true}, nil
	}
	r, told := deliver(t, f.workspace(), it, false)
	made := f.named("esc_northwind-2")
	if made == nil || !made.Private || r.Kept || !strings.Contains(r.Note, "it is #esc_northwind-2") {
		t.Fatalf("made %+v: %+v", made, r)
	}
	// A run that does not know it finds it.
	if again, _ := deliver(t, f.workspace(), it, true); !again.Kept || again.Ref != r.Ref {
		t.Errorf("made once more: %+v", again)
	}
	restricted := notice.Text{notice.Title(notice.Inline{Words: "New Escalation: 2026/northwind (restricted)"}), {Fields: []notice.Field{{Label: "Severity", Value: notice.Words("High")}}}}
	deliver(t, f.workspace(), delivery(intent("opened", notice.Announcement, notice.Tell, restricted), told), false)
	if end := strings.Join(shown(t, f.named("escalated_customers").messages[0].Blocks), "\n"); strings.Contains(end, made.ID) || strings.Contains(end, "esc_") {
		t.Errorf("the announcement says %s", end)
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
	opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: "C001/1.1"})
	for _, c := range []struct {
		name string
		set  func(*fake)
		of   notice.Notice
		note string // of a delivery
		err  string // of none
	}{
		{"a person who is not in Slack", nil, intent("opened", notice.Channel, notice.Invite, nil, "jdoe", "tmora"), "tmora has no Slack id in the directory", ""},
		{"a deactivated person", nil, intent("opened", notice.Channel, notice.Invite, nil, "jdoe", "gone", "mlee"), "gone cannot be invited (user_not_found)", ""},
		{"somebody who is there", func(f *fake) { f.channels[1].members = []string{"U0JO"} }, intent("opened", notice.Channel, notice.Invite, nil, "jdoe", "mlee"), "", ""},
		{"the app is not in the channel", func(f *fake) { f.channels[1].Member = false }, intent("update 1", notice.Channel, notice.Tell, said("News")), "", ""},
		{"the app is not in the announcements", func(f *fake) { f.channels[0].Member = false }, intent("severity 1", notice.Announcement, notice.Tell, said("Raised")), "", ""},
		{"the announcements are not there", func(f *fake) { f.channels[0].Name = "other" }, intent("severity 1", notice.Announcement, notice.Tell, said("Raised")), "",
			"there is no public channel #escalated_customers in Slack: make it, or make it public again, or name another as `channels: {announcement: ...}` in the policy"},
		{"somebody archived it", func(f *fake) { f.channels[1].Archived = true }, intent("update 1", notice.Channel, notice.Tell, said("News")), "",
			"#esc_northwind is archived, and an app cannot open it again: unarchive it in Slack, and run again"},
		{"somebody archived it before us", func(f *fake) { f.channels[1].Archived = true }, intent("closed 1", notice.Channel, notice.Archive, nil), "", ""},
		{"archiving is not allowed", refused("conversations.archive", "restricted_action"), intent("closed 1", notice.Channel, notice.Archive, nil), "",
			"your Slack does not allow the app to do that in #esc_northwind (restricted_action): allow it, or do it by hand, and run again"},
		{"a missing scope", refused("pins.add", "missing_scope"), intent("opened", notice.Channel, notice.Pin, nil), "",
			"the Slack app lacks the scope pins:write: add it under OAuth & Permissions, and install the app again"},
		{"a token that is revoked", refused("chat.postMessage", "token_revoked"), intent("update 1", notice.Channel, notice.Tell, said("News")), "",
			"the token is not taken by Slack (token_revoked): give SLACK_BOT_TOKEN the bot token of an app that is installed"},
		{"the opening message is gone", refused("pins.add", "message_not_found"), intent("opened", notice.Channel, notice.Pin, nil), "the opening message is gone: nothing is pinned", ""},
		{"a declaration that we did not post", nil, intent("case 1", notice.Announcement, notice.Edit, said("New Escalation")), "this app did not post the declaration: edit it in #escalated_customers by hand", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.add(channel{Name: "esc_northwind", Member: true})
			if c.set != nil {
				c.set(f)
			}
			r, err := f.workspace().Deliver(t.Context(), delivery(c.of, opened), false)
			switch {
			case c.err != "" && (err == nil || err.Error() != c.err || errors.Is(err, destination.ErrInDoubt)):
				t.Errorf("%v, want %s", err, c.err)
			case c.err == "" && (err != nil || r.Note != c.note):
				t.Errorf("%+v (%v), want the note %q", r, err, c.note)
			}
			if c.of.Do == notice.Invite && !slices.Contains(f.channels[1].members, "U0JO") {
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
	opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: c.ID + "/1.1"})
	it := delivery(intent("update 1", notice.Channel, notice.Tell, said("News")), opened)
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
	if !errors.Is(err, destination.ErrInDoubt) || len(c.messages) != 1 {
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

// A run that made a channel and archived it may be ended before it says so: the next
// one makes no second channel. One that is archived and was known, or is not ours, is
// another.
func TestMadeAndArchivedUnsaid(t *testing.T) {
	t.Parallel()
	create, archive := intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), intent("closed 1", notice.Channel, notice.Archive, nil)
	known := done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: "C001/esc_northwind"})
	for name, c := range map[string]struct {
		creator string
		thread  []notice.Notice
		want    int
	}{
		"ours":           {self, []notice.Notice{create, archive}, 2},
		"not ours":       {"U0MIN", []notice.Notice{create, archive}, 3},
		"of before":      {self, []notice.Notice{known, create, archive}, 3},
		"not to archive": {self, []notice.Notice{create}, 3},
	} {
		f := newFake(t)
		f.add(channel{Name: "esc_northwind", Archived: true, Creator: c.creator})
		d := delivery(create)
		d.Thread = c.thread
		r, err := f.workspace().Deliver(t.Context(), d, true)
		if err != nil || len(f.channels) != c.want || r.Kept != (c.want == 2) {
			t.Errorf("%s: %+v, %v, %d channels", name, r, err, len(f.channels))
		}
	}
}

// An app is out of a channel that it has archived. What it was to do there before
// counts as done by a run that was killed after it; what comes new does not.
func TestArchivedInBetween(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(channel{Name: "esc_northwind", Archived: true})
	opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: c.ID + "/1.1"})
	thread := []notice.Notice{
		opened, intent("criteria 1", notice.Channel, notice.Tell, said("All met")), intent("criteria 1", notice.Channel, notice.Invite, nil, "jdoe"),
		intent("closed 1", notice.Channel, notice.Tell, said("Closed")), intent("closed 1", notice.Channel, notice.Archive, nil),
	}
	for _, n := range thread[1:] {
		it := delivery(n)
		it.Thread = thread
		if r, err := f.workspace().Deliver(t.Context(), it, true); err != nil || !r.Kept {
			t.Errorf("%s %s: %+v (%v)", n.Key, n.Do, r, err)
		}
	}
	if _, err := f.workspace().Deliver(t.Context(), delivery(intent("update 9", notice.Channel, notice.Tell, said("News")), thread...), true); err == nil {
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
	opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: c.ID + "/1.1"})
	w := f.workspace()
	for n := range 3 {
		deliver(t, w, delivery(intent(fmt.Sprintf("update %d", n), notice.Channel, notice.Tell, said("News")), opened), false)
		deliver(t, w, delivery(intent(fmt.Sprintf("significant %d", n), notice.Announcement, notice.Tell, said("News"))), false)
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
	deliver(t, w, delivery(intent("update 9", notice.Channel, notice.Tell, said("News")), opened), false)
	if len(c.messages) != 4 {
		t.Errorf("%d messages, want 4", len(c.messages))
	}
}

// What makes something is not sent again by itself where its reply is lost: what
// is there is looked at first.
func TestNothingTwice(t *testing.T) {
	t.Parallel()
	for method, n := range map[string]notice.Notice{
		"chat.postMessage":     intent("update 1", notice.Channel, notice.Tell, said("News")),
		"conversations.create": intent("opened", notice.Channel, notice.CreateChannel, said("esc_new")),
		"bookmarks.add":        intent("opened", notice.Channel, notice.Bookmark, said("https://crm.example.com/1")),
	} {
		f := newFake(t)
		c := f.add(channel{Name: "esc_northwind", Member: true})
		opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: c.ID + "/1.1"})
		lost := 0
		f.refuse = func(m string, _ url.Values) (any, int, bool) {
			if m == method {
				lost++
				return nil, http.StatusBadGateway, true
			}
			return nil, 0, false
		}
		if _, err := f.workspace().Deliver(t.Context(), delivery(n, opened), false); !errors.Is(err, destination.ErrInDoubt) || lost != 1 {
			t.Errorf("%s: %v, sent %d times", method, err, lost)
		}
		f.refuse = nil
		if r, err := f.workspace().Deliver(t.Context(), delivery(n, opened), true); err != nil || !r.Kept {
			t.Errorf("%s: %+v (%v)", method, r, err)
		}
	}
}

// When the link of the case arrives, the declaration says it.
func TestEdit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	_, told := deliver(t, w, delivery(intent("opened", notice.Announcement, notice.Tell, declared("pending"), "jdoe")), false)
	_, edited := deliver(t, w, delivery(intent("case 1", notice.Announcement, notice.Edit, declared("https://crm.example.com/1")), told), false)
	m := f.named("escalated_customers").messages
	if len(m) != 1 || !strings.Contains(m[0].Text, "Case: <https://crm.example.com/1>\n") {
		t.Fatalf("it says %+v", m)
	}
	got := shown(t, m[0].Blocks)
	if got[0] != "header New Escalation: Northwind" || !strings.Contains(got[1], "*Case:* <https://crm.example.com/1>\n") || got[2] != "section cc <@U0JO>" {
		t.Errorf("it shows %q", got)
	}
	if d, err := w.Verify(t.Context(), []notice.Notice{told, edited}); err != nil || len(d) > 0 {
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
	told := func(of schema.ID) []notice.Notice {
		return map[schema.ID][]notice.Notice{id: {done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: c.ID + "/esc_northwind"})}}[of]
	}
	monday := time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC)
	standup := said("Standup: https://meet.example.com/n")
	planned := []destination.Planned{{Escalation: id, At: monday, Text: standup}, {Escalation: id, At: monday.AddDate(0, 0, 2), Text: standup}, {Escalation: "2026/without-a-channel", At: monday, Text: standup}}
	schedule := func(planned []destination.Planned, scheduled, withdrawn int) {
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
	opened := done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: c.ID + "/esc_northwind"})
	thread := []notice.Notice{opened}
	for n := range 5 {
		_, told := deliver(t, w, delivery(intent(fmt.Sprintf("update %d", n), notice.Channel, notice.Tell, said(fmt.Sprintf("News %d", n))), thread...), false)
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
	status, answer := http.StatusOK, "ok"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m slack.WebhookMessage
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		posts = append(posts, m.Text)
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	defer s.Close()
	h, err := NewWebhook(s.URL+"/services/T0/B0/secret", people(), policy())
	if err != nil {
		t.Fatal(err)
	}
	if !h.Takes(notice.Announcement, notice.Tell) || h.Takes(notice.Announcement, notice.Edit) || h.Takes(notice.Channel, notice.Tell) {
		t.Error("it takes other places")
	}
	it := delivery(intent("opened", notice.Announcement, notice.Tell, said("New Escalation")))
	status = http.StatusBadGateway
	if _, err := h.Deliver(t.Context(), it, false); !errors.Is(err, destination.ErrInDoubt) {
		t.Errorf("want it to be in doubt: %v", err)
	}
	status = http.StatusOK
	if _, err := h.Deliver(t.Context(), it, true); err != nil {
		t.Error(err)
	}
	if want := []string{"New Escalation", "(repeated after a failed run)\nNew Escalation"}; !slices.Equal(posts, want) {
		t.Errorf("posted %q, want %q", posts, want)
	}
	answer = "<html>Log in</html>"
	if _, err := h.Deliver(t.Context(), it, true); !errors.Is(err, destination.ErrUnconfirmed) {
		t.Errorf("a page of somebody else is taken for success: %v", err)
	}
	status = http.StatusNotFound
	if _, err := h.Deliver(t.Context(), it, true); err == nil || errors.Is(err, destination.ErrInDoubt) || !strings.Contains(err.Error(), "SLACK_WEBHOOK_URL") {
		t.Errorf("%v", err)
	}
	s.Close()
	if _, err := h.Deliver(t.Context(), it, true); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// An answer that confirms nothing is not taken for success, whatever was asked,
// and nothing is asked again by itself.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: "C001/1700000001.000100"})
	news := intent("update 1", notice.Channel, notice.Tell, said("News"))
	bookmark := intent("opened", notice.Channel, notice.Bookmark, said("https://crm.example.com/1"))
	for _, c := range []struct {
		method  string
		of      notice.Notice
		inDoubt bool
		partial map[string]any // what it has in place of what is needed; nil where ok is all that it says
	}{
		{"chat.postMessage", news, false, map[string]any{"channel": "C001", "ts": ""}},
		{"chat.update", intent("case 1", notice.Channel, notice.Edit, said("Hello")), false, map[string]any{"channel": "C001"}},
		{"conversations.create", intent("opened", notice.Channel, notice.CreateChannel, said("esc_other")), false, map[string]any{"channel": map[string]any{"id": ""}}},
		{"conversations.list", intent("severity 1", notice.Announcement, notice.Tell, said("Raised")), false, map[string]any{}},
		{"conversations.history", news, true, map[string]any{"has_more": false}},
		{"auth.test", news, true, map[string]any{"url": "https://acme.slack.com/"}},
		{"bookmarks.list", bookmark, false, map[string]any{}},
		{"bookmarks.add", bookmark, false, map[string]any{"bookmark": "?"}},
		{"conversations.setTopic", intent("opened", notice.Channel, notice.Topic, said("Northwind")), false, nil},
		{"conversations.invite", intent("opened", notice.Channel, notice.Invite, nil, "jdoe"), false, nil},
		{"conversations.archive", intent("closed 1", notice.Channel, notice.Archive, nil), false, nil},
		{"pins.add", intent("opened", notice.Channel, notice.Pin, nil), false, nil},
	} {
		answers := map[string]any{"neither well nor wrong": no(""), "nothing": map[string]any{}, "no object": "<html>Log in</html>"}
		if c.partial != nil {
			answers["not what was made"] = ok(c.partial)
		}
		for name, answer := range answers {
			f := newFake(t)
			channel := f.add(channel{Name: "esc_northwind", Member: true, messages: []posted{{TS: "1700000001.000100", User: self}}})
			asked := 0
			f.refuse = func(m string, _ url.Values) (any, int, bool) {
				if m != c.method {
					return nil, 0, false
				}
				asked++
				return answer, http.StatusOK, false
			}
			r, err := f.workspace().Deliver(t.Context(), delivery(c.of, opened), c.inDoubt)
			if !errors.Is(err, destination.ErrUnconfirmed) || !errors.Is(err, destination.ErrInDoubt) || asked != 1 || len(channel.messages) != 1 {
				t.Errorf("%s answers %s: %+v (%v), asked %d times, %d messages", c.method, name, r, err, asked, len(channel.messages))
			}
		}
	}
}

// What cannot be read is not taken for nothing that is scheduled.
func TestUnconfirmedSchedule(t *testing.T) {
	t.Parallel()
	for method, answer := range map[string]any{"chat.scheduledMessages.list": ok(nil), "chat.scheduleMessage": ok(map[string]any{"channel": "C001"})} {
		f := newFake(t)
		c := f.add(channel{Name: "esc_northwind", Member: true})
		f.refuse = func(m string, _ url.Values) (any, int, bool) {
			if m == method {
				return answer, http.StatusOK, false
			}
			return nil, 0, false
		}
		told := func(of schema.ID) []notice.Notice {
			return map[schema.ID][]notice.Notice{id: {done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: c.ID + "/esc_northwind"})}}[of]
		}
		n, _, err := f.workspace().Schedule(t.Context(), []destination.Planned{{Escalation: id, At: f.now.Add(time.Hour), Text: said("Standup")}}, told)
		if n != 0 || !errors.Is(err, destination.ErrUnconfirmed) {
			t.Errorf("%s: %d scheduled (%v)", method, n, err)
		}
	}
}

// The opening message follows what it says; in the new channel of an escalation
// that was reopened, that is the notice of it.
func TestEditInChannel(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	_, made := deliver(t, w, delivery(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind"))), false)
	_, opened := deliver(t, w, delivery(intent("opened", notice.Channel, notice.Tell, said("Welcome"), "jdoe"), made), false)
	thread := []notice.Notice{made, opened}
	r, edited := deliver(t, w, delivery(intent("steps 1", notice.Channel, notice.Edit, said("Welcome; next: call")), thread...), false)
	c := f.named("esc_northwind")
	if len(c.messages) != 1 || c.messages[0].Text != "Welcome; next: call" || !strings.Contains(string(c.messages[0].Blocks), "U0JO") || r.Ref != opened.Ref || r.URL != opened.URL {
		t.Errorf("%+v: %+v", r, c.messages)
	}
	thread = append(thread, edited)
	if d, err := w.Verify(t.Context(), thread); err != nil || len(d) > 0 {
		t.Errorf("%v %v", d, err)
	}

	c.Archived = true
	_, again := deliver(t, w, delivery(intent("reopened 1", notice.Channel, notice.CreateChannel, said("esc_northwind")), thread...), false)
	thread = append(thread, again)
	r, _ = deliver(t, w, delivery(intent("steps 2", notice.Channel, notice.Edit, said("x")), thread...), false)
	if want := "this app did not post the opening message: edit it in #esc_northwind by hand"; r.Note != want {
		t.Errorf("%+v, want %s", r, want)
	}
	_, reopened := deliver(t, w, delivery(intent("reopened 1", notice.Channel, notice.Tell, said("Reopened")), thread...), false)
	thread = append(thread, reopened)
	r, edited = deliver(t, w, delivery(intent("steps 2", notice.Channel, notice.Edit, said("Reopened; next: write")), thread...), false)
	if got := f.named("esc_northwind-2").messages; len(got) != 1 || got[0].Text != "Reopened; next: write" || c.messages[0].Text != "Welcome; next: call" {
		t.Errorf("%+v: %+v", r, got)
	}
	if d, err := w.Verify(t.Context(), append(thread, edited)); err == nil {
		for _, x := range d {
			if x.Fault != destination.Unseen {
				t.Errorf("%+v", x)
			}
		}
	}
}

// Several short notices are one message, with one line of links, and are found as
// one.
func TestTogether(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(channel{Name: "esc_northwind", Member: true})
	opened := done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: c.ID + "/esc_northwind"})
	text := func(words string) notice.Text { return append(said(words), notice.Block{Links: links()}) }
	d := delivery(intent("steps 1", notice.Channel, notice.Tell, text("Steps"), "jdoe"), opened)
	d.Message = append(d.Message, intent("criteria 1", notice.Channel, notice.Tell, text("Criteria"), "jdoe", "mlee"))
	d.Thread = append(d.Thread, d.Message[1])
	r, err := f.workspace().Deliver(t.Context(), d, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"section Steps", "section Criteria", "section cc <@U0JO> <@U0MIN>",
		"context <" + file + "|File> · <https://github.com/acme/escalations/issues/7|Tracking issue> · <#" + c.ID + ">"}
	if got := shown(t, c.messages[0].Blocks); !slices.Equal(got, want) {
		t.Errorf("it shows %q, want %q", got, want)
	}
	if again, err := f.workspace().Deliver(t.Context(), d, true); err != nil || !again.Kept || again.Ref != r.Ref {
		t.Errorf("%+v (%v)", again, err)
	}
	d.Message = append(d.Message, intent("standup 1", notice.Channel, notice.Tell, text("Standup")))
	if again, err := f.workspace().Deliver(t.Context(), d, true); err != nil || again.Kept {
		t.Errorf("a message that tells less is taken for it: %+v (%v)", again, err)
	}
	if diff, err := f.workspace().Verify(t.Context(), []notice.Notice{opened, done(d.Message[0], r), done(d.Message[1], r)}); err != nil || len(diff) != 3 {
		t.Errorf("%v %v", diff, err)
	}
}

// A declaration of an earlier version names the user group in its plain text.
func TestVerifyEarlier(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	_, told := deliver(t, w, delivery(intent("opened", notice.Announcement, notice.Tell, said("New Escalation\nSupport DRI: @support-manager-oncall"))), false)
	m := &f.named("escalated_customers").messages[0]
	m.Text = "New Escalation\nSupport DRI: <!subteam^S0SUP>"
	if d, err := w.Verify(t.Context(), []notice.Notice{told}); err != nil || len(d) > 0 {
		t.Errorf("%v %v", d, err)
	}
	m.Text = "New Escalation\nSupport DRI: <!subteam^S0EVE>"
	if d, err := w.Verify(t.Context(), []notice.Notice{told}); err != nil || len(d) != 1 || d[0].Fault != destination.Edited {
		t.Errorf("another group: %v %v", d, err)
	}
}

// What quotes an update that was redacted reads otherwise: in its own channel, which
// may be one of before; and nobody takes that for the channel of today (P37).
func TestRedaction(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	w := f.workspace()
	_, first := deliver(t, w, delivery(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind"))), false)
	_, told := deliver(t, w, delivery(intent("update 2026-11-21T18:00:00Z", notice.Channel, notice.Tell, said("a token"), "jdoe"), first), false)
	was := f.named("esc_northwind")
	was.Name = "esc_northwind-old" // somebody renamed it
	_, second := deliver(t, w, delivery(intent("reopened 2026-11-21T18:30:00Z", notice.Channel, notice.CreateChannel, said("esc_northwind")), first, told), false)
	thread := []notice.Notice{first, told, second}
	told.Text = nil // as the ledger has it from now on
	redaction := intent("redacted update 2026-11-21T18:00:00Z", notice.Channel, notice.Edit, said("redacted: a token"), "jdoe")
	r, edited := deliver(t, w, delivery(redaction, thread...), false)
	if m := was.messages[0]; m.Text != "redacted: a token" || !strings.Contains(string(m.Blocks), "U0JO") || r.Ref != told.Ref || len(was.messages) != 1 {
		t.Errorf("it reads %+v, and the ledger has %+v", m, r)
	}
	if at := channelOf(append(thread, edited)); at != f.named("esc_northwind").ID {
		t.Errorf("the channel of today is %s", at)
	}
	told.Text = nil
	differences, err := w.Verify(t.Context(), []notice.Notice{first, told, second, edited})
	if err != nil || len(differences) != 0 {
		t.Errorf("%v, %v", differences, err)
	}

	// Where it cannot be edited, a person hears of it; the run goes on.
	for _, c := range []struct{ code, noted string }{
		{"message_not_found", "the message is gone"}, {"is_archived", "edit or delete it by hand: https://acme.slack.com/archives/" + was.ID},
	} {
		f.refuse = func(method string, _ url.Values) (any, int, bool) {
			if method == "chat.update" {
				return no(c.code), http.StatusOK, false
			}
			return nil, 0, true
		}
		if r, _ := deliver(t, w, delivery(redaction, thread...), false); !strings.Contains(r.Note, c.noted) {
			t.Errorf("%s is noted as %q", c.code, r.Note)
		}
	}
	if r, _ := deliver(t, w, delivery(redaction, first), false); !strings.Contains(r.Note, "look in #esc_northwind") {
		t.Errorf("what was never told is noted as %q", r.Note)
	}
}
