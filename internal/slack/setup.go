package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrToken is returned where Slack does not take the token at all.
var ErrToken = errors.New("the token is not taken by Slack")

// Scopes are what an app must be allowed: those of docs/slack-manifest.yaml. Where
// escalations may be restricted, their channels are private, which takes some more.
func Scopes(restricted bool) []string {
	all := []string{
		"bookmarks:read", "bookmarks:write", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write", "pins:write",
	}
	if restricted {
		all = append(all, "groups:history", "groups:read", "groups:write")
	}
	return all
}

// Announcements is how the channel of the announcements stands in Slack.
type Announcements struct {
	// Name is what the policy calls it.
	Name string
	// Found reports that there is a public channel of that name. Only then the rest
	// says something.
	Found bool
	// Archived, Shared and Member report that nobody can write there, that another
	// organization reads it, and that the app is in it.
	Archived, Shared, Member bool
}

// Granted returns the scopes that the app has; none where Slack does not say them.
// The error is ErrToken where Slack does not take the token.
func (w *Workspace) Granted(ctx context.Context) ([]string, error) {
	me, err := w.me(ctx)
	switch {
	case is(err, "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"):
		return nil, fmt.Errorf("%w (%s)", ErrToken, code(err))
	case err != nil:
		return nil, explain(err, string(w.policy.Channels.Announcement))
	}
	scopes := strings.FieldsFunc(me.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(scopes)
	return scopes, nil
}

// Announcements returns how the channel of the announcements stands.
func (w *Workspace) Announcements(ctx context.Context) (Announcements, error) {
	name := string(w.policy.Channels.Announcement)
	c, found, err := w.named(ctx, public, name)
	if err != nil {
		return Announcements{}, explain(err, name)
	}
	return Announcements{Name: name, Found: found, Archived: c.IsArchived, Shared: c.IsExtShared || c.IsPendingExtShared, Member: c.IsMember}, nil
}
