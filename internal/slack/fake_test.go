package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

const (
	token = "xoxb-of-the-tests"
	self  = "U0BOT"
	id    = "2026/northwind"
	file  = "https://github.com/acme/escalations/blob/HEAD/escalations/2026/northwind.yaml"
)

// fake is a Slack that keeps channels and messages, and remembers what it was
// asked.
type fake struct {
	t   testing.TB
	url string

	mu       sync.Mutex
	asked    []string // method and what it was about
	channels []*channel
	made     int // channels
	clock    int
	page     int // how many messages or channels a page has
	scopes   string
	// refuse answers instead of it, where it returns anything. carried reports
	// whether it is carried out all the same.
	refuse func(method string, form url.Values) (answer any, status int, carried bool)

	waited time.Duration
	now    time.Time
}

type channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
	Creator  string `json:"creator"`
	Private  bool   `json:"is_private"` // then its members alone see it
	Shared   bool   `json:"is_ext_shared"`
	Topic    topic  `json:"topic"`
	unlisted int    // how often it is not in a list yet
	members  []string
	pins     []string
	marks    []mark
	messages []posted
	planned  []scheduled
}

type topic struct {
	Value string `json:"value"`
}

type scheduled struct {
	ID      string `json:"id"`
	Channel string `json:"channel_id"`
	PostAt  int    `json:"post_at"`
	Text    string `json:"text"`
}

type mark struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
}

type posted struct {
	TS       string          `json:"ts"`
	User     string          `json:"user"`
	Text     string          `json:"text"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
}

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{t: t, page: 100, now: time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)}
	f.channels = []*channel{{ID: "C0ANN", Name: "escalated_customers", Member: true}}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

// workspace is the destination that speaks to it.
func (f *fake) workspace() *Workspace {
	f.t.Helper()
	w, err := NewWorkspace(Config{
		Token: token, API: f.url,
		Now: func() time.Time { return f.now },
		Wait: func(_ context.Context, d time.Duration, why string) error {
			if why != "Slack takes one message a second in a channel" && why != "Slack says that a channel is there, and does not show it yet" {
				f.t.Errorf("it waits, and says %q", why)
			}
			f.waited += d
			f.now = f.now.Add(d)
			return nil
		},
	}, people(), policy())
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

func people() schema.Directory {
	return schema.Directory{People: map[schema.Handle]schema.Person{
		"jdoe": {Name: "Jo Doe", Slack: "U0JO"}, "mlee": {Name: "Min Lee", Slack: "U0MIN"}, "gone": {Name: "Gus One", Slack: "U0GONE"}, "tmora": {Name: "Tomás Mora"},
	}}
}

func policy() schema.Policy {
	p := schema.DefaultPolicy()
	p.Channels.SupportGroup = "S0SUP"
	return p
}

func (f *fake) named(name string) *channel {
	i := slices.IndexFunc(f.channels, func(c *channel) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return f.channels[i]
}

func (f *fake) called(ref string) *channel {
	i := slices.IndexFunc(f.channels, func(c *channel) bool { return c.ID == ref })
	if i < 0 {
		return nil
	}
	return f.channels[i]
}

// add makes a channel by hand.
func (f *fake) add(c channel) *channel {
	f.made++
	c.ID = fmt.Sprintf("C%03d", f.made)
	f.channels = append(f.channels, &c)
	return &c
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	method := path.Base(r.URL.Path)
	if err := r.ParseForm(); err != nil {
		f.t.Error(err)
	}
	if r.Header.Get("Authorization") != "Bearer "+token {
		f.t.Errorf("%s with the authorization %q", method, r.Header.Get("Authorization"))
	}
	asked := method
	for _, name := range []string{"name", "channel", "users", "cursor", "link"} {
		if v := r.Form.Get(name); v != "" {
			asked += " " + v
		}
	}
	f.asked = append(f.asked, asked)
	var answer any
	status, carried := http.StatusOK, true
	if f.refuse != nil {
		if a, s, c := f.refuse(method, r.Form); a != nil || s != 0 {
			answer, status, carried = a, s, c
		}
	}
	if carried {
		if done := f.do(method, r.Form); answer == nil && status == http.StatusOK {
			answer = done
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if f.scopes != "" {
		w.Header().Set("X-OAuth-Scopes", f.scopes)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // whoever asked may be gone
}

// no is a refusal.
func no(code string) map[string]any { return map[string]any{"ok": false, "error": code} }

// ok is an answer.
func ok(more map[string]any) map[string]any {
	answer := map[string]any{"ok": true}
	maps.Copy(answer, more)
	return answer
}

// do answers a call as Slack does.
func (f *fake) do(method string, form url.Values) any {
	c := f.called(form.Get("channel") + form.Get("channel_id"))
	if c != nil && c.Private && !c.Member {
		c = nil
	}
	if c == nil && !slices.Contains([]string{"auth.test", "chat.scheduledMessages.list", "conversations.create", "conversations.list"}, method) {
		return no("channel_not_found")
	}
	members := []string{"chat.postMessage", "conversations.setTopic", "conversations.invite", "conversations.archive", "pins.add", "bookmarks.list", "bookmarks.add", "bookmarks.edit", "conversations.history", "pins.list", "chat.scheduleMessage"}
	if c != nil && slices.Contains(members, method) {
		switch {
		case !c.Member:
			return no("not_in_channel")
		case c.Archived && method == "conversations.archive":
			return no("already_archived")
		case c.Archived && method != "conversations.history" && method != "bookmarks.list" && method != "pins.list":
			return no("is_archived")
		}
	}
	switch method {
	case "auth.test":
		return ok(map[string]any{"url": "https://acme.slack.com/", "user_id": self, "bot_id": "B0BOT"})
	case "conversations.create":
		if f.named(form.Get("name")) != nil {
			return no("name_taken")
		}
		private := form.Get("is_private") == "true"
		return ok(map[string]any{"channel": f.add(channel{Name: form.Get("name"), Member: true, Creator: self, Private: private, members: []string{self}})})
	case "conversations.list":
		var seen []*channel
		for _, c := range f.channels {
			kind := map[bool]string{false: "public_channel", true: "private_channel"}[c.Private]
			if kind != form.Get("types") || c.Private && !c.Member {
				continue
			}
			if c.unlisted == 0 {
				seen = append(seen, c)
			} else if form.Get("cursor") == "" {
				c.unlisted--
			}
		}
		some, next := pageOf(f, seen, form)
		return ok(map[string]any{"channels": some, "response_metadata": map[string]string{"next_cursor": next}})
	case "conversations.info":
		return ok(map[string]any{"channel": c})
	case "conversations.join":
		if c.Archived {
			return no("is_archived")
		}
		c.Member = true
		return ok(map[string]any{"channel": c})
	case "conversations.setTopic":
		c.Topic.Value = form.Get("topic")
		return ok(map[string]any{"channel": c})
	case "conversations.invite":
		for user := range strings.SplitSeq(form.Get("users"), ",") {
			switch {
			case user == "U0GONE":
				return no("user_not_found")
			case slices.Contains(c.members, user):
				return no("already_in_channel")
			}
		}
		c.members = append(c.members, strings.Split(form.Get("users"), ",")...)
		return ok(map[string]any{"channel": c})
	case "conversations.archive": // which throws the app out
		c.Archived, c.Member = true, false
	case "pins.add":
		if slices.Contains(c.pins, form.Get("timestamp")) {
			return no("already_pinned")
		}
		c.pins = append(c.pins, form.Get("timestamp"))
	case "pins.list":
		items := []any{}
		for _, at := range c.pins {
			items = append(items, map[string]any{"type": "message", "channel": c.ID, "message": map[string]string{"ts": at}})
		}
		return ok(map[string]any{"items": items})
	case "bookmarks.list":
		return ok(map[string]any{"bookmarks": c.marks})
	case "bookmarks.add":
		c.marks = append(c.marks, mark{fmt.Sprint("Bk", len(c.marks)), form.Get("title"), form.Get("link")})
		return ok(map[string]any{"bookmark": c.marks[len(c.marks)-1]})
	case "bookmarks.edit":
		for i, m := range c.marks {
			if m.ID == form.Get("bookmark_id") {
				c.marks[i].Link = form.Get("link")
			}
		}
		return ok(map[string]any{"bookmark": mark{}})
	case "chat.postMessage":
		f.clock++
		m := posted{TS: fmt.Sprintf("17000000%02d.000100", f.clock), User: self, Text: form.Get("text"), Metadata: json.RawMessage(form.Get("metadata")), Blocks: json.RawMessage(form.Get("blocks"))}
		if form.Get("unfurl_links") != "false" || form.Get("unfurl_media") != "false" || form.Get("parse") != "none" {
			f.t.Errorf("a message is posted with %v", form)
		}
		c.messages = append(c.messages, m)
		return ok(map[string]any{"channel": c.ID, "ts": m.TS})
	case "chat.scheduleMessage":
		at, _ := strconv.Atoi(form.Get("post_at"))
		f.clock++
		c.planned = append(c.planned, scheduled{fmt.Sprint("Q", f.clock), c.ID, at, form.Get("text")})
		return ok(map[string]any{"channel": c.ID, "scheduled_message_id": fmt.Sprint("Q", f.clock)})
	case "chat.scheduledMessages.list":
		var all []scheduled
		for _, c := range f.channels {
			all = append(all, c.planned...)
		}
		some, next := pageOf(f, all, form)
		return ok(map[string]any{"scheduled_messages": some, "response_metadata": map[string]string{"next_cursor": next}})
	case "chat.deleteScheduledMessage":
		c.planned = slices.DeleteFunc(c.planned, func(s scheduled) bool { return s.ID == form.Get("scheduled_message_id") })
	case "chat.update":
		for i := range c.messages {
			if c.messages[i].TS == form.Get("ts") {
				c.messages[i].Text, c.messages[i].Blocks = form.Get("text"), json.RawMessage(form.Get("blocks"))
				return ok(map[string]any{"channel": c.ID, "ts": form.Get("ts")})
			}
		}
		return no("message_not_found")
	case "conversations.history":
		if form.Get("include_all_metadata") != "1" {
			f.t.Error("the history is read without the metadata")
		}
		newest := slices.Clone(c.messages)
		slices.Reverse(newest)
		some, next := pageOf(f, newest, form)
		return ok(map[string]any{"messages": some, "has_more": next != "", "response_metadata": map[string]string{"next_cursor": next}})
	default:
		f.t.Errorf("nobody knows the method %s", method)
	}
	return ok(nil)
}

// pageOf is one page of a list.
func pageOf[T any](f *fake, all []T, form url.Values) (some []T, next string) {
	from, _ := strconv.Atoi(form.Get("cursor"))
	to := min(from+f.page, len(all))
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return append([]T{}, all[from:to]...), next
}

// intent is a line of the ledger that is to be done. key begins with its moment.
func intent(key string, to notice.Place, do notice.Do, text notice.Text, mentions ...schema.Handle) notice.Notice {
	moment, _, _ := strings.Cut(key, " ")
	return notice.Notice{
		Escalation: id, Key: id + " " + key, Moment: notice.Moment(moment), Do: do, To: to, Via: via, State: notice.Intent,
		At: time.Date(2026, 11, 21, 17, 59, 0, 0, time.UTC), Text: text, Mentions: mentions,
	}
}

// of is a message that the app told of an escalation in its channel.
func of(escalation string) posted {
	metadata, _ := json.Marshal(map[string]any{"event_type": event, "event_payload": map[string]any{"escalation": escalation, "to": "channel", "keys": []string{escalation + " opened"}}})
	return posted{TS: "1.1", User: self, Metadata: metadata}
}

// said is a text of a paragraph.
func said(words string) notice.Text { return notice.Value(words) }

// done is a line of the ledger after its delivery.
func done(n notice.Notice, r destination.Receipt) notice.Notice {
	n.State, n.Ref, n.URL = notice.Done, r.Ref, r.URL
	return n
}

// delivery is one notice to deliver, after others.
func delivery(n notice.Notice, thread ...notice.Notice) destination.Delivery {
	return destination.Delivery{
		Message: notice.Message{n}, Thread: append(thread, n),
		Channel: func() (destination.Channel, error) { return destination.Channel{Name: "esc_northwind"}, nil },
		Address: func(s notice.Spot) string {
			return map[notice.Spot]string{notice.AtFile: file, notice.AtTracking: "https://github.com/acme/escalations/issues/7"}[s]
		},
	}
}
