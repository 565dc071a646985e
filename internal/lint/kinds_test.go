package lint_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Where all links are missing, the hint names the case as well: else it would be
// missing next.
func TestNoLinks(t *testing.T) {
	t.Parallel()
	files := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	none := rewrite{"", "links:\n  case: https://crm.example.com/cases/5002\n  meeting_notes: https://docs.example.com/northwind-notes\n", ""}
	project := rewrite{"", "  csm: jdoe\n", "  csm: jdoe\n  services_project: {url: 'https://p.example.com', manager: pnguyen}\n"}
	for hint, changes := range map[string][]rewrite{
		"add `links: {case: <link>, meeting_notes: <link>}`, or `case: pending` while the case is being made": {none},
		"add `links: {meeting_notes: <link>}` (where everything else about the escalation is)":                {none, project, {"", "\ndri: jdoe", "\ndri: pnguyen"}},
	} {
		with := files
		for _, c := range changes {
			with = c.apply(t, with)
		}
		found := lint.Run(open(t, checker(t), with), rule.All()).Findings
		if len(found) != 1 || found[0].Hint != hint {
			t.Errorf("got %s, want the hint %q", told(found), hint)
		}
	}
}

// Of an id, a login, a handle and a role the hint says what to write, and mends it
// where it is sure.
func TestIDsAndLogins(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath),
		"escalations/2025/contoso.yaml": fixture.Read(northwind) + closure}
	person := func(login string) rewrite { return rewrite{tree.PeoplePath, "github: anarivera", login} }
	const year = "write the year in which it was opened and the name of its file, without .yaml: "
	for _, c := range []struct {
		change     rewrite
		hint, want string // want is what the value becomes; empty where nobody is sure
	}{
		{rewrite{"", "", "related: Contoso\n"}, year + "`related: [<year>/contoso]`", ""},
		{rewrite{"", "", "related: [Contoso Ltd.]\n"}, year + "`<year>/contoso-ltd`", ""},
		{rewrite{"", "", "related: 2025/Contoso.yaml\n"}, "write `related: [2025/contoso]`", "[2025/contoso]"},
		{rewrite{"", "", "related: [escalations/2025/contoso.yaml]\n"}, "write `2025/contoso`", "2025/contoso"},
		{rewrite{"", "", "related: 2025/contoso\n"}, "put it in brackets: `related: [2025/contoso]`", "[2025/contoso]"},
		{rewrite{"", "", "previous: contoso\n"}, year + "`previous: <year>/contoso`", ""},
		{rewrite{"", "", "previous: https://github.com/acme/cases/blob/main/escalations/2025/contoso.yaml\n"}, "write `previous: 2025/contoso`", "2025/contoso"},
		{person("gitlab: '@ana'"), "write it without what stands around it: `gitlab: ana`", "ana"},
		{person("gitlab: https://gitlab.com/ana.rivera"), "write it without what stands around it: `gitlab: ana.rivera`", "ana.rivera"},
		{person("github: '@anarivera'"), "write it without what stands around it: `github: anarivera`", "anarivera"},
		{rewrite{tree.PeoplePath, "", "  JSmith: {name: Jo Smith}\n"}, "use small letters, digits, dots, dashes and underscores: no spaces and no @; for example `jsmith`", ""},
		{rewrite{tree.PeoplePath, "", "  Jo Smith: {name: Jo Smith}\n"}, "use small letters, digits, dots, dashes and underscores: no spaces and no @; for example `jo-smith`", ""},
		{rewrite{tree.PeoplePath, "", "  pending: {name: Jo Smith}\n"}, "give the person another handle", ""},
		{rewrite{tree.PeoplePath, "", "  jsmith: {name: Jo Smith, roles: [CSM Manager]}\n"}, "did you mean `csm_manager`?", "csm_manager"},
		{rewrite{tree.PeoplePath, "", "  jsmith: {name: Jo Smith, roles: [Chief Tea Maker]}\n"}, "write one of the process's roles, or one that policy.yaml adds under `roles`: small letters, digits and underscores", ""},
		{rewrite{"escalations/2026/" + strings.Repeat("a", 77) + ".yaml", "", "customer: Contoso\n"}, "rename it to " + strings.Repeat("a", 76) + ".yaml, or to what says more", ""},
		{person("github: Ana Rivera"), "write what stands behind the @ when the person is mentioned there, without the @", ""},
		{person("slack: '@ana'"), "write the id, a U or a W with capital letters and digits behind it: in Slack it is in the person's profile, behind the three dots, as \"Copy member ID\"", ""},
	} {
		found := lint.Run(open(t, check, c.change.apply(t, base)), rule.All()).Findings
		if len(found) != 1 {
			t.Errorf("%q: got %s", c.change.new, told(found))
			continue
		}
		if f := found[0]; f.Hint != c.hint {
			t.Errorf("%q: got the hint %q, want %q", c.change.new, f.Hint, c.hint)
		} else if got := f.Fixes; (c.want == "") != (len(got) == 0) || c.want != "" && got[0].Text != c.want {
			t.Errorf("%q: got the fix %v, want %q", c.change.new, got, c.want)
		}
	}
}

// Other mistakes of the same kinds.
func TestKindsOfMistakes(t *testing.T) {
	t.Parallel()
	answers(t, []mistake{
		{"initials", "dri: zlindqvist", "dri: Z. Lindqvist", "error", []string{"zlindqvist"}, nil, "dri: zlindqvist"},
		{"last first", "dri: zlindqvist", "dri: Lindqvist, Zoë", "error", []string{"zlindqvist"}, nil, "dri: zlindqvist"},
		{"last first in braces", "by: zlindqvist", "by: Lindqvist, Zoë", "error", []string{"Lindqvist, Zoë", "zlindqvist"}, nil, "by: zlindqvist"},
		{"owner other", "owner: zlindqvist", "owner: Lukasz Wisniewski", "error", []string{"lwisniewski"}, nil, "owner: lwisniewski"},
		{"at login", "csm: zlindqvist", "csm: \"@zlindqvist_hbrln\"", "error", []string{"zlindqvist"}, nil, "csm: zlindqvist"},
		{"login", "csm: zlindqvist", "csm: zlindqvist_hbrln", "error", []string{"zlindqvist"}, nil, "csm: zlindqvist"},
		{"at login bare", "csm: zlindqvist", "csm: @zlindqvist_hbrln", "error", []string{"@", "zlindqvist"}, nil, "csm: zlindqvist"},
		{"at name", "csm: zlindqvist", "csm: @Zoë Lindqvist", "error", []string{"zlindqvist"}, nil, "csm: zlindqvist"},
		{"email caps", "owner: zlindqvist", "owner: Zoe.Lindqvist@Harborline.Example", "error", []string{"zlindqvist"}, nil, "owner: zlindqvist"},
		{"fyi names", "dri: zlindqvist", "dri: zlindqvist\nfyi: [Claire Dubois]", "error", []string{"cdubois"}, nil, ""},
		{"fyi one", "dri: zlindqvist", "dri: zlindqvist\nfyi: Claire Dubois", "error", []string{}, nil, ""},
		{"nobody", "dri: zlindqvist", "dri: Priya Patel", "error", []string{"people.yaml"}, nil, ""},
		{"template handle", "dri: zlindqvist", "dri: <your handle>", "error", []string{"<your handle>"}, nil, ""},
		{"not indented block text", "  Since the upgrade", "Since the upgrade", "error", []string{"indent"}, nil, ""},
		{"account not indented", "  region: EMEA\n  csm: zlindqvist", "region: EMEA\ncsm: zlindqvist", "error", []string{"account"}, nil, "  region: EMEA\n  csm: zlindqvist"},
		{"links not indented", "  case: https://crm.example.com/cases/1\n  meeting_notes: https://docs.example.com/contoso", "case: https://crm.example.com/cases/1\nmeeting_notes: https://docs.example.com/contoso", "error", []string{"links"}, nil, "  case: https://crm.example.com/cases/1\n  meeting_notes: https://docs.example.com/contoso"},
		{"step not indented", "  - step: Load test with the customer\n    owner: zlindqvist\n    due: 2026-11-27", "step: Load test with the customer\nowner: zlindqvist\ndue: 2026-11-27", "error", []string{"next_steps"}, nil, ""},
		{"step fields outdented", "    owner: zlindqvist\n    due: 2026-11-27", "  owner: zlindqvist\n  due: 2026-11-27", "error", []string{"indent"}, nil, ""},
		{"step fields at top", "    owner: zlindqvist\n    due: 2026-11-27", "owner: zlindqvist\ndue: 2026-11-27", "error", []string{"next_steps"}, nil, ""},
		{"due at top", "    due: 2026-11-27", "due: 2026-11-27", "error", []string{"next step"}, nil, "    due: 2026-11-27"},
		{"dri too low", "dri: zlindqvist", "  dri: zlindqvist", "error", []string{"account"}, nil, "dri: zlindqvist"},
		{"ask too low", "ask: |\n  One engineer who can work with the customer every day on the queue analysis.", "  ask: |\n    One engineer who can work with the customer every day on the queue analysis.", "error", []string{"links"}, nil, "ask: |\n  One engineer who can work with the customer every day on the queue analysis."},
		{"deeper key", "  csm: ", "    csm: ", "error", []string{"indent"}, nil, "  csm: "},
		{"one space", "  csm: ", " csm: ", "error", []string{"indent"}, nil, ""},
		{"md link in list", "dri: zlindqvist", "support: {needed: true, tickets: [[t](https://s.example.com/1)]}\ndri: zlindqvist", "error", []string{"address alone"}, nil, "support: {needed: true, tickets: [https://s.example.com/1]}\ndri: zlindqvist"},
		{"md link block list", "dri: zlindqvist", "support:\n  needed: true\n  tickets:\n    - [t](https://s.example.com/1)\ndri: zlindqvist", "error", []string{"https://s.example.com/1"}, nil, ""},
		{"md link quoted", "https://docs.example.com/contoso", "\"[notes](https://docs.example.com/contoso)\"", "error", []string{"https://docs.example.com/contoso"}, nil, "https://docs.example.com/contoso"},
		{"autolink", "https://docs.example.com/contoso", "<https://docs.example.com/contoso>", "error", []string{"https://docs.example.com/contoso"}, nil, "https://docs.example.com/contoso"},
		{"slack link", "https://docs.example.com/contoso", "<https://docs.example.com/contoso|notes>", "error", []string{"https://docs.example.com/contoso"}, []string{"write `meeting_notes: https://docs.example.com/contoso|notes`"}, "https://docs.example.com/contoso"},
		{"blank in link", "https://docs.example.com/contoso", "https://docs.example.com/contoso notes", "error", []string{"https://docs.example.com/contoso", "%20"}, nil, "https://docs.example.com/contoso notes"},
		{"titled link", "https://docs.example.com/contoso", "Notes - https://docs.example.com/contoso", "error", []string{"https://docs.example.com/contoso"}, nil, ""},
		{"rtf as a value", "ask: |\n  One engineer", "ask: {\\rtf1\\ansi\\ansicpg1252\n{\\fonttbl\\f0\\fswiss Helvetica;}\n\\pard\\tx720\n\n\\f0\\fs24 One: engineer\\\n", "error", []string{"RTF", "plain text"}, nil, ""},
		{"rtf", "# yaml-language-server", "{\\rtf1\\ansi\\deff0 # yaml", "error", []string{"RTF"}, nil, ""},
		{"criterion colon", "  - criterion: Queue time under 60 s", "  - Queue time: under 60 s", "error", []string{"criterion: "}, nil, ""},
		{"step without key", "  - step: Load", "  - Load", "error", []string{"step: Load"}, nil, ""},
		{"criterion one text", "exit_criteria:\n  - criterion: Queue", "exit_criteria: Queue", "error", []string{"- criterion: Queue"}, nil, ""},
		{"criterion list in brackets", "exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days", "exit_criteria: [Queue time under 60 s]", "error", []string{"criterion: Queue"}, nil, "exit_criteria: [{criterion: Queue time under 60 s}]"},
		{"criterion no list", "  - criterion: Queue", "  criterion: Queue", "error", []string{"- criterion"}, nil, "  - criterion: Queue"},
		{"bullet without key", "  - criterion: Queue", "  • Queue", "error", []string{"- criterion: Queue"}, nil, "  - criterion: Queue"},
		{"approach bullets", "approach: |\n  Reproduce the waiting in our lab, then tune the queue with the customer.", "approach:\n  - Reproduce\n  - Tune", "error", []string{"|"}, nil, ""},
		{"met yes", "  - criterion: Queue time under 60 s at p95 for five working days", "  - criterion: Queue\n    met: no", "error", []string{"leave it out"}, nil, ""},
		{"thin nbsp", "owner: zlindqvist", "owner:\u202fzlindqvist", "error", []string{"blank"}, nil, "owner: zlindqvist"},
		{"ideographic", "  csm: ", "\u3000csm: ", "error", []string{"blank"}, nil, ""},
		{"zero width in handle", "dri: zlindqvist", "dri: \u200bzlindqvist", "error", []string{"blank"}, nil, "dri: zlindqvist"},
		{"nbsp mid handle", "dri: zlindqvist", "dri: zlindqvist\u00a0", "error", []string{"blank"}, nil, ""},
		{"nbsp key colon", "dri: zlindqvist", "dri\u00a0: zlindqvist", "error", []string{"blank"}, nil, ""},
		{"fullwidth colon", "severity: medium", "severity：medium", "error", []string{"severity: medium"}, nil, ""},
		{"equals", "severity: medium", "severity = medium", "error", []string{"severity: medium"}, nil, ""},
		{"caps key", "severity: medium", "Severity: medium", "error", []string{"severity"}, nil, "severity: medium"},
		{"bold key", "severity: medium", "**severity**: medium", "error", []string{"severity"}, nil, ""},
		{"curly quotes", "summary: Pipelines wait 40 minutes and every team is affected", "summary: “Pipelines: wait”", "error", []string{"\""}, nil, ""},
		{"n/a", "ask: |\n  One engineer who can work with the customer every day on the queue analysis.", "ask: n/a", "warning", []string{"n/a"}, nil, ""},
		{"dots", "ask: |\n  One engineer who can work with the customer every day on the queue analysis.", "ask: |\n  ...", "warning", []string{"..."}, nil, ""},
		{"template text", "summary: Pipelines wait 40 minutes and every team is affected", "summary: <one line: what is wrong>", "error", []string{"<one line: what is wrong>"}, nil, ""},
		{"template text in quotes", "summary: Pipelines wait 40 minutes and every team is affected", "summary: \"<one line: what is wrong>\"", "warning", []string{"<one line: what is wrong>"}, nil, ""},
		{"template date", "due: 2026-11-27", "due: <YYYY-MM-DD>", "error", []string{"<YYYY-MM-DD>"}, nil, ""},
		{"template flow", "{at: 2026-11-25T09:30:00Z, by: zlindqvist}", "{at: <date and time>, by: zlindqvist}", "error", []string{"<date and time>"}, nil, ""},
		{"template link", "https://docs.example.com/contoso", "<link of the notes>", "error", []string{"<link of the notes>"}, nil, ""},
		{"reason placeholder", "severity: medium", "severity: high\nproduct: {related: false, reason: TBD}", "error", []string{"TBD"}, nil, ""},
		{"strategic placeholder", "  csm: zlindqvist\ndri: zlindqvist", "  account_executive: abrennan\n  strategic: n/a\ndri: abrennan", "error", []string{"n/a"}, nil, ""},
		{"compact date", "due: 2026-11-27", "due: 20261127", "error", []string{"2026-11-27"}, nil, "due: 2026-11-27"},
		{"dots date", "due: 2026-11-27", "due: 27.11.2026", "error", []string{"2026-11-27"}, nil, "due: 2026-11-27"},
		{"short date", "due: 2026-11-27", "due: 27.11.26", "error", []string{"2026-11-27"}, nil, ""},
		{"no year", "due: 2026-11-27", "due: 27 Nov", "error", []string{"27 Nov"}, []string{"2026-11-24"}, ""},
		{"next week", "due: 2026-11-27", "due: next week", "error", []string{"next week"}, []string{"2026"}, ""},
		{"asap", "due: 2026-11-27", "due: ASAP", "error", []string{"ASAP"}, []string{"2026"}, ""},
		{"date time", "due: 2026-11-27", "due: 2026-11-27 17:00", "error", []string{"2026-11-27"}, nil, "due: 2026-11-27"},
		{"summer time", "2026-11-25T09:30:00Z", "2026-07-25 09:30", "error", []string{"2026-07-25T09:30:00+02:00"}, nil, ""},
		{"us time", "2026-11-25T09:30:00Z", "11/25/2026 9:30 AM", "error", []string{"2026-11-25T09:30:00+01:00"}, nil, ""},
		{"a second too many", "2026-11-25T09:30:00Z", "2026-11-25T23:59:60Z", "error", []string{"there is no such time"}, []string{"time zone"}, ""},
		{"date only", "2026-11-25T09:30:00Z", "2026-11-25", "error", []string{"2026-11-25T"}, nil, ""},
		{"no due", "  - step: Load test with the customer\n    owner: zlindqvist\n    due: 2026-11-27\n", "  - step: Load test with the customer\n    owner: zlindqvist\n", "error", []string{"due"}, []string{"2026-11-24", "…", "..."}, ""},
		{"no owner", "  - step: Load test with the customer\n    owner: zlindqvist\n", "  - step: Load test with the customer\n", "error", []string{"owner"}, []string{"jdoe", "…", "..."}, ""},
		{"no meeting notes", "links:\n  case: https://crm.example.com/cases/1\n  meeting_notes: https://docs.example.com/contoso\n", "links:\n  case: https://crm.example.com/cases/1\n", "error", []string{"meeting_notes"}, []string{"northwind", "…", "..."}, ""},
		{"no csm", "account:\n  region: EMEA\n  csm: zlindqvist\n", "account:\n  region: EMEA\n", "error", []string{"csm"}, []string{"…", "..."}, ""},
		{"severity high", "severity: medium", "severity: high", "error", []string{"product"}, []string{"…", "..."}, ""},
		{"standup", "dri: zlindqvist", "standup: every day at 10\ndri: zlindqvist", "error", []string{"standup"}, []string{"jdoe", "…"}, ""},
	})
}
