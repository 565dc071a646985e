// Command generate writes docs/rules.md from the rules, and docs/process.md from the
// process. Run it with `go generate ./internal/rule`.
package main

import (
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"

	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/rule/ruleprint"
	"github.com/escalations-as-code/escalate/internal/words"
)

func main() {
	if err := os.WriteFile("../../docs/rules.md", []byte(page(rule.All())), 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("../../docs/process.md", []byte(ruleprint.ProcessPage(rule.All())), 0o644); err != nil {
		log.Fatal(err)
	}
}

// number is that of a rule of the process.
var number = regexp.MustCompile(`\bP[0-9]+\b`)

// linked makes a link of each number of the process, to where the rule stands.
func linked(prose string) string {
	return number.ReplaceAllStringFunc(prose, func(n string) string { return fmt.Sprintf("[%s](process.md#%s)", n, strings.ToLower(n)) })
}

// cited lists rules of the process, each with a link.
func cited(numbers []string) string { return linked(strings.Join(numbers, ", ")) }

// page is the documentation of the rules.
func page(rules *rule.Set) string {
	var b strings.Builder
	b.WriteString(`# The rules

What ` + "`escalate lint`" + ` checks. ` + "`escalate explain RULE`" + ` prints one of these; P-numbers are those of [the process](process.md).
In [the pages](site.md#the-page-to-write-on) that ` + "`escalate site --serve`" + ` serves, ` + "`compose.html#example=RULE`" + ` shows its wrong example, to be changed and healed.
This page is made from the rules (` + "`go generate ./internal/rule`" + `): change them, not it.

| rule | process | what must be so |
| --- | --- | --- |
`)
	for _, r := range rules.Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.Name, r.Name, cited(r.Cites), strings.ReplaceAll(r.Summary, "|", `\|`))
	}
	for _, r := range rules.Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n", r.Name)
		if len(r.Cites) > 0 {
			fmt.Fprintf(&b, "Enforces %s. ", cited(r.Cites))
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", words.Sentence(r.Summary), linked(r.Why))
		if r.Reading != "" {
			fmt.Fprintf(&b, "\n*A reading of the process:* %s\n", linked(r.Reading))
		}
		example(&b, "Wrong", r.Wrong)
		example(&b, "Right", r.Right)
	}
	return b.String()
}

func example(b *strings.Builder, title string, e rule.Example) {
	switch {
	case e.YAML != "":
		if e.Before != "" {
			fmt.Fprintf(b, "\nBefore:\n\n```yaml\n%s```\n", e.Before)
		}
		text := strings.NewReplacer("\x00", `\x00`, "\t", `\t`).Replace(e.YAML)
		fmt.Fprintf(b, "\n%s:\n\n```yaml\n%s```\n", title, text)
	case e.Note != "":
		fmt.Fprintf(b, "\n%s: %s.\n", title, e.Note)
	}
}
