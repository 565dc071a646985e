package stale_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// inChannel has everybody mentioned in the channel.
func inChannel(schema.Handle) notice.Place { return notice.Channel }

// TestQuarter simulates a quarter of 200 escalations: updates come when they
// come, and the reminders run at random times with random gaps, from minutes to
// days. What was reminded of is compared with what the rule says: each rung of
// each lapse once on each working day on which a run found it, five times, then
// once a week.
func TestQuarter(t *testing.T) {
	t.Parallel()
	const escalations = 200
	people, base := read(t, tree.PeoplePath), read(t, northwind)
	r := rand.New(rand.NewPCG(2026, 4))
	start := time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 3, 0)
	moment := func(from time.Time, most time.Duration) time.Time {
		return from.Add(time.Duration(r.Int64N(int64(most)))).Truncate(time.Second)
	}

	// Each escalation has its own region and severity, and updates now and then.
	updates := make([][]time.Time, escalations)
	files := make([]string, escalations)
	for i := range files {
		opened := moment(start, 60*24*time.Hour)
		files[i] = strings.NewReplacer(
			"severity: high", "severity: "+[]string{"critical", "high", "medium", "low"}[i%4],
			"region: EMEA", "region: "+[]string{"EMEA", "AMER", "APAC", "PubSec"}[r.IntN(4)],
			"2026-11-20T09:30:00Z", opened.Format(time.RFC3339), "due: 2026-11-24", "due: "+opened.AddDate(0, 0, r.IntN(40)).Format(time.DateOnly),
		).Replace(base) + "updates:\n"
		for at := opened; ; {
			if at = moment(at.Add(time.Minute), 12*24*time.Hour); at.After(end) {
				break
			}
			updates[i] = append(updates[i], at)
		}
	}

	type lapse struct {
		id    schema.ID
		clock stale.Clock
		since time.Time
		rung  int
	}
	told := map[schema.ID][]notice.Notice{}
	places := map[string]int{} // by key and place
	found := map[lapse]map[string]bool{}
	runs := 0
	for now := start; now.Before(end); now = moment(now.Add(time.Minute), 40*time.Hour) {
		if r.IntN(5) == 0 {
			now = moment(now, 10*time.Minute) // twice at once, as it were
		}
		runs++
		fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte(people)}}
		for i, file := range files {
			shown := file
			for _, at := range updates[i] {
				if !at.After(now) {
					shown += fmt.Sprintf("  - {at: %s, by: jdoe, to: [internal, customer], text: News}\n", at.Format(time.RFC3339))
				}
			}
			shown = strings.TrimSuffix(shown, "updates:\n") // where there is none
			fsys[fmt.Sprintf("escalations/2026/e%03d.yaml", i)] = &fstest.MapFile{Data: []byte(shown)}
		}
		tr, err := tree.Open(fsys, nil) // the files are right by their making
		if err != nil {
			t.Fatal(err)
		}
		report := stale.Check(tr, now, nil)
		if len(report.Unread) > 0 {
			t.Fatal(report.Unread)
		}
		for _, i := range report.Items {
			if i.State != stale.Overdue {
				continue
			}
			zone := i.Since.Location()
			day := now.In(zone)
			free := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || day.Hour() < 9 || day.Hour() >= 17
			if free && i.Severity != schema.Critical {
				continue // the policy of the test has no holidays
			}
			l := lapse{i.Escalation, i.Clock, i.Since.UTC(), i.Rung}
			if found[l] == nil {
				found[l] = map[string]bool{}
			}
			found[l][day.Format(time.DateOnly)] = true
		}
		for _, n := range stale.Reminders(report, func(id schema.ID) []notice.Notice { return told[id] }, inChannel) {
			if fields := strings.Fields(n.Key); n.Do != notice.Tell || fields[len(fields)-2] == "0" {
				told[n.Escalation] = append(told[n.Escalation], n) // an invitation, or what is not overdue yet
				continue
			}
			if n.To == notice.Announcement {
				t.Fatalf("%s is told in the announcement channel", n.Key)
			}
			places[n.Key+" "+string(n.To)]++
			if n.To == notice.Channel {
				told[n.Escalation] = append(told[n.Escalation], n)
			}
		}
	}

	want, got := map[int]int{}, map[int]int{}
	for l, days := range found {
		var last time.Time
		n := 0
		for _, d := range slices.Sorted(maps.Keys(days)) {
			day, _ := time.Parse(time.DateOnly, d)
			if n < 5 || !day.Before(last.AddDate(0, 0, 7)) {
				n, last = n+1, day
			}
		}
		want[l.rung] += n
	}
	doubled := 0
	for _, n := range places {
		doubled += n - 1
	}
	for _, keys := range told {
		for _, k := range keys {
			fields := strings.Fields(k.Key)
			if fields[len(fields)-2] == "0" || k.Do != notice.Tell {
				continue
			}
			got[int(fields[len(fields)-2][0]-'0')]++
		}
	}
	t.Logf("%d escalations, %d runs from %s to %s, %d rungs of lapses", escalations, runs, start.Format(time.DateOnly), end.Format(time.DateOnly), len(found))
	t.Logf("reminders on rung 1: %d, 2: %d, 3: %d; wanted %d, %d, %d; doubled %d", got[1], got[2], got[3], want[1], want[2], want[3], doubled)
	if !maps.Equal(got, want) || doubled > 0 || got[1] < 100 || got[2] < 100 || got[3] < 100 {
		t.Errorf("got %v, want %v, %d doubled", got, want, doubled)
	}
}
