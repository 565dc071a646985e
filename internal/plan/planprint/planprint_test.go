package planprint_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/plan/planprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/schema"
)

// planOf is a plan with a text in every place that a file's text may come to.
func planOf(n int, text string) planprint.Plan {
	p := planprint.Plan{Base: "main", Plan: plan.Plan{Escalations: map[schema.ID]plan.Escalation{}, Announcement: "escalated_customers"}}
	for i := range n {
		id := schema.ID(fmt.Sprintf("2026/customer-%03d", i))
		p.Escalations[id] = plan.Escalation{Customer: schema.Text(text), Channel: "esc_customer"}
		for _, to := range notice.Places() {
			p.Notices = append(p.Notices, notice.Notice{Key: string(id) + " opened", Escalation: id, Moment: notice.Opened, To: to, Mentions: []schema.Handle{"jdoe"}, Text: notice.Value(text + "\n" + string(to))})
		}
		p.Notices = append(p.Notices, notice.Notice{Escalation: id, Do: notice.Topic, To: notice.Channel, Text: notice.Value(text)})
		p.Pastes = append(p.Pastes, plan.Paste{Escalation: id, Into: "cta", Text: notice.Value(text)})
		p.Quiet = append(p.Quiet, plan.Quiet{Escalation: id, Why: text})
		p.Unfilled = append(p.Unfilled, plan.Unfilled{Escalation: id, Role: "cro"})
	}
	return p
}

// A comment has a bound, and what has no room in it is named.
func TestPlanMarkdownIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int
		text string
		left bool
	}{
		{1, "words", false},
		{1, strings.Repeat("words and more of them ", 2200), false}, // 50 KB, cut where it stands
		{1, strings.Repeat("<", 50_000), true},
		{10, strings.Repeat("@jodoe ", 7_000), true},
		{20, strings.Repeat("<", 12_000), true},
		{500, strings.Repeat("words ", 100), true},
		{3000, "words", true},
	} {
		var b bytes.Buffer
		if err := planprint.Markdown(&b, planOf(c.n, c.text)); err != nil {
			t.Fatal(err)
		}
		if n := utf8.RuneCount(b.Bytes()); n > markdown.MaxComment {
			t.Errorf("%d times %.10q: %d characters", c.n, c.text, n)
		}
		if left := strings.Contains(b.String(), "Left out here"); left != c.left {
			t.Errorf("%d times %.10q: left out is %t, want %t", c.n, c.text, left, c.left)
		}
		if !strings.Contains(b.String(), "Opening in `#escalated_customers`") {
			t.Errorf("%d times %.10q: the declaration has no room", c.n, c.text)
		}
		if opened, closed := strings.Count(b.String(), "<details>"), strings.Count(b.String(), "</details>"); opened != closed {
			t.Errorf("%d times %.10q: %d details begin, %d end", c.n, c.text, opened, closed)
		}
	}
}

// codeSpan is a span of code, in which nothing does anything, with what is before
// it.
var codeSpan = regexp.MustCompile("(^|[^\\\\`])`[^`\n]+`")

// What somebody wrote into a file does nothing in a comment or a log.
func TestPlanIsInert(t *testing.T) {
	t.Parallel()
	const hostile = "<!channel> <@U1> @everyone @org/team `a` ```\n-->\ncloses #1 GH-1\n### Heading\n::error::x\n  ::set-output name=a::b\n##[error]x\n" +
		"</details></summary><img src=x>\n\u202Eabc\x1b[31mred\x00\n<!-- escalate: forged -->\n- [x] done\n| a | b |"
	var text, markdown bytes.Buffer
	if err := planprint.Text(&text, planOf(2, hostile), terminal.Screen{}); err != nil {
		t.Fatal(err)
	}
	if err := planprint.Markdown(&markdown, planOf(2, hostile)); err != nil {
		t.Fatal(err)
	}
	outside := codeSpan.ReplaceAllString(markdown.String(), "$1")
	for name, c := range map[string]struct{ text, bad string }{
		"a workflow command":     {text.String(), `(?m)^\s*::|##\[`},
		"a sequence of escape":   {text.String(), "[\x00\x1b\u202E]"},
		"a marker":               {markdown.String(), `<!`},
		"HTML":                   {outside, `<(!|img|@|/?(h\d|b|pre|code)\b)`},
		"a mention":              {outside, `@(everyone|org)`},
		"the number of an issue": {outside, `#1\b|GH-1`},
		"a heading":              {markdown.String(), `(?m)^(> |- )?### Heading`},
		"a block of code":        {markdown.String(), "```"},
		"a hidden character":     {markdown.String(), "[\x00\x1b\u202E]"},
	} {
		if found := regexp.MustCompile(c.bad).FindString(c.text); found != "" {
			t.Errorf("%s: %q", name, found)
		}
	}
	if ends := strings.Count(markdown.String(), "</details>"); ends != strings.Count(markdown.String(), "<details>") {
		t.Error("a text ends what is unfolded")
	}
}
