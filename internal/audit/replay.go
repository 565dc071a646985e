package audit

import (
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// replay takes in the steps in their order.
type replay struct {
	judge
	tell   func(Violation) error
	result Result

	now      *tree.Follower // the files after the last commit, but for directory and policy
	shared   *lint.Follower // what is told of no file alone
	policies policies
	courses  map[string]*followed
	from     time.Time
	horizon  time.Time

	found        []finding.Finding      // of this commit
	briefs       map[string]*rule.Brief // of what it judged; nil of what is gone
	begun        bool                   // there was a folder of escalations
	gone, opened []*followed
}

// followed is an escalation that the replay follows.
type followed struct {
	path   string
	course course
	state  *state
	// version is its last version, last the last one that could be read, and
	// blob the id of its last content.
	version, last *tree.Escalation
	blob          string
	back          bool // it was gone, and came back with this commit
}

// take takes in one step.
func (r *replay) take(it *item) error {
	switch it.kind {
	case ended:
		return r.end(it.commit, it.rules)
	case merged:
		for _, f := range it.found { // what the first parent had as well is told
			if !slices.ContainsFunc(r.found, func(x finding.Finding) bool { return x.Kin() == f.Kin() }) {
				r.found = append(r.found, f)
			}
		}
		it.found = nil
		return nil
	}
	f := r.courses[it.path]
	if f == nil {
		f = &followed{path: it.path}
		r.courses[it.path] = f
	}
	was := f.state
	f.state = it.after
	r.found, it.found = append(r.found, it.found...), nil
	r.briefs[it.path] = nil
	if it.after.judgement != nil {
		r.briefs[it.path] = &it.after.brief
	}
	if it.kind == judged {
		return nil
	}
	had := was != nil && was.entry.ID != ""
	switch {
	case it.after.entry.ID == "" && had:
		f.course.end(it.commit.effective)
		r.gone = append(r.gone, f)
		return nil
	case it.after.entry.ID == "":
		return nil
	case !had:
		f.back = was != nil
		r.opened = append(r.opened, f)
	}
	e := it.after.escalation
	f.version, f.blob = e, it.after.entry.ID
	if !e.Broken() {
		var before *schema.Escalation
		if f.last != nil {
			before = &f.last.Escalation
		}
		told := it.commit.effective
		if it.commit.base {
			told = time.Time{}
		}
		f.course.follow(before, &e.Escalation, it.commit.effective, told)
		f.last = e
	}
	return nil
}

// end completes a commit.
func (r *replay) end(c *commit, rules *tree.Tree) error {
	if !c.base {
		r.result.Commits++
	}
	r.horizon = c.effective
	if c.newRules {
		r.policies.add(c.effective, rules.Policy)
	}
	for _, ch := range c.Changes {
		switch {
		case present(ch) && isRules(ch.Path):
		case ch.New.ID == "":
			r.now.Remove(ch.Path)
		default:
			r.now.Put(ch.Path, ch.New.Mode, ch.Data)
		}
	}
	r.begun = r.begun || len(c.Changes) > 0
	if r.begun {
		now := r.now.Tree().AsOf(c.judged)
		now.People, now.PeopleFile, now.Policy, now.PolicyFile = rules.People, rules.PeopleFile, rules.Policy, rules.PolicyFile
		r.found = append(r.found, r.shared.Next(now, r.briefs)...)
	}
	r.found = append(r.found, r.vanished(c)...)
	var err error
	if !c.base && len(r.found) > 0 {
		err = r.report(c)
	}
	for _, f := range r.opened {
		f.back = false
	}
	r.found, r.gone, r.opened = nil, nil, nil
	clear(r.briefs)
	c.Changes = nil // the last step of each file keeps its commit
	return err
}

// vanished judges that a commit took files away, or gave them other names.
func (r *replay) vanished(c *commit) []finding.Finding {
	if len(r.gone) == 0 {
		return nil
	}
	n := lint.Names{Astray: r.now.Tree().Findings}
	if len(c.Parents) > 0 {
		n.Base = c.Parents[0]
	}
	for _, f := range r.gone {
		n.Gone = append(n.Gone, lint.Named{Escalation: f.version, Content: f.blob})
	}
	for _, f := range r.opened {
		n.Opened = append(n.Opened, lint.Named{Escalation: f.version, Content: f.blob, Returned: f.back})
	}
	n.Content = func(path string) string {
		i := slices.IndexFunc(c.Changes, func(ch git.Change) bool { return ch.Path == path })
		if i < 0 {
			return ""
		}
		return c.Changes[i].New.ID
	}
	return r.Vanished(n)
}

// report tells what a commit brought in.
func (r *replay) report(c *commit) error {
	finding.Sort(r.found)
	for _, f := range r.found {
		if f.Level == finding.Error {
			r.result.Errors++
		} else {
			r.result.Warnings++
		}
		v := Violation{Finding: f, Commit: c.ID, Author: c.AuthorName, Subject: c.Subject, At: c.CommitTime}
		if err := r.tell(v); err != nil {
			return err
		}
	}
	return nil
}
