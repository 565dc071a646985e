package ledger_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

func TestParse(t *testing.T) {
	t.Parallel()
	notices, err := ledger.Parse("notices/2026/northwind.jsonl", []byte(`{"key":"k","to":"channel","via":"slack","state":"intent","at":"2026-11-20T10:00:00+01:00","text":"hello","mentions":["jdoe"],"new":1}

{"key":"k","to":"announcement","state":"intent","at":"2026-11-20T09:00:00Z","text":"hello"}
{"key":"k","to":"channel","state":"done","at":"2026-11-20T09:01:00Z","url":"https://x.example/1","ref":"7"}
{"key":"k","to":"channel","do":"create_channel","state":"done","at":"2026-11-20T09:00:30Z"}`))
	if err != nil || len(notices) != 3 {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	n := notices[0]
	if n.Escalation != "2026/northwind" || n.State != notice.Done || n.Text.Plain() != "hello" || n.Via != "slack" || n.URL != "https://x.example/1" || len(n.Mentions) != 1 ||
		!n.At.Equal(time.Date(2026, 11, 20, 9, 1, 0, 0, time.UTC)) || !n.Tells() {
		t.Errorf("got %+v", n)
	}
	if notices[1].State != notice.Intent || notices[2].Tells() {
		t.Errorf("got %+v", notices[1:])
	}
	if _, err := ledger.Parse("notices/2026/x.jsonl", []byte("{}\noops\n")); err == nil || !strings.HasPrefix(err.Error(), "notices/2026/x.jsonl:2: ") {
		t.Errorf("error %v", err)
	}
}

// A line says whether it is found again by a signed marker alone; one of a version
// that knew no keys does not.
func TestSigned(t *testing.T) {
	t.Parallel()
	const name = "notices/2026/northwind.jsonl"
	notices, err := ledger.Parse(name, []byte(`{"key":"a","to":"tracking","via":"github","state":"intent","at":"2026-11-20T10:00:00Z","signed":true}
{"key":"b","to":"tracking","via":"github","state":"intent","at":"2026-11-20T10:00:00Z"}
{"key":"a","to":"tracking","via":"github","state":"done","at":"2026-11-20T10:01:00Z","ref":"1"}`))
	if err != nil || len(notices) != 2 || !notices[0].Signed || notices[1].Signed {
		t.Fatalf("%+v, %v", notices, err)
	}
	text := ledger.Format(notices)
	if again, err := ledger.Parse(name, text); err != nil || !again[0].Signed || again[1].Signed || strings.Count(string(text), "signed") != 1 {
		t.Errorf("%v\n%s", err, text)
	}
}

// The ledger of the remote counts, if there is one.
func TestRead(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("main", "x", "x")
	none, err := ledger.Read(t.Context(), r.Open(), "origin", "")
	if err != nil || len(none) != 0 {
		t.Errorf("without a ledger: %v, %v", none, err)
	}
	r.Git("checkout", "--quiet", "--orphan", ledger.Name)
	r.Commit("local", "notices/2026/a.jsonl", `{"key":"local","at":"2026-11-20T11:00:00Z"}`)
	keys := func(id string) string {
		t.Helper()
		notices, err := ledger.Read(t.Context(), r.Open(), "origin", "")
		if id != "" {
			notices, err = ledger.Read(t.Context(), r.Open(), "origin", "2026/a")
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, n := range notices {
			list = append(list, n.Key)
		}
		return strings.Join(list, " ")
	}
	if got := keys(""); got != "local" {
		t.Errorf("got %s", got)
	}
	remote := r.Commit("remote", "notices/2026/a.jsonl", `{"key":"late","at":"2026-11-20T11:00:00Z"}`, "notices/2026/b.jsonl", `{"key":"early","at":"2026-11-20T10:00:00Z"}`)
	r.Git("update-ref", "refs/remotes/origin/"+ledger.Name, remote)
	r.Git("reset", "--quiet", "--hard", "HEAD~1")
	if all, one := keys(""), keys("2026/a"); all != "early late" || one != "late" {
		t.Errorf("got %s; of one %s", all, one)
	}
}

// What the first version wrote is read: its words become blocks, and of an issue
// the first line the title.
func TestFirstFormat(t *testing.T) {
	t.Parallel()
	notices, err := ledger.Parse("notices/2026/x.jsonl", []byte(`{"key":"2026/x opened","moment":"opened","do":"open_issue","to":"tracking","via":"github","text":"Northwind: slow\n\nCustomer: Northwind\nDRI: Jo","mentions":[]}
{"key":"2026/x opened","moment":"opened","do":"","to":"announcement","via":"slack","text":"New Escalation\nCustomer: Northwind","mentions":[]}
{"key":"2026/x opened","moment":"opened","do":"label","to":"tracking","via":"github","text":"severity:high","mentions":[]}
`))
	if err != nil || len(notices) != 3 {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	issue := notices[0].Text
	if issue.Title() != "Northwind: slow" || issue.Body().Plain() != "Customer: Northwind\nDRI: Jo" {
		t.Errorf("the issue is %+v", issue)
	}
	if got := notices[1].Text.Plain(); got != "New Escalation\nCustomer: Northwind" || notices[1].Text.Title() != "" {
		t.Errorf("the declaration is %+v", notices[1].Text)
	}
	if got := notices[2].Text.Plain(); got != "severity:high" {
		t.Errorf("the label is %q", got)
	}
}

// files is a ledger in memory: what a book writes is taken in.
type files struct{ fstest.MapFS }

func (f files) write(t *testing.T, b *ledger.Book) map[string][]byte {
	t.Helper()
	written, err := b.Written()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range written {
		if data == nil {
			delete(f.MapFS, name)
		} else {
			f.MapFS[name] = &fstest.MapFile{Data: data}
		}
	}
	return written
}

func (f files) book(t *testing.T) *ledger.Book {
	t.Helper()
	b, err := ledger.OpenBook(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func check(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func told(id schema.ID, key string, do notice.Do, state notice.State, words string) notice.Notice {
	return notice.Notice{Escalation: id, Key: string(id) + " " + key, Moment: notice.Steps, Do: do, To: notice.Tracking, Via: "github", State: state, Text: notice.Value(words)}
}

// An escalation has a marker while something of it is open; of what has none,
// nothing is read.
func TestMarkers(t *testing.T) {
	t.Parallel()
	f := files{fstest.MapFS{}}
	b := f.book(t)
	check(t, b.Add(told("2026/a", "1", "", notice.Intent, "a")), b.Add(told("2026/b", "1", "", notice.Intent, "b")))
	f.write(t, b)
	if f.MapFS["open/2026/a"] == nil || f.MapFS["open/2026/b"] == nil || f.MapFS["format"] == nil {
		t.Errorf("the ledger has %v", slices.Sorted(maps.Keys(f.MapFS)))
	}
	b = f.book(t)
	done := told("2026/a", "1", "", notice.Done, "a")
	check(t, b.Conclude(done))
	if written := f.write(t, b); len(written) != 2 || written["open/2026/a"] != nil {
		t.Errorf("written: %v", slices.Sorted(maps.Keys(written)))
	}
	if f.MapFS["open/2026/a"] != nil {
		t.Error("what is done has a marker still")
	}
	f.MapFS["notices/2026/a.jsonl"] = &fstest.MapFile{Data: []byte("oops")} // it would fail
	open, err := f.book(t).Open()
	if err != nil || len(open) != 1 || open[0].Escalation != "2026/b" {
		t.Errorf("open is %v, %v", open, err)
	}
}

// A ledger of the first format has no markers: all of it is read, until it is
// written.
func TestFirstFormatHasNoMarkers(t *testing.T) {
	t.Parallel()
	f := files{fstest.MapFS{
		"README.md":            {Data: []byte("# The ledger\n")},
		"notices/2026/a.jsonl": {Data: []byte(`{"key":"2026/a opened","moment":"opened","do":"","to":"tracking","via":"github","run":"1","at":"2026-11-20T09:00:00Z","state":"done","text":"a","mentions":[],"ref":"1","url":""}` + "\n")},
		"notices/2026/b.jsonl": {Data: []byte(`{"key":"2026/b opened","moment":"opened","do":"","to":"tracking","via":"github","run":"1","at":"2026-11-20T09:00:00Z","state":"intent","text":"b","mentions":[],"ref":"","url":""}` + "\n")},
	}}
	b := f.book(t)
	open, err := b.Open()
	if err != nil || len(open) != 1 || open[0].Key != "2026/b opened" {
		t.Fatalf("open is %v, %v", open, err)
	}
	was := string(f.MapFS["notices/2026/a.jsonl"].Data)
	check(t, b.Add(told("2026/c", "1", "", notice.Intent, "c")))
	f.write(t, b)
	if string(f.MapFS["notices/2026/a.jsonl"].Data) != was {
		t.Error("what nobody changed was written anew")
	}
	if f.MapFS["open/2026/a"] != nil || f.MapFS["open/2026/b"] == nil || f.MapFS["open/2026/c"] == nil || !strings.Contains(string(f.MapFS["README.md"].Data), "open/") {
		t.Errorf("the ledger has %v", slices.Sorted(maps.Keys(f.MapFS)))
	}
}

// A ledger to which a later version has given its format is not read, and so not
// taken for one in which less was told.
func TestLaterFormat(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"2\n":      "",
		"3\n":      `the ledger has the format "3", and this version of escalate reads 1 and 2: take a later one`,
		"\x1b[2J":  `the ledger has the format "\x1b[2J", and this version of escalate reads 1 and 2: take a later one`,
		"2.1 beta": `the ledger has the format "2.1 beta", and this version of escalate reads 1 and 2: take a later one`,
	} {
		got := ""
		if _, err := ledger.OpenBook(fstest.MapFS{"format": {Data: []byte(format)}}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("of the format %q it says %q, want %q", format, got, want)
		}
	}
}

// The page of the formats has the number that is written.
func TestFormatOfPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	f := files{fstest.MapFS{}}
	b := f.book(t)
	b.Begin()
	f.write(t, b)
	number := strings.TrimSpace(string(f.MapFS["format"].Data))
	if row := "| the branch `escalate-ledger` | 1 | " + number + " | 1 to " + number + "; a later one is refused |\n"; !strings.Contains(string(page), row) {
		t.Errorf("docs/formats.md does not have %s", row)
	}
}

// Of an edit that is superseded, the words are not kept.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	f := files{fstest.MapFS{}}
	b := f.book(t)
	check(t,
		b.Add(told("2026/a", "opened", notice.OpenIssue, notice.Done, "the issue")),
		b.Add(told("2026/a", "steps 1", notice.Edit, notice.Done, "one")),
		b.Add(told("2026/a", "steps 2", notice.Edit, notice.Intent, "two")),
		b.Add(told("2026/a", "steps 3", notice.Edit, notice.Intent, "three")),
	)
	f.write(t, b)
	notices, err := f.book(t).Of("2026/a")
	check(t, err)
	var words []string
	for _, n := range notices {
		words = append(words, n.Text.Plain())
	}
	if got := strings.Join(words, ","); got != "the issue,,two,three" { // an intent is delivered as it was written
		t.Errorf("it keeps %s", got)
	}
}

// A redaction takes nothing from the words of an issue, nor an edit of the issue
// from what was redacted; and what was delivered in the words of before, while it
// was redacted, stands in the words of today (P37).
func TestRedacted(t *testing.T) {
	t.Parallel()
	f := files{fstest.MapFS{}}
	b := f.book(t)
	redaction := told("2026/a", "redacted update 1", notice.Edit, notice.Done, "redacted: names")
	check(t,
		b.Add(told("2026/a", "steps 1", notice.Edit, notice.Done, "the issue")),
		b.Add(told("2026/a", "update 1", "", notice.Intent, "names")),
		b.Correct(told("2026/a", "update 1", "", notice.Intent, "redacted: names")),
		b.Add(redaction),
		b.Add(told("2026/a", "steps 2", notice.Edit, notice.Done, "the issue now")),
		b.Conclude(told("2026/a", "update 1", "", notice.Done, "names")), // by a run that read it before
	)
	f.write(t, b)
	notices, err := f.book(t).Of("2026/a")
	check(t, err)
	var words []string
	for _, n := range notices {
		words = append(words, n.Key+" "+n.Text.Plain())
	}
	if got := strings.Join(words, ","); got != "2026/a steps 1 ,2026/a update 1 redacted: names,2026/a redacted update 1 redacted: names,2026/a steps 2 the issue now" {
		t.Errorf("it keeps %s", got)
	}
}

// A book is what its notices are, whatever is added, made again and concluded.
func TestBook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := files{fstest.MapFS{}}
		var want []notice.Notice
		at := func(n notice.Notice) int {
			return slices.IndexFunc(want, func(x notice.Notice) bool { return x.Identity() == n.Identity() })
		}
		for range rapid.IntRange(1, 12).Draw(rt, "writes") {
			b := f.book(t)
			for range rapid.IntRange(1, 4).Draw(rt, "changes") {
				n := told("2026/a", rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "key"), rapid.SampledFrom([]notice.Do{"", notice.Label}).Draw(rt, "do"), notice.Intent, rapid.String().Draw(rt, "words"))
				i := at(n)
				if rapid.Bool().Draw(rt, "conclude") {
					n.State, n.Ref = notice.Done, "7"
					check(t, b.Conclude(n))
					if i >= 0 && want[i].State == notice.Intent {
						n.Text = want[i].Text // as it was written down
						want[i] = n
					}
					continue
				}
				if rapid.Bool().Draw(rt, "correct") {
					check(t, b.Correct(n))
					if i >= 0 {
						want[i].Text = n.Text
					}
					continue
				}
				check(t, b.Add(n))
				if i >= 0 {
					want = slices.Delete(want, i, i+1)
				}
				want = append(want, n)
			}
			f.write(t, b)
		}
		got, err := f.book(t).Of("2026/a")
		check(t, err)
		if string(ledger.Format(got)) != string(ledger.Format(want)) {
			rt.Fatalf("got\n%s\nwant\n%s", ledger.Format(got), ledger.Format(want))
		}
		open := slices.ContainsFunc(want, func(n notice.Notice) bool { return n.State == notice.Intent })
		if f.MapFS["open/2026/a"] != nil != open {
			rt.Fatalf("the marker is there: %v, something is open: %v", f.MapFS["open/2026/a"] != nil, open)
		}
	})
}

// The claim of the run that is at work stands in the ledger while it works.
func TestClaim(t *testing.T) {
	t.Parallel()
	f := files{fstest.MapFS{}}
	b := f.book(t)
	claim := ledger.Claim{Run: "r", Clone: "c", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	b.Claim = claim
	f.write(t, b)
	if got := string(f.MapFS["claim.jsonl"].Data); got != `{"claim":"r","clone":"c","at":"2026-11-20T09:00:00Z"}`+"\n" {
		t.Errorf("the ledger says %s", got)
	}
	b = f.book(t)
	if b.Claim != claim {
		t.Errorf("read %+v", b.Claim)
	}
	b.Claim = ledger.Claim{}
	f.write(t, b)
	if f.MapFS["claim.jsonl"] != nil {
		t.Error("it was given back, and stands there still")
	}
	f.MapFS["claim.jsonl"] = &fstest.MapFile{Data: []byte("somebody was here")}
	if b := f.book(t); b.Claim != (ledger.Claim{}) {
		t.Errorf("read %+v", b.Claim)
	}
}

// large has a file of which not all is read.
type large struct{ fstest.MapFS }

func (l large) ReadFile(name string) ([]byte, error) {
	if name == "notices/2026/a.jsonl" {
		return nil, &fs.PathError{Op: "read", Path: name, Err: git.ErrTooLarge}
	}
	return l.MapFS.ReadFile(name)
}

// A file that has grown past all reason holds up its own escalation alone.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	book, err := ledger.OpenBook(large{fstest.MapFS{"notices/2026/b.jsonl": {Data: []byte(`{"key":"2026/b opened"}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Of("2026/a"); !errors.Is(err, ledger.ErrUnreadable) || !strings.Contains(err.Error(), "git log --stat escalate-ledger -- notices/2026/a.jsonl") {
		t.Errorf("a: %v", err)
	}
	if told, err := book.Of("2026/b"); err != nil || len(told) != 1 {
		t.Errorf("b: %v, %v", told, err)
	}
}

// What was told of an escalation that nobody asked for is not taken for nothing, and
// not written so.
func TestWithin(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"notices/2026/a.jsonl": {Data: []byte(`{"key":"2026/a opened"}`)}}
	book, err := ledger.OpenBook(files, ledger.Within([]schema.ID{"2026/a"})...)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := book.Of("2026/a"); err != nil || len(told) != 1 {
		t.Errorf("a: %v, %v", told, err)
	}
	if err := book.Add(notice.Notice{Escalation: "2026/b", Key: "2026/b opened"}); err == nil {
		t.Error("b was not asked for, and is written")
	}
}
