// Package ci says where a program runs: in a job of GitHub Actions or of GitLab
// CI, or on somebody's own machine; and what such a job is told by its
// environment. It reads nothing but the variables that it is handed.
package ci

import (
	"cmp"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Platform is where repositories live and jobs run.
type Platform string

// The platforms.
const (
	GitHub Platform = "github"
	GitLab Platform = "gitlab"
)

// Name is what people call it.
func (p Platform) Name() string {
	if p == GitLab {
		return "GitLab"
	}
	return "GitHub"
}

// Change is what people call a change there that is to be merged.
func (p Platform) Change() string {
	if p == GitLab {
		return "merge request"
	}
	return "pull request"
}

// Environment is what the variables say. What they do not say is empty.
type Environment struct {
	// Platform is the one whose job this is; "" outside of CI.
	Platform Platform
	// GitHub and GitLab are how to get to each. Whoever sets the variables by hand
	// gets there from anywhere.
	GitHub, GitLab Forge
	// Run is the id of the run or pipeline that the job belongs to, Attempt what
	// tells a repetition of it from the first.
	Run, Attempt string
	// Change is the pull or merge request that the job runs for.
	Change Change
	// Root is the folder into which the repository was checked out.
	Root string
	// Scheduled reports that a schedule started the job.
	Scheduled bool
	// Event is the file that holds the event that started the job; GitHub has one.
	Event string
	// Summary is the file to which a job of GitHub Actions adds what is to stand on
	// its page, Outputs the one to which a step adds what the steps after it ask for.
	Summary, Outputs string
}

// Change is a pull or merge request.
type Change struct {
	// Number is 0 where there is none.
	Number int
	// Base is the name of the branch that it is to be merged into.
	Base string
	// Head is the commit that it holds, which need not be the one that a job checks out:
	// that may be what a merge would make of it. It is empty where that is not said.
	Head string
}

// Forge is how to get to a repository on a platform.
type Forge struct {
	Platform Platform
	// API is the address of the API, GraphQL that of its other one, Server that for
	// people.
	API, GraphQL, Server string
	// Repository is its path there, such as acme/escalations.
	Repository string
	// Token is what the API asks for. It is not to be printed.
	Token string
}

// pull is the ref of a pull request of GitHub.
var pull = regexp.MustCompile(`^refs/pull/(\d+)/`)

// Read reads the environment through getenv, as os.Getenv is.
func Read(getenv func(string) string) Environment {
	e := Environment{
		GitHub: Forge{
			Platform: GitHub, API: getenv("GITHUB_API_URL"), GraphQL: getenv("GITHUB_GRAPHQL_URL"), Server: cmp.Or(getenv("GITHUB_SERVER_URL"), "https://github.com"),
			Repository: getenv("GITHUB_REPOSITORY"), Token: getenv("GITHUB_TOKEN"),
		},
		GitLab: Forge{
			Platform: GitLab, API: getenv("CI_API_V4_URL"), GraphQL: getenv("CI_API_GRAPHQL_URL"), Server: cmp.Or(getenv("CI_SERVER_URL"), "https://gitlab.com"),
			Repository: getenv("CI_PROJECT_PATH"), Token: getenv("GITLAB_TOKEN"),
		},
		Root:    cmp.Or(getenv("GITHUB_WORKSPACE"), getenv("CI_PROJECT_DIR")),
		Event:   getenv("GITHUB_EVENT_PATH"),
		Summary: getenv("GITHUB_STEP_SUMMARY"),
		Outputs: getenv("GITHUB_OUTPUT"),
	}
	if getenv("GITLAB_CI") == "true" {
		e.Platform, e.Run, e.Attempt = GitLab, getenv("CI_PIPELINE_ID"), getenv("CI_JOB_ID")
		if n := number(getenv("CI_MERGE_REQUEST_IID")); n > 0 {
			e.Change = Change{n, getenv("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"), cmp.Or(getenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), getenv("CI_COMMIT_SHA"))}
		}
		e.Scheduled = getenv("CI_PIPELINE_SOURCE") == "schedule"
		return e
	}
	if getenv("GITHUB_ACTIONS") == "true" {
		e.Platform = GitHub
	}
	e.Run, e.Attempt = getenv("GITHUB_RUN_ID"), getenv("GITHUB_RUN_ATTEMPT")
	if found := pull.FindStringSubmatch(getenv("GITHUB_REF")); found != nil {
		e.Change = Change{Number: number(found[1]), Base: getenv("GITHUB_BASE_REF")}
	}
	e.Scheduled = getenv("GITHUB_EVENT_NAME") == "schedule"
	return e
}

// number is 0 for what is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Forge returns how to get to the repository that the job is about; outside of a job, to
// the one that the variables name.
func (e Environment) Forge() Forge {
	if e.Platform == GitLab || e.Platform == "" && e.GitHub.Repository == "" && e.GitLab.Repository != "" {
		return e.GitLab
	}
	return e.GitHub
}

// Missing returns the variables that are to be set before the forge can be
// reached.
func (f Forge) Missing() []string {
	token, repository := "GITHUB_TOKEN", "GITHUB_REPOSITORY"
	if f.Platform == GitLab {
		token, repository = "GITLAB_TOKEN", "CI_PROJECT_PATH"
	}
	var missing []string
	if f.Token == "" {
		missing = append(missing, token)
	}
	if f.Repository == "" {
		missing = append(missing, repository)
	}
	return missing
}

// View returns the address at which people look at a file of the repository as a
// branch has it, the default branch where it is ""; "" where the repository is not
// known.
func (f Forge) View(branch, file string) string { return f.address("blob", branch, file) }

// Edit returns the address at which people edit a file of the repository, like
// View.
func (f Forge) Edit(branch, file string) string { return f.address("edit", branch, file) }

func (f Forge) address(what, branch, file string) string {
	if f.Repository == "" {
		return ""
	}
	if f.Platform == GitLab {
		what = "-/" + what
	}
	segments := strings.Split(path.Join(f.Repository, what, cmp.Or(branch, "HEAD"), file), "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.TrimSuffix(f.Server, "/") + "/" + strings.Join(segments, "/")
}

// Commit returns the address at which people look at a commit; "" where the repository
// is not known.
func (f Forge) Commit(id string) string {
	if f.Repository == "" {
		return ""
	}
	what := "commit"
	if f.Platform == GitLab {
		what = "-/commit"
	}
	return strings.TrimSuffix(f.Server, "/") + "/" + path.Join(f.Repository, what, id)
}

// Schedule returns the schedule that started a job, such as "17 6 * * *", of the
// event in Environment.Event; "" where that is another event or none at all.
func Schedule(event []byte) string {
	var e struct{ Schedule string }
	if json.Unmarshal(event, &e) != nil {
		return ""
	}
	return e.Schedule
}

// Foreign reports whether the pull request of an event, as in Environment.Event, has its
// branch in another repository, such as a fork, or in one that is gone.
func Foreign(event []byte) bool {
	var e struct {
		Pull *struct {
			Head, Base struct{ Repo struct{ ID int64 } }
		} `json:"pull_request"`
	}
	return json.Unmarshal(event, &e) == nil && e.Pull != nil && e.Pull.Head.Repo.ID != e.Pull.Base.Repo.ID
}

// Compare returns the address at which people open a pull or merge request of a
// branch; "" where the repository is not known.
func (f Forge) Compare(base, branch string) string {
	switch {
	case f.Repository == "":
		return ""
	case f.Platform == GitLab:
		q := url.Values{"merge_request[source_branch]": {branch}, "merge_request[target_branch]": {base}}
		return strings.TrimSuffix(f.Server, "/") + "/" + f.Repository + "/-/merge_requests/new?" + q.Encode()
	}
	escape := func(branch string) string { return strings.ReplaceAll(url.PathEscape(branch), "%2F", "/") }
	return strings.TrimSuffix(f.Server, "/") + "/" + f.Repository + "/compare/" + escape(base) + "..." + escape(branch) + "?expand=1"
}

// scp is the address of a repository as ssh takes it, such as
// git@github.com:acme/escalations.git.
var scp = regexp.MustCompile(`^(?:[^@/]+@)?([^:/]+):([^/].*)$`)

// Hosted is how to get to the repository of a remote's address: with the token and
// the API of one that is known on the same host. It has no Repository where the
// address is none of a forge, such as that of a folder.
func Hosted(address string, known ...Forge) Forge {
	var host, path string
	if u, err := url.Parse(address); err == nil && u.Host != "" && u.Scheme != "file" {
		host, path = u.Hostname(), u.Path
	} else if m := scp.FindStringSubmatch(address); m != nil {
		host, path = m[1], m[2]
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if host == "" || !strings.Contains(path, "/") {
		return Forge{}
	}
	f := Forge{Platform: GitHub, Server: "https://" + host, Repository: path}
	if strings.Contains(host, "gitlab") {
		f.Platform = GitLab
	}
	for _, k := range known {
		u, err := url.Parse(k.Server)
		if err != nil || !strings.EqualFold(u.Hostname(), host) {
			continue
		}
		f = k
		// A server may be below a path, which is no part of the repository's; over ssh, it
		// is not there.
		f.Repository, _ = strings.CutPrefix(path, strings.Trim(u.Path, "/")+"/")
		server := strings.TrimSuffix(f.Server, "/")
		switch {
		case f.API != "":
		case f.Platform == GitLab:
			f.API = server + "/api/v4"
		case !strings.EqualFold(host, "github.com"):
			f.API = server + "/api/v3"
		}
		break
	}
	return f
}

// Home returns where the repository is, such as github.com/acme/escalations, so that
// two can be compared; "" where that is not known.
func (f Forge) Home() string {
	server, err := url.Parse(f.Server)
	if err != nil || server.Hostname() == "" || f.Repository == "" {
		return ""
	}
	return strings.ToLower(server.Hostname() + "/" + f.Repository)
}
