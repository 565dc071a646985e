// Package roster makes people of a spreadsheet's export: the directory (P8) of a
// company that has one already, somewhere else.
//
// It guesses what the headings mean, and says what it guessed. A row that is of no
// use is told with its number and why; nothing of it is half used. It knows how
// people write such lists (a title for a role, a name for a manager) and imports the
// schema, which knows what a field takes. What it returns is values: package splice
// writes them.
package roster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Roster is what a spreadsheet says of people.
type Roster struct {
	// Delimiter is what stands between two cells: a comma, a semicolon or a tab.
	Delimiter rune
	// Columns are the columns of the sheet, in its order.
	Columns []Column
	// People are those of the rows that could be used.
	People map[schema.Handle]schema.Person
	// Titles are the words for roles that are no names of roles, as they were read, in
	// the order of their first rows.
	Titles []Title
	// Remarks is what could not be used, in the order of the rows.
	Remarks []Remark
}

// Column is one column of a sheet.
type Column struct {
	// Heading is what stands above it.
	Heading string
	// Field is what it was taken for; "" where it is not used.
	Field Field
}

// Title is a word for a role that is no name of one.
type Title struct {
	// Words are those of the sheet.
	Words string
	// Role is what it was taken for; "" where it is no role of the process.
	Role schema.Role
	// Rows are the rows that have it.
	Rows []int
}

// Remark says what of a row could not be used, and why.
type Remark struct {
	// Row is the number that a spreadsheet shows beside it: the headings are in 1.
	Row int
	// Refused says that the row was not used at all; else, that the person lacks
	// something.
	Refused bool
	Text    string
}

// Refused returns how many rows were not used.
func (r Roster) Refused() int {
	n := 0
	for _, m := range r.Remarks {
		if m.Refused {
			n++
		}
	}
	return n
}

// Read reads an export: cells with commas, semicolons or tabs between them, in UTF-8
// or UTF-16, the headings in the first row. The policy says which regions and roles
// there are. The error says why nothing can be made of the whole.
func Read(data []byte, policy schema.Policy) (Roster, error) {
	s, err := parse(data)
	if err != nil {
		return Roster{}, err
	}
	b := builder{
		sheet: s, vocabulary: newVocabulary(policy),
		roster:  Roster{Delimiter: s.delimiter, Columns: s.columns, People: map[schema.Handle]schema.Person{}},
		owner:   map[string]claim{},
		managed: map[schema.Handle]managed{},
		titles:  map[string]int{},
		numbers: map[schema.Handle]int{},
	}
	for _, f := range s.faults {
		b.refuse(f.row, "%s", f.text)
	}
	b.reserve()
	for _, row := range s.rows {
		b.add(row)
	}
	b.managers()
	slices.SortStableFunc(b.roster.Remarks, func(x, y Remark) int { return x.Row - y.Row })
	return b.roster, nil
}

// builder makes a roster, row by row.
type builder struct {
	sheet
	vocabulary vocabulary
	roster     Roster
	// owner says whose a handle, an e-mail address, a login or a name is.
	owner map[string]claim
	// reserved are the handles that the sheet itself names.
	reserved map[schema.Handle]bool
	managed  map[schema.Handle]managed
	titles   map[string]int // where in roster.Titles each is
	// numbers are the last ones that were put behind a handle that was taken.
	numbers map[schema.Handle]int
}

// claim is the first person who has something that only one can have.
type claim struct {
	handle schema.Handle
	row    int
	// many says that others have it as well.
	many bool
}

// managed is what a row says of somebody's manager.
type managed struct {
	by  string
	row int
}

func (b *builder) refuse(row int, format string, args ...any) {
	b.roster.Remarks = append(b.roster.Remarks, Remark{row, true, fmt.Sprintf(format, args...)})
}

func (b *builder) remark(row int, format string, args ...any) {
	b.roster.Remarks = append(b.roster.Remarks, Remark{row, false, fmt.Sprintf(format, args...)})
}

// reserve notes the handles that the sheet names: none is made up for somebody else.
func (b *builder) reserve() {
	b.reserved = map[schema.Handle]bool{schema.PendingPerson: true}
	for _, r := range b.rows {
		if h := asHandle(r.cells[Handle]); h != "" {
			b.reserved[h] = true
		}
	}
}

// add makes a person of a row.
func (b *builder) add(r row) {
	for _, field := range Fields() {
		switch {
		case !formula.MatchString(r.cells[field]):
			continue
		case slices.Contains([]Field{GitHub, GitLab, Slack, Roles, Manager}, field):
			b.remark(r.number, "the %s is a formula, %s: it was left out", field, words.Code(clip(r.cells[field])))
			r.cells[field] = ""
		default:
			b.refuse(r.number, "the %s is a formula, %s: export the values alone", field, words.Code(clip(r.cells[field])))
			return
		}
	}
	name := personName(r.cells)
	switch {
	case !words.Says(name):
		b.refuse(r.number, "it has no name")
		return
	case strings.Contains(name, "@"):
		b.refuse(r.number, "%s is no name", words.Code(clip(name)))
		return
	}
	p := schema.Person{Name: schema.Text(name)}
	var ok bool
	if p.Email, ok = b.email(r); !ok {
		return
	}
	if p.Region, ok = b.region(r); !ok {
		return
	}
	if p.Left, ok = b.left(r); !ok {
		return
	}
	if other, taken := b.owner["name "+fold(name)]; taken && (p.Email == "" || b.roster.People[other.handle].Email == "") && r.cells[Handle] == "" {
		b.refuse(r.number, "%s is in row %d already, and nothing tells the two apart: give each an e-mail address or a handle of their own, or list the person once", words.Code(clip(name)), other.row)
		return
	}
	h, ok := b.handle(r, p)
	if !ok {
		return
	}
	p.GitHub = schema.GitHubLogin(b.login(r, GitHub, gitHubForm, "a login of GitHub"))
	p.GitLab = schema.GitLabLogin(b.login(r, GitLab, gitLabForm, "a username of GitLab"))
	p.Slack = schema.SlackID(b.login(r, Slack, slackForm, "a member id of Slack, such as U012AB3CD"))
	p.Roles = b.roles(r)
	for kind, value := range map[string]string{"handle": string(h), "name": fold(name), "email": strings.ToLower(string(p.Email)), string(GitHub): strings.ToLower(string(p.GitHub)), string(GitLab): strings.ToLower(string(p.GitLab)), string(Slack): strings.ToLower(string(p.Slack))} {
		if value == "" {
			continue
		}
		key := kind + " " + value
		if was, taken := b.owner[key]; taken { // of a name alone: who is meant by it is not known
			was.many = true
			b.owner[key] = was
			continue
		}
		b.owner[key] = claim{handle: h, row: r.number}
	}
	b.roster.People[h] = p
	if by := r.cells[Manager]; words.Says(by) {
		b.managed[h] = managed{by, r.number}
	}
}

// email reads an e-mail address. ok is false where the row is of no use.
func (b *builder) email(r row) (e schema.Email, ok bool) {
	cell := r.cells[Email]
	if cell == "" {
		return "", true
	}
	address := bareAddress(cell)
	if !emailForm.MatchString(address) {
		b.remark(r.number, "%s is no e-mail address: it was left out", words.Code(clip(cell)))
		return "", true
	}
	if other, taken := b.owner["email "+strings.ToLower(address)]; taken {
		b.refuse(r.number, "%s is the e-mail address of row %d, %s, too", words.Code(address), other.row, words.Code(clip(string(b.roster.People[other.handle].Name))))
		return "", false
	}
	return schema.Email(address), true
}

// region reads a region. One that there is not makes the row useless: without a
// region, the person would serve all of them.
func (b *builder) region(r row) (schema.RegionName, bool) {
	cell := r.cells[Region]
	if cell == "" {
		return "", true
	}
	region, ok := b.vocabulary.region(cell)
	if !ok {
		b.refuse(r.number, "%s is no region: write %s, or add it to escalations/policy.yaml; leave it empty for somebody who serves every region", words.Code(clip(cell)), words.Or(b.vocabulary.regionNames))
	}
	return region, ok
}

// left reads the day on which somebody left. Who left must not be taken for one who
// is there.
func (b *builder) left(r row) (schema.Date, bool) {
	cell := r.cells[Left]
	if cell == "" {
		return schema.Date{}, true
	}
	day, err := time.Parse(time.DateOnly, cell)
	if err != nil || !dayForm.MatchString(cell) {
		b.refuse(r.number, "%s is no day: write the day on which somebody left as 2026-10-31", words.Code(clip(cell)))
		return schema.Date{}, false
	}
	return schema.Date{Time: day}, true
}

// login reads the name of an account.
func (b *builder) login(r row, field Field, is *regexp.Regexp, what string) string {
	cell := strings.TrimPrefix(r.cells[field], "@")
	if _, after, found := strings.Cut(cell, ".com/"); found && !strings.Contains(after, "/") { // the address of the account's page
		cell = after
	}
	switch other, taken := b.owner[string(field)+" "+strings.ToLower(cell)]; {
	case cell == "":
		return ""
	case !is.MatchString(cell):
		b.remark(r.number, "%s is not %s: it was left out", words.Code(clip(r.cells[field])), what)
		return ""
	case taken:
		b.remark(r.number, "%s (%s) is that of row %d, too: it was left out", words.Code(clip(cell)), field, other.row)
		return ""
	}
	return cell
}

// handle is how a person is named in escalations: as the sheet says, else made of the
// name, the e-mail address or the login.
func (b *builder) handle(r row, p schema.Person) (schema.Handle, bool) {
	if cell := r.cells[Handle]; cell != "" {
		h := asHandle(cell)
		other, taken := b.owner["handle "+string(h)]
		switch {
		case h == "" || h == schema.PendingPerson:
			b.refuse(r.number, "%s is no handle: write small letters, digits, dots and dashes, such as jdoe", words.Code(clip(cell)))
			return "", false
		case taken:
			b.refuse(r.number, "%s is the handle of row %d, %s, too", words.Code(string(h)), other.row, words.Code(clip(string(b.roster.People[other.handle].Name))))
			return "", false
		}
		return h, true
	}
	local, _, _ := strings.Cut(string(p.Email), "@")
	for _, candidate := range []string{initialed(string(p.Name)), local, r.cells[GitHub]} {
		if h := asHandle(candidate); h != "" {
			return b.free(h), true
		}
	}
	b.refuse(r.number, "no handle can be made of %s: add a column `handle` with small letters, digits, dots and dashes", words.Code(clip(string(p.Name))))
	return "", false
}

// free returns a handle that nobody has yet: this one, or it with a number.
func (b *builder) free(h schema.Handle) schema.Handle {
	is := func(h schema.Handle) bool {
		_, taken := b.roster.People[h]
		return !taken && !b.reserved[h]
	}
	if is(h) {
		return h
	}
	// The next number is kept, or a thousand of one name would be a million tries.
	for {
		b.numbers[h] = max(b.numbers[h], 1) + 1
		if numbered := schema.Handle(fmt.Sprintf("%s%d", h, b.numbers[h])); is(numbered) {
			return numbered
		}
	}
}

// roles reads roles, by their names or as titles.
func (b *builder) roles(r row) []schema.Role {
	var roles []schema.Role
	for _, said := range b.vocabulary.roles(r.cells[Roles]) {
		if said.role != "" && !slices.Contains(roles, said.role) {
			roles = append(roles, said.role)
		}
		if said.named {
			continue
		}
		key := fold(said.words)
		at, known := b.titles[key]
		if !known {
			at = len(b.roster.Titles)
			b.titles[key] = at
			b.roster.Titles = append(b.roster.Titles, Title{Words: said.words, Role: said.role})
		}
		b.roster.Titles[at].Rows = append(b.roster.Titles[at].Rows, r.number)
	}
	return roles
}

// managers says of everybody who the manager is, by handle, e-mail address or name.
func (b *builder) managers() {
	for h, m := range b.managed {
		who, ok := b.find(m.by)
		switch {
		case !ok:
			b.remark(m.row, "the manager %s is nobody of the rows that were used: the manager was left out", words.Code(clip(m.by)))
		case who.many:
			b.remark(m.row, "several people are called %s: the manager was left out; write the handle or the e-mail address", words.Code(clip(m.by)))
		case who.handle == h:
			b.remark(m.row, "nobody is their own manager: the manager was left out")
		default:
			p := b.roster.People[h]
			p.Manager = who.handle
			b.roster.People[h] = p
		}
	}
}

// find is the person whom a cell means.
func (b *builder) find(cell string) (claim, bool) {
	for _, key := range []string{"handle " + string(asHandle(cell)), "email " + strings.ToLower(bareAddress(cell)), "name " + fold(inOrder(cell))} {
		if who, ok := b.owner[key]; ok {
			return who, true
		}
	}
	return claim{}, false
}

// formula is a cell that a spreadsheet computes.
var formula = regexp.MustCompile(`^(=|[@+-][A-Za-z.]*\()`)

// What the fields of the schema take.
var (
	handleForm = form(schema.Handle("").JSONSchema())
	emailForm  = form(schema.Email("").JSONSchema())
	gitHubForm = form(schema.GitHubLogin("").JSONSchema())
	gitLabForm = form(schema.GitLabLogin("").JSONSchema())
	slackForm  = form(schema.SlackID("").JSONSchema())
	dayForm    = form(schema.Date{}.JSONSchema())
)

func form(s *jsonschema.Schema) *regexp.Regexp { return regexp.MustCompile(s.Pattern) }

// clip is a cell as a remark quotes it: on one line, and not too long.
func clip(cell string) string { return words.Clip(words.Line(cell), 60) }
