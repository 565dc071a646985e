package slack

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// in is a delivery to a channel as the file has it.
func in(c destination.Channel, n notice.Notice, thread ...notice.Notice) destination.Delivery {
	d := delivery(n, thread...)
	d.Channel = func() (destination.Channel, error) { return c, nil }
	return d
}

// allInChannel is what may be done in a channel of an escalation.
func allInChannel() []notice.Notice {
	return []notice.Notice{
		intent("update 1", notice.Channel, notice.Tell, said("News")), intent("steps 1", notice.Channel, notice.Edit, said("Welcome")),
		intent("opened", notice.Channel, notice.Topic, said("Northwind")), intent("opened", notice.Channel, notice.Invite, nil, "jdoe"),
		intent("opened", notice.Channel, notice.Pin, said("the opening message")), intent("opened", notice.Channel, notice.Bookmark, said("https://crm.example.com/1")),
		intent("closed 1", notice.Channel, notice.Archive, nil),
	}
}

// What people do to a channel, or a policy or a file says of it, holds up what is for
// it: nothing is said, done or made in its place, and the words say what to do.
func TestChannelByHand(t *testing.T) {
	t.Parallel()
	named := destination.Channel{Name: "esc_northwind"}
	invite := "Invite the app there, or make the channel public again, or name another as `channel:` in the escalation's file; until then nothing is said in its place"
	for name, c := range map[string]struct {
		channel channel
		of      destination.Channel
		refused string // what Slack says when it is asked for the channel
		want    string
	}{
		"made private":             {channel{Name: "esc_northwind", Private: true, Creator: self}, named, "", "the escalation's channel #esc_northwind is not shown to this app by Slack (channel_not_found): it was made private or deleted, or the app was removed. " + invite},
		"made private and renamed": {channel{Name: "war-room", Private: true, Creator: self}, named, "", invite},
		"private, and no scope":    {channel{Name: "esc_northwind", Private: true, Creator: self, Member: true}, named, "missing_scope", "(missing_scope): it was made private"},
		"deleted":                  {channel{ID: "gone"}, named, "", invite},
		"restricted, made public":  {channel{Name: "esc_northwind", Member: true, Creator: self}, destination.Channel{Name: "esc_northwind", Private: true}, "", "#esc_northwind is public, and the escalation is restricted: make it private again, or name another as `channel:` in the escalation's file"},
		"shared with others":       {channel{Name: "esc_northwind", Member: true, Creator: self, Shared: true}, named, "", "#esc_northwind cannot be the escalation's channel: it is shared with another organization, which would read what is internal. Nothing is said or done there: put that right in Slack, or name another"},
		"of somebody else":         {channel{Name: "general", Member: true, Creator: "U0MIN"}, destination.Channel{Name: "general", Stated: true}, "", "#general cannot be the escalation's channel: this app did not make it, and its name does not begin with esc_"},
		"of the announcements":     {channel{Name: "escalated_customers", Member: true, Creator: self}, destination.Channel{Name: "escalated_customers", Stated: true}, "", "it is the channel of the announcements"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.channels[0].Name = "elsewhere" // the policy's channel is another than the built-in one
			it := f.add(c.channel)
			if c.channel.ID != "" {
				f.channels = f.channels[:1]
			}
			if c.refused != "" {
				f.refuse = func(method string, _ url.Values) (any, int, bool) {
					if method == "conversations.info" {
						return no(c.refused), http.StatusOK, false
					}
					return nil, 0, false
				}
			}
			w := f.workspace()
			w.policy.Channels.Announcement = "elsewhere"
			made := done(intent("opened", notice.Channel, notice.CreateChannel, notice.Value(string(c.of.Name))), destination.Receipt{Ref: it.ID + "/" + string(c.of.Name)})
			opened := done(intent("opened", notice.Channel, notice.Tell, said("Welcome")), destination.Receipt{Ref: it.ID + "/1.1"})
			for _, n := range allInChannel() {
				_, err := w.Deliver(t.Context(), in(c.of, n, made, opened), false)
				if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, destination.ErrInDoubt) {
					t.Errorf("%s %s: %v, want %s", n.Key, n.Do, err, c.want)
				}
			}
			for _, call := range f.asked {
				if method, _, _ := strings.Cut(call, " "); method != "conversations.info" && method != "auth.test" {
					t.Errorf("it asked for %s", call)
				}
			}
			// Who may change the file may name another channel, and gets it.
			r, err := w.Deliver(t.Context(), in(destination.Channel{Name: "esc_northwind-b", Private: c.of.Private, Stated: true}, allInChannel()[0], made, opened), false)
			if b := f.named("esc_northwind-b"); err != nil || b == nil || len(b.messages) != 1 || b.Private != c.of.Private {
				t.Errorf("%+v, %v: %+v", r, err, b)
			}
			// A policy that changes the beginning of all names has not decided that.
			r, err = w.Deliver(t.Context(), in(destination.Channel{Name: "acct_northwind", Private: c.of.Private}, allInChannel()[0], made, opened), false)
			if err == nil || f.named("acct_northwind") != nil {
				t.Errorf("another prefix: %+v, %v", r, err)
			}
		})
	}
}

// A channel that is ours stays it under another name, and where somebody took the app
// out of it; of one that is private and that the app is in, a person hears.
func TestChannelStaysOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel channel
		note    string
	}{
		"renamed":          {channel{Name: "war-room", Member: true, Creator: self}, ""},
		"without the app":  {channel{Name: "esc_northwind", Creator: self}, ""},
		"of an app before": {channel{Name: "esc_northwind", Member: true, Creator: "U0OLD"}, ""},
		"private":          {channel{Name: "esc_northwind", Member: true, Creator: self, Private: true}, "#esc_northwind is private, and the process wants it public (P17)"},
	} {
		f := newFake(t)
		it := f.add(c.channel)
		if name == "renamed" {
			f.add(channel{Name: "esc_northwind", Creator: "U0EVE"}) // who took the name has nothing of it
		}
		made := done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: it.ID + "/esc_northwind"})
		w := f.workspace()
		r, _ := deliver(t, w, delivery(intent("update 1", notice.Channel, notice.Tell, said("News")), made), false)
		deliver(t, w, delivery(intent("closed 1", notice.Channel, notice.Archive, nil), made), false)
		if len(it.messages) != 1 || !it.Archived || r.Note != c.note || slices.ContainsFunc(f.channels, func(x *channel) bool { return x != it && (len(x.messages) > 0 || x.Archived) }) {
			t.Errorf("%s: %+v: %+v", name, r, it)
		}
	}
}

// What has the name of an escalation's channel, and is none: it stays untouched, and
// the next name is taken only where it was seen what has this one.
func TestNameOfAnother(t *testing.T) {
	t.Parallel()
	const unlisted = "there is a channel #esc_northwind, which Slack does not show to this app: it was made just now, or it is private. " +
		"Run again; if it is private, invite the app there or make it public, or name another as `channel:` in the escalation's file"
	for name, c := range map[string]struct {
		there  channel
		wanted destination.Channel
		note   string
		err    string
	}{
		"somebody's":        {channel{Name: "general", Creator: "U0MIN"}, destination.Channel{Name: "general", Stated: true}, "#general is taken (this app did not make it, and its name does not begin with esc_): it is #general-2", ""},
		"without a prefix":  {channel{Name: "northwind", Creator: "U0MIN", Member: true}, destination.Channel{Name: "northwind"}, "it is #northwind-2", ""},
		"the announcements": {channel{Name: "escalated_customers", Creator: self, Member: true}, destination.Channel{Name: "escalated_customers", Stated: true}, "#escalated_customers is taken (it is the channel of the announcements): it is #escalated_customers-2", ""},
		"private, unseen":   {channel{Name: "esc_northwind", Private: true}, destination.Channel{Name: "esc_northwind"}, "", unlisted},
		"private, seen": {channel{Name: "esc_northwind", Private: true, Member: true, Creator: self}, destination.Channel{Name: "esc_northwind"}, "",
			"#esc_northwind is private, and the escalation is not restricted: make it public, or name another as `channel:` in the escalation's file"},
		"not listed for long": {channel{Name: "esc_northwind", Member: true, Creator: self, unlisted: 99}, destination.Channel{Name: "esc_northwind"}, "", unlisted},
	} {
		f := newFake(t)
		there := f.add(c.there)
		before := *there
		n := intent("opened", notice.Channel, notice.CreateChannel, notice.Value(string(c.wanted.Name)))
		for _, inDoubt := range []bool{false, true} {
			r, err := f.workspace().Deliver(t.Context(), in(c.wanted, n), inDoubt)
			switch {
			case c.err != "" && (err == nil || err.Error() != c.err):
				t.Errorf("%s: %v, want %s", name, err, c.err)
			case c.err == "" && (err != nil || !strings.Contains(r.Note, c.note)):
				t.Errorf("%s: %+v, %v, want %s", name, r, err, c.note)
			}
		}
		if want := map[bool]int{true: 2, false: 3}[c.err != ""]; len(f.channels) != want || there.Archived || there.Member != before.Member || len(there.messages) > 0 {
			t.Errorf("%s: %d channels, %+v", name, len(f.channels), there)
		}
	}
}

// No channel is made under the name of the announcements, though it is free.
func TestNameOfTheAnnouncements(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.channels = nil
	w := f.workspace()
	w.policy.Channels.Announcement = "esc_all"
	for _, name := range []string{"esc_all", "escalated_customers"} {
		r, err := w.Deliver(t.Context(), in(destination.Channel{Name: schema.ChannelName(name)}, intent("opened", notice.Channel, notice.CreateChannel, notice.Value(name))), false)
		if err != nil || f.named(name) != nil || f.named(name+"-2") == nil || r.Note != "#"+name+" is taken (it is the channel of the announcements): it is #"+name+"-2" {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// A private channel that the app archived is seen by its members alone: a run that
// was killed after that makes no other. One that somebody took the app out of is held.
func TestPrivateArchivedUnsaid(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	it := f.add(channel{Name: "esc_northwind", Private: true, Archived: true, Creator: self})
	made := done(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), destination.Receipt{Ref: it.ID + "/esc_northwind"})
	archive := intent("closed 1", notice.Channel, notice.Archive, nil)
	restricted := destination.Channel{Name: "esc_northwind", Private: true}
	for _, n := range []notice.Notice{intent("closed 1", notice.Channel, notice.Tell, said("Closed")), archive} {
		d := in(restricted, n, made)
		d.Thread = append(d.Thread[:1:1], intent("closed 1", notice.Channel, notice.Tell, said("Closed")), archive)
		if r, err := f.workspace().Deliver(t.Context(), d, true); err != nil || !r.Kept || r.Ref != it.ID {
			t.Errorf("%s: %+v, %v", n.Do, r, err)
		}
		if _, err := f.workspace().Deliver(t.Context(), d, false); err == nil {
			t.Errorf("%s: what is in no doubt is taken for done", n.Do)
		}
	}
	if len(f.channels) != 2 {
		t.Errorf("%d channels", len(f.channels))
	}
}

// Where the file that was told cannot be read, nobody knows whether it is restricted.
func TestChannelOfUnread(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	d := delivery(intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")))
	d.Channel = func() (destination.Channel, error) { return destination.Channel{}, errors.New("it cannot be read") }
	if r, err := f.workspace().Deliver(t.Context(), d, false); err == nil || len(f.channels) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// The announcements go to no channel that another organization reads.
func TestAnnouncementsShared(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.channels[0].Shared = true
	_, err := f.workspace().Deliver(t.Context(), delivery(intent("severity 1", notice.Announcement, notice.Tell, said("Raised"))), false)
	if want := "#escalated_customers is shared with another organization, which would read what is internal: end that, or name another as `channels: {announcement: ...}` in the policy"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// --verify names what people did to a channel, each with what to do.
func TestVerifyByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*fake, *channel)
		want []string
	}{
		"nothing":  {func(*fake, *channel) {}, nil},
		"renamed":  {func(_ *fake, c *channel) { c.Name = "war-room" }, []string{"opened changed: it was renamed from #esc_northwind to #war-room: it is used all the same; rename it back, so that people find it"}},
		"archived": {func(_ *fake, c *channel) { c.Archived, c.Member = true, false }, []string{"opened unseen", "opened changed: somebody archived it: open it again in Slack; until then nothing is said there"}},
		"made private": {func(_ *fake, c *channel) { c.Private, c.Member = true, false },
			[]string{"opened unseen", "opened changed: Slack does not show #esc_northwind to this app (channel_not_found): it was made private or deleted, or the app was removed; invite the app there, or make it public again"}},
		"private, with the app": {func(_ *fake, c *channel) { c.Private = true }, []string{"opened changed: it is private, and the process wants it public (P17): make it public again"}},
		"deleted": {func(f *fake, _ *channel) { f.channels = f.channels[:1] },
			[]string{"opened unseen", "opened changed: Slack does not show #esc_northwind to this app (channel_not_found): it was made private or deleted, or the app was removed; invite the app there, or make it public again"}},
		"shared": {func(_ *fake, c *channel) { c.Shared = true },
			[]string{"opened changed: #esc_northwind cannot be the escalation's channel: it is shared with another organization, which would read what is internal; nothing is said there until that ends"}},
		"the app removed":  {func(_ *fake, c *channel) { c.Member = false }, []string{"opened unseen", "opened changed: somebody took the app out of it: the next notice lets it join again"}},
		"another topic":    {func(_ *fake, c *channel) { c.Topic.Value = "lunch" }, []string{"opened changed: somebody changed the topic: the next change of severity, DRI or steps sets it again"}},
		"unpinned":         {func(_ *fake, c *channel) { c.pins = nil }, []string{"opened changed: the opening message is not pinned any more: pin it again by hand"}},
		"message deleted":  {func(_ *fake, c *channel) { c.messages, c.pins = nil, nil }, []string{"opened missing", "opened changed: the opening message is not pinned any more: pin it again by hand"}},
		"bookmark removed": {func(_ *fake, c *channel) { c.marks = nil }, []string{"opened changed: the bookmark of the case is gone: add it again by hand"}},
		"no scope for pins": {func(f *fake, _ *channel) {
			f.refuse = func(method string, _ url.Values) (any, int, bool) {
				if method == "pins.list" {
					return no(noScope), http.StatusOK, false
				}
				return nil, 0, false
			}
		}, []string{"opened unseen: the app lacks the scope pins:read"}},
		"announcements archived": {func(f *fake, _ *channel) { f.channels[0].Archived = true }, []string{"opened changed: somebody archived the channel of the announcements: open it again in Slack; until then nothing is announced"}},
		"announcements private": {func(f *fake, _ *channel) { f.channels[0].Private = true },
			[]string{"opened changed: there is no public channel #escalated_customers in Slack: make it, or make it public again, or name another as `channels: {announcement: ...}` in the policy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			thread := f.opened()
			c.do(f, f.named("esc_northwind"))
			if got := differences(t, f, thread); !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

// opened tells an opening, and returns what the ledger has of it.
func (f *fake) opened() []notice.Notice {
	f.t.Helper()
	w := f.workspace()
	var thread []notice.Notice
	for _, n := range []notice.Notice{
		intent("opened", notice.Channel, notice.CreateChannel, said("esc_northwind")), intent("opened", notice.Announcement, notice.Tell, declared("pending")),
		intent("opened", notice.Channel, notice.Topic, said("Northwind & <Sons>, severity high")), intent("opened", notice.Channel, notice.Bookmark, said("https://crm.example.com/1")),
		intent("opened", notice.Channel, notice.Tell, said("Welcome")), intent("opened", notice.Channel, notice.Pin, said("the opening message")),
	} {
		r, err := w.Deliver(f.t.Context(), delivery(n, thread...), false)
		if err != nil {
			f.t.Fatal(err)
		}
		thread = append(thread, done(n, r))
	}
	return thread
}

// differences are those that --verify finds, in words.
func differences(t *testing.T, f *fake, thread []notice.Notice) []string {
	t.Helper()
	all, err := f.workspace().Verify(t.Context(), thread)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		line := strings.TrimPrefix(d.Key, id+" ") + " " + string(d.Fault)
		if d.Says != "" {
			line += ": " + d.Says
		}
		got = append(got, line)
	}
	return got
}

// What is as a closed or a restricted escalation leaves it, is no change.
func TestVerifyClosed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	thread := f.opened()
	c := f.named("esc_northwind")
	_, closed := deliver(t, f.workspace(), delivery(intent("closed 1", notice.Channel, notice.Archive, nil), thread...), false)
	thread = append(thread, closed)
	if got, want := differences(t, f, thread), []string{"opened unseen"}; !slices.Equal(got, want) {
		t.Errorf("closed: %q, want %q", got, want)
	}
	c.Archived, c.Member = false, true
	if got, want := differences(t, f, thread), []string{"closed 1 changed: the escalation is closed, and somebody opened its channel again: archive it, or reopen the escalation"}; !slices.Equal(got, want) {
		t.Errorf("opened again: %q, want %q", got, want)
	}
	c.Archived, c.Member, c.Private = true, false, true
	for i := range thread {
		if declares(thread[i]) { // of one that is restricted
			thread[i].Text = notice.Text{notice.Title(notice.Inline{Words: "New Escalation: 2026/northwind (restricted)"})}
			f.named("escalated_customers").messages[0].Text = "New Escalation: 2026/northwind (restricted)"
		}
	}
	if got, want := differences(t, f, thread), []string{"opened unseen"}; !slices.Equal(got, want) {
		t.Errorf("restricted and closed: %q, want %q", got, want)
	}
	c.Private = false
	if got, want := differences(t, f, thread[:len(thread)-1]), "opened changed: it is public, and the escalation is restricted: make it private again; until then nothing is said there"; !slices.Contains(got, want) {
		t.Errorf("restricted, made public: %q, want %q", got, want)
	}
}

// What is said before a standup is held up with the rest of the channel, and of that
// one alone.
func TestScheduleByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel channel
		want    int
	}{
		"ours":            {channel{Name: "esc_northwind", Member: true}, 2},
		"without the app": {channel{Name: "esc_northwind"}, 2},
		"private":         {channel{Name: "esc_northwind", Private: true}, 1},
		"somebody's":      {channel{Name: "general", Member: true, Creator: "U0MIN"}, 1},
		"shared":          {channel{Name: "esc_northwind", Member: true, Shared: true}, 1},
	} {
		f := newFake(t)
		channels := map[schema.ID]string{id: f.add(c.channel).ID, "2026/other": f.add(channel{Name: "esc_other", Member: true}).ID}
		told := func(of schema.ID) []notice.Notice {
			return []notice.Notice{done(intent("opened", notice.Channel, notice.CreateChannel, said("x")), destination.Receipt{Ref: channels[of] + "/x"})}
		}
		planned := []destination.Planned{{Escalation: id, At: f.now.Add(time.Hour), Text: said("Standup")}, {Escalation: "2026/other", At: f.now.Add(time.Hour), Text: said("Standup")}}
		if n, _, err := f.workspace().Schedule(t.Context(), planned, told); err != nil || n != c.want {
			t.Errorf("%s: %d scheduled (%v), want %d", name, n, err, c.want)
		}
	}
}
