//go:build e2e

// Package e2e runs escalate beside what others wrote: the YAML language server
// of the editors, the ajv validator, xmllint, an emulator of GitHub, and a local
// runner of Actions. See README.md.
package e2e

import (
	"bytes"
	"errors"
	"flag"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

var (
	// tools are what the tests of delivery are made of.
	tools *harness.Tools
	// editor is the one language server that all tests speak to.
	editor *languageServer
	// binary is escalate, as go build makes it.
	binary string
)

func TestMain(m *testing.M) {
	log.SetFlags(0)
	code, err := run(m)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if _, err := os.Stat("node_modules"); err != nil {
		return 0, errors.New("the node tools are not installed: run npm ci --prefix e2e")
	}
	if tools, err = harness.New(".."); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, tools.Close()) }()
	if binary, err = tools.Binary(); err != nil {
		return 0, err
	}
	if editor, err = startLanguageServer(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, editor.stop()) }()
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		// Most tests wait, for other processes or for a time-out.
		if err := parallel.Value.Set(strconv.Itoa(8 * runtime.NumCPU())); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// lint runs escalate lint on a tree and returns what it prints. Its exit code
// must be 1 where it should find something, and else 0.
func lint(t *testing.T, root, format string, finds bool) []byte {
	t.Helper()
	want := 0
	if finds {
		want = 1
	}
	cmd := exec.Command(binary, "lint", "--dir", root, "--format", format)
	out, code := output(t, cmd)
	if code != want {
		t.Errorf("%s: exit code %d, want %d\n%s", cmd, code, want, out)
	}
	return out
}

// output runs a command and returns its standard output and its exit code.
func output(t *testing.T, cmd *exec.Cmd) (out []byte, code int) {
	t.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err) // it did not start: a tool is missing
	}
	if errs.Len() > 0 {
		t.Logf("%s: %s", cmd, errs.Bytes())
	}
	return out, cmd.ProcessState.ExitCode()
}

// newTree returns a new folder that holds the schemas and the given files.
func newTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "schema"), os.DirFS("../schema")); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// files returns the files that match a pattern. There must be some.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	return names
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
