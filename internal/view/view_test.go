package view_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/schema"
)

var checker = sync.OnceValues(shape.NewChecker)

// open is a tree of the fixture's directory and some files: each is the fixture's
// escalation with something replaced, pair by pair; what follows "" is added.
func open(t testing.TB, files map[string][]string) *tree.Tree {
	t.Helper()
	check, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))}}
	for name, edits := range files {
		fsys[tree.Path(schema.ID(name))] = &fstest.MapFile{Data: []byte(fixture.Edited(edits...))}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func at(t testing.TB, moment string) time.Time {
	t.Helper()
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

const closure = "closure: {at: 2026-11-24T10:00:00Z, by: jdoe, resolution: %s, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"

// four are escalations of each kind, by their ids: a late one, a restricted one in time, a closed
// one, and one that cannot be read.
func four(t testing.TB) *tree.Tree {
	return open(t, map[string][]string{
		"2026/northwind": nil,
		"2026/contoso": {"customer: Northwind Traders", "customer: Contoso", "severity: high", "severity: low", "due: 2026-11-24", "due: 2026-12-24",
			"", "visibility: restricted\nstandup: {none: We talk each morning}\n"},
		"2025/woodgrove": {"customer: Northwind Traders", "customer: Woodgrove Bank", "", fmt.Sprintf(closure, "deescalated")},
		"2026/broken":    {"severity: high", "severity: hgih"},
	})
}

func list(t testing.TB, tr *tree.Tree, moment string) view.Table {
	return view.List(tr, at(t, moment), nil)
}

func ids(table view.Table) string {
	var all []string
	for _, r := range table.Rows {
		all = append(all, string(r.Escalation))
	}
	return strings.Join(all, " ")
}

func TestList(t *testing.T) {
	t.Parallel()
	table := list(t, four(t), "2026-11-26T10:00:00Z")
	if got := ids(table); got != "2026/northwind 2026/contoso 2025/woodgrove" {
		t.Errorf("rows %s", got)
	}
	if len(table.Unread) != 1 || table.Unread[0].Escalation != "2026/broken" {
		t.Errorf("unread %+v", table.Unread)
	}
	late, quiet, closed := table.Rows[0], table.Rows[1], table.Rows[2]
	if !late.Overdue() || late.Status != view.Open || late.DRI.Name != "Jo Doe" || late.Criteria == 0 || late.Age != 6*24*time.Hour+30*time.Minute {
		t.Errorf("got %+v", late)
	}
	if quiet.Overdue() || !quiet.Restricted || quiet.Next == nil {
		t.Errorf("got %+v", quiet)
	}
	if closed.Status != "deescalated" || closed.Age != 4*24*time.Hour+30*time.Minute || closed.Next != nil {
		t.Errorf("got %+v", closed)
	}
}

// Where the directory cannot be read, each is there, and it is said that no clock is
// known.
func TestListMisread(t *testing.T) {
	t.Parallel()
	check, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte("people: [\n")}, fixture.Northwind: {Data: []byte(fixture.Read(fixture.Northwind))}}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	table := list(t, tr, "2026-11-26T10:00:00Z")
	if len(table.Rows) != 1 || table.Rows[0].DRI.Name != "jdoe" || table.Rows[0].Next != nil || len(table.Unread) != 1 || !strings.Contains(table.Unread[0].Why, "people.yaml") {
		t.Errorf("got %+v", table)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	all := list(t, four(t), "2026-11-26T10:00:00Z")
	for name, c := range map[string]struct {
		of   view.Selection
		want string
	}{
		"all":         {view.Selection{}, "2026/northwind 2026/contoso 2025/woodgrove"},
		"severity":    {view.Selection{Severities: []schema.Severity{schema.Low}}, "2026/contoso"},
		"region":      {view.Selection{Regions: []schema.RegionName{"APAC"}}, ""},
		"open":        {view.Selection{Status: view.Open}, "2026/northwind 2026/contoso"},
		"closed":      {view.Selection{Status: view.Closed}, "2025/woodgrove"},
		"deescalated": {view.Selection{Status: "deescalated"}, "2025/woodgrove"},
		"resolved":    {view.Selection{Status: "resolved"}, ""},
		"overdue":     {view.Selection{Overdue: true}, "2026/northwind"},
		"DRI":         {view.Selection{Person: "jdoe"}, "2026/northwind 2026/contoso 2025/woodgrove"},
		"manager":     {view.Selection{Person: "rking"}, "2026/northwind"},
		"nobody":      {view.Selection{Person: "nobody"}, ""},
		"product":     {view.Selection{Product: true}, "2026/northwind 2026/contoso 2025/woodgrove"},
	} {
		if got := ids(all.Select(c.of)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	tr := open(t, map[string][]string{
		"2026/b": {"customer: Northwind Traders", "customer: beta", "at: 2026-11-20", "at: 2026-11-19"},
		"2026/c": {"customer: Northwind Traders", "customer: Alpha", "severity: high", "severity: critical"},
		"2026/a": {"customer: Northwind Traders", "customer: gamma", "due: 2026-11-24", "due: 2026-11-22"},
		"2026/z": {"", fmt.Sprintf(closure, "resolved"), "severity: high", "severity: critical"},
	})
	table := list(t, tr, "2026-11-26T10:00:00Z")
	for order, want := range map[view.Order]string{
		view.BySeverity: "2026/c 2026/b 2026/a 2026/z",
		view.ByCustomer: "2026/c 2026/b 2026/a 2026/z",
		view.ByAge:      "2026/b 2026/a 2026/c 2026/z",
	} {
		table.Sort(order)
		if got := ids(table); got != want {
			t.Errorf("by %s: %s, want %s", order, got, want)
		}
	}
	for _, order := range view.Orders() { // all of them, whatever they begin with
		slices.Reverse(table.Rows)
		table.Sort(order)
		if got := ids(table); !strings.HasSuffix(got, " 2026/z") || len(table.Rows) != 4 {
			t.Errorf("by %s: %s", order, got)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	tr := open(t, map[string][]string{
		"2025/northwind": {"", fmt.Sprintf(closure, "resolved")}, "2026/northwind": nil, "2026/northwind-perf": nil,
		"2026/contoso": {"customer: Northwind Traders", "customer: Contoso Łódź"}, "2026/old": {"customer: Northwind Traders", "customer: Old", "", fmt.Sprintf(closure, "resolved")},
	})
	for meant, want := range map[string]string{
		"2026/northwind":                      "2026/northwind",
		"2025/northwind":                      "2025/northwind",
		"escalations/2025/northwind.yaml":     "2025/northwind",
		"northwind":                           "2026/northwind", // the open one of that name
		"northwind traders":                   "2026/northwind 2026/northwind-perf 2025/northwind",
		"contoso":                             "2026/contoso",
		"CONTOSO łódź":                        "2026/contoso",
		"cont":                                "2026/contoso",
		"łód":                                 "2026/contoso",
		"perf":                                "2026/northwind-perf",
		"old":                                 "2026/old",
		"2025":                                "2025/northwind",
		"nothing":                             "",
		"":                                    "",
		"../../etc/passwd":                    "",
		"escalations/2026/../2026/x":          "",
		"northwind\x1b[31m":                   "",
		strings.Repeat("northwind-", 100_000): "",
	} {
		got := map[string]bool{}
		for _, id := range tr.Find(meant) {
			got[string(id)] = true
		}
		wanted := map[string]bool{}
		for _, id := range strings.Fields(want) {
			wanted[id] = true
		}
		if !maps.Equal(got, wanted) {
			t.Errorf("%.40q means %v, want %v", meant, got, wanted)
		}
	}
}

// What is exported has the status, the age and the clocks of each, and names what is
// left out.
func TestExport(t *testing.T) {
	t.Parallel()
	out := view.Export(four(t), at(t, "2026-11-26T10:00:00Z"), nil)
	if len(out.Escalations) != 3 || len(out.Unread) != 1 || out.Unread[0].ID != "2026/broken" || len(out.People) == 0 || out.Policy.Regions["EMEA"].Zone == "" {
		t.Fatalf("got %+v", out)
	}
	closed, quiet, late := out.Escalations[0], out.Escalations[1], out.Escalations[2]
	if closed.ID != "2025/woodgrove" || closed.Status != "deescalated" || closed.Days != 4 || closed.Overdue || len(closed.Clocks) > 0 {
		t.Errorf("got %+v", closed)
	}
	if quiet.Overdue || quiet.Days != 6 || quiet.File.Visibility != schema.Restricted || len(quiet.Clocks) == 0 {
		t.Errorf("got %+v", quiet)
	}
	if !late.Overdue || late.Criteria != 1 || late.CriteriaMet != 0 || late.Clocks[0].State != "overdue" || late.Clocks[0].Turn == "" || late.File.Customer != "Northwind Traders" {
		t.Errorf("got %+v", late)
	}
	for i, c := range late.Clocks[1:] { // what is overdue, the longest first; then what is due
		before := late.Clocks[i]
		if before.State != "overdue" && c.State == "overdue" || before.State == "overdue" && c.State == "overdue" && c.Since.Before(before.Since.Time) {
			t.Errorf("%+v stands before %+v", before, c)
		}
	}
}

// counting counts how often each file is opened.
type counting struct {
	fstest.MapFS
	mu    sync.Mutex
	times map[string]int
}

func (c *counting) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.times[name]++
	c.mu.Unlock()
	return c.MapFS.Open(name)
}

// However much is said of a file, it is read once.
func TestReadsOnce(t *testing.T) {
	t.Parallel()
	check, err := checker()
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(*tree.Tree){
		"list":   func(tr *tree.Tree) { view.List(tr, at(t, "2026-11-26T10:00:00Z"), nil) },
		"export": func(tr *tree.Tree) { view.Export(tr, at(t, "2026-11-26T10:00:00Z"), nil) },
	} {
		files := &counting{times: map[string]int{}, MapFS: fstest.MapFS{
			tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))}, fixture.Northwind: {Data: []byte(fixture.Read(fixture.Northwind))},
		}}
		tr, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		do(tr)
		if n := files.times[fixture.Northwind]; n != 1 {
			t.Errorf("%s reads it %d times", name, n)
		}
	}
}
