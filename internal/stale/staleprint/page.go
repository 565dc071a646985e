package staleprint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// page is a report as a manager takes it in at a glance: the totals, then each
// open escalation, the worst first.
type page struct {
	totals []string // sentences
	blocks []block
	// proposed are the proposals that lie unmerged, unlisted is why not all may be here.
	proposed []proposed
	unlisted string
	owed     []owed
	foot     []string // sentences
}

// block is one open escalation.
type block struct {
	stale.Standing
	// since is when the first thing became overdue, zero where nothing is.
	since time.Time
	late  string // the worst lateness, in one unit; or how it stands
	rung  int    // the highest; 0 where nothing is overdue
	turn  stale.Person
	lines []string // what is late, or due next
}

// owed is an analysis that a closed escalation owes.
type owed struct {
	stale.Item
	late string
}

// proposed is a proposal that lies unmerged.
type proposed struct {
	stale.Item
	late string
}

// whose says whose turn it is.
func (p proposed) whose() string {
	if p.Turn.Handle == "" {
		return "Nobody is asked: name somebody under `triage` in the policy"
	}
	return "Turn: " + p.Turn.String()
}

// few is up to how many escalations each late step has a line of its own.
const few = 3

// newPage lays a report out. With advice, it says what is only advised, too.
func newPage(r stale.Report, advice bool) page {
	var p page
	items := map[schema.ID][]stale.Item{}
	for _, i := range r.Items {
		switch {
		case i.Change != 0:
			p.proposed = append(p.proposed, proposed{i, lateness(r.Now, i)})
		case !i.Closed:
			items[i.Escalation] = append(items[i.Escalation], i)
		case i.Clock == stale.RCA:
			p.owed = append(p.owed, owed{i, lateness(r.Now, i)})
		}
	}
	for _, s := range r.Open {
		p.blocks = append(p.blocks, newBlock(r.Now, s, items[s.Escalation], len(r.Open) <= few, advice))
	}
	slices.SortStableFunc(p.blocks, func(a, b block) int {
		if byRank := cmp.Compare(a.Severity.Rank(), b.Severity.Rank()); byRank != 0 || a.since.IsZero() || b.since.IsZero() {
			return cmp.Or(byRank, b.since.Compare(a.since)) // what is in time has no since, and comes last
		}
		return a.since.Compare(b.since)
	})
	slices.SortStableFunc(p.owed, func(a, b owed) int { return a.Due.Compare(b.Due) })
	slices.SortStableFunc(p.proposed, func(a, b proposed) int { return a.Due.Compare(b.Due) })
	if r.Unlisted != nil {
		p.unlisted = "which proposals lie unmerged is not known: " + r.Unlisted.Error()
	}
	p.totals = totals(r, p)
	p.foot = foot(r)
	return p
}

// whose says whose turn it is, and who the DRI is where that is somebody else.
func (b block) whose() string {
	text := "DRI: " + b.DRI.Name
	switch b.turn.Handle {
	case "": // it is nobody's turn
	case b.DRI.Handle:
		text = "Turn: " + b.turn.String()
	default:
		text = "Turn: " + b.turn.String() + "; " + text
	}
	if s := b.StandIn; s.Handle != "" && s.Handle != b.turn.Handle {
		text += ", for whom " + s.Name + " stands in"
	}
	return text
}

// lateness says how late an item is, or by when it is due.
func lateness(now time.Time, i stale.Item) string {
	if i.State == stale.Overdue {
		return words.Span(now.Sub(i.Since)) + " late"
	}
	return "due " + i.When()
}

func newBlock(now time.Time, s stale.Standing, items []stale.Item, detailed, advice bool) block {
	b := block{Standing: s, late: "in time"}
	var late, next []stale.Item
	for _, i := range items {
		switch i.State {
		case stale.Overdue:
			late = append(late, i)
			if i.Rung > b.rung {
				b.rung, b.turn = i.Rung, i.Turn
			}
			if b.since.IsZero() || i.Since.Before(b.since) {
				b.since, b.late = i.Since, lateness(now, i)
			}
		case stale.Due:
			next = append(next, i)
		}
	}
	b.lines = lateLines(late, detailed)
	if len(late) == 0 && len(next) > 0 {
		i := slices.MinFunc(next, func(a, b stale.Item) int { return a.Due.Compare(b.Due) })
		if b.turn, b.lines = i.Turn, []string{due(now, i)}; !i.Due.After(now) {
			b.late = "due"
		}
	}
	if s.Silent {
		b.lines = append(b.lines, "Nobody has said anything for thirty days: is it still an escalation?")
	}
	for _, i := range items {
		if advice && i.State == stale.Advisory && i.Due.Before(now) && i.Clock != stale.Role {
			b.lines = append(b.lines, "Advised: "+i.What)
		}
	}
	return b
}

// lateLines says what is late, each thing in a line: who waits for word first,
// the steps last.
func lateLines(late []stale.Item, detailed bool) []string {
	of := map[stale.Clock][]stale.Item{}
	for _, i := range late {
		of[i.Clock] = append(of[i.Clock], i)
	}
	var lines []string
	if line := silence(of[stale.Channel], of[stale.Customer]); line != "" {
		lines = append(lines, line)
	}
	if len(of[stale.Customer]) > 0 {
		delete(of, stale.Snooze) // it is over, and the customer is the one who waits
	}
	for _, clock := range []stale.Clock{stale.Path, stale.CSE, stale.ProductDRI, stale.Criteria, stale.RCA, stale.Case, stale.Standup, stale.Snooze} {
		for _, i := range of[clock] {
			line := words.Capital(i.What)
			if clock != stale.Snooze { // which says so itself
				line += ", late since " + i.When()
			}
			lines = append(lines, line)
		}
	}
	steps := of[stale.Step]
	if len(steps) > 1 && !detailed {
		return append(lines, fmt.Sprintf("%d steps, the first due %s: %s", len(steps), steps[0].When(), words.And(owners(steps))))
	}
	for _, i := range steps {
		lines = append(lines, step(i))
	}
	return lines
}

// silence says since when the channel and the customer have heard nothing.
func silence(channel, customer []stale.Item) string {
	switch {
	case len(channel) == 0 && len(customer) == 0:
		return ""
	case len(channel) == 0:
		return "No word to the customer since " + words.Day(customer[0].Heard)
	case len(customer) == 0:
		return "No word to the channel since " + words.Day(channel[0].Heard)
	}
	in, out := words.Day(channel[0].Heard), words.Day(customer[0].Heard)
	if in == out {
		return "No word to the channel and the customer since " + in
	}
	return fmt.Sprintf("No word to the channel since %s, to the customer since %s", in, out)
}

func step(i stale.Item) string {
	return fmt.Sprintf("Step of %s, due %s: %s", i.Owner.Name, i.When(), words.Line(i.Step))
}

// owners are those of steps, each once, with their number where there are more.
func owners(steps []stale.Item) []string {
	var names []string
	n := map[string]int{}
	for _, i := range steps {
		if n[i.Owner.Name]++; n[i.Owner.Name] == 1 {
			names = append(names, i.Owner.Name)
		}
	}
	for k, name := range names {
		if n[name] > 1 {
			names[k] = fmt.Sprintf("%s (%d)", name, n[name])
		}
	}
	return names
}

// due says what is due next. What is past due and not yet overdue is due since
// then, and not by then.
func due(now time.Time, i stale.Item) string {
	what := i.Clock.Ends()
	switch i.Clock {
	case stale.Step:
		what = fmt.Sprintf("step of %s: %s", i.Owner.Name, words.Line(i.Step))
	case stale.Channel:
		what = "a word to the channel, the last was on " + words.Day(i.Heard)
	case stale.Customer:
		what = "a word to the customer, the last was on " + words.Day(i.Heard)
	}
	if i.Due.After(now) {
		return fmt.Sprintf("Next, by %s: %s", i.When(), what)
	}
	return fmt.Sprintf("Due since %s: %s", i.When(), what)
}

// totals say how all stand together.
func totals(r stale.Report, p page) []string {
	late := 0
	var by []string
	for _, s := range schema.AllSeverities() {
		n := 0
		for _, b := range p.blocks {
			if b.Severity == s {
				n++
			}
		}
		if n > 0 {
			by = append(by, fmt.Sprintf("%d %s", n, s))
		}
	}
	for _, b := range p.blocks {
		if !b.since.IsZero() {
			late++
		}
	}
	open := fmt.Sprintf("%d open", len(p.blocks))
	if len(by) > 0 {
		open += " (" + strings.Join(by, ", ") + ")"
	}
	verdict := fmt.Sprintf("%d late", late)
	over := 0 // of the proposals
	for _, x := range p.proposed {
		if x.State == stale.Overdue {
			over++
		}
	}
	if late+over == 0 {
		verdict = "nothing overdue"
	}
	if late+over == 0 && (len(r.Unread) > 0 || p.unlisted != "") {
		verdict = "and of some nothing can be said"
	}
	all := []string{fmt.Sprintf("%s: %s, %s.", words.Zoned(r.Now), open, verdict)}
	if n := len(p.proposed); n > 0 {
		all = append(all, fmt.Sprintf("%s unmerged, %d late.", words.Count(n, "proposal")+words.Agree(n, " is", " are"), over))
	}
	if n := len(p.owed); n > 0 {
		over := 0
		for _, o := range p.owed {
			if o.State == stale.Overdue {
				over++
			}
		}
		all = append(all, fmt.Sprintf("%s a root cause analysis, %d late.", words.Count(n, "closed escalation")+words.Agree(n, " owes", " owe"), over))
	}
	return all
}

// foot says what is nobody's turn.
func foot(r stale.Report) []string {
	var all []string
	of := map[string]map[schema.ID]bool{}
	var vacant []string
	for _, i := range r.Items {
		if i.Clock == stale.Role {
			if of[i.What] == nil {
				of[i.What] = map[schema.ID]bool{}
				vacant = append(vacant, i.What)
			}
			of[i.What][i.Escalation] = true
		}
	}
	slices.Sort(vacant)
	for _, what := range vacant {
		all = append(all, fmt.Sprintf("%s (%s).", words.Capital(what), words.Count(len(of[what]), "escalation")))
	}
	if len(r.Incomplete) > 0 {
		all = append(all, "Lint refuses these, and what is missing there may have no clock: "+words.Join(r.Incomplete, ", ")+".")
	}
	if len(r.Snoozed) > 0 {
		all = append(all, "Snoozed, so that nobody is asked about the customer: "+words.Join(r.Snoozed, ", ")+".")
	}
	return all
}
