package harness

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way in which a call of the API goes wrong.
type FaultKind string

// The kinds of faults, of GitHub and of Slack alike where nothing else is said.
// Those that are named after a status are answered without GitHub hearing of the
// call.
const (
	// NoConnection: the connection ends before GitHub hears of the call.
	NoConnection FaultKind = "connection lost before the call"
	// ReplyLost: GitHub does it, and the connection ends before it says so.
	ReplyLost FaultKind = "reply lost after success"
	// Truncated: GitHub does it, and half of its answer arrives.
	Truncated FaultKind = "truncated reply"
	// TimeoutBefore: GitHub does not hear of the call, and no answer comes.
	TimeoutBefore FaultKind = "time-out before the call"
	// TimeoutAfter: GitHub does it, and no answer comes.
	TimeoutAfter FaultKind = "time-out after success"
	// Slow: GitHub does it, and takes Fault.Wait.
	Slow FaultKind = "slow reply"
	// TooMany is a 429 with Retry-After.
	TooMany FaultKind = "429 with Retry-After"
	// Secondary is GitHub's 403 of the secondary rate limit, with Retry-After.
	Secondary FaultKind = "403 secondary rate limit"
	// Primary is GitHub's 403 of the primary rate limit, with X-RateLimit-Reset.
	Primary FaultKind = "403 primary rate limit"
	// Internal is a 500.
	Internal FaultKind = "500"
	// BadGateway is a 502 with a page in HTML, as a load balancer has it.
	BadGateway FaultKind = "502"
	// InternalAfter: GitHub does it, and answers with a 500.
	InternalAfter FaultKind = "500 after success"
	// KillBefore: Fault.Do is called, and GitHub does not hear of the call.
	KillBefore FaultKind = "SIGKILL before the call"
	// KillAfter: GitHub does it, Fault.Do is called, and no answer comes.
	KillAfter FaultKind = "SIGKILL after the call"
	// Hollow: GitHub does not hear of the call, and something in between says that all
	// is well; of Slack the answer says neither that nor what is wrong.
	Hollow FaultKind = "empty answer, nothing done"
	// HollowAfter: GitHub does it, and its answer says nothing of what was done.
	HollowAfter FaultKind = "empty answer after success"
	// ReadOnly is the 403 that a token of GitHub hears that may only read.
	ReadOnly FaultKind = "403 read-only token"
	// Denied: Slack does not do it, and answers with Fault.Error.
	Denied FaultKind = "denied"
	// FatalAfter: Slack does it, and answers with fatal_error, of which it says
	// that some of it may have been done.
	FatalAfter FaultKind = "fatal_error after success"
	// Meanwhile is no fault: Fault.Do is called, then the call is answered.
	Meanwhile FaultKind = "meanwhile"
)

// FaultKinds are all kinds by which something goes wrong at GitHub.
func FaultKinds() []FaultKind {
	return []FaultKind{
		NoConnection, ReplyLost, Truncated, TimeoutBefore, TimeoutAfter, Slow, TooMany, Secondary, Primary,
		Internal, BadGateway, InternalAfter, Hollow, HollowAfter, KillBefore, KillAfter,
	}
}

// SlackFaultKinds are all kinds by which something goes wrong at Slack.
func SlackFaultKinds() []FaultKind {
	return append(slices.DeleteFunc(FaultKinds(), func(k FaultKind) bool { return k == Secondary || k == Primary }), FatalAfter)
}

// Fault is something that goes wrong with one or several calls.
type Fault struct {
	Kind FaultKind
	// Method and Path say which calls count; empty for all. Path is a regular
	// expression, and the path that it must match has no /api/v3; at Slack it is
	// "/chat.postMessage".
	Method, Path string
	// At is the first of those calls with which it goes wrong, counted from 1
	// since the fault was injected; 0 is 1.
	At int
	// Times is with how many of them it goes wrong, 0 is 1; Always is with all.
	Times int
	// Wait is how long a Slow one takes, or what Retry-After and
	// X-RateLimit-Reset say, in whole seconds.
	Wait time.Duration
	// Do is called by Meanwhile, KillBefore and KillAfter. When killing, it must
	// return only when whoever called is dead: World.Kill does.
	Do func()
	// Error is what a Denied one says.
	Error string
}

// Always is for Fault.Times.
const Always = 1 << 30

// injected is a fault and how often it has seen a call and gone off.
type injected struct {
	Fault
	path        *regexp.Regexp
	seen, fired int
}

// due counts a call and reports whether it goes wrong.
func (f *injected) due(method, path string) bool {
	if f.Method != "" && f.Method != method || !f.path.MatchString(path) {
		return false
	}
	f.seen++
	first := max(f.At, 1)
	if f.seen < first || f.seen >= first+max(f.Times, 1) {
		return false
	}
	f.fired++
	return true
}

// before reports whether GitHub does not hear of the call.
func (k FaultKind) before() bool {
	switch k {
	case NoConnection, TimeoutBefore, TooMany, Secondary, Primary, Internal, BadGateway, Hollow, KillBefore, ReadOnly, Denied:
		return true
	}
	return false
}

// githubRefusal returns GitHub's answer of a kind that has one of its own.
func githubRefusal(f Fault, _ *Call) (reply, bool) {
	r := reply{header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
	say := func(status int, message, page string) {
		r.status = status
		r.body = fmt.Appendf(nil, `{"message":%q,"documentation_url":"https://docs.github.com/rest/%s"}`, message, page)
	}
	switch f.Kind {
	case TooMany:
		say(http.StatusTooManyRequests, "Too many requests", "using-the-rest-api/rate-limits-for-the-rest-api")
		r.header.Set("Retry-After", f.seconds())
	case Secondary:
		say(http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
			"overview/rate-limits-for-the-rest-api#about-secondary-rate-limits")
		r.header.Set("Retry-After", f.seconds())
	case Primary:
		say(http.StatusForbidden, "API rate limit exceeded for installation ID 1.", "overview/rate-limits-for-the-rest-api")
		r.header.Set("X-RateLimit-Limit", "1000")
		r.header.Set("X-RateLimit-Remaining", "0")
		r.header.Set("X-RateLimit-Used", "1000")
		r.header.Set("X-RateLimit-Resource", "core")
		r.header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(f.Wait).Unix(), 10))
	case ReadOnly:
		say(http.StatusForbidden, "Resource not accessible by integration", "issues/comments")
	case Internal, InternalAfter:
		say(http.StatusInternalServerError, "Server Error", "")
	case BadGateway:
		r = htmlPage(http.StatusBadGateway, "502 Bad Gateway")
	case Hollow, HollowAfter:
		r.status, r.body = http.StatusOK, []byte("{}")
	default:
		return r, false
	}
	return r, true
}

// seconds is Wait as Retry-After has it.
func (f Fault) seconds() string { return strconv.Itoa(int(f.Wait / time.Second)) }

// htmlPage is an answer in HTML, as a load balancer has it.
func htmlPage(status int, title string) reply {
	return reply{status, http.Header{"Content-Type": {"text/html"}},
		[]byte("<html><body><h1>" + title + "</h1>" + strings.Repeat("<!-- padding -->\n", 40) + "</body></html>\n")}
}
