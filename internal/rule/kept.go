package rule

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

func closedKept() Rule {
	return Rule{
		Name:    "closed-kept",
		Cites:   []string{"P35"},
		Summary: "a closed escalation does not change, unless it is reopened",
		Why: "What was told at the closing stays as it was told. The root cause analysis, the pattern issue and the sentiment may be set and corrected later; " +
			"what else the closure says, with `closure.amended`, which says who corrected it, when and why. " +
			"For anything else the escalation is reopened: delete `closure`, and add an update that says why.",
		Reading: "That a closure may be amended is this project's reading. An update that should never have been written may be redacted here as well. No setting changes this.",
		Fields:  []string{"/closure/amended"},
		Escalation: func(c *Pass) {
			if c.Closure != nil && c.Closure.Amended != nil && !c.Closure.Amended.At.IsZero() && !c.Closure.Amended.At.After(c.Closure.At.Time) {
				c.Error("/closure/amended/at", fmt.Sprintf("the closure is of %s, and cannot be amended before", stamp(c.Closure.At.Time)), "write when it was corrected")
			}
		},
		Transition: func(t *Transition) {
			if t.Before == nil || t.Before.Closure == nil || t.changeable() {
				return
			}
			hint := func(field string) string {
				return t.putBack(field) + ", or reopen the escalation: delete `closure` and add an update that says why"
			}
			amended := amendedNow(t.Before.Closure, t.Closure)
			told := map[string]bool{} // two moments can be of one field
			for _, c := range t.Changes {
				switch {
				case c.Update == nil && told[c.Field]:
				case c.Field == "rca" && t.RCA != nil, c.Moment == notice.Amended && amended, c.Moment == notice.Redacted:
				case c.Field == "closure":
					for _, field := range closureChanges(t.Before.Closure, t.Closure) {
						t.Error(field, "the escalation is closed, and its closure changed here", t.putBack(field)+", or say who corrected it, and why: "+
							"add `amended: {at: <time>, by: <handle>, why: <text>}` to the closure")
					}
				case c.Field == "updates" && c.Moment == notice.Edited:
					// update-kept tells it, and lets through what is redacted.
				case c.Field == "updates":
					i := slices.IndexFunc(t.Updates, func(u schema.Update) bool { return u.At == c.Update.At })
					f := t.Error(fmt.Sprintf("/updates/%d", i), "the escalation is closed, and this update is new",
						"to add updates, reopen the escalation: delete `closure`, and let an update say why")
					if !c.Update.At.Before(t.Closure.At.Time) { // then the closure is not after all of it, either
						f.AlsoCite("P37")
						f.Also = "/closure/at"
					}
				default:
					t.Error("/"+c.Field, fmt.Sprintf("the escalation is closed, but %s changed", code(c.Field)), hint("/"+c.Field))
				}
				told[c.Field] = true
			}
		},
		Wrong: changed(closedExample, strings.Replace(closedExample, "split by team", "split by project", 1), "The queue was split by project."),
		Right: changed(closedExample, strings.Replace(closedExample, "sentiment: yellow", "sentiment: green", 1), ""),
	}
}

const closedExample = `closure:
  at: 2026-12-03T10:00:00Z
  by: jdoe
  resolution: resolved
  outcome: positive
  exit_criteria_met: false
  why_not: The customer took our word for it.
  summary: The queue was split by team.
  agreement: https://docs.example.com/agreed
  sentiment: yellow
`

// closureChanges returns the fields of a closure that changed and may not.
func closureChanges(was, is *schema.Closure) []string {
	var fields []string
	before, after := reflect.ValueOf(*was), reflect.ValueOf(*is)
	for i := range before.NumField() {
		name, _, _ := strings.Cut(before.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case name == "sentiment", name == "pattern_issue" && is.PatternIssue != "":
		case !reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()):
			fields = append(fields, "/closure/"+name)
		}
	}
	return fields
}

// amendedNow reports whether a closure says that it was corrected, and did not
// before (P35): later than what was corrected before.
func amendedNow(was, is *schema.Closure) bool {
	switch {
	case is.Amended == nil || is.Amended.Why == "":
		return false
	case was.Amended == nil: // that it is later than the closing is judged of the file
		return true
	default:
		return is.Amended.At.After(was.Amended.At.Time)
	}
}

func pathKept() Rule {
	return Rule{
		Name:    "path-kept",
		Cites:   []string{"P36"},
		Summary: "the file of an escalation is never renamed or deleted",
		Why: "The path is the escalation's identity: its channel, its tracking issue and every notice go by it. An escalation ends with a `closure`, and its file stays as the record. " +
			"A later escalation of the same customer gets a file of its own, with `previous:`.",
		Vanished: func(v *Vanished) (path, message, hint string) {
			restore := "put the file back"
			if v.Base != "" {
				restore += fmt.Sprintf(": `git checkout %.12s -- %s`", v.Base, quoted(v.Before.Path))
			}
			if v.Now != nil {
				return v.Now.Path, fmt.Sprintf("this escalation was %s: its name is its identity, and never changes", code(v.Before.Path)),
					fmt.Sprintf("rename the file back to %s", code(v.Before.Path))
			}
			return v.Before.Path, "the file is gone, but an escalation is never deleted",
				restore + "; an escalation ends with a `closure`"
		},
		Wrong: Example{Note: "the file `escalations/2026/northwind.yaml` is deleted, or renamed to `escalations/2026/northwind-traders.yaml`"},
		Right: Example{Note: "the file stays where it is, with a `closure` once the escalation has ended"},
	}
}

// quoted is a path as a shell takes it.
func quoted(p string) string {
	if strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789/_-.") == "" {
		return p
	}
	return "'" + path.Clean(strings.ReplaceAll(p, "'", `'\''`)) + "'"
}

func openedKept() Rule {
	return Rule{
		Name:    "opened-kept",
		Cites:   []string{"P37", "P36"},
		Summary: "when and by whom an escalation was opened never changes",
		Why:     "All clocks start there, and everybody was told so. Another escalation, also of the same customer, is another file: a name is never used twice.",
		Merges:  true,
		Transition: func(t *Transition) {
			if t.Before == nil {
				return
			}
			was, is := t.Before.Opened, t.Opened
			const hint = "; for another escalation, take a new file"
			switch {
			case was.At != is.At:
				t.Error("/opened/at", fmt.Sprintf("the escalation was opened at %s, which never changes", stamp(was.At.Time)), "write `at: "+stamp(was.At.Time)+"`"+hint).
					Fixes = t.PutBare("/opened/at", stamp(was.At.Time))
			case was.By != is.By:
				t.Error("/opened/by", fmt.Sprintf("the escalation was opened by %s, which never changes", t.named(was.By)), "write `by: "+string(was.By)+"`"+hint).
					Fixes = t.Put("/opened/by", string(was.By))
			}
		},
		Wrong: changed("opened: {at: 2026-11-20T09:30:00Z, by: jdoe}\n", "opened: {at: 2026-11-20T12:00:00Z, by: jdoe}\n", "2026-11-20T12:00:00Z"),
		Right: changed("opened: {at: 2026-11-20T09:30:00Z, by: jdoe}\n", "opened: {at: 2026-11-20T10:30:00+01:00, by: jdoe}\n", ""),
	}
}

func customerKept() Rule {
	return Rule{
		Name:    "customer-kept",
		Cites:   []string{"P37"},
		Summary: "the customer's name changes only with an update that says why",
		Why:     "The customer stays the same from the opening to the end. The name may be corrected, or change with the company: an update says so.",
		Merges:  true,
		Transition: func(t *Transition) {
			if t.changeable() && t.Before.Customer != t.Customer && !t.explained() {
				t.Error("/customer", fmt.Sprintf("the customer was %s, and no new update says why the name changes", code(t.Before.Customer)),
					explain+", or write the name as it was")
			}
		},
		Wrong: changed("customer: Northwind Traders\n", "customer: Contoso\n", "Contoso"),
		Right: changed("customer: Northwind Traders\n", "customer: Northwind Group\n"+
			"updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: The company has a new name.}\n", ""),
	}
}
