package rule

import (
	"fmt"
	"path"
	"slices"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/tree"
)

func idPortable() Rule {
	return Rule{
		Name:    "id-portable",
		Cites:   []string{"P40"},
		Summary: "every machine can check out the file of an escalation",
		Why: "Windows keeps some names for devices, whatever their ending: con, prn, aux, nul, com1 to com9, lpt1 to lpt9. " +
			"It knows no name with one of `< > : \" \\ | ? *` either, and none that ends with a dot or a space. " +
			"Two names that differ in case alone, or in how Unicode writes their letters, are one file on Windows and macOS: one would overwrite the other.",
		Reading: "The rule is this project's own. No setting changes it.",
		Whole: func(w *Whole) {
			for _, name := range w.Names {
				why := tree.Unportable(name)
				if why == "" {
					continue
				}
				hint := "before it is merged, rename it, for example to " + code(tree.LegalName(path.Base(name)))
				if tree.Unportable(path.Base(name)) == "" { // it is the folder's name
					hint = "before it is merged, move it to escalations/<year>/" + path.Base(name)
				}
				w.Error(&tree.File{Document: &document.Document{Path: name}}, "", why+": nobody can check the file out there", hint)
			}
			if len(w.Findings) == 0 {
				return // names that are right differ in more
			}
			first := map[string]string{}
			for _, name := range rightFirst(w.Names) {
				other, taken := first[folded(name)]
				if !taken {
					first[folded(name)] = name
					continue
				}
				if tree.Unportable(name) != "" {
					continue
				}
				w.Error(&tree.File{Document: &document.Document{Path: name}}, "", fmt.Sprintf("the name differs from %s in case, or in how its letters are written, alone: to many machines they are one file", code(other)),
					"give it another name, or delete one of the two")
			}
		},
		Wrong: Example{YAML: "-- escalations/2026/con.yaml --\ncustomer: Contoso\n"},
		Right: ex("-- escalations/2026/contoso.yaml --\ncustomer: Contoso\n"),
	}
}

// rightFirst are names, those first that are where they belong: of two that are one
// file, such a one is not at fault.
func rightFirst(names []string) []string {
	right := func(name string) bool {
		return tree.IsEscalation(name) || name == tree.PeoplePath || name == tree.PolicyPath
	}
	var list, astray []string
	for _, name := range names {
		if right(name) {
			list = append(list, name)
		} else {
			astray = append(astray, name)
		}
	}
	slices.Sort(astray)
	return append(list, astray...)
}

// folded is a name as a machine sees it that knows neither case nor forms.
func folded(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}
