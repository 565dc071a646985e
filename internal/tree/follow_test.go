package tree_test

import (
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// A tree that follows is at every step the one that is opened anew.
func TestFollow(t *testing.T) {
	t.Parallel()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		"escalations/people.yaml", "escalations/policy.yaml", "escalations/people.yml", "escalations/2026/a.yaml", "escalations/2026/b.yaml",
		"escalations/2026/B.yaml", "escalations/x.yaml", "escalations/2026/notes.txt", "escalations/README.md", "escalations/2026/.hidden",
		"escalations/2026/d.yaml/x.yaml", "escalations/2026/d.yaml/y/z.yml", "escalations/2026/d.yaml/.keep", "escalations/2026/e.yml/f.yaml/g", "other/x.yaml",
	}
	texts := []string{"people: {jdoe: {name: Jo}}\n", "sentiments: [good]\n", "people: [", "customer: x\n", ""}
	modes := []fs.FileMode{0o644, 0o755, fs.ModeSymlink | 0o777, fs.ModeIrregular}
	r := rand.New(rand.NewPCG(1, 1))
	files := fstest.MapFS{"escalations/keep~": {Mode: 0o644}}
	follower := tree.Follow(check)
	for range 2000 {
		name := names[r.IntN(len(names))]
		if files[name] != nil && r.IntN(2) == 0 {
			delete(files, name)
			follower.Remove(name)
		} else {
			f := &fstest.MapFile{Data: []byte(texts[r.IntN(len(texts))]), Mode: modes[max(r.IntN(8)-4, 0)]}
			files[name] = f
			follower.Put(name, f.Mode, f.Data)
		}
		followed := follower.Tree()
		opened, err := tree.Open(files, check)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(opened.Names)
		slices.SortFunc(opened.Findings, compare)
		slices.SortFunc(followed.Findings, compare)
		if len(opened.Names)+len(followed.Names) > 0 && !slices.Equal(opened.Names, followed.Names) || !slices.Equal(opened.Paths, followed.Paths) {
			t.Fatalf("names %q, paths %q; opened anew %q, %q", followed.Names, followed.Paths, opened.Names, opened.Paths)
		}
		if !reflect.DeepEqual(opened.Policy, followed.Policy) || !reflect.DeepEqual(opened.People, followed.People) ||
			(opened.PeopleFile == nil) != (followed.PeopleFile == nil) || (opened.PolicyFile == nil) != (followed.PolicyFile == nil) {
			t.Fatalf("people or policy differ: %+v, opened anew %+v", followed.People, opened.People)
		}
		if len(opened.Findings) != len(followed.Findings) || len(opened.Findings) > 0 && !reflect.DeepEqual(opened.Findings, followed.Findings) {
			t.Fatalf("told %+v, opened anew %+v", followed.Findings, opened.Findings)
		}
		for _, path := range opened.Paths {
			if a, b := opened.Load(path), followed.Load(path); string(a.Data) != string(b.Data) || a.Broken() != b.Broken() || a.ID != b.ID {
				t.Fatalf("%s is %+v, opened anew %+v", path, b, a)
			}
		}
	}
}

func compare(a, b finding.Finding) int { return strings.Compare(a.Path, b.Path) }
