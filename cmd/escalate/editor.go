package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// editorOf is the command that edits a text: the one that git would take.
func editorOf(getenv func(string) string) string {
	for _, name := range []string{"GIT_EDITOR", "VISUAL", "EDITOR"} {
		if said := getenv(name); strings.TrimSpace(said) != "" {
			return said
		}
	}
	return "vi"
}

// edited is what somebody writes in their editor: the one that git would open.
func edited(ctx context.Context, env environment) (_ []byte, err error) {
	if env.ask == nil {
		return nil, usagef("--edit needs a terminal: write the text by -m or -F")
	}
	editor := editorOf(env.getenv)
	dir, err := os.MkdirTemp("", "escalate-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "UPDATE.md")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return nil, err
	}
	words := append(strings.Fields(editor), file)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	switch err := cmd.Run(); {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no editor %q here: EDITOR says which one to take; or write the text by -m or -F", words[0])
	case err != nil:
		return nil, fmt.Errorf("the editor %q failed, and nothing is written: %w", editor, err)
	}
	return os.ReadFile(file)
}
