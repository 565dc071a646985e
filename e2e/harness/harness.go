// Package harness is what the end-to-end tests of delivery are made of: the
// GitHub emulator behind a proxy that is as strict as GitHub and fails on
// command, repositories of the real git, and the real binary, which can be
// killed at any of its calls and pushes. See ../README.md.
package harness

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/routers"
)

// Tools are what all tests of a run share. Each is made when it is first asked
// for. They are safe for concurrent use.
type Tools struct {
	root string // of the repository of escalate
	dir  string // for what is made

	binary    func() (string, error)
	clocked   func() (string, error)
	hook      func() (string, error)
	runner    func() (string, error)
	emulators func() (*emulators, error)
	contract  func() (routers.Router, error)

	mu      sync.Mutex
	closers []func() error
}

// New returns the tools for the repository of escalate at root.
func New(root string) (*Tools, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "escalate-e2e-")
	if err != nil {
		return nil, err
	}
	x := &Tools{root: root, dir: dir}
	x.binary = sync.OnceValues(x.buildBinary)
	x.clocked = sync.OnceValues(x.buildClocked)
	x.hook = sync.OnceValues(x.buildHook)
	x.runner = sync.OnceValues(x.buildRunner)
	x.emulators = sync.OnceValues(x.startEmulators)
	x.contract = sync.OnceValues(func() (routers.Router, error) {
		return readContract(filepath.Join(root, "e2e/testdata/github/openapi.json"))
	})
	return x, nil
}

// Close ends and removes everything.
func (x *Tools) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var errs []error
	for _, c := range x.closers {
		errs = append(errs, c())
	}
	return errors.Join(append(errs, os.RemoveAll(x.dir))...)
}

func (x *Tools) onClose(f func() error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closers = append(x.closers, f)
}

// Root is the folder of the repository of escalate.
func (x *Tools) Root() string { return x.root }

// Binary returns the path of escalate, as go build makes it.
func (x *Tools) Binary() (string, error) { return x.binary() }

func (x *Tools) buildBinary() (string, error) {
	path := filepath.Join(x.dir, "escalate")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/escalate")
	cmd.Dir = x.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}
