package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/outbox"
	"github.com/escalations-as-code/escalate/internal/plan"
	"github.com/escalations-as-code/escalate/internal/retry"
	"github.com/escalations-as-code/escalate/schema"
)

// Webhook is the destination where there is nothing but an incoming webhook: it
// tells the announcements, and cannot be read back. What is in doubt is sent
// again, and says so.
type Webhook struct {
	address string
	client  *http.Client
	config  Config
	people  schema.Directory
	policy  schema.Policy
}

// NewWebhook returns the channel that an incoming webhook is for. Its address is
// a secret.
func NewWebhook(address string, c Config, people schema.Directory, policy schema.Policy) (*Webhook, error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return nil, errors.New("SLACK_WEBHOOK_URL is no address")
	}
	client := retry.NewClient(retry.Platform{Limited: limited, Repeatable: func(string, string) bool { return false }})
	return &Webhook{address, client, c, people, policy}, nil
}

// Via names the destination in the ledger.
func (*Webhook) Via() string { return "webhook" }

// Takes reports whether something is a text for the announcements: nothing else
// can be done through a webhook.
func (*Webhook) Takes(to plan.Place, do plan.Doing) bool { return to == plan.Announcement && do == "" }

// Deliver posts a text.
func (h *Webhook) Deliver(ctx context.Context, item outbox.Item, inDoubt bool) (outbox.Receipt, error) {
	file := ""
	if h.config.File != nil {
		file = h.config.File(item.Notices[0].Escalation)
	}
	m := compose(h.people, h.policy, words{text: item.Text(), mentions: item.Mentions(), file: file, repeated: inDoubt})
	no := false
	err := slack.PostWebhookCustomHTTPContext(ctx, h.address, h.client, &slack.WebhookMessage{
		Text: m.text, Blocks: &slack.Blocks{BlockSet: m.blocks}, Parse: "none", UnfurlLinks: &no, UnfurlMedia: &no,
	})
	var status slack.StatusCodeError
	switch {
	case err == nil:
		return outbox.Receipt{}, nil
	case errors.As(err, &status) && status.Code < 500:
		return outbox.Receipt{}, fmt.Errorf("the webhook does not take it (%s): make a new one, and put its address into SLACK_WEBHOOK_URL", status.Status)
	}
	return outbox.Receipt{}, told(err, string(h.policy.Channels.Announcement))
}
