// Package starter is what an escalations repository of one's own begins with: the
// directory and the policy to fill in, the workflows, and what helps people and
// editors.
//
// New says of the files that a repository has which are to be written, which stay as
// they are, and why; Upgrade says what brings those that escalate made to another
// version. Both are functions of files: whoever calls them writes. Nothing that
// exists is ever overwritten by New, and Upgrade loses nothing that a person wrote; into
// what is generated, the schemas and the issue form, nobody writes.
//
// What every forge has stands in this file; what GitHub needs, in github.go, what GitLab
// does, in gitlab.go. A forge is a list of parts.
package starter

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

//go:embed files
var files embed.FS

// Wanted says what a repository is to be like.
type Wanted struct {
	// Forge is where the repository is, or will be; "" is GitHub.
	Forge ci.Platform
	// Version is the one that the jobs run.
	Version Version
	// Branch is the default branch.
	Branch string
	// People are those of the directory; none: it is there to be filled in.
	People map[schema.Handle]schema.Person
	// Form is what the forge opens an issue by, as package form makes it of the policy and
	// the directory. Nil where these cannot be read: then it is left alone.
	Form []byte
}

// State is what becomes of a file.
type State string

// The states.
const (
	Made     State = "made"     // it was not there
	There    State = "there"    // it is as it would be made
	Kept     State = "kept"     // something else is there, and stays
	Upgraded State = "upgraded" // it was made by another version, and is replaced
	Pinned   State = "pinned"   // a person changed it: it runs the version, and is otherwise as it was
)

// File is one file of a repository, and what becomes of it.
type File struct {
	// Path is relative to the repository.
	Path  string
	State State
	// Why says of one that is kept, or made elsewhere, why; "" where it goes without
	// saying.
	Why string
	// Was is what stands there, Data what is to; the same where nothing is written.
	Was, Data []byte
	// Ours is what this version would write, where a person's file stays: what of it
	// is to be taken over is theirs to decide. Nil where there is none.
	Ours []byte
}

// Changes reports whether the file is to be written.
func (f File) Changes() bool { return f.State == Made || f.State == Upgraded || f.State == Pinned }

// ObstacleError says what stands where a file or a folder must, so that nothing can be
// made.
type ObstacleError struct{ Obstacles []string }

func (e *ObstacleError) Error() string { return strings.Join(e.Obstacles, "; ") }

// part is one thing that a repository has.
type part struct {
	path string
	// text is what is written, at a path.
	text func(w Wanted, at string) ([]byte, error)
	// place is where it goes in a repository, or where it is; nil: at path.
	place func(existing) place
	// kept says of one that is otherwise, and stays, why; "" where it goes without saying.
	kept string
	// firm says that a link in its place is an obstacle: it would not be read.
	firm bool
}

// place is where a part goes.
type place struct{ path, why string }

// parts are those that every repository has.
func parts() []part {
	list := []part{
		{path: tree.PeoplePath, text: people, firm: true, place: misnamed("people.yml", tree.PeoplePath)},
		{path: tree.PolicyPath, text: policy, firm: true, place: misnamed("policy.yml", tree.PolicyPath)},
	}
	for _, kind := range schema.Kinds() {
		list = append(list, part{path: schemaPath(kind), text: func(Wanted, string) ([]byte, error) { return schema.JSON(kind) }})
	}
	return append(list,
		part{path: ".vscode/settings.json", text: verbatim("settings.json")},
		part{path: ".vscode/extensions.json", text: verbatim("extensions.json")},
		part{path: "README.md", text: readme, place: guide},
	)
}

func schemaPath(kind schema.Kind) string { return "schema/" + string(kind) + ".schema.json" }

// New returns what becomes of the files of a repository: those that are missing are
// made, all others stay. The error is an *ObstacleError, or says what cannot be read.
func New(repository fs.FS, w Wanted) ([]File, error) {
	e := existing{repository}
	var list []File
	var obstacles []string
	of := gitHub
	if w.Forge == ci.GitLab {
		of = gitLab
	}
	for _, p := range append(parts(), of(w)...) {
		f, err := p.placed(e, w)
		var blocked *ObstacleError
		switch {
		case errors.As(err, &blocked):
			for _, o := range blocked.Obstacles {
				if !slices.Contains(obstacles, o) {
					obstacles = append(obstacles, o)
				}
			}
		case err != nil:
			return nil, err
		default:
			list = append(list, f)
		}
	}
	if len(obstacles) > 0 {
		return nil, &ObstacleError{obstacles}
	}
	return list, nil
}

// placed is what becomes of a part.
func (p part) placed(e existing, w Wanted) (File, error) {
	at := place{path: p.path}
	if p.place != nil {
		at = p.place(e)
	}
	if err := e.clear(at.path, p.firm); err != nil {
		return File{}, err
	}
	text, err := p.text(w, at.path)
	if err != nil {
		return File{}, err
	}
	was, err := e.read(at.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{Path: at.path, State: Made, Why: at.why, Data: text}, nil
	case err != nil:
		return File{}, err
	case unix(was) == unix(text):
		return File{Path: at.path, State: There, Was: was, Data: was}, nil
	}
	f := File{Path: at.path, State: Kept, Why: cmp.Or(at.why, p.kept), Was: was, Data: was}
	if f.Why == "" && w.Version.Ref != "" && e.isBehind(at.path, was, w) {
		f.Why = "`escalate init --upgrade` brings it to this version"
	}
	return f, nil
}

// unix is a text with the line ends of Unix: git may have written others.
func unix(data []byte) string { return strings.ReplaceAll(string(data), "\r\n", "\n") }

// existing is a repository as it is.
type existing struct{ fs.FS }

// most is how much of a file is read.
const most = 1 << 20

// read returns a file; nothing of a link or what is none.
func (e existing) read(name string) ([]byte, error) {
	info, err := fs.Lstat(e.FS, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > most:
		return nil, nil
	}
	return fs.ReadFile(e.FS, name)
}

// clear reports what is in the way of a file: a folder that is a link or a file, or a
// folder in its own place.
func (e existing) clear(name string, firm bool) error {
	for i, c := range name {
		if c != '/' {
			continue
		}
		dir := name[:i]
		info, err := fs.Lstat(e.FS, dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("cannot look at %s: %w", dir, err)
		case info.Mode()&fs.ModeSymlink != 0:
			return &ObstacleError{[]string{words.Code(dir) + " is a link to another place: put a folder in its place"}}
		case !info.IsDir():
			return &ObstacleError{[]string{words.Code(dir) + " is a file: a folder must stand there; move the file away"}}
		}
	}
	switch info, err := fs.Lstat(e.FS, name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot look at %s: %w", name, err)
	case info.IsDir():
		return &ObstacleError{[]string{words.Code(name) + " is a folder: a file must stand there; move the folder away"}}
	case firm && info.Mode()&fs.ModeSymlink != 0:
		return &ObstacleError{[]string{words.Code(name) + " is a link to another place: put the file itself in its place"}}
	}
	return nil
}

// like returns what a folder has of a name, however it is written; "" where there is
// nothing.
func (e existing) like(folder string, names ...string) string {
	entries, _ := fs.ReadDir(e.FS, folder) // what cannot be listed is met when it is written
	for _, entry := range entries {
		for _, name := range names {
			if strings.EqualFold(entry.Name(), name) {
				return path.Join(folder, entry.Name())
			}
		}
	}
	return ""
}

// has reports whether something stands at a path.
func (e existing) has(name string) bool {
	_, err := fs.Lstat(e.FS, name)
	return err == nil
}

// misnamed finds a file of the escalations folder whose name is almost right.
func misnamed(is, should string) func(existing) place {
	return func(e existing) place {
		if found := e.like(tree.Folder, is); found != "" && !e.has(should) {
			return place{found, "rename it to " + path.Base(should)}
		}
		return place{path: should}
	}
}

// guide finds where the README for colleagues is, or goes: the one of the repository,
// where that speaks of escalate, else the one of the folder.
func guide(e existing) place {
	top := e.like(".", "README.md", "README", "README.rst", "README.txt")
	if top == "" {
		return place{path: "README.md"}
	}
	if data, err := e.read(top); err == nil && strings.Contains(string(data), home) {
		return place{path: top}
	}
	if in := e.like(tree.Folder, "README.md"); in != "" {
		return place{path: in}
	}
	return place{tree.Folder + "/README.md", "there is a " + top + " already"}
}

// home is where escalate is.
const home = "escalations-as-code/escalate"

func verbatim(name string) func(Wanted, string) ([]byte, error) {
	return func(Wanted, string) ([]byte, error) { return files.ReadFile("files/" + name) }
}

// readme is the guide for colleagues, in the words of the forge.
func readme(w Wanted, _ string) ([]byte, error) {
	text, err := files.ReadFile("files/readme.md")
	if err != nil {
		return nil, err
	}
	template, err := files.ReadFile("files/escalation.yaml")
	if err != nil {
		return nil, err
	}
	var indented strings.Builder
	for line := range strings.Lines(string(template)) {
		indented.WriteString("   " + line)
	}
	check := "check"
	if w.Forge == ci.GitLab {
		check = "pipeline"
	}
	return []byte(strings.NewReplacer("TEMPLATE", indented.String(), "LINK", "/", "CHANGE", w.Forge.Change(), "CHECK", check).Replace(string(text))), nil
}

// policy is a policy in which nothing is decided yet.
func policy(Wanted, string) ([]byte, error) {
	text, err := files.ReadFile("files/policy.yaml")
	var lines strings.Builder
	p := schema.DefaultPolicy()
	for _, s := range schema.AllSeverities() {
		fmt.Fprintf(&lines, "#   %s: {informs: [%s]}\n", s, words.Join(p.Severities.Of(s).Informs, ", "))
	}
	return []byte(strings.Replace(string(text), "SEVERITIES\n", lines.String(), 1)), err
}

// people is the directory: with those who are known, or to be filled in, with every
// role that a severity needs.
func people(w Wanted, _ string) ([]byte, error) {
	data, err := files.ReadFile("files/people.yaml")
	if err != nil {
		return nil, err
	}
	var lines strings.Builder
	for _, n := range Needed(schema.DefaultPolicy()) {
		fmt.Fprintf(&lines, "#   %-22s %s\n", n.Role, n.For)
	}
	login := "github"
	if w.Forge == ci.GitLab {
		login = "gitlab"
	}
	text := strings.NewReplacer("ROLES", lines.String(), "LOGIN", login).Replace(string(data))
	if len(w.People) == 0 {
		return []byte(text + "# Delete the {} when you write the first person.\npeople: {}\n"), nil
	}
	text = strings.TrimSuffix(text, "#\n")
	out, err := splice.Apply(schema.KindPeople, tree.PeoplePath, []byte(text), splice.Set("/people", w.People))
	if err != nil {
		return nil, fmt.Errorf("cannot write a directory of %d people: leave out those whom no escalation will name: %w", len(w.People), err)
	}
	return out, nil
}

// Need is a role that somebody should hold.
type Need struct {
	Role schema.Role
	// For says what needs it.
	For string
}

// Needed returns the roles that the severities of a policy need: who is informed (P5),
// who may be the Product DRI (P10), and who drives an escalation (P6).
func Needed(p schema.Policy) []Need {
	var order []schema.Role
	informed, product := map[schema.Role][]schema.Severity{}, map[schema.Role][]schema.Severity{}
	note := func(of map[schema.Role][]schema.Severity, role schema.Role, s schema.Severity) {
		if informed[role] == nil && product[role] == nil {
			order = append(order, role)
		}
		of[role] = append(of[role], s)
	}
	for _, s := range schema.AllSeverities() {
		for _, role := range p.Severities.Of(s).Informs {
			note(informed, role, s)
		}
	}
	for _, s := range schema.AllSeverities() {
		if s.NeedsProduct() {
			for _, role := range p.Severities.Of(s).ProductDRI {
				note(product, role, s)
			}
		}
	}
	needs := make([]Need, 0, len(order)+2)
	for _, role := range order {
		var what []string
		if list := informed[role]; list != nil {
			each := ""
			if p.Roles[role].Regional {
				each = ", in each region"
			}
			what = append(what, "informed at "+words.And(list)+each)
		}
		if list := product[role]; list != nil {
			what = append(what, "may be the Product DRI at "+words.And(list))
		}
		needs = append(needs, Need{role, strings.Join(what, "; ")})
	}
	return append(needs, Need{schema.RoleCSM, "the DRI, where the account has one"}, Need{schema.RoleAccountExecutive, "the DRI, where there is no CSM"})
}
