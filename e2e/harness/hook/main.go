// Hook is the hook of the repositories that the tests push to: it asks the test, at an
// address, what is to become of a push. It is a program of its own since that of the test
// takes ten times as long to start, twice for each push.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"syscall"
)

func main() {
	verdict, err := ask(os.Args[1])
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
}

// verdict is what the test says.
type verdict struct {
	Refusal    string
	KillParent bool
}

// ask tells which branches are to move, or have moved.
func ask(url string) (v verdict, err error) {
	res, err := http.Post(url, "text/plain", os.Stdin)
	if err != nil {
		return v, err
	}
	defer res.Body.Close()
	return v, json.NewDecoder(res.Body).Decode(&v)
}
