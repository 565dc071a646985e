package gitlab

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/forge/forgetest"
)

type shows = map[string]any

// What a project is, and what the token may there.
func TestHosted(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do   func(*forgetest.GitLab)
		want forge.Hosted
	}{
		"private":    {func(*forgetest.GitLab) {}, forge.Hosted{Repository: "acme/escalations", Default: "main", Private: forge.Yes, Archived: forge.No, Issues: forge.Yes, Fork: forge.No, Write: forge.Yes}},
		"a reporter": {func(g *forgetest.GitLab) { g.Role = forgetest.Reporter }, forge.Hosted{Repository: "acme/escalations", Default: "main", Private: forge.Yes, Archived: forge.No, Issues: forge.Yes, Fork: forge.No, Write: forge.No}},
		"public, archived, a fork, no issues": {func(g *forgetest.GitLab) {
			g.Public = true
			g.Shows[""] = shows{"archived": true, "forked_from_project": shows{"id": 2}, "issues_access_level": "disabled", "permissions": nil}
		}, forge.Hosted{Repository: "acme/escalations", Default: "main", Private: forge.No, Archived: forge.Yes, Issues: forge.No, Fork: forge.Yes, Write: forge.Unsaid}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			tc.do(g)
			if got, err := project(t, g).Hosted(t.Context()); err != nil || got != tc.want {
				t.Errorf("%+v (%v)", got, err)
			}
		})
	}
}

func levels(all ...any) []any {
	var list []any
	for i := 0; i < len(all); i += 2 {
		list = append(list, shows{"id": i, "access_level": all[i], "access_level_description": all[i+1]})
	}
	return list
}

// A branch is held to all rules that match it, as GitLab has them: of who may push, the
// widest counts.
func TestGuard(t *testing.T) {
	t.Parallel()
	nobody := shows{"id": 1, "name": "main", "push_access_levels": levels(0, "No one"), "merge_access_levels": levels(40, "Maintainers"), "allow_force_push": false, "code_owner_approval_required": true}
	wide := shows{"id": 2, "name": "ma*", "push_access_levels": levels(40, "Maintainers"), "merge_access_levels": levels(30, "Developers + Maintainers"), "allow_force_push": true, "code_owner_approval_required": false}
	for name, tc := range map[string]struct {
		rules  []any
		shows  shows
		branch string
		want   string
	}{
		"none":           {[]any{}, nil, "main", "2 [] 2 []"},
		"nobody pushes":  {[]any{nobody}, nil, "main", "1 [] 1 [main: allowed to push: No one main: allowed to merge: Maintainers main: code owners must approve]"},
		"two rules":      {[]any{nobody, wide}, nil, "main", "2 [] 2 [main: allowed to push: No one main: allowed to merge: Maintainers main: code owners must approve ma*: allowed to push: Maintainers ma*: allowed to merge: Developers + Maintainers]"},
		"another branch": {[]any{nobody}, nil, "esc-ledger", "2 [] 2 []"},
		"checks":         {[]any{}, shows{"only_allow_merge_if_pipeline_succeeds": true, "only_allow_merge_if_all_discussions_are_resolved": true}, "main", "2 [pipeline] 2 [all threads must be resolved]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Shows["protected_branches"] = tc.rules
			if tc.shows != nil {
				g.Shows[""] = tc.shows
			}
			is, err := project(t, g).Guard(t.Context(), tc.branch)
			if got := fmt.Sprint(is.Reviewed, is.Checks, is.Kept, is.Restricts); err != nil || got != tc.want {
				t.Errorf("%s (%v)", got, err)
			}
			g.Role = forgetest.Developer
			if _, err := project(t, g).Guard(t.Context(), tc.branch); !errors.Is(err, forge.ErrForbidden) || !strings.Contains(err.Error(), "Maintainer") {
				t.Errorf("%v", err)
			}
		})
	}
	for rule, is := range map[string]bool{"esc-*": true, "*-ledger": true, "*": true, "e*-*r": true, "esc-ledger": true, "esc": false, "*x*": false, "esc-ledger*x": false} {
		if matches(rule, "esc-ledger") != is {
			t.Errorf("%s matches: %v", rule, !is)
		}
	}
}

// A schedule stands still where its owner is blocked, whatever else it says.
func TestAutomation(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	owner := func(state string) shows { return shows{"id": 7, "username": "jdoe", "state": state} }
	schedule := func(id int, ref string, active bool, owner any, last any) shows {
		s := shows{"id": id, "description": "daily", "ref": ref, "cron": "0 7 * * *", "active": active, "owner": owner, "last_pipeline": last}
		g.Shows[fmt.Sprint("pipeline_schedules/", id)] = s
		return s
	}
	pipeline := func(id int, source, status string) shows {
		p := shows{"id": id, "status": status, "source": source, "web_url": fmt.Sprint("https://git.example/-/pipelines/", id), "created_at": "2026-11-26T07:00:00.000Z"}
		g.Shows[fmt.Sprint("pipelines/", id)] = p
		return p
	}
	g.Shows["pipeline_schedules"] = []any{
		schedule(1, "refs/heads/main", true, owner("active"), shows{"id": 11, "status": "failed"}), schedule(2, "main", true, owner("blocked"), shows{"id": 12}),
		schedule(3, "main", false, owner("active"), nil), schedule(4, "refs/heads/other", true, owner("active"), nil), schedule(5, "main", true, nil, shows{"id": 99}),
	}
	pipeline(11, "schedule", "failed")
	pipeline(12, "schedule", "success")
	g.Shows["pipelines"] = []any{pipeline(23, "merge_request_event", "failed"), pipeline(22, "push", "running"), pipeline(21, "trigger", "failed"), pipeline(20, "push", "success")}
	jobs, err := project(t, g).Automation(t.Context(), []string{".gitlab-ci.yml"})
	var got []string
	for _, j := range jobs {
		got = append(got, fmt.Sprintf("%s: %q, began %v (%v), failed %q", strings.TrimPrefix(j.Page, g.Root+"/acme/escalations/-/"), j.Disabled, !j.Began.IsZero(), j.Ran, j.Failed))
	}
	want := []string{
		`pipelines: "", began true (1), failed "https://git.example/-/pipelines/21"`,
		`pipeline_schedules/1/edit: "", began true (1), failed "https://git.example/-/pipelines/11"`,
		`pipeline_schedules/2/edit: "its owner @jdoe is blocked", began true (1), failed ""`,
		`pipeline_schedules/3/edit: "the schedule is inactive", began false (2), failed ""`,
		`pipeline_schedules/5/edit: "the schedule has no owner", began false (0), failed ""`,
	}
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\n(%v)", strings.Join(got, "\n"), err)
	}
	if jobs, err := project(t, g).Automation(t.Context(), []string{".github/workflows/x.yml"}); err != nil || jobs != nil {
		t.Errorf("%+v (%v)", jobs, err)
	}
}

// A hook counts that starts a pipeline of this project; its secret is not told.
func TestHooks(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	hook := func(id int, url, alert string) shows {
		return shows{"id": id, "url": url, "note_events": true, "issues_events": true, "confidential_issues_events": true, "confidential_note_events": id == 1, "alert_status": alert}
	}
	g.Shows["hooks"] = []any{
		hook(1, "https://git.example/gitlab/api/v4/projects/1/ref/main/trigger/pipeline?token=secret", "executable"),
		hook(2, "https://git.example/api/v4/projects/acme%2Fescalations/ref/a%2Fb/trigger/pipeline?token=secret", "temporarily_disabled"),
		hook(3, "https://git.example/api/v4/projects/2/ref/main/trigger/pipeline?token=secret", ""), hook(4, "https://chat.example/hook", ""),
	}
	hooks, err := project(t, g).Hooks(t.Context())
	got := strings.ReplaceAll(fmt.Sprintf("%+v", hooks), g.Root, "")
	want := "[{Page:/acme/escalations/-/hooks/1/edit Branch:main Comments:true Issues:true Confidential:true Disabled:} {Page:/acme/escalations/-/hooks/2/edit Branch:a/b Comments:true Issues:true Confidential:false Disabled:temporarily disabled}]"
	if err != nil || got != want {
		t.Errorf("%s (%v)", got, err)
	}
	g.Role = forgetest.Developer
	if _, err := project(t, g).Hooks(t.Context()); !errors.Is(err, forge.ErrForbidden) {
		t.Errorf("%v", err)
	}
}

// A site is private where GitLab says so, on gitlab.com; a server of a company may not
// control who reads it, and says nothing of that.
func TestPrivateSite(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		level  string
		public bool
		cloud  bool
		want   forge.Pages
	}{
		"members":              {"private", false, true, forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.Yes}},
		"everybody":            {"public", false, true, forge.Pages{On: forge.Yes, Private: forge.No, Jobs: forge.Yes}},
		"with access":          {"enabled", false, true, forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.Yes}},
		"with access to all":   {"enabled", true, true, forge.Pages{On: forge.Yes, Private: forge.No, Jobs: forge.Yes}},
		"off":                  {"disabled", false, true, forge.Pages{On: forge.No, Private: forge.Yes, Jobs: forge.Yes}},
		"unsaid":               {"", false, true, forge.Pages{Jobs: forge.Yes}},
		"of a company's":       {"private", false, false, forge.Pages{On: forge.Yes, Jobs: forge.Yes}},
		"of a company's, open": {"public", false, false, forge.Pages{On: forge.Yes, Private: forge.No, Jobs: forge.Yes}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forgetest.NewGitLab(t)
			g.Public, g.Shows[""] = tc.public, shows{"pages_access_level": tc.level}
			p := project(t, g)
			p.cloud = tc.cloud
			if got, err := p.Pages(t.Context()); err != nil || got != tc.want {
				t.Errorf("%+v (%v)", got, err)
			}
		})
	}
}

func TestHasLabel(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	for name, want := range map[string]forge.Said{"escalation": forge.Yes, "Escalation": forge.No, "other": forge.No} {
		if got, err := project(t, g).HasLabel(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: %v (%v)", name, got, err)
		}
	}
}

// The variables of a project are known by their names; what they hold is not read.
func TestSecrets(t *testing.T) {
	t.Parallel()
	g := forgetest.NewGitLab(t)
	g.Shows["variables"] = []any{
		map[string]any{"key": "GITLAB_TOKEN", "value": "glpat-secret", "variable_type": "env_var", "protected": true, "masked": true, "environment_scope": "*"},
		map[string]any{"key": "SLACK_BOT_TOKEN", "value": nil, "variable_type": "env_var", "protected": false, "masked": false, "environment_scope": "*"},
		map[string]any{"key": "SLACK_BOT_TOKEN", "value": nil, "variable_type": "env_var", "protected": true, "masked": true, "environment_scope": "production"},
	}
	secrets, err := project(t, g).Secrets(t.Context())
	got, want := fmt.Sprintf("%+v", secrets), "[{Name:GITLAB_TOKEN Protected:true Masked:true} {Name:SLACK_BOT_TOKEN Protected:false Masked:false} {Name:SLACK_BOT_TOKEN Protected:true Masked:true}]"
	if err != nil || got != want {
		t.Errorf("%v: %s\nwant %s", err, got, want)
	}
}
