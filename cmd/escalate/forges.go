package main

import (
	"io/fs"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/gitlab"
	"github.com/escalations-as-code/escalate/internal/starter"
)

// repository is a repository on a forge, with all that every forge has.
type repository interface {
	forge.Forge
	forge.Feed
	forge.Reactor
	forge.Proposer
	forge.Lister
	forge.Merger
	forge.Editor
	forge.Inspector
}

// platform is where a repository is, or will be, and why that is known: this is a job of
// it, the remote or the environment says it, or the files that there are. at is where the
// remote is, as hosted has it. Where nothing says it, it is GitHub.
func platform(env environment, at ci.Forge, remote string, files fs.FS) (is ci.Platform, since string) {
	stated := env.ci.Forge()
	switch {
	case env.ci.Platform != "":
		return env.ci.Platform, "this is a job of it"
	case at.Repository != "":
		return at.Platform, "the remote " + remote + " is there"
	case stated.Repository != "":
		return stated.Platform, "the environment names " + stated.Repository + " there"
	}
	for _, name := range []string{starter.Pipeline, ".gitlab"} {
		if _, err := fs.Lstat(files, name); err == nil {
			return ci.GitLab, "there is a " + name
		}
	}
	return ci.GitHub, "nothing here says where the repository will be; for GitLab, say --gitlab"
}

// newRepository is a repository on the forge that has it. This alone knows which there
// are.
func newRepository(env environment, at ci.Forge) (repository, error) {
	agent := "escalate/" + env.version
	if at.Platform == ci.GitLab {
		job := at.Token != "" && at.Token == env.getenv("CI_JOB_TOKEN") // which may do little
		return gitlab.New(gitlab.Config{API: at.API, GraphQL: at.GraphQL, Project: at.Repository, Token: at.Token, Job: job, UserAgent: agent})
	}
	return github.New(github.Config{API: at.API, GraphQL: at.GraphQL, Repository: at.Repository, Token: at.Token, UserAgent: agent, Now: env.now, Wait: wait, Says: env.says})
}
