package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// MustArrive reports whether a person hears of it where a notice was not delivered:
// it is what opens an escalation somewhere, or ends it.
func MustArrive(n notice.Notice) bool {
	return n.Tells() && (n.Moment == notice.Opened || n.Moment.Ends())
}

// Elsewhere are the places in which a person may hear that a notice was not
// delivered, in the order in which they are tried. The announcements are kept quiet
// (P22), and the channel of what is closed is archived.
func Elsewhere(t *tree.Tree, of notice.Notice) []notice.Place {
	path := tree.Path(of.Escalation)
	if of.Moment.Ends() || t.Has(path) && !process.Open(&t.Load(path).Escalation) {
		return []notice.Place{notice.Tracking, notice.Announcement}
	}
	return []notice.Place{notice.Tracking, notice.Channel, notice.Announcement}
}

// Undelivered is what the DRI and the manager are told in another place, by another
// destination, of a notice that was not delivered: which, where, why, and who does
// what. Its key is the same however often it fails. edits reports whether it will be
// edited when that has arrived: a webhook cannot.
func Undelivered(t *tree.Tree, of notice.Notice, why string, to notice.Place, via string, edits bool) notice.Notice {
	n := notice.Notice{Escalation: of.Escalation, Key: notice.Failure(of), Moment: notice.Undelivered, To: to, Via: via}
	who := notice.Line{plain("Whoever looks after the escalation: tell who needs to know now, by hand. ")}
	restricted := true // where its file does not say that it is not
	if path := tree.Path(of.Escalation); t.Has(path) && !t.Load(path).HeldBack() {
		e := &t.Load(path).Escalation
		restricted = e.Visibility == schema.Restricted
		at := t.Authored
		dris, managers := asked(t, e, at)
		n.Mentions = append(slices.Clone(dris), managers...)
		who = append(named(t.People, dris, "DRI"), plain(": tell who needs to know now, by hand. "))
		if len(managers) > 0 {
			who = append(append(who, named(t.People, managers, "manager")...), plain(": see that the cause is put right. "))
		}
	}
	if restricted && to == notice.Announcement { // where nothing of it is said, such as the name of its channel (P17)
		why = "the log of the run says why"
	}
	rest := "Each run tries again."
	if edits {
		rest = "Each run tries again, and this text changes once it has arrived."
	}
	n.Text = notice.Text{
		notice.Title(plain(fmt.Sprintf("Not delivered: the %s of %s", called(of), of.Escalation))),
		notice.Paragraph(plain(fmt.Sprintf("It has not reached the %s (%s): %s.", of.To.Called(), of.Via, words.Line(why)))),
		notice.Paragraph(append(who, plain(rest))...),
		fileLinks(of.Escalation),
	}
	return n
}

// Delivered is the text that takes the place of one that says that a notice was not
// delivered, where it was told: since then it was.
func Delivered(failure, of notice.Notice, at time.Time) notice.Notice {
	return notice.Notice{
		Escalation: of.Escalation, Key: notice.Redaction(of.Escalation, failure.Key), Moment: notice.Redacted, Do: notice.Edit, To: failure.To, Via: failure.Via,
		Text: notice.Text{
			notice.Title(plain(fmt.Sprintf("Delivered: the %s of %s", called(of), of.Escalation))),
			notice.Paragraph(plain(fmt.Sprintf("It reached the %s (%s) on %s, later than it was to. Nobody has to do anything about it.", of.To.Called(), of.Via, when(at)))),
			fileLinks(of.Escalation),
		},
	}
}

// asked are the DRI with the stand-in, and the manager of the DRI or, where there is
// none, the CSM leaders: who is there, each once.
func asked(t *tree.Tree, e *schema.Escalation, day time.Time) (dris, managers []schema.Handle) {
	p := planner{people: t.People}
	dris = p.there([]schema.Handle{e.DRI, process.StandIn(e, day)})
	if managers = p.there([]schema.Handle{t.People.People[e.DRI].Manager}); len(managers) == 0 {
		managers = p.there(process.Holders(t.People, t.Policy, schema.RoleCSMLeader, e.Account.Region))
	}
	return dris, slices.DeleteFunc(managers, func(h schema.Handle) bool { return slices.Contains(dris, h) })
}

// named is people by name, with what they are asked as.
func named(d schema.Directory, list []schema.Handle, as string) notice.Line {
	p := planner{people: d}
	return append(p.persons(list), plain(" ("+as+")"))
}

// called is what people call a notice that must arrive.
func called(n notice.Notice) string {
	switch {
	case n.Moment == notice.Withdrawn:
		return "withdrawal"
	case n.Moment.Ends():
		return "closure"
	case n.To == notice.Announcement:
		return "declaration"
	case n.To == notice.Channel:
		return "opening message"
	}
	return "opening"
}

func fileLinks(id schema.ID) notice.Block {
	return notice.Block{Links: []notice.Inline{{Words: tree.Path(id), Place: notice.AtFile}}}
}
