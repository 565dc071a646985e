package splice_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

// What is edited reads as the edited value and everything else as before, through
// the reader that lint uses; what was not edited stands byte for byte; and an edit
// that is undone gives the bytes there were. Of files in every style.
func TestGeneratedFiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := drawFile(t)
		doc := document.Read("x.yaml", data)
		if len(doc.Findings) > 0 {
			t.Skip("not a valid file")
		}
		checkEdit(t, data, drawAction(t, document.Read("x.yaml", data)))
	})
}

// The same of the files of this repository.
func TestExampleFiles(t *testing.T) {
	t.Parallel()
	files := examples(t)
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(files[rapid.SampledFrom(names).Draw(t, "file")])
		switch rapid.IntRange(0, 4).Draw(t, "as") {
		case 0:
			data = []byte(strings.ReplaceAll(string(data), "\n", "\r\n"))
		case 1:
			data = []byte("\ufeff" + strings.TrimSuffix(string(data), "\n"))
		case 2:
			data = []byte(strings.Replace(string(data), "\n", "\r\n", 5))
		}
		a := drawAction(t, document.Read("x.yaml", data))
		if _, err := splice.Apply(schema.KindEscalation, "x.yaml", data, a.change); err != nil && strings.Contains(string(data), "# fault") {
			t.Skip("a text stands where a mapping would be")
		}
		checkEdit(t, data, a)
	})
}

// A valid change of a valid file makes no finding of its form.
func TestEditAndLintAgree(t *testing.T) {
	t.Parallel()
	checker, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for name, text := range examples(t) {
		if _, faults := checker.Check(schema.KindEscalation, document.Read(name, []byte(text))); len(faults) > 0 {
			continue
		}
		judged++
		out, err := splice.Apply(schema.KindEscalation, name, []byte(text),
			splice.Set("/severity", schema.High),
			splice.Set("/product", schema.Product{Related: new(bool), Reason: "Only: the network"}),
			splice.Set("/cover", schema.Cover{DRI: "rking", Until: today, Reason: "Holidays"}),
			splice.Set("/standup", schema.Standup{Days: []schema.Day{"mon"}, Time: "09:00", Zone: "UTC", Link: "https://a.example/?b=1,2", Attendees: []schema.Handle{"jdoe"}}),
			splice.Add("/updates", schema.Update{At: now, By: "jdoe", To: both, Text: "# one\n\n- two: x"}),
			splice.Insert("/next_steps/0", step),
			splice.Add("/exit_criteria", schema.ExitCriterion{Criterion: "[x] p95 < 60 s", Met: today}),
			splice.Set("/rca", schema.RCA{Asked: today, PlatformRelated: true, Owner: "no", Due: today, URL: "https://a.example/#b"}),
			splice.Remove("/skills"), splice.Remove("/snooze"), splice.Remove("/closure"),
		)
		if err != nil {
			t.Error(err)
			continue
		}
		doc := document.Read(name, out)
		_, faults := checker.Check(schema.KindEscalation, doc)
		if len(doc.Findings) > 0 || len(faults) > 0 {
			t.Errorf("%s: %+v %+v\n%s", name, doc.Findings, faults, out)
		}
	}
	if judged < 20 {
		t.Errorf("only %d files are valid", judged)
	}
}

// action is a change, and what it does to what the file says.
type action struct {
	pointer string
	change  splice.Change
	means   func(*schema.Escalation)
	// undo takes it back; nil where it cannot to the byte.
	undo *splice.Change
	// takes says that it takes something away, isWhole that it puts a mapping or a list
	// in the place of another.
	takes, isWhole bool
}

func checkEdit(t *rapid.T, data []byte, a action) {
	out, err := splice.Apply(schema.KindEscalation, "x.yaml", data, a.change)
	if err != nil {
		t.Fatalf("%+v: %v\n%s", a.change, err, data)
	}
	doc := document.Read("x.yaml", out)
	if len(doc.Findings) > 0 {
		t.Fatalf("%+v: %+v\n%s\nof\n%s", a.change, doc.Findings, out, data)
	}
	want := decoded(data)
	a.means(&want)
	if got := decoded(out); said(got) != said(want) {
		t.Fatalf("%+v:\n%s\nin\n%s\nof\n%s", a.change, difference(said(got), said(want)), out, data)
	}
	if a.undo == nil && a.isWhole {
		return // all of it is another
	}
	less, more := lines(data), lines(out)
	if a.takes {
		less, more = more, less
	}
	most := 1 // lines that are changed: a key that gets a value, a list in brackets, the old text
	if !a.takes {
		old := document.Read("x.yaml", data).Source(a.pointer)
		most = 1 + len(lines([]byte(old))) // it may stand below its key
		if strings.HasPrefix(old, "|+") {  // and the empty lines below it
			most = len(less)
		}
	}
	if n := missing(less, more); n > most {
		t.Fatalf("%+v changes %d lines\n%s\nof\n%s", a.change, n, out, data)
	}
	_, old, _ := strings.Cut(document.Read("x.yaml", data).Source(a.pointer), "\n") // a text may look like a comment
	if !a.takes && !slices.Equal(comments([]byte(strings.Replace(string(data), old, "", 1))), comments(out)) {
		t.Fatalf("%+v: a comment is lost\n%s\nof\n%s", a.change, out, data)
	}
	if strings.HasPrefix(string(data), "\ufeff") != strings.HasPrefix(string(out), "\ufeff") || broken(data) != broken(out) && !strings.Contains(string(data), "|+") {
		t.Fatalf("%+v changes how the file begins or ends:\n%q\nof\n%q", a.change, out, data)
	}
	if was, is := lineEnds(data), lineEnds(out); len(was) == 1 && !slices.Equal(was, is) {
		t.Fatalf("%+v makes of %q %q: its lines ended in %q", a.change, data, out, was)
	}
	if a.undo != nil && (broken(data) || !strings.Contains(string(data), "|+")) {
		back, err := splice.Apply(schema.KindEscalation, "x.yaml", out, *a.undo)
		if err != nil || string(back) != string(data) {
			t.Fatalf("%+v and %+v: %v\n%q\nof\n%q\nby\n%q", a.change, *a.undo, err, back, data, out)
		}
	}
}

func broken(data []byte) bool { return strings.HasSuffix(string(data), "\n") }

// said is what an escalation says, as text. A list that is empty says nothing.
func said(e schema.Escalation) string {
	text, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(text), "[]", "null")
}

// difference is where two texts begin to differ.
func difference(got, want string) string {
	is, should := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range is {
		if i < len(should) && is[i] != should[i] {
			return is[i] + ", want " + should[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(is), len(should))
}

func decoded(data []byte) (e schema.Escalation) {
	document.Read("x.yaml", data).Decode(&e)
	return e
}

var lineBreak = regexp.MustCompile(`\r\n|\r|\n`)

// lineEnds are the ways in which lines of a file end.
func lineEnds(data []byte) []string {
	ends := lineBreak.FindAllString(string(data), -1)
	slices.Sort(ends)
	return slices.Compact(ends)
}

func lines(data []byte) []string {
	return lineBreak.Split(strings.TrimPrefix(string(data), "\ufeff"), -1)
}

// missing is how many of the lines are not those of another text, from its beginning
// on and from its end.
func missing(lines, of []string) int {
	same := 0
	for same < min(len(lines), len(of)) && lines[same] == of[same] {
		same++
	}
	lines, of = lines[same:], of[same:]
	for len(lines) > 0 && len(of) > 0 && lines[len(lines)-1] == of[len(of)-1] {
		lines, of = lines[:len(lines)-1], of[:len(of)-1]
	}
	return len(lines)
}

var note = regexp.MustCompile(`# c[0-9]+\b`)

func comments(data []byte) []string { return note.FindAllString(string(data), -1) }

// drawText draws what people write: of one line or several, with all that YAML
// takes for something else.
func drawText(t *rapid.T, label string) schema.Text {
	pieces := rapid.SampledFrom([]string{
		"Pipelines wait", "a", "ü", "顧客", "שלום עולם", "مرحبا", "🚒", "👩🏽\u200d🚒", " ", "  ", ": ", " #4711", "# x", "- ", "'", `"`, `\`, "{", "]", ",", "&a", "*b", "!c", "| ", "> ", "%", "@x", "`",
		"\n", "\n\n", "\n  ", "\n\t", "\t", "\r\n", "---", "\n---\n", "...", "~", "no", "null", "2026-11-20", "10:30", "0x1F", "<<<<<<< a", "\n=======", "? ", "=", "\u00a0", "\u2028", "\u0085", "\x00", "\x1b", "https://a.example/?b=1#c",
		"•", "\n• ", "\n– a", "```", strings.Repeat("long ", 40), "key: value",
	})
	for range 20 {
		text := strings.Join(rapid.SliceOfN(pieces, 1, 6).Draw(t, label), "")
		if strings.TrimSpace(text) != "" {
			return schema.Text(text)
		}
	}
	return "x"
}

// read is how a text reads that was written.
func read(text schema.Text) (got schema.Text) {
	unix := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	if err := got.UnmarshalYAML(&yaml.Node{Value: unix}); err != nil {
		panic(err)
	}
	return got
}

func drawAction(t *rapid.T, doc *document.Document) action {
	var e schema.Escalation
	doc.Decode(&e)
	handle := rapid.SampledFrom([]schema.Handle{"jdoe", "no", "0123", "a.b-c_d", "2026-11-20", "1e3"}).Draw(t, "handle")
	text := drawText(t, "text")
	entry := func(list string, n int, value any, means func(e *schema.Escalation, i int)) action {
		i := rapid.IntRange(0, n).Draw(t, "index")
		place := fmt.Sprintf("%s/%d", list, i)
		a := action{pointer: list + "/-", change: splice.Insert(place, value), means: func(e *schema.Escalation) { means(e, i) }}
		if i == n {
			a.change = splice.Add(list, value)
		}
		if undo := splice.Remove(place); n > 0 {
			a.undo = &undo
		}
		return a
	}
	removal := func(pointer string, means func(*schema.Escalation)) action {
		return action{pointer: pointer, change: splice.Remove(pointer), means: means, takes: true}
	}
	setting := func(pointer string, value any, means func(*schema.Escalation)) action {
		a := action{pointer: pointer, change: splice.Set(pointer, value), means: means}
		if old, _ := doc.Written(pointer); old == "" {
			a.isWhole = doc.Has(pointer)
		}
		parent := pointer[:strings.LastIndex(pointer, "/")]
		isNew := !doc.Has(pointer) && (parent == "" || len(doc.Keys(parent)) > 0 || parent == "/product" && !doc.Has(parent))
		if undo := splice.Remove(pointer); isNew {
			a.undo = &undo
		}
		return a
	}
	isWord := func(pointer string) bool {
		return doc.Source(pointer) != "" && !strings.ContainsAny(doc.Source(pointer), "\r\n|>")
	}
	reopen := func(e *schema.Escalation) {
		e.Closure = nil
		if doc.Has("/closure/rca") && !doc.Has("/rca") { // as earlier versions had it
			e.RCA = nil
		}
	}
	all := []func() action{
		func() action {
			a := setting("/severity", schema.Critical, func(e *schema.Escalation) { e.Severity = schema.Critical })
			if undo := splice.Set("/severity", e.Severity); isWord("/severity") {
				a.undo = &undo
			}
			return a
		},
		func() action {
			return setting("/summary", text, func(e *schema.Escalation) { e.Summary = read(text) })
		},
		func() action {
			return setting("/skills", []schema.Text{"a", "b"}, func(e *schema.Escalation) { e.Skills = []schema.Text{"a", "b"} })
		},
		func() action {
			return setting("/ask", string(text), func(e *schema.Escalation) { e.Ask = read(text) })
		},
		func() action {
			return setting("/product/dri", handle, func(e *schema.Escalation) { e.Product.DRI = handle })
		},
		func() action {
			a := setting("/opened/by", handle, func(e *schema.Escalation) { e.Opened.By = handle })
			if undo := splice.Set("/opened/by", e.Opened.By); isWord("/opened/by") {
				a.undo = &undo
			}
			return a
		},
		func() action {
			c := schema.Cover{DRI: handle, Until: today, Reason: text}
			return setting("/cover", c, func(e *schema.Escalation) { c.Reason = read(text); e.Cover = &c })
		},
		func() action {
			c := schema.Closure{At: now, By: handle, Resolution: schema.Withdrawn, Reason: text}
			return setting("/closure", c, func(e *schema.Escalation) {
				c.Reason = read(text)
				reopen(e)
				e.Closure = &c
			})
		},
		func() action {
			u := schema.Update{At: now, By: handle, To: both, Text: text}
			return entry("/updates", len(e.Updates), u, func(e *schema.Escalation, i int) {
				u.Text = read(text)
				e.Updates = slices.Insert(e.Updates, i, u)
			})
		},
		func() action {
			s := schema.NextStep{Step: text, Owner: handle, Due: today}
			return entry("/next_steps", len(e.NextSteps), s, func(e *schema.Escalation, i int) {
				s.Step = read(text)
				e.NextSteps = slices.Insert(e.NextSteps, i, s)
			})
		},
		func() action {
			return entry("/skills", len(e.Skills), text, func(e *schema.Escalation, i int) { e.Skills = slices.Insert(e.Skills, i, read(text)) })
		},
		func() action {
			return entry("/fyi", len(e.FYI), handle, func(e *schema.Escalation, i int) { e.FYI = slices.Insert(e.FYI, i, handle) })
		},
		func() action {
			return removal("/closure", reopen)
		},
		func() action {
			return removal("/summary", func(e *schema.Escalation) { e.Summary = "" })
		},
	}
	if n := len(e.Updates); n > 0 {
		i := rapid.IntRange(0, n-1).Draw(t, "update")
		all = append(all, func() action {
			return removal(fmt.Sprintf("/updates/%d", i), func(e *schema.Escalation) { e.Updates = slices.Delete(e.Updates, i, i+1) })
		}, func() action {
			return removal(fmt.Sprintf("/updates/%d/at", i), func(e *schema.Escalation) { e.Updates[i].At = schema.Time{} })
		}, func() action {
			return setting(fmt.Sprintf("/updates/%d/significant", i), true, func(e *schema.Escalation) { e.Updates[i].Significant = true })
		}, func() action {
			return setting(fmt.Sprintf("/updates/%d/text", i), text, func(e *schema.Escalation) { e.Updates[i].Text = read(text) })
		})
	}
	if n := len(e.NextSteps); n > 0 {
		i := rapid.IntRange(0, n-1).Draw(t, "step")
		all = append(all, func() action {
			return removal(fmt.Sprintf("/next_steps/%d", i), func(e *schema.Escalation) { e.NextSteps = slices.Delete(e.NextSteps, i, i+1) })
		}, func() action {
			return setting(fmt.Sprintf("/next_steps/%d/done", i), today, func(e *schema.Escalation) { e.NextSteps[i].Done = today })
		})
	}
	if n := len(e.FYI); n > 0 {
		i := rapid.IntRange(0, n-1).Draw(t, "name")
		all = append(all, func() action {
			return removal(fmt.Sprintf("/fyi/%d", i), func(e *schema.Escalation) { e.FYI = slices.Delete(e.FYI, i, i+1) })
		})
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "action")]()
}

// examples are the escalations of this repository that can be read.
func examples(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{fixture.Northwind: fixture.Read(fixture.Northwind)}
	for _, folder := range []string{"../../escalations/20*", "../../e2e/testdata/agree/right", "../../e2e/testdata/agree/wrong"} {
		names, err := filepath.Glob(folder + "/*.yaml")
		if err != nil || len(names) == 0 {
			t.Fatalf("no files in %s: %v", folder, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if doc := document.Read(name, data); len(doc.Findings) == 0 && doc.Value() != nil {
				if _, unclear := doc.Layout(); unclear == nil {
					files[name] = string(data)
				}
			}
		}
	}
	return files
}

// drawn writes a file as people do, each in another way.
type drawn struct {
	*rapid.T
	out   strings.Builder
	notes int
	step  int
	dash  int
}

// drawFile draws a file of an escalation in some style. It may not be a valid one.
func drawFile(t *rapid.T) []byte {
	d := &drawn{T: t, step: rapid.SampledFrom([]int{2, 4, 1, 3}).Draw(t, "step"), dash: rapid.SampledFrom([]int{2, 0, 4}).Draw(t, "dash")}
	if d.one("marker", 8) {
		d.out.WriteString("---\n")
	}
	d.mapping(0, []string{"customer", "severity", "opened", "summary", "description", "account", "dri", "product", "links", "ask", "skills", "exit_criteria", "next_steps", "fyi", "updates", "closure"})
	d.between(0)
	text := d.out.String()
	switch rapid.IntRange(0, 5).Draw(t, "line ends") {
	case 0:
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case 1:
		n := 0
		text = regexp.MustCompile("\n").ReplaceAllStringFunc(text, func(string) string {
			n++
			return []string{"\n", "\r\n", "\r\n", "\n", "\n"}[n%5]
		})
	}
	if d.one("no final line break", 3) {
		text = strings.TrimRight(text, "\r\n")
	}
	if d.one("byte order mark", 5) {
		text = "\ufeff" + text
	}
	return []byte(text)
}

func (d *drawn) one(label string, in int) bool { return rapid.IntRange(1, in).Draw(d.T, label) == 1 }

// note is a comment, with a name of its own.
func (d *drawn) note() string {
	d.notes++
	return fmt.Sprintf("# c%d %s", d.notes, rapid.SampledFrom([]string{"", "a\ttab", "key: value", "- x", "🚒", `"`, "[", "שלום"}).Draw(d.T, "note"))
}

// behind is what stands behind a value.
func (d *drawn) behind() string {
	switch rapid.IntRange(0, 9).Draw(d.T, "behind") {
	case 0:
		return " " + d.note()
	case 1:
		return "\t" + d.note()
	case 2:
		return "  "
	}
	return ""
}

// between are the lines between two values that stand in a column.
func (d *drawn) between(column int) {
	for d.one("between", 5) {
		switch rapid.IntRange(0, 5).Draw(d.T, "line") {
		case 0, 1:
			d.out.WriteString("\n")
		case 2:
			d.out.WriteString(strings.Repeat(" ", column) + d.note() + "\n")
		case 3:
			d.out.WriteString(strings.Repeat(" ", column+rapid.IntRange(1, 5).Draw(d.T, "deeper")) + d.note() + "\n")
		case 4:
			d.out.WriteString(strings.Repeat(" ", rapid.IntRange(0, column).Draw(d.T, "less deep")) + d.note() + "\n")
		case 5:
			d.out.WriteString(strings.Repeat(" ", column) + "  \n")
		}
	}
}

func (d *drawn) mapping(column int, keys []string) {
	some := false
	for i, key := range keys {
		if d.one("left out", 4) && (some || i+1 < len(keys)) {
			continue
		}
		if some || column == 0 {
			d.between(column)
			d.out.WriteString(strings.Repeat(" ", column))
		}
		some = true
		d.out.WriteString(rapid.SampledFrom([]string{key, key, key, key, `"` + key + `"`, key + " "}).Draw(d.T, "key") + ":")
		d.value(key, column)
	}
}

// within are the keys of the mappings, and of the entries of the lists.
var within = map[string][]string{
	"opened": {"at", "by"}, "account": {"region", "csm"}, "product": {"related", "dri", "team"}, "links": {"case", "issues"},
	"exit_criteria": {"criterion", "met"}, "next_steps": {"step", "owner", "due"}, "updates": {"at", "by", "to", "text"}, "closure": {"at", "by", "resolution"},
}

var isList = map[string]bool{"skills": true, "exit_criteria": true, "next_steps": true, "fyi": true, "updates": true, "team": true, "issues": true, "to": true}

var isText = map[string]bool{"customer": true, "summary": true, "description": true, "ask": true, "criterion": true, "step": true, "text": true}

// value writes what stands behind a key of a column.
func (d *drawn) value(key string, column int) {
	keys := within[key]
	switch {
	case keys == nil && !isList[key]:
		if d.one("nothing", 25) {
			d.out.WriteString(d.behind() + "\n")
			return
		}
		d.scalar(key, column)
	case d.one("in brackets", 2):
		d.out.WriteString(" " + d.brackets(key, isList[key]) + d.behind() + "\n")
	case !isList[key]:
		d.out.WriteString(d.behind() + "\n")
		inner := column + d.step
		d.between(inner)
		d.out.WriteString(strings.Repeat(" ", inner))
		d.mapping(inner, keys)
	default:
		d.out.WriteString(d.behind() + "\n")
		inner := column + d.dash
		spaced := d.one("spaced", 6)
		for i := range rapid.IntRange(1, 3).Draw(d.T, "entries") {
			if spaced && i > 0 {
				d.out.WriteString("\n")
			}
			d.between(inner)
			d.out.WriteString(strings.Repeat(" ", inner) + "-")
			switch gap := rapid.SampledFrom([]int{1, 1, 3}).Draw(d.T, "gap"); {
			case keys == nil:
				d.scalar(map[string]string{"skills": "criterion"}[key], inner)
			case d.one("entry in brackets", 3):
				d.out.WriteString(" " + d.brackets(key, false) + d.behind() + "\n")
			default:
				d.out.WriteString(strings.Repeat(" ", gap))
				d.mapping(inner+1+gap, keys)
			}
		}
	}
}

// word is a value of a key.
func (d *drawn) word(key string) string {
	switch key {
	case "severity":
		return "high"
	case "at":
		return "2026-11-20T09:30:00Z"
	case "met", "due":
		return "2026-11-24"
	case "related":
		return "true"
	case "by", "dri", "owner", "csm", "":
		return rapid.SampledFrom([]string{"jdoe", "arivera", "mlee"}).Draw(d.T, "handle")
	case "resolution":
		return "resolved"
	}
	return strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ", "\x1b", " ", "\u0085", " ", "\u2028", " ").Replace(string(drawText(d.T, "value")))
}

// scalar writes a value behind a key or a dash of a column.
func (d *drawn) scalar(key string, column int) {
	text := d.word(key)
	if within := strings.Repeat(" ", column+d.step); isText[key] && d.one("block", 3) {
		d.out.WriteString(" " + rapid.SampledFrom([]string{"|", "|-", ">", ">-", "|+"}).Draw(d.T, "header") + rapid.SampledFrom([]string{"", "", " " + d.note()}).Draw(d.T, "comment") + "\n")
		d.out.WriteString(within + "x" + text + "\n")
		if d.one("more", 2) {
			d.out.WriteString("\n" + within + "  - " + text + "\n" + within + "# text\n")
		}
		return
	} else if d.one("two lines", 8) && key == "ask" {
		d.out.WriteString(" some\n" + within + "text" + d.behind() + "\n")
		return
	} else if d.one("next line", 12) {
		d.out.WriteString("\n" + within + d.quoted(text, key, edit.Text) + d.behind() + "\n")
		return
	}
	d.out.WriteString(" " + d.quoted(text, key, edit.Text) + d.behind() + "\n")
}

func (d *drawn) quoted(text, key string, bare func(string) string) string {
	switch key {
	case "at", "met", "due", "related":
		return text
	}
	quoted := edit.Quote(text)
	if d.one("quoted", 3) {
		if quoted[0] == '\'' || quoted == `"`+text+`"` {
			return "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
		return quoted
	}
	return bare(text)
}

// brackets is what stands in braces or brackets: on one line, or each on its own.
func (d *drawn) brackets(key string, list bool) string {
	var items []string
	keys := within[key]
	if list {
		for range rapid.IntRange(0, 3).Draw(d.T, "items") {
			if keys != nil {
				items = append(items, d.brackets(key, false))
			} else {
				items = append(items, d.quoted(d.word("by"), "by", edit.FlowText))
			}
		}
	} else {
		for _, k := range keys {
			if isList[k] {
				items = append(items, k+": "+d.brackets(k, true))
			} else {
				items = append(items, k+": "+d.quoted(d.word(k), k, edit.FlowText))
			}
		}
	}
	open, shut := "{", "}"
	if list {
		open, shut = "[", "]"
	}
	switch rapid.IntRange(0, 5).Draw(d.T, "lines") {
	case 0:
		return open + " " + strings.Join(items, " , ") + " " + shut
	case 1:
		return open + strings.Join(items, ",\n          ") + shut
	case 2:
		for i := range items {
			comma := ","
			if i == len(items)-1 {
				comma = rapid.SampledFrom([]string{"", ","}).Draw(d.T, "last comma")
			}
			items[i] = "          " + items[i] + comma + d.behind() + "\n"
			if d.one("note above", 6) {
				items[i] = "          " + d.note() + "\n" + items[i]
			}
		}
		return open + "\n" + strings.Join(items, "") + "       " + shut
	}
	return open + strings.Join(items, ", ") + shut
}
