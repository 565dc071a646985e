package destination_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/destination"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/notice"
)

// The destination that CONTRIBUTING.md shows.

// board tells the announcements on a notice board that keeps one page for a name.
type board struct{ address string }

func (board) Via() string { return "board" }

func (board) Takes(to notice.Place, do notice.Do) bool {
	return to == notice.Announcement && do == notice.Tell
}

// Deliver puts the page. To put it again changes nothing: what is in doubt need not
// be looked for.
func (b board) Deliver(ctx context.Context, d destination.Delivery, _ bool) (destination.Receipt, error) {
	text := escape.Terminal(d.Text().Resolved(d.Address).Plain())
	page := b.address + "/" + url.PathEscape(d.First().Key)
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, page, strings.NewReader(text))
	if err != nil {
		return destination.Receipt{}, err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return destination.Receipt{}, fmt.Errorf("%w: %w", destination.ErrInDoubt, err)
	}
	defer reply.Body.Close()
	switch at := reply.Header.Get("Location"); {
	case reply.StatusCode >= 500:
		return destination.Receipt{}, fmt.Errorf("%w: the board answers %s", destination.ErrInDoubt, reply.Status)
	case reply.StatusCode >= 400:
		return destination.Receipt{}, fmt.Errorf("the board answers %s", reply.Status)
	case at == "":
		return destination.Receipt{}, destination.ErrUnconfirmed
	default:
		return destination.Receipt{Ref: d.First().Key, URL: at}, nil
	}
}

// The end of the destination.

func TestBoard(t *testing.T) {
	t.Parallel()
	var asked, said string
	reply := func(http.ResponseWriter) {}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		asked, said = r.Method+" "+r.URL.Path, string(body[:n])
		reply(w)
	}))
	t.Cleanup(server.Close)
	var to destination.Destination = board{server.URL}
	if !to.Takes(notice.Announcement, notice.Tell) || to.Takes(notice.Announcement, notice.Edit) || to.Takes(notice.Channel, notice.Tell) {
		t.Error("it takes something else than the announcements")
	}
	d := destination.Delivery{
		Message: notice.Message{{Key: "2026/northwind opened", Text: notice.Text{notice.Title(notice.Inline{Words: "New Escalation"}), {Links: []notice.Inline{{Words: "file", Place: notice.AtFile}}}}}},
		Address: func(notice.Spot) string { return "https://example.com/file" },
	}
	for _, c := range []struct {
		reply func(http.ResponseWriter)
		want  error
		url   string
	}{
		{func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://board.example/1")
			w.WriteHeader(http.StatusCreated)
		}, nil, "https://board.example/1"},
		{func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }, destination.ErrUnconfirmed, ""},
		{func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, destination.ErrInDoubt, ""},
	} {
		reply = c.reply
		got, err := to.Deliver(t.Context(), d, false)
		if !errors.Is(err, c.want) || got.URL != c.url {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if asked != "PUT /2026/northwind opened" || said != "New Escalation\nfile: https://example.com/file" {
		t.Errorf("it asked %q and said %q", asked, said)
	}
	reply = func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }
	if _, err := to.Deliver(t.Context(), d, false); err == nil || errors.Is(err, destination.ErrInDoubt) {
		t.Errorf("a refusal is no doubt: %v", err)
	}
}
