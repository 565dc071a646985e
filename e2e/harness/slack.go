package harness

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What every Slack of a test has: the app of the program with its token, the
// channel of the announcements, and an incoming webhook of that channel.
const (
	SlackToken = "xoxb-the-token-of-the-app"
	SlackBot   = "U0ESCALATE"
	Announce   = "escalated_customers"
	// SlackWebhook is below the address of the proxy, and what Deny calls it.
	SlackWebhook = "services/T000000001/B000000001/the-secret-of-the-webhook"
)

// What only the tests know: the address of the workspace, where nothing
// answers, and the tokens with which they speak to the emulator.
const (
	workspace     = "https://acme.slack.com"
	slackAdmin    = "U000000001" // the emulator has one
	slackHook     = "B000000001" // who posts through the webhook
	slackBotID    = "B0ESCALATE"
	slackAppID    = "A0ESCALATE"
	administrator = "xoxp-the-token-of-the-administrator"
	insider       = "xoxb-the-app-with-all-scopes"
	hookToken     = "xoxb-the-token-of-the-webhook"
	emulatedHook  = "/services/T000000001/B000000001/X000000001"
)

// Slack is the emulator of one test, and the proxy in front of it, which is as
// strict as Slack, records all that is said, and fails on command.
type Slack struct {
	*proxy
	options SlackOptions

	// Guarded by the lock of the proxy.
	deactivated map[string]bool      // user ids
	names       map[string]string    // of channels, by their ids
	last        map[string]time.Time // when a message was posted, by the id of the channel
}

// SlackOptions say how a Slack differs from the usual one.
type SlackOptions struct {
	// People are there besides the app and an administrator.
	People []Person
	// Outside leaves the app out of the channel of the announcements.
	Outside bool
	// Without are scopes that the token lacks.
	Without []string
	// PageSize is the most that a page holds, whatever is asked for; 0 for what
	// Slack has.
	PageSize int
	// Rate is the time that must pass between two messages to a channel; 0 for
	// none. Slack has a second.
	Rate time.Duration
}

// Person is somebody on a Slack.
type Person struct{ ID, Name, Email string }

// NewSlack starts a Slack for one test.
func (x *Tools) NewSlack(t testing.TB, o SlackOptions) *Slack {
	t.Helper()
	// The emulator gives users ids of its own, but for those of apps.
	app := func(user, bot, id, name string) map[string]any {
		return map[string]any{"client_id": user, "client_secret": user, "redirect_uris": []string{}, "name": name, "app_id": id, "bot_id": bot, "bot_user_id": user, "bot_name": strings.ToLower(name)}
	}
	apps := []any{app(SlackBot, slackBotID, slackAppID, Bot)}
	for _, p := range o.People {
		apps = append(apps, app(p.ID, "B"+p.ID[1:], "A"+p.ID[1:], p.Name))
	}
	all := slices.Concat(slices.Collect(maps.Values(SlackScopes())), []string{"users.profile:write"})
	port := x.emulate(t, "slack", map[string]any{"slack": map[string]any{
		"baseUrl":       workspace,
		"team":          map[string]any{"name": "Acme", "domain": "acme"},
		"strict_scopes": true,
		"oauth_apps":    apps,
		"tokens": []any{
			map[string]any{"token": SlackToken, "type": "bot", "user_id": SlackBot, "bot_id": slackBotID, "app_id": slackAppID, "scopes": all},
			map[string]any{"token": insider, "user_id": SlackBot, "scopes": all},
			map[string]any{"token": administrator, "user_id": slackAdmin, "scopes": all},
			map[string]any{"token": hookToken, "user_id": slackHook, "scopes": all},
		},
	}})
	s := &Slack{proxy: newProxy(t, port), options: o, deactivated: map[string]bool{}, names: map[string]string{}, last: map[string]time.Time{}}
	s.serve(s, s.refusal)
	for _, p := range o.People {
		if p.Email != "" {
			s.Do("users.profile.set", url.Values{"user": {p.ID}, "name": {"email"}, "value": {p.Email}}, nil)
		}
	}
	s.Create(Announce)
	if !o.Outside {
		s.Add(Announce)
	}
	return s
}

// URL is for SLACK_API_URL.
func (s *Slack) URL() string { return s.server.URL + "/api/" }

// WebhookURL is for SLACK_WEBHOOK_URL.
func (s *Slack) WebhookURL() string { return s.server.URL + "/" + SlackWebhook }

// Deny has a method refused with an error of Slack, until Heal.
func (s *Slack) Deny(method, err string) (fired func() int) {
	return s.Inject(Fault{Kind: Denied, Path: "^/" + regexp.QuoteMeta(method) + "$", Times: Always, Error: err})
}

// Inject is for the kinds that Slack has.
func (s *Slack) Inject(f Fault) (fired func() int) {
	s.t.Helper()
	if !slices.Contains(append(SlackFaultKinds(), Denied, Meanwhile), f.Kind) {
		s.t.Fatalf("Slack has no %q", f.Kind)
	}
	return s.proxy.Inject(f)
}

// ServeHTTP is the proxy.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever called is gone
	}
	method, api := strings.CutPrefix(r.URL.Path, "/api/")
	if !api {
		call := &Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body)}
		s.handle(w, r, call, func() (reply, error) { return s.post(r, body) })
		return
	}
	params, token, err := decoded(r, body)
	if err != nil {
		s.t.Errorf("%s %s: %v\n%s", r.Method, r.URL, err, body)
	}
	of, known := slackMethods[method]
	if !known {
		s.t.Errorf("Slack has no method %s, or the harness does not know it", method)
	}
	if r.Method != http.MethodPost && !of.reads {
		s.t.Errorf("%s %s: only a method that reads may be got", r.Method, r.URL.Path)
	}
	call := &Call{Method: r.Method, Path: "/" + method, Params: params, reads: of.reads, channel: s.name(params.Get(of.channel))}
	if method == "conversations.create" {
		call.channel = params.Get("name")
	}
	s.handle(w, r, call, func() (reply, error) { return s.answer(method, token, params) })
}

// decoded returns the arguments of a method, and the token.
func decoded(r *http.Request, body []byte) (params url.Values, token string, err error) {
	switch kind := r.Header.Get("Content-Type"); {
	case r.Method == http.MethodGet:
		params = r.URL.Query()
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		params, err = url.ParseQuery(string(body))
	case strings.HasPrefix(kind, "application/json"):
		var in map[string]json.RawMessage
		err = json.Unmarshal(body, &in)
		params = url.Values{}
		for name, value := range in {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			params.Set(name, text)
		}
	default:
		err = errors.New("a form or JSON is wanted")
	}
	if params == nil {
		params = url.Values{}
	}
	if token = params.Get("token"); token == "" {
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	params.Del("token")
	return params, token, err
}

// Do makes a call of the emulator for the test, as the administrator, past the
// proxy.
func (s *Slack) Do(method string, params url.Values, reply any) {
	s.t.Helper()
	s.do(administrator, method, params, reply)
}

func (s *Slack) do(token, method string, params url.Values, reply any) {
	s.t.Helper()
	a, err := s.call(token, method, params)
	if err != nil {
		s.t.Fatal(err)
	}
	if e := a.refused(); e != "" {
		s.t.Fatalf("%s %v: %s", method, params, e)
	}
	if reply != nil {
		if err := json.Unmarshal(a.body, reply); err != nil {
			s.t.Fatalf("%s %v: %v", method, params, err)
		}
	}
}

// call calls a method of the emulator.
func (s *Slack) call(token, method string, params url.Values) (reply, error) {
	header := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/x-www-form-urlencoded"}}
	return s.ask(http.MethodPost, "/api/"+method, header, []byte(params.Encode()))
}

// refused is what Slack has against a call.
func (r reply) refused() string {
	var said struct {
		OK    bool
		Error string
	}
	switch err := json.Unmarshal(r.body, &said); {
	case err != nil:
		return err.Error()
	case said.OK:
		return ""
	case said.Error == "":
		return "not ok"
	}
	return said.Error
}

// Create creates a channel by hand, and returns its id. The app is not in it.
func (s *Slack) Create(name string) string {
	s.t.Helper()
	var made struct{ Channel struct{ ID string } }
	s.Do("conversations.create", url.Values{"name": {name}}, &made)
	return made.Channel.ID
}

// administer makes a call about a channel, which only its members may.
func (s *Slack) administer(name, method string, params url.Values) {
	s.t.Helper()
	id := s.ID(name)
	s.Do("conversations.join", url.Values{"channel": {id}}, nil)
	params.Set("channel", id)
	s.Do(method, params, nil)
}

// Archive archives a channel by hand.
func (s *Slack) Archive(name string) {
	s.t.Helper()
	s.administer(name, "conversations.archive", url.Values{})
}

// Unarchive takes a channel back by hand. Slack has thrown the app out when it
// was archived.
func (s *Slack) Unarchive(name string) {
	s.t.Helper()
	id := s.ID(name)
	s.Do("conversations.unarchive", url.Values{"channel": {id}}, nil)
	if _, err := s.call(administrator, "conversations.kick", url.Values{"channel": {id}, "user": {SlackBot}}); err != nil {
		s.t.Fatal(err)
	}
}

// Rename renames a channel by hand.
func (s *Slack) Rename(from, to string) {
	s.t.Helper()
	s.administer(from, "conversations.rename", url.Values{"name": {to}})
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.names)
}

// Add takes the app into a channel.
func (s *Slack) Add(name string) {
	s.t.Helper()
	s.administer(name, "conversations.invite", url.Values{"users": {SlackBot}})
}

// Remove removes somebody from a channel: SlackBot is the app.
func (s *Slack) Remove(name, user string) {
	s.t.Helper()
	s.administer(name, "conversations.kick", url.Values{"user": {user}})
}

// Deactivate ends the account of somebody.
func (s *Slack) Deactivate(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deactivated[user] = true
}

func (s *Slack) isDeactivated(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deactivated[user]
}

// Say posts a message, as the administrator does.
func (s *Slack) Say(name, text string) (ts string) {
	s.t.Helper()
	var made struct{ TS string }
	s.Do("chat.postMessage", url.Values{"channel": {s.ID(name)}, "text": {text}}, &made)
	return made.TS
}

// EditMessage replaces the text of a message, and takes its blocks away.
func (s *Slack) EditMessage(name, ts, text string) {
	s.t.Helper()
	s.asAuthor(name, ts, "chat.update", url.Values{"text": {text}})
}

// DeleteMessage deletes a message by hand.
func (s *Slack) DeleteMessage(name, ts string) {
	s.t.Helper()
	s.asAuthor(name, ts, "chat.delete", url.Values{})
}

// asAuthor does something to a message, as the emulator lets only the author.
func (s *Slack) asAuthor(name, ts, method string, params url.Values) {
	s.t.Helper()
	id := s.ID(name)
	thread, err := s.thread(id, ts)
	if err != nil || len(thread) == 0 {
		s.t.Fatalf("there is no message %s in #%s (%v)", ts, name, err)
	}
	token := map[string]string{SlackBot: insider, slackAdmin: administrator, slackHook: hookToken}[thread[0].User]
	params.Set("channel", id)
	params.Set("ts", ts)
	s.do(token, method, params, nil)
}
