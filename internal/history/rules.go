package history

import (
	"context"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Rules are the directory and the policy from a moment on: what they say, without the
// files, of which a hundred would fill the memory.
type Rules struct {
	// From is the effective time of the commit that changed one of them.
	From   time.Time
	People schema.Directory
	Policy schema.Policy
}

// AllRules returns each directory and policy that held up to a commit, oldest first:
// who was informed at a moment is said by those that held then (P39). now is the
// present.
func AllRules(ctx context.Context, repo *git.Repo, head string, now time.Time) ([]Rules, error) {
	now, err := Present(ctx, repo, head, now)
	if err != nil {
		return nil, err
	}
	type version struct {
		left
		path string
	}
	var versions []version
	for _, path := range []string{tree.PeoplePath, tree.PolicyPath} {
		all, _, err := until(ctx, repo, head, path, now, now)
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			versions = append(versions, version{l, path})
		}
	}
	slices.SortStableFunc(versions, func(a, b version) int { return a.effective.Compare(b.effective) })
	there := func(v version) bool { return v.entry.ID != "" && v.entry.Mode.IsRegular() }
	contents := map[string][]byte{}
	ids := func(yield func(string) bool) {
		for _, v := range versions {
			if there(v) && !yield(v.entry.ID) {
				return
			}
		}
	}
	for blob, err := range repo.Blobs(ctx, ids) {
		if err != nil {
			return nil, err
		}
		contents[blob.ID] = blob.Data
	}
	f := tree.Follow(nil)
	var rules []Rules
	for i, v := range versions {
		if there(v) {
			f.Put(v.path, v.entry.Mode, contents[v.entry.ID])
		} else {
			f.Remove(v.path)
		}
		if i+1 < len(versions) && versions[i+1].commit == v.commit {
			continue
		}
		t := f.Tree()
		rules = append(rules, Rules{v.effective, t.People, t.Policy})
	}
	return rules, nil
}
