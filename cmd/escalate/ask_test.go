//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// patience is how long a test waits for what is to appear. Nothing takes that long.
const patience = 20 * time.Second

// over is what a test writes at the end.
const over = "(over)"

// The keys.
const (
	enter, tab, esc, ctrlC = "\r", "\t", "\x1b", "\x03"
	down, space            = "\x1b[B", " "
)

// person is somebody at a terminal, where the command runs in a folder of its own.
type person struct {
	t      *testing.T
	dir    string
	screen *vt.SafeEmulator
	term   *os.File // the terminal's end
	ended  chan int

	mu      sync.Mutex
	raw     bytes.Buffer  // all that was ever written to the terminal
	changed chan struct{} // something was
}

// sit has somebody sit down at a terminal, with the environment that is named, and
// call the command.
func sit(t *testing.T, columns int, environ []string, args ...string) *person {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	return sitIn(t, dir, columns, environ, args...)
}

func sitIn(t *testing.T, dir string, columns int, environ []string, args ...string) *person {
	t.Helper()
	term, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	const rows = 40
	if err := pty.Setsize(term, &pty.Winsize{Rows: rows, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	// A read of it must not outlive it.
	fd, err := syscall.Dup(int(term.Fd()))
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	term.Close()
	term = os.NewFile(uintptr(fd), "terminal")
	p := &person{t: t, dir: dir, screen: vt.NewSafeEmulator(columns, rows), term: term, ended: make(chan int, 1), changed: make(chan struct{}, 1)}
	go io.Copy(term, p.screen) // what the terminal answers when it is asked what it can
	go func() {
		buf := make([]byte, 1<<12)
		for {
			n, err := term.Read(buf)
			p.mu.Lock()
			p.raw.Write(buf[:n])
			p.mu.Unlock()
			p.screen.Write(buf[:n])
			select {
			case p.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	environ = append([]string{"TERM=xterm-256color", "LANG=en_US.UTF-8", "ESCALATE_USER=jdoe", "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}, environ...)
	getenv := func(name string) (value string) {
		for _, v := range environ {
			if n, is, _ := strings.Cut(v, "="); n == name {
				value = is
			}
		}
		return value
	}
	screen := terminal.Screen{Width: columns, Color: getenv("NO_COLOR") == ""}
	env := environment{
		stdin: tty, stdout: tty, stderr: tty, getenv: getenv, getwd: func() (string, error) { return dir, nil }, version: "test",
		screen: screen, now: func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }, ask: newAsker(tty, tty, screen, environ, getenv),
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		code := run(ctx, args, env)
		fmt.Fprint(tty, over) // whoever reads the screen knows that nothing comes any more
		p.ended <- code
	}()
	t.Cleanup(func() {
		stop()
		p.close()
		<-done
		tty.Close()
	})
	return p
}

func (p *person) close() { p.term.Close() }

// shown is what stands on the screen, without what frames a form.
func (p *person) shown() string {
	var lines []string
	for _, l := range strings.Split(p.screen.Render(), "\n") {
		lines = append(lines, strings.TrimRight(ansi.Strip(l), " \r"))
	}
	return strings.Join(lines, "\n")
}

// sees waits until some text stands on the screen.
func (p *person) sees(texts ...string) {
	p.t.Helper()
	late := time.After(patience)
	for {
		missing := ""
		shown := p.shown()
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				missing = text
			}
		}
		switch {
		case missing == "":
			return
		case strings.Contains(shown, over):
			p.t.Fatalf("%q does not appear before the end:\n%s", missing, shown)
		}
		select {
		case <-p.changed:
		case <-late:
			p.t.Fatalf("%q does not appear:\n%s", missing, shown)
		}
	}
}

// types presses keys.
func (p *person) types(keys ...string) {
	p.t.Helper()
	if _, err := p.term.WriteString(strings.Join(keys, "")); err != nil {
		p.t.Fatal(err)
	}
}

// answers waits until it is a question's turn, and presses keys.
func (p *person) answers(question string, keys ...string) {
	p.t.Helper()
	p.sees("┃ " + question)
	p.types(keys...)
}

// ends waits for the end, which has an exit code.
func (p *person) ends(want int) {
	p.t.Helper()
	select {
	case code := <-p.ended:
		p.ended <- code
		if code != want {
			p.t.Fatalf("exit code %d, want %d:\n%s", code, want, p.shown())
		}
	case <-time.After(patience):
		p.t.Fatalf("it does not end:\n%s", p.shown())
	}
}

// file is the text of a file; "" where there is none.
func (p *person) file(name string) string {
	data, _ := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	return string(data)
}

// written is all that was ever written to the terminal.
func (p *person) written() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.raw.String()
}

// files are all files of the folder, with their text.
func (p *person) files() string {
	var b strings.Builder
	err := filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s\n%s", path, data)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return b.String()
}

// opening is all that `new` asks when all goes straight: the question whose turn it is,
// and the keys that answer it.
func opening() [][]string {
	return [][]string{
		{"Which customer is it?", "Acme Corp", enter},
		{"What is it?", enter},
		{"How bad is it?", "medium", enter},
		{"What is wrong, and whom does it hurt?", "Pipelines wait 40 minutes", enter},
		{"What is the situation?", "Since the upgrade every pipeline waits.", enter, enter, "The release is at risk.", tab},
		{"Who is the CSM?", "jo d", enter},
		{"Who is the account executive?", enter},
		{"Which region is the account in?", "EMEA", enter},
		{"Is it about an ongoing services project?", enter},
		{"Is the product part of the problem?", enter},
		{"What is needed first?", "One engineer for a week.", tab},
		{"How is it going to be resolved?", "Reproduce it, then tune the queue.", tab},
		{"What must be true for it to end?", "Queue under 60 s for a week", enter, "- No team waits", tab},
		{"What is the first step?", "Load test", enter},
		{"Who does it?", enter},
		{"Until which day?", "friday", enter},
		{"Where are the customer meeting notes?", "https://docs.example.com/n", enter},
		{"Where is the CS Help case?", enter},
	}
}

// From the first question to the file, on at most twelve pages.
func TestNewAtTerminal(t *testing.T) {
	t.Parallel()
	p := sit(t, 100, nil, "new")
	for _, a := range opening() {
		if a[0] == "Is the product part of the problem?" {
			p.sees("The DRI is Jo Doe (jdoe)")
		}
		p.answers(a[0], a[1:]...)
	}
	p.sees("Once it is merged")
	p.answers("Write it?", enter)
	p.ends(0)
	p.sees("Written, here alone.")
	const file = "escalations/2026/acme-corp.yaml"
	for _, want := range []string{
		"customer: Acme Corp\n", "severity: medium\n", "by: jdoe", "  csm: jdoe\n", "dri: jdoe\n", "  Since the upgrade every pipeline waits.\n\n  The release is at risk.\n",
		"  - criterion: Queue under 60 s for a week\n  - criterion: No team waits\n", "    owner: jdoe\n    due: 2026-11-27\n", "  case: pending\n",
	} {
		if !strings.Contains(p.file(file), want) {
			t.Errorf("%q is not in the file:\n%s", want, p.file(file))
		}
	}
	var out bytes.Buffer
	env := environment{stdout: &out, stderr: &out, getenv: func(string) string { return "" }, getwd: func() (string, error) { return p.dir, nil }, now: func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }}
	if code := run(t.Context(), []string{"lint"}, env); code != exitClean {
		t.Errorf("lint exits %d:\n%s", code, out.String())
	}
}

// Where all goes straight, opening takes at most twelve pages.
func TestNewPages(t *testing.T) {
	t.Parallel()
	tr := opened(t)
	answers := map[string][]string{
		"customer": {"Acme Corp"}, "severity": {"critical"}, "summary": {"s"}, "description": {"d"}, "region": {"EMEA"}, "csm": {"jdoe"}, "product-related": {"yes"}, "product-dri": {"dpatel"},
		"ask": {"a"}, "approach": {"b"}, "criterion": {"c"}, "step": {"x"}, "owner": {"jdoe"}, "due": {"2026-11-27"}, "meeting-notes": {"https://docs.example.com/n"},
	}
	a, given := act.New(), map[string][]string{}
	c := &act.Case{Tree: tr, By: "jdoe", At: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	for pages := 0; ; pages++ {
		page, err := a.Page(c, given, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			if pages > 12 || pages < 9 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		for _, q := range page {
			given[q.Name] = append([]string{}, answers[q.Name]...)
			if answers[q.Name] == nil {
				given[q.Name] = append(given[q.Name], q.Propose(c, nil)...)
			}
		}
	}
}

// opened is the base tree of the rules.
func opened(t *testing.T) *tree.Tree {
	t.Helper()
	checker, err := shape.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tree.Open(fixture.FS(), checker)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// Whoever types the name of an option gets that one, and not one that has the word in
// what it says of itself: "critical" stands first, and means "a high risk".
func TestSearchedByName(t *testing.T) {
	t.Parallel()
	p := sit(t, 100, nil, "severity", "northwind")
	p.answers("How bad is it now?", "low", "\x7f\x7f\x7f", "high", "\x7f", "h")
	p.sees("> high: ")
	p.types(enter)
	p.sees("How bad is it now? high")
	p.answers("Who is the Product DRI from now on?", "\x03")
	p.ends(exitStopped)
}

// All options of a short list are seen, also below the line that chooses none.
func TestListShowsAll(t *testing.T) {
	t.Parallel()
	p := sit(t, 100, nil, "close", "northwind")
	p.sees("How does it end?", "(choose)", "  resolved", "  deescalated", "  withdrawn")
	p.types("\x03")
	p.ends(exitStopped)
}

// To raise a severity asks why, and for a Product DRI who is senior enough (P10, P38).
func TestSeverityAtTerminal(t *testing.T) {
	t.Parallel()
	p := sit(t, 100, nil, "severity", "northwind", "critical")
	p.answers("Why does the severity change?", "The rollout has stopped.", tab)
	p.sees("one of the product leadership (P10)", "> (choose)", "  Dina Patel (dpatel)")
	p.answers("Who is the Product DRI from now on?", enter)
	p.sees("there is no answer") // Enter alone chooses nobody
	p.types(down, enter)
	p.answers("Write it?", enter)
	p.ends(exitClean)
	for _, want := range []string{"severity: critical\n", "dri: dpatel\n", "The rollout has stopped.", "[okhan, mlee]"} {
		if !strings.Contains(p.file("escalations/2026/northwind.yaml"), want) {
			t.Errorf("%q is not in the file", want)
		}
	}
}

// Closing shows which exit criteria are not met. A no at the end writes nothing.
func TestCloseAtTerminal(t *testing.T) {
	t.Parallel()
	p := sit(t, 100, nil, "close", "northwind")
	before := p.files()
	p.answers("How does it end?", "resolved", enter)
	p.answers("Did it end well for the customer?", "positive", enter)
	p.sees("> [ ] 1. Queue time under 60 s at p95")
	p.answers("Which exit criteria are met as of today?", space, enter)
	p.answers("Were the exit criteria met?", enter)
	p.answers("What did the team do that closed it?", "The queue was split by team.", tab)
	p.answers("Which link shows that customer and stakeholders agree?", "agreed", enter)
	p.sees(`"agreed" is no link`) // and is asked again
	p.types("\x15", "https://docs.example.com/agreed", enter)
	p.answers("What is the customer's sentiment now?", "green", enter)
	p.answers("Which issue is for pattern matching?", enter)
	p.answers("Write it?", "n", enter)
	p.ends(exitStopped)
	p.sees("stopped: nothing is written", "To go on", "--met=1")
	if p.files() != before {
		t.Error("something is written")
	}
}

// What P2 sends elsewhere is not opened, and the answer says where to.
func TestNewIsRefused(t *testing.T) {
	t.Parallel()
	p := sit(t, 160, nil, "new", "Acme Corp")
	p.answers("What is it?", "ticket", enter)
	p.answers("Is the relationship or future business at risk, too?", "no", enter)
	p.ends(exitUsage)
	p.sees("escalate: that alone is no account escalation: ask Support management for attention to the ticket")
}

// Ctrl-C and Esc stop at every question: nothing is written, and the answers are kept
// in a command.
func TestStoppedAtEveryQuestion(t *testing.T) {
	t.Parallel()
	flags := map[string]string{
		"customer": "Acme Corp", "severity": "high", "summary": "s", "description": "d", "region": "EMEA", "csm": "jdoe", "product-related": "yes", "product-dri": "mlee",
		"ask": "a", "approach": "b", "criterion": "c", "step": "x", "owner": "jdoe", "due": "2026-11-27", "meeting-notes": "https://docs.example.com/n",
	}
	stop := func(t *testing.T, key string, args []string, straight ...[]string) {
		t.Parallel()
		p := sit(t, 100, nil, append([]string{"new"}, args...)...)
		before := p.files()
		for _, a := range straight[:len(straight)-1] {
			p.answers(a[0], a[1:]...)
		}
		p.answers(straight[len(straight)-1][0], key)
		p.ends(exitStopped)
		p.sees("stopped: nothing is written")
		if len(args) > 0 {
			p.sees("To go on with what was answered", "escalate new --customer='Acme Corp'")
		}
		if p.files() != before {
			t.Error("something is written")
		}
		if p.screen.CursorHidden() {
			t.Error("the cursor stays hidden")
		}
	}
	a := act.New()
	for i, q := range a.Questions {
		if flags[q.Name] == "" || q.Name == "csm" || q.Name == "region" || q.Name == "owner" || q.Name == "customer" {
			continue // it need not be answered
		}
		var args []string
		for name, value := range flags {
			if name != q.Name && (q.Name != "product-related" || name != "product-dri") {
				args = append(args, "--"+name+"="+value)
			}
		}
		key := []string{ctrlC, esc}[i%2]
		t.Run(q.Name, func(t *testing.T) { stop(t, key, args, []string{q.Title}) })
	}
	for i, a := range opening()[:8] {
		switch a[0] {
		case "Which customer is it?", "What is it?":
			t.Run(a[0], func(t *testing.T) { stop(t, ctrlC, nil, opening()[:i+1]...) })
		}
	}
	t.Run("the last question", func(t *testing.T) {
		var args []string
		for name, value := range flags {
			if name != "due" {
				args = append(args, "--"+name+"="+value)
			}
		}
		stop(t, ctrlC, args, []string{"Until which day?", "friday", enter}, []string{"Write it?"})
	})
}

// At 60 columns nothing is cut off.
func TestAskedAt60Columns(t *testing.T) {
	t.Parallel()
	p := sit(t, 60, nil, "new")
	p.answers("Which customer is it?", "north")
	p.sees("northwind Traders") // one that was seen before is proposed
	p.types("\x1b[C", enter)
	p.sees("Which customer is it? Northwind Traders")
	p.sees("┃ What is it?", "> an account escalation: a customer in a challenging", "┃   if nobody was")
	for _, a := range opening()[1:5] {
		p.answers(a[0], a[1:]...)
	}
	p.sees("┃ Who is the CSM?", "> Jo Doe (jdoe): csm, EMEA") // as it stands in the earlier escalation
	p.answers("Who is the CSM?", enter)
	p.answers("Who is the account executive?", enter)
	p.answers("Which region is the account in?", enter)
	p.answers("Is it about an ongoing services project? Where is", ctrlC)
	p.ends(exitStopped)
}

// Without colour there is none. The editor is the one that git would take. It has the
// terminal while it runs, may be gone at once, and may fail.
func TestAskedWithoutColour(t *testing.T) {
	t.Parallel()
	editor := filepath.Join(t.TempDir(), "editor")
	becomes := func(script string) {
		if err := os.WriteFile(editor, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := sit(t, 80, []string{"NO_COLOR=1", "VISUAL=sh " + editor}, "update", "northwind")
	const help = "Also when nothing has changed: say so."
	p.sees("What has happened?", help, "ctrl+e editor") // all of it is there
	becomes("exit 1")
	p.types("\x05")
	p.sees("The editor failed: exit status 1. The text is as it was.", "ctrl+e editor")
	becomes(`echo "It has: $(cat "$1")."; read -r line; printf 'The load test is booked.\n\n%s\n' "$line" >"$1"`)
	p.types("Booked.", "\x05")
	p.sees("It has: Booked..")
	p.types("It takes a day.\r")
	p.sees("The load test is booked.", "It takes a day.", help, "ctrl+e editor")
	p.types(tab)
	p.answers("Whom did you tell?", enter)
	p.answers("Is it a significant change of status?", enter)
	p.answers("Write it?", enter)
	p.ends(exitClean)
	if found := regexp.MustCompile(`\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;[0-9;]*)?m`).FindString(p.written()); found != "" {
		t.Errorf("a colour: %q", found)
	}
}

// An editor that is not there is named, with what to do.
func TestNoEditor(t *testing.T) {
	t.Parallel()
	for _, editor := range []string{"/no/such/editor", "no-such-editor"} {
		p := sit(t, 100, []string{"EDITOR=" + editor}, "update", "northwind")
		p.answers("What has happened?", "\x05")
		p.sees("There is no editor " + editor + " here: EDITOR says which one to take.")
		p.types("\x03")
		p.ends(exitStopped)
		p = sit(t, 100, []string{"EDITOR=" + editor}, "update", "northwind", "-e")
		p.ends(exitFailed)
		p.sees("there is no editor \"" + editor + "\" here")
	}
}

// Where the terminal knows no Unicode, or cannot move its cursor, it is asked line by
// line, in ASCII.
func TestAskedLineByLine(t *testing.T) {
	t.Parallel()
	for _, environ := range []string{"LC_ALL=C", "TERM=dumb"} {
		t.Run(environ, func(t *testing.T) {
			t.Parallel()
			p := sit(t, 80, []string{environ}, "severity", "northwind")
			p.sees("How bad is it now?", "1. critical: ", "Its number, or a part of its words.")
			p.types("sev1\n")
			p.sees(`"sev1" is none of them`)
			p.types("1\n")
			p.sees("Why does the severity change?", "A line with a dot alone ends the text.")
			p.types("The rollout has stopped.\n", "\n", "They call daily.\n", ".\n")
			p.sees("Who is the Product DRI from now on?")
			p.types("dina\n")
			p.sees("Whom did you tell?", "Enter alone takes: internal")
			p.types("\n")
			p.sees("Write it?")
			p.types("yes\n")
			p.ends(exitClean)
			if !strings.Contains(p.file("escalations/2026/northwind.yaml"), "      The rollout has stopped.\n\n      They call daily.\n") {
				t.Errorf("the text is not as it was written:\n%s", p.file("escalations/2026/northwind.yaml"))
			}
			for _, r := range p.written() {
				if r > unicode.MaxASCII && !unicode.IsLetter(r) {
					t.Fatalf("%q is written", r)
				}
			}
		})
	}
}

// Whoever is gone is not waited for.
func TestAskedOfNobody(t *testing.T) {
	t.Parallel()
	for _, environ := range []string{"TERM=xterm", "TERM=dumb"} {
		t.Run(environ, func(t *testing.T) {
			t.Parallel()
			p := sit(t, 80, []string{environ}, "update", "northwind")
			before := p.files()
			p.sees("What has happened?")
			p.close()
			p.ends(exitStopped)
			if p.files() != before {
				t.Error("something is written")
			}
		})
	}
}

// What is pasted from a document is text: its lines stay, its bullets and quotes are
// what they are, and nothing of it is a command to the terminal.
func TestPasted(t *testing.T) {
	t.Parallel()
	const hostile = "\x1b]0;owned\x07\x1b[31;5m"
	paste := func(text string) string { return "\x1b[200~" + text + "\x1b[201~" }
	p := sit(t, 100, nil, "criterion", "northwind", "--instead-of=1")
	p.answers("What must be true for the escalation to end?", paste("“No team”\twaits\r\nlonger\u202e than 60 s"+hostile), enter)
	p.answers("Why?", paste("• agreed with the customer\r\n• “in writing”\r\n\r\n\tby Ana"+hostile), tab)
	p.answers("Write it?", enter)
	p.ends(exitClean)
	file := p.file("escalations/2026/northwind.yaml")
	for _, want := range []string{"“No team”", "waits longer than 60 s\"\n", "• agreed with the customer\n", "• “in writing”\n\n", "    by Ana\n"} {
		if !strings.Contains(file, want) {
			t.Errorf("%q is not in the file:\n%s", want, file)
		}
	}
	for _, bad := range []string{"owned", "31;5m", "\u202e"} {
		if strings.Contains(p.written(), bad) || strings.Contains(file, bad) {
			t.Errorf("%q gets through", bad)
		}
	}
}

// Who is at work and which escalation is meant are asked where nothing says it. What
// files say of them is no command to the terminal.
func TestAskedWhoAndWhich(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "escalations/2026/northwind.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(data), "Northwind Traders", `"Northwind\u202e \u009b31mSouth"`, 1)
	if err := os.WriteFile(filepath.Join(dir, "escalations/2026/northwind-2.yaml"), []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	p := sitIn(t, dir, 100, []string{"ESCALATE_USER="}, "update", "north")
	p.answers("Who are you?", "jo d", enter)
	p.sees("export ESCALATE_USER=jdoe", "Northwind Traders, high, 2026/northwind", "2026/northwind-2")
	p.answers("Which escalation?", "northwind-2", enter)
	p.answers("What has happened?", "Nothing new.", tab)
	p.answers("Whom did you tell?", enter)
	p.answers("Is it a significant change of status?", ctrlC)
	p.ends(exitStopped)
	p.sees("escalate update 2026/northwind-2 --text='Nothing new.'")
	if strings.Contains(p.written(), "\u202e") || strings.Contains(p.written(), "\u009b") {
		t.Error("the customer's name commands the terminal")
	}
}

// The command itself asks where it has a terminal, and only there.
func TestCommandAsks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture.FS()); err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, c := range []struct {
		name, term string
		in         *os.File // nil: the terminal
		code       int
	}{
		{"form", "TERM=xterm", nil, exitStopped},
		{"line by line", "TERM=dumb", nil, exitStopped},
		{"no input", "TERM=xterm", null, exitUsage},
	} {
		cmd := exec.Command("escalate", "update", "northwind", "--now=2026-11-24")
		cmd.Dir, cmd.Env, cmd.Stdin = dir, append(os.Environ(), "LANG=en_US.UTF-8", c.term, "ESCALATE_USER=jdoe"), c.in
		term, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer term.Close()
		if err := pty.Setsize(term, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
			t.Fatal(err)
		}
		cmd.Stdout, cmd.Stderr = tty, tty
		if c.in == nil {
			cmd.Stdin = tty
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // so that Ctrl-C is its signal
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		tty.Close()
		for shown, buf := "", make([]byte, 1<<12); ; {
			n, err := term.Read(buf)
			if err != nil { // it has ended
				break
			}
			asked := strings.Contains(shown, "> ")
			if shown += string(buf[:n]); !asked && strings.Contains(shown, "> ") || !asked && strings.Contains(shown, "new line") {
				if _, err := term.WriteString(ctrlC); err != nil {
					t.Fatal(err)
				}
				shown += "> "
			}
		}
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != c.code {
			t.Errorf("%s: it ends with %d, want %d", c.name, code, c.code)
		}
	}
}
