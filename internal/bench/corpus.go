package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// seed makes every machine measure the same files.
const seed = 1

// corpus makes escalations that the process finds nothing to say about, and
// the directory that they need. Escalation i is always the same, however many
// are made.
type corpus struct {
	people               []person
	topics               []topic
	reports              []string
	first, second, third []string
}

func newCorpus() *corpus {
	c := &corpus{people: people(), topics: topics(), reports: reports()}
	c.first, c.second, c.third = names()
	return c
}

// write writes the directory and n escalations into dir/escalations, and
// returns how many bytes the escalations have.
func (c *corpus) write(dir string, n int) (size int, err error) {
	if err := writeFile(dir, "escalations/people.yaml", c.directory()); err != nil {
		return 0, err
	}
	for i := range n {
		path, text := c.escalation(i)
		if err := writeFile(dir, path, text); err != nil {
			return 0, err
		}
		size += len(text)
	}
	return size, nil
}

// quoteTimes puts dates and times in quotes, for readers that take them for
// something else than text.
func quoteTimes(text string) string {
	return regexp.MustCompile(`: (20\d\d-\d\d-\d\d(T[\d:]+Z)?)`).ReplaceAllString(text, `: "$1"`)
}

// writeQuoted writes n escalations into dir/escalations with times in quotes.
func (c *corpus) writeQuoted(dir string, n int) error {
	for i := range n {
		path, text := c.escalation(i)
		if err := writeFile(dir, path, quoteTimes(text)); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(dir, path, text string) error {
	name := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// person is one person of the directory. An empty region stands for all.
type person struct {
	handle, name    string
	region, manager string // the manager by handle
	role            schema.Role
}

// regions returns the built-in regions.
func regions() []string { return []string{"AMER", "EMEA", "APAC", "PubSec"} }

// people staffs every role, in every region where the role is not a
// company-wide one. Whoever stands first is the manager of those after.
func people() []person {
	first := strings.Fields("Jo Ana Kim Priya Tomás Lena Wei Omar Ruth Sven Aiko Paulo Nadia Eric Mina Hugo Zoë " +
		"Ivan Carla Deniz Fay Gus Hana Ilse Jon Kofi Lior Mara Nils Olga Pete Quinn Rosa Sami Tara Uwe Vera")
	last := strings.Fields("Doe Rivera Lee Khan King Wong Nguyen Mora Brandt Silva Novak Haas Okafor Petrov Costa " +
		"Weber Tanaka Larsen Moreau Singh Adeyemi Berg Cruz Dietz Engel Fontana Gallo Horvat Ito Jensen Kowalski")
	var all []person
	hire := func(role schema.Role, region, manager string, n int) string {
		for range n {
			k := len(all) // the two lists have no common divisor: no name comes twice
			f, l := first[k%len(first)], last[k%len(last)]
			all = append(all, person{ascii(strings.ToLower(f + "." + l)), f + " " + l, region, manager, role})
		}
		return all[len(all)-n].handle
	}
	ceo := hire(schema.RoleCEO, "", "", 1)
	cro := hire(schema.RoleCRO, "", ceo, 1)
	sales := hire(schema.RoleVPSales, "", cro, 1)
	product := hire(schema.RoleVPProduct, "", ceo, 1)
	success := hire(schema.RoleVPCustomerSuccess, "", cro, 1)
	for _, region := range regions() {
		leader := hire(schema.RoleCSMLeader, region, success, 1)
		manager := hire(schema.RoleCSMManager, region, leader, 1)
		hire(schema.RoleCSM, region, manager, 8)
		cse := hire(schema.RoleCSELeader, region, success, 1)
		hire(schema.RoleCSE, region, cse, 3)
		accounts := hire(schema.RoleAccountManager, region, sales, 1)
		hire(schema.RoleAccountExecutive, region, accounts, 6)
		hire(schema.RoleSolutionsArchitect, region, sales, 2)
		hire(schema.RoleServicesProjectManager, region, success, 3)
		support := hire(schema.RoleSupportManager, region, success, 2)
		hire(schema.RoleSupportEngineer, region, support, 5)
		head := hire(schema.RoleProductLeadership, region, product, 2)
		director := hire(schema.RoleProductDirector, region, head, 1)
		group := hire(schema.RoleGroupProductManager, region, director, 2)
		hire(schema.RoleProductManager, region, group, 5)
		hire(schema.RoleEngineering, region, director, 4)
	}
	return all
}

// directory returns people.yaml.
func (c *corpus) directory() string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=../schema/people.schema.json\npeople:\n")
	for i, p := range c.people {
		fmt.Fprintf(&b, "  %s: {name: %s, github: %s, slack: U%08d, email: %s@example.com, roles: [%s]",
			p.handle, p.name, strings.ReplaceAll(p.handle, ".", "-"), 1000+i, p.handle, p.role)
		if p.region != "" {
			b.WriteString(", region: " + p.region)
		}
		if p.manager != "" {
			b.WriteString(", manager: " + p.manager)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// customer returns the name of customer i, the same without spaces for paths
// and links, and the year of its first escalation.
func (c *corpus) customer(i int) (name, slug string, year int) {
	a, b, g := len(c.first), len(c.second), len(c.third)
	name = strings.TrimSpace(c.first[i%a] + " " + c.second[i/a%b] + " " + c.third[i/a/b%g])
	if n := i / a / b / g; n > 0 {
		name += fmt.Sprintf(" %d", n+2)
	}
	return name, ascii(strings.ToLower(strings.ReplaceAll(name, " ", "-"))), 2022 + i%4
}

// ascii spells a lower-case name without accents.
func ascii(s string) string {
	return strings.NewReplacer("ü", "ue", "ø", "o", "é", "e", "á", "a", "ë", "e").Replace(s)
}

// Every fifth escalation is the second one of a customer whose first one is
// closed: firstOf returns which. hasSecond says it of the first one.
func firstOf(i int) (int, bool) { return i - 2, i%5 == 4 }
func hasSecond(i int) bool      { return i%5 == 2 }

// draft is an escalation while it is written.
type draft struct {
	strings.Builder
	*rand.Rand
	c        *corpus
	topic    topic
	severity schema.Severity
	region   string
	slug     string
	url      string // where everything about this escalation is linked below
	now      time.Time
	closed   bool
}

// largest is how many bytes an escalation may have.
const largest = 4096

// escalation returns the path and the text of escalation i.
func (c *corpus) escalation(i int) (path, text string) {
	for updates := 3 + rand.New(rand.NewPCG(seed, uint64(i))).IntN(10); ; updates-- {
		if path, text = c.withUpdates(i, updates); len(text) <= largest {
			return path, text
		}
	}
}

func (c *corpus) withUpdates(i, updates int) (path, text string) {
	d := &draft{c: c, Rand: rand.New(rand.NewPCG(seed+1, uint64(i)))}
	first, second := firstOf(i)
	if !second {
		first = i
	}
	customer, slug, year := c.customer(first)
	name, previous := slug, ""
	if second {
		previous = fmt.Sprintf("%d/%s", year, slug)
		name, year = slug+"-2", year+1
	}
	d.topic = c.topics[d.IntN(len(c.topics))]
	d.severity = pick(d, schema.AllSeverities()...)
	d.region = pick(d, regions()...)
	d.slug = slug
	d.url = "example.com/" + name
	d.closed = hasSecond(i) || d.IntN(2) == 0
	d.now = time.Date(year, time.Month(2+d.IntN(9)), 1+d.IntN(28), 6+d.IntN(12), 15*d.IntN(4), 0, 0, time.UTC)
	opened := d.now

	d.line("# yaml-language-server: $schema=../../schema/escalation.schema.json")
	d.line("customer: %s", customer)
	d.line("severity: %s", d.severity)
	d.line("opened: {at: %s, by: %s}", stamp(opened), d.someone(schema.RoleCSM, schema.RoleAccountExecutive, schema.RoleSupportEngineer))
	if d.IntN(4) == 0 {
		d.line("summary: %q", customer+": "+d.topic.summary)
	} else {
		d.line("summary: %s", d.topic.summary)
	}
	d.line("description: |")
	d.wrapped(2, d.topic.details[0])
	if updates < 7 && d.IntN(3) == 0 {
		d.line("")
		d.wrapped(2, d.topic.details[1])
	}
	dri, cse := d.account()
	productDRI := d.product()
	supportDRI := d.support()
	if d.IntN(2) == 0 {
		d.line("channel: esc_%s", name)
	}
	if d.IntN(3) == 0 {
		d.line("visibility: public")
	}
	d.links()
	d.line("ask: %s", d.topic.ask)
	brief := d.IntN(3) == 0 // somebody who writes no more than they must
	if !brief {
		d.line("skills: %s", d.topic.skills)
	}
	d.line("approach: |")
	d.wrapped(2, d.topic.approach)

	// What follows has times that depend on the updates, which come last.
	duration := time.Duration(updates+1) * 60 * time.Hour
	met := d.exitCriteria(opened, duration)
	d.nextSteps(opened, duration, dri)
	if updates < 10 && !brief {
		d.standup(dri, productDRI, supportDRI)
	}
	if d.IntN(3) == 0 {
		d.line("fyi: [%s]", d.someone(schema.RoleCSMManager, schema.RoleEngineering, schema.RoleSolutionsArchitect))
	}
	if previous != "" {
		d.line("previous: %s", previous)
	}
	if !d.closed && d.severity == schema.Low && d.IntN(3) == 0 {
		d.line("snooze: {until: %s, reason: The customer is on holiday, by: %s}", day(opened.Add(duration+240*time.Hour)), dri)
	}
	d.updates(updates, dri, productDRI)
	if d.closed {
		d.now = opened.Add(duration)
		d.closure(dri, cse, met)
	}
	return fmt.Sprintf("escalations/%d/%s.yaml", year, name), d.String()
}

// account writes who looks after the account and who the DRI is (P3, P6).
func (d *draft) account() (dri string, cse bool) {
	executive := d.someone(schema.RoleAccountExecutive)
	d.line("account:")
	d.line("  region: %s", d.region)
	switch kind := d.IntN(10); {
	case kind < 6:
		dri = d.someone(schema.RoleCSM)
		d.line("  csm: %s", dri)
		d.line("  account_executive: %s", executive)
	case kind < 8:
		dri, cse = executive, true
		d.line("  cse: %s", d.someone(schema.RoleCSE))
		d.line("  cse_help_case: https://crm.%s/cse", d.url)
		d.line("  account_executive: %s", executive)
	case kind < 9:
		dri = d.someone(schema.RoleServicesProjectManager)
		d.line("  csm: %s", d.someone(schema.RoleCSM))
		d.line("  services_project: {url: https://projects.%s, manager: %s}", d.url, dri)
	default:
		dri = executive
		d.line("  account_executive: %s", executive)
		d.line("  strategic: Launch partner for the marketplace")
	}
	d.line("dri: %s", dri)
	return dri, cse
}

// product writes what Product has to do with it, and returns the Product DRI
// (P9, P10, P14).
func (d *draft) product() (dri string) {
	grave := d.severity.NeedsProduct()
	switch kind := d.IntN(4); {
	case kind == 0 && !grave:
		return ""
	case kind == 0:
		d.line("product: {related: false, reason: Only the customer's own network is slow}")
		return ""
	case kind == 1 && !grave:
		d.line("product: {related: false}")
		return ""
	}
	dri = d.someone(schema.DefaultPolicy().Severities.Of(d.severity).ProductDRI...)
	d.line("product:")
	d.line("  related: true")
	d.line("  dri: %s", dri)
	if d.IntN(3) == 0 {
		d.line("  team: [%s]", d.someone(schema.RoleProductManager))
	}
	if d.IntN(4) == 0 {
		d.line("  enhancement: true")
		d.line("  business_case: https://docs.%s/business-case", d.url)
	}
	return dri
}

// support writes what Support has to do with it (P13).
func (d *draft) support() (dri string) {
	switch d.IntN(3) {
	case 0:
		return ""
	case 1:
		d.line("support: {needed: false}")
		return ""
	}
	dri = d.someone(schema.RoleSupportEngineer, schema.RoleSupportManager)
	d.line("support:")
	d.line("  needed: true")
	d.line("  dri: %s", dri)
	d.line("  tickets:")
	for range 1 + d.IntN(3) {
		d.line("    - https://support.example.com/tickets/%d", 10000+d.IntN(900000))
	}
	return dri
}

func (d *draft) links() {
	d.line("links:")
	d.line("  case: https://crm.%s", d.url)
	d.line("  meeting_notes: https://docs.%s/notes", d.url)
	if d.IntN(2) == 0 {
		d.line("  collaboration_project: https://projects.example.com/%s", d.slug)
	}
	if n := 100 + d.IntN(9000); d.IntN(2) == 0 {
		d.line("  issues: [https://tracker.example.com/issues/%d, https://tracker.example.com/issues/%d]", n, n+17)
	}
}

// exitCriteria writes what must be true at the end, and reports whether all of
// it is.
func (d *draft) exitCriteria(opened time.Time, duration time.Duration) (met bool) {
	met = d.closed && d.IntN(4) > 0
	d.line("exit_criteria:")
	for i, criterion := range d.topic.criteria {
		switch {
		case met, i > 0 && d.IntN(3) == 0:
			d.line("  - {criterion: %q, met: %s}", criterion, day(opened.Add(duration*4/5)))
		default:
			d.line("  - criterion: %s", criterion)
		}
	}
	return met
}

// nextSteps writes what happens next (P7).
func (d *draft) nextSteps(opened time.Time, duration time.Duration, dri string) {
	d.line("next_steps:")
	for i, step := range d.topic.steps[:1+d.IntN(4)] {
		owner := dri
		if i > 0 {
			owner = d.someone(schema.RoleCSM, schema.RoleSupportEngineer, schema.RoleEngineering, schema.RoleProductManager)
		}
		due := day(opened.Add(duration * time.Duration(i+1) / 5))
		if d.closed || i == 0 {
			d.line("  - {step: %q, owner: %s, due: %s, done: %s}", step, owner, due, due)
			continue
		}
		d.line("  - step: %s", step)
		d.line("    owner: %s", owner)
		d.line("    due: %s", due)
	}
}

func (d *draft) standup(dri string, others ...string) {
	attendees := []string{dri}
	for _, o := range append(others, d.someone(schema.RoleAccountExecutive)) {
		if o != "" && !slices.Contains(attendees, o) {
			attendees = append(attendees, o)
		}
	}
	days := map[schema.Severity]string{
		schema.Critical: "mon, tue, wed, thu, fri, sat, sun", schema.High: "mon, wed, fri", schema.Medium: "tue", schema.Low: "thu",
	}
	d.line("standup:")
	d.line("  days: [%s]", days[d.severity])
	d.line("  time: %q", pick(d, "08:45", "09:00", "10:30", "15:15"))
	d.line("  zone: %s", pick(d, "Europe/Berlin", "America/New_York", "Asia/Singapore", "UTC"))
	d.line("  minutes: %d", pick(d, 15, 30))
	d.line("  link: https://meet.%s", d.url)
	d.line("  attendees: [%s]", strings.Join(attendees, ", "))
}

// updates writes n updates, two days apart or so, of which at most one is
// significant and one amends another (P22, P24, P37).
func (d *draft) updates(n int, dri, productDRI string) {
	significant, amending := d.IntN(3*n), 1+d.IntN(8*n)
	authors := []string{dri, dri, dri, d.someone(schema.RoleSupportEngineer)}
	if productDRI != "" {
		authors = append(authors, productDRI)
	}
	order := d.Perm(len(d.c.reports))
	d.line("updates:")
	for i := range n {
		before := d.now
		d.now = d.now.Add(time.Duration(20+d.IntN(40))*time.Hour + 5*time.Duration(d.IntN(12))*time.Minute)
		d.line("  - at: %s", stamp(d.now))
		d.line("    by: %s", pick(d, authors...))
		d.line("    to: [%s]", pick(d, "internal", "customer", "internal, customer"))
		if i == significant {
			d.line("    significant: true")
		}
		text := d.c.reports[order[i]]
		if i == amending {
			d.line("    amends: %s", stamp(before))
			text = "The numbers of the update before were those of the week before. Otherwise nothing changes."
		}
		if i%2 > 0 {
			d.line("    text: %s", text)
			continue
		}
		if n < 7 && d.IntN(2) == 0 {
			text += " " + d.c.reports[order[n+i]]
		}
		d.line("    text: |")
		d.wrapped(6, text)
	}
}

// closure writes how it ended (P30 to P34).
func (d *draft) closure(dri string, cse, met bool) {
	outcome := pick(d, schema.Positive, schema.Positive, schema.Negative, schema.None)
	d.line("closure:")
	d.line("  at: %s", stamp(d.now))
	d.line("  by: %s", dri)
	d.line("  resolution: %s", pick(d, schema.Resolved, schema.Resolved, schema.Deescalated))
	d.line("  outcome: %s", outcome)
	d.line("  exit_criteria_met: %t", met)
	if !met {
		d.line("  why_not: The customer moved the workload away before the last test.")
	}
	d.line("  summary: |")
	d.wrapped(4, "It was "+d.topic.cause+". The team and the customer's own people changed it together, and it has held for a week.")
	if outcome != schema.Positive && d.IntN(3) == 0 {
		d.line("  agreement: {waived: The customer has left and does not answer, by: %s}", d.someone(schema.RoleCSMManager, schema.RoleCSMLeader))
	} else {
		d.line("  agreement: https://docs.%s/agreed", d.url)
	}
	switch d.IntN(4) {
	case 0:
		d.line("  rca: {requested: false, platform_related: false}")
	case 1:
		d.line("  rca:")
		d.line("    requested: true")
		d.line("    platform_related: true")
		d.line("    owner: %s", d.someone(schema.RoleEngineering))
		d.line("    due: %s", day(d.now.Add(14*24*time.Hour)))
	}
	if cse {
		d.line("  pattern_issue: https://tracker.example.com/issues/%d", 100+d.IntN(9000))
	}
	d.line("  sentiment: %s", pick(d, "green", "yellow", "red"))
}

// someone returns a person of the account's region, or of all regions, who has
// one of the roles.
func (d *draft) someone(roles ...schema.Role) string {
	var fit []string
	for _, p := range d.c.people {
		if slices.Contains(roles, p.role) && (p.region == d.region || p.region == "") {
			fit = append(fit, p.handle)
		}
	}
	return pick(d, fit...)
}

func (d *draft) line(format string, args ...any) {
	fmt.Fprintf(d, format+"\n", args...)
}

// wrapped writes a paragraph, indented and in lines of at most 100 characters.
func (d *draft) wrapped(indent int, paragraph string) {
	line := ""
	for _, word := range strings.Fields(paragraph) {
		if line != "" && indent+len(line)+1+len(word) > 100 {
			d.line("%*s%s", indent, "", line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	d.line("%*s%s", indent, "", line)
}

func pick[T any](d *draft, from ...T) T { return from[d.IntN(len(from))] }

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func day(t time.Time) string { return t.Format(time.DateOnly) }
