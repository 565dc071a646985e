package view

import (
	"cmp"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// exportFormat is the version of schema.Export.
const exportFormat = 1

// Export is all that a tree says, with what follows from it at a moment.
func Export(t *tree.Tree, now time.Time, past Past) schema.Export {
	all, r := each(t, now, past, exported, addClocks)
	out := schema.Export{Format: exportFormat, Now: schema.Time{Time: r.Now}, Escalations: all, People: t.People.People, Policy: t.Policy}
	for _, u := range r.Unread {
		out.Unread = append(out.Unread, schema.ExportUnread{ID: u.Escalation, Why: schema.Text(u.Why)})
	}
	return out
}

func exported(m moment, e *tree.Escalation) schema.Exported {
	r := newRow(m, e)
	return schema.Exported{
		ID: r.Escalation, Status: schema.Status(r.Status), Days: r.Days(), StandIn: r.StandIn.Handle,
		CriteriaMet: r.Met, Criteria: r.Criteria, File: e.Escalation,
	}
}

func addClocks(out *schema.Exported, items []stale.Item) {
	for _, i := range items {
		out.Overdue = out.Overdue || i.State == stale.Overdue
		out.Clocks = append(out.Clocks, schema.ExportedClock{
			Clock: schema.ClockName(i.Clock), State: schema.ClockState(i.State),
			Due: schema.Time{Time: i.Due.UTC()}, Since: schema.Time{Time: i.Since.UTC()}, Rung: i.Rung, Turn: i.Turn.Handle,
		})
	}
	slices.SortStableFunc(out.Clocks, func(a, b schema.ExportedClock) int {
		return cmp.Or(cmp.Compare(late(a), late(b)), a.Since.Compare(b.Since.Time), a.Due.Compare(b.Due.Time))
	})
}

func late(c schema.ExportedClock) int {
	if c.State == schema.ClockState(stale.Overdue) {
		return 0
	}
	return 1
}
