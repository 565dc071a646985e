package document

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// What counts is another view: the bytes and the nodes stay what was written.
func TestReadKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	texts := []string{
		"a: 1\nb: 2\na: 3\n", "a: &x y\nb: *x\n<<: *x\nc: &z {d: e}\n", "a: !urgent down\nb: !!int 3\n", "a: 1_000\nb: 0x1F\nc: 1e3\nd: .5\n",
		"? [a]\n: b\nc: {? [d] : e, f: g}\n", "a: [" + string(bytes.Repeat([]byte("["), 80)) + string(bytes.Repeat([]byte("]"), 80)) + "]\n",
		"fyi: [@jane]\nsummary: a: b\nchannel: #x\n", "l:\n  - {a: 1, a: 2}\n  - a: 1\n    a: 2\n", "\ufeffa: x\x00y\nb: \xff\n",
	}
	seeds, err := filepath.Glob("../../escalations/*/*.yaml")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, text := range texts {
		r := &reader{Document: &Document{src: &source{data: []byte(text)}}, told: finding.List{}}
		if !r.clean() {
			t.Fatalf("%q is not read", text)
		}
		r.parse()
		before := copied(r.written)
		_, root := r.plain(r.written, nil, nil)
		if !reflect.DeepEqual(r.written, before) || string(r.src.data) != text {
			t.Errorf("of %q the nodes or the bytes were changed", text)
		}
		if len(r.told.Findings()) == 0 && !strings.ContainsAny(text, "_!") && root != r.written {
			t.Errorf("%q was copied for nothing", text)
		}
	}
}

func copied(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Content = nil
	for _, child := range n.Content {
		c.Content = append(c.Content, copied(child))
	}
	c.Alias = copied(n.Alias)
	return &c
}
