package git_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

// What git and whoever it runs say in several lines is one line, with each message
// apart, and each sentence whole.
func TestSaidInLines(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t)
	repo.Commit("first", "a", "1")
	says := filepath.Join(t.TempDir(), "ssh")
	if err := os.WriteFile(says, []byte(`#!/bin/sh
cat >&2 <<EOF
ssh: connect to host git.example.com port 22:
  Network is unreachable.
remote:
warning: it was
tried twice
EOF
exit 255
`), 0o755); err != nil {
		t.Fatal(err)
	}
	repo.Git("config", "core.sshCommand", says)
	repo.Git("remote", "add", "origin", "git@git.example.com:acme/escalations")
	_, err := repo.Open().AskRemote(t.Context(), "origin")
	refused(t, err, "git ls-remote: ssh: connect to host git.example.com port 22: Network is unreachable; warning: it was tried twice; "+
		"fatal: Could not read from remote repository. Please make sure you have the correct access rights and the repository exists.")
}
