package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// Whom a failure is told to, and what of one that is restricted is not said where
// everybody reads.
func TestUndelivered(t *testing.T) {
	t.Parallel()
	const id = schema.ID("2026/northwind")
	of := notice.Notice{Escalation: id, Key: notice.Once(id, notice.Opened), Moment: notice.Opened, To: notice.Tracking, Via: "github"}
	const why = "#esc_northwind is\nprivate"
	check := checker(t)
	for name, c := range map[string]struct {
		file, people []string // what is in the place of what
		to           notice.Place
		mentions     []schema.Handle
		says         string
	}{
		"the DRI and the manager": {nil, nil, notice.Channel, []schema.Handle{"jdoe", "rking"}, "(github): #esc_northwind is private."},
		"the stand-in, too": {[]string{"\ndri: jdoe", "\ndri: jdoe\ncover: {dri: kwong, until: 2026-12-04, reason: Away}"}, nil, notice.Channel,
			[]schema.Handle{"jdoe", "kwong", "rking"}, "Jo Doe, Kit Wong (DRI): tell who needs to know now"},
		"nobody manages the DRI":         {nil, []string{", manager: rking", ""}, notice.Channel, []schema.Handle{"jdoe", "rking"}, "Robin King (manager): see that"},
		"restricted, in the issue":       {[]string{"\ndri: jdoe", "\ndri: jdoe\nvisibility: restricted"}, nil, notice.Tracking, []schema.Handle{"jdoe", "rking"}, "#esc_northwind is private."},
		"restricted, where all read":     {[]string{"\ndri: jdoe", "\ndri: jdoe\nvisibility: restricted"}, nil, notice.Announcement, []schema.Handle{"jdoe", "rking"}, "(github): the log of the run says why."},
		"a file that cannot be read":     {[]string{"customer:", "customer: ["}, nil, notice.Announcement, nil, "(github): the log of the run says why."},
		"the same, where few read":       {[]string{"customer:", "customer: ["}, nil, notice.Tracking, nil, "Whoever looks after the escalation: tell who needs to know now, by hand."},
		"public, and all may know of it": {nil, nil, notice.Announcement, []schema.Handle{"jdoe", "rking"}, "#esc_northwind is private."},
	} {
		edited := func(name string, pairs []string) string {
			return strings.NewReplacer(pairs...).Replace(fixture.Read(name))
		}
		all := open(t, check, map[string]string{fixture.Northwind: edited(fixture.Northwind, c.file), fixture.People: edited(fixture.People, c.people)})
		n := plan.Undelivered(all, of, why, c.to, "slack", true)
		if text := n.Text.Plain(); !slices.Equal(n.Mentions, c.mentions) || !strings.Contains(text, c.says) || c.to == notice.Announcement && strings.Contains(c.says, "log") && strings.Contains(text, "esc_") {
			t.Errorf("%s: to %q: %s", name, n.Mentions, text)
		}
		if was, ok := n.Fails(); !ok || was != of.Identity() || n.To != c.to || n.Via != "slack" || n.Key != "2026/northwind undelivered opened tracking github" {
			t.Errorf("%s: %+v, %v", name, n, was)
		}
		const changes = "this text changes once it has arrived"
		if fixed := plan.Undelivered(all, of, why, c.to, "webhook", false); strings.Contains(fixed.Text.Plain(), changes) || !strings.Contains(n.Text.Plain(), changes) {
			t.Errorf("%s: it promises what it cannot do: %s", name, fixed.Text.Plain())
		}
		settled := plan.Delivered(n, of, date(t, "2026-11-25T09:00:00Z"))
		if told, ok := settled.Redacts(); !ok || told != n.Key || !strings.HasPrefix(settled.Text.Plain(), "Delivered: the opening of 2026/northwind") {
			t.Errorf("%s: %+v", name, settled)
		}
	}
}
