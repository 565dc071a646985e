package main

import (
	"fmt"
	"time"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/words"
)

// How often progress is said: at a terminal, where a line makes way for the next,
// and in a log.
const (
	everyAtTerminal = 100 * time.Millisecond
	everyInLog      = 30 * time.Second
)

// progressOf says how far a run is: at a terminal in one line that is always the
// newest, in a log by a line now and then. What is quickly done says nothing.
func progressOf(env environment) func(outbox.Progress) {
	last, shown := env.now(), false
	return func(p outbox.Progress) {
		now := env.now()
		if env.progress && p.Done == p.All && shown {
			fmt.Fprint(env.stderr, "\r\x1b[K")
			return
		}
		every := everyInLog
		if env.progress {
			every = everyAtTerminal
		}
		if p.Done == p.All || now.Sub(last) < every {
			return
		}
		last, shown = now, true
		line := progressLine(p)
		if env.progress {
			fmt.Fprintf(env.stderr, "\r\x1b[K%s", words.Clip(line, env.screen.Room(2)))
		} else {
			env.says(line)
		}
	}
}

// progressLine is how far a run is, in words.
func progressLine(p outbox.Progress) string {
	if p.Waiting != "" {
		return escape.Line(fmt.Sprintf("waiting for the run %s, which is at work; then %d to deliver", p.Waiting, p.All))
	}
	n := p.Next.First()
	return escape.Line(fmt.Sprintf("%d of %d delivered; next: %s in %s by %s", p.Done, p.All, n.Key, n.To, n.Via))
}
