package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

// pages are the README and the pages of docs: all that stands in them is true.
func pages(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(names) < 10 {
		t.Fatalf("the pages are %v: %v", names, err)
	}
	return append(names, "../../README.md")
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// call is a command that a page shows, with what it prints.
type call struct {
	command    string
	start, end int // the lines of the page that show what it prints
	indent     string
}

// calls are the commands of the blocks of a page that are marked `console`.
func calls(page []string) ([]call, error) {
	var all []call
	indent, inside := "", false
	for i, line := range page {
		body := strings.TrimPrefix(line, indent)
		switch {
		case !inside && strings.TrimLeft(line, " ") == "```console":
			indent, inside = strings.TrimSuffix(line, "```console"), true
			if i+1 == len(page) || !strings.HasPrefix(page[i+1], indent+"$ ") {
				return nil, fmt.Errorf("line %d: the block begins without a command", i+2)
			}
		case inside && body == "```":
			all[len(all)-1].end = i
			indent, inside = "", false
		case inside && strings.HasPrefix(body, "$ "):
			if len(all) > 0 && all[len(all)-1].end == 0 {
				all[len(all)-1].end = i
			}
			all = append(all, call{command: strings.TrimPrefix(body, "$ "), start: i + 1, indent: indent})
		}
	}
	if inside {
		return nil, fmt.Errorf("a block has no end")
	}
	return all, nil
}

// aWord is what a shell hands over as it stands: plain, or between double quotes.
const aWord = `(?:"[^"$\x60\\]*"|[^\s|&;<>()$\x60\\"'*?\[\]{}~]+)`

var (
	oneWord  = regexp.MustCompile(aWord)
	allWords = regexp.MustCompile(`^` + aWord + `(?:\s+` + aWord + `)*$`)
	exits    = regexp.MustCompile(` # exit (\d)$`)
)

// arguments are those of a command of ours. What a shell would do something else
// with than hand it over is not one.
func arguments(command string) ([]string, error) {
	command, _, _ = strings.Cut(command, " #")
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(command), "go run ./cmd/"), "escalate ")
	if !ok || !allWords.MatchString(rest) {
		return nil, fmt.Errorf("%q is no plain call of escalate: mark its block `sh`", command)
	}
	args := oneWord.FindAllString(rest, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], `"`)
	}
	return args, nil
}

// shown is what a page shows of an output, in which one line with nothing but an
// ellipsis stands for all lines that are left out; and whether the output is so.
// If it is not, as much of the output is shown as was before.
func shown(page, output []string) ([]string, bool) {
	gap := slices.IndexFunc(page, func(line string) bool { return strings.TrimSpace(line) == "…" })
	if gap < 0 {
		return output, slices.Equal(page, output)
	}
	head, tail := page[:gap], page[gap+1:]
	if len(head)+len(tail) >= len(output) {
		return output, false
	}
	end := len(output) - len(tail)
	return slices.Concat(output[:len(head)], page[gap:gap+1], output[end:]),
		slices.Equal(head, output[:len(head)]) && slices.Equal(tail, output[end:])
}

// The commands in the blocks marked `console` print what stands there: in a clone
// of this repository, on a terminal of 80 columns, to Marcus Oyelaran. Those that age
// say `--now`; those that are called wrongly on purpose say how they exit, `# exit 2`.
func TestConsole(t *testing.T) {
	t.Parallel()
	// The escalations here were told with the commit that brought them.
	clone := gittest.New(t)
	clone.Now = time.Date(2026, 11, 25, 1, 53, 10, 0, time.UTC)
	for _, dir := range []string{"escalations", "docs/mistakes"} {
		if err := os.CopyFS(filepath.Join(clone.Dir, dir), os.DirFS("../../"+dir)); err != nil {
			t.Fatal(err)
		}
	}
	clone.Commit("Everything")
	seen := map[string]int{}
	for _, name := range pages(t) {
		page := readLines(t, name)
		all, err := calls(page)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range slices.Backward(all) { // so that the lines before keep their numbers
			args, err := arguments(c.command)
			if err != nil {
				t.Errorf("%s:%d: %v", name, c.start, err)
				continue
			}
			if i := slices.Index(args, "--dir") + 1; i > 0 { // it is one of the clone's
				args[i] = filepath.Join(clone.Dir, args[i])
			}
			var out bytes.Buffer
			code := run(t.Context(), args, environment{
				stdout: &out, stderr: &out, screen: terminal.Screen{Width: 80},
				getenv: func(name string) string { return map[string]string{userVariable: "moyelaran"}[name] },
				getwd:  func() (string, error) { return clone.Dir, nil },
				now: func() time.Time {
					t.Errorf("%s:%d: %s: what it prints ages: say --now", name, c.start, c.command)
					return clone.Now
				},
			})
			if said := exits.FindStringSubmatch(c.command); said != nil && said[1] != strconv.Itoa(code) || said == nil && code > exitFindings {
				t.Errorf("%s:%d: %s: exit %d", name, c.start, c.command, code)
			}
			var was []string
			for _, line := range page[c.start:c.end] {
				was = append(was, strings.TrimPrefix(line, c.indent))
			}
			is, same := shown(was, strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"))
			if !same && !*update {
				t.Errorf("%s:%d: %s prints\n%s\nand not\n%s", name, c.start, c.command, strings.Join(is, "\n"), strings.Join(was, "\n"))
			}
			for i := range is {
				if is[i] != "" {
					is[i] = c.indent + is[i]
				}
			}
			page = slices.Replace(page, c.start, c.end, is...)
			seen[args[0]]++
		}
		if *update {
			if err := os.WriteFile(name, []byte(strings.Join(page, "\n")), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, command := range []string{"lint", "stale", "explain", "calendar"} {
		if seen[command] == 0 {
			t.Errorf("no page shows what %s prints", command)
		}
	}
}

// The commands in the blocks marked `sh`, which are not run, have the commands and
// the flags that there are.
func TestShell(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range pages(t) {
		fence := ""
		for i, line := range readLines(t, name) {
			if f, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "```"); ok {
				fence = f
				continue
			}
			rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimLeft(line, " "), "go run ./cmd/"), "escalate ")
			if fence != "sh" || !ok {
				continue
			}
			seen++
			rest, _, _ = strings.Cut(rest, " #")
			rest, _, _ = strings.Cut(rest, " > ")
			rest, _, _ = strings.Cut(rest, " | ")
			cmd, args, err := newRoot(environment{}).Find(strings.Fields(rest))
			if err == nil {
				err = cmd.ParseFlags(args)
			}
			if err == nil {
				err = cmd.ValidateArgs(cmd.Flags().Args())
			}
			if err != nil || !cmd.HasParent() {
				t.Errorf("%s:%d: %s: %v", name, i+1, rest, err)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d commands", seen)
	}
}

// What the test of the pages is made of.
func TestConsoleBlocks(t *testing.T) {
	t.Parallel()
	page := strings.Split("# A\n\n```sh\n$ no\n```\n\n   ```console\n   $ escalate a --b # c\n   one\n\n   $ escalate d\n   ```\n", "\n")
	all, err := calls(page)
	if want := []call{{"escalate a --b # c", 8, 10, "   "}, {"escalate d", 11, 11, "   "}}; err != nil || !slices.Equal(all, want) {
		t.Errorf("the calls are %v, %v; want %v", all, err, want)
	}
	for _, text := range []string{"```console\nescalate a\n```", "```console\n$ escalate a"} {
		if all, err := calls(strings.Split(text, "\n")); err == nil {
			t.Errorf("%q has the calls %v", text, all)
		}
	}
	for command, want := range map[string]string{
		"escalate a --b  # c":             "a,--b",
		"go run ./cmd/escalate a 2026/bc": "a,2026/bc",
		`escalate a "b  c" -m "d|e"`:      "a,b  c,-m,d|e",
		`escalate a "b"c`:                 "",
		`escalate a "b`:                   "",
		`escalate a "$b"`:                 "",
		"escalate a | head":               "",
		"escalate a > b":                  "",
		"go test ./...":                   "",
		"git log":                         "",
	} {
		args, err := arguments(command)
		if got := strings.Join(args, ","); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", command, got, err, want)
		}
	}
	for _, c := range []struct {
		page, output, want string
		same               bool
	}{
		{"a b", "a b", "a b", true},
		{"a b", "a b c", "a b c", false},
		{"a …", "a b c", "a …", true},
		{"… c", "a b c", "… c", true},
		{"a … c", "a b c", "a … c", true},
		{"a … d", "a b c", "a … c", false},
		{"x … c", "a b c", "a … c", false},
		{"a b … c", "a b c", "a b c", false}, // nothing is left out
		{"…", "a", "…", true},
	} {
		got, same := shown(strings.Fields(c.page), strings.Fields(c.output))
		if strings.Join(got, " ") != c.want || same != c.same {
			t.Errorf("%q of %q is %q, %t; want %q, %t", c.page, c.output, got, same, c.want, c.same)
		}
	}
}

var numbered = regexp.MustCompile(`\bP[0-9]+\b`)

// Where a page names a rule of the process, it links to it.
func TestProcessLinks(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("`[^`]*`")
	link := regexp.MustCompile(`\[(P[0-9]+)\]\(((?:docs/)?process\.md)?#(p[0-9]+)\)`)
	links := 0
	for _, name := range append(pages(t), "../../CONTRIBUTING.md", "../../CHANGELOG.md") {
		fenced := false
		for i, line := range readLines(t, name) {
			if strings.HasPrefix(strings.TrimLeft(line, " "), "```") {
				fenced = !fenced
			}
			if fenced || strings.HasPrefix(line, "## P") && filepath.Base(name) == "process.md" {
				continue
			}
			line = link.ReplaceAllStringFunc(code.ReplaceAllString(line, ""), func(l string) string {
				links++
				if m := link.FindStringSubmatch(l); m[3] != strings.ToLower(m[1]) {
					t.Errorf("%s:%d: %s leads elsewhere", name, i+1, l)
				}
				return ""
			})
			if left := numbered.FindAllString(line, -1); left != nil {
				t.Errorf("%s:%d: %v without a link to docs/process.md", name, i+1, left)
			}
		}
	}
	if links < 150 {
		t.Errorf("only %d links", links)
	}
}

// The page of the editing commands has all of them, each with all that it asks.
func TestPagesEditing(t *testing.T) {
	t.Parallel()
	first := regexp.MustCompile("^\\| `([a-z]+)(?: --[^`]+)?` \\|")
	flag := regexp.MustCompile("`--([a-z-]+)`")
	rows := map[string]string{}
	for _, line := range readLines(t, "../../docs/editing.md") {
		if m := first.FindStringSubmatch(line); m != nil {
			rows[m[1]] += line
		}
	}
	for _, a := range append(act.All(), act.New()) {
		row := rows[a.Name]
		delete(rows, a.Name)
		for _, q := range a.Questions {
			if q.Name == a.Argument && strings.Contains(row, strings.ToUpper(q.Name)) {
				continue
			}
			if !strings.Contains(row, "`--"+q.Name+"`") {
				t.Errorf("%s: the page has no --%s", a.Name, q.Name)
			}
		}
		for _, m := range flag.FindAllStringSubmatch(row, -1) {
			if _, asks := a.Question(m[1]); !asks {
				t.Errorf("%s: the page has --%s, which it does not ask", a.Name, m[1])
			}
		}
		if a.Message != "" && !strings.Contains(row, "`-m`") {
			t.Errorf("%s: the page has no -m", a.Name)
		}
	}
	for name := range rows {
		t.Errorf("%s: the page has it, and there is no such command", name)
	}
}
