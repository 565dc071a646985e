package site_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/site"
	"github.com/escalations-as-code/escalate/schema"
)

// The compose page may start its own WebAssembly and nothing else that others may not; no
// other page may.
func TestPolicy(t *testing.T) {
	t.Parallel()
	if got := strings.Replace(site.ComposePolicy, " 'wasm-unsafe-eval'", "", 1); got != site.Policy || got == site.ComposePolicy {
		t.Errorf("its policy is %q, that of the others %q", site.ComposePolicy, site.Policy)
	}
	for name, want := range map[string]string{"compose.html": site.ComposePolicy, "index.html": site.Policy, "rules.html": site.Policy, "escalations/compose.html": site.Policy} {
		if got := site.PolicyOf(name); got != want {
			t.Errorf("%s has the policy %q", name, got)
		}
	}
	p, err := site.New(site.Options{Compose: true})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err = p.Compose(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), site.Program{Wasm: []byte("wasm"), Glue: []byte("glue")}, func(f site.File) error {
		files[f.Name] = string(f.Data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	html := func(policy string) string { return `content="` + strings.ReplaceAll(policy, "'", "&#39;") + `"` }
	if page := files["compose.html"]; !strings.Contains(page, html(site.ComposePolicy)) || !strings.Contains(page, `<script src="static/wasm_exec.js" defer>`) || !strings.Contains(page, `<script src="static/compose.js" type="module">`) || strings.Contains(page, "site.js") {
		t.Errorf("compose.html is\n%s", page)
	}
	if files["static/compose.wasm"] != "wasm" || files["static/wasm_exec.js"] != "glue" || files["static/compose.js"] == "" {
		t.Error("what it runs is not there")
	}
	rules := files["rules.html"]
	if !strings.Contains(rules, html(site.Policy)) {
		t.Error("rules.html has another policy")
	}
	if strings.Contains(rules, "`") || !strings.Contains(rules, `an escalation is <code>escalations/&lt;year&gt;/&lt;name&gt;.yaml</code>`) {
		t.Error("rules.html shows backticks, or no code")
	}
	for _, r := range rule.All().Rules() {
		if has := strings.Contains(rules, `href="compose.html#example=`+r.Name+`"`); has != (r.Wrong.YAML != "") {
			t.Errorf("%s has a link to its example: %v", r.Name, has)
		}
	}
	for _, danger := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "XMLHttpRequest", "sendBeacon"} {
		if strings.Contains(files["static/compose.js"], danger) {
			t.Errorf("compose.js has %s", danger)
		}
	}
}

// The others lead to it where there is one, and of open escalations that are not
// restricted alone.
func TestLeadsToCompose(t *testing.T) {
	t.Parallel()
	r := newRepository(t, map[schema.ID][]string{
		"2026/northwind": nil, "2026/hush": {"customer: Northwind Traders", "customer: Secretive Holdings", "", "visibility: restricted\n"},
		"2026/over": {"customer: Northwind Traders", "customer: Fabrikam", "", "closure: {at: 2026-11-22T10:00:00Z, by: jdoe, resolution: withdrawn, reason: Twice}\n"},
	})
	with, without := r.pagesOf(t, nil, site.Options{Compose: true}), r.pagesOf(t, nil, site.Options{})
	for name, html := range without {
		if strings.Contains(html, "compose.html") {
			t.Errorf("%s leads to a page that is not there", name)
		}
	}
	if !strings.Contains(with["index.html"], `<a class="deed" href="compose.html">Open an escalation</a>`) {
		t.Error("the board does not lead to it")
	}
	for _, act := range []string{"update", "severity", "close"} {
		if want := `href="../../compose.html#act=` + act + `&amp;id=2026%2Fnorthwind"`; !strings.Contains(with["escalations/2026/northwind.html"], want) {
			t.Errorf("the page of an open one has no %s", want)
		}
	}
	for _, id := range []string{"hush", "over"} { // the one is restricted, the other closed
		if page := with["escalations/2026/"+id+".html"]; page == "" || strings.Contains(page, "#act=") {
			t.Errorf("the page of %s leads to it", id)
		}
	}
}
