package view

import (
	"cmp"
	"slices"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// exportFormat is the version of schema.Export.
const exportFormat = 1

// Export is all that a tree says, with what follows from it at the moment of the
// report, which is of the same tree.
func Export(t *tree.Tree, r stale.Report) schema.Export {
	out := schema.Export{Format: exportFormat, Now: schema.Time{Time: r.Now.UTC()}, People: t.People.People, Policy: t.Policy}
	var unread []stale.Unread
	out.Escalations, unread = each(t, r, exported)
	for _, u := range unread {
		out.Unread = append(out.Unread, schema.ExportUnread{ID: u.Escalation, Why: schema.Text(u.Why)})
	}
	return out
}

func exported(m moment, e *tree.Escalation, items []stale.Item) schema.Exported {
	r := newRow(m, e, items)
	out := schema.Exported{
		ID: r.Escalation, Status: schema.Status(r.Status), Days: r.Days(), StandIn: r.StandIn.Handle,
		CriteriaMet: r.Met, Criteria: r.Criteria, Overdue: r.Overdue(), File: e.Escalation,
	}
	for _, i := range items {
		out.Clocks = append(out.Clocks, schema.ExportedClock{
			Clock: schema.ClockName(i.Clock), State: schema.ClockState(i.State),
			Due: schema.Time{Time: i.Due.UTC()}, Since: schema.Time{Time: i.Since.UTC()}, Rung: i.Rung, Turn: i.Turn.Handle,
		})
	}
	slices.SortStableFunc(out.Clocks, func(a, b schema.ExportedClock) int {
		return cmp.Or(cmp.Compare(late(a), late(b)), a.Since.Compare(b.Since.Time), a.Due.Compare(b.Due.Time))
	})
	return out
}

func late(c schema.ExportedClock) int {
	if c.State == schema.ClockState(stale.Overdue) {
		return 0
	}
	return 1
}
