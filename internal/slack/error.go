package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// code is the word with which Slack says what is wrong; "" where it did not say
// anything.
func code(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) {
		return said.Err
	}
	return ""
}

// advice is an error that says what to do already.
type advice struct{ error }

func is(err error, codes ...string) bool { return err != nil && slices.Contains(codes, code(err)) }

// explain says in an error what to do. Where it is not known whether a call was
// carried out, it says so as well. where is the channel that it is about.
func explain(err error, where string) error {
	var already advice
	var said slack.SlackErrorResponse
	var rate *slack.RateLimitedError
	var status slack.StatusCodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return already.error
	case errors.As(err, &said):
		return refusal(said, where)
	case errors.As(err, &rate):
		return fmt.Errorf("the rate limit of Slack is reached; run again in %s", rate.RetryAfter)
	case errors.As(err, &status) && status.Code < 500:
		return fmt.Errorf("it was refused by Slack: %s", status.Status)
	}
	return fmt.Errorf("%w: Slack did not answer as it should: %w", destination.ErrInDoubt, bare(err))
}

// refusal says what to do about what Slack said.
func refusal(said slack.SlackErrorResponse, where string) error {
	switch said.Err {
	case "missing_scope":
		return fmt.Errorf("the Slack app lacks the scope %s: add it under OAuth & Permissions, and install the app again", said.Needed)
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return fmt.Errorf("the token is not taken by Slack (%s): give SLACK_BOT_TOKEN the bot token of an app that is installed", said.Err)
	case "not_in_channel", "channel_not_found", "method_not_supported_for_channel_type":
		return fmt.Errorf("the Slack app is not in #%s (%s): invite it there", where, said.Err)
	case "is_archived":
		return fmt.Errorf("#%s is archived, and an app cannot open it again: unarchive it in Slack, and run again", where)
	case "restricted_action", "restricted_action_read_only_channel", "not_allowed_token_type", "no_permission":
		return fmt.Errorf("your Slack does not allow the app to do that in #%s (%s): allow it, or do it by hand, and run again", where, said.Err)
	case "internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org":
		return fmt.Errorf("%w: Slack is not well (%s)", destination.ErrInDoubt, said.Err)
	}
	return fmt.Errorf("it was refused by Slack in #%s: %w", where, said)
}

// bare is an error without the address that was called, which may be secret.
func bare(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return errors.New("its reply cannot be read")
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return err
}
