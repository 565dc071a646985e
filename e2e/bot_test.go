//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"
)

const formsPlayed = `# The form and the comments, played

This is an escalation of people who see GitHub alone: what they do, and what they see a minute later. A script plays it on an emulator of
GitHub, and a test holds this page to it:

` + "```sh" + `
go -C e2e test -tags e2e -run 'TestForms$' . -update
` + "```" + `

A long answer is cut at ` + "`…`" + `. Each commit is called ` + "`abcdef0123`" + `.
`

// TestForms plays the life of an escalation of people who see GitHub alone. What they
// do, and what they see then, stands in the documentation.
func TestForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	answers := map[string]string{
		"customer": "Fabrikam", "severity": "medium", "description": "Builds fail since Monday\n\nAll of their teams are affected.",
		"csm": "Jo Doe", "account-executive": "Ana Rivera", "product-related": "no", "product-reason": "It is their network.",
		"ask": "One engineer who knows runners.", "approach": "Look at the logs together, then mend the runners.",
		"step": "Look at the logs @jdoe friday", "meeting-notes": "https://docs.example.com/fabrikam",
	}
	number := d.Forge.AddIssue("jodoe", "Escalation: Fabrikam", d.filled(answers), "escalation-request")
	d.does("jodoe", "fills in the form\n\n"+quote(answered(d.filled(answers))))

	answers["criterion"] = "Builds pass for a week"
	d.Pass(10 * time.Minute)
	d.Forge.EditIssue("jodoe", number, d.filled(answers))
	d.does("jodoe", "edits the issue, and adds what is missing\n\n"+quote(answers["criterion"]))

	d.merges("robinking")
	if issues := d.Forge.Issues(); len(issues) != 1 || tracking(t, d.World, "2026/fabrikam").Number != number {
		t.Errorf("%+v", issues)
	}

	d.comments("jodoe", number, "/update customer The logs show a full disk on each runner.\nIt is mended tomorrow.\n/step Mend the disks @jodoe 2026-11-26")
	issue := tracking(t, d.World, "2026/fabrikam")
	d.Pass(24 * time.Hour)
	ticked := strings.Replace(issue.Body, "- [ ] Look at the logs", "- [x] Look at the logs", 1)
	if ticked == issue.Body {
		t.Fatal(issue.Body)
	}
	d.Forge.EditIssue("jodoe", number, ticked)
	d.does("jodoe", "ticks the first step in the issue")

	d.comments("robinking", number, "Thank you all.\n\n/severity high because Their release is on Monday.\n/case somewhere")
	d.comments("jodoe", number, "/case https://crm.example.com/cases/77")
	d.comments("robinking", number, "/severity medium because The release is moved.")
	d.merges("robinking")
	d.comments("jodoe", number, "/met 1\n/done disks")
	d.comments("jodoe", number, "/close")
	d.comments("jodoe", number, "/close\nresolution: resolved\noutcome: positive\nsummary: All runners have new disks.\nagreement: https://docs.example.com/fabrikam-closing\nsentiment: green\n")
	d.merges("robinking")
	golden(t, "../docs/forms-played.md", formsPlayed+d.story.String())
	golden(t, "testdata/forms/issue.golden", visible(shown(tracking(t, d.World, "2026/fabrikam")))+"\n")
	mustBeQuiet(t, d.World)
	if r := d.bot(); !strings.Contains(r.Stdout, "Nothing is asked for.") {
		t.Error(r)
	}
}

// answered is the body of a form without what nobody answered.
func answered(body string) string {
	var kept []string
	for _, part := range strings.Split("\n\n"+body, "\n\n### ")[1:] {
		if !strings.HasSuffix(part, "_No response_") {
			kept = append(kept, "### "+part)
		}
	}
	return strings.Join(kept, "\n\n")
}
