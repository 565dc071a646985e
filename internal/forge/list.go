package forge

import (
	"fmt"
	"iter"
	"time"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// Version is one of what is listed, as it was at a time.
type Version struct {
	ID int64
	At time.Time
}

// ByChange are the items of a list that is sorted by when they changed, those that
// changed since a time. It is not read page by page: what changes meanwhile moves to its
// end, and something that was not read yet moves to a page that was. So each request is
// for what changed since the last item of the one before.
//
// list asks for a page, 0 for the first, of what changed from a time on, and returns the
// number of the next, 0 where there is none. slack is how much earlier it is to ask,
// where the forge may not list those of the very second. The error is
// destination.ErrUnconfirmed where an item does not say when it changed.
func ByChange[T any](since time.Time, slack time.Duration, list func(from time.Time, page int) (items []T, next int, err error), of func(T) Version) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		since := since.UTC().Truncate(time.Second)
		from := since
		if !since.IsZero() {
			from = since.Add(-slack)
		}
		seen := map[Version]bool{}
		for page := 0; ; {
			var none T
			items, next, err := list(from, page)
			if err != nil {
				yield(none, err)
				return
			}
			var last time.Time
			for _, item := range items {
				is := of(item)
				if last = is.At; last.IsZero() {
					yield(none, fmt.Errorf("%d was listed, and not when it changed: %w", is.ID, destination.ErrUnconfirmed))
					return
				}
				if is.At.Before(since) || seen[is] {
					continue
				}
				seen[is] = true
				if !yield(item, nil) {
					return
				}
			}
			switch later := last.Truncate(time.Second).Add(-slack); {
			case next == 0:
				return
			case later.After(from):
				from, page = later, 0
			default: // a page full of one second
				page = next
			}
		}
	}
}
