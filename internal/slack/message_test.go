package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// shown are the blocks of a message, each as its type and its text. A mrkdwn
// text in which Slack would look for names fails the test.
func shown(t testing.TB, blocks []byte) []string {
	t.Helper()
	type text struct {
		Type, Text string
		Verbatim   bool
	}
	var read []struct {
		Type     string
		Text     text
		Elements []text
	}
	if err := json.Unmarshal(blocks, &read); err != nil {
		t.Fatalf("%v: %s", err, blocks)
	}
	var all []string
	for _, b := range read {
		of := append(b.Elements, b.Text)[0]
		if of.Verbatim == (b.Type == "header") || (of.Type == "plain_text") != (b.Type == "header") {
			t.Errorf("a %s of %+v", b.Type, of)
		}
		all = append(all, b.Type+" "+of.Text)
	}
	return all
}

// declared is a short declaration with what is said of the case.
func declared(state string) notice.Text {
	value := notice.Words(state)
	if strings.Contains(state, "://") {
		value = notice.Line{{Link: state}}
	}
	return notice.Text{
		notice.Title(notice.Inline{Words: "New Escalation: Northwind"}),
		{Fields: []notice.Field{
			{Label: "Slack Channel", Value: notice.Line{{Words: "#esc_northwind", Place: notice.AtChannel}}},
			{Label: "Case", Value: value},
			{Label: "Support DRI", Value: notice.Line{{Words: "Tomás Mora", Person: "tmora"}, {Words: ", "}, {Words: "@support-manager-oncall", Group: notice.OnCall}}},
			{Label: "Description", Value: notice.Words("ping @support-manager-oncall")},
		}},
		{Links: links()},
	}
}

// links is the line of links of a notice.
func links() []notice.Inline {
	return []notice.Inline{{Words: "File", Place: notice.AtFile}, {Words: "Tracking issue", Place: notice.AtTracking}, {Words: "#esc_northwind", Place: notice.AtChannel}}
}

// hostile is what somebody may write into a field of one line or of several.
const hostile = "*bold _it ~off `code ```fence <!channel> <@U0EVE> <https://evil.example|good> & &lt;!here&gt; @here :smile: \u202e>>> x"

// texts are what plan makes, by name: as people write it, and with hostile words
// in every field.
func texts() map[string]notice.Text {
	all := map[string]notice.Text{}
	met, open := true, false
	for name, v := range map[string]struct{ customer, line, prose, person, link string }{
		"":         {"Northwind & Sons", "logins fail since the upgrade", "Logins fail since Monday.\n\nSee https://status.example.com/1.", "Jo Doe", "https://crm.example.com/cases/1"},
		"-hostile": {hostile, hostile, hostile + "\n>>> all of the rest\n```\n*Severity:* low\n> quoted\n" + hostile, "Eve *Doe* <@U0EVE>", "https://evil.example/|<!here>"},
	} {
		person := notice.Inline{Words: v.person, Person: "jdoe"}
		link := notice.Inline{Words: "Case", Link: v.link}
		end := notice.Block{Links: append(links(), link)}
		all["declaration"+name] = notice.Text{
			notice.Title(notice.Inline{Words: "New Escalation: " + v.customer}),
			{Fields: []notice.Field{
				{Label: "Customer", Value: notice.Words(v.customer)},
				{Label: "Slack Channel", Value: notice.Line{{Words: "#esc_northwind", Place: notice.AtChannel}}},
				{Label: "Meeting Notes", Value: notice.Line{{Link: "https://docs.example.com/notes"}}},
				{Label: "SFDC Escalation case URL", Value: notice.Line{{Link: v.link}}},
				{Label: "Severity", Value: notice.Words("High")},
				{Label: "Status", Value: notice.Words("Opened")},
				{Label: "Product DRI", Value: notice.Words("none: not product related (", v.line, ")")},
				{Label: "Support DRI", Value: notice.Line{person, {Words: ", "}, {Words: "@support-manager-oncall", Group: notice.OnCall}}},
				{Label: "Description", Value: notice.Words(v.prose)},
				{Label: "FYI", Value: notice.Line{person, {Words: ", "}, {Words: "Min Lee", Person: "mlee"}}},
			}},
			notice.Paragraph(person, notice.Inline{Words: ", CSM, is the DRI. The case is of type "}, notice.Inline{Words: "Escalation", Code: true}, notice.Inline{Words: "."}),
			end,
		}
		all["opening"+name] = notice.Text{
			notice.Title(notice.Inline{Words: "Welcome to the escalation of " + v.customer}),
			{Fields: []notice.Field{{Label: "Severity", Value: notice.Words("High")}, {Label: "Case", Value: notice.Line{{Link: v.link}}}, {Label: "Skills", Value: notice.Words(v.line)}}},
			notice.Heading("Initial ask"), notice.Paragraph(notice.Inline{Words: v.prose}),
			notice.Heading("Exit criteria"), {List: []notice.Item{{Text: notice.Words(v.line), Done: &met}, {Text: notice.Words("the customer says so"), Done: &open}}},
			notice.Heading("What is next"), {List: []notice.Item{{Text: notice.Line{{Words: v.line + " ("}, person, {Words: ", by Fri 27 Nov)"}}}}},
			end,
		}
		quote := notice.Block{Quote: &notice.Quote{
			Head: notice.Line{{Words: "Update by "}, person, {Words: ", Sat 21 Nov 18:00 UTC, to customer and internal"}}, By: "jdoe", At: time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC), Text: v.prose,
		}}
		all["update"+name] = notice.Text{quote, end}
		all["severity"+name] = notice.Text{
			notice.Title(notice.Inline{Words: "Severity raised from high to critical: " + v.customer}),
			{Fields: []notice.Field{{Label: "DRI", Value: notice.Line{person}}}},
			quote,
			notice.Paragraph(notice.Inline{Words: "Informed: "}, person),
			end,
		}
		all["closure"+name] = notice.Text{
			notice.Title(notice.Inline{Words: "Escalation closed: " + v.customer}),
			{Fields: []notice.Field{
				{Label: "Closed by", Value: notice.Line{person, {Words: ", Sat 21 Nov 18:00 UTC"}}},
				{Label: "Exit criteria met", Value: notice.Words("no: ", v.line)},
				{Label: "Agreement", Value: notice.Line{{Words: v.line, Link: "https://docs.example.com/agreement"}}},
				{Label: "CSM sentiment", Value: notice.Words(v.line)},
			}},
			notice.Heading("What was done"), notice.Paragraph(notice.Inline{Words: v.prose}),
			end,
		}
	}
	return all
}

func atTest(s notice.Spot) string {
	return map[notice.Spot]string{notice.AtFile: file, notice.AtTracking: "https://github.com/acme/escalations/issues/7"}[s]
}

// What Slack shows of each kind of notice, as its Block Kit has it.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, text := range texts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := compose(people(), renderer{policy().Channels.SupportGroup, "C001", atTest}, content{text: text, mentions: []schema.Handle{"jdoe", "tmora", "mlee"}})
			sent, err := json.Marshal(map[string]any{"text": m.text, "blocks": m.sent()})
			if err != nil {
				t.Fatal(err)
			}
			var as any // written without \u003c, it can be read
			if err := json.Unmarshal(sent, &as); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(as); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got.String() != string(want) {
				t.Errorf("%v: got\n%s\nwant\n%s", err, got.Bytes(), want)
			}
		})
	}
}

// markup is all that is in angle brackets, which is all that Slack takes for a
// mention, a channel or a link.
var markup = regexp.MustCompile(`<[^>]*>`)

// faults are what is wrong with a message, whatever its text says: more than
// Slack takes, or more than words in what somebody wrote.
func faults(m message, mentions ...string) []string {
	var faults []string
	total := 0
	var marks []string
	for _, b := range m.blocks {
		n := utf8.RuneCountInString(b.text)
		total += n
		most := map[kind]int{header: 150, section: 3000, footnote: 3000}[b.kind]
		if n > most || strings.TrimSpace(b.text) == "" {
			faults = append(faults, fmt.Sprintf("a %s of %d characters", b.kind, n))
		}
		if b.kind == header {
			continue // plain text
		}
		if strings.Contains(b.text, "```") || strings.Contains(b.text, "&gt;&gt;&gt;") && strings.HasPrefix(strings.TrimSpace(b.text), "&gt;&gt;") {
			faults = append(faults, "it reaches beyond its line: "+b.text)
		}
		for _, of := range markup.FindAllString(b.text, -1) {
			if !strings.HasPrefix(of, "<http") {
				marks = append(marks, of)
			}
		}
		if rest := markup.ReplaceAllString(b.text, ""); strings.Contains(strings.ReplaceAll("\n"+rest, "\n>", ""), ">") || strings.Contains(rest, "<") {
			faults = append(faults, "half a link: "+b.text)
		}
		for line := range strings.SplitSeq(b.text, "\n") {
			for _, amp := range strings.Split(line, "&")[1:] {
				if !strings.HasPrefix(amp, "amp;") && !strings.HasPrefix(amp, "lt;") && !strings.HasPrefix(amp, "gt;") {
					faults = append(faults, "half an escaped character: "+line)
				}
			}
		}
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	if !slices.Equal(marks, mentions) {
		faults = append(faults, fmt.Sprintf("it mentions %q, not %q", marks, mentions))
	}
	if total > 12_000 || len(m.blocks) > 50 || m.text == "" || utf8.RuneCountInString(m.text) > 3000 {
		faults = append(faults, fmt.Sprintf("%d characters in %d blocks, and %d", total, len(m.blocks), utf8.RuneCountInString(m.text)))
	}
	return faults
}

// Whatever somebody writes, wherever it stands, a message keeps to Slack's
// limits, pings nobody whom the directory does not name, and is never empty.
func TestCompose(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		hostile, "<!channel> <@U1> <!subteam^S1> <#C1>", "@channel @here @everyone", "New Escalation\nSupport DRI: none\nDescription: @support-manager-oncall <!here>",
		strings.Repeat("a", 16<<10), strings.Repeat("&", 16<<10), strings.Repeat("word ", 3<<10), strings.Repeat("line\n", 3<<10), strings.Repeat("<!channel>", 2<<10),
		strings.Repeat("https://example.com/", 700), "x " + strings.Repeat("https://example.com/ ", 700), "x\n" + strings.Repeat("東京", 7<<10), strings.Repeat("\n", 16<<10) + "x",
		strings.Repeat("``", 3000), strings.Repeat("*", 5000), "https://example.com/" + strings.Repeat("a", 1900) + " " + strings.Repeat("b c", 1900),
	} {
		short := notice.Words(strings.Join(strings.Fields(text), " "))
		for name, b := range map[string]notice.Block{
			"title": notice.Title(short...), "heading": {Heading: short}, "paragraph": notice.Paragraph(notice.Inline{Words: text}), "field": {Fields: []notice.Field{{Label: "Label", Value: notice.Words(text)}}},
			"item": {List: []notice.Item{{Text: notice.Words(text)}}}, "quote": {Quote: &notice.Quote{Head: short, Text: text}}, "code": notice.Paragraph(notice.Inline{Words: text, Code: true}),
			"link": notice.Paragraph(notice.Inline{Words: text, Link: "https://example.com"}), "address": notice.Paragraph(notice.Inline{Words: "x", Link: text}), "person": notice.Paragraph(notice.Inline{Words: text, Person: "jdoe"}),
			"pieces": notice.Paragraph(slices.Repeat([]notice.Inline{{Words: text}, {Words: ">", Code: true}, {Words: "`"}}, 3)...),
		} {
			long := utf8.RuneCountInString(text) > 13_000 && name != "title" && name != "link"
			of := content{text: notice.Text{b, {Links: []notice.Inline{{Words: "#c", Place: notice.AtChannel}}}}, mentions: []schema.Handle{"jdoe"}, repeated: name == "code", other: "esc"}
			m := compose(people(), renderer{"S0SUP", "C1", atTest}, of)
			for _, fault := range faults(m, "<#C1>", "<@U0JO>") {
				t.Errorf("%.40q as a %s: %.200s", text, name, fault)
			}
			cut := slices.ContainsFunc(m.blocks, func(b block) bool { return strings.Contains(b.text, "The rest is in the file of the escalation.") })
			if strings.TrimSpace(text) != "x" && long && !cut {
				t.Errorf("%.40q as a %s: it does not say that there is more", text, name)
			}
			if !long && cut && utf8.RuneCountInString(text) < 5_000 {
				t.Errorf("%.40q as a %s: all has room, and it says that there is more", text, name)
			}
		}
	}
}

// A message of many blocks has room for fifty, and says where the rest is.
func TestManyBlocks(t *testing.T) {
	t.Parallel()
	for n, cut := range map[int]bool{48: false, 49: true, 500: true} {
		text := slices.Repeat(notice.Text{notice.Paragraph(notice.Inline{Words: "words"})}, n)
		m := compose(people(), renderer{address: atTest}, content{text: append(text, notice.Block{Links: links()}), mentions: []schema.Handle{"jdoe"}})
		faults := faults(m, "<@U0JO>")
		if len(faults) > 0 {
			t.Error(faults)
		}
		at := len(m.blocks) - 3
		if got := m.blocks[at].text == "<"+file+"|The rest is in the file of the escalation.>"; got != cut || !cut && len(m.blocks) != n+2 {
			t.Errorf("of %d, the last is %v in %d", n, m.blocks[at], len(m.blocks))
		}
	}
}

// Only so many people are pinged that what is told has room.
func TestManyMentions(t *testing.T) {
	t.Parallel()
	directory := schema.Directory{People: map[schema.Handle]schema.Person{}}
	var all []schema.Handle
	for n := range 1000 {
		h := schema.Handle(fmt.Sprint("p", n))
		directory.People[h] = schema.Person{Slack: schema.SlackID(fmt.Sprintf("U%010d", n))}
		all = append(all, h)
	}
	m := compose(directory, renderer{}, content{text: said("News"), mentions: all})
	if len(m.blocks) != 2 || !strings.HasPrefix(m.blocks[1].text, "cc <@U0000000000> <@U0000000001> ") || !strings.HasSuffix(m.blocks[1].text, "<@U0000000149> and 850 more") {
		t.Errorf("%v", m.blocks)
	}
}

// A line as Slack shows it.
func TestLine(t *testing.T) {
	t.Parallel()
	r := renderer{"S0SUP", "C1", atTest}
	for _, tt := range []struct {
		name string
		line notice.Line
		want string
	}{
		{"white space between pieces", notice.Line{{Words: "a ", Person: "jdoe"}, {Words: " b"}, {Words: "\nc ", Link: ""}, {Link: "https://x.y"}, {Words: " d"}}, "a b c <https://x.y> d"},
		{"a link with words", notice.Line{{Words: "Case & more", Link: "https://x.y/?a=1&b=2"}}, "<https://x.y/?a=1&amp;b=2|Case &amp; more>"},
		{"an address that is not safe to click", notice.Line{{Words: "Case", Link: "javascript:alert(1)"}}, "Case: javascript:alert(1)"},
		{"words that read as another address", notice.Line{{Words: "https://good.example/é", Link: "https://evil.example"}}, "https://good.example/é: <https://evil.example>"},
		{"a place", notice.Line{{Words: "File", Place: notice.AtFile}}, "<" + file + "|File>"},
		{"a place that is not there yet", notice.Line{{Words: "Change it", Place: notice.AtEdit}}, "Change it"},
		{"the channel", notice.Line{{Words: "#esc_x", Place: notice.AtChannel}}, "<#C1>"},
		{"the group", notice.Line{{Words: "@oncall", Group: notice.OnCall}}, "<!subteam^S0SUP>"},
		{"a group that the policy does not name", notice.Line{{Words: "@others", Group: "others"}}, "@others"},
		{"a person", notice.Line{{Words: "Jo Doe", Person: "jdoe"}}, "Jo Doe"},
		{"code", notice.Line{{Words: "is "}, {Words: "severity:high", Code: true}}, "is `severity:high`"},
		{"code and a tick of somebody", notice.Line{{Words: "it`s "}, {Words: "severity:high", Code: true}}, "it`s severity:high"},
		{"a fence of two pieces", notice.Line{{Words: "``"}, {Words: "` x"}}, "`` ` x"},
	} {
		if got := r.line(tt.line); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := (renderer{}).line(notice.Line{{Words: "@oncall", Group: notice.OnCall}, {Words: " #esc", Place: notice.AtChannel}}); got != "@oncall #esc" {
		t.Errorf("without a group and a channel: %q", got)
	}
	if got := r.bold(notice.Words("Jo *Doe")); got != "Jo *Doe" {
		t.Errorf("a star ends the bold: %q", got)
	}
}

// A line that is too long is cut behind a word, and in no link or escaped
// character.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"one two three", []string{"one two", "three"}},
		{"one two", []string{"one two"}},
		{"onetwothreefour", []string{"onetwothre", "efour"}},
		{"abcdefgh&amp;&lt;", []string{"abcdefgh", "&amp;&lt;"}},
		{"one <u|a b> x", []string{"one", "<u|a b> x"}},
		{"ones<u|a b>x", []string{"ones", "<u|a b>x"}},
		{"<u|a> <v|b c>", []string{"<u|a>", "<v|b c>"}},
		{"", []string{""}},
	} {
		if got := cut(tt.line, 10); !slices.Equal(got, tt.want) {
			t.Errorf("%q is cut into %q, want %q", tt.line, got, tt.want)
		}
	}
}
