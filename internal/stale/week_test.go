package stale_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// TestWeek plays a week with nine open escalations, from Monday, 7 December 2026,
// with a run every two hours, and counts what people are told: once with everybody
// punctual, once with every update a day late. The table stands in docs/stale.md.
func TestWeek(t *testing.T) {
	t.Parallel()
	// Each has a DRI; the days of December (in November below 1) on which channel and
	// customer hear something, at eleven.
	type played struct {
		name, severity, dri string
		punctual, late      []int
	}
	each := []int{4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
	working := []int{4, 7, 8, 9, 10, 11}
	all := []played{
		// Due on each day; a day late: on each second day.
		{"c1", "critical", "jdoe", each, []int{6, 8, 10, 12}},
		// Due on each working day; a day late: on each second one.
		{"h1", "high", "jdoe", working, []int{4, 8, 10}},
		{"h2", "high", "adoe", working, []int{4, 8, 10}},
		// Due after seven days, asked about after ten, overdue after fourteen; a day late:
		// on the fifteenth. -6 is 24 November.
		{"m1", "medium", "adoe", []int{1, 8}, []int{-6, 9}},
		{"m2", "medium", "adoe", []int{2, 9}, []int{-3, 12}},
		{"m3", "medium", "bdoe", []int{3, 10}, []int{0}},
		{"m4", "medium", "bdoe", []int{4, 11}, []int{3}},
		{"l1", "low", "bdoe", nil, nil},
		{"l2", "low", "bdoe", nil, nil},
	}
	people := strings.Replace(read(t, tree.PeoplePath), "people:\n", `people:
  adoe: {name: Al Doe, slack: U012AB3CE, roles: [csm], region: EMEA, manager: mking}
  bdoe: {name: Bo Doe, slack: U012AB3CF, roles: [csm], region: EMEA, manager: mking}
  mking: {name: May King, slack: U012AB3CG, roles: [csm_manager], region: EMEA}
  lking: {name: Lee King, slack: U012AB3CH, roles: [csm_leader], region: EMEA}
`, 1)
	people = strings.Replace(people, "manager: rking", "manager: mking", 1)
	base := edited(t, read(t, northwind), "due: 2026-11-24", "due: 2027-03-24", "2026-11-20T09:30:00Z", "2026-11-20T10:00:00Z") +
		"standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, mlee]}\n"

	table := "| everybody is | messages | Jo: 1 critical, 1 high | Al: 1 high, 2 medium | Bo: 2 medium, 2 low | their manager | CSM leader |\n" +
		"| --- | --- | --- | --- | --- | --- | --- |\n"
	for _, late := range []bool{false, true} {
		told := map[schema.ID][]notice.Notice{}
		messages, mentions := 0, map[schema.Handle]int{}
		start := time.Date(2026, 12, 7, 0, 17, 0, 0, time.UTC)
		for now := start; now.Before(start.AddDate(0, 0, 7)); now = now.Add(2 * time.Hour) {
			fsys := fstest.MapFS{tree.PeoplePath: {Data: []byte(people)}}
			for _, p := range all {
				days := p.punctual
				if late {
					days = p.late
				}
				file := strings.NewReplacer("severity: high", "severity: "+p.severity, "csm: jdoe", "csm: "+p.dri, "\ndri: jdoe", "\ndri: "+p.dri, "owner: jdoe", "owner: "+p.dri).Replace(base)
				if len(days) > 0 {
					file += "updates:\n"
				}
				for _, d := range days {
					if at := time.Date(2026, 12, d, 10, 0, 0, 0, time.UTC); !at.After(now) {
						file += fmt.Sprintf("  - {at: %s, by: jdoe, to: [internal, customer], text: News}\n", at.Format(time.RFC3339))
					}
				}
				fsys["escalations/2026/"+p.name+".yaml"] = &fstest.MapFile{Data: []byte(file)}
			}
			tr, err := tree.Open(fsys, nil) // the files are right by their making
			if err != nil {
				t.Fatal(err)
			}
			report := stale.Check(tr, now, nil)
			if len(report.Unread) > 0 || len(report.Open) != len(all) {
				t.Fatal(report.Unread)
			}
			run := stale.Reminders(report, func(id schema.ID) []notice.Notice { return told[id] }, inChannel)
			for i := range run {
				run[i].At = now
				told[run[i].Escalation] = append(told[run[i].Escalation], run[i])
			}
			for _, m := range notice.Messages(run) {
				if m.First().Do != notice.Tell || m.First().To != notice.Channel {
					continue
				}
				messages++
				for _, h := range m.Mentions() {
					mentions[h]++
				}
			}
		}
		how := "punctual"
		if late {
			how = "a day late"
		}
		table += fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d |\n", how, messages, mentions["jdoe"], mentions["adoe"], mentions["bdoe"], mentions["mking"], mentions["lking"])
	}
	docs, err := os.ReadFile("../../docs/stale.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(docs), table) {
		t.Errorf("docs/stale.md does not have this table:\n%s", table)
	}
}
