package lint_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

func run(t testing.TB, check *shape.Checker, files fstest.MapFS) finding.Report {
	t.Helper()
	tr, err := tree.Open(files, check)
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(tr, rule.All())
}

func checker(t testing.TB) *shape.Checker {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// The repository's own escalations have no finding, not even a warning.
func TestRepository(t *testing.T) {
	t.Parallel()
	tr, err := tree.Open(os.DirFS("../.."), checker(t))
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(tr, rule.All())
	for _, f := range r.Findings {
		t.Errorf("%s:%d:%d: %s [%s]", f.Path, f.Line, f.Column, f.Message, f.Rule)
	}
	if r.Files < 12 {
		t.Errorf("%d files checked, want people, policy and at least ten escalations", r.Files)
	}
}

// One mistake is one finding, under the rule of the process that it breaks, at
// the line of the value. Each case changes one thing of a valid escalation.
func TestOneMistakeOneFinding(t *testing.T) {
	t.Parallel()
	base := fixture.Read(fixture.Northwind)
	people := fixture.Read(tree.PeoplePath)
	check := checker(t)
	for _, c := range []struct {
		name, old, new string
		want           string // line, rule and citations
	}{
		{"severity misspelt", "severity: high", "severity: hgih", "3 severity-known P4"},
		{"severity a number", "severity: high", "severity: 2", "3 severity-known P4"},
		{"severity missing", "severity: high\n", "", "2 severity-known P4"},
		{"severity empty", "severity: high", "severity:", "3 severity-known P4"},
		{"severity's key misspelt", "severity: high", "severty: high", "3 unknown-key P4"},
		{"customer a number", "customer: Northwind Traders", "customer: 0123", "2 declaration P21"},
		{"customer a date", "customer: Northwind Traders", "customer: 2026-11-20", "2 declaration P21"},
		{"customer a boolean", "customer: Northwind Traders", "customer: true", "2 declaration P21"},
		{"description empty", "description: |\n  Since the upgrade of 12 November every pipeline waits about 40 minutes.\n\n  Three of their teams stopped deploying.\n", "description:\n", "6 declaration P21"},
		{"opened without a time", "2026-11-20T09:30:00Z", "2026-11-20", "4 opened P25"},
		{"opened in a month 13", "2026-11-20T09:30:00Z", "2026-13-20T09:30:00Z", "4 opened P25"},
		{"opened by nobody known", "by: jdoe}", "by: jdo}", "4 known-person P8"},
		{"account missing", "account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n", "", "2 in-scope P3"},
		{"account a word", "account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n", "account: EMEA\n", "10 in-scope P3"},
		{"region misspelt", "region: EMEA", "region: EMAE", "11 region-known P5"},
		{"no csm", "  csm: jdoe\n", "", "10 in-scope P3"},
		{"csm unknown", "csm: jdoe", "csm: jdeo", "12 known-person P8"},
		{"csm's key misspelt", "csm: jdoe", "cms: jdoe", "12 unknown-key P6"},
		{"csm without the role", "csm: jdoe", "csm: okhan", "12 role-fits P8; 14 escalation-dri P6"},
		{"executive without the role", "account_executive: arivera", "account_executive: okhan", "13 role-fits P8"},
		{"dri another", "dri: jdoe", "dri: arivera", "14 escalation-dri P6"},
		{"dri unknown", "\ndri: jdoe", "\ndri: jdeo", "14 escalation-dri P6"},
		{"dri missing", "\ndri: jdoe\n", "\n", "2 escalation-dri P6"},
		{"dri with an at", "\ndri: jdoe", "\ndri: '@jdoe'", "14 known-person P8"},
		{"dri a list", "\ndri: jdoe", "\ndri: [jdoe]", "14 known-person P8"},
		{"cse without its case", "  csm: jdoe\n", "  csm: jdoe\n  cse: kwong\n", "10 cse-help-case P6"},
		{"a project without a manager", "  csm: jdoe\n", "  csm: jdoe\n  services_project: {url: 'https://p.example.com'}\n", "13 escalation-dri P6"},
		{"product missing", "product:\n  related: true\n  dri: mlee\n  team: [okhan]\n", "", "3 product-related P9"},
		{"product not said", "  related: true\n", "", "15 product-related P9"},
		{"product empty", "product:\n  related: true\n  dri: mlee\n  team: [okhan]\n", "product: {}\n", "15 product-related P9"},
		{"product said with a no", "related: true", "related: no", "16 product-related P9"},
		{"product no without a reason", "related: true", "related: false", "16 product-related P9"},
		{"product dri missing", "  dri: mlee\n", "", "15 product-dri-required P9"},
		{"product dri empty", "dri: mlee", "dri:", "17 product-dri-required P9"},
		{"product dri too low", "dri: mlee", "dri: okhan", "17 product-dri-level P10"},
		{"product dri of no product role", "dri: mlee", "dri: tmora", "17 product-dri-level P10 P8"},
		{"product dri too low for critical", "severity: high", "severity: critical", "17 product-dri-level P10"},
		{"product dri left", "dri: mlee", "dri: pastel", "17 person-left P8; 17 product-dri-level P10 P8"},
		{"team of no product role", "team: [okhan]", "team: [tmora]", "18 role-fits P8"},
		{"team not a list", "team: [okhan]", "team: okhan", "18 product-related P9"},
		{"enhancement", "  related: true\n", "  related: true\n  enhancement: true\n", "15 business-case P14"},
		{"support without a ticket", ", tickets: ['https://support.example.com/tickets/4711']", "", "19 support-ticket P13"},
		{"support with no ticket", "['https://support.example.com/tickets/4711']", "[]", "19 support-ticket P13"},
		{"support of another role", "dri: tmora", "dri: okhan", "19 role-fits P8"},
		{"case missing", "  case: https://crm.example.com/cases/5002\n", "", "20 case-linked P15 P16"},
		{"case a word", "https://crm.example.com/cases/5002", "soon", "21 case-linked P15 P16"},
		{"notes missing", "  meeting_notes: https://docs.example.com/northwind-notes\n", "", "20 meeting-notes P15"},
		{"notes without a scheme", "https://docs.example.com/northwind-notes", "docs.example.com/notes", "22 meeting-notes P15"},
		{"links missing", "links:\n  case: https://crm.example.com/cases/5002\n  meeting_notes: https://docs.example.com/northwind-notes\n", "", "2 case-linked P15 P16"},
		{"ask missing", "ask: One engineer who can work with the customer every day on the queue analysis.\n", "", "2 initial-ask P15"},
		{"ask blank", "ask: One engineer who can work with the customer every day on the queue analysis.", "ask: ' '", "23 initial-ask P15"},
		{"approach missing", "approach: Reproduce the waiting in our lab, then tune the queue with the customer.\n", "", "2 approach P7"},
		{"no criteria", "exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n", "exit_criteria: []\n", "25 exit-criteria P15"},
		{"criterion met on no day", "for five working days\n", "for five working days\n    met: yes\n", "27 exit-criteria P15"},
		{"criterion with a colon", "criterion: Queue time under", "criterion: Queue time: under", "26 yaml-colon"},
		{"a step too short", "  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24}", "  - Load test", "28 next-steps P7"},
		{"snoozed", "ask: One", "snooze: {until: 2026-11-30, reason: Holiday, by: jdoe}\nask: One", ""},
		{"no steps", "next_steps:\n  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24}\n", "next_steps: []\n", "27 next-steps P7"},
		{"a step without an owner", "owner: jdoe, ", "", "28 next-steps P7"},
		{"a step without a date", ", due: 2026-11-24", "", "28 next-steps P7"},
		{"a step on 30 February", "due: 2026-11-24", "due: 2026-02-30", "28 next-steps P7"},
		{"a step of nobody known", "owner: jdoe", "owner: jd", "28 known-person P8"},
		{"channel with a hash", "\ndri: jdoe", "\nchannel: '#esc_n'\ndri: jdoe", "14 channel-name P17"},
		{"channel in capitals", "\ndri: jdoe", "\nchannel: esc_Northwind\ndri: jdoe", "14 channel-name P17"},
		{"customer a word that may be true", "customer: Northwind Traders", "customer: On", "2 declaration P21"},
		{"dri missing at a project", "\ndri: jdoe\n", "\n", "2 escalation-dri P6"},
		{"a glued flow mapping", "{at: 2026", "{at:2026", "4 unknown-key P25"},
		{"a question in a link in braces", "owner: jdoe, due: 2026-11-24}", "owner: jdoe, due: 2026-11-24?x}", "28 yaml-special"},
		{"a severity in an open quote", "severity: high", "severity: \"high", "3 yaml-quote"},
		{"a severity with an at", "severity: high", "severity: @hihg", "3 yaml-at"},
		{"no colon behind a key", "severity: high", "severity = high", "3 yaml-syntax"},
		{"text not indented below a bar", "  Since the upgrade of 12 November every pipeline waits about 40 minutes.\n\n  Three", "Since then\nThree", "7 yaml-syntax"},
		{"a wrapped text with a colon", "every team is affected\n", "every team is affected\n  Note: all of them\n", "6 yaml-syntax"},
		{"a mark of a document in the text", "\n\n  Three", "\n---\n  Three", "8 yaml-documents"},
		{"one update of a wrong month", "ask: One", "updates:\n  - {at: 2026-12-21T09:00:00Z, by: jdoe, to: [internal], text: a}\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: b}\n  - {at: 2026-11-23T09:00:00Z, by: jdoe, to: [internal], text: c}\nask: One", "24 update-order P37"},
		{"a redacted update", "ask: One", "updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], redacted: Personal data}\nask: One", ""},
		{"a redacted update with its text", "ask: One", "updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], text: a, redacted: Personal data}\nask: One", "24 update-told P24"},
		{"a line that is no key, and no Product DRI, whom it may mean", "  dri: mlee\n  team: [okhan]\nsupport: {needed: true, dri: tmora, tickets: ['https://support.example.com/tickets/4711']}\n", "  team: [okhan]\nsupport: {needed: true, dri: tmora, tickets: ['https://support.example.com/tickets/4711']}\nProduct is Min Lee\n", "19 yaml-syntax"},
		{"a stand-in", "ask: One", "cover: {dri: rking, until: 2026-12-04, reason: Leave}\nask: One", ""},
		{"the DRI as stand-in", "ask: One", "cover: {dri: jdoe, until: 2026-12-04, reason: Leave}\nask: One", "23 cover P6"},
		{"a stand-in of another role", "ask: One", "cover: {dri: okhan, until: 2026-12-04, reason: Leave}\nask: One", "23 role-fits P8"},
		{"a stand-in for no reason", "ask: One", "cover: {dri: rking, until: 2026-12-04}\nask: One", "23 cover P6"},
		{"a manager as CSM", "  csm: jdoe\n", "  csm: rking\n", "14 escalation-dri P6"},
		{"a pending CSE", "  csm: jdoe\n  account_executive: arivera\ndri: jdoe", "  cse: pending\n  cse_help_case: https://crm.example.com/1\n  account_executive: arivera\ndri: arivera", "12 cse-pending P6"},
		{"a pending CSE without the case", "  csm: jdoe\n  account_executive: arivera\ndri: jdoe", "  cse: pending\n  account_executive: arivera\ndri: arivera", "10 cse-help-case P6; 12 cse-pending P6"},
		{"a pending CSM", "csm: jdoe", "csm: pending", "12 known-person P8"},
		{"a pending Product DRI", "dri: mlee", "dri: pending", "17 product-dri-pending P9"},
		{"no standup at high", "ask: One", "standup: {none: We talk each morning}\nask: One", "23 standup P19"},
		{"a standup of nothing", "ask: One", "standup: {}\nask: One", "23 standup P19"},
		{"a restricted one that its id names", "ask: One", "visibility: restricted\nask: One", "2 public-channel P17; 23 public-channel P17"},
		{"related to none", "ask: One", "related: [2026/other]\nask: One", "23 related-exists P40"},
		{"related to itself", "ask: One", "related: [2026/northwind]\nask: One", "23 related-exists P40"},
		{"not met, but each has its date", "for five working days\n", "for five working days\n    met: 2026-12-02\n" + closure, "28 closure-answers P31"},
		{"waived though the outcome is positive", "ask: One", strings.Replace(closure, "'https://docs.example.com/agreed'", "{waived: No answer, by: rking}", 1) + "ask: One", "23 agreement P30"},
		{"waived though the outcome is positive, and asked", "ask: One", strings.Replace(closure, "'https://docs.example.com/agreed'", "{waived: No answer, by: rking, asked: 'https://mail.example.com/1'}", 1) + "ask: One", ""},
		{"an analysis in the closure", "ask: One", strings.Replace(closure, "sentiment", "rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17}, sentiment", 1) + "ask: One", "23 root-cause-analysis P32"},
		{"an analysis in the closure that nobody owns", "ask: One", strings.Replace(closure, "sentiment", "rca: {requested: true, platform_related: true, due: 2026-12-17}, sentiment", 1) + "ask: One", "23 root-cause-analysis P32"},
		{"an analysis owned by another role", "ask: One", "rca: {asked: 2026-11-24, platform_related: true, owner: okhan}\nask: One", "23 role-fits P8"},
		{"an analysis of the year 1", "ask: One", "rca: {asked: 0001-01-01, platform_related: false}\nask: One", "23 root-cause-analysis P32"},
		{"opened in the year 1", "2026-11-20T09:30:00Z", "0001-01-01T00:00:00Z", "4 opened P25"},
		{"amended before it was closed", "ask: One", strings.Replace(closure, "sentiment", "amended: {at: 2026-12-03T10:00:00Z, by: jdoe, why: So}, sentiment", 1) + "ask: One", "23 closed-kept P35"},
		{"amended at no time", "ask: One", strings.Replace(closure, "sentiment", "amended: {at: 2026-12-04, by: jdoe, why: So}, sentiment", 1) + "ask: One", "23 closed-kept P35"},
		{"attendees that are none", "ask: One", "standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [1]}\nask: One", "23 known-person P8"},
		{"a handle too long to read", "ask: One", "fyi: [" + strings.Repeat("x", 10_000) + "]\nask: One", "23 known-person P8"},
		{"an unknown key", "ask: One", "priority: 1\nask: One", "23 unknown-key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(base, c.old) == 0 {
				t.Fatalf("%q is not in the base", c.old)
			}
			r := run(t, check, fstest.MapFS{
				tree.PeoplePath:                   {Data: []byte(people)},
				"escalations/2026/northwind.yaml": {Data: []byte(strings.Replace(base, c.old, c.new, 1))},
			})
			var got []string
			for _, f := range r.Findings {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s", f.Line, f.Rule, strings.Join(f.Cites, " "))))
			}
			for _, f := range r.Findings {
				if len(f.Message)+len(f.Hint) > 2000 {
					t.Errorf("%s says %d bytes", f.Rule, len(f.Message)+len(f.Hint))
				}
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
				for _, f := range r.Findings {
					t.Logf("%s (%s)", f.Message, f.Hint)
				}
			}
		})
	}
}

// A directory or a policy that is wrong is told where it is wrong, and not once
// more of every escalation that it serves.
func TestNoCascade(t *testing.T) {
	t.Parallel()
	base := fixture.Read(fixture.Northwind)
	people := fixture.Read(tree.PeoplePath)
	check := checker(t)
	for _, c := range []struct{ name, people, policy, want string }{
		{"a role misspelt", strings.Replace(people, "[csm]", "[cms]", 1), "", "people.yaml directory-role"},
		{"the only leader's role misspelt", strings.Replace(people, "csm_leader", "csm_leder", 1), "", "people.yaml directory-role"},
		{"roles no list", strings.Replace(people, "[ceo]", "ceo", 1), "", "people.yaml field-type"},
		{"an empty directory", "people:\n", "", "people.yaml field-required"},
		{"a directory without its first line", strings.TrimPrefix(people, "people:\n"), "", "people.yaml field-required"},
		{"a policy that informs nobody known", people, "severities: {high: {informs: [csm_leder]}}\n", "policy.yaml policy-involvement"},
		{"a Product DRI of an unknown role", people, "severities: {high: {product_dri: [group_product_manger]}}\n", "policy.yaml policy-involvement"},
		{"regions no mapping", people, "regions: [LATAM]\n", "policy.yaml field-type"},
		{"a broken policy", people, "- a\n", "policy.yaml yaml-syntax"},
		{"a broken policy and another person as DRI", strings.Replace(people, "  jdoe: {name: Jo Doe,", "  jdoe: {name: Jo Doe, left: 2026-01-01,", 1), "- a\n", "northwind.yaml person-left; northwind.yaml person-left; northwind.yaml person-left; policy.yaml yaml-syntax"},
		{"an empty policy", people, "# nothing yet\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{tree.PeoplePath: {Data: []byte(c.people)}, "escalations/2026/northwind.yaml": {Data: []byte(base)}}
			if c.policy != "" {
				files[tree.PolicyPath] = &fstest.MapFile{Data: []byte(c.policy)}
			}
			var got []string
			for _, f := range run(t, check, files).Findings {
				got = append(got, filepath.Base(f.Path)+" "+f.Rule)
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

// What a policy says of holidays is told where it does nothing or can't be known.
func TestPolicyHolidays(t *testing.T) {
	t.Parallel()
	check := checker(t)
	for _, c := range []struct{ why, holidays, want string }{
		{"a country and a part", "{countries: [US, DE-BY]}", ""},
		{"a country that is not built in", "{countries: [CN]}", "policy-holidays: the holidays of `CN` are not built in"},
		{"a part that there is not", "{countries: [DE, DE-XX]}", "policy-holidays: the holidays of `DE-XX` are not built in"},
		{"a part of a country that has none here", "{countries: [FR-75]}", "policy-holidays: the holidays of `FR-75` are not built in"},
		{"no code of a country", "{countries: [de-by]}", "field-form"},
		{"a day less", "{countries: [DE-BY], except: [2026-01-06]}", ""},
		{"a day of the part, which the country has not", "{countries: [DE], except: [2026-01-06]}", "policy-holidays: this day is a holiday in none of the `countries`"},
		{"a day less than none", "{except: [2026-01-06]}", "policy-holidays: this day is a holiday in none of the `countries`"},
		{"a Saturday", "{countries: [DE], except: [2026-10-03]}", "policy-holidays: this day is a Saturday, on which nobody works anyway"},
		{"taken away and added", "{countries: [DE], except: [2026-05-01], dates: [2026-05-01]}", "policy-holidays: this day stands under `dates` too, which makes it a holiday"},
		{"a country that is not known is told once", "{countries: [CN], except: [2026-10-01]}", "policy-holidays: the holidays of `CN` are not built in"},
		{"no day", "{countries: [DE], except: [2026-02-30]}", "field-form"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{
				tree.PeoplePath:                   {Data: []byte(fixture.Read(tree.PeoplePath))},
				"escalations/2026/northwind.yaml": {Data: []byte(fixture.Read(fixture.Northwind))},
				tree.PolicyPath:                   {Data: []byte("regions: {EMEA: {holidays: " + c.holidays + "}}\n")},
			}
			var got []string
			for _, f := range run(t, check, files).Findings {
				got = append(got, f.Rule+": "+f.Message)
			}
			if s := strings.Join(got, "; "); len(got) > 1 || (c.want == "") != (s == "") || !strings.HasPrefix(s, c.want) {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// A file made to do harm is told in bounds.
func TestBounds(t *testing.T) {
	t.Parallel()
	base := fixture.Read(fixture.Northwind)
	people := fixture.Read(tree.PeoplePath)
	check := checker(t)
	for name, text := range map[string]string{
		"documents":        base + strings.Repeat("---\na: 1\n", 100_000),
		"unknown keys":     base + numbered("k%d: 1\n", 50_000),
		"handles":          base + "fyi: [" + numbered("u%d, ", 50_000) + "x]\n",
		"handles with @":   base + "fyi: [" + numbered("@u%d, ", 20_000) + "x]\n",
		"lines with @":     base + numbered("k%d: @x\n", 50_000),
		"lines of text":    base + strings.Repeat("x\n", 300_000),
		"duplicates":       base + strings.Repeat("ask: x\n", 50_000),
		"conflicts":        base + strings.Repeat("<<<<<<< \n", 50_000),
		"brackets":         base + numbered("k%d: [\n", 30_000),
		"one long quote":   base + "skills: \"" + strings.Repeat("x", 900_000),
		"invisible":        base + strings.Repeat("\u200b\u0001", 100_000),
		"notes":            base + numbered("k%d: \"x\"# y\n", 30_000),
		"backslashes":      base + "skills: [\"" + strings.Repeat(`\'`, 300_000) + "\"]\n",
		"steps of nothing": strings.Replace(base, "next_steps:\n", "next_steps:\n"+strings.Repeat("  - {}\n", 50_000), 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, check, fstest.MapFS{tree.PeoplePath: {Data: []byte(people)}, "escalations/2026/northwind.yaml": {Data: []byte(text)}})
			if n := len(r.Findings); n == 0 || n > 1000 {
				t.Errorf("%d findings", n)
			}
			for _, f := range r.Findings {
				if len(f.Message)+len(f.Hint) > 2000 {
					t.Fatalf("%s says %d bytes", f.Rule, len(f.Message)+len(f.Hint))
				}
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// What stands in the wrong place is told, once, and nothing is passed over.
func TestPlaces(t *testing.T) {
	t.Parallel()
	good := []byte(fixture.Read(fixture.Northwind))
	another := []byte(strings.Replace(string(good), "Northwind Traders", "Acme", 1))
	people := []byte(fixture.Read(tree.PeoplePath))
	check := checker(t)
	for name, want := range map[string]string{
		"escalations/2026/acme.yml":              "file-place",
		"escalations/acme.yaml":                  "file-place",
		"escalations/26/acme.yaml":               "file-place",
		"escalations/2026/q4/acme.yaml":          "file-place",
		"escalations/2026/Acme.yaml":             "file-place",
		"escalations/2026/acme corp.yaml":        "file-place",
		"escalations/2026/.acme.yaml":            "file-place",
		"escalations/2026/con.yaml":              "id-portable",
		"escalations/2026/com1.yaml":             "id-portable",
		"escalations/2026/lpt9.yaml":             "id-portable",
		"escalations/2026/Aux.yaml":              "id-portable",
		"escalations/2026/nul.yml":               "id-portable",
		"escalations/2026/com0.yaml":             "",
		"escalations/2026/acme.yaml.":            "id-portable",
		"escalations/2026/acme.yaml ":            "id-portable",
		"escalations/2026/acme: down.yaml":       "id-portable",
		"escalations/2026/aux.md":                "id-portable",
		"escalations/2026/notes?.md":             "id-portable",
		"escalations/con/acme.yaml":              "id-portable",
		"escalations/2026/con-1.yaml":            "",
		"escalations/2026/Northwind.yaml":        "id-portable",
		"escalations/2026/northwınd.yaml":        "file-place", // another letter
		"escalations/2026/ｎorthwind.yaml":        "file-place", // a wide one
		"escalations/People.yaml":                "id-portable",
		"escalations/2026/société.yaml":          "file-place",
		"escalations/2026/acme.YAML":             "file-place",
		"escalations/people.yml":                 "file-place",
		"escalations/2026/" + long + ".yaml":     "file-place",
		"escalations/2026/acme":                  "file-unknown",
		"escalations/2026/acme.yaml.bak":         "file-unknown",
		"escalations/README.md":                  "",
		"escalations/2026/.gitkeep":              "",
		"escalations/2026/northwind.yaml~":       "",
		"escalations/2026/.#northwind.yaml":      "",
		"escalations/2026/.~lock.acme.yaml#":     "",
		"escalations/2026/~$acme.yaml":           "",
		"escalations/2026/#northwind.yaml#":      "",
		"escalations/2026/.acme.yaml.swp":        "",
		"escalations/2026/acme.yaml.swo":         "",
		"escalations/2026/acme.yaml.tmp":         "",
		"escalations/2026/acme.yaml___jb_tmp___": "",
		"escalations/2026/._northwind.yaml":      "",
		"escalations/2026/4913":                  "",
		"escalations/2026/4914":                  "file-unknown",
		"escalations/2026/folder.yaml/x.txt":     "file-place",
		"escalations/2026/acme-corp_2.yaml":      "",
		"escalations/2026/" + long[1:] + ".yaml": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, check, fstest.MapFS{tree.PeoplePath: {Data: people}, "escalations/2026/northwind.yaml": {Data: good}, name: {Data: another}})
			var rules []string
			for _, f := range r.Findings {
				rules = append(rules, f.Rule)
			}
			if got := strings.Join(rules, " "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// Two names that differ in how Unicode writes a letter alone are one file to many
// machines; the later path is at fault (P40).
func TestOneFile(t *testing.T) {
	t.Parallel()
	r := run(t, checker(t), fstest.MapFS{
		tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))},
		"escalations/2026/soci\u00e9t\u00e9.yaml":  {Data: []byte(fixture.Read(northwind))},
		"escalations/2026/socie\u0301t\u00e9.yaml": {Data: []byte(fixture.Read(northwind))},
	})
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%+q %s %v", f.Path, f.Rule, f.Cites))
	}
	want := []string{`"escalations/2026/socie\u0301t\u00e9.yaml" file-place [P36]`, `"escalations/2026/soci\u00e9t\u00e9.yaml" id-portable [P40]`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

const long = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhh"

// Links, unreadable files and what is no file at all are told and never
// followed.
func TestRealFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(tree.PeoplePath, fixture.Read(tree.PeoplePath))
	write("escalations/2026/northwind.yaml", fixture.Read(fixture.Northwind))
	write("elsewhere.yaml", "customer: x\n")
	// That of an editor, which locks a file by a link, is left alone.
	for link, target := range map[string]string{"out": "../../elsewhere.yaml", "nowhere": "gone.yaml", "loop": "loop.yaml", "in": "northwind.yaml", ".#northwind": "jo@laptop.4711:1764230400"} {
		if err := os.Symlink(target, filepath.Join(dir, "escalations/2026", link+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := tree.Open(os.DirFS(dir), checker(t))
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(tr, rule.All())
	for _, f := range r.Findings {
		if f.Rule != "file-link" || !slices.Equal(f.Cites, []string{"P36"}) {
			t.Errorf("%s: %s [%s]", f.Path, f.Message, f.Rule)
		}
	}
	if len(r.Findings) != 4 || r.Files != 6 {
		t.Errorf("%d findings in %d files, want 4 in 6", len(r.Findings), r.Files)
	}
}

// A file that cannot be read is told of, and told nothing of.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	check := checker(t)
	for _, name := range []string{tree.PeoplePath, tree.PolicyPath, northwind} {
		tr, err := tree.Open(locked{fstest.MapFS{
			tree.PeoplePath: {Data: []byte(fixture.Read(tree.PeoplePath))},
			tree.PolicyPath: {Data: []byte("ladder: {manager: 2}\n")},
			northwind:       {Data: []byte(fixture.Read(northwind))},
		}, name}, check)
		if err != nil {
			t.Fatal(err)
		}
		found := lint.Run(tr, rule.All()).Findings
		if len(found) != 1 || found[0].Rule != "file-unreadable" || found[0].Path != name || found[0].Level != finding.Error || !strings.Contains(found[0].Message, "permission denied") {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// locked is files of which nobody has the right to read one.
type locked struct {
	fstest.MapFS
	name string
}

func (l locked) Open(name string) (fs.File, error) {
	if name == l.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Open(name)
}

// Whatever stands in a file, lint ends, and says the same twice.
func FuzzLint(f *testing.F) {
	check := checker(f)
	people := []byte(fixture.Read(tree.PeoplePath))
	names, err := filepath.Glob("../../escalations/*/*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		f.Add([]byte(read(f, name)))
	}
	f.Add([]byte(fixture.Read(fixture.Northwind)))
	for _, r := range rule.All().Rules() {
		f.Add([]byte(r.Wrong.YAML))
		f.Add([]byte(r.Right.YAML))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{
			tree.PeoplePath:               {Data: people},
			tree.PolicyPath:               {Data: data},
			"escalations/2026/fuzz.yaml":  {Data: data},
			"escalations/2026/fuzz2.yaml": {Data: data},
		}
		first, second := run(t, check, files), run(t, check, files)
		if fmt.Sprint(first) != fmt.Sprint(second) {
			t.Error("two runs say different things")
		}
		rules := rule.All()
		for _, x := range first.Findings {
			if _, known := rules.Lookup(x.Rule); !known {
				t.Errorf("no rule %q", x.Rule)
			}
			if x.Line < 1 || x.Column < 1 || x.EndLine < x.Line || x.EndLine == x.Line && x.EndColumn < x.Column || x.Message == "" || x.Hint == "" {
				t.Errorf("%+v", x)
			}
			if x.Path == "escalations/2026/fuzz.yaml" && len(x.Fixes) > 0 {
				fixed(t, data, x)
			}
		}
	})
}

// fixed applies the fixes of a finding: they stand in the file, and open no trap
// of YAML that was not open before.
func fixed(t *testing.T, data []byte, f finding.Finding) {
	t.Helper()
	var edits []edit.Edit
	for _, x := range f.Fixes {
		edits = append(edits, x.Edit())
	}
	mended, err := edit.Apply(data, edits)
	if err != nil {
		t.Fatalf("the fixes of %s of %q: %v", f.Rule, data, err)
	}
	was := document.Read("x.yaml", data)
	if was.Broken || len(was.Findings) > 1 {
		return // one trap can hide another
	}
	traps := map[string]bool{"yaml-duplicate-key": true}
	for _, x := range was.Findings {
		traps[x.Rule] = true
	}
	for _, x := range document.Read("x.yaml", mended).Findings {
		if !traps[x.Rule] {
			t.Errorf("the fix %+v of %s makes of %q\n%q, which has %s: %s", edits, f.Rule, data, mended, x.Rule, x.Message)
		}
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
