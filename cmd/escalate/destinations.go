package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tracking"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// kind is one kind of destination. It is there where its variables are set.
type kind struct {
	// name says what it is for, in a message that names what to set.
	name      string
	variables []string
	// instead is a variable that has another kind take its place.
	instead string
	open    func(environment, *tree.Tree) (destination.Destination, error)
}

// kinds are all there are, in the order in which they are asked. A new
// destination is a package, and a line here.
func kinds() []kind {
	return []kind{
		{name: "GitHub", variables: []string{"GITHUB_TOKEN", "GITHUB_REPOSITORY"}, open: openGitHub},
		{name: "GitLab", variables: []string{"GITLAB_TOKEN", "CI_PROJECT_PATH"}, open: openGitLab},
		{name: "Slack", variables: []string{"SLACK_BOT_TOKEN"}, open: openSlack},
		{name: "Slack's announcements alone", variables: []string{"SLACK_WEBHOOK_URL"}, instead: "SLACK_BOT_TOKEN", open: openWebhook},
	}
}

// missing are the variables of a kind that are not set.
func (k kind) missing(env environment) []string {
	return slices.DeleteFunc(slices.Clone(k.variables), func(v string) bool { return env.getenv(v) != "" })
}

// configured opens the destinations that the environment configures, for what a
// tree says of people and channels. It opens no connection.
func configured(env environment, t *tree.Tree) ([]destination.Destination, error) {
	var all []destination.Destination
	for _, k := range kinds() {
		if len(k.missing(env)) > 0 || k.instead != "" && env.getenv(k.instead) != "" {
			continue
		}
		d, err := k.open(env, t)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// toSet says what is to be set for the kinds that are not there.
func toSet(env environment) string {
	var all []string
	for _, k := range kinds() {
		if missing := k.missing(env); len(missing) > 0 {
			all = append(all, fmt.Sprintf("for %s, set %s", k.name, words.And(missing)))
		}
	}
	return strings.Join(all, "; ")
}

// toReach names what is to be set before the forge can be reached: where nothing says
// which one it is, of both.
func toReach(env environment) string {
	set := words.And(env.ci.Forge().Missing())
	if env.ci.Platform == "" && env.ci.Forge().Repository == "" {
		set += ", or on GitLab " + words.And(env.ci.GitLab.Missing())
	}
	return set
}

// botPatience is how long the bot may take to read what people ticked.
const botPatience = 15 * time.Minute

// openTracking opens the tracking issues on a forge.
func openTracking(env environment, at ci.Forge, t *tree.Tree) (destination.Destination, error) {
	keys, err := marker.Parse(env.getenv(markerKey))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", markerKey, err)
	}
	repository, err := newRepository(env, at)
	if err != nil {
		return nil, err
	}
	d := tracking.New(repository, t.People, keys)
	d.LeaveTicks(env.now().Add(-botPatience))
	return d, nil
}

func openGitHub(env environment, t *tree.Tree) (destination.Destination, error) {
	return openTracking(env, env.ci.GitHub, t)
}

func openGitLab(env environment, t *tree.Tree) (destination.Destination, error) {
	return openTracking(env, env.ci.GitLab, t)
}

// markerKey is the variable with the keys that our markers are signed with.
const markerKey = "ESCALATE_MARKER_KEY"

func openSlack(env environment, t *tree.Tree) (destination.Destination, error) {
	return newWorkspace(env, t)
}

// newWorkspace is the workspace of Slack that the environment has a token for.
func newWorkspace(env environment, t *tree.Tree) (*slack.Workspace, error) {
	return slack.NewWorkspace(slack.Config{
		Token: env.getenv("SLACK_BOT_TOKEN"), API: env.getenv("SLACK_API_URL"), Now: env.now,
		Wait: func(ctx context.Context, d time.Duration, why string) error {
			if d > 5*time.Second {
				env.says(why)
			}
			return wait(ctx, d)
		},
	}, t.People, t.Policy)
}

func openWebhook(env environment, t *tree.Tree) (destination.Destination, error) {
	return slack.NewWebhook(env.getenv("SLACK_WEBHOOK_URL"), t.People, t.Policy)
}

// says tells whoever looks on what takes so long.
func (e environment) says(what string) { e.tells(escape.Line(what)) }

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// fileAddress returns where people read and write the file of an escalation, on
// the default branch of the ledger's remote.
func fileAddress(env environment, branch, prefix string) func(schema.ID, notice.Spot) string {
	return func(id schema.ID, spot notice.Spot) string {
		file := path.Join(prefix, tree.Path(id))
		if spot == notice.AtEdit {
			return env.ci.Forge().Edit(branch, file)
		}
		return env.ci.Forge().View(branch, file)
	}
}

// comment keeps a comment on the pull or merge request that the job runs for.
func comment(ctx context.Context, env environment, all []destination.Destination, about destination.Comment) error {
	if env.ci.Change.Number == 0 {
		return errors.New("--comment is for a pull or merge request, and this job runs for none")
	}
	on := env.ci.Forge().Platform.Change()
	found, err := writeOn(env, all, "no comment", func(c destination.Commenter) error {
		url, err := c.Comment(ctx, env.ci.Change.Number, about)
		if err == nil {
			env.says("the plan stands in " + url)
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("cannot comment on the %s: %w", on, err)
	case !found:
		return fmt.Errorf("cannot comment on the %s: set %s", on, words.And(env.ci.Forge().Missing()))
	}
	return nil
}

// review keeps remarks beside the lines of the merge request that the job runs for, of
// which commit is the head.
func review(ctx context.Context, env environment, all []destination.Destination, commit string, remarks []destination.Remark) error {
	if env.ci.Change.Number == 0 {
		return errors.New("--comment is for a merge request, and this job runs for none")
	}
	found, err := writeOn(env, all, "no remarks", func(r destination.Reviewer) error {
		done, err := r.Review(ctx, env.ci.Change.Number, commit, remarks)
		if err == nil && done != (destination.Reviewed{}) {
			env.says(fmt.Sprintf("beside the lines: %d said, %d in other words, %d taken back, %d without a place there", done.Said, done.Reworded, done.Withdrawn, done.LeftOut))
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("cannot say it beside the lines of the merge request: %w", err)
	case !found:
		return errors.New("cannot say it beside the lines of the merge request: that is for GitLab, with GITLAB_TOKEN and CI_PROJECT_PATH; GitHub shows the annotations of `--format github`")
	}
	return nil
}

// writeOn has the first destination that can write on a pull or merge request do so, and
// reports whether there is one. Where the token may not write, as that of a fork's, it
// says so behind what there is none of, and leaves it at that.
func writeOn[T any](env environment, all []destination.Destination, none string, write func(T) error) (found bool, err error) {
	for _, d := range all {
		can, ok := d.(T)
		if !ok {
			continue
		}
		err := write(can)
		switch {
		case errors.Is(err, destination.ErrNoLines):
			continue
		case errors.Is(err, destination.ErrReadOnly):
			env.says(fmt.Sprintf("%s: %v", none, err))
			return true, nil
		}
		return true, err
	}
	return false, nil
}

// paster is the destination of --print: what it prints, a person pastes. Who pastes
// it mentions people by their names.
type paster struct {
	out    io.Writer
	people schema.Directory
}

// Via names the destination in the ledger.
func (paster) Via() string { return "print" }

// Takes reports whether something is a text: what else is to be done, nobody can
// print.
func (paster) Takes(_ notice.Place, do notice.Do) bool { return do == notice.Tell }

// Deliver prints a text.
func (p paster) Deliver(_ context.Context, d destination.Delivery, _ bool) (destination.Receipt, error) {
	text := escape.Terminal(d.Text().Resolved(d.Address).Plain())
	if who := d.Mentions(); len(who) > 0 {
		names := make([]string, len(who))
		for i, h := range who {
			names[i] = cmp.Or(escape.Line(string(p.people.People[h].Name)), string(h))
		}
		text += "\n\ncc " + words.Join(names, ", ")
	}
	n := d.First()
	_, err := fmt.Fprintf(p.out, "To paste (%s, %s):\n--------\n%s\n--------\n\n", escape.Terminal(n.Key), escape.Terminal(string(n.To)), text)
	return destination.Receipt{}, err
}
