package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// userVariable names who is at work, by handle, name or e-mail address.
const userVariable = "ESCALATE_USER"

// noReply is the address that a forge makes for somebody who hides theirs.
var noReply = regexp.MustCompile(`^(?:\d+[+-])?([^@]+)@users\.noreply\.(?:github|gitlab)\.`)

// me is who is at work here, as the directory knows them: whom ESCALATE_USER names,
// else whose e-mail address or login git has.
func me(ctx context.Context, env environment, s *session.Session, t *tree.Tree) (schema.Handle, error) {
	if stated := env.getenv(userVariable); stated != "" {
		if m := process.WhoIsMeant(t.People, stated); len(m.Who) == 1 && !m.Guessed {
			return m.Who[0], nil
		}
		return "", usagef("%s is %q, which is nobody of %s: write a handle, such as %s=jdoe", userVariable, escape.Line(stated), tree.PeoplePath, userVariable)
	}
	email := env.getenv("GIT_AUTHOR_EMAIL") // git goes by it, too
	names := []string{env.getenv("GITHUB_ACTOR"), email}
	if repo, err := s.Repo(ctx); err == nil {
		for _, key := range []string{"user.email", "github.user", "gitlab.user"} {
			value, err := repo.Config(ctx, key)
			if err != nil {
				return "", err
			}
			if key == "user.email" {
				email = cmp.Or(email, value)
				if m := noReply.FindStringSubmatch(value); m != nil {
					value = m[1]
				}
			}
			names = append(names, value)
		}
	}
	for _, name := range names {
		if h := called(t.People, name); h != "" {
			return h, nil
		}
	}
	if env.ask != nil {
		return env.ask.who(ctx, t.People)
	}
	if email != "" {
		return "", usagef("who are you? git knows you as %s, which is nobody's address in %s: set %s to your handle, or ask for the address to be added", escape.Line(email), tree.PeoplePath, userVariable)
	}
	return "", usagef("who are you? Set %s to your handle of %s, such as %s=jdoe", userVariable, tree.PeoplePath, userVariable)
}

// called is whose address or login on a forge something is; "" where nobody has it, or
// several have.
func called(d schema.Directory, name string) schema.Handle {
	var found []schema.Handle
	for h, p := range d.People {
		for _, is := range []string{string(p.Email), string(p.GitHub), string(p.GitLab)} {
			if name != "" && strings.EqualFold(is, name) {
				found = append(found, h)
				break
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// author is a person as the author of a commit: as git knows whoever is at work here,
// else as the directory does.
func author(ctx context.Context, repo *git.Repo, d schema.Directory, h schema.Handle) (name, email string, err error) {
	if name, err = repo.Config(ctx, "user.name"); err != nil {
		return "", "", err
	}
	if email, err = repo.Config(ctx, "user.email"); err != nil {
		return "", "", err
	}
	p := d.People[h]
	if name == "" {
		name = string(p.Name)
	}
	if email == "" {
		email = string(p.Email)
	}
	if email == "" {
		return "", "", fmt.Errorf("git does not know your e-mail address: git config --global user.email YOU@EXAMPLE.COM")
	}
	return name, email, nil
}
