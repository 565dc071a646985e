package main

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
)

// A job publishes the board where GitHub says that the site is private, and in no other
// case; it says why, on its page too.
func TestPublish(t *testing.T) {
	t.Parallel()
	const repo = "/repos/acme/escalations"
	const hosted = `{"full_name": "acme/escalations", "private": true, "fork": `
	for name, c := range map[string]struct {
		but  map[string]string
		vars map[string]string
		want string // what is said after that it is not published; "" where it is
	}{
		"private":            {},
		"public":             {but: map[string]string{repo + "/pages": `{"public": true, "build_type": "workflow"}`}, want: "everybody on the internet"},
		"not said":           {but: map[string]string{repo + "/pages": `{"build_type": "workflow"}`}, want: "does not say that those alone read the site"},
		"an odd answer":      {but: map[string]string{repo + "/pages": `{}`}, want: "it is not known who would read it"},
		"another answer":     {but: map[string]string{repo + "/pages": `<html>`}, want: "it is not known who would read it"},
		"off":                {but: map[string]string{repo + "/pages": "404"}, want: "its pages are off"},
		"may not ask":        {but: map[string]string{repo + "/pages": "403"}, want: "`pages: read`"},
		"a fork":             {but: map[string]string{repo: hosted + "true}"}, want: "this repository is a fork"},
		"whether it is one":  {but: map[string]string{repo: hosted + "null}"}, want: "does not say whether"},
		"no such repository": {but: map[string]string{repo: "404"}, want: "it is not known who would read it"},
		"no token":           {vars: map[string]string{"GITHUB_TOKEN": ""}, want: "set GITHUB_TOKEN, so that"},
		"GitLab":             {vars: map[string]string{"GITLAB_CI": "true"}, want: "the sites of GitHub alone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(&counterpart{but: c.but})
			t.Cleanup(s.Close)
			dir := t.TempDir()
			vars := map[string]string{
				"GITHUB_ACTIONS": "true", "GITHUB_API_URL": s.URL, "GITHUB_REPOSITORY": "acme/escalations", "GITHUB_TOKEN": "ghs_secret",
				"GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"),
			}
			for name, v := range c.vars {
				vars[name] = v
			}
			var errs bytes.Buffer
			getenv := func(name string) string { return vars[name] }
			env := environment{stderr: &errs, getenv: getenv, ci: ci.Read(getenv), now: time.Now}
			// GitLab publishes what a job leaves that does not fail.
			wants := map[bool]error{true: errFindings}[c.vars["GITLAB_CI"] != ""]
			if err := (siteOptions{env: env}).decide(t.Context()); !errors.Is(err, wants) {
				t.Fatalf("it ends with %v, want %v", err, wants)
			}
			summary, publish := "The board is not published: ", "false"
			if c.want == "" {
				summary, publish = "The board may be published as the site of this repository, which is private.", "true"
			}
			if got, _ := os.ReadFile(vars["GITHUB_OUTPUT"]); string(got) != "publish="+publish+"\n" {
				t.Errorf("the steps are told %q", got)
			}
			if c.vars["GITLAB_CI"] != "" {
				return // it has no page to write to
			}
			got, _ := os.ReadFile(vars["GITHUB_STEP_SUMMARY"])
			page := strings.NewReplacer("\\", "", "&#96;", "`").Replace(string(got))
			if !strings.HasPrefix(page, summary) || !strings.Contains(page, c.want) || strings.Count(page, "\n") != 1 {
				t.Errorf("the page of the job says %q, want %q", got, c.want)
			}
			if said := errs.String(); !strings.HasPrefix(said, "escalate: "+summary) || !strings.Contains(said, c.want) || strings.Contains(said, "secret") {
				t.Errorf("it says %q, want %q", said, c.want)
			}
		})
	}
}
