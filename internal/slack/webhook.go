package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/retry"
	"github.com/escalations-as-code/escalate/schema"
)

// Webhook is the destination where there is nothing but an incoming webhook: it
// tells the announcements, and cannot be read back. What is in doubt is sent
// again, and says so.
type Webhook struct {
	address string
	client  *http.Client
	people  schema.Directory
	policy  schema.Policy
}

// NewWebhook returns the channel that an incoming webhook is for. Its address is
// a secret.
func NewWebhook(address string, people schema.Directory, policy schema.Policy) (*Webhook, error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return nil, errors.New("SLACK_WEBHOOK_URL is no address")
	}
	client := retry.NewClient(retry.Platform{Limited: limited, Repeatable: func(string, string) bool { return false }})
	client.Transport = confirming{client.Transport, accepted}
	return &Webhook{address, client, people, policy}, nil
}

// Via names the destination in the ledger.
func (*Webhook) Via() string { return "webhook" }

// Takes reports whether something is a text for the announcements: nothing else
// can be done through a webhook.
func (*Webhook) Takes(to notice.Place, do notice.Do) bool {
	return to == notice.Announcement && do == notice.Tell
}

// Deliver posts a text.
func (h *Webhook) Deliver(ctx context.Context, d destination.Delivery, inDoubt bool) (destination.Receipt, error) {
	r := renderer{group: h.policy.Channels.SupportGroup, address: d.Address}
	m := compose(h.people, r, content{text: d.Text(), mentions: d.Mentions(), repeated: inDoubt})
	no := false
	err := slack.PostWebhookCustomHTTPContext(ctx, h.address, h.client, &slack.WebhookMessage{
		Text: m.text, Blocks: &slack.Blocks{BlockSet: m.sent()}, Parse: "none", UnfurlLinks: &no, UnfurlMedia: &no,
	})
	var status slack.StatusCodeError
	switch {
	case err == nil:
		return destination.Receipt{}, nil
	case errors.As(err, &status) && status.Code < 500:
		return destination.Receipt{}, fmt.Errorf("the webhook does not take it (%s): make a new one, and put its address into SLACK_WEBHOOK_URL", status.Status)
	}
	return destination.Receipt{}, explain(err, string(h.policy.Channels.Announcement))
}
