//go:build e2e

package e2e

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	pipelineFile  = ".gitlab-ci.yml"
	componentFile = "../templates/escalate.yml"
)

// plainPipeline is the file that init writes for GitLab.
func plainPipeline(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command(binary, "init", "--gitlab", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return text(t, filepath.Join(dir, pipelineFile))
}

// component is the component with other values of its inputs, as GitLab fills them in.
func component(t testing.TB, inputs map[string]string) string {
	t.Helper()
	_, jobs, ok := strings.Cut(text(t, componentFile), "\n---\n")
	if !ok {
		t.Fatal("the component has no header")
	}
	return regexp.MustCompile(`\$\[\[ inputs\.(\w+) \]\]`).ReplaceAllStringFunc(jobs, func(in string) string {
		value, ok := inputs[in[len("$[[ inputs."):len(in)-len(" ]]")]]
		if !ok {
			t.Fatalf("nobody fills in %s", in)
		}
		return value
	})
}

// filled are inputs that are none of those that the component has by itself.
var filled = map[string]string{
	"version": "v9.9.9", "sums": `"SUM  escalate_linux_amd64.tar.gz"`, "releases": "https://mirror.example/releases", "image": "registry.example/git:1",
	"stage": "check", "tell_stage": "tell", "jobs": "lint plan apply",
}

// TestGitLabCISchema holds the plain file and the component, with its inputs filled in,
// against the schema that GitLab publishes.
func TestGitLabCISchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	header, _, _ := strings.Cut(text(t, componentFile), "\n---\n")
	plain := plainPipeline(t)
	right := []string{write("plain.yml", plain), write("component.yml", "stages: [check, tell]\n"+component(t, filled)), write("header.yml", header+"\n")}
	wrong := []string{
		write("interruptible.yml", strings.Replace(plain, "interruptible: true", "interruptible: maybe", 1)),
		write("expire.yml", strings.Replace(plain, "expire_in: 7 days", "expire_in: [7]", 1)),
		write("when.yml", strings.Replace(plain, "when: always", "when: ever", 1)),
		write("input.yml", strings.Replace(header, "  inputs:\n", "  input:\n", 1)),
	}
	says := ajv(t, "testdata/gitlab/ci.json", slices.Concat(right, wrong)...)
	for _, file := range right {
		compare(t, "ajv of "+filepath.Base(file), says[file], nil)
	}
	for _, file := range wrong {
		if len(says[file]) == 0 {
			t.Errorf("nothing is wrong with %s", filepath.Base(file))
		}
	}
}

// TestGitLabCIScripts has shellcheck look at the scripts, as the shell of a small image
// reads them.
func TestGitLabCIScripts(t *testing.T) {
	t.Parallel()
	preview := gitLabRepo(t, plainPipeline(t)).run(t, "--preview")
	script := regexp.MustCompile(`(?m)^ +- \|-?\n((?: {6,}.*\n|\n)+)`)
	scripts := script.FindAllStringSubmatch(preview, -1)
	if len(scripts) < 10 {
		t.Fatalf("there are %d scripts in\n%s", len(scripts), preview)
	}
	for _, s := range scripts {
		// Variables come from GitLab, and what a script sets is for the next one.
		cmd := exec.Command("shellcheck", "--shell=sh", "--exclude=SC2034,SC2154,SC2086", "-")
		cmd.Stdin = strings.NewReader(s[1])
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, out, s[1])
		}
	}
}

// TestGitLabCICredentials has git ask for the password of the project, as it does before
// it pushes: it is the token of the project, whatever the runner left for the job's own.
func TestGitLabCICredentials(t *testing.T) {
	t.Parallel()
	var script string
	for _, s := range regexp.MustCompile(`(?m)^ +- \|\n((?: {6,}.*\n)+)`).FindAllStringSubmatch(text(t, componentFile), -1) {
		if strings.Contains(s[1], "GIT_CONFIG_COUNT") {
			script = s[1]
		}
	}
	p := gitLabRepo(t, "build: {script: make}\n")
	p.git(t, "config", "credential.helper", `!f() { echo username=gitlab-ci-token; echo password=of-the-job; }; f`)
	for token, want := range map[string]string{"of-the-project": "username=escalate\npassword=of-the-project", "": "username=gitlab-ci-token\npassword=of-the-job"} {
		cmd := exec.Command("sh", "-euc", script+"\nprintf 'protocol=https\\nhost=gitlab.com\\n\\n' | git credential fill\ngit config --list --local")
		cmd.Dir = p.dir
		cmd.Env = append(os.Environ(), "GITLAB_TOKEN="+token, "CI_PROJECT_URL=https://gitlab.com/acme/escalations")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "helper=!f() { echo username=escalate") {
			t.Errorf("%v: git is told\n%s\nwant\n%s", err, out, want)
		}
	}
}

// gitLabProject is a project on GitLab, as far as a runner on this machine has one.
type gitLabProject struct{ dir string }

// gitLabRepo is a project with a pipeline and an escalation.
func gitLabRepo(t testing.TB, pipeline string) gitLabProject {
	t.Helper()
	p := gitLabProject{t.TempDir()}
	p.git(t, "init", "--quiet", "--initial-branch=main")
	p.commit(t, "Open Northwind", map[string]string{pipelineFile: pipeline, peopleFile: text(t, "testdata/apply/people.yaml"), northwindFile: northwind(t)})
	p.git(t, "remote", "add", "origin", "git@gitlab.com:acme/escalations.git")
	p.git(t, "update-ref", "refs/remotes/origin/main", "HEAD")
	p.git(t, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	return p
}

func (p gitLabProject) git(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", p.dir, "-c", "user.name=Jo Doe", "-c", "user.email=jo@example.com"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p gitLabProject) commit(t testing.TB, subject string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.git(t, append([]string{"add", "--"}, slices.Collect(maps.Keys(files))...)...)
	p.git(t, "commit", "--quiet", "--message", subject)
}

// try runs the runner, and returns what it printed and its exit code.
func (p gitLabProject) try(t testing.TB, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command("node", append([]string{filepath.Join(tools.Root(), "e2e/node_modules/gitlab-ci-local/dist/index.js"), "--no-color", "--home", t.TempDir()}, args...)...)
	cmd.Dir = p.dir
	data, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(data), cmd.ProcessState.ExitCode()
}

func (p gitLabProject) run(t testing.TB, args ...string) string {
	t.Helper()
	out, code := p.try(t, args...)
	if code != 0 {
		t.Fatalf("gitlab-ci-local %v: exit %d\n%s", args, code, out)
	}
	return out
}

// variables are the flags that set some.
func variables(of ...string) []string {
	var args, names []string
	for _, v := range of {
		name, _, _ := strings.Cut(v, "=")
		args, names = append(args, "--variable", v), append(names, name)
	}
	return append(args, "--ignore-predefined-vars", strings.Join(names, ","))
}

// TestGitLabCIPipelines lists the jobs of each kind of pipeline: each change of a merge
// request has one that judges, each push to the default branch one that tells, and a push
// to another branch has none.
func TestGitLabCIPipelines(t *testing.T) {
	t.Parallel()
	p := gitLabRepo(t, plainPipeline(t))
	name := regexp.MustCompile(`(?m)^escalate-\w+`)
	for kind, c := range map[string]struct {
		with []string
		want string
	}{
		"push":                   {[]string{"CI_PIPELINE_SOURCE=push", "CI_COMMIT_BRANCH=main"}, "escalate-lint escalate-apply escalate-pages"},
		"a push to another":      {[]string{"CI_PIPELINE_SOURCE=push", "CI_COMMIT_BRANCH=northwind"}, ""},
		"by hand":                {[]string{"CI_PIPELINE_SOURCE=web", "CI_COMMIT_BRANCH=main"}, "escalate-lint escalate-apply escalate-pages"},
		"schedule":               {[]string{"CI_PIPELINE_SOURCE=schedule", "CI_COMMIT_BRANCH=main"}, "escalate-stale escalate-bot escalate-pages"},
		"trigger":                {[]string{"CI_PIPELINE_SOURCE=trigger", "CI_COMMIT_BRANCH=main"}, "escalate-bot"},
		"a trigger of another":   {[]string{"CI_PIPELINE_SOURCE=trigger", "CI_COMMIT_BRANCH=northwind"}, ""},
		"merge request":          {[]string{"CI_PIPELINE_SOURCE=merge_request_event", "CI_COMMIT_BRANCH=", "CI_PROJECT_ID=7", "CI_MERGE_REQUEST_PROJECT_ID=7"}, "escalate-lint escalate-plan"},
		"merge request, in fork": {[]string{"CI_PIPELINE_SOURCE=merge_request_event", "CI_COMMIT_BRANCH=", "CI_PROJECT_ID=8", "CI_MERGE_REQUEST_PROJECT_ID=7"}, "escalate-lint escalate-plan"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			out := p.run(t, append(variables(c.with...), "--list", "--no-json-schema-validation")...)
			if got := strings.Join(name.FindAllString(out, -1), " "); got != c.want {
				t.Errorf("it has the jobs %q, want %q\n%s", got, c.want, out)
			}
		})
	}
}

// TestGitLabCILint runs the job of lint in a merge request, with a release that it
// downloads: what a merge request breaks fails it, and its reports are kept; what has
// another sum is not run; in a fork, the base is the commit that both have.
func TestGitLabCILint(t *testing.T) {
	t.Parallel()
	releases := newReleases(t)
	sums := strings.ReplaceAll(releases.sums, "v0.1.0/", "")
	plain := regexp.MustCompile(`(?m)^( +)SUM  escalate_linux_\w+\.tar\.gz\n`).ReplaceAllString(plainPipeline(t), "")
	plain = strings.Replace(plain, "ESCALATE_SUMS: |\n", "ESCALATE_SUMS: |\n      "+sums, 1)
	plain = regexp.MustCompile(`ESCALATE_RELEASES: .*`).ReplaceAllLiteralString(plain, "ESCALATE_RELEASES: "+releases.url+"/escalations-as-code/escalate/releases/download")
	p := gitLabRepo(t, plain)
	base := p.git(t, "rev-parse", "HEAD")
	p.git(t, "checkout", "--quiet", "-b", "northwind")
	run := func(project string, more ...string) (string, int) {
		with := append([]string{
			"CI_PIPELINE_SOURCE=merge_request_event", "CI_COMMIT_BRANCH=", "CI_PROJECT_ID=" + project, "CI_MERGE_REQUEST_PROJECT_ID=7",
			"CI_MERGE_REQUEST_DIFF_BASE_SHA=" + base, "CI_MERGE_REQUEST_TITLE=$(touch hostile)", "CI_DEFAULT_BRANCH=main", "GITLAB_CI=true",
		}, more...)
		return p.try(t, append(variables(with...), "escalate-lint", "--force-shell-executor", "--no-json-schema-validation")...)
	}
	artifact := func(name string) string { return text(t, filepath.Join(p.dir, name)) } // it runs where the project is

	// What has another sum is not run.
	releases.tampered = true
	if out, code := run("7"); code == 0 || !strings.Contains(out, "does not have the sum that the pipeline names") || strings.Contains(out, "files checked") {
		t.Errorf("a tampered release: exit %d\n%s", code, out)
	}
	releases.tampered = false

	// A merge request with a mistake in it, by its own default branch and in a fork.
	p.commit(t, "Spoil", map[string]string{northwindFile: northwind(t, edit{"dri: jdoe\nproduct", "dri: arivera\nproduct"})})
	for _, project := range []string{"7", "8"} {
		out, code := run(project)
		if code == 0 || !strings.Contains(out, "2 errors") {
			t.Errorf("project %s: exit %d\n%s", project, code, out)
		}
		contains(t, artifact("gl-code-quality-report.json"), `"severity"`, northwindFile)
		contains(t, artifact("escalate-junit.xml"), "<testsuite", northwindFile)
		contains(t, artifact("escalate-findings.txt"), northwindFile, "2 errors")
	}

	// What the default branch has already is nobody's of this merge request.
	p.git(t, "update-ref", "refs/remotes/origin/main", "HEAD")
	p.commit(t, "A note", map[string]string{"NOTES.md": "Nothing.\n"})
	if out, code := run("7"); code != 0 {
		t.Errorf("what was there already: exit %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "hostile")); err == nil {
		t.Error("the title of the merge request was run")
	}
}

// TestGitLabCIComponent lists the jobs that somebody chose of the component.
func TestGitLabCIComponent(t *testing.T) {
	t.Parallel()
	p := gitLabRepo(t, "stages: [check, tell]\ninclude:\n  - local: templates/escalate.yml\n    inputs: {jobs: lint apply, stage: check, tell_stage: tell, version: v9.9.9}\n")
	p.commit(t, "The component", map[string]string{"templates/escalate.yml": text(t, componentFile)})
	out := p.run(t, append(variables("CI_PIPELINE_SOURCE=push", "CI_COMMIT_BRANCH=main"), "--list")...)
	if got := strings.Join(regexp.MustCompile(`(?m)^escalate-\w+ +(?:check|tell)`).FindAllString(out, -1), "; "); strings.Join(strings.Fields(got), " ") != "escalate-lint check; escalate-apply tell" {
		t.Errorf("it has the jobs %q\n%s", got, out)
	}
	if preview := p.run(t, "--preview"); !strings.Contains(preview, "ESCALATE_RELEASE: v9.9.9") || strings.Contains(preview, "$[[") {
		t.Errorf("its inputs are not filled in:\n%s", preview)
	}
}
