package gitlab

import (
	"context"
	"iter"
	"net/http"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// perPage is the most that GitLab lists at once (doc/api/rest/_index.md).
const perPage = 100

// most is how often a list is begun anew of which something was taken while it was
// read.
const most = 5

// list are the items of all pages of a list below the project, in an order that nothing
// changes but what is deleted, or leaves the list. By offset, what comes behind that moves
// forward then, to a page that was read. So where there are fewer than there were, the list
// is read anew, without what was there already. By keyset, nothing moves: GitLab has it of
// issues, from 18.3 on, and answers by offset before. in returns the query of a page.
func list[T any](ctx context.Context, c *client, path string, in func(gitlab.ListOptions) any, of func(T) int64, words func(error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := map[int64]bool{}
		page, total := int64(1), int64(0)
		var behind []gitlab.RequestOptionFunc // the last one, by keyset
		for again := 0; page > 0; {
			items, r, err := ask[[]T](ctx, c, http.MethodGet, path, in(gitlab.ListOptions{PerPage: perPage, Page: page}), behind...)
			var none T
			switch {
			case err != nil:
				yield(none, words(err))
				return
			case items == nil: // it would be read as a list of nothing
				yield(none, unconfirmed("a list was asked for, and none returned"))
				return
			}
			if r.TotalItems < total && again < most {
				again, page, total = again+1, 1, r.TotalItems
				continue
			}
			for _, item := range items {
				if id := of(item); !seen[id] {
					seen[id] = true
					if !yield(item, nil) {
						return
					}
				}
			}
			page, total = r.NextPage, r.TotalItems
			if page == 0 && r.NextLink != "" && len(items) > 0 {
				page, behind = 1, []gitlab.RequestOptionFunc{gitlab.WithKeysetPaginationParameters(r.NextLink)}
			}
		}
	}
}

// byChange are the items of a list that is sorted by when they changed. GitLab lists those
// of the very moment that it is asked for.
func byChange[T any](ctx context.Context, c *client, path string, since time.Time, in func(*time.Time, gitlab.ListOptions) any, of func(T) forge.Version, words func(error) error) iter.Seq2[T, error] {
	return forge.ByChange(since, 0, func(from time.Time, page int) ([]T, int, error) {
		var after *time.Time
		if !from.IsZero() {
			after = &from
		}
		items, r, err := ask[[]T](ctx, c, http.MethodGet, path, in(after, gitlab.ListOptions{PerPage: perPage, Page: int64(max(page, 1))}))
		switch {
		case err != nil:
			return nil, 0, words(err)
		case items == nil:
			return nil, 0, unconfirmed("a list was asked for, and none returned")
		}
		return items, int(r.NextPage), nil
	}, of)
}
