// Package tree loads the escalations folder of one moment: the working tree, a
// commit, a test's archive. Each is a source.FS, so that what is said of one can
// be said of any, and what differs between two is a function of both.
package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/schema"
)

// The paths of the files, relative to the repository.
const (
	Folder     = "escalations"
	PeoplePath = Folder + "/people.yaml"
	PolicyPath = Folder + "/policy.yaml"
)

// ErrNoFolder is returned where a repository has no escalations folder.
var ErrNoFolder = errors.New("there is no folder " + Folder + " here")

// NotFolderError is returned where the escalations folder is a link, a submodule or
// a file: what is said of the files there would be said of something else.
type NotFolderError struct {
	// Finding is what lint tells of it.
	Finding finding.Finding
}

func (e *NotFolderError) Error() string {
	return fmt.Sprintf("%s: %s; %s", Folder, e.Finding.Message, e.Finding.Hint)
}

// Tree is the escalations folder of one moment.
type Tree struct {
	// Policy is what holds: the file's differences over the defaults.
	Policy schema.Policy
	// People is the directory; empty where it could not be read.
	People schema.Directory
	// PolicyFile and PeopleFile are the files themselves; nil where there is
	// none.
	PolicyFile, PeopleFile *File
	// Paths are the files of the escalations, sorted.
	Paths []string
	// Findings tells what stands in the wrong place.
	Findings []finding.Finding
	// Names are the paths of all files that were looked at, whatever they are.
	Names []string
	// Authored is when the commit was authored that this is of; zero where it is of
	// none.
	Authored time.Time

	files source.FS
	check *shape.Checker
}

// File is one file that was read. Judging does not change it.
type File struct {
	// Document is the file as it counts: a misspelt key has the name that was
	// meant.
	*document.Document
	// Data is the file as it was read; nil where it could not be.
	Data []byte
	// Faults is what does not fit the schema.
	Faults []shape.Fault
}

// Broken reports whether a part could not be read at all, or has so many faults
// that it was judged no further: what the file says as a whole cannot be judged.
func (f *File) Broken() bool { return f.Document.Broken || len(f.Faults) > finding.Most }

// Unreliable reports whether the file does not say all that it should.
func (f *File) Unreliable() bool { return f != nil && (f.Broken() || len(f.Faults) > 0) }

// Faulty reports whether the value at a JSON pointer does not fit the schema.
func (f *File) Faulty(pointer string) bool {
	return slices.ContainsFunc(f.Faults, func(x shape.Fault) bool { return x.Pointer == pointer })
}

// Escalation is one escalation that was read.
type Escalation struct {
	File
	ID schema.ID
	schema.Escalation
}

// Readable reports whether the file says what its writer meant: YAML takes it.
// What can be mended in memory, to judge the rest, may lack a fact here and have
// one twice there.
func (e *Escalation) Readable() bool {
	return !e.Broken() && len(e.Unread) == 0 && !slices.ContainsFunc(e.Findings, func(f finding.Finding) bool {
		switch f.Rule {
		case "merge-conflict", "yaml-at", "yaml-bracket", "yaml-bullet", "yaml-colon", "yaml-quote", "yaml-syntax", "yaml-tab":
			return true
		}
		return false
	})
}

// Misread reports whether the escalation does not surely say all that is told of
// it: it was misread, or does not fit the schema. A key that nobody knows does not
// matter.
func (e *Escalation) Misread() bool {
	return e.wrong() || slices.ContainsFunc(e.Faults, func(f shape.Fault) bool {
		_, unknown := f.Unknown()
		return !unknown
	})
}

// HeldBack reports whether what is told of the escalation might not be what its
// file says: YAML misreads it, or a value is of the wrong type or form. What breaks
// a rule, what is missing and what nobody knows holds nothing back.
func (e *Escalation) HeldBack() bool { return e.illegible() }

// illegible reports whether a file was misread, or a value in it is not one that
// its field takes.
func (f *File) illegible() bool {
	return f.wrong() || slices.ContainsFunc(f.Faults, shape.Fault.Illegible)
}

// Misread returns the path of the directory or the policy, if it does not surely
// say all that it says: nobody would be mentioned, or the wrong channel be told.
// The directory may have a fault in one person.
func (t *Tree) Misread() string {
	switch {
	case t.PolicyFile != nil && t.PolicyFile.illegible():
		return PolicyPath
	case t.PeopleFile != nil && (t.PeopleFile.Faulty("/people") || t.PeopleFile.wrong()):
		return PeoplePath
	}
	return ""
}

// wrong reports whether a file is not what its writer meant it to be.
func (f *File) wrong() bool {
	return f.Broken() || slices.ContainsFunc(f.Findings, func(f finding.Finding) bool { return f.Level == finding.Error })
}

// Open reads the policy and the directory and finds the escalations, which are
// read one by one, by Load. Files that are no source.FS are hashed where their
// identity is asked for. The error is ErrNoFolder, a *NotFolderError, or says why the
// folder cannot be listed.
func Open(fsys fs.FS, check *shape.Checker) (*Tree, error) {
	files, ok := fsys.(source.FS)
	if !ok {
		files = source.NewHashed(fsys, source.SHA1)
	}
	switch info, err := fs.Lstat(files, Folder); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoFolder
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, &NotFolderError{at(Folder, "file-link", "this is a link to another place; the folder itself must stand here",
			"delete the link and put the folder in its place")}
	case !info.IsDir():
		return nil, &NotFolderError{at(Folder, "file-unreadable", "this is not a folder that can be read: it is a file, or a submodule",
			"delete it, and make a folder with the escalations in this repository")}
	}
	t := &Tree{files: files, check: check}
	if err := fs.WalkDir(files, Folder, t.visit); err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", Folder, err)
	}
	slices.Sort(t.Paths)
	t.decode()
	return t, nil
}

// AsOf is the tree as a commit of a moment has it.
func (t *Tree) AsOf(authored time.Time) *Tree {
	at := *t
	at.Authored = authored
	return &at
}

// Only is the tree with one of its escalations alone.
func (t *Tree) Only(id schema.ID) *Tree {
	one := *t
	one.Paths = []string{Path(id)}
	return &one
}

// With is the tree with another content of an escalation's file, or with one more
// escalation. The path must be that of one.
func (t *Tree) With(name string, data []byte) *Tree {
	with := *t
	id := source.Hash(source.SHA1).Identity(data)
	if h, ok := t.files.(hashing); ok {
		id = h.IdentityOf(data)
	}
	with.files = source.Over{FS: t.files, Name: name, Data: data, ID: id}
	if !t.Has(name) {
		with.Paths, with.Names = slices.Clone(t.Paths), slices.Clone(t.Names)
		for _, list := range []*[]string{&with.Paths, &with.Names} {
			*list = append(*list, name)
			slices.Sort(*list)
		}
	}
	return &with
}

// Checking is the tree of which the escalations are compared with their schema from now
// on. The policy and the directory stay as they were read.
func (t *Tree) Checking(check *shape.Checker) *Tree {
	checking := *t
	checking.check = check
	return &checking
}

// And is the tree with more escalations, of which only the names are known: their files
// cannot be read.
func (t *Tree) And(names []string) *Tree {
	and := *t
	and.Paths, and.Names = slices.Concat(t.Paths, names), slices.Concat(t.Names, names)
	for _, list := range []*[]string{&and.Paths, &and.Names} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return &and
}

// decode makes the policy and the directory of their files.
func (t *Tree) decode() {
	t.Policy, t.People = schema.DefaultPolicy(), schema.Directory{}
	if t.PolicyFile != nil && !t.PolicyFile.Document.Broken {
		var differences schema.Policy
		t.PolicyFile.Decode(&differences)
		t.Policy = differences.Over(t.Policy)
	}
	if t.PeopleFile != nil && len(t.PeopleFile.Faults) <= finding.Most {
		t.PeopleFile.Decode(&t.People)
	}
}

// Empty returns the tree of a moment at which there was no escalations folder
// yet.
func Empty() *Tree { return &Tree{Policy: schema.DefaultPolicy()} }

// Load reads one of t.Paths.
func (t *Tree) Load(name string) *Escalation {
	data, err := readAtMost(t.files, name, document.MaxBytes+1)
	if err != nil {
		return &Escalation{ID: ID(name), File: unreadable(name, err)}
	}
	return Read(name, data, t.check)
}

// Identity returns the id of the content of an escalation that was loaded; "" where
// it cannot be told.
func (t *Tree) Identity(e *Escalation) string {
	if h, ok := t.files.(hashing); ok {
		return h.IdentityOf(e.Data)
	}
	id, err := t.files.Identity(e.Path)
	if err != nil {
		return ""
	}
	return id
}

// Each loads every escalation on all cores, and calls do with it and its place in
// t.Paths. do is called by several goroutines at once.
func (t *Tree) Each(do func(i int, e *Escalation)) {
	t.each(func(i int, path string) { do(i, t.Load(path)) })
}

// each calls do with each of t.Paths, on all cores.
func (t *Tree) each(do func(i int, path string)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(t.Paths); i = int(next.Add(1)) - 1 {
				do(i, t.Paths[i])
			}
		})
	}
	workers.Wait()
}

// Read makes an escalation of the content of its file, whatever tree it is
// from. Without check, nothing is compared with the schema.
func Read(name string, data []byte, check *shape.Checker) *Escalation {
	e := &Escalation{ID: ID(name), File: read(name, data, schema.KindEscalation, check)}
	if !e.Broken() {
		e.Decode(&e.Escalation)
	}
	return e
}

// SameFile reports whether two versions of a file, or of none, are the same.
func SameFile(a, b *File) bool {
	if a == nil || b == nil {
		return a == b
	}
	return bytes.Equal(a.Data, b.Data)
}

// Checked is an escalation that was read without check, compared with the schema.
func (e *Escalation) Checked(check *shape.Checker) *Escalation {
	c := &Escalation{ID: e.ID, File: e.File}
	if c.compare(schema.KindEscalation, check); !c.Broken() {
		c.Decode(&c.Escalation)
	}
	return c
}

// Files are the files that the tree was loaded from.
func (t *Tree) Files() fs.FS { return t.files }

// ReadFile returns a file of the tree as it stands, at most document.MaxBytes
// and one byte more of it.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	if t.files == nil {
		return nil, fs.ErrNotExist
	}
	return readAtMost(t.files, name, document.MaxBytes+1)
}

// ID returns the identity of the escalation in a file: its path within the
// folder, without .yaml (P36).
func ID(name string) schema.ID {
	return schema.ID(strings.TrimSuffix(strings.TrimPrefix(name, Folder+"/"), ".yaml"))
}

// Path returns the file of the escalation of an id.
func Path(id schema.ID) string { return Folder + "/" + string(id) + ".yaml" }

// legalPath is the path of an escalation.
var legalPath = regexp.MustCompile(`^` + Folder + `/\d{4}/[a-z0-9][a-z0-9_-]{0,75}\.yaml$`)

// IsEscalation reports whether a path is that of an escalation.
func IsEscalation(name string) bool { return legalPath.MatchString(name) }

// visit takes in one file or folder.
func (t *Tree) visit(name string, entry fs.DirEntry, err error) error {
	if name == Folder {
		return err
	}
	if err != nil {
		t.tell(at(name, "file-unreadable", "this cannot be read: "+cause(err), "give everybody the right to read it"))
		return fs.SkipDir
	}
	role, told := place(name, entry.Type())
	if role == passed {
		return nil
	}
	t.Names = append(t.Names, clean(name))
	switch role {
	case people:
		f := t.read(name, schema.KindPeople)
		t.PeopleFile = &f
	case policy:
		f := t.read(name, schema.KindPolicy)
		t.PolicyFile = &f
	case escalation:
		t.Paths = append(t.Paths, name)
	case astray:
		t.tell(told)
	}
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// role is what a file is to the tree.
type role int

const (
	passed role = iota // nothing: what every repository has beside its data
	named              // nothing, but its name is none that every machine can have
	people
	policy
	escalation
	astray // it stands in the wrong place
)

// place returns what a file is by its name and type, and what to tell of it
// where it is astray.
func place(name string, mode fs.FileMode) (role, finding.Finding) {
	base := path.Base(name)
	isYAML := isYAML(name)
	switch {
	case mode.IsDir() && !isYAML:
		return passed, finding.Finding{}
	case mode.IsDir():
		return astray, at(name, "file-place", "this is a folder, but its name is that of a file", "rename the folder, or make a file of it")
	case isLeftBehind(base):
		return passed, finding.Finding{}
	case mode&fs.ModeSymlink != 0:
		return astray, at(name, "file-link", "this is a link to another place; the file itself must stand here",
			"delete the link and put the file in its place")
	case !isYAML && (strings.HasPrefix(base, ".") || strings.EqualFold(path.Ext(name), ".md")):
		if Unportable(name) != "" {
			return named, finding.Finding{}
		}
		return passed, finding.Finding{}
	case !mode.IsRegular():
		return astray, at(name, "file-unreadable", "this is not a file that can be read", "delete it")
	case doubled(name) != "":
		return astray, at(name, "file-place", "the file's name must end in .yaml, and not in "+path.Ext(base), "rename it to "+doubled(name))
	case !isYAML:
		f := at(name, "file-unknown", "this file is not an escalation and is not checked", "an escalation is escalations/<year>/<name>.yaml; keep other files elsewhere")
		f.Level = finding.Warning
		return astray, f
	case name == PeoplePath:
		return people, finding.Finding{}
	case name == PolicyPath:
		return policy, finding.Finding{}
	case IsEscalation(name):
		return escalation, finding.Finding{}
	default:
		message, hint := misplaced(name)
		return astray, at(name, "file-place", message, hint)
	}
}

// isLeftBehind reports whether a file is what an editor or a system puts beside the
// one that somebody works on: a lock (`.#x.yaml`, which is a link to nowhere,
// `.~lock.x.yaml#`, `~$x.yaml`), a copy of before (`x.yaml~`), a text that is not saved
// yet (`#x.yaml#`, `.x.yaml.swp`, `x.yaml.tmp`, `x.yaml___jb_tmp___`), a trial whether
// one may write there (`4913`), or what a file system cannot keep itself (`._x.yaml`).
func isLeftBehind(base string) bool {
	begins := func(with string) bool { return strings.HasPrefix(base, with) }
	ends := func(with string) bool { return strings.HasSuffix(base, with) }
	return begins(".#") || begins("._") || begins(".~lock.") || begins("~$") || begins("#") && ends("#") ||
		ends("~") || ends(".tmp") || ends("___jb_tmp___") || ends("___jb_old___") ||
		swap.MatchString(base) || slices.Contains([]string{"4913", "Thumbs.db", "desktop.ini"}, base)
}

// swap is what vi keeps of a file that is open.
var swap = regexp.MustCompile(`\.sw[a-p]$|\.un~$`)

// doubled is the name of a file without the ending that an editor put behind .yaml,
// as in contoso.yaml.txt, where that makes one that would be read; else empty.
func doubled(name string) string {
	ext := strings.ToLower(path.Ext(name))
	stem := name[:len(name)-len(ext)]
	if !slices.Contains([]string{".txt", ".rtf", ".doc", ".docx"}, ext) || !isYAML(stem) {
		return ""
	}
	stem = strings.TrimSuffix(stem, path.Ext(stem)) + ".yaml"
	if stem != PeoplePath && stem != PolicyPath && !IsEscalation(stem) {
		return ""
	}
	return path.Base(stem)
}

func isYAML(name string) bool {
	return strings.EqualFold(path.Ext(name), ".yaml") || strings.EqualFold(path.Ext(name), ".yml")
}

// misplaced says why name is not the path of an escalation.
func misplaced(name string) (message, hint string) {
	within := strings.TrimPrefix(name, Folder+"/")
	dir, base := path.Split(within)
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch {
	case path.Ext(base) != ".yaml" && (IsEscalation(path.Join(Folder, dir, stem+".yaml")) || stem == "people" || stem == "policy"):
		return "the file's name must end in .yaml", "rename it to " + stem + ".yaml"
	case dir == "":
		return "an escalation stands in the folder of its year, not here", "move it to escalations/<year>/" + base
	case !regexp.MustCompile(`^\d{4}/$`).MatchString(dir):
		return "an escalation stands in a folder named by a year of four digits, such as escalations/2026", "move it to escalations/<year>/" + base
	case len(stem) > LongestName && illegal.FindString(stem) == "":
		return fmt.Sprintf("the file's name has %d characters, and may have %d at most", len(stem), LongestName), "rename it to " + legalName(stem) + ".yaml, or to what says more"
	default:
		return "the file's name has a character that it may not have: it is made of small letters, digits, dashes and underscores, at most 76, and begins with a letter or a digit",
			"rename it to " + legalName(stem) + ".yaml"
	}
}

var illegal = regexp.MustCompile(`[^a-z0-9_-]+`)

// LongestName is how many characters the name of an escalation has at most: its
// channel is called by it.
const LongestName = 76

// LegalName is a name that a file of this one could have.
func LegalName(base string) string {
	stem, _, _ := strings.Cut(base, ".")
	ext := strings.ToLower(strings.TrimRight(path.Ext(strings.TrimRight(base, " .")), " "))
	if ext == "" || isYAML(ext) {
		ext = ".yaml"
	}
	return legalName(stem) + ext
}

// legalName makes a legal name of any, both without their endings.
func legalName(stem string) string {
	name := strings.Trim(illegal.ReplaceAllString(strings.ToLower(stem), "-"), "-_")
	if name == "" {
		return "customer-name"
	}
	if IsDevice(name) {
		return name + "-customer"
	}
	return name[:min(len(name), LongestName)]
}

// read reads a file and checks it against the schema of its kind.
func (t *Tree) read(name string, kind schema.Kind) File {
	data, err := readAtMost(t.files, name, document.MaxBytes+1)
	if err != nil {
		return unreadable(name, err)
	}
	return read(name, data, kind, t.check)
}

// unreadable is a file that could not be read.
func unreadable(name string, err error) File {
	return File{Document: document.Unreadable(clean(name), at(name, "file-unreadable", "this cannot be read: "+cause(err), "give everybody the right to read it"))}
}

func read(name string, data []byte, kind schema.Kind, check *shape.Checker) File {
	f := File{Document: document.Read(name, data), Data: data}
	if f.Empty() && kind != schema.KindPolicy { // of an empty policy the defaults hold
		hint := "put back what stood here; for a new escalation, start from the example in the README"
		if kind == schema.KindPeople {
			hint = "put back what stood here, or name the people, for example: `people: {jdoe: {name: Jo Doe, roles: [csm]}}`"
		}
		f.Document = document.Unreadable(f.Path, append(slices.Clone(f.Findings), at(name, "file-empty", "the file is empty", hint))...)
	}
	if check != nil {
		f.compare(kind, check)
	}
	return f
}

// compare compares a file with the schema of its kind.
func (f *File) compare(kind schema.Kind, check *shape.Checker) {
	if !f.Empty() && !(f.Broken() && f.Value() == nil) {
		f.Document, f.Faults = check.Check(kind, f.Document)
	}
}

// readAtMost reads a file, but no more than limit bytes of it.
func readAtMost(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := min(info.Size(), limit)
	data := make([]byte, 0, size+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) >= limit:
			return data, nil
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

func (t *Tree) tell(f finding.Finding) { t.Findings = append(t.Findings, f) }

// at is an error about a file as a whole.
func at(name, rule, message, hint string) finding.Finding {
	return finding.Finding{
		Path: clean(name), Place: finding.Place{Span: finding.LineOne},
		Rule: rule, Level: finding.Error, Message: message, Hint: hint, New: true,
	}
}

// Filtered tells that git keeps another text of a file than stands on the disk, by
// some of its attributes. read says that it is the text that git keeps that was
// read, and not the one on the disk: somebody who has edited the file has no other.
func Filtered(name, attributes string, read bool) finding.Finding {
	var off []string
	for attribute := range strings.SplitSeq(attributes, ", ") {
		attribute, _, _ = strings.Cut(attribute, "=")
		off = append(off, "-"+attribute)
	}
	hint := "write the line `* " + strings.Join(off, " ") + "` into " + Folder + "/.gitattributes, and commit that"
	if read {
		return at(name, "file-filtered", "git keeps another text of this file than stands on this disk (attribute `"+attributes+"`): the one that git keeps was checked, and will be told",
			hint+"; then check the file out anew, by `git checkout -- "+name+"`")
	}
	return at(name, "file-filtered", "git will keep another text of this file than stands here (attribute `"+attributes+"`): what was checked is not what will be told", hint)
}

// clean makes a file's name printable.
func clean(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return strings.ToValidUTF8(name, "\uFFFD")
}

// cause is an error without the path, which the finding has already.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
