package lint_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Where exactly one answer is right, the finding has it as a fix: what stands
// there then has no finding, and every other byte is what it was.
func TestFixes(t *testing.T) {
	t.Parallel()
	base := fixture.Read(northwind)
	people := fixture.Read(tree.PeoplePath)
	check := checker(t)
	for _, c := range []struct{ name, old, wrong, right string }{
		{"a severity misspelt", "severity: high", "severity: hihg", "severity: high"},
		{"a channel with a hash", "\ndri: jdoe", "\nchannel: #esc_x\ndri: jdoe", "\nchannel: esc_x\ndri: jdoe"},
		{"another DRI than the clause's", "\ndri: jdoe", "\ndri: arivera", "\ndri: jdoe"},
		{"a summary with a colon", "summary: Pipelines wait", "summary: Now: pipelines wait", `summary: "Now: pipelines wait 40 minutes and every team is affected"`},
		{"a handle with an at", "ask: One", "fyi: [@jdoe]\nask: One", "fyi: [jdoe]\nask: One"},

		{"a DRI missing", "\ndri: jdoe\n", "\n", "account_executive: arivera\ndri: jdoe\n"},
		{"a DRI left empty", "\ndri: jdoe\n", "\ndri:\n", "\ndri: jdoe\n"},
		{"a DRI in a list", "\ndri: jdoe\n", "\ndri: [jdoe]\n", "\ndri: jdoe\n"},
		{"a DRI quoted with an at", "\ndri: jdoe\n", "\ndri: '@jdoe' # Jo\n", "\ndri: jdoe # Jo\n"},
		{"a severity in capitals", "severity: high", "severity: HIGH # really", "severity: high # really"},
		{"a key misspelt", "csm: jdoe", "cms: jdoe", "csm: jdoe"},
		{"a key misspelt in braces", "owner: jdoe, due", "ownr: jdoe, due", "owner: jdoe, due"},
		{"a key without a space in braces", "due: 2026-11-24}", "due:2026-11-24}", "due: 2026-11-24}"},
		{"a key without a space", "severity: high", "severity:high", "severity: high"},
		{"a no-break space behind a key", "severity: high", "severity:\u00a0high", "severity: high"},
		{"a handle misspelt", "owner: jdoe", "owner: jdeo", "owner: jdoe"},
		{"a region in small letters", "region: EMEA", "region: emea", "region: EMEA"},
		{"a case that is pending", "case: https://crm.example.com/cases/5002", "case: Pendng", "case: pending"},
		{"a channel in capitals", "\ndri: jdoe", "\nchannel: esc_Northwind\ndri: jdoe", "\nchannel: esc_northwind\ndri: jdoe"},
		{"a channel quoted with a hash", "\ndri: jdoe", "\nchannel: '#esc_n'\ndri: jdoe", "\nchannel: esc_n\ndri: jdoe"},
		{"a channel without its prefix", "\ndri: jdoe", "\nchannel: northwind\ndri: jdoe", "\nchannel: esc_northwind\ndri: jdoe"},
		{"a channel with almost its prefix", "\ndri: jdoe", "\nchannel: esc-northwind\ndri: jdoe", "\nchannel: esc_northwind\ndri: jdoe"},
		{"a channel of nothing but its prefix", "\ndri: jdoe", "\nchannel: esc_\ndri: jdoe", "\nchannel: esc_northwind\ndri: jdoe"},
		{"a customer that is a number", "customer: Northwind Traders", "customer: 0123", `customer: "0123"`},
		{"a customer that may be true", "customer: Northwind Traders", "customer: On", `customer: "On"`},
		{"a customer that is a date", "customer: Northwind Traders", "customer: 2026-11-20", `customer: "2026-11-20"`},
		{"a customer with an at", "customer: Northwind Traders", "customer: @home # the shop", `customer: "@home" # the shop`},
		{"yes for true", "related: true", "related: yes", "related: true"},
		{"true in quotes", "related: true", "related: 'true'", "related: true"},
		{"one for a list", "team: [okhan]", "team: okhan", "team: [okhan]"},
		{"a list with an entry twice", "team: [okhan]", "team: [okhan, okhan]", "team: [okhan]"},
		{"a block list with an entry twice", "team: [okhan]", "team:\n    - okhan\n    - okhan\n    - mlee", "team:\n    - okhan\n    - mlee"},
		{"a key twice with the same value", "severity: high", "severity: high\nseverity: high # again", "severity: high"},
		{"a key twice, once empty", "  csm: jdoe\n", "  csm: jdoe\n  csm:\n", "  csm: jdoe\n"},
		{"a key twice in braces", "owner: jdoe, due", "owner: jdoe, owner: jdoe, due", "owner: jdoe, due"},
		{"a day with slashes", "due: 2026-11-24", "due: 2026/11/24", "due: 2026-11-24"},
		{"a day without a zero", "due: 2026-11-24", "due: 2026-12-4", "due: 2026-12-04"},
		{"a day as Germans write it", "due: 2026-11-24", "due: 24.11.2026", "due: 2026-11-24"},
		{"a day as Americans write it", "due: 2026-11-24", "due: 11/24/2026", "due: 2026-11-24"},
		{"a day with the month's name", "due: 2026-11-24", "due: 24 November 2026", "due: 2026-11-24"},
		{"a time with a space", "at: 2026-11-20T09:30:00Z", "at: 2026-11-20 09:30 UTC", "at: 2026-11-20T09:30:00Z"},
		{"a time without seconds", "at: 2026-11-20T09:30:00Z", "at: 2026-11-20T10:30+01:00", "at: 2026-11-20T10:30:00+01:00"},
		{"a time of day", "\nask: One", "\nstandup: {days: [mon], time: '9.30', zone: Europe/Berlin, link: 'https://m.example.com', attendees: [jdoe, mlee]}\nask: One", `time: "09:30", zone`},
		{"a time of day in the afternoon", "\nask: One", "\nstandup: {days: [mon], time: 2 pm, zone: Europe/Berlin, link: 'https://m.example.com', attendees: [jdoe, mlee]}\nask: One", `time: "14:00", zone`},
		{"an asterisk", "summary: Pipelines wait 40 minutes", "summary: *All* pipelines wait", `summary: "*All* pipelines wait and every team is affected"`},
		{"a backtick and a comment", "summary: Pipelines wait 40 minutes and every team is affected", "summary: `run` waits # or so", "summary: \"`run` waits\" # or so"},
		{"a tag", "summary: Pipelines wait", "summary: !urgent pipelines wait", `summary: "!urgent pipelines wait 40 minutes and every team is affected"`},
		{"the number of a ticket", "summary: Pipelines wait 40 minutes and every team is affected", "summary: Ticket #4711 is slow", `summary: "Ticket #4711 is slow"`},
		{"the number of a ticket in braces", "step: Load test with the customer", "step: See #4711", `step: "See #4711"`},
		{"text behind a quote", "summary: Pipelines wait 40 minutes and every team is affected", `summary: "Pipelines" wait`, `summary: '"Pipelines" wait'`},
		{"an apostrophe in quotes", "summary: Pipelines wait 40 minutes and every team is affected", `summary: 'It's down'`, `summary: "It's down"`},
		{"an open quote", "summary: Pipelines wait 40 minutes and every team is affected", `summary: "Pipelines wait`, `summary: "Pipelines wait"`},
		{"a backslash", "summary: Pipelines wait 40 minutes and every team is affected", `summary: "C:\data is full"`, `summary: 'C:\data is full'`},
		{"text in brackets", "summary: Pipelines wait 40 minutes and every team is affected", `summary: [urgent] it waits`, `summary: "[urgent] it waits"`},
		{"an open bracket", "team: [okhan]", "team: [okhan", "team: [okhan]"},
		{"open brackets of two kinds", "  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24}", "  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24", "due: 2026-11-24}"},
		{"a bracket too many", "team: [okhan]", "team: [okhan]]", "team: [okhan]"},
		{"a colon in braces", "step: Load test with the customer", "step: Load test: with the customer", `step: "Load test: with the customer"`},
		{"a colon in a list of texts", "\nask: One", "\nskills:\n  - Go: knows it well\nask: One", `  - "Go: knows it well"`},
		{"a question in a link", "tickets: ['https://support.example.com/tickets/4711']", "tickets: [https://support.example.com/t?id=1]", `tickets: ["https://support.example.com/t?id=1"]`},
		{"tabs", "  csm: jdoe\n  account_executive: arivera\n", "\tcsm: jdoe\n\taccount_executive: arivera\n", "  csm: jdoe\n  account_executive: arivera\n"},
		{"no-break spaces", "  csm: jdoe\n", "\u00a0\u00a0csm: jdoe\n", "  csm: jdoe\n"},
		{"a line indented too deep", "  csm: jdoe\n", "   csm: jdoe\n", "  csm: jdoe\n"},
		{"a byte order mark inside", "customer: Northwind", "customer: North\ufeffwind", "customer: Northwind"},
		{"a redacted update with its text", "\nask: One", "\nupdates:\n  - at: 2026-11-21T09:00:00Z\n    by: jdoe\n    to: [internal]\n    text: |\n      a\n\n      b\n    redacted: Personal data\nask: One", "    to: [internal]\n    redacted: Personal data\n"},
		{"a redacted update in braces", "\nask: One", "\nupdates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], text: a, redacted: Personal data}\nask: One", "to: [internal], redacted: Personal data}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(base, c.old) == 0 {
				t.Fatalf("%q is not in the base", c.old)
			}
			for name, text := range map[string]string{
				"as it is":                strings.Replace(base, c.old, c.wrong, 1),
				"with Windows' line ends": strings.ReplaceAll(strings.Replace(base, c.old, c.wrong, 1), "\n", "\r\n"),
				"with a byte order mark":  "\ufeff" + strings.Replace(base, c.old, c.wrong, 1),
			} {
				judge := func(text string) []finding.Finding {
					return run(t, check, fstest.MapFS{tree.PeoplePath: {Data: []byte(people)}, northwind: {Data: []byte(text)}}).Findings
				}
				found := judge(text)
				var edits []edit.Edit
				for _, f := range found {
					for _, x := range f.Fixes {
						edits = append(edits, x.Edit())
					}
				}
				if len(found) == 0 || len(edits) == 0 {
					t.Fatalf("%s: %d findings, %d edits", name, len(found), len(edits))
				}
				mended, err := edit.Apply([]byte(text), edits)
				if err != nil {
					t.Fatal(err)
				}
				got := strings.ReplaceAll(string(mended), "\r\n", "\n")
				if !strings.Contains(got, c.right) {
					t.Errorf("%s: after %+v there is no %q in\n%s", name, edits, c.right, got)
				}
				for _, f := range judge(string(mended)) {
					if f.Rule != "case-pending" {
						t.Errorf("%s: after %+v line %d still has: %s (%s)\n%s", name, edits, f.Line, f.Message, f.Hint, got)
					}
				}
			}
		})
	}
}

// Where several answers may be right, or none is known, there is no fix.
func TestNoFix(t *testing.T) {
	t.Parallel()
	base := fixture.Read(northwind)
	people := fixture.Read(tree.PeoplePath)
	check := checker(t)
	for _, c := range []struct{ name, old, wrong string }{
		{"a severity of no meaning", "severity: high", "severity: urgent"},
		{"a handle that could be two", "fyi: []", "fyi: [xdoe]"},
		{"a day that could be two", "due: 2026-11-24", "due: 04/11/2026"},
		{"a day that there is not", "due: 2026-11-24", "due: 2026-02-30"},
		{"a time without a zone", "at: 2026-11-20T09:30:00Z", "at: 2026-11-20T09:30:00"},
		{"a time without an hour", "at: 2026-11-20T09:30:00Z", "at: 2026-11-20"},
		{"a comment or a text", "severity: high", "severity: high\nchannel: #esc_x for Northwind"},
		{"a key twice with two values", "severity: high", "severity: high\nseverity: low"},
		{"two keys that mean one", "severity: high", "severty: high\nsevrity: high"},
		{"a text below the line", "summary: Pipelines wait 40 minutes and every team is affected", "summary: > Pipelines wait"},
		{"an open quote before a comma", "team: [okhan]", "team: [okhan,"},
		{"a text that goes on", "summary: Pipelines wait 40 minutes and every team is affected", "summary: Now: pipelines wait\n  and every team is affected"},
		{"who fits", "account_executive: arivera", "account_executive: okhan"},
		{"a merge", "severity: high\n", "<<<<<<< a\nseverity: high\n=======\nseverity: low\n>>>>>>> b\n"},
		{"what is missing", "approach: Reproduce the waiting in our lab, then tune the queue with the customer.\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := strings.Replace(base, "\nask: One", "\nfyi: []\nask: One", 1)
			people := people + "  jdoes: {name: A, roles: [csm]}\n  ydoe: {name: B, roles: [csm]}\n  zdoe: {name: C, roles: [csm]}\n"
			if strings.Count(base, c.old) == 0 {
				t.Fatalf("%q is not in the base", c.old)
			}
			found := run(t, check, fstest.MapFS{tree.PeoplePath: {Data: []byte(people)}, northwind: {Data: []byte(strings.Replace(base, c.old, c.wrong, 1))}}).Findings
			if len(found) == 0 {
				t.Error("nothing is found")
			}
			for _, f := range found {
				if len(f.Fixes) > 0 {
					t.Errorf("%s (%s) has the fix %+v", f.Message, f.Hint, f.Fixes)
				}
			}
		})
	}
}
