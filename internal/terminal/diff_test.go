package terminal_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ was, is, want string }{
		{"", "a\n", ""},
		{"a\n", "a\n", ""},
		{"1\n2\n3\n4\n5\n", "1\n2\n3\n4\n6\n", " 2\n 3\n 4\n-5\n+6\n"},
		{"@@ a\n", "@@ a\n@@ b\n", " @@ a\n+@@ b\n"},
		{"a\n", "a\nb", " a\n+b\n\\ No newline at end of file\n"},
	} {
		if got := terminal.Diff([]byte(c.was), []byte(c.is)); got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.was, c.is, got, c.want)
		}
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	const text = " a\n-b\n+c\n"
	if got, want := (terminal.Screen{}).Difference(text), "   a\n  -b\n  +c\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s := terminal.Screen{Color: true}
	if got, want := s.Difference(text), "  "+s.Paint(terminal.Faint, " a")+"\n  "+s.Paint(terminal.Red, "-b")+"\n  "+s.Paint(terminal.Green, "+c")+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
