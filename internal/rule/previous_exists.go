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
			known := map[schema.ID]bool{}
			var ids []string
			missing := 0
			for _, b := range w.Escalations {
				known[b.ID] = true
			}
			for _, b := range w.Escalations {
				if b.Previous == "" || known[b.Previous] && b.Previous != b.ID {
					continue
				}
				if b.Previous == b.ID {
					w.TellIn(b.Path, "/previous", string(b.Previous), Said{Message: "an escalation cannot be its own previous one", Hint: "write the id of an earlier one, or leave it out"})
					continue
				}
				if ids == nil {
					for _, o := range w.Escalations {
						ids = append(ids, string(o.ID))
					}
				}
				said := Said{Message: fmt.Sprintf("there is no escalation %s", code(b.Previous)), Hint: "write year and name of its file, without .yaml"}
				if missing++; missing <= 20 { // each is compared with every id there is
					others := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == string(b.ID) })
					said = didYouMean(said.Message, b.Previous, others, said.Hint)
				}
				w.TellIn(b.Path, "/previous", string(b.Previous), said)
			}
		},
		Wrong: marked("previous: 2024/northwind\n", "2024/northwind"),
		Right: ex("-- escalations/2024/northwind.yaml --\nchannel: esc_northwind-2024\n-- escalations/2026/northwind.yaml --\nprevious: 2024/northwind\n"),
	}
}
