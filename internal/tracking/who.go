package tracking

import (
	"context"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/marker"
)

// us is who writes as we do. A forge says it of a person's token; it may not of that
// of a workflow or an app, which writes as a bot: then it is whoever wrote what is
// proved to be ours. Any bot that echoes what people write has markers, too.
type us struct {
	asked  bool
	me     forge.Author   // zero where the forge does not say
	proved []forge.Author // where it does not
}

// who returns whose the token is; nobody where that is not known.
func (t *Tracking) who(ctx context.Context) (forge.Author, error) {
	if !t.us.asked {
		me, err := t.forge.Me(ctx)
		if err != nil {
			return me, err
		}
		t.us.asked = true
		if t.us.me == (forge.Author{}) {
			t.us.me = me
		}
	}
	return t.us.me, nil
}

// replied learns who we are from the reply to what we wrote.
func (t *Tracking) replied(by forge.Author) {
	if by.ID != 0 && (t.us.me == (forge.Author{}) || t.us.me.ID == 0 && by.Is(t.us.me)) {
		t.us.me, t.us.asked = by, true
	}
}

// proves learns who we are from something that is proved to be ours.
func (t *Tracking) proves(by forge.Author) {
	if by.Bot && !slices.ContainsFunc(t.us.proved, by.Is) {
		t.us.proved = append(t.us.proved, by)
	}
}

// ours reports whether we are somebody; known is false where nothing says who we
// are.
func (t *Tracking) ours(ctx context.Context, by forge.Author) (is, known bool, err error) {
	me, err := t.who(ctx)
	switch {
	case err != nil:
		return false, false, err
	case me != (forge.Author{}):
		return by.Is(me), true, nil
	default:
		return slices.ContainsFunc(t.us.proved, by.Is), len(t.us.proved) > 0, nil
	}
}

// writing is something with a marker: ours, or of somebody who has it look so.
type writing struct {
	marker.Marker
	by     forge.Author
	at     marker.Place
	number int
	id     int64 // of a comment
	url    string
	title  string // of an issue
	open   bool
	body   string
}

// marked are the markers in an issue, and in a comment on something.
func (t *Tracking) marked(i forge.Issue) []writing {
	return each(writing{by: i.Author, at: t.place(marker.Issue, 0), number: i.Number, url: i.URL, title: i.Title, open: i.Open, body: i.Body})
}

func (t *Tracking) markedComment(on forge.Thread, c forge.Comment) []writing {
	return each(writing{by: c.Author, at: t.placeOn(on), number: on.Number, id: c.ID, url: c.URL, body: c.Body})
}

func each(w writing) []writing {
	var all []writing
	for _, m := range marker.Read(w.body) {
		w.Marker = m
		all = append(all, w)
	}
	return all
}

// only are those that mark something.
func only(all []writing, what string) []writing {
	return slices.DeleteFunc(all, func(w writing) bool { return w.What != what })
}

// place is what the marker of something is bound to.
func (t *Tracking) place(k marker.Kind, number int) marker.Place {
	return marker.Place{Repository: t.traits.Via + " " + t.traits.Repository, Kind: k, Number: number}
}

func (t *Tracking) placeOn(on forge.Thread) marker.Place {
	if on.ChangeRequest {
		return t.place(marker.Change, on.Number)
	}
	return t.place(marker.Comment, on.Number)
}

// believed reports whether we wrote something. This alone decides whose marker is
// believed: of issues, of comments, of the digest and of the plan. A template can
// give a stranger's issue our label, anybody can paste a marker, and another
// workflow of the repository writes as the same bot.
//
// unsigned says that it may have been written before there was a key. Where there
// is none, and where it has no signature then, its author is to be us.
func (t *Tracking) believed(ctx context.Context, w writing, unsigned bool) (bool, error) {
	if !t.keys.Set() || !w.Signed() {
		if t.keys.Set() && !unsigned {
			return false, nil
		}
		is, _, err := t.ours(ctx, w.by)
		return is, err
	}
	w.at.Author = w.by.ID
	if t.keys.Signs(w.Marker, w.at) {
		t.proves(w.by)
		return true, nil
	}
	// We may not have known who we are when we wrote it.
	if w.at.Author = 0; !w.by.Bot || !t.keys.Signs(w.Marker, w.at) {
		return false, nil
	}
	is, known, err := t.ours(ctx, w.by)
	if err == nil && !known { // of copies, the first is the original
		t.proves(w.by)
		is = true
	}
	return is, err
}

// mine are those that we wrote, in their order: those with a signature or, where
// none has one, those of before there was a key.
func (t *Tracking) mine(ctx context.Context, all []writing) ([]writing, error) {
	var signed, unsigned []writing
	again := func(w writing, in []writing) bool { // what has a marker twice is there once
		return slices.ContainsFunc(in, func(x writing) bool { return x.number == w.number && x.id == w.id })
	}
	for _, w := range all {
		switch is, err := t.believed(ctx, w, true); {
		case err != nil:
			return nil, err
		case is && t.keys.Set() && w.Signed():
			if !again(w, signed) {
				signed = append(signed, w)
			}
		case is && !again(w, unsigned):
			unsigned = append(unsigned, w)
		}
	}
	if len(signed) > 0 {
		return signed, nil
	}
	return unsigned, nil
}

// mark writes markers into a place.
type mark func(what string) string

// marks returns what writes our markers into a place: that of its author, where it
// is there already, and of ours else.
func (t *Tracking) marks(ctx context.Context, at marker.Place) (mark, error) {
	if t.keys.Set() && at.Author == 0 {
		me, err := t.who(ctx)
		if err != nil {
			return nil, err
		}
		at.Author = me.ID
	}
	return func(what string) string { return t.keys.Write(what, at) }, nil
}

// names reports whether a body has a marker of something, whoever wrote it.
func names(body, what string) bool {
	return slices.ContainsFunc(marker.Read(body), func(m marker.Marker) bool { return m.What == what })
}

// unmarked is a body as it is compared: without its markers, and what a forge makes
// of line ends.
func unmarked(body string) string {
	return strings.TrimSpace(marker.Strip(strings.ReplaceAll(body, "\r\n", "\n")))
}
