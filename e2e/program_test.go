//go:build e2e

package e2e

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgram builds what the compose page runs, here and in a copy of the source: the
// same bytes, at most 4 MB of them compressed.
func TestProgram(t *testing.T) {
	t.Parallel()
	made, copied := t.TempDir(), t.TempDir()
	if said, code := output(t, exec.Command(binary, "program", made)); code != 0 {
		t.Fatalf("escalate program: exit code %d: %s", code, said)
	}
	packed, err := os.ReadFile(filepath.Join(made, "compose.wasm.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > 4_000_000 {
		t.Errorf("it has %d bytes", len(packed))
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	wasm, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"internal", "schema"} {
		if err := os.CopyFS(filepath.Join(copied, dir), os.DirFS("../"+dir)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(copied, name), []byte(readFile(t, "../"+name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "compose.wasm", "./internal/compose/wasm")
	cmd.Dir = copied
	cmd.Env = append(cmd.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if again, err := os.ReadFile(filepath.Join(copied, "compose.wasm")); err != nil || !bytes.Equal(again, wasm) {
		t.Errorf("elsewhere it is built otherwise, %v", err)
	}
}

// TestInstalledSite has the action build escalate from source for `site`: what it builds
// has the program in it, and needs no toolchain.
func TestInstalledSite(t *testing.T) {
	t.Parallel()
	outputs := filepath.Join(t.TempDir(), "outputs")
	cmd := exec.Command("bash", "../.github/action/install.sh")
	cmd.Env = append(os.Environ(), "FROM=source", "COMMAND=site", "VERSION=", "ACTION="+tools.Root(), "REPOSITORY=", "GITHUB_OUTPUT="+outputs, "RUNNER_TEMP="+t.TempDir())
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	_, installed, ok := strings.Cut(strings.TrimSpace(readFile(t, outputs)), "escalate=")
	if !ok {
		t.Fatal(readFile(t, outputs))
	}
	out := filepath.Join(t.TempDir(), "site")
	cmd = exec.Command(installed, "site", "--dir", "..", "-o", out)
	cmd.Env = withoutToolchain(t)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if _, err := os.Stat(filepath.Join(out, "compose.html")); err != nil {
		t.Error(err)
	}
}
