//go:build e2e

package harness_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

const jo, ana = "U012AB3CD", "U0ANARIVERA"

var inSlack = harness.SlackOptions{People: []harness.Person{{ID: jo, Name: "jodoe", Email: "jo@example.com"}, {ID: ana, Name: "anarivera"}}}

// slackClient is the product's client of Slack.
func slackClient(s *harness.Slack, token string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(s.URL()), slack.OptionHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))
}

// newSlack starts a Slack and returns a client, and the id of the channel of the
// announcements.
func newSlack(t testing.TB, o harness.SlackOptions) (*harness.Slack, *slack.Client, string) {
	t.Helper()
	s := tools.NewSlack(t, o)
	return s, slackClient(s, harness.SlackToken), s.ID(harness.Announce)
}

// says fails the test unless Slack says that.
func says(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := "ok"
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s: Slack says %q, want %q", what, got, want)
	}
}

// about is a message as the product posts it.
func about(key string, blocks ...slack.Block) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText("text of "+key, false), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "escalate_notice", EventPayload: map[string]any{"key": key}}),
	}
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
}

// TestSlack goes through the calls that delivery is made of.
func TestSlack(t *testing.T) {
	t.Parallel()
	s, c, announce := newSlack(t, inSlack)
	ctx := t.Context()
	who, err := c.AuthTestContext(ctx)
	if err != nil || who.UserID != harness.SlackBot || who.BotID == "" || who.URL != "https://acme.slack.com/" {
		t.Errorf("the token is of %+v, %v", who, err)
	}
	made, err := c.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: "esc_northwind"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SetTopicOfConversationContext(ctx, made.ID, "Northwind, high")
	says(t, "the topic", err, "ok")
	_, err = c.InviteUsersToConversationContext(ctx, made.ID, jo, ana)
	says(t, "the invitation", err, "ok")
	_, ts, err := c.PostMessageContext(ctx, made.ID, about("2026/northwind opened",
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "Northwind", false, false)), slack.NewDividerBlock(), section("*Severity*: high"),
		slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, "declared by Jo", false, false)))...)
	says(t, "the message", err, "ok")
	says(t, "the pin", c.AddPinContext(ctx, made.ID, slack.NewRefToMessage(made.ID, ts)), "ok")
	says(t, "the second pin", c.AddPinContext(ctx, made.ID, slack.NewRefToMessage(made.ID, ts)), "already_pinned")
	_, err = c.AddBookmarkContext(ctx, made.ID, slack.AddBookmarkParameters{Title: "Case", Type: "link", Link: "https://crm.example.com/1"})
	says(t, "the bookmark", err, "ok")
	_, _, err = c.PostMessageContext(ctx, made.ID, append(about("reply"), slack.MsgOptionTS(ts))...)
	says(t, "the reply", err, "ok")
	_, declared, err := c.PostMessageContext(ctx, announce, about("declared", section("case pending"))...)
	says(t, "the declaration", err, "ok")
	_, _, _, err = c.UpdateMessageContext(ctx, announce, declared, about("declared", section("case https://crm.example.com/1"))...)
	says(t, "its edit", err, "ok")
	link, err := c.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: announce, Ts: declared})
	if want := "https://acme.slack.com/archives/" + announce + "/p" + strings.Replace(declared, ".", "", 1); err != nil || link != want {
		t.Errorf("the declaration is at %s (%v), want %s", link, err, want)
	}
	says(t, "archiving", c.ArchiveConversationContext(ctx, made.ID), "ok")
	says(t, "archiving again", c.ArchiveConversationContext(ctx, made.ID), "already_archived")

	const want = `#esc_northwind (archived)
topic: Northwind, high
members: U012AB3CD U0ANARIVERA U0ESCALATE
bookmark: Case https://crm.example.com/1

---- message, pinned
metadata: escalate_notice
  key: 2026/northwind opened
text: text of 2026/northwind opened
[header] Northwind
[divider]
[section] *Severity*: high
[context] declared by Jo

---- reply
metadata: escalate_notice
  key: reply
text: text of reply
#escalated_customers
topic: 
members: U0ESCALATE

---- message, edited
metadata: escalate_notice
  key: declared
text: text of declared
[section] case https://crm.example.com/1
`
	var got, calls strings.Builder
	for _, c := range s.Channels() {
		got.WriteString(c.String())
	}
	if got.String() != want {
		t.Errorf("there stands\n%s\nwant\n%s", got.String(), want)
	}
	for _, call := range s.Writes() {
		fmt.Fprintln(&calls, call)
		if call.Params.Has("token") || call.Path == "" || call.Reply == "" {
			t.Errorf("recorded as %+v", call)
		}
	}
	const wantCalls = `conversations.create #esc_northwind ok
conversations.setTopic #esc_northwind ok
conversations.invite #esc_northwind ok
chat.postMessage #esc_northwind ok
pins.add #esc_northwind ok
pins.add #esc_northwind already_pinned
bookmarks.add #esc_northwind ok
chat.postMessage #esc_northwind ok
chat.postMessage #escalated_customers ok
chat.update #escalated_customers ok
conversations.archive #esc_northwind ok
conversations.archive #esc_northwind already_archived
`
	if calls.String() != wantCalls {
		t.Errorf("it was called\n%s\nwant\n%s", calls.String(), wantCalls)
	}
	if s.Forget(); len(s.Calls()) != 0 {
		t.Error("the calls are not forgotten")
	}
}

// TestSlackTokens comes with tokens that Slack does not take.
func TestSlackTokens(t *testing.T) {
	t.Parallel()
	o := inSlack
	o.Without = []string{"pins:write"}
	s, c, announce := newSlack(t, o)
	ctx := t.Context()
	for token, want := range map[string]string{"": "not_authed", "xoxb-another": "invalid_auth", harness.SlackToken: "ok"} {
		_, err := slackClient(s, token).AuthTestContext(ctx)
		says(t, "the token "+token, err, want)
	}
	header := http.Header{"Authorization": {"Bearer " + harness.SlackToken}, "Content-Type": {"application/json"}}
	if _, said := sendWith(t, "POST", s.URL()+"conversations.info", header, `{"channel":"`+announce+`"}`); !strings.HasPrefix(said, `{"channel":{`) {
		t.Errorf("the token in the header: Slack says %s", said)
	}
	says(t, "pinning", c.AddPinContext(ctx, announce, slack.NewRefToMessage(announce, "1.2")), "missing_scope")
	var refused struct{ Needed, Provided string }
	calls := s.Calls()
	if err := json.Unmarshal([]byte(calls[len(calls)-1].Reply), &refused); err != nil {
		t.Fatal(err)
	}
	if refused.Needed != "pins:write" || !strings.Contains(refused.Provided, "chat:write") || strings.Contains(refused.Provided, "pins:write") {
		t.Errorf("what is missing: %+v", refused)
	}
}

// TestSlackMembership goes to channels that the app is not in, and to archived
// ones.
func TestSlackMembership(t *testing.T) {
	t.Parallel()
	o := inSlack
	o.Outside = true
	s, c, announce := newSlack(t, o)
	ctx := t.Context()
	all := func(channel string) map[string]error {
		errs := map[string]error{}
		_, _, errs["chat.postMessage"] = c.PostMessageContext(ctx, channel, about("x")...)
		_, errs["conversations.history"] = c.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: channel})
		_, _, errs["pins.list"] = c.ListPinsContext(ctx, channel)
		errs["pins.add"] = c.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, "1.2"))
		_, errs["conversations.setTopic"] = c.SetTopicOfConversationContext(ctx, channel, "x")
		_, errs["bookmarks.add"] = c.AddBookmarkContext(ctx, channel, slack.AddBookmarkParameters{Title: "x", Type: "link", Link: "https://example.com"})
		_, errs["conversations.invite"] = c.InviteUsersToConversationContext(ctx, channel, jo)
		errs["conversations.archive"] = c.ArchiveConversationContext(ctx, channel)
		return errs
	}
	for method, err := range all(announce) {
		says(t, method+" as a stranger", err, "not_in_channel")
	}
	for method, err := range all("C0NOSUCH1") {
		says(t, method+" to nowhere", err, "channel_not_found")
	}
	_, _, _, err := c.JoinConversationContext(ctx, announce)
	says(t, "joining", err, "ok")
	_, ts, err := c.PostMessageContext(ctx, announce, about("x", section("x"))...)
	says(t, "a message of a member", err, "ok")

	s.Archive(harness.Announce)
	for method, err := range all(announce) {
		want := "is_archived"
		switch method {
		case "conversations.history", "pins.list":
			want = "not_in_channel"
		case "conversations.archive":
			want = "already_archived"
		}
		says(t, method+" to an archived channel", err, want)
	}
	_, _, _, err = c.UpdateMessageContext(ctx, announce, ts, about("x", section("y"))...)
	says(t, "an edit in an archived channel", err, "is_inactive")
	says(t, "unarchiving", c.UnArchiveConversationContext(ctx, announce), "not_allowed_token_type")
	_, _, _, err = c.JoinConversationContext(ctx, announce)
	says(t, "joining an archived channel", err, "is_archived")
	info, err := c.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: announce})
	if err != nil || !info.IsArchived || info.IsMember {
		t.Errorf("the archived channel: %+v, %v", info, err)
	}
	s.Unarchive(harness.Announce)
	_, _, err = c.PostMessageContext(ctx, announce, about("x")...)
	says(t, "a message to the unarchived channel", err, "not_in_channel")
	s.Add(harness.Announce)
	_, _, err = c.PostMessageContext(ctx, announce, about("x")...)
	says(t, "a message of the app that was added", err, "ok")
	s.Remove(harness.Announce, harness.SlackBot)
	_, _, err = c.PostMessageContext(ctx, announce, about("x")...)
	says(t, "a message of the app that was removed", err, "not_in_channel")
}

// TestSlackNames creates channels under names that Slack does not take.
func TestSlackNames(t *testing.T) {
	t.Parallel()
	s, c, _ := newSlack(t, inSlack)
	s.Create("esc_by-hand")
	s.Create("esc_archived")
	s.Archive("esc_archived")
	for name, want := range map[string]string{
		"Esc_acme": "invalid_name_specials", "esc acme": "invalid_name_specials", "esc.acme": "invalid_name_specials", "esc_société": "invalid_name_specials",
		"-_-": "invalid_name_punctuation", strings.Repeat("a", 81): "invalid_name_maxlength",
		"esc_by-hand": "name_taken", "esc_archived": "name_taken", strings.Repeat("a", 80): "ok",
	} {
		_, err := c.CreateConversationContext(t.Context(), slack.CreateConversationParams{ChannelName: name})
		says(t, name, err, want)
	}
	s.Rename("esc_by-hand", "esc_renamed")
	if _, there := s.Channel("esc_renamed"); !there {
		t.Error("the renamed channel is not there")
	}
}

// TestSlackPeople invites people, of whom some cannot come.
func TestSlackPeople(t *testing.T) {
	t.Parallel()
	s, c, announce := newSlack(t, inSlack)
	ctx := t.Context()
	s.Deactivate(ana)
	for user, want := range map[string]string{"U0NOBODY1": "user_not_found", ana: "cant_invite", harness.SlackBot: "cant_invite_self", jo + "," + ana: "cant_invite"} {
		_, err := c.InviteUsersToConversationContext(ctx, announce, user)
		says(t, "inviting "+user, err, want)
	}
	_, err := c.ForceInviteUsersToConversationContext(ctx, announce, "U0NOBODY1", ana, jo)
	says(t, "inviting whoever can come", err, "ok")
	_, err = c.InviteUsersToConversationContext(ctx, announce, jo)
	says(t, "inviting a member", err, "already_in_channel")
	if a, _ := s.Channel(harness.Announce); !slices.Equal(a.Members, []string{jo, harness.SlackBot}) {
		t.Errorf("the members are %v", a.Members)
	}
	found, err := c.GetUserByEmailContext(ctx, "jo@example.com")
	if err != nil || found.ID != jo || found.IsBot || found.Deleted {
		t.Errorf("by the address: %+v, %v", found, err)
	}
	found, err = c.GetUserInfoContext(ctx, ana)
	if err != nil || !found.Deleted {
		t.Errorf("who is deactivated: %+v, %v", found, err)
	}
	s.Deactivate(jo)
	_, err = c.GetUserByEmailContext(ctx, "jo@example.com")
	says(t, "the address of whoever is deactivated", err, "users_not_found")
	members, _, err := c.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: announce})
	if err != nil || slices.Contains(members, jo) {
		t.Errorf("the members are %v, %v", members, err)
	}
}

// TestSlackContent posts what Slack does not take.
func TestSlackContent(t *testing.T) {
	t.Parallel()
	s, c, announce := newSlack(t, inSlack)
	ctx := t.Context()
	plain := func(text string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
	}
	many := func(n int, text string) (blocks []slack.Block) {
		for range n {
			blocks = append(blocks, section(text))
		}
		return blocks
	}
	for name, of := range map[string]struct {
		blocks []slack.Block
		want   string
	}{
		"fifty":              {many(50, "x"), "ok"},
		"too many":           {many(51, "x"), "invalid_blocks"},
		"a full section":     {many(1, strings.Repeat("é", 3000)), "ok"},
		"a section too long": {many(1, strings.Repeat("é", 3001)), "invalid_blocks"},
		"an empty section":   {many(1, ""), "invalid_blocks"},
		"a full header":      {[]slack.Block{slack.NewHeaderBlock(plain(strings.Repeat("é", 150)))}, "ok"},
		"a header too long":  {[]slack.Block{slack.NewHeaderBlock(plain(strings.Repeat("é", 151)))}, "invalid_blocks"},
		"a header with mrkdwn": {[]slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.MarkdownType, "x", false, false))},
			"invalid_blocks"},
		"eleven elements": {[]slack.Block{slack.NewContextBlock("", slices.Repeat([]slack.MixedElement{plain("x")}, 11)...)}, "invalid_blocks"},
		"eleven fields":   {[]slack.Block{slack.NewSectionBlock(nil, slices.Repeat([]*slack.TextBlockObject{plain("x")}, 11), nil)}, "invalid_blocks"},
		"a field too long": {[]slack.Block{slack.NewSectionBlock(nil, []*slack.TextBlockObject{plain(strings.Repeat("x", 2001))}, nil)},
			"invalid_blocks"},
		"one id twice":    {[]slack.Block{slack.NewDividerBlock(), slack.NewSectionBlock(plain("x"), nil, nil, slack.SectionBlockOptionBlockID("a")), slack.NewSectionBlock(plain("x"), nil, nil, slack.SectionBlockOptionBlockID("a"))}, "invalid_blocks"},
		"an unknown type": {[]slack.Block{slack.DividerBlock{Type: "ruler"}}, "invalid_blocks"},
		"all together":    {many(5, strings.Repeat("x", 2700)), "msg_blocks_too_long"},
	} {
		_, _, err := c.PostMessageContext(ctx, announce, about("x", of.blocks...)...)
		says(t, name, err, of.want)
	}
	for metadata, want := range map[string]string{
		`{"event_type":"x","event_payload":{}}`: "ok", `{"event_type":"x"}`: "invalid_metadata_format", `{"event_payload":{}}`: "invalid_metadata_format",
		`{"event_type":"x","event_payload":"x"}`: "invalid_metadata_format", `x`: "invalid_metadata_format",
	} {
		_, _, err := c.PostMessageContext(ctx, announce, append(about("x"), slack.UnsafeMsgOptionEndpoint(s.URL()+"chat.postMessage", func(v url.Values) { v.Set("metadata", metadata) }))...)
		says(t, metadata, err, want)
	}
	_, _, err := c.PostMessageContext(ctx, announce, slack.MsgOptionText("", false), slack.MsgOptionDisableLinkUnfurl())
	says(t, "nothing", err, "no_text")
	_, ts, err := c.PostMessageContext(ctx, announce, about("x")...)
	says(t, "a message", err, "ok")
	_, _, _, err = c.UpdateMessageContext(ctx, announce, ts, slack.MsgOptionText(strings.Repeat("é", 4000), false))
	says(t, "an edit with a full text", err, "ok")
	_, _, _, err = c.UpdateMessageContext(ctx, announce, ts, slack.MsgOptionText(strings.Repeat("é", 4001), false))
	says(t, "an edit with a text too long", err, "msg_too_long")
	_, _, _, err = c.UpdateMessageContext(ctx, announce, "1.2", about("x")...)
	says(t, "an edit of nothing", err, "message_not_found")
	_, err = c.SetTopicOfConversationContext(ctx, announce, strings.Repeat("é", 250))
	says(t, "a full topic", err, "ok")
	_, err = c.SetTopicOfConversationContext(ctx, announce, strings.Repeat("é", 251))
	says(t, "a topic too long", err, "too_long")
	_, _, err = c.PostMessageContext(ctx, "#"+harness.Announce, about("x")...)
	says(t, "a name in place of an id", err, "channel_not_found")
}

// TestSlackNever does what nobody should, and Slack allows: the test is told.
func TestSlackNever(t *testing.T) {
	t.Parallel()
	unfurled := slack.MsgOptionDisableLinkUnfurl()
	for name, never := range map[string]func(ctx context.Context, s *harness.Slack, c *slack.Client, announce, ts string) error{
		"unfurl_links": func(ctx context.Context, _ *harness.Slack, c *slack.Client, announce, _ string) error {
			_, _, err := c.PostMessageContext(ctx, announce, slack.MsgOptionText("https://crm.example.com", false))
			return err
		},
		"no text": func(ctx context.Context, _ *harness.Slack, c *slack.Client, announce, _ string) error {
			_, _, err := c.PostMessageContext(ctx, announce, slack.MsgOptionBlocks(section("x")), unfurled)
			return err
		},
		"cuts it off": func(ctx context.Context, _ *harness.Slack, c *slack.Client, announce, _ string) error {
			_, _, err := c.PostMessageContext(ctx, announce, slack.MsgOptionText(strings.Repeat("x", 40001), false), unfurled)
			return err
		},
		"without blocks": func(ctx context.Context, _ *harness.Slack, c *slack.Client, announce, ts string) error {
			_, _, _, err := c.UpdateMessageContext(ctx, announce, ts, slack.MsgOptionText("y", false))
			return err
		},
		"reactions.add": func(ctx context.Context, _ *harness.Slack, c *slack.Client, announce, ts string) error {
			if err := c.AddReactionContext(ctx, "eyes", slack.NewRefToMessage(announce, ts)); err == nil || err.Error() != "unknown_method" {
				return fmt.Errorf("an unknown method: %w", err)
			}
			return nil
		},
		"may be got": func(ctx context.Context, s *harness.Slack, _ *slack.Client, _, _ string) error {
			_, err := http.Get(s.URL() + "chat.postMessage?text=x") //nolint:noctx // it is answered at once
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := &recorder{TB: t}
			s, c, announce := newSlack(rec, inSlack)
			_, ts, err := c.PostMessageContext(t.Context(), announce, about("x", section("x"))...)
			if err == nil {
				err = never(t.Context(), s, c, announce, ts)
			}
			if err != nil || len(rec.said) != 1 || !strings.Contains(rec.said[0], name) {
				t.Errorf("the test is told %q (%v)", rec.said, err)
			}
		})
	}
}

// TestSlackHistory reads messages back.
func TestSlackHistory(t *testing.T) {
	t.Parallel()
	o := inSlack
	o.PageSize = 3
	s, c, announce := newSlack(t, o)
	ctx := t.Context()
	var stamps []string
	for n := range 7 {
		_, ts, err := c.PostMessageContext(ctx, announce, about(fmt.Sprint(n), section("see https://example.com"))...)
		if err != nil {
			t.Fatal(err)
		}
		stamps = append(stamps, ts)
	}
	slices.Reverse(stamps)
	s.Say(harness.Announce, "what is this? https://example.com/a|b <https://example.com|c>")
	read := func(p slack.GetConversationHistoryParameters) (messages []slack.Message, pages int) {
		t.Helper()
		p.ChannelID = announce
		for {
			page, err := c.GetConversationHistoryContext(ctx, &p)
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, page.Messages...)
			pages++
			if len(page.Messages) > 3 || page.HasMore != (page.ResponseMetaData.NextCursor != "") {
				t.Errorf("a page with %d messages, more: %v, cursor %q", len(page.Messages), page.HasMore, page.ResponseMetaData.NextCursor)
			}
			if p.Cursor = page.ResponseMetaData.NextCursor; p.Cursor == "" {
				return messages, pages
			}
		}
	}
	all, pages := read(slack.GetConversationHistoryParameters{IncludeAllMetadata: true, Limit: 200})
	if len(all) != 8 || pages != 3 || all[7].Metadata.EventPayload["key"] != "0" {
		t.Errorf("%d messages on %d pages", len(all), pages)
	}
	if want := "what is this? <https://example.com/a>|b <https://example.com|c>"; all[0].Text != want {
		t.Errorf("the text comes back as %q, want %q", all[0].Text, want)
	}
	if own := all[1]; own.BotID == "" || own.User != harness.SlackBot || own.Blocks.BlockSet[0].ID() == "" {
		t.Errorf("a message comes back as %+v", own)
	}
	without, _ := read(slack.GetConversationHistoryParameters{})
	for _, m := range without {
		if m.Metadata.EventType != "" {
			t.Error("there is metadata, and nobody asked for it")
		}
	}
	some, _ := read(slack.GetConversationHistoryParameters{Oldest: stamps[4], Latest: stamps[1]})
	var got []string
	for _, m := range some {
		got = append(got, m.Timestamp)
	}
	if !slices.Equal(got, stamps[2:4]) {
		t.Errorf("between two: %v, want %v", got, stamps[2:4])
	}
	if some, _ = read(slack.GetConversationHistoryParameters{Oldest: stamps[4], Latest: stamps[1], Inclusive: true}); len(some) != 4 {
		t.Errorf("between two and with them: %d, want 4", len(some))
	}
	_, err := c.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: announce, Cursor: "x"})
	says(t, "a cursor of nobody", err, "invalid_cursor")

	for n := range 5 {
		s.Create(fmt.Sprintf("esc_%d", n))
	}
	s.Archive("esc_3")
	names := map[string]bool{}
	list := slack.GetConversationsParameters{Limit: 200, ExcludeArchived: true}
	for pages = 0; pages == 0 || list.Cursor != ""; pages++ {
		var page []slack.Channel
		if page, list.Cursor, err = c.GetConversationsContext(ctx, &list); err != nil || len(page) > 3 {
			t.Fatalf("%d channels, %v", len(page), err)
		}
		for _, channel := range page {
			names[channel.Name] = true
		}
	}
	if pages != 3 || !names["esc_4"] || names["esc_3"] {
		t.Errorf("the channels are %v, on %d pages", names, pages)
	}
}

// TestSlackHands edits and deletes by hand.
func TestSlackHands(t *testing.T) {
	t.Parallel()
	s, c, announce := newSlack(t, inSlack)
	ctx := t.Context()
	_, first, err := c.PostMessageContext(ctx, announce, about("1")...)
	says(t, "the first", err, "ok")
	_, second, err := c.PostMessageContext(ctx, announce, about("2")...)
	says(t, "the second", err, "ok")
	by := s.Say(harness.Announce, "by hand")
	_, _, _, err = c.UpdateMessageContext(ctx, announce, by, about("x")...)
	says(t, "an edit of another's message", err, "cant_update_message")
	s.DeleteMessage(harness.Announce, first)
	s.DeleteMessage(harness.Announce, by)
	s.EditMessage(harness.Announce, second, "edited")
	a, _ := s.Channel(harness.Announce)
	if len(a.Messages) != 1 || a.Messages[0].Text != "edited" || !a.Messages[0].Edited || a.Messages[0].Payload["key"] != "2" || len(a.Pins()) != 0 {
		t.Errorf("there stand %+v", a.Messages)
	}
	says(t, "pinning what was deleted", c.AddPinContext(ctx, announce, slack.NewRefToMessage(announce, first)), "message_not_found")
}

// TestSlackRate posts faster than Slack allows.
func TestSlackRate(t *testing.T) {
	t.Parallel()
	o := inSlack
	o.Rate = time.Hour
	s, c, announce := newSlack(t, o)
	other := s.Create("other")
	s.Add("other")
	for channel, want := range map[string]string{announce: "ok", other: "ok"} {
		_, _, err := c.PostMessageContext(t.Context(), channel, about("x")...)
		says(t, "the first message", err, want)
		_, _, err = c.PostMessageContext(t.Context(), channel, about("x")...)
		if e := (*slack.RateLimitedError)(nil); !errors.As(err, &e) || e.RetryAfter != time.Hour {
			t.Errorf("the second message: %v", err)
		}
	}
}

// TestSlackWebhook posts through the webhook.
func TestSlackWebhook(t *testing.T) {
	t.Parallel()
	s := tools.NewSlack(t, inSlack)
	hook := func(url, kind, body string) (int, string) {
		t.Helper()
		return sendWith(t, "POST", url, http.Header{"Content-Type": {kind}}, body)
	}
	for _, of := range []struct {
		url, kind, body string
		status          int
		says            string
	}{
		{s.WebhookURL(), "application/json", `{"text":"hello","channel":"#general","unfurl_links":false}`, 200, "ok"},
		{s.WebhookURL(), "application/x-www-form-urlencoded", "payload=" + url.QueryEscape(`{"text":"again","unfurl_links":false}`), 200, "ok"},
		{s.WebhookURL(), "application/json", `{"unfurl_links":false}`, 400, "no_text"},
		{s.WebhookURL(), "application/json", `{"text":`, 400, "invalid_payload"},
		{s.WebhookURL(), "application/json", `{"text":"x","unfurl_links":false,"blocks":[{"type":"ruler"}]}`, 400, "invalid_blocks"},
		{s.WebhookURL() + "x", "application/json", `{"text":"x","unfurl_links":false}`, 404, "no_service"},
	} {
		status, said := hook(of.url, of.kind, of.body)
		if status != of.status || said != of.says {
			t.Errorf("%s: %d %s, want %d %s", of.body, status, said, of.status, of.says)
		}
	}
	a, _ := s.Channel(harness.Announce)
	if len(a.Messages) != 2 || a.Messages[0].Text != "hello" || a.Messages[1].Text != "again" {
		t.Errorf("there stand %+v", a.Messages)
	}
	s.DeleteMessage(harness.Announce, a.Messages[0].TS)
	s.Deny(harness.SlackWebhook, "action_prohibited")
	if status, said := hook(s.WebhookURL(), "application/json", `{"text":"x"}`); status != 403 || said != "action_prohibited" {
		t.Errorf("denied: %d %s", status, said)
	}
	s.Heal()
	s.Archive(harness.Announce)
	if status, said := hook(s.WebhookURL(), "application/json", `{"text":"x"}`); status != 410 || said != "channel_is_archived" {
		t.Errorf("archived: %d %s", status, said)
	}
}

// TestSlackDeny has a method refused until it is healed.
func TestSlackDeny(t *testing.T) {
	t.Parallel()
	s, c, announce := newSlack(t, inSlack)
	ctx := t.Context()
	archived := s.Deny("conversations.archive", "restricted_action")
	s.Deny("pins.add", "missing_scope")
	for range 2 {
		says(t, "archiving", c.ArchiveConversationContext(ctx, announce), "restricted_action")
	}
	says(t, "pinning", c.AddPinContext(ctx, announce, slack.NewRefToMessage(announce, "1.2")), "missing_scope")
	if reply := s.Calls()[2].Reply; !strings.Contains(reply, `"needed":"pins:write"`) {
		t.Errorf("what is missing: %s", reply)
	}
	s.Heal()
	says(t, "archiving what is healed", c.ArchiveConversationContext(ctx, announce), "ok")
	if archived() != 2 {
		t.Errorf("denied %d times, want 2", archived())
	}
}

// TestSlackFaults has the second of three messages go wrong in every way: what
// the client sees, and whether Slack has it.
func TestSlackFaults(t *testing.T) {
	t.Parallel()
	status := func(want int) func(error) bool {
		return func(err error) bool {
			e := slack.StatusCodeError{}
			return errors.As(err, &e) && e.Code == want
		}
	}
	broken := func(err error) bool { return err != nil }
	wants := map[harness.FaultKind]struct {
		seen   func(error) bool
		stands int
	}{
		harness.NoConnection:  {broken, 2},
		harness.ReplyLost:     {broken, 3},
		harness.TimeoutBefore: {broken, 2},
		harness.TimeoutAfter:  {broken, 3},
		harness.Truncated:     {broken, 3},
		harness.Slow:          {func(err error) bool { return err == nil }, 3},
		harness.TooMany: {func(err error) bool {
			e := (*slack.RateLimitedError)(nil)
			return errors.As(err, &e) && e.RetryAfter == 0
		}, 2},
		harness.Internal:      {status(500), 2},
		harness.InternalAfter: {status(500), 3},
		harness.BadGateway:    {status(502), 2},
		harness.Hollow:        {func(err error) bool { return err == nil }, 2},
		harness.HollowAfter:   {func(err error) bool { return err == nil }, 3},
		harness.FatalAfter:    {func(err error) bool { return err != nil && err.Error() == "fatal_error" }, 3},
		harness.KillBefore:    {broken, 2},
		harness.KillAfter:     {broken, 3},
	}
	for _, kind := range harness.SlackFaultKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			want, there := wants[kind]
			if !there {
				t.Fatal("the test does not know it")
			}
			s, c, announce := newSlack(t, inSlack)
			killed := 0
			fired := s.Inject(harness.Fault{Kind: kind, Path: "^/chat.postMessage$", At: 2, Do: func() { killed++ }})
			for i := 1; i <= 3; i++ {
				patience := 10 * time.Second
				if i == 2 && (kind == harness.TimeoutBefore || kind == harness.TimeoutAfter) {
					patience = 300 * time.Millisecond
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				_, _, err := c.PostMessageContext(ctx, announce, about(fmt.Sprint(i))...)
				cancel()
				if i == 2 && !want.seen(err) {
					t.Errorf("the client sees %v", err)
				} else if i != 2 && err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			}
			if a, _ := s.Channel(harness.Announce); len(a.Messages) != want.stands {
				t.Errorf("%d messages stand, want %d", len(a.Messages), want.stands)
			}
			if fired() != 1 || (killed == 1) != (kind == harness.KillBefore || kind == harness.KillAfter) {
				t.Errorf("it went off %d times and killed %d times", fired(), killed)
			}
			if calls := s.Calls(); len(calls) != 3 || calls[1].Fault != kind || calls[0].Fault != "" || calls[2].Fault != "" {
				t.Errorf("recorded as %v", calls)
			}
		})
	}
}
