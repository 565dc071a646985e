// Package viewprint prints how escalations stand: as a table, one on a screen, half
// a page for whoever joins, and a letter to the customer; for a person at a
// terminal, for programs, as Markdown and for a spreadsheet.
package viewprint

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/stale/staleprint"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// List prints a table for a person at a terminal: a line for each where there is
// room for it, else two.
func List(w io.Writer, t view.Table, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	lines := make([]line, len(t.Rows))
	for i, r := range t.Rows {
		lines[i] = newLine(r)
	}
	if widths, fits := columns(lines, s); fits {
		inColumns(b, lines, widths, s)
	} else {
		inBlocks(b, lines, s)
	}
	for _, u := range t.Unread {
		const unknown = "UNKNOWN "
		text := terminal.Line(u.Of()) + ": " + terminal.Line(u.Why)
		fmt.Fprintf(b, "%s%s\n", s.Paint(terminal.Red, unknown), s.Wrap(text, len(unknown), "  "))
	}
	fmt.Fprintln(b, s.Paint(terminal.Faint, s.Wrap(total(t), 0, "")))
	return b.Flush()
}

// total says how many are shown.
func total(t view.Table) string {
	open, late := 0, 0
	for _, r := range t.Rows {
		if r.Status == view.Open {
			open++
		}
		if r.Overdue() && r.Status == view.Open {
			late++
		}
	}
	return fmt.Sprintf("%s: %d open, %d of them late, %d closed.", words.Zoned(t.Now), open, late, len(t.Rows)-open)
}

// line is a row in words, each fit for a terminal.
type line struct {
	severity                                   schema.Severity
	customer, id, age, dri, product, met, next string
	restricted                                 bool
	style                                      terminal.Style
}

// longestName is how many columns a name takes in a table at most.
const longestName = 32

func newLine(r view.Row) line {
	l := line{severity: r.Severity, customer: terminal.Line(string(r.Customer)), id: terminal.Line(string(r.Escalation)), age: age(r),
		dri: terminal.Line(r.DRI.Name), product: terminal.Line(r.ProductDRI.Name), met: fmt.Sprintf("%d/%d", r.Met, r.Criteria)}
	if r.StandIn.Handle != "" {
		l.dri = terminal.Line(r.StandIn.Name + " for " + r.DRI.Name)
	}
	l.restricted = r.Restricted
	l.next, l.style = standing(r)
	return l
}

// age is how many days it has been open, or was.
func age(r view.Row) string { return fmt.Sprintf("%dd", r.Days()) }

// standing says how it stands with time, and how that looks.
func standing(r view.Row) (string, terminal.Style) {
	switch {
	case r.Next == nil && r.Status == view.Open:
		return "-", terminal.Faint
	case r.Next == nil:
		return fmt.Sprintf("%s %s", r.Status, words.Date(r.Ended)), terminal.Faint
	}
	what, style := "due "+r.Next.When(), terminal.Green
	if r.Overdue() {
		what, style = "late since "+r.Next.When(), terminal.Yellow
	}
	if r.Overdue() && r.Next.Rung > 1 {
		style = terminal.Red
	}
	if r.Status != view.Open { // all that a closed one may owe
		what = "RCA " + what
	}
	return what, style
}

var heads = []string{"SEVERITY", "CUSTOMER", "ID", "AGE", "DRI", "NEXT", "MET", "PRODUCT DRI"}

func (l line) cells() []string {
	product := l.product
	if product == "" {
		product = "-"
	}
	customer := terminal.Clip(l.customer, longestName)
	if l.restricted {
		customer += " (restricted)"
	}
	return []string{string(l.severity), customer, l.id, l.age, terminal.Clip(l.dri, longestName), l.next, l.met, terminal.Clip(product, longestName)}
}

// columns is how wide each column of a table is, and whether the screen has room
// for it.
func columns(lines []line, s terminal.Screen) (widths []int, fits bool) {
	widths = make([]int, len(heads))
	for i, h := range heads {
		widths[i] = len(h)
	}
	for _, l := range lines {
		for i, c := range l.cells() {
			widths[i] = max(widths[i], terminal.Columns(c))
		}
	}
	all := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		all += w
	}
	return widths, all <= s.Room(0)
}

const gap = "  "

func inColumns(b *bufio.Writer, lines []line, widths []int, s terminal.Screen) {
	if len(lines) == 0 {
		return
	}
	row := func(cells []string, paint func(i int, cell string) string) {
		var text strings.Builder
		for i, c := range cells {
			blank := strings.Repeat(" ", widths[i]-terminal.Columns(c))
			if i == len(cells)-1 {
				blank = ""
			} else {
				blank += gap
			}
			text.WriteString(paint(i, c) + blank)
		}
		fmt.Fprintln(b, strings.TrimRight(text.String(), " "))
	}
	row(heads, func(_ int, cell string) string { return s.Paint(terminal.Bold, cell) })
	for _, l := range lines {
		row(l.cells(), func(i int, cell string) string {
			switch heads[i] {
			case "SEVERITY":
				return s.Paint(staleprint.BySeverity(l.severity), cell)
			case "NEXT":
				return s.Paint(l.style, cell)
			}
			return cell
		})
	}
}

// inBlocks prints of each who it is and how it stands, which stands at the right,
// and below it what else there is to say.
func inBlocks(b *bufio.Writer, lines []line, s terminal.Screen) {
	for _, l := range lines {
		staleprint.Head(b, s, l.severity, l.customer, l.next, l.style)
		id := l.id
		if l.restricted {
			id += ", restricted"
		}
		rest := fmt.Sprintf("%s, %s, %s met; DRI: %s", id, l.age, l.met, l.dri)
		if l.product != "" {
			rest += "; Product DRI: " + l.product
		}
		fmt.Fprintln(b, "  "+s.Wrap(rest, len(gap), gap+gap))
	}
}

// row is the JSON of a row.
type row struct {
	Escalation     schema.ID         `json:"escalation"`
	Customer       schema.Text       `json:"customer"`
	Severity       schema.Severity   `json:"severity"`
	Region         schema.RegionName `json:"region"`
	Status         view.Status       `json:"status"`
	Restricted     bool              `json:"restricted"`
	Opened         string            `json:"opened"`
	Closed         string            `json:"closed"`
	Days           int               `json:"days"`
	DRI            schema.Handle     `json:"dri"`
	StandIn        schema.Handle     `json:"stand_in"`
	ProductDRI     schema.Handle     `json:"product_dri"`
	ProductRelated bool              `json:"product_related"`
	Met            int               `json:"criteria_met"`
	Criteria       int               `json:"criteria"`
	Clock          stale.Clock       `json:"clock"`
	Due            string            `json:"due"`
	Since          string            `json:"since"`
}

func newRow(r view.Row) row {
	out := row{
		Escalation: r.Escalation, Customer: r.Customer, Severity: r.Severity, Region: r.Region, Status: r.Status, Restricted: r.Restricted,
		Opened: jsonfmt.Time(r.Opened), Closed: jsonfmt.Time(r.Ended), Days: r.Days(),
		DRI: r.DRI.Handle, StandIn: r.StandIn.Handle, ProductDRI: r.ProductDRI.Handle, ProductRelated: r.ProductRelated, Met: r.Met, Criteria: r.Criteria,
	}
	if n := r.Next; n != nil {
		out.Clock, out.Due, out.Since = n.Clock, jsonfmt.Time(n.Due), jsonfmt.Time(n.Since)
	}
	return out
}

// ListJSON prints a table for programs, in the shape that is promised to them.
func ListJSON(w io.Writer, t view.Table) error {
	out := struct {
		Now         string         `json:"now"`
		Escalations []row          `json:"escalations"`
		Unread      []stale.Unread `json:"unread"`
	}{jsonfmt.Time(t.Now), []row{}, append([]stale.Unread{}, t.Unread...)}
	for _, r := range t.Rows {
		out.Escalations = append(out.Escalations, newRow(r))
	}
	return jsonfmt.Write(w, out)
}

// byteOrderMark begins a file for a spreadsheet: Excel takes one without it for the
// letters of a country, and shows "SociÃ©tÃ©". Others pass over it.
const byteOrderMark = "\ufeff"

// ListCSV prints a table for a spreadsheet: UTF-8 with a byte order mark, times in
// UTC, people by name. What a spreadsheet takes for a formula is text in it. An escalation of which nothing can
// be said has its id and the reason.
func ListCSV(w io.Writer, t view.Table) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	write := func(cells ...string) {
		for i, cell := range cells {
			cells[i] = escape.Spreadsheet(cell)
		}
		_ = c.Write(cells) // Error returns it
	}
	columns := []string{"escalation", "customer", "severity", "region", "status", "restricted", "opened", "closed", "days", "dri", "stand_in", "product_dri", "product_related", "criteria_met", "criteria", "clock", "due", "since", "unread"}
	write(slices.Clone(columns)...)
	for _, r := range t.Rows {
		j := newRow(r)
		write(string(r.Escalation), string(r.Customer), string(r.Severity), string(r.Region), string(r.Status), fmt.Sprint(r.Restricted), j.Opened, j.Closed, fmt.Sprint(j.Days),
			r.DRI.Name, r.StandIn.Name, r.ProductDRI.Name, fmt.Sprint(r.ProductRelated), fmt.Sprint(r.Met), fmt.Sprint(r.Criteria), string(j.Clock), j.Due, j.Since, "")
	}
	for _, u := range t.Unread {
		cells := make([]string, len(columns))
		cells[0], cells[len(cells)-1] = u.Of(), u.Why
		write(cells...)
	}
	c.Flush()
	return c.Error()
}
