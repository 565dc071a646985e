package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the golden files of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"escalate": main})
}

// The scripts run the command as a user does; each starts in a folder with the
// base tree of the rules.
func TestScripts(t *testing.T) {
	t.Parallel()
	base, err := filepath.Abs("../../internal/rule/testdata/base/escalations")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// CI runs in GitHub Actions too; only the scripts that say so do.
			env.Setenv("GITHUB_ACTIONS", "")
			env.Setenv("GITHUB_STEP_SUMMARY", "")
			return os.CopyFS(filepath.Join(env.WorkDir, "escalations"), os.DirFS(base))
		},
	})
}
