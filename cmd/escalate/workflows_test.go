package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// read returns a file of this repository.
func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// workflows are the names of the workflows, and of the action.
func workflows(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(names) < 3 {
		t.Fatalf("the workflows are %v: %v", names, err)
	}
	for i, name := range names {
		names[i] = strings.TrimPrefix(filepath.ToSlash(name), "../../")
	}
	return append(names, "action.yml")
}

// Nothing of a user's is a part of a script, in the action or in a workflow: an
// expression in a script would be run as it reads.
func TestNoExpressionInAScript(t *testing.T) {
	t.Parallel()
	scripts := 0
	for _, name := range workflows(t) {
		var file yaml.Node
		if err := yaml.Unmarshal([]byte(read(t, name)), &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		nodes := []*yaml.Node{&file}
		for len(nodes) > 0 {
			n := nodes[0]
			nodes = append(nodes[1:], n.Content...)
			for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
				if n.Content[i].Value == "run" {
					scripts++
					if strings.Contains(n.Content[i+1].Value, "${{") {
						t.Errorf("%s:%d: an expression in a script", name, n.Content[i].Line)
					}
				}
			}
		}
	}
	if scripts < 4 {
		t.Errorf("only %d scripts were looked at", scripts)
	}
}

// The issue form of this repository is that of its policy and its people.
func TestOwnForm(t *testing.T) {
	t.Parallel()
	own, err := tree.Open(os.DirFS("../.."), nil)
	if err != nil {
		t.Fatal(err)
	}
	differs, err := issueForm(own, time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)).Differs([]byte(read(t, form.Path)))
	if err != nil || len(differs) > 0 {
		t.Errorf("go run ./cmd/escalate form makes another one than %s: %q, %v", form.Path, differs, err)
	}
}

// The workflows that docs/setup.md and init give to others are those of this
// repository, but for the name of the action, and the commit that it is pinned at.
func TestSetupWorkflows(t *testing.T) {
	t.Parallel()
	for _, name := range []string{".github/workflows/lint.yml", ".github/workflows/apply.yml", ".github/workflows/stale.yml", ".github/workflows/bot.yml", ".github/workflows/pages.yml"} {
		own := strings.ReplaceAll(read(t, name), "uses: ./\n", "uses: escalations-as-code/escalate@PIN\n")
		if want := "```yaml\n# " + name + "\n" + own + "```\n"; !strings.Contains(read(t, "docs/setup.md"), want) {
			t.Errorf("docs/setup.md does not have %s as it is here:\n%s", name, want)
		}
		if got := read(t, "internal/starter/files/github/"+filepath.Base(name)); got != own {
			t.Errorf("init does not write %s as it is here:\n%s", name, got)
		}
	}
}

// What somebody else wrote is used by its commit, which cannot be moved; the
// comment says for people which version that is.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^uses: (\./|[\w-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	uses := 0
	for _, name := range append(workflows(t), "docs/setup.md") { // what it shows, others copy
		for n, line := range strings.Split(read(t, name), "\n") {
			line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if strings.HasPrefix(line, "uses:") && line != "uses: escalations-as-code/escalate@PIN" {
				uses++
				if !pinned.MatchString(line) {
					t.Errorf("%s:%d: %s is no commit with its version", name, n+1, line)
				}
			}
		}
	}
	if uses < 10 {
		t.Errorf("only %d uses were looked at", uses)
	}
}

// A pull request is judged again when its base is changed, and no condition skips
// that: what is skipped counts as passed.
func TestJudgedAgainWithAnotherBase(t *testing.T) {
	t.Parallel()
	var lint struct {
		On struct {
			PullRequest struct{ Types []string } `yaml:"pull_request"`
		}
		Jobs map[string]struct{ If string }
	}
	if err := yaml.Unmarshal([]byte(read(t, ".github/workflows/lint.yml")), &lint); err != nil {
		t.Fatal(err)
	}
	if types := lint.On.PullRequest.Types; !slices.Equal(types, []string{"opened", "synchronize", "reopened", "edited"}) {
		t.Errorf("the workflow lint is started by %q", types)
	}
	if job := lint.Jobs["escalations"]; len(lint.Jobs) != 1 || job.If != "" {
		t.Errorf("the jobs are %+v", lint.Jobs)
	}
}

// The workflow of the bot is started by whatever may ask for something, by people alone,
// and by a schedule for what a run left. It runs what is on the default branch and
// nothing that a pull request brought, has the whole history, and is not stopped.
func TestBotWorkflow(t *testing.T) {
	t.Parallel()
	var bot struct {
		On struct {
			Issues       struct{ Types []string }
			IssueComment struct{ Types []string } `yaml:"issue_comment"`
			Schedule     []struct{ Cron string }
		}
		Permissions map[string]string
		Jobs        map[string]struct {
			If, Environment string
			Permissions     map[string]string
			Concurrency     struct {
				Group  string
				Cancel bool `yaml:"cancel-in-progress"`
			}
			Steps []struct {
				Uses string
				With map[string]string
				Env  map[string]string
			}
		}
	}
	text := read(t, ".github/workflows/bot.yml")
	if err := yaml.Unmarshal([]byte(text), &bot); err != nil {
		t.Fatal(err)
	}
	if got := bot.On.Issues.Types; !slices.Equal(got, []string{"opened", "edited", "reopened", "labeled"}) {
		t.Errorf("issues start it when they are %q", got)
	}
	if got := bot.On.IssueComment.Types; !slices.Equal(got, []string{"created", "edited"}) {
		t.Errorf("comments start it when they are %q", got)
	}
	if got := bot.On.Schedule; len(got) != 1 || strings.HasPrefix(got[0].Cron, "0 ") {
		t.Errorf("its schedule is %v", got)
	}
	for _, name := range workflows(t) {
		if strings.Contains(read(t, name), "pull_request_target") {
			t.Errorf("%s has the rights of the repository for what a pull request brought", name)
		}
	}
	job, ok := bot.Jobs["bot"]
	if !ok || len(bot.Jobs) != 1 || len(bot.Permissions) > 0 || job.Environment != "escalate" {
		t.Fatalf("it is %+v", bot)
	}
	if want := map[string]string{"contents": "write", "issues": "write", "pull-requests": "write", "checks": "write"}; !maps.Equal(job.Permissions, want) {
		t.Errorf("it may %v, want %v", job.Permissions, want)
	}
	if job.Concurrency.Group != "escalate-bot" || job.Concurrency.Cancel {
		t.Errorf("its turn is %+v", job.Concurrency)
	}
	if len(job.Steps) != 2 || job.Steps[0].With["fetch-depth"] != "0" || job.Steps[0].With["ref"] != "" || job.Steps[0].With["repository"] != "" || job.Steps[1].With["command"] != "bot" {
		t.Errorf("its steps are %+v", job.Steps)
	}
	var apply struct {
		Jobs map[string]struct {
			Steps []struct{ Env map[string]string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, ".github/workflows/apply.yml")), &apply); err != nil {
		t.Fatal(err)
	}
	if got, want := job.Steps[len(job.Steps)-1].Env, apply.Jobs["apply"].Steps[1].Env; len(want) == 0 || !maps.Equal(got, want) {
		t.Errorf("its secrets are %v, those of apply %v", got, want)
	}
	// What a condition asks of an event is there, and no text of one is anywhere else.
	title := ""
	for _, f := range form.New(&act.Case{Tree: tree.Empty()}).Fields {
		if f.ID == "customer" {
			title = f.Title
		}
	}
	for _, want := range []string{"'" + form.Label + "'", "'escalation'", "contains(github.event.issue.body, '" + title + "')", "contains(github.event.comment.body, '/')", "github.event.sender.type != 'Bot'", "github.event.comment.user.type != 'Bot'"} {
		if !strings.Contains(job.If, want) {
			t.Errorf("its condition lacks %s:\n%s", want, job.If)
		}
	}
	for n, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "github.event") && strings.Contains(line, "${{") {
			t.Errorf("bot.yml:%d: a part of an event outside of the condition", n+1)
		}
	}
}

// The board is built of the default branch, whoever starts it, by a job that may write
// nothing; and what it wrote is published by a job that runs nothing of the repository,
// only where the first one said so.
func TestPagesWorkflow(t *testing.T) {
	t.Parallel()
	type step struct {
		ID, If, Uses, Run string
		With              map[string]string
	}
	var pages struct {
		On struct {
			After struct {
				Workflows, Types, Branches []string
			} `yaml:"workflow_run"`
			Schedule []struct{ Cron string }
		}
		Permissions map[string]string
		Concurrency struct {
			Group  string
			Cancel bool `yaml:"cancel-in-progress"`
		}
		Jobs map[string]struct {
			If, Needs   string
			Permissions map[string]string
			Outputs     map[string]string
			Steps       []step
		}
	}
	text := read(t, ".github/workflows/pages.yml")
	if err := yaml.Unmarshal([]byte(text), &pages); err != nil {
		t.Fatal(err)
	}
	var apply struct{ Name string }
	if err := yaml.Unmarshal([]byte(read(t, ".github/workflows/apply.yml")), &apply); err != nil {
		t.Fatal(err)
	}
	if after := pages.On.After; !slices.Equal(after.Workflows, []string{apply.Name, "escalate-" + apply.Name}) || !slices.Equal(after.Types, []string{"completed"}) {
		t.Errorf("it runs after %+v", after)
	}
	if got := pages.On.Schedule; len(got) != 1 || strings.HasPrefix(got[0].Cron, "0 ") {
		t.Errorf("its schedule is %v", got)
	}
	if strings.Contains(text, "github.event.workflow_run") || strings.Contains(text, "secrets.") {
		t.Error("it takes something of the run that starts it, or a secret")
	}
	if pages.Concurrency.Group != "escalate-pages" || pages.Concurrency.Cancel || len(pages.Permissions) > 0 || len(pages.Jobs) != 2 {
		t.Errorf("it is %+v", pages)
	}
	build, publish := pages.Jobs["build"], pages.Jobs["publish"]
	if want := map[string]string{"contents": "read", "pages": "read"}; !maps.Equal(build.Permissions, want) || build.If != "" {
		t.Errorf("the build may %v, want %v", build.Permissions, want)
	}
	if want := map[string]string{"pages": "write", "id-token": "write"}; !maps.Equal(publish.Permissions, want) {
		t.Errorf("what publishes may %v, want %v", publish.Permissions, want)
	}
	if build.Outputs["publish"] != "${{ steps.site.outputs.publish }}" || publish.If != "needs.build.outputs.publish == 'true'" || publish.Needs != "build" {
		t.Errorf("it is published if %q of %v", publish.If, build.Outputs)
	}
	var does []string
	for _, s := range slices.Concat(build.Steps, publish.Steps) {
		action, _, _ := strings.Cut(s.Uses, "@")
		does = append(does, strings.TrimSpace(strings.Join([]string{s.ID, s.If, action, s.Run, s.With["command"], s.With["path"], s.With["ref"], s.With["fetch-depth"], s.With["persist-credentials"]}, " ")))
	}
	for i, d := range does {
		does[i] = strings.Join(strings.Fields(d), " ")
	}
	if want := []string{
		"actions/checkout ${{ github.event.repository.default_branch }} 0 false", "site ./ site",
		"steps.site.outputs.publish == 'true' actions/upload-pages-artifact site", "steps.site.outputs.publish != 'true' actions/upload-artifact site",
		"deploy actions/deploy-pages",
	}; !slices.Equal(does, want) {
		t.Errorf("its steps are\n%s\nwant\n%s", strings.Join(does, "\n"), strings.Join(want, "\n"))
	}
}

// A release is built in a job of its own, after all that must hold, without what
// another job put into a cache, and is out only with the proof of where it comes
// from.
func TestReleaseIsBuiltAlone(t *testing.T) {
	t.Parallel()
	type step struct {
		Uses, Run string
		With      map[string]string
	}
	var release struct {
		Jobs map[string]struct {
			Needs       string
			Permissions map[string]string
			Steps       []step
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, ".github/workflows/release.yml")), &release); err != nil {
		t.Fatal(err)
	}
	for name, job := range release.Jobs {
		if name != "release" && !maps.Equal(job.Permissions, map[string]string{"contents": "read"}) {
			t.Errorf("the job %s may %v", name, job.Permissions)
		}
	}
	job := release.Jobs["release"]
	if want := map[string]string{"contents": "write", "id-token": "write", "attestations": "write"}; job.Needs != "check" || !maps.Equal(job.Permissions, want) {
		t.Errorf("it needs %q and may %v, want %v", job.Needs, job.Permissions, want)
	}
	var order []string
	for _, s := range job.Steps {
		action, _, _ := strings.Cut(s.Uses, "@")
		switch {
		case action == "actions/setup-go" && s.With["cache"] != "false", action == "actions/cache":
			t.Errorf("%s has a cache", s.Uses)
		case action == "actions/attest-build-provenance" && s.With["subject-checksums"] == "dist/checksums.txt":
			order = append(order, "attest")
		case strings.Contains(s.Run, "goreleaser"):
			order = append(order, "build")
		case strings.Contains(s.Run, "--draft=false"):
			order = append(order, "publish")
		}
	}
	if want := []string{"build", "attest", "publish"}; !slices.Equal(order, want) {
		t.Errorf("the steps are %q, want %q", order, want)
	}
	var build struct {
		Release  struct{ Draft bool }
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
		}
		SBOMs []struct{ Artifacts string } `yaml:"sboms"`
	}
	if err := yaml.Unmarshal([]byte(read(t, ".goreleaser.yaml")), &build); err != nil {
		t.Fatal(err)
	}
	if !build.Release.Draft || build.Checksum.NameTemplate != "checksums.txt" || len(build.SBOMs) != 1 || build.SBOMs[0].Artifacts != "binary" {
		t.Errorf("goreleaser makes %+v", build)
	}
}

// What pre-commit runs is a command that there is, for the files that it checks.
func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	var hooks []struct {
		ID, Entry, Language, Files string
		PassFilenames              *bool `yaml:"pass_filenames"`
	}
	if err := yaml.Unmarshal([]byte(read(t, ".pre-commit-hooks.yaml")), &hooks); err != nil {
		t.Fatal(err)
	}
	if len(hooks) != 1 || hooks[0].ID != "escalate" || hooks[0].Entry != "escalate lint" || hooks[0].Language != "golang" || hooks[0].PassFilenames == nil || *hooks[0].PassFilenames {
		t.Fatalf("the hooks are %+v", hooks)
	}
	files, err := regexp.Compile(hooks[0].Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"escalations/2026/northwind.yaml": true, "escalations/people.yaml": true, "escalations/policy.yml": true, "cs/escalations/2026/northwind.yaml": true,
		"de-escalations/2026/northwind.yaml": false, "escalations/2026/notes.md": false, "docs/escalations.yaml": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %v, want %v", name, !want, want)
		}
	}
	if config := "    rev: " + starter.LastRelease + "\n    hooks:\n      - id: " + hooks[0].ID + "\n"; !strings.Contains(read(t, "README.md"), config) {
		t.Errorf("README.md does not have\n%s", config)
	}
}

// A workflow that an earlier version gave to others runs with this one: the action
// has the inputs that it had, and only the command must be said; and the flags that
// a workflow hands over are still there.
func TestEarlierWorkflows(t *testing.T) {
	t.Parallel()
	var action struct {
		Inputs map[string]struct {
			Required bool
			Default  *string
		}
		Outputs map[string]any
	}
	if err := yaml.Unmarshal([]byte(read(t, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"command", "base", "dir", "flags", "version", "token"} { // 0.1
		if _, ok := action.Inputs[name]; !ok {
			t.Errorf("the action has no input %s any more", name)
		}
	}
	for name, input := range action.Inputs {
		if must := name == "command"; input.Required != must || (input.Default == nil) != must {
			t.Errorf("the input %s must be said: %t, and has a default: %t", name, input.Required, input.Default != nil)
		}
	}
	if _, ok := action.Outputs["exit-code"]; !ok {
		t.Error("the action has no output exit-code any more")
	}
	for command, flags := range map[string][]string{ // 0.1
		"lint":  {"base", "dir", "format"},
		"plan":  {"base", "comment", "dir", "format"},
		"apply": {"adopt", "announce-existing", "branch", "dir", "dry-run", "json", "print", "remote", "verify"},
		"stale": {"apply", "branch", "dir", "format", "remote"},
		"bot":   {"branch", "dir", "remote"},
		"site":  {"dir", "output", "pages", "redact", "remote"},
	} {
		cmd, _, err := newRoot(environment{}).Find([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range flags {
			if cmd.Flag(flag) == nil {
				t.Errorf("%s has no flag --%s any more", command, flag)
			}
		}
	}
}
