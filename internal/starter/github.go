package starter

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/schema"
)

// Version is a version of the action, as a workflow names it.
type Version struct {
	// Ref is the commit, or the tag of a release; "" where it is not known: then
	// LastRelease is used.
	Ref string
	// Release is the release that it is, such as v1.2.3; "" where it is none.
	Release string
}

// LastRelease is the newest release when this was built: what a build uses that knows
// neither its release nor its commit.
const LastRelease = "v0.1.0"

const folder = ".github/workflows"

// gitHub are the parts that a repository on GitHub has.
func gitHub(w Wanted) []part {
	var list []part
	for _, name := range []string{"lint", "apply", "stale", "bot", "pages"} {
		list = append(list, part{
			path: folder + "/" + name + ".yml", firm: true,
			text:  func(w Wanted, at string) ([]byte, error) { return workflow(name, at, w) },
			place: func(e existing) place { return e.workflowPlace(name) },
		})
	}
	if w.Form != nil {
		list = append(list, issueForm(form.Path))
	}
	return append(list,
		part{path: ".github/CODEOWNERS", text: verbatim("github/CODEOWNERS"), place: func(e existing) place {
			return place{path: cmp.Or(e.first(gitHubFolders, "CODEOWNERS"), ".github/CODEOWNERS")}
		}},
		part{path: ".github/pull_request_template.md", text: verbatim("github/pull_request_template.md"), place: func(e existing) place {
			return place{path: cmp.Or(e.first(gitHubFolders, "pull_request_template.md", "pull_request_template.txt"), ".github/pull_request_template.md")}
		}},
	)
}

// issueForm is the part that the issue form is.
func issueForm(at string) part {
	return part{
		path: at, firm: true, kept: "`escalate form` makes it anew",
		text:  func(w Wanted, _ string) ([]byte, error) { return w.Form, nil },
		place: func(e existing) place { return e.formPlace(at) },
	}
}

// foreign says of a form that escalate did not make what to do.
const foreign = "it is a form of yours, and issues that are made with it open no escalation: rename it, and `escalate form` makes the one that does"

// formPlace is where the issue form is, or goes.
func (e existing) formPlace(at string) place {
	p := place{path: at}
	if was, err := e.read(at); err == nil && !form.Made(was) {
		p.why = foreign
	}
	return p
}

// Form returns what makes the issue form at a path anew. It is generated: what a person
// wrote into it is replaced. The error is an *ObstacleError where something stands in its
// place that escalate did not make.
func Form(repository fs.FS, at string, data []byte) (File, error) {
	e := existing{repository}
	if err := e.clear(at, true); err != nil {
		return File{}, err
	}
	was, err := e.read(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{Path: at, State: Made, Data: data}, nil
	case err != nil:
		return File{}, err
	case !form.Made(was):
		return File{}, &ObstacleError{[]string{at + ": " + foreign}}
	case unix(was) == unix(data):
		return File{Path: at, State: There, Was: was, Data: was}, nil
	}
	return File{Path: at, State: Upgraded, Was: was, Data: endingAs(data, was)}, nil
}

// does is the command that a workflow of ours runs.
func does(name string) string {
	if name == "pages" {
		return "site"
	}
	return name
}

// workflowPlace is where one of ours is, or goes.
func (e existing) workflowPlace(name string) place {
	usual, other := folder+"/"+name+".yml", folder+"/escalate-"+name+".yml"
	switch is := e.runs(name); {
	case is != "":
		return place{path: is}
	case !e.has(usual):
		return place{path: usual}
	case !e.has(other):
		return place{other, name + ".yml is a workflow of yours"}
	}
	return place{other, "neither this nor " + name + ".yml runs `escalate " + does(name) + "`, and both names are taken"}
}

// gitHubFolders are where GitHub looks for a file that may stand in several places.
var gitHubFolders = []string{".github", ".", "docs"}

// first is where a file is found that may stand in several folders.
func (e existing) first(folders []string, names ...string) string {
	for _, dir := range folders {
		if found := e.like(dir, names...); found != "" {
			return found
		}
	}
	return ""
}

// workflow is one of ours, as this version writes it at a path. Beside another of
// its name it has a name of its own.
func workflow(name, at string, w Wanted) ([]byte, error) {
	data, err := files.ReadFile("files/github/" + name + ".yml")
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer(
		home+"@PIN", home+"@"+w.Version.pin(),
		"name: "+name+"\n", "name: "+cmp.Or(beside(at), name)+"\n",
		"branches: [main]", "branches: ["+edit.FlowText(w.Branch)+"]",
		"docs/setup.md", "https://github.com/"+home+"/blob/main/docs/setup.md",
		"docs/bot.md", "https://github.com/"+home+"/blob/main/docs/bot.md",
		"docs/slack.md", "https://github.com/"+home+"/blob/main/docs/slack.md",
		"docs/site.md", "https://github.com/"+home+"/blob/main/docs/site.md",
	).Replace(string(data))
	return []byte(text + seal(text)), nil
}

// beside is the name of a workflow whose usual path was taken; "" of another.
func beside(at string) string {
	name := strings.TrimSuffix(path.Base(at), path.Ext(at))
	if !strings.HasPrefix(name, "escalate-") {
		return ""
	}
	return name
}

// pin is what stands behind the @.
func (v Version) pin() string {
	if v.Ref == "" {
		return LastRelease
	}
	if v.Release != "" && v.Release != v.Ref {
		return v.Ref + " # " + v.Release
	}
	return v.Ref
}

// sealed is the last line of a workflow that was made: a sum of all above it. While it
// is right, nobody has changed the file, but for the version that it runs.
const sealed = "# Made by escalate init, which replaces it with --upgrade while nothing above is changed: "

func seal(text string) string {
	sum := sha256.Sum256([]byte(uses.ReplaceAllString(unix([]byte(text)), "$1$3")))
	return sealed + hex.EncodeToString(sum[:8]) + "\n"
}

// isIntact reports whether a workflow is as some version made it.
func isIntact(data []byte) bool {
	text := unix(data)
	at := strings.LastIndex(text, sealed)
	return at >= 0 && text[at:] == seal(text[:at])
}

var (
	// uses is a step that runs the action: where, at which version, and which that is
	// for people.
	uses = regexp.MustCompile(`(?m)^([ \t]*(?:-[ \t]+)?uses:[ \t]*["']?` + regexp.QuoteMeta(home) + `@)([^\s"'#]+)(["']?)([ \t]*#[ \t]*(v\d+\.\d+\.\d+\S*))?`)
	// runs is such a step of a mirror, too, or in escalate's own repository.
	runs = regexp.MustCompile(`(?m)^[^#\n]*\buses:[ \t]*["']?([\w.-]+/escalate@|\./["']?[ \t]*(,|\}|\r?$))`)
	// scripts are commands that are typed.
	scripts = regexp.MustCompile(`(?m)^[^#\n]*\bescalate (lint|apply|stale|bot|site)\b`)
	// commands are what a workflow has the action do, in lines that are no notes.
	commands = regexp.MustCompile(`(?m)^[^#\n]*\bcommand:\s*["']?(lint|plan|apply|stale|bot|site)\b`)
	pushed   = regexp.MustCompile(`(?m)^[^#\n]*\bpush\b`)
)

// workflows are the workflows of a repository, by their paths.
func (e existing) workflows() []string {
	entries, _ := fs.ReadDir(e.FS, folder) // what cannot be listed is met when it is written
	var list []string
	for _, entry := range entries {
		if ext := path.Ext(entry.Name()); entry.Type().IsRegular() && (ext == ".yml" || ext == ".yaml") {
			list = append(list, folder+"/"+entry.Name())
		}
	}
	return list
}

// runs is the workflow that does what one of ours does; "" where there is none.
func (e existing) runs(name string) string {
	for _, file := range e.workflows() {
		if data, err := e.read(file); err == nil && serves(data) == name {
			return file
		}
	}
	return ""
}

// serves says which of ours a workflow is; "" where it is another.
func serves(data []byte) string {
	found := scripts.FindAllSubmatch(data, -1)
	if runs.Match(data) {
		found = append(found, commands.FindAllSubmatch(data, -1)...)
	}
	var does []string
	for _, m := range found {
		does = append(does, string(m[1]))
	}
	switch {
	case slices.Contains(does, "lint"):
		return "lint"
	case slices.Contains(does, "apply") && (pushed.Match(data) || !slices.Contains(does, "stale")): // stale applies first
		return "apply"
	case slices.Contains(does, "stale"):
		return "stale"
	case slices.Contains(does, "bot"):
		return "bot"
	case slices.Contains(does, "site"):
		return "pages"
	}
	return ""
}

// ErrUnknownVersion is returned where a build does not know its version.
var ErrUnknownVersion = errors.New("this build of escalate does not know its version, so that there is nothing to upgrade to: install a release")

// Upgrade returns what brings the workflows or the pipeline, the schemas and the issue
// form to a version. A workflow that nobody has changed is replaced; of one that somebody has, only the
// version that it runs is changed, and Ours is what this version would write. What
// escalate did not make is not looked at. The error says that a workflow runs a later
// version already.
func Upgrade(repository fs.FS, w Wanted) ([]File, error) {
	if w.Version.Ref == "" {
		return nil, ErrUnknownVersion
	}
	e := existing{repository}
	var list []File
	for _, file := range e.workflows() {
		was, err := e.read(file)
		if err != nil {
			return nil, err
		}
		if !uses.Match(was) {
			continue
		}
		f, err := upgradedWorkflow(file, was, w)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	for _, kind := range schema.Kinds() {
		f, err := upgradedSchema(e, kind)
		if err != nil {
			return nil, err
		}
		if f.Path != "" {
			list = append(list, f)
		}
	}
	for _, at := range []string{Pipeline, PipelineBeside} {
		f, err := upgradedPipeline(e, at, w)
		if err != nil {
			return nil, err
		}
		if f.Path != "" {
			list = append(list, f)
		}
	}
	if was, err := e.read(form.PathOn(w.Forge)); w.Form != nil && err == nil && form.Made(was) {
		f, err := Form(repository, form.PathOn(w.Forge), w.Form)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	var obstacles []string
	for _, f := range list {
		var blocked *ObstacleError
		if err := e.clear(f.Path, true); errors.As(err, &blocked) {
			obstacles = append(obstacles, blocked.Obstacles...)
		} else if err != nil {
			return nil, err
		}
	}
	if len(obstacles) > 0 {
		slices.Sort(obstacles)
		return nil, &ObstacleError{slices.Compact(obstacles)}
	}
	return list, nil
}

// upgradedWorkflow is a workflow that uses the action, as this version has it.
func upgradedWorkflow(file string, was []byte, w Wanted) (File, error) {
	if err := w.Version.isNewest(file, was); err != nil {
		return File{}, err
	}
	f := File{Path: file, State: There, Was: was, Data: w.Version.moved(was)}
	moved := string(f.Data) != string(was)
	name := serves(was)
	if name == "" {
		if moved {
			f.State = Pinned
		}
		return f, nil
	}
	ours, err := workflow(name, file, w)
	if err != nil {
		return File{}, err
	}
	// A release is run by its tag's commit or by the one that its page names: what is
	// there says which.
	if m := uses.FindSubmatch(f.Data); m != nil {
		ours = eachUse(ours, func([][]byte) string { return string(m[2]) + string(m[4]) })
	}
	ours = endingAs(ours, was)
	switch {
	case isIntact(was):
		if f.Data = ours; string(ours) != string(was) {
			f.State = Upgraded
		}
	case unsealed(f.Data) == unsealed(ours):
		if moved {
			f.State = Pinned
		}
	case moved:
		f.State, f.Ours = Pinned, ours
	default:
		f.State, f.Ours = Kept, ours
	}
	return f, nil
}

// unsealed is a workflow without its last line.
func unsealed(data []byte) string {
	text, _, _ := strings.Cut(unix(data), sealed)
	return text
}

// isBehind reports whether a file is one that Upgrade would change.
func (e existing) isBehind(file string, was []byte, w Wanted) bool {
	switch {
	case isPipeline(file):
		f, err := upgradedPipeline(e, file, w)
		return err == nil && f.Changes()
	case path.Dir(file) != folder:
		return path.Dir(file) == "schema" && strings.Contains(string(was), home)
	}
	f, err := upgradedWorkflow(file, was, w)
	return uses.Match(was) && err == nil && f.Changes()
}

// upgradedSchema is a schema that escalate wrote, as this version has it; without a path
// where there is none.
func upgradedSchema(e existing, kind schema.Kind) (File, error) {
	f := File{Path: schemaPath(kind), State: There}
	was, err := e.read(f.Path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !strings.Contains(string(was), home) {
		return File{}, nil
	}
	if err != nil {
		return File{}, err
	}
	text, err := schema.JSON(kind)
	f.Was, f.Data = was, was
	if unix(was) != unix(text) {
		f.State, f.Data = Upgraded, endingAs(text, was)
	}
	return f, err
}

// endingAs is a text whose lines end as those of another.
func endingAs(text, as []byte) []byte {
	if strings.Contains(string(as), "\r\n") {
		return []byte(strings.ReplaceAll(unix(text), "\n", "\r\n"))
	}
	return text
}

// moved is a workflow that runs this version, and is otherwise as it was. A step that
// runs it already, by whatever commit, stays: the page of a release names another commit
// than its tag.
func (v Version) moved(data []byte) []byte {
	return eachUse(data, func(m [][]byte) string {
		ref, release := string(m[2]), string(m[5])
		if v.Release != "" && (release == v.Release || ref == v.Release) || ref == v.Ref {
			return ref + string(m[4])
		}
		return v.pin()
	})
}

// eachUse puts what a function returns behind the @ of each step that runs the action.
func eachUse(data []byte, pin func(m [][]byte) string) []byte {
	return uses.ReplaceAllFunc(data, func(step []byte) []byte {
		m := uses.FindSubmatch(step)
		ref, note, hasNote := strings.Cut(pin(m), " ")
		text := string(m[1]) + ref + string(m[3])
		if hasNote {
			text += " " + strings.TrimLeft(note, " ")
		}
		return []byte(text)
	})
}

// isNewest refuses a workflow that runs a later release than this one.
func (v Version) isNewest(file string, data []byte) error {
	for _, m := range uses.FindAllSubmatch(data, -1) {
		for _, other := range []string{string(m[2]), string(m[5])} {
			if is, of := numbers(other), numbers(v.Release); is != nil && of != nil && slices.Compare(is, of) > 0 {
				return fmt.Errorf("%s runs %s, and this is %s: install the later one to upgrade", file, other, v.Release)
			}
		}
	}
	return nil
}

// numbers are those of a release, such as v1.2.3; nil where it is none.
func numbers(release string) []int {
	m := regexp.MustCompile(`^v(\d{1,9})\.(\d{1,9})\.(\d{1,9})`).FindStringSubmatch(release)
	if m == nil {
		return nil
	}
	var list []int
	for _, n := range m[1:] {
		i, _ := strconv.Atoi(n) // it is a number of few digits
		list = append(list, i)
	}
	return list
}
