package doctor

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/words"
)

// PipelineFiles are where the jobs of GitLab may stand.
func PipelineFiles() []string { return []string{starter.Pipeline, starter.PipelineBeside} }

// definition is a job of GitLab, or what a job takes over.
type definition struct {
	Extends       yaml.Node
	Script        yaml.Node
	Variables     map[string]yaml.Node
	ResourceGroup string `yaml:"resource_group"`
	Rules         []struct {
		If   string
		When string
	}
	Only yaml.Node
	line int
}

var (
	// source is a kind of pipeline that a rule names.
	source = regexp.MustCompile(`\$CI_PIPELINE_SOURCE\s*==\s*["'](\w+)["']`)
	// sum is where the sum of an archive stands, or is to.
	sum = regexp.MustCompile(`(?m)^\s*(SUM|[0-9a-f]{64})[ \t]+\*?escalate_linux_`)
	// typed is a command that a job types.
	typed = regexp.MustCompile(`\bescalate (apply|lint|stale|bot|site)\b([^\n]*)`)
	// taken is an include of the component.
	taken = regexp.MustCompile(`/escalate/escalate@(\S+)$`)
)

// branchSources are the kinds of pipelines of a branch that run a job without rules.
func branchSources() []string { return []string{"push", "schedule", "trigger", "web"} }

// ReadPipeline reads a file of jobs of GitLab; ok reports whether escalate runs in it, or
// in what it includes of ours.
func ReadPipeline(file string, data []byte) (w Workflow, ok bool) {
	w.File, w.Changed = file, starter.ChangedByHand(data)
	all := map[string]yaml.Node{}
	if err := yaml.Unmarshal(data, &all); err != nil {
		w.Err = err
		return w, starter.RunsJobs(data)
	}
	var includes yaml.Node
	jobs := map[string]definition{}
	for name, n := range all {
		var d definition
		switch {
		case name == "include":
			includes = n
		case n.Kind == yaml.MappingNode && n.Decode(&d) == nil:
			d.line = n.Line - 1
			jobs[name] = d
		}
	}
	w.Includes, w.Steps = included(includes)
	shared := map[string]yaml.Node{}
	if n, ok := all["variables"]; ok {
		_ = n.Decode(&shared) // of another form, it says nothing of ours
	}
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		if strings.HasPrefix(name, ".") {
			continue
		}
		d := whole(jobs, name, 0)
		var commands []string
		for _, m := range typed.FindAllStringSubmatch(text(d.Script), -1) {
			remarks := m[1] == "lint" && strings.Contains(m[2], "--comment") // the job of plan has them, and does not fail for what it finds
			if !remarks && !slices.Contains(commands, m[1]) {
				commands = append(commands, m[1])
			}
		}
		variable := func(name string) yaml.Node {
			if v, ok := d.Variables[name]; ok {
				return v
			}
			return shared[name]
		}
		for _, c := range commands {
			s := Step{Line: d.line, Command: c, Job: name, Starts: d.starts(), Alone: d.ResourceGroup != "", Whole: variable("GIT_DEPTH").Value == "0"}
			if v := variable("ESCALATE_RELEASE"); v.Value != "" {
				s.Line, s.Version = v.Line, v.Value
				if m := sum.FindStringSubmatch(variable("ESCALATE_SUMS").Value); m != nil {
					s.Ref = m[1]
				}
			}
			w.Steps = append(w.Steps, s)
		}
	}
	return w, len(w.Steps) > 0 || slices.Contains(w.Includes, starter.PipelineBeside)
}

// included are the files that a pipeline includes of its own repository, and what it runs
// by our component.
func included(n yaml.Node) (files []string, steps []Step) {
	entries := []*yaml.Node{&n}
	if n.Kind == yaml.SequenceNode {
		entries = n.Content
	}
	for _, e := range entries {
		var in struct {
			Local     string
			Component yaml.Node
			Inputs    map[string]yaml.Node
		}
		switch {
		case e.Kind == yaml.ScalarNode:
			in.Local = e.Value
		case e.Kind != yaml.MappingNode || e.Decode(&in) != nil:
			continue
		}
		if in.Local != "" {
			files = append(files, strings.TrimPrefix(path.Clean("/"+in.Local), "/"))
		}
		m := taken.FindStringSubmatch(in.Component.Value)
		if m == nil {
			continue
		}
		jobs, stated := in.Inputs["jobs"]
		for _, c := range commands() {
			name := map[string]string{"site": "pages"}[c]
			if name == "" {
				name = c
			}
			if stated && !slices.Contains(strings.Fields(jobs.Value), name) {
				continue
			}
			s := Step{Line: in.Component.Line, Command: c, Job: "escalate-" + name, Ref: m[1], Version: version.FindString(m[1] + " " + in.Component.LineComment), Alone: true, Whole: true}
			for _, of := range wanted(ci.GitLab, c) {
				s.Starts = append(s.Starts, of.event)
			}
			steps = append(steps, s)
		}
	}
	return files, steps
}

// whole is a job with what it takes over from others of the file.
func whole(jobs map[string]definition, name string, depth int) definition {
	const most = 10 // as GitLab has it
	d := jobs[name]
	parents := []string{}
	if d.Extends.Kind == yaml.ScalarNode {
		parents = append(parents, d.Extends.Value)
	}
	for _, n := range d.Extends.Content {
		parents = append(parents, n.Value)
	}
	slices.Reverse(parents) // the last one counts most
	for _, p := range parents {
		if depth == most {
			break
		}
		of := whole(jobs, p, depth+1)
		if d.Script.IsZero() {
			d.Script = of.Script
		}
		if d.Rules == nil && d.Only.IsZero() {
			d.Rules, d.Only = of.Rules, of.Only
		}
		if d.ResourceGroup == "" {
			d.ResourceGroup = of.ResourceGroup
		}
		variables := maps.Clone(of.Variables)
		if variables == nil {
			variables = map[string]yaml.Node{}
		}
		maps.Copy(variables, d.Variables)
		d.Variables = variables
	}
	return d
}

// starts are the kinds of pipelines in which a job is.
func (d definition) starts() []string {
	var all []string
	add := func(kinds ...string) {
		for _, k := range kinds {
			if !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
	}
	for _, n := range append([]*yaml.Node{&d.Only}, d.Only.Content...) {
		if kind, ok := map[string]string{"merge_requests": "merge_request_event", "schedules": "schedule", "triggers": "trigger", "pushes": "push", "web": "web"}[n.Value]; ok {
			add(kind)
		} else if n.Kind == yaml.ScalarNode {
			add(branchSources()...)
		}
	}
	if d.Rules == nil && all == nil {
		return branchSources()
	}
	for _, r := range d.Rules {
		named := source.FindAllStringSubmatch(r.If, -1)
		switch {
		case r.When == "never":
		case named == nil:
			add(branchSources()...)
		}
		for _, m := range named {
			if r.When != "never" {
				add(m[1])
			}
		}
	}
	return all
}

// text is all that the lines of a script say.
func text(n yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var b strings.Builder
	for _, c := range n.Content {
		b.WriteString(text(*c) + "\n")
	}
	return b.String()
}

// pipeline is whether the jobs of GitLab do not get into each other's way, see the whole
// history, and are as they were made.
func (x *exam) pipeline() {
	if x.Platform != ci.GitLab {
		return
	}
	at := func(w Workflow, s Step) string { return fmt.Sprintf("%s:%d", w.File, s.Line) }
	for _, w := range x.Workflows {
		if w.Changed {
			x.says(Ailment{Name: "pipeline-changed", Level: Should, Where: w.File, What: "somebody changed more in this file than the release and its sums: what a later version mends in it, it does not get",
				Fix: "`escalate init --upgrade --dry-run` shows what this version would write; take over what you want"})
		}
		var beside, shallow []string
		where := ""
		for _, s := range w.Steps {
			if !s.Alone && slices.Contains([]string{"apply", "stale", "bot"}, s.Command) && !slices.Contains(beside, s.Job) {
				beside, where = append(beside, s.Job), at(w, s)
			}
			if !s.Whole && !slices.Contains(shallow, s.Job) {
				shallow = append(shallow, s.Job)
			}
		}
		if len(beside) > 0 {
			x.says(Ailment{Name: "pipeline-unserialized", Level: Should, Where: where, About: beside,
				What: fmt.Sprintf("%s %s no `resource_group`: two that announce run at once, and one of them waits or fails", words.And(code(beside)), words.Agree(len(beside), "has", "have")),
				Fix:  "write `resource_group: escalate-apply` into each"})
		}
		if len(shallow) > 0 {
			x.says(Ailment{Name: "pipeline-shallow", Level: Should, Where: w.File, About: shallow,
				What: fmt.Sprintf("%s %s a shallow clone: GitLab fetches the last commits alone, and rules and the timeline do not see the whole history", words.And(code(shallow)), words.Agree(len(shallow), "runs in", "run in")),
				Fix:  "write `GIT_DEPTH: \"0\"` below `variables:` of each"})
		}
		if w.File == starter.PipelineBeside && !slices.ContainsFunc(x.Workflows, func(o Workflow) bool { return slices.Contains(o.Includes, w.File) }) {
			x.says(Ailment{Name: "pipeline-left-out", Level: Must, Where: starter.Pipeline, What: fmt.Sprintf("%s does not include %s: none of its jobs run", starter.Pipeline, w.File),
				Fix: "write below `include:` of it: `- local: " + w.File + "`"})
		}
	}
}

// pipelines is whether pipelines of GitLab run: the settings say when, and what jobs get.
func (x *exam) pipelines() {
	if x.Platform != ci.GitLab || !x.answers() {
		return
	}
	x.schedules()
	if x.Forge.Hooks != nil {
		x.hooks(*x.Forge.Hooks)
	}
	if x.Forge.Secrets != nil {
		x.secrets(*x.Forge.Secrets)
	}
}

// schedules is whether a schedule has the jobs run that need one, and how the last
// pipelines went. Of the jobs, the first is what a push starts, and each other one a
// schedule.
func (x *exam) schedules() {
	all := x.Forge.Jobs
	switch {
	case all.Err != nil:
		x.unseen("whether pipelines run", all.Err, "")
		return
	case len(all.Answer) == 0:
		x.unseen("whether pipelines run", fmt.Errorf("the project has another file for its jobs than %s", starter.Pipeline), "")
		return
	}
	if failed := all.Answer[0].Failed; failed != "" {
		x.says(Ailment{Name: "workflow-failed", Level: Must, Where: failed, About: []string{starter.Pipeline}, What: fmt.Sprintf("the last pipeline of `%s` failed", x.main()), Fix: "its page says which job, and why; then run that again"})
	}
	const lost = "nobody is asked for what is overdue, and what no webhook told is not answered"
	runs := slices.DeleteFunc(slices.Clone(all.Answer[1:]), func(j forge.Job) bool { return j.Disabled != "" })
	switch stopped := all.Answer[1:]; {
	case len(stopped) == 0:
		x.must("schedule-missing", fmt.Sprintf("no pipeline schedule runs for `%s`: %s", x.main(), lost), "Build, Pipeline schedules, New schedule: `17 * * * *`, for the default branch")
		return
	case len(runs) == 0:
		x.says(Ailment{Name: "schedule-stopped", Level: Must, Where: stopped[0].Page, What: fmt.Sprintf("the pipeline schedule does not run (%s): %s", words.Line(stopped[0].Disabled), lost),
			Fix: "make it active; where whoever it belongs to has left, take ownership of it first"})
		return
	}
	last := slices.MaxFunc(runs, func(a, b forge.Job) int { return a.Began.Compare(b.Began) })
	switch since := x.Now.Sub(last.Began); {
	case last.Failed != "":
		x.says(Ailment{Name: "schedule-failed", Level: Must, Where: last.Failed, What: "the last pipeline of the schedule failed", Fix: "its page says which job, and why; then run that again"})
	case last.Ran == forge.Unsaid:
		x.unseen("when the pipeline schedule ran last", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	case last.Ran == forge.No:
		x.says(Ailment{Name: "schedule-idle", Level: Must, Where: last.Page, What: "the pipeline schedule never ran: " + lost, Fix: "Build, Pipeline schedules, Run"})
	case since > 24*time.Hour:
		x.says(Ailment{Name: "schedule-idle", Level: Must, Where: last.Page, What: fmt.Sprintf("the pipeline schedule ran last %s ago: %s", words.Span(since), lost), Fix: "Build, Pipeline schedules, Run; and see that it runs once an hour"})
	}
}

// hooks is whether what people write starts the bot.
func (x *exam) hooks(all Asked[[]forge.Hook]) {
	if _, ok := x.bot(); !ok {
		return
	}
	const fix = "Settings, Webhooks: the address of a pipeline trigger, for comments and issues, and for confidential ones of both; docs/gitlab.md has it"
	if all.Err != nil {
		x.unseen("whether a webhook starts the bot", all.Err, "")
		return
	}
	i := slices.IndexFunc(all.Answer, func(h forge.Hook) bool { return h.Branch == x.main() })
	if i < 0 {
		x.should("webhook-missing", fmt.Sprintf("no webhook starts the pipeline of `%s`: comments and issues are answered when the schedule runs", x.main()), fix)
		return
	}
	h := all.Answer[i]
	if h.Disabled != "" {
		x.says(Ailment{Name: "webhook-disabled", Level: Should, Where: h.Page, What: "GitLab has stopped the webhook (" + words.Line(h.Disabled) + "): comments and issues are answered when the schedule runs",
			Fix: "Settings, Webhooks, Test; its recent events say what was answered"})
	}
	var deaf []string
	if !h.Comments {
		deaf = append(deaf, "comments")
	}
	if !h.Issues {
		deaf = append(deaf, "issues")
	}
	if !h.Confidential {
		deaf = append(deaf, "what is confidential")
	}
	if len(deaf) > 0 {
		x.says(Ailment{Name: "webhook-deaf", Level: Should, Where: h.Page, About: deaf, What: fmt.Sprintf("the webhook is not told of %s: that is answered when the schedule runs", words.And(deaf)), Fix: fix})
	}
}

// secrets is whether jobs get the variables that they need, and no branch of anybody's
// those that it must not.
func (x *exam) secrets(all Asked[[]forge.Secret]) {
	if all.Err != nil {
		x.unseen("whether the variables are there, masked and protected", all.Err, "")
		return
	}
	const page = "Settings, CI/CD, Variables"
	has := false
	var open, shown []string
	for _, s := range all.Answer {
		guarded := slices.Contains([]string{"GITLAB_TOKEN", "ESCALATE_MARKER_KEY", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"}, s.Name)
		has = has || s.Name == "GITLAB_TOKEN"
		if guarded && !s.Protected && !slices.Contains(open, s.Name) {
			open = append(open, s.Name)
		}
		if (guarded || s.Name == "ESCALATE_REVIEW_TOKEN") && !s.Masked && !slices.Contains(shown, s.Name) {
			shown = append(shown, s.Name)
		}
	}
	if !has {
		x.unseen("whether the jobs get `GITLAB_TOKEN`", errors.New("the project has no such variable, but a group of it may"), page+": a project access token, role Maintainer, scope api; masked, hidden and protected")
	}
	if len(open) > 0 {
		x.says(Ailment{Name: "variable-unprotected", Level: Should, About: open, What: fmt.Sprintf("%s %s not protected: whoever pushes a branch can read %s", words.And(code(open)), words.Agree(len(open), "is", "are"), words.Agree(len(open), "it", "them")),
			Fix: page + ": Protect variable"})
	}
	if len(shown) > 0 {
		x.says(Ailment{Name: "variable-unmasked", Level: Should, About: shown, What: fmt.Sprintf("%s %s not masked: a log may show %s", words.And(code(shown)), words.Agree(len(shown), "is", "are"), words.Agree(len(shown), "it", "them")),
			Fix: page + ": Masked and hidden"})
	}
}
