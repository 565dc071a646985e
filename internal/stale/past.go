package stale

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// Current is an escalation as it stands now, and the id of its content.
type Current struct {
	ID         schema.ID
	Content    string
	Escalation *schema.Escalation
}

// Past is how an escalation came to be as it is. No clock starts before the fact
// that it counts from was on the default branch and told (P25).
type Past struct {
	// Told are its versions as they were told, True those of the default branch,
	// both in their order.
	Told, True []process.Version
	// Lines are what the ledger has of it.
	Lines []notice.Notice

	// changed are the moments of told versions, by their places, worked out once:
	// each clock asks for them.
	changed map[int][]notice.Moment
}

// until is what of it was there at a moment.
func (p Past) until(now time.Time) Past {
	return Past{
		Told:  dated(p.Told, now),
		True:  dated(p.True, now),
		Lines: slices.DeleteFunc(slices.Clone(p.Lines), func(n notice.Notice) bool { return n.At.After(now) || n.State != notice.Done }),

		changed: map[int][]notice.Moment{},
	}
}

// dated are versions none of which is of the future. One that a wrong clock dated
// so is of the time of the one before it; where there is none, nobody knows of when
// it is, and it counts for nothing.
func dated(versions []process.Version, now time.Time) []process.Version {
	var all []process.Version
	for _, v := range versions {
		if v.At.After(now) {
			if len(all) == 0 {
				continue
			}
			v.At = all[len(all)-1].At
		}
		all = append(all, v)
	}
	return all
}

// first returns the version with which something became true that holds now, and
// what the escalation was before, nil where it was not there: as told, else as on
// the default branch. The time is zero where nobody knows.
func (p Past) first(holds func(*schema.Escalation) bool) (v process.Version, before *schema.Escalation) {
	for _, versions := range [][]process.Version{p.Told, p.True} {
		if i, ok := process.Since(versions, holds); ok {
			if i > 0 {
				before = versions[i-1].Escalation
			}
			return versions[i], before
		}
	}
	return process.Version{}, nil
}

// since is when something became true that holds now, and was told; zero where
// nobody knows.
func (p Past) since(holds func(*schema.Escalation) bool) time.Time {
	if i, ok := process.Since(p.Told, holds); ok {
		return latest(p.Told[i].At, p.said(i))
	}
	v, _ := p.first(holds)
	return v.At
}

// said is when the ledger has it that what a told version changed was told first: it
// may have waited for its destination. It is zero where no line says so.
func (p Past) said(i int) time.Time {
	var at time.Time
	for _, m := range p.moments(i) {
		end := len(p.Told)
		for j := i + 1; j < end; j++ {
			if slices.Contains(p.moments(j), m) { // from here on the lines are of that one
				end = j
			}
		}
		for _, n := range p.Lines {
			of := n.Tells() && n.Moment == m && !n.At.Before(p.Told[i].At) && (end == len(p.Told) || n.At.Before(p.Told[end].At))
			if of && (at.IsZero() || n.At.Before(at)) {
				at = n.At
			}
		}
	}
	return at
}

// moments are those of what a told version changed. An update is a moment of its
// own, and says nothing of the rest.
func (p Past) moments(i int) []notice.Moment {
	if all, known := p.changed[i]; known {
		return all
	}
	var before *schema.Escalation
	if i > 0 {
		before = p.Told[i-1].Escalation
	}
	var all []notice.Moment
	for _, c := range change.Between(before, p.Told[i].Escalation) {
		switch c.Moment {
		case notice.Update, notice.Significant, notice.Redacted, notice.Edited:
		default:
			all = append(all, c.Moment)
		}
	}
	p.changed[i] = all
	return all
}

// line is when the ledger says that a moment was told: of the openings the first,
// else the last.
func (p Past) line(m notice.Moment) time.Time {
	var at time.Time
	for _, n := range p.Lines {
		if n.Moment == m && n.Tells() && (at.IsZero() || n.At.Before(at) == (m == notice.Opened)) {
			at = n.At
		}
	}
	return at
}

// begins is when the clocks of an open escalation start: with the opening or,
// where it was reopened, with the update that says why, but not before that was
// told (P25). A time of the file that is still to come counts for nothing.
func (p Past) begins(e *schema.Escalation, now time.Time) time.Time {
	start := e.Opened.At.Time
	if start.After(now) {
		start = time.Time{}
	}
	v, closed := p.first(process.Open)
	told := p.line(notice.Opened)
	if told.IsZero() {
		told = v.At
	}
	if closed != nil {
		if told = v.At; p.line(notice.Reopened).After(told) {
			told = p.line(notice.Reopened)
		}
		for _, u := range change.Added(closed, v.Escalation) {
			if change.Explains(u) && !u.At.After(now) {
				start = latest(start, u.At.Time)
			}
		}
	}
	if start = latest(start, told); start.IsZero() {
		return now
	}
	return start
}

// raised is when the severity was raised to what it is; zero where it was not. To
// lower it starts no clock: what is late stays late.
func (p Past) raised(e *schema.Escalation) time.Time {
	v, before := p.first(func(x *schema.Escalation) bool { return x.Severity == e.Severity })
	if before == nil || e.Severity.Rank() >= before.Severity.Rank() {
		return time.Time{}
	}
	return latest(v.At, p.line(notice.Severity))
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
