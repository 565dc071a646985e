//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// composed is what compose.mjs prints.
type composed struct {
	Wrong []string `json:"wrong"`
	Path  string   `json:"path"`
	Text  string   `json:"text"`
	Found map[string][]struct {
		Path                       string
		Line, Column               int
		Rule, Level, Message, Hint string
	} `json:"found"`
	Speed map[string]float64 `json:"speed"`
}

// TestCompose has a browser write on the compose page, by its own keyboard: the file is
// the one that `new` writes of the same answers, what is found in files is what lint
// finds, and nothing goes anywhere.
//
// It is not parallel, as no test with a browser is: they come first, and have the
// machine to themselves.
func TestCompose(t *testing.T) {
	const now, by = "2026-11-24T09:30:00.000Z", "jdoe"
	// In the order of the page.
	answers := [][2]string{
		{"customer", "Fabrikam & Söhne"}, {"severity", "high"}, {"summary", "Orders are lost: \"all\" of them"}, {"description", "Since Monday.\n\nTwo teams wait # and wait."},
		{"csm", "jdoe"}, {"account-executive", "Ana Rivera"}, {"region", "EMEA"}, {"product-related", "yes"}, {"product-dri", "mlee"},
		{"ask", "One engineer."}, {"approach", "Reproduce it, then - perhaps - mend it."}, {"criterion", "No order is lost for a week\nThe customer says so, too"},
		{"step", "Load test"}, {"owner", "jdoe"}, {"due", "in 3 days"}, {"meeting-notes", "https://docs.example.com/f"},
	}
	dir := newTree(t, map[string]string{
		"escalations/people.yaml":         readFile(t, "../internal/fixture/base/escalations/people.yaml"),
		"escalations/2026/northwind.yaml": readFile(t, "../internal/fixture/base/escalations/2026/northwind.yaml"),
	})
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"}, {"remote", "add", "origin", "https://github.com/acme/escalations.git"}, {"add", "."},
		{"-c", "user.name=Jo Doe", "-c", "user.email=jo@example.com", "commit", "--quiet", "-m", "Open northwind"}, {"update-ref", "refs/remotes/origin/main", "HEAD"},
	} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	tried := triedFiles(t)
	ordered := bytes.NewBufferString("{") // JSON of a map has another order
	for i, a := range answers {
		if i > 0 {
			ordered.WriteByte(',')
		}
		fmt.Fprintf(ordered, "%s:%s", quotedJSON(t, a[0]), quotedJSON(t, a[1]))
	}
	ordered.WriteByte('}')
	var short []string
	for _, s := range append(browsers(), hostiles...) {
		if len(s) <= 200 && !strings.ContainsAny(s, "\x00") {
			short = append(short, s)
		}
	}
	input := filepath.Join(t.TempDir(), "input.json")
	data, err := json.Marshal(map[string]any{"answers": json.RawMessage(ordered.Bytes()), "by": by, "now": now, "hostile": short, "tried": tried})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(input, data, 0o644); err != nil {
		t.Fatal(err)
	}
	origin, _ := serveSite(t, dir)
	text, code := output(t, exec.Command("node", "compose.mjs", origin, input))
	var got composed
	if err := json.Unmarshal(text, &got); err != nil || code != 0 {
		t.Fatalf("compose.mjs: exit code %d, %v: %s", code, err, text)
	}
	for _, w := range got.Wrong {
		t.Error(w)
	}

	args := []string{"new", "--dir", dir, "--now", now}
	for _, a := range answers {
		args = append(args, "--"+a[0], a[1])
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(cmd.Environ(), "ESCALATE_USER="+by)
	if said, code := output(t, cmd); code != 0 {
		t.Fatalf("escalate new: exit code %d: %s", code, said)
	}
	if want := readFile(t, filepath.Join(dir, got.Path)); got.Text != want {
		t.Errorf("the page makes\n%s\nand `new` makes\n%s", got.Text, want)
	}

	for name, files := range tried {
		var report struct {
			Findings []struct {
				Path                       string
				Line, Column               int
				Rule, Level, Message, Hint string
			}
		}
		out, _ := output(t, exec.Command(binary, "lint", "--json", "--dir", newTree(t, files)))
		if err := json.Unmarshal(out, &report); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if len(report.Findings) < 10 {
			t.Errorf("%s: %d findings", name, len(report.Findings))
		}
		if fmt.Sprint(got.Found[name]) != fmt.Sprint(report.Findings) {
			t.Errorf("%s: the page finds\n%v\nand lint finds\n%v", name, got.Found[name], report.Findings)
		}
	}

	s := got.Speed
	t.Logf("asks after %.0f ms, ready after %.0f ms, beside 1,000 others after %.0f ms; a key there: median %.1f ms, worst %.1f ms of %.0f, %.1f ms of the page's thread", s["asked"], s["ready"], s["beside"], s["median"], s["worst"], s["keys"], s["thread"])
	if s["thread"] > 500 || s["keys"] < 20 { // a busy machine is no fault of the page
		t.Errorf("a key takes %.1f ms", s["thread"])
	}
}

// triedFiles are folders with many faults: those on which the editor and ajv agree, and
// those that people make.
func triedFiles(t *testing.T) map[string]map[string]string {
	t.Helper()
	agree := map[string]string{"escalations/people.yaml": readFile(t, "testdata/agree/people.yaml")}
	for _, name := range slices.Concat(files(t, "testdata/agree/right/*.yaml"), files(t, "testdata/agree/wrong/*.yaml")) {
		kind := filepath.Base(filepath.Dir(name))
		agree["escalations/2026/"+kind+"-"+strings.ToLower(filepath.Base(name))] = readFile(t, name)
	}
	var mistakes []struct{ Name, Replace, By string }
	if err := json.Unmarshal([]byte(readFile(t, "../internal/lint/testdata/mistakes/mistakes.json")), &mistakes); err != nil {
		t.Fatal(err)
	}
	base := readFile(t, "../internal/lint/testdata/mistakes/base.yaml")
	words := map[string]string{"escalations/people.yaml": readFile(t, "../escalations/people.yaml")}
	for i, m := range mistakes {
		words[fmt.Sprintf("escalations/2026/mistake-%d.yaml", i)] = strings.Replace(base, m.Replace, m.By, 1)
	}
	return map[string]map[string]string{"agree": agree, "words": words}
}

func quotedJSON(t *testing.T, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
