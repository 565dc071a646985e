package board

import (
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// reopened is the change that opens an escalation again.
const reopened = string(notice.Reopened)

// Record is what the history says of all escalations, in little: of each event what
// happened, and of each version what was true. A hundred thousand commits have room
// in it.
type Record struct {
	rules   []history.Rules
	courses map[schema.ID]*Course
	// What many events share is kept once: commit is that of the last one.
	commit   string
	texts    map[string]string
	informed map[seat][]schema.Handle
	lists    map[string][]schema.Handle
}

// seat is what decides who is informed by role.
type seat struct {
	rules    int
	day      int64
	severity schema.Severity
	region   schema.RegionName
}

// NewRecord makes an empty record. rules are the directory and the policy of each
// moment, oldest first.
func NewRecord(rules []history.Rules) *Record {
	return &Record{rules: rules, courses: map[schema.ID]*Course{}, texts: map[string]string{}, informed: map[seat][]schema.Handle{}, lists: map[string][]schema.Handle{}}
}

// Course is what happened to one escalation, in the order of the commits.
type Course struct {
	events []happened
	states []state
	// latest is the commit of the last state: what one commit brought is one state.
	latest string
}

// happened is an event: at and effective are seconds since 1970, as commits have them,
// and state is the number of what was true after it.
type happened struct {
	at, effective                           int64
	commit, author, change, field, from, to string
	state                                   int
}

// state is what was true from a moment on.
type state struct {
	from         time.Time
	severity     schema.Severity
	closed       bool
	dri, standIn schema.Handle
	met, of      int
	open         int
	channel      schema.ChannelName
	informed     []schema.Handle
}

// Of is what happened to an escalation; nil where no commit has it.
func (r *Record) Of(id schema.ID) *Course { return r.courses[id] }

// Add takes in an event. Events come in the order of the commits.
func (r *Record) Add(e history.Event) {
	c := r.courses[e.Escalation]
	if c == nil {
		c = &Course{}
		r.courses[e.Escalation] = c
	}
	if r.commit != e.Commit { // of the line that it was read from nothing else stays
		r.commit = strings.Clone(e.Commit)
	}
	if e.After != nil && (len(c.states) == 0 || c.latest != r.commit) {
		c.states, c.latest = append(c.states, r.state(e)), r.commit
	}
	change, field := kindOf(e.Change)
	c.events = append(c.events, happened{
		at: e.At.Unix(), effective: e.Effective.Unix(), commit: r.commit, author: r.text(e.Author), change: change, field: field,
		from: strings.Clone(e.From), to: strings.Clone(e.To), state: len(c.states) - 1,
	})
}

// text is a text that many events share: it holds no more than itself.
func (r *Record) text(s string) string {
	if same, ok := r.texts[s]; ok {
		return same
	}
	s = strings.Clone(s)
	r.texts[s] = s
	return s
}

func (r *Record) state(e history.Event) state {
	file, at := e.After, e.Effective
	s := state{
		from: at, severity: schema.Severity(r.text(string(file.Severity))), closed: !process.Open(file), dri: schema.Handle(r.text(string(file.DRI))),
		standIn: schema.Handle(r.text(string(process.StandIn(file, day(at))))), of: len(file.ExitCriteria),
		informed: r.informedBy(file, at),
	}
	for _, c := range file.ExitCriteria {
		if !c.Met.IsZero() && !c.Met.After(at) {
			s.met++
		}
	}
	for _, n := range file.NextSteps {
		if n.Done.IsZero() || n.Done.After(at) {
			s.open++
		}
	}
	if i := r.rulesAt(at); i >= 0 {
		s.channel = schema.ChannelName(r.text(string(process.Channel(e.Escalation, file, r.rules[i].Policy))))
	}
	return s
}

// day is the day of a moment, in UTC.
func day(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// rulesAt is the number of the rules that held at a moment, of the first ones before
// that; -1 where there never were any.
func (r *Record) rulesAt(at time.Time) int {
	n, _ := slices.BinarySearchFunc(r.rules, at, func(x history.Rules, t time.Time) int {
		if x.From.After(t) {
			return 1
		}
		return -1
	})
	return min(max(n-1, 0), len(r.rules)-1)
}

// informedBy are those who were informed, as history.At says it (P5, P21).
func (r *Record) informedBy(file *schema.Escalation, at time.Time) []schema.Handle {
	i := r.rulesAt(at)
	if i < 0 {
		return nil
	}
	rules := r.rules[i]
	key := seat{i, at.Unix() / 86400, file.Severity, file.Account.Region}
	by, known := r.informed[key]
	if !known {
		by, _ = process.Informed(rules.People.On(at), rules.Policy, file)
		key.severity, key.region = schema.Severity(r.text(string(key.severity))), schema.RegionName(r.text(string(key.region)))
		r.informed[key] = by
	}
	all := process.Each(slices.Concat(by, file.FYI, process.Managers(rules.People, file)))
	var b strings.Builder
	for _, h := range all {
		b.WriteString(string(h) + " ")
	}
	if same, ok := r.lists[b.String()]; ok {
		return same
	}
	for n, h := range all {
		all[n] = schema.Handle(r.text(string(h)))
	}
	r.lists[b.String()] = all
	return all
}

// versions are its states, as far as a trend needs them.
func (c *Course) versions() []process.Version {
	if c == nil {
		return nil
	}
	var all []process.Version
	for i, s := range c.states {
		if i == 0 || s.severity != c.states[i-1].severity {
			all = append(all, process.Version{At: s.from, Escalation: &schema.Escalation{Severity: s.severity}})
		}
	}
	return all
}

// severity is the one at a moment, "" before the first, and when it changed next.
func (c *Course) severity(at time.Time) (was schema.Severity, next time.Time) {
	if c == nil {
		return "", time.Time{}
	}
	for i, s := range c.states {
		switch {
		case !s.from.After(at):
			was = s.severity
		case i > 0 && c.states[i-1].severity != s.severity:
			next = s.from // of several the last
		}
	}
	return was, next
}

// count is how often something happened.
func (c *Course) count(change string) (n int) {
	if c != nil {
		for _, e := range c.events {
			if e.change == change {
				n++
			}
		}
	}
	return n
}

// last is when something happened last; zero where it never did.
func (c *Course) last(change string) (at time.Time) {
	if c != nil {
		for _, e := range c.events {
			if e.change == change {
				at = time.Unix(e.effective, 0).UTC()
			}
		}
	}
	return at
}

// spans are the times for which it was open: from the opening and the closing that the
// file states; between them, what the commits say of closing and opening again.
func (c *Course) spans(opened, ended time.Time) []span {
	all := []span{{from: opened}}
	if c != nil {
		for i, s := range c.states {
			last := &all[len(all)-1]
			switch {
			case s.closed && last.to.IsZero():
				last.to = s.from
			case !s.closed && i > 0 && !last.to.IsZero():
				all = append(all, span{from: s.from})
			}
		}
	}
	all[len(all)-1].to = ended
	return all
}
