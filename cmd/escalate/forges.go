package main

import (
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/github"
	"github.com/escalations-as-code/escalate/internal/gitlab"
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

// newRepository is a repository on the forge that has it. This alone knows which there
// are.
func newRepository(env environment, at ci.Forge) (repository, error) {
	agent := "escalate/" + env.version
	if at.Platform == ci.GitLab {
		return gitlab.New(gitlab.Config{API: at.API, GraphQL: at.GraphQL, Project: at.Repository, Token: at.Token, UserAgent: agent})
	}
	return github.New(github.Config{API: at.API, GraphQL: at.GraphQL, Repository: at.Repository, Token: at.Token, UserAgent: agent, Now: env.now, Wait: wait, Says: env.says})
}
