package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func newSchema(env environment, _ *options) *cobra.Command {
	kinds := append(schema.Kinds(), schema.KindExport, schema.KindBoard)
	return &cobra.Command{
		Use:   "schema [escalation|people|policy|export|board]",
		Short: "Print the JSON Schema of a kind of file, or of export or site",
		Long: "Prints the JSON Schema (draft 2020-12) of an escalation, of the people directory or of the policy, or of what `escalate export` prints or `escalate site` writes as data.json. " +
			"An editor with a YAML language server completes, explains and underlines by it.",
		Example:           "  escalate schema\n  escalate schema people > people.schema.json",
		ValidArgsFunction: first(completeWords(kinds...)),
		Args:              atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			kind := schema.KindEscalation
			if len(args) == 1 {
				kind = schema.Kind(args[0])
			}
			if !slices.Contains(kinds, kind) {
				return usagef("there is no schema %q: write %s", args[0], words.Or(kinds))
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
