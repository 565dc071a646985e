package history

import (
	"iter"
	"runtime"
	"sync"
)

// window is how many items are worked on, or lie ready, ahead of the loop: so
// many that no core waits, so few that the memory does not depend on how many
// there are.
const window = 64

// Ahead works on each item, on all cores and ahead of the loop, and hands on
// the items in their order. It ends with the first error. work may wait for an
// item before it, never for one behind.
func Ahead[T any](items iter.Seq2[T, error], work func(T)) iter.Seq2[T, error] {
	type task struct {
		item T
		err  error
		done chan struct{}
	}
	return func(yield func(T, error) bool) {
		queue, todo := make(chan *task, window), make(chan *task, window)
		stop := make(chan struct{})
		var group sync.WaitGroup
		defer group.Wait()
		defer close(stop)
		group.Go(func() {
			defer close(queue)
			defer close(todo)
			for item, err := range items {
				t := &task{item: item, err: err, done: make(chan struct{})}
				select {
				case queue <- t:
				case <-stop:
					return
				}
				if err != nil {
					close(t.done)
					return
				}
				todo <- t // has the room that queue has
			}
		})
		for range runtime.GOMAXPROCS(0) {
			group.Go(func() {
				for t := range todo {
					work(t.item)
					close(t.done)
				}
			})
		}
		for t := range queue {
			<-t.done
			if !yield(t.item, t.err) || t.err != nil {
				return
			}
		}
	}
}
