package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
)

// screen is a destination that keeps what stands there, and finds it by its keys.
type screen struct {
	via   string
	takes []notice.Place
	down  error
	// dies is asked after each delivery whether the run is killed.
	dies  func(key string) bool
	texts map[string]string // by key and place
	pings map[string]string
	calls int
}

func newScreen(via string, takes ...notice.Place) *screen {
	return &screen{via: via, takes: takes, texts: map[string]string{}, pings: map[string]string{}}
}

func (l *screen) Via() string                             { return l.via }
func (l *screen) Takes(to notice.Place, _ notice.Do) bool { return slices.Contains(l.takes, to) }

func (l *screen) Deliver(_ context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	l.calls++
	if l.down != nil {
		return destination.Receipt{}, l.down
	}
	n := d.First()
	at := strings.Join(d.Keys(), "+") + ">" + string(n.To)
	switch _, redacts := n.Redacts(); {
	case redacts:
		at = n.Target(d.Thread).First().Ref
		l.texts[at] = d.Text().Plain()
	case !n.Tells():
	case inDoubt && l.texts[at] != "":
		return destination.Receipt{Ref: at, Kept: true}, nil
	default:
		if l.texts[at] != "" {
			return destination.Receipt{}, fmt.Errorf("%s is told twice", at)
		}
		l.texts[at], l.pings[at] = d.Text().Plain(), fmt.Sprint(d.Mentions())
	}
	if l.dies != nil && l.dies(at) {
		panic("killed")
	}
	return destination.Receipt{Ref: at, URL: "https://example.com/" + l.via}, nil
}

// failures are the keys of what says that something is, or was, not delivered.
func (l *screen) failures() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(l.texts)), func(key string) bool { return !strings.Contains(key, " undelivered ") })
}

// two is a world with a forge and a chat.
func two(t *testing.T) (w *world, forge, chat *screen, apply func() outbox.Report) {
	t.Helper()
	w = inMemory(t)
	forge, chat = newScreen("forge", notice.Tracking), newScreen("chat", notice.Announcement, notice.Channel)
	return w, forge, chat, func() (r outbox.Report) {
		t.Helper()
		run := w.run("a")
		run.Destinations = []destination.Destination{forge, chat}
		defer func() {
			if e := recover(); e != nil && e != any("killed") {
				panic(e)
			}
		}()
		r, err := run.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

const (
	closing   = "closure: {at: 2026-11-25T08:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: true, summary: Over., agreement: 'https://docs.example.com/a', sentiment: green}\n"
	announced = "2026/northwind undelivered opened announcement chat>tracking"
	inChannel = "2026/northwind undelivered opened channel chat>tracking"
	onForge   = "2026/northwind undelivered opened tracking forge>channel"
)

// What the chat does not take, the DRI and the manager hear of in the tracking issue:
// once, however often it fails; and when it has arrived, the same text says so.
func TestFailureIsTold(t *testing.T) {
	t.Parallel()
	w, forge, chat, apply := two(t)
	chat.down = errors.New("the token is not taken by Slack")
	r := apply()
	if got := forge.failures(); !slices.Equal(got, []string{announced, inChannel}) || !r.Failed() {
		t.Fatalf("told %q", got)
	}
	want := "Not delivered: the declaration of 2026/northwind\nIt has not reached the announcement channel (chat): the token is not taken by Slack.\n\n" +
		"Jo Doe (DRI): tell who needs to know now, by hand. Robin King (manager): see that the cause is put right. Each run tries again, and this text changes once it has arrived."
	if got, _, _ := strings.Cut(forge.texts[announced], "\n\nescalations/"); got != want || forge.pings[announced] != "[jdoe rking]" {
		t.Errorf("told %s: %q\nwant %q", forge.pings[announced], got, want)
	}
	if got := forge.texts[inChannel]; !strings.Contains(got, "It has not reached the escalation's channel (chat): the token is not taken by Slack.") {
		t.Errorf("what waits for what failed says why it waits, and not why that failed: %q", got)
	}
	calls := forge.calls
	for range 2 {
		if r := apply(); len(r.Outcomes) == 0 || forge.calls != calls {
			t.Errorf("it is told again: %q", forge.failures())
		}
	}
	chat.down = nil
	if r := apply(); r.Failed() || !strings.HasPrefix(chat.texts["2026/northwind opened>announcement"], "New Escalation") {
		t.Errorf("%v", r.Outcomes)
	}
	for _, key := range []string{announced, inChannel} {
		if got := forge.texts[key]; !strings.HasPrefix(got, "Delivered: the ") || !strings.Contains(got, " (chat) on 2026-11-25 09:00 UTC, later than it was to. Nobody has to do anything about it.") {
			t.Errorf("it says still: %q", got)
		}
	}
	tip := w.remote.Branches[ledger.Name]
	if apply(); w.remote.Branches[ledger.Name] != tip {
		t.Error("a run with nothing to tell wrote something")
	}
}

// What the forge does not take is told in the escalation's channel; of a closing,
// whose channel is archived, among the announcements.
func TestFailureOfTheForge(t *testing.T) {
	t.Parallel()
	w, forge, chat, apply := two(t)
	forge.down = errors.New("GitHub is down")
	apply()
	if got := chat.failures(); !slices.Equal(got, []string{onForge}) || !strings.HasPrefix(chat.texts[onForge], "Not delivered: the opening of 2026/northwind\nIt has not reached the tracking issue (forge): GitHub is down.") {
		t.Errorf("told %q: %q", got, chat.texts[onForge])
	}
	w.merge("", closing)
	apply()
	const key = "2026/northwind undelivered closed 2026-11-25T08:00:00Z tracking forge>announcement"
	if got := chat.failures(); !slices.Equal(got, []string{key, onForge}) || !strings.HasPrefix(chat.texts[key], "Not delivered: the closure of 2026/northwind\n") {
		t.Errorf("told %q: %q", got, chat.texts[key])
	}
	forge.down = nil
	if r := apply(); r.Failed() || !strings.HasPrefix(chat.texts[key], "Delivered: the closure") || !strings.HasPrefix(chat.texts[onForge], "Delivered: the opening") {
		t.Errorf("%v: %q, %q", r.Outcomes, chat.texts[key], chat.texts[onForge])
	}
}

// Where both are down nobody can be told. Afterwards nobody is pinged about what has
// arrived.
func TestFailureOfBoth(t *testing.T) {
	t.Parallel()
	_, forge, chat, apply := two(t)
	forge.down, chat.down = errors.New("down"), errors.New("down")
	apply()
	apply()
	forge.down, chat.down = nil, nil
	if r := apply(); r.Failed() {
		t.Fatal(r.Outcomes)
	}
	for key, text := range forge.texts {
		if strings.Contains(key, "undelivered") && (!strings.HasPrefix(text, "Delivered: ") || forge.pings[key] != "[]") {
			t.Errorf("%s pings %s: %q", key, forge.pings[key], text)
		}
	}
	if len(forge.failures())+len(chat.failures()) != 3 {
		t.Errorf("told %q, %q", forge.failures(), chat.failures())
	}
}

// A run that is killed after it said so leaves no text that is not true.
func TestFailureToldAndKilled(t *testing.T) {
	t.Parallel()
	_, forge, chat, apply := two(t)
	chat.down = errors.New("down")
	forge.dies = func(key string) bool { return key == announced }
	apply()
	forge.dies, chat.down = nil, nil
	for range 2 {
		if r := apply(); r.Failed() {
			t.Fatal(r.Outcomes)
		}
	}
	if got := forge.texts[announced]; !strings.HasPrefix(got, "Delivered: ") || forge.pings[announced] != "[jdoe rking]" {
		t.Errorf("it says %q", got)
	}
}

// Nobody is pinged about what is no failure of a destination, or nothing that must
// arrive.
func TestFailureIsNone(t *testing.T) {
	t.Parallel()
	w, forge, chat, apply := two(t)
	apply()
	chat.down = errors.New("down")
	w.merge("", news)
	apply()
	if got := forge.failures(); len(got) > 0 {
		t.Errorf("an update is told as %q", got)
	}
	w.merge("", closing)
	run := w.run("a")
	run.Destinations = []destination.Destination{forge, chat}
	chat.down = nil
	chat.dies = func(string) bool { panic("killed") }
	func() {
		defer func() { _ = recover() }()
		_, _ = run.Apply(t.Context())
	}()
	chat.dies = nil
	without := w.run("a") // where nothing but the forge is configured
	without.Destinations = []destination.Destination{forge}
	if r, err := without.Apply(t.Context()); err != nil || !r.Failed() || len(forge.failures()) > 0 {
		t.Errorf("%v, told %q", err, forge.failures())
	}
	stopped := w.run("a")
	stopped.Destinations = []destination.Destination{forge, chat}
	ctx, stop := context.WithCancel(t.Context())
	chat.down = context.Canceled
	stopped.Progress = func(outbox.Progress) { stop() } // the workflow is cancelled
	if r, err := stopped.Apply(ctx); err != nil || !r.Failed() || len(forge.failures()) > 0 {
		t.Errorf("stopped: %v, told %q", err, forge.failures())
	}
	chat.down = nil
	w.pause(true)
	if r := apply(); !r.Failed() || len(forge.failures()) > 0 {
		t.Errorf("paused: told %q", forge.failures())
	}
}
