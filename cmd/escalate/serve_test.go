package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A site is served to this machine alone: each file as what it is, with the headers that
// forbid other hosts, and nothing outside of the folder.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"index.html", "static/style.css", "static/site.js", "static/icon.svg", "data.json", "escalations/2026/x.ics", "compose.wasm", ".escalate-site", "secret"} {
		write("site/"+name, name)
	}
	write("outside.html", "outside")
	if err := os.Symlink(filepath.Join(dir, "outside.html"), filepath.Join(dir, "site", "link.html")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "site"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	h := served(root, "127.0.0.1:8642")
	for _, c := range []struct {
		method, host, path string
		code               int
		kind               string
	}{
		{"GET", "127.0.0.1:8642", "/", 200, "text/html; charset=utf-8"},
		{"HEAD", "localhost:8642", "/index.html", 200, "text/html; charset=utf-8"},
		{"GET", "127.0.0.1:8642", "/static/style.css", 200, "text/css; charset=utf-8"},
		{"GET", "127.0.0.1:8642", "/static/site.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "127.0.0.1:8642", "/static/icon.svg", 200, "image/svg+xml"},
		{"GET", "127.0.0.1:8642", "/data.json", 200, "application/json"},
		{"GET", "127.0.0.1:8642", "/escalations/2026/x.ics", 200, "text/calendar; charset=utf-8"},
		{"GET", "127.0.0.1:8642", "/compose.wasm", 200, "application/wasm"},
		{"GET", "127.0.0.1:8642", "/static/", 404, ""},
		{"GET", "127.0.0.1:8642", "/.escalate-site", 404, ""},
		{"GET", "127.0.0.1:8642", "/secret", 404, ""},
		{"GET", "127.0.0.1:8642", "/link.html", 404, ""},
		{"GET", "127.0.0.1:8642", "/../outside.html", 404, ""},
		{"GET", "127.0.0.1:8642", "/%2e%2e/outside.html", 404, ""},
		{"POST", "127.0.0.1:8642", "/", 405, ""},
		{"GET", "evil.example:8642", "/", 421, ""},
		{"GET", "evil.example", "/data.json", 421, ""},
	} {
		r := httptest.NewRequest(c.method, "http://"+c.host+c.path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.code || c.code == http.StatusOK && w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s %s at %s: %d, %s", c.method, c.path, c.host, w.Code, w.Header().Get("Content-Type"))
		}
		if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || !strings.Contains(p, "frame-ancestors 'none'") || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("X-Robots-Tag") == "" {
			t.Errorf("%s: headers %v", c.path, w.Header())
		}
	}
}

// It listens on the loopback address, and ends when it is stopped.
func TestServeFolder(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	said := &strings.Builder{}
	if err := serveFolder(ctx, environment{stderr: said}, t.TempDir()); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(said.String(), "escalate: http://127.0.0.1:") {
		t.Errorf("it said %q", said)
	}
}
