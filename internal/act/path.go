package act

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func step() Act {
	adds := lacks("done")
	return Act{
		Name:     "step",
		Short:    "Add a next step, or say which is done",
		Long:     "Adds a next step, with who does it and until when (P7); with --done it writes down which are done.",
		Examples: []string{`northwind "Load test with the customer" --owner jdoe --due friday`, `northwind --done 2`, `northwind --done "load test"`},
		State:    Open,
		Argument: "step",
		Questions: []Question{
			{
				Name: "done", Title: "Which steps are done?", Form: Entry, Many: true, Choose: undone, Already: alreadyDone,
				Help: "Choose none to add one.",
			},
			{
				Name: "on", Title: "On which day?", Form: Day, Need: maybe(func(_ *Case, a Answers) bool { return a.Has("done") }), Suggest: proposeToday,
				Unasked: "it says when a step was done: name the step by --done", Refuse: otherDay("step", "done", "done", doneOn),
			},
			{Name: "step", Title: "What will be done next?", Form: Line, Need: when(adds), Unasked: "--done adds no step", Page: "step", Help: "One thing that somebody does until a day."},
			{Name: "owner", Title: "Who does it?", Form: Person, Need: when(adds), Unasked: "--done adds no step", Page: "step", Choose: anybody, Suggest: me},
			{Name: "due", Title: "Until which day?", Form: Day, Ahead: true, Need: when(adds), Unasked: "--done adds no step", Page: "step", Help: "Such as 2026-12-04, tomorrow, friday, in 3 days."},
		},
		Says: func(c *Case, a Answers) string {
			if a.Has("done") {
				return words.Count(len(still(c, a, "done", doneOn)), "step") + " done"
			}
			return "next step for " + a.One("owner")
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			if !a.Has("done") {
				return []splice.Change{splice.Add("/next_steps", schema.NextStep{Step: a.text("step"), Owner: a.handle("owner"), Due: a.day("due")})}
			}
			var list []splice.Change
			for _, i := range still(c, a, "done", doneOn) {
				list = append(list, splice.Set(fmt.Sprintf("/next_steps/%d/done", i), a.day("on")))
			}
			return list
		},
		Idle: idle("done", "done", doneOn),
	}
}

// doneOn and metOn are the days that an entry has; zero where it is still open.
func doneOn(c *Case, i int) schema.Date { return c.Escalation.NextSteps[i].Done }
func metOn(c *Case, i int) schema.Date  { return c.Escalation.ExitCriteria[i].Met }

// still are the places of the entries that were chosen and have no day yet. The others
// keep theirs: somebody wrote it down when it happened.
func still(c *Case, a Answers, question string, on func(*Case, int) schema.Date) []int {
	return slices.DeleteFunc(a.indexes(question), func(i int) bool { return !on(c, i).IsZero() })
}

// idle says that all entries that were chosen have their days.
func idle(question, is string, on func(*Case, int) schema.Date) func(*Case, Answers) (string, string) {
	return func(c *Case, a Answers) (string, string) {
		n := len(a.All(question))
		if n == 0 || len(still(c, a, question, on)) > 0 {
			return "", ""
		}
		return question, words.Agree(n, "it is ", "they are ") + is + " already"
	}
}

// otherDay refuses a day for an entry that has another: it would be lost.
func otherDay(entry, question, is string, on func(*Case, int) schema.Date) func(*Case, string, Answers) (string, string) {
	return func(c *Case, day string, a Answers) (message, hint string) {
		for _, i := range a.indexes(question) {
			if was := on(c, i); !was.IsZero() && was.Format(time.DateOnly) != day {
				return fmt.Sprintf("%s %d is %s already, on %s", entry, i+1, is, was.Format(time.DateOnly)), "leave it out, or mend the day in the file"
			}
		}
		return "", ""
	}
}

// me suggests whoever is asked.
func me(c *Case, _ Answers) []string {
	if c.By == "" {
		return nil
	}
	return []string{string(c.By)}
}

func met() Act {
	return Act{
		Name:     "met",
		Short:    "Say that an exit criterion is met",
		Long:     "Writes down on which day exit criteria were met.",
		Examples: []string{`northwind 1`, `northwind "failover drill" --on 2026-12-02`},
		State:    Open,
		Argument: "criterion",
		Questions: []Question{
			{
				Name: "criterion", Title: "Which exit criteria are met?", Form: Entry, Many: true, Need: always, Choose: unmet, Already: alreadyMet,
				Help: "Their numbers, or a part of their words.",
			},
			{Name: "on", Title: "On which day?", Form: Day, Suggest: proposeToday, Help: "Such as 2026-12-02, today, yesterday.", Refuse: otherDay("exit criterion", "criterion", "met", metOn)},
		},
		Says: func(c *Case, a Answers) string {
			return words.Count(len(still(c, a, "criterion", metOn)), "exit criterion") + " met"
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			var list []splice.Change
			for _, i := range still(c, a, "criterion", metOn) {
				list = append(list, splice.Set(criterionAt(i)+"/met", a.day("on")))
			}
			return list
		},
		Idle: idle("criterion", "met", metOn),
	}
}

func criterion() Act {
	all := func(c *Case, _ Answers) []Option {
		return numbered(c.Escalation.ExitCriteria, criterionText, func(schema.ExitCriterion) bool { return true })
	}
	rewrites := func(_ *Case, a Answers) bool { return a.Has("instead-of") || a.Has("drop") }
	return Act{
		Name:  "criterion",
		Short: "Add, rewrite or drop an exit criterion",
		Long: "Adds an exit criterion. One that is rewritten or dropped, and one that turns out not to be met, needs an update that says why (P38): everybody works " +
			"towards what stood there.",
		Examples: []string{
			`northwind "No old build for two weeks"`, `northwind "Lag below 5 minutes" --instead-of 1 -m "Agreed with the customer."`,
			`northwind --drop 3 -m "It is part of the first."`,
		},
		State:    Open,
		Argument: "criterion",
		Message:  "why",
		Questions: []Question{
			{Name: "drop", Title: "Which exit criterion is dropped?", Form: Entry, Choose: all, Hidden: true, Help: "Its number, or a part of its words."},
			{
				Name: "criterion", Title: "What must be true for the escalation to end?", Form: Line, Need: when(lacks("drop")), Unasked: "--drop adds none",
				Help: "So that anyone can tell whether it is (P15).",
			},
			{
				Name: "instead-of", Title: "Does it take the place of another?", Form: Entry, Choose: all, Need: maybe(lacks("drop")), Unasked: "--drop adds none",
				Help: "The number of that one, or a part of its words.",
			},
			{Name: "why", Title: "Why?", Form: Text, Need: when(rewrites), Unasked: "it explains what is rewritten or dropped", Help: "It becomes an update (P38)."},
			to(),
		},
		Says: func(_ *Case, a Answers) string {
			switch {
			case a.Has("drop"):
				return "an exit criterion is dropped"
			case a.Has("instead-of"):
				return "an exit criterion is rewritten"
			}
			return "one more exit criterion"
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			var list []splice.Change
			switch {
			case a.Has("drop"):
				list = append(list, splice.Remove(fmt.Sprintf("/exit_criteria/%d", a.indexes("drop")[0])))
			case a.Has("instead-of"):
				at := fmt.Sprintf("/exit_criteria/%d", a.indexes("instead-of")[0])
				list = append(list, splice.Set(at+"/criterion", a.text("criterion")), splice.Remove(at+"/met"))
			default:
				list = append(list, splice.Add("/exit_criteria", schema.ExitCriterion{Criterion: a.text("criterion")}))
			}
			if a.Has("why") {
				list = append(list, c.say(a.text("why"), audience(a)))
			}
			return list
		},
	}
}

// criterionAt is where an exit criterion stands.
func criterionAt(i int) string { return fmt.Sprintf("/exit_criteria/%d", i) }
