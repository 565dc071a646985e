package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// The test's own program is the hook of the repositories that are pushed to: it
// asks the test what is to become of the push.
const hookArg = "escalate-e2e-hook"

// RunHook does what a hook does, if this process is one, and ends it. TestMain
// calls it first.
func RunHook() {
	if len(os.Args) != 4 || os.Args[1] != hookArg {
		return
	}
	verdict, err := askTest(os.Args[2], os.Args[3])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "the hook of the test:", err)
		os.Exit(1)
	case verdict.KillParent: // which is git receive-pack: nobody tells git push how it went
		_ = syscall.Kill(os.Getppid(), syscall.SIGKILL)
	case verdict.Refusal != "":
		fmt.Fprintln(os.Stderr, verdict.Refusal)
		os.Exit(1)
	}
	os.Exit(0)
}

// verdict says what becomes of a push.
type verdict struct {
	Refusal    string
	KillParent bool
}

func askTest(hook, url string) (v verdict, err error) {
	updates, err := io.ReadAll(os.Stdin)
	if err != nil {
		return v, err
	}
	res, err := http.Post(url+"/"+hook, "text/plain", bytes.NewReader(updates))
	if err != nil {
		return v, err
	}
	defer res.Body.Close()
	return v, json.NewDecoder(res.Body).Decode(&v)
}

// hookScript asks the test about pushes to the branch of the ledger, unless it
// is the test itself that pushes.
func hookScript(program, hook, condition, url string) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	return "#!/bin/sh\n" +
		"[ -z \"$" + ownPush + "\" ] || exit 0\n" +
		condition +
		"exec " + quote(program) + " " + hookArg + " " + hook + " " + quote(url) + "\n"
}

// ownPush is the variable that marks pushes of the test itself.
const ownPush = "ESCALATE_E2E_OWN_PUSH"
