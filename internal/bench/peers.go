package main

import (
	"cmp"
	"debug/buildinfo"
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/escalations-as-code/escalate/schema"
)

// peerFiles are the rules and the script that peers are given.
//
//go:embed peers
var peerFiles embed.FS

// peer is another program that can check an escalation against a schema or a
// few rules. None of them tells lines, or knows the process.
type peer struct {
	job
	does    string
	tool    string   // the executable
	args    []string // of the run
	probe   []string // arguments that show that it works, and print a version
	install string
	// wanted is the limit of a ratio of wall times: lint over the peer where
	// atMost is set, else the peer over lint. 0: none.
	wanted float64
	atMost bool
}

// allPeers returns the peers, for the files in the folder work.
func allPeers(work workspace) []*peer {
	escalations := work.years("all")
	return []*peer{
		{
			job:  job{name: "ajv-cli", dir: work.path("quoted")},
			does: "schema; on copies with times in quotes, or it rejects them",
			tool: "ajv", install: "npm install ajv-cli@5.0.0 ajv-formats@3.0.1",
			args: []string{
				"validate", "--spec=draft2020", "--strict=false", "-c", "ajv-formats",
				"-s", work.path("escalation.schema.json"), "-d", "escalations/*/*.yaml",
			},
			wanted: 1.25, atMost: true,
		},
		{
			job:  job{name: "cue vet", dir: work.path("tenth"), scale: 10},
			does: "schema; a tenth of the files, times ten",
			tool: "cue", install: "go install cuelang.org/go/cmd/cue@v0.17.1",
			args:   append([]string{"vet", "-c", "jsonschema:", work.path("escalation.schema.json"), "yaml:"}, work.files("tenth")...),
			probe:  []string{"version"},
			wanted: 6,
		},
		{
			job:  job{name: "conftest", dir: work.path("all")},
			does: "six rules in Rego, no schema",
			tool: "conftest", install: "go install github.com/open-policy-agent/conftest@v0.71.1",
			args:   append([]string{"test", "--no-color", "-p", work.path("peers/rules.rego")}, escalations...),
			probe:  []string{"--version"},
			wanted: 3,
		},
		{
			job:  job{name: "python3-jsonschema", dir: work.path("all")},
			does: "schema; with the C loader of yaml, where it is there",
			tool: "python3", install: "apt-get install python3-jsonschema=4.10.3-1 python3-yaml=6.0-3+b2",
			args:  append([]string{work.path("peers/validate.py"), work.path("escalation.schema.json")}, escalations...),
			probe: []string{"-W", "ignore", "-c", "import jsonschema, yaml; print(jsonschema.__version__)"},
		},
		{
			job:  job{name: "yamllint", dir: work.path("tenth"), scale: 10},
			does: "the style of YAML; a tenth of the files, times ten",
			tool: "yamllint", install: "apt-get install yamllint=1.29.0-1",
			args:  append([]string{"-d", "relaxed"}, work.years("tenth")...),
			probe: []string{"--version"},
		},
	}
}

// writePeerFiles writes what the peers read beside the escalations.
func writePeerFiles(work workspace) error {
	text, err := schema.JSON(schema.KindEscalation)
	if err != nil {
		return err
	}
	if err := os.WriteFile(work.path("escalation.schema.json"), text, 0o644); err != nil {
		return err
	}
	return os.CopyFS(work.dir, peerFiles)
}

// find looks for the peer in the folder tools, where package managers may have
// put it into a folder of their own, and then on the PATH. A peer that is
// there but does not answer counts as not installed.
func (p *peer) find(tools string) bool {
	var places []string
	if tools != "" {
		for _, folder := range []string{"", "bin", "node_modules/.bin"} {
			places = append(places, filepath.Join(tools, folder, p.tool))
		}
	}
	for _, place := range append(places, p.tool) {
		path, err := exec.LookPath(place)
		if err != nil {
			continue
		}
		var said []byte
		if p.probe != nil {
			if said, err = exec.Command(path, p.probe...).Output(); err != nil {
				continue
			}
		}
		if v := cmp.Or(moduleVersion(path), packageVersion(path), version(string(said))); v != "" {
			p.name += " " + v
		}
		p.command = append([]string{path}, p.args...)
		return true
	}
	return false
}

// version returns the first thing in text that looks like one.
func version(text string) string {
	return regexp.MustCompile(`\d+(\.\d+)+`).FindString(text)
}

// moduleVersion returns the version of the Go module that a program was built
// from. A program that `go install` built knows no other.
func moduleVersion(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return ""
	}
	return version(info.Main.Version)
}

// packageVersion returns the version of the npm package that a command is part
// of.
func packageVersion(path string) string {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if text, err := os.ReadFile(filepath.Join(dir, "package.json")); err == nil {
			_, after, _ := strings.Cut(string(text), `"version":`)
			return version(after)
		}
	}
	return ""
}

// printPeers prints a table of the peers that ran, and of the others how they
// are installed.
func printPeers(w io.Writer, found, missing []*peer, lint *job) {
	header(w, "peer", "/ lint")
	row(w, lint, lint)
	for _, p := range found {
		row(w, &p.job, lint)
	}
	fmt.Fprintln(w)
	for _, p := range found {
		fmt.Fprintf(w, "%s: %s\n", p.name, p.does)
	}
	for _, p := range missing {
		fmt.Fprintf(w, "%s: not installed\n  %s\n", p.name, p.install)
	}
}
