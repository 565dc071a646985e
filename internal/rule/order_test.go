package rule

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// The updates that stand in order are as many as can be, and of several ways the
// first ones: as a search finds that tries each for each.
func TestLongestOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		updates := make([]schema.Update, random.IntN(12))
		for i := range updates {
			if n := random.IntN(8); n > 0 { // 0 is a time that cannot be read
				updates[i].At.Time = time.Unix(int64(n), 0)
			}
		}
		if got, want := longestOrder(updates), everyOrder(updates); !slices.Equal(got, want) {
			t.Fatalf("of %v: got %v, want %v", updates, got, want)
		}
	}
}

func everyOrder(updates []schema.Update) []bool {
	kept, length, before := make([]bool, len(updates)), make([]int, len(updates)), make([]int, len(updates))
	last := -1
	for i, u := range updates {
		if u.At.IsZero() {
			continue
		}
		length[i], before[i] = 1, -1
		for j := range i {
			if length[j] >= length[i] && u.At.After(updates[j].At.Time) {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	for i := last; i >= 0; i = before[i] {
		kept[i] = true
	}
	return kept
}

// So many updates as fit into a file are in no order, and judged all the same.
func TestOrderOfManyUpdates(t *testing.T) {
	t.Parallel()
	updates := make([]schema.Update, 20_000)
	for i := range updates {
		updates[i].At.Time = time.Unix(int64(i+1), 0)
	}
	updates[10_000].At.Time = time.Unix(5, 0)
	kept := longestOrder(updates)
	if i := slices.Index(kept, false); i != 10_000 || slices.Index(kept[i+1:], false) >= 0 {
		t.Errorf("the update that stands wrong is %d", i)
	}
}
