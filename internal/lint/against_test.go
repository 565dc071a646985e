package lint_test

import (
	"fmt"
	"maps"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
)

const northwind = "escalations/2026/northwind.yaml"

func open(t testing.TB, check *shape.Checker, texts map[string]string) *tree.Tree {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Open(files, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// against judges what lies between two sets of files.
func against(t testing.TB, check *shape.Checker, before, after map[string]string, authored func(string, change.Fact) (time.Time, bool)) finding.Report {
	t.Helper()
	return lint.Against(lint.Base{Tree: open(t, check, before), Commit: strings.Repeat("ab", 20), Authored: authored}, open(t, check, after), rule.All())
}

// told shows findings as: file, line, rule, citations, and whether it is old.
func told(fs []finding.Finding) string {
	var got []string
	for _, f := range fs {
		s := fmt.Sprintf("%s:%d %s %s", strings.TrimSuffix(path.Base(f.Path), ".yaml"), f.Line, f.Rule, strings.Join(f.Cites, " "))
		if !f.New {
			s += " old"
		}
		if f.Level == finding.Warning {
			s += " warning"
		}
		got = append(got, strings.Join(strings.Fields(s), " "))
	}
	return strings.Join(got, "; ")
}

// rewrite is files with a text in one of them in the place of another; an empty
// old text stands for the end, and an empty new file for none.
type rewrite struct{ file, old, new string }

func (e rewrite) apply(t testing.TB, files map[string]string) map[string]string {
	t.Helper()
	files = maps.Clone(files)
	if e.file == "" {
		e.file = northwind
	}
	switch {
	case e.old == "delete":
		delete(files, e.file)
	case e.old == "":
		files[e.file] += e.new
	case !strings.Contains(files[e.file], e.old):
		t.Fatalf("%q is not in %s", e.old, e.file)
	default:
		files[e.file] = strings.Replace(files[e.file], e.old, e.new, 1)
	}
	return files
}

const twoUpdates = "updates:\n" +
	"  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], text: First}\n" +
	"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: Second}\n"

const news = "  - {at: 2026-11-23T09:00:00Z, by: jdoe, to: [internal], text: Third}\n"

// earlier is an update of another branch, of the day before that of news.
var earlier = strings.Replace(news, "2026-11-23T09", "2026-11-22T10", 1)

const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"

// conflict is what git leaves of two versions of some lines.
func conflict(ours, theirs string) string {
	return "<<<<<<< HEAD\n" + ours + "=======\n" + theirs + ">>>>>>> main\n"
}

func TestAgainst(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{
		northwind:       fixture.Read(northwind) + twoUpdates,
		tree.PeoplePath: fixture.Read(tree.PeoplePath),
	}
	const rca = "rca: {asked: 2026-12-03, platform_related: true, owner: ebrandt, due: 2026-12-17"
	const inClosure = "rca: {requested: true, platform_related: true, owner: ebrandt, due: 2026-12-17"
	amended := strings.Replace(closure, "sentiment", "amended: {at: 2026-12-04T10:00:00Z, by: jdoe, why: It said too little}, sentiment", 1)
	reopening := strings.Replace(news, "2026-11-23", "2026-12-04", 1)
	for _, c := range []struct {
		name   string
		before []rewrite // of the base
		after  []rewrite // of before
		want   string
	}{
		{"nothing", nil, nil, ""},
		{"an update", nil, []rewrite{{"", "", news}}, ""},
		{"an update that says nothing", nil, []rewrite{{"", "", strings.Replace(news, "Third", "...", 1)}}, "northwind:32 placeholder P7 warning"},
		{"an update that nobody can see", nil, []rewrite{{"", "", strings.Replace(news, "Third", "\u2800", 1)}}, "northwind:32 placeholder P7 warning"},
		{"an update that said nothing", []rewrite{{"", "", strings.Replace(news, "Third", "...", 1)}}, []rewrite{{"", "ask: One", "ask: Two"}}, ""},
		{"a comment and the order of keys", nil, []rewrite{{"", "customer: Northwind Traders\n", "# about\n"}, {"", "", "customer: Northwind Traders\n"}}, ""},
		{"line ends", nil, []rewrite{{"", "severity: high\n", "severity: high\r\n"}}, ""},

		{"the Product DRI goes", nil, []rewrite{{"", "  dri: mlee\n", ""}, {"", "", news}}, "northwind:15 product-dri-stays P11 P9"},
		{"the Product DRI goes at low", []rewrite{{"", "severity: high", "severity: low"}}, []rewrite{{"", "  dri: mlee\n", ""}, {"", "", news}}, "northwind:15 product-dri-stays P11 P9"},
		{"the Product DRI is replaced", nil, []rewrite{{"", "[okhan]", "[okhan, mlee]"}, {"", "dri: mlee", "dri: dpatel"}}, "northwind:17 product-dri-stays P11"},
		{"the Product DRI is replaced with a reason", nil, []rewrite{{"", "[okhan]", "[okhan, mlee]"}, {"", "dri: mlee", "dri: dpatel"}, {"", "", news}}, ""},
		{"the Product DRI is replaced with a correction", nil, []rewrite{{"", "[okhan]", "[okhan, mlee]"}, {"", "dri: mlee", "dri: dpatel"}, {"", "", strings.Replace(news, "text", "amends: 2026-11-22T09:00:00Z, text", 1)}}, "northwind:17 product-dri-stays P11"},
		{"raised with another Product DRI", nil, []rewrite{{"", "severity: high", "severity: critical"}, {"", "dri: mlee", "dri: dpatel"}, {"", "[okhan]", "[okhan, mlee]"}}, "northwind:3 severity-explained P38"},
		{"lowered with another Product DRI", nil, []rewrite{{"", "severity: high", "severity: medium"}, {"", "dri: mlee", "dri: dpatel"}, {"", "[okhan]", "[okhan, mlee]"}}, "northwind:3 severity-explained P38; northwind:17 product-dri-stays P11"},
		{"raised, and the former Product DRI goes", nil, []rewrite{{"", "severity: high", "severity: critical"}, {"", "dri: mlee", "dri: dpatel"}, {"", "", news}}, "northwind:18 product-team-stays P10 warning"},
		{"the former Product DRI leaves the team", []rewrite{{"", "dri: mlee", "dri: dpatel"}, {"", "[okhan]", "[okhan, mlee]"}}, []rewrite{{"", "[okhan, mlee]", "[okhan]"}}, "northwind:18 product-team-stays P10 warning"},
		{"the former Product DRI leaves the company", []rewrite{{"", "dri: mlee", "dri: dpatel"}, {"", "[okhan]", "[okhan, mlee]"}, {tree.PeoplePath, "[group_product_manager]", "[group_product_manager], left: 2026-11-20"}}, []rewrite{{"", "[okhan, mlee]", "[okhan]"}}, ""},
		{"a former Product DRI of the lowest rank goes", []rewrite{{"", "severity: high", "severity: low"}, {"", "dri: mlee", "dri: okhan"}, {"", "  team: [okhan]\n", ""}}, []rewrite{{"", "dri: okhan", "dri: mlee"}, {"", "", news}}, ""},
		{"the team of one that is closed", nil, []rewrite{{"", "  team: [okhan]\n", ""}, {"", "", closure}}, ""},
		{"raised with too low a Product DRI", nil, []rewrite{{"", "severity: high", "severity: critical"}, {"", "", news}}, "northwind:17 product-dri-level P10"},
		{"raised with a Product DRI who was too low before", []rewrite{{"", "dri: mlee", "dri: okhan"}}, []rewrite{{"", "severity: high", "severity: critical"}, {"", "", news}}, "northwind:17 product-dri-level P10"},
		{"the pending Product DRI is given up", []rewrite{{"", "severity: high", "severity: low"}, {"", "dri: mlee", "dri: pending"}, {tree.PolicyPath, "", "product: {pending_hours: 4}\n"}}, []rewrite{{"", "  dri: pending\n", ""}}, "northwind:15 product-dri-required P9 warning"},
		{"the first Product DRI", []rewrite{{"", "severity: high", "severity: low"}, {"", "  dri: mlee\n", ""}}, []rewrite{{"", "  related: true\n", "  related: true\n  dri: mlee\n"}}, ""},
		{"the product team", nil, []rewrite{{"", "  team: [okhan]\n", ""}}, ""},

		{"two significant updates a day", nil, []rewrite{{"", "", strings.Replace(news, "text", "significant: true, text", 1) + strings.NewReplacer("T09", "T15", "text", "significant: true, text").Replace(news)}}, "northwind:33 significant-once P22 warning"},
		{"a second significant update, another day here but not there", nil, []rewrite{{"", "", strings.NewReplacer("T09", "T08", "text", "significant: true, text").Replace(news) + strings.NewReplacer("T09", "T23", "text", "significant: true, text").Replace(news)}}, ""},
		{"two significant updates at the opening", []rewrite{{"", "delete", ""}}, []rewrite{{"", "", base[northwind] + strings.Replace(news, "text", "significant: true, text", 1) + strings.NewReplacer("T09", "T15", "text", "significant: true, text").Replace(news)}}, "northwind:33 significant-once P22 warning"},

		{"closed and edited", []rewrite{{"", "", closure}}, []rewrite{{"", "ask: One", "ask: Two"}, {"", "severity: high", "severity: low"}}, "northwind:3 closed-kept P35; northwind:23 closed-kept P35"},
		{"closed otherwise", []rewrite{{"", "", closure}}, []rewrite{{"", "outcome: positive", "outcome: none"}}, "northwind:32 closed-kept P35"},
		{"closed, and the sentiment", []rewrite{{"", "", closure}}, []rewrite{{"", "sentiment: red", "sentiment: green, pattern_issue: 'https://tracker.example.com/1'"}}, ""},
		{"closed, and an update redacted without a word", []rewrite{{"", "", closure}}, []rewrite{{"", "text: Second", "redacted: ."}}, "northwind:31 reason-given P7"},
		{"closed, and the analysis", []rewrite{{"", "", closure + rca + "}\n"}}, []rewrite{{"", "due: 2026-12-17", "due: 2026-12-17, url: 'https://docs.example.com/rca'"}}, ""},
		{"closed, and the analysis is due later", []rewrite{{"", "", closure + rca + "}\n"}}, []rewrite{{"", "due: 2026-12-17", "due: 2026-12-18"}}, ""},
		{"closed, and an analysis asked for later", []rewrite{{"", "", closure}}, []rewrite{{"", "", rca + "}\n"}}, ""},
		{"closed, and an analysis asked for later without an owner", []rewrite{{"", "", closure}}, []rewrite{{"", "", "rca: {asked: 2026-12-10, platform_related: true, due: 2026-12-17}\n"}}, "northwind:33 root-cause-analysis P32"},
		{"closed, and the analysis is gone", []rewrite{{"", "", closure + rca + "}\n"}}, []rewrite{{"", rca + "}\n", ""}}, "northwind:2 closed-kept P35"},
		{"closed, and an analysis that was declined", []rewrite{{"", "", strings.Replace(closure, "sentiment", "rca: {requested: false, platform_related: false}, sentiment", 1)}}, []rewrite{{"", ", rca: {requested: false, platform_related: false}", ""}, {"", "", rca + "}\n"}}, ""},
		{"closed, and the analysis moved up", []rewrite{{"", "", strings.Replace(closure, "sentiment", inClosure+"}, sentiment", 1)}}, []rewrite{{"", inClosure + "}, ", ""}, {"", "", rca + "}\n"}}, ""},
		{"closed, and the owner of the analysis is of another role since", []rewrite{{"", "", closure + rca + "}\n"}}, []rewrite{{tree.PeoplePath, "[engineering]", "[ceo]"}}, ""},
		{"closed, and amended", []rewrite{{"", "", closure}}, []rewrite{{"", closure, strings.Replace(amended, "outcome: positive", "outcome: none", 1)}}, ""},
		{"closed, and the time of it amended", []rewrite{{"", "", closure}}, []rewrite{{"", closure, strings.Replace(amended, "at: 2026-12-03T10", "at: 2026-12-03T11", 1)}}, ""},
		{"closed, and amended before it was closed", []rewrite{{"", "", closure}}, []rewrite{{"", closure, strings.NewReplacer("outcome: positive", "outcome: none", "12-04", "12-02").Replace(amended)}}, "northwind:32 closed-kept P35"},
		{"amended, and once more without a word", []rewrite{{"", "", amended}}, []rewrite{{"", "outcome: positive", "outcome: none"}}, "northwind:32 closed-kept P35"},
		{"closed by a manager", nil, []rewrite{{"", "", strings.Replace(closure, "by: jdoe", "by: rking", 1)}}, ""},
		{"closed by a colleague", nil, []rewrite{{"", "", strings.Replace(closure, "by: jdoe", "by: okhan", 1)}}, "northwind:32 closed-by P31"},
		{"closed by the stand-in", []rewrite{{"", "", "cover: {dri: kcsm, until: 2026-12-04, reason: Leave}\n"}, {tree.PeoplePath, "", "  kcsm: {name: Kim Csm, roles: [csm]}\n"}}, []rewrite{{"", "", strings.Replace(closure, "by: jdoe", "by: kcsm", 1)}}, ""},
		{"closed by a manager who is none since", []rewrite{{"", "", strings.Replace(closure, "by: jdoe", "by: vcs", 1)}}, []rewrite{{tree.PeoplePath, "[vp_customer_success]", "[csm]"}}, ""},
		{"withdrawn", nil, []rewrite{{"", "", "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice}\n"}}, ""},
		{"withdrawn by the DRI", nil, []rewrite{{"", "", "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: withdrawn, reason: Opened twice}\n"}}, "northwind:32 closed-by P31 P34"},
		{"withdrawn without a reason", nil, []rewrite{{"", "", "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn}\n"}}, "northwind:32 resolution P34"},
		{"withdrawn as the duplicate of none", nil, []rewrite{{"", "", "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice, duplicate_of: 2026/nortwind}\n"}}, "northwind:32 related-exists P34"},
		{"the Product DRI is released", nil, []rewrite{{"", "  related: true\n  dri: mlee\n", "  related: false\n  reason: It is the network\n"}, {"", "", news}}, ""},
		{"the Product DRI is released without a word", nil, []rewrite{{"", "  related: true\n  dri: mlee\n", "  related: false\n  reason: It is the network\n"}}, "northwind:16 product-dri-stays P11"},
		{"the pending Product DRI is named", []rewrite{{"", "dri: mlee", "dri: pending"}, {tree.PolicyPath, "", "product: {pending_hours: 4}\n"}}, []rewrite{{"", "dri: pending", "dri: mlee"}}, ""},
		{"the Product DRI is pending again", []rewrite{{tree.PolicyPath, "", "product: {pending_hours: 4}\n"}}, []rewrite{{"", "dri: mlee", "dri: pending"}, {"", "", news}}, "northwind:17 product-dri-stays P11 P9"},
		{"restricted later", nil, []rewrite{{"", "customer: Northwind Traders", "customer: Northwind Traders\nvisibility: restricted"}}, "northwind:3 visibility-kept P17"},
		{"opened with every step done", []rewrite{{"", "delete", ""}}, []rewrite{{"", "", strings.Replace(base[northwind], "due: 2026-11-24", "due: 2026-11-24, done: 2026-11-20", 1)}}, "northwind:27 path-open P7 P38"},
		{"every step done later", nil, []rewrite{{"", "due: 2026-11-24", "due: 2026-11-24, done: 2026-11-24"}}, ""},
		{"reopened with every criterion met", []rewrite{{"", "", closure}}, []rewrite{{"", closure, reopening}, {"", "five working days\n", "five working days\n    met: 2026-12-02\n"}}, "northwind:25 path-open P7 P38"},
		{"a second escalation of the customer", nil, []rewrite{{"escalations/2026/perf.yaml", "", strings.NewReplacer("Northwind Traders", "NORTHWIND  traders", "opened: {at: 2026-11-20", "opened: {at: 2026-11-21", twoUpdates, "").Replace(base[northwind])}}, "perf:2 customer-once P40 warning"},
		{"a second escalation of the customer, whose accent is written otherwise", []rewrite{{"", "Northwind Traders", "Caf\u00c9"}}, []rewrite{{"escalations/2026/perf.yaml", "", strings.NewReplacer("Northwind Traders", "cafe\u0301", "opened: {at: 2026-11-20", "opened: {at: 2026-11-21", twoUpdates, "").Replace(base[northwind])}}, "perf:2 customer-once P40 warning"},
		{"a second escalation of the customer, whose first is new and was opened earlier", nil, []rewrite{{"escalations/2026/perf.yaml", "", strings.NewReplacer("opened: {at: 2026-11-20", "opened: {at: 2026-11-19", twoUpdates, "").Replace(base[northwind])}}, "northwind:2 customer-once P40 warning"},
		{"a channel taken, and the new one was opened earlier", nil, []rewrite{{"escalations/2026/acme.yaml", "", strings.NewReplacer("Northwind Traders", "Acme", "opened: {at: 2026-11-20", "opened: {at: 2026-11-19", twoUpdates, "channel: esc_northwind\n").Replace(base[northwind])}}, "acme:29 channel-unique P17"},
		{"a channel that two have, of whom neither is new", []rewrite{{"escalations/2026/acme.yaml", "", strings.NewReplacer("Northwind Traders", "Acme", "opened: {at: 2026-11-20", "opened: {at: 2026-11-19", twoUpdates, "channel: esc_northwind\n").Replace(base[northwind])}}, []rewrite{{"", "", news}}, "northwind:2 channel-unique P17 old"},
		{"a channel taken by who changes it", []rewrite{{"escalations/2026/acme.yaml", "", strings.NewReplacer("Northwind Traders", "Acme", "opened: {at: 2026-11-20", "opened: {at: 2026-11-21", twoUpdates, "").Replace(base[northwind])}}, []rewrite{{"", "", "channel: esc_acme\n"}}, "northwind:32 channel-unique P17"},
		{"a second escalation of the customer that is related", nil, []rewrite{{"escalations/2026/perf.yaml", "", strings.Replace(base[northwind], twoUpdates, "", 1)}, {"", "", "related: [2026/perf]\n"}}, ""},
		{"closed, and redacted", []rewrite{{"", "", closure}}, []rewrite{{"", "text: First", "redacted: Personal data"}}, ""},
		{"closed, and a past update", []rewrite{{"", "", closure}}, []rewrite{{"", "text: First", "text: Another"}}, "northwind:30 update-kept P37"},
		{"closed, and an update", []rewrite{{"", "", closure}}, []rewrite{{"", "closure:", news + "closure:"}}, "northwind:32 closed-kept P35"},
		{"closed, and an update of later", []rewrite{{"", "", closure}}, []rewrite{{"", "closure:", reopening + "closure:"}}, "northwind:32 closed-kept P35 P37"},
		{"closed before an update, and something else", []rewrite{{"", "", reopening + closure}}, []rewrite{{"", "ask: One", "ask: Two"}}, "northwind:23 closed-kept P35; northwind:33 update-order P37 old"},
		{"closed while the case is pending", []rewrite{{"", "https://crm.example.com/cases/5002", "pending"}}, []rewrite{{"", "", closure}}, "northwind:21 case-pending P15 old warning"},
		{"closed, and the case was pending", []rewrite{{"", "https://crm.example.com/cases/5002", "pending"}, {"", "", closure}}, []rewrite{{"", "sentiment: red", "sentiment: green"}}, ""},
		{"closed, and the product", []rewrite{{"", "", closure}}, []rewrite{{"", "  related: true\n  dri: mlee\n", "  related: false\n  reason: It is the network\n"}}, "northwind:15 closed-kept P35"},
		{"reopened", []rewrite{{"", "", closure}}, []rewrite{{"", closure, strings.Replace(news, "2026-11-23", "2026-12-04", 1)}, {"", "ask: One", "ask: Two"}}, ""},
		{"reopened without a word", []rewrite{{"", "", closure}}, []rewrite{{"", closure, ""}}, "northwind:29 reopening-explained P38 P35"},
		{"reopened and closed again", []rewrite{{"", "", closure}}, []rewrite{{"", closure, strings.Replace(news, "2026-11-23", "2026-12-04", 1) + strings.Replace(closure, "2026-12-03", "2026-12-05", 1)}}, ""},

		{"deleted", nil, []rewrite{{"", "delete", ""}}, "northwind:1 path-kept P36"},
		{"renamed", nil, []rewrite{{"", "delete", ""}, {"escalations/2026/traders.yaml", "", base[northwind]}}, "traders:1 path-kept P36"},
		{"renamed and edited", nil, []rewrite{{"", "delete", ""}, {"escalations/2026/traders.yaml", "", base[northwind] + news}}, "traders:1 path-kept P36"},
		{"deleted, and another opened", nil, []rewrite{{"", "delete", ""}, {"escalations/2026/other.yaml", "", strings.Replace(base[northwind], "Northwind Traders", "Contoso", 1)}}, "northwind:1 path-kept P36"},
		{"a broken file deleted", []rewrite{{"", "severity: high", "severity = high"}}, []rewrite{{"", "delete", ""}}, "northwind:1 path-kept P36"},

		{"another opening", nil, []rewrite{{"", "09:30:00Z", "09:31:00Z"}}, "northwind:4 opened-kept P37 P36"},
		{"opened by another", nil, []rewrite{{"", "by: jdoe}", "by: mlee}"}}, "northwind:4 opened-kept P37 P36"},
		{"another customer", nil, []rewrite{{"", "Northwind Traders", "Northwind"}}, "northwind:2 customer-kept P37"},
		{"another customer with a reason", nil, []rewrite{{"", "Northwind Traders", "Northwind"}, {"", "", news}}, ""},
		{"the name used for another escalation", nil, []rewrite{{"", "Northwind Traders", "Contoso"}, {"", "09:30:00Z", "11:30:00Z"}, {"", twoUpdates, ""}}, "northwind:2 update-kept P37; northwind:2 customer-kept P37; northwind:4 opened-kept P37 P36"},

		{"a past update", nil, []rewrite{{"", "text: First", "text: Another"}}, "northwind:30 update-kept P37"},
		{"a past update's author", nil, []rewrite{{"", "by: jdoe, to: [internal], text: First", "by: mlee, to: [internal], text: First"}}, "northwind:30 update-kept P37"},
		{"a past update's audience", nil, []rewrite{{"", "to: [internal], text: First", "to: [customer], text: First"}}, "northwind:30 update-kept P37"},
		{"a past update's mark", nil, []rewrite{{"", "text: First", "significant: true, text: First"}}, "northwind:30 update-kept P37"},
		{"a past update's time", nil, []rewrite{{"", "2026-11-21T09", "2026-11-21T10"}}, "northwind:30 update-kept P37"},
		{"a past update gone", nil, []rewrite{{"", "  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [internal], text: First}\n", ""}}, "northwind:29 update-kept P37"},
		{"all past updates gone", nil, []rewrite{{"", twoUpdates, ""}}, "northwind:2 update-kept P37"},
		{"redacted", nil, []rewrite{{"", "text: First", "redacted: Personal data"}}, ""},
		{"no longer redacted", []rewrite{{"", "text: First", "redacted: Personal data"}}, []rewrite{{"", "redacted: Personal data", "text: First"}}, "northwind:30 update-kept P37"},
		{"amended", nil, []rewrite{{"", "", strings.Replace(news, "text", "amends: 2026-11-21T09:00:00Z, text", 1)}}, ""},
		{"an update between", nil, []rewrite{{"", "  - {at: 2026-11-22", strings.Replace(news, "2026-11-23T09", "2026-11-21T10", 1) + "  - {at: 2026-11-22"}}, "northwind:31 update-later P37"},
		{"an update before all", nil, []rewrite{{"", "updates:\n", "updates:\n  - {at: 2026-11-20T10:00:00Z, by: jdoe, to: [internal], text: Before}\n"}}, "northwind:30 update-later P37"},
		{"an old update at the end", nil, []rewrite{{"", "", strings.Replace(news, "2026-11-23T09", "2026-11-20T10", 1)}}, "northwind:32 update-later P37"},

		{"two past updates of one time", []rewrite{{"", "2026-11-22T09", "2026-11-21T09"}}, []rewrite{{"", "", news}}, "northwind:31 update-order P37 old"},
		{"how a text is written", nil, []rewrite{{"", "approach: Reproduce the waiting in our lab, then tune the queue with the customer.\n", "approach: |\n  Reproduce the waiting in our lab, then tune the queue with the customer.  \n"}}, ""},
		{"redacted, but the text stays", nil, []rewrite{{"", "text: First", "text: First, redacted: Personal data"}}, "northwind:30 update-told P24"},
		{"a past update that amends", nil, []rewrite{{"", "text: Second", "amends: 2026-11-21T09:00:00Z, text: Second"}}, "northwind:31 update-kept P37"},
		{"emptied", nil, []rewrite{{"", "delete", ""}, {"", "", "\n"}}, "northwind:1 file-empty"},
		{"renamed to what is no name", nil, []rewrite{{"", "delete", ""}, {"escalations/2026/northwind.yml", "", base[northwind]}}, "northwind.yml:1 file-place P36"},
		{"the product goes", nil, []rewrite{{"", "product:\n  related: true\n  dri: mlee\n  team: [okhan]\n", ""}}, "northwind:2 product-dri-stays P11 P9"},
		{"raised", nil, []rewrite{{"", "[okhan]", "[okhan, mlee]"}, {"", "severity: high", "severity: critical"}, {"", "dri: mlee", "dri: dpatel"}, {"", "", news}}, ""},
		{"lowered", nil, []rewrite{{"", "severity: high", "severity: medium"}}, "northwind:3 severity-explained P38"},
		{"lowered with a reason", nil, []rewrite{{"", "severity: high", "severity: medium"}, {"", "", news}}, ""},
		{"lowered with a full stop", nil, []rewrite{{"", "severity: high", "severity: medium"}, {"", "", strings.Replace(news, "Third", "'.'", 1)}}, "northwind:3 severity-explained P38"},
		{"lowered with what nobody sees", nil, []rewrite{{"", "severity: high", "severity: medium"}, {"", "", strings.Replace(news, "Third", "\"\\u3164\"", 1)}}, "northwind:3 severity-explained P38"},
		{"lowered with a redacted reason", nil, []rewrite{{"", "severity: high", "severity: medium"}, {"", "", strings.Replace(news, "text", "redacted", 1)}}, "northwind:3 severity-explained P38"},
		{"another DRI", nil, []rewrite{{"", "  csm: jdoe\n", "  strategic: Launch partner\n"}, {"", "\ndri: jdoe", "\ndri: arivera"}}, "northwind:14 dri-explained P38"},
		{"a criterion rewritten", nil, []rewrite{{"", "60 s at p95", "90 s at p95"}}, "northwind:26 criteria-explained P38"},
		{"a criterion dropped", []rewrite{{"", "next_steps:", "  - criterion: No complaint\nnext_steps:"}}, []rewrite{{"", "  - criterion: No complaint\n", ""}}, "northwind:25 criteria-explained P38"},
		{"a criterion dropped with a reason", []rewrite{{"", "next_steps:", "  - criterion: No complaint\nnext_steps:"}}, []rewrite{{"", "  - criterion: No complaint\n", ""}, {"", "", news}}, ""},
		{"a criterion added, one met, one moved", []rewrite{{"", "next_steps:", "  - criterion: No complaint\nnext_steps:"}}, []rewrite{{"", "  - criterion: No complaint\n", ""}, {"", "exit_criteria:\n", "exit_criteria:\n  - {criterion: No complaint, met: 2026-11-22}\n  - criterion: Another\n"}}, ""},

		{"a fault that was there", []rewrite{{"", "ask: One", "ask:  # One"}}, nil, "northwind:23 initial-ask P15 old"},
		{"a fault that was there, on another line", []rewrite{{"", "ask: One", "ask:  # One"}}, []rewrite{{"", "customer:", "# more\ncustomer:"}}, "northwind:24 initial-ask P15 old"},
		{"a fault that was there, and another", []rewrite{{"", "ask: One", "ask:  # One"}}, []rewrite{{"", "[okhan]", "[mlee]"}, {"", "dri: mlee", "dri: okhan"}, {"", "", news}}, "northwind:17 product-dri-level P10; northwind:23 initial-ask P15 old"},
		{"a fault of another value", []rewrite{{"", "dri: mlee", "dri: okhan"}}, []rewrite{{"", "dri: okhan", "dri: tmora"}, {"", "", news}}, "northwind:17 product-dri-level P10 P8"},
		{"a fault in a list that grew", []rewrite{{"", "owner: jdoe", "owner: jd"}}, []rewrite{{"", "next_steps:\n", "next_steps:\n  - {step: Call, owner: jdoe, due: 2026-11-24}\n"}}, "northwind:29 known-person P8 old"},
		{"a second fault like the first", []rewrite{{"", "owner: jdoe", "owner: jd"}}, []rewrite{{"", "next_steps:\n", "next_steps:\n  - {step: Call, owner: jd, due: 2026-11-24}\n"}}, "northwind:28 known-person P8 old; northwind:29 known-person P8"},
		{"the directory breaks a file", nil, []rewrite{{tree.PeoplePath, "  jdoe:", "  jdo:"}}, "northwind:4 known-person P8; northwind:12 known-person P8; northwind:28 known-person P8; northwind:30 known-person P8; northwind:31 known-person P8"},
		{"the directory mends one of two", []rewrite{{"", "owner: jdoe", "owner: jd"}, {"", "dri: mlee", "dri: ml"}}, []rewrite{{tree.PeoplePath, "", "  ml: {name: Mo Lu, roles: [product_director]}\n"}}, "northwind:28 known-person P8 old"},
		{"a warning that was there", []rewrite{{"", "https://crm.example.com/cases/5002", "pending"}}, nil, "northwind:21 case-pending P15 old warning"},
		{"a directory's fault that was there", []rewrite{{tree.PeoplePath, "[engineering]", "[enginering]"}}, []rewrite{{"", "", news}}, "people:11 directory-role P8 old"},
		{"a file in the wrong place, twice", []rewrite{{"escalations/a.yaml", "", "a"}}, []rewrite{{"escalations/b.yaml", "", "a"}}, "a:1 file-place P36 old; b:1 file-place P36"},

		{"the base is broken", []rewrite{{"", "delete", ""}, {"", "", "- a\n"}}, []rewrite{{"", "- a\n", base[northwind]}}, "northwind:2 base-readable warning"},
		{"the base has a conflict where something changed", []rewrite{{"", "severity: high", "<<<<<<< HEAD"}}, []rewrite{{"", "<<<<<<< HEAD", "severity: low"}}, "northwind:2 base-readable warning"},
		{"the base has a conflict elsewhere", []rewrite{{"", "ask: One", "<<<<<<< HEAD"}}, []rewrite{{"", "<<<<<<< HEAD", "ask: One"}}, "northwind:2 base-readable warning"},
		{"the base has a conflict of two severities", []rewrite{{"", "severity: high", conflict("severity: high\n", "severity: low\n")}}, []rewrite{{"", conflict("severity: high\n", "severity: low\n"), "severity: low\n"}}, "northwind:2 base-readable warning"},
		{"the base has a conflict of two updates", []rewrite{{"", "", conflict(news, earlier)}}, []rewrite{{"", conflict(news, earlier), earlier + news}}, "northwind:2 base-readable warning"},
		{"a fault of the base in another field", []rewrite{{"", "severity: high", "severity: hgih"}}, []rewrite{{"", "severity: hgih", "severity: low"}, {"", "text: First", "text: Another"}}, "northwind:2 base-readable warning; northwind:30 update-kept P37"},
		{"a broken file", nil, []rewrite{{"", "severity: high", "severity: high\n<<<<<<< HEAD"}}, "northwind:4 merge-conflict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := base
			for _, e := range c.before {
				before = e.apply(t, before)
			}
			after := before
			for _, e := range c.after {
				after = e.apply(t, after)
			}
			r := against(t, check, before, after, nil)
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
				for _, f := range r.Findings {
					t.Logf("%s:%d:%d %s (%s)", f.Path, f.Line, f.Column, f.Message, f.Hint)
				}
			}
		})
	}
}

// The time of an update is held against the commit that adds it (P37).
func TestUpdateInTime(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{
		northwind:       fixture.Read(northwind) + twoUpdates,
		tree.PeoplePath: fixture.Read(tree.PeoplePath),
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	after := rewrite{"", "", news}.apply(t, base)
	for _, c := range []struct {
		name      string
		before    map[string]string
		committed bool
		authored  time.Time
		want      string
		hint      string
	}{
		{"in time", base, true, at, "", ""},
		{"in the grace of five minutes", base, true, at.Add(-5 * time.Minute), "", ""},
		{"of the future", base, true, at.Add(-5*time.Minute - time.Second), "northwind:32 update-in-time P37", "at the latest `2026-11-23T08:54:59Z`"},
		{"three working days old", base, true, at.Add(3*24*time.Hour + 14*time.Hour - time.Second), "", ""}, // Thursday in Berlin
		{"older", base, true, at.Add(3*24*time.Hour + 14*time.Hour), "northwind:32 update-in-time P37", "write `at: 2026-11-26T23:00:00Z`"},
		{"of the future, but not committed", base, false, time.Time{}, "", ""},
		{"behind a past one of the future", rewrite{"", "2026-11-22T09", "2026-11-23T08"}.apply(t, base), true, at.Add(-24 * time.Hour), "northwind:32 update-in-time P37", "at the latest `2026-11-23T08:05:00Z`"},
		{"just behind a past one of the future", rewrite{"", "2026-11-22T09:00", "2026-11-23T08:58"}.apply(t, base), true, at.Add(-24 * time.Hour), "", ""},
		{"older, where the file is opened", map[string]string{tree.PeoplePath: base[tree.PeoplePath]}, true, at.Add(100 * time.Hour), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			after := after
			if c.before[northwind] != "" {
				after = rewrite{"", "", news}.apply(t, c.before)
			}
			r := against(t, check, c.before, after, func(path string, f change.Fact) (time.Time, bool) {
				if f.Of != "update" { // where the file is opened, its other times
					return time.Time{}, false
				}
				if path != northwind || !f.At.Equal(at) && c.before[northwind] != "" {
					t.Errorf("asked for %s of %s", f.At, path)
				}
				return c.authored, c.committed
			})
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			for _, f := range r.Findings {
				if !strings.Contains(f.Hint, c.hint) {
					t.Errorf("got the hint %q, want %q in it", f.Hint, c.hint)
				}
			}
		})
	}
}

// What the file says has happened is held against the commit that writes it, and
// so is until when something is put off (P6, P27, P37).
func TestTimesStated(t *testing.T) {
	t.Parallel()
	check := checker(t)
	base := map[string]string{northwind: fixture.Read(northwind), tree.PeoplePath: fixture.Read(tree.PeoplePath)}
	none := map[string]string{tree.PeoplePath: base[tree.PeoplePath]}
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	const criterion, step, more = "five working days\n", "due: 2026-11-24}", ""
	for _, c := range []struct {
		name   string
		before map[string]string
		change rewrite
		at     time.Time
		want   string
	}{
		{"opened now", none, rewrite{"", more, ""}, at, ""},
		{"opened a month ago", none, rewrite{"", more, ""}, at.AddDate(0, 1, 0), ""},
		{"opened in the future", none, rewrite{"", more, ""}, at.Add(-6 * time.Minute), "northwind:4 not-in-future P37"},
		{"opened with an update of the future", none, rewrite{"", more, twoUpdates}, at, "northwind:30 update-in-time P37; northwind:31 update-in-time P37"},
		{"met today", base, rewrite{"", criterion, criterion + "    met: 2026-11-20\n"}, at, ""},
		{"met where it is tomorrow already", base, rewrite{"", criterion, criterion + "    met: 2026-11-21\n"}, at.Add(time.Hour), ""},
		{"met tomorrow", base, rewrite{"", criterion, criterion + "    met: 2026-11-21\n"}, at, "northwind:27 not-in-future P37"},
		{"done in the future", base, rewrite{"", step, "due: 2026-11-24, done: 2026-11-24}"}, at, "northwind:28 not-in-future P37"},
		{"due within the year", base, rewrite{"", step, "due: 2027-11-20}"}, at, ""},
		{"due in 2099", base, rewrite{"", step, "due: 2099-11-24}"}, at, "northwind:28 not-in-future P37 warning"},
		{"an RCA due in 2099", base, rewrite{"", "", "rca: {asked: 2026-11-20, platform_related: true, owner: ebrandt, due: 2099-12-17}\n"}, at, "northwind:29 not-in-future P37 warning"},
		{"asked for in the future", base, rewrite{"", "", "rca: {asked: 2026-11-24, platform_related: false}\n"}, at, "northwind:29 not-in-future P37"},
		{"opened by a file of next year, which no clock may wait for", none, rewrite{"", "2026-11-20T09:30:00Z", "2027-11-20T09:30:00Z"}, at, "northwind:4 not-in-future P37"},
		{"in the grace of five minutes", none, rewrite{"", more, ""}, at.Add(-5 * time.Minute), ""},
		{"closed in the future", base, rewrite{"", "", closure}, at, "northwind:29 not-in-future P37"},
		{"covered for 14 days", base, rewrite{"", "", "cover: {dri: rking, until: 2026-12-04, reason: Leave}\n"}, at, ""},
		{"covered for longer", base, rewrite{"", "", "cover: {dri: rking, until: 2026-12-05, reason: Leave}\n"}, at, "northwind:29 cover-short P6"},
		{"snoozed for seven days", base, rewrite{"", "", "snooze: {until: 2026-11-27, reason: Holiday, by: rking}\n"}, at, ""},
		{"snoozed for longer", base, rewrite{"", "", "snooze: {until: 2026-11-28, reason: Holiday, by: rking}\n"}, at, "northwind:29 snooze-short P27"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := against(t, check, c.before, c.change.apply(t, base), func(string, change.Fact) (time.Time, bool) { return c.at, true })
			if got := told(r.Findings); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			// What is not committed, and what was there, is not judged.
			for _, r := range []finding.Report{against(t, check, c.before, c.change.apply(t, base), nil), against(t, check, c.change.apply(t, base), c.change.apply(t, base), func(string, change.Fact) (time.Time, bool) { return c.at, true })} {
				if got := told(r.Findings); got != "" {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// Of two escalations that claim one channel, the one that is new has to give way,
// also where it says that it was opened before the other.
func TestChannelOfTheNewFile(t *testing.T) {
	t.Parallel()
	base := map[string]string{tree.PeoplePath: fixture.Read(tree.PeoplePath), northwind: fixture.Read(northwind)}
	head := maps.Clone(base)
	for _, name := range []string{"a", "z"} {
		head["escalations/2026/"+name+".yaml"] = strings.NewReplacer("Northwind Traders", "Fabrikam "+name, "2026-11-20T09:30:00Z", "2026-11-19T09:30:00Z",
			"\ndri: jdoe", "\nchannel: esc_northwind\ndri: jdoe").Replace(fixture.Read(northwind))
	}
	if got, want := told(against(t, checker(t), base, head, nil).Findings), "a:14 channel-unique P17; z:14 channel-unique P17"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	// Without a base, the one that was opened first has the channel.
	delete(head, "escalations/2026/a.yaml")
	files := fstest.MapFS{}
	for name, text := range head {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r := run(t, checker(t), files)
	if got := told(r.Findings); got != "northwind:2 channel-unique P17" || r.Findings[0].With != "escalations/2026/z.yaml" {
		t.Errorf("found %s, with %s", got, r.Findings[0].With)
	}
}
