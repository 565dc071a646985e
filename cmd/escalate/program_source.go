//go:build !embedded

package main

import "github.com/escalations-as-code/escalate/internal/site"

// embeddedProgram is the program that this build has in it: none.
func embeddedProgram() (site.Program, bool, error) { return site.Program{}, false, nil }
