package harness

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// emulators is the running emulate.mjs.
type emulators struct {
	cmd *exec.Cmd

	mu  sync.Mutex // one command at a time
	in  io.WriteCloser
	out *bufio.Reader
}

func (x *Tools) startEmulators() (*emulators, error) {
	e := &emulators{cmd: exec.Command("node", "emulate.mjs")}
	e.cmd.Dir = filepath.Join(x.root, "e2e")
	e.cmd.Stderr = os.Stderr
	in, err := e.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	e.in, e.out = in, bufio.NewReader(out)
	x.onClose(func() error { return errors.Join(e.in.Close(), e.cmd.Wait()) })
	return e, nil
}

// answer is what emulate.mjs says to a command.
type answer struct {
	Port  int
	Error string
}

func (e *emulators) do(command map[string]any) (a answer, err error) {
	line, err := json.Marshal(command)
	if err != nil {
		return a, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err = e.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	if line, err = e.out.ReadBytes('\n'); err != nil {
		return a, fmt.Errorf("emulate.mjs ended: %w", err)
	}
	if err = json.Unmarshal(line, &a); err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	return a, err
}

// emulate starts an emulator of a service for one test and returns its port.
func (x *Tools) emulate(t testing.TB, service string, seed map[string]any) int {
	t.Helper()
	e, err := x.emulators()
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.do(map[string]any{"do": "start", "service": service, "seed": seed})
	if err != nil {
		t.Fatalf("the emulator of %s: %v", service, err)
	}
	t.Cleanup(func() {
		if _, err := e.do(map[string]any{"do": "stop", "port": a.Port}); err != nil {
			t.Errorf("the emulator of %s: %v", service, err)
		}
	})
	return a.Port
}
