package simulation

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/ledger/ledgertest"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

func threadOf(i *forgetest.Issue) forge.Thread { return forge.Thread{Number: i.Number} }

// plan is what a run would do now, in the words of the outcomes.
func (w *world) plan() []string {
	ctx := context.Background()
	b, err := ledger.Open(ctx, &ledgertest.Clone{Remote: w.remote}, "origin")
	if err != nil {
		w.fail("%v", err)
		return nil
	}
	truth, err := w.load(b.Truth)
	if err != nil {
		w.fail("%v", err)
		return nil
	}
	run := outbox.Run{Branch: b, Truth: truth, Check: check(), Destinations: (&actor{world: w}).destinations(truth.Tree), Now: (&actor{world: w}).clock}
	r, err := run.Plan(ctx)
	if err != nil {
		w.fail("plan: %v", err)
		return nil
	}
	var planned []string
	for _, n := range slices.Concat(r.Pending, r.Plan.Notices) {
		planned = append(planned, fmt.Sprintf("%s>%s %s", n.Key, n.To, n.Do))
	}
	slices.Sort(planned)
	return planned
}

// check holds what stands at the places against the files, after the last run.
func (w *world) check(last *actor) {
	for id := range w.tip().files {
		w.agrees(id, last)
	}
	w.once()
	w.failuresSettled()
	w.others()
}

// failuresSettled sees that whatever says that something was not delivered says
// otherwise once it was, and not before.
func (w *world) failuresSettled() {
	files, err := w.remote.Files(w.remote.Branches[ledger.Name])
	if err != nil {
		return
	}
	for id := range w.tip().files {
		data, _ := fs.ReadFile(files, ledger.Path(id)) // there may be none
		notices, err := ledger.Parse(ledger.Path(id), data)
		if err != nil {
			continue
		}
		for _, n := range notices {
			of, fails := n.Fails()
			if !fails || n.State != notice.Done {
				continue
			}
			w.failed++
			arrived := slices.ContainsFunc(notices, func(t notice.Notice) bool { return t.Identity() == of && t.State == notice.Done })
			for _, text := range w.texts(n) {
				if says := strings.Contains(text, "Not delivered: "); says == arrived {
					w.fail("%s has arrived: %v, and %s says %q", of.Key, arrived, n.To, short(text))
				}
			}
		}
	}
}

// texts are what stands where a notice was told: one, or none where somebody deleted
// it.
func (w *world) texts(n notice.Notice) []string {
	var all []string
	for _, r := range w.rooms {
		for _, s := range r.said {
			if s.ours && r.id+"/"+s.at == n.Ref && n.Via == "chat" {
				all = append(all, s.text)
			}
		}
	}
	for _, c := range w.lab.Store.Comments {
		if c.Author == w.lab.Store.Me && slices.Contains(markersIn(c.Body), n.Key) && !w.lab.Store.Issues[c.On.Number-1].Deleted {
			all = append(all, c.Body)
		}
	}
	return all
}

// toldCopy is an escalation as the ledger says it was told.
func (w *world) toldCopy(id schema.ID) (f file, known bool) {
	files, err := w.remote.Files(w.remote.Branches[ledger.Name], tree.Path(id))
	if err != nil {
		return file{}, false
	}
	t, err := tree.Open(files, nil)
	if err != nil || !t.Has(tree.Path(id)) {
		return file{}, false
	}
	data, _ := t.ReadFile(tree.Path(id))
	f, known = w.byText[string(data)]
	return f, known
}

// void reports whether something of an escalation was void, though nobody forged it:
// it was written down, and forced away from the default branch before it was told.
// The run said so, and what hangs together with it a person has to see to.
func (w *world) void(id schema.ID) bool {
	files, err := w.remote.Files(w.remote.Branches[ledger.Name])
	if err != nil {
		return false
	}
	data, _ := fs.ReadFile(files, ledger.Path(id)) // there may be none
	notices, err := ledger.Parse(ledger.Path(id), data)
	return err == nil && slices.ContainsFunc(notices, func(n notice.Notice) bool { return n.State == notice.Void && n.Text.Plain() != "FORGED" })
}

// agrees holds one escalation against its file.
func (w *world) agrees(id schema.ID, last *actor) {
	f := w.tip().files[id]
	told, known := w.toldCopy(id)
	if f.broken || known && told.used != f.used { // it is held
		if !last.report.Failed() {
			w.fail("%s is held, and the run does not say so", id)
		}
		if f = told; !known {
			return
		}
	}
	w.issueAgrees(f)
	w.channelAgrees(f)
	for to, said := range map[notice.Place][]word{
		notice.Announcement: w.words(id, notice.Announcement), notice.Channel: w.words(id, notice.Channel), notice.Tracking: w.comments(id),
	} {
		if w.deleted[id] && to == notice.Tracking || w.void(id) {
			continue
		}
		severity, closed := "", false
		quoted := map[int]int{}
		for _, s := range said {
			switch s.moment {
			case notice.Opened, notice.Severity, notice.Reopened:
				if m := severityIn.FindStringSubmatch(s.text); m != nil {
					severity = strings.ToLower(m[1] + m[2])
				}
			}
			switch s.moment {
			case notice.Opened, notice.Reopened:
				closed = false
			case notice.Closed:
				closed = true
			case notice.Update, notice.Significant:
				for _, u := range f.updates {
					if strings.Contains(s.text, news(u)) {
						quoted[u]++
					}
				}
			}
		}
		if to == notice.Tracking && severity == "" {
			severity = f.severity // the issue itself was told
		}
		if closed != (f.closed > 0) {
			w.fail("%s: the last word in %s says closed %v, the file %v", id, to, closed, f.closed > 0)
		}
		if severity != f.severity && f.closed == 0 {
			w.fail("%s: the last word in %s says %s, the file %s", id, to, severity, f.severity)
		}
		if to == notice.Announcement {
			continue
		}
		for _, u := range f.updates {
			anywhere := slices.ContainsFunc(said, func(s word) bool { return strings.Contains(s.text, news(u)) })
			archived := to == notice.Channel && w.missed[u]
			if !anywhere && !archived || quoted[u] > 1 {
				w.fail("%s: update %d stands in %d notices of %s, anywhere %v", id, u, quoted[u], to, anywhere)
			}
		}
	}
}

func news(u int) string { return fmt.Sprintf("News %d.", u) }

// severityIn finds the severity that a declaration or a notice of a change tells.
var severityIn = regexp.MustCompile(`(?i)severity (?:raised|lowered) from \w+ to (\w+)|severity:? (critical|high)`)

// word is what was said.
type word struct {
	moment notice.Moment
	text   string
}

// words are those that we said of an escalation in the chat.
func (w *world) words(id schema.ID, to notice.Place) []word {
	var of []*said
	for _, r := range w.rooms {
		for _, s := range r.said {
			if s.ours && s.of == id && s.to == to {
				of = append(of, s)
			}
		}
	}
	slices.SortFunc(of, func(a, b *said) int { return a.nth - b.nth })
	var all []word
	for _, s := range of {
		all = append(all, word{s.m.First().Moment, s.text})
	}
	return all
}

// comments are those that we said on an escalation's issues.
func (w *world) comments(id schema.ID) []word {
	var all []word
	for _, c := range w.lab.Store.Comments {
		if c.Author != w.lab.Store.Me {
			continue
		}
		for _, key := range markersIn(c.Body) {
			if rest, is := strings.CutPrefix(key, string(id)+" "); is {
				moment, _, _ := strings.Cut(rest, " ")
				all = append(all, word{notice.Moment(moment), c.Body})
				break
			}
		}
	}
	return all
}

func markersIn(body string) []string {
	var keys []string
	for _, m := range marker.Read(body) {
		keys = append(keys, m.What)
	}
	return keys
}

func (w *world) issueAgrees(f file) {
	var ours []*forgetest.Issue
	for _, i := range w.lab.Store.Issues {
		if i.Author == w.lab.Store.Me && !i.Deleted && slices.Contains(markersIn(i.Body), string(f.id)) {
			ours = append(ours, i)
		}
	}
	if len(ours) == 0 && w.deleted[f.id] {
		return // the next notice opens it anew
	}
	if len(ours) != 1 {
		w.fail("%s has %d issues", f.id, len(ours))
		return
	}
	i := ours[0]
	if i.Open != (f.closed == 0) {
		w.fail("%s: the issue is open: %v, closed in the file: %v", f.id, i.Open, f.closed)
	}
	if labels := slices.Sorted(slices.Values(i.Labels)); !slices.Equal(labels, []string{"escalation", "severity::" + f.severity}) {
		w.fail("%s: the issue is labelled %v, the severity %s", f.id, labels, f.severity)
	}
	if by := slices.Contains(i.Assignees, "jo"); by != (f.dri == "jdoe") {
		w.fail("%s: the issue is assigned to %v, the DRI %s", f.id, i.Assignees, f.dri)
	}
	if due := i.Due.Format("2006-01-02"); f.closed == 0 && due != fmt.Sprintf("2026-12-%02d", f.due) {
		w.fail("%s: the issue is due %s; the file %+v", f.id, due, f)
	}
	if f.closed == 0 && (!strings.Contains(i.Title, fmt.Sprintf("Summary %d ", f.summary)) || !strings.Contains(i.Body, fmt.Sprintf("Summary %d ", f.summary)) || !strings.Contains(i.Body, fmt.Sprintf("2026-12-%02d", f.due))) {
		w.fail("%s: the issue says %s: %s; the file %+v", f.id, i.Title, short(i.Body), f)
	}
}

func (w *world) channelAgrees(f file) {
	var last *room
	for _, r := range w.rooms {
		if r.of == f.id {
			last = r
		}
	}
	if last == nil {
		w.fail("%s has no channel", f.id)
		return
	}
	if last.archived != (f.closed > 0) {
		w.fail("%s: #%s is archived: %v, closed in the file: %v", f.id, last.name, last.archived, f.closed)
	}
	if f.closed == 0 && (!strings.Contains(last.topic, "severity "+f.severity) || !strings.Contains(last.topic, fmt.Sprintf("2026-12-%02d", f.due))) {
		w.fail("%s: the topic is %q; the file %+v", f.id, last.topic, f)
	}
}

// once sees that nothing stands anywhere twice, and nothing that was never true.
func (w *world) once() {
	count := map[string]int{}
	for _, r := range w.rooms {
		for _, s := range r.said {
			if !s.ours {
				continue
			}
			for _, k := range s.m.Keys() {
				count[string(s.to)+" "+k]++
			}
			w.sane(s.text)
		}
	}
	for _, c := range w.lab.Store.Comments {
		if c.Author == w.lab.Store.Me {
			for _, k := range markersIn(c.Body) {
				count[fmt.Sprint(c.On.Number, " ", k)]++
			}
			w.sane(c.Body)
		}
	}
	for k, n := range count {
		if n > 1 {
			w.fail("%s was told %d times", k, n)
		}
	}
	for _, i := range w.lab.Store.Issues {
		w.sane(i.Title + i.Body)
	}
}

func (w *world) sane(text string) {
	if strings.Contains(text, "Summary 777 ") || strings.Contains(text, "FORGED") {
		w.fail("it was never true: %s", text)
	}
}

// others sees that nothing of others was touched.
func (w *world) others() {
	for _, i := range w.lab.Store.Issues {
		if was, is := w.strange[fmt.Sprint("issue ", i.Number)]; is && was != fmt.Sprint(*i) {
			w.fail("a stranger's issue is %v, and was %v", *i, was)
		}
	}
	there := 0
	for _, c := range w.lab.Store.Comments {
		if was, is := w.strange[fmt.Sprint("comment ", c.ID)]; is {
			if there++; was != fmt.Sprint(*c) {
				w.fail("a stranger's comment is %v, and was %v", *c, was)
			}
		} else if c.Author == forgetest.Stranger {
			w.fail("a comment of nobody")
		}
		if i := w.lab.Store.Issues[c.On.Number-1]; c.Author == w.lab.Store.Me && i.Author == forgetest.Stranger {
			w.fail("we write on a stranger's issue %d", i.Number)
		}
	}
	for _, r := range w.rooms {
		if !r.ours && (r.archived || r.topic != "" || r.of == "" && r.name != "escalated_customers" && r.name != "elsewhere" && len(r.said) > 0) {
			w.fail("a stranger's channel #%s was touched", r.name)
		}
	}
}
