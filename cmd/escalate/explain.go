package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/rule/ruleprint"
)

func newExplain(env environment, opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE|P-NUMBER]",
		Short: "Explain a rule: why, and how it is done wrong and right",
		Long: "Explains a rule by the name that stands in a finding; or a rule of the process by its number, with who " +
			"sees to it and the rules of lint that enforce it. Without an argument it lists every rule of lint.",
		Example:           "  escalate explain\n  escalate explain product-dri-required\n  escalate explain P9",
		Args:              atMost(1),
		ValidArgsFunction: first(completeRules),
		RunE: func(_ *cobra.Command, args []string) error {
			all := rule.All()
			rules := all.Rules()
			process := []handbook.Rule{}
			if len(args) == 1 {
				r, known := all.Lookup(strings.ToLower(args[0]))
				switch {
				case known:
					rules = []rule.Rule{*r}
				case processNumber.MatchString(args[0]):
					p, known := handbook.Lookup(args[0])
					if !known {
						return usagef("the process has no rule %s: they are P1 to P%d", strings.ToUpper(args[0]), len(handbook.Rules()))
					}
					rules, process = all.Citing(p.Number), append(process, p)
				default:
					return unknownRule(args[0], rules)
				}
			}
			if opts.json {
				return ruleprint.JSON(env.stdout, process, rules)
			}
			if len(process) > 0 {
				return ruleprint.Process(env.stdout, process[0], rules, env.screen)
			}
			if len(args) == 0 {
				return ruleprint.List(env.stdout, rules, env.screen)
			}
			return ruleprint.Text(env.stdout, rules, env.screen)
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
