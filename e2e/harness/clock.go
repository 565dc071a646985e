package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clockVariable says what the clock of a program of Clocked shows.
const clockVariable = "ESCALATE_E2E_NOW"

// Clocked has escalate go by the clock of the world from now on, and not by that of the
// machine: what the bot does tells at what time it was asked for. That clock stands still
// while a program runs, so that what it does depends on no machine: one that takes long
// renews its claim, which is a push more. GraphQL is there, too.
func (w *World) Clocked() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clocks = true
}

// buildClocked builds escalate with another clock, of which no other program has a trace.
func (x *Tools) buildClocked() (string, error) {
	main := filepath.Join(x.root, "cmd/escalate/main.go")
	source, err := os.ReadFile(main)
	if err != nil {
		return "", err
	}
	const clock = "time.Now,"
	if strings.Count(string(source), clock) != 1 {
		return "", fmt.Errorf("%s has not one clock, but %d", main, strings.Count(string(source), clock))
	}
	text := strings.Replace(string(source), clock, "worldClock(),", 1) + fmt.Sprintf(`
func worldClock() func() time.Time {
	at, err := time.Parse(time.RFC3339, os.Getenv(%q))
	if err != nil {
		panic(err)
	}
	return func() time.Time { return at }
}
`, clockVariable)
	file, overlay, path := filepath.Join(x.dir, "main.go"), filepath.Join(x.dir, "overlay.json"), filepath.Join(x.dir, "escalate-clocked")
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{main: file}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, data, 0o644); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-o", path, "./cmd/escalate")
	cmd.Dir = x.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}
