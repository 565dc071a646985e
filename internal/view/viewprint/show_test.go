package viewprint_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

func date(d int) schema.Date { return schema.Date{Time: day(d, 0)} }

// one is an escalation with something of each kind; text is in each field that a file
// says freely.
func one(text func(string) string) view.Escalation {
	t := func(s string) schema.Text { return schema.Text(text(s)) }
	person := func(h schema.Handle, name, as string) stale.Person {
		return stale.Person{Handle: h, Name: text(name), As: as}
	}
	e := view.Escalation{
		Row: table().Rows[1], Now: now, Summary: t("Pipelines wait 40 minutes and every team is affected"),
		Description: t("Since the upgrade every pipeline waits.\nTwo lines.\n\nA second paragraph, which is longer than any of the others, so that it is wrapped."),
		Ask:         t("One engineer who can work with the customer every day."), Approach: t("Reproduce, then tune."), Skills: []schema.Text{t("reads logs"), t("knows PostgreSQL")},
		Because: "the account has a CSM, and it is not about a services project", Channel: "esc_northwind",
		Who:     []stale.Person{person("jdoe", "Jo Doe", "DRI"), person("pending", "to be assigned", "Product DRI"), person("rking", "Robin King", "informed"), person("hshimizu", "清水 春香", "informed")},
		Guests:  []stale.Person{person("rking", "Robin King", "")},
		Standup: text("mon, wed at 10:30 Europe/Berlin, 15 minutes, with Jo Doe: https://meet.example.com/northwind"), NextStandup: day(30, 9),
		Links:    []view.Link{{Label: "Case", Value: text("pending")}, {Label: "Collaboration project", Value: text("https://projects.example.com/northwind")}},
		Criteria: []view.Criterion{{Criterion: t("Queue time under 60 s at p95"), Met: date(26)}, {Criterion: t("A load test with the customer passed on two days in a row, without a restart")}},
		Steps: []view.Step{
			{Step: t("Split the queue"), Owner: person("mlee", "Min Lee", "owner"), Due: date(24), Done: date(23)},
			{Step: t("Load test with the customer, all of it, on the staging machines"), Owner: person("jdoe", "Jo Doe", "owner"), Due: date(24), Since: day(25, 0)},
			{Step: t("Tune"), Owner: person("jdoe", "Jo Doe", "owner"), Due: date(30)},
		},
		Clocks: []stale.Item{
			{Clock: stale.Customer, State: stale.Overdue, Due: day(26, 0), Since: day(26, 0), Rung: 2, Turn: person("rking", "Robin King", "manager"), What: text("the customer has heard nothing since Mon 23 Nov 09:00")},
			{Clock: stale.Channel, State: stale.Due, Due: day(28, 0), Turn: jo, What: text("the channel has heard nothing since Thu 26 Nov 09:00")},
			{Clock: stale.Role, State: stale.Advisory, What: text("nobody is ceo, who must be informed")},
		},
		Unread: text("lint refuses the file, and what is missing may have no clock"),
		Case:   notice.Text{{Fields: []notice.Field{{Label: "Severity", Value: notice.Words(text("High"))}}}, notice.Paragraph(notice.Inline{Words: text("Standup: daily")})},
	}
	for i := range 5 {
		u := view.Update{At: day(20+i, 9), By: person("jdoe", "Jo Doe", ""), To: []schema.Audience{schema.Internal}, Text: t(fmt.Sprintf("Update %d.\n- one\n- two", i))}
		switch i {
		case 2:
			u.Significant, u.To = true, []schema.Audience{schema.Internal, schema.Customer}
		case 3:
			u.Text, u.Redacted = "", t("It named a person")
		case 4:
			u.Amends = day(20, 9)
		}
		e.Updates = append(e.Updates, u)
	}
	for i, state := range []notice.State{notice.Done, notice.Done, notice.Done, notice.Done, notice.Done, notice.Intent} {
		e.Notices = append(e.Notices, notice.Notice{At: day(20+i, 9), Moment: notice.Update, To: notice.Channel, Via: "slack", State: state, URL: text(fmt.Sprintf("https://chat.example.com/%d", i))})
	}
	return e
}

func same(s string) string { return s }

func TestShow(t *testing.T) {
	t.Parallel()
	show := func(e view.Escalation, width int) string {
		return printed(t, func(w io.Writer) error { return viewprint.Show(w, e, terminal.Screen{Width: width}) })
	}
	for _, width := range []int{60, 80, 200} {
		golden(t, fmt.Sprintf("show-%d", width), show(one(same), width))
	}
	for width := terminal.Narrowest; width <= terminal.Widest; width++ {
		fits(t, width, strings.ReplaceAll(show(one(same), width), "  ", ""))
	}
	for _, width := range []int{40, 80, 200} {
		inert(t, show(one(func(string) string { return evil }), width))
	}
	closed := one(same)
	closed.Status, closed.Row.Ended, closed.Next = "resolved", day(26, 0), nil
	closed.Ended, closed.Case = []view.Link{{Label: "Outcome", Value: "positive"}}, nil
	if text := show(closed, 200); !strings.Contains(text, "resolved 2026-11-26 after 7 days") || !strings.Contains(text, "\nClosure\n  Outcome  positive\n") || strings.Contains(text, "to copy") || strings.Contains(text, "Standup: ") {
		t.Errorf("a closed one:\n%s", text)
	}
}

func TestShowJSON(t *testing.T) {
	t.Parallel()
	decode := func(e view.Escalation) map[string]any {
		var out map[string]any
		if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.ShowJSON(w, e) })), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := decode(one(same))
	for key, want := range map[string]string{
		"escalation":    "2026/northwind",
		"exit_criteria": "[map[criterion:Queue time under 60 s at p95 met:2026-11-26] map[criterion:A load test with the customer passed on two days in a row, without a restart met:]]",
		"criteria_met":  "1",
		"channel":       "esc_northwind",
		"next_standup":  "2026-11-30T09:00:00Z",
		"case":          "Severity: High\n\nStandup: daily",
		"closure":       "[]",
		"related":       "<nil>",
	} {
		if got := fmt.Sprint(out[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	for key, n := range map[string]int{"updates": 5, "notices": 6, "who": 4, "next_steps": 3, "clocks": 3, "links": 2} {
		if got := len(out[key].([]any)); got != n {
			t.Errorf("%d %s, want %d", got, key, n)
		}
	}
	if step := fmt.Sprint(out["next_steps"].([]any)[1]); !strings.Contains(step, "done: due:2026-11-24 owner:jdoe since:2026-11-25T00:00:00Z") {
		t.Errorf("a late step is %s", step)
	}
	for key, value := range decode(view.Escalation{Now: time.Time{}}) { // lists are always there
		if value == nil {
			t.Errorf("%s is null", key)
		}
	}
}
