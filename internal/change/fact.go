package change

import (
	"fmt"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Fact is a time that a file states, by what it is known by in every version of
// the file: so that it can be asked when it was written (P37).
type Fact struct {
	// Of says what it is the time of.
	Of string
	At time.Time
}

// UpdateAt is the fact that there is an update of a time.
func UpdateAt(at time.Time) Fact { return Fact{"update", at} }

// Stated is a fact, and the JSON pointer of the place that states it.
type Stated struct {
	Fact
	Field string
	// Day reports that it is a day, not a moment.
	Day bool
	// Ahead reports that it may be in the future: it says until when.
	Ahead bool
}

// Latest is the latest moment that an escalation speaks of as past; zero where it
// speaks of none. It stands for the present where no clock may be looked at.
func Latest(e *schema.Escalation) time.Time {
	var last time.Time
	for _, f := range Facts(e) {
		if !f.Ahead && f.At.After(last) {
			last = f.At
		}
	}
	return last
}

// Facts returns the times that an escalation states, those that are there.
func Facts(e *schema.Escalation) []Stated {
	var list []Stated
	add := func(s Stated) {
		if !s.At.IsZero() {
			list = append(list, s)
		}
	}
	add(Stated{Fact{"opened", e.Opened.At.Time}, "/opened/at", false, false})
	for i, c := range e.ExitCriteria {
		add(Stated{Fact{"met " + string(c.Criterion), c.Met.Time}, fmt.Sprintf("/exit_criteria/%d/met", i), true, false})
	}
	for i, s := range e.NextSteps {
		add(Stated{Fact{"done " + string(s.Step), s.Done.Time}, fmt.Sprintf("/next_steps/%d/done", i), true, false})
		add(Stated{Fact{"due " + string(s.Step), s.Due.Time}, fmt.Sprintf("/next_steps/%d/due", i), true, true})
	}
	if e.Cover != nil {
		add(Stated{Fact{"cover " + string(e.Cover.DRI), e.Cover.Until.Time}, "/cover/until", true, true})
	}
	if e.Snooze != nil {
		add(Stated{Fact{"snooze", e.Snooze.Until.Time}, "/snooze/until", true, true})
	}
	if e.RCA != nil {
		add(Stated{Fact{"asked", e.RCA.Asked.Time}, "/rca/asked", true, false})
		add(Stated{Fact{"due", e.RCA.Due.Time}, "/rca/due", true, true})
	}
	for i, u := range e.Updates {
		add(Stated{UpdateAt(u.At.Time), fmt.Sprintf("/updates/%d/at", i), false, false})
	}
	if e.Closure != nil {
		add(Stated{Fact{"closed", e.Closure.At.Time}, "/closure/at", false, false})
		if e.Closure.Amended != nil {
			add(Stated{Fact{"amended", e.Closure.Amended.At.Time}, "/closure/amended/at", false, false})
		}
	}
	return list
}
