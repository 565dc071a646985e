package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/rule"
)

func newExplain(env environment, opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE|P-NUMBER]",
		Short: "Explain a rule: why, and how it is done wrong and right",
		Long: "Explains a rule by the name that stands in a finding, or the rules that enforce a rule of the\n" +
			"process, by its number. Without an argument it lists every rule.",
		Example: "  escalate explain\n  escalate explain product-dri-required\n  escalate explain P9",
		Args:    atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			all := rule.All()
			rules := all.Rules()
			if len(args) == 1 {
				r, known := all.Lookup(strings.ToLower(args[0]))
				switch {
				case known:
					rules = []rule.Rule{*r}
				case processNumber.MatchString(args[0]):
					if rules = all.Citing(args[0]); len(rules) == 0 {
						return usagef("no rule of lint enforces %s", strings.ToUpper(args[0]))
					}
				default:
					return unknownRule(args[0], rules)
				}
			}
			if opts.json {
				return explainJSON(env.stdout, rules)
			}
			out := bufio.NewWriter(env.stdout)
			if len(args) == 0 {
				list(out, rules)
			}
			for i, r := range rules {
				if len(args) == 0 {
					break
				}
				if i > 0 {
					fmt.Fprintln(out)
				}
				explain(out, r)
			}
			return out.Flush()
		},
	}
}

var processNumber = regexp.MustCompile(`^[Pp]\d+$`)

func unknownRule(name string, rules []rule.Rule) error {
	var words []string
	for _, r := range rules {
		words = append(words, r.Name)
	}
	if meant := nearest.Of(name, words); meant != "" {
		return usagef("there is no rule %q; did you mean %q?", name, meant)
	}
	return usagef("there is no rule %q: `escalate explain` lists them", name)
}

func list(w io.Writer, rules []rule.Rule) {
	for _, r := range rules {
		fmt.Fprintf(w, "%-22s %-8s %s\n", r.Name, strings.Join(r.Cites, " "), r.Summary)
	}
}

// explain prints a rule, wrapped for a terminal of 80 columns.
func explain(w io.Writer, r rule.Rule) {
	title := r.Name
	if len(r.Cites) > 0 {
		title += " (" + strings.Join(r.Cites, ", ") + ")"
	}
	fmt.Fprintf(w, "%s\n\n%s\n\n%s\n", title, wrap(upper(r.Summary)+"."), wrap(r.Why))
	if r.Reading != "" {
		fmt.Fprintf(w, "\n%s\n", wrap("A reading of the process: "+r.Reading))
	}
	for _, e := range []struct {
		title string
		rule.Example
	}{{"Wrong", r.Wrong}, {"Right", r.Right}} {
		if e.Before != "" {
			example(w, "Before", e.Before)
		}
		example(w, e.title, cmp.Or(e.YAML, e.Note))
	}
}

func example(w io.Writer, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(w, "\n%s:\n\n", title)
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		fmt.Fprintf(w, "    %s\n", visible(strings.TrimRight(line, "\n")))
	}
}

// visible shows control characters of an example as their codes.
func visible(s string) string {
	return strings.NewReplacer("\x00", `\x00`, "\t", `\t`).Replace(s)
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// wrap breaks a paragraph into lines of at most 80 columns.
func wrap(text string) string {
	var out strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+1+len(word) > 80:
			out.WriteByte('\n')
			column = 0
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}

// explained is the JSON of a rule.
type explained struct {
	Rule    string   `json:"rule"`
	Cites   []string `json:"cites"`
	Summary string   `json:"summary"`
	Why     string   `json:"why"`
	Reading string   `json:"reading"`
	Before  string   `json:"before"`
	Wrong   string   `json:"wrong"`
	Right   string   `json:"right"`
}

func explainJSON(w io.Writer, rules []rule.Rule) error {
	shape := struct {
		Rules []explained `json:"rules"`
	}{Rules: []explained{}}
	for _, r := range rules {
		shape.Rules = append(shape.Rules, explained{
			Rule: r.Name, Cites: append([]string{}, r.Cites...), Summary: r.Summary, Why: r.Why, Reading: r.Reading,
			Before: r.Wrong.Before, Wrong: r.Wrong.YAML + r.Wrong.Note, Right: r.Right.YAML + r.Right.Note,
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(shape)
}
