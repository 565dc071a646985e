package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/escalations-as-code/escalate/internal/site"
)

// sitePort is where a site is served, where it is free: what a browser remembers of the
// pages is bound to their address.
const sitePort = "8642"

// serveFolder serves a folder to this machine alone, until ctx ends.
func serveFolder(ctx context.Context, env environment, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var on net.ListenConfig
	listener, err := on.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", sitePort))
	if err != nil {
		if listener, err = on.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	at := listener.Addr().String()
	server := &http.Server{Handler: served(root, at), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Fprintf(env.stderr, "escalate: http://%s/ until you stop it with Ctrl-C\n", at)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// contentTypes are those of the files of a site. What a machine's own list says is not
// asked: browsers start a WebAssembly of no other type.
func contentTypes() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".svg": "image/svg+xml", ".json": "application/json", ".ics": "text/calendar; charset=utf-8", ".wasm": "application/wasm",
	}
}

// served answers requests for the files of a folder. at is the address that it is served
// on: whoever reaches it by the name of another host, which a page elsewhere can arrange,
// gets nothing.
func served(root *os.Root, at string) http.Handler {
	_, port, _ := net.SplitHostPort(at)
	types := contentTypes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		name := path.Clean("/" + r.URL.Path)[1:]
		if name == "" {
			name = "index.html"
		}
		h.Set("Content-Security-Policy", site.PolicyOf(name)+"; frame-ancestors 'none'")
		if r.Host != at && r.Host != net.JoinHostPort("localhost", port) {
			http.Error(w, "this is served to this machine alone", http.StatusMisdirectedRequest)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "there is nothing to be sent to", http.StatusMethodNotAllowed)
			return
		}
		kind, known := types[path.Ext(name)]
		info, err := root.Stat(name)
		if !known || err != nil || !info.Mode().IsRegular() {
			http.Error(w, "there is no such page", http.StatusNotFound)
			return
		}
		f, err := root.Open(name)
		if err != nil {
			http.Error(w, "there is no such page", http.StatusNotFound)
			return
		}
		defer f.Close()
		h.Set("Content-Type", kind)
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
