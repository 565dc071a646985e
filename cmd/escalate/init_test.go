package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/starter"
)

const revision = "0123456789abcdef0123456789abcdef01234567"

// initialize runs init in a folder, by a build of a version.
func initialize(t *testing.T, dir string, v starter.Version, args ...string) (code int, out string) {
	t.Helper()
	var b bytes.Buffer
	code = run(t.Context(), append([]string{"init", "--dir", dir}, args...), environment{
		stdout: &b, stderr: &b, getenv: func(string) string { return "" }, getwd: os.Getwd, build: v, now: func() time.Time { return time.Unix(0, 0) },
	})
	return code, b.String()
}

func TestBuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, revision, modified string
		want                        starter.Version
	}{
		{"v1.2.3", revision, "false", starter.Version{Ref: revision, Release: "v1.2.3"}},
		{"v1.2.3", "", "", starter.Version{Ref: "v1.2.3", Release: "v1.2.3"}}, // go install
		{"v1.2.4-0.20261127120000-0123456789ab", revision, "false", starter.Version{Ref: revision}},
		{"v1.2.3+dirty", revision, "true", starter.Version{}},
		{"(devel)", revision, "false", starter.Version{Ref: revision}},
		{"(devel)", "", "", starter.Version{}},
		{"v1.2.4-0.20261127120000-0123456789ab", "", "", starter.Version{}}, // of which GitHub takes no beginning
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: c.version}}
		for key, value := range map[string]string{"vcs.revision": c.revision, "vcs.modified": c.modified} {
			if value != "" {
				info.Settings = append(info.Settings, debug.BuildSetting{Key: key, Value: value})
			}
		}
		if got := built(info, true); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c, got, c.want)
		}
	}
	if got := built(nil, false); got != (starter.Version{}) {
		t.Errorf("without any information: %+v", got)
	}
}

// A workflow that nobody changed is replaced; of one that somebody did, the version is
// changed alone, and the rest is shown. The issue form has those who came.
func TestInitUpgrade(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	old, next := starter.Version{Ref: revision, Release: "v1.2.3"}, starter.Version{Ref: strings.Repeat("a", 40), Release: "v1.3.0"}
	if code, out := initialize(t, repo.Dir, old); code != exitClean || !strings.Contains(out, "releases/tag/v1.2.3") || strings.Contains(out, "This build") {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	file := filepath.Join(repo.Dir, ".github/workflows/lint.yml")
	change := func(was, is string) {
		t.Helper()
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), was) {
			t.Fatalf("%v: %s", err, data)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), was, is, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	change("timeout-minutes: 10", "timeout-minutes: 45")
	if err := os.WriteFile(filepath.Join(repo.Dir, "escalations/people.yaml"), []byte("people: {jdoe: {name: Jo Doe, roles: [csm]}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tree := func() string {
		return repo.Git("-c", "core.safecrlf=false", "add", "--all") + repo.Git("write-tree")
	}
	before := tree()
	code, out := initialize(t, repo.Dir, next, "--upgrade", "--dry-run")
	if code != exitClean || tree() != before || !strings.Contains(out, "This would be changed: 6 files.") {
		t.Errorf("a dry run: exit %d\n%s", code, out)
	}
	code, out = initialize(t, repo.Dir, next, "--upgrade")
	for _, want := range []string{
		"Changed: 6 files.", "upgraded  .github/workflows/bot.yml", "upgraded  .github/workflows/pages.yml", "upgraded  .github/ISSUE_TEMPLATE/escalation.yml", "  +        - Jo Doe (jdoe)", "upgraded  .github/workflows/apply.yml", "pinned    .github/workflows/lint.yml", "somebody changed it: only the version that it runs is changed",
		"  -      - uses: escalations-as-code/escalate@" + revision + " # v1.2.3", "  +      - uses: escalations-as-code/escalate@" + next.Ref + " # v1.3.0",
		".github/workflows/lint.yml, as this version would write it", "  -    timeout-minutes: 45", "  +    timeout-minutes: 10",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("exit %d: it does not say %q:\n%s", code, want, out)
		}
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "timeout-minutes: 45") || strings.Count(string(data), next.Ref+" # v1.3.0") != 2 {
		t.Errorf("%v: lint.yml is\n%s", err, data)
	}
	after := tree()
	if code, out := initialize(t, repo.Dir, next, "--upgrade"); code != exitClean || tree() != after || !strings.HasPrefix(out, "Nothing is changed: what is here runs this version.") {
		t.Errorf("a second time: exit %d\n%s", code, out)
	}
	if code, out := initialize(t, repo.Dir, old, "--upgrade"); code != exitFailed || tree() != after || !strings.Contains(out, "runs v1.3.0, and this is v1.2.3") {
		t.Errorf("to an earlier version: exit %d\n%s", code, out)
	}
	if code, out := initialize(t, repo.Dir, starter.Version{Ref: strings.Repeat("b", 40), Release: "v1.4.0"}); code != exitClean || !strings.Contains(out, "`escalate init --upgrade` brings it to this version") {
		t.Errorf("init of a later version: exit %d\n%s", code, out)
	}
}

// Where nothing can be set up, it says why, and nothing is made.
func TestInitRefused(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	repo.Write("customers/success/a", "a", "people.csv", "name\nJo Doe\n", "headless.csv", "Jo Doe,jo@example.com\n")
	bare, fresh := t.TempDir(), t.TempDir()
	repo.Git("init", "--quiet", "--bare", bare)
	in := func(name string) string { return filepath.Join(repo.Dir, filepath.FromSlash(name)) }
	for _, c := range []struct {
		dir  string
		args []string
		code int
		want string
	}{
		{bare, nil, exitFailed, "is a bare repository, or where git keeps one: it has no files; clone it, and set up the clone"},
		{in(".git"), nil, exitFailed, "is a bare repository, or where git keeps one"},
		{in("customers/success"), nil, exitFailed, "success is a folder of the repository " + filepath.ToSlash(repo.Open().Dir) + ", and a forge looks for what it runs at its top alone"},
		{in("nowhere"), nil, exitFailed, "nowhere: make it first"},
		{in("people.csv"), nil, exitFailed, "people.csv is a file: name a folder"},
		{fresh, []string{"--people", in("no.csv")}, exitFailed, "no.csv"},
		{fresh, []string{"--people", in("customers")}, exitFailed, "cannot read"},
		{fresh, []string{"--people", in("headless.csv")}, exitFailed, "headless.csv: no column has the names of people: the first row must have headings, such as name, email, github, title, region, manager; it has `Jo Doe` and `jo@example.com`"},
		{fresh, []string{"--upgrade"}, exitFailed, "is not in a git repository"},
		{fresh, []string{"--upgrade", "--people", in("people.csv")}, exitUsage, "takes no --people"},
		{fresh, []string{"--remote", "origin"}, exitUsage, "there is no repository here yet"},
		{fresh, []string{"elsewhere"}, exitUsage, "too many arguments"},
	} {
		if code, out := initialize(t, c.dir, starter.Version{}, c.args...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s %q: exit %d, want %d:\n%s\nwant %s", c.dir, c.args, code, c.code, out, c.want)
		}
	}
	if entries, err := os.ReadDir(fresh); err != nil || len(entries) > 0 || repo.Git("status", "--short", "--untracked-files=all", "--", "customers") != "?? customers/success/a" {
		t.Errorf("something was made: %v: %v", entries, err)
	}
}

// Where nobody may write, it says so; what could be made stays, and the rest is made
// when it may.
func TestInitReadOnly(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if code, out := initialize(t, dir, starter.Version{}); code != exitFailed || !strings.Contains(out, "cannot make a repository") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	github := filepath.Join(dir, ".github")
	if err := os.Mkdir(github, 0o500); err != nil {
		t.Fatal(err)
	}
	if code, out := initialize(t, dir, starter.Version{}); code != exitFailed || !strings.Contains(out, "cannot write .github/workflows/lint.yml") || !strings.Contains(out, "the rest is made when this runs again") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if err := os.Chmod(github, 0o700); err != nil {
		t.Fatal(err)
	}
	if code, out := initialize(t, dir, starter.Version{}); code != exitClean || !strings.Contains(out, "Made: 5 files.") {
		t.Errorf("exit %d\n%s", code, out)
	}
}
