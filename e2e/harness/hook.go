package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildHook builds the hook of the repositories that are pushed to.
func (x *Tools) buildHook() (string, error) {
	path := filepath.Join(x.dir, "hook")
	cmd := exec.Command("go", "build", "-o", path, "./harness/hook")
	cmd.Dir = filepath.Join(x.root, "e2e")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// verdict says what becomes of a push.
type verdict struct {
	Refusal    string
	KillParent bool
}

// The hooks that ask the test: before any branch moves, and after.
const (
	preReceive = "pre-receive"
	moved      = "reference-transaction"
)

// hook has a hook of the repository ask the test, unless it is the test itself that
// pushes.
func (o *Origin) hook(name string) {
	o.t.Helper()
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	script := "#!/bin/sh\n[ -z \"$" + ownPush + "\" ] || exit 0\n"
	if name == moved {
		script += "[ \"$1\" = committed ] || exit 0\n"
	}
	script += "exec " + quote(o.program) + " " + quote(o.url+"/"+name) + "\n"
	if err := os.WriteFile(filepath.Join(o.Dir, "hooks", name), []byte(script), 0o755); err != nil {
		o.t.Fatal(err)
	}
}

// ownPush is the variable that marks pushes of the test itself.
const ownPush = "ESCALATE_E2E_OWN_PUSH"
