package harness

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands before an emulator. It records all that is said, and fails on
// command.
type proxy struct {
	t        testing.TB
	upstream string // the emulator
	server   *httptest.Server
	closing  chan struct{}
	client   *http.Client
	refusal  func(Fault, *Call) (reply, bool) // the answer of a kind of fault that has one of its own

	mu      sync.Mutex
	calls   []*Call
	faults  []*injected
	changes []change // of the emulator
}

// Call is one request and its reply.
type Call struct {
	Method string
	// Path is without /api/v3 at GitHub, and without /api at Slack: there it is
	// "/chat.postMessage".
	Path   string
	Query  string
	Body   string
	Params url.Values // of a method of Slack, without the token
	Status int        // 0 where no reply was sent
	Reply  string
	Fault  FaultKind // what went wrong with it, if anything

	reads   bool   // although it is a POST
	channel string // the name of the channel of Slack that it is about
}

// Writes reports whether the call is one that changes something.
func (c Call) Writes() bool {
	return !c.reads && c.Method != http.MethodGet && c.Method != http.MethodHead
}

// String is the call on one line, without its bodies.
func (c Call) String() string {
	s := c.Method + " " + strings.TrimPrefix(c.Path, "/repos/"+Repository)
	if c.Params != nil {
		s = strings.TrimPrefix(c.Path, "/")
	}
	if c.channel != "" {
		s += " #" + c.channel
	}
	if c.Query != "" {
		s += "?" + c.Query
	}
	if said := c.Says(); said != "" {
		s += " " + said
	} else {
		s += " " + strconv.Itoa(c.Status)
	}
	if c.Fault != "" {
		s += " (" + string(c.Fault) + ")"
	}
	return s
}

// Says is what Slack says of the call, "ok" or an error; empty where it says
// neither.
func (c Call) Says() string {
	var said struct {
		OK    bool
		Error string
	}
	if c.Params == nil || json.Unmarshal([]byte(c.Reply), &said) != nil {
		return ""
	}
	if said.OK {
		return "ok"
	}
	return said.Error
}

// newProxy makes the proxy of an emulator, for one test.
func newProxy(t testing.TB, port int) *proxy {
	return &proxy{
		t: t, upstream: "http://127.0.0.1:" + strconv.Itoa(port), closing: make(chan struct{}),
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, // or the emulator may hang up between two
	}
}

// serve begins to listen.
func (p *proxy) serve(h http.Handler, refusal func(Fault, *Call) (reply, bool)) {
	p.refusal = refusal
	p.server = httptest.NewServer(h)
	p.t.Cleanup(func() {
		close(p.closing)
		p.server.Close()
	})
}

// Calls returns what was called since the start or the last Forget, in order.
func (p *proxy) Calls() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := make([]Call, len(p.calls))
	for i, c := range p.calls {
		calls[i] = *c
	}
	return calls
}

// Writes returns the calls that change something.
func (p *proxy) Writes() []Call {
	return slices.DeleteFunc(p.Calls(), func(c Call) bool { return !c.Writes() })
}

// Forget forgets the calls.
func (p *proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = nil
}

// Inject has calls go wrong from now on, and returns a function that says how
// many did.
func (p *proxy) Inject(f Fault) (fired func() int) {
	i := &injected{Fault: f, path: regexp.MustCompile(f.Path)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, i)
	return func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return i.fired
	}
}

// Heal ends all faults.
func (p *proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// reply is an answer of GitHub or Slack.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask asks the emulator.
func (p *proxy) ask(method, path string, header http.Header, body []byte) (reply, error) {
	r, err := http.NewRequest(method, p.upstream+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Header = header.Clone()
	r.Host = strings.TrimPrefix(p.server.URL, "http://") // the links to the next page are made with it
	res, err := p.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if method != http.MethodGet && res.StatusCode < 300 {
		p.mu.Lock()
		p.changes = append(p.changes, change{method, path, r.Header, body})
		p.mu.Unlock()
	}
	return reply{res.StatusCode, res.Header, got}, err
}

// note records a call and returns the fault that is due, one without a kind if
// none is.
func (p *proxy) note(call *Call) (fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, call)
	for _, f := range p.faults {
		if f.due(call.Method, call.Path) && fault.Kind == "" {
			fault = f.Fault
		}
	}
	call.Fault = fault.Kind
	return fault
}

// handle answers a call, or does what a fault makes of it. What answers is not
// asked where whoever would answer does not hear of the call.
func (p *proxy) handle(w http.ResponseWriter, r *http.Request, call *Call, answer func() (reply, error)) {
	fault := p.note(call)
	if fault.Kind == Meanwhile {
		fault.Do()
	}
	var a reply
	if !fault.Kind.before() {
		var err error
		if a, err = answer(); err != nil {
			p.t.Errorf("%s %s: %v", r.Method, r.URL, err)
			hangUp()
			return
		}
	}
	p.send(w, r, call, fault, a)
}

// send sends an answer, or what a fault makes of it.
func (p *proxy) send(w http.ResponseWriter, r *http.Request, call *Call, fault Fault, answer reply) {
	length := len(answer.body)
	switch fault.Kind {
	case NoConnection, ReplyLost:
		hangUp()
		return
	case KillBefore, KillAfter:
		fault.Do()
		hangUp()
		return
	case TimeoutBefore, TimeoutAfter:
		select {
		case <-r.Context().Done():
		case <-p.closing:
		}
		hangUp()
		return
	case Slow:
		timer := time.NewTimer(fault.Wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	case Truncated:
		answer.body = answer.body[:len(answer.body)/2]
	default:
		if own, ok := p.refusal(fault, call); ok {
			answer, length = own, len(own.body)
		}
	}
	p.mu.Lock()
	call.Status, call.Reply = answer.status, string(answer.body)
	p.mu.Unlock()
	for name, values := range answer.header {
		if name != "Content-Length" && name != "Transfer-Encoding" && name != "Connection" && name != "Keep-Alive" {
			w.Header()[name] = values
		}
	}
	if answer.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // whoever called may be gone
	if fault.Kind == Truncated {
		_ = http.NewResponseController(w).Flush()
		hangUp()
	}
}

// hangUp ends the connection without an answer, or without the rest of it.
func hangUp() { panic(http.ErrAbortHandler) }
