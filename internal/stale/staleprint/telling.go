package staleprint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Telling is how telling stands, beside what is overdue: a workflow that fails or is
// disabled says so to nobody, and its page of the other one does. What is not known is
// said to be that.
type Telling struct {
	// LastTold is when apply last told a change; zero where it has told none.
	// LastUnknown says why that is not known; "" where it is.
	LastTold    time.Time
	LastUnknown string
	// Unknown says why the rest is not known; "" where it is.
	Unknown string
	// Waiting are the escalations whose file on the default branch differs from what
	// was told, and that nothing holds up but that apply has not run since, or failed.
	Waiting []schema.ID
	// Held are those that something holds up, with what that is.
	Held []Held
	// Stuck is what was written down to be delivered, and was not.
	Stuck []Stuck
}

// Held is an escalation of which nothing is told, and why.
type Held struct {
	Escalation schema.ID
	Why        string
}

// Stuck is a notice that was not delivered.
type Stuck struct {
	notice.Notice
	// Why it failed when it was tried last; "" where it was not tried by this run.
	Why string
}

// troubled reports whether a person has to look after something.
func (t Telling) troubled() bool {
	return t.Unknown != "" || len(t.Waiting)+len(t.Held)+len(t.Stuck) > 0
}

// write writes the end of the page.
func (t Telling) write(b *markdown.Bounded, now time.Time, links Links) {
	lines := []string{
		fmt.Sprintf("`stale` wrote this page on %s, and writes it anew whenever it runs: where that is long ago, it does not run any more.", words.Zoned(now)),
		t.last(),
	}
	if t.Unknown != "" {
		lines = append(lines, "What else is to be told is not known: "+cell(t.Unknown))
	}
	b.Write("\n### What was told\n\n- " + strings.Join(lines, "\n- ") + "\n")
	for _, id := range t.Waiting {
		line(b, "waiting to be told", id, fmt.Sprintf("%s changed and is not told: `apply` has not run since, or failed. Look at its runs.", named(id, "", links)))
	}
	for _, h := range t.Held {
		line(b, "held up", h.Escalation, fmt.Sprintf("%s is held up: %s", named(h.Escalation, "", links), cell(words.Line(h.Why))))
	}
	for _, of := range t.together() {
		what := markdown.Code(of[0].Key)
		if more := len(of) - 1; more > 0 {
			what += fmt.Sprintf(" and %d more", more)
		}
		why := of[0].Why
		if why == "" {
			why = "this run did not try it"
		}
		line(b, "not delivered", of[0].Escalation, fmt.Sprintf("%s, to the %s by %s, not delivered since %s: %s", what, of[0].To.Called(), cell(of[0].Via), words.Zoned(of[0].At), cell(words.Line(why))))
	}
}

// last says when apply last told a change.
func (t Telling) last() string {
	switch {
	case t.LastUnknown != "":
		return "When `apply` last told a change is not known: " + cell(t.LastUnknown)
	case t.LastTold.IsZero():
		return "`apply` has told no change yet."
	case t.Unknown == "" && len(t.Waiting) == 0 && len(t.Held) == 0:
		return fmt.Sprintf("`apply` last told a change on %s, and nothing on the default branch waits for it.", words.Zoned(t.LastTold))
	}
	return fmt.Sprintf("`apply` last told a change on %s.", words.Zoned(t.LastTold))
}

// together is what is stuck, in one place of one escalation by one destination as one,
// what was written down first before the rest.
func (t Telling) together() [][]Stuck {
	type at struct {
		schema.ID
		notice.Place
		via string
	}
	var all [][]Stuck
	index := map[at]int{}
	for _, s := range slices.SortedStableFunc(slices.Values(t.Stuck), func(a, b Stuck) int { return a.At.Compare(b.At) }) {
		key := at{s.Escalation, s.To, s.Via}
		i, known := index[key]
		if !known {
			i = len(all)
			index[key] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], s)
	}
	return all
}

// line writes an item of a list, or says that it has no room.
func line(b *markdown.Bounded, kind string, id schema.ID, text string) {
	if !b.Write("- " + text + "\n") {
		b.LeaveOut(kind, string(id))
	}
}
