package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// Plan is a plan, and what it was made of.
type Plan struct {
	plan.Plan
	// Base says in words what the files were compared with.
	Base string
	// Pending is what an earlier run of apply did not deliver.
	Pending []ledger.Notice
}

// PlanText prints a plan for a person at a terminal: each text in full, under
// the places where it will stand.
func PlanText(w io.Writer, r Plan, o TextOptions) error {
	b := bufio.NewWriter(w)
	p := painter(o.Color)
	for _, id := range r.ids() {
		fmt.Fprintf(b, "%s  %s\n\n", p.paint(bold, string(id)), oneLine(string(r.Escalations[id].Customer)))
		for _, t := range r.tellings(id) {
			fmt.Fprintf(b, "  %s\n%s\n", p.paint(yellow, t.head(escape.Line)), indented(t.Text))
		}
		if actions := r.actionsOf(id); len(actions) > 0 {
			fmt.Fprintf(b, "  %s\n", p.paint(yellow, "Besides"))
			for _, a := range actions {
				fmt.Fprintf(b, "    %s\n", oneLine(r.doing(a)))
			}
			b.WriteByte('\n')
		}
		for _, paste := range r.pastesOf(id) {
			// With nothing before its lines, so that it can be copied.
			fmt.Fprintf(b, "  %s\n%s\n%s\n%s\n\n", p.paint(yellow, pasteHead(paste)), p.paint(faint, fence), escape.Terminal(paste.Text), p.paint(faint, fence))
		}
	}
	for _, n := range r.Pending {
		fmt.Fprintf(b, "Not delivered yet, and tried again by the next apply: %s, %s\n", oneLine(n.Key), whatWhere(outbox.Outcome{Notice: n}))
	}
	for _, a := range r.asides() {
		fmt.Fprintln(b, oneLine(a.text))
	}
	fmt.Fprintln(b, oneLine(r.summary()))
	return b.Flush()
}

// fence stands above and below a text that is to be copied.
const fence = "--------"

// oneLine makes one line of s that is fit for a terminal and a log.
func oneLine(s string) string { return escape.Terminal(escape.Line(s)) }

// indented is a text with a mark before each line, which keeps it apart from
// ours.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(escape.Terminal(text)) {
		b.WriteString(strings.TrimRight("    | "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
	return b.String()
}

// telling is one text and where it stands.
type telling struct {
	plan.Notice
	places []string
	wide   bool
}

// head says where a text goes, and whom it mentions. show makes a name of a
// channel or a person fit to be shown.
func (t telling) head(show func(string) string) string {
	places := slices.Clone(t.places)
	for i, p := range places {
		if strings.HasPrefix(p, "#") {
			places[i] = show(p)
		}
	}
	s := fmt.Sprintf("%s in %s", title(t.Moment), list(places))
	if len(t.Mentions) > 0 {
		handles := make([]string, len(t.Mentions))
		for i, h := range t.Mentions {
			handles[i] = show(string(h))
		}
		s += ", mentioning " + list(handles)
	}
	return s
}

// titles are the moments in words.
var titles = map[change.Moment]string{
	change.Opened: "Opening", change.Reopened: "Reopening", change.Severity: "Change of severity",
	change.Update: "Update", change.Significant: "Significant update", change.DRI: "New DRI",
	change.ProductDRI: "Product DRI", change.Criteria: "Exit criteria", change.Steps: "Next steps",
	change.Standup: "Standup", change.Case: "Case", change.Deescalated: "De-escalation", change.Closed: "Closure",
}

func title(m change.Moment) string { return titles[m] }

// ids are the escalations of which something is told or done, in order.
func (r Plan) ids() []schema.ID {
	var ids []schema.ID
	for id := range r.Escalations {
		if len(r.tellings(id))+len(r.actionsOf(id)) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// tellings are the notices of an escalation, those of the same words to the
// same people as one.
func (r Plan) tellings(id schema.ID) []telling {
	var ts []telling
	for _, n := range r.messages(id) {
		i := slices.IndexFunc(ts, func(t telling) bool {
			return t.Key == n.Key && t.Text == n.Text && slices.Equal(t.Mentions, n.Mentions)
		})
		if i < 0 {
			i, ts = len(ts), append(ts, telling{Notice: n})
		}
		ts[i].places = append(ts[i].places, r.place(id, n.To))
		ts[i].wide = ts[i].wide || n.To == plan.Announcement
	}
	return ts
}

// messages are the notices of an escalation, those that are one line in one
// place as one.
func (r Plan) messages(id schema.ID) []plan.Notice {
	var ms []plan.Notice
	for _, n := range r.Notices {
		if n.Escalation != id {
			continue
		}
		i := slices.IndexFunc(ms, func(m plan.Notice) bool {
			return plan.OneLine(m.Moment) && plan.OneLine(n.Moment) && m.To == n.To
		})
		if i < 0 {
			ms = append(ms, n)
			continue
		}
		ms[i].Text += "\n" + n.Text
		ms[i].Mentions = process.Each(slices.Concat(ms[i].Mentions, n.Mentions))
	}
	return ms
}

func (r Plan) actionsOf(id schema.ID) []plan.Action {
	return slices.DeleteFunc(slices.Clone(r.Actions), func(a plan.Action) bool { return a.Escalation != id })
}

func (r Plan) pastesOf(id schema.ID) []plan.Paste {
	return slices.DeleteFunc(slices.Clone(r.Pastes), func(p plan.Paste) bool { return p.Escalation != id })
}

// place is a place by its own name.
func (r Plan) place(id schema.ID, to plan.Place) string {
	switch to {
	case plan.Announcement:
		return "#" + string(r.Announcement)
	case plan.Channel:
		return "#" + string(r.Escalations[id].Channel)
	default:
		return "the tracking issue"
	}
}

// doing says what an action does.
func (r Plan) doing(a plan.Action) string {
	where := r.place(a.Escalation, a.To)
	who := make([]string, len(a.People))
	for i, h := range a.People {
		who[i] = string(h)
	}
	switch a.Do {
	case plan.CreateChannel:
		return "the channel #" + a.Text + " is created"
	case plan.Topic:
		return where + " has the topic: " + a.Text
	case plan.Invite:
		return "invited to " + where + ": " + strings.Join(who, ", ")
	case plan.Pin:
		return "pinned in " + where + ": " + a.Text
	case plan.Bookmark:
		return "a bookmark in " + where + ": " + a.Text
	case plan.Archive:
		return where + " is archived"
	case plan.OpenIssue:
		title, _, _ := strings.Cut(a.Text, "\n")
		return "the tracking issue is opened: " + title
	case plan.Label:
		return "the tracking issue has the label " + a.Text
	case plan.Assign:
		return "the tracking issue is assigned to " + strings.Join(who, ", ")
	case plan.CloseIssue:
		return "the tracking issue is closed"
	case plan.ReopenIssue:
		return "the tracking issue is reopened"
	default:
		if a.To == plan.Announcement {
			return "the declaration in " + where + " is edited: it gets the link of the case"
		}
		return "the text of " + where + " is brought up to date"
	}
}

func pasteHead(p plan.Paste) string {
	if p.Into == "case" {
		return "To copy by hand into the fields of the case (P16)"
	}
	return "To copy by hand into the CTA of the case (P24, P33)"
}

// aside is a line about what is not told.
type aside struct {
	kind string
	id   schema.ID
	text string
}

// asides say what is not announced and why, and which roles nobody holds: first
// what somebody has to see to.
func (r Plan) asides() []aside {
	var lines []aside
	for _, u := range r.Unfilled {
		lines = append(lines, aside{"the roles that nobody holds", u.Escalation, fmt.Sprintf("Nobody holds the role %s, which must be informed of %s (P5)", u.Role, u.Escalation)})
	}
	for _, unread := range []bool{true, false} {
		for _, q := range r.Quiet {
			if slices.Contains(r.Unread, q.Escalation) == unread {
				lines = append(lines, aside{"why it is quiet", q.Escalation, fmt.Sprintf("#%s stays quiet about %s: %s", r.Announcement, q.Escalation, q.Why)})
			}
		}
	}
	return lines
}

// summary is the one line that every plan for people has.
func (r Plan) summary() string {
	compared := "Compared with " + r.Base + ": "
	if len(r.Notices)+len(r.Actions)+len(r.Quiet) == 0 {
		return compared + "nothing changes, and nothing is announced."
	}
	wide := 0
	for _, n := range r.Notices {
		if n.To == plan.Announcement {
			wide++
		}
	}
	return fmt.Sprintf("%s%s, %d of them in #%s, and %s.", compared, count(len(r.Notices), "notice"), wide, r.Announcement, count(len(r.Actions), "action"))
}

// list writes words as a sentence has them.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

const (
	// MaxComment is how many characters PlanMarkdown prints at most. GitHub
	// takes 65,536 of a comment, and others may stand around it.
	MaxComment = 60_000
	// commentClip is the longest text that is shown in it; escaped, it may
	// become several times as long.
	commentClip = 4_000
	// asideClip is the longest line about what is not told.
	asideClip = 400
	// leftOutMost is how many characters there are for naming what has no room.
	leftOutMost = 6_000
)

// PlanMarkdown prints a plan for a comment on a pull request or the summary of
// a job of GitHub Actions: what goes to the wide channel and what does not to be
// seen at once, the rest to be unfolded. Nothing in it mentions anybody. What has
// no room is named.
func PlanMarkdown(w io.Writer, r Plan) error {
	b := bounded{left: map[string][]string{}}
	b.write(fmt.Sprintf("### What merging this announces\n\n%s\n", escape.Markdown(r.summary())))
	ids := r.ids()
	for _, wide := range []bool{true, false} { // what everybody will read first
		for _, id := range ids {
			for _, t := range r.tellings(id) {
				if t.wide == wide && !b.writeText(func(most int) string { return markdownTelling(id, t, most) }) {
					b.leaveOut("the texts", string(id))
				}
			}
		}
		if !wide {
			break
		}
		for i, a := range r.asides() {
			if i == 0 {
				b.write("\n")
			}
			if !b.write(fmt.Sprintf("- %s\n", escape.Markdown(escape.Line(escape.Clip(a.text, asideClip))))) {
				b.leaveOut(a.kind, string(a.id))
			}
		}
	}
	for _, id := range ids {
		if s := r.markdownActions(id); s != "" && !b.write(s) {
			b.leaveOut("what is done besides", string(id))
		}
		for _, p := range r.pastesOf(id) {
			if !b.writeText(func(most int) string { return details(fmt.Sprintf("%s: %s", id, pasteHead(p)), quote(p.Text, most)) }) {
				b.leaveOut("what to copy by hand", string(id))
			}
		}
	}
	_, err := io.WriteString(w, b.String()+b.leftOut())
	return err
}

// bounded is a comment that is being written.
type bounded struct {
	strings.Builder
	size  int                 // in characters
	left  map[string][]string // what has no room: of which escalations
	kinds []string            // the keys of left, in order
}

// write writes s if there is room for it.
func (b *bounded) write(s string) bool {
	n := utf8.RuneCountInString(s)
	if b.size+n > MaxComment-leftOutMost {
		return false
	}
	b.size += n
	b.WriteString(s)
	return true
}

// writeText writes a text, if need be the beginning of it only.
func (b *bounded) writeText(text func(most int) string) bool {
	for _, most := range []int{commentClip, commentClip / 8, commentClip / 32} {
		if b.write(text(most)) {
			return true
		}
	}
	return false
}

func (b *bounded) leaveOut(kind, id string) {
	if _, known := b.left[kind]; !known {
		b.kinds = append(b.kinds, kind)
	}
	if !slices.Contains(b.left[kind], id) {
		b.left[kind] = append(b.left[kind], id)
	}
}

// leftOut names what has no room.
func (b *bounded) leftOut() string {
	if len(b.kinds) == 0 {
		return ""
	}
	s := "\nLeft out here, since a comment has no room for more; `escalate plan` shows it:\n"
	share := (leftOutMost - len(s) - 200) / len(b.kinds)
	for _, kind := range b.kinds {
		line, ids := "- "+kind+" of ", b.left[kind]
		for i, id := range ids {
			if i > 0 {
				line += ", "
			}
			if len(line)+len(id) > share {
				line += fmt.Sprintf("and %d more", len(ids)-i)
				break
			}
			line += codeSpan(id)
		}
		s += line + "\n"
	}
	return s
}

func markdownTelling(id schema.ID, t telling, most int) string {
	head := fmt.Sprintf("%s: %s", id, t.head(codeSpan))
	if t.wide {
		return fmt.Sprintf("\n**%s**\n\n%s", head, quote(t.Text, most))
	}
	return details(head, quote(t.Text, most))
}

func (r Plan) markdownActions(id schema.ID) string {
	var b strings.Builder
	for _, a := range r.actionsOf(id) {
		fmt.Fprintf(&b, "- %s\n", escape.Markdown(escape.Line(escape.Clip(r.doing(a), commentClip))))
	}
	if b.Len() == 0 {
		return ""
	}
	return details(string(id)+": what is done besides", b.String())
}

// details is text that is unfolded by its title, which is Markdown as well.
func details(title, text string) string {
	return fmt.Sprintf("\n<details><summary>\n\n%s\n\n</summary>\n\n%s\n</details>\n", title, text)
}

// quote shows a text as a quotation, at most so many characters of it.
func quote(text string, most int) string {
	clipped := escape.Clip(text, most)
	var b strings.Builder
	for line := range strings.Lines(escape.Markdown(clipped)) {
		b.WriteString("> " + strings.TrimSuffix(line, "\n") + "\n")
	}
	if clipped != text {
		fmt.Fprintf(&b, ">\n> *…and %d characters more: `escalate plan` shows them.*\n", utf8.RuneCountInString(text)-most)
	}
	return b.String()
}

// The shapes of JSON of plan and apply.
type (
	planJSON struct {
		Notices  []noticeJSON   `json:"notices"`
		Actions  []actionJSON   `json:"actions"`
		Quiet    []quietJSON    `json:"quiet"`
		Unfilled []unfilledJSON `json:"unfilled"`
		Paste    []pasteJSON    `json:"paste"`
	}
	noticeJSON struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Moment     string          `json:"moment"`
		To         string          `json:"to"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
		*deliveryJSON
	}
	actionJSON struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Do         string          `json:"do"`
		To         string          `json:"to"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
		*deliveryJSON
	}
	// deliveryJSON is what apply adds.
	deliveryJSON struct {
		Via   string `json:"via"`
		State string `json:"state"`
		URL   string `json:"url"`
		Error string `json:"error,omitempty"`
		Note  string `json:"note,omitempty"`
	}
	quietJSON struct {
		Escalation schema.ID `json:"escalation"`
		Why        string    `json:"why"`
	}
	unfilledJSON struct {
		Escalation schema.ID   `json:"escalation"`
		Role       schema.Role `json:"role"`
	}
	pasteJSON struct {
		Escalation schema.ID `json:"escalation"`
		Into       string    `json:"into"`
		Text       string    `json:"text"`
	}
)

// noticeOf and actionOf are a line of the ledger, as what it tells or does.
func noticeOf(n ledger.Notice) noticeJSON {
	return noticeJSON{Key: n.Key, Escalation: n.Escalation, Moment: n.Moment, To: n.To, Mentions: handles(n.Mentions), Text: n.Text}
}

func actionOf(n ledger.Notice) actionJSON {
	return actionJSON{Key: n.Key, Escalation: n.Escalation, Do: n.Do, To: n.To, Mentions: handles(n.Mentions), Text: n.Text}
}

func newPlanJSON(r Plan) planJSON {
	out := planJSON{[]noticeJSON{}, []actionJSON{}, []quietJSON{}, []unfilledJSON{}, []pasteJSON{}}
	for _, n := range r.Pending {
		if n.Do == "" {
			out.Notices = append(out.Notices, noticeOf(n))
		} else {
			out.Actions = append(out.Actions, actionOf(n))
		}
	}
	for _, n := range r.Notices {
		out.Notices = append(out.Notices, noticeJSON{n.Key, n.Escalation, string(n.Moment), string(n.To), handles(n.Mentions), n.Text, nil})
	}
	for _, a := range r.Actions {
		out.Actions = append(out.Actions, actionJSON{a.Key, a.Escalation, string(a.Do), string(a.To), handles(a.People), a.Text, nil})
	}
	for _, q := range r.Quiet {
		out.Quiet = append(out.Quiet, quietJSON(q))
	}
	for _, u := range r.Unfilled {
		out.Unfilled = append(out.Unfilled, unfilledJSON(u))
	}
	for _, p := range r.Pastes {
		out.Paste = append(out.Paste, pasteJSON(p))
	}
	return out
}

// PlanJSON prints a plan for programs, in the shape that is promised to them.
func PlanJSON(w io.Writer, r Plan) error { return encode(w, newPlanJSON(r)) }
