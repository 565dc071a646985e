package planprint_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	northwind = schema.ID("2026/northwind")
	tsukimori = schema.ID("2026/tsukimori")
)

// sample has a text of each kind of block, short notices that go out as one
// message, things done by two destinations, and all that is said beside them.
// Its names are long or wide.
func sample() planprint.Plan {
	links := notice.Block{Links: []notice.Inline{{Words: "escalations/2026/northwind.yaml", Place: notice.AtFile}, {Words: "case", Link: "https://crm.example.com/cases/5002"}}}
	declaration := notice.Text{
		notice.Title(notice.Inline{Words: "New Escalation"}),
		{Fields: []notice.Field{
			{Label: "Customer", Value: notice.Words("月森精機株式会社 (Tsukimori Precision Machinery, the whole of its group and all the plants)")},
			{Label: "Case", Value: notice.Line{{Link: "https://crm.example.com/cases/a-number-that-is-longer-than-a-line-of-sixty-columns"}}},
		}},
		links,
	}
	said := notice.Block{Quote: &notice.Quote{
		Head: notice.Words("Update by Jo Doe"), By: "jdoe", At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Text: "The queue is shorter than it was, and every team of the customer has seen it in its own pipelines.\n\nMore tomorrow.",
	}}
	p := plan.Plan{
		Announcement: "escalated_customers",
		Escalations: map[schema.ID]plan.Escalation{
			northwind: {Customer: "Northwind Traders", Channel: "esc_northwind"},
			tsukimori: {Customer: "月森精機株式会社", Channel: "esc_tsukimori", Restricted: true},
		},
		People:    schema.Directory{People: map[schema.Handle]schema.Person{"hshimizu": {Name: "清水 春香"}, "rking": {Name: "Robin King"}, "jdoe": {Name: "Jo Doe"}}},
		Quiet:     []plan.Quiet{{Escalation: northwind, Why: "only #esc_northwind and the tracking issue hear of an ordinary update, the exit criteria and the next steps (P22)"}},
		Suggested: []plan.Suggestion{{Escalation: northwind, Attendees: []schema.Handle{"jdoe", "rking", "mlee"}}},
		Unfilled:  []plan.Unfilled{{Escalation: tsukimori, Role: "cro"}},
		Pastes:    []plan.Paste{{Escalation: northwind, Into: "cta", Text: notice.Text{said}}, {Escalation: tsukimori, Into: "case", Text: declaration.Unlinked()}},
	}
	add := func(id schema.ID, m notice.Moment, do notice.Do, to notice.Place, via, mentions string, text notice.Text) {
		n := notice.Notice{Escalation: id, Key: notice.Numbered(id, m, 1), Moment: m, Do: do, To: to, Via: via, Text: text}
		for _, h := range strings.Fields(mentions) {
			n.Mentions = append(n.Mentions, schema.Handle(h))
		}
		p.Notices = append(p.Notices, n)
	}
	for _, to := range []notice.Place{notice.Channel, notice.Tracking} {
		via := map[notice.Place]string{notice.Channel: "slack", notice.Tracking: "github"}[to]
		add(northwind, notice.Update, notice.Tell, to, via, "", notice.Text{said, links})
		add(northwind, notice.Criteria, notice.Tell, to, via, "", notice.Text{notice.Paragraph(notice.Inline{Words: "Exit criteria, 1 of 2 met; met now: Queue time under 60 s at p95 for five working days."}), links})
		add(northwind, notice.Steps, notice.Tell, to, via, "jdoe", notice.Text{notice.Paragraph(notice.Inline{Words: "Next steps, 1 of 1 done; done now: Load test with the customer."}), links})
	}
	redacted := notice.Text{{Quote: &notice.Quote{Head: notice.Words("Update by Jo Doe"), By: "jdoe", At: said.Quote.At, Text: "redacted: it named a person"}}, links}
	add(northwind, notice.Redacted, notice.Edit, notice.Announcement, "", "", redacted)
	add(northwind, notice.Redacted, notice.Edit, notice.Tracking, "github", "", redacted)
	for i := range 2 {
		p.Notices[len(p.Notices)-1-i].Key = "2026/northwind redacted significant 2026-11-20T09:00:00Z"
	}
	add(northwind, notice.Opened, notice.Invite, notice.Channel, "", "jdoe rking", nil)
	add(tsukimori, notice.Opened, notice.CreateChannel, notice.Channel, "slack", "", notice.Value("esc_tsukimori"))
	add(tsukimori, notice.Opened, notice.OpenIssue, notice.Tracking, "github", "", declaration)
	add(tsukimori, notice.Opened, notice.Tell, notice.Announcement, "slack", "hshimizu rking", declaration)
	add(tsukimori, notice.Opened, notice.Tell, notice.Announcement, "mail", "hshimizu rking", declaration)
	add(tsukimori, notice.Opened, notice.Topic, notice.Channel, "slack", "", notice.Value("月森精機株式会社, severity high, DRI 清水 春香, next due 2026-11-24: Load test with the customer"))
	add(tsukimori, notice.Opened, notice.Invite, notice.Channel, "slack", "hshimizu rking", nil)
	add(tsukimori, notice.Opened, notice.Invite, notice.Channel, "chat", "hshimizu rking", nil)
	add(tsukimori, notice.Opened, notice.Label, notice.Tracking, "github", "", notice.Value("severity:high"))
	pending := notice.Notice{Escalation: "2026/fabrikam", Key: "2026/fabrikam opened", Moment: notice.Opened, To: notice.Channel, Via: "slack", Text: declaration}
	return planprint.Plan{Plan: p, Base: "origin/main (commit 8c1d2e3f4a)", Pending: []notice.Notice{pending}}
}

// report is what came of the sample, each result among it, and a text that
// nothing delivers.
func report() outbox.Report {
	r := outbox.Report{Plan: sample().Plan}
	for i, n := range r.Plan.Notices {
		if n.Via == "mail" {
			r.Plan.Notices[i].Via = "" // it is to be pasted
			continue
		}
		if n.Via == "" { // it is to be done by hand
			continue
		}
		o := outbox.Outcome{Notice: n, Result: outbox.Done}
		switch {
		case n.Do == notice.Label:
			o.Result, o.Err = outbox.Failed, errors.New("GitHub answers 403 Resource not accessible by integration: the token of the job needs `issues: write`")
		case n.Do == notice.Invite:
			o.Note = "清水 春香 (hshimizu) could not be invited: the account was deactivated"
		case n.Do == notice.OpenIssue:
			o.Result, o.URL = outbox.Kept, "https://github.com/acme/escalations/issues/1"
		case n.Tells():
			o.URL = "https://example.com/a-place-with-an-address-that-no-line-of-sixty-columns-has-room-for"
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func differences() []destination.Difference {
	return []destination.Difference{
		{Key: "2026/northwind update 2026-11-22T09:00:00Z", Escalation: northwind, To: notice.Tracking, Fault: destination.Missing, URL: "https://github.com/acme/escalations/issues/1#issuecomment-3"},
		{Key: "2026/northwind opened", Escalation: northwind, To: notice.Tracking, Fault: destination.Edited, Says: `its title is now "Southwind"`, URL: "https://github.com/acme/escalations/issues/1"},
		{Key: "2026/northwind opened", Escalation: northwind, To: notice.Tracking, Fault: destination.Closed, Says: "it is closed, and the escalation is open", URL: "https://github.com/acme/escalations/issues/1"},
		{Key: "2026/tsukimori opened", Escalation: tsukimori, To: notice.Channel, Fault: destination.Edited, URL: "https://example.slack.com/archives/C1/p1"},
		{Key: "2026/tsukimori opened", Escalation: tsukimori, To: notice.Announcement, Fault: destination.Doubled, URL: "https://example.slack.com/archives/C2/p1"},
		{Key: "2026/nobody opened", To: notice.Tracking, Fault: destination.Orphaned, URL: "https://github.com/acme/escalations/issues/9"},
		{Key: "2026/tsukimori opened", Escalation: tsukimori, To: notice.Channel, Fault: destination.Changed, Says: "it was renamed, and is #war-room now: rename it back", URL: "https://example.slack.com/archives/C1"},
		{Key: "2026/fabrikam closed", Escalation: "2026/fabrikam", To: notice.Channel, Fault: destination.Unseen},
	}
}

// printed is what a printer prints.
func printed(t *testing.T, do func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := do(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// printers are all that this package prints of the sample, by name.
func printers() map[string]func(io.Writer) error {
	all := map[string]func(io.Writer) error{
		"plan-markdown":     func(w io.Writer) error { return planprint.Markdown(w, sample()) },
		"plan-json":         func(w io.Writer) error { return planprint.JSON(w, sample()) },
		"apply-markdown":    func(w io.Writer) error { return planprint.ApplySummary(w, report()) },
		"apply-json":        func(w io.Writer) error { return planprint.ApplyJSON(w, report()) },
		"verify-text-none":  func(w io.Writer) error { return planprint.VerifyText(w, nil, terminal.Screen{Width: 80}) },
		"verify-text-blind": func(w io.Writer) error { return planprint.VerifyText(w, differences()[7:], terminal.Screen{Width: 80}) },
		"verify-json":       func(w io.Writer) error { return planprint.VerifyJSON(w, differences()) },
		"verify-json-none":  func(w io.Writer) error { return planprint.VerifyJSON(w, nil) },
	}
	for _, width := range []int{60, 80, 200} {
		s := terminal.Screen{Width: width}
		all[fmt.Sprintf("plan-text-%d", width)] = func(w io.Writer) error { return planprint.Text(w, sample(), s) }
		all[fmt.Sprintf("apply-text-%d", width)] = func(w io.Writer) error { return planprint.ApplyText(w, report(), s) }
		all[fmt.Sprintf("verify-text-%d", width)] = func(w io.Writer) error { return planprint.VerifyText(w, differences(), s) }
	}
	return all
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, print := range printers() {
		got, file := printed(t, print), filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
		}
	}
	files, err := filepath.Glob("testdata/*")
	if err != nil || len(files) != len(printers()) {
		t.Errorf("%d files in testdata for %d outputs, %v", len(files), len(printers()), err)
	}
}

// What goes out as one message stands there as one, and what two destinations
// tell or do alike stands there once.
func TestTextIsByMessage(t *testing.T) {
	t.Parallel()
	text := printed(t, func(w io.Writer) error { return planprint.Text(w, sample(), terminal.Screen{Width: 200}) })
	for part, want := range map[string]int{
		"Exit criteria in #esc_northwind and the tracking issue, mentioning jdoe": 1,
		"Next steps in ":                        0, // they stand below the exit criteria
		"Next steps, 1 of 1 done":               1,
		"Opening in #escalated_customers":       1,
		"invited to #esc_tsukimori: ":           1,
		"| escalations/2026/northwind.yaml · c": 3, // a line of links ends each message
	} {
		if got := strings.Count(text, part); got != want {
			t.Errorf("%q is there %d times, want %d:\n%s", part, got, want, text)
		}
	}
}

// Outside a text that is to be copied, no line is longer than the terminal is
// wide, if it has more than one word.
func TestFits(t *testing.T) {
	t.Parallel()
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		s := terminal.Screen{Width: width}
		for name, print := range map[string]func(io.Writer) error{
			"plan":   func(w io.Writer) error { return planprint.Text(w, sample(), s) },
			"apply":  func(w io.Writer) error { return planprint.ApplyText(w, report(), s) },
			"verify": func(w io.Writer) error { return planprint.VerifyText(w, differences(), s) },
		} {
			copied := false
			for line := range strings.Lines(printed(t, print)) {
				line = strings.TrimSuffix(line, "\n")
				if line == "--------" {
					copied = !copied
				}
				if !copied && terminal.Columns(line) > width && len(strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "| "))) > 1 {
					t.Errorf("%s at %d: %d columns: %q", name, width, terminal.Columns(line), line)
				}
			}
		}
	}
}

// What a destination answers, and what somebody wrote into a file, does nothing
// in a log or a summary.
func TestApplyIsInert(t *testing.T) {
	t.Parallel()
	const evil = "@jodoe closes #1 <!-- x --> <img src=x>\n::error::x\n  ::set-output name=a::b ##[group]x \x1b[31m \u202e"
	r := report()
	r.Plan.Escalations = map[schema.ID]plan.Escalation{northwind: {Customer: evil, Channel: evil}, tsukimori: {Customer: evil, Channel: evil}}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		o.Key, o.URL, o.Note, o.Via = evil, evil, evil, evil
		if o.Err != nil {
			o.Err = errors.New(evil)
		}
	}
	for i := range r.Plan.Notices {
		r.Plan.Notices[i].Text = notice.Value(evil)
	}
	for i := range r.Plan.Pastes {
		r.Plan.Pastes[i].Text = notice.Value(evil)
	}
	for i := range r.Plan.Quiet {
		r.Plan.Quiet[i].Why = evil
	}
	d := differences()
	for i := range d {
		d[i].Key, d[i].URL = evil, evil
	}
	texts := []string{
		printed(t, func(w io.Writer) error { return planprint.ApplyText(w, r, terminal.Screen{Width: 60}) }),
		printed(t, func(w io.Writer) error { return planprint.VerifyText(w, d, terminal.Screen{Width: 60}) }),
	}
	summary := printed(t, func(w io.Writer) error { return planprint.ApplySummary(w, r) })
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("a line of the log is %q", line)
			}
		}
	}
	for _, text := range append(slices.Clone(texts), summary) {
		if strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), escape.Hidden) {
			t.Errorf("a hidden character in %q", text)
		}
	}
	outside := codeSpan.ReplaceAllString(summary, "$1")
	for _, bad := range []string{"<!--", "<img", "@jodoe", "#1"} {
		if strings.Contains(outside, bad) {
			t.Errorf("the summary has %q:\n%s", bad, summary)
		}
	}
}

// The keys are promised to programs: every array is there, also an empty one.
func TestJSON(t *testing.T) {
	t.Parallel()
	for name, print := range map[string]func(io.Writer) error{
		"plan":  func(w io.Writer) error { return planprint.JSON(w, planprint.Plan{}) },
		"apply": func(w io.Writer) error { return planprint.ApplyJSON(w, outbox.Report{}) },
	} {
		var out map[string][]any
		if err := json.Unmarshal([]byte(printed(t, print)), &out); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"notices", "actions", "quiet", "unfilled", "paste"} {
			if list, ok := out[key]; !ok || list == nil {
				t.Errorf("%s: %s is %v", name, key, list)
			}
		}
	}
	var out struct {
		Notices []map[string]any
		Paste   []map[string]string
	}
	if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return planprint.ApplyJSON(w, report()) })), &out); err != nil {
		t.Fatal(err)
	}
	for _, n := range out.Notices {
		for _, key := range []string{"key", "escalation", "moment", "to", "via", "mentions", "text", "blocks", "state", "url"} {
			if n[key] == nil {
				t.Errorf("a notice has no %s: %v", key, n)
			}
		}
	}
	if !slices.ContainsFunc(out.Paste, func(p map[string]string) bool { return p["into"] == "announcement" }) {
		t.Errorf("what nothing delivers is not to be pasted: %v", out.Paste)
	}
}

// Where nothing can be written, the error says so.
func TestWriteError(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for name, print := range printers() {
		if err := print(failing{full}); !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }
