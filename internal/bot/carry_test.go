package bot_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/bot"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// now is a Tuesday, 10:30 in Berlin.
var now = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

const northwind = fixture.Northwind

// states are the escalation of the fixture as it may stand.
func states() map[string]string {
	open := fixture.Read(northwind)
	met := strings.Replace(open, "five working days\n", "five working days\n    met: 2026-11-23\n  - criterion: The failover drill passes twice\n", 1)
	return map[string]string{
		"open": open,
		"low":  strings.Replace(open, "severity: high", "severity: low", 1),
		"new":  unrelated.ReplaceAllString(strings.Replace(open, "severity: high", "severity: low", 1), ""),
		"long": met + "updates:\n  - at: 2026-11-24T09:00:00Z\n    by: jdoe\n    to: [internal, customer]\n    text: |\n      Two\n      lines.\ncover: {dri: rking, until: 2026-11-27, reason: Jo is on leave}\n",
		"closed": strings.Replace(open, "five working days\n", "five working days\n    met: 2026-11-23\n", 1) + `closure:
  at: 2026-11-23T15:00:00Z
  by: jdoe
  resolution: resolved
  outcome: positive
  exit_criteria_met: true
  summary: The queue was split by team.
  agreement: https://docs.example.com/agreed
  sentiment: green
`,
	}
}

// unrelated is what a file says of the product.
var unrelated = regexp.MustCompile(`(?m)^product:.*\n(?:  .*\n)*`)

// opened is a tree with the fixture's people and a state of its escalation.
func opened(t interface{ Fatal(...any) }, check *shape.Checker, state string) *tree.Tree {
	tr, err := tree.Open(fstest.MapFS{northwind: {Data: []byte(state)}, fixture.People: {Data: []byte(fixture.Read(fixture.People))}}, check)
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

// judge is what judges another content of a file of a tree, as of now.
func judge(tr *tree.Tree) bot.Judge {
	return func(path string, data []byte) (draft.Draft, error) {
		return draft.Of(lint.Base{Tree: tr}, path, data, now, nil), nil
	}
}

// typed is what somebody types: as a command of a comment, and as flags of the act that
// it stands for.
type typed struct {
	comment, act string
	flags        map[string][]string
}

// said is a text that reads the same in a comment and behind a flag.
var said = rapid.SampledFrom([]string{
	"The load test is booked.", "Nothing new", "It stops:\n  twice a day.\n\nAll of them wait.", "50 % \"of\" `them`: 'wait' #1", "東京のキューが遅い", "الانتظار طويل", "🙂 ok", "- [x] done\n- [ ] not", "a: b", "# no remark", "{a}", "yes", "null", "2026-11-24", "closes #1 @everyone <!channel>", "x\t y  ", strings.Repeat("All of it. ", 300),
})

// word is a text of one line.
var word = rapid.SampledFrom([]string{"Load test with them", "Look: at \"it\"", "東京", "Call, again", "{x}", "50 % #3", "no", "1.5"})

var (
	person = rapid.SampledFrom([]string{"jdoe", "rking", "mlee", "dpatel", "arivera", "pastel", "nobody1", "vproduct"})
	day    = rapid.SampledFrom([]string{"2026-11-26", "friday", "tomorrow", "today", "2026-11-20", "in 3 days", "someday", "2027-03-01"})
	link   = rapid.SampledFrom([]string{"https://crm.example.com/cases/5003", "https://x.example/a?b=c&d=%20#e", "nowhere", "ftp://x.example/a", "https://support.example.com/tickets/4711"})
	entry  = rapid.SampledFrom([]string{"1", "2", "7", "queue time", "failover", "load test", "five", "nothing of it"})
)

// typing draws a command and what it is as flags. It does not ask how comments are read.
func typing() *rapid.Generator[typed] {
	return rapid.Custom(func(t *rapid.T) typed {
		name := rapid.SampledFrom([]string{"update", "significant", "severity", "step", "done", "met", "criterion", "case", "support", "product-dri", "dri", "cover", "snooze", "close", "reopen"}).Draw(t, "command")
		who, when, text := person.Draw(t, "who"), day.Draw(t, "when"), said.Draw(t, "text")
		because := rapid.SampledFrom([]string{" because ", " because: ", " Because ", "\n"}).Draw(t, "because")
		one := func(act, question, answer string) typed {
			return typed{"/" + name + " " + answer, act, map[string][]string{question: {answer}}}
		}
		switch name {
		case "update", "significant":
			to := rapid.SampledFrom([]string{"", "internal ", "customer: ", "both, "}).Draw(t, "to")
			x := typed{"/" + name + " " + to + text, "update", map[string][]string{"text": {text}}}
			switch to {
			case "internal ":
				x.flags["to"] = []string{"internal"}
			case "customer: ":
				x.flags["to"] = []string{"customer"}
			case "both, ":
				x.flags["to"] = []string{"internal", "customer"}
			}
			if name == "significant" {
				x.flags["significant"] = []string{"yes"}
			}
			return x
		case "severity":
			level := rapid.SampledFrom([]string{"critical", "high", "medium", "low", "Low", "hi", "worst"}).Draw(t, "level")
			x := typed{"/severity " + level + because + text, "severity", map[string][]string{"level": {level}, "why": {text}}}
			if rapid.Bool().Draw(t, "with product") {
				x.comment += "\n/product-dri @" + who
				x.flags["product-dri"] = []string{"@" + who}
			} else if rapid.Bool().Draw(t, "not the product's") {
				x.comment += "\nproduct-related: no\nproduct-reason: Their network."
				x.flags["product-related"], x.flags["product-reason"] = []string{"no"}, []string{"Their network."}
			}
			return x
		case "step":
			what := word.Draw(t, "step")
			by := rapid.SampledFrom([]string{" ", " by ", " until "}).Draw(t, "by")
			return typed{"/step " + what + " @" + who + by + when, "step", map[string][]string{"step": {what}, "owner": {who}, "due": {when}}}
		case "done":
			return one("step", "done", entry.Draw(t, "entry"))
		case "met":
			return one("met", "criterion", entry.Draw(t, "entry"))
		case "criterion":
			return one("criterion", "criterion", word.Draw(t, "criterion"))
		case "case":
			return one("case", "case", link.Draw(t, "link"))
		case "support":
			return one("support", "ticket", link.Draw(t, "link"))
		case "product-dri":
			return typed{"/product-dri @" + who + because + text, "product", map[string][]string{"product-dri": {who}, "why": {text}}}
		case "dri":
			x := typed{"/dri @" + who + because + text, "dri", map[string][]string{"dri": {who}, "why": {text}}}
			if as := rapid.SampledFrom([]string{"", "csm", "account_executive"}).Draw(t, "as"); as != "" {
				x.comment += "\nas: " + as
				x.flags["as"] = []string{as}
			}
			return x
		case "cover":
			return typed{"/cover @" + who + " until " + when + because + text, "cover", map[string][]string{"stand-in": {who}, "until": {when}, "reason": {text}}}
		case "snooze":
			return typed{"/snooze " + when + because + text, "snooze", map[string][]string{"until": {when}, "reason": {text}}}
		case "reopen":
			what, criterion := word.Draw(t, "step"), word.Draw(t, "criterion")
			return typed{
				"/reopen because " + text + "\n/criterion " + criterion + "\n/step " + what + " @" + who + " " + when, "reopen",
				map[string][]string{"why": {text}, "criterion": {criterion}, "step": {what}, "owner": {who}, "due": {when}},
			}
		default:
			x := typed{"/close", "close", map[string][]string{}}
			answers := map[string]*rapid.Generator[string]{
				"resolution": rapid.SampledFrom([]string{"resolved", "deescalated", "withdrawn", "gone"}), "outcome": rapid.SampledFrom([]string{"positive", "none", "bad"}),
				"summary": said, "agreement": link, "sentiment": rapid.SampledFrom([]string{"green", "blue"}), "met": entry, "exit-criteria-met": rapid.SampledFrom([]string{"yes", "no"}), "why-not": word, "reason": word,
			}
			if rapid.Bool().Draw(t, "as the process has it") {
				text := word.Draw(t, "why")
				x.comment += "\nresolution: deescalated\n- outcome: positive\nsummary: " + text + "\nagreement: https://docs.example.com/agreed\nsentiment: green\nwhy-not: " + text
				x.flags = map[string][]string{"resolution": {"deescalated"}, "outcome": {"positive"}, "summary": {text}, "agreement": {"https://docs.example.com/agreed"}, "sentiment": {"green"}, "why-not": {text}}
				return x
			}
			for _, q := range slices.Sorted(maps.Keys(answers)) {
				if rapid.IntRange(0, 4).Draw(t, "asks "+q) > 0 == (q != "met" && q != "exit-criteria-met" && q != "why-not" && q != "reason") {
					answer := answers[q].Draw(t, q)
					x.comment += "\n" + q + ": " + answer
					x.flags[q] = []string{answer}
				}
			}
			if len(x.flags) == 0 {
				x.comment, x.flags["resolution"] = x.comment+"\nresolution: resolved", []string{"resolved"}
			}
			return x
		}
	})
}

// byHand does what the command line does with flags, at the moment at which it runs: the
// file as it is then, or why not.
func byHand(tr *tree.Tree, x typed, by schema.Handle, at time.Time) ([]byte, error) {
	i := slices.IndexFunc(act.All(), func(a act.Act) bool { return a.Name == x.act })
	a := act.All()[i]
	c := &act.Case{Tree: tr, Escalation: tr.Load(northwind), By: by, At: at}
	if err := a.Ready(c); err != nil {
		return nil, err
	}
	answers, open, err := a.Read(c, x.flags)
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("there is more to say: %s", open[0].Name)
	}
	data, err := splice.Apply(schema.KindEscalation, northwind, c.Escalation.Data, a.Edit(c, answers)...)
	if err != nil {
		return nil, err
	}
	if d := draft.Of(lint.Base{Tree: tr}, northwind, data, at, nil); len(d.Errors) > 0 {
		return nil, errors.New(d.Errors[0].Message)
	}
	if string(data) == string(c.Escalation.Data) {
		return nil, errors.New("it says that already")
	}
	return data, nil
}

// Whatever a comment does, the command of the terminal with the same meaning does to the
// file, byte for byte; and what the one refuses, the other does.
func TestCarryIsByHand(t *testing.T) {
	t.Parallel()
	check, all := checker(t), states()
	done, not := map[string]int{}, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		state := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, "state")
		x := typing().Draw(rt, "typed")
		by := rapid.SampledFrom([]schema.Handle{"jdoe", "rking", "arivera"}).Draw(rt, "by")
		tr := opened(rt, check, all[state])
		read := comment.On(ci.GitHub).Read(x.comment)
		if len(read.Commands) != 1 || len(read.Unknown) > 0 {
			rt.Fatalf("%q has the commands %+v", x.comment, read)
		}
		data, deeds, err := bot.Carry(tr, northwind, read.Commands, bot.Asked{Dialect: comment.On(ci.GitHub), By: by, At: now, Now: now}, judge(tr))
		if err != nil {
			rt.Fatal(err)
		}
		want, why := byHand(tr, x, by, now)
		switch {
		case why != nil && deeds[0].Done():
			rt.Fatalf("%s: by hand it is refused (%v), and %q makes it\n%s", state, why, x.comment, data)
		case why != nil:
			not[x.act]++
			if want = []byte(all[state]); deeds[0].Says != "" {
				rt.Fatalf("%q is not done, and says %q", x.comment, deeds[0].Says)
			}
		case !deeds[0].Done():
			rt.Fatalf("%s: by hand it is done, and %q is not: %s", state, x.comment, deeds[0].Why)
		default:
			done[x.act]++
		}
		if string(data) != string(want) {
			rt.Fatalf("%s: %q makes it\n%s\nby hand it is\n%s", state, x.comment, data, want)
		}
	})
	t.Logf("done: %v; refused: %v", done, not)
	if len(done) < 3 {
		t.Errorf("of few acts one was done: %v", done)
	}
}

// Commands of one comment are those of several, one after the other: what one of them
// cannot do holds back no other.
func TestCarryEach(t *testing.T) {
	t.Parallel()
	check, all := checker(t), states()
	rapid.Check(t, func(rt *rapid.T) {
		state := all[rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, "state")]
		asked := bot.Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: now.Add(-time.Duration(rapid.IntRange(0, 3).Draw(rt, "hours")) * time.Hour), Now: now}
		var list []comment.Command
		for _, x := range rapid.SliceOfN(typing(), 2, 4).Draw(rt, "typed") {
			list = append(list, comment.On(ci.GitHub).Read(x.comment).Commands...)
		}
		tr := opened(rt, check, state)
		data, deeds, err := bot.Carry(tr, northwind, list, asked, judge(tr))
		if err != nil {
			rt.Fatal(err)
		}
		each := []byte(state)
		for i, x := range list {
			after, alone, err := bot.Carry(tr.With(northwind, each), northwind, []comment.Command{x}, asked, judge(tr))
			if err != nil {
				rt.Fatal(err)
			}
			if alone[0].Says != deeds[i].Says || alone[0].Why != deeds[i].Why {
				rt.Fatalf("/%s %s: alone %+v, among others %+v", x.Name, x.Text, alone[0], deeds[i])
			}
			each = after
		}
		if string(each) != string(data) {
			rt.Fatalf("all of them make it\n%s\neach makes it\n%s", data, each)
		}
	})
}

// What was written a while ago has its own time, or the time at which it is done where
// the process does not let it have that any more (P37): two of one second have two times.
func TestCarryTimes(t *testing.T) {
	t.Parallel()
	check := checker(t)
	say := comment.On(ci.GitHub).Read("/update One.\n/update Two.").Commands
	for name, x := range map[string]struct {
		state string
		at    time.Time
		want  []string
	}{
		"just now":                  {"open", now, []string{"2026-11-24T09:30:00Z", "2026-11-24T09:30:01Z"}},
		"an hour ago":               {"open", now.Add(-time.Hour), []string{"2026-11-24T08:30:00Z", "2026-11-24T08:30:01Z"}},
		"before the one that there": {"long", now.Add(-time.Hour), []string{"2026-11-24T09:00:01Z", "2026-11-24T09:00:02Z"}},
	} {
		tr := opened(t, check, states()[x.state])
		data, _, err := bot.Carry(tr, northwind, say, bot.Asked{Dialect: comment.On(ci.GitHub), By: "jdoe", At: x.at, Now: now}, judge(tr))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range x.want {
			if !strings.Contains(string(data), "at: "+at) {
				t.Errorf("%s: there is no %s in\n%s", name, at, data)
			}
		}
	}
}
