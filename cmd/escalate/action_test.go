package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	actionRepository = "escalations-as-code/escalate"
	archiveName      = "escalate_linux_amd64.tar.gz"
)

// action is a commit of the action, as a runner has it on its disk.
type action struct {
	t    *testing.T
	root string
}

// actionWith is the action with these lines in its file of sums.
func actionWith(t *testing.T, sums string) action {
	t.Helper()
	a := action{t, t.TempDir()}
	folder := filepath.Join(a.root, ".github/action")
	if err := os.CopyFS(folder, os.DirFS("../../.github/action")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "sums"), []byte("# What this action installs.\n"+sums), 0o644); err != nil {
		t.Fatal(err)
	}
	return a
}

// run runs one of the action's scripts. It returns what the script printed, and
// what it handed on to the next step.
func (a action) run(script string, env ...string) (said, output string, err error) {
	a.t.Helper()
	temp := a.t.TempDir()
	outputs := filepath.Join(temp, "outputs")
	if err := os.WriteFile(outputs, nil, 0o644); err != nil {
		a.t.Fatal(err)
	}
	name, args, _ := strings.Cut(script, " ")
	cmd := exec.Command("bash", slices.Concat([]string{filepath.Join(a.root, ".github/action", name)}, strings.Fields(args))...)
	cmd.Env = slices.Concat(os.Environ(), []string{
		"ACTION=" + a.root, "REPOSITORY=" + actionRepository, "VERSION=", "GITHUB_WORKSPACE=" + temp, "GITHUB_OUTPUT=" + outputs,
		"RUNNER_TEMP=" + temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
	}, env)
	out, err := cmd.CombinedOutput()
	handed, readErr := os.ReadFile(outputs)
	if readErr != nil {
		a.t.Fatal(readErr)
	}
	return string(out), strings.TrimSuffix(string(handed), "\n"), err
}

// install is run for install.sh, where a release is to be installed from a server.
func (a action) install(server *httptest.Server, version string) (said, output string, err error) {
	a.t.Helper()
	return a.run("install.sh", "FROM=release", "VERSION="+version, "GITHUB_SERVER_URL="+server.URL)
}

// archiveOf is the archive of a release whose binary is this.
func archiveOf(t *testing.T, program string) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	tarred := tar.NewWriter(zipped)
	if err := tarred.WriteHeader(&tar.Header{Name: "escalate", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	if _, err := tarred.Write([]byte(program)); err != nil {
		t.Fatal(err)
	}
	if err := tarred.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// releaseOf serves release v1.2.3, with an archive and a list of sums that says
// that it is the right one.
func releaseOf(t *testing.T, archive []byte) *httptest.Server {
	t.Helper()
	const folder = "/" + actionRepository + "/releases/download/v1.2.3/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+folder+archiveName, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) })
	mux.HandleFunc("GET "+folder+"checksums.txt", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(archive), archiveName)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// sumOf is the line of the action's sums for an archive.
func sumOf(archive []byte, file string) string {
	return fmt.Sprintf("%x  %s\n", sha256.Sum256(archive), file)
}

// The action runs the binary whose sum its own commit names, and no other: not
// where the archive was exchanged, and not where the list of sums beside it was
// exchanged with it.
func TestActionInstallsWhatItsCommitNames(t *testing.T) {
	t.Parallel()
	good, evil := archiveOf(t, "#!/bin/sh\necho good\n"), archiveOf(t, "#!/bin/sh\necho evil\n")
	server, exchanged := releaseOf(t, good), releaseOf(t, evil)
	const other = "v1.2.3/escalate_darwin_arm64.tar.gz"
	sums := sumOf(evil, other) + sumOf(good, "v1.2.3/"+archiveName)

	for _, version := range []string{"", "v1.2.3"} {
		said, output, err := actionWith(t, sums).install(server, version)
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		if out, err := exec.Command(strings.TrimPrefix(output, "escalate=")).Output(); string(out) != "good\n" {
			t.Errorf("%s: what was installed says %q: %v", output, out, err)
		}
	}
	for _, c := range []struct {
		name, sums, version, want string
		server                    *httptest.Server
	}{
		{"archive and sums were exchanged", sums, "", "does not have the sum that this commit of the action names", exchanged},
		{"another release", sums, "v1.2.4", "installs release v1.2.3, and no other", server},
		{"no sums", "", "", "has the sums of no release", server},
		{"no sums, and a release is named", "", "v1.2.3", "has the sums of no release", server},
		{"not for this system", sumOf(good, other), "", "release v1.2.3 has no " + archiveName, server},
		{"no sum", sumOf(good, "v1.2.3/"+archiveName)[8:], "", "has the sums of no release", server},
		{"no release", sumOf(good, "../v1.2.3/"+archiveName), "", "has the sums of no release", server},
		{"not there", sumOf(good, "v1.2.4/"+archiveName), "", "cannot download " + archiveName + " of release v1.2.4", server},
	} {
		said, output, err := actionWith(t, c.sums).install(c.server, c.version)
		if err == nil || output != "" || !strings.Contains(said, "::error title=escalate::") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %v, handed on %q, and said\n%s\nwant %q", c.name, err, output, said, c.want)
		}
	}
}

// Without sums, at a tag or a commit between two releases, the action builds what
// it consists of; so does ./ in this repository, whatever sums it has.
func TestActionChooses(t *testing.T) {
	t.Parallel()
	sums := sumOf(nil, "v1.2.3/"+archiveName)
	with, without := actionWith(t, sums), actionWith(t, "")
	for _, c := range []struct {
		name   string
		action action
		env    []string
		want   string
	}{
		{"sums", with, nil, "release"},
		{"no sums", without, nil, "source"},
		{"no sums, and a release is named", without, []string{"VERSION=v1.2.3"}, "release"}, // install.sh says why not
		{"asked for", with, []string{"VERSION=source"}, "source"},
		{"./", with, []string{"GITHUB_WORKSPACE=" + with.root}, "source"},
	} {
		said, output, err := c.action.run("choose.sh", c.env...)
		if err != nil || output != "from="+c.want {
			t.Errorf("%s: %q, want %s: %v\n%s", c.name, output, c.want, err, said)
		}
	}
}

// gh is the command line of GitHub, which has one release; of its archives those
// that hold "evil" lack the proof of where they come from.
const gh = `#!/usr/bin/env bash
case "$1 $2" in
  'release download')
    [ "$3" = v1.2.3 ] || exit 1
    while [ "$1" != --dir ]; do shift; done
    cp "$ARCHIVES"/* "$2" ;;
  'attestation verify')
    case "$*" in
      *' --repo escalations-as-code/escalate --source-ref refs/tags/v1.2.3 '*) ! grep -q evil "$3" ;;
      *) exit 1 ;;
    esac ;;
  *) exit 1 ;;
esac
`

// pin.sh writes the sums that install.sh reads, if every archive has its proof;
// else the sums stay as they are.
func TestPin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, release, content string
		pinned                 bool
	}{
		{"proven", "v1.2.3", "good", true},
		{"without proof", "v1.2.3", "evil", false},
		{"no such release", "v1.2.4", "good", false},
	} {
		bin, archives := t.TempDir(), t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(gh), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{archiveName: c.content, "escalate_windows_arm64.tar.gz": "good"} {
			if err := os.WriteFile(filepath.Join(archives, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		const before = "# What this action installs.\n"
		old := sumOf(nil, "v1.2.2/"+archiveName)
		a := actionWith(t, old)
		components := []string{"templates/escalate.yml", "internal/starter/files/gitlab/component.yml"}
		for _, name := range components {
			path := filepath.Join(a.root, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(read(t, "templates/escalate.yml")), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		said, _, err := a.run("pin.sh "+c.release, "PATH="+bin+":"+os.Getenv("PATH"), "ARCHIVES="+archives)
		got, readErr := os.ReadFile(filepath.Join(a.root, ".github/action/sums"))
		if readErr != nil {
			t.Fatal(readErr)
		}
		want := before + old
		if c.pinned {
			want = before + sumOf([]byte("good"), "v1.2.3/"+archiveName) + sumOf([]byte("good"), "v1.2.3/escalate_windows_arm64.tar.gz")
		}
		if string(got) != want || (err == nil) != c.pinned {
			t.Errorf("%s: %v\n%s\nthe sums are\n%s\nwant\n%s", c.name, err, said, got, want)
		}
		for _, name := range components { // which takes the same
			text, err := os.ReadFile(filepath.Join(a.root, filepath.FromSlash(name)))
			sum, _, _ := strings.Cut(sumOf([]byte("good"), ""), " ")
			is := strings.Contains(string(text), "\n      default: v1.2.3\n") && strings.Contains(string(text), "\n        "+sum+"  "+archiveName+"\n")
			if err != nil || is != c.pinned {
				t.Errorf("%s: %s is pinned: %t, %v\n%s", c.name, name, is, err, text)
			}
		}
	}
}

// What is judged is all that will be merged: an entry of a merge queue is compared
// with the branch that it goes into, and not with the entry before it, which goes
// with it whatever its own check said.
func TestActionCompares(t *testing.T) {
	t.Parallel()
	if base := "default: ${{ github.event.pull_request.base.sha || github.event.merge_group.base_ref }}\n"; !strings.Contains(read(t, "action.yml"), base) {
		t.Errorf("action.yml does not have %s", base)
	}
	a := actionWith(t, "")
	program := filepath.Join(a.root, "escalate")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]string{
		"": "lint --dir .", "refs/heads/main": "lint --base refs/remotes/origin/main --dir .", "refs/heads/a/b": "lint --base refs/remotes/origin/a/b --dir .", "0a1b": "lint --base 0a1b --dir .",
	} {
		said, output, err := a.run("run.sh", "ESCALATE="+program, "COMMAND=lint", "BASE="+base, "DIR=.", "FLAGS=")
		if strings.TrimSpace(said) != want || output != "exit-code=0" || err != nil {
			t.Errorf("with the base %q it runs %q, %s, %v", base, said, output, err)
		}
	}
}

// The action runs the commands that action.yml names, and nothing else that a
// workflow calls one.
func TestActionCommands(t *testing.T) {
	t.Parallel()
	a := actionWith(t, "")
	program := filepath.Join(a.root, "escalate")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$@\"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if names := `"What to do: lint, plan, apply, stale, bot or site"`; !strings.Contains(read(t, "action.yml"), names) {
		t.Errorf("action.yml does not have %s", names)
	}
	for command, want := range map[string]string{
		"apply": "apply --dir x --yes\nexit-code=1", "stale": "stale --apply --dir x --yes\nexit-code=1", "bot": "bot --dir x --yes\nexit-code=1", "site": "site --output site --pages --dir x --yes\nexit-code=1",
		"form": "::error title=escalate::command is none of lint, plan, apply, stale, bot and site\nexit-code=2", "": "::error title=escalate::command is none of lint, plan, apply, stale, bot and site\nexit-code=2",
	} {
		said, output, err := a.run("run.sh", "ESCALATE="+program, "COMMAND="+command, "BASE=", "DIR=x", "FLAGS=--yes")
		if got := strings.TrimSpace(said) + "\n" + output; got != want || err == nil {
			t.Errorf("command %q: %s, %v; want %s", command, got, err, want)
		}
	}
}
