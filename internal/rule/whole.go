package rule

import (
	"time"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Whole is everything at once.
type Whole struct {
	*tree.Tree
	// Register has what the rules need of each file.
	Register *Register
	// Had returns what was there of an escalation in the version that this one is
	// compared with; nil where it is compared with none.
	Had func(path string) (was Brief, there bool)
	// KnownZone reports whether a time zone exists.
	KnownZone func(schema.Zone) bool

	rule *Rule
	told finding.List
	// What is said depends on what was said: no channel is proposed twice, and only
	// so many ids are compared with all others.
	proposed map[schema.ChannelName]bool
	missing  int
	// people are those of the moment, which every role asks for; nil at first.
	people *schema.Directory
	sound  bool
}

// now is the moment at which everything is judged: when the commit was authored,
// and where there is none the latest opening.
func (w *Whole) now() time.Time {
	if !w.Authored.IsZero() {
		return w.Authored
	}
	return w.Register.latest()
}

// directory returns the people of the moment, and whether the directory can be
// relied on.
func (w *Whole) directory() (people schema.Directory, sounds bool) {
	if w.people == nil {
		if w.sound = sound(w.Tree, ""); w.sound {
			people = w.People.On(w.now())
		}
		w.people = &people
	}
	return *w.people, w.sound
}

// Judge lets a rule judge everything and returns what it finds.
func (w *Whole) Judge(r *Rule) []finding.Finding {
	w.rule, w.told = r, finding.List{Rest: restOfKind}
	r.Whole(w)
	return w.told.Findings()
}

// Error reports that the value at field of the directory or the policy breaks
// the rule. It returns the finding, to say more of it at once.
func (w *Whole) Error(f *tree.File, field, message, hint string) *finding.Finding {
	if w.Full() {
		return new(finding.Finding) // to find a place takes time
	}
	return w.told.Take(w.rule.finding(finding.Error, f.Document, field, message, hint))
}

// Tell reports that the value at field of the directory or the policy breaks
// the rule.
func (w *Whole) Tell(f *tree.File, field string, s Said) {
	w.Error(f, field, s.Message, s.Hint).Fixes = s.fixes(f.Document, field)
}

// Full reports whether the rule has said enough.
func (w *Whole) Full() bool { return w.told.Full() }

// Warn reports what is worth knowing about the value at field, as Error does.
func (w *Whole) Warn(f *tree.File, field, message, hint string) *finding.Finding {
	if w.Full() {
		return new(finding.Finding)
	}
	return w.told.Take(w.rule.finding(finding.Warning, f.Document, field, message, hint))
}
