package outbox

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// counted keeps which files are read. As a commit, it knows the identity of a file
// that is not.
type counted struct {
	all  fstest.MapFS
	read *[]string
}

func (c counted) Open(name string) (fs.File, error) {
	f, err := c.all.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && !info.IsDir() {
		*c.read = append(*c.read, name)
	}
	return f, nil
}

func (c counted) Stat(name string) (fs.FileInfo, error) { return c.all.Stat(name) }

func (c counted) Identity(name string) (string, error) {
	data, err := c.all.ReadFile(name)
	return source.Hash(source.SHA1).Identity(data), err
}

// everywhere is a destination that takes all texts, and is not asked to deliver.
type everywhere struct{ destination.Destination }

func (everywhere) Via() string                             { return "fake" }
func (everywhere) Takes(_ notice.Place, do notice.Do) bool { return do == notice.Tell }

// work returns which files a run reads and which it writes where so many
// escalations were told, twenty notices each, one of them is open, and so many
// have an update since.
func work(t *testing.T, told, changed int) (read []string, written map[string][]byte) {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	was := fstest.MapFS{"format": {Data: []byte("2\n")}}
	is := fstest.MapFS{fixture.People: {Data: []byte(fixture.Read(fixture.People))}}
	base := []byte(fixture.Read(fixture.Northwind))
	for i := range told {
		id := schema.ID(fmt.Sprintf("2026/customer-%d", i))
		data := base
		if i < changed {
			data = append(data[:len(data):len(data)], "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: News}\n"...)
		}
		was[tree.Path(id)], is[tree.Path(id)] = &fstest.MapFile{Data: base}, &fstest.MapFile{Data: data}
		var notices []notice.Notice
		for n := range 20 {
			notices = append(notices, notice.Notice{Escalation: id, Key: notice.Numbered(id, notice.Steps, n+1), Moment: notice.Steps, To: notice.Channel, Via: "fake", State: notice.Done})
		}
		if i == told-1 {
			notices[19].State = notice.Intent
			was["open/"+string(id)] = &fstest.MapFile{}
		}
		was[ledger.Path(id)] = &fstest.MapFile{Data: ledger.Format(notices)}
	}
	now, files := counted{is, &read}, counted{was, &read}
	truth, err := tree.Open(now, check)
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.OpenBook(files)
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{Truth: Truth{Tree: truth, Files: now}, Check: check, Destinations: []destination.Destination{everywhere{}}, ID: "run",
		Now: func() time.Time { return time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC) }}
	if _, _, err := r.intend(book, files); err != nil {
		t.Fatal(err)
	}
	open, err := book.Open()
	if err != nil || len(open) != 1+2*changed {
		t.Fatalf("%d open, %v", len(open), err)
	}
	for _, n := range open {
		n.State = notice.Done
		if err := book.Conclude(n); err != nil {
			t.Fatal(err)
		}
	}
	if written, err = book.Written(); err != nil {
		t.Fatal(err)
	}
	return read, written
}

// What a run reads and writes follows from what there is to do, and not from what
// was ever told.
func TestWorkFollowsWhatThereIsToDo(t *testing.T) {
	t.Parallel()
	count := func(told, changed int) string {
		read, written := work(t, told, changed)
		return fmt.Sprintf("%d read, %d written", len(read), len(written))
	}
	for _, changed := range []int{0, 1, 7} {
		few, many := count(10, changed), count(500, changed)
		if few != many {
			t.Errorf("%d changes: after 10 escalations %s, after 500 %s", changed, few, many)
		}
	}
	one, _ := work(t, 10, 1)
	two, _ := work(t, 10, 2)
	three, _ := work(t, 10, 3)
	if len(three)-len(two) != len(two)-len(one) {
		t.Errorf("one change reads %d files, two %d, three %d", len(one), len(two), len(three))
	}
	for _, name := range one {
		if strings.HasPrefix(name, "notices/") && name != "notices/2026/customer-0.jsonl" && name != "notices/2026/customer-9.jsonl" {
			t.Errorf("it reads %s, of which there is nothing to do", name)
		}
	}
}
