// Package slack tells in Slack: in the channel of the announcements, and in the
// channel of each escalation, which it makes and archives. With nothing but an
// incoming webhook it tells the announcements alone. It alone opens connections
// there.
package slack

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/retry"
)

// Config says how to get to Slack.
type Config struct {
	// Token is that of the app's bot.
	Token string
	// API is the address of the Web API; "" for that of slack.com.
	API string
	// Now is the clock, and Wait waits: Slack takes one message a second in a
	// channel. why says so to whoever looks on.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration, why string) error
}

// newClient returns a client that waits where Slack asks it to, and doubts an
// answer that confirms nothing.
func newClient(c Config) (*slack.Client, error) {
	api, err := address(c.API)
	if err != nil {
		return nil, err
	}
	client := retry.NewClient(retry.Platform{Limited: limited, Repeatable: repeatable})
	client.Transport = confirming{bearer{client.Transport, c.Token}, confirmed}
	return slack.New(c.Token, slack.OptionAPIURL(api), slack.OptionHTTPClient(client)), nil
}

// address is that of the API, with the folder of its methods.
func address(api string) (string, error) {
	if api == "" {
		return slack.APIURL, nil
	}
	u, err := url.Parse(api)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("SLACK_API_URL: %q is no address of an API", api)
	}
	if u.Path = strings.TrimSuffix(u.Path, "/"); u.Path == "" {
		u.Path = "/api"
	}
	u.Path += "/"
	return u.String(), nil
}

// bearer sends the token as Slack's documentation recommends it; the library
// sends it as a field of the form alone.
type bearer struct {
	next  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

// limited reports whether Slack refused a request for its rate.
func limited(r *http.Response) (time.Duration, bool) {
	return retry.After(r.Header), r.StatusCode == http.StatusTooManyRequests
}

// repeatable reports whether a method may be carried out twice: all but those
// that make something set something to what it is to be, or read.
func repeatable(_, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch path.Base(u.Path) {
	case "chat.postMessage", "chat.scheduleMessage", "conversations.create", "bookmarks.add":
		return false
	}
	return true
}
