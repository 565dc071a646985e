package plan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

const northwind = "escalations/2026/northwind.yaml"

func read(t testing.TB, name string) string {
	t.Helper()
	return fixture.Read(name)
}

func open(t testing.TB, check *shape.Checker, files map[string]string) *tree.Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Open(fsys, check)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func checker(t testing.TB) *shape.Checker {
	t.Helper()
	check, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// between plans from one text of an escalation to another; an empty one stands
// for no file.
func between(t testing.TB, check *shape.Checker, people, before, after string) plan.Plan {
	t.Helper()
	was, now := map[string]string{tree.PeoplePath: people}, map[string]string{tree.PeoplePath: people}
	for files, text := range map[*map[string]string]string{&was: before, &now: after} {
		if text != "" {
			(*files)[northwind] = text
		}
	}
	return plan.Between(open(t, check, was), open(t, check, now), []string{northwind}, nil)
}

// told shows what is told as: moment, places and mentions.
func told(p plan.Plan) string {
	var words []string
	for _, n := range texts(p) {
		words = append(words, strings.TrimSuffix(fmt.Sprintf("%s>%s@%s", n.Moment, n.To, handles(n.Mentions)), "@"))
	}
	return strings.Join(words, " ")
}

func done(p plan.Plan) string {
	var words []string
	for _, n := range p.Notices {
		if !n.Tells() {
			words = append(words, strings.TrimSuffix(fmt.Sprintf("%s@%s", n.Do, handles(n.Mentions)), "@"))
		}
	}
	return strings.Join(words, " ")
}

// texts are what is told, without what is done beside it.
func texts(p plan.Plan) []notice.Notice {
	return slices.DeleteFunc(slices.Clone(p.Notices), func(n notice.Notice) bool { return !n.Tells() })
}

func handles(list []schema.Handle) string {
	words := make([]string, len(list))
	for i, h := range list {
		words[i] = string(h)
	}
	return strings.Join(words, ",")
}

const news = "updates:\n  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal, customer], text: The queue is shorter.}\n"

const standup = "standup: {days: [wed, fri], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe]}\n"

const closure = "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved, outcome: positive, exit_criteria_met: false, why_not: Enough, summary: Split, agreement: 'https://docs.example.com/agreed', sentiment: red}\n"

const rca = "rca: {asked: 2026-11-24, platform_related: true, owner: ebrandt, due: 2026-12-17}\n"

// The table of moments and places of the process (P18, P21 to P24, P33).
func TestMoments(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	edited := func(text string, pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("%q is not in it", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
	const everywhere = "jdoe,mlee,tmora"
	restricted := edited(base, "severity: high", "visibility: restricted\nseverity: high")
	for _, c := range []struct {
		name, before, after string
		told, done          string
		quiet               string
	}{
		{"nothing", base, base, "", "", ""},
		{"opened", "", base,
			"opened>announcement@jdoe,mlee,tmora,rking opened>channel@" + everywhere + " opened>tracking@" + everywhere,
			"create_channel open_issue@jdoe,mlee,tmora topic invite@jdoe,mlee,tmora,arivera,okhan bookmark pin label assign@jdoe", ""},
		{"opened while the case is made", "", edited(base, "https://crm.example.com/cases/5002", "pending"),
			"opened>announcement@jdoe,mlee,tmora,rking opened>channel@" + everywhere + " opened>tracking@" + everywhere,
			"create_channel open_issue@jdoe,mlee,tmora topic invite@jdoe,mlee,tmora,arivera,okhan pin label assign@jdoe", ""},
		{"opened restricted", "", restricted,
			"opened>announcement@jdoe,mlee,tmora,rking opened>channel@" + everywhere + " opened>tracking@" + everywhere,
			"create_channel open_issue@jdoe,mlee,tmora topic invite@jdoe,mlee,tmora,arivera,okhan bookmark pin label assign@jdoe", ""},
		{"an update", base, base + news, "update>channel update>tracking", "",
			"only #esc_northwind and the tracking issue hear of an ordinary update (P22)"},
		{"a significant update", base, base + edited(news, "text", "significant: true, text"),
			"significant>announcement@" + everywhere + " significant>channel@" + everywhere + " significant>tracking", "", ""},
		{"raised", base, edited(base, "severity: high", "severity: critical", "dri: mlee", "dri: dpatel") + news,
			"severity>announcement@jdoe,dpatel,tmora,rking,vsales,vproduct,cro,ceo,vcs severity>channel@jdoe,dpatel,tmora severity>tracking@jdoe,dpatel,tmora product_dri>channel@mlee,dpatel product_dri>tracking@mlee,dpatel",
			"label edit edit topic invite@dpatel edit@jdoe,dpatel,tmora", ""},
		{"another DRI", base, edited(base, "  csm: jdoe\n", "  strategic: Partner\n", "\ndri: jdoe", "\ndri: arivera") + news,
			"dri>channel@jdoe,arivera,rking dri>tracking@jdoe,arivera,rking account>channel account>tracking", "assign@arivera edit topic edit@arivera,mlee,tmora", "only #esc_northwind and the tracking issue hear of a new DRI and the account (P22)"},
		{"a criterion met and a step done", base, edited(base, "five working days\n", "five working days\n    met: 2026-11-25\n", "due: 2026-11-24}", "due: 2026-11-24, done: 2026-11-24}"),
			"criteria>channel criteria>tracking steps>channel steps>tracking", "edit topic edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of the exit criteria and the next steps (P22)"},
		{"a standup", base, base + "standup: {days: [mon], time: '10:30', zone: Europe/Berlin, link: 'https://meet.example.com/n', attendees: [jdoe, kwong]}\n",
			"standup>channel standup>tracking", "edit invite@kwong edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of the standup (P22)"},
		{"the case", edited(base, "https://crm.example.com/cases/5002", "pending"), base,
			"case>channel case>tracking", "bookmark edit edit edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of the link of the case (P22)"},
		{"the ask", base, edited(base, "ask: One", "ask: Two"), "facts>channel facts>tracking", "edit edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of rewritten facts (P22)"},
		{"the skills", base, base + "skills: [patience]\n", "", "edit edit@jdoe,mlee,tmora", "`skills` changed, which nobody is told of"},
		{"the summary and a link", base, edited(base, "summary: Pipelines", "summary: All pipelines", "northwind-notes", "northwind-minutes"), "facts>channel facts>tracking", "edit edit edit@jdoe,mlee,tmora",
			"only #esc_northwind and the tracking issue hear of rewritten facts (P22)"},
		{"Support called in", edited(base, "support: {needed: true, dri: tmora, tickets: ['https://support.example.com/tickets/4711']}\n", ""), base,
			"support>channel@tmora support>tracking@tmora", "edit edit invite@tmora edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of Support (P22)"},
		{"another account executive", base, edited(base, "account_executive: arivera", "account_executive: vsales"),
			"account>channel@vsales account>tracking@vsales", "edit invite@vsales", "only #esc_northwind and the tracking issue hear of the account (P22)"},
		{"an analysis asked for", base, base + rca, "rca>channel@jdoe rca>tracking@jdoe", "edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of the root cause analysis (P22)"},
		{"an analysis asked for while somebody stands in", base + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n", base + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n" + rca,
			"rca>channel@jdoe,vcs rca>tracking@jdoe,vcs", "edit@jdoe,mlee,tmora,vcs", "only #esc_northwind and the tracking issue hear of the root cause analysis (P22)"},
		{"an analysis asked for where nobody is the DRI", edited(base, "\ndri: jdoe", "", "  dri: mlee\n", "", "dri: tmora, ", ""), edited(base, "\ndri: jdoe", "", "  dri: mlee\n", "", "dri: tmora, ", "") + rca,
			"rca>channel rca>tracking", "edit", "only #esc_northwind and the tracking issue hear of the root cause analysis (P22)"},
		{"an analysis asked for after the closing", base + closure, base + closure + rca, "rca>tracking@jdoe", "edit@jdoe,mlee,tmora", "only the tracking issue hears of the root cause analysis (P22)"},
		{"a closure amended", base + closure, base + edited(closure, "sentiment", "amended: {at: 2026-12-04T10:00:00Z, by: jdoe, why: Too short}, sentiment", "Split", "Split it"), "amended>tracking", "",
			"only the tracking issue hears of a corrected closure (P22)"},
		{"withdrawn", base, base + "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice}\n",
			"withdrawn>announcement@" + everywhere + " withdrawn>channel@" + everywhere + " withdrawn>tracking@" + everywhere, "archive close_issue edit@jdoe,mlee,tmora", ""},
		{"a stand-in", base, base + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n", "dri>channel@jdoe,vcs,rking dri>tracking@jdoe,vcs,rking", "edit invite@vcs edit@jdoe,mlee,tmora,vcs", "only #esc_northwind and the tracking issue hear of a new DRI (P22)"},
		{"the Product DRI released", base, edited(base, "  related: true\n  dri: mlee\n", "  related: false\n  reason: It is the network\n") + news,
			"product_dri>channel@mlee product_dri>tracking@mlee", "edit edit edit@jdoe,tmora", "only #esc_northwind and the tracking issue hear of a change of the Product DRI (P22)"},
		{"somebody to be informed", base, base + "fyi: [vcs]\n", "", "invite@vcs edit@jdoe,mlee,tmora", "`fyi` changed, which nobody is told of"},
		{"closed", base, base + closure,
			"closed>announcement@" + everywhere + " closed>channel@" + everywhere + " closed>tracking@" + everywhere, "archive close_issue edit@jdoe,mlee,tmora", ""},
		{"de-escalated", base, base + edited(closure, "resolution: resolved", "resolution: deescalated"),
			"deescalated>announcement@" + everywhere + " deescalated>channel@" + everywhere + " deescalated>tracking@" + everywhere, "archive close_issue edit@jdoe,mlee,tmora", ""},
		{"reopened", base + closure, base + edited(news, "2026-11-22", "2026-12-04"),
			"reopened>announcement@jdoe,mlee,tmora,rking reopened>channel@" + everywhere + " reopened>tracking@" + everywhere, "create_channel topic invite@jdoe,mlee,tmora,arivera,okhan bookmark reopen_issue edit@jdoe,mlee,tmora", ""},
		{"opened and closed", "", base + closure,
			"opened>announcement@jdoe,mlee,tmora,rking opened>channel@" + everywhere + " opened>tracking@" + everywhere +
				" closed>announcement@" + everywhere + " closed>channel@" + everywhere + " closed>tracking@" + everywhere,
			"create_channel open_issue@jdoe,mlee,tmora topic invite@jdoe,mlee,tmora,arivera,okhan bookmark pin label assign@jdoe archive close_issue", ""},
		{"closed, with an analysis later", base + closure, edited(base+closure, "sentiment: red", "sentiment: green"), "", "", "`closure` changed, which nobody is told of"},
		{"deleted", base, "", "", "", "its file is gone; an escalation is ended by a `closure`, and its file stays (P36)"},
		{"broken", base, edited(base, "severity: high", "severity: hgih"), "", "", "its file cannot be read, and nothing is told of it until it can: `escalate lint` says why"},
		{"with a rule broken", base, edited(base, "dri: mlee", "dri: okhan") + news, "product_dri>channel@mlee,okhan product_dri>tracking@mlee,okhan", "edit edit edit@jdoe,okhan,tmora", "only #esc_northwind and the tracking issue hear of a change of the Product DRI (P22)"},
		{"with no criteria and no customer", base, edited(base, "exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n", "exit_criteria: []\n", "customer: Northwind Traders\n", "") + news,
			"update>channel update>tracking facts>channel facts>tracking criteria>channel criteria>tracking", "edit edit topic edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of an ordinary update, rewritten facts and the exit criteria (P22)"},
		{"a date in words", base, edited(base, "due: 2026-11-24", "due: soon") + news, "", "", "its file cannot be read, and nothing is told of it until it can: `escalate lint` says why"},
		{"mended", "- a\n", base, "", "", "the version before cannot be read, so it is not known what is new"},
		{"what was missing is there", edited(base, "  dri: mlee\n", "", "ask: One engineer who can work with the customer every day on the queue analysis.\n", ""), base,
			"product_dri>channel@mlee product_dri>tracking@mlee facts>channel facts>tracking", "edit edit invite@mlee edit@jdoe,mlee,tmora", "only #esc_northwind and the tracking issue hear of a change of the Product DRI and rewritten facts (P22)"},
		{"a change beside an unknown key", edited(base, "  region: EMEA\n", "  region: EMEA\n  tier: 1\n"), edited(base, "  region: EMEA\n", "  region: EMEA\n  tier: 1\n", "account_executive: arivera", "account_executive: vsales"),
			"account>channel@vsales account>tracking@vsales", "edit invite@vsales", "only #esc_northwind and the tracking issue hear of the account (P22)"},
		{"a field mended", edited(base, "severity: high", "severity: hgih"), base + news, "update>channel update>tracking", "",
			"only #esc_northwind and the tracking issue hear of an ordinary update (P22)"},
		{"another channel", base, base + "channel: esc_other\n", "", "edit create_channel topic invite@jdoe,mlee,tmora,arivera,okhan bookmark edit@jdoe,mlee,tmora", "`channel` changed, which nobody is told of"},
		{"reopened and raised", base + closure, edited(base, "severity: high", "severity: medium") + edited(news, "2026-11-22", "2026-12-04"),
			"reopened>announcement@jdoe,mlee,tmora,rking reopened>channel@" + everywhere + " reopened>tracking@" + everywhere +
				" severity>announcement@jdoe,mlee,tmora,rking severity>channel@" + everywhere + " severity>tracking@" + everywhere,
			"create_channel topic invite@jdoe,mlee,tmora,arivera,okhan bookmark reopen_issue label edit@jdoe,mlee,tmora", ""},
		{"somebody who left", base, base + "fyi: [pastel]\n", "", "edit@jdoe,mlee,tmora", "`fyi` changed, which nobody is told of"},
		{"with a key that nobody knows", base, base + news + "priority: 1\n", "update>channel update>tracking", "",
			"only #esc_northwind and the tracking issue hear of an ordinary update (P22)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := between(t, check, people, c.before, c.after)
			if got := told(p); got != c.told {
				t.Errorf("told %s, want %s", got, c.told)
			}
			if got := done(p); got != c.done {
				t.Errorf("done %s, want %s", got, c.done)
			}
			quiet := ""
			for _, q := range p.Quiet {
				quiet += q.Why
			}
			if quiet != c.quiet {
				t.Errorf("quiet because %q, want %q", quiet, c.quiet)
			}
		})
	}
}

// The declaration has the labels of P21 in their order, and what somebody wrote
// cannot look like one more.
func TestDeclaration(t *testing.T) {
	t.Parallel()
	check, people := checker(t), read(t, tree.PeoplePath)
	text := strings.Replace(read(t, northwind), "customer: Northwind Traders", "customer: \"Northwind\\nStatus: Closed\"", 1)
	p := between(t, check, people, "", text)
	var labels []string
	first, _, _ := strings.Cut(texts(p)[0].Text.Plain(), "\n\n")
	for line := range strings.Lines(first) {
		label, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		labels = append(labels, label)
	}
	want := []string{"New Escalation", "Customer", "Slack Channel", "Meeting Notes", "SFDC Escalation case URL", "Severity", "Status", "Product DRI", "Support DRI", "Description", "FYI"}
	if !slices.Equal(labels, want) {
		t.Errorf("got %q, want %q", labels, want)
	}
}

// A restricted escalation says in the wide channel no more than its id, its
// severity and its DRI (P17); the closure is the same words everywhere (P33).
func TestWords(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	for _, p := range []plan.Plan{
		between(t, check, people, "", "visibility: restricted\n"+base),
		between(t, check, people, "visibility: restricted\n"+base, "visibility: restricted\n"+base+closure),
	} {
		first := texts(p)[0]
		if text := first.Text.Plain(); first.To != notice.Announcement || strings.Contains(text, "Northwind") || strings.Contains(text, "queue") ||
			!strings.Contains(text, "2026/northwind") || !strings.Contains(text, "High") || !strings.Contains(text, "Jo Doe") {
			t.Errorf("the wide channel hears: %s", text)
		}
	}
	p := between(t, check, people, base, base+closure)
	if n := texts(p); len(n) != 3 || !reflect.DeepEqual(n[0].Text, n[1].Text) || !reflect.DeepEqual(n[1].Text, n[2].Text) {
		t.Errorf("the closure is not the same everywhere: %v", n)
	}
}

// Each update that was added is quoted once in the channel and once in the
// tracking issue, whatever else changed with it: it is neither lost nor said
// twice.
func TestEachUpdateIsQuotedOnce(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	updates := []string{ // all are after the closure, so that they may explain a reopening
		"{at: 2026-12-04T09:00:00Z, by: jdoe, to: [internal], text: One}",
		"{at: 2026-12-04T10:00:00Z, by: jdoe, to: [internal], significant: true, text: Two}",
		"{at: 2026-12-04T11:00:00Z, by: jdoe, to: [customer], text: Three}",
		"{at: 2026-12-04T12:00:00Z, by: jdoe, to: [internal], amends: 2026-12-04T09:00:00Z, text: Four}",
	}
	later := strings.Replace(closure, "2026-12-03", "2026-12-05", 1)
	before, after := map[string]string{tree.PeoplePath: people}, map[string]string{tree.PeoplePath: people}
	want := map[schema.ID]int{}
	for which := range 1 << len(updates) {
		for what := range 1 << 6 {
			id := schema.ID(fmt.Sprintf("2026/n%02d-%02d", which, what))
			was, now := base, base
			for bit, change := range []func(){
				func() { now = strings.Replace(now, "severity: high", "severity: medium", 1) },
				func() { now = strings.Replace(now, "\ndri: jdoe", "\ndri: arivera", 1) },
				func() { now = strings.Replace(now, "dri: mlee", "dri: dpatel", 1) },
				func() { was += closure },
				func() { now += later },
				func() { was = "" },
			} {
				if what>>bit&1 == 1 {
					change()
				}
			}
			for i, u := range updates {
				if which>>i&1 == 1 {
					if want[id] == 0 {
						now += "updates:\n"
					}
					now += "  - " + u + "\n"
					want[id]++
				}
			}
			if after[tree.Path(id)] = now; was != "" {
				before[tree.Path(id)] = was
			}
		}
	}
	to := open(t, check, after)
	p := plan.Between(open(t, check, before), to, to.Paths, nil)
	type quoted struct {
		id schema.ID
		to notice.Place
		at string
	}
	times, all := map[quoted]int{}, map[schema.ID]map[notice.Place]int{}
	for _, n := range texts(p) {
		for _, b := range n.Text {
			if b.Quote == nil || b.Quote.At.IsZero() {
				continue
			}
			q := quoted{n.Escalation, n.To, b.Quote.At.Format("15:04")}
			if times[q]++; times[q] > 1 {
				t.Errorf("%s quotes the update of %s twice, the second time in %s", q.id, q.at, n.Key)
			}
			if all[n.Escalation] == nil {
				all[n.Escalation] = map[notice.Place]int{}
			}
			all[n.Escalation][n.To]++
		}
	}
	for id, added := range want {
		for _, to := range []notice.Place{notice.Channel, notice.Tracking} {
			n := added
			reopened := slices.ContainsFunc(p.Notices, func(n notice.Notice) bool { return n.Escalation == id && n.Moment == notice.Reopened })
			if closed := strings.Contains(before[tree.Path(id)], "closure:") && strings.Contains(after[tree.Path(id)], "closure:"); to == notice.Channel && closed && !reopened {
				n = 0 // the channel was archived before, and takes nothing
			}
			if got := all[id][to]; got != n {
				t.Errorf("%s: %d updates were added, and %s quotes %d:\n%s", id, n, to, got, told(p))
				return
			}
		}
	}
}

// A moment has the same key whatever commits it came with; those without a time
// of their own are numbered.
func TestKeys(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	was := map[string]string{tree.PeoplePath: people, northwind: base}
	now := map[string]string{tree.PeoplePath: people, northwind: strings.NewReplacer("severity: high", "severity: medium", "due: 2026-11-24", "due: 2026-11-25").Replace(base) + news + closure}
	p := plan.Between(open(t, check, was), open(t, check, now), []string{northwind}, func(schema.ID) []notice.Notice {
		return []notice.Notice{{Escalation: "2026/northwind", Moment: notice.Steps, Key: "2026/northwind steps 2"}}
	})
	var keys []string
	for _, n := range texts(p) {
		if !slices.Contains(keys, n.Key) {
			keys = append(keys, n.Key)
		}
	}
	want := []string{"2026/northwind severity 2026-11-22T09:00:00Z", "2026/northwind steps 3", "2026/northwind closed 2026-12-03T10:00:00Z"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %q, want %q", keys, want)
	}

	// A handover has the time of the update that explains it; the first Product DRI and a
	// stand-in need none.
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }
	const cover = "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n"
	for _, c := range []struct{ name, before, after, want string }{
		{"another DRI and Product DRI", base, edit("\ndri: jdoe", "\ndri: arivera", "dri: mlee", "dri: dpatel") + news, "dri 2026-11-22T09:00:00Z, product_dri 2026-11-22T09:00:00Z"},
		{"without an update", base, edit("\ndri: jdoe", "\ndri: arivera"), "dri 3"},
		{"a stand-in", base, base + cover, "dri 3"},
		{"a stand-in for longer", base + cover, base + strings.Replace(cover, "-04", "-05", 1), "dri 3"},
		{"the first Product DRI", edit("  dri: mlee\n", ""), base + news, "update 2026-11-22T09:00:00Z, product_dri 2"},
		{"high to critical and back", base, base + news + "  - {at: 2026-11-22T10:00:00Z, by: jdoe, to: [internal], text: It was high all the time.}\n", "update 2026-11-22T09:00:00Z, update 2026-11-22T10:00:00Z"},
	} {
		was, now := map[string]string{tree.PeoplePath: people, northwind: c.before}, map[string]string{tree.PeoplePath: people, northwind: c.after}
		p := plan.Between(open(t, check, was), open(t, check, now), []string{northwind}, func(schema.ID) []notice.Notice {
			return []notice.Notice{ // of a ledger of before
				{Escalation: "2026/northwind", Moment: notice.DRI, Key: "2026/northwind dri 2"}, {Escalation: "2026/northwind", Moment: notice.ProductDRI, Key: "2026/northwind product_dri 1"},
			}
		})
		var keys []string
		for _, n := range texts(p) {
			if key := strings.TrimPrefix(n.Key, "2026/northwind "); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		if got := strings.Join(keys, ", "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Who else usually attends the standup is suggested when the escalation is opened and
// when the standup is set (P19).
func TestSuggested(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	for _, c := range []struct{ name, before, after, want string }{
		{"opened", "", base, "jdoe,mlee,tmora,arivera,rking,vsales"},
		{"a standup", base, base + standup, "mlee,tmora,arivera,rking,vsales"},
		{"no standup", base, base + "standup: {none: They meet daily anyway}\n", ""},
		{"an update", base, base + news, ""},
		{"opened and closed", "", base + closure, ""},
	} {
		p := between(t, check, people, c.before, c.after)
		got := ""
		for _, s := range p.Suggested {
			got += handles(s.Attendees)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Who is informed in a new region hears of it, where that is told, and is invited
// there (P5).
func TestNewRegion(t *testing.T) {
	t.Parallel()
	check, base := checker(t), strings.Replace(read(t, northwind), "severity: high", "severity: low", 1)
	people := strings.Replace(read(t, tree.PeoplePath), "people:\n", "people:\n  amgr: {name: Amy Granger, roles: [csm_manager], region: AMER}\n", 1)
	p := between(t, check, people, base, strings.Replace(base, "region: EMEA", "region: AMER", 1))
	if got := told(p) + " " + done(p); got != "account>channel@amgr account>tracking@amgr edit invite@amgr edit@jdoe,mlee,tmora" {
		t.Errorf("got %s", got)
	}
}

// A role that nobody holds is named where an open escalation needs it.
func TestUnfilled(t *testing.T) {
	t.Parallel()
	check, base := checker(t), read(t, northwind)
	people := strings.Replace(read(t, tree.PeoplePath), "[cro]", "[ceo]", 1)
	p := between(t, check, people, "", base)
	if len(p.Unfilled) != 1 || p.Unfilled[0] != (plan.Unfilled{Escalation: "2026/northwind", Role: schema.RoleCRO}) {
		t.Errorf("got %v", p.Unfilled)
	}
	if text := texts(p)[0].Text.Plain(); !strings.Contains(text, "held by nobody: cro") {
		t.Errorf("the declaration does not say so: %s", text)
	}
}

// Whoever leaves later is informed and mentioned until then, and a stand-in is
// invited until the cover ends (P5, P6, P18, P21).
func TestLeavesLater(t *testing.T) {
	t.Parallel()
	check := checker(t)
	people := strings.NewReplacer("[vp_sales]", "[vp_sales], left: 2026-12-10", "csm_leader, account_manager]", "csm_leader, account_manager], left: 2026-12-10",
		"people:\n", "people:\n  pstand: {name: Pat El, roles: [csm]}\n").Replace(read(t, tree.PeoplePath))
	file := read(t, northwind) + "cover: {dri: pstand, until: 2026-12-09, reason: Leave}\n"
	uncommitted := plan.Between(open(t, check, map[string]string{tree.PeoplePath: people}), open(t, check, map[string]string{tree.PeoplePath: people, northwind: file}), []string{northwind}, nil)
	if !slices.Contains(texts(uncommitted)[0].Mentions, "rking") || len(uncommitted.Unfilled) > 0 {
		t.Errorf("what is not committed goes by the latest time that it states: %v", uncommitted.Unfilled)
	}
	later := file + "updates: [{at: 2026-12-10T08:00:00Z, by: jdoe, to: [internal], text: The queue waits}]\n"
	uncommitted = plan.Between(open(t, check, map[string]string{tree.PeoplePath: people}), open(t, check, map[string]string{tree.PeoplePath: people, northwind: later}), []string{northwind}, nil)
	for _, n := range uncommitted.Notices {
		if slices.Contains(n.Mentions, "pstand") {
			t.Errorf("the cover is over by the latest time that the file states, but there is %s of %v", n.Do, n.Mentions)
		}
	}
	for authored, there := range map[string]bool{"2026-12-09T20:00:00Z": true, "2026-12-10T08:00:00Z": false} {
		at, err := time.Parse(time.RFC3339, authored)
		if err != nil {
			t.Fatal(err)
		}
		before := open(t, check, map[string]string{tree.PeoplePath: people})
		p := plan.Between(before, open(t, check, map[string]string{tree.PeoplePath: people, northwind: file}).AsOf(at), []string{northwind}, nil)
		declared := texts(p)[0]
		if got := strings.Contains(declared.Text.Plain(), "Val Ortega"); got != there {
			t.Errorf("%s: the VP of Sales is named: %t, want %t", authored, got, there)
		}
		if got := slices.Contains(declared.Mentions, "rking"); got != there {
			t.Errorf("%s: the DRI's manager is mentioned: %t, want %t", authored, got, there)
		}
		if got := len(p.Unfilled) == 0; got != there {
			t.Errorf("%s: every role is held: %t, want %t: %v", authored, got, there, p.Unfilled)
		}
		for _, n := range p.Notices {
			if n.Do == notice.Invite && slices.Contains(n.Mentions, "pstand") != there {
				t.Errorf("%s: invited: %v", authored, n.Mentions)
			}
		}
	}
}

// All notices rest on the directory and the policy: where those cannot be relied
// on, nobody would be mentioned, or the wrong channel be told.
func TestMisread(t *testing.T) {
	t.Parallel()
	check, people := checker(t), read(t, tree.PeoplePath)
	for _, c := range []struct{ people, policy, want string }{
		{people, "", ""},
		{people, "channels: {announcement: escalations}\n", ""},
		{strings.Replace(people, "[csm]", "[cms]", 1), "", ""},
		{"people: [\n", "", tree.PeoplePath},
		{"people: jdoe\n", "", tree.PeoplePath},
		{"", "", tree.PeoplePath},
		{people + "<<<<<<< HEAD\n", "", tree.PeoplePath},
		{people, "channels: [\n", tree.PolicyPath},
		{people, "channels: {announcement: [escalations]}\n", tree.PolicyPath},
		{people, "chanels: {announcement: escalations}\n", ""},
	} {
		files := map[string]string{tree.PeoplePath: c.people, tree.PolicyPath: c.policy}
		was := open(t, check, files)
		files[northwind] = read(t, northwind)
		p := plan.Between(was, open(t, check, files), []string{northwind}, nil)
		switch {
		case c.want == "" && (len(p.Notices) == 0 || len(p.Unread) > 0):
			t.Errorf("nothing is told with %q and %q: %v", c.people, c.policy, p.Quiet)
		case c.want != "" && (len(p.Notices) > 0 || len(p.Unread) != 1 || len(p.Quiet) != 1 || !strings.HasPrefix(p.Quiet[0].Why, c.want)):
			t.Errorf("with %q and %q got %s%v, want it quiet for %s", c.people, c.policy, told(p), p.Quiet, c.want)
		}
	}
}

// Whatever is edited outside the key moments, nothing goes to the wide channel;
// and what did not change is not told.
func TestQuiet(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	tr := open(t, check, map[string]string{tree.PeoplePath: people, northwind: base})
	if p := plan.Between(tr, tr, tr.Paths, nil); len(p.Notices)+len(p.Quiet)+len(p.Unfilled)+len(p.Pastes) > 0 {
		t.Errorf("nothing changed, but: %s %s", told(p), done(p))
	}
	entries := strings.Split(strings.TrimSuffix(base, "\n"), "\n")
	const all = 10_000
	// All are in one tree, each with its own number: the directory is read once.
	before, after := map[string]string{tree.PeoplePath: people}, map[string]string{tree.PeoplePath: people}
	path := func(seed uint64) string { return fmt.Sprintf("escalations/2026/n%05d.yaml", seed) }
	for seed := range uint64(all) {
		r := rand.New(rand.NewPCG(seed, 2))
		text := strings.Join(edit(r, entries), "\n") + "\n"
		for range r.IntN(3) {
			text += fmt.Sprintf("%s: %s\n", [...]string{"skills", "fyi", "snooze", "standup", "previous"}[r.IntN(5)], "[]")
		}
		if r.IntN(2) == 0 {
			text += news
		}
		before[path(seed)], after[path(seed)] = base, text
	}
	from, to := open(t, check, before), open(t, check, after)
	p := plan.Between(from, to, to.Paths, nil)
	noticed, quiet := map[schema.ID]bool{}, map[schema.ID]bool{}
	for _, q := range p.Quiet {
		quiet[q.Escalation] = true
	}
	for _, n := range texts(p) {
		noticed[n.Escalation] = true
		if n.To == notice.Announcement {
			t.Errorf("%s goes to the wide channel:\n%s", n.Moment, after[tree.Path(n.Escalation)])
		}
	}
	for id := range noticed {
		if !quiet[id] {
			t.Errorf("nothing says why it is quiet:\n%s", after[tree.Path(id)])
		}
	}
	if len(noticed) < all/10 {
		t.Errorf("only %d of %d changes have a notice", len(noticed), all)
	}
}

// edit changes some lines outside what is announced widely.
func edit(r *rand.Rand, lines []string) []string {
	kept := []string{"severity:", "opened:", "customer:"}
	lines = slices.Clone(lines)
	for range 1 + r.IntN(4) {
		i := r.IntN(len(lines))
		if slices.ContainsFunc(kept, func(k string) bool { return strings.HasPrefix(lines[i], k) }) {
			continue
		}
		switch r.IntN(4) {
		case 0:
			lines[i] += " and more"
		case 1:
			lines = slices.Delete(lines, i, i+1)
		case 2:
			lines[i] = strings.Replace(lines[i], "jdoe", "arivera", 1)
		case 3:
			lines[i] = strings.Replace(lines[i], "2026-11-24", "2026-11-25", 1)
		}
	}
	return lines
}

// What the notices of life after the opening say.
func TestSaid(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }
	const heard = "updates:\n  - {at: 2026-11-21T09:00:00Z, by: jdoe, to: [customer], text: We tune the queue tonight.}\n"
	for _, c := range []struct {
		name, before, after string
		moment              notice.Moment
		to                  notice.Place
		want, not           []string
	}{
		{"the declaration", "", base, notice.Opened, notice.Announcement,
			[]string{"FYI: Robin King (CSM leader), Val Ortega (VP sales)", "Jo Doe, the account's CSM, is the DRI."}, []string{"The case is of type", "held by nobody"}},
		{"the opening message", "", base, notice.Opened, notice.Channel, []string{"Exit criteria:", "Initial ask:", "For Jo Doe, as the DRI:\n- The case is of type \"At-Risk Account Help (CSM red accounts & CSM/CSE escalations)\", opened at the next open renewal and owned by Jo Doe;", "Product DRI: Min Lee",
			"- Set up the standup within 24 hours, and write it into the file. Who usually attends: Jo Doe (CSM), Min Lee (group product manager), Tomás Mora (support engineer), Ana Rivera (account executive), Robin King (CSM leader), Val Ortega (VP sales)."}, nil},
		{"the opening message, with a standup", "", base + standup, notice.Opened, notice.Channel, []string{"Standup: wed, fri at 10:30 Europe/Berlin, with Jo Doe"}, []string{"Set up the standup"}},
		{"the opening message of a CSE account", "", edit("  csm: jdoe\n", "  cse: kwong\n  cse_help_case: https://crm.example.com/1\n", "\ndri: jdoe", "\ndri: arivera"), notice.Opened, notice.Channel,
			[]string{"CSE: Kit Wong", "Kit Wong, the account's CSE, is the lead technical collaborator.", "owned by nobody yet;"}, []string{"who assigns a CSE"}},
		{"the issue", "", base, notice.Opened, notice.Tracking, []string{"The case is of type"}, []string{"Set up the standup"}},
		{"a pending CSE and Product DRI", "", edit("  csm: jdoe\n", "  cse: pending\n  cse_help_case: https://crm.example.com/1\n", "\ndri: jdoe", "\ndri: arivera", "dri: mlee", "dri: pending"), notice.Opened, notice.Announcement,
			[]string{"Product DRI: to be assigned", "The CSE, who will be the lead technical collaborator, is to be assigned."}, []string{"pending"}},
		{"raised", base, edit("severity: high", "severity: critical", "dri: mlee", "dri: dpatel") + news, notice.Severity, notice.Announcement,
			[]string{"The channel hears: every day", "Product DRI asked for: product leadership or VP product"}, []string{"Informed until now"}},
		{"lowered", base, edit("severity: high", "severity: low") + news, notice.Severity, notice.Announcement,
			[]string{"The customer hears: as usual, there is no clock", "Informed: Robin King (CSM manager)", "Informed until now: Val Ortega, Vik Rao, Chris Roe, Cleo Oz, Vera Sand"}, nil},
		{"a handover", base + heard, edit("  csm: jdoe\n", "  strategic: Partner\n", "\ndri: jdoe", "\ndri: arivera") + heard +
			"  - {at: 2026-11-22T09:00:00Z, by: jdoe, to: [internal], text: Jo leaves the account.}\n", notice.DRI, notice.Channel,
			[]string{"Ana Rivera takes over from Jo Doe as DRI.", "Jo leaves the account.", "Load test with the customer (Jo Doe, by 2026-11-24)", "Exit criteria: 0 of 1 met", "Last contact with the customer: 2026-11-21 09:00 UTC by Jo Doe: We tune the queue tonight"}, nil},
		{"a stand-in", base, base + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n", notice.DRI, notice.Channel, []string{"Vera Sand stands in for Jo Doe as DRI until 2026-12-04: Leave", "none so far", "Next standup: there is no standup yet"}, nil},
		{"a handover, with a standup", base + standup, edit("\ndri: jdoe", "\ndri: arivera") + standup + news, notice.DRI, notice.Channel, []string{"Next standup: Wed 2026-11-25 10:30 Europe/Berlin"}, nil},
		{"a stand-in, with a standup", base + standup, base + standup + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n", notice.DRI, notice.Channel, []string{"Standup: wed, fri at 10:30 Europe/Berlin"}, []string{"Next standup"}},
		{"a handover, without a standup", base, edit("\ndri: jdoe", "\ndri: arivera", "severity: high", "severity: low") + "standup: {none: They meet daily anyway}\n" + news, notice.DRI, notice.Channel, []string{"Standup: none: They meet daily anyway"}, []string{"Next standup"}},
		{"a handover to somebody who is away", base, edit("\ndri: jdoe", "\ndri: arivera") + "cover: {dri: vcs, until: 2026-12-04, reason: Leave}\n" + news, notice.DRI, notice.Channel, []string{"Ana Rivera takes over from Jo Doe as DRI. Vera Sand stands in until 2026-12-04."}, nil},
		{"no standup", base, base + "standup: {none: They meet daily anyway}\n", notice.Standup, notice.Channel, []string{"There is no standup: They meet daily anyway"}, nil},
		{"another Product DRI", base, edit("dri: mlee", "dri: dpatel") + news, notice.ProductDRI, notice.Channel, []string{"Dina Patel takes over from Min Lee as Product DRI.", "The queue is shorter.", "Open steps:"}, nil},
		{"the Product DRI released", base, edit("  related: true\n  dri: mlee\n", "  related: false\n  reason: It is the network\n") + news, notice.ProductDRI, notice.Channel, []string{"Min Lee is released as Product DRI", "The queue is shorter."}, nil},
		{"Support called in", edit("support: {needed: true, dri: tmora, tickets: ['https://support.example.com/tickets/4711']}\n", ""), base, notice.Support, notice.Channel,
			[]string{"Support is called in: Tomás Mora, @support-manager-oncall; tickets: https://support.example.com/tickets/4711"}, nil},
		{"another ticket", base, edit("4711'", "4711', 'https://support.example.com/tickets/4712'"), notice.Support, notice.Tracking, []string{"Support now: Tomás Mora; tickets: ", "tickets/4712"}, []string{"oncall"}},
		{"a criterion that ends like a sentence", base, edit("exit_criteria:\n", "exit_criteria:\n  - criterion: No job is lost.\n"), notice.Criteria, notice.Channel, []string{"; new: No job is lost."}, []string{"lost.."}},
		{"another region", base, edit("region: EMEA", "region: AMER"), notice.Account, notice.Channel, []string{"The account changed: region AMER."}, nil},
		{"a rewritten ask and link", base, edit("ask: One", "ask: Two", "northwind-notes", "minutes"), notice.Facts, notice.Channel, []string{"Rewritten: meeting notes: https://docs.example.com/minutes; ask: Two engineer"}, nil},
		{"an analysis", base, base + rca, notice.RCA, notice.Channel, []string{"The customer asks for a root cause analysis: asked for; owed by Eva Brandt until 2026-12-17."}, nil},
		{"an analysis delivered", base + rca, base + strings.Replace(rca, "}", ", url: 'https://docs.example.com/rca'}", 1), notice.RCA, notice.Channel, []string{"The root cause analysis is delivered: https://docs.example.com/rca."}, nil},
		{"closed", base, base + closure, notice.Closed, notice.Announcement,
			[]string{"Open for: 13 days", "Exit criteria that were not met:\n- Queue time under 60 s", "Root cause analysis: not asked for"}, nil},
		{"closed, an analysis owed", base, base + rca + closure, notice.Closed, notice.Announcement, []string{"Root cause analysis: asked for; owed by Eva Brandt until 2026-12-17"}, nil},
		{"closed, an analysis that is not ours", base, base + "rca: {asked: 2026-11-24, platform_related: false}\n" + closure, notice.Closed, notice.Announcement, []string{"asked for, but not platform related"}, nil},
		{"withdrawn", base, base + "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice, duplicate_of: 2026/other}\n", notice.Withdrawn, notice.Announcement,
			[]string{"Escalation withdrawn: Northwind Traders (2026/northwind), by Robin King: Opened twice (duplicate of 2026/other)"}, nil},
		{"restricted, and lowered", "visibility: restricted\n" + base, "visibility: restricted\n" + edit("severity: high", "severity: low") + news, notice.Severity, notice.Announcement,
			[]string{"Severity: Low", "Val Ortega, Vik Rao, Chris Roe, Cleo Oz, Vera Sand"}, []string{"Northwind", "queue"}},
		{"restricted, a significant update", "visibility: restricted\n" + base, "visibility: restricted\n" + base + strings.Replace(news, "text", "significant: true, text", 1), notice.Significant, notice.Announcement,
			[]string{"Severity: High", "DRI: Jo Doe", "FYI: Min Lee, Tomás Mora"}, []string{"Northwind", "queue", "Robin"}},
		{"restricted, and withdrawn", "visibility: restricted\n" + base, "visibility: restricted\n" + base + "closure: {at: 2026-12-03T10:00:00Z, by: rking, resolution: withdrawn, reason: Opened twice}\n", notice.Withdrawn, notice.Announcement,
			[]string{"Escalation withdrawn: 2026/northwind (restricted)"}, []string{"Northwind", "twice"}},
		{"restricted", "", "visibility: restricted\n" + base, notice.Opened, notice.Announcement, []string{"FYI: Min Lee, Tomás Mora, Robin King, Val Ortega"}, []string{"Northwind", "queue"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := between(t, check, people, c.before, c.after)
			i := slices.IndexFunc(p.Notices, func(n notice.Notice) bool { return n.Tells() && n.Moment == c.moment && n.To == c.to })
			if i < 0 {
				t.Fatalf("there is no %s for the %s: %s", c.moment, c.to, told(p))
			}
			text := p.Notices[i].Text.Plain()
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			for _, not := range c.not {
				if strings.Contains(text, not) {
					t.Errorf("%q is in\n%s", not, text)
				}
			}
		})
	}
}

// A declaration that is edited says of severity and of who was informed what was
// declared, whatever it has become since.
func TestDeclarationEdited(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	low := strings.Replace(base, "severity: high", "severity: low", 1)
	declared := texts(between(t, check, people, "", base))[0] // at high
	was := open(t, check, map[string]string{tree.PeoplePath: people, northwind: low})
	now := open(t, check, map[string]string{tree.PeoplePath: people, northwind: strings.Replace(low, "customer: Northwind Traders", "customer: Northwind Group", 1)})
	p := plan.Between(was, now, []string{northwind}, func(schema.ID) []notice.Notice { return []notice.Notice{declared} })
	i := slices.IndexFunc(p.Notices, func(n notice.Notice) bool { return n.Do == notice.Edit && n.To == notice.Announcement })
	if i < 0 {
		t.Fatalf("it is not edited: %s", done(p))
	}
	text := p.Notices[i].Text.Plain()
	for _, want := range []string{"Customer: Northwind Group", "Severity: High", "Status: Opened", "Cleo Oz (CEO)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// gap is where a text says nothing in the place of what is missing.
var gap = regexp.MustCompile(`%!|0001|(severity|to|For|from|with|DRI) [,:.)]|severity :|: *\n\n|: *$|  `)

// What cannot be read is held back by name, and nothing else is: neither what breaks a
// rule, nor what is missing, nor a key that nobody knows.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	check, people, base := checker(t), read(t, tree.PeoplePath), read(t, northwind)
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }
	for _, c := range []struct {
		name, text string
		held       bool
	}{
		{"a syntax error", base + "fyi: [jdoe\n", true},
		{"a colon in a text", edit("summary: Pipelines", "summary: Now: Pipelines"), true},
		{"a hash before a channel", base + "channel: #esc_other\n", true},
		{"a conflict", base + "<<<<<<< HEAD\n", true},
		{"a value of another type", base + "updates: none\n", true},
		{"a date in words", edit("due: 2026-11-24", "due: tomorrow"), true},
		{"a time without a zone", base + strings.Replace(news, "09:00:00Z", "09:00:00", 1), true},
		{"a name for a handle", edit("\ndri: jdoe", "\ndri: Jo Doe"), true},
		{"no address", edit("https://docs.example.com/northwind-notes", "in the drive"), true},
		{"a severity that there is not", edit("severity: high", "severity: severe"), true},
		{"an unknown key", base + "priority: 1\n", false},
		{"an unknown key within", edit("  region: EMEA\n", "  region: EMEA\n  tier: 1\n"), false},
		{"a handle that nobody has", edit("\ndri: jdoe", "\ndri: nobody"), false},
		{"no account", edit("account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n", ""), false},
		{"no severity", edit("severity: high\n", ""), false},
		{"no criteria", edit("exit_criteria:\n  - criterion: Queue time under 60 s at p95 for five working days\n", "exit_criteria: []\n"), false},
		{"no steps", edit("next_steps:\n  - {step: Load test with the customer, owner: jdoe, due: 2026-11-24}\n", ""), false},
		{"an empty text", edit("ask: One engineer who can work with the customer every day on the queue analysis.", "ask: ''"), false},
		{"the same person twice", base + "fyi: [vcs, vcs]\n", false},
		{"a closure that says half", base + "closure: {at: 2026-12-03T10:00:00Z, by: jdoe, resolution: resolved}\n", false},
		{"hardly anything", "summary: Pipelines wait\nstandup: {days: [mon]}\nupdates: [{at: 2026-11-22T09:00:00Z}]\ncover: {reason: Leave}\nrca: {platform_related: true}\n", false},
		{"no DRI", edit("\ndri: jdoe", ""), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.text == base {
				t.Fatal("nothing is wrong with it")
			}
			p := between(t, check, people, "", c.text)
			if got := slices.Equal(p.Unread, []schema.ID{"2026/northwind"}); got != c.held || got != (len(p.Notices) == 0) {
				t.Errorf("held back: %t, want %t; told %s, quiet %v", got, c.held, told(p), p.Quiet)
			}
			for _, n := range p.Notices {
				if text := n.Text.Plain(); gap.MatchString(text) {
					t.Errorf("%s in %s reads %s", n.Key, n.To, text)
				}
			}
		})
	}
}
