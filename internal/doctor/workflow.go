package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/words"
)

// WorkflowFolder is where the workflows of GitHub stand.
const WorkflowFolder = ".github/workflows"

// Workflow is a file in which escalate runs: a workflow of GitHub, or the pipeline of
// GitLab.
type Workflow struct {
	// File is its path in the repository.
	File string
	// Steps are those that run escalate.
	Steps []Step
	// Starts is what starts it, such as push; Schedules are when, such as 17 */2 * * *.
	Starts, Schedules []string
	// Includes are the files of the repository that a pipeline takes in; Changed reports
	// that init made it, and that somebody changed more than what runs.
	Includes []string
	Changed  bool
	// Err is why it cannot be read, where it seems to be one.
	Err error
}

// Step is one step of a workflow that runs escalate, or what one job of a pipeline does.
type Step struct {
	Line int
	// Starts is what starts the job, such as push; nil where the file says it.
	Starts []string
	// Alone reports that no other job of its group runs at once, Whole that the job has
	// the whole history. Of workflows neither is asked.
	Alone, Whole bool
	// Command is what it runs, such as apply; Job is what the job is called as a check.
	Command, Job string
	// Ref is what the action or the component is taken at, or the sum of the release that
	// a job downloads; Version is which release that is, by its note or its tag. Both are
	// "" for the action of the same commit, and for a command of a script.
	Ref, Version string
	// May is what the token of the job may, by the name of the permission; nil where
	// the repository's default holds. Own reports that the step has a token of its own.
	May map[string]string
	Own bool
}

// ReadWorkflow reads a workflow; ok reports whether escalate runs in it.
func ReadWorkflow(file string, data []byte) (w Workflow, ok bool) {
	w.File = file
	var in struct {
		On          yaml.Node
		Permissions yaml.Node
		Jobs        map[string]struct {
			Name        string
			Permissions yaml.Node
			Steps       []struct {
				Uses, Run yaml.Node
				With      map[string]yaml.Node
			}
		}
	}
	odd := (*yaml.TypeError)(nil) // a part of another form, such as an expression: the rest was read
	if err := yaml.Unmarshal(data, &in); err != nil && !errors.As(err, &odd) {
		w.Err = err
		return w, strings.Contains(string(data), "/escalate@")
	}
	w.Starts = starts(in.On)
	var on struct{ Schedule []struct{ Cron string } }
	if in.On.Kind == yaml.MappingNode && in.On.Decode(&on) == nil {
		for _, s := range on.Schedule {
			w.Schedules = append(w.Schedules, s.Cron)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Jobs)) {
		job := in.Jobs[name]
		may := permissions(job.Permissions)
		if may == nil {
			may = permissions(in.Permissions)
		}
		for _, s := range job.Steps {
			step := Step{Line: s.Uses.Line, Command: s.With["command"].Value, Job: cmp.Or(job.Name, name), May: may, Own: s.With["token"].Value != ""}
			action, ref, _ := strings.Cut(s.Uses.Value, "@")
			script := command.FindStringSubmatch(s.Run.Value)
			switch {
			case path.Base(action) == "escalate" && ref != "" && step.Command != "":
				step.Ref, step.Version = ref, version.FindString(cmp.Or(s.Uses.LineComment, ref))
			case strings.HasPrefix(action, "./") && slices.Contains(commands(), step.Command):
			case script != nil:
				step.Line, step.Command = s.Run.Line, script[1]
			default:
				continue
			}
			w.Steps = append(w.Steps, step)
		}
	}
	return w, len(w.Steps) > 0
}

// starts are the events that a workflow names.
func starts(on yaml.Node) []string {
	var all []string
	switch on.Kind {
	case yaml.ScalarNode:
		return []string{on.Value}
	case yaml.SequenceNode:
		for _, n := range on.Content {
			all = append(all, n.Value)
		}
	case yaml.MappingNode:
		for i := 0; i < len(on.Content); i += 2 {
			all = append(all, on.Content[i].Value)
		}
	}
	return all
}

// commands are those that a repository runs by itself, in the order in which their
// lack hurts.
func commands() []string { return []string{"apply", "lint", "stale", "bot", "site"} }

// start is an event that is to start a command, what is lost without it, and how much
// that hurts.
type start struct {
	event, loss string
	level       Level
}

// wanted are the events that are to start a command.
func wanted(on ci.Platform, command string) []start {
	if on == ci.GitLab {
		return map[string][]start{
			"apply": {{"push", "nothing is announced", Must}},
			"lint":  {{"merge_request_event", "no merge request is checked", Must}},
			"stale": {{"schedule", "nobody is asked for what is overdue", Must}},
			"bot":   {{"schedule", "what no webhook told is never answered", Must}, {"trigger", "comments and issues are answered late", Should}},
			"site":  {{"push", "what is announced is on the board late", Should}, {"schedule", "what becomes overdue is not on the board", Should}},
		}[command]
	}
	return map[string][]start{
		"apply": {{"push", "nothing is announced", Must}},
		"lint":  {{"pull_request", "no pull request is checked", Must}},
		"stale": {{"schedule", "nobody is asked for what is overdue", Must}},
		"bot": {
			{"issues", "no issue that is made with the form is answered", Must}, {"issue_comment", "no comment changes an escalation", Must},
			{"schedule", "what a run left that failed waits for the next issue or comment", Should},
		},
		"site": {{"workflow_run", "what is announced is on the board late", Should}, {"schedule", "what becomes overdue is not on the board", Should}},
	}[command]
}

var (
	command = regexp.MustCompile(`\bescalate (apply|lint|stale|bot|site)\b`)
	version = regexp.MustCompile(`\bv\d+\.\d+\.\d+\b`)
	commit  = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
)

// permissions are what a token may; nil where nothing is said.
func permissions(n yaml.Node) map[string]string {
	may := map[string]string{}
	switch {
	case n.IsZero() || n.Tag == "!!null":
		return nil
	case n.Kind == yaml.ScalarNode:
		level := strings.TrimSuffix(n.Value, "-all")
		for _, p := range append(needed("bot"), needed("site")...) { // all there are
			name, _, _ := strings.Cut(p, ":")
			may[name] = level
		}
	case n.Decode(&may) != nil:
		return nil
	}
	return may
}

// workflows is whether what is to run by itself is there, and as it should be.
func (x *exam) workflows() {
	if x.Tree == nil && x.Astray == nil {
		return
	}
	kind := x.on("workflow", "job")
	type started struct{ command, event string }
	there, does, whatever := map[string]string{}, map[started]bool{}, ""
	for _, w := range x.Workflows {
		if w.Err != nil {
			x.says(Ailment{Name: "workflow-unreadable", Level: Must, Where: w.File, What: "this " + x.on("workflow", "pipeline") + " cannot be read: " + plainly(w.Err), Fix: "mend it: " + x.guide() + " has it as it should be"})
		}
		for _, s := range w.Steps {
			there[s.Command] = cmp.Or(there[s.Command], w.File)
			if strings.Contains(s.Command, "${{") {
				whatever = w.File
			}
			for _, of := range wanted(x.Platform, s.Command) {
				if slices.Contains(w.Starts, of.event) || slices.Contains(s.Starts, of.event) || slices.Contains(w.Starts, "workflow_call") {
					does[started{s.Command, of.event}] = true
				}
			}
		}
	}
	for _, c := range commands() {
		lacks := slices.DeleteFunc(wanted(x.Platform, c), func(s start) bool { return does[started{c, s.event}] })
		switch {
		case len(lacks) == 0:
		case c == "site" && there[c] == "": // nobody must have it
		case whatever != "":
			x.unseen("whether a workflow runs `escalate "+c+"`", fmt.Errorf("it may be %s, whose command is an expression", whatever), "")
		case there[c] == "":
			x.says(Ailment{Name: "workflow-missing", Level: x.missed(c), Where: x.on(WorkflowFolder+"/"+c+".yml", starter.Pipeline), About: []string{c},
				What: fmt.Sprintf("no %s runs `escalate %s`: %s", kind, c, lacks[0].loss), Fix: "`escalate init` writes it; then commit and push it"})
		default:
			for _, s := range lacks {
				if x.Platform == ci.GitLab {
					x.says(Ailment{Name: "workflow-unstarted", Level: s.level, Where: there[c], About: []string{c},
						What: fmt.Sprintf("no pipeline of the kind `%s` has a job that runs `escalate %s`: %s", s.event, c, s.loss), Fix: fmt.Sprintf("write below `rules:` of the job: `- if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == \"%s\"`", s.event)})
					continue
				}
				x.says(Ailment{Name: "workflow-unstarted", Level: s.level, Where: there[c], About: []string{c},
					What: fmt.Sprintf("no `%s` starts the workflow that runs `escalate %s`: %s", s.event, c, s.loss), Fix: fmt.Sprintf("write `%s:` under `on:` of it; where it is for something else, `escalate init` writes one of its own", s.event)})
			}
		}
	}
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			x.step(w.File, s)
		}
	}
	x.pins()
	x.versions()
}

// missed is how much it hurts that nothing runs a command. Without the issue form, nobody
// is told that there is a bot.
func (x *exam) missed(command string) Level {
	if command == "bot" && (x.Form.Err != nil || !form.Made(x.Form.Answer)) {
		return Should
	}
	return Must
}

// places are where the action is taken in some way, such as
// .github/workflows/lint.yml:35.
type places map[string][]string

// add notes a place, once.
func (p places) add(way, file string, line int) {
	if at := fmt.Sprintf("%s:%d", file, line); !slices.Contains(p[way], at) {
		p[way] = append(p[way], at)
	}
}

// each calls do with each way, sorted, how many places it has in words, and these.
func (p places) each(do func(way, many string, at []string)) {
	for _, way := range slices.Sorted(maps.Keys(p)) {
		many := ""
		if n := len(p[way]); n > 1 {
			many = " in " + words.Count(n, "place")
		}
		do(way, many, p[way])
	}
}

// pins is whether nobody can exchange what the workflows run.
func (x *exam) pins() {
	taken := places{}
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			if s.Ref != "" && !commit.MatchString(s.Ref) {
				taken.add(s.Ref, w.File, s.Line)
			}
		}
	}
	taken.each(func(ref, many string, at []string) {
		if ref == "SUM" {
			x.says(Ailment{Name: "workflow-unpinned", Level: Must, Where: at[0], About: at, What: "`SUM` stands where the sums of a release belong: no job runs",
				Fix: "write the sums there that checksums.txt of that release has"})
			return
		}
		if ref == "PIN" {
			x.says(Ailment{Name: "workflow-unpinned", Level: Must, Where: at[0], About: at, What: "`PIN` stands" + many + " where the commit of a release belongs: no workflow with it can run",
				Fix: "write the commit that the page of the newest release names"})
			return
		}
		x.says(Ailment{Name: "workflow-unpinned", Level: Should, Where: at[0], About: at, What: fmt.Sprintf("the %s is taken at `%s`%s, which somebody can move", x.on("action", "component"), ref, many),
			Fix: "write the commit that the page of the release names, with the version as a note behind it"})
	})
}

// needed is what the token of a command must be allowed.
func needed(command string) []string {
	switch command {
	case "apply", "stale":
		return []string{"contents: write", "issues: write", "pull-requests: write"}
	case "bot":
		return []string{"contents: write", "issues: write", "pull-requests: write", "checks: write"}
	case "site":
		return []string{"pages: read"}
	}
	return nil
}

// step is whether one step can do what it is for.
func (x *exam) step(file string, s Step) {
	where := fmt.Sprintf("%s:%d", file, s.Line)
	if s.Own || s.May == nil {
		return
	}
	var lacks []string
	for _, p := range needed(s.Command) {
		if name, level, _ := strings.Cut(p, ": "); s.May[name] != "write" && s.May[name] != level {
			lacks = append(lacks, p)
		}
	}
	if len(lacks) > 0 && s.Command == "site" {
		x.says(Ailment{Name: "workflow-permissions", Level: Should, Where: where, About: lacks,
			What: "the token of `escalate site` lacks " + words.And(code(lacks)) + ": it cannot know who would read the board, and does not publish it",
			Fix:  "write under `permissions:` of the job: " + strings.Join(code(lacks), " and ")})
	} else if len(lacks) > 0 {
		x.says(Ailment{Name: "workflow-permissions", Level: Must, Where: where, About: lacks,
			What: fmt.Sprintf("the token of `escalate %s` lacks %s: it cannot write %s", s.Command, words.And(code(lacks)), lost(s.Command, lacks)),
			Fix:  "write under `permissions:` of the job: " + strings.Join(code(lacks), " and ")})
	}
}

func code(list []string) []string {
	all := make([]string, len(list))
	for i, l := range list {
		all[i] = words.Code(l)
	}
	return all
}

// lost is what a command does not write without some permissions.
func lost(command string, lacks []string) string {
	pulls := "reminders on pull requests"
	if command == "bot" {
		pulls = "pull requests"
	}
	what := map[string]string{"contents: write": "the ledger", "issues: write": "the tracking issues", "pull-requests: write": pulls, "checks: write": "the check of what it proposes"}
	var all []string
	for _, l := range lacks {
		all = append(all, what[l])
	}
	return words.And(all)
}

// versions is whether the workflows run what runs here.
func (x *exam) versions() {
	mine, released := release(x.Version)
	unknown, old := "", places{}
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			theirs, said := release(s.Version)
			switch {
			case s.Ref == "" || s.Ref == "PIN" || s.Ref == "SUM": // it has none, or that was told
			case !released || !said:
				unknown = w.File
			case slices.Compare(theirs, mine) < 0:
				old.add(s.Version, w.File, s.Line)
			}
		}
	}
	old.each(func(version, many string, at []string) {
		x.says(Ailment{Name: "workflow-old", Level: Should, Where: at[0], About: at, What: fmt.Sprintf("escalate %s runs%s, and %s is here", version, many, x.Version),
			Fix: "`escalate init --upgrade` brings the " + x.on("workflows", "pipeline") + " to this version and shows the difference"})
	})
	switch {
	case unknown == "":
	case !released:
		x.unseen("whether the "+x.on("workflows", "jobs")+" are older than this escalate", errors.New("this one is no release, but "+cmp.Or(strings.Trim(x.Version, "()"), "of no version")), "")
	default:
		x.unseen("whether "+unknown+" is older than this escalate", errors.New("no version stands behind the commit"), "write it as a note: `# v1.2.3`")
	}
}

// release is a version as numbers; ok is false for what is none of a release.
func release(v string) (numbers []int, ok bool) {
	if !released.MatchString(v) {
		return nil, false
	}
	for part := range strings.SplitSeq(v[1:], ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

var released = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)

// files are those of the workflows, each once.
func (x *exam) files() map[string][]string {
	runs := map[string][]string{}
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			if !slices.Contains(runs[w.File], s.Command) {
				runs[w.File] = append(runs[w.File], s.Command)
			}
		}
	}
	return runs
}

// job is the job of a file, as the forge has it.
func (x *exam) job(file string) (forge.Job, bool) {
	i := slices.IndexFunc(x.Forge.Jobs.Answer, func(j forge.Job) bool { return j.File == file })
	if i < 0 {
		return forge.Job{}, false
	}
	return x.Forge.Jobs.Answer[i], true
}

// bot is the step that runs the bot; ok is false where nothing does.
func (x *exam) bot() (s Step, ok bool) {
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			if s.Command == "bot" {
				return s, true
			}
		}
	}
	return Step{}, false
}
