package tracking

import (
	"context"
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// Verify compares what the ledger says was told on the forge with what stands
// there. The people who were mentioned, the line of links and the addresses of
// symbolic links are not compared: what they were when it was told is not known.
func (t *Tracking) Verify(ctx context.Context, told []notice.Notice) ([]destination.Difference, error) {
	found, err := t.standing(ctx, told)
	if err != nil {
		return nil, err
	}
	var differences []destination.Difference
	known := map[string]bool{} // also what is not told yet, and may stand there already
	redacted := map[string]notice.Text{}
	for _, n := range told {
		known[n.Key], known[string(n.Escalation)] = true, true
		if _, redacts := n.Redacts(); redacts && n.State == notice.Done && n.Via == t.traits.Via {
			redacted[n.Ref] = n.Text
		}
	}
	// compare compares what stands at a marker with what was told.
	compare := func(n notice.Notice, key, title string, text notice.Text) {
		fault, where := destination.Fault(""), n.URL
		switch at := found[key]; {
		case len(at) == 0:
			fault = destination.Missing
		case len(at) > 1:
			fault, where = destination.Doubled, at[len(at)-1].url
		case at[0].title != title || !t.reads(at[0].body, text):
			fault, where = destination.Edited, at[0].url
		}
		if fault != "" {
			differences = append(differences, destination.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: fault, URL: where})
		}
	}
	for _, m := range t.messages(told) {
		if m.First().Tells() {
			text := m.Text()
			if now, is := redacted[m.First().Ref]; is {
				text = now
			}
			for _, n := range m {
				compare(n, n.Key, "", text)
			}
			continue
		}
		last := m[len(m)-1] // the issue itself, in its last words
		compare(m.First(), string(last.Escalation), t.title(last), last.Text.Body())
	}
	for key, at := range found {
		if !known[key] {
			differences = append(differences, destination.Difference{Key: key, To: notice.Tracking, Fault: destination.Orphaned, URL: at[0].url})
		}
	}
	slices.SortFunc(differences, func(a, b destination.Difference) int { return strings.Compare(a.Key, b.Key) })
	return differences, nil
}

// messages are what was told here: the texts of one comment together, and those
// that an issue was given, one after the other.
func (t *Tracking) messages(told []notice.Notice) []notice.Message {
	var all []notice.Message
	at := map[string]int{}
	for _, n := range told {
		if n.Via != t.traits.Via || n.State != notice.Done {
			continue
		}
		ref := n.Ref
		switch {
		case n.Tells() && n.Moment != notice.Opened:
		case gives(n):
			ref = "issue " + string(n.Escalation)
		default:
			continue
		}
		i, ok := at[ref]
		if !ok {
			i = len(all)
			at[ref] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], n)
	}
	return all
}

// mentions are what a body ends in before its markers. No text from a file can
// look like it.
var mentions = regexp.MustCompile(`(?:^|\n\n)cc(?: @[0-9A-Za-z_.-]+)+$`)

// reads reports whether a body says a text.
func (t *Tracking) reads(body string, text notice.Text) bool {
	body = unmarked(body)
	body = unresolved(strings.TrimSpace(mentions.ReplaceAllString(body, "")), text)
	if links := markdown.Render(t.links(text), markdown.Options{}); links != "" {
		body = strings.TrimSpace(strings.TrimSuffix("\n\n"+body, "\n\n"+links))
	}
	want := strings.TrimSpace(t.words(text, nil, t.traits.MaxBody-reserved))
	linked := slices.ContainsFunc(text, func(b notice.Block) bool { return b.Links != nil })
	return body == want || !linked && bare(body) == bare(want)
}

// markup is what the first version escaped words with, and we do in another way:
// a backslash at line ends and before signs, a span around them.
var markup = regexp.MustCompile("</?span>|[\\\\`\\s]+")

// bare is a body without its markup. By it a text of the first version is
// compared, which is known by having no line of links.
func bare(body string) string { return markup.ReplaceAllString(html.UnescapeString(body), "") }

// nowhere is an address for a link that is to be recognized, wherever it leads.
const nowhere = "https://nowhere.invalid"

// unresolved is a body in which the symbolic links of a text are words alone.
func unresolved(body string, text notice.Text) string {
	for _, l := range symbolic(text) {
		linked := markdown.Line(notice.Line{l}, func(notice.Spot) string { return nowhere })
		anywhere := strings.Replace(regexp.QuoteMeta(linked), regexp.QuoteMeta("("+nowhere+")"), `\((?:<[^<>\s]*>|[^()<>\s]*)\)`, 1)
		body = regexp.MustCompile(anywhere).ReplaceAllLiteralString(body, markdown.Line(notice.Line{l}, nil))
	}
	return body
}

// symbolic are the symbolic links in a text.
func symbolic(text notice.Text) []notice.Inline {
	var all []notice.Inline
	for _, b := range text {
		lines := []notice.Line{b.Title, b.Heading, b.Paragraph, b.Links}
		for _, f := range b.Fields {
			lines = append(lines, f.Value)
		}
		for _, item := range b.List {
			lines = append(lines, item.Text)
		}
		if b.Quote != nil {
			lines = append(lines, b.Quote.Head)
		}
		for _, i := range slices.Concat(lines...) {
			if i.Place != "" {
				all = append(all, i)
			}
		}
	}
	return all
}

// place is where a marker stands.
type place struct{ url, title, body string } // a comment has no title

// standing returns, of each marker, where it stands: in the issues with our
// label and those that the ledger names, and in their comments. Markers of
// strangers are not believed, unless the ledger names where they stand: another
// token may have written it.
func (t *Tracking) standing(ctx context.Context, told []notice.Notice) (map[string][]place, error) {
	refs, urls, numbers := map[string]bool{}, map[string]bool{}, []int{}
	unsigned := map[string]bool{} // what may have been written before there was a key
	for _, n := range told {
		unsigned[n.Key] = !n.Signed
		if n.Do == notice.OpenIssue {
			unsigned[string(n.Escalation)] = !n.Signed
		}
		if n.Via == t.traits.Via && n.Ref != "" {
			number := t.numberOf([]notice.Notice{n})
			refs[n.Ref], refs[strconv.Itoa(number)] = true, true
			urls[n.URL] = true
			numbers = append(numbers, number)
		}
	}
	found := map[string][]place{}
	var others []writing // which the ledger does not name
	take := func(ref string, all []writing) {
		for _, w := range all {
			switch {
			case !refs[ref]:
				others = append(others, w)
			default:
				found[w.What] = append(found[w.What], place{w.url, w.title, w.body})
				if urls[w.url] {
					t.proves(w.by)
				}
			}
		}
	}
	var commented []int
	seen := map[int]bool{0: true}
	issue := func(i forge.Issue) error {
		seen[i.Number] = true
		if i.ChangeRequest {
			return nil
		}
		if i.Comments != 0 {
			commented = append(commented, i.Number)
		}
		take(strconv.Itoa(i.Number), t.marked(i))
		return nil
	}
	for i, err := range t.forge.Issues(ctx, label) {
		if err == nil {
			err = issue(i)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, number := range numbers { // somebody may have renamed the label
		if seen[number] {
			continue
		}
		seen[number] = true
		i, err := t.forge.Issue(ctx, number)
		if err == nil {
			err = issue(i)
		}
		if err != nil && !errors.Is(err, forge.ErrGone) {
			return nil, err
		}
	}
	for _, number := range commented {
		on := forge.Thread{Number: number}
		for c, err := range t.forge.Comments(ctx, on) {
			if err != nil {
				return nil, fmt.Errorf("issue %d: %w", number, err)
			}
			take(refOf(number, c.ID), t.markedComment(on, c))
		}
	}
	for _, w := range others {
		is, err := t.believed(ctx, w, unsigned[w.What])
		if err != nil {
			return nil, err
		}
		if is {
			found[w.What] = append(found[w.What], place{w.url, w.title, w.body})
		}
	}
	return found, nil
}
