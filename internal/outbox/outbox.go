// Package outbox makes told what is true: it plans from the ledger to the tree
// that is true, writes down what it is going to do, does it, and writes down
// what came of it. Whatever ends a run in between, the next one does the rest,
// and does nothing twice.
//
// It knows no destination: those are handed to it.
package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// ErrInDoubt is wrapped by the error of a delivery that may have been carried
// out all the same: its reply was lost.
var ErrInDoubt = errors.New("it is not known whether it arrived")

// Destination delivers what is told in some of the places.
type Destination interface {
	// Via names it in the ledger.
	Via() string
	// Takes reports whether it delivers to a place; do is empty for a text.
	Takes(to plan.Place, do plan.Doing) bool
	// Deliver tells or does one thing. Where inDoubt is set, a run before may
	// have done it: it looks first.
	Deliver(ctx context.Context, item Item, inDoubt bool) (Receipt, error)
}

// Item is one thing to deliver.
type Item struct {
	// Notices are one, or several short ones that go as one message.
	Notices []ledger.Notice
	// Thread is all that the ledger has of the escalation, in order.
	Thread []ledger.Notice
	// Issue returns the tracking issue as the file has it that was last told,
	// for one that is to be opened though the thread says nothing of that: the
	// escalation was adopted, or the issue was deleted.
	Issue func() (plan.Tracked, error)
	// Channel returns the name of the escalation's channel as that file has it.
	Channel func() schema.ChannelName
}

// Do is what is to be done; empty where a text is to be told.
func (i Item) Do() plan.Doing { return plan.Doing(i.Notices[0].Do) }

// Text is that of all notices.
func (i Item) Text() string {
	texts := make([]string, len(i.Notices))
	for at, n := range i.Notices {
		texts[at] = n.Text
	}
	return strings.Join(texts, "\n")
}

// Mentions are those of all notices, each once.
func (i Item) Mentions() []schema.Handle {
	var all []schema.Handle
	for _, n := range i.Notices {
		for _, h := range n.Mentions {
			if !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
	}
	return all
}

// Receipt is what a destination says of a delivery.
type Receipt struct {
	// Ref is what it calls what was delivered, URL where it can be seen.
	Ref, URL string
	// Kept reports that it was there already.
	Kept bool
	// Note says what a person should know of it, such as who could not be invited.
	Note string
}

// Result is what came of one notice or action.
type Result string

// The results.
const (
	Done   Result = "done"
	Kept   Result = "kept" // it was there already
	Failed Result = "failed"
)

// Outcome is a notice or an action, and what came of it.
type Outcome struct {
	ledger.Notice
	Result Result
	Note   string
	Err    error
}

// Report is what a run did.
type Report struct {
	// Plan is what was new.
	Plan plan.Plan
	// Pending is what an earlier run wrote down and did not deliver.
	Pending []ledger.Notice
	// Outcomes are what was delivered or was to be, what was pending among it.
	Outcomes []Outcome
	// Unplaced are new texts for places without a destination: for a person to
	// paste.
	Unplaced []plan.Notice
}

// Failed reports whether something was not delivered, or could not be read.
func (r Report) Failed() bool {
	return len(r.Plan.Unread) > 0 || slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return o.Result == Failed })
}

// Truth is what is true.
type Truth struct {
	*tree.Tree
	// Files holds the contents.
	Files fs.FS
}

// Run is one run.
type Run struct {
	Branch *ledger.Branch
	Truth  Truth
	Check  *shape.Checker
	// Destinations are asked in their order: the first that takes a place has
	// it.
	Destinations []Destination
	// ID names the run in the ledger. Runs of the same name never run at the
	// same time.
	ID string
	// Now is the clock; Wait waits.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
	// Adopt takes what there is as told; Announce tells all of it. Where there
	// is no ledger, one of the two is needed.
	Adopt, Announce bool
	// Remind returns what is to be told of what is overdue, given what was told of
	// each escalation. Where it is set, nothing else is planned.
	Remind func(told map[schema.ID][]ledger.Notice) []plan.Notice

	fresh map[identity]bool // what this run has written down
}

// identity is what a line of the ledger is known by.
type identity struct {
	escalation schema.ID
	key, to    string
	do         string
}

func identify(n ledger.Notice) identity { return identity{n.Escalation, n.Key, n.To, n.Do} }

// Plan says what Apply would do now. Nothing is written.
func (r *Run) Plan(ctx context.Context) (Report, error) {
	var report Report
	look := func(files fs.FS) error {
		b, err := r.read(files)
		if err != nil {
			return err
		}
		pending := b.open()
		report, _, err = r.intend(b, files)
		report.Pending = pending
		return err
	}
	if !r.Branch.Exists() {
		return report, look(nothing{})
	}
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return report, err
	}
	defer files.Close()
	return report, look(files)
}

// Apply makes told what is true.
func (r *Run) Apply(ctx context.Context) (Report, error) {
	if !r.Branch.Exists() && !r.Adopt && !r.Announce {
		return Report{}, ledger.ErrNone
	}
	var report Report
	var open []ledger.Notice // what is to be done
	err := r.Branch.Write(ctx, "Intend", r.now(), func(files fs.FS) (map[string][]byte, error) {
		r.fresh = map[identity]bool{} // somebody else may have written it by now
		b, err := r.read(files)
		if err != nil {
			return nil, err
		}
		var written map[string][]byte
		if report, written, err = r.intend(b, files); err != nil {
			return nil, err
		}
		open = b.open()
		return written, nil
	})
	if err != nil {
		return report, err
	}
	if open, err = r.settled(ctx, open); err != nil {
		return report, err
	}
	report.Outcomes, err = r.deliver(ctx, open)
	// What was delivered is written down also where the run is being stopped.
	return report, errors.Join(err, r.conclude(context.WithoutCancel(ctx), report.Outcomes))
}

// Told is what the ledger has of each escalation.
func (r *Run) Told(ctx context.Context) (map[schema.ID][]ledger.Notice, error) {
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	return r.read(files)
}

// book is what the ledger has of each escalation.
type book map[schema.ID][]ledger.Notice

// read reads the ledger.
func (r *Run) read(files fs.FS) (book, error) {
	b := book{}
	notices, err := ledger.All(files)
	for _, n := range notices {
		b[n.Escalation] = append(b[n.Escalation], n)
	}
	return b, err
}

// ordinal returns the number of the last moment of a kind that was told of an
// escalation, of those that are numbered.
func (b book) ordinal(id schema.ID, m change.Moment) int {
	last := 0
	for _, n := range b[id] {
		if number, ok := strings.CutPrefix(n.Key, fmt.Sprintf("%s %s ", id, m)); ok {
			if i, err := strconv.Atoi(number); err == nil {
				last = max(last, i)
			}
		}
	}
	return last
}

// open returns what was written down and has no outcome, in order.
func (b book) open() []ledger.Notice {
	var open []ledger.Notice
	for _, id := range slices.Sorted(maps.Keys(b)) {
		for _, n := range b[id] {
			if n.State == ledger.Intent {
				open = append(open, n)
			}
		}
	}
	return open
}

// intend plans, and returns the files of the ledger that change by it. What is
// new is added to b.
func (r *Run) intend(b book, files fs.FS) (Report, map[string][]byte, error) {
	written := map[string][]byte{}
	if r.Remind != nil {
		report := Report{Plan: plan.Reminders(r.Truth.Tree, r.Remind(b))}
		r.write(b, &report, written)
		return report, written, nil
	}
	told, err := tree.Open(files, r.Check)
	if errors.Is(err, tree.ErrNoFolder) {
		told, err = tree.Empty(), nil
	}
	if err != nil {
		return Report{}, nil, err
	}
	changed := tree.Changed(told, r.Truth.Tree)
	var report Report
	if !r.Adopt {
		report.Plan = plan.Between(told, r.Truth.Tree, changed, b.ordinal)
		// A change that was taken back and is made again was told, whatever the copy
		// says.
		report.Plan.Forget(func(n plan.Notice) bool {
			return b.at(ledger.Notice{Escalation: n.Escalation, Key: n.Key, To: string(n.To)}) >= 0
		})
		r.write(b, &report, written)
	}
	for _, path := range changed {
		if _, is := slices.BinarySearch(r.Truth.Paths, path); !is || slices.Contains(report.Plan.Unread, tree.ID(path)) {
			continue // what is gone or cannot be read is not told, and stays as it was
		}
		if written[path], err = fs.ReadFile(r.Truth.Files, path); err != nil {
			return Report{}, nil, err
		}
	}
	if !r.Branch.Exists() {
		written["README.md"] = []byte(readme)
	}
	return report, written, nil
}

// write adds a line for each new notice and action that a destination takes.
func (r *Run) write(b book, report *Report, written map[string][]byte) {
	at, touched, added := r.now(), map[schema.ID]bool{}, map[identity]bool{}
	add := func(n ledger.Notice, to plan.Place, do plan.Doing) bool {
		d := r.destination(to, do)
		if d == nil {
			return false
		}
		n.Via, n.Run, n.At, n.State = d.Via(), r.ID, at, ledger.Intent
		if added[identify(n)] {
			return true // several changes bring it
		}
		added[identify(n)] = true
		known := b[n.Escalation]
		if i := b.at(n); i >= 0 { // an action: what it sets may be something else by now
			known = slices.Delete(known, i, i+1)
		} else if r.fresh != nil {
			r.fresh[identify(n)] = true
		}
		b[n.Escalation] = append(known, n)
		touched[n.Escalation] = true
		return true
	}
	for _, step := range report.Plan.Steps() {
		if a := step.Action; a != nil {
			add(ledger.Notice{Escalation: a.Escalation, Key: a.Key, Moment: string(momentOf(a.Key)), Do: string(a.Do), To: string(a.To), Text: a.Text, Mentions: a.People}, a.To, a.Do)
			continue
		}
		n := step.Notice
		if !add(ledger.Notice{Escalation: n.Escalation, Key: n.Key, Moment: string(n.Moment), To: string(n.To), Text: n.Text, Mentions: n.Mentions}, n.To, "") {
			report.Unplaced = append(report.Unplaced, *n)
		}
	}
	for id := range touched {
		written[ledger.Path(id)] = ledger.Format(b[id])
	}
}

// momentOf is the moment in a key.
func momentOf(key string) change.Moment {
	_, rest, _ := strings.Cut(key, " ")
	moment, _, _ := strings.Cut(rest, " ")
	return change.Moment(moment)
}

// destination is the one that takes a place.
func (r *Run) destination(to plan.Place, do plan.Doing) Destination {
	for _, d := range r.Destinations {
		if d.Takes(to, do) {
			return d
		}
	}
	return nil
}

// young is for how long an intent of another run may still be carried out by it.
const young = 2 * time.Minute

// settled waits until no other run is at work on what is open, and returns what
// is open then.
func (r *Run) settled(ctx context.Context, open []ledger.Notice) ([]ledger.Notice, error) {
	seen := map[identity]time.Time{} // another machine's clock may be ahead of ours
	for {
		wait := time.Duration(0)
		for _, n := range open {
			if n.Run == r.ID {
				continue
			}
			first, was := seen[identify(n)]
			if !was {
				first = r.Now()
				seen[identify(n)] = first
			}
			if n.At.Before(first) {
				first = n.At
			}
			wait = max(wait, young-r.Now().Sub(first))
		}
		if wait <= 0 {
			return open, nil
		}
		if err := r.Wait(ctx, min(wait, 2*time.Second)); err != nil {
			return nil, err
		}
		if err := r.Branch.Refresh(ctx); err != nil {
			return nil, err
		}
		files, err := r.Branch.Files(ctx)
		if err != nil {
			return nil, err
		}
		b, err := r.read(files)
		files.Close()
		if err != nil {
			return nil, err
		}
		open = b.open()
	}
}

// tries is how often a delivery that is in doubt is looked for and tried anew.
const tries = 4

// deliver delivers what is open, in order. What fails holds back what comes
// after it in the same place of the same escalation, and nothing else.
func (r *Run) deliver(ctx context.Context, open []ledger.Notice) ([]Outcome, error) {
	if len(open) == 0 {
		return nil, nil
	}
	files, err := r.Branch.Files(ctx)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	b, err := r.read(files)
	if err != nil {
		return nil, err
	}
	told := func(id schema.ID) (*tree.Escalation, error) {
		data, err := fs.ReadFile(files, tree.Path(id))
		return tree.Read(tree.Path(id), data, r.Check), err
	}
	var outcomes []Outcome
	held := map[[2]string]error{}
	for len(open) > 0 {
		var items []ledger.Notice
		items, open = r.together(open)
		place := [2]string{string(items[0].Escalation), items[0].To}
		receipt, err := Receipt{}, held[place]
		if err != nil {
			err = fmt.Errorf("it waits for what comes before it in the same place: %w", err)
		} else {
			receipt, err = r.one(ctx, Item{
				Notices: items, Thread: b[items[0].Escalation],
				Issue: func() (plan.Tracked, error) {
					e, err := told(items[0].Escalation)
					return plan.Issue(r.Truth.Tree, e), err
				},
				Channel: func() schema.ChannelName {
					e, _ := told(items[0].Escalation) // one that cannot be read names no channel
					return process.Channel(e.ID, &e.Escalation, r.Truth.Policy)
				},
			})
		}
		if err != nil && held[place] == nil && holds(items[0]) {
			held[place] = err
		}
		for _, n := range items {
			o := Outcome{Notice: n, Result: Done, Note: receipt.Note, Err: err}
			switch {
			case err != nil:
				o.Result = Failed
			case receipt.Kept:
				o.Result = Kept
			}
			if err == nil {
				o.State, o.Ref, o.URL, o.At = ledger.Done, receipt.Ref, receipt.URL, r.now()
				b.set(o.Notice)
			}
			outcomes = append(outcomes, o)
		}
	}
	return outcomes, nil
}

// holds reports whether what comes after a notice or an action waits for it: a
// text for the text before it, and everything for the place that it is in. What
// is done beside them holds back nothing.
func holds(n ledger.Notice) bool {
	switch plan.Doing(n.Do) {
	case "", plan.CreateChannel, plan.OpenIssue:
		return true
	}
	return false
}

// now is the time as the ledger has it.
func (r *Run) now() time.Time { return r.Now().UTC().Truncate(time.Second) }

// at returns where the ledger has what a notice is known by, or -1.
func (b book) at(n ledger.Notice) int {
	return slices.IndexFunc(b[n.Escalation], func(x ledger.Notice) bool { return identify(x) == identify(n) })
}

// set puts a notice in the place of the one that it is known by.
func (b book) set(n ledger.Notice) {
	if i := b.at(n); i >= 0 {
		b[n.Escalation][i] = n
	}
}

// one delivers one item.
func (r *Run) one(ctx context.Context, item Item) (Receipt, error) {
	n := item.Notices[0]
	at := slices.IndexFunc(r.Destinations, func(d Destination) bool { return d.Via() == n.Via })
	if at < 0 {
		return Receipt{}, fmt.Errorf("it goes to %s, which is not configured here", n.Via)
	}
	// What is no longer young, another run may be at work on.
	inDoubt := slices.ContainsFunc(item.Notices, func(n ledger.Notice) bool {
		return !r.fresh[identify(n)] || r.Now().Sub(n.At) >= young
	})
	var last error
	for range tries {
		receipt, err := r.Destinations[at].Deliver(ctx, item, inDoubt)
		if err == nil {
			return receipt, nil
		}
		last = err
		if !errors.Is(err, ErrInDoubt) || ctx.Err() != nil {
			break
		}
		inDoubt = true
	}
	return Receipt{}, last
}

// together takes the first of what is open, with what goes in one message with
// it, and returns the rest. Only what one run wrote down goes together: that run
// may have sent it, as the message that is looked for.
func (r *Run) together(open []ledger.Notice) (items, rest []ledger.Notice) {
	first := open[0]
	reminder := func(n ledger.Notice) bool { return change.Moment(n.Moment) == plan.Reminder }
	short := func(n ledger.Notice) bool {
		return n.Do == "" && plan.OneLine(change.Moment(n.Moment)) && reminder(n) == reminder(first) && n.Escalation == first.Escalation && n.To == first.To && n.Via == first.Via &&
			n.Run == first.Run && n.At.Equal(first.At) && r.fresh[identify(n)] == r.fresh[identify(first)]
	}
	items = []ledger.Notice{first}
	for _, n := range open[1:] {
		if short(first) && short(n) {
			items = append(items, n)
		} else {
			rest = append(rest, n)
		}
	}
	return items, rest
}

// conclude writes down what came of what was open.
func (r *Run) conclude(ctx context.Context, outcomes []Outcome) error {
	done := map[identity]ledger.Notice{}
	for _, o := range outcomes {
		if o.Result != Failed {
			done[identify(o.Notice)] = o.Notice
		}
	}
	if len(done) == 0 {
		return nil
	}
	return r.Branch.Write(ctx, "Tell", r.now(), func(files fs.FS) (map[string][]byte, error) {
		b, err := r.read(files)
		if err != nil {
			return nil, err
		}
		written := map[string][]byte{}
		for id, notices := range b {
			was := ledger.Format(notices)
			for i, n := range notices {
				if d, ok := done[identify(n)]; ok && n.State == ledger.Intent {
					notices[i] = d
				}
			}
			if is := ledger.Format(notices); !bytes.Equal(was, is) {
				written[ledger.Path(id)] = is
			}
		}
		return written, nil
	})
}

// nothing has no files.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// readme is what the ledger says of itself.
const readme = `# The ledger

What was told of each escalation. ` + "`escalate apply`" + ` keeps this branch; nobody else needs to write here.

- ` + "`escalations/`" + ` holds each file as it was last told: ` + "`git diff escalate-ledger main -- 'escalations/*/*.yaml'`" + ` is what is still to be told.
- ` + "`notices/`" + ` holds a line for each thing that was done, with its text and its link.
`
