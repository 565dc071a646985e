package main

import (
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
)

// completeAct has the shell complete what an act is done to, and the answers to its
// questions: what a terminal would offer. said are the answers of the flags before.
func completeAct(cmd *cobra.Command, env environment, opts *options, a act.Act, said act.Answers) {
	ids := completeOne(env, opts, map[act.State]view.Status{act.Open: view.Open, act.Closed: view.Closed}[a.State])
	behind := completeNothing
	if q, takes := a.Question(a.Argument); takes {
		behind = completeAnswer(env, opts, a, q, said)
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if a.Name != "new" && len(args) == 0 {
			return ids(cmd, args, begun)
		}
		return behind(cmd, args, begun)
	}
	for i := range a.Questions {
		q := &a.Questions[i]
		answer := completeAnswer(env, opts, a, q, said)
		if q.Many {
			answer = listed(answer)
		}
		_ = cmd.RegisterFlagCompletionFunc(q.Name, answer) // the flag is there
	}
}

// completeAnswer offers what can be chosen for an answer, the best first. Where a text
// is wanted, nothing is.
func completeAnswer(env environment, opts *options, a act.Act, q *act.Question, said act.Answers) cobra.CompletionFunc {
	switch {
	case q.Form == act.Yes:
		return completeWords("yes", "no")
	case q.Form == act.Line, q.Choose == nil && q.Words == nil:
		return completeNothing
	}
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		list, directive := completeFrom(env, opts, func(t *tree.Tree, all *offers) {
			c, answers := &act.Case{Tree: t, At: env.now()}, maps.Clone(said)
			if a.Name != "new" {
				if len(args) == 0 {
					return
				}
				if rest := args[1:]; len(rest) > 0 && a.Argument != "" {
					answers[a.Argument] = rest
				}
				id, err := meantID(t, args[0])
				if err != nil {
					return
				}
				if c.Escalation = t.Load(tree.Path(id)); c.Escalation.HeldBack() {
					return
				}
			}
			for _, o := range q.Options(c, answers) {
				all.add(o.Value, labelled(o))
			}
			for _, word := range q.Besides(c) {
				all.add(word, "")
			}
		})(cmd, args, begun)
		return list, directive | cobra.ShellCompDirectiveKeepOrder
	}
}

// labelled is what is said of an option beside its value.
func labelled(o act.Option) string {
	var parts []string
	for _, part := range []string{o.Label, o.Help} {
		if part != "" && part != o.Value {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}
