// Package planprint prints a plan, what came of it, and how the destinations
// differ from the ledger: for a person at a terminal, for a comment on a pull
// request or the summary of a job, and for programs.
package planprint

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Plan is a plan, and what it was made of.
type Plan struct {
	plan.Plan
	// Base says in words what the files were compared with.
	Base string
	// Pending is what an earlier run of apply did not deliver.
	Pending []notice.Notice
	// Fixes are what lint would mend by itself in the files that the plan is about.
	Fixes []Fix
}

// Text prints a plan for a person at a terminal: each text in full, under the
// places where it will stand.
func Text(w io.Writer, r Plan, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	for _, sheet := range r.sheets() {
		fmt.Fprintf(b, "%s  %s\n\n", s.Paint(terminal.Bold, string(sheet.id)), terminal.Line(string(sheet.Customer)))
		for _, t := range sheet.tellings {
			fmt.Fprintf(b, "%s\n%s\n", s.Paint(terminal.Yellow, "  "+s.Wrap(t.head(escape.Line), 2, "    ")), indented(s, t.plain))
		}
		done, byHand := r.shared(sheet.actions)
		if len(done) > 0 {
			fmt.Fprintf(b, "  %s\n", s.Paint(terminal.Yellow, "Besides"))
			for _, a := range done {
				fmt.Fprintf(b, "    %s\n", s.Wrap(terminal.Line(r.doing(a)), 4, "      "))
			}
			b.WriteByte('\n')
		}
		if len(byHand) > 0 {
			fmt.Fprintf(b, "  %s\n", s.Paint(terminal.Yellow, r.byHandHead()))
			for _, a := range byHand {
				fmt.Fprintf(b, "    %s\n", s.Wrap("[ ] "+terminal.Line(r.task(a)), 4, "        "))
			}
			b.WriteByte('\n')
		}
		for _, p := range sheet.pastes {
			fmt.Fprintf(b, "  %s\n%s\n", s.Paint(terminal.Yellow, s.Wrap(pasteHead(p), 2, "    ")), fenced(s, p.Text))
		}
	}
	for _, n := range r.Pending {
		fmt.Fprintln(b, s.WrapStated(fmt.Sprintf("Not delivered yet, and tried again by the next apply: %s, %s", terminal.Line(n.Key), whatWhere(n)), 0, "  "))
	}
	for _, a := range r.asides() {
		fmt.Fprintln(b, s.WrapStated(terminal.Line(a.text), 0, "  "))
	}
	fmt.Fprintln(b, s.WrapStated(terminal.Line(r.summary()), 0, ""))
	return b.Flush()
}

// Heads are what a plan tells, does and leaves to a person, a line each.
func Heads(r Plan) []string {
	var lines []string
	for _, sheet := range r.sheets() {
		for _, t := range sheet.tellings {
			lines = append(lines, t.head(escape.Line))
		}
		done, byHand := r.shared(sheet.actions)
		for _, a := range done {
			lines = append(lines, words.Capital(r.doing(a)))
		}
		for _, a := range byHand {
			lines = append(lines, words.Capital(r.task(a)))
		}
	}
	return lines
}

// Telling is one text that a plan tells.
type Telling struct {
	// Head says in a line what it is, where it goes and whom it mentions. What stands in
	// it is fit to be shown.
	Head string
	// Channel says that it goes to a channel, whether or not to the tracking issue as well.
	Channel bool
	// Text is what is told, as it is told.
	Text notice.Text
}

// Tellings are the texts that a plan tells, those of one text in several places once,
// and Pastes those that a person copies by hand. Besides is what is done beside them, a
// line each, and Asides why something is not told, and what somebody should know.
func Tellings(r Plan) (told, pastes []Telling, besides, asides []string) {
	for _, sheet := range r.sheets() {
		for _, t := range sheet.tellings {
			channel := slices.ContainsFunc(t.places, func(p string) bool { return strings.HasPrefix(p, "#") })
			told = append(told, Telling{t.head(escape.Line), channel, t.text})
		}
		done, byHand := r.shared(sheet.actions)
		for _, a := range done {
			besides = append(besides, escape.Line(words.Capital(r.doing(a))))
		}
		for _, a := range byHand {
			besides = append(besides, escape.Line(words.Capital(r.task(a))))
		}
		for _, p := range sheet.pastes {
			pastes = append(pastes, Telling{Head: pasteHead(p), Text: p.Text})
		}
	}
	for _, a := range r.asides() {
		asides = append(asides, escape.Line(a.text))
	}
	return told, pastes, besides, asides
}

// fenced is a text to be copied: its lines as they are, with nothing before them.
func fenced(s terminal.Screen, text notice.Text) string {
	fence := s.Paint(terminal.Faint, "--------")
	return fmt.Sprintf("%s\n%s\n%s\n", fence, escape.Terminal(text.Plain()), fence)
}

// indented is a text with a mark before each line, which keeps it apart from
// ours.
func indented(s terminal.Screen, text string) string {
	const mark = "    | "
	var b strings.Builder
	for line := range strings.Lines(escape.Terminal(text)) {
		for l := range strings.Lines(mark + s.Wrap(strings.TrimSuffix(line, "\n"), len(mark), mark+"  ")) {
			b.WriteString(strings.TrimRight(l, " \n") + "\n")
		}
	}
	return b.String()
}

// sheet is what is told and done of one escalation.
type sheet struct {
	id schema.ID
	plan.Escalation
	tellings []telling
	actions  []notice.Notice
	pastes   []plan.Paste
}

// telling is one text, and where it stands.
type telling struct {
	moment   notice.Moment
	keys     []string
	text     notice.Text
	plain    string
	mentions []schema.Handle
	places   []string
	wide     bool
}

// sheets are the escalations of which something is told or done, in the order of
// their ids. It goes through the plan once.
func (r Plan) sheets() []sheet {
	at := map[schema.ID]int{}
	var all []sheet
	of := func(id schema.ID) *sheet {
		i, known := at[id]
		if !known {
			i = len(all)
			at[id], all = i, append(all, sheet{id: id, Escalation: r.Escalations[id]})
		}
		return &all[i]
	}
	for _, m := range notice.Messages(r.Notices) {
		s := of(m.First().Escalation)
		if m.First().Tells() {
			s.tell(m, r.place(s.id, m.First().To))
		} else if !slices.ContainsFunc(s.actions, func(a notice.Notice) bool { return sameAction(a, m.First()) }) {
			s.actions = append(s.actions, m.First())
		}
	}
	for _, p := range r.Pastes {
		if i, known := at[p.Escalation]; known {
			all[i].pastes = append(all[i].pastes, p)
		}
	}
	slices.SortStableFunc(all, func(a, b sheet) int { return strings.Compare(string(a.id), string(b.id)) })
	return all
}

// sameAction reports whether the same is done in the same place, if by another
// destination.
func sameAction(a, b notice.Notice) bool {
	a.Via = b.Via
	return a.Identity() == b.Identity()
}

// tell adds a message; one of the same words to the same people as another
// stands with it.
func (s *sheet) tell(m notice.Message, place string) {
	t := telling{moment: m.First().Moment, keys: m.Keys(), text: m.Text(), mentions: m.Mentions()}
	t.plain = t.text.Plain()
	i := slices.IndexFunc(s.tellings, func(x telling) bool {
		return slices.Equal(x.keys, t.keys) && x.plain == t.plain && slices.Equal(x.mentions, t.mentions)
	})
	if i < 0 {
		i, s.tellings = len(s.tellings), append(s.tellings, t)
	}
	known := &s.tellings[i]
	if !slices.Contains(known.places, place) {
		known.places = append(known.places, place)
	}
	known.wide = known.wide || m.First().To == notice.Announcement
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
	s := fmt.Sprintf("%s in %s", titles[t.moment], words.And(places))
	if len(t.mentions) > 0 {
		handles := make([]string, len(t.mentions))
		for i, h := range t.mentions {
			handles[i] = show(string(h))
		}
		s += ", mentioning " + words.And(handles)
	}
	return s
}

// titles are the moments in words.
var titles = map[notice.Moment]string{
	notice.Opened: "Opening", notice.Reopened: "Reopening", notice.Severity: "Change of severity",
	notice.Update: "Update", notice.Significant: "Significant update", notice.DRI: "Handover",
	notice.ProductDRI: "Product DRI", notice.Criteria: "Exit criteria", notice.Steps: "Next steps",
	notice.Standup: "Standup", notice.Case: "Case", notice.Deescalated: "De-escalation", notice.Closed: "Closure", notice.Withdrawn: "Withdrawal",
	notice.Support: "Support", notice.Account: "Account", notice.Facts: "Rewritten", notice.RCA: "Root cause analysis", notice.Amended: "Corrected closure",
	notice.Reminder: "Reminder",
}

// place is a place by its own name.
func (r Plan) place(id schema.ID, to notice.Place) string {
	switch to {
	case notice.Announcement:
		return "#" + string(r.Announcement)
	case notice.Channel:
		return "#" + string(r.Escalations[id].Channel)
	case notice.Proposal:
		return "the proposal"
	default:
		return "the tracking issue"
	}
}

// byHandHead says what a checklist is. Where no destination is set up, one may be
// where the plan is carried out.
func (r Plan) byHandHead() string {
	if slices.ContainsFunc(r.Notices, func(n notice.Notice) bool { return n.Via != "" }) {
		return "To do by hand: nothing does it there"
	}
	return "To do, by hand where no destination is set up"
}

// shared says which actions a destination does and which are left to a person.
func (r Plan) shared(actions []notice.Notice) (done, byHand []notice.Notice) {
	for _, a := range actions {
		if a.Via == "" {
			byHand = append(byHand, a)
		} else {
			done = append(done, a)
		}
	}
	return done, byHand
}

// kind is that of an escalation's channel (P17).
func (r Plan) kind(id schema.ID) string {
	if r.Escalations[id].Restricted {
		return "private"
	}
	return "public"
}

// message says which message a key names, as a person looks for it.
func message(key string) string {
	parts := strings.Fields(key) // the escalation, the moment, and its time
	if len(parts) < 3 {
		return key
	}
	name := "the message \"" + cmp.Or(titles[notice.Moment(parts[1])], parts[1]) + "\""
	if at, err := time.Parse(time.RFC3339, parts[2]); err == nil {
		name += " of " + words.Stamp(at) + " UTC"
	}
	return name
}

// redacted are the words that stand in the place of an update in a text (P37).
func redacted(text notice.Text) string {
	const mark = "redacted: "
	for line := range strings.Lines(text.Plain()) {
		if at := strings.Index(line, mark); at >= 0 {
			return strings.TrimSpace(line[at:])
		}
	}
	return mark + "see the file"
}

// names are people as they are called: a handle says nothing to whoever pastes.
func (r Plan) names(list []schema.Handle) string {
	return words.And(words.Names(r.People, list))
}

// task says what a person has to do where nothing does it, with people by their
// names.
func (r Plan) task(n notice.Notice) string {
	where, who := r.place(n.Escalation, n.To), r.names(n.Mentions)
	switch n.Do {
	case notice.CreateChannel:
		return "create the " + r.kind(n.Escalation) + " channel #" + n.Text.Plain()
	case notice.Topic:
		return "give " + where + " the topic: " + n.Text.Plain()
	case notice.Invite:
		return "invite to " + where + ": " + who
	case notice.Pin:
		return "pin in " + where + ": " + n.Text.Plain()
	case notice.Bookmark:
		return "add a bookmark to " + where + ": " + n.Text.Plain()
	case notice.Archive:
		return "archive " + where
	case notice.OpenIssue:
		return "open the tracking issue: " + n.Text.Title()
	case notice.Label:
		return "give the tracking issue the label " + n.Text.Plain()
	case notice.Assign:
		return "assign the tracking issue to " + who
	case notice.CloseIssue:
		return "close the tracking issue"
	case notice.ReopenIssue:
		return "reopen the tracking issue"
	}
	if _, redacts := n.Redacts(); redacts {
		return fmt.Sprintf("edit %s: the update reads now: %s", r.edited(n), redacted(n.Text))
	}
	return "edit " + r.edited(n) + ", to say what the file says"
}

// edited says what an edit is of.
func (r Plan) edited(n notice.Notice) string {
	where := r.place(n.Escalation, n.To)
	told, redacts := n.Redacts()
	switch {
	case redacts:
		return message(told) + " in " + where
	case n.To == notice.Announcement:
		return "the declaration in " + where
	case n.To == notice.Channel:
		return "the opening message in " + where
	default:
		return "the text of " + where
	}
}

// doing says what is done beside a text.
func (r Plan) doing(n notice.Notice) string {
	where := r.place(n.Escalation, n.To)
	who := words.Join(n.Mentions, ", ")
	switch n.Do {
	case notice.CreateChannel:
		return "the " + r.kind(n.Escalation) + " channel #" + n.Text.Plain() + " is created"
	case notice.Topic:
		return where + " has the topic: " + n.Text.Plain()
	case notice.Invite:
		return "invited to " + where + ": " + who
	case notice.Pin:
		return "pinned in " + where + ": " + n.Text.Plain()
	case notice.Bookmark:
		return "a bookmark in " + where + ": " + n.Text.Plain()
	case notice.Archive:
		return where + " is archived"
	case notice.OpenIssue:
		return "the tracking issue is opened: " + n.Text.Title()
	case notice.Label:
		return "the tracking issue has the label " + n.Text.Plain()
	case notice.Assign:
		return "the tracking issue is assigned to " + who
	case notice.CloseIssue:
		return "the tracking issue is closed"
	case notice.ReopenIssue:
		return "the tracking issue is reopened"
	default:
		if _, redacts := n.Redacts(); redacts {
			return fmt.Sprintf("%s is edited: the update reads now: %s", r.edited(n), redacted(n.Text))
		}
		return r.edited(n) + " is edited, to say what the file says"
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
	for _, s := range r.Suggested {
		lines = append(lines, aside{"who else usually attends", s.Escalation, fmt.Sprintf("To the standup of %s usually come as well (P19): %s", s.Escalation, r.names(s.Attendees))})
	}
	for _, id := range r.Refused {
		lines = append(lines, aside{"what lint refuses", id, fmt.Sprintf("%s is told as it stands, but `escalate lint` refuses it", id)})
	}
	unread := map[schema.ID]bool{}
	for _, id := range r.Unread {
		unread[id] = true
	}
	for _, first := range []bool{true, false} {
		for _, q := range r.Quiet {
			if unread[q.Escalation] == first {
				lines = append(lines, aside{"why it is quiet", q.Escalation, fmt.Sprintf("#%s stays quiet about %s: %s", r.Announcement, q.Escalation, q.Why)})
			}
		}
	}
	return lines
}

// summary is the one line that every plan for people has. What several
// destinations tell or do alike counts once, as it stands there once.
func (r Plan) summary() string {
	compared := "Compared with " + r.Base + ": "
	if len(r.Notices)+len(r.Quiet) == 0 {
		return compared + "nothing changes, and nothing is announced."
	}
	notices, actions, wide := 0, 0, 0
	counted := map[notice.Identity]bool{}
	for _, n := range r.Notices {
		n.Via = ""
		if counted[n.Identity()] {
			continue
		}
		counted[n.Identity()] = true
		switch {
		case !n.Tells():
			actions++
		case n.To == notice.Announcement:
			wide++
			notices++
		default:
			notices++
		}
	}
	return fmt.Sprintf("%s%s, %d of them in #%s, and %s.", compared, words.Count(notices, "notice"), wide, r.Announcement, words.Count(actions, "action"))
}

const (
	// textClip is the longest text that Markdown shows of one notice; escaped, it
	// may become several times as long.
	textClip = 4_000
	// asideClip is the longest line about what is not told.
	asideClip = 400
)

// Markdown prints a plan for a comment on a pull request or the summary of a job
// of GitHub Actions: what goes to the wide channel and what does not to be seen at
// once, the rest to be unfolded. Nothing in it mentions anybody. What has no room
// is named.
func Markdown(w io.Writer, r Plan) error {
	b := markdown.Bounded{Command: "escalate plan"}
	b.Write(fmt.Sprintf("### What merging this announces\n\n%s\n", escape.Markdown(r.summary())))
	sheets := r.sheets()
	for _, wide := range []bool{true, false} { // what everybody will read first
		for _, s := range sheets {
			for _, t := range s.tellings {
				if t.wide == wide && !b.WriteText(func(most int) string { return markdownTelling(s.id, t, most) }) {
					b.LeaveOut("the texts", string(s.id))
				}
			}
		}
		if !wide {
			break
		}
		for i, a := range r.asides() {
			if i == 0 {
				b.Write("\n")
			}
			if !b.Write(markdownItem(a.text, asideClip)) {
				b.LeaveOut(a.kind, string(a.id))
			}
		}
		if fixes := r.markdownFixes(); !b.Write(fixes) {
			b.LeaveOut("what `lint --fix` mends", r.Fixes[0].Path)
		}
	}
	for _, s := range sheets {
		if text := r.markdownActions(s); text != "" && !b.Write(text) {
			b.LeaveOut("what is done besides", string(s.id))
		}
		for _, p := range s.pastes {
			if !b.WriteText(func(most int) string {
				return markdown.Details(fmt.Sprintf("%s: %s", s.id, pasteHead(p)), quote(p.Text.Plain(), most))
			}) {
				b.LeaveOut("what to copy by hand", string(s.id))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownItem is one item of a list, in one line.
func markdownItem(text string, most int) string {
	return fmt.Sprintf("- %s\n", escape.Markdown(escape.Line(words.Clip(text, most))))
}

func markdownTelling(id schema.ID, t telling, most int) string {
	head := fmt.Sprintf("%s: %s", id, t.head(markdown.Code))
	if t.wide {
		return fmt.Sprintf("\n**%s**\n\n%s", head, quote(t.plain, most))
	}
	return markdown.Details(head, quote(t.plain, most))
}

func (r Plan) markdownActions(s sheet) string {
	done, byHand := r.shared(s.actions)
	var text string
	if len(done) > 0 {
		var b strings.Builder
		for _, a := range done {
			b.WriteString(markdownItem(r.doing(a), textClip))
		}
		text = markdown.Details(string(s.id)+": what is done besides", b.String())
	}
	if len(byHand) > 0 {
		var b strings.Builder
		for _, a := range byHand {
			b.WriteString("- [ ] " + strings.TrimPrefix(markdownItem(r.task(a), textClip), "- "))
		}
		text += markdown.Details(string(s.id)+": "+r.byHandHead(), b.String())
	}
	return text
}

// quote shows a text as a quotation, at most so many characters of it.
func quote(text string, most int) string {
	clipped := words.Clip(text, most)
	var b strings.Builder
	for line := range strings.Lines(escape.Markdown(clipped)) {
		b.WriteString("> " + strings.TrimSuffix(line, "\n") + "\n")
	}
	if clipped != text {
		fmt.Fprintf(&b, ">\n> *…and %d characters more: `escalate plan` shows them.*\n", utf8.RuneCountInString(text)-most)
	}
	return b.String()
}
