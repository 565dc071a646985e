package slack

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// The scopes are those of the manifest that people paste.
func TestScopes(t *testing.T) {
	t.Parallel()
	manifest, err := os.ReadFile("../../docs/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var always, restricted []string
	for _, found := range regexp.MustCompile(`(?m)^ +(#? ?)- ([a-z]+:[a-z]+)`).FindAllStringSubmatch(string(manifest), -1) {
		if found[1] == "" {
			always = append(always, found[2])
		} else if strings.HasPrefix(found[2], "groups:") {
			restricted = append(restricted, found[2])
		}
	}
	if got := Scopes(false); !slices.Equal(got, always) {
		t.Errorf("%q, and the manifest has %q", got, always)
	}
	if got := Scopes(true); !slices.Equal(got, append(always, restricted...)) {
		t.Errorf("restricted: %q, and the manifest has %q and %q", got, always, restricted)
	}
}

// What the app may is what Slack says in a header of its answer; a token that it does
// not take is told apart from one that nobody could ask about.
func TestGranted(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.scopes = "chat:write,channels:read"
	if got, err := f.workspace().Granted(t.Context()); err != nil || !slices.Equal(got, []string{"channels:read", "chat:write"}) {
		t.Errorf("got %q, %v", got, err)
	}
	f.scopes = ""
	if got, err := f.workspace().Granted(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("where Slack says nothing: %q, %v", got, err)
	}
	for _, c := range []struct {
		answer any
		status int
		want   error
	}{
		{no("invalid_auth"), 200, ErrToken},
		{no("token_revoked"), 200, ErrToken},
		{no("internal_error"), 200, destination.ErrInDoubt},
		{map[string]any{}, 200, destination.ErrInDoubt},
		{ok(nil), 200, destination.ErrUnconfirmed},
		{nil, http.StatusForbidden, nil},
	} {
		f.refuse = func(string, url.Values) (any, int, bool) { return c.answer, c.status, false }
		_, err := f.workspace().Granted(t.Context())
		if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want != ErrToken && errors.Is(err, ErrToken) {
			t.Errorf("%v: %v, want %v", c.answer, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("it says the token: %v", err)
		}
	}
}

// The announcement channel is found by its name among the public ones.
func TestAnnouncementsStand(t *testing.T) {
	t.Parallel()
	const name = "escalated_customers"
	for what, c := range map[string]struct {
		change func(*channel)
		want   Announcements
	}{
		"well":     {func(*channel) {}, Announcements{Name: name, Found: true, Member: true}},
		"outside":  {func(c *channel) { c.Member = false }, Announcements{Name: name, Found: true}},
		"archived": {func(c *channel) { c.Archived = true }, Announcements{Name: name, Found: true, Archived: true, Member: true}},
		"shared":   {func(c *channel) { c.Shared = true }, Announcements{Name: name, Found: true, Shared: true, Member: true}},
		"private":  {func(c *channel) { c.Private = true }, Announcements{Name: name}},
		"renamed":  {func(c *channel) { c.Name = "customers" }, Announcements{Name: name}},
	} {
		f := newFake(t)
		c.change(f.channels[0])
		if got, err := f.workspace().Announcements(t.Context()); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", what, got, err, c.want)
		}
	}
	f := newFake(t)
	f.refuse = func(string, url.Values) (any, int, bool) { return no("missing_scope"), 200, false }
	if _, err := f.workspace().Announcements(t.Context()); err == nil {
		t.Error("what cannot be listed is taken for a list")
	}
	f.refuse = func(string, url.Values) (any, int, bool) { return ok(nil), 200, false }
	if _, err := f.workspace().Announcements(t.Context()); !errors.Is(err, destination.ErrUnconfirmed) {
		t.Errorf("a list that is not there is taken for one of nothing: %v", err)
	}
}
