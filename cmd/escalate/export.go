package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

// redactKey is the variable with the key of the pseudonyms.
const redactKey = "ESCALATE_REDACT_KEY"

// exportOptions says what is exported.
type exportOptions struct {
	*options
	env    environment
	now    time.Time
	redact bool
}

func newExport(env environment, opts *options) *cobra.Command {
	o := exportOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print all of it as one JSON document, for programs",
		Long: "Prints all escalations, open and closed, with status, age and the clocks that run; the directory; and the policy in " +
			"force, as one JSON document. `escalate schema export` prints its JSON Schema. A file with errors is named under " +
			"unread.\n\n" +
			"With --redact, customers, people, free text, ids, channels and links are pseudonyms: the same one wherever " +
			"somebody is named. Severities, regions, roles, times and counts stay. With a key in " + redactKey + " each run " +
			"makes the same pseudonyms, and nobody without the key can tell whether one is a customer that they think of. " +
			"Without a key each run makes others.",
		Example: "  escalate export > escalations.json\n  escalate export | jq '.escalations[] | select(.overdue) | .id'\n" +
			"  " + redactKey + "=... escalate export --redact",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.now, err = moment(); err != nil {
				return err
			}
			return runExport(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.redact, "redact", false, "replace customers, people, free text and links by pseudonyms")
	moment = nowFlag(cmd, env, "ask about this moment")
	return cmd
}

func runExport(ctx context.Context, o exportOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working(ctx)
	if err != nil {
		return err
	}
	past := locally(ctx, s)
	out := view.Export(t, o.now, past.of)
	if past.err != nil {
		return past.err
	}
	if o.redact {
		r, err := redactor(o.env, t.Policy)
		if err != nil {
			return err
		}
		out = redact.Of(r, out)
		out.Redacted = true
		// By the ids that are there now: the order of the others would say who begins with A.
		slices.SortFunc(out.Escalations, func(a, b schema.Exported) int { return strings.Compare(string(a.ID), string(b.ID)) })
		slices.SortFunc(out.Unread, func(a, b schema.ExportUnread) int { return strings.Compare(string(a.ID), string(b.ID)) })
	}
	return viewprint.Export(o.env.stdout, out)
}

// redactor makes pseudonyms by the key of the environment, or one that nobody has.
func redactor(env environment, policy schema.Policy) (*redact.Redactor, error) {
	key := strings.TrimSpace(env.getenv(redactKey))
	if key == "" {
		fmt.Fprintf(env.stderr, "escalate: there is no %s: the pseudonyms are of this run alone\n", redactKey)
		return redact.New([]byte(rand.Text()), policy)
	}
	r, err := redact.New([]byte(key), policy)
	if err != nil {
		return nil, usagef("%s: %w", redactKey, err)
	}
	return r, nil
}
