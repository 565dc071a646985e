package main

import (
	"context"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// asker asks somebody at the terminal. It is nil where nobody can be asked.
type asker struct{}

// escalation asks which escalation is meant.
func (*asker) escalation(ctx context.Context, t *tree.Tree, state act.State) (string, error) {
	return "", nil
}

// rest asks what the answers that are given leave open.
func (*asker) rest(ctx context.Context, a act.Act, c *act.Case, given map[string][]string) (map[string][]string, error) {
	return given, nil
}
