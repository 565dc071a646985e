package site_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/board"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/site"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

var checker = sync.OnceValues(shape.NewChecker)

// now is Thursday.
var now = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

// repository is a tree with its past.
type repository struct {
	tree   *tree.Tree
	record *board.Record
	told   map[schema.ID][]notice.Notice
}

// newRepository has the fixture's directory, and files: each is the fixture's escalation
// with texts replaced, pair by pair; what follows "" is added. Each was opened as it is.
func newRepository(t testing.TB, files map[schema.ID][]string) *repository {
	t.Helper()
	check, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))}}
	for id, edits := range files {
		fsys[tree.Path(id)] = &fstest.MapFile{Data: []byte(fixture.Edited(edits...))}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	r := &repository{tr, board.NewRecord([]history.Rules{{People: tr.People, Policy: tr.Policy}}), map[schema.ID][]notice.Notice{}}
	for _, p := range tr.Paths {
		e := tr.Load(p).Escalation
		at := e.Opened.At.Add(time.Hour)
		r.record.Add(history.Event{
			At: at, Effective: at, Commit: "0123456789abcdef0123456789abcdef01234567", Author: "Jo <jo@example.com>", Escalation: tree.ID(p),
			Change: string(notice.Opened), To: string(e.Severity) + ": " + string(e.Summary), After: &e,
		})
	}
	return r
}

// pages are the files of the site, by name; redacted where there is a key.
func (r *repository) pages(t testing.TB, key *redact.Redactor) map[string]string {
	t.Helper()
	return r.pagesOf(t, key, site.Options{Redacted: key != nil})
}

func (r *repository) pagesOf(t testing.TB, key *redact.Redactor, o site.Options) map[string]string {
	t.Helper()
	p, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	put := func(f site.File) error {
		if _, twice := files[f.Name]; twice {
			t.Errorf("%s is written twice", f.Name)
		}
		files[f.Name] = string(f.Data)
		return nil
	}
	var all []board.Facts
	report := stale.Check(r.tree, now, nil)
	of := report.Split()
	for _, path := range r.tree.Paths {
		e := r.tree.Load(path)
		if e.HeldBack() {
			t.Fatalf("%s: %+v", path, e.Findings)
		}
		s := board.Source{
			View: view.Of(r.tree, e, of(e.ID), r.told[e.ID]), File: &e.Escalation, People: r.tree.People, Policy: r.tree.Policy, Course: r.record.Of(e.ID),
			Audit: audit.Row{Severities: map[schema.Severity]time.Duration{e.Severity: 48 * time.Hour}, Channel: audit.Kept{InTime: 3, Missed: 1}},
		}
		facts := board.Of(s)
		page := board.NewPage(s, facts.Line, func(c string) string { return "https://forge.example.com/commit/" + c })
		if key != nil {
			page = redact.Of(key, page)
		}
		made, err := p.Escalation(page, site.Extra{Brief: "# Brief of " + string(e.Customer), Calendar: []byte("BEGIN:VCALENDAR\r\n")})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range made {
			_ = put(f)
		}
		all = append(all, facts)
	}
	b := board.New(now, all, report.Unread, r.tree.People)
	if key != nil {
		b = redact.Of(key, b)
		b.Redacted = true
		board.Sort(&b)
	}
	if err := p.Board(b, put); err != nil {
		t.Fatal(err)
	}
	return files
}

func newKey(t testing.TB, p schema.Policy) *redact.Redactor {
	t.Helper()
	key, err := redact.New([]byte("0123456789abcdef"), p)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// three are an open one with an update, a closed one and a restricted one.
func three(t testing.TB) *repository {
	r := newRepository(t, map[schema.ID][]string{
		"2026/northwind": {"", `cover: {dri: rking, until: 2026-12-04, reason: Leave}
updates:
  - {at: 2026-11-23T10:00:00Z, by: jdoe, to: [internal], significant: true, text: "The load test failed twice:\n- once on Monday\n- once on Tuesday"}
  - {at: 2026-11-24T10:00:00Z, by: jdoe, to: [customer, internal], redacted: It named somebody}
`},
		"2025/woodgrove": {"customer: Northwind Traders", "customer: Woodgrove Bank", "at: 2026-11-20", "at: 2026-11-03", "",
			"closure: {at: 2026-11-24T10:00:00Z, by: jdoe, resolution: deescalated, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"},
		"2026/hush": {"customer: Northwind Traders", "customer: Secretive Holdings", "summary: Pipelines wait 40", "summary: Quietly wait 41", "", "visibility: restricted\n"},
	})
	r.told["2026/northwind"] = []notice.Notice{
		{Escalation: "2026/northwind", Moment: notice.Opened, To: notice.Announcement, State: notice.Done, At: now.AddDate(0, 0, -5), URL: "https://chat.example.com/archives/1"},
		{Escalation: "2026/northwind", Moment: notice.Update, To: notice.Channel, State: notice.Intent, At: now.AddDate(0, 0, -3), URL: "javascript:alert(1)"},
	}
	return r
}

// The pages are as somebody has read them.
func TestGolden(t *testing.T) {
	t.Parallel()
	files := three(t).pages(t, nil)
	for _, name := range []string{"index.html", "closed/2026.html", "customers.html", "customers/woodgrove-bank.html", "people.html", "trends.html", "escalations/2026/northwind.html", "escalations/2026/hush.html"} {
		golden := filepath.Join("testdata", strings.ReplaceAll(name, "/", "-"))
		got, there := files[name]
		if !there {
			t.Errorf("there is no %s", name)
			continue
		}
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; read the difference, then run the test with -update", name, golden)
		}
	}
}

// tag matches one tag: its slash, name, attributes and the slash at its end.
var (
	tag       = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"<]*")?)*)\s*(/?)>`)
	attribute = regexp.MustCompile(`([a-zA-Z:-]+)(?:="([^"<]*)")?`)
	void      = []string{"meta", "link", "input", "br", "hr", "img"}
)

// element is a tag as it was opened.
type element struct {
	name       string
	attributes map[string]string
}

// elements are those of a page, in their order. It fails of a page that is not well
// formed: each sign that begins a tag begins one, and each element is closed in turn.
func elements(html string) ([]element, error) {
	html, ok := strings.CutPrefix(html, "<!doctype html>\n")
	if !ok {
		return nil, fmt.Errorf("it begins with %.30q", html)
	}
	var all []element
	var open []string
	for {
		i := strings.IndexByte(html, '<')
		if i < 0 {
			break
		}
		html = html[i:]
		m := tag.FindStringSubmatch(html)
		if m == nil {
			return nil, fmt.Errorf("no tag: %.80q", html)
		}
		html = html[len(m[0]):]
		switch {
		case m[1] == "/":
			if n := len(open) - 1; n < 0 || open[n] != m[2] {
				return nil, fmt.Errorf("%s closes %v", m[0], open)
			}
			open = open[:len(open)-1]
			continue
		case m[4] == "" && !slices.Contains(void, m[2]):
			open = append(open, m[2])
		}
		e := element{m[2], map[string]string{}}
		for _, a := range attribute.FindAllStringSubmatch(m[3], -1) {
			if _, twice := e.attributes[a[1]]; twice {
				return nil, fmt.Errorf("%s has %s twice", m[0], a[1])
			}
			e.attributes[a[1]] = a[2]
		}
		all = append(all, e)
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%v stay open", open)
	}
	return all, nil
}

// sound looks at all pages: they are well formed, no id comes twice, each link between
// them leads to something, and there is no style, no script and no other host in them but
// for links that somebody clicks.
func sound(t *testing.T, files map[string]string) {
	t.Helper()
	ids := map[string]map[string]bool{}
	pages := map[string][]element{}
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		all, err := elements(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		pages[name], ids[name] = all, map[string]bool{}
		robots, policy := false, false
		for _, e := range all {
			a := e.attributes
			if id, has := a["id"]; has {
				if ids[name][id] {
					t.Errorf("%s has the id %s twice", name, id)
				}
				ids[name][id] = true
			}
			robots = robots || a["name"] == "robots" && strings.HasPrefix(a["content"], "noindex")
			policy = policy || a["http-equiv"] == "Content-Security-Policy" && strings.ReplaceAll(a["content"], "&#39;", "'") == site.Policy
			if _, has := a["style"]; has || e.name == "style" || e.name == "script" && a["src"] == "" || e.name == "iframe" {
				t.Errorf("%s has %+v", name, e)
			}
			for key := range a {
				if strings.HasPrefix(key, "on") {
					t.Errorf("%s has %+v", name, e)
				}
			}
		}
		if !robots || !policy || strings.Count(text, "<script") != 1 {
			t.Errorf("%s: noindex %t, policy %t", name, robots, policy)
		}
	}
	for name, all := range pages {
		for _, e := range all {
			for _, key := range []string{"href", "src"} {
				to, has := e.attributes[key]
				if !has {
					continue
				}
				if strings.HasPrefix(to, "https://") && e.name == "a" {
					continue
				}
				file, anchor, _ := strings.Cut(to, "#")
				file = path.Join(path.Dir(name), file)
				if strings.HasPrefix(to, "#") {
					file = name
				}
				if _, there := files[file]; !there && file != "data.json" || strings.Contains(to, ":") {
					t.Errorf("%s leads to %q, which is not there", name, to)
				}
				if anchor != "" && !ids[file][anchor] {
					t.Errorf("%s leads to %q, which has no such place", name, to)
				}
			}
		}
	}
}

// Whatever there is, the pages are sound; the board of 200 is small.
func TestSound(t *testing.T) {
	t.Parallel()
	sound(t, three(t).pages(t, nil))
	for _, n := range []int{0, 1, 14, 200} {
		files := map[schema.ID][]string{}
		for i := range n {
			files[schema.ID(fmt.Sprintf("2026/customer-%d", i))] = []string{
				"customer: Northwind Traders", fmt.Sprintf("customer: Customer & Söhne %d", i), "severity: high", "severity: " + string(schema.AllSeverities()[i%4]),
				"", fmt.Sprintf("updates:\n  - {at: 2026-11-23T10:00:00Z, by: jdoe, to: [internal], significant: true, text: %q}\n", strings.Repeat("A long update. ", 40)),
			}
		}
		pages := newRepository(t, files).pages(t, nil)
		sound(t, pages)
		if listed, more := strings.Count(pages["index.html"], `<span class="change `), strings.Contains(pages["index.html"], "and 150 more before these"); listed != min(n, 50) || more != (n == 200) {
			t.Errorf("of %d, %d are listed as changed this week; more: %v", n, listed, more)
		}
		if size := len(pages["index.html"]); size > 300_000 {
			t.Errorf("the board of %d has %d bytes", n, size)
		}
		if want := 7 + 3*n; len(pages) != want { // a page and a calendar of each, and one of its customer
			t.Errorf("%d escalations make %d files, want %d", n, len(pages), want)
		}
	}
}

// hostile are texts that mean something to a browser, or to whoever looks at the page.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><script>x</script>`, `</textarea><svg onload=alert(1)>`,
	`<!-- comment`, `-->`, `<![CDATA[x]]>`, `&lt;b&gt;`, `&#60;script&#62;`, `{{.Root}}`, `{{template "head" .}}`, `javascript:alert(1)`, "`x`", `\x3cscript\x3e`,
	`<a href="https://evil.example">x</a>`, `<base href="https://evil.example/">`, `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
	`<style>*{display:none}</style>`, `<form action="https://evil.example"><input name=q>`, `</p></section></main>`, `=cmd|'/c calc'!A1`,
	"\u202eevil", "a\u200bb", "\u2066x\u2069", "\ufeffx", "x\u0085y", "👩\u200d🚀",
}

// shapeOf is a page without its words: its tags and the names of their attributes.
func shapeOf(t *testing.T, html string) string {
	t.Helper()
	all, err := elements(html)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range all {
		b.WriteString(e.name)
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for k := range e.attributes {
				if !yield(k) {
					return
				}
			}
		}) {
			b.WriteString(" " + key)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A hostile text in whatever field is words, and nothing else: the page has the tags that
// it has with a harmless one, and nothing that cannot be seen.
func TestHostile(t *testing.T) {
	t.Parallel()
	with := func(text string) map[string]string {
		r := three(t)
		p, err := site.New(site.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := r.tree.Load("escalations/2026/northwind.yaml")
		report := stale.Check(r.tree.Only(e.ID), now, nil)
		s := board.Source{View: view.Of(r.tree, e, report, r.told[e.ID]), File: &e.Escalation, People: r.tree.People, Policy: r.tree.Policy, Course: r.record.Of(e.ID)}
		facts := board.Of(s)
		page := board.NewPage(s, facts.Line, func(c string) string { return "https://forge.example.com/" + c })
		fill(reflect.ValueOf(&page).Elem(), text)
		gone := r.tree.Load("escalations/2025/woodgrove.yaml")
		ended := board.Of(board.Source{View: view.Of(r.tree, gone, stale.Check(r.tree.Only(gone.ID), now, nil), nil), File: &gone.Escalation, People: r.tree.People, Policy: r.tree.Policy, Course: r.record.Of(gone.ID)})
		b := board.New(now, []board.Facts{facts, ended}, []stale.Unread{{Escalation: "2026/x", Why: "x"}}, r.tree.People)
		fill(reflect.ValueOf(&b).Elem(), text)
		files := map[string]string{}
		made, err := p.Escalation(page, site.Extra{Brief: text, Calendar: []byte("x")})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range made {
			files[f.Name] = string(f.Data)
		}
		if err := p.Board(b, func(f site.File) error { files[f.Name] = string(f.Data); return nil }); err != nil {
			t.Fatal(err)
		}
		customers := ""
		for name, text := range files { // its name follows from the text
			if strings.HasPrefix(name, "customers/") {
				customers = text
				delete(files, name)
			}
		}
		files["customers/x.html"] = customers
		return files
	}
	want := with("harmless")
	for _, text := range hostile {
		for name, html := range with(text) {
			if !strings.HasSuffix(name, ".html") {
				continue
			}
			if shapeOf(t, html) != shapeOf(t, want[name]) {
				t.Errorf("%q makes other tags in %s", text, name)
			}
			for _, r := range html {
				if r != '\n' && escape.Hidden(r) {
					t.Errorf("%q has %U in %s", text, r, name)
				}
			}
			if strings.Contains(html, `href="javascript`) || strings.Contains(html, `href="https://evil`) {
				t.Errorf("%q is a link in %s", text, name)
			}
		}
	}
}

// fill puts a text into all words of a value: texts, names, and addresses too.
func fill(v reflect.Value, text string) {
	if v.Type() == reflect.TypeFor[schema.Time]() || v.Type() == reflect.TypeFor[schema.Date]() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		switch v.Interface().(type) {
		case schema.Text, schema.Handle, schema.ChannelName, schema.RegionName, schema.URL:
			if v.Len() > 0 {
				v.SetString(text)
			}
		}
	}
}

// A redacted site has no name, text, id or link of the tree, nor in the names of its files.
func TestRedacted(t *testing.T) {
	t.Parallel()
	r := three(t)
	files := r.pages(t, newKey(t, r.tree.Policy))
	sound(t, files)
	words := []string{"Northwind", "northwind", "Woodgrove", "woodgrove", "Secretive", "hush", "jdoe", "rking", "Jo Doe", "mlee", "load test", "Load test", "Pipelines", "example.com", "0123456789", "Enough", "Leave", "Brief of", "It named"}
	for h, p := range r.tree.People.People {
		words = append(words, string(h), string(p.Name))
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".ics") || strings.HasPrefix(name, "static/") {
			if strings.HasSuffix(name, ".ics") {
				t.Errorf("there is %s", name)
			}
			continue
		}
		for _, w := range words {
			if strings.Contains(text, w) || strings.Contains(name, w) {
				t.Errorf("%q is in %s", w, name)
			}
		}
	}
	if !strings.Contains(files["index.html"], "are pseudonyms") {
		t.Error("the board does not say that it is redacted")
	}
}

// Of a restricted escalation no page has more than id, severity and DRI; those that show
// it say what that does not protect.
func TestRestricted(t *testing.T) {
	t.Parallel()
	files := three(t).pages(t, nil)
	for name, text := range files {
		for _, w := range []string{"Secretive", "Quietly", "esc_hush"} {
			if strings.Contains(text, w) {
				t.Errorf("%q is in %s", w, name)
			}
		}
		if strings.Contains(name, "hush") && name != "escalations/2026/hush.html" {
			t.Errorf("there is %s", name)
		}
	}
	for _, name := range []string{"index.html", "escalations/2026/hush.html"} {
		if text := files[name]; !strings.Contains(text, "2026/hush") || !strings.Contains(text, "does not protect") {
			t.Errorf("%s does not show it, or not say what that is worth", name)
		}
	}
	for _, name := range []string{"trends.html", "people.html", "customers.html", "escalations/2026/northwind.html"} {
		if strings.Contains(files[name], "2026/hush") {
			t.Errorf("%s names it", name)
		}
	}
	other := newRepository(t, map[schema.ID][]string{"2026/northwind": nil}).pages(t, nil)
	if strings.Contains(other["index.html"], "restricted escalation is shown") {
		t.Error("without one, the board speaks of restricted ones")
	}
}

// What was closed is listed by year, the last first; a restricted one is not, since that
// would say when it ended. The board leads to each year.
func TestClosed(t *testing.T) {
	t.Parallel()
	closed := func(customer, opened, day string) []string {
		return []string{"customer: Northwind Traders", "customer: " + customer, "at: 2026-11-20", "at: " + opened, "",
			"closure: {at: " + day + "Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: Done, sentiment: green}\n"}
	}
	hushed := closed("Secretive Holdings", "2026-11-03", "2026-11-25T10:00:00")
	hushed[len(hushed)-1] += "visibility: restricted\n"
	files := newRepository(t, map[schema.ID][]string{
		"2026/a": closed("Acme", "2026-11-03", "2026-11-20T10:00:00"), "2026/b": closed("Bluewater", "2026-11-03", "2026-11-24T10:00:00"),
		"2026/c": closed("Contoso", "2025-12-20", "2026-01-01T00:00:00"), "2025/d": closed("Fabrikam", "2025-12-20", "2025-12-31T23:59:59"), "2026/hush": hushed,
	}).pages(t, nil)
	sound(t, files)
	page := files["closed/2026.html"]
	if at := []int{strings.Index(page, "Bluewater"), strings.Index(page, "Acme"), strings.Index(page, "Contoso")}; at[0] < 0 || !slices.IsSorted(at) || strings.Contains(page, "Fabrikam") {
		t.Errorf("they stand at %v:\n%s", at, page)
	}
	if strings.Contains(page, "hush") || !strings.Contains(page, ">3 escalations.<") || !strings.Contains(files["closed/2025.html"], "Fabrikam") {
		t.Error("a restricted one is listed, or counted, or another year is not")
	}
	undated := closed("Acme", "2026-11-03", "2026-11-20T10:00:00")
	undated[len(undated)-1] = strings.Replace(undated[len(undated)-1], "at: 2026-11-20T10:00:00Z, ", "", 1)
	if files := newRepository(t, map[schema.ID][]string{"2026/a": undated}).pages(t, nil); !strings.Contains(files["closed/undated.html"], "Acme") {
		t.Error("one without a day is not listed")
	}
	if !strings.Contains(files["index.html"], `Closed: <a href="closed/2026.html">2026 (3)</a> <a href="closed/2025.html">2025 (1)</a>`) {
		t.Error("the board does not lead to the years")
	}
}

// Each customer has a file of its own, whatever the name is made of.
func TestCustomerFiles(t *testing.T) {
	t.Parallel()
	files := map[schema.ID][]string{}
	for i, name := range []string{"Acme", "Acme!", "Ácme", "ACME Corp", "Acme-Corp", "株式会社", "有限会社", "../../etc/passwd", "con", strings.Repeat("long name ", 20)} {
		files[schema.ID(fmt.Sprintf("2026/x%d", i))] = []string{"customer: Northwind Traders", fmt.Sprintf("customer: %q", name)}
	}
	pages := newRepository(t, files).pages(t, nil)
	sound(t, pages)
	legal := regexp.MustCompile(`^customers/[a-z0-9-]{1,80}\.html$`)
	n := 0
	for name := range pages {
		if strings.HasPrefix(name, "customers/") {
			n++
			if !legal.MatchString(name) {
				t.Errorf("%q", name)
			}
		}
	}
	if n != len(files) {
		t.Errorf("%d customers have %d files", len(files), n)
	}
	if !bytes.Contains([]byte(pages["customers.html"]), []byte(`href="customers/acme.html"`)) {
		t.Error("a plain name is not its own file")
	}
}
