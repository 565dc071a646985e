package roster

import (
	"maps"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Field is what a column may hold of a person.
type Field string

// The fields.
const (
	Handle  Field = "handle"
	Name    Field = "name"
	First   Field = "first name"
	Last    Field = "last name"
	Email   Field = "email"
	GitHub  Field = "github"
	GitLab  Field = "gitlab"
	Slack   Field = "slack"
	Roles   Field = "roles"
	Region  Field = "region"
	Manager Field = "manager"
	Left    Field = "left"
)

// Fields returns the fields, in the order in which a person is described.
func Fields() []Field {
	return []Field{Handle, Name, First, Last, Email, GitHub, GitLab, Slack, Roles, Region, Manager, Left}
}

// headings are the words that stand above a column of each field, the surest first.
var headings = map[Field][]string{
	Handle:  {"handle", "username", "user name", "user", "login", "alias", "short name", "user id"},
	Name:    {"name", "full name", "display name", "preferred name", "employee name", "employee", "person", "worker", "who"},
	First:   {"first name", "given name", "forename", "firstname"},
	Last:    {"last name", "family name", "surname", "lastname"},
	Email:   {"email", "email address", "mail", "work email", "business email", "company email", "work email address"},
	GitHub:  {"github", "github login", "github username", "github user", "github handle", "github account", "github id"},
	GitLab:  {"gitlab", "gitlab username", "gitlab login", "gitlab user", "gitlab handle", "gitlab account"},
	Slack:   {"slack", "slack id", "slack member id", "slack user id", "member id"},
	Roles:   {"roles", "role", "title", "job title", "business title", "position", "function", "job"},
	Region:  {"region", "sales region", "territory", "theater", "theatre", "geo", "geography", "area"},
	Manager: {"manager", "manager handle", "manager email", "manager name", "manager s name", "manager s email", "reports to", "line manager", "direct manager", "supervisor", "boss"},
	Left:    {"left", "left on", "last day", "end date", "termination date", "leaving date"},
}

// guess says what columns hold. Each field is taken from the column whose heading is
// surest, the first of several.
func guess(row []string) []Column {
	columns := make([]Column, len(row))
	folded := make([]string, len(row))
	for i, heading := range row {
		columns[i].Heading = cleaned(heading, false)
		folded[i] = strings.ReplaceAll(fold(columns[i].Heading), "e mail", "email")
	}
	for field, known := range headings {
		for _, heading := range known {
			if i := slices.Index(folded, heading); i >= 0 {
				columns[i].Field = field
				break
			}
		}
	}
	if slices.ContainsFunc(columns, func(c Column) bool { return c.Field == Name }) { // it says it all
		for i, c := range columns {
			if c.Field == First || c.Field == Last {
				columns[i].Field = ""
			}
		}
	}
	return columns
}

// titles are the words of business cards for the roles of the process, without the
// words that shorten takes away.
var titles = map[string]schema.Role{
	"customer success manager": schema.RoleCSM,
	"manager customer success": schema.RoleCSMManager, "manager customer success managers": schema.RoleCSMManager,
	"customer success team manager": schema.RoleCSMManager, "customer success team lead": schema.RoleCSMManager, "manager csm": schema.RoleCSMManager,
	"director customer success": schema.RoleCSMLeader, "customer success director": schema.RoleCSMLeader, "head customer success": schema.RoleCSMLeader,
	"customer success leader": schema.RoleCSMLeader, "director csm": schema.RoleCSMLeader,
	"customer success engineer":            schema.RoleCSE,
	"manager customer success engineering": schema.RoleCSELeader, "customer success engineering manager": schema.RoleCSELeader,
	"director customer success engineering": schema.RoleCSELeader, "head customer success engineering": schema.RoleCSELeader,
	"ae": schema.RoleAccountExecutive, "sales executive": schema.RoleAccountExecutive,
	"sa": schema.RoleSolutionsArchitect, "solution architect": schema.RoleSolutionsArchitect,
	"professional services project manager": schema.RoleServicesProjectManager, "ps project manager": schema.RoleServicesProjectManager,
	"project manager professional services": schema.RoleServicesProjectManager,
	"technical support engineer":            schema.RoleSupportEngineer, "customer support engineer": schema.RoleSupportEngineer,
	"manager support": schema.RoleSupportManager, "technical support manager": schema.RoleSupportManager, "manager technical support": schema.RoleSupportManager,
	"customer support manager": schema.RoleSupportManager, "support engineering manager": schema.RoleSupportManager, "manager support engineering": schema.RoleSupportManager,
	"gpm": schema.RoleGroupProductManager, "group manager product": schema.RoleGroupProductManager,
	"director product": schema.RoleProductDirector, "director product management": schema.RoleProductDirector, "product management director": schema.RoleProductDirector,
	"vp sales": schema.RoleVPSales, "sales vp": schema.RoleVPSales,
	"vp product": schema.RoleVPProduct, "vp product management": schema.RoleVPProduct, "product vp": schema.RoleVPProduct,
	"vp customer success": schema.RoleVPCustomerSuccess, "customer success vp": schema.RoleVPCustomerSuccess,
	"chief revenue officer":   schema.RoleCRO,
	"chief executive officer": schema.RoleCEO,
	"software engineer":       schema.RoleEngineering, "engineer": schema.RoleEngineering, "engineering manager": schema.RoleEngineering,
	"software developer": schema.RoleEngineering, "backend engineer": schema.RoleEngineering, "frontend engineer": schema.RoleEngineering,
	"site reliability engineer": schema.RoleEngineering,
}

// ranks are the words of a title that say nothing of the role.
var ranks = []string{
	"senior", "sr", "junior", "jr", "associate", "principal", "staff", "strategic", "enterprise", "commercial", "regional", "global",
	"i", "ii", "iii", "iv", "of", "the", "for",
}

// others are the words that make another role of one.
var others = []string{"assistant", "former", "formerly", "ex", "intern", "deputy", "office"}

// regions are the words of people for the built-in regions. "" serves them all.
var regions = map[string]schema.RegionName{
	"americas": "AMER", "america": "AMER", "the americas": "AMER", "north america": "AMER", "na": "AMER", "us": "AMER", "usa": "AMER", "united states": "AMER",
	"europe": "EMEA", "eu": "EMEA", "europe middle east and africa": "EMEA", "europe middle east africa": "EMEA",
	"asia pacific": "APAC", "asia": "APAC", "apj": "APAC",
	"public sector": "PubSec", "pub sec": "PubSec", "federal": "PubSec", "us public sector": "PubSec",
	"global": "", "worldwide": "", "ww": "", "all": "", "all regions": "", "any": "", "world": "",
}

// vocabulary is which roles and regions there are, and what people call them.
type vocabulary struct {
	// named has the roles by their names, as words.
	named       map[string]schema.Role
	regionNames []string
	byRegion    map[string]schema.RegionName
}

func newVocabulary(policy schema.Policy) vocabulary {
	v := vocabulary{named: map[string]schema.Role{}, byRegion: map[string]schema.RegionName{}, regionNames: slices.Sorted(maps.Keys(policy.Regions))}
	for _, role := range slices.AppendSeq(schema.Roles(), maps.Keys(policy.Roles)) {
		v.named[fold(string(role))] = role
	}
	for words, region := range regions {
		if _, known := policy.Regions[string(region)]; known || region == "" {
			v.byRegion[words] = region
		}
	}
	for _, name := range v.regionNames { // the policy's word counts before ours
		v.byRegion[fold(name)] = schema.RegionName(name)
	}
	return v
}

// region reads a region.
func (v vocabulary) region(cell string) (schema.RegionName, bool) {
	region, ok := v.byRegion[fold(cell)]
	return region, ok
}

// saidRole is a word for a role.
type saidRole struct {
	words string
	// role is "" where it is none.
	role schema.Role
	// named says that it is the name of the role, and no guess.
	named bool
}

// roles reads a cell with a role or several, by name or as titles. The whole is looked
// at first: of "Manager, Customer Success" no half is a role.
func (v vocabulary) roles(cell string) []saidRole {
	cell = strings.TrimSpace(cell)
	if !words.Says(cell) {
		return nil
	}
	if said := v.role(words.Line(cell)); said.role != "" {
		return []saidRole{said}
	}
	var list []saidRole
	if slices.ContainsFunc(strings.Fields(fold(cell)), func(word string) bool { return slices.Contains(others, word) }) {
		return []saidRole{{words: words.Line(cell)}}
	}
	for _, part := range strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(",;/|&\n", c) }) {
		if part = words.Line(part); words.Says(part) {
			list = append(list, v.role(part))
		}
	}
	if !slices.ContainsFunc(list, func(s saidRole) bool { return s.role != "" }) { // then it is one title
		return []saidRole{{words: words.Line(cell)}}
	}
	return list
}

// role reads one role.
func (v vocabulary) role(text string) saidRole {
	said := saidRole{words: text}
	if role, ok := v.named[fold(text)]; ok {
		said.role, said.named = role, fold(text) == plain(text) || string(role) == plain(text)
		return said
	}
	short := v.shorten(text)
	if role, ok := v.named[short]; ok {
		said.role = role
	} else {
		said.role = titles[short]
	}
	return said
}

// shorten is a title without ranks and regions.
func (v vocabulary) shorten(title string) string {
	title = " " + fold(title) + " "
	for _, vp := range []string{" vice president ", " svp ", " evp ", " v p "} {
		title = strings.ReplaceAll(title, vp, " vp ")
	}
	var kept []string
	for _, word := range strings.Fields(title) {
		region, isRegion := v.byRegion[word]
		if !slices.Contains(ranks, word) && (!isRegion || region == "") {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}
