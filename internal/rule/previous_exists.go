package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/schema"
)

func previousExists() Rule {
	return Rule{
		Name:    "previous-exists",
		Cites:   []string{"P36"},
		Summary: "the previous escalation that a file names is there",
		Why:     "An escalation's id is its path, and it is never renamed or deleted: what `previous` names can always be found.",
		Fields:  []string{"/previous"},
		Groups:  func(b *Brief, _ schema.Policy) []string { return meet(b, previous) },
		Among:   func(g *Group) { g.exist("an escalation cannot be its own previous one", previous) },
		Wrong:   marked("previous: 2024/northwind\n", "2024/northwind"),
		Right:   ex("-- escalations/2024/northwind.yaml --\nchannel: esc_northwind-2024\nrelated: [2026/northwind]\n-- escalations/2026/northwind.yaml --\nprevious: 2024/northwind\n"),
	}
}

func relatedExists() Rule {
	return Rule{
		Name:    "related-exists",
		Cites:   []string{"P40"}, // of duplicate_of, P34
		Summary: "the other escalations that a file names are there",
		Why:     "The declaration names what `related` does, and whoever reads a closure looks for what it is the duplicate of.",
		Fields:  []string{"/related"},
		Groups:  func(b *Brief, _ schema.Policy) []string { return meet(b, related) },
		Among:   func(g *Group) { g.exist("an escalation is not related to itself", related) },
		Wrong:   marked("related: [2026/nortwind-perf]\n", "2026/nortwind-perf"),
		Right:   ex("-- escalations/2026/northwind.yaml --\nrelated: [2026/northwind-perf]\n-- escalations/2026/northwind-perf.yaml --\nsummary: The search takes a minute\n"),
	}
}

// Named is an id that a file names, and where.
type Named struct {
	Field string
	ID    schema.ID
	// Cites are the rules of the process that ask for it, where they are not those
	// of the rule that judges.
	Cites []string
}

func previous(b *Brief) []Named { return []Named{{Field: "/previous", ID: b.Previous}} }

func related(b *Brief) []Named {
	var list []Named
	for i, id := range b.Related {
		list = append(list, Named{Field: fmt.Sprintf("/related/%d", i), ID: id})
	}
	return append(list, Named{"/closure/duplicate_of", b.DuplicateOf, []string{"P34"}})
}

// meet returns the ids that an escalation names, and its own: those who name one meet
// it there.
func meet(b *Brief, names func(*Brief) []Named) []string {
	if b.ID == "" {
		return nil
	}
	list := []string{string(b.ID)}
	for _, n := range names(b) {
		if id := string(n.ID); id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// exist judges that the escalation is there that others name. itself says that one
// names itself.
func (g *Group) exist(itself string, names func(*Brief) []Named) {
	there := slices.ContainsFunc(g.Members, func(b *Brief) bool { return string(b.ID) == g.Name })
	for _, b := range g.Members {
		for _, n := range names(b) {
			switch {
			case string(n.ID) != g.Name:
			case n.ID == b.ID:
				g.Error(b, n.Field, g.Name, func() Said {
					return Said{Message: itself, Hint: "write the id of another one, or leave it out", Cites: n.Cites}
				})
			case !there:
				g.Error(b, n.Field, g.Name, func() Said {
					said := g.whole.unknownID(n.ID, b.ID)
					said.Cites = n.Cites
					return said
				})
			}
		}
	}
}

// unknownID says that there is no escalation with an id which another one names.
func (w *Whole) unknownID(id, by schema.ID) Said {
	said := Said{Message: fmt.Sprintf("there is no escalation %s", code(id)), Hint: "write year and name of its file, without .yaml"}
	if w.missing++; w.missing > 20 { // each is compared with every id there is
		return said
	}
	var others []string
	for _, path := range slices.Sorted(maps.Keys(w.Register.files)) { // also of those without a file here
		if other := w.Register.files[path].ID; other != "" && other != by {
			others = append(others, string(other))
		}
	}
	return didYouMean(said.Message, id, others, said.Hint)
}

func customerOnce() Rule {
	return Rule{
		Name:    "customer-once",
		Cites:   []string{"P40"},
		Summary: "two open escalations of one customer name each other (a warning)",
		Why: "Whoever helps with one should know of the other, and the customer should not hear two stories. `related: [...]` in one of them is enough: the declaration names the other. " +
			"If it is the same matter, one is withdrawn.",
		Reading: "The rule is this project's own. Customers are the same where their names are, whatever letters are large and however Unicode writes them; the warning stands at the one opened later. No setting changes it.",
		Groups: func(b *Brief, _ schema.Policy) []string {
			if !b.Open || b.Customer == "" {
				return nil
			}
			return []string{b.Customer}
		},
		Among: func(g *Group) {
			for _, b := range g.Members {
				for _, other := range g.Members {
					if later(b, other) && !slices.Contains(b.Related, other.ID) && !slices.Contains(other.Related, b.ID) {
						g.Warn(b, "/customer", string(other.ID), func() Said {
							return Said{
								Message: fmt.Sprintf("this customer has another open escalation, %s", code(other.ID)),
								Hint:    fmt.Sprintf("add `related: [%s]`, or let a manager withdraw one of the two", other.ID),
								With:    other.Path,
							}
						})
						break
					}
				}
			}
		},
		Wrong: Example{
			YAML: "-- escalations/2026/northwind.yaml --\nsummary: Pipelines wait\n-- escalations/2026/northwind-perf.yaml --\nopened: {at: 2026-11-21T09:30:00Z, by: jdoe}\n",
			Mark: "Northwind Traders",
		},
		Right: ex("-- escalations/2026/northwind.yaml --\nsummary: Pipelines wait\n-- escalations/2026/northwind-perf.yaml --\nopened: {at: 2026-11-21T09:30:00Z, by: jdoe}\nrelated: [2026/northwind]\n"),
	}
}

// later reports whether an escalation was opened after another; of two that were
// opened at one time, the later path was.
func later(b, other *Brief) bool {
	if b.Opened.Equal(other.Opened) {
		return b.Path > other.Path
	}
	return b.Opened.After(other.Opened)
}
