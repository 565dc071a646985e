package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/schema"
)

// Plan is a plan, and what it was made of.
type Plan struct {
	plan.Plan
	// Base says in words what the files were compared with.
	Base string
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
	for _, line := range r.asides() {
		fmt.Fprintln(b, oneLine(line))
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
	for _, n := range r.Notices {
		if n.Escalation != id {
			continue
		}
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
		return where + " follows the file"
	}
}

func pasteHead(p plan.Paste) string {
	if p.Into == "case" {
		return "To copy by hand into the fields of the case (P16)"
	}
	return "To copy by hand into the CTA of the case (P24, P33)"
}

// asides say what is not announced and why, and which roles nobody holds.
func (r Plan) asides() []string {
	var lines []string
	for _, q := range r.Quiet {
		lines = append(lines, fmt.Sprintf("#%s stays quiet about %s: %s", r.Announcement, q.Escalation, q.Why))
	}
	for _, u := range r.Unfilled {
		lines = append(lines, fmt.Sprintf("Nobody holds the role %s, which must be informed of %s (P5)", u.Role, u.Escalation))
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
	// maxLeftOut is how many of what had no room are named.
	maxLeftOut = 20
)

// PlanMarkdown prints a plan for a comment on a pull request or the summary of
// a job of GitHub Actions: what goes to the wide channel to be seen at once, the
// rest to be unfolded. Nothing in it mentions anybody. What has no room is
// named.
func PlanMarkdown(w io.Writer, r Plan) error {
	const reserve = 4_000 // for what is left out
	var b strings.Builder
	size := 0
	write := func(s string) bool {
		n := len([]rune(s))
		if size+n > MaxComment-reserve {
			return false
		}
		size += n
		b.WriteString(s)
		return true
	}
	var left []string
	write(fmt.Sprintf("### What merging this announces\n\n%s\n", escape.GitHub(r.summary())))
	ids := r.ids()
	for _, wide := range []bool{true, false} { // what everybody will read first
		for _, id := range ids {
			for _, t := range r.tellings(id) {
				if t.wide == wide && !write(markdownTelling(id, t)) {
					left = append(left, fmt.Sprintf("the text of %s: %s", id, strings.ToLower(title(t.Moment))))
				}
			}
		}
		if !wide {
			break
		}
		var lines strings.Builder
		for _, line := range r.asides() {
			fmt.Fprintf(&lines, "\n- %s", escape.GitHub(escape.Clip(line, commentClip)))
		}
		if lines.Len() > 0 && !write(lines.String()+"\n") {
			left = append(left, "what is not announced, and the roles that nobody holds")
		}
	}
	for _, id := range ids {
		if s := r.markdownActions(id); s != "" && !write(s) {
			left = append(left, fmt.Sprintf("what is done besides for %s", id))
		}
		for _, p := range r.pastesOf(id) {
			if !write(details(fmt.Sprintf("%s: %s", id, pasteHead(p)), quote(p.Text))) {
				left = append(left, fmt.Sprintf("what to copy into the %s of %s", p.Into, id))
			}
		}
	}
	if len(left) > 0 {
		b.WriteString("\nLeft out here, since a comment has no room for more; `escalate plan` shows it:\n")
		for i, l := range left {
			if i == maxLeftOut {
				fmt.Fprintf(&b, "- and %d more\n", len(left)-i)
				break
			}
			fmt.Fprintf(&b, "- %s\n", escape.GitHub(escape.Line(l)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownTelling(id schema.ID, t telling) string {
	head := fmt.Sprintf("%s: %s", id, t.head(codeSpan))
	if t.wide {
		return fmt.Sprintf("\n**%s**\n\n%s", head, quote(t.Text))
	}
	return details(head, quote(t.Text))
}

func (r Plan) markdownActions(id schema.ID) string {
	var b strings.Builder
	for _, a := range r.actionsOf(id) {
		fmt.Fprintf(&b, "- %s\n", escape.GitHub(escape.Line(escape.Clip(r.doing(a), commentClip))))
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

// quote shows a text as a quotation.
func quote(text string) string {
	clipped := escape.Clip(text, commentClip)
	var b strings.Builder
	for line := range strings.Lines(escape.GitHub(clipped)) {
		b.WriteString("> " + strings.TrimSuffix(line, "\n") + "\n")
	}
	if clipped != text {
		fmt.Fprintf(&b, ">\n> *…and %d characters more: `escalate plan` shows them.*\n", len([]rune(text))-commentClip)
	}
	return b.String()
}

// PlanJSON prints a plan for programs, in the shape that is promised to them.
func PlanJSON(w io.Writer, r Plan) error {
	type notice struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Moment     change.Moment   `json:"moment"`
		To         plan.Place      `json:"to"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
	}
	type action struct {
		Key        string          `json:"key"`
		Escalation schema.ID       `json:"escalation"`
		Do         plan.Doing      `json:"do"`
		To         plan.Place      `json:"to"`
		Mentions   []schema.Handle `json:"mentions"`
		Text       string          `json:"text"`
	}
	type quiet struct {
		Escalation schema.ID `json:"escalation"`
		Why        string    `json:"why"`
	}
	type unfilled struct {
		Escalation schema.ID   `json:"escalation"`
		Role       schema.Role `json:"role"`
	}
	type paste struct {
		Escalation schema.ID `json:"escalation"`
		Into       string    `json:"into"`
		Text       string    `json:"text"`
	}
	out := struct {
		Notices  []notice   `json:"notices"`
		Actions  []action   `json:"actions"`
		Quiet    []quiet    `json:"quiet"`
		Unfilled []unfilled `json:"unfilled"`
		Paste    []paste    `json:"paste"`
	}{[]notice{}, []action{}, []quiet{}, []unfilled{}, []paste{}}
	for _, n := range r.Notices {
		out.Notices = append(out.Notices, notice{n.Key, n.Escalation, n.Moment, n.To, append([]schema.Handle{}, n.Mentions...), n.Text})
	}
	for _, a := range r.Actions {
		out.Actions = append(out.Actions, action{a.Key, a.Escalation, a.Do, a.To, append([]schema.Handle{}, a.People...), a.Text})
	}
	for _, q := range r.Quiet {
		out.Quiet = append(out.Quiet, quiet(q))
	}
	for _, u := range r.Unfilled {
		out.Unfilled = append(out.Unfilled, unfilled(u))
	}
	for _, p := range r.Pastes {
		out.Paste = append(out.Paste, paste(p))
	}
	return encode(w, out)
}
