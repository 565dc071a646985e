package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/site"
)

// The files of the program that the compose page runs, as a release has them.
const (
	programWasm = "compose.wasm.gz"
	programGlue = "wasm_exec.js"
)

// errNoProgram says why there is no program to run in the compose page.
type errNoProgram struct{ why string }

func (e errNoProgram) Error() string { return e.why }

// composeProgram is the program that the compose page runs: the one that a release has
// in it, else built from the source that this command was built from. The error is an
// errNoProgram where there is neither.
func composeProgram(ctx context.Context, env environment) (site.Program, error) {
	if p, embedded, err := embeddedProgram(); embedded || err != nil {
		return p, err
	}
	return buildProgram(ctx, env.toolchain)
}

// buildProgram builds it with the Go toolchain. Two builds of the same source by the same
// toolchain are the same bytes, wherever they lie.
func buildProgram(ctx context.Context, toolchain string) (p site.Program, err error) {
	source, known := ownSource()
	switch {
	case !known:
		return p, errNoProgram{"this build has it not in it, and its source is not here"}
	case toolchain == "":
		return p, errNoProgram{"this build has it not in it, and there is no Go toolchain to build it"}
	}
	dir, err := os.MkdirTemp("", "escalate-compose-")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	wasm := filepath.Join(dir, "compose.wasm")
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, toolchain, args...)
		cmd.Dir = source
		// What builds the programs of whoever calls this does not build another one here.
		cmd.Env = append(cmd.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=")
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil && ctx.Err() == nil {
			why, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
			err = errNoProgram{fmt.Sprintf("`go %s` fails: %s", args[0], why)}
		}
		return out, err
	}
	if _, err := run("build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", wasm, "./internal/compose/wasm"); err != nil {
		return p, err
	}
	root, err := run("env", "GOROOT")
	if err != nil {
		return p, err
	}
	if p.Glue, err = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", programGlue)); err != nil {
		return p, err
	}
	p.Wasm, err = os.ReadFile(wasm)
	return p, err
}

// ownSource is the folder of the module that this command was built from, as the compiler
// wrote it down; known is false where it did not, or where it is not there.
func ownSource() (dir string, known bool) {
	_, file, _, _ := runtime.Caller(0)
	if !filepath.IsAbs(file) { // built with -trimpath
		return "", false
	}
	dir = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	_, err := os.Stat(filepath.Join(dir, "internal", "compose", "wasm", "main.go"))
	return dir, err == nil
}

// newProgram is the command that a release is made with. Nobody else needs it: it is not
// listed.
func newProgram(env environment) *cobra.Command {
	return &cobra.Command{
		Use:    "program DIR",
		Short:  "Build what the compose page runs",
		Long:   "Builds the program that the compose page of `escalate site` runs into a folder, from which a build with the tag `embedded` takes it.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := buildProgram(cmd.Context(), env.toolchain)
			if why := (errNoProgram{}); errors.As(err, &why) {
				return usagef("%s", why.why)
			} else if err != nil {
				return err
			}
			var packed bytes.Buffer
			z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			if err != nil {
				return err
			}
			if _, err = z.Write(p.Wasm); err == nil {
				err = z.Close()
			}
			if err == nil {
				err = os.MkdirAll(args[0], 0o755)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(args[0], programWasm), packed.Bytes(), 0o644)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(args[0], programGlue), p.Glue, 0o644)
			}
			if err == nil {
				_, err = fmt.Fprintf(env.stdout, "%d bytes, %d compressed, in %s\n", len(p.Wasm), packed.Len(), args[0])
			}
			return err
		},
	}
}
