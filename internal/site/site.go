// Package site makes pages of the values of package board: HTML with one style sheet and
// one script, and charts as SVG. It hands on one file at a time, so that the pages of ten
// thousand escalations never stand in memory together, and does no I/O.
//
// All text of people goes through the escaping of html/template, by the context in which
// it stands; Gate then shows what cannot be seen, such as the signs that turn the
// direction of writing, in every page as a whole. A link leads only where it can be
// clicked safely. No page has a script or a style of its own, and its policy forbids
// both, and all other hosts.
package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/board"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

//go:embed pages static
var files embed.FS

// Policy is the content security policy of the pages.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'"

// ComposePolicy is that of the compose page: its script may start its own WebAssembly.
const ComposePolicy = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'"

// PolicyOf is the content security policy of a file.
func PolicyOf(name string) string {
	if name == composePage {
		return ComposePolicy
	}
	return Policy
}

// File is a file of the site. Name is its path, with slashes.
type File struct {
	Name string
	Data []byte
}

// Pages makes pages.
type Pages struct {
	templates map[string]*template.Template
	redacted  bool
	compose   bool
}

// Options say which pages there are.
type Options struct {
	// Redacted says that the values have pseudonyms, Compose that there is a compose page,
	// to which the others lead.
	Redacted, Compose bool
}

// New prepares the making of pages.
func New(o Options) (*Pages, error) {
	layout, err := template.New("").Funcs(funcs()).ParseFS(files, "pages/layout.html")
	if err != nil {
		return nil, err
	}
	p := &Pages{templates: map[string]*template.Template{}, redacted: o.Redacted, compose: o.Compose && !o.Redacted}
	for _, name := range []string{"index", "customers", "customer", "people", "trends", "escalation", "closed", "compose", "rules"} {
		t, err := layout.Clone()
		if err == nil {
			t, err = t.ParseFS(files, "pages/"+name+".html")
		}
		if err != nil {
			return nil, err
		}
		p.templates[name] = t
	}
	return p, nil
}

// frame is what all pages need.
type frame struct {
	// Root leads from the page to the folder of the site.
	Root, Title, Nav string
	Now              schema.Time
	// Restricted says that the page shows a restricted escalation.
	Redacted, Restricted bool
	// Compose says that there is a compose page, Policy is that of this page.
	Compose bool
	Policy  string
	Lead    string
}

// table is a table of escalations.
type table struct {
	Root, Caption string
	Rows          []schema.BoardEscalation
	Redacted      bool
	Ended         bool // all of them are closed
}

// Extra is what the page of an escalation has beside its value.
type Extra struct {
	// Brief is half a page of Markdown to copy, and Calendar the iCalendar file of the
	// standups; either may be empty. Neither has pseudonyms.
	Brief    string
	Calendar []byte
}

// Escalation makes the page of an escalation, and its calendar.
func (p *Pages) Escalation(page board.Page, extra Extra) ([]File, error) {
	name := pageOf(page.Line.ID)
	data := struct {
		frame
		Page            board.Page
		Brief, Calendar string
	}{frame: p.frame("../../", "", page.Now), Page: page}
	data.Title = words.Line(page.Line.Customer)
	if data.Restricted = page.Line.Restricted; data.Restricted {
		data.Title = string(page.Line.ID)
	} else if !p.redacted {
		data.Brief = extra.Brief
	}
	var all []File
	if len(extra.Calendar) > 0 && !data.Restricted && !p.redacted {
		calendar := strings.TrimSuffix(name, ".html") + ".ics"
		data.Calendar = path.Base(calendar)
		all = append(all, File{calendar, extra.Calendar})
	}
	html, err := p.render("escalation", data)
	return append(all, File{name, html}), err
}

// Board hands on all pages but those of the escalations, and what they need.
func (p *Pages) Board(b schema.Board, put func(File) error) error {
	for _, name := range []string{"style.css", "site.js", "icon.svg"} {
		data, err := fs.ReadFile(files, "static/"+name)
		if err != nil {
			return err
		}
		if err := put(File{"static/" + name, data}); err != nil {
			return err
		}
	}
	of := make(map[schema.ID]schema.BoardEscalation, len(b.Escalations))
	regions := map[string]bool{}
	open := table{Caption: "Open escalations, the worst first", Redacted: p.redacted}
	var closed []schema.BoardEscalation
	restricted := false
	for _, e := range b.Escalations {
		of[e.ID] = e
		restricted = restricted || e.Restricted
		if e.Status == "open" {
			open.Rows = append(open.Rows, e)
			if e.Region != "" {
				regions[string(e.Region)] = true
			}
		} else if !e.Restricted { // of which nobody is told when it ended
			closed = append(closed, e)
		}
	}
	type data struct {
		frame
		Board        schema.Board
		Open, Closed table
		Filters      bool
		Regions      []string
		Years        []year
		Charts       []chart
	}
	page := func(title, nav, lead string) data {
		d := data{frame: p.frame("", nav, b.Now), Board: b}
		d.Title, d.Lead, d.Restricted = title, lead, restricted
		return d
	}
	write := func(file, name string, d data) error {
		html, err := p.render(name, d)
		if err != nil {
			return err
		}
		return put(File{file, html})
	}

	index := page("Escalations", "index", lead(b))
	index.Open, index.Filters, index.Years = open, true, years(closed)
	for r := range regions {
		index.Regions = append(index.Regions, r)
	}
	slices.Sort(index.Regions)
	if err := write("index.html", "index", index); err != nil {
		return err
	}
	customers := page("Customers", "customers", words.Count(len(b.Customers), "customer")+" with escalations, open or closed.")
	if err := write("customers.html", "customers", customers); err != nil {
		return err
	}
	for _, y := range index.Years {
		d := data{frame: p.frame("../", "index", b.Now), Years: index.Years}
		d.Title, d.Lead = "Closed: "+y.Name, words.Count(len(y.Rows), "escalation")+"."
		d.Closed = table{Root: "../", Caption: d.Title + ", the last first", Rows: y.Rows}
		if err := write(y.File, "closed", d); err != nil {
			return err
		}
	}
	people := page("People", "people", "Who has how many open escalations, and where somebody is missing.")
	if err := write("people.html", "people", people); err != nil {
		return err
	}
	trends := page("Trends", "trends", fmt.Sprintf("Of %s that are not restricted, %d are closed.", words.Count(counted(b), "escalation"), b.Trends.Closed))
	trends.Charts = charts(b.Trends)
	if err := write("trends.html", "trends", trends); err != nil {
		return err
	}
	for _, c := range b.Customers {
		d := data{frame: p.frame("../", "customers", b.Now)}
		d.Title = words.Line(c.Customer)
		d.Lead = fmt.Sprintf("%s open, %d closed.", words.Count(c.Open, "escalation"), c.Closed)
		d.Open = table{Root: "../", Caption: "Open escalations", Redacted: p.redacted}
		d.Closed = table{Root: "../", Caption: "Closed escalations", Redacted: p.redacted, Ended: true}
		for _, id := range c.Escalations {
			if e := of[id]; e.Status == "open" {
				d.Open.Rows = append(d.Open.Rows, e)
			} else {
				d.Closed.Rows = append(d.Closed.Rows, e)
			}
		}
		if err := write(customerPage(c.Customer), "customer", d); err != nil {
			return err
		}
	}
	return nil
}

// year has what was closed in a year of UTC, the last first. Each has a page of its own: a
// browser searches a year at once, and not ten.
type year struct {
	Name, File string
	Rows       []schema.BoardEscalation
}

// years are those in which something was closed, the last first.
func years(closed []schema.BoardEscalation) []year {
	closed = slices.Clone(closed)
	slices.SortStableFunc(closed, func(a, b schema.BoardEscalation) int { return b.Closed.Compare(a.Closed.Time) })
	var all []year
	for _, e := range closed {
		name := "undated" // its closure says no time
		if !e.Closed.IsZero() {
			name = e.Closed.UTC().Format("2006")
		}
		if n := len(all) - 1; n < 0 || all[n].Name != name {
			all = append(all, year{Name: name, File: "closed/" + name + ".html"})
		}
		last := &all[len(all)-1]
		last.Rows = append(last.Rows, e)
	}
	return all
}

func counted(b schema.Board) (n int) {
	for _, e := range b.Escalations {
		if !e.Restricted {
			n++
		}
	}
	return n
}

// lead says how it stands in a sentence.
func lead(b schema.Board) string {
	open, overdue := 0, 0
	for _, t := range b.Totals {
		open, overdue = open+t.Open, overdue+t.Overdue
	}
	said := words.Count(open, "escalation") + " open"
	switch {
	case open == 0:
		return "No escalation is open."
	case overdue == 0:
		return said + ", nothing is overdue."
	case overdue == 1:
		return said + "; of one something is overdue."
	}
	return fmt.Sprintf("%s; of %d something is overdue.", said, overdue)
}

func (p *Pages) frame(root, nav string, now schema.Time) frame {
	return frame{Root: root, Nav: nav, Now: now, Redacted: p.redacted, Compose: p.compose, Policy: Policy}
}

func (p *Pages) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&b, name+".html", data); err != nil {
		return nil, err
	}
	return gate(b.Bytes()), nil
}

// gate makes what cannot be seen in a page seen. Nothing of HTML needs such a character,
// so whatever text it stands in, it is somebody's.
func gate(html []byte) []byte {
	hidden := func(r rune) bool { return r != '\n' && escape.Hidden(r) }
	if utf8.Valid(html) && bytes.IndexFunc(html, hidden) < 0 {
		return html
	}
	var b bytes.Buffer
	for _, r := range string(html) { // what is no UTF-8 becomes U+FFFD
		switch {
		case r == '\t' || r == '\r':
			b.WriteByte(' ')
		case hidden(r):
			b.WriteString(template.HTMLEscapeString(escape.Reveal(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// pageOf is the file of an escalation.
func pageOf(id schema.ID) string { return "escalations/" + string(id) + ".html" }

// customerPage is the file of a customer: one for each name, whatever signs it has. A
// name that has others than letters, digits and spaces gets a sum of the whole name, so
// that no two share a file.
func customerPage(name schema.Text) string {
	same := process.SameCustomer(name)
	plain := true
	var b strings.Builder
	for _, r := range same {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			plain = plain && r == ' '
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
	}
	slug := strings.TrimSuffix(b.String(), "-")
	const longest = 60
	if len(slug) > longest || !plain || slug == "" {
		sum := sha256.Sum256([]byte(same))
		slug = strings.Trim(slug[:min(len(slug), longest)]+"-"+hex.EncodeToString(sum[:6]), "-")
	}
	return "customers/" + slug + ".html"
}

// web is an address that can be clicked; "" where it is none, or not safe.
func web(address schema.URL) string {
	u, err := url.Parse(string(address))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return string(address)
}

// short is an address as a link shows it.
func short(address schema.URL) string {
	_, rest, _ := strings.Cut(string(address), "://")
	return words.Clip(strings.TrimSuffix(rest, "/"), 60)
}

// anchored is an event with the name by which a link leads to it.
type anchored struct {
	board.Event
	Anchor string
}

// events gives each event a name: its time, which stays what it is when others are
// added, and of several of one time the number.
func events(all []board.Event) []anchored {
	var list []anchored
	seen := map[string]int{}
	for _, e := range all {
		name := "at-" + strings.ToLower(e.At.UTC().Format("20060102T150405Z"))
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, seen[name])
		}
		list = append(list, anchored{e, name})
	}
	return list
}

// mark begins an item of a list, as people write one.
var mark = regexp.MustCompile(`^([-*•]|\d{1,2}[.)])\s`)

// piece is a piece of a text of ours, Code says that it is a name that a machine reads.
type piece struct {
	Text string
	Code bool
}

// worded is a text in which what stands between backticks is a name that a machine reads.
func worded(text string) []piece {
	var list []piece
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			list = append(list, piece{part, i%2 == 1})
		}
	}
	return list
}

// paragraphs are those of a text, with the lines that begin an item of a list. Other
// lines are those of an editor's window, and say nothing.
func paragraphs(s schema.Text) []string {
	var all []string
	for p := range strings.SplitSeq(strings.ReplaceAll(string(s), "\r\n", "\n"), "\n\n") {
		var b strings.Builder
		for line := range strings.SplitSeq(p, "\n") {
			if line = words.Line(line); line == "" {
				continue
			}
			switch {
			case b.Len() == 0:
			case mark.MatchString(line):
				b.WriteByte('\n')
			default:
				b.WriteByte(' ')
			}
			b.WriteString(line)
		}
		if b.Len() > 0 {
			all = append(all, b.String())
		}
	}
	return all
}

// group is who has one part.
type group struct {
	As    board.Label
	Names string
}

func grouped(all []board.Part) []group {
	var list []group
	for _, p := range all {
		name := words.Line(p.Person.Name)
		if n := len(list) - 1; n >= 0 && list[n].As == p.As {
			list[n].Names += ", " + name
		} else {
			list = append(list, group{p.As, name})
		}
	}
	return list
}

// mostUpdates is how many updates stand there unfolded.
const mostUpdates = 4

// mostChanges is how many changes of a week the board lists: after that it is no longer read.
const mostChanges = 50

// fewest is how many ids stand in a cell.
const fewest = 5

func funcs() template.FuncMap {
	return template.FuncMap{
		"page": pageOf,
		"write": func(root, act string, id schema.ID) string {
			return root + composePage + "#" + url.Values{"act": {act}, "id": {string(id)}}.Encode()
		},
		"customer":   customerPage,
		"line":       func(v any) string { return words.Line(fmt.Sprint(v)) },
		"paragraphs": paragraphs,
		"worded":     worded,
		"grouped":    grouped,
		"recent":     func(all []board.Update) []board.Update { return all[:min(len(all), mostUpdates)] },
		"earlier":    func(all []board.Update) []board.Update { return all[min(len(all), mostUpdates):] },
		"iso":        func(t schema.Time) string { return t.UTC().Format(time.RFC3339) },
		"unix":       func(t schema.Time) int64 { return t.Unix() },
		"stamp":      func(t schema.Time) string { return words.Stamp(t.Time) },
		"day":        func(t schema.Time) string { return words.Day(t.UTC()) },
		"date":       func(t schema.Time) string { return words.Date(t.UTC()) },
		"time":       func(t schema.Time) string { return words.Zoned(t.UTC()) },
		"deadline":   func(t schema.Time) string { return words.ZonedDeadline(t.Time) },
		"onDay":      func(d schema.Date) string { return words.Date(d.Time) },
		"days":       func(n int) string { return words.Count(n, "day") },
		"count":      words.Count,
		"overdue":    func(c *schema.BoardClock) bool { return c != nil && !c.Since.IsZero() },
		"dueRank": func(c *schema.BoardClock) int64 { // what is overdue stands before what is due
			if !c.Since.IsZero() {
				return c.Since.Unix() - 1<<40
			}
			return c.Due.Unix()
		},
		"latest":  func(all []schema.BoardChange) []schema.BoardChange { return all[:min(len(all), mostChanges)] },
		"older":   func(all []schema.BoardChange) int { return max(len(all)-mostChanges, 0) },
		"metRank": func(e schema.BoardEscalation) int { return 100 * e.CriteriaMet / max(e.Criteria, 1) },
		"changed": func(c schema.BoardChange) string {
			if c.Change == schema.WasReopened {
				return "opened again"
			}
			return string(c.Change)
		},
		"role":  func(r schema.Role) string { return strings.ReplaceAll(string(r), "_", " ") },
		"first": func(ids []schema.ID) []schema.ID { return ids[:min(len(ids), fewest)] },
		"rest":  func(ids []schema.ID) int { return max(len(ids)-fewest, 0) },
		"names": func(all []schema.BoardPerson) string {
			if len(all) == 0 {
				return "nobody"
			}
			var list []string
			for _, p := range all {
				list = append(list, words.Line(p.Name))
			}
			return strings.Join(list, ", ")
		},
		"audience":    func(to []schema.Audience) string { return words.Join(to, " and ") },
		"web":         web,
		"short":       short,
		"abbreviated": func(commit schema.Text) string { return string(commit[:min(len(commit), 10)]) },
		"events":      events,
		"at":          func(root string, l board.Link) linked { return linked{root, l} },
		"bar":         bar,
		"spark":       spark,
	}
}

// linked is a link on a page at a depth.
type linked struct {
	Root string
	Link board.Link
}
