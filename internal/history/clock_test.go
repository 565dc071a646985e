package history_test

import (
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
)

// The times of commits never run backwards, and none is believed that is in the
// future.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		now     string
		commits []string
		want    []string
	}{
		{"a clock that was behind", "", []string{"2026-11-20", "2026-11-18", "2026-11-21"}, []string{"2026-11-20", "2026-11-20", "2026-11-21"}},
		{"one commit of 2036", "2026-12-01", []string{"2026-11-20", "2036-01-01", "2026-11-21"}, []string{"2026-11-20", "2026-11-20", "2026-11-21"}},
		{"which is the first", "2026-12-01", []string{"2036-01-01", "2026-11-21"}, []string{"2026-12-01", "2026-11-21"}},
		{"believed", "", []string{"2036-01-01", "2026-11-21"}, []string{"2036-01-01", "2036-01-01"}},
	} {
		day := func(s string) time.Time {
			at, _ := time.Parse(time.DateOnly, s) // "" is the zero time
			return at
		}
		clock := history.Clock{Now: day(c.now)}
		for i, at := range c.commits {
			if got := clock.Effective(&git.Commit{CommitTime: day(at)}); !got.Equal(day(c.want[i])) {
				t.Errorf("%s: commit %d is of %s, want %s", c.name, i, got, c.want[i])
			}
		}
	}
}
