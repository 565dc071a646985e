package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// parts are the people who have a part in open escalations, with these. Who opened
// one and has no other part is left out: it stays true of whoever left.
func parts(open []*tree.Escalation, now time.Time) map[schema.Handle][]string {
	all := map[schema.Handle][]string{}
	for _, e := range open {
		of := e.Escalation
		of.Opened.By = ""
		for _, h := range process.Stakeholders(&of, now) {
			all[h] = append(all[h], string(e.ID))
		}
	}
	return all
}

// people says something of those with a part in open escalations of whom it is so.
func (x *exam) people(a Ailment, one, many string, is func(schema.Person) bool) {
	if x.Tree == nil || x.Tree.Misread() != "" {
		return
	}
	var named []string
	for _, h := range slices.Sorted(maps.Keys(x.parts)) {
		p, known := x.Tree.People.People[h]
		if !known || !is(p) { // lint tells of whom nobody knows
			continue
		}
		a.About = append(a.About, string(h))
		named = append(named, fmt.Sprintf("%s (%s)", h, andMore(x.parts[h])))
	}
	if n := len(named); n > 0 {
		a.What = fmt.Sprintf("%s: %s", words.Agree(n, one, fmt.Sprintf("%d %s", n, many)), some(named))
		a.Where = tree.PeoplePath
		x.says(a)
	}
}

// left is who left and still has a part.
func (x *exam) left() {
	x.people(Ailment{Name: "people-left", Level: Must, Fix: "name whoever took over in the files: `escalate lint` has the lines"},
		"somebody who left has a part in an open escalation", "people who left have a part in open escalations",
		func(p schema.Person) bool { return p.GoneBy(x.Now) })
}

// unreached is who cannot be mentioned.
func (x *exam) unreached() {
	if x.Tree == nil {
		return
	}
	here := func(p schema.Person) bool { return !p.GoneBy(x.Now) }
	login, of := "GitHub", func(p schema.Person) string { return string(p.GitHub) }
	key := "github"
	if x.Platform == ci.GitLab {
		login, key, of = "GitLab", "gitlab", func(p schema.Person) string { return string(p.GitLab) }
	}
	x.people(Ailment{Name: "people-without-login", Level: Should, Fix: "write `" + key + ":` of each in " + tree.PeoplePath},
		"somebody with a part in an open escalation has no "+login+" login, and is neither mentioned nor assigned", "people with a part in open escalations have no "+login+" login, and are neither mentioned nor assigned",
		func(p schema.Person) bool { return here(p) && of(p) == "" })
	if !x.usesSlack() {
		return
	}
	x.people(Ailment{Name: "people-without-slack", Level: Should, Fix: "write `slack:` of each in " + tree.PeoplePath + ": in Slack their profile, the three dots, Copy member ID"},
		"somebody with a part in an open escalation has no Slack id, and is neither mentioned nor invited", "people with a part in open escalations have no Slack id, and are neither mentioned nor invited",
		func(p schema.Person) bool { return here(p) && p.Slack == "" })
}

// usesSlack reports whether anything says that Slack is used.
func (x *exam) usesSlack() bool {
	if x.Slack != nil || x.Webhook {
		return true
	}
	for _, p := range x.Tree.People.People {
		if p.Slack != "" {
			return true
		}
	}
	return slices.ContainsFunc(x.Notices.Answer, func(n notice.Notice) bool { return n.Via == "slack" })
}

// vacancies are the roles that an open escalation needs and nobody holds (P5).
func (x *exam) vacancies() {
	if x.Tree == nil || x.Tree.Misread() != "" {
		return
	}
	type seat struct {
		role   schema.Role
		region schema.RegionName
	}
	people := x.Tree.People.On(x.Now)
	held := map[seat]bool{}
	needed := map[seat][]string{}
	for _, e := range x.open {
		for _, role := range x.Tree.Policy.Severities.Of(e.Severity).Informs {
			s := seat{role: role}
			if x.Tree.Policy.Roles[role].Regional {
				s.region = e.Account.Region
			}
			is, known := held[s]
			if !known {
				is = len(process.Holders(people, x.Tree.Policy, role, s.region)) > 0
				held[s] = is
			}
			if !is {
				needed[s] = append(needed[s], string(e.ID))
			}
		}
	}
	var about, named []string
	for s, ids := range needed {
		what := string(s.role)
		if s.region != "" {
			what += " of " + string(s.region)
		}
		about = append(about, what)
		named = append(named, fmt.Sprintf("%s (%s)", what, andMore(ids)))
	}
	slices.Sort(about)
	slices.Sort(named)
	if n := len(about); n > 0 {
		x.says(Ailment{Name: "roles-vacant", Level: Should, Where: tree.PeoplePath, About: about,
			What: fmt.Sprintf("nobody holds %s that open escalations need: %s", words.Count(n, "role"), some(named)), Fix: "write it under `roles:` of whoever has it"})
	}
}

// andMore is the first of a list, and how many more there are.
func andMore(all []string) string {
	if more := len(all) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", all[0], more)
	}
	return all[0]
}

// key is whether the key that markers are signed with is one.
func (x *exam) key() {
	if x.Key != nil {
		x.must("marker-key-unfit", "ESCALATE_MARKER_KEY: "+plainly(x.Key), "put what `openssl rand -hex 32` makes into the secret")
	}
}

// stranger is whether commands that edit know who types them.
func (x *exam) stranger() {
	if x.Stranger != nil {
		x.should("you-unknown", "commands that edit do not know who you are", strings.TrimPrefix(plainly(x.Stranger), "who are you? "))
	}
}

// unsigned is whether what is written on the forge can be imitated.
func (x *exam) unsigned() {
	var newest notice.Notice
	for _, n := range x.Notices.Answer {
		if n.To == notice.Tracking && n.State == notice.Done && n.Via != "print" && n.At.After(newest.At) {
			newest = n
		}
	}
	if newest.Key != "" && !newest.Signed {
		x.should("markers-unsigned", "there is no key: another workflow of the repository can imitate what escalate writes there", "`openssl rand -hex 32` makes one: put it into the environment `escalate` as the secret ESCALATE_MARKER_KEY")
	}
}
