package doctor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// slackApp is whether Slack takes the token, and what the app may do.
func (x *exam) slackApp() {
	const what = "Slack: the app, its scopes and the announcement channel"
	if x.Slack == nil {
		if x.Webhook {
			x.unseen(what, errors.New("there is an incoming webhook alone, which cannot be tried without saying something"), "")
		} else {
			x.unseen(what, errors.New("there is no token for it"), "set `SLACK_BOT_TOKEN`, if you use Slack")
		}
		return
	}
	scopes := x.Slack.Granted.Answer
	restricted := slices.ContainsFunc(x.open, func(e *tree.Escalation) bool { return e.Visibility == schema.Restricted })
	var lacks []string
	for _, s := range slack.Scopes(restricted) {
		if !slices.Contains(scopes, s) {
			lacks = append(lacks, s)
		}
	}
	switch err := x.Slack.Granted.Err; {
	case errors.Is(err, slack.ErrToken):
		x.must("slack-token-invalid", plainly(err), "give SLACK_BOT_TOKEN the Bot User OAuth Token of an app that is installed: api.slack.com/apps, your app, OAuth & Permissions")
	case err != nil:
		x.unseen(what, err, "")
	case len(scopes) == 0:
		x.unseen("what the Slack app may do", errors.New("Slack does not say its scopes"), "")
	case len(lacks) > 0:
		x.says(Ailment{Name: "slack-scopes", Level: Must, About: lacks, What: fmt.Sprintf("the Slack app lacks %s: %s", words.Agree(len(lacks), "a scope", "scopes"), words.And(lacks)),
			Fix: "api.slack.com/apps, your app, OAuth & Permissions, Bot Token Scopes: add " + words.Agree(len(lacks), "it", "them") + ", and install the app again"})
	}
}

// announcements is how the announcement channel stands.
func (x *exam) announcements() {
	if x.Slack == nil || x.Slack.Granted.Err != nil {
		return
	}
	const another = "or name another as `channels: {announcement: ...}` in escalations/policy.yaml"
	a := x.Slack.Announcements.Answer
	joins := slices.Contains(x.Slack.Granted.Answer, "channels:join")
	switch err := x.Slack.Announcements.Err; {
	case err != nil:
		x.unseen("the announcement channel", err, "")
	case !a.Found:
		x.must("channel-missing", fmt.Sprintf("there is no public channel #%s in Slack: nothing is announced there", a.Name), "make it in Slack, or make it public again, "+another)
	case a.Archived:
		x.must("channel-archived", fmt.Sprintf("#%s is archived: nothing is announced there", a.Name), "unarchive it in Slack, "+another)
	case a.Shared:
		x.must("channel-shared", fmt.Sprintf("#%s is shared with another organization, which would read what is internal: nothing is announced there", a.Name), "end that in Slack, "+another)
	case !a.Member && joins:
		x.should("channel-not-joined", fmt.Sprintf("the app is not in #%s", a.Name), fmt.Sprintf("type `/invite @escalate` in #%s; else it joins with the first announcement", a.Name))
	case !a.Member:
		x.must("channel-not-joined", fmt.Sprintf("the app is not in #%s, and may not join it: nothing is announced there", a.Name), fmt.Sprintf("type `/invite @escalate` in #%s", a.Name))
	}
}
