package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
)

const (
	path   = "escalations/2026/northwind.yaml"
	people = "escalations/people.yaml"
	policy = "escalations/policy.yaml"
)

func read(name string) string {
	return fixture.Read(name)
}

// edit replaces texts, one after the other.
func edit(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("no " + pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// replay is what an audit tells: a line for each violation, and the result.
func replay(t *testing.T, r *gittest.Repo, from string) (string, audit.Result) {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	o := audit.Options{From: from, To: r.Head(), Tell: func(v audit.Violation) error {
		fmt.Fprintf(&b, "%s: %s:%d %s %s\n", v.Subject, strings.TrimPrefix(v.Path, "escalations/"), v.Line, v.Rule, v.Value)
		return nil
	}}
	result, err := audit.Run(t.Context(), r.Open(), check, rule.All(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), result
}

func want(t *testing.T, got string, lines ...string) {
	t.Helper()
	if want := strings.Join(append(lines, ""), "\n"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A violation is told of the commit that brought it in, and once.
func TestViolations(t *testing.T) {
	t.Parallel()
	base := read(path)
	r := gittest.New(t)
	r.Commit("open", path, base, people, read(people))
	r.Commit("ask", path, edit(base, "dri: jdoe\n", "dri: arivera\n"))
	r.Commit("more", path, edit(base, "dri: jdoe\n", "dri: arivera\n", "summary: P", "summary: All p"))
	r.Commit("moved line", path, "# hello\n"+edit(base, "dri: jdoe\n", "dri: arivera\n"))
	r.Commit("right again", path, base)
	r.Commit("wrong again", path, edit(base, "dri: jdoe\n", "dri: arivera\n"))
	got, result := replay(t, r, "")
	want(t, got,
		"ask: 2026/northwind.yaml:14 dri-explained arivera",
		"ask: 2026/northwind.yaml:14 escalation-dri arivera",
		"right again: 2026/northwind.yaml:14 dri-explained jdoe",
		"wrong again: 2026/northwind.yaml:14 dri-explained arivera",
		"wrong again: 2026/northwind.yaml:14 escalation-dri arivera",
	)
	if result.Commits != 6 || result.Errors != 5 {
		t.Errorf("%d commits, %d errors", result.Commits, result.Errors)
	}
}

// A commit from before there were escalations has nothing to be judged, and so
// does not lack a directory.
func TestBefore(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("first", "README.md", "Soon")
	r.Commit("second", "README.md", "Now")
	got, _ := replay(t, r, "")
	want(t, got)
	r.Commit("open", path, read(path), people, read(people))
	got, _ = replay(t, r, "")
	want(t, got)
	r.Commit("gone", people, "")
	got, _ = replay(t, r, "")
	want(t, got, "gone: people.yaml:1 directory-there ")
}

// What the directory or the policy breaks in files that nobody touched is told
// of the commit that changed it.
func TestDirectory(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("open", path, read(path), people, read(people))
	r.Commit("role", people, edit(read(people), "mlee: {name: Min Lee, roles: [group_product_manager]}", "mlee: {name: Min Lee, roles: [product_manager]}"))
	r.Commit("nothing new", people, edit(read(people), "mlee: {name: Min Lee, roles: [group_product_manager]}", "mlee: {name: Min Leeson, roles: [product_manager]}"))
	r.Commit("vacant", people, edit(read(people), "roles: [cro]", "roles: []"))
	r.Commit("broken", people, "people: [")
	r.Commit("gone", people, "")
	r.Commit("back", people, read(people))
	r.Commit("policy", policy, "severities: {high: {product_dri: [vp_product]}}\n")
	r.Commit("misplaced", "escalations/x.yaml", "x")
	r.Commit("misplaced still", "escalations/x.yaml", "y", "escalations/2026/z.yml", "z")
	got, _ := replay(t, r, "")
	want(t, got,
		"role: 2026/northwind.yaml:17 product-dri-level mlee",
		"vacant: people.yaml:1 role-vacant cro",
		"broken: people.yaml:1 field-type ",
		"broken: people.yaml:1 yaml-bracket [",
		"gone: people.yaml:1 directory-there ",
		"policy: 2026/northwind.yaml:17 product-dri-level mlee",
		"misplaced: x.yaml:1 file-place ",
		"misplaced still: 2026/z.yml:1 file-place ",
	)
}

// A version that breaks the YAML is told; the one that mends it brings nothing
// in, and is compared with the last one that could be read.
func TestBroken(t *testing.T) {
	t.Parallel()
	base := read(path)
	wrong := edit(base, "dri: jdoe\n", "dri: arivera\n")
	r := gittest.New(t)
	r.Commit("open", path, wrong, people, read(people))
	r.Commit("break", path, "just text\n")
	r.Commit("still", path, "just text\n# and more\n")
	r.Commit("mend", path, edit(wrong, "severity: high", "severity: medium"))
	r.Commit("conflict", path, edit(wrong, "severity: high\n", "<<<<<<< HEAD\nseverity: low\n=======\nseverity: medium\n>>>>>>> main\n"))
	r.Commit("mend again", path, edit(wrong, "severity: high", "severity: medium"))
	got, _ := replay(t, r, "")
	want(t, got,
		"open: 2026/northwind.yaml:14 escalation-dri arivera",
		"break: 2026/northwind.yaml:1 yaml-syntax ",
		"mend: 2026/northwind.yaml:3 severity-explained medium",
		"conflict: 2026/northwind.yaml:3 merge-conflict ",
	)
}

// P36: a file that goes is told of, one that goes back to its name is not.
func TestPaths(t *testing.T) {
	t.Parallel()
	const other = "escalations/2026/other.yaml"
	base := read(path)
	r := gittest.New(t)
	r.Commit("people", people, read(people))
	r.Commit("open", path, base)
	r.Git("mv", path, other)
	r.Commit("move")
	r.Git("mv", other, path)
	r.Commit("back")
	r.Git("mv", path, "escalations/2026/Northwind.yaml")
	r.Commit("misname")
	r.Git("mv", "escalations/2026/Northwind.yaml", path)
	r.Commit("name")
	if err := os.Rename(filepath.Join(r.Dir, path), filepath.Join(r.Dir, "northwind.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../northwind.yaml", filepath.Join(r.Dir, path)); err != nil {
		t.Fatal(err)
	}
	r.Commit("link")
	r.Git("revert", "--no-edit", "HEAD")
	r.Git("revert", "--no-edit", "HEAD~6")
	r.Now = r.Now.Add(time.Hour)
	r.Commit("reuse", path, edit(base, "09:30:00Z", "10:30:00Z"))
	got, result := replay(t, r, "")
	want(t, got,
		"move: 2026/other.yaml:1 path-kept ",
		"misname: 2026/Northwind.yaml:1 file-place ",
		"link: 2026/northwind.yaml:1 file-link ",
		`Revert "open": 2026/northwind.yaml:1 path-kept `,
		"reuse: 2026/northwind.yaml:4 opened-kept 2026-11-20T10:30:00Z",
	)
	if len(result.Rows) != 2 || result.Rows[0].Status != "open" || result.Rows[1].Status != "deleted" {
		t.Errorf("got %+v", result.Rows)
	}
}

// Of a range, what was there before is known and not told.
func TestRange(t *testing.T) {
	t.Parallel()
	base := read(path)
	wrong := edit(base, "dri: jdoe\n", "dri: arivera\n")
	r := gittest.New(t)
	r.Commit("first", path, base, people, read(people), "escalations/x.yaml", "x")
	from := r.Commit("wrong", path, wrong)
	r.Commit("more", path, edit(wrong, "summary: P", "summary: All p"))
	r.Commit("severity", path, edit(wrong, "severity: high", "severity: medium"))
	got, result := replay(t, r, from)
	want(t, got, "severity: 2026/northwind.yaml:3 severity-explained medium")
	if result.Commits != 2 || len(result.Rows) != 1 {
		t.Errorf("got %+v", result)
	}
	if got, result := replay(t, r, r.Head()); got != "" || result.Commits != 0 || len(result.Rows) != 1 {
		t.Errorf("of nothing: %s%+v", got, result)
	}
}
