package history_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/escalations-as-code/escalate/internal/history"
)

type number struct {
	n      int
	square int
	before *number
	done   chan struct{}
}

// numbers counts to n, and ends with an error if there is one.
func numbers(n int, end error) iter.Seq2[*number, error] {
	return func(yield func(*number, error) bool) {
		var last *number
		for i := range n {
			last = &number{n: i, before: last, done: make(chan struct{})}
			if !yield(last, nil) {
				return
			}
		}
		if end != nil {
			yield(nil, end)
		}
	}
}

// The order is kept, and each may wait for the one before it.
func TestAhead(t *testing.T) {
	t.Parallel()
	work := func(x *number) {
		defer close(x.done)
		if x.before != nil {
			<-x.before.done
		}
		x.square = x.n * x.n
	}
	failed := errors.New("failed")
	for _, stop := range []int{0, 1, 500, 1000} {
		n := 0
		for x, err := range history.Ahead(numbers(1000, failed), work) {
			if n == 1000 {
				if !errors.Is(err, failed) {
					t.Errorf("the end is %v", err)
				}
				break
			}
			if err != nil || x.n != n || x.square != n*n {
				t.Fatalf("item %d is %+v, %v", n, x, err)
			}
			if n++; n == stop {
				break
			}
		}
	}
}
