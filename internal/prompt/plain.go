package prompt

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

// read asks one question, line by line, until there is an answer.
func (t *Terminal) read(ctx context.Context, q *Question) ([]string, error) {
	t.show(q)
	for {
		said, err := t.said(ctx, q)
		if err != nil {
			return nil, err
		}
		answer, err := q.chosen(said)
		if err == nil {
			err = q.check(strings.Join(answer, "\n"))
		}
		if err == nil {
			fmt.Fprintln(t.Out)
			return answer, nil
		}
		fmt.Fprintln(t.Out, "  "+t.Screen.Wrap(terminal.Line(err.Error()), 2, "  "))
	}
}

// show shows a question, and what can be chosen.
func (t *Terminal) show(q *Question) {
	fmt.Fprintln(t.Out, t.Screen.Wrap(terminal.Line(q.Title), 0, "  "))
	if q.Help != "" {
		fmt.Fprintln(t.Out, "  "+t.Screen.Wrap(terminal.Line(q.Help), 2, "  "))
	}
	for i, o := range q.Options {
		number := fmt.Sprintf("  %2d. ", i+1)
		fmt.Fprintln(t.Out, number+t.Screen.Wrap(terminal.Line(o.Label), len(number), "      "))
	}
	switch {
	case q.Kind == One:
		fmt.Fprintln(t.Out, "  Its number, or a part of its words.")
	case q.Kind == Some:
		fmt.Fprintln(t.Out, "  Their numbers, such as 1, 3.")
	case q.Kind == Text:
		fmt.Fprintln(t.Out, "  A line with a dot alone ends the text.")
	}
	var stands []string
	for _, a := range q.Answer {
		stands = append(stands, q.label(a))
	}
	if len(stands) > 0 {
		fmt.Fprintln(t.Out, "  "+t.Screen.Wrap("Enter alone takes: "+strings.Join(stands, ", ")+". A dash takes nothing.", 2, "  "))
	}
}

// said is what somebody writes: a line, or several that end with a dot.
func (t *Terminal) said(ctx context.Context, q *Question) ([]string, error) {
	if t.lines == nil {
		t.lines = &lines{in: bufio.NewReader(t.In)}
	}
	var all []string
	for {
		fmt.Fprint(t.Out, "> ")
		line, err := t.lines.next(ctx)
		if err != nil {
			fmt.Fprintln(t.Out)
			return nil, err
		}
		line = plainText(line)
		switch {
		case q.Kind != Text, line == "" && len(all) == 0 && len(q.Answer) > 0:
			return []string{strings.TrimSpace(line)}, nil
		case strings.TrimSpace(line) == ".":
			return all, nil
		}
		all = append(all, line)
	}
}

// chosen is the answer in what was said.
func (q *Question) chosen(said []string) ([]string, error) {
	text := strings.Join(said, "\n")
	switch {
	case text == "" && len(q.Answer) > 0:
		return append([]string{}, q.Answer...), nil
	case text == "-" && len(q.Answer) > 0:
		return []string{}, nil
	case q.Kind == Line:
		return some(q.meant(text)), nil
	case q.Kind == Text:
		return some(text), nil
	case q.Kind == One:
		value, err := q.option(text)
		return some(value), err
	}
	values := []string{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		value, err := q.option(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		values = append(values, some(value)...)
	}
	return values, nil
}

// option is the option that a text means: by its number, its words, or a part of them
// that no other has. What is none of them is for the question to judge.
func (q *Question) option(text string) (string, error) {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.Options) {
		return q.Options[n-1].Value, nil
	}
	if text == "" {
		return "", nil
	}
	var part []Option
	for _, o := range q.Options {
		if strings.EqualFold(o.Value, text) || strings.EqualFold(o.Label, text) {
			return o.Value, nil
		}
		if strings.Contains(strings.ToLower(o.Label), strings.ToLower(text)) {
			part = append(part, o)
		}
	}
	switch {
	case len(part) == 1:
		return part[0].Value, nil
	case len(part) == 0 && q.Check == nil:
		return "", fmt.Errorf("%q is none of them", text)
	case len(part) == 0:
		return text, nil
	}
	return "", fmt.Errorf("%q may be several: write the number", text)
}

// lines are those that somebody writes.
type lines struct{ in *bufio.Reader }

// next waits for a line. A last one without an end does not count: nobody sent it off.
func (l *lines) next(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() { // nothing ends a read of a terminal: where ctx is done, it is left behind
		text, err := l.in.ReadString('\n')
		read <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ErrStopped
	case got := <-read:
		if got.err != nil {
			return "", ErrStopped
		}
		return strings.TrimRight(got.text, "\r\n"), nil
	}
}
