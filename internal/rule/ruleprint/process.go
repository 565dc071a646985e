package ruleprint

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Process explains a rule of the process to a person at a terminal: the rule itself,
// and then the rules of lint that enforce it, each in full.
func Process(w io.Writer, p handbook.Rule, rules []rule.Rule, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	b.WriteString(s.Paint(terminal.Bold, s.Wrap(p.Number+": "+p.Title, 0, "  ")) + "\n")
	for _, paragraph := range paragraphs(p) {
		fmt.Fprintf(b, "\n%s\n", s.Wrap(paragraph, 0, ""))
	}
	if len(rules) > 0 {
		fmt.Fprintf(b, "\n%s\n\n", s.Wrap("What `lint` checks of it, with an example of each:", 0, ""))
	}
	if err := b.Flush(); err != nil || len(rules) == 0 {
		return err
	}
	return Text(w, rules, s)
}

// paragraphs say all there is to say of a rule of the process.
func paragraphs(p handbook.Rule) []string {
	list := []string{
		p.Says,
		prefixed("As this project reads it: ", p.Reading),
		prefixed("What people do: ", p.People),
		seenTo(p) + " It is from " + p.From() + " of the source.",
	}
	if len(p.Lines) == 0 {
		list[3] = seenTo(p) + " It is " + p.From() + "."
	}
	if len(p.Settings) > 0 {
		list = append(list, "Settings of the policy that change it: "+words.And(codes(p.Settings))+".")
	}
	said := list[:0]
	for _, text := range list {
		if text != "" {
			said = append(said, text)
		}
	}
	return said
}

// when says when a command sees to a rule.
var when = map[handbook.Actor]string{
	handbook.Lint: "in the pull request", handbook.Plan: "in the pull request", handbook.Apply: "when it is merged", handbook.Stale: "by the clock",
	handbook.Log: "when it is asked", handbook.Audit: "looking back",
}

// seenTo says which commands see to a rule, and when.
func seenTo(p handbook.Rule) string {
	if len(p.By) == 1 && p.By[0] == handbook.Nobody {
		return "No command sees to it: it is for people."
	}
	var commands []string
	for _, by := range p.By {
		commands = append(commands, words.Code(by)+" ("+when[by]+")")
	}
	return "Who sees to it: " + words.And(commands) + "."
}

func codes[T ~string](list []T) []string {
	shown := make([]string, len(list))
	for i, t := range list {
		shown[i] = words.Code(t)
	}
	return shown
}

// ProcessPage is the documentation of the process: docs/process.md.
func ProcessPage(rules *rule.Set) string {
	var b strings.Builder
	b.WriteString("# The process\n\nThe escalation process, rule by rule, in our own words: who sees to each, what is left for people to do, and where the source is silent and how it\n" +
		"is read here. Lines are those of the source, a public handbook page. `escalate explain P20` prints one of these.\n" +
		"This page is made from `internal/process/handbook` (`go generate ./internal/rule`): change that, not it.\n\n| | rule | seen to by |\n| --- | --- | --- |\n")
	for _, p := range handbook.Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", p.Number, p.Anchor(), p.Title, words.And(p.By))
	}
	for _, p := range handbook.Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s.**", p.Number, p.Title)
		for i, paragraph := range paragraphs(p) {
			b.WriteString(map[bool]string{true: " ", false: "\n\n"}[i == 0] + paragraph)
		}
		var enforced []string
		for _, r := range rules.Citing(p.Number) {
			enforced = append(enforced, fmt.Sprintf("[%s](rules.md#%s)", r.Name, r.Name))
		}
		if len(enforced) > 0 {
			b.WriteString("\n\nRules of lint: " + strings.Join(enforced, ", ") + ".")
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n## What is read elsewhere\n")
	for _, p := range handbook.Elsewhere() {
		fmt.Fprintf(&b, "\n%s: %s It is %s of the source.\n", p.Title, p.Says, p.From())
	}
	return b.String()
}
