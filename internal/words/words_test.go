package words_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func TestLists(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		list    []schema.Handle
		and, or string
	}{
		{nil, "", ""},
		{[]schema.Handle{"a"}, "a", "a"},
		{[]schema.Handle{"a", "b"}, "a and b", "a or b"},
		{[]schema.Handle{"a", "b", "c"}, "a, b and c", "a, b or c"},
	} {
		if got := words.And(tt.list); got != tt.and {
			t.Errorf("And(%q) = %q, want %q", tt.list, got, tt.and)
		}
		if got := words.Or(tt.list); got != tt.or {
			t.Errorf("Or(%q) = %q, want %q", tt.list, got, tt.or)
		}
	}
	if got := words.Join([]schema.Day{"mon", "fri"}, ", "); got != "mon, fri" {
		t.Errorf("Join: %q", got)
	}
	if got := words.Code(schema.High); got != "`high`" {
		t.Errorf("Code: %q", got)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n           int
		thing, want string
	}{
		{0, "file", "0 files"},
		{1, "file", "1 file"},
		{2, "file", "2 files"},
		{1, "entry", "1 entry"},
		{3, "entry", "3 entries"},
		{3, "day", "3 days"},
		{2, "exit criterion", "2 exit criteria"},
		{1, "exit criterion", "1 exit criterion"},
		{2, "action", "2 actions"},
		{2, "branch", "2 branches"},
		{2, "address", "2 addresses"},
	} {
		if got := words.Count(tt.n, tt.thing); got != tt.want {
			t.Errorf("Count(%d, %q) = %q, want %q", tt.n, tt.thing, got, tt.want)
		}
	}
	for n, want := range map[int]string{0: "are", 1: "is", 2: "are"} {
		if got := words.Agree(n, "is", "are"); got != want {
			t.Errorf("Agree(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	d := schema.Directory{People: map[schema.Handle]schema.Person{"jdoe": {Name: "Jo\n Doe"}, "blank": {Name: " "}}}
	got := words.Names(d, []schema.Handle{"jdoe", "blank", "stranger"})
	if want := "Jo Doe|blank|stranger"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := words.Name(schema.Directory{}, "jdoe"); got != "jdoe" {
		t.Errorf("of an empty directory: %q", got)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	const text = "\n First line,\r\n\tand second. \n \t\nNext paragraph.\n"
	if got, want := words.Line(text), "First line, and second. Next paragraph."; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
	if got, want := words.Paragraph(text), "First line, and second."; got != want {
		t.Errorf("Paragraph = %q, want %q", got, want)
	}
	for s, want := range map[string]string{"": "", "no owner": "No owner.", "élan!": "Élan!", " why? ": "Why?", "Done.": "Done."} {
		if got := words.Sentence(s); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", s, got, want)
		}
	}
	if got := words.Capital(schema.High); got != "High" {
		t.Errorf("Capital: %q", got)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	if got := words.Clip("東京都", 2); got != "東京…" {
		t.Errorf("got %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 20).Draw(t, "n")
		got := words.Clip(s, n)
		kept, cut := strings.CutSuffix(got, "…")
		switch {
		case utf8.RuneCountInString(s) <= n:
			if got != s {
				t.Fatalf("%q became %q", s, got)
			}
		case !cut || !strings.HasPrefix(s, kept) || utf8.RuneCountInString(kept) != n:
			t.Fatalf("%q cut to %d is %q", s, n, got)
		}
	})
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestTimes(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range []struct {
		at                                time.Time
		day, time, deadline, zoned, stamp string
	}{
		{time.Date(2026, 11, 27, 14, 30, 59, 0, berlin), "Fri 27 Nov", "Fri 27 Nov 14:30", "Fri 27 Nov 14:30", "Fri 27 Nov 14:30 CET", "2026-11-27 13:30"},
		{time.Date(2026, 11, 28, 0, 0, 0, 0, berlin), "Sat 28 Nov", "Sat 28 Nov 00:00", "Fri 27 Nov", "Fri 27 Nov", "2026-11-27 23:00"},
		{time.Date(2027, 1, 1, 0, 0, 0, 0, berlin), "Fri 1 Jan", "Fri 1 Jan 00:00", "Thu 31 Dec", "Thu 31 Dec", "2026-12-31 23:00"},
		{time.Date(2026, 11, 28, 0, 0, 1, 0, berlin), "Sat 28 Nov", "Sat 28 Nov 00:00", "Sat 28 Nov 00:00", "Sat 28 Nov 00:00 CET", "2026-11-27 23:00"},
		{time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC).In(berlin), "Sat 28 Nov", "Sat 28 Nov 01:00", "Sat 28 Nov 01:00", "Sat 28 Nov 01:00 CET", "2026-11-28 00:00"},
		// There the clocks jump from 00:00 to 01:00, where that day begins.
		{time.Date(2026, 9, 6, 1, 0, 0, 0, zone(t, "America/Santiago")), "Sun 6 Sep", "Sun 6 Sep 01:00", "Sat 5 Sep", "Sat 5 Sep", "2026-09-06 04:00"},
		{time.Time{}, "", "", "", "", ""},
	} {
		got := [...]string{words.Day(tt.at), words.Time(tt.at), words.Deadline(tt.at), words.ZonedDeadline(tt.at), words.Stamp(tt.at)}
		if want := [...]string{tt.day, tt.time, tt.deadline, tt.zoned, tt.stamp}; got != want {
			t.Errorf("%s:\n got %q\nwant %q", tt.at, got, want)
		}
	}
	if got := words.Date(time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)); got != "2026-11-27" {
		t.Errorf("Date: %q", got)
	}
	if got := words.Zoned(time.Date(2026, 11, 28, 0, 0, 0, 0, berlin)); got != "Sat 28 Nov 00:00 CET" {
		t.Errorf("Zoned: %q", got)
	}
	if got := len(words.Stamp(time.Unix(0, 0))); got != words.StampWidth {
		t.Errorf("a stamp has %d columns, want %d", got, words.StampWidth)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, tt := range []struct {
		d           time.Duration
		span, short string
	}{
		{0, "less than a minute", "-"},
		{30 * time.Second, "less than a minute", "1m"},
		{time.Minute, "1 minute", "1m"},
		{59*time.Minute + 59*time.Second, "59 minutes", "59m"},
		{time.Hour, "1 hour", "1h"},
		{day - time.Second, "23 hours", "23h"},
		{day, "1 day", "1d"},
		{3*day + 5*time.Hour, "3 days", "3d5h"},
		{120*day + 5*time.Hour, "120 days", "120d"},
		{-3 * day, "3 days", "-"},
	} {
		if got := words.Span(tt.d); got != tt.span {
			t.Errorf("Span(%s) = %q, want %q", tt.d, got, tt.span)
		}
		if got := words.Short(tt.d); got != tt.short {
			t.Errorf("Short(%s) = %q, want %q", tt.d, got, tt.short)
		}
	}
}
