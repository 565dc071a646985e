package tracking

import (
	"context"
	"errors"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/markdown"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Verify compares what the ledger says was told on the forge with what stands
// there, and says what people did to the issues by hand. The people who were
// mentioned, the line of links and the addresses of symbolic links are not compared:
// what they were when it was told is not known. Nor is what issues have beside their
// words by the files, which Restore sees to. Nor are reminders on a pull request once
// its escalation is opened: nobody needs them any more.
func (t *Tracking) Verify(ctx context.Context, told []notice.Notice) ([]destination.Difference, error) {
	told = withoutMerged(told)
	threads := threadsOf(told)
	is, err := t.standing(ctx, told)
	if err != nil {
		return nil, err
	}
	var differences []destination.Difference
	differs := func(n notice.Notice, f destination.Fault, says, url string) {
		differences = append(differences, destination.Difference{Key: n.Key, Escalation: n.Escalation, To: n.To, Fault: f, Says: says, URL: url})
	}
	known := map[string]bool{} // also what is not told yet, and may stand there already
	redacted := map[string]notice.Text{}
	for _, n := range told {
		known[n.Key], known[string(n.Escalation)] = true, true
		if _, redacts := n.Redacts(); redacts && n.State == notice.Done && n.Via == t.traits.Via {
			redacted[n.Ref] = n.Text
		}
	}
	for _, m := range t.messages(told) {
		if is.gone[m.First().Change()] {
			continue
		}
		text := m.Text()
		if now, is := redacted[m.First().Ref]; is {
			text = now
		}
		for _, n := range m {
			switch at := is.found[n.Key]; {
			case len(at) > 1:
				differs(n, destination.Doubled, "", at[len(at)-1].url)
			case len(at) == 1 && !t.reads(at[0].body, text):
				differs(n, destination.Edited, "its text was changed", at[0].url)
			case len(at) == 0:
				says := "the comment was deleted, or its hidden marker is gone"
				if why := is.away[t.Number(m[:1])]; why != nil {
					says = wayOf(why)
				}
				differs(n, destination.Missing, says, n.URL)
			}
		}
	}
	for _, thread := range threads {
		number := t.Number(thread)
		if number == 0 {
			continue
		}
		first := t.first(thread)
		if i, there := is.issues[number]; there && t.stands(i, thread) {
			hands, err := t.hands(ctx, i, thread, nil, nil)
			if err != nil {
				return nil, err
			}
			for _, h := range hands {
				differs(first, h.fault, h.says, i.URL)
			}
		} else if why := is.away[number]; why != nil {
			fault, url := destination.Missing, first.URL
			var moved *forge.MovedError
			if errors.As(why, &moved) {
				fault, url = destination.Moved, moved.To
			}
			differs(first, fault, wayOf(why), url)
		} else {
			differs(first, destination.Missing, "the issue of that number is another one", first.URL)
		}
		if at := is.found[string(first.Escalation)]; len(at) > 1 {
			differs(first, destination.Doubled, "", at[len(at)-1].url)
		}
	}
	for key, at := range is.found {
		if !known[key] && tells(key) {
			to := notice.Tracking
			if at[0].at.Kind == marker.Change {
				to = notice.Proposal
			}
			differences = append(differences, destination.Difference{Key: key, To: to, Fault: destination.Orphaned, URL: at[0].url})
		}
	}
	slices.SortStableFunc(differences, func(a, b destination.Difference) int { return strings.Compare(a.Key, b.Key) })
	return differences, nil
}

// withoutMerged is what was told, without the reminders on the pull requests of
// escalations that are opened.
func withoutMerged(told []notice.Notice) []notice.Notice {
	opened := map[schema.ID]bool{}
	for _, n := range told {
		opened[n.Escalation] = opened[n.Escalation] || n.To != notice.Proposal
	}
	return slices.DeleteFunc(slices.Clone(told), func(n notice.Notice) bool { return n.To == notice.Proposal && opened[n.Escalation] })
}

// tells reports whether a marker is that of something that is told of an escalation.
// Others are of what Keep keeps, such as the answers to comments: of them the ledger
// has nothing.
func tells(key string) bool {
	id, _, _ := strings.Cut(key, " ")
	return schema.ID(id).Valid()
}

// threadsOf parts what was told by escalation.
func threadsOf(told []notice.Notice) [][]notice.Notice {
	var all [][]notice.Notice
	at := map[schema.ID]int{}
	for _, n := range told {
		i, known := at[n.Escalation]
		if !known {
			i = len(all)
			at[n.Escalation] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], n)
	}
	return all
}

// first is the notice that the issue of a thread is named by: the one that opened it
// or, where it was adopted, the first that was told there.
func (t *Tracking) first(thread []notice.Notice) notice.Notice {
	here := func(n notice.Notice) bool { return n.Via == t.traits.Via && n.State == notice.Done }
	i := slices.IndexFunc(thread, func(n notice.Notice) bool { return here(n) && n.Do == notice.OpenIssue })
	if i < 0 {
		i = slices.IndexFunc(thread, func(n notice.Notice) bool { return here(n) && n.Ref != "" })
	}
	return thread[i]
}

// messages are the comments that were told here, each with all that it says.
func (t *Tracking) messages(told []notice.Notice) []notice.Message {
	var all []notice.Message
	at := map[string]int{}
	for _, n := range told {
		if n.Via != t.traits.Via || n.State != notice.Done || !n.Tells() || n.Moment == notice.Opened {
			continue
		}
		i, ok := at[n.Ref]
		if !ok {
			i = len(all)
			at[n.Ref] = i
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

// standing is what stands on the forge.
type standing struct {
	found  map[string][]writing // by marker: the issues and comments that have it
	issues map[int]forge.Issue  // those with our label, and those that the ledger names
	away   map[int]error        // those that the ledger names and that are not there
	gone   map[int]bool         // the change requests that are not there any more
}

// stands reports whether an issue is the one of a thread: it has its marker, or
// stands where the ledger has it. Nothing is done to it: whoever wrote it.
func (t *Tracking) stands(i forge.Issue, thread []notice.Notice) bool {
	return !i.ChangeRequest && (names(i.Body, string(thread[0].Escalation)) || t.recorded(thread, i.URL))
}

// standing reads the issues with our label and those that the ledger names, and their
// comments. Markers of strangers are not believed, unless the ledger names where they
// stand: another token may have written it.
func (t *Tracking) standing(ctx context.Context, told []notice.Notice) (standing, error) {
	is := standing{map[string][]writing{}, map[int]forge.Issue{}, map[int]error{}, map[int]bool{}}
	refs, urls, numbers := map[string]bool{}, map[string]bool{}, []int{}
	unsigned := map[string]bool{} // what may have been written before there was a key
	for _, n := range told {
		unsigned[n.Key] = !n.Signed
		if n.Do == notice.OpenIssue {
			unsigned[string(n.Escalation)] = !n.Signed
		}
		if n.Via == t.traits.Via && n.Ref != "" {
			refs[n.Ref], urls[n.URL] = true, true
			if number := t.Number([]notice.Notice{n}); number != 0 {
				refs[strconv.Itoa(number)] = true
				numbers = append(numbers, number)
			}
		}
	}
	for i, err := range t.forge.Issues(ctx, Label) {
		if err != nil {
			return is, err
		}
		is.issues[i.Number] = i
	}
	// Somebody may have renamed the label, or the list has moved on while it was read.
	if err := t.readRest(ctx, numbers, is.issues, is.away); err != nil {
		return is, err
	}
	var others []writing // which the ledger does not name
	take := func(ref string, all []writing) {
		for _, w := range all {
			if !refs[ref] {
				others = append(others, w)
				continue
			}
			is.found[w.What] = append(is.found[w.What], w)
			if urls[w.url] {
				t.proves(w.by)
			}
		}
	}
	comments, err := t.comments(ctx, is.issues)
	if err != nil {
		return is, err
	}
	for _, number := range slices.Sorted(maps.Keys(is.issues)) {
		if is.issues[number].ChangeRequest {
			continue
		}
		take(strconv.Itoa(number), t.marked(is.issues[number]))
		for _, c := range comments[number] {
			take(refOf(number, c.ID), t.markedComment(forge.Thread{Number: number}, c))
		}
	}
	for _, number := range t.changes(told) {
		on := forge.Thread{Number: number, ChangeRequest: true}
		for c, err := range t.forge.Comments(ctx, on) {
			if errors.Is(err, forge.ErrGone) {
				is.gone[number] = true
				break
			}
			if err != nil {
				return is, fmt.Errorf("change request %d: %w", number, err)
			}
			take(refOf(number, c.ID), t.markedComment(on, c))
		}
	}
	for _, w := range others {
		switch ours, err := t.believed(ctx, w, unsigned[w.What]); {
		case err != nil:
			return is, err
		case ours:
			is.found[w.What] = append(is.found[w.What], w)
		}
	}
	return is, nil
}

// changes are the change requests on which somebody was reminded here.
func (t *Tracking) changes(told []notice.Notice) []int {
	var all []int
	for _, n := range told {
		if number := n.Change(); number != 0 && n.Via == t.traits.Via && n.State == notice.Done {
			all = append(all, number)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// comments are those on issues: from the list of all where they are on many, and one
// issue after the other of which the list does not have as many as there are.
func (t *Tracking) comments(ctx context.Context, issues map[int]forge.Issue) (map[int][]forge.Comment, error) {
	var on []int
	for number, i := range issues {
		if !i.ChangeRequest && i.Comments != 0 {
			on = append(on, number)
		}
	}
	slices.Sort(on)
	all := map[int][]forge.Comment{}
	if len(on) > few {
		if err := t.listComments(ctx, issues, len(on), all); err != nil {
			return nil, err
		}
	}
	for _, number := range on {
		if i := issues[number]; i.Comments > 0 && len(all[number]) == i.Comments {
			continue
		}
		all[number] = nil
		for c, err := range t.forge.Comments(ctx, forge.Thread{Number: number}) {
			if err != nil {
				return nil, fmt.Errorf("issue %d: %w", number, err)
			}
			all[number] = append(all[number], c)
		}
	}
	return all, nil
}

// listComments reads the list of all comments, as far as it costs no more requests
// than to ask for those of each issue: in a repository that has much else, it is long.
func (t *Tracking) listComments(ctx context.Context, issues map[int]forge.Issue, requests int, all map[int][]forge.Comment) error {
	const page = 100
	missing := 0
	for _, i := range issues {
		if !i.ChangeRequest {
			missing += max(i.Comments, 0)
		}
	}
	read := 0
	for c, err := range t.forge.AllComments(ctx) {
		if errors.Is(err, forge.ErrUnlisted) {
			return nil
		}
		if err != nil {
			return err
		}
		if i, ours := issues[c.Issue]; ours && !i.ChangeRequest {
			all[c.Issue] = append(all[c.Issue], c)
			missing--
		}
		if read++; missing == 0 || read == requests*page {
			return nil
		}
	}
	return nil
}
