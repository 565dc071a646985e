package harness

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// slackMethod is what Slack demands of a call of one of its methods.
type slackMethod struct {
	scope    string // of the token; empty for none
	channel  string // the argument that names the channel, if one does
	member   bool   // of that channel the app must be a member
	archived string // the error where that channel is archived; empty where it may be
	reads    bool
}

// gone is the error where the app is no member. It is none of an archived
// channel: archiving throws it out, and it cannot be taken in again
// (elastic/connectors#1972).
const gone = "not_in_channel"

// slackMethods are the methods that the proxy knows. The emulator has more, and
// Slack many more: whoever needs one looks up here what Slack demands.
var slackMethods = map[string]slackMethod{
	"auth.test":                   {reads: true},
	"bookmarks.add":               {"bookmarks:write", "channel_id", true, "is_archived", false},
	"bookmarks.edit":              {"bookmarks:write", "channel_id", true, "is_archived", false},
	"bookmarks.list":              {"bookmarks:read", "channel_id", true, gone, true},
	"bookmarks.remove":            {"bookmarks:write", "channel_id", true, "is_archived", false},
	"chat.delete":                 {"chat:write", "channel", true, "is_archived", false},
	"chat.getPermalink":           {channel: "channel", reads: true},
	"chat.postMessage":            {"chat:write", "channel", true, "is_archived", false},
	"chat.deleteScheduledMessage": {"chat:write", "channel", true, "is_archived", false},
	"chat.scheduleMessage":        {"chat:write", "channel", true, "is_archived", false},
	"chat.scheduledMessages.list": {reads: true},
	"chat.update":                 {"chat:write", "channel", true, "is_inactive", false},
	"conversations.archive":       {"channels:manage", "channel", true, "already_archived", false},
	"conversations.create":        {scope: "channels:manage"},
	"conversations.history":       {"channels:history", "channel", true, gone, true},
	"conversations.info":          {scope: "channels:read", channel: "channel", reads: true},
	"conversations.invite":        {"channels:manage", "channel", true, "is_archived", false},
	"conversations.join":          {"channels:join", "channel", false, "is_archived", false},
	"conversations.kick":          {"channels:manage", "channel", true, "is_archived", false},
	"conversations.leave":         {"channels:manage", "channel", true, "is_archived", false},
	"conversations.list":          {scope: "channels:read", reads: true},
	"conversations.members":       {scope: "channels:read", channel: "channel", reads: true},
	"conversations.rename":        {"channels:manage", "channel", true, "is_archived", false},
	"conversations.replies":       {"channels:history", "channel", true, gone, true},
	"conversations.setPurpose":    {"channels:manage", "channel", true, "is_archived", false},
	"conversations.setTopic":      {"channels:manage", "channel", true, "is_archived", false},
	"conversations.unarchive":     {scope: "channels:manage", channel: "channel"},
	"pins.add":                    {"pins:write", "channel", true, "is_archived", false},
	"pins.list":                   {"pins:read", "channel", true, gone, true},
	"pins.remove":                 {"pins:write", "channel", true, "is_archived", false},
	"team.info":                   {scope: "team:read", reads: true},
	"users.info":                  {scope: "users:read", reads: true},
	"users.list":                  {scope: "users:read", reads: true},
	"users.lookupByEmail":         {scope: "users:read.email", reads: true},
}

// SlackScopes returns the scope that each method demands of the token of a bot
// in a public channel, "" for none. The manifest of the app has those of the
// methods that the program calls, and no others.
func SlackScopes() map[string]string {
	scopes := map[string]string{}
	for name, m := range slackMethods {
		scopes[name] = m.scope
	}
	return scopes
}

// scopes are those of the token.
func (s *Slack) scopes() []string {
	all := slices.Compact(slices.Sorted(maps.Values(SlackScopes())))
	return slices.DeleteFunc(all, func(scope string) bool { return scope == "" || slices.Contains(s.options.Without, scope) })
}

// slackReply is an answer of Slack's API.
func slackReply(answer any) reply {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // there are only maps and lists in it
	}
	return reply{http.StatusOK, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body}
}

// no is the answer that says why not.
func no(err string) reply { return slackReply(map[string]any{"ok": false, "error": err}) }

// tooFast is the answer to whoever calls too often.
func tooFast(seconds string) reply {
	r := no("ratelimited")
	r.status = http.StatusTooManyRequests
	r.header.Set("Retry-After", seconds)
	return r
}

// text is an answer of a webhook.
func text(status int, said string) reply {
	return reply{status, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte(said)}
}

// refusal is the answer of a kind of fault that has one of its own.
func (s *Slack) refusal(f Fault, call *Call) (reply, bool) {
	hook := call.Path == "/"+SlackWebhook
	switch f.Kind {
	case TooMany:
		return tooFast(f.seconds()), true
	case Denied, FatalAfter:
		e := f.Error
		if f.Kind == FatalAfter {
			e = "fatal_error"
		}
		switch {
		case hook && f.Kind == FatalAfter:
			return text(http.StatusInternalServerError, "rollup_error"), true
		case hook:
			return text(webhookStatus(e), e), true
		case e == "missing_scope":
			return s.missing(slackMethods[strings.TrimPrefix(call.Path, "/")].scope), true
		}
		return no(e), true
	case Internal, InternalAfter:
		return htmlPage(http.StatusInternalServerError, "Server Error"), true
	case Hollow, HollowAfter:
		if hook {
			return text(http.StatusOK, ""), true
		}
		return slackReply(map[string]any{"ok": f.Kind == HollowAfter}), true
	case BadGateway:
		return htmlPage(http.StatusBadGateway, "502 Bad Gateway"), true
	}
	return reply{}, false
}

// webhookStatus is the status with which a webhook says what is wrong.
func webhookStatus(err string) int {
	switch err {
	case "action_prohibited", "invalid_token", "posting_to_general_channel_denied":
		return http.StatusForbidden
	case "no_service", "channel_not_found", "no_team":
		return http.StatusNotFound
	case "channel_is_archived":
		return http.StatusGone
	case "rollup_error":
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// missing is the answer to a token without a scope.
func (s *Slack) missing(scope string) reply {
	return slackReply(map[string]any{"ok": false, "error": "missing_scope", "needed": scope, "provided": strings.Join(s.scopes(), ",")})
}

// name returns the name of a channel, "" if there is none with that id.
func (s *Slack) name(id string) string {
	s.mu.Lock()
	known := s.names[id]
	s.mu.Unlock()
	if known != "" || id == "" {
		return known
	}
	row, _, err := s.row(id)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[id] = row.Name
	return row.Name
}

// row returns a channel as the app sees it, or what Slack has against that.
func (s *Slack) row(id string) (row channelRow, refused string, err error) {
	a, err := s.call(insider, "conversations.info", url.Values{"channel": {id}})
	if err != nil {
		return row, "", err
	}
	var found struct{ Channel channelRow }
	if refused = a.refused(); refused == "" {
		err = json.Unmarshal(a.body, &found)
	}
	return found.Channel, refused, err
}

// answer answers a call as Slack does: the emulator does, and this knows where
// it does not do it right.
func (s *Slack) answer(method, token string, params url.Values) (reply, error) {
	of, known := slackMethods[method]
	scopes := s.scopes()
	var a reply
	var err error
	switch {
	case token == "":
		return no("not_authed"), nil
	case token != SlackToken:
		return no("invalid_auth"), nil
	case !known:
		return no("unknown_method"), nil
	case of.scope != "" && !slices.Contains(scopes, of.scope):
		return s.missing(of.scope), nil
	case method == "conversations.unarchive": // a bot cannot
		return no("not_allowed_token_type"), nil
	}
	if a, err = s.inChannel(method, of, params); err == nil && a.status == 0 {
		a, err = s.obey(method, params)
	}
	if err != nil {
		return a, err
	}
	if a.status != http.StatusOK && a.status != http.StatusTooManyRequests {
		return a, fmt.Errorf("the emulator answers with %d\n%s", a.status, a.body)
	}
	header := http.Header{"Content-Type": a.header["Content-Type"], "X-Oauth-Scopes": {strings.Join(scopes, ",")}}
	if wait := a.header.Get("Retry-After"); wait != "" {
		header.Set("Retry-After", wait)
	}
	return reply{a.status, header, a.body}, nil
}

// inChannel refuses what a channel forbids.
func (s *Slack) inChannel(method string, of slackMethod, params url.Values) (reply, error) {
	if of.channel == "" {
		return reply{}, nil
	}
	row, refused, err := s.row(params.Get(of.channel))
	switch {
	case err != nil:
		return reply{}, err
	case refused != "":
		return no(refused), nil
	case row.IsArchived && of.archived != "":
		return no(of.archived), nil
	case of.member && !row.IsMember:
		return no(gone), nil
	}
	if method == "chat.postMessage" && s.hurried(row.ID) {
		return tooFast(strconv.Itoa(max(1, int(s.options.Rate/time.Second)))), nil
	}
	return reply{}, nil
}

// hurried reports whether a message follows the last of its channel too soon.
func (s *Slack) hurried(channel string) bool {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, spoken := s.last[channel]; spoken && now.Sub(last) < s.options.Rate {
		return true
	}
	s.last[channel] = now
	return false
}

var channelName = regexp.MustCompile(`^[a-z0-9_-]+$`)

// obey does what nothing speaks against yet.
func (s *Slack) obey(method string, params url.Values) (reply, error) {
	switch method {
	case "chat.postMessage", "chat.update":
		if refused, err := s.content(method, params); refused != "" || err != nil {
			return no(refused), err
		}
	case "conversations.create":
		// The emulator changes a name into one that is allowed.
		if name := params.Get("name"); name != "" && utf8.RuneCountInString(name) <= 80 && !channelName.MatchString(name) {
			return no("invalid_name_specials"), nil
		}
	case "conversations.setTopic":
		if utf8.RuneCountInString(params.Get("topic")) > 250 {
			return no("too_long"), nil
		}
	case "conversations.history":
		return s.history(params)
	case "conversations.invite":
		return s.invite(params)
	case "conversations.list":
		params = maps.Clone(params)
		params.Set("limit", strconv.Itoa(s.pageSize(params)))
	case "users.info", "users.list", "users.lookupByEmail":
		return s.users(method, params)
	}
	a, err := s.call(SlackToken, method, params)
	if err != nil || a.refused() != "" {
		return a, err
	}
	var found map[string]any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&found); err != nil {
		return a, err
	}
	s.amend(found, params)
	header := a.header
	a = slackReply(found)
	a.header = header
	return a, nil
}

// pageSize is how much a page holds.
func (s *Slack) pageSize(params url.Values) int {
	size, err := strconv.Atoi(params.Get("limit"))
	if err != nil || size <= 0 {
		size = 100
	}
	if s.options.PageSize > 0 {
		size = min(size, s.options.PageSize)
	}
	return min(size, 999)
}

func isTrue(value string) bool { return value == "true" || value == "1" }

// amend makes of an answer of the emulator one of Slack.
func (s *Slack) amend(found map[string]any, params url.Values) {
	channels, _ := found["channels"].([]any)
	for _, c := range append(channels, found["channel"]) {
		if c, ok := c.(map[string]any); ok && c["is_archived"] == true {
			c["is_member"] = false
		}
	}
	if members, ok := found["members"].([]any); ok {
		found["members"] = slices.DeleteFunc(members, func(m any) bool {
			id, _ := m.(string)
			return s.isDeactivated(id)
		})
	}
	messages, _ := found["messages"].([]any)
	items, _ := found["items"].([]any)
	for _, m := range append(messages, items...) {
		if m, ok := m.(map[string]any); ok {
			asRead(m, isTrue(params.Get("include_all_metadata")))
			if pinned, ok := m["message"].(map[string]any); ok {
				asRead(pinned, false)
			}
		}
	}
	if posted, ok := found["message"].(map[string]any); ok {
		asRead(posted, true)
	}
}

var address = regexp.MustCompile(`<[^>]*>|https?://[^\s<>|]+`)

// asRead makes of a message what Slack gives back. It is not what was posted:
// metadata only comes when it is asked for, addresses in the text stand in
// brackets, and blocks and their texts have got more fields.
func asRead(message map[string]any, metadata bool) {
	if !metadata {
		delete(message, "metadata")
	}
	if message["user"] == SlackBot {
		message["bot_id"], message["app_id"] = slackBotID, slackAppID
	}
	if text, ok := message["text"].(string); ok {
		message["text"] = address.ReplaceAllStringFunc(text, func(found string) string {
			if strings.HasPrefix(found, "<") {
				return found
			}
			return "<" + found + ">"
		})
	}
	blocks, _ := message["blocks"].([]any)
	for n, b := range blocks {
		if b, ok := b.(map[string]any); ok {
			if b["block_id"] == nil || b["block_id"] == "" {
				b["block_id"] = fmt.Sprintf("b%04d", n)
			}
			completed(b)
		}
	}
}

// completed sets the fields that Slack sets in the texts of a block.
func completed(value any) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			completed(v)
		}
	case map[string]any:
		set := map[any]string{"mrkdwn": "verbatim", "plain_text": "emoji"}[value["type"]]
		if set != "" && value[set] == nil {
			value[set] = set == "emoji"
		}
		for _, v := range value {
			completed(v)
		}
	}
}

// history answers with a page of messages: the emulator takes no time for a
// limit.
func (s *Slack) history(params url.Values) (reply, error) {
	all, err := listed[map[string]any](s, "conversations.history", "messages", url.Values{"channel": {params.Get("channel")}})
	if err != nil {
		return reply{}, err
	}
	from, to, inclusive := params.Get("oldest"), params.Get("latest"), isTrue(params.Get("inclusive"))
	if at, cursor := params.Get("cursor"), ""; at != "" {
		decoded, err := base64.StdEncoding.DecodeString(at)
		if cursor = strings.TrimPrefix(string(decoded), "next_ts:"); err != nil || cursor == string(decoded) {
			return no("invalid_cursor"), nil
		}
		all = slices.DeleteFunc(all, func(m map[string]any) bool { return later(m["ts"].(string), cursor) > 0 })
	}
	all = slices.DeleteFunc(all, func(m map[string]any) bool {
		ts := m["ts"].(string)
		return from != "" && (later(ts, from) < 0 || !inclusive && later(ts, from) == 0) ||
			to != "" && (later(ts, to) > 0 || !inclusive && later(ts, to) == 0)
	})
	answer := map[string]any{"ok": true, "has_more": false, "pin_count": 0}
	if size := s.pageSize(params); len(all) > size {
		answer["has_more"] = true
		answer["response_metadata"] = map[string]any{"next_cursor": base64.StdEncoding.EncodeToString([]byte("next_ts:" + all[size]["ts"].(string)))}
		all = all[:size]
	}
	for _, m := range all {
		asRead(m, isTrue(params.Get("include_all_metadata")))
	}
	answer["messages"] = append([]map[string]any{}, all...)
	return slackReply(answer), nil
}

// later compares two times of Slack, of which one may lack digits.
func later(a, b string) int {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA != nil || errB != nil {
		return strings.Compare(a, b)
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// invite invites as Slack does: all or nobody, but for the argument force, which
// the emulator does not know. What Slack says to a deactivated user it does not
// tell: of the errors that it lists, this fits.
func (s *Slack) invite(params url.Values) (reply, error) {
	var errs []any
	var sound []string
	users := strings.Split(params.Get("users"), ",")
	force := isTrue(params.Get("force"))
	for _, user := range users {
		if s.isDeactivated(user) {
			errs = append(errs, map[string]any{"user": user, "ok": false, "error": "cant_invite"})
			continue
		}
		if !force {
			sound = append(sound, user)
			continue
		}
		a, err := s.call(SlackToken, "conversations.invite", url.Values{"channel": params["channel"], "users": {user}})
		if err != nil {
			return a, err
		}
		if e := a.refused(); e != "" {
			errs = append(errs, map[string]any{"user": user, "ok": false, "error": e})
		} else {
			sound = append(sound, user)
		}
	}
	switch {
	case len(errs) > 0 && (!force || len(sound) == 0):
		return slackReply(map[string]any{"ok": false, "error": errs[0].(map[string]any)["error"], "errors": errs}), nil
	case force:
		a, err := s.call(SlackToken, "conversations.info", url.Values{"channel": params["channel"]})
		return a, err
	}
	return s.call(SlackToken, "conversations.invite", params)
}

// users answers with people: to the emulator they are bots, and nobody is ever
// deactivated.
func (s *Slack) users(method string, params url.Values) (reply, error) {
	a, err := s.call(SlackToken, method, params)
	if err != nil || a.refused() != "" {
		return a, err
	}
	var found map[string]any
	if err := json.Unmarshal(a.body, &found); err != nil {
		return a, err
	}
	members, _ := found["members"].([]any)
	for _, u := range append(members, found["user"]) {
		if u, ok := u.(map[string]any); ok {
			id, _ := u["id"].(string)
			u["is_bot"], u["deleted"] = id == SlackBot, s.isDeactivated(id)
			if u["deleted"] == true && method == "users.lookupByEmail" {
				return no("users_not_found"), nil
			}
		}
	}
	return slackReply(found), nil
}

// post answers a webhook.
func (s *Slack) post(r *http.Request, body []byte) (reply, error) {
	if r.URL.Path != "/"+SlackWebhook {
		return text(http.StatusNotFound, "no_service"), nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || err != nil {
		return text(http.StatusBadRequest, "invalid_payload"), nil
	}
	payload := body
	if kind != "application/json" {
		form, err := url.ParseQuery(string(body))
		if payload = []byte(form.Get("payload")); err != nil {
			return text(http.StatusBadRequest, "invalid_payload"), nil
		}
	}
	var in map[string]json.RawMessage
	if json.Unmarshal(payload, &in) != nil {
		return text(http.StatusBadRequest, "invalid_payload"), nil
	}
	id := ""
	rows, err := listed[channelRow](s, "conversations.list", "channels", url.Values{})
	for _, row := range rows {
		if row.Name == Announce {
			id = row.ID
			if row.IsArchived {
				return text(webhookStatus("channel_is_archived"), "channel_is_archived"), nil
			}
		}
	}
	if err != nil || id == "" {
		return text(webhookStatus("channel_not_found"), "channel_not_found"), err
	}
	message := url.Values{}
	for _, name := range []string{"text", "blocks", "unfurl_links"} {
		if value, there := in[name]; there {
			var said string
			if json.Unmarshal(value, &said) != nil {
				said = string(value)
			}
			message.Set(name, said)
		}
	}
	if refused, err := s.content("chat.postMessage", message); refused != "" || err != nil {
		return text(http.StatusBadRequest, refused), err
	}
	if s.hurried(id) {
		return tooFast("1"), nil
	}
	in["channel"] = json.RawMessage(strconv.Quote(id)) // whatever is asked for
	out, err := json.Marshal(in)
	if err != nil {
		return reply{}, err
	}
	a, err := s.ask(http.MethodPost, emulatedHook, http.Header{"Content-Type": {"application/json"}}, out)
	return text(a.status, string(a.body)), err
}

// What Slack takes of a message. Of all blocks together it says nothing; it was
// found out (slackapi/bolt-js#2509, #2867) that some 13,200 characters are too
// many, and that each block counts for some.
const (
	maxText     = 40000
	maxEdited   = 4000 // characters of the text of a message that is edited
	maxBlocks   = 50
	maxSection  = 3000
	maxField    = 2000
	maxFields   = 10
	maxHeader   = 150
	maxElements = 10
	maxMarkdown = 12000
	maxBlockID  = 255
	maxAll      = 13200
	perBlock    = 50
)

// content says what Slack has against a message, and tells the test of what
// Slack takes and should not be sent.
func (s *Slack) content(method string, params url.Values) (refused string, err error) {
	said := params.Get("text")
	if method == "chat.postMessage" && params.Get("unfurl_links") != "false" {
		s.t.Errorf("%s without unfurl_links=false: Slack fetches what the message links to, and shows it\n%s", method, said)
	}
	var blocks []block
	if raw := params.Get("blocks"); raw != "" && raw != "null" {
		if json.Unmarshal([]byte(raw), &blocks) != nil {
			return "invalid_blocks", nil
		}
	}
	switch length := utf8.RuneCountInString(said); {
	case said == "" && len(blocks) > 0:
		s.t.Errorf("%s with blocks and no text: the notification is empty, and a screen reader says nothing\n%s", method, params.Get("blocks"))
	case strings.TrimSpace(said) == "" && len(blocks) == 0:
		return "no_text", nil
	case length > maxText:
		s.t.Errorf("%s with a text of %d characters: Slack cuts it off after %d", method, length, maxText)
	case method == "chat.update" && length > maxEdited:
		return "msg_too_long", nil
	}
	if raw := params.Get("metadata"); raw != "" && !soundMetadata(raw) {
		return "invalid_metadata_format", nil
	}
	if method == "chat.update" && len(blocks) == 0 {
		thread, err := s.thread(params.Get("channel"), params.Get("ts"))
		if err != nil {
			return "", err
		}
		if len(thread) > 0 && len(thread[0].Blocks) > 0 {
			s.t.Errorf("%s without blocks of a message that has some: whether they stay, the documentation and the emulator do not agree", method)
		}
	}
	refused, why := wrongBlocks(blocks)
	if refused != "" {
		s.t.Logf("%s: %s: %v\n%s", method, refused, why, params.Get("blocks"))
	}
	return refused, nil
}

func soundMetadata(raw string) bool {
	var m struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	return json.Unmarshal([]byte(raw), &m) == nil && m.EventType != "" && m.EventPayload != nil
}

// wrongBlocks says what Slack has against the blocks of a message, and why.
func wrongBlocks(blocks []block) (refused string, why error) {
	if len(blocks) > maxBlocks {
		return "invalid_blocks", fmt.Errorf("%d blocks", len(blocks))
	}
	ids := map[string]bool{}
	total := 0
	for n, b := range blocks {
		err := b.wrong()
		if err == nil && b.ID != "" && ids[b.ID] {
			err = errors.New("its block_id is that of another")
		}
		if err != nil {
			return "invalid_blocks", fmt.Errorf("block %d: %w", n, err)
		}
		ids[b.ID] = true
		total += perBlock
		for _, t := range b.texts() {
			total += utf8.RuneCountInString(t.Text)
		}
	}
	if total > maxAll {
		return "msg_blocks_too_long", fmt.Errorf("%d characters", total)
	}
	return "", nil
}

func (b block) texts() []blockText {
	texts := slices.Concat(b.Fields, b.Elements)
	if b.Text != nil {
		texts = append(texts, *b.Text)
	}
	return texts
}

// wrong says what Slack has against a block.
func (b block) wrong() error {
	if utf8.RuneCountInString(b.ID) > maxBlockID {
		return errors.New("its block_id is too long")
	}
	switch b.Type {
	case "section":
		if b.Text == nil && len(b.Fields) == 0 || len(b.Fields) > maxFields {
			return fmt.Errorf("a section without a text, or with %d fields", len(b.Fields))
		}
		for _, f := range b.Fields {
			if err := f.wrong(maxField, "mrkdwn", "plain_text"); err != nil {
				return err
			}
		}
		if b.Text != nil {
			return b.Text.wrong(maxSection, "mrkdwn", "plain_text")
		}
	case "header":
		return b.Text.wrong(maxHeader, "plain_text")
	case "markdown":
		return b.Text.wrong(maxMarkdown, "")
	case "context":
		if len(b.Elements) == 0 || len(b.Elements) > maxElements {
			return fmt.Errorf("a context with %d elements", len(b.Elements))
		}
		for _, e := range b.Elements {
			if err := e.wrong(maxSection, "mrkdwn", "plain_text", "image"); err != nil {
				return err
			}
		}
	case "divider", "actions", "image", "rich_text", "video", "file", "table", "context_actions":
	default:
		return fmt.Errorf("there is no block %q", b.Type)
	}
	return nil
}

func (t *blockText) wrong(limit int, types ...string) error {
	switch {
	case t == nil:
		return errors.New("it has no text")
	case !slices.Contains(types, t.Type):
		return fmt.Errorf("a text of type %q, want one of %q", t.Type, types)
	case t.Text == "":
		return errors.New("its text is empty")
	case utf8.RuneCountInString(t.Text) > limit:
		return fmt.Errorf("a text of %d characters, and no more than %d are taken", utf8.RuneCountInString(t.Text), limit)
	}
	return nil
}
