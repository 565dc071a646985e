package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/escalations-as-code/escalate/internal/git/gittest"
	"github.com/escalations-as-code/escalate/internal/ledger"
)

func TestParse(t *testing.T) {
	t.Parallel()
	notices, err := ledger.Parse("notices/2026/northwind.jsonl", []byte(`{"key":"k","to":"channel","state":"intent","at":"2026-11-20T10:00:00+01:00","text":"hello","mentions":["jdoe"],"new":1}

{"key":"k","to":"announcement","state":"intent","at":"2026-11-20T09:00:00Z","text":"hello"}
{"key":"k","to":"channel","state":"done","at":"2026-11-20T09:01:00Z","url":"https://x.example/1","ref":"7"}
{"key":"k","to":"channel","do":"create_channel","state":"done","at":"2026-11-20T09:00:30Z"}`))
	if err != nil || len(notices) != 3 {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	n := notices[0]
	if n.Escalation != "2026/northwind" || n.State != ledger.Done || n.Text != "hello" || n.URL != "https://x.example/1" || len(n.Mentions) != 1 ||
		!n.At.Equal(time.Date(2026, 11, 20, 9, 1, 0, 0, time.UTC)) || !n.Tells() {
		t.Errorf("got %+v", n)
	}
	if notices[1].State != ledger.Intent || notices[2].Tells() {
		t.Errorf("got %+v", notices[1:])
	}
	if _, err := ledger.Parse("notices/2026/x.jsonl", []byte("{}\noops\n")); err == nil || !strings.HasPrefix(err.Error(), "notices/2026/x.jsonl:2: ") {
		t.Errorf("error %v", err)
	}
}

// The ledger of the remote counts, if there is one.
func TestRead(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Commit("main", "x", "x")
	none, err := ledger.Read(t.Context(), r.Open(), "origin", "")
	if err != nil || len(none) != 0 {
		t.Errorf("without a ledger: %v, %v", none, err)
	}
	r.Git("checkout", "--quiet", "--orphan", ledger.Name)
	r.Commit("local", "notices/2026/a.jsonl", `{"key":"local","at":"2026-11-20T11:00:00Z"}`)
	keys := func(id string) string {
		t.Helper()
		notices, err := ledger.Read(t.Context(), r.Open(), "origin", "")
		if id != "" {
			notices, err = ledger.Read(t.Context(), r.Open(), "origin", "2026/a")
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, n := range notices {
			list = append(list, n.Key)
		}
		return strings.Join(list, " ")
	}
	if got := keys(""); got != "local" {
		t.Errorf("got %s", got)
	}
	remote := r.Commit("remote", "notices/2026/a.jsonl", `{"key":"late","at":"2026-11-20T11:00:00Z"}`, "notices/2026/b.jsonl", `{"key":"early","at":"2026-11-20T10:00:00Z"}`)
	r.Git("update-ref", "refs/remotes/origin/"+ledger.Name, remote)
	r.Git("reset", "--quiet", "--hard", "HEAD~1")
	if all, one := keys(""), keys("2026/a"); all != "early late" || one != "late" {
		t.Errorf("got %s; of one %s", all, one)
	}
}
