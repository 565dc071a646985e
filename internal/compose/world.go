// Package compose is what a page needs that writes escalations in a browser: which
// questions an act asks, what answers make of the file, what the rules say of it and
// what merging will have told, and to whom. A plain value goes in, and one comes out;
// there is no clock, no git and no connection. So the same code runs below a test and,
// as WebAssembly, in a page.
//
// World is all that the page is given of a repository. Composer answers requests about
// it, and Judge judges files by themselves, for whoever tries a rule.
package compose

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Format is that of World.
const Format = 1

// World is what a page is given of a repository: the policy, who there is, and of the
// escalations what tells one from another. Their texts are files of their own.
type World struct {
	Format int `json:"format"`
	// Policy is the text of policy.yaml; "" where there is none.
	Policy string   `json:"policy"`
	People []Person `json:"people"`
	// Escalations are all, in the order of their ids.
	Escalations []Digest `json:"escalations"`
	// Schema says that the repository has the schema, to which a new file points its
	// editor.
	Schema bool  `json:"schema"`
	Forge  Forge `json:"forge"`
	// First are the questions of an opening before any is answered, without the people who
	// may be chosen: a page has them while its program is still being loaded.
	First []Question `json:"first,omitempty"`
}

// Person is what is said of a person: no address of any kind.
type Person struct {
	Handle schema.Handle     `json:"handle"`
	Name   schema.Text       `json:"name"`
	Roles  []schema.Role     `json:"roles,omitempty"`
	Region schema.RegionName `json:"region,omitempty"`
	// Manager hears of the escalations of the person (P5), and Left is the day on which
	// the person left, such as 2026-10-31: nobody who left is chosen (P8).
	Manager schema.Handle `json:"manager,omitempty"`
	Left    string        `json:"left,omitempty"`
}

// Digest is what tells an escalation from another. Of one that is restricted (P17), or
// that cannot be read, it is id and channel.
type Digest struct {
	ID       schema.ID          `json:"id"`
	Customer schema.Text        `json:"customer,omitempty"`
	Channel  schema.ChannelName `json:"channel,omitempty"`
	Severity schema.Severity    `json:"severity,omitempty"`
}

// Forge is where the repository is on the web; it is empty where that is not known.
type Forge struct {
	// Platform is github or gitlab, Server the address for people, Repository the path
	// there, Branch that to which is merged.
	Platform   string `json:"platform,omitempty"`
	Server     string `json:"server,omitempty"`
	Repository string `json:"repository,omitempty"`
	Branch     string `json:"branch,omitempty"`
	// Form says that the repository has the issue form.
	Form bool `json:"form,omitempty"`
}

// File is what the page is given of an escalation that is not restricted.
type File struct {
	Text string `json:"text"`
	// Tracking is the address of its tracking issue; "" where none is known.
	Tracking string `json:"tracking,omitempty"`
}

// Of is the world of a tree; hasSchema says that the repository has the schema. The
// escalations are added by whoever loads them, by DigestOf.
func Of(t *tree.Tree, hasSchema bool, forge Forge) World {
	w := World{Format: Format, Escalations: []Digest{}, People: []Person{}, Schema: hasSchema, Forge: forge}
	if t.PolicyFile != nil {
		w.Policy = string(t.PolicyFile.Data)
	}
	for h, p := range t.People.People {
		person := Person{Handle: h, Name: p.Name, Roles: p.Roles, Region: p.Region, Manager: p.Manager}
		if !p.Left.IsZero() {
			person.Left = p.Left.Format(time.DateOnly)
		}
		w.People = append(w.People, person)
	}
	slices.SortFunc(w.People, func(a, b Person) int { return strings.Compare(string(a.Handle), string(b.Handle)) })
	return w
}

// Begun is a world with its first questions, as they are at a time.
func (w World) Begun(now time.Time) (World, error) {
	c, err := New(w)
	if err != nil {
		return w, err
	}
	w.First = c.Answer(Request{Act: "new", Now: now}).Questions
	for i := range w.First {
		if w.First[i].Form == act.Person { // of a thousand people each question has most
			w.First[i].Options = nil
		}
	}
	return w, nil
}

// DigestOf is the digest of an escalation. file is its text; ok is false where the page
// must not have it.
func DigestOf(e *tree.Escalation, p schema.Policy) (d Digest, file File, ok bool) {
	d = Digest{ID: e.ID}
	if !e.Broken() {
		d.Channel = process.Channel(e.ID, &e.Escalation, p)
	}
	if e.Visibility == schema.Restricted || e.HeldBack() {
		return d, File{}, false
	}
	d.Customer, d.Severity = e.Customer, e.Severity
	return d, File{Text: string(e.Data)}, true
}

// Tracked is the address of the tracking issue, by what was told of an escalation.
func Tracked(told []notice.Notice) string {
	for _, n := range slices.Backward(told) {
		if n.Do == notice.OpenIssue && n.State == notice.Done && n.URL != "" {
			return n.URL
		}
	}
	return ""
}

// Composer answers requests about a world. It is for one goroutine.
type Composer struct {
	world World
	// bare has the policy and the directory, and those files of which the text is known;
	// all has every escalation, and those of which it is not known cannot be read.
	bare, all *tree.Tree
	others    *act.Others
	// beside is what the rules know of the escalations whose texts are not known. Whether
	// they are open does not matter: those of one customer are known before it does.
	beside *rule.Register
	known  map[schema.ID]File
	listed map[schema.ID]Digest
}

// New prepares a world. The error says that this program is not the one that wrote it.
func New(w World) (*Composer, error) {
	if w.Format != Format {
		return nil, errors.New("the page and its data were written by two versions: write the site anew")
	}
	check, err := shape.NewChecker()
	if err != nil {
		return nil, err
	}
	c := &Composer{world: w, known: map[schema.ID]File{}, listed: map[schema.ID]Digest{}}
	people := schema.Directory{People: map[schema.Handle]schema.Person{}}
	for _, p := range w.People {
		person := schema.Person{Name: p.Name, Roles: p.Roles, Region: p.Region, Manager: p.Manager}
		if left, err := time.Parse(time.DateOnly, p.Left); err == nil {
			person.Left = schema.Date{Time: left}
		}
		people.People[p.Handle] = person
	}
	directory, err := yaml.Marshal(people)
	if err != nil {
		return nil, err
	}
	base := files{tree.PeoplePath: string(directory)}
	if w.Policy != "" {
		base[tree.PolicyPath] = w.Policy
	}
	if w.Schema {
		base[act.SchemaPath] = "{}"
	}
	var glances []tree.Glance
	var names []string
	for _, d := range w.Escalations {
		names = append(names, tree.Path(d.ID))
		c.listed[d.ID] = d
		glances = append(glances, tree.Glance{ID: d.ID, Customer: d.Customer, Severity: d.Severity, Channel: d.Channel})
	}
	c.others = act.NewOthers(glances)
	// What stands in the policy and the directory was judged where they were committed.
	bare, err := tree.Open(base, nil)
	if err != nil {
		return nil, err
	}
	c.bare = bare.Checking(check)
	c.all = c.bare.And(names)
	c.beside = rule.NewRegister(rule.All(), c.bare.Policy)
	for _, d := range w.Escalations {
		c.beside.Put(rule.Brief{Path: tree.Path(d.ID), ID: d.ID, Severity: d.Severity, Channel: d.Channel, Customer: process.SameCustomer(d.Customer)})
	}
	return c, nil
}

// Know takes in the text of an escalation of the world.
func (c *Composer) Know(id schema.ID, f File) {
	if _, listed := c.listed[id]; !listed {
		return
	}
	c.known[id] = f
	path := tree.Path(id)
	c.beside.Remove(path)
	c.bare, c.all = c.bare.With(path, []byte(f.Text)), c.all.With(path, []byte(f.Text))
}

// files are texts by their paths, as files.
type files map[string]string

var _ fs.ReadDirFS = files{}

// Open opens a file, or a folder that some file is in.
func (f files) Open(name string) (fs.File, error) {
	if text, ok := f[name]; ok {
		return source.NewFile(name, 0o644, []byte(text)), nil
	}
	for file := range f {
		if strings.HasPrefix(file, name+"/") {
			return source.NewFile(name, fs.ModeDir|0o755, nil), nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists a folder.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	var list []fs.DirEntry
	seen := map[string]bool{}
	for file := range f {
		rest, in := strings.CutPrefix(file, name+"/")
		first, _, _ := strings.Cut(rest, "/")
		if !in || seen[first] {
			continue
		}
		seen[first] = true
		opened, err := f.Open(path.Join(name, first))
		if err != nil {
			return nil, err
		}
		info, err := opened.Stat()
		if err != nil {
			return nil, err
		}
		list = append(list, fs.FileInfoToDirEntry(info))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}
