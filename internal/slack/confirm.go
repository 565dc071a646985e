package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/escalations-as-code/escalate/internal/destination"
)

// confirming lets no answer pass that confirms nothing: the error is
// destination.ErrUnconfirmed. Whatever is asked of Slack is asked through it,
// so that nobody else has to doubt an answer.
type confirming struct {
	next http.RoundTripper
	// confirm returns what is wrong with the body of an answer to a method.
	confirm func(method string, body []byte) error
}

func (c confirming) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK { // another status says that it was refused
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close() // it was read, or the error above says why not
	if err != nil {
		return nil, err
	}
	if err := c.confirm(path.Base(r.URL.Path), body); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// confirmed reports what is wrong with an answer of the Web API. It says either
// that it is well, and has what the caller goes on with, or what is wrong.
func confirmed(method string, body []byte) error {
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("%w: it is no JSON of Slack", destination.ErrUnconfirmed)
	}
	if !answer.OK {
		if strings.TrimSpace(answer.Error) == "" {
			return fmt.Errorf("%w: it says neither that all is well nor what is wrong", destination.ErrUnconfirmed)
		}
		return nil
	}
	if field := needed(method); field != "" && !has(body, strings.Split(field, ".")) {
		return fmt.Errorf("%w: it has no %s", destination.ErrUnconfirmed, field)
	}
	return nil
}

// needed is what the answer to a method must have: what was made goes by it, and
// a list that is not there must not be taken for one of nothing.
func needed(method string) string {
	switch method {
	case "auth.test":
		return "user_id"
	case "bookmarks.add":
		return "bookmark.id"
	case "bookmarks.list":
		return "bookmarks"
	case "chat.postMessage", "chat.update":
		return "ts"
	case "chat.scheduleMessage":
		return "scheduled_message_id"
	case "chat.scheduledMessages.list":
		return "scheduled_messages"
	case "conversations.create", "conversations.info":
		return "channel.id"
	case "conversations.history":
		return "messages"
	case "conversations.list":
		return "channels"
	case "pins.list":
		return "items"
	}
	return ""
}

// has reports whether an object has a field, down a path of them, that is not an
// empty string.
func has(object []byte, fields []string) bool {
	for _, name := range fields {
		var of map[string]json.RawMessage
		if err := json.Unmarshal(object, &of); err != nil {
			return false
		}
		object = of[name]
	}
	return len(object) > 0 && string(object) != `""`
}

// accepted reports what is wrong with the answer of an incoming webhook, which
// says ok and nothing else.
func accepted(_ string, body []byte) error {
	if strings.TrimSpace(string(body)) != "ok" {
		return fmt.Errorf("%w: it does not say ok", destination.ErrUnconfirmed)
	}
	return nil
}
