//go:build e2e

package harness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/escalations-as-code/escalate/e2e/harness"
)

var tools *harness.Tools

func TestMain(m *testing.M) {
	var err error
	if tools, err = harness.New("../.."); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	if err := tools.Close(); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// recorder is a test that may fail: what it has to say is read.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

var logins = harness.Logins{Members: []string{"jodoe", "anarivera"}, Strangers: []string{"stranger"}}

// client is the product's client of GitHub.
func client(t *testing.T, base string) *github.Client {
	t.Helper()
	c := github.NewClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).WithAuthToken(harness.Token)
	u, err := url.Parse(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = u
	return c
}

func comment(text string) *github.IssueComment { return &github.IssueComment{Body: &text} }

// TestGitHub goes through the calls that delivery is made of, at both addresses
// that a GitHub can have.
func TestGitHub(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]func(*harness.GitHub) string{"github.com": (*harness.GitHub).URL, "enterprise": (*harness.GitHub).EnterpriseURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := tools.NewGitHub(t, logins)
			c, ctx := client(t, base(g)), t.Context()

			label := github.Label{Name: github.String("severity:high"), Color: github.String("d93f0b")}
			if _, _, err := c.Issues.CreateLabel(ctx, harness.Owner, harness.Name, &label); err != nil {
				t.Fatal(err)
			}
			_, res, err := c.Issues.CreateLabel(ctx, harness.Owner, harness.Name, &label)
			if e := (*github.ErrorResponse)(nil); !errors.As(err, &e) || res.StatusCode != 422 || len(e.Errors) != 1 || e.Errors[0].Code != "already_exists" {
				t.Errorf("the second label: %v", err)
			}
			if _, _, err := c.Issues.GetLabel(ctx, harness.Owner, harness.Name, "severity:high"); err != nil {
				t.Error(err)
			}
			if _, res, err := c.Issues.GetLabel(ctx, harness.Owner, harness.Name, "none"); err == nil || res.StatusCode != 404 {
				t.Errorf("a label that does not exist: %v", err)
			}

			issue, _, err := c.Issues.Create(ctx, harness.Owner, harness.Name, &github.IssueRequest{
				Title: github.String("Northwind"), Body: github.String("body"), Labels: &[]string{"severity:high", "escalation"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := "https://github.example/acme/escalations/issues/1"; issue.GetHTMLURL() != want {
				t.Errorf("the issue is at %s, want %s", issue.GetHTMLURL(), want)
			}
			// Whoever cannot be assigned is left out without a word.
			issue, res, err = c.Issues.AddAssignees(ctx, harness.Owner, harness.Name, 1, []string{"JoDoe", "stranger", "nobody"})
			if err != nil || res.StatusCode != 201 || len(issue.Assignees) != 1 || issue.Assignees[0].GetLogin() != "jodoe" {
				t.Errorf("assigned: %v, %v", issue.Assignees, err)
			}
			for login, want := range map[string]bool{"JoDoe": true, "stranger": false, "nobody": false} {
				if may, _, err := c.Issues.IsAssignee(ctx, harness.Owner, harness.Name, login); err != nil || may != want {
					t.Errorf("%s may be assigned: %v, %v", login, may, err)
				}
			}
			if _, res, err := c.Issues.Edit(ctx, harness.Owner, harness.Name, 1, &github.IssueRequest{Assignees: &[]string{"stranger"}}); err == nil || res.StatusCode != 422 {
				t.Errorf("an assignee that cannot be one: %v", err)
			}
			for i := range 205 {
				if _, _, err := c.Issues.CreateComment(ctx, harness.Owner, harness.Name, 1, comment(fmt.Sprint("comment ", i))); err != nil {
					t.Fatal(err)
				}
			}
			var texts []string
			opts := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
			for {
				page, res, err := c.Issues.ListComments(ctx, harness.Owner, harness.Name, 1, opts)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page {
					texts = append(texts, p.GetBody())
				}
				if opts.Page = res.NextPage; opts.Page == 0 {
					break
				}
			}
			slices.Sort(texts)
			if texts = slices.Compact(texts); len(texts) != 205 {
				t.Errorf("%d comments listed, want 205", len(texts))
			}

			if _, res, err := c.Issues.CreateComment(ctx, harness.Owner, harness.Name, 1, comment(strings.Repeat("é", 65537))); err == nil || res.StatusCode != 422 {
				t.Errorf("a comment too long: %v", err)
			}
			if _, _, err := c.Issues.CreateComment(ctx, harness.Owner, harness.Name, 1, comment(strings.Repeat("é", 65536))); err != nil {
				t.Errorf("a comment just short enough: %v", err)
			}
			if _, res, err := c.Users.Get(ctx, ""); err == nil || res.StatusCode != 403 {
				t.Errorf("who the token is: %v", err)
			}
			if _, err := c.Issues.RemoveLabelForIssue(ctx, harness.Owner, harness.Name, 1, "severity:high"); err != nil {
				t.Error(err)
			}
			if _, _, err := c.Issues.Edit(ctx, harness.Owner, harness.Name, 1, &github.IssueRequest{State: github.String("closed"), StateReason: github.String("completed")}); err != nil {
				t.Error(err)
			}

			stands := g.Issues()
			if len(stands) != 1 || stands[0].State != "closed" || !slices.Equal(stands[0].Labels, []string{"escalation"}) ||
				!slices.Equal(stands[0].Assignees, []string{"jodoe"}) || len(stands[0].Comments) != 206 {
				t.Errorf("there stand %d issues; the first: %s %v %v, %d comments", len(stands), stands[0].State, stands[0].Labels, stands[0].Assignees, len(stands[0].Comments))
			}
		})
	}
}

// TestPeople does what people do on the pages of GitHub.
func TestPeople(t *testing.T) {
	t.Parallel()
	g := tools.NewGitHub(t, logins)
	c, ctx := client(t, g.URL()), t.Context()
	first, second := g.AddIssue("jodoe", "first", "one", "escalation"), g.AddIssue("jodoe", "second", "two", "escalation")
	pull := g.AddPull("a pull request", "three", "escalation")
	id := g.AddComment("jodoe", first, "to be deleted")
	onSecond := g.AddComment("anarivera", second, "stays")
	if by := g.Comments(second)[0].Author; by != "anarivera" {
		t.Errorf("the comment of Ana is by %s", by)
	}
	g.DeleteComment(id)
	if _, res, err := c.Issues.GetComment(ctx, harness.Owner, harness.Name, id); err == nil || res.StatusCode != 404 {
		t.Errorf("a deleted comment: %v", err)
	}
	g.RenameLabel("escalation", "customers")
	issues, _, err := c.Issues.ListByRepo(ctx, harness.Owner, harness.Name, &github.IssueListByRepoOptions{State: "all", Labels: []string{"customers"}})
	if err != nil || len(issues) != 3 {
		t.Errorf("%d issues listed, %v", len(issues), err)
	}
	for _, i := range issues {
		if i.IsPullRequest() != (i.GetNumber() == pull) {
			t.Errorf("issue %d is a pull request: %v", i.GetNumber(), i.IsPullRequest())
		}
	}
	g.DeleteIssue(second)
	if _, res, err := c.Issues.Get(ctx, harness.Owner, harness.Name, second); err == nil || res.StatusCode != 410 {
		t.Errorf("a deleted issue: %v", err)
	}
	if _, res, err := c.Issues.CreateComment(ctx, harness.Owner, harness.Name, second, comment("x")); err == nil || res.StatusCode != 410 {
		t.Errorf("a comment of a deleted issue: %v", err)
	}
	if _, res, err := c.Issues.GetComment(ctx, harness.Owner, harness.Name, onSecond); err == nil || res.StatusCode != 404 {
		t.Errorf("the comment of a deleted issue: %v", err)
	}
	if issues, _, err := c.Issues.ListByRepo(ctx, harness.Owner, harness.Name, &github.IssueListByRepoOptions{State: "all"}); err != nil || len(issues) != 2 {
		t.Errorf("%d issues listed, %v", len(issues), err)
	}
	if got := g.Issues(); len(got) != 1 || got[0].Title != "first" {
		t.Errorf("there stand %v", got)
	}
}

// TestContract makes requests that GitHub's description does not allow.
func TestContract(t *testing.T) {
	t.Parallel()
	for _, of := range []struct{ method, path, body string }{
		{"GET", "/repos/acme/escalations/nonsense", ""},
		{"GET", "/repos/acme/escalations/issues?state=al", ""},
		{"GET", "/repos/acme/escalations/issues?stat=all", ""},
		{"POST", "/repos/acme/escalations/issues", `{"body":"without a title"}`},
		{"POST", "/repos/acme/escalations/issues", `{"title":"x","labels":"none"}`},
		{"POST", "/repos/acme/escalations/issues", `{"title":"x","state":"closed"}`},
		{"PATCH", "/repos/acme/escalations/issues/1", `{"state":"done"}`},
		{"POST", "/repos/acme/escalations/issues/one/comments", `{"body":"x"}`},
		{"POST", "/repos/acme/escalations/issues/1/comments", `{}`},
		{"DELETE", "/repos/acme/escalations/issues/1", ""},
	} {
		t.Run(of.method+" "+of.path+" "+of.body, func(t *testing.T) {
			t.Parallel()
			rec := &recorder{TB: t}
			g := tools.NewGitHub(rec, logins)
			send(t, of.method, g.URL()+of.path, of.body)
			if len(rec.said) != 1 || !strings.Contains(rec.said[0], "description") {
				t.Errorf("the test is told %q", rec.said)
			}
		})
	}
	t.Run("allowed", func(t *testing.T) {
		t.Parallel()
		g := tools.NewGitHub(t, logins)
		for _, path := range []string{"/contents/a/b.yaml", "/git/ref/heads/main", "/compare/main...esc/x", "/issues?labels=a,b&per_page=100", "/labels/severity:high"} {
			send(t, "GET", g.URL()+"/repos/acme/escalations"+path, "")
		}
	})
}

func send(t *testing.T, method, url, body string) (status int, reply string) {
	t.Helper()
	return sendWith(t, method, url, http.Header{"Authorization": {"Bearer " + harness.Token}, "User-Agent": {"test"}, "Content-Type": {"application/json"}}, body)
}

func sendWith(t *testing.T, method, url string, header http.Header, body string) (status int, reply string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestFaults has the second of three comments go wrong in every way: what the
// client sees, and whether GitHub has it.
func TestFaults(t *testing.T) {
	t.Parallel()
	status := func(want int) func(*github.Response, error) bool {
		return func(res *github.Response, err error) bool {
			return err != nil && res != nil && res.StatusCode == want
		}
	}
	broken := func(res *github.Response, err error) bool { return err != nil && res == nil }
	killed := make(chan struct{}, 2)
	for kind, of := range map[harness.FaultKind]struct {
		seen   func(*github.Response, error) bool
		stands int
	}{
		harness.NoConnection:  {broken, 2},
		harness.ReplyLost:     {broken, 3},
		harness.TimeoutBefore: {broken, 2},
		harness.TimeoutAfter:  {broken, 3},
		harness.Truncated: {func(_ *github.Response, err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF)
		}, 3},
		harness.Slow:    {func(_ *github.Response, err error) bool { return err == nil }, 3},
		harness.TooMany: {status(429), 2},
		harness.Secondary: {func(_ *github.Response, err error) bool {
			e := (*github.AbuseRateLimitError)(nil)
			return errors.As(err, &e) && *e.RetryAfter == 0
		}, 2},
		harness.Primary: {func(_ *github.Response, err error) bool {
			e := (*github.RateLimitError)(nil)
			return errors.As(err, &e) && time.Until(e.Rate.Reset.Time) <= 0
		}, 2},
		harness.Internal:      {status(500), 2},
		harness.InternalAfter: {status(500), 3},
		harness.BadGateway:    {status(502), 2},
		harness.Hollow:        {func(_ *github.Response, err error) bool { return err == nil }, 2},
		harness.HollowAfter:   {func(_ *github.Response, err error) bool { return err == nil }, 3},
		harness.KillBefore:    {broken, 2},
		harness.KillAfter:     {broken, 3},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			g := tools.NewGitHub(t, logins)
			c := client(t, g.URL())
			number := g.AddIssue("jodoe", "x", "y")
			fired := g.Inject(harness.Fault{Kind: kind, Method: "POST", Path: "/comments$", At: 2, Do: func() { killed <- struct{}{} }})
			for i := 1; i <= 3; i++ {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				if i == 2 && (kind == harness.TimeoutBefore || kind == harness.TimeoutAfter) {
					cancel()
					ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
				}
				_, res, err := c.Issues.CreateComment(ctx, harness.Owner, harness.Name, number, comment(fmt.Sprint(i)))
				cancel()
				if i == 2 && !of.seen(res, err) {
					t.Errorf("the client sees %v, %v", res, err)
				} else if i != 2 && err != nil {
					t.Errorf("comment %d: %v", i, err)
				}
			}
			if got := len(g.Comments(number)); got != of.stands {
				t.Errorf("%d comments stand, want %d", got, of.stands)
			}
			if fired() != 1 {
				t.Errorf("it went off %d times, want once", fired())
			}
			var at []int
			for i, call := range g.Calls() {
				if call.Fault == kind {
					at = append(at, i)
				}
			}
			if !slices.Equal(at, []int{1}) {
				t.Errorf("recorded as the fault of the calls %v", at)
			}
		})
	}
	t.Cleanup(func() {
		if len(killed) != 2 {
			t.Errorf("%d were killed, want 2", len(killed))
		}
	})
}

// TestPushes has the second of three pushes to the ledger go wrong in every
// way.
func TestPushes(t *testing.T) {
	t.Parallel()
	const ref = "HEAD:refs/heads/" + harness.LedgerBranch
	for kind, of := range map[harness.PushFaultKind]struct {
		says  string
		moves bool
	}{
		harness.Refused:        {harness.RuleMessage, false},
		harness.Raced:          {"rejected", false},
		harness.PushLost:       {"", true},
		harness.PushBroken:     {"", false},
		harness.KillBeforePush: {"", false},
		harness.KillAfterPush:  {"", true},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := tools.NewWorld(t, logins, map[string]string{"a": "1"})
			other := w.NewClone()
			var done, group atomic.Int32
			// As the binary does it, not as the test does.
			push := func() (string, error) {
				var out bytes.Buffer
				pushing := exec.Command("git", "push", "--quiet", "origin", ref)
				pushing.Dir, pushing.Stdout, pushing.Stderr = w.Clone.Dir, &out, &out
				pushing.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
				err := pushing.Start()
				if err == nil {
					group.Store(int32(pushing.Process.Pid))
					err = pushing.Wait()
				}
				return out.String(), err
			}
			fired := w.Origin.Inject(harness.PushFault{Kind: kind, At: 2, Do: func() {
				done.Add(1)
				if kind == harness.Raced {
					other.Git("push", "--quiet", "origin", "HEAD:refs/heads/"+harness.LedgerBranch)
				} else if err := syscall.Kill(-int(group.Load()), syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			}})
			if out, err := push(); err != nil {
				t.Fatalf("the first push: %v\n%s", err, out)
			}
			other.Git("commit", "--quiet", "--allow-empty", "-m", "of another")
			w.Clone.Commit("second", map[string]string{"a": "2"})
			if out, err := push(); err == nil || !strings.Contains(out, of.says) {
				t.Errorf("the second push: %v\n%s", err, out)
			}
			after := w.Origin.Git("rev-parse", harness.LedgerBranch)
			if moved := after == w.Clone.Git("rev-parse", "HEAD"); moved != of.moves {
				t.Errorf("the branch moved: %v, want %v", moved, of.moves)
			}
			wantDone := int32(0)
			if kind == harness.Raced || kind == harness.KillBeforePush || kind == harness.KillAfterPush {
				wantDone = 1
			}
			if fired() != 1 || done.Load() != wantDone || w.Origin.Pushes() != 2 {
				t.Errorf("%d faults, %d calls, %d pushes", fired(), done.Load(), w.Origin.Pushes())
			}
			if kind == harness.Raced {
				w.Clone.Git("fetch", "--quiet", "origin")
				w.Clone.Git("merge", "--quiet", "-m", "merge", "origin/"+harness.LedgerBranch)
			}
			if out, err := push(); err != nil {
				t.Errorf("the third push: %v\n%s", err, out)
			}
		})
	}
}

// TestWorld goes once around a world.
func TestWorld(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"escalations/people.yaml": "people: {}\n"})
	if r := w.Escalate(w.Clone, "lint"); r.Code != 0 {
		t.Error(r)
	}
	if r := w.Escalate(w.Clone, "nonsense"); r.Code != 2 || r.Stderr == "" {
		t.Error(r)
	}
	w.NewClone().Merge("another", map[string]string{"b": "2"})
	w.Clone.Pull()
	if w.Clone.Read("b") != "2" {
		t.Error("what another clone merged is not there")
	}
	show := w.Origin.Hide()
	if _, err := os.Stat(w.Origin.Dir); err == nil {
		t.Error("the hidden origin is there")
	}
	show()
	if w.Origin.Ledger("notices/x") != "" || w.Origin.Ledgers() != nil {
		t.Error("there is a ledger")
	}
}

// A copy of a world is as that was, down to the ids, and what happens in one does not
// happen in the other.
func TestCopy(t *testing.T) {
	t.Parallel()
	w := tools.NewWorld(t, logins, map[string]string{"README.md": "Of the first.\n"})
	issue := w.GitHub.AddIssue("jodoe", "An issue", "Its text")
	w.GitHub.AddComment("anarivera", issue, "A comment")
	w.Clone.Git("checkout", "--quiet", "-b", "alpha")
	w.Clone.Commit("Alpha", map[string]string{"alpha": "It is alpha.\n"})
	w.Clone.Git("push", "--quiet", "origin", "alpha")
	pull := w.GitHub.OpenPull("jodoe", "alpha", "Open Alpha", "", harness.PullOptions{})
	w.Pass(time.Hour)
	c := w.Copy(t)
	state := func(w *harness.World) string {
		return fmt.Sprint(w.Now(), w.GitHub.Issues(), w.GitHub.Pulls(), w.GitHub.Comments(pull), w.Origin.Git("for-each-ref"), w.Clone.Git("for-each-ref"), w.Clone.Git("status"))
	}
	was := state(w)
	if got := state(c); got != was {
		t.Errorf("the copy is\n%s\nwant\n%s", got, was)
	}
	c.GitHub.AddComment("jodoe", issue, "Another comment")
	c.GitHub.MergePull(pull)
	c.Clone.Pull()
	c.Clone.Merge("More", map[string]string{"more": "More.\n"})
	fired := c.Origin.Inject(harness.PushFault{Kind: harness.PushLost, Any: true})
	cmd := exec.Command("git", "push", "--quiet", "origin", "HEAD:refs/heads/beta")
	cmd.Dir = c.Clone.Dir
	if out, err := cmd.CombinedOutput(); err == nil || fired() != 1 {
		t.Errorf("the push goes well, and the fault happened %d times\n%s", fired(), out)
	}
	if got := state(w); got != was {
		t.Errorf("the first is\n%s\nwant\n%s", got, was)
	}
	if got := state(c); !strings.Contains(got, "Another comment") || !strings.Contains(got, "refs/heads/beta") || c.Origin.AllPushes() != 1 {
		t.Errorf("nothing happened in the copy:\n%s", got)
	}
}
