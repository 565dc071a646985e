//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var allPages = flag.Bool("all-pages", false, "look at twelve escalations of each site, and at four views of each page, and at a site of ten thousand")

// TestSite looks at the pages in a browser: those of the examples, those of a
// repository in which hostile texts stand in all fields that take words, in clear and
// redacted, and those of none, one, a few and many escalations.
//
// It is not parallel: see TestCompose.
func TestSite(t *testing.T) {
	for _, c := range []struct {
		name string
		dir  func(*testing.T) string
		siteCase
	}{
		{"examples", func(*testing.T) string { return ".." }, siteCase{open: 9, pages: 4, views: 2, compose: true}},
		{"hostile", hostileRepository, siteCase{open: 3, pages: 3, views: 2, compose: true}},
		{"redacted", hostileRepository, siteCase{open: 3, pages: 2, views: 1, args: []string{"--redact"}}},
		{"none", repositoryOf(0, 0), siteCase{pages: 1, views: 1}},
		{"one", repositoryOf(1, 1), siteCase{open: 1, pages: 1, views: 1}},
		{"two hundred", repositoryOf(200, 200), siteCase{open: 200, pages: 2, views: 1, compose: true}},
		{"ten thousand", repositoryOf(10_000, 100), siteCase{open: 100, whole: true}},
	} {
		if c.whole && !*allPages {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if *allPages {
				c.pages, c.views = 12, 4
			}
			lookAtSite(t, c.dir(t), c.siteCase)
		})
	}
}

// siteCase is a site to look at.
type siteCase struct {
	open         int // rows of the board
	pages, views int // looked at
	args         []string
	compose      bool // has the compose page: to build its program takes time
	whole        bool // with -all-pages alone
}

// serveSite has the site of a repository written into a folder, and served.
func serveSite(t *testing.T, dir string, args ...string) (origin, out string) {
	t.Helper()
	return serveSiteIn(t, os.Environ(), dir, args...)
}

func serveSiteIn(t *testing.T, env []string, dir string, args ...string) (origin, out string) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "site")
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, binary, append([]string{"site", "--serve", "--dir", dir, "-o", out, "--now", "2026-11-28T09:00:00Z"}, args...)...)
	cmd.Env = append(env, "ESCALATE_REDACT_KEY=0123456789abcdef0123456789abcdef")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(said); origin == "" && lines.Scan(); {
		if _, rest, ok := strings.Cut(lines.Text(), "escalate: http://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			origin = "http://" + host
		} else {
			t.Errorf("it said %q", lines.Text())
		}
	}
	if origin == "" {
		t.Fatal("it serves nothing")
	}
	return origin, out
}

// withoutToolchain is an environment in which git is found, and Go is not: there a site
// gets no compose page, of which the program takes long to build.
func withoutToolchain(t *testing.T) []string {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(git, filepath.Join(bin, "git")); err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "PATH="+bin)
}

// lookAtSite has the site of a repository written and served, and a browser look at it.
func lookAtSite(t *testing.T, dir string, c siteCase) {
	t.Helper()
	env := os.Environ()
	if !c.compose {
		env = withoutToolchain(t)
	}
	origin, out := serveSiteIn(t, env, dir, c.args...)
	text, code := output(t, exec.Command("node", "site.mjs", origin, out, fmt.Sprint(c.open), fmt.Sprint(c.pages), fmt.Sprint(c.views)))
	var wrong []string
	if err := json.Unmarshal(text, &wrong); err != nil || code != 0 {
		t.Fatalf("site.mjs: exit code %d, %v: %s", code, err, text)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	if _, err := os.Stat(filepath.Join(out, "compose.html")); (err == nil) != c.compose {
		t.Errorf("a compose page: %v", err)
	}
	if c.compose {
		lookAtWorld(t, out)
	}
}

// lookAtWorld looks at what the compose page is given: nobody's address, and of restricted
// escalations, which are those of repositoryOf that end with a 9, id and channel alone.
func lookAtWorld(t *testing.T, site string) {
	t.Helper()
	var world struct {
		People      []map[string]any
		Escalations []map[string]any
	}
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(site, "compose.json"))), &world); err != nil {
		t.Fatal(err)
	}
	for _, p := range world.People {
		for key := range p {
			if !slices.Contains([]string{"handle", "name", "roles", "region", "manager", "left"}, key) {
				t.Errorf("of %s the page is given %s", p["handle"], key)
			}
		}
	}
	if len(world.People) < 5 {
		t.Errorf("%d people", len(world.People))
	}
	for _, e := range world.Escalations {
		id := e["id"].(string)
		_, err := os.Stat(filepath.Join(site, "compose", id+".json"))
		if restricted := strings.HasPrefix(id, "2026/e") && strings.HasSuffix(id, "9"); restricted != (len(e) == 2) || restricted != (err != nil) {
			t.Errorf("of %s the page is given %v; its text: %v", id, e, err == nil)
		}
	}
}

// hostileRepository has three escalations: one of hostile texts, each also as an update.
func hostileRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var updates []edit
	var short []string
	n := 0
	for _, s := range append(browsers(), hostiles...) {
		if len(s) > 200 {
			continue
		}
		short = append(short, s)
		updates = append(updates, edit{"", fmt.Sprintf("  - {at: 2026-11-19T%02d:%02d:00Z, by: jdoe, to: [internal], significant: true, text: %s}\n", n/60, n%60, quoted(s))})
		n++
	}
	line := quoted(strings.Join(strings.Fields(strings.Join(short, " ")), " "))
	hostile := edited(t, northwind(t, updates...),
		edit{"customer: Northwind Traders", "customer: " + quoted("Northwind <script>alert(1)</script>")},
		edit{"summary: Pipelines wait 40 minutes and every team is affected", "summary: " + line},
		edit{"ask: One engineer who can work with the customer every day on the queue analysis.", "ask: " + line},
		edit{"approach: Reproduce the waiting in our lab, then tune the queue with the customer.", "approach: " + line},
		edit{"criterion: Queue time under 60 s at p95 for five working days", "criterion: " + line},
		edit{"step: Load test with the customer", "step: " + line},
	)
	people, err := os.ReadFile("../internal/fixture/base/escalations/people.yaml")
	if err != nil {
		t.Fatal(err)
	}
	committed(t, dir, map[string]string{
		"escalations/people.yaml":         strings.ReplaceAll(string(people), "name: Jo Doe", "name: "+quoted("Jo <b onclick=alert(1)>Doe</b>")),
		"escalations/2026/northwind.yaml": hostile,
		"escalations/2026/contoso.yaml":   edited(t, northwind(t), edit{"customer: Northwind Traders", "customer: Contoso"}, edit{"severity: high", "severity: low"}),
		"escalations/2026/fabrikam.yaml":  edited(t, northwind(t), edit{"customer: Northwind Traders", "customer: Fabrikam"}),
	}, "<img src=x onerror=alert(1)>", "<script>alert(1)</script>")
	return dir
}

// repositoryOf makes a repository of so many escalations, of which some are open, and
// every tenth is restricted. Half of them have severity medium.
func repositoryOf(escalations, open int) func(*testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		people, err := os.ReadFile("../internal/fixture/base/escalations/people.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{"escalations/people.yaml": string(people)}
		text := northwind(t)
		for i := range escalations {
			is := strings.NewReplacer("customer: Northwind Traders", fmt.Sprintf("customer: Customer %d of many", i/2), "severity: high", []string{"severity: high", "severity: medium"}[i%2])
			file := is.Replace(text)
			if i >= open {
				file += "closure: {at: 2026-11-20T10:00:00Z, by: rking, resolution: withdrawn, reason: It was opened twice}\n"
			}
			if i%10 == 9 {
				file += "visibility: restricted\n"
			}
			files[fmt.Sprintf("escalations/2026/e%d.yaml", i)] = file
		}
		dir := t.TempDir()
		committed(t, dir, files, "Jo Doe", "open")
		return dir
	}
}

// committed makes a repository with one commit of some files.
func committed(t *testing.T, dir string, files map[string]string, author, subject string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"}, {"add", "."},
		{"-c", "user.name=" + author, "-c", "user.email=x@example.com", "commit", "--quiet", "-m", subject},
	} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// browsers are texts that a browser might take for something else.
func browsers() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><script>alert(1)</script>`, `<svg onload=alert(1)>`,
		`<base href="https://evil.example/">`, `<meta http-equiv="refresh" content="0;url=https://evil.example">`, `<link rel=stylesheet href=https://evil.example>`,
		`javascript:alert(1)`, `<iframe src=https://evil.example></iframe>`, `<form action=https://evil.example>`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `{{alert(1)}}`,
	}
}
