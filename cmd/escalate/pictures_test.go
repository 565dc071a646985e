package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/tree"
)

var drawn = flag.String("drawn", "", "write what the pictures are made of into this folder, for e2e/pictures.mjs")

// picture is a picture of the docs, and what it is made of.
type picture struct {
	Name string   `json:"name"`
	Of   []string `json:"of"`
}

// The pictures of README and docs show what there is: docs/pictures/sums has of each the
// sum of what it was made of, and its own.
func TestPictures(t *testing.T) {
	t.Parallel()
	pictures := []picture{
		{"board", []string{"index.html", "style.css"}}, {"pull-request", []string{"plan.md"}}, {"declaration", []string{"declaration.json"}},
		{"form", []string{"form.yml"}}, {"missing", []string{"asked.md"}}, {"tracking", []string{"tracked.md"}},
	}
	made := madeForPictures(t)
	for name, file := range map[string]string{"form.yml": form.Path, "asked.md": "cmd/escalate/testdata/bot/asked.md", "tracked.md": "cmd/escalate/testdata/bot/tracked.md"} {
		made[name] = read(t, file)
	}
	if *drawn != "" {
		list, err := json.Marshal(pictures)
		if err != nil {
			t.Fatal(err)
		}
		made["pictures.json"] = string(list)
		for name, text := range made {
			if err := os.WriteFile(filepath.Join(*drawn, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	sums := read(t, "docs/pictures/sums")
	for _, p := range pictures {
		var of strings.Builder
		for _, name := range p.Of {
			of.WriteString(made[name])
		}
		if line := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(of.String())), strings.Join(p.Of, " ")); !strings.Contains(sums, line) {
			t.Errorf("docs/pictures/%s.png shows another %s than there is now: `npm ci --prefix e2e && node e2e/pictures.mjs` makes it anew; look at it", p.Name, p.Of[0])
		}
	}
	files, err := filepath.Glob("../../docs/pictures/*.png")
	if err != nil || len(files) < len(pictures) {
		t.Fatalf("the pictures are %v: %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if line := fmt.Sprintf("%x  %s\n", sha256.Sum256(data), filepath.Base(file)); err != nil || !strings.Contains(sums, line) {
			t.Errorf("%s is not what e2e/pictures.mjs has drawn: %v", file, err)
		}
		if len(data) > 150_000 {
			t.Errorf("%s has %d bytes", file, len(data))
		}
	}
}

// doneLater are the days on which steps were done.
var doneLater = regexp.MustCompile(`, done: \d{4}-\d\d-\d\d`)

// madeForPictures is what the tool writes of the examples: the plan of the pull request that
// opens one, what is posted to Slack when that is merged, and the board two weeks later. The
// examples are committed as they may have been written.
func madeForPictures(t *testing.T) map[string]string {
	t.Helper()
	r := gittest.New(t)
	posted := make(chan []byte, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		data, _ := io.ReadAll(q.Body)
		posted <- data
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(s.Close)
	run := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(t.Context(), args, environment{
			stdout: &out, stderr: &errs, getenv: func(name string) string { return map[string]string{"SLACK_WEBHOOK_URL": s.URL}[name] },
			getwd: func() (string, error) { return r.Dir, nil }, now: func() time.Time { return r.Now },
		})
		if code != exitClean {
			t.Fatalf("%q: exit %d\n%s%s", args, code, &out, &errs)
		}
		return out.String()
	}
	commit := func(moment, subject string, pairs ...string) string {
		t.Helper()
		now, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		r.Now = now
		return r.Commit(subject, pairs...)
	}
	// The examples as they are, and as they were.
	own := os.DirFS("../..")
	is, now := map[string]string{}, []string{}
	files, err := fs.Glob(own, "escalations/2026/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		is[name] = read(t, name)
		now = append(now, name, is[name])
	}
	const northwind, brevent, orchard, amanogawa = "escalations/2026/northwind.yaml", "escalations/2026/societe-brevent.yaml", "escalations/2026/orchard-robotics.yaml", "escalations/2026/amanogawa-foods.yaml"
	was := func(name, severity, before string) string {
		t.Helper()
		text, line := is[name], "\nseverity: "
		if !strings.Contains(text, line+severity+"\n") {
			t.Fatalf("%s is not %s", name, severity)
		}
		text, _, _ = strings.Cut(strings.Replace(text, line+severity+"\n", line+before+"\n", 1), "\nclosure:\n")
		return text + "\n"
	}
	opening, _, _ := strings.Cut(is[northwind], "\nupdates:\n")

	begin := commit("2026-11-12T09:00:00Z", "Begin", tree.PeoplePath, read(t, tree.PeoplePath), tree.PolicyPath, read(t, tree.PolicyPath))
	commit("2026-11-12T16:45:00Z", "Open Northwind Traders", northwind, doneLater.ReplaceAllString(opening, "")+"\n")
	proposed := run("plan", "--base", begin, "--head", "HEAD", "--format", "markdown")
	run("apply", "--announce-existing")
	commit("2026-11-13T08:55:00Z", "Open others", brevent, was(brevent, "critical", "high"), orchard, was(orchard, "medium", "low"))
	commit("2026-11-17T13:25:00Z", "Raise Société Brévent", brevent, is[brevent])
	commit("2026-11-23T00:45:00Z", "Open Amanogawa Foods", amanogawa, was(amanogawa, "high", "medium"))
	commit("2026-11-25T01:53:00Z", "Until today", now...)
	site := filepath.Join(t.TempDir(), "site")
	run("site", "-o", site, "--now", "2026-11-26T09:00:00Z")

	made := map[string]string{"plan.md": strings.ReplaceAll(proposed, begin[:10], "1f2e3d4c5b"), "declaration.json": declaration(t, <-posted)}
	for _, name := range []string{"index.html", "static/style.css", "static/site.js"} {
		data, err := os.ReadFile(filepath.Join(site, name))
		if err != nil {
			t.Fatal(err)
		}
		made[filepath.Base(name)] = string(data)
	}
	return made
}

// declaration is what was posted, with the names by which Slack shows whom it mentions.
func declaration(t *testing.T, posted []byte) string {
	t.Helper()
	examples, err := tree.Open(os.DirFS("../.."), nil)
	if err != nil {
		t.Fatal(err)
	}
	said := struct {
		Message json.RawMessage   `json:"message"`
		People  map[string]string `json:"people"`
	}{posted, map[string]string{}}
	for _, p := range examples.People.People {
		if p.Slack != "" && bytes.Contains(posted, []byte(p.Slack)) {
			said.People[string(p.Slack)] = string(p.Name)
		}
	}
	data, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
