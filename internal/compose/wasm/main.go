//go:build js && wasm

// Command wasm is package compose in a page: a function `escalate` that takes the name
// of what is asked and its value as JSON, and returns the answer as JSON. It translates,
// and does nothing else.
package main

import (
	"encoding/json"
	"fmt"
	"syscall/js"

	"github.com/escalations-as-code/escalate/internal/compose"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/schema"
)

func main() {
	p := &page{}
	js.Global().Set("escalate", js.FuncOf(func(_ js.Value, args []js.Value) any {
		answer, err := p.asked(args[0].String(), []byte(args[1].String()))
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		text, err := json.Marshal(answer)
		if err != nil {
			text = []byte(`{"error": "the answer is no JSON"}`)
		}
		return string(text)
	}))
	select {} // the page calls it until it is closed
}

// page is what one page knows.
type page struct {
	composer *compose.Composer // nil until the world is known
	check    *shape.Checker
}

// asked answers what the page asks.
func (p *page) asked(name string, value []byte) (any, error) {
	switch name {
	case "open":
		var w compose.World
		if err := json.Unmarshal(value, &w); err != nil {
			return nil, err
		}
		c, err := compose.New(w)
		p.composer = c
		return struct{}{}, err
	case "know":
		var k struct {
			ID   schema.ID    `json:"id"`
			File compose.File `json:"file"`
		}
		if err := json.Unmarshal(value, &k); err != nil {
			return nil, err
		}
		p.composer.Know(k.ID, k.File)
		return struct{}{}, nil
	case "answer":
		var r compose.Request
		if err := json.Unmarshal(value, &r); err != nil {
			return nil, err
		}
		return p.composer.Answer(r), nil
	case "judge":
		var t compose.Tried
		if err := json.Unmarshal(value, &t); err != nil {
			return nil, err
		}
		if p.check == nil {
			check, err := shape.NewChecker()
			if err != nil {
				return nil, err
			}
			p.check = check
		}
		return compose.Judge(p.check, t)
	case "example":
		var rule string
		if err := json.Unmarshal(value, &rule); err != nil {
			return nil, err
		}
		x, ok := compose.ExampleOf(rule)
		if !ok {
			return nil, fmt.Errorf("there is no rule %q", rule)
		}
		return x, nil
	}
	return nil, fmt.Errorf("nothing is called %q", name)
}
