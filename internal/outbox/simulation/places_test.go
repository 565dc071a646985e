package simulation

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/gitlab"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// deliverWithin is how long a delivery may take, with all its tries, as package
// outbox has it: what takes longer is cut off.
const deliverWithin = 90 * time.Second

func (a *actor) destinations(t *tree.Tree) []destination.Destination {
	return []destination.Destination{timed{a, tracking.New(calls{a.project, a}, t.People, marker.Keys{})}, timed{a, &chat{a, t.Policy}}}
}

// timed cuts a delivery off that takes too long.
type timed struct {
	*actor
	destination.Destination
}

func (t timed) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	if at := d.First().Identity(); at != t.at {
		t.at, t.before = at, t.now.Add(deliverWithin)
	}
	return t.Destination.Deliver(ctx, d, inDoubt)
}

func (t timed) Changed(ctx context.Context, threads [][]notice.Notice, file func(schema.ID) (*schema.Escalation, error)) ([]schema.ID, error) {
	k, ok := t.Destination.(destination.Keeper)
	if !ok {
		return nil, nil
	}
	t.before = t.now.Add(deliverWithin)
	return k.Changed(ctx, threads, file)
}

func (t timed) Restore(ctx context.Context, thread []notice.Notice, file func(schema.ID) (*schema.Escalation, error), address func(notice.Spot) string) (bool, error) {
	k, ok := t.Destination.(destination.Keeper)
	if !ok {
		return false, nil
	}
	t.before = t.now.Add(deliverWithin)
	return k.Restore(ctx, thread, file, address)
}

// late is the error of a call that is cut off before it is carried out.
func (a *actor) late() error {
	if a.now.After(a.before) {
		return fmt.Errorf("%w: %w", destination.ErrInDoubt, context.DeadlineExceeded)
	}
	return nil
}

// call makes a call of the forge: before and after it, others are at work. One that goes
// wrong is not sent again: that is what the next run does.
func call[T any](ctx context.Context, a *actor, op string, do func(context.Context) (T, error)) (T, error) {
	a.step(op)
	if err := a.late(); err != nil {
		var none T
		return none, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.lab.Answered = func(fault forgetest.Fault) {
		if fault == forgetest.Down || fault == forgetest.Lost || fault == forgetest.Idle {
			cancel()
		}
	}
	a.lab.Fault = func(string) forgetest.Fault {
		fault := a.armed
		a.armed = forgetest.None
		if fault != forgetest.None {
			a.tell("    %s: which goes wrong (%d)", a.name, fault)
		}
		return fault
	}
	v, err := do(ctx)
	a.step(op + ", answered")
	if late := a.late(); err == nil && late != nil {
		var none T
		return none, late
	}
	return v, err
}

// calls is a forge that is called step by step.
type calls struct {
	*gitlab.Project
	a *actor
}

func (c calls) Me(ctx context.Context) (forge.Author, error) {
	return call(ctx, c.a, "who am I", func(ctx context.Context) (forge.Author, error) { return c.Project.Me(ctx) })
}

func (c calls) Issue(ctx context.Context, number int) (forge.Issue, error) {
	return call(ctx, c.a, fmt.Sprintf("read issue %d", number), func(ctx context.Context) (forge.Issue, error) { return c.Project.Issue(ctx, number) })
}

func (c calls) Issues(ctx context.Context, label string) iter.Seq2[forge.Issue, error] {
	return listed(ctx, c.a, "list issues", func(ctx context.Context) iter.Seq2[forge.Issue, error] { return c.Project.Issues(ctx, label) })
}

func (c calls) OpenIssue(ctx context.Context, d forge.Draft) (forge.Issue, error) {
	return call(ctx, c.a, "open issue "+d.Title, func(ctx context.Context) (forge.Issue, error) { return c.Project.OpenIssue(ctx, d) })
}

func (c calls) EditIssue(ctx context.Context, number int, e forge.Edit) (forge.Issue, error) {
	return call(ctx, c.a, fmt.Sprintf("edit issue %d", number), func(ctx context.Context) (forge.Issue, error) { return c.Project.EditIssue(ctx, number, e) })
}

func (c calls) SetLabels(ctx context.Context, number int, labels []string) ([]string, error) {
	return call(ctx, c.a, fmt.Sprintf("label issue %d %v", number, labels), func(ctx context.Context) ([]string, error) { return c.Project.SetLabels(ctx, number, labels) })
}

func (c calls) MayAssign(ctx context.Context, login string) (bool, error) {
	return call(ctx, c.a, "may be assigned: "+login, func(ctx context.Context) (bool, error) { return c.Project.MayAssign(ctx, login) })
}

func (c calls) MakeLabel(ctx context.Context, l forge.Label) error {
	_, err := call(ctx, c.a, "make label "+l.Name, func(ctx context.Context) (int, error) { return 0, c.Project.MakeLabel(ctx, l) })
	return err
}

func (c calls) Comments(ctx context.Context, of forge.Thread) iter.Seq2[forge.Comment, error] {
	return listed(ctx, c.a, fmt.Sprintf("list comments of %d", of.Number), func(ctx context.Context) iter.Seq2[forge.Comment, error] { return c.Project.Comments(ctx, of) })
}

func (c calls) AddComment(ctx context.Context, to forge.Thread, body string) (forge.Comment, error) {
	return call(ctx, c.a, fmt.Sprintf("comment on %d: %s", to.Number, short(body)), func(ctx context.Context) (forge.Comment, error) { return c.Project.AddComment(ctx, to, body) })
}

func listed[T any](ctx context.Context, a *actor, op string, all func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		list, err := call(ctx, a, op, func(ctx context.Context) (list []T, err error) {
			for x, e := range all(ctx) {
				if e != nil {
					return nil, e
				}
				list = append(list, x)
			}
			return list, nil
		})
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// short is the beginning of a text, in one line.
func short(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line[:min(len(line), 60)]
}

// room is a channel of the chat.
type room struct {
	id, name string
	of       schema.ID // the escalation that we made it for; "" where others did
	ours     bool
	archived bool
	topic    string
	said     []*said
}

// said is a message.
type said struct {
	at   string
	nth  int // of all that was ever said
	ours bool
	to   notice.Place
	of   schema.ID
	m    notice.Message
	text string
}

// chat is a destination that works as Slack does: names are taken once, an archived
// channel takes nothing, and a message is found again by what it tells.
type chat struct {
	*actor
	policy schema.Policy
}

func (*chat) Via() string                             { return "chat" }
func (*chat) Takes(to notice.Place, _ notice.Do) bool { return to != notice.Tracking }

// ask makes a call.
func (c *chat) ask(op string, do func() error) error {
	c.step(op)
	if err := c.late(); err != nil {
		return err
	}
	fault := c.armed
	c.armed = forgetest.None
	if fault != forgetest.None {
		c.tell("    %s: which goes wrong (%d)", c.name, fault)
	}
	var err error
	switch fault {
	case forgetest.Down:
		return destination.ErrInDoubt
	case forgetest.Forbidden, forgetest.Limited:
		return errors.New("refused")
	case forgetest.Lost:
		_ = do() // nobody learns of it
		err = destination.ErrInDoubt
	case forgetest.Empty:
		_ = do()
		err = destination.ErrUnconfirmed
	case forgetest.Idle:
		err = destination.ErrUnconfirmed
	default:
		err = do()
	}
	c.step(op + ", answered")
	if late := c.late(); err == nil && late != nil {
		return late
	}
	return err
}

func (w *world) named(name string) *room {
	return find(w.rooms, func(r *room) bool { return r.name == name })
}

func find(rooms []*room, is func(*room) bool) *room {
	if i := slices.IndexFunc(rooms, is); i >= 0 {
		return rooms[i]
	}
	return nil
}

func (w *world) room(name string, of schema.ID, ours bool) *room {
	r := &room{id: fmt.Sprintf("C%d", len(w.rooms)), name: name, of: of, ours: ours}
	w.rooms = append(w.rooms, r)
	return r
}

func (c *chat) Deliver(_ context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	n := d.First()
	if _, redacts := n.Redacts(); redacts {
		return c.rewrite(d)
	}
	var at *room
	if n.To == notice.Announcement {
		at = c.named(string(c.policy.Channels.Announcement))
	} else {
		if n.Do == notice.CreateChannel {
			return c.create(d, n.Text.Plain(), inDoubt)
		}
		for _, t := range slices.Backward(d.Thread) {
			if t.Via == "chat" && t.State == notice.Done && t.To == notice.Channel && t.Ref != "" {
				id, _, _ := strings.Cut(t.Ref, "/")
				at = find(c.rooms, func(r *room) bool { return r.id == id })
				break
			}
		}
		if at == nil {
			wanted, err := d.Channel()
			if err != nil {
				return destination.Receipt{}, err
			}
			r, err := c.create(d, string(wanted.Name), false)
			if err != nil {
				return r, err
			}
			id, _, _ := strings.Cut(r.Ref, "/")
			at = find(c.rooms, func(r *room) bool { return r.id == id })
		}
	}
	if at == nil {
		return destination.Receipt{}, errors.New("there is no such channel")
	}
	if at.archived && inDoubt && n.Do != notice.Archive && archivedLater(d) {
		return destination.Receipt{Ref: at.id, Kept: true}, nil // as package slack has it: it was done before that
	}
	receipt := destination.Receipt{Ref: at.id, URL: "https://chat.example/" + at.id}
	open := func(do func()) func() error {
		return func() error {
			if at.archived {
				return errors.New("is_archived")
			}
			do()
			return nil
		}
	}
	switch n.Do {
	case notice.Tell:
		if inDoubt {
			err := c.ask("look in #"+at.name+" for "+n.Key, func() error {
				for _, s := range at.said {
					if s.ours && s.to == n.To && !slices.ContainsFunc(d.Keys(), func(k string) bool { return !slices.Contains(s.m.Keys(), k) }) {
						receipt.Ref, receipt.Kept = at.id+"/"+s.at, true
					}
				}
				return nil
			})
			if err != nil || receipt.Kept {
				return receipt, err
			}
		}
		err := c.ask("say in #"+at.name+": "+short(d.Text().Plain()), open(func() {
			c.spoken++
			s := &said{at: fmt.Sprint(len(at.said)), nth: c.spoken, ours: true, to: n.To, of: n.Escalation, m: d.Message, text: d.Text().Plain()}
			at.said = append(at.said, s)
			receipt.Ref = at.id + "/" + s.at
		}))
		return receipt, err
	case notice.Edit:
		return receipt, c.ask("edit in #"+at.name, open(func() {
			for _, s := range at.said {
				if s.ours && s.of == n.Escalation && s.m.First().Moment == notice.Opened {
					s.text = d.Text().Plain()
				}
			}
		}))
	case notice.Topic:
		return receipt, c.ask("topic of #"+at.name, open(func() { at.topic = n.Text.Plain() }))
	case notice.Archive:
		return receipt, c.ask("archive #"+at.name, func() error { at.archived = true; return nil })
	default:
		return receipt, c.ask(string(n.Do)+" in #"+at.name, open(func() {}))
	}
}

// rewrite gives a message that was told other words, wherever it stands.
func (c *chat) rewrite(d destination.Delivery) (destination.Receipt, error) {
	told := d.First().Target(d.Thread)
	if len(told) == 0 {
		return destination.Receipt{Note: "it was not told"}, nil
	}
	id, at, _ := strings.Cut(told.First().Ref, "/")
	in := find(c.rooms, func(r *room) bool { return r.id == id })
	err := c.ask("rewrite "+told.First().Key+" in #"+in.name, func() error {
		for _, s := range in.said {
			if s.at == at {
				s.text = d.Text().Plain()
			}
		}
		return nil
	})
	return destination.Receipt{Ref: told.First().Ref, URL: told.First().URL}, err
}

// archivedLater reports whether the channel is archived after what is delivered.
func archivedLater(d destination.Delivery) bool {
	at := slices.IndexFunc(d.Thread, func(t notice.Notice) bool { return t.Identity() == d.First().Identity() })
	return slices.ContainsFunc(d.Thread[at:], func(t notice.Notice) bool { return t.Do == notice.Archive })
}

// create makes the channel of an escalation, or uses the one of its name that is
// open and ours, as package slack does.
func (c *chat) create(d destination.Delivery, name string, inDoubt bool) (r destination.Receipt, err error) {
	err = c.ask("make #"+name, func() error {
		for i := 1; ; i++ {
			try := name
			if i > 1 {
				try = fmt.Sprintf("%s-%d", name, i)
			}
			at := c.named(try)
			if at == nil {
				at = c.room(try, d.First().Escalation, true)
			} else if known := slices.ContainsFunc(d.Thread, func(t notice.Notice) bool { return t.State == notice.Done && t.Ref == at.id+"/"+try }); !at.ours || at.archived && (known || !inDoubt || !archivedLater(d)) {
				continue
			}
			r = destination.Receipt{Ref: at.id + "/" + try, URL: "https://chat.example/" + at.id}
			return nil
		}
	})
	return r, err
}
