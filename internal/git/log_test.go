package git_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
)

// A merge is compared with its other parents, too: what they have and it lacks is
// not passed over because the first parent lacks it as well.
func TestLogOfOtherParents(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "esc/a", "1", "esc/d", "d")
	s.git("switch", "--quiet", "-c", "topic")
	s.commit("two", "esc/b", "b", "other", "o")
	s.git("switch", "--quiet", "main")
	s.commit("three", "esc/a", "2", "esc/c", "c", "elsewhere", "e")
	main := s.id("HEAD")
	s.git("switch", "--quiet", "topic")
	s.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "exchanged", "main")
	head := s.id("HEAD")
	for _, test := range []struct {
		o    git.LogOptions
		want string
	}{
		{git.LogOptions{To: head, FirstParent: true, Folder: "esc", Merged: every}, "exchanged ~esc/a -esc/b +esc/c; two; one; "},
		{git.LogOptions{To: head, FirstParent: true, Reverse: true, File: "esc/a", Merged: every, Contents: all}, "one; exchanged ~esc/a=2; "},
		{git.LogOptions{To: head, FirstParent: true, Reverse: true, File: "esc/b", Merged: every}, "two; exchanged -esc/b; "},
		{git.LogOptions{To: head, FirstParent: true, Contents: all, Merged: func(m git.Merged) bool { return m.Parent == main && m.Path == "elsewhere" }}, "exchanged +elsewhere=e; two; one; "},
		{git.LogOptions{To: head, FirstParent: true, File: "esc/a"}, "one; "},
	} {
		got := ""
		for c, err := range s.open(".").Log(t.Context(), test.o) {
			if err != nil {
				t.Fatal(err)
			}
			got += c.Subject
			for _, m := range c.Merged {
				switch {
				case m.Old.ID == "":
					got += " +" + m.Path
				case m.New.ID == "":
					got += " -" + m.Path
				default:
					got += " ~" + m.Path
				}
				if m.Parent != main {
					t.Errorf("of the parent %s", m.Parent)
				}
				if m.Data != nil {
					got += "=" + string(m.Data)
				}
			}
			got += "; "
		}
		if got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// Of a repository of which a folder was opened, it is that folder.
func TestLogOfOtherParentsBelow(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "cs/esc/a", "1", "esc/a", "1")
	s.git("switch", "--quiet", "-c", "topic")
	s.commit("two", "b", "b")
	s.git("switch", "--quiet", "main")
	s.commit("three", "cs/esc/a", "2", "esc/a", "3", "cs/esc/b", "b")
	s.git("switch", "--quiet", "topic")
	s.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "exchanged", "main")
	for _, o := range []git.LogOptions{{}, {Folder: "esc"}, {File: "esc/a"}} {
		o.To, o.FirstParent, o.Merged = s.id("HEAD"), true, func(m git.Merged) bool { return m.Path != "esc/b" }
		var got []string
		for c, err := range s.open("cs").Log(t.Context(), o) {
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range c.Merged {
				got = append(got, c.Subject+" "+m.Path)
			}
		}
		if !slices.Equal(got, []string{"exchanged esc/a"}) {
			t.Errorf("got %q", got)
		}
	}
}

func every(git.Merged) bool { return true }

func TestLog(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "esc/a", "1", "other", "")
	s.git("switch", "--quiet", "-c", "topic")
	s.commit("two", "esc/a", "2")
	topic := s.commit("three", "esc/b", "b")
	s.git("switch", "--quiet", "main")
	four := s.commit("four", "other", "4")
	s.git("merge", "--quiet", "--no-ff", "-m", "merge", "topic")
	merge := s.id("HEAD")
	s.now += 3600
	empty := s.commit("empty")
	s.git("mv", "esc/b", "esc/c")
	renamed := s.commit("renamed")
	s.git("revert", "--no-edit", "HEAD")
	s.now += 3600
	head := s.id("HEAD")
	r := s.open(".")

	for _, test := range []struct {
		name string
		o    git.LogOptions
		want string
	}{
		{"all", git.LogOptions{To: head}, `Revert "renamed" +esc/b -esc/c
renamed -esc/b +esc/c
empty
merge ~esc/a +esc/b
three +esc/b
two ~esc/a
four ~other
one +esc/a +other
`},
		{"first parent, oldest first", git.LogOptions{To: head, FirstParent: true, Reverse: true}, `one +esc/a +other
four ~other
merge ~esc/a +esc/b
empty
renamed -esc/b +esc/c
Revert "renamed" +esc/b -esc/c
`},
		{"a folder", git.LogOptions{To: head, FirstParent: true, Folder: "esc"}, `Revert "renamed" +esc/b -esc/c
renamed -esc/b +esc/c
merge ~esc/a +esc/b
one +esc/a
`},
		{"a file", git.LogOptions{To: head, FirstParent: true, File: "esc/b"}, `Revert "renamed" +esc/b
renamed -esc/b
merge +esc/b
`},
		{"a file, and side branches", git.LogOptions{To: head, File: "esc/a"}, "merge ~esc/a\ntwo ~esc/a\none +esc/a\n"},
		{"a folder is no file", git.LogOptions{To: head, File: "esc"}, ""},
		{"a file that is not there", git.LogOptions{To: head, File: "esc/x"}, ""},
		{"a folder that is not there", git.LogOptions{To: head, Folder: "es"}, ""},
		{"a range", git.LogOptions{From: merge, To: head, FirstParent: true}, "Revert \"renamed\" +esc/b -esc/c\nrenamed -esc/b +esc/c\nempty\n"},
		{"a merged branch", git.LogOptions{From: four, To: merge, FirstParent: true}, "merge ~esc/a +esc/b\n"},
		{"a branch", git.LogOptions{From: one, To: topic}, "three +esc/b\ntwo ~esc/a\n"},
		{"nothing", git.LogOptions{From: head, To: head}, ""},
		{"contents", git.LogOptions{From: four, To: head, Reverse: true, FirstParent: true, Contents: all}, `merge ~esc/a=2 +esc/b=b
empty
renamed -esc/b +esc/c=b
Revert "renamed" +esc/b=b -esc/c
`},
		{"some contents", git.LogOptions{To: merge, Contents: func(c git.Change) bool { return c.Path == "esc/b" }}, `merge ~esc/a +esc/b=b
three +esc/b=b
two ~esc/a
four ~other
one +esc/a +other
`},
	} {
		if got := s.log(r, test.o); got != test.want {
			t.Errorf("%s:\n%swant:\n%s", test.name, got, test.want)
		}
	}

	if got := s.log(s.open("esc"), git.LogOptions{To: renamed, From: four, FirstParent: true}); got != "renamed -b +c\nempty\nmerge ~a +b\n" {
		t.Errorf("from a folder:\n%s", got)
	}
	if got := s.log(s.open("esc"), git.LogOptions{To: renamed, File: "c"}); got != "renamed +c\n" {
		t.Errorf("a file from a folder:\n%s", got)
	}
	for c, err := range r.Log(t.Context(), git.LogOptions{From: four, To: empty, FirstParent: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.ID == merge && !slices.Equal(c.Parents, []string{four, topic}) || c.ID == empty && !slices.Equal(c.Parents, []string{merge}) {
			t.Errorf("%s: parents %s", c.Subject, c.Parents)
		}
	}
	// The parents are those of the commit, also where the commits between were left out.
	for c, err := range r.Log(t.Context(), git.LogOptions{To: empty, FirstParent: true, File: "esc/b"}) {
		if err != nil || !slices.Equal(c.Parents, []string{four, topic}) {
			t.Errorf("%s: parents %s, %v", c.Subject, c.Parents, err)
		}
	}
}

func TestLogOfSquashAndRebase(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "1")
	s.git("switch", "--quiet", "-c", "topic")
	for i := range 10 {
		s.commit(fmt.Sprint("topic ", i), "b", fmt.Sprint(i))
	}
	s.git("switch", "--quiet", "main")
	base := s.commit("two", "a", "2")
	s.git("switch", "--quiet", "-c", "squashed")
	s.git("merge", "--quiet", "--squash", "topic")
	s.commit("topic (#7)")
	s.git("switch", "--quiet", "topic")
	s.git("rebase", "--quiet", "main")
	r := s.open(".")
	want := "topic 0 +b=0\n"
	for i := 1; i < 10; i++ {
		want += fmt.Sprintf("topic %d ~b=%d\n", i, i)
	}
	if got := s.log(r, git.LogOptions{From: base, To: s.id("topic"), FirstParent: true, Reverse: true, Contents: all}); got != want {
		t.Errorf("rebased:\n%s", got)
	}
	if got := s.log(r, git.LogOptions{From: base, To: s.id("squashed"), Contents: all}); got != "topic (#7) +b=9\n" {
		t.Errorf("squashed:\n%s", got)
	}
	if got, err := r.MergeBase(t.Context(), s.id("topic"), s.id("squashed")); got != base || err != nil {
		t.Errorf("merge base %s, %v", got, err)
	}
}

// Git alone leaves out a branch that came to nothing.
func TestLogOfFileOnBranchThatCameToNothing(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "1")
	s.git("switch", "--quiet", "-c", "topic")
	s.commit("there", "a", "2")
	s.commit("and back", "a", "1")
	s.git("switch", "--quiet", "main")
	s.commit("two", "b", "")
	s.git("merge", "--quiet", "-m", "merge", "topic")
	if got := s.log(s.open("."), git.LogOptions{To: s.id("HEAD"), File: "a"}); got != "and back ~a\nthere ~a\none +a\n" {
		t.Errorf("%s", got)
	}
}

// However rare the contents are that are asked for, a commit does not wait for
// many others.
func TestLogRunsAheadOnlySoFar(t *testing.T) {
	t.Parallel()
	s := newBareSandbox(t)
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "commit refs/heads/main\ncommitter C <c> %d +0000\ndata 1\nx\nM 100644 inline a\ndata <<.\n%d\n.\n", s.now+int64(i), i)
	}
	s.gitIn(strings.NewReader(b.String()), "fast-import", "--quiet")
	seen, n := 0, 0
	first := func(git.Change) bool { seen++; return seen == 1 }
	for _, err := range s.open(".").Log(t.Context(), git.LogOptions{To: s.id("main"), Contents: first}) {
		if n++; err != nil || seen > n+100 {
			t.Fatalf("commit %d comes when %d were read, %v", n, seen, err)
		}
	}
	if n != 500 {
		t.Errorf("%d commits", n)
	}
}

func TestLogOfOctopus(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "1")
	for _, name := range []string{"x", "y", "z"} {
		s.git("switch", "--quiet", "-c", name, "main")
		s.commit(name, name, "")
	}
	s.git("switch", "--quiet", "main")
	s.commit("two", "a", "2")
	s.git("merge", "--quiet", "-m", "octopus", "x", "y", "z")
	r := s.open(".")
	if got := s.log(r, git.LogOptions{From: one, To: s.id("HEAD"), FirstParent: true}); got != "octopus +x +y +z\ntwo ~a\n" {
		t.Errorf("first parent:\n%s", got)
	}
	if got := s.log(r, git.LogOptions{From: one, To: s.id("HEAD")}); strings.Count(got, "\n") != 5 || !strings.HasPrefix(got, "octopus +x +y +z\n") {
		t.Errorf("all:\n%s", got)
	}
}

func TestLogOfModes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "a", "b", "b")
	name := filepath.Join(s.dir, "a")
	if err := os.Chmod(name, 0o777); err != nil {
		t.Fatal(err)
	}
	s.commit("executable")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b", name); err != nil {
		t.Fatal(err)
	}
	s.commit("link")
	s.git("update-index", "--add", "--cacheinfo", "160000,"+one+",b")
	s.git("commit", "--quiet", "-m", "submodule")
	a, b := s.id(one+":a"), s.id(one+":b")
	file, link := git.Entry{Mode: 0o644, ID: a}, git.Entry{Mode: fs.ModeSymlink | 0o777, ID: s.id("HEAD:a")}
	executable, submodule := git.Entry{Mode: 0o755, ID: a}, git.Entry{Mode: fs.ModeIrregular, ID: one}
	var got []git.Change
	for c, err := range s.open(".").Log(t.Context(), git.LogOptions{To: s.id("HEAD"), Reverse: true, Contents: all}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.Changes...)
	}
	want := []git.Change{
		{Path: "a", New: file, Data: []byte("a")},
		{Path: "b", New: git.Entry{Mode: 0o644, ID: b}, Data: []byte("b")},
		{Path: "a", Old: file, New: executable, Data: []byte("a")},
		{Path: "a", Old: executable, New: link, Data: []byte("b")},
		{Path: "b", Old: git.Entry{Mode: 0o644, ID: b}, New: submodule},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// A commit can say anything of itself.
func TestLogOfOddCommits(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	parent := s.commit("one", "a", "")
	first := parent
	tree := s.id("HEAD^{tree}")
	type said struct {
		name, email, subject string
		at                   int64
	}
	var want []said
	for _, c := range []struct {
		author, headers, message string
		want                     said
	}{
		{"Zoë Ünal <zoe@example.com> 1000 +0530", "", "Société Générale\n\nbody", said{"Zoë Ünal", "zoe@example.com", "Société Générale", 1000}},
		{"\xc9ric <e> 1 +0000", "encoding ISO-8859-1\n", "caf\xe9", said{"Éric", "e", "café", 1}},
		{"\xff <\xfe> 2 +0000", "", "\xff\xfe", said{"\uFFFD", "\uFFFD", "\uFFFD", 2}},
		{":100644 000000 <:> 3 +0000", "", ":100644 100644 x", said{":100644 000000", ":", ":100644 100644 x", 3}},
		{"%an%x00%n <%H> 4 +0000", "", "%s%x00 \x1b[31m <!channel> ::error::", said{"%an%x00%n", "%H", "%s%x00 \x1b[31m <!channel> ::error::", 4}},
		{"none <none> 5 +0000", "", "", said{"none", "none", "", 5}},
		{"two lines <x> 6 +0000", "", "\n\none\ntwo\r\n\nthree", said{"two lines", "x", "one two", 6}},
		{"signed <x> 7 +0000", "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n", "signed", said{"signed", "x", "signed", 7}},
		{"late <x> 99999999999999999999999 +0000", "", "late", said{"late", "x", "late", -1}},
		{"far <x> 999999999999999 +0000", "", "far", said{"far", "x", "far", -1}},
		{"never <x>", "", "never", said{"never", "x", "never", -1}},
		{"before <x> 8 -1200", "", strings.Repeat("long ", 30_000), said{"before", "x", strings.Repeat("long ", 30_000)[:149_999], 8}},
	} {
		parent = s.gitIn(strings.NewReader("tree "+tree+"\nparent "+parent+"\nauthor "+c.author+"\ncommitter C <c> 9 +0000\n"+c.headers+"\n"+c.message),
			"hash-object", "-t", "commit", "-w", "--stdin", "--literally")
		want = append(want, c.want)
	}
	r := s.open(".")
	for _, firstParent := range []bool{true, false} {
		i := 0
		for c, err := range r.Log(t.Context(), git.LogOptions{From: first, To: parent, FirstParent: firstParent, Reverse: true}) {
			if err != nil {
				t.Fatal(err)
			}
			at := time.Time{}
			if want[i].at >= 0 {
				at = time.Unix(want[i].at, 0).UTC()
			}
			if got := (said{c.AuthorName, c.AuthorEmail, c.Subject, want[i].at}); got != want[i] || !c.AuthorTime.Equal(at) || c.CommitTime.Unix() != 9 || len(c.Changes) != 0 {
				t.Errorf("%.200q at %v, want %.200q", fmt.Sprint(got), c.AuthorTime, fmt.Sprint(want[i]))
			}
			i++
		}
		if i != len(want) {
			t.Errorf("%d commits, want %d", i, len(want))
		}
	}
}

func TestLogOfTimesThatRunBackwards(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "1")
	s.git("switch", "--quiet", "-c", "topic")
	s.now -= 1_000_000
	s.commit("two", "b", "")
	s.git("switch", "--quiet", "main")
	s.now += 9_000_000
	s.commit("three", "a", "3")
	s.now -= 17_000_000
	s.commit("four", "a", "4")
	s.git("merge", "--quiet", "-m", "merge", "topic")
	r := s.open(".")
	if got := s.log(r, git.LogOptions{To: s.id("HEAD"), FirstParent: true, Reverse: true}); got != "one +a\nthree ~a\nfour ~a\nmerge +b\n" {
		t.Errorf("first parent:\n%s", got)
	}
	var at []string
	for c, err := range r.Log(t.Context(), git.LogOptions{To: s.id("HEAD"), Reverse: true}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Parents {
			if !slices.Contains(at, p) {
				t.Errorf("%s comes before its parent", c.Subject)
			}
		}
		at = append(at, c.ID)
	}
	if len(at) != 5 {
		t.Errorf("%d commits", len(at))
	}
}

// A replacement and notes are the reader's own: the history is what it was.
func TestLogOfReplacedCommit(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "1")
	two := s.commit("two", "a", "2", ".mailmap", "Somebody Else <author@example.com>\n")
	s.git("replace", two, one)
	s.git("replace", s.git("--no-replace-objects", "rev-parse", two+":a"), s.id(one+":a"))
	s.git("notes", "add", "-m", "a note", two)
	r := s.open(".")
	if got := s.log(r, git.LogOptions{To: two, Contents: func(c git.Change) bool { return c.Path == "a" }}); got != "two +.mailmap ~a=2\none +a=1\n" {
		t.Errorf("%s", got)
	}
	for c, err := range r.Log(t.Context(), git.LogOptions{To: two}) {
		if err != nil || c.AuthorName != "A U Thor" {
			t.Error(c.AuthorName, err)
		}
	}
}

func TestLogRefuses(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	id := s.commit("one", "a", "1")
	r := s.open(".")
	missing := strings.Repeat("1", 40)
	for _, test := range []struct {
		o    git.LogOptions
		says string
	}{
		{git.LogOptions{}, "is not the id of a commit in full"},
		{git.LogOptions{To: "HEAD"}, "is not the id of a commit in full"},
		{git.LogOptions{To: "--output=x"}, "is not the id of a commit in full"},
		{git.LogOptions{To: id, From: "HEAD"}, "is not the id of a commit in full"},
		{git.LogOptions{To: id, Folder: "../x"}, "invalid argument"},
		{git.LogOptions{To: id, File: "/x"}, "invalid argument"},
		{git.LogOptions{To: missing}, "cannot read the history: git log: fatal: bad object " + missing},
		{git.LogOptions{To: missing, Contents: all}, "cannot read the history: git log: fatal: bad object " + missing},
	} {
		n := 0
		for c, err := range r.Log(t.Context(), test.o) {
			n++
			refused(t, err, test.says)
			if c.ID != "" {
				t.Error("a commit beside the error")
			}
		}
		if n != 1 {
			t.Errorf("%+v: %d errors", test.o, n)
		}
	}
}
