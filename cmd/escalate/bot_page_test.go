package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// sum is the id of a commit, whole or short.
var sum = regexp.MustCompile("\\b[0-9a-f]{40}\\b|[\\[`][0-9a-f]{10}[\\]`]")

// page is an issue or a pull request with all that is said on it, as people see it. The
// pictures of the guide are made of such pages: e2e/pictures.mjs.
func (d *desk) page(on forge.Thread) string {
	var b strings.Builder
	entry := func(by forge.Author, body string) {
		body = sum.ReplaceAllStringFunc(body, func(id string) string {
			const short = "1f2e3d4c5b"
			if len(id) == 40 {
				return strings.Repeat(short, 4)
			}
			return id[:1] + short + id[len(id)-1:]
		})
		fmt.Fprintf(&b, "@@ %s\n%s\n", by.Login, strings.TrimSpace(hiddenMark.ReplaceAllString(body, "")))
	}
	i := d.Issues[on.Number-1]
	fmt.Fprintf(&b, "@@@ %s #%d [%s]\n", i.Title, i.Number, strings.Join(i.Labels, ", "))
	entry(i.Author, i.Body)
	for _, c := range d.Comments {
		if c.On.Number == on.Number {
			entry(c.Author, c.Body)
		}
	}
	return b.String()
}

// golden compares a page with the file that has it.
func (d *desk) golden(name string, on forge.Thread) {
	d.Helper()
	file, got := filepath.Join("testdata/bot", name+".md"), d.page(on)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			d.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		d.Errorf("%s is another page (go test ./cmd/escalate -run %s -update): %v\n%s", file, d.Name(), err, got)
	}
}

// One customer's escalation as it is lived in a browser: from the form to the form for
// the closing.
func TestBotPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	number := len(d.Issues) + 1
	on := forge.Thread{Number: number}
	asked := maps.Clone(requested)
	asked["customer"], asked["severity"], asked["product-related"], asked["product-reason"] = "Fabrikam", "high", "no", "Their runners are too few."
	issue := d.Open(jo, d.filled(asked, "criterion"))
	issue.Title = "Escalation: Fabrikam"
	d.run("bot")
	d.golden("asked", on)
	issue.Body = d.filled(asked, "")
	d.run("bot") // and it is merged at once, since it is high
	d.says(jo, on, "/update customer They have two more runners for the weekend.\n\n/step Measure the queue on Monday @jodoe in 3 days")
	d.says(jo, on, "/severity low because The queue is short again.\n/met 7")
	d.golden("tracked", on)
	d.golden("proposed", forge.Thread{Number: len(d.Issues)})
}
