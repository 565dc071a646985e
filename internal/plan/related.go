package plan

import (
	"regexp"
	"slices"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// relations are who names an escalation as related, by the escalation that is named
// (P40).
type relations map[schema.ID][]schema.ID

// mayRelate finds the files that may name others. Nearly all others say only whether
// the product is related, and are not loaded once more.
var mayRelate = regexp.MustCompile(`related["']?[ \t]*:[ \t]*(\[|#|\r?\n)`)

// related reads who named whom in the files that changed, and who does now. Of one
// that is held back, nothing is told: it names whom it named.
func related(base, head *tree.Tree, changed []string) (dropped, named relations) {
	dropped, named = relations{}, relations{}
	relates := func(t *tree.Tree, path string) bool {
		if !t.Has(path) {
			return false
		}
		data, err := t.ReadFile(path)
		return err == nil && mayRelate.Match(data)
	}
	for _, path := range changed {
		was, is := relates(base, path), relates(head, path)
		if !was && !is || head.Has(path) && head.Load(path).HeldBack() {
			continue
		}
		if was {
			dropped.add(base.Load(path))
		}
		if is {
			named.add(head.Load(path))
		}
	}
	return dropped, named
}

func (r relations) add(e *tree.Escalation) {
	for _, id := range e.Related {
		r[id] = append(r[id], e.ID)
	}
}

// relate sets with which others an escalation stands in its texts, before the change
// and after it: those that it names, those that name it, and those with which it
// stood there last.
func (e *planner) relate(dropped, named relations) {
	stood := e.stood()
	var was []schema.ID
	if e.was != nil {
		was = e.was.Related
	}
	e.wasRelated = sorted(was, dropped[e.id], stood)
	gone := sorted(was, dropped[e.id])
	e.related = sorted(e.now.Related, named[e.id], slices.DeleteFunc(stood, func(id schema.ID) bool { return slices.Contains(gone, id) }))
}

// stood are the others with which the escalation stands in what was told last of it
// as a whole.
func (e *planner) stood() []schema.ID {
	for _, n := range slices.Backward(e.told) {
		_, redacts := n.Redacts()
		whole := n.Do == notice.OpenIssue || n.Do == notice.Edit && !redacts && n.To != notice.Channel || n.Tells() && n.Moment == notice.Opened && n.To == notice.Announcement
		if !whole || n.Text == nil {
			continue
		}
		var ids []schema.ID
		add := func(line notice.Line) {
			for _, i := range line {
				if i.Code {
					ids = append(ids, schema.ID(i.Words))
				}
			}
		}
		for _, b := range n.Text {
			if len(b.Paragraph) > 0 && b.Paragraph[0].Words == relatedWords {
				add(b.Paragraph)
			}
			for _, f := range b.Fields {
				if f.Label == relatedLabel {
					add(f.Value)
				}
			}
		}
		return ids
	}
	return nil
}

// relatedWords and relatedLabel stand before the ids of related escalations.
const (
	relatedWords = "Related escalations: "
	relatedLabel = "Related escalations"
)

// others are the related escalations by their ids.
func (e *planner) others() notice.Line {
	var text notice.Line
	for i, id := range e.related {
		if i > 0 {
			text = append(text, plain(", "))
		}
		text = append(text, notice.Inline{Words: string(id), Code: true})
	}
	return text
}

// sorted are the ids of some lists, each once.
func sorted(lists ...[]schema.ID) []schema.ID {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// follow plans that the texts of escalations whose own files did not change name
// those that name them now.
func (p *Plan) follow(head *tree.Tree, changed []string, dropped, named relations, told Told) {
	var touched []schema.ID
	for _, r := range []relations{dropped, named} {
		for id := range r {
			touched = append(touched, id)
		}
	}
	for _, id := range sorted(touched) {
		path := tree.Path(id)
		if slices.Equal(sorted(dropped[id]), sorted(named[id])) || slices.Contains(changed, path) || !head.Has(path) {
			continue
		}
		e := head.Load(path)
		if e.HeldBack() || !process.Open(&e.Escalation) {
			continue
		}
		planner := newPlanner(head, id, e, &e.Escalation, told)
		planner.changes = []change.Change{{Moment: notice.Edited, Field: "related", Before: &e.Escalation, After: &e.Escalation}}
		planner.relate(dropped, named)
		p.add(planner)
	}
}
