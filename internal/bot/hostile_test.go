package bot

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// hostile is what somebody writes who wants something to happen, or who does not know.
var hostile = rapid.SampledFrom([]string{
	"_No response_", "None", "- [X] yes", "- [ ] no", "### How bad is it?\n\ncritical", "## Which customer is it", "**What is needed first?** all", "*How is it going to be resolved?*", "### Anything",
	"@everyone", "@mallory", "@org/team", "<!channel>", "<@U012AB3CD>", "closes #1", "Fixes https://github.com/acme/escalations/issues/1", "GH-1", "acme/escalations#1",
	"<!-- escalate: answer 101 -->", "<!-- escalate: 2026/northwind -->", "-->", "<!--", "<!-- answers 0123456789ab -->", "</details>", "<img src=x onerror=1>", "<script>",
	"::error::x", "::set-output name=x::y", "##[error]x", "$(touch /tmp/x)", "`id`", "${{ secrets.X }}", "'; rm -rf /", "../../etc/passwd", "--force",
	"```\n/close\n```", "```", "~~~", "> /close", "On Tue, 24 Nov 2026 at 10:30, Jo Doe <jo@example.com> wrote:", "> quoted", "-- ", "/close", "/help", "/assign @mallory", "/severity low because x",
	"a\x00b", "\u202egpj.exe", "\u2066a\u2069", "\u200b", "\x1b[2J", "\ufeff", "\xff\xfe", "漢字 かな 한글", "שלום", "مرحبا", "🙂", "é", "&#64;mallory", "\\@mallory", "| a | b |\n| - | - |", "---", "===", "key: value", "- {a: b}", "*anchor", "!!binary x", "%TAG", "{", "'", "\"", "#", "\t", "\r\n", "\u2028",
	"Jo Doe (jdoe)", "jdoe", "@jodoe", "friday", "2026-12-01", "https://docs.example.com/x", "high", "yes", "resolved", "1", "resolution: resolved", "because", "until",
	strings.Repeat("y ", 25_000),
})

// often checks a property with 200 draws: rapid has 100 unless a flag says another number.
func often(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	for range 2 {
		rapid.Check(t, property)
	}
}

func hostileText(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(hostile, 0, most).Draw(t, label), rapid.SampledFrom([]string{" ", "\n", ""}).Draw(t, "between"))
}

var (
	backquotes = regexp.MustCompile("`+")
	fenced     = regexp.MustCompile("(?ms)^(```+)[a-z]*\n.*?^```+$")
	// mention is what GitHub makes one of, reference what refers to an issue.
	mention   = regexp.MustCompile(`(?:^|[^A-Za-z0-9_/&;.+-])@[A-Za-z0-9]`)
	reference = regexp.MustCompile(`(?i)(?:^|[^\w&;])(?:#|gh-)[0-9]|github\.com/[\w./-]+/(?:issues|pull)/[0-9]`)
	// of GitLab: what it refers to, and what it carries out.
	referenceLab = regexp.MustCompile(`(?i)(?:^|[^\w&;])(?:gl-[0-9]|[!$&][0-9]|~["a-z]|%["{])|\[[a-z_]+:`)
	quickAction  = regexp.MustCompile(`(?m)^\s*/`)
)

// rendered is Markdown without its code: that goes on to as many backquotes as it begins
// with.
func rendered(markdown string) string {
	markdown = fenced.ReplaceAllString(markdown, "")
	runs := backquotes.FindAllStringIndex(markdown, -1)
	var b strings.Builder
	at := 0
	for i := 0; i < len(runs); i++ {
		length := func(r []int) int { return r[1] - r[0] }
		end := slices.IndexFunc(runs[i+1:], func(r []int) bool { return length(r) == length(runs[i]) })
		if end < 0 || runs[i][0] > 0 && markdown[runs[i][0]-1] == '\\' {
			continue
		}
		b.WriteString(markdown[at:runs[i][0]] + "\ufffc")
		i += end + 1
		at = runs[i][1]
	}
	return b.String() + markdown[at:]
}

// wrong describes what an answer does beside saying something; "" where that is nothing.
func wrong(markdown string) string {
	plain := rendered(markdown)
	switch {
	case !utf8.ValidString(markdown):
		return "it is no UTF-8"
	case strings.Contains(markdown, "<!"), len(marker.Read(markdown)) > 0:
		return "it has a marker, or a comment of HTML"
	case mention.MatchString(plain):
		return fmt.Sprintf("it mentions somebody: %q", mention.FindString(plain))
	case reference.MatchString(plain):
		return fmt.Sprintf("it refers to an issue: %q", reference.FindString(plain))
	case referenceLab.MatchString(plain):
		return fmt.Sprintf("it refers to something on GitLab: %q", referenceLab.FindString(plain))
	case quickAction.MatchString(plain):
		return "GitLab carries out a line of it"
	case regexp.MustCompile(`<[a-z/]`).MatchString(strings.NewReplacer("<https://", "", "<http://", "").Replace(plain)):
		return "it has HTML"
	case strings.ContainsFunc(strings.ReplaceAll(markdown, "\n", ""), escape.Hidden):
		return "it has what cannot be seen"
	case len(markdown) > 60_000:
		return fmt.Sprintf("it has %d bytes", len(markdown))
	}
	for l := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(l), "::") || strings.HasPrefix(l, "##[") {
			return "it is a command of a workflow"
		}
	}
	return ""
}

// Whatever a comment says, its answer does nothing but say something, and what is
// committed is a file that is read, by whoever wrote it, of the one escalation.
func TestAnyComment(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	often(t, func(rt *rapid.T) {
		d := comment.On(rapid.SampledFrom([]ci.Platform{ci.GitHub, ci.GitLab}).Draw(rt, "forge"))
		var parts []string
		names := []string{"", "/update ", "/significant both ", "/severity ", "/step ", "/done ", "/met ", "/criterion ", "/case ", "/support ", "/product-dri @", "/dri @", "/cover @", "/snooze ", "/close\nresolution: ", "/reopen because ", "/fix ", "/updat ", "/ "}
		for range rapid.IntRange(1, 3).Draw(rt, "parts") {
			name := strings.Replace(rapid.SampledFrom(names).Draw(rt, "name"), "/", d.Written(""), 1)
			parts = append(parts, name+hostileText(rt, "text", 4))
		}
		body := strings.Join(parts, "\n")
		read := d.Read(body)
		a := &answer{dialect: d}
		for _, is := range slices.Sorted(maps.Keys(read.Unknown)) {
			a.add(fmt.Sprintf("There is no command %s", escape.MarkdownCode(is)), "")
		}
		tip := b.Clone.Tip
		data, deeds, err := Carry(tip.Tree, fixture.Northwind, read.Commands, Asked{Dialect: d, By: "jdoe", At: b.now, Now: b.now}, b.Judge(rt.Context(), tip))
		if err != nil {
			rt.Fatal(err)
		}
		a.deeds(deeds, "Done: %s.")
		for _, line := range a.lines {
			if w := wrong(line); w != "" {
				rt.Fatalf("%.300q is answered so that %s: %.500q", body, w, line)
			}
		}
		if s := subject(tree.ID(fixture.Northwind), doneOf(deeds)); strings.ContainsAny(s, "@#\n\x00") || strings.Contains(s, "Asked-for-in") || len(s) > 2000 {
			rt.Fatalf("%.300q is committed as %.300q", body, s)
		}
		if len(doneOf(deeds)) == 0 {
			if string(data) != string(tip.Load(fixture.Northwind).Data) {
				rt.Fatalf("%.300q does nothing, and the file is another", body)
			}
			return
		}
		e := tip.With(fixture.Northwind, data).Load(fixture.Northwind)
		if e.HeldBack() || e.Customer != "Northwind Traders" || e.Opened.By != "jdoe" {
			rt.Fatalf("%.300q makes it\n%.2000s", body, data)
		}
		for _, u := range e.Updates {
			if u.By != "jdoe" {
				rt.Fatalf("%.300q has %s say something", body, u.By)
			}
		}
	})
}

// Whatever an issue of the form says, there is one file for it, of that customer, by its
// author, or an answer that does nothing but say something; each answer is itself.
func TestAnyRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	f := form.New(&act.Case{Tree: b.Clone.Tip.Tree, By: "jdoe", At: b.now})
	good := map[string]string{
		"customer": "Fabrikam", "severity": "medium", "description": "Builds fail", "csm": "Jo Doe (jdoe)", "account-executive": "Ana Rivera (arivera)", "product-related": "no",
		"ask": "One engineer.", "approach": "Look.", "criterion": "Builds pass", "step": "Look at it @jodoe friday", "meeting-notes": "https://docs.example.com/f",
	}
	opened := 0
	often(t, func(rt *rapid.T) {
		free := []string{"description", "ask", "approach", "criterion"}
		said := maps.Clone(good)
		for range rapid.IntRange(0, 3).Draw(rt, "hostile ones") {
			id := f.Fields[rapid.IntRange(0, len(f.Fields)-1).Draw(rt, "field")].ID
			if rapid.Bool().Draw(rt, "text") {
				id = rapid.SampledFrom(free).Draw(rt, "free")
			}
			said[id] = hostileText(rt, id, 4)
		}
		var body strings.Builder
		for _, x := range f.Fields {
			text, ok := said[x.ID]
			if !ok {
				text = "_No response_"
			}
			for _, o := range x.Options {
				if text != "" && strings.HasPrefix(o, text+":") {
					text = o
				}
			}
			title := x.Title
			if rapid.IntRange(0, 30).Draw(rt, "renamed") == 0 {
				title = strings.ToUpper(title) + " *"
			}
			fmt.Fprintf(&body, "### %s\n\n%s\n\n", title, text)
		}
		i := forge.Issue{Number: 12, URL: "https://github.example/issues/12", Body: body.String(), Author: jo, Open: true, Created: b.now}
		o, why, err := b.opening(i, "jdoe")
		if err == nil && why == "" {
			why, err = b.refusal(rt.Context(), o)
		}
		if err != nil {
			rt.Fatal(err)
		}
		if why != "" {
			if w := wrong(why); w != "" {
				rt.Fatalf("%.3000q is answered so that %s: %.500q", said, w, why)
			}
			return
		}
		opened++
		if !tree.IsEscalation(o.path) || o.path == fixture.Northwind || strings.ContainsAny(subject(o.id, []string{o.says}), "@#\n") {
			rt.Fatalf("it is %q, %q", o.path, o.says)
		}
		e := b.Clone.Tip.With(o.path, o.data).Load(o.path)
		if e.HeldBack() || e.Opened.By != "jdoe" || !e.Opened.At.Equal(b.now) {
			rt.Fatalf("%.3000q makes\n%.2000s", said, o.data)
		}
		// What nobody touched is as it was written: no answer is taken for another.
		for id, is := range map[string]schema.Text{"customer": e.Customer, "ask": e.Ask, "approach": e.Approach} {
			if said[id] == good[id] && strings.TrimSpace(string(is)) != good[id] {
				rt.Fatalf("%.3000q: %s is %.300q", said, id, is)
			}
		}
		if said["severity"] == "medium" && e.Severity != schema.Medium || said["csm"] == good["csm"] && e.Account.CSM != "jdoe" {
			rt.Fatalf("%.3000q: the severity is %s, the CSM %s", said, e.Severity, e.Account.CSM)
		}
	})
	if opened == 0 {
		t.Error("none is opened")
	}
}
