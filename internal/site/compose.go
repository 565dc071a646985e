package site

import (
	"io/fs"
	"time"

	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/schema"
)

// composePage is the file of the page on which escalations are written.
const composePage = "compose.html"

// Program is what that page runs: WebAssembly, and the script of Go's toolchain that
// starts it.
type Program struct{ Wasm, Glue []byte }

// Compose hands on the page on which escalations are written, with what it runs, and the
// rules, each with its example to be tried there. What the page is given of the
// repository are files of their own.
func (p *Pages) Compose(now time.Time, program Program, put func(File) error) error {
	script, err := fs.ReadFile(files, "static/compose.js")
	if err != nil {
		return err
	}
	write := p.frame("", "compose", schema.Time{Time: now})
	write.Title, write.Policy = "Write", ComposePolicy
	html, err := p.render("compose", write)
	if err != nil {
		return err
	}
	list := struct {
		frame
		Rules []rule.Rule
	}{p.frame("", "rules", schema.Time{Time: now}), rule.All().Rules()}
	list.Title, list.Lead = "The rules", "What is checked, each with an example that breaks it and can be healed."
	rules, err := p.render("rules", list)
	if err != nil {
		return err
	}
	for _, f := range []File{
		{composePage, html}, {"rules.html", rules},
		{"static/compose.js", script}, {"static/wasm_exec.js", program.Glue}, {"static/compose.wasm", program.Wasm},
	} {
		if err := put(f); err != nil {
			return err
		}
	}
	return nil
}
