package lint

import (
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Named is an escalation under one of the names that it had.
type Named struct {
	*tree.Escalation
	// Content identifies what stands in the file; empty where nothing does.
	Content string
	// Returned says that there was a file of this name before: what comes back to
	// its name is as it should be.
	Returned bool
}

// Names is which names of escalations a change took away and which it brought.
type Names struct {
	Gone, Opened []Named
	// Astray is what is told of files that stand in the wrong place, and Content
	// identifies what is in one of them; empty where that is not known.
	Astray  []finding.Finding
	Content func(path string) string
	// Base names the commit that has what is gone; empty where none is known.
	Base string
}

// Vanished judges that files are gone, or have other names.
func (l *Linter) Vanished(n Names) []finding.Finding {
	var found []finding.Finding
	taken := make([]bool, len(n.Opened))
	for _, gone := range n.Gone {
		if n.misnamed(gone) {
			continue // that is told, with the name that it must have
		}
		v := &rule.Vanished{Before: gone.Escalation, Base: n.Base}
		i := 0
		for i < len(n.Opened) && (taken[i] || !n.Opened[i].succeeds(gone)) {
			i++
		}
		if i < len(n.Opened) {
			if taken[i] = true; n.Opened[i].Returned {
				continue
			}
			v.Now = n.Opened[i].Escalation
		}
		for _, r := range l.rules.Rules() {
			if r.Vanished != nil {
				found = append(found, v.Judge(&r))
			}
		}
	}
	return found
}

// misnamed reports whether a file stands under a name that no escalation can
// have, or something else, such as a link, in its place or that of its folder.
func (n Names) misnamed(gone Named) bool {
	return slices.ContainsFunc(n.Astray, func(f finding.Finding) bool {
		return f.Path == gone.Path || strings.HasPrefix(gone.Path, f.Path+"/") || f.Rule == "file-place" && gone.Content != "" && n.Content(f.Path) == gone.Content
	})
}

// succeeds reports whether an escalation is one that had another name before:
// the same content, or the same customer and the same opening.
func (o Named) succeeds(gone Named) bool {
	return o.Content != "" && o.Content == gone.Content ||
		!gone.Broken() && !o.Broken() && gone.Customer == o.Customer && gone.Opened == o.Opened
}
