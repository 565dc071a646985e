package notice_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

func ptr[T any](v T) *T { return &v }

// text has one block of each kind.
var text = notice.Text{
	notice.Title(notice.Inline{Words: "New Escalation"}),
	{Fields: []notice.Field{
		{Label: "Customer", Value: notice.Words("Northwind")},
		{Label: "Case", Value: notice.Line{{Link: "https://crm.example/1"}}},
		{Label: "Support DRI", Value: notice.Line{{Words: "Tom Ora", Person: "tmora"}, {Words: ", "}, {Words: "@oncall", Group: notice.OnCall}}},
	}},
	notice.Paragraph(notice.Inline{Words: "Two lines\nof words."}),
	notice.Heading("Exit criteria"),
	{List: []notice.Item{{Text: notice.Words("fast"), Done: ptr(true)}, {Text: notice.Words("small"), Done: ptr(false)}}},
	{Quote: &notice.Quote{Head: notice.Words("Update by Jo Doe"), By: "jdoe", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Text: "All\nis well."}},
	{Links: []notice.Inline{{Words: "File", Place: notice.AtFile}, {Words: "Case", Link: "https://crm.example/1"}}},
}

func TestPlain(t *testing.T) {
	t.Parallel()
	want := `New Escalation
Customer: Northwind
Case: https://crm.example/1
Support DRI: Tom Ora, @oncall

Two lines
of words.

Exit criteria:
- fast
- small

Update by Jo Doe:
All
is well.

File · Case: https://crm.example/1`
	if got := text.Plain(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := text.Title(); got != "New Escalation" {
		t.Errorf("title %q", got)
	}
	if got := text.Body().Plain(); !strings.HasPrefix(got, "Customer: ") {
		t.Errorf("body\n%s", got)
	}
	if got := text.Unlinked().Plain(); !strings.HasSuffix(got, "is well.") {
		t.Errorf("without links\n%s", got)
	}
}

// What is written into the ledger is read from it as it was.
func TestJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var read notice.Text
	if err := json.Unmarshal(data, &read); err != nil || !reflect.DeepEqual(read, text) {
		t.Errorf("read %+v, %v of\n%s", read, err, data)
	}
	if !strings.Contains(string(data), `{"words":"File","place":"file"}`) {
		t.Errorf("no symbolic link in\n%s", data)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.FixedZone("", 3600))
	for got, want := range map[string]string{
		notice.Once("2026/x", notice.Opened):        "2026/x opened",
		notice.Timed("2026/x", notice.Closed, at):   "2026/x closed 2026-11-20T09:00:00Z",
		notice.Numbered("2026/x", notice.Steps, 3):  "2026/x steps 3",
		notice.Numbered("2026/x", notice.Steps, 12): "2026/x steps 12",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for key, want := range map[string]int{"2026/x steps 12": 12, "2026/x steps": 0, "2026/x steps 2026-11-20T09:00:00Z": 0, "2026/y steps 4": 0, "2026/x step 4": 0} {
		n := notice.Notice{Escalation: "2026/x", Moment: notice.Steps, Key: key}
		if got := n.Number(); got != want {
			t.Errorf("%s has the number %d, want %d", key, got, want)
		}
	}
}

// The short ones of one run, escalation, place and destination are one message.
func TestMessages(t *testing.T) {
	t.Parallel()
	link := notice.Block{Links: []notice.Inline{{Words: "File", Place: notice.AtFile}}}
	short := func(key string, change func(*notice.Notice)) notice.Notice {
		n := notice.Notice{
			Escalation: "2026/x", Key: key, Moment: notice.Steps, To: notice.Channel, Via: "slack", Run: "1", Mentions: []schema.Handle{"jdoe", schema.Handle(key)},
			Text: notice.Text{notice.Paragraph(notice.Inline{Words: key}), link},
		}
		change(&n)
		return n
	}
	same := func(*notice.Notice) {}
	list := []notice.Notice{
		short("a", same),
		short("long", func(n *notice.Notice) { n.Moment = notice.Update }),
		short("b", func(n *notice.Notice) { n.Moment = notice.Standup }),
		short("handover", func(n *notice.Notice) { n.Moment = notice.DRI }),
		short("reminder", func(n *notice.Notice) { n.Moment = notice.Reminder }),
		short("elsewhere", func(n *notice.Notice) { n.To = notice.Tracking }),
		short("other", func(n *notice.Notice) { n.Escalation = "2026/y" }),
		short("run", func(n *notice.Notice) { n.Run = "2" }),
		short("later", func(n *notice.Notice) { n.At = time.Unix(1, 0) }),
		short("mail", func(n *notice.Notice) { n.Via = "mail" }),
		short("do", func(n *notice.Notice) { n.Do = notice.Topic }),
	}
	messages := notice.Messages(list)
	var got []string
	for _, m := range messages {
		got = append(got, strings.Join(m.Keys(), "+"))
	}
	if want := "a+b long handover reminder elsewhere other run later mail do"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := messages[0].Text().Plain(); got != "a\n\nb\n\nFile" {
		t.Errorf("the text is %q", got)
	}
	if got := messages[0].Mentions(); !reflect.DeepEqual(got, []schema.Handle{"jdoe", "a", "b"}) {
		t.Errorf("it mentions %s", got)
	}
}

// A reminder names the pull request that it is for; two proposals of one escalation are
// two messages.
func TestChange(t *testing.T) {
	t.Parallel()
	const id = "2026/northwind"
	remind := func(number int) notice.Notice {
		return notice.Notice{Escalation: id, Moment: notice.Reminder, To: notice.Proposal, Key: notice.Unmerged(id, number) + " 2026-11-23T09:00:00Z 1 2026-11-23"}
	}
	if got := remind(41).Change(); got != 41 {
		t.Errorf("it is for #%d", got)
	}
	elsewhere, none := remind(41), remind(-1)
	elsewhere.To = notice.Tracking
	for _, n := range []notice.Notice{elsewhere, none, {}} {
		if got := n.Change(); got != 0 {
			t.Errorf("%+v is for #%d", n, got)
		}
	}
	if got := notice.Messages([]notice.Notice{remind(41), remind(42), remind(41)}); len(got) != 2 {
		t.Errorf("%d messages", len(got))
	}
}
