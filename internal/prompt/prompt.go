// Package prompt asks somebody at a terminal: a page of questions at a time, as a form,
// or line by line where a terminal cannot show one. It knows nothing of escalations, and
// what it asks is plain data.
//
// What it shows may come from anybody, and what is pasted too: nothing of it reaches the
// terminal before it came through package escape.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

// ErrStopped says that somebody did not want to go on, or is gone.
var ErrStopped = errors.New("stopped: nothing is written")

// Kind is how a question is answered.
type Kind int

// The kinds.
const (
	Line Kind = iota // by a line of text
	Text             // by text of several lines
	One              // by one of the options
	Some             // by any number of the options
)

// Option is something to choose.
type Option struct {
	// Value is the answer, Label what is seen of it.
	Value, Label string
}

// Question is one thing to ask.
type Question struct {
	// Title is the question, Help says what the answer is for.
	Title, Help string
	Kind        Kind
	// Options are what can be chosen. Of a line they are proposals.
	Options []Option
	// Answer stands there at first.
	Answer []string
	// Unset has nothing chosen at first, of one of the options: to press Enter alone says
	// nothing.
	Unset bool
	// Check says why a text is no answer; nil: all are. Of several options the text has
	// one a line.
	Check func(string) error
}

func (q *Question) check(text string) error {
	if q.Check == nil {
		return nil
	}
	err := q.Check(text)
	if err == nil {
		return nil
	}
	return errors.New(terminal.Line(err.Error()))
}

// label is what is seen of an answer.
func (q *Question) label(value string) string {
	for _, o := range q.Options {
		if o.Value == value {
			return terminal.Line(o.Label)
		}
	}
	return terminal.Line(value)
}

// Terminal is where somebody is asked.
type Terminal struct {
	In  *os.File
	Out *os.File
	// Screen is how it shows things.
	Screen terminal.Screen
	// Plain asks line by line: the terminal cannot move its cursor, or knows no Unicode, or
	// somebody wants it read aloud.
	Plain bool
	// Environ is the environment, Editor the command that edits a text.
	Environ []string
	Editor  []string

	lines *lines
}

// Plain reports whether an environment wants to be asked line by line.
func Plain(getenv func(string) string) bool {
	if term := getenv("TERM"); term == "" || term == "dumb" || getenv("ACCESSIBLE") != "" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set counts
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return false // on most terminals of today nobody says anything
}

// Ask asks a page of questions, and returns their answers in the same order. Where
// somebody stops, or nobody is there any more, the error is ErrStopped.
func (t *Terminal) Ask(ctx context.Context, page []Question) ([][]string, error) {
	answers := make([][]string, len(page))
	if t.Plain || t.small() {
		for i := range page {
			var err error
			if answers[i], err = t.read(ctx, &page[i]); err != nil {
				return nil, err
			}
		}
		return answers, nil
	}
	if err := t.form(ctx, page, answers); err != nil {
		return nil, err
	}
	for i := range page { // the form is gone: what was said stays
		var said []string
		for _, a := range answers[i] {
			said = append(said, page[i].label(a))
		}
		title := terminal.Line(page[i].Title)
		line := terminal.Clip(title+" "+strings.Join(said, ", "), t.Screen.Room(1))
		if rest, ok := strings.CutPrefix(line, title); ok {
			line = t.Screen.Paint(terminal.Faint, title) + rest
		}
		if _, err := fmt.Fprintln(t.Out, line); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// small reports whether no form has room. Some terminals do not say how large they are.
func (t *Terminal) small() bool {
	columns, rows, err := term.GetSize(int(t.Out.Fd()))
	return err != nil || columns < narrowest || rows < lowest
}

// Say says something between two pages.
func (t *Terminal) Say(text string) error {
	_, err := fmt.Fprintln(t.Out, t.Screen.Wrap(terminal.Line(text), 0, "  "))
	return err
}

// plainText is text as somebody may have pasted it, without what commands a terminal and
// what nobody sees.
func plainText(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ").Replace(ansi.Strip(text))
	return strings.Map(func(r rune) rune {
		if r != '\n' && escape.Hidden(r) {
			return -1
		}
		return r
	}, text)
}
