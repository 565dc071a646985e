package act

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// What people may be about to open (P2).
const (
	accountEscalation = "account"
	star              = "star"
	incident          = "incident"
	emergency         = "emergency"
)

// New opens an escalation (P1). It asks what an escalation must say from its first
// merge on, on at most twelve pages.
func New() Act {
	related := func(_ *Case, a Answers) bool { return a.One("product-related") == "yes" }
	level := func(a Answers) schema.Severity { return schema.Severity(a.One("severity")) }
	lacksPeople := func(_ *Case, a Answers) bool { return !a.Has("csm") && !a.Has("cse") && !a.Has("project") }
	return Act{
		Name:  "new",
		Short: "Open an escalation",
		Long: "Asks what an escalation must say, and writes its file: who the customer is, how bad it is and why, who looks after the account (which decides who the DRI is), what is " +
			"needed first, how it is going to be resolved, what must be true for it to end, and what happens next (P1, P15).",
		Examples: []string{
			"", `--customer "Northwind Traders" --severity medium --summary "Pipelines wait 40 minutes" --description "Since the upgrade every pipeline waits." --csm jdoe ` +
				`--ask "One engineer for a week." --approach "Reproduce it, then tune the queue." --criterion "Queue under 60 s for a week" --step "Load test" --due friday --meeting-notes https://docs.example.com/n`,
		},
		State:    Any,
		Argument: "customer",
		Questions: []Question{
			{Name: "customer", Writes: "/customer", Title: "Which customer is it?", Form: Line, Need: always, Page: "customer", Choose: customers, Help: "The name, as people say it. What is known of an earlier escalation is proposed."},
			{
				Name: "kind", Title: "What is it?", Form: Choice, Suggest: propose(accountEscalation), Help: "A ticket, an incident and an outage have processes of their own (P2).",
				Choose: choices(
					Option{accountEscalation, "an account escalation", "a customer in a challenging situation, whatever the reason"},
					Option{star, "a support ticket that is too slow", "a STAR: ask Support management for attention to the ticket"},
					Option{incident, "a widespread outage", "an incident: declare it there, so that Engineering is paged"},
					Option{emergency, "an instance that is down", "emergency support: the customer triggers it; page the on-call support manager if nobody was"},
				),
			},
			{
				Name: "at-risk", Title: "Is the relationship or future business at risk, too?", Form: Yes, Unasked: "it is an account escalation",
				Need: func(_ *Case, a Answers) Need {
					if k := a.One("kind"); k == "" || k == accountEscalation {
						return Unasked
					}
					return Required
				},
				Help: "Then it is an account escalation beside the other process (P2).",
				Refuse: func(_ *Case, answer string, a Answers) (message, hint string) {
					if answer != "no" {
						return "", ""
					}
					return "that alone is no account escalation", map[string]string{
						star:      "ask Support management for attention to the ticket: a STAR (Support Ticket Attention Request)",
						incident:  "declare an incident: Engineering is paged there",
						emergency: "have the customer trigger emergency support; where nobody was paged, page the on-call support manager",
					}[a.One("kind")]
				},
			},
			{Name: "severity", Writes: "/severity", Title: "How bad is it?", Form: Choice, Need: always, Choose: severities, Help: "Who is informed, and how often the customer hears, follows from it (P4)."},
			{Name: "summary", Writes: "/summary", Title: "What is wrong, and whom does it hurt?", Form: Line, Need: always, Page: "what", Help: "One line. It stands in the declaration."},
			{Name: "description", Writes: "/description", Title: "What is the situation?", Form: Text, Need: always, Page: "what", Help: "In full. The first paragraph stands in the declaration."},

			{Name: "csm", Writes: "/account/csm", Title: "Who is the CSM?", Form: Person, Page: "account", Choose: holders(schema.RoleCSM, schema.RoleCSMManager), Suggest: earlier(csm), Help: "Leave it out where the account has none. The CSM is the DRI, unless it is about a services project (P6)."},
			{Name: "account-executive", Writes: "/account/account_executive", Title: "Who is the account executive?", Form: Person, Page: "account", Choose: holders(schema.RoleAccountExecutive), Suggest: earlier(executive), Help: "Without a CSM and a services project the account executive is the DRI."},
			{
				Name: "region", Writes: "/account/region", Title: "Which region is the account in?", Form: Choice, Need: always, Page: "account", Choose: regions, Help: "It decides whose working days count, and who is informed.",
				Suggest: func(c *Case, a Answers) []string {
					if r := earlier(region)(c, a); len(r) > 0 {
						return r
					}
					if r := c.Tree.People.People[a.handle("csm")].Region; r != "" {
						return []string{string(r)}
					}
					return nil
				},
			},
			{Name: "project", Writes: "/account/services_project", Title: "Is it about an ongoing services project? Where is that managed?", Form: Link, Page: "account", Help: "Then its manager is the DRI."},
			{Name: "project-manager", Writes: "/account/services_project/manager", Title: "Who manages the services project?", Form: Person, Need: when(func(_ *Case, a Answers) bool { return a.Has("project") }), Unasked: "it belongs to --project", Page: "account", Choose: holders(schema.RoleServicesProjectManager)},
			{
				Name: "cse", Writes: "/account/cse", Title: "Which CSE is assigned?", Form: Person, Words: pending, Need: maybe(lacks("csm")), Unasked: "the account has a CSM",
				Choose: holders(schema.RoleCSE, schema.RoleCSELeader), Suggest: earlier(cse), Help: "Of an account without a CSM; `pending` while one is being assigned.",
			},
			{Name: "cse-help-case", Writes: "/account/cse_help_case", Title: "Where is the CSE Help case?", Form: Link, Need: when(func(_ *Case, a Answers) bool { return a.Has("cse") }), Unasked: "it belongs to --cse", Suggest: earlier(func(e *schema.Escalation) string { return string(e.Account.CSEHelpCase) })},
			{
				Name: "strategic", Writes: "/account/strategic", Title: "Why is the customer in scope?", Form: Line, Need: when(lacksPeople), Unasked: "the account has a CSM, a CSE or a services project",
				Suggest: earlier(func(e *schema.Escalation) string { return string(e.Account.Strategic) }), Help: "Of one with a CSM, a CSE or a services project, name that. Else: the strategic partnership or relationship (P3).",
			},

			{
				Name: "product-related", Writes: "/product/related", Title: "Is the product part of the problem?", Form: Yes, Page: "product", Help: "At high and critical it must be said; a yes needs a Product DRI, a no a reason (P9).",
				Need: func(_ *Case, a Answers) Need {
					if level(a).NeedsProduct() {
						return Required
					}
					return Optional
				},
			},
			unrelatedWhy(func(_ *Case, a Answers) Need {
				switch {
				case a.One("product-related") != "no":
					return Unasked
				case level(a).NeedsProduct():
					return Required
				}
				return Optional
			}),
			productDRI("Who is the Product DRI?", func(_ *Case, a Answers) schema.Severity { return level(a) }, func(c *Case, a Answers) Need {
				switch {
				case !related(c, a):
					return Unasked
				case level(a).NeedsProduct():
					return Required
				}
				return Optional
			}),
			{Name: "business-case", Writes: "/product/business_case", Title: "Where is the business case of the enhancement?", Form: Link, Hidden: true, Help: "Where the customer asks for an enhancement (P14)."},
			{Name: "ticket", Writes: "/support", Title: "Which support tickets describe it?", Form: Link, Many: true, Hidden: true, Help: "Where Support is needed (P13)."},
			{Name: "support-dri", Writes: "/support/dri", Title: "Who is the Support DRI?", Form: Person, Hidden: true, Choose: holders(schema.RoleSupportEngineer, schema.RoleSupportManager), Need: maybe(func(_ *Case, a Answers) bool { return a.Has("ticket") }), Unasked: "it belongs to --ticket"},

			{Name: "ask", Writes: "/ask", Title: "What is needed first?", Form: Text, Need: always, Help: "As specific as possible: management decides on it (P15)."},
			{Name: "skill", Writes: "/skills", Title: "Which skills should whoever helps have?", Form: Line, Many: true, Hidden: true, Help: "Each on a line."},
			{Name: "approach", Writes: "/approach", Title: "How is it going to be resolved?", Form: Text, Need: always, Help: "In the DRI's words (P7)."},
			{Name: "criterion", Writes: "/exit_criteria", Title: "What must be true for it to end?", Form: Line, Many: true, Need: always, Help: "One or more, each on a line, so that anyone can tell whether it is (P15)."},
			{Name: "step", Writes: "/next_steps", Title: "What is the first step?", Form: Line, Need: always, Page: "step"},
			{Name: "owner", Writes: "/next_steps/-/owner", Title: "Who does it?", Form: Person, Need: always, Page: "step", Choose: anybody, Suggest: me},
			{Name: "due", Writes: "/next_steps/-/due", Title: "Until which day?", Form: Day, Ahead: true, Need: always, Page: "step", Help: "Such as 2026-12-04, tomorrow, friday, in 3 days."},
			{Name: "meeting-notes", Writes: "/links/meeting_notes", Title: "Where are the customer meeting notes?", Form: Link, Need: always, Page: "links"},
			{
				Name: "case", Writes: "/links/case", Title: "Where is the CS Help case?", Form: Link, Words: pending, Need: maybe(lacks("project")), Unasked: "an escalation about a services project needs none",
				Page: "links", Suggest: propose(string(schema.Pending)), Help: "`pending` while it is being made: within four hours (P15, P16).",
			},
			{Name: "collaboration-project", Writes: "/links/collaboration_project", Title: "Where do customer and company work together?", Form: Link, Hidden: true},
			{Name: "issue", Writes: "/links/issues", Title: "Which issues of Engineering and Product does it affect?", Form: Link, Many: true, Hidden: true},
			{Name: "fyi", Writes: "/fyi", Title: "Who else should know?", Form: Person, Many: true, Hidden: true, Choose: anybody, Help: "Beside those whom the severity names."},
			{Name: "channel", Writes: "/channel", Title: "What is its Slack channel called?", Form: Line, Hidden: true, Help: "Without the #. It comes from the id where nobody says otherwise (P17)."},
			{
				Name: "visibility", Writes: "/visibility", Title: "How much of it is announced?", Form: Choice, Hidden: true, Help: "The process wants it public (P17).",
				Choose: choices(Option{string(schema.Public), "public", ""}, Option{string(schema.Restricted), "restricted", "only id, severity and people are announced"}),
			},
			{
				Name: "id", Title: "What is its id?", Form: Line, Help: "Such as 2026/northwind. It is the path of its file, and never changes.", Hidden: true,
				Need: func(c *Case, a Answers) Need {
					if a.Has("customer") && c.proposedID(a) == "" {
						return Required
					}
					return Optional
				},
				Suggest: func(c *Case, a Answers) []string {
					if id := c.proposedID(a); id != "" {
						return []string{string(id)}
					}
					return nil
				},
				Refuse: func(_ *Case, answer string, _ Answers) (message, hint string) {
					if !schema.ID(answer).Valid() {
						return fmt.Sprintf("%q is no id", answer), "write a year and a name in small letters, such as 2026/northwind"
					}
					return "", ""
				},
			},
		},
		Note: func(c *Case, a Answers, page string) string {
			switch page {
			case "customer":
				return c.isOpen(a.text("customer"))
			case "account":
			default:
				return ""
			}
			dri, clause := process.DRI(a.account())
			if dri == "" {
				return ""
			}
			return fmt.Sprintf("The DRI is %s: %s.", c.person(dri), clause.Because())
		},
		Says: func(_ *Case, a Answers) string { return "opened, " + a.One("severity") },
		Edit: open,
	}
}

// isOpen says which escalations of a customer are open; "" where none is.
func (c *Case) isOpen(customer schema.Text) string {
	var open []string
	for _, e := range c.of(customer) {
		if process.Open(&e.Escalation) {
			open = append(open, fmt.Sprintf("%s (%s)", e.ID, e.Severity))
		}
	}
	if len(open) == 0 {
		return ""
	}
	return fmt.Sprintf("There is an open escalation of this customer: %s. `escalate update` goes on with it; this opens another one, and names the other (P40).", words.And(open))
}

// ID is the id of an escalation that is opened by answers.
func ID(a Answers) schema.ID { return schema.ID(a.One("id")) }

// SchemaPath is where a repository has the schema of an escalation, if it has it.
const SchemaPath = "schema/escalation.schema.json"

// Begin is what the file of a new escalation begins with: where an editor finds its
// schema, where the repository has it.
func Begin(c *Case) []byte {
	if _, err := fs.Stat(c.Tree.Files(), SchemaPath); err != nil {
		return nil
	}
	return []byte("# yaml-language-server: $schema=../../" + SchemaPath + "\n")
}

func open(c *Case, a Answers) []splice.Change {
	account := a.account()
	dri, _ := process.DRI(account)
	set := splice.Set
	list := []splice.Change{
		set("/customer", a.text("customer")), set("/severity", schema.Severity(a.One("severity"))), set("/opened", schema.Opened{At: c.stamp(), By: c.By}),
		set("/summary", a.text("summary")), set("/description", a.text("description")), set("/account", account), set("/dri", dri),
	}
	list = append(list, c.product(a)...)
	if a.Has("business-case") {
		list = append(list, set("/product/enhancement", true), set("/product/business_case", a.link("business-case")))
	}
	if a.Has("ticket") {
		s := schema.Support{Needed: true, DRI: a.handle("support-dri")}
		for _, t := range a.All("ticket") {
			s.Tickets = append(s.Tickets, schema.URL(t))
		}
		list = append(list, set("/support", s))
	}
	if ch := c.newChannel(a); ch != "" {
		list = append(list, set("/channel", ch))
	}
	if a.Has("visibility") {
		list = append(list, set("/visibility", schema.Visibility(a.One("visibility"))))
	}
	links := schema.Links{Case: schema.Case(a.One("case")), MeetingNotes: a.link("meeting-notes"), CollaborationProject: a.link("collaboration-project")}
	for _, i := range a.All("issue") {
		links.Issues = append(links.Issues, schema.URL(i))
	}
	list = append(list, set("/links", links), set("/ask", a.text("ask")), set("/approach", a.text("approach")))
	for _, s := range a.All("skill") {
		list = append(list, splice.Add("/skills", schema.Text(s)))
	}
	for _, x := range a.All("criterion") {
		list = append(list, splice.Add("/exit_criteria", schema.ExitCriterion{Criterion: schema.Text(x)}))
	}
	if a.Has("due") { // while somebody is still asked, there is none
		list = append(list, splice.Add("/next_steps", schema.NextStep{Step: a.text("step"), Owner: a.handle("owner"), Due: a.day("due")}))
	}
	if a.Has("fyi") {
		list = append(list, set("/fyi", a.handles("fyi")))
	}
	var related []schema.ID
	previous := schema.ID("")
	for _, e := range c.of(a.text("customer")) {
		switch {
		case process.Open(&e.Escalation):
			related = append(related, e.ID)
		case previous == "":
			previous = e.ID
		}
	}
	if previous != "" {
		list = append(list, set("/previous", previous))
	}
	if len(related) > 0 {
		list = append(list, set("/related", related))
	}
	return list
}

// account is what answers say of the account.
func (a Answers) account() schema.Account {
	account := schema.Account{
		Region: schema.RegionName(a.One("region")), CSM: a.handle("csm"), CSE: a.handle("cse"), CSEHelpCase: a.link("cse-help-case"),
		AccountExecutive: a.handle("account-executive"), Strategic: a.text("strategic"),
	}
	if a.Has("project") {
		account.ServicesProject = &schema.ServicesProject{URL: a.link("project"), Manager: a.handle("project-manager")}
	}
	return account
}

// of are the escalations of a customer that can be read, the latest first.
func (c *Case) of(customer schema.Text) []*tree.Escalation {
	var list []*tree.Escalation
	for _, g := range c.others().of[process.SameCustomer(customer)] {
		if e := c.Tree.Load(tree.Path(g.ID)); !e.HeldBack() {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(x, y *tree.Escalation) int { return y.Opened.At.Compare(x.Opened.At.Time) })
	return list
}

// customers are those that had an escalation before, each once, with the last one.
func customers(c *Case, _ Answers) []Option {
	var list []Option
	for _, all := range c.others().of {
		g := all[len(all)-1]
		list = append(list, Option{string(g.Customer), string(g.Customer), string(g.ID)})
	}
	slices.SortFunc(list, func(x, y Option) int { return strings.Compare(x.Label, y.Label) })
	return list
}

// earlier suggests what stood in the last escalation of the customer.
func earlier(what func(*schema.Escalation) string) func(*Case, Answers) []string {
	return func(c *Case, a Answers) []string {
		for _, e := range c.of(a.text("customer")) {
			text := what(&e.Escalation)
			if p, person := c.Tree.People.People[schema.Handle(text)]; text != "" && !(person && p.GoneBy(c.At)) {
				return []string{text}
			}
		}
		return nil
	}
}

func region(e *schema.Escalation) string    { return string(e.Account.Region) }
func csm(e *schema.Escalation) string       { return string(e.Account.CSM) }
func cse(e *schema.Escalation) string       { return string(e.Account.CSE) }
func executive(e *schema.Escalation) string { return string(e.Account.AccountExecutive) }

// regions are those of the policy.
func regions(c *Case, _ Answers) []Option {
	var list []Option
	for _, name := range slices.Sorted(maps.Keys(c.Tree.Policy.Regions)) {
		list = append(list, Option{name, name, string(c.Tree.Policy.Regions[name].Zone)})
	}
	return list
}

// proposedID is the id that follows from the customer's name: one that no file has.
// It is empty where the name has no letters that an id can have.
func (c *Case) proposedID(a Answers) schema.ID {
	var b strings.Builder
	for _, r := range norm.NFKD.String(a.One("customer")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case strings.ContainsRune("'’.", r): // O'Neill, A.G.
		default:
			b.WriteRune(plainLetter(r))
		}
	}
	if !strings.ContainsFunc(b.String(), func(r rune) bool { return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) }) {
		return ""
	}
	name := strings.TrimSuffix(tree.LegalName(b.String()), ".yaml")
	for i := 1; ; i++ {
		id := schema.ID(fmt.Sprintf("%d/%s", c.At.UTC().Year(), name))
		if i > 1 {
			id = NthID(id, i)
		}
		if !c.Tree.Has(tree.Path(id)) {
			return id
		}
	}
}

// NthID is the id of another escalation of a name: with a number behind it, for which a
// long name makes room.
func NthID(id schema.ID, n int) schema.ID {
	const most = len("2026/") + tree.LongestName
	number := fmt.Sprintf("-%d", n)
	return id[:min(len(id), most-len(number))] + schema.ID(number)
}

// plainLetter is a letter as an id has it, of those that Unicode does not take apart.
func plainLetter(r rune) rune {
	if plain, ok := map[rune]rune{'ø': 'o', 'Ø': 'o', 'ł': 'l', 'Ł': 'l', 'đ': 'd', 'Đ': 'd', 'ß': 's', 'æ': 'e', 'Æ': 'e', 'œ': 'e', 'Œ': 'e', 'ı': 'i'}[r]; ok {
		return plain
	}
	return r
}

// newChannel is the channel that the file names: where another escalation has the one
// that would follow from the id, also a closed one, it has the year as well (P17).
func (c *Case) newChannel(a Answers) schema.ChannelName {
	if a.Has("channel") {
		return schema.ChannelName(strings.TrimPrefix(a.One("channel"), "#"))
	}
	id := ID(a)
	own := process.Channel(id, &schema.Escalation{}, c.Tree.Policy)
	taken := func(ch schema.ChannelName) bool {
		return slices.ContainsFunc(c.others().all, func(g tree.Glance) bool {
			return process.Channel(g.ID, &schema.Escalation{Channel: g.Channel}, c.Tree.Policy) == ch
		})
	}
	if !taken(own) {
		return ""
	}
	next := schema.ChannelName(fmt.Sprintf("%s-%s", own, path.Dir(string(id))))
	for i := 2; taken(next); i++ {
		next = schema.ChannelName(fmt.Sprintf("%s-%s-%d", own, path.Dir(string(id)), i))
	}
	return next
}
