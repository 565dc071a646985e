package rule

import (
	"fmt"
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
		Whole: func(w *Whole) {
			w.exist("an escalation cannot be its own previous one", func(b Brief) []Named { return []Named{{Field: "/previous", ID: b.Previous}} })
		},
		Wrong: marked("previous: 2024/northwind\n", "2024/northwind"),
		Right: ex("-- escalations/2024/northwind.yaml --\nchannel: esc_northwind-2024\nrelated: [2026/northwind]\n-- escalations/2026/northwind.yaml --\nprevious: 2024/northwind\n"),
	}
}

func relatedExists() Rule {
	return Rule{
		Name:    "related-exists",
		Cites:   []string{"P40"}, // of duplicate_of, P34
		Summary: "the other escalations that a file names are there",
		Why:     "The declaration names what `related` does, and whoever reads a closure looks for what it is the duplicate of.",
		Fields:  []string{"/related"},
		Whole: func(w *Whole) {
			w.exist("an escalation is not related to itself", func(b Brief) []Named {
				var list []Named
				for i, id := range b.Related {
					list = append(list, Named{Field: fmt.Sprintf("/related/%d", i), ID: id})
				}
				return append(list, Named{"/closure/duplicate_of", b.DuplicateOf, []string{"P34"}})
			})
		},
		Wrong: marked("related: [2026/nortwind-perf]\n", "2026/nortwind-perf"),
		Right: ex("-- escalations/2026/northwind.yaml --\nrelated: [2026/northwind-perf]\n-- escalations/2026/northwind-perf.yaml --\nsummary: The search takes a minute\n"),
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

// exist judges that the escalations that files name are there. itself says that
// one names itself.
func (w *Whole) exist(itself string, of func(Brief) []Named) {
	known := map[schema.ID]bool{}
	var ids []string
	missing := 0
	for _, b := range w.Escalations {
		known[b.ID] = true
	}
	for _, b := range w.Escalations {
		for _, n := range of(b) {
			if n.ID == "" || known[n.ID] && n.ID != b.ID {
				continue
			}
			if n.ID == b.ID {
				w.TellIn(b.Path, n.Field, string(n.ID), Said{Message: itself, Hint: "write the id of another one, or leave it out", Cites: n.Cites})
				continue
			}
			if ids == nil {
				for _, o := range w.Escalations {
					ids = append(ids, string(o.ID))
				}
			}
			said := Said{Message: fmt.Sprintf("there is no escalation %s", code(n.ID)), Hint: "write year and name of its file, without .yaml"}
			if missing++; missing <= 20 { // each is compared with every id there is
				others := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == string(b.ID) })
				said = didYouMean(said.Message, n.ID, others, said.Hint)
			}
			said.Cites = n.Cites
			w.TellIn(b.Path, n.Field, string(n.ID), said)
		}
	}
}

func customerOnce() Rule {
	return Rule{
		Name:    "customer-once",
		Cites:   []string{"P40"},
		Summary: "two open escalations of one customer name each other (a warning)",
		Why: "Whoever helps with one should know of the other, and the customer should not hear two stories. `related: [...]` in one of them is enough: the declaration names the other. " +
			"If it is the same matter, one is withdrawn.",
		Reading: "The rule is this project's own. Customers are the same where their names are, whatever letters are large and however Unicode writes them; the warning stands at the one opened later. No setting changes it.",
		Whole: func(w *Whole) {
			byCustomer := map[string][]Brief{}
			for _, b := range w.Escalations {
				if b.Open && b.Customer != "" {
					byCustomer[b.Customer] = append(byCustomer[b.Customer], b)
				}
			}
			for _, b := range w.Escalations {
				if !b.Open || b.Customer == "" {
					continue
				}
				for _, other := range byCustomer[b.Customer] {
					if later(b, other) && !slices.Contains(b.Related, other.ID) && !slices.Contains(other.Related, b.ID) {
						w.WarnIn(b.Path, "/customer", string(other.ID), Said{
							Message: fmt.Sprintf("this customer has another open escalation, %s", code(other.ID)),
							Hint:    fmt.Sprintf("add `related: [%s]`, or let a manager withdraw one of the two", other.ID),
							With:    other.Path,
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
func later(b, other Brief) bool {
	if b.Opened.Equal(other.Opened) {
		return b.Path > other.Path
	}
	return b.Opened.After(other.Opened)
}
