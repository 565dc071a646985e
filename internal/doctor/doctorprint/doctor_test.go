package doctorprint_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/doctor/doctorprint"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

var update = flag.Bool("update", false, "rewrite the golden output")

// report has some of each; text makes its words.
func report(text func(string) string) doctor.Report {
	return doctor.Report{
		Ailments: []doctor.Ailment{
			{Name: "ledger-missing", Level: doctor.Must, What: text("there is no ledger (the branch `escalate-ledger`): nothing can be announced"), Fix: text("`escalate apply --adopt`, which takes what stands here as told, or `escalate apply --announce-existing`, which announces it all")},
			{Name: "workflow-missing", Level: doctor.Must, What: text("no workflow runs `escalate stale`: nobody is asked for what is overdue"), Fix: text("`escalate init` writes it; then commit and push it"), Where: text(".github/workflows/stale.yml"), About: []string{text("stale")}},
			{Name: "people-without-login", Level: doctor.Should, What: text("somebody with a part in an open escalation has no GitHub login, and is neither mentioned nor assigned: mlee (2026/northwind)"), Fix: text("write `github:` of each in escalations/people.yaml"), Where: text("escalations/people.yaml"), About: []string{text("mlee")}},
		},
		Unseen: []doctor.Unseen{
			{What: text("what the forge has: settings, workflows, protection"), Why: text("`GITHUB_TOKEN` is not set"), Fix: text("set `GITHUB_TOKEN`: a token such as `gh auth token` prints, a repository as owner/name")},
			{What: text("whether workflows may open pull requests"), Why: text("GitHub does not show it to this token (403 Forbidden): it takes `administration: read`")},
		},
	}
}

func same(s string) string { return s }

const evil = "::error::x\n::set-output name=a::b ##[group]x \x1b[31m \u202e"

func printed(t *testing.T, print func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func text(t *testing.T, r doctor.Report, width int) string {
	t.Helper()
	return printed(t, func(w io.Writer) error { return doctorprint.Text(w, r, terminal.Screen{Width: width}) })
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it. Got:\n%s", file, got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 200} {
		golden(t, fmt.Sprintf("doctor-%d", width), text(t, report(same), width))
	}
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		for line := range strings.Lines(text(t, report(same), width)) {
			if line = strings.TrimSuffix(line, "\n"); terminal.Columns(line) > width && len(strings.Fields(line)) > 2 {
				t.Errorf("%d columns of %d: %q", terminal.Columns(line), width, line)
			}
		}
	}
}

// What stands in a file, an address or an answer is shown as text.
func TestTextIsInert(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(text(t, report(func(string) string { return evil }), 80)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.ContainsFunc(line, escape.Hidden) {
			t.Errorf("a line is %q", line)
		}
	}
}

// The last line says how much there is, and never that all is well of what nobody
// looked at.
func TestTotal(t *testing.T) {
	t.Parallel()
	all := report(same)
	for want, r := range map[string]doctor.Report{
		"2 things must be mended, 1 should be; 2 not looked at.":                             all,
		"1 thing must be mended, 0 should be.":                                               {Ailments: all.Ailments[:1]},
		"Nothing must be mended, 1 thing should be.":                                         {Ailments: all.Ailments[2:]},
		"Of what was looked at, nothing must be mended, 1 thing should be; 1 not looked at.": {Blind: "the remote `origin`", Ailments: all.Ailments[2:], Unseen: all.Unseen[:1]},
		"Nothing is missing.": {},
		"Nothing is missing of what was looked at; 1 thing was not looked at.": {Unseen: all.Unseen[:1]},
	} {
		lines := strings.Split(strings.TrimSpace(text(t, r, 120)), "\n")
		if got := lines[len(lines)-1]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Where the remote cannot be looked at, that stands first.
func TestBlind(t *testing.T) {
	t.Parallel()
	r := report(same)
	r.Blind = "the remote `origin`"
	want := "The remote `origin` could not be looked at: whether anything is announced,\nnobody knows.\n\n" + text(t, report(same), 80)
	if got := text(t, r, 80); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	golden(t, "doctor-json", printed(t, func(w io.Writer) error { return doctorprint.JSON(w, report(same)) }))
	if got := printed(t, func(w io.Writer) error { return doctorprint.JSON(w, doctor.Report{}) }); got != "{\n  \"ailments\": [],\n  \"unseen\": []\n}\n" {
		t.Errorf("nothing is %s", got)
	}
}
