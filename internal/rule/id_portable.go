package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
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
		Groups:  func(b *Brief, _ schema.Policy) []string { return []string{folded(b.Path)} },
		Among: func(g *Group) {
			for i, b := range rightFirst(g.Members) {
				why := tree.Unportable(b.Path)
				switch {
				case why != "":
					g.ErrorOfName(b, func() Said {
						hint := "before it is merged, rename it, for example to " + code(tree.LegalName(path.Base(b.Path)))
						if tree.Unportable(path.Base(b.Path)) == "" { // it is the folder's name
							hint = "before it is merged, move it to escalations/<year>/" + path.Base(b.Path)
						}
						return Said{Message: why + ": nobody can check the file out there", Hint: hint}
					})
				case i > 0:
					g.ErrorOfName(b, func() Said {
						return Said{
							Message: fmt.Sprintf("the name differs from %s in case, or in how its letters are written, alone: to many machines they are one file", code(rightFirst(g.Members)[0].Path)),
							Hint:    "give it another name, or delete one of the two",
						}
					})
				}
			}
		},
		Wrong: Example{YAML: "-- escalations/2026/con.yaml --\ncustomer: Contoso\n"},
		Right: ex("-- escalations/2026/contoso.yaml --\ncustomer: Contoso\n"),
	}
}

// rightFirst are files, those first that are where they belong: of two that are one
// file, such a one is not at fault.
func rightFirst(files []*Brief) []*Brief {
	if len(files) == 1 {
		return files
	}
	astray := func(b *Brief) int {
		if b.ID != "" || b.Path == tree.PeoplePath || b.Path == tree.PolicyPath {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(files), func(a, b *Brief) int { return astray(a) - astray(b) })
}

// folded is a name as a machine sees it that knows neither case nor forms.
func folded(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ToLower(name) // which is nearly every name, and takes no time
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}
