package starter

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/form"
)

// Where GitLab looks for what it is made.
const (
	// Pipeline is the file of the jobs: GitLab knows this one alone, and others by what
	// it includes.
	Pipeline = ".gitlab-ci.yml"
	// PipelineBeside is where ours goes where a pipeline of their own has that name.
	PipelineBeside = ".gitlab/escalate.gitlab-ci.yml"
)

// gitLab are the parts that a project on GitLab has.
func gitLab(w Wanted) []part {
	list := []part{{
		path: Pipeline, firm: true,
		text:  func(w Wanted, at string) ([]byte, error) { return pipeline(at, w) },
		place: existing.pipelinePlace,
	}}
	if w.Form != nil {
		list = append(list, issueForm(form.TemplatePath))
	}
	return append(list,
		part{path: ".gitlab/CODEOWNERS", text: verbatim("gitlab/CODEOWNERS"), place: func(e existing) place {
			return place{path: cmp.Or(e.first([]string{".", "docs", ".gitlab"}, "CODEOWNERS"), ".gitlab/CODEOWNERS")}
		}},
		part{path: ".gitlab/merge_request_templates/Default.md", text: verbatim("gitlab/merge_request_template.md"), place: func(e existing) place {
			return place{path: cmp.Or(e.like(".gitlab/merge_request_templates", "Default.md"), ".gitlab/merge_request_templates/Default.md")}
		}},
	)
}

// pipelinePlace is where our jobs are, or go.
func (e existing) pipelinePlace() place {
	for _, name := range []string{Pipeline, PipelineBeside} {
		if data, err := e.read(name); err == nil && RunsJobs(data) {
			return place{path: name}
		}
	}
	if !e.has(Pipeline) {
		return place{path: Pipeline}
	}
	return place{PipelineBeside, Pipeline + " is a pipeline of yours: include it there"}
}

var (
	// component is an include of our component: which, and at which version.
	component = regexp.MustCompile(`(?m)^[^#\n]*\bcomponent:[ \t]*["']?[^\s"'@]*/escalate/escalate@([^\s"'#]+)`)
	// includes names the file of our jobs.
	includes = regexp.MustCompile(`(?m)^[^#\n]*` + regexp.QuoteMeta(PipelineBeside))
	// jobRelease is the release that the jobs of the plain file run.
	jobRelease = regexp.MustCompile(`(?m)^([ \t]*ESCALATE_RELEASE:[ \t]*["']?)(v\d+\.\d+\.\d+[0-9A-Za-z.-]*)(["']?)`)
	// jobSums are the sums of its archives.
	jobSums = regexp.MustCompile(`(?m)^([ \t]*)(?:SUM|[0-9a-f]{64})([ \t]+\*?escalate_linux_\w+\.tar\.gz[ \t]*)(\r?)$`)
	// pipelineScripts are commands that jobs type.
	pipelineScripts = regexp.MustCompile(`(?m)^[^#\n]*\bescalate (lint|plan|apply|stale|bot|site)\b`)
)

// RunsJobs reports whether a pipeline has jobs that run escalate, by itself or by what it
// includes of ours.
func RunsJobs(data []byte) bool {
	return pipelineScripts.Match(data) || component.Match(data) || includes.Match(data)
}

// selects are the lines by which the component leaves a job out.
var selects = regexp.MustCompile(`(?m)^    - if: '"\$\[\[ inputs\.jobs \]\]" [^\n]*\n      when: never\n`)

// pipeline is the plain file, as this version writes it at a path: the jobs of the
// component with the values that it has by itself, and which pipelines there are. Where
// another file includes it, that one says this.
func pipeline(at string, w Wanted) ([]byte, error) {
	data, err := files.ReadFile("files/gitlab/component.yml")
	if err != nil {
		return nil, err
	}
	head, err := files.ReadFile("files/gitlab/head.yml")
	if err != nil {
		return nil, err
	}
	header, jobs, found := strings.Cut(string(data), "\n---\n")
	if !found {
		return nil, errors.New("the component has no header") // a fault of the build
	}
	top := string(head)
	if at != Pipeline {
		top, _, _ = strings.Cut(top, "# Which pipelines")
	}
	var of struct {
		Spec struct {
			Inputs map[string]struct{ Default string }
		}
	}
	if err := yaml.Unmarshal([]byte(header), &of); err != nil {
		return nil, err
	}
	text := selects.ReplaceAllString(jobs, "")
	for name, in := range of.Spec.Inputs {
		value := in.Default
		switch name {
		case "version":
			value = w.Version.release()
		case "sums":
			if w.Version.release() != of.Spec.Inputs["version"].Default { // they are those of another
				value = jobSums.ReplaceAllString(value, "${1}SUM${2}")
			}
			value = "|\n      " + strings.ReplaceAll(strings.TrimSpace(value), "\n", "\n      ")
		}
		text = strings.ReplaceAll(text, "$[[ inputs."+name+" ]]", value)
	}
	text = strings.ReplaceAll(top+text, "docs/gitlab.md", "https://github.com/"+home+"/blob/main/docs/gitlab.md")
	return []byte(text + sealPipeline(text)), nil
}

// release is the release whose binary jobs run.
func (v Version) release() string { return cmp.Or(v.Release, LastRelease) }

// sealPipeline is the last line of a pipeline that was made, as seal is of a workflow:
// which release runs, and its sums, may differ.
func sealPipeline(text string) string {
	text = jobSums.ReplaceAllString(jobRelease.ReplaceAllString(unix([]byte(text)), "$1$3"), "$1$2")
	sum := sha256.Sum256([]byte(text))
	return sealed + hex.EncodeToString(sum[:8]) + "\n"
}

// ChangedByHand reports whether somebody changed more in a pipeline that init made than
// the release and its sums. Of one that init did not make it says no.
func ChangedByHand(data []byte) bool {
	text := unix(data)
	at := strings.LastIndex(text, sealed)
	return at >= 0 && text[at:] != sealPipeline(text[:at])
}

// upgradedPipeline is a pipeline of ours, as this version has it; without a path where
// there is none. The sums of another release are to be written anew: without them no job
// runs.
func upgradedPipeline(e existing, at string, w Wanted) (File, error) {
	was, err := e.read(at)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !jobRelease.Match(was) {
		return File{}, nil
	}
	if err != nil {
		return File{}, err
	}
	moved := string(was)
	runs := string(jobRelease.FindSubmatch(was)[2])
	release := cmp.Or(w.Version.Release, runs) // a build that is none has no binary to run
	w.Version.Release = release
	if is, of := numbers(runs), numbers(release); is != nil && of != nil && slices.Compare(is, of) > 0 {
		return File{}, fmt.Errorf("%s runs %s, and this is %s: install the later one to upgrade", at, runs, release)
	}
	sums := jobSums.FindAllString(unix(was), -1)
	if runs != release {
		moved = jobSums.ReplaceAllString(jobRelease.ReplaceAllString(moved, "${1}"+release+"${3}"), "${1}SUM${2}${3}")
		sums = nil
	}
	data, err := pipeline(at, w)
	if err != nil {
		return File{}, err
	}
	ours := string(data)
	for _, line := range sums { // of the same release, what stands there is right
		name := line[strings.LastIndexAny(line, " *")+1:]
		ours = regexp.MustCompile(`(?m)^[ \t]*SUM[ \t]+`+regexp.QuoteMeta(name)+`$`).ReplaceAllLiteralString(ours, "      "+strings.TrimSpace(line))
	}
	ours = string(endingAs([]byte(ours), was))
	f := File{Path: at, State: There, Was: was, Data: []byte(moved)}
	switch {
	case strings.Contains(string(was), sealed) && !ChangedByHand(was):
		if f.Data = []byte(ours); ours != string(was) {
			f.State = Upgraded
		}
	case unsealed(f.Data) == unsealed([]byte(ours)):
		if moved != string(was) {
			f.State = Pinned
		}
	case moved != string(was):
		f.State, f.Ours = Pinned, []byte(ours)
	default:
		f.State, f.Ours = Kept, []byte(ours)
	}
	if f.Changes() && lacksSums(f.Data) {
		f.Why = "write the sums of " + release + " in place of SUM: until then no job runs"
	}
	return f, nil
}

// lacksSums reports whether a pipeline waits for the sums of its release.
func lacksSums(data []byte) bool { return strings.Contains(string(data), " SUM  escalate_linux_") }

// isPipeline reports whether a path is one of those where our jobs stand.
func isPipeline(name string) bool { return name == Pipeline || path.Clean(name) == PipelineBeside }

// settings are the steps on the pages of a project: who may change what, and with which
// token, variables, schedule and webhook its jobs run.
func (s Standing) settings(do func(string, ...string)) {
	const guide = "https://github.com/" + home + "/blob/main/docs/gitlab.md"
	do("On GitLab, in Settings, Repository, Protected branches, protect " + s.Branch + " and escalate-ledger: Maintainers alone push, nobody forces. What each of these steps is for, and what it may: " + guide)
	do("In Settings, Access tokens, make a project access token: role Maintainer, scope api. Put it into Settings, CI/CD, Variables, as masked, hidden and protected:", "GITLAB_TOKEN")
	do("For the comment with the plan on merge requests, make a second one: role Developer, scope api. Put it there as masked and hidden, and not protected, since merge requests come from branches that are not:", "ESCALATE_REVIEW_TOKEN")
	do("Put a key of the markers there, and what Slack needs if you use it, each as masked, hidden and protected:", "ESCALATE_MARKER_KEY, as `openssl rand -hex 32` prints it", "SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL")
	do("In Build, Pipeline schedules, have the pipeline of "+s.Branch+" run once an hour: it asks for what is overdue, and looks at what no webhook told:", "17 * * * *")
	do("In Settings, CI/CD, Pipeline trigger tokens, make a token. In Settings, Webhooks, add this address with that token, for comments and issues, and for confidential ones of both. No other event may start it:", s.trigger())
	do("In Settings, CI/CD, Variables, let Maintainers alone use pipeline variables: where no one may, GitLab refuses what the webhook sends; where Developers may, they run what they like with the tokens.")
	do("In Settings, Merge requests, Merge checks, choose Pipelines must succeed: else what lint refuses can be merged.")
	do("In Settings, General, Visibility, set Pages to only project members: else the board is not published.")
}

// trigger is the address by which a webhook starts the bot.
func (s Standing) trigger() string {
	project, api := "PROJECT_ID", "https://gitlab.com/api/v4"
	if s.At.Repository != "" {
		project = url.PathEscape(s.At.Repository)
		api = cmp.Or(s.At.API, strings.TrimSuffix(s.At.Server, "/")+"/api/v4")
	}
	return api + "/projects/" + project + "/ref/" + url.PathEscape(s.Branch) + "/trigger/pipeline?token=TRIGGER_TOKEN"
}

// sums says how the jobs come to run a release: only what has the sums that stand there.
func (s Standing) sums(do func(string, ...string)) {
	i := slices.IndexFunc(s.Files, func(f File) bool { return isPipeline(f.Path) })
	if i < 0 {
		return
	}
	f := s.Files[i]
	if lacksSums(f.Data) {
		do("In " + f.Path + ", write the sums of " + s.Version.release() + " in place of SUM, as its checksums.txt has them. Until then no job runs: https://github.com/" + home + "/releases/download/" + s.Version.release() + "/checksums.txt")
	}
	if f.Path == PipelineBeside && f.State == Made {
		do("Include it in "+Pipeline+":", "include:", "  - local: "+PipelineBeside)
	}
}
