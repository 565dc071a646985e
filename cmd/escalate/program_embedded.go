//go:build embedded

package main

import (
	_ "embed"

	"github.com/escalations-as-code/escalate/internal/site"
)

// What `escalate program embedded` built.
var (
	//go:embed embedded/compose.wasm.gz
	embeddedWasm []byte
	//go:embed embedded/wasm_exec.js
	embeddedGlue []byte
)

// embeddedProgram is the program that this build has in it.
func embeddedProgram() (site.Program, bool, error) {
	p, err := unpacked(embeddedWasm, embeddedGlue)
	return p, true, err
}
