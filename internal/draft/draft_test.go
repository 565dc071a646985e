package draft_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/draft/draftprint"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// at is a Tuesday, 10:30 in Berlin.
var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// open is the fixture, with another content of its escalation.
func open(t interface{ Fatal(...any) }, check *shape.Checker, content []byte) *tree.Tree {
	tr, err := tree.Open(fstest.MapFS{
		fixture.Northwind: {Data: content}, fixture.People: {Data: []byte(fixture.Read(fixture.People))},
	}, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// checker is what the files are compared with.
func checker(t *testing.T) *shape.Checker {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// do does something to an escalation of a tree.
func do(tr *tree.Tree, path string, by schema.Handle, a act.Act, given map[string][]string) (d draft.Draft, err error) {
	c := &act.Case{Tree: tr, By: by, At: at}
	var data []byte
	if path != "" {
		c.Escalation = tr.Load(path)
		data = c.Escalation.Data
	}
	if err := a.Ready(c); err != nil {
		return d, err
	}
	answers, unanswered, err := a.Read(c, given)
	if err != nil {
		return d, err
	}
	if len(unanswered) > 0 {
		var names []string
		for _, q := range unanswered {
			names = append(names, q.Name)
		}
		return d, fmt.Errorf("it asks for %s", strings.Join(names, ", "))
	}
	if path == "" {
		path = tree.Path(act.ID(answers))
	}
	out, err := splice.Apply(schema.KindEscalation, path, data, a.Edit(c, answers)...)
	if err != nil {
		return d, err
	}
	return draft.Of(lint.Base{Tree: tr}, path, out, at, nil), nil
}

// What each act does to the file of the fixture, what it will have announced, and until
// when the clocks run then; or why it is refused. The words behind the name answer its
// questions.
func TestActs(t *testing.T) {
	t.Parallel()
	const golden = "testdata/acts.txtar"
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	check := checker(t)
	acts := append(act.All(), act.New())
	done := map[string]bool{}
	for i, f := range archive.Files {
		fields := strings.Split(f.Name, " | ")
		name, by := fields[0], schema.Handle("jdoe")
		var given map[string][]string
		state := fixture.Read(fixture.Northwind)
		for _, field := range fields[1:] {
			question, answer, _ := strings.Cut(field, "=")
			switch question {
			case "by":
				by = schema.Handle(answer)
			case "closed":
				state = strings.Replace(state, "five working days\n", "five working days\n    met: 2026-11-23\n", 1) + closure
			case "also": // more of the file
				state += strings.ReplaceAll(answer, `\n`, "\n") + "\n"
			case "but":
				was, is, _ := strings.Cut(answer, " ->")
				was, is = strings.ReplaceAll(was, `\n`, "\n"), strings.TrimPrefix(is, " ")
				if !strings.Contains(state, was) {
					t.Fatalf("%s: the file has no %q", f.Name, was)
				}
				state = strings.Replace(state, was, strings.ReplaceAll(is, `\n`, "\n"), 1)
			default:
				if given == nil {
					given = map[string][]string{}
				}
				given[question] = append(given[question], strings.ReplaceAll(answer, `\n`, "\n"))
			}
		}
		k := slices.IndexFunc(acts, func(a act.Act) bool { return a.Name == name })
		if k < 0 {
			t.Fatalf("there is no act %q", name)
		}
		done[name] = true
		path := fixture.Northwind
		if name == "new" {
			path = ""
		}
		var got strings.Builder
		d, err := do(open(t, check, []byte(state)), path, by, acts[k], given)
		wrong := (*act.AnswerError)(nil)
		switch {
		case errors.As(err, &wrong) && wrong.Idle:
			fmt.Fprintf(&got, "nothing to do: %s\n", wrong.Message)
		case err != nil:
			fmt.Fprintf(&got, "no: %v\n", err)
		case len(d.Errors) > 0:
			err = draftprint.Refused(&got, d, terminal.Screen{Width: 100})
		case !d.Changes():
			got.WriteString("nothing to do\n")
		default:
			err = draftprint.Text(&got, d, terminal.Screen{Width: 100})
		}
		if err != nil && got.Len() == 0 {
			t.Error(err)
		}
		if got.String() != string(f.Data) && !*update {
			t.Errorf("%s:\n got\n%swant\n%s", f.Name, got.String(), f.Data)
		}
		archive.Files[i].Data = []byte(got.String())
	}
	for _, a := range acts {
		if !done[a.Name] {
			t.Errorf("nothing is done by %s", a.Name)
		}
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const closure = `closure:
  at: 2026-11-23T10:00:00Z
  by: jdoe
  resolution: resolved
  outcome: positive
  exit_criteria_met: true
  summary: The queue was split by team.
  agreement: https://docs.example.com/agreed
  sentiment: green
`

// Whatever is done in whatever order: what is not refused has no errors, nothing of it
// is older than what was there, and no update that was there is lost or rewritten but by
// a redaction.
func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	check := checker(t)
	text := rapid.SampledFrom([]string{"It is so.", "Now: #4711 is slow", "- a list\n- of two", "no", "\"quoted\" 'twice'", "@jdoe <!here>", "tab\tand  blanks ", "🙂 \u200fעברית", "a\n\n\nb", "---\n...", "key: {value: [}"})
	rapid.Check(t, func(rt *rapid.T) {
		content := []byte(fixture.Read(fixture.Northwind))
		for range rapid.IntRange(1, 3).Draw(rt, "acts") {
			a := rapid.SampledFrom(act.All()).Draw(rt, "act")
			tr := open(rt, check, content)
			c := &act.Case{Tree: tr, Escalation: tr.Load(fixture.Northwind), By: "jdoe", At: at}
			if a.Ready(c) != nil {
				continue
			}
			given := map[string][]string{}
			for range 12 {
				page, err := a.Page(c, given, rapid.Bool().Draw(rt, "all"))
				if err != nil || len(page) == 0 {
					break
				}
				answers, _, _ := a.Read(c, given)
				for _, q := range page {
					switch options := q.Options(c, answers); {
					case len(options) > 0 && q.Form != act.Line && q.Form != act.Text:
						given[q.Name] = []string{rapid.SampledFrom(options).Draw(rt, q.Name).Value}
					case q.Form == act.Text || q.Form == act.Line:
						given[q.Name] = []string{text.Draw(rt, q.Name)}
					case q.Form == act.Yes:
						given[q.Name] = []string{rapid.SampledFrom([]string{"yes", "no"}).Draw(rt, q.Name)}
					case q.Form == act.Day:
						given[q.Name] = []string{rapid.SampledFrom([]string{"today", "tomorrow", "2026-12-01", "2026-11-23"}).Draw(rt, q.Name)}
					case q.Form == act.Link:
						given[q.Name] = []string{"https://docs.example.com/" + rapid.StringMatching(`[a-z#:,]{1,5}`).Draw(rt, q.Name)}
					case q.Form == act.Hour:
						given[q.Name] = []string{"9:30"}
					case q.Form == act.Number:
						given[q.Name] = []string{"20"}
					default:
						given[q.Name] = []string{}
					}
				}
			}
			d, err := do(tr, fixture.Northwind, "jdoe", a, given)
			if err != nil {
				if refusal := (*splice.Refusal)(nil); errors.As(err, &refusal) {
					rt.Fatalf("%s %v is not written: %v", a.Name, given, err)
				}
				continue
			}
			if len(d.Errors) > 0 {
				continue
			}
			was, is := tr.Load(fixture.Northwind), d.Now.Load(fixture.Northwind)
			for _, f := range lint.Run(d.Now, rule.All()).Findings {
				if f.Level == "error" {
					rt.Fatalf("%s %v: %s\n%s", a.Name, given, f.Message, d.Data)
				}
			}
			if process.Open(&was.Escalation) && len(is.Updates) < len(was.Updates) {
				rt.Fatalf("%s %v: an update is lost", a.Name, given)
			}
			for i, u := range was.Updates {
				if now := is.Updates[i]; now.Redacted == "" && (now.Text != u.Text || !now.At.Equal(u.At.Time)) {
					rt.Fatalf("%s %v: update %d is another", a.Name, given, i+1)
				}
			}
			content = d.Data
		}
	})
}
