package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/schema"
)

func newSchema(env environment, _ *options) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [escalation|people|policy]",
		Short: "Print the JSON Schema of a kind of file",
		Long: "Prints the JSON Schema (draft 2020-12) of an escalation, of the people directory or of the policy. " +
			"An editor with a YAML language server completes, explains and underlines by it.",
		Example:           "  escalate schema\n  escalate schema people > people.schema.json",
		ValidArgsFunction: first(completeWords(schema.Kinds()...)),
		Args:              atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			kind := schema.KindEscalation
			if len(args) == 1 {
				kind = schema.Kind(args[0])
			}
			if !slices.Contains(schema.Kinds(), kind) {
				return usagef("there is no schema %q: write escalation, people or policy", args[0])
			}
			text, err := schema.JSON(kind)
			if err != nil {
				return err
			}
			_, err = env.stdout.Write(text)
			return err
		},
	}
}
