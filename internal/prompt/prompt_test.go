package prompt

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ string
		want    bool
	}{
		{"TERM=xterm", false},
		{"TERM=xterm LANG=de_DE.UTF-8", false},
		{"TERM=xterm LANG=C.utf8", false},
		{"TERM=xterm LC_ALL=C LANG=de_DE.UTF-8", true},
		{"TERM=xterm LC_CTYPE=de_DE.ISO-8859-1", true},
		{"TERM=dumb LANG=de_DE.UTF-8", true},
		{"", true},
		{"TERM=xterm ACCESSIBLE=1", true},
	} {
		got := Plain(func(name string) string {
			for _, v := range strings.Fields(c.environ) {
				if n, is, _ := strings.Cut(v, "="); n == name {
					return is
				}
			}
			return ""
		})
		if got != c.want {
			t.Errorf("%s: %t, want %t", c.environ, got, c.want)
		}
	}
}

// What is pasted keeps its words, lines and letters, and nothing else.
func TestPlainText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pasted, want string }{
		{"“No team” waits", "“No team” waits"},
		{"• one\r\n• two\r• three\u2028four", "• one\n• two\n• three\nfour"},
		{"a\tb", "a    b"},
		{"\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"},
		{"\u009b31mC1", "31mC1"},
		{"right\u202e to left\u2066", "right to left"},
		{"soft\u00adhyphen, zero\u200bwidth, \ufeffmark", "softhyphen, zerowidth, mark"},
		{"👩‍💻 Société Générale", "👩‍💻 Société Générale"},
		{"bell\a and null\x00", "bell and null"},
	} {
		if got := plainText(c.pasted); got != c.want {
			t.Errorf("%q: %q, want %q", c.pasted, got, c.want)
		}
	}
}

// What somebody writes line by line means an option by its number, its words or a part
// of them.
func TestChosen(t *testing.T) {
	t.Parallel()
	options := []Option{{"", "(nobody)"}, {"jdoe", "Jo Doe (jdoe)"}, {"rking", "Robin King (rking)"}}
	judged := func(text string) error {
		if text == "stranger" {
			return errors.New("stranger is nobody")
		}
		return nil
	}
	for _, c := range []struct {
		kind   Kind
		stands []string
		said   string
		want   string // "!" where it is none
	}{
		{One, nil, "2", "jdoe"},
		{One, nil, "rking", "rking"},
		{One, nil, "robin", "rking"},
		{One, nil, "o", "!"}, // may be several
		{One, nil, "1", ""},
		{One, []string{"jdoe"}, "", "jdoe"},
		{One, []string{"jdoe"}, "-", ""},
		{Some, nil, "2, 3", "jdoe+rking"},
		{Some, nil, "2;robin", "jdoe+rking"},
		{Some, nil, "2, o", "!"},
		{Some, nil, "", ""},
		{Line, nil, " 12 ", "12"},
		{Line, nil, "jo doe (JDOE)", "jdoe"},
		{Line, []string{"pending"}, "", "pending"},
		{Text, nil, "one\n\ntwo", "one\n\ntwo"},
	} {
		q := Question{Kind: c.kind, Options: options, Answer: c.stands, Check: judged}
		got, err := q.chosen([]string{c.said})
		if (err != nil) != (c.want == "!") || err == nil && strings.Join(got, "+") != c.want {
			t.Errorf("%q: %q %v, want %q", c.said, got, err, c.want)
		}
		if err == nil && got == nil {
			t.Errorf("%q: an answer that is empty is nil", c.said)
		}
	}
}

// What a check says is shown, and is no command to the terminal.
func TestCheckIsEscaped(t *testing.T) {
	t.Parallel()
	q := Question{Check: func(text string) error { return errors.New("who is " + text) }}
	if got := q.check("\x1b[31mJo").Error(); strings.Contains(got, "\x1b") || !strings.Contains(got, "who is ") {
		t.Errorf("%q", got)
	}
	if label := (&Question{Options: []Option{{"x", "a\x1b[2Jb"}}}).label("x"); strings.Contains(label, "\x1b") {
		t.Errorf("%q", label)
	}
}

// A list has room for its lines, and no more than fit.
func TestHeight(t *testing.T) {
	t.Parallel()
	long := slices.Repeat([]Option{{"x", "x"}}, 100)
	for _, c := range []struct {
		q    Question
		want int
	}{
		{Question{Title: "t", Options: long[:3]}, 4},
		{Question{Title: "t", Help: "h", Options: long[:3]}, 5},
		{Question{Title: "t", Options: long}, 1 + listed},
		{Question{Title: "t", Kind: One, Unset: true, Options: long[:3]}, 1 + 1 + 3}, // with the line "(choose)"
		{Question{Title: "t", Options: []Option{{"x", strings.Repeat("word ", 30)}}}, 1 + 3},
	} {
		if got := (&Terminal{}).height(&c.q); got != c.want {
			t.Errorf("%d lines, want %d", got, c.want)
		}
	}
}
