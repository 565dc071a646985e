package viewprint_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

func brief(text func(string) string) view.Brief {
	b := view.NewBrief(one(text), nil)
	b.Trend = []view.Level{{Severity: schema.Low, At: day(20, 9)}, {Severity: schema.Critical, At: day(22, 9)}, {Severity: schema.High, At: day(24, 9)}}
	return b
}

func letter(text func(string) string) view.Letter {
	e := one(text)
	l := view.Letter{Customer: schema.Text(text("Northwind Traders")), Now: now, Criteria: e.Criteria}
	for _, u := range e.Updates {
		if u.Redacted == "" {
			l.Updates = append(l.Updates, view.Said{At: u.At, Amends: u.Amends, Text: u.Text})
		}
	}
	for _, s := range e.Steps {
		l.Steps = append(l.Steps, view.Planned{Step: s.Step, Due: s.Due, Done: s.Done})
	}
	return l
}

func TestBriefAndLetter(t *testing.T) {
	t.Parallel()
	for name, print := range map[string]func(w io.Writer, text func(string) string, s terminal.Screen) error{
		"brief": func(w io.Writer, text func(string) string, s terminal.Screen) error {
			return viewprint.Brief(w, brief(text), s)
		},
		"letter": func(w io.Writer, text func(string) string, s terminal.Screen) error {
			return viewprint.Letter(w, letter(text), s)
		},
	} {
		at := func(text func(string) string, width int) string {
			return printed(t, func(w io.Writer) error { return print(w, text, terminal.Screen{Width: width}) })
		}
		for _, width := range []int{60, 80, 200} {
			golden(t, fmt.Sprintf("%s-%d", name, width), at(same, width))
		}
		for _, text := range []func(string) string{same, traps, func(string) string { return evil }} {
			want := rendered(t, at(text, 0))
			for _, width := range []int{40, 47, 60, 80, 200} {
				got := at(text, width)
				inert(t, got)
				if rendered(t, got) != want { // where a line is broken says nothing
					t.Errorf("%s at %d means something else:\n%s\nnot\n%s", name, width, rendered(t, got), want)
				}
			}
		}
		for width := terminal.Narrowest; width <= terminal.Widest; width++ {
			for line := range strings.Lines(at(same, width)) {
				if line = strings.TrimRight(line, " \n"); terminal.Columns(line) > width && !strings.HasPrefix(line, "#") {
					t.Errorf("%s: %d columns of %d: %q", name, terminal.Columns(line), width, line)
				}
			}
		}
	}
}

// traps is text whose words begin something of Markdown's at the beginning of a line.
func traps(s string) string {
	return s + " - a # b + c * d 1. e 2) f > g = h === i --- j ~~~ k ``` l | m [x] n: o <b> p _q_ r &amp; s https://x.example/y t\n- u\n    v"
}

// rendered is Markdown as it is read, all white space being the same.
func rendered(t *testing.T, text string) string {
	t.Helper()
	return printed(t, func(w io.Writer) error {
		var b strings.Builder
		err := goldmark.Convert([]byte(text), &b)
		_, _ = io.WriteString(w, strings.Join(strings.Fields(b.String()), " "))
		return err
	})
}

func TestBriefSays(t *testing.T) {
	t.Parallel()
	of := func(edit func(*view.Brief)) string {
		b := brief(same)
		edit(&b)
		return printed(t, func(w io.Writer) error { return viewprint.Brief(w, b, terminal.Screen{}) })
	}
	for name, c := range map[string]struct {
		edit      func(*view.Brief)
		says, not string
	}{
		"raised":     {func(*view.Brief) {}, "**Trend:** opened as low, then critical from 2026-11-22, then high since 2026-11-24.", ""},
		"no history": {func(b *view.Brief) { b.Trend = []view.Level{{Severity: schema.High}} }, "**Trend:** high. ", "committed"},
		"not committed": {func(b *view.Brief) {
			b.Trend = []view.Level{{Severity: schema.Low, At: day(20, 9)}, {Severity: schema.High}}
		},
			"opened as low, then high, which is not committed yet.", "since the opening"},
		"restricted": {func(b *view.Brief) { b.Restricted = true }, "**Restricted:**", ""},
		"in time":    {func(b *view.Brief) { b.Unread, b.Next, b.Clocks, b.Steps = "", nil, nil, nil }, "open for 7 days. Nothing is late.", "late since"},
		"no steps":   {func(b *view.Brief) { b.Steps = nil }, "- No next step is open", ""},
		"closed": {func(b *view.Brief) {
			b.Status, b.Row.Ended, b.Next, b.Escalation.Ended = "resolved", day(26, 0), nil, []view.Link{{Label: "Summary", Value: "It was split."}}
		}, "**How it ended:** It was split.", "What is next"},
		"an analysis is owed": {func(b *view.Brief) {
			b.Status, b.Next = "resolved", &stale.Item{Clock: stale.RCA, State: stale.Due, What: "the analysis is owed", Due: day(29, 0)}
		}, "**What is next:** The analysis is owed, due Sat 28 Nov.", "- No next step"},
		"no update": {func(b *view.Brief) { b.Latest = nil }, "**What is next:**", "update**"},
	} {
		if text := of(c.edit); !strings.Contains(text, c.says) || c.not != "" && strings.Contains(text, c.not) {
			t.Errorf("%s: it does not say %q, or it says %q:\n%s", name, c.says, c.not, text)
		}
	}
}

func TestBriefJSON(t *testing.T) {
	t.Parallel()
	var out struct {
		Escalation string
		Trend      []struct{ Severity, At string }
		Update     *struct{ Text string }
		NextSteps  []struct{ Step string } `json:"next_steps"`
		Who        []struct{ As, Name string }
	}
	decode := func(b view.Brief) {
		if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.BriefJSON(w, b) })), &out); err != nil {
			t.Fatal(err)
		}
	}
	decode(brief(same))
	if out.Escalation != "2026/northwind" || len(out.Trend) != 3 || out.Trend[2].At != "2026-11-24T09:00:00Z" || out.Update == nil || len(out.NextSteps) != 2 || len(out.Who) != 4 {
		t.Errorf("got %+v", out)
	}
	decode(view.Brief{})
	if out.Update != nil {
		t.Error("there is an update of nothing")
	}
}

func TestLetterJSON(t *testing.T) {
	t.Parallel()
	var out map[string]any
	if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.LetterJSON(w, letter(same)) })), &out); err != nil {
		t.Fatal(err)
	}
	if len(out) != 5 || len(out["updates"].([]any)) != 4 || len(out["exit_criteria"].([]any)) != 2 || len(out["next_steps"].([]any)) != 3 {
		t.Errorf("got %v", out)
	}
}
