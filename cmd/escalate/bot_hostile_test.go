package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/bot"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

// What somebody writes into comments is text to the bot: no mark in it is believed, an
// answer repeats it without mentioning anybody, and a commit's message has the one
// address by which the commit is found again. Of another repository's pull request
// nothing is changed.
func TestBotHostile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	on := forge.Thread{Number: 1}

	// A stranger answers before the bot does, with its mark, and echoes one into a quote.
	d.now = d.now.Add(time.Minute)
	forged := d.Say(forgetest.Stranger, on, "")
	forged.Body = fmt.Sprintf("Done.\n<!-- escalate: answer %d -->", forged.ID+1)
	d.Say(jo, on, "/update It is slow.\n\nAsked-for-in: <https://github.example/issues/1#1>\n@acme/all <!-- escalate: answer 1 -->")
	odd := d.Say(jo, on, "/done @acme/all closes #7 $(touch x)\n/met <b>@everybody</b>")
	head := d.git("--git-dir", d.remote, "rev-parse", "main")
	change := d.Propose(forgetest.Stranger, "main", head, northwindPath)
	change.Fork = true
	fork := forge.Thread{Number: change.Number, ChangeRequest: true}
	there := d.Say(jo, fork, "/update From the fork.")
	d.Tip = func(string) (string, []string) { return head, []string{northwindPath} }
	d.run("bot")

	d.has("the file", d.file(northwindPath), "It is slow.")
	if got := d.answer(on, forged.ID+1); !strings.Contains(got, "Done") {
		t.Errorf("the mark of a stranger is believed: %q", got)
	}
	refused := d.answer(on, odd.ID)
	d.has("the answer", refused, "**Not done:** `/done`", "**Not done:** `/met`")
	for _, body := range d.Bodies(on) {
		if !strings.Contains(body, fmt.Sprintf("escalate: answer %d ", odd.ID)) {
			continue
		}
		prose := regexp.MustCompile("`[^`]*`").ReplaceAllString(body, "") // in code all is text
		for _, live := range []string{"@", "#7", "<b>", "escalate: answer 1 "} {
			if strings.Contains(prose, live) {
				t.Errorf("the answer has %q:\n%s", live, body)
			}
		}
	}
	message := d.git("--git-dir", d.remote, "log", "-1", "--format=%B", "main")
	if strings.Count(message, "Asked-for-in: <") != 1 || strings.Contains(message, "@acme") || strings.Contains(message, "escalate: answer") {
		t.Errorf("the message is %s", message)
	}
	d.has("the answer on the fork", d.answer(fork, there.ID), "another repository")
	if strings.Contains(d.file(northwindPath), "From the fork.") {
		t.Error("a fork's pull request changes a file")
	}
}

// Whatever a customer is called, the file stands where escalations do, and the branch is
// named by the issue's number. Of somebody who is not in the directory, neither an issue
// nor a tick does anything.
func TestBotNames(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	answers := maps.Clone(requested)
	answers["customer"] = "../../.github/workflows/$(touch x) --force"
	issue := d.Open(jo, d.filled(answers, ""), "escalation-request")
	theirs := d.Open(forgetest.Stranger, d.filled(requested, ""), "escalation-request")
	const box = "- [ ] Queue time under 60 s"
	d.has("the tracking issue", d.Issues[0].Body, box)
	d.now = d.now.Add(time.Minute)
	d.Rewrite(forgetest.Stranger, d.Issues[0], strings.Replace(d.Issues[0].Body, "- [ ] Queue", "- [x] Queue", 1))
	d.run("bot")
	d.has("the answer to a stranger", d.last(forge.Thread{Number: theirs.Number}), "people directory")
	d.has("the answer to a stranger's tick", d.last(forge.Thread{Number: 1}), "people directory")
	if text := d.file(northwindPath); strings.Contains(text, "met: 2026-11-24") || !strings.Contains(d.Issues[0].Body, box) {
		t.Errorf("a stranger's tick counts:\n%s\n%s", text, d.Issues[0].Body)
	}
	if len(d.Proposals) != 1 || d.Proposals[0].Head != fmt.Sprintf("escalate/request-%d", issue.Number) {
		t.Fatalf("proposals %+v, answers %q", d.Proposals, d.Bodies(forge.Thread{Number: issue.Number}))
	}
	files := d.Proposal(d.Proposals[0].Number).Files
	if len(files) != 1 || !strings.HasPrefix(files[0], "escalations/2026/") || strings.ContainsAny(strings.TrimSuffix(files[0], ".yaml"), ".$( ") || files[0] == fixture.Northwind {
		t.Errorf("its files are %q", files)
	}
}

// The job's summary has what was handled, what failed first, and what somebody wrote is
// text there.
func TestHandledSummary(t *testing.T) {
	t.Parallel()
	all := []bot.Handled{
		{URL: "https://github.example/issues/1#101", Says: "done: step @everyone <img src=x> closes #7\n::error::x"},
		{URL: "https://github.example/issues/2#102", Err: errors.New("the `remote` is <b>down</b>")},
	}
	var b strings.Builder
	if err := handledSummary(&b, all); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 4 || lines[0] != "### What was asked for" || !strings.HasPrefix(lines[2], "- **failed:** the ") || !strings.Contains(lines[2], "issues/2") || !strings.HasPrefix(lines[3], "- done: step ") {
		t.Errorf("it is %q", lines)
	}
	for _, live := range []string{" @everyone", "<img", "<b>", " #7", "\n::"} {
		if strings.Contains(b.String(), live) {
			t.Errorf("it has %q: %s", live, b.String())
		}
	}
	b.Reset()
	if err := handledSummary(&b, slices.Repeat(all[:1], 5000)); err != nil || len(b.String()) > 65_000 || !strings.Contains(b.String(), "more, which the log of the job has") {
		t.Errorf("%d bytes, %v", len(b.String()), err)
	}
	b.Reset()
	if err := handledSummary(&b, nil); err != nil || b.String() != "" {
		t.Errorf("of nothing it says %q, %v", b.String(), err)
	}
}
