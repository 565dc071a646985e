package starter_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/starter"
)

// template begins as the issue template that escalate makes.
const template = "<!-- Made by escalate from the policy, the directory and the questions that `escalate new` asks.\n-->\n"

var update = flag.Bool("update", false, "write the golden file anew")

// onGitLab is what a project on GitLab is to be like.
func onGitLab(name string) starter.Wanted {
	w := release(name)
	w.Forge = ci.GitLab
	return w
}

// pipeline is the plain file of a new project.
func pipeline(t *testing.T, w starter.Wanted) string {
	t.Helper()
	r := repository(nil)
	write(r, made(t, r, w))
	return string(r[starter.Pipeline].Data)
}

// component returns the header and the jobs of the component.
func component(t *testing.T) (header, jobs string) {
	t.Helper()
	data, err := os.ReadFile("../../templates/escalate.yml")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("files/gitlab/component.yml")
	if err != nil || string(own) != string(data) {
		t.Errorf("init makes the plain file of another component than templates/escalate.yml: %v", err)
	}
	header, jobs, ok := strings.Cut(string(data), "\n---\n")
	if !ok {
		t.Fatal("the component has no header")
	}
	return header, jobs
}

// What a project on GitLab begins with; none of it is GitHub's.
func TestNewOnGitLab(t *testing.T) {
	t.Parallel()
	r, w := repository(nil), onGitLab("v1.2.3")
	w.Form = []byte(template)
	files := made(t, r, w)
	want := "made escalations/people.yaml\nmade escalations/policy.yaml\nmade schema/escalation.schema.json\nmade schema/people.schema.json\nmade schema/policy.schema.json\n" +
		"made .vscode/settings.json\nmade .vscode/extensions.json\nmade README.md\n" +
		"made .gitlab-ci.yml\nmade .gitlab/issue_templates/escalation.md\nmade .gitlab/CODEOWNERS\nmade .gitlab/merge_request_templates/Default.md\n"
	if got := said(files); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	write(r, files)
	for name, f := range r {
		for _, word := range []string{"pull request", "GitHub Actions", "github: jodoe", "$[[", "LOGIN", "CHANGE"} {
			if strings.Contains(string(f.Data), word) && !strings.HasSuffix(name, ".schema.json") {
				t.Errorf("%s has %q:\n%s", name, word, f.Data)
			}
		}
	}
	if text := string(r["README.md"].Data); !strings.Contains(text, "A merge request opens it") || !strings.Contains(text, "The pipeline of\nthe merge request says") {
		t.Errorf("the guide is\n%s", text)
	}
	if text := string(r["escalations/people.yaml"].Data); !strings.Contains(text, "gitlab: jodoe") || !strings.Contains(text, "without gitlab, nobody is mentioned") {
		t.Errorf("the directory is\n%s", text)
	}
	for _, f := range made(t, r, w) {
		if f.State != starter.There {
			t.Errorf("a second time, %s is %s: %s", f.Path, f.State, f.Why)
		}
	}
}

// The plain file, as it is made of the component.
func TestPlainPipeline(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "gitlab-ci.yml")
	got := pipeline(t, onGitLab("v1.2.3"))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("%v: it is\n%s", err, got)
	}
}

// The plain file has the jobs of the component, with what its inputs are by themselves.
func TestPlainPipelineIsTheComponent(t *testing.T) {
	t.Parallel()
	header, text := component(t)
	var of struct {
		Spec struct {
			Inputs map[string]struct{ Description, Default string }
		}
	}
	var jobs, plain map[string]any
	for _, err := range []error{yaml.Unmarshal([]byte(header), &of), yaml.Unmarshal([]byte(text), &jobs), yaml.Unmarshal([]byte(pipeline(t, onGitLab("v1.2.3"))), &plain)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	inputs := of.Spec.Inputs
	used := map[string]bool{}
	var filled func(any) any
	filled = func(v any) any {
		switch v := v.(type) {
		case string:
			return regexp.MustCompile(`\$\[\[ inputs\.(\w+) \]\]`).ReplaceAllStringFunc(v, func(in string) string {
				name := in[len("$[[ inputs.") : len(in)-len(" ]]")]
				used[name] = true
				if name == "version" {
					return "v1.2.3"
				}
				return inputs[name].Default
			})
		case []any:
			all := []any{}
			for _, e := range v {
				rule, _ := e.(map[string]any)
				if text, _ := rule["if"].(string); strings.Contains(text, "inputs.jobs") {
					used["jobs"] = true
					continue
				}
				all = append(all, filled(e))
			}
			return all
		case map[string]any:
			all := map[string]any{}
			for k, e := range v {
				all[k] = filled(e)
			}
			return all
		}
		return v
	}
	want := filled(jobs).(map[string]any)
	if plain["workflow"] == nil || plain["variables"] == nil {
		t.Error("it does not say which pipelines there are, or what a person is asked")
	}
	delete(plain, "workflow")
	delete(plain, "variables")
	if !reflect.DeepEqual(plain, want) {
		t.Errorf("it has other jobs than the component:\n%v\nwant\n%v", plain, want)
	}
	if len(used) != len(inputs) || len(inputs) == 0 {
		t.Errorf("of %d inputs %v are used", len(inputs), used)
	}
	for name, in := range inputs {
		if in.Description == "" || in.Default == "" {
			t.Errorf("the input %s has no description, or nothing by itself", name)
		}
	}
}

// job is what a job of a pipeline says of itself.
type job struct {
	Extends       string
	BeforeScript  []string `yaml:"before_script"`
	Script        []string
	ResourceGroup string `yaml:"resource_group"`
	Interruptible *bool
	Variables     map[string]string
	Rules         []struct{ If string }
	Artifacts     struct{ When string }
}

// jobs are those of a text, with what they take over.
func jobs(t *testing.T, text string) map[string]job {
	t.Helper()
	var all map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	read := map[string]job{}
	var take func(name string) job
	take = func(name string) job {
		var is job
		n := all[name]
		if err := n.Decode(&is); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if is.Extends == "" {
			return is
		}
		of := take(is.Extends)
		if is.BeforeScript == nil {
			is.BeforeScript = of.BeforeScript
		}
		if is.ResourceGroup == "" {
			is.ResourceGroup = of.ResourceGroup
		}
		if is.Interruptible == nil {
			is.Interruptible = of.Interruptible
		}
		if is.Variables == nil {
			is.Variables = of.Variables
		}
		return is
	}
	for name := range all {
		if strings.HasPrefix(name, "escalate-") {
			read[name] = take(name)
		}
	}
	return read
}

// Nothing that people write is a part of a script: what stands in one is a name that
// escalate or the project gives, and no input of the component.
func TestNothingHostileInAScript(t *testing.T) {
	t.Parallel()
	_, text := component(t)
	ours := []string{
		"archive", "sum", "program", "PATH", "download", "code", "@", "1", // the script's own
		"ESCALATE_BASE", "ESCALATE_BEGIN", "ESCALATE_COMMENT", "ESCALATE_RELEASE", "ESCALATE_RELEASES", "ESCALATE_REVIEW_TOKEN", "ESCALATE_SUMS",
		"CI_PROJECT_URL", "GITLAB_TOKEN",
	}
	name := regexp.MustCompile(`\$\{?(\w+|@)`)
	scripts := 0
	for of, j := range jobs(t, text) {
		if len(j.BeforeScript) == 0 || len(j.Script) == 0 {
			t.Errorf("%s installs nothing, or runs nothing", of)
		}
		for _, script := range slices.Concat(j.BeforeScript, j.Script) {
			scripts++
			if strings.Contains(script, "$[[") {
				t.Errorf("%s has an input in a script:\n%s", of, script)
			}
			for _, m := range name.FindAllStringSubmatch(script, -1) {
				if !slices.Contains(ours, m[1]) {
					t.Errorf("%s has %s in a script:\n%s", of, m[0], script)
				}
			}
			if strings.Contains(script, "eval") || strings.Contains(script, "TRIGGER_PAYLOAD") || strings.Contains(script, "set -x") {
				t.Errorf("%s evaluates, shows or reads more than it may:\n%s", of, script)
			}
		}
	}
	if scripts < 12 {
		t.Errorf("only %d scripts were looked at", scripts)
	}
}

// Whoever announces runs alone and to its end, with the whole history, for the default
// branch only; whoever judges has no token, keeps its reports when it fails, and yields to
// a newer commit.
func TestJobs(t *testing.T) {
	t.Parallel()
	_, text := component(t)
	all := jobs(t, text)
	if len(all) != 6 {
		t.Fatalf("there are the jobs %v", all)
	}
	for name, j := range all {
		if j.Variables["GIT_DEPTH"] != "0" {
			t.Errorf("%s has no history", name)
		}
		tells := slices.Contains([]string{"escalate-apply", "escalate-stale", "escalate-bot"}, name)
		if tells != (j.ResourceGroup == "escalate-apply") || tells && *j.Interruptible {
			t.Errorf("%s is in the group %q, interruptible: %t", name, j.ResourceGroup, *j.Interruptible)
		}
		judges := name == "escalate-lint" || name == "escalate-plan"
		if judges != *j.Interruptible || judges && j.Artifacts.When != "always" {
			t.Errorf("%s, interruptible: %t, keeps what it made: %q", name, *j.Interruptible, j.Artifacts.When)
		}
		for _, r := range j.Rules {
			ours := strings.Contains(r.If, "inputs.jobs") || strings.HasPrefix(r.If, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && ")
			if !ours && !(judges && strings.HasPrefix(r.If, `$CI_PIPELINE_SOURCE == "merge_request_event"`)) {
				t.Errorf("%s runs %s", name, r.If)
			}
		}
	}
	for _, secret := range []string{"TOKEN", "KEY", "SLACK"} {
		if script := strings.Join(all["escalate-lint"].Script, "\n"); strings.Contains(script, secret) {
			t.Errorf("lint uses a secret:\n%s", script)
		}
	}
}

// What is there stays, and our jobs go where they do no harm.
func TestNewKeepsOnGitLab(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		not   []string
	}{
		"a pipeline of their own": {
			map[string]string{".gitlab-ci.yml": "build:\n  script: make\n", "CODEOWNERS": "* @acme\n", ".gitlab/merge_request_templates/default.md": "Ours"},
			[]string{"made .gitlab/escalate.gitlab-ci.yml .gitlab-ci.yml is a pipeline of yours: include it there", "kept CODEOWNERS", "kept .gitlab/merge_request_templates/default.md"},
			[]string{"made .gitlab-ci.yml", "made .gitlab/CODEOWNERS"},
		},
		"one that includes ours": {
			map[string]string{".gitlab-ci.yml": "include:\n  - local: .gitlab/escalate.gitlab-ci.yml\n", ".gitlab/escalate.gitlab-ci.yml": "job:\n  script: escalate lint\n"},
			[]string{"kept .gitlab-ci.yml"},
			[]string{"made .gitlab/escalate.gitlab-ci.yml"},
		},
		"the component": {
			map[string]string{".gitlab-ci.yml": "include:\n  - component: $CI_SERVER_FQDN/escalations-as-code/escalate/escalate@" + tagged + "\n"},
			[]string{"kept .gitlab-ci.yml"},
			[]string{"made .gitlab/escalate.gitlab-ci.yml"},
		},
		"a note about it": {
			map[string]string{".gitlab-ci.yml": "# escalate lint\nbuild:\n  script: make\n"},
			[]string{"made .gitlab/escalate.gitlab-ci.yml .gitlab-ci.yml is a pipeline of yours: include it there"},
			nil,
		},
		"an older one": {
			map[string]string{".gitlab-ci.yml": "a:\n  variables:\n    ESCALATE_RELEASE: v1.0.0\n  script: escalate lint\n"},
			[]string{"kept .gitlab-ci.yml `escalate init --upgrade` brings it to this version"},
			nil,
		},
		"a template of their own": {
			map[string]string{form.TemplatePath: "## What?\n"},
			[]string{"kept " + form.TemplatePath + " it is a form of yours, and issues that are made with it open no escalation: rename it, and `escalate form` makes the one that does"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := repository(c.files), onGitLab("v1.2.3")
			w.Form = []byte(template)
			files := made(t, r, w)
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
			for name, text := range c.files {
				if string(r[name].Data) != text {
					t.Errorf("%s is overwritten", name)
				}
			}
			if f := r[".gitlab/escalate.gitlab-ci.yml"]; f != nil && strings.Contains(string(f.Data), "workflow:") {
				t.Errorf("what is included says which pipelines theirs are:\n%s", f.Data)
			}
			for _, f := range made(t, r, w) {
				if f.Changes() {
					t.Errorf("a second time, %s is %s", f.Path, f.State)
				}
			}
		})
	}
}

// An upgrade replaces a pipeline that nobody changed, and of one that somebody did the
// release alone. Sums are those of a release: with another one they are to be written
// anew, and of the same they stay.
func TestUpgradeOnGitLab(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0123456789abcdef", 4)
	edit := func(was, is string) func(string) string {
		return func(text string) string {
			if !strings.Contains(text, was) {
				t.Errorf("there is no %q", was)
			}
			return strings.ReplaceAll(text, was, is)
		}
	}
	same := func(text string) string { return text }
	for name, c := range map[string]struct {
		change func(string) string
		to     string
		state  starter.State
		has    []string
		asks   bool
	}{
		"as it was made":    {same, "v1.3.0", starter.Upgraded, []string{"ESCALATE_RELEASE: v1.3.0\n"}, false},
		"the same version":  {same, "v1.2.3", starter.There, []string{"ESCALATE_RELEASE: v1.2.3\n"}, false},
		"with its sums":     {edit("SUM ", sum+" "), "v1.2.3", starter.There, []string{sum + "  escalate_linux_amd64.tar.gz"}, false},
		"sums of another":   {edit("SUM ", sum+" "), "v1.3.0", starter.Upgraded, []string{"SUM  escalate_linux_amd64.tar.gz", "SUM  escalate_linux_arm64.tar.gz"}, false},
		"on Windows":        {edit("\n", "\r\n"), "v1.3.0", starter.Upgraded, []string{"ESCALATE_RELEASE: v1.3.0\r\n"}, false},
		"changed by hand":   {edit("timeout: 30 minutes", "timeout: 1 hour"), "v1.3.0", starter.Pinned, []string{"timeout: 1 hour", "ESCALATE_RELEASE: v1.3.0"}, true},
		"changed, and same": {edit("timeout: 30 minutes", "timeout: 1 hour"), "v1.2.3", starter.Kept, []string{"timeout: 1 hour"}, true},
		"no release":        {same, "", starter.There, []string{"ESCALATE_RELEASE: v1.2.3\n"}, false},
		"its last line gone": {func(text string) string { return text[:strings.LastIndex(text, "# Made by")] }, "v1.3.0", starter.Pinned,
			[]string{"ESCALATE_RELEASE: v1.3.0\n"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := repository(map[string]string{starter.Pipeline: c.change(pipeline(t, onGitLab("v1.2.3")))})
			w := onGitLab(c.to)
			files, err := starter.Upgrade(r, w)
			if err != nil || len(files) != 1 || files[0].Path != starter.Pipeline {
				t.Fatalf("%v: %s", err, said(files))
			}
			f := files[0]
			if f.State != c.state || (f.Ours != nil) != c.asks || strings.Contains(string(f.Data), "\r") != strings.Contains(string(f.Was), "\r") {
				t.Errorf("%s, asks: %t\n%s", f.State, f.Ours != nil, f.Data)
			}
			const waits = "write the sums of v1.3.0 in place of SUM: until then no job runs"
			if want := map[bool]string{true: waits}[c.to == "v1.3.0"]; f.Why != want {
				t.Errorf("it says %q, want %q", f.Why, want)
			}
			for _, has := range c.has {
				if !strings.Contains(string(f.Data), has) {
					t.Errorf("it has no %q:\n%s", has, f.Data)
				}
			}
			write(r, files)
			again, err := starter.Upgrade(r, w)
			if err != nil || again[0].Changes() {
				t.Errorf("a second time: %v, %s", err, said(again))
			}
		})
	}
	r := repository(map[string]string{starter.Pipeline: pipeline(t, onGitLab("v1.2.3"))})
	if _, err := starter.Upgrade(r, onGitLab("v1.2.2")); err == nil || err.Error() != ".gitlab-ci.yml runs v1.2.3, and this is v1.2.2: install the later one to upgrade" {
		t.Errorf("to an earlier version: %v", err)
	}
	r[starter.Pipeline] = &fstest.MapFile{Data: []byte("build: {script: make}\n")}
	if files, err := starter.Upgrade(r, onGitLab("v1.3.0")); err != nil || len(files) != 0 {
		t.Errorf("theirs: %v, %s", err, said(files))
	}
}

// What is changed by hand is told from what was filled in.
func TestChangedByHand(t *testing.T) {
	t.Parallel()
	text := pipeline(t, onGitLab("v1.2.3"))
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"as it was made": {text, false},
		"filled in":      {strings.NewReplacer("SUM ", strings.Repeat("a", 64)+" ", "v1.2.3", "v1.4.0").Replace(text), false},
		"on Windows":     {strings.ReplaceAll(text, "\n", "\r\n"), false},
		"changed":        {strings.Replace(text, "interruptible: false", "interruptible: true", 1), true},
		"theirs":         {"build: {script: make}\n", false},
	} {
		if got := starter.ChangedByHand([]byte(c.text)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// What is left to do on GitLab: the sums, the pages of its settings, and the address of
// the webhook, whole where the remote says which project it is.
func TestLeftOnGitLab(t *testing.T) {
	t.Parallel()
	r := repository(nil)
	s := starter.Standing{Files: made(t, r, onGitLab("v1.2.3")), Forge: ci.GitLab, Version: onGitLab("v1.2.3").Version, Branch: "release/1", Unpushed: true}
	all := func(s starter.Standing) string {
		var b strings.Builder
		for _, step := range starter.Left(s) {
			b.WriteString(step.Do + "\n" + strings.Join(step.Run, "\n") + "\n")
		}
		return b.String()
	}
	got := all(s)
	for _, want := range []string{
		"write the sums of v1.2.3 in place of SUM", "/releases/download/v1.2.3/checksums.txt", "Make a private, blank project on GitLab",
		"git remote add origin git@gitlab.com:your-company/escalations.git", "GITLAB_TOKEN", "ESCALATE_REVIEW_TOKEN", "17 * * * *", "Pages to only project members",
		"https://gitlab.com/api/v4/projects/PROJECT_ID/ref/release%2F1/trigger/pipeline?token=TRIGGER_TOKEN", "the policy and the pipeline.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	for _, not := range []string{"GitHub", "pull request", "workflow"} {
		if strings.Contains(got, not) {
			t.Errorf("it says %q:\n%s", not, got)
		}
	}
	s.At = ci.Forge{Platform: ci.GitLab, Server: "https://git.acme.example/", Repository: "cs/support/escalations"}
	if got, want := all(s), "https://git.acme.example/api/v4/projects/cs%2Fsupport%2Fescalations/ref/release%2F1/trigger/pipeline?token=TRIGGER_TOKEN"; !strings.Contains(got, want) {
		t.Errorf("it does not say %s:\n%s", want, got)
	}
	s.At.API = "https://git.acme.example/gitlab/api/v4"
	if got, want := all(s), "https://git.acme.example/gitlab/api/v4/projects/cs%2Fsupport%2Fescalations/ref"; !strings.Contains(got, want) {
		t.Errorf("it does not say %s:\n%s", want, got)
	}
	r = repository(map[string]string{".gitlab-ci.yml": "build:\n  script: make\n"})
	s.Files = made(t, r, onGitLab("v1.2.3"))
	if got := all(s); !strings.Contains(got, "Include it in .gitlab-ci.yml:\ninclude:\n  - local: .gitlab/escalate.gitlab-ci.yml\n") {
		t.Errorf("it does not say to include it:\n%s", got)
	}
}

// A template of an issue is made anew where escalate made it, and where it stands in the
// way of nothing.
func TestGitLabForm(t *testing.T) {
	t.Parallel()
	const next = template + "Anew.\n"
	r := repository(map[string]string{form.TemplatePath: template})
	w := onGitLab("v1.2.3")
	w.Form = []byte(next)
	files, err := starter.Upgrade(r, w)
	if err != nil || said(files) != "upgraded "+form.TemplatePath+"\n" || string(files[0].Data) != next {
		t.Errorf("%v: %s", err, said(files))
	}
	r[form.TemplatePath].Data = []byte("Ours\n")
	var blocked *starter.ObstacleError
	if _, err := starter.Form(r, form.TemplatePath, w.Form); !errors.As(err, &blocked) {
		t.Errorf("of theirs: %v", err)
	}
}
