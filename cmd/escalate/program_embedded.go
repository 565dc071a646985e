//go:build embedded

package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"

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

// unpacked is a program as a release has it.
func unpacked(wasm, glue []byte) (p site.Program, err error) {
	z, err := gzip.NewReader(bytes.NewReader(wasm))
	if err != nil {
		return p, err
	}
	p.Glue = glue
	p.Wasm, err = io.ReadAll(z)
	return p, err
}
