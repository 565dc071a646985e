package act

import (
	"fmt"
	"strconv"
	"time"

	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func update() Act {
	return Act{
		Name:  "update",
		Short: "Say what has happened",
		Long: "Adds an update (P24). It starts the channel clock anew and, to the customer, the customer clock too. " +
			"One that says that nothing has changed counts as well.",
		Examples: []string{`northwind -m "The load test is booked for Tuesday."`, `northwind --to internal,customer -F -`},
		State:    Open,
		Message:  "text",
		Questions: []Question{
			{Name: "text", Writes: "/updates", Title: "What has happened?", Form: Text, Need: always, Help: "Also when nothing has changed: say so."},
			to(),
			{
				Name: "significant", Writes: "/updates/-/significant", Title: "Is it a significant change of status?", Form: Yes, Switch: true, Suggest: propose("no"),
				Help: "yes: it also goes to the announcement channel, and pings all DRIs. At most once a day (P22, P23).",
			},
			{
				Name: "amends", Writes: "/updates/-/amends", Title: "Which earlier update does it correct?", Form: Entry, Hidden: true, Choose: updates,
				Help: "Past updates are never edited: a new one corrects them (P37). Its number, its time or a part of its text.",
			},
		},
		Says: func(_ *Case, a Answers) string {
			if a.yes("significant") {
				return "significant update"
			}
			return "update"
		},
		Edit: func(c *Case, a Answers) []splice.Change {
			u := schema.Update{At: c.stamp(), By: c.By, To: audience(a), Significant: a.yes("significant"), Text: a.text("text")}
			for _, i := range a.indexes("amends") {
				u.Amends = c.Escalation.Updates[i].At
			}
			return []splice.Change{splice.Add("/updates", u)}
		},
	}
}

// updates are all updates, by their numbers.
func updates(c *Case, _ Answers) []Option {
	var list []Option
	for i, u := range c.Escalation.Updates {
		text := u.Text
		if u.Redacted != "" {
			text = "(redacted) " + u.Redacted
		}
		list = append(list, Option{strconv.Itoa(i + 1), fmt.Sprintf("%d. %s %s", i+1, u.At.Format(time.RFC3339), words.Line(text)), ""})
	}
	return list
}

func redact() Act {
	return Act{
		Name:  "redact",
		Short: "Take away the text of an update that should never have been written",
		Long: "Puts a reason in the place of an update's text (P37). What was posted of it is edited, too. The history of git and of the ledger " +
			"still holds the text.",
		Examples: []string{`northwind 3 -m "Personal data of a customer's employee"`},
		State:    Any,
		Argument: "update",
		Message:  "reason",
		Questions: []Question{
			{
				Name: "update", Title: "Which update?", Form: Entry, Need: always, Help: "Its number, its time or a part of its text.",
				Choose: func(c *Case, _ Answers) []Option {
					var list []Option
					for i, o := range updates(c, nil) {
						if c.Escalation.Updates[i].Redacted == "" {
							list = append(list, o)
						}
					}
					return list
				},
			},
			{Name: "reason", Title: "Why should it never have been written?", Form: Line, Need: always, Help: "It stands in the place of the text."},
		},
		Says: func(*Case, Answers) string { return "an update is redacted" },
		Edit: func(_ *Case, a Answers) []splice.Change {
			var changes []splice.Change
			for _, i := range a.indexes("update") {
				at := fmt.Sprintf("/updates/%d", i)
				changes = append(changes, splice.Set(at+"/redacted", a.text("reason")), splice.Remove(at+"/text"))
			}
			return changes
		},
	}
}
