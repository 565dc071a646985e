package site

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// A chart is drawn with classes and attributes alone: the style sheet colours it, in
// light and in dark, and the policy of the pages forbids styles within them. What it
// shows also stands in a table beside it.

// bar is a number with a bar of its size; nothing where it is 0. Its width is in the
// attributes of SVG.
func bar(n int) template.HTML {
	if n == 0 {
		return ""
	}
	w := min(n, 20) * 6
	return template.HTML(fmt.Sprintf(`<span><svg class="load" width="%d" height="11" aria-hidden="true"><rect class="closed" width="%d" height="11" rx="2"/></svg>%d</span>`, w, w, n))
}

// sparkline is how a severity went.
type sparkline struct {
	Label, Class string
	Parts        []part
	Y            float64 // of the end
}

type part struct{ Class, Path string }

// spark draws the severities of an escalation from its opening to now, or to its end;
// nil where nobody knows how it went.
func spark(e schema.BoardEscalation) *sparkline {
	if len(e.Trend) == 0 || e.Opened.IsZero() {
		return nil
	}
	const left, right = 2.0, 93.0
	from := e.Opened.Time
	span := max(time.Duration(e.Days)*24*time.Hour, time.Hour)
	if !e.Closed.IsZero() {
		span = max(e.Closed.Sub(from), time.Hour)
	}
	if last := e.Trend[len(e.Trend)-1].At; !last.IsZero() {
		span = max(span, last.Sub(from)+span/24)
	}
	x := func(t time.Time) float64 {
		return left + (right-left)*min(max(float64(t.Sub(from))/float64(span), 0), 1)
	}
	y := func(s schema.Severity) float64 { return 4.5 + 6*float64(max(s.Rank(), 0)) }
	s := &sparkline{}
	var said []string
	at := left
	for i, l := range e.Trend {
		end := right
		if i+1 < len(e.Trend) && !e.Trend[i+1].At.IsZero() {
			end = max(x(e.Trend[i+1].At.Time), at)
		}
		if i > 0 {
			s.Parts = append(s.Parts, part{"step", fmt.Sprintf("M%.4g %.4gV%.4g", at, y(e.Trend[i-1].Severity), y(l.Severity))})
		}
		s.Parts = append(s.Parts, part{string(l.Severity), fmt.Sprintf("M%.4g %.4gH%.4g", at, y(l.Severity), end)})
		at, s.Class, s.Y = end, string(l.Severity), y(l.Severity)
		text := string(l.Severity)
		if !l.At.IsZero() {
			text += " from " + words.Date(l.At.UTC())
		}
		said = append(said, text)
	}
	s.Label = strings.Join(said, ", ")
	return s
}

// chart is a chart of the trends, with its numbers.
type chart struct {
	ID, Title, Says string
	Columns         *columns
	Keys            []key
	Table           *numbers
}

type key struct{ Class, Text string }

// columns are columns over time.
type columns struct {
	Width, Height int
	Label         string
	Lines         []gridline
	Bars          []column
	Ticks         []tick
	Path          string
}

type gridline struct {
	X1, X2, Y, X, TY float64
	Text             string
}

type column struct {
	Class, Text string
	X, Y, W, H  float64
}

type tick struct {
	X, Y         float64
	Text, Anchor string
}

// numbers is a table. Open says that it stands there without being unfolded.
type numbers struct {
	Caption string
	Head    []string
	Rows    [][]cell
	Open    bool
}

// cell is a cell: of the first of a row, Class is a severity; of others, Bar says that
// there is a bar, of a width of at most 100.
type cell struct {
	Text, Class string
	Bar         bool
	Width       int
	// Spread are small columns, of which Said says the numbers.
	Spread []column
	Said   string
}

// Above is where the number of a column stands.
func (c column) Above() float64 { return c.Y - 3 }

// Middle is the middle of a column.
func (c column) Middle() float64 { return c.X + c.W/2 }

func text(v any) cell { return cell{Text: fmt.Sprint(v)} }

// barred is a number with its share of the largest.
func barred(said string, n, of int, class string) cell {
	return cell{Text: said, Class: class, Bar: true, Width: 100 * n / max(of, 1)}
}

func charts(t schema.BoardTrends) []chart {
	return []chart{weekly(t), toClose(t), atSeverity(t), inTime(t), outcomes(t), regions(t), reopened(t)}
}

// weekly shows what was opened and closed in each week, and how many were open.
func weekly(t schema.BoardTrends) chart {
	c := chart{
		ID: "weeks", Title: "Opened and closed per week",
		Keys: []key{{"opened", "opened"}, {"closed", "closed"}, {"line", "open at the end of the week"}},
	}
	const width, height, top, bottom, left = 720, 220, 12.0, 190.0, 34.0
	most, opened, closed := 1, 0, 0
	for _, w := range t.Weeks {
		most = max(most, w.Opened, w.Closed, w.Open)
		opened, closed = opened+w.Opened, closed+w.Closed
	}
	step := nice(most)
	most = (most + step - 1) / step * step
	d := &columns{Width: width, Height: height}
	d.Label = fmt.Sprintf("In %s, %d were opened and %d closed. The table below has the numbers.", words.Count(len(t.Weeks), "week"), opened, closed)
	y := func(n int) float64 { return bottom - (bottom-top)*float64(n)/float64(most) }
	for n := 0; n <= most; n += step {
		d.Lines = append(d.Lines, gridline{left, width, y(n), left - 6, y(n) + 4, fmt.Sprint(n)})
	}
	wide := (width - left) / float64(max(len(t.Weeks), 6))
	var line strings.Builder
	c.Table = &numbers{Caption: "Opened and closed per week", Head: []string{"Week of", "Opened", "Closed", "Open at its end"}}
	for i, w := range t.Weeks {
		day := words.Date(w.From.Time)
		said := fmt.Sprintf("week of %s: %d opened, %d closed, %d open", day, w.Opened, w.Closed, w.Open)
		each := min(wide*.38, 14)
		middle := left + wide*(float64(i)+.5)
		if w.Opened > 0 {
			d.Bars = append(d.Bars, column{"opened", said, middle - each, y(w.Opened), each - 1, bottom - y(w.Opened)})
		}
		if w.Closed > 0 {
			d.Bars = append(d.Bars, column{"closed", said, middle, y(w.Closed), each - 1, bottom - y(w.Closed)})
		}
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&line, "%s%.5g %.5g", command, middle, y(w.Open))
		if (len(t.Weeks)-1-i)%4 == 0 {
			anchor, x := "middle", middle
			if i == len(t.Weeks)-1 { // it would be cut off
				anchor, x = "end", width
			}
			d.Ticks = append(d.Ticks, tick{x, height - 8, w.From.Format("2 Jan"), anchor})
		}
		c.Table.Rows = append(c.Table.Rows, []cell{text(day), text(w.Opened), text(w.Closed), text(w.Open)})
	}
	d.Path = line.String()
	for i := range d.Bars {
		b := &d.Bars[i]
		b.X, b.Y, b.W, b.H = round(b.X), round(b.Y), round(b.W), round(b.H)
	}
	for i := range d.Ticks {
		d.Ticks[i].X = round(d.Ticks[i].X)
	}
	for i := range d.Lines {
		l := &d.Lines[i]
		l.Y, l.TY = round(l.Y), round(l.TY)
	}
	c.Columns = d
	c.Says = fmt.Sprintf("%d opened and %d closed in the last %s. A week begins on Monday, in UTC.", opened, closed, words.Count(len(t.Weeks), "week"))
	return c
}

func round(f float64) float64 { return float64(int(f*10+.5)) / 10 }

// nice is the step of an axis that has a handful of lines.
func nice(most int) int {
	for step := 1; ; step *= 10 {
		for _, n := range []int{1, 2, 5} {
			if most <= 5*n*step {
				return n * step
			}
		}
	}
}

// took says hours as days, or as hours where they are few.
func took(hours int) string {
	if hours < 48 {
		return words.Count(hours, "hour")
	}
	return words.Count(hours/24, "day")
}

func toClose(t schema.BoardTrends) chart {
	c := chart{ID: "to-close", Title: "Time to close, by severity"}
	if len(t.ToClose) == 0 {
		c.Says = "None is closed yet."
		return c
	}
	var names []string
	for i, b := range t.Bounds {
		if i == 0 {
			names = append(names, fmt.Sprintf("up to %d days", b))
		} else {
			names = append(names, fmt.Sprintf("to %d", b))
		}
	}
	names = append(names, "longer")
	c.Says = "How long the closed ones were open, without the withdrawn ones. The bars stand for " + strings.Join(names, ", ") + ". Half were closed within the median, nine of ten within the time in the last column."
	n := &numbers{Caption: c.Title, Head: []string{"Severity at the end", "How they spread", "Closed", "Median", "Nine of ten"}, Open: true}
	for _, d := range t.ToClose {
		var said []string
		for i, b := range d.Buckets {
			said = append(said, fmt.Sprintf("%s: %d", names[i], b))
		}
		n.Rows = append(n.Rows, []cell{
			{Text: string(d.Severity), Class: string(d.Severity)}, {Spread: spread(d.Buckets), Class: string(d.Severity), Said: strings.Join(said, ", ")},
			text(d.Closed), text(took(d.MedianHours)), text(took(d.P90Hours)),
		})
	}
	c.Table = n
	return c
}

// spread draws how many there are in each bucket, in a field of 176 by 40.
func spread(buckets []int) []column {
	most := 1
	for _, b := range buckets {
		most = max(most, b)
	}
	wide := 176 / float64(len(buckets))
	var all []column
	for i, b := range buckets {
		if b > 0 {
			h := round(max(26*float64(b)/float64(most), 2))
			all = append(all, column{Text: fmt.Sprint(b), X: round(wide*float64(i) + 2), Y: 39 - h, W: round(wide - 4), H: h})
		}
	}
	return all
}

func atSeverity(t schema.BoardTrends) chart {
	c := chart{ID: "at-severity", Title: "Time at each severity", Says: "For how long they were open at each severity, all together."}
	if len(t.AtSeverity) == 0 {
		c.Says = "No commit has an escalation yet."
		return c
	}
	sum := 0
	for _, h := range t.AtSeverity {
		sum += h.Hours
	}
	n := &numbers{Caption: c.Title, Head: []string{"Severity", "Share", "Time", "Escalations"}, Open: true}
	for _, h := range t.AtSeverity {
		n.Rows = append(n.Rows, []cell{
			{Text: string(h.Severity), Class: string(h.Severity)}, barred(percent(h.Hours, sum), h.Hours, sum, string(h.Severity)), text(took(h.Hours)), text(h.Escalations),
		})
	}
	c.Table = n
	return c
}

func percent(n, of int) string { return fmt.Sprintf("%d %%", (200*n+of)/max(2*of, 1)) }

func inTime(t schema.BoardTrends) chart {
	c := chart{ID: "in-time", Title: "Updates in time", Says: "Of the updates that were due, how many came in time, as audit counts it."}
	n := &numbers{Caption: c.Title, Head: []string{"To", "In time", "Due", "Missed"}, Open: true}
	for _, k := range t.InTime {
		if k.Due > 0 {
			n.Rows = append(n.Rows, []cell{text("the " + k.Clock), barred(percent(k.InTime, k.Due), k.InTime, k.Due, "share"), text(k.Due), text(k.Due - k.InTime)})
		}
	}
	if c.Table = n; len(n.Rows) == 0 {
		c.Table, c.Says = nil, "No update was due yet."
	}
	return c
}

func outcomes(t schema.BoardTrends) chart {
	c := chart{ID: "outcomes", Title: "Outcomes", Says: "How the closed ones ended."}
	if len(t.Outcomes) == 0 {
		c.Says = "None is closed yet."
		return c
	}
	n := &numbers{Caption: c.Title, Head: []string{"How it ended", "Outcome for the customer", "Escalations"}, Open: true}
	for _, o := range t.Outcomes {
		n.Rows = append(n.Rows, []cell{text(o.Status), text(o.Outcome), barred(fmt.Sprint(o.Closed), o.Closed, t.Closed, "share")})
	}
	c.Table = n
	return c
}

func regions(t schema.BoardTrends) chart {
	c := chart{ID: "regions", Title: "Regions", Says: "Where the customers are."}
	if len(t.Regions) == 0 {
		c.Says = "There is no escalation yet."
		return c
	}
	open, closed := 0, 0
	for _, r := range t.Regions {
		open, closed = max(open, r.Open), max(closed, r.Closed)
	}
	n := &numbers{Caption: c.Title, Head: []string{"Region", "Open", "Closed"}, Open: true}
	for _, r := range t.Regions {
		n.Rows = append(n.Rows, []cell{text(r.Region), barred(fmt.Sprint(r.Open), r.Open, open, "opened"), barred(fmt.Sprint(r.Closed), r.Closed, closed, "closed")})
	}
	c.Table = n
	return c
}

func reopened(t schema.BoardTrends) chart {
	c := chart{ID: "reopened", Title: "Opened again", Says: fmt.Sprintf("%s opened again after it was closed.", words.Count(t.Reopened, "escalation")+" was")}
	switch t.Reopened {
	case 0:
		c.Says = "None was opened again after it was closed."
	case 1:
	default:
		c.Says = fmt.Sprintf("%d escalations were opened again after they were closed.", t.Reopened)
	}
	return c
}
