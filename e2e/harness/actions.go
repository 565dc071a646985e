package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// act runs workflows as GitHub does, on this machine.
const act = "github.com/nektos/act@v0.2.89"

// setupGo is the action that workflows set up Go with, as act knows it: what it
// does, this machine has done.
const setupGo = "actions/setup-go@44694675825211faa026b3c33043df3e48a5fa00"

func (x *Tools) buildRunner() (string, error) {
	cmd := exec.Command("go", "install", act)
	cmd.Dir, cmd.Env = x.dir, append(os.Environ(), "GOBIN="+x.dir, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w\n%s", act, err, out)
	}
	if err := x.buildAsAction(); err != nil {
		return "", err
	}
	stub := filepath.Join(x.dir, "setup-go")
	if err := os.Mkdir(stub, 0o755); err != nil {
		return "", err
	}
	const does = "name: setup-go\nruns: {using: composite, steps: [{run: go version, shell: bash}]}\n"
	return filepath.Join(x.dir, "act"), os.WriteFile(filepath.Join(stub, "action.yml"), []byte(does), 0o644)
}

// buildAsAction builds escalate as the action does from source: what Go has built once, it
// has for all jobs. Those that run at once would each build all of it.
func (x *Tools) buildAsAction() error {
	cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(x.dir, "escalate-of-action"), "./cmd/escalate")
	cmd.Dir, cmd.Env = x.root, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Event returns what GitHub sends with an event, of the examples that it
// publishes the first with an action; "" for an event that has none.
func (x *Tools) Event(t testing.TB, name, action string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(x.root, "e2e/node_modules/@octokit/webhooks-examples/api.github.com/index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var events []struct {
		Name     string
		Examples []map[string]any
	}
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		for _, example := range e.Examples {
			if got, _ := example["action"].(string); e.Name == name && got == action {
				return example
			}
		}
	}
	t.Fatalf("GitHub publishes no example of %s %s", name, action)
	return nil
}

// Workflow is a run of one.
type Workflow struct {
	// File is the workflow in the clone, Event what starts it, and Payload what
	// comes with that.
	File, Event string
	Payload     map[string]any
	// Actions are folders that hold actions, by the names that they are used by.
	Actions map[string]string
	// With are more variables of the environment.
	With With
}

// Job is how a job ended.
type Job struct {
	Failed      bool
	Log         string   // what its steps printed
	Summary     string   // of all steps
	Annotations []string // errors, by file and line
}

// Act runs a workflow in a clone.
func (w *World) Act(c *Clone, f Workflow) Job {
	w.t.Helper()
	runner, err := w.tools.runner()
	if err != nil {
		w.t.Fatal(err)
	}
	w.inRepository(c)
	payload, err := json.Marshal(f.Payload)
	if err != nil {
		w.t.Fatal(err)
	}
	dir, err := os.MkdirTemp(w.dir, "act-")
	if err != nil {
		w.t.Fatal(err)
	}
	event := filepath.Join(dir, "event.json")
	if err := os.WriteFile(event, payload, 0o644); err != nil {
		w.t.Fatal(err)
	}
	args := []string{f.Event, "-W", f.File, "-e", event, "-P", "ubuntu-latest=-self-hosted", "--json", "-s", "GITHUB_TOKEN=" + Token,
		"--local-repository", setupGo + "=" + filepath.Join(filepath.Dir(runner), "setup-go")}
	if w.Slack != nil {
		args = append(args, "-s", "SLACK_BOT_TOKEN="+SlackToken)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Actions)) {
		args = append(args, "--local-repository", name+"="+f.Actions[name])
	}
	for _, v := range slices.Concat(w.env.vars, goEnvironment(w.t), w.destinations(), f.With) {
		if !strings.HasPrefix(v, "HOME=") && !strings.HasPrefix(v, "TMPDIR=") {
			args = append(args, "--env", v)
		}
	}
	cmd := exec.Command(runner, args...)
	cmd.Dir, cmd.Env = c.Dir, append(slices.Clip(w.env.vars), "HOME="+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	j, ended := readJob(out.String())
	if j.Failed = err != nil; !ended {
		w.t.Fatalf("act: %v\n%s", err, out.String())
	}
	return j
}

// inRepository makes a clone one of the repository on GitHub, from which act
// takes its name; git goes to the origin all the same.
func (w *World) inRepository(c *Clone) {
	w.t.Helper()
	const address = "https://github.com/" + Repository + ".git"
	c.Git("remote", "set-url", "origin", address)
	w.env.git(w.t, w.dir, "config", "--global", "url.file://"+w.Origin.Dir+".insteadOf", address)
}

// goEnvironment is where go keeps what it has built: a workflow has another home.
func goEnvironment(t testing.TB) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	for i := range names {
		names[i] += "=" + values[i]
	}
	return names
}

// readJob reads what act prints: a line of JSON for each thing that happens. It
// reports whether the job came to an end.
func readJob(out string) (j Job, ended bool) {
	var log, summary strings.Builder
	for line := range strings.Lines(out) {
		var said struct {
			Msg       string
			RawOutput bool `json:"raw_output"`
			Command   string
			Content   string
			Arg       string
			KvPairs   map[string]string
			JobResult string
		}
		if json.Unmarshal([]byte(line), &said) != nil {
			continue
		}
		ended = ended || said.JobResult != ""
		switch {
		case said.RawOutput:
			log.WriteString(said.Msg)
		case said.Command == "error":
			j.Annotations = append(j.Annotations, fmt.Sprintf("%s:%s: %s", said.KvPairs["file"], said.KvPairs["line"], said.Arg))
		case said.Command == "summary" && !strings.Contains(summary.String(), said.Content): // a composite's is told twice
			summary.WriteString(said.Content)
		}
	}
	j.Log, j.Summary = log.String(), summary.String()
	return j, ended
}
