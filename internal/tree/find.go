package tree

import (
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// Find returns the escalations that somebody may mean by an id, a path, the name in
// an id, the customer's name, or a part of one of these: those whom it fits best. Of
// several it returns the one that is open, where only one is.
func (t *Tree) Find(meant string) []schema.ID {
	meant = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(meant, "./"), Folder+"/"), ".yaml")
	if slices.Contains(t.Paths, Path(schema.ID(meant))) {
		return []schema.ID{schema.ID(meant)}
	}
	customer := process.SameCustomer(schema.Text(meant))
	if customer == "" {
		return nil
	}
	fits := make([]int, len(t.Paths)) // 0 where it does not; the less, the better
	for i, g := range t.Glances() {
		id, called := strings.ToLower(string(g.ID)), process.SameCustomer(g.Customer)
		switch {
		case path.Base(id) == customer:
			fits[i] = 1
		case called == customer:
			fits[i] = 2
		case strings.Contains(id, customer), strings.Contains(called, customer):
			fits[i] = 3
		}
	}
	for best := 1; best <= 3; best++ {
		var all, alive []schema.ID
		for i, p := range t.Paths {
			if fits[i] == best {
				all = append(all, ID(p))
				if process.Open(&t.Load(p).Escalation) {
					alive = append(alive, ID(p))
				}
			}
		}
		if len(alive) == 1 {
			return alive
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}
