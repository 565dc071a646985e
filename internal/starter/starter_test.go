package starter_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

const (
	tagged = "1111111111111111111111111111111111111111"
	paged  = "2222222222222222222222222222222222222222"
)

func release(name string) starter.Wanted {
	return starter.Wanted{Version: starter.Version{Ref: tagged, Release: name}, Branch: "main"}
}

// repository is a repository with these files.
func repository(contents map[string]string) fstest.MapFS {
	r := fstest.MapFS{}
	for name, text := range contents {
		r[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return r
}

func made(t *testing.T, r fs.FS, w starter.Wanted) []starter.File {
	t.Helper()
	files, err := starter.New(r, w)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write writes what is to be written.
func write(r fstest.MapFS, files []starter.File) {
	for _, f := range files {
		if f.Changes() {
			r[f.Path] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
		}
	}
}

// said are the files, each as its state, path and why.
func said(files []starter.File) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(strings.TrimSpace(string(f.State)+" "+f.Path+" "+f.Why) + "\n")
	}
	return b.String()
}

// What a new repository begins with is a repository without a finding.
func TestNew(t *testing.T) {
	t.Parallel()
	checker, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	for name, people := range map[string]map[schema.Handle]schema.Person{
		"to be filled in": nil,
		"of a roster":     {"no": {Name: "Jo: Doe", Roles: []schema.Role{"csm"}, Manager: "rking"}, "rking": {Name: "yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := repository(nil), release("v1.2.3")
			w.People = people
			files := made(t, r, w)
			want := "made escalations/people.yaml\nmade escalations/policy.yaml\nmade schema/escalation.schema.json\nmade schema/people.schema.json\nmade schema/policy.schema.json\n" +
				"made .vscode/settings.json\nmade .vscode/extensions.json\nmade README.md\nmade .github/workflows/lint.yml\nmade .github/workflows/apply.yml\nmade .github/workflows/stale.yml\nmade .github/workflows/bot.yml\nmade .github/workflows/pages.yml\n" +
				"made .github/CODEOWNERS\nmade .github/pull_request_template.md\n"
			if got := said(files); got != want {
				t.Errorf("\n%s\nwant\n%s", got, want)
			}
			write(r, files)
			tr, err := tree.Open(r, checker)
			if err != nil {
				t.Fatal(err)
			}
			if report := lint.Run(tr, rule.All()); len(report.Findings) > 0 {
				t.Errorf("%+v", report.Findings)
			}
			if !maps.EqualFunc(tr.People.People, people, func(a, b schema.Person) bool { return a.Name == b.Name && a.Manager == b.Manager }) {
				t.Errorf("the people are %v", tr.People.People)
			}
			for _, f := range made(t, r, w) {
				if f.State != starter.There {
					t.Errorf("a second time, %s is %s: %s", f.Path, f.State, f.Why)
				}
			}
		})
	}
}

// The directory names every role that a severity needs, and all that it shows as an
// example is one.
func TestDirectoryNamesRoles(t *testing.T) {
	t.Parallel()
	r := repository(nil)
	write(r, made(t, r, release("v1.2.3")))
	text := string(r[tree.PeoplePath].Data)
	p := schema.DefaultPolicy()
	for _, s := range schema.AllSeverities() {
		for _, role := range slices.Concat(p.Severities.Of(s).Informs, p.Severities.Critical.ProductDRI, p.Severities.High.ProductDRI) {
			if !strings.Contains(text, "\n#   "+string(role)+" ") {
				t.Errorf("the directory does not name %s:\n%s", role, text)
			}
		}
	}
	var example schema.Directory
	_, lines, _ := strings.Cut(text, "#   jdoe")
	lines, _, _ = strings.Cut(lines, "#\n")
	if err := yaml.Unmarshal([]byte("people:\n    jdoe"+strings.ReplaceAll(lines, "#   ", "    ")), &example); err != nil || len(example.People) != 2 {
		t.Errorf("the example has %d people: %v", len(example.People), err)
	}
}

// What the policy shows as an example, without its #, is a policy that changes nothing
// of who is informed.
func TestPolicyExamples(t *testing.T) {
	t.Parallel()
	r := repository(nil)
	write(r, made(t, r, release("v1.2.3")))
	var lines []string
	for line := range strings.Lines(string(r[tree.PolicyPath].Data)) {
		if setting := strings.TrimPrefix(line, "# "); strings.HasPrefix(setting, "  ") || strings.Contains(setting, ": {") || strings.Contains(setting, ": [") || strings.HasSuffix(setting, ":\n") && !strings.Contains(setting, " ") {
			lines = append(lines, setting)
		}
	}
	checker, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	r[tree.PolicyPath].Data = []byte(strings.Join(lines, ""))
	r[tree.PeoplePath].Data = []byte("people: {jdoe: {name: Jo}, rking: {name: Robin}}\n")
	tr, err := tree.Open(r, checker)
	if err != nil {
		t.Fatal(err)
	}
	if report := lint.Run(tr, rule.All()); len(report.Findings) > 0 || len(tr.Policy.Triage) != 2 || tr.Policy.Roles["deal_desk"].Meaning == "" {
		t.Errorf("%+v\n%s", report.Findings, strings.Join(lines, ""))
	}
	for _, s := range schema.AllSeverities() {
		if want := schema.DefaultPolicy().Severities.Of(s).Informs; !slices.Equal(tr.Policy.Severities.Of(s).Informs, want) {
			t.Errorf("%s informs %v, want %v", s, tr.Policy.Severities.Of(s).Informs, want)
		}
	}
}

// What is there stays, and what is missing goes where it does no harm.
func TestNewKeeps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		not   []string
	}{
		"files of other kinds in their places": {
			map[string]string{
				"README.rst": "Ours", ".github/workflows/lint.yml": "name: eslint\non: push\njobs: {}\n", ".github/workflows/stale.yml": "uses: actions/stale@v9\n",
				"docs/codeowners": "* @acme/all\n", "Pull_Request_Template.md": "Ours", ".vscode/settings.json": "{}", "escalations/people.yml": "people: {}\n",
			},
			[]string{
				"made escalations/README.md there is a README.rst already", "made .github/workflows/escalate-lint.yml lint.yml is a workflow of yours", "made .github/workflows/apply.yml",
				"made .github/workflows/escalate-stale.yml stale.yml is a workflow of yours", "kept docs/codeowners", "kept Pull_Request_Template.md", "kept .vscode/settings.json",
				"kept escalations/people.yml rename it to people.yaml",
			},
			[]string{"made README.md", "made .github/CODEOWNERS", "made escalations/people.yaml"},
		},
		"the same under other names": {
			map[string]string{
				"README.md":                        "See https://github.com/escalations-as-code/escalate",
				".github/workflows/check.yaml":     "jobs:\n  a:\n    steps:\n      - uses: escalations-as-code/escalate@v0.1.0\n        with: {command: lint}\n",
				".github/workflows/everything.yml": "on: [push]\njobs:\n  a:\n    steps:\n      - uses: 'escalations-as-code/escalate@v0.1.0'\n        with:\n          command: \"apply\"\n",
				".github/workflows/other.yml":      "# uses: escalations-as-code/escalate@v0.1.0, command: stale\n",
			},
			[]string{
				"kept README.md", "kept .github/workflows/check.yaml `escalate init --upgrade` brings it to this version",
				"kept .github/workflows/everything.yml `escalate init --upgrade` brings it to this version", "made .github/workflows/stale.yml",
			},
			[]string{"made .github/workflows/lint.yml", "made .github/workflows/apply.yml", "made escalations/README.md"},
		},
		"a mirror, a script, and all on one line": {
			map[string]string{
				".github/workflows/lint.yml":  "on: push\njobs:\n  a:\n    steps:\n      - run: go run ./cmd/escalate lint\n",
				".github/workflows/apply.yml": "on: push\njobs: {a: {steps: [{uses: acme/escalate@v1.0.0, with: {command: apply}}]}}\n",
				".github/workflows/stale.yml": "on: {schedule: [{cron: 0 0 * * *}]}\njobs: {a: {steps: [{uses: ./, with: {command: apply}}, {run: escalate stale --apply}]}}\n",
				".github/workflows/forms.yml": "on: [issues]\njobs: {a: {steps: [{uses: ./, with: {command: bot}}]}}\n",
			},
			[]string{"kept .github/workflows/lint.yml", "kept .github/workflows/apply.yml", "kept .github/workflows/stale.yml", "kept .github/workflows/forms.yml"},
			[]string{"made .github/workflows/escalate-lint.yml lint.yml is a workflow of yours", "made .github/workflows/bot.yml"},
		},
		"pages of something else": {
			map[string]string{".github/workflows/pages.yml": "name: pages\n"},
			[]string{"made .github/workflows/escalate-pages.yml pages.yml is a workflow of yours"},
			nil,
		},
		"a board of their own": {
			map[string]string{".github/workflows/board.yml": "on: {schedule: [{cron: 0 0 * * *}]}\njobs: {a: {steps: [{run: escalate site -o out}]}}\n"},
			[]string{"kept .github/workflows/board.yml"},
			[]string{"made .github/workflows/pages.yml"},
		},
		"both names taken for pages": {
			map[string]string{".github/workflows/pages.yml": "a", ".github/workflows/escalate-pages.yml": "b"},
			[]string{"kept .github/workflows/escalate-pages.yml neither this nor pages.yml runs `escalate site`, and both names are taken"},
			nil,
		},
		"both names taken": {
			map[string]string{".github/workflows/lint.yml": "a", ".github/workflows/escalate-lint.yml": "b"},
			[]string{"kept .github/workflows/escalate-lint.yml neither this nor lint.yml runs `escalate lint`, and both names are taken"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := repository(c.files)
			files := made(t, r, release("v1.2.3"))
			lines := strings.Split(said(files), "\n")
			for _, want := range c.want {
				if !slices.Contains(lines, want) {
					t.Errorf("there is no line %q in\n%s", want, said(files))
				}
			}
			for _, not := range c.not {
				if slices.Contains(lines, not) {
					t.Errorf("there is the line %q in\n%s", not, said(files))
				}
			}
			write(r, files)
			if beside := r[".github/workflows/escalate-stale.yml"]; beside != nil && !strings.Contains(string(beside.Data), "\nname: escalate-stale\n") {
				t.Errorf("it has the name of the other:\n%s", beside.Data)
			}
			for name, text := range c.files {
				if string(r[name].Data) != text {
					t.Errorf("%s is overwritten", name)
				}
			}
			for _, f := range made(t, r, release("v1.2.3")) {
				if f.Changes() {
					t.Errorf("a second time, %s is %s", f.Path, f.State)
				}
			}
		})
	}
}

// A README that people went on with is not joined by another one.
func TestReadmeGoesOn(t *testing.T) {
	t.Parallel()
	r := repository(nil)
	write(r, made(t, r, release("v1.2.3")))
	r["README.md"].Data = []byte(strings.Replace(string(r["README.md"].Data), "# Customer escalations", "# Ours", 1))
	if got := said(made(t, r, release("v1.2.3"))); !strings.Contains(got, "kept README.md\n") || strings.Contains(got, "made") {
		t.Errorf("\n%s", got)
	}
}

// The issue form is made where there is none, and made anew by an upgrade, whatever was
// changed in it; a form of somebody's own stays, and where nobody knows what it is to say,
// it is not looked at.
func TestForm(t *testing.T) {
	t.Parallel()
	const old, next, own = "# Made by escalate from the policy, the directory and the questions that `escalate new` asks.\nname: Old\n", "# Made by escalate from the policy, the directory and the questions that `escalate new` asks.\nname: New\n", "name: Ours\n"
	foreign := " it is a form of yours, and issues that are made with it open no escalation: rename it, and `escalate form` makes the one that does"
	for name, c := range map[string]struct {
		is, wanted           string
		made, upgraded, anew string // what New, Upgrade and Form say
		text                 string // what stands there after Form
	}{
		"none":               {"", next, "made", "", "made", next},
		"the same":           {next, next, "there", "there", "there", next},
		"the same, Windows":  {strings.ReplaceAll(next, "\n", "\r\n"), next, "there", "there", "there", strings.ReplaceAll(next, "\n", "\r\n")},
		"another":            {old, next, "kept `escalate form` makes it anew", "upgraded", "upgraded", next},
		"another, Windows":   {strings.ReplaceAll(old, "\n", "\r\n"), next, "kept `escalate form` makes it anew", "upgraded", "upgraded", strings.ReplaceAll(next, "\n", "\r\n")},
		"one of their own":   {own, next, "kept" + foreign, "", "", own},
		"an empty file":      {" ", next, "kept" + foreign, "", "", " "},
		"nobody knows which": {old, "", "", "", "upgraded", next},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := repository(nil), release("v1.2.3")
			if c.is != "" {
				r[form.Path] = &fstest.MapFile{Data: []byte(c.is), Mode: 0o644}
			}
			if c.wanted != "" {
				w.Form = []byte(c.wanted)
			}
			is := func(files []starter.File) string {
				for _, f := range files {
					if f.Path == form.Path {
						return strings.TrimSpace(string(f.State) + " " + f.Why)
					}
				}
				return ""
			}
			if got := is(made(t, r, w)); got != c.made {
				t.Errorf("New: %q, want %q", got, c.made)
			}
			files, err := starter.Upgrade(r, w)
			if got := is(files); err != nil || got != c.upgraded {
				t.Errorf("Upgrade: %q, %v; want %q", got, err, c.upgraded)
			}
			f, err := starter.Form(r, form.Path, []byte(next))
			var blocked *starter.ObstacleError
			if string(f.State) != c.anew || errors.As(err, &blocked) != (c.anew == "") {
				t.Errorf("Form: %q, %v; want %q", f.State, err, c.anew)
			}
			write(r, []starter.File{f})
			if got := string(r[form.Path].Data); got != c.text {
				t.Errorf("it is %q, want %q", got, c.text)
			}
		})
	}
	r, w := repository(nil), release("v1.2.3")
	r[form.Path], w.Form = &fstest.MapFile{Data: []byte("../x"), Mode: fs.ModeSymlink}, []byte(next)
	for _, f := range []func() error{
		func() error { _, err := starter.New(r, w); return err },
		func() error { _, err := starter.Form(r, form.Path, w.Form); return err },
	} {
		var blocked *starter.ObstacleError
		if err := f(); !errors.As(err, &blocked) {
			t.Errorf("of a link: %v", err)
		}
	}
}

// What is in the way is all told at once, and nothing is made.
func TestObstacles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, to := range map[string]string{"schema": ".", "away.yaml": "nowhere"} {
		if err := os.Symlink(to, dir+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"escalations/policy.yaml", ".vscode/settings.json"} {
		if err := os.MkdirAll(dir+"/"+name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../away.yaml", dir+"/escalations/people.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/.github", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := starter.New(os.DirFS(dir), release("v1.2.3"))
	want := "`escalations/people.yaml` is a link to another place: put the file itself in its place; `escalations/policy.yaml` is a folder: a file must stand there; move the folder away; " +
		"`schema` is a link to another place: put a folder in its place; `.vscode/settings.json` is a folder: a file must stand there; move the folder away; `.github` is a file: a folder must stand there; move the file away"
	var blocked *starter.ObstacleError
	if !errors.As(err, &blocked) || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

// The workflows run the version, on the default branch.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version starter.Version
		branch  string
		uses    string
		on      string
	}{
		{starter.Version{Ref: tagged, Release: "v1.2.3"}, "main", "@" + tagged + " # v1.2.3\n", "branches: [main]"},
		{starter.Version{Ref: "v1.2.3", Release: "v1.2.3"}, "trunk", "@v1.2.3\n", "branches: [trunk]"},
		{starter.Version{Ref: tagged}, "1.0", "@" + tagged + "\n", `branches: ["1.0"]`},
		{starter.Version{}, "a,b", "@" + starter.LastRelease + "\n", `branches: ["a,b"]`},
	} {
		r := repository(nil)
		write(r, made(t, r, starter.Wanted{Version: c.version, Branch: c.branch}))
		n, on := 0, 0
		for name, f := range r {
			if !strings.HasPrefix(name, ".github/workflows/") {
				continue
			}
			n += strings.Count(string(f.Data), "uses: escalations-as-code/escalate"+c.uses)
			on += strings.Count(string(f.Data), c.on)
			if err := yaml.Unmarshal(f.Data, new(any)); err != nil || strings.Contains(string(f.Data), "PIN") || strings.Contains(string(f.Data), "uses: ./") {
				t.Errorf("%s: %v\n%s", name, err, f.Data)
			}
		}
		if n != 7 || on != 2 {
			t.Errorf("%+v: %d steps run it, %d times on its branch", c, n, on)
		}
	}
}

// An upgrade replaces what nobody changed, and of what somebody did changes the version
// alone; nothing of theirs is lost, and again it changes nothing.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	const lintFile = ".github/workflows/lint.yml"
	old := func() fstest.MapFS { // as an earlier version made it
		r := repository(nil)
		write(r, made(t, r, release("v1.2.3")))
		return r
	}
	edited := func(was, is string) func(r fstest.MapFS) {
		return func(r fstest.MapFS) {
			if !strings.Contains(string(r[lintFile].Data), was) {
				t.Errorf("there is no %q", was)
			}
			r[lintFile].Data = []byte(strings.ReplaceAll(string(r[lintFile].Data), was, is))
		}
	}
	next := starter.Wanted{Version: starter.Version{Ref: strings.Repeat("3", 40), Release: "v1.3.0"}, Branch: "main"}
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		to     starter.Wanted
		state  starter.State
		// has is what the file has, asks that a difference is left to the person.
		has  string
		asks bool
	}{
		"as it was made":         {func(fstest.MapFS) {}, next, starter.Upgraded, "@" + next.Version.Ref + " # v1.3.0\n", false},
		"the same version":       {func(fstest.MapFS) {}, release("v1.2.3"), starter.There, "@" + tagged + " # v1.2.3\n", false},
		"with the page's commit": {edited(tagged, paged), next, starter.Upgraded, "@" + next.Version.Ref + " # v1.3.0\n", false},
		"the same by its page":   {edited(tagged, paged), release("v1.2.3"), starter.There, "@" + paged + " # v1.2.3\n", false},
		"on Windows":             {edited("\n", "\r\n"), next, starter.Upgraded, "@" + next.Version.Ref + " # v1.3.0\r\n", false},
		"changed by hand":        {edited("timeout-minutes: 10", "timeout-minutes: 20 # slow"), next, starter.Pinned, "timeout-minutes: 20 # slow", true},
		"changed, same version":  {edited("timeout-minutes: 10", "timeout-minutes: 20"), release("v1.2.3"), starter.Kept, "timeout-minutes: 20", true},
		"its last line gone": {func(r fstest.MapFS) {
			text := string(r[lintFile].Data)
			r[lintFile].Data = []byte(text[:strings.LastIndex(text, "# Made by")])
		}, next, starter.Pinned, "@" + next.Version.Ref + " # v1.3.0\n", false},
		"with a note of theirs": {edited(" # v1.2.3", " # ours"), next, starter.Pinned, "@" + next.Version.Ref + " # v1.3.0 # ours\n", true},
		"to no release":         {func(fstest.MapFS) {}, starter.Wanted{Version: starter.Version{Ref: paged}, Branch: "main"}, starter.Upgraded, "@" + paged + "\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := old()
			c.change(r)
			r["schema/people.schema.json"].Data = []byte(`{"$id": "https://github.com/escalations-as-code/escalate/schema/people.schema.json"}`)
			r[".github/workflows/theirs.yml"] = &fstest.MapFile{Data: []byte("jobs: {a: {steps: [{uses: actions/stale@v1}]}}\n")}
			files, err := starter.Upgrade(r, c.to)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(files, func(f starter.File) bool { return f.Path == lintFile })
			if f := files[i]; f.State != c.state || !strings.Contains(string(f.Data), c.has) || (f.Ours != nil) != c.asks || strings.Contains(string(f.Data), "\r") != strings.Contains(string(f.Was), "\r") {
				t.Errorf("%s, asks: %t\n%q\nwant %s, %s", f.State, f.Ours != nil, f.Data, c.state, c.has)
			}
			if got := said(files); !strings.Contains(got, "upgraded schema/people.schema.json") || strings.Contains(got, "theirs") || strings.Contains(got, "CODEOWNERS") {
				t.Errorf("\n%s", got)
			}
			write(r, files)
			again, err := starter.Upgrade(r, c.to)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range again {
				if f.Changes() {
					t.Errorf("a second time, %s is %s", f.Path, f.State)
				}
			}
		})
	}
	if _, err := starter.Upgrade(old(), release("v1.2.2")); err == nil || err.Error() != lintFileIsLater {
		t.Errorf("to an earlier version: %v", err)
	}
	if _, err := starter.Upgrade(old(), starter.Wanted{Branch: "main"}); !errors.Is(err, starter.ErrUnknownVersion) {
		t.Errorf("to no version: %v", err)
	}
}

const lintFileIsLater = ".github/workflows/apply.yml runs v1.2.3, and this is v1.2.2: install the later one to upgrade"

// Whatever a workflow is like, an upgrade changes no line of it that runs no escalate,
// and again it changes nothing.
func TestUpgradeLosesNothing(t *testing.T) {
	t.Parallel()
	line := rapid.SampledFrom([]string{
		"name: lint", "on: [push]", "jobs:", "  a:", "    steps:", "      - run: make", "        with: {command: lint}", "          command: apply", "# uses: escalations-as-code/escalate@v0.1.0", "",
		"      - uses: escalations-as-code/escalate@v0.1.0", "      - uses: 'escalations-as-code/escalate@" + paged + "' # v1.2.3", "        uses: escalations-as-code/escalate@main # ours",
		"      - {uses: escalations-as-code/escalate@v0.1.0}", "      - uses: actions/checkout@v5 # v5.0.0", "\tuses:  \"escalations-as-code/escalate@a\"\r", "ü: 顧客",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 0, 12).Draw(t, "lines"), "\n")
		r := repository(map[string]string{".github/workflows/a.yml": text})
		w := starter.Wanted{Version: starter.Version{Ref: tagged, Release: "v1.2.3"}, Branch: "main"}
		files, err := starter.Upgrade(r, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			was, is := strings.Split(text, "\n"), strings.Split(string(f.Data), "\n")
			for i := range was {
				if len(was) != len(is) || was[i] != is[i] && (!strings.Contains(was[i], "uses:") || !strings.Contains(is[i], "escalations-as-code/escalate@"+tagged)) {
					t.Fatalf("of\n%s\nit makes\n%s", text, f.Data)
				}
			}
		}
		write(r, files)
		again, err := starter.Upgrade(r, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range again {
			if f.Changes() {
				t.Fatalf("a second time, of\n%s\nit makes\n%s", f.Was, f.Data)
			}
		}
	})
}

// Whatever there is, nothing of it is overwritten, and a second time nothing is made.
func TestNewTwice(t *testing.T) {
	t.Parallel()
	names := []string{
		"README.md", "readme.txt", "escalations/README.md", "escalations/people.yaml", "escalations/people.yml", "escalations/policy.yml", "escalations/2026/northwind.yaml", "schema/people.schema.json",
		".vscode/settings.json", "CODEOWNERS", "docs/CODEOWNERS", ".github/CODEOWNERS", ".github/PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.txt",
		".github/workflows/lint.yml", ".github/workflows/escalate-lint.yml", ".github/workflows/apply.yaml", ".github/workflows/stale.yml", ".github/workflows/bot.yml", ".github/workflows/other.yml",
	}
	text := rapid.SampledFrom([]string{
		"", "name: theirs\n", "See https://github.com/escalations-as-code/escalate\n", "- uses: escalations-as-code/escalate@v0.1.0\n  with: {command: lint}\n",
		"on: push\n- uses: escalations-as-code/escalate@v0.1.0\n  with: {command: apply}\n", "- uses: escalations-as-code/escalate@v0.1.0\n  with: {command: stale}\n",
		"- uses: escalations-as-code/escalate@v0.1.0\n  with: {command: bot}\n",
	})
	rapid.Check(t, func(t *rapid.T) {
		there := map[string]string{}
		for _, name := range names {
			if rapid.Bool().Draw(t, name) {
				there[name] = text.Draw(t, "text")
			}
		}
		r := repository(there)
		files, err := starter.New(r, release("v1.2.3"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if _, is := there[f.Path]; is && f.Changes() {
				t.Fatalf("%s is %s", f.Path, f.State)
			}
		}
		write(r, files)
		again, err := starter.New(r, release("v1.2.3"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range again {
			if f.Changes() {
				t.Fatalf("a second time, %s is %s; first:\n%s", f.Path, f.State, said(files))
			}
		}
	})
}
