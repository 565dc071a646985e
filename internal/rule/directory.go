package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// directoryRules lists what is judged of people.yaml.
func directoryRules() []Rule {
	return []Rule{directoryThere(), roleVacant(), directoryUnique(), directoryRole(), directoryRegion(), directoryManager()}
}

func directoryThere() Rule {
	return Rule{
		Name:    "directory-there",
		Cites:   []string{"P8"},
		Summary: "there is a people directory",
		Why:     "escalations/people.yaml lists everybody who is named in an escalation or informed of one. Without it nobody can be reached, and who may do what cannot be checked.",
		Whole: func(w *Whole) {
			misplaced := slices.ContainsFunc(w.Findings, func(f finding.Finding) bool { return strings.HasPrefix(f.Path, "escalations/people.") })
			if w.PeopleFile == nil && !misplaced {
				w.Error(&tree.File{Document: &document.Document{Path: tree.PeoplePath}}, "", "there is no people directory: people and roles were not checked",
					"make the file, for example: `people: {jdoe: {name: Jo Doe, roles: [csm]}}`")
			}
		},
		Wrong: Example{Note: "no file escalations/people.yaml"},
	}
}

func roleVacant() Rule {
	return Rule{
		Name:        "role-vacant",
		NeedsPolicy: true,
		Cites:       []string{"P5"},
		Summary:     "whoever must be informed of an open escalation is in the directory (a warning)",
		Why: "Each severity names the roles that must be informed: at critical and high the vice presidents of Sales, Product and Customer Success, the CRO, the CEO and the CSM leader; " +
			"at medium the CSM leader; at low the regional CSM manager and the account manager. A seat that nobody holds stops no declaration: the declaration says so.",
		Reading: "Where a role is regional, a person of exactly the account's region comes first, and one without a region serves where there is none. " +
			"`severities.<level>.informs` and `roles` in the policy change who is informed.",
		Groups: func(b *Brief, p schema.Policy) []string {
			if _, known := p.Regions[string(b.Region)]; !b.Open || !known {
				return nil
			}
			var list []string
			for _, role := range p.Severities.Of(b.Severity).Informs {
				need := string(role)
				if p.Roles[role].Regional {
					need += " " + string(b.Region)
				}
				if !slices.Contains(list, need) {
					list = append(list, need)
				}
			}
			return list
		},
		Directory: true,
		Among: func(g *Group) {
			name, region, _ := strings.Cut(g.Name, " ")
			role := schema.Role(name)
			people, sound := g.whole.directory()
			if !sound || !process.KnownRole(role, g.Policy) || len(process.Holders(people, g.Policy, role, schema.RegionName(region))) > 0 {
				return
			}
			g.WarnIn(g.PeopleFile, "/people", g.Name, func() Said {
				var by []string
				for _, b := range g.Members[:min(len(g.Members), 3)] {
					by = append(by, fmt.Sprintf("%s (%s)", b.ID, b.Severity))
				}
				if more := len(g.Members) - len(by); more > 0 {
					by = append(by, fmt.Sprintf("%d more", more))
				}
				where := ""
				if region != "" {
					where = " for " + region
				}
				return Said{
					Message: fmt.Sprintf("nobody holds the role %s%s, which %s must inform", code(role), where, strings.Join(by, ", ")),
					Hint:    fmt.Sprintf("give somebody the role: `roles: [%s]`", role),
				}
			})
		},
		Wrong: marked("-- escalations/people.yaml --\npeople:\n  rking: {name: Robin King, roles: [csm_manager]}\n-- escalations/2026/northwind.yaml --\nseverity: medium\n", "people"),
		Right: ex("-- escalations/people.yaml --\npeople:\n  rking: {name: Robin King, roles: [csm_manager, csm_leader]}\n-- escalations/2026/northwind.yaml --\nseverity: medium\n"),
	}
}

// everybody returns the handles of the directory in order.
func everybody(w *Whole) []schema.Handle { return slices.Sorted(maps.Keys(w.People.People)) }

func at(h schema.Handle, field ...string) string {
	return document.Pointer(append([]string{"people", string(h)}, field...)...)
}

func directoryUnique() Rule {
	return Rule{
		Name:    "directory-unique",
		Cites:   []string{"P8"},
		Summary: "no two people share a login of GitHub or GitLab, a Slack id or an e-mail address",
		Why:     "A mention reaches one person. If two handles lead to the same account, one of them is wrong, or the person is listed twice.",
		Whole: func(w *Whole) {
			for _, field := range []string{"github", "gitlab", "slack", "email"} {
				first := map[string]schema.Handle{}
				for _, h := range byPlace(w) {
					p := w.People.People[h]
					value := map[string]string{"github": string(p.GitHub), "gitlab": string(p.GitLab), "slack": string(p.Slack), "email": string(p.Email)}[field]
					key := strings.ToLower(value)
					if other, taken := first[key]; taken && value != "" {
						w.Error(w.PeopleFile, at(h, field), fmt.Sprintf("%s has the same %s as %s: %s", code(h), map[string]string{"github": "GitHub login", "gitlab": "GitLab login", "slack": "Slack id", "email": "e-mail address"}[field], code(other), code(value)),
							"write each person's own, or list the person once")
						continue
					}
					first[key] = h
				}
			}
		},
		Wrong: marked("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, github: jodoe, roles: [csm]}\n  arivera: {name: Ana Rivera, github: jodoe, roles: [account_executive]}\n", "jodoe"),
		Right: ex("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, github: jodoe, roles: [csm]}\n  arivera: {name: Ana Rivera, github: anarivera, roles: [account_executive]}\n"),
	}
}

// byPlace returns the handles in the order in which the file has them, so
// that of two that clash the later is told.
func byPlace(w *Whole) []schema.Handle {
	list := everybody(w)
	if !readable(w.PeopleFile) {
		return list
	}
	line := map[schema.Handle]int{}
	for _, h := range list {
		line[h] = w.PeopleFile.LocateKey(at(h)).Line
	}
	slices.SortStableFunc(list, func(a, b schema.Handle) int { return line[a] - line[b] })
	return list
}

func directoryRole() Rule {
	return Rule{
		Name:        "directory-role",
		NeedsPolicy: true,
		Cites:       []string{"P8"},
		Summary:     "a person's roles are roles that there are",
		Why:         "Roles decide who fits which field and who is informed. A misspelt one does neither. A policy may add roles of its own under `roles`.",
		Whole: func(w *Whole) {
			for _, h := range everybody(w) {
				for i, r := range w.People.People[h].Roles {
					if !process.KnownRole(r, w.Policy) {
						w.Tell(w.PeopleFile, at(h, "roles", fmt.Sprint(i)), unknownRole(r, w.Policy))
					}
				}
			}
		},
		Wrong: marked("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm, cms_manager]}\n", "cms_manager"),
		Right: ex("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm, csm_manager]}\n"),
	}
}

func unknownRole(r schema.Role, p schema.Policy) Said {
	var words []string
	for _, known := range slices.Concat(schema.Roles(), slices.Sorted(maps.Keys(p.Roles))) {
		words = append(words, string(known))
	}
	return didYouMean(fmt.Sprintf("there is no role %s", code(r)), r, words, "write one of the process's roles, or add the role to policy.yaml")
}

func directoryRegion() Rule {
	return Rule{
		Name:        "directory-region",
		NeedsPolicy: true,
		Cites:       []string{"P5"},
		Summary:     "a person's region is one of the policy's",
		Why:         "Where a role is regional, the account's region finds the person. Somebody who serves every region has none.",
		Whole: func(w *Whole) {
			for _, h := range everybody(w) {
				r := w.People.People[h].Region
				if _, known := w.Policy.Regions[string(r)]; r != "" && !known {
					w.Tell(w.PeopleFile, at(h, "region"), unknownRegion(r, w.Policy))
				}
			}
		},
		Wrong: marked("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm], region: EMAE}\n", "EMAE"),
		Right: ex("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm], region: EMEA}\n"),
	}
}

func directoryManager() Rule {
	return Rule{
		Name:    "directory-manager",
		Cites:   []string{"P8", "P27"},
		Summary: "a person's manager is in the directory",
		Why:     "The manager of the DRI is named in the declaration and hears of what is overdue. A manager who left is a warning.",
		Whole: func(w *Whole) {
			now := w.now()
			for _, h := range everybody(w) {
				p := w.People.People[h]
				if p.Manager == "" {
					continue
				}
				m, known := w.People.People[p.Manager]
				switch {
				case w.Full():
					return
				case !known:
					w.Tell(w.PeopleFile, at(h, "manager"), unknownPerson(p.Manager, w.People))
				case p.Manager == h:
					w.Error(w.PeopleFile, at(h, "manager"), fmt.Sprintf("%s cannot be the manager of %s", code(h), code(h)), "name the manager, or leave it out")
				case m.GoneBy(now) && !p.GoneBy(now):
					w.Warn(w.PeopleFile, at(h, "manager"), fmt.Sprintf("%s (%s) is the manager of %s, but left on %s", code(p.Manager), m.Name, code(h), day(m.Left)), "name whoever takes over")
				}
			}
		},
		Wrong: marked("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm], manager: rkign}\n", "rkign"),
		Right: ex("-- escalations/people.yaml --\npeople:\n  jdoe: {name: Jo Doe, roles: [csm], manager: rking}\n"),
	}
}
