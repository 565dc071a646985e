package roster_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	utf "golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/roster"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/schema"
)

func read(t testing.TB, text string) roster.Roster {
	t.Helper()
	r, err := roster.Read([]byte(text), schema.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said is a roster on a few lines: people, then what could not be used.
func said(r roster.Roster) string {
	var b strings.Builder
	for _, h := range slices.Sorted(maps.Keys(r.People)) {
		p := r.People[h]
		left := ""
		if !p.Left.IsZero() {
			left = p.Left.Format("2006-01-02")
		}
		fmt.Fprintf(&b, "%s: %s|%s|%s|%s|%s|%v|%s|%s|%s\n", h, p.Name, p.GitHub, p.GitLab, p.Slack, p.Email, p.Roles, p.Region, p.Manager, left)
	}
	for _, title := range r.Titles {
		fmt.Fprintf(&b, "%s = %s %v\n", title.Words, title.Role, title.Rows)
	}
	for _, m := range r.Remarks {
		fmt.Fprintf(&b, "%d %t %s\n", m.Row, m.Refused, m.Text)
	}
	return b.String()
}

// What becomes of each kind of sheet.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sheet, want string }{
		"as the directory has it": {
			"handle,name,github,gitlab,slack,email,roles,region,manager,left\njdoe,Jo Doe,jodoe,jo.doe,U012AB3CD,jo@example.com,\"csm, csm_manager\",EMEA,rking,\nrking,Robin King,,,,,csm_leader,,,2026-10-31\n",
			"jdoe: Jo Doe|jodoe|jo.doe|U012AB3CD|jo@example.com|[csm csm_manager]|EMEA|rking|\nrking: Robin King|||||[csm_leader]|||2026-10-31\n",
		},
		"of the personnel department, with semicolons": {
			"\ufeffEmployee Name;Work E-Mail;Job Title;Cost centre;Reports To;Sales Region\r\nDoe, Jo;jo.doe@example.com;Senior Customer Success Manager, EMEA;4711;Robin King;Europe\r\nRobin King;robin@example.com;Director of Customer Success;;;Worldwide\r\n",
			"jdoe: Jo Doe||||jo.doe@example.com|[csm]|EMEA|rking|\nrking: Robin King||||robin@example.com|[csm_leader]|||\nSenior Customer Success Manager, EMEA = csm [2]\nDirector of Customer Success = csm_leader [3]\n",
		},
		"with tabs, empty cells and a first line of Excel's": {
			"sep=\t\nFirst Name\tLast Name\tGitHub\tManager\nŁukasz\tWiśniewski\t\tzoe@example.com\n\nZoë\tO’Neill-Børg\t@Zoe-L\t\n",
			"lwisniewski: Łukasz Wiśniewski|||||[]|||\nzoneillborg: Zoë O’Neill-Børg|Zoe-L||||[]|||\n3 false the manager `zoe@example.com` is nobody of the rows that were used: the manager was left out\n",
		},
		"titles": {
			"name,title\nA A,CEO & Founder\nB B,\"SVP, Customer Success\"\nC C,Vice President of Sales / CRO\nD D,Assistant to the CEO/CRO\nE E,Wizard\nF F,Staff Software Engineer II\nG G,n/a\nH H,\"csm\nproduct_manager\"\nI I,Wizard\n",
			"aa: A A|||||[ceo]|||\nbb: B B|||||[vp_customer_success]|||\ncc: C C|||||[vp_sales cro]|||\ndd: D D|||||[]|||\nee: E E|||||[]|||\nff: F F|||||[engineering]|||\ngg: G G|||||[]|||\nhh: H H|||||[csm product_manager]|||\nii: I I|||||[]|||\n" +
				"Founder =  [2]\nSVP, Customer Success = vp_customer_success [3]\nVice President of Sales = vp_sales [4]\nAssistant to the CEO/CRO =  [5]\nWizard =  [6 10]\nStaff Software Engineer II = engineering [7]\n",
		},
		"the same twice": {
			"handle,name,email,github\njdoe,Jo Doe,jo@example.com,jodoe\nJDoe,Jane Doe,,\njane,Jane Doe,JO@example.com,\nmlee,Min Lee,,JoDoe\n",
			"jdoe: Jo Doe|jodoe|||jo@example.com|[]|||\nmlee: Min Lee|||||[]|||\n" +
				"3 true `jdoe` is the handle of row 2, `Jo Doe`, too\n4 true `JO@example.com` is the e-mail address of row 2, `Jo Doe`, too\n5 false `JoDoe` (github) is that of row 2, too: it was left out\n",
		},
		"names that are alike": {
			"name,email,manager\nJo Doe,jo@example.com,\nJohn Doe,john@example.com,Jo Doe\nJo Doe,jo2@example.com,jdoe3\nJo Doe,,\nMin Lee,,JOHN DOE\n",
			"jdoe: Jo Doe||||jo@example.com|[]|||\njdoe2: John Doe||||john@example.com|[]|||\njdoe3: Jo Doe||||jo2@example.com|[]|||\nmlee: Min Lee|||||[]||jdoe2|\n" +
				"3 false several people are called `Jo Doe`: the manager was left out; write the handle or the e-mail address\n4 false nobody is their own manager: the manager was left out\n5 true `Jo Doe` is in row 2 already, and nothing tells the two apart: give each an e-mail address or a handle of their own, or list the person once\n",
		},
		"hostile cells": {
			"name,email,github,slack,region,left,manager,handle\n=HYPERLINK(\"https://a.example\"),,,,,,\n" +
				"Ann\u202e Lee,not an address,=1+1,#general,,,=A2\n@SUM(A1:A9),x@example.com,-rf,,,,\nNo Body,,,,Narnia,,\nGone Long,,,,,10/31/2026,\nTBD,,,,,,\n,lonely@example.com,,,,,\nyes,,,,,,\n\"a\nb: c # d\",,,,,,\n佐藤,sato@example.com,,,,,\n佐藤 太郎,,,,,,\nno@example.com,,,,,,\nA B,,,,,,,no handle\nA B,,,,,,,pending\n",
			"ad: a b: c # d|||||[]|||\nalee: Ann Lee|||||[]|||\nsato: 佐藤||||sato@example.com|[]|||\nyes: yes|||||[]|||\n" +
				"2 true its quotes are not in pairs (line 2 of the file): nothing of it was read\n" +
				"3 false the github is a formula, `=1+1`: it was left out\n3 false the manager is a formula, `=A2`: it was left out\n" +
				"3 false `not an address` is no e-mail address: it was left out\n3 false `#general` is not a member id of Slack, such as U012AB3CD: it was left out\n" +
				"4 true the name is a formula, `@SUM(A1:A9)`: export the values alone\n" +
				"5 true `Narnia` is no region: write AMER, APAC, EMEA or PubSec, or add it to escalations/policy.yaml; leave it empty for somebody who serves every region\n" +
				"6 true `10/31/2026` is no day: write the day on which somebody left as 2026-10-31\n7 true it has no name\n8 true it has no name\n" +
				"12 true no handle can be made of `佐藤 太郎`: add a column `handle` with small letters, digits, dots and dashes\n" +
				"13 true `no@example.com` is no name\n14 true `no handle` is no handle: write small letters, digits, dots and dashes, such as jdoe\n15 true `pending` is no handle: write small letters, digits, dots and dashes, such as jdoe\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := said(read(t, c.sheet)); got != c.want {
				t.Errorf("\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// What the columns were taken for, and what cannot be read at all.
func TestColumns(t *testing.T) {
	t.Parallel()
	columns := func(heading string) string {
		r, err := roster.Read([]byte(heading), schema.DefaultPolicy())
		if err != nil {
			return err.Error()
		}
		var list []string
		for _, c := range r.Columns {
			list = append(list, c.Heading+"="+string(c.Field))
		}
		return string(r.Delimiter) + " " + strings.Join(list, " ")
	}
	utf16, err := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewEncoder().String("Name\tE-Mail\nZoë\tzoe@example.com\n")
	if err != nil {
		t.Fatal(err)
	}
	for heading, want := range map[string]string{
		"Name,Email":                         ", Name=name Email=email",
		"name;e-mail address;\"a;b\"":        "; name=name e-mail address=email a;b=",
		utf16:                                "\t Name=name E-Mail=email",
		"Manager Email,Title,Role,Name,NAME": ", Manager Email=manager Title= Role=roles Name=name NAME=",
		"First Name,Surname,Full Name":       ", First Name= Surname= Full Name=name",
		"Who":                                ", Who=name",
		"Jo Doe,jo@example.com":              "no column has the names of people: the first row must have headings, such as name, email, github, title, region, manager; it has `Jo Doe` and `jo@example.com`",
		"":                                   "there is nothing in it that could be headings",
		"Name\nZo\xeb":                       "it is not in UTF-8: names would be misspelt; export it as CSV (UTF-8)",
		"PK\x03\x04":                         "this is a spreadsheet itself: export it as CSV (UTF-8)",
	} {
		if got := columns(heading); got != want {
			t.Errorf("%q:\n%s\nwant\n%s", heading, got, want)
		}
	}
}

// A region and a role of the policy's own are known.
func TestPolicy(t *testing.T) {
	t.Parallel()
	p := schema.DefaultPolicy()
	p.Regions["LATAM"], p.Roles["deal_desk"] = schema.Region{Zone: "America/Sao_Paulo"}, schema.RoleInfo{}
	r, err := roster.Read([]byte("name,role,region\nJo Doe,Deal Desk,latam\n"), p)
	if got, want := said(r), "jdoe: Jo Doe|||||[deal_desk]|LATAM||\n"; err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// Whatever stands in the cells, each row is a person or told, and what is written of
// the people reads as them and fits the schema.
func TestAnyCells(t *testing.T) {
	t.Parallel()
	checker, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	cell := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "", "Jo Doe", "jo@example.com", "JO@example.com", "jdoe", "JDoe", "@jdoe", "no", "null", "1e3", "2026-10-31", "0x1F", "on", "~", "- a", "a: b", "a #b", "'", "\"", "{a", "[", "*a", "&a", "!a", "|", "%", "`",
		"=1+1", "+SUM(A1)", "a\nb", "a\r\n\r\nb", "\t", "\u202e", "\ufeff", "\u00a0", "👩🏽\u200d🚒", "Zoë", "Łukasz Wiśniewski", "佐藤 太郎", "Doe, Jo", "Doe, MBA", "csm", "CSM; CEO", "VP, Product", "Customer Success Manager", "EMEA", "Europe", "global", "U012AB3CD", "pending", "TBD",
	}))
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.Permutation(roster.Fields()).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, len(fields), len(fields)), 0, 8).Draw(t, "rows")
		var sheet strings.Builder
		w := csv.NewWriter(&sheet)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "delimiter")
		headings := make([]string, len(fields))
		for i, f := range fields {
			headings[i] = string(f)
		}
		if err := w.WriteAll(append([][]string{headings}, rows...)); err != nil {
			t.Fatal(err)
		}
		r, err := roster.Read([]byte(sheet.String()), schema.DefaultPolicy())
		if err != nil {
			t.Fatal(err)
		}
		if r.Delimiter != w.Comma {
			t.Fatalf("the delimiter is %q", r.Delimiter)
		}
		check(t, checker, r)
		least := 0 // rows in which something stands
		for _, row := range rows {
			if strings.ContainsFunc(strings.Join(row, ""), func(c rune) bool { return c < 0x250 && unicode.IsLetter(c) }) {
				least++
			}
		}
		if n := len(r.People) + r.Refused(); n < least || n > len(rows) {
			t.Fatalf("%d people and %d refused of %d rows\n%s\n%s", len(r.People), r.Refused(), least, sheet.String(), said(r))
		}
	})
}

// check holds a roster to what is promised of each.
func check(t interface {
	Fatalf(format string, args ...any)
}, checker *shape.Checker, r roster.Roster,
) {
	if len(r.People) == 0 {
		return
	}
	data, err := splice.Apply(schema.KindPeople, "people.yaml", nil, splice.Set("/people", r.People))
	if err != nil {
		t.Fatalf("%v", err)
	}
	doc := document.Read("people.yaml", data)
	_, faults := checker.Check(schema.KindPeople, doc)
	if len(doc.Findings) > 0 || len(faults) > 0 {
		t.Fatalf("%+v %+v\n%s", doc.Findings, faults, data)
	}
	var got schema.Directory
	doc.Decode(&got)
	if !reflect.DeepEqual(got.People, r.People) {
		t.Fatalf("%v\nwant\n%v\n%s", got.People, r.People, data)
	}
	seen := map[string]bool{}
	for h, p := range r.People {
		for _, own := range []string{"github " + strings.ToLower(string(p.GitHub)), "gitlab " + strings.ToLower(string(p.GitLab)), "slack " + strings.ToLower(string(p.Slack)), "email " + strings.ToLower(string(p.Email))} {
			if !strings.HasSuffix(own, " ") && seen[own] {
				t.Fatalf("%s is doubled\n%s", own, data)
			}
			seen[own] = true
		}
		if _, known := r.People[p.Manager]; p.Manager != "" && (!known || p.Manager == h) {
			t.Fatalf("the manager of %s is %s\n%s", h, p.Manager, data)
		}
		if h == schema.PendingPerson {
			t.Fatalf("somebody is %s", h)
		}
	}
}

// A row that holds something is a person or is refused, whatever the sheet is like.
func FuzzRead(f *testing.F) {
	checker, err := shape.NewChecker()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"name,email\nJo Doe,jo@example.com\n", "Name;Role\n\"a\nb\";csm\n\n\"x;y\n", "sep=,\nname\nJo\n", "\xff\xfen\x00a\x00m\x00e\x00", "name\tleft\nJo\t2026-02-30\n", "name,handle\n,\n\"\"\",a\nJo,jo\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := roster.Read(data, schema.DefaultPolicy())
		if err != nil {
			return
		}
		check(t, checker, r)
		for i, m := range r.Remarks {
			if m.Row < 1 || i > 0 && m.Row < r.Remarks[i-1].Row {
				t.Fatalf("remark %d is of row %d", i, m.Row)
			}
		}
	})
}

// A thousand people of one name take no longer than others.
func TestManyOfOneName(t *testing.T) {
	t.Parallel()
	var sheet strings.Builder
	sheet.WriteString("name,email\n")
	for i := range 8000 {
		fmt.Fprintf(&sheet, "Jo Doe,jo%d@example.com\n", i)
	}
	r := read(t, sheet.String())
	if len(r.People) != 8000 || len(r.Remarks) > 0 || r.People["jdoe8000"].Email != "jo7999@example.com" {
		t.Errorf("%d people, %d remarks", len(r.People), len(r.Remarks))
	}
}
