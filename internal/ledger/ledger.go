// Package ledger reads what was told: the notices that stand in the branch
// escalate-ledger, one file of JSON lines for each escalation.
package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/schema"
)

// Name is that of the branch of the ledger; folder is where the notices are in it.
const (
	Name   = "escalate-ledger"
	folder = "notices"
)

// State says what became of a notice.
type State string

// The states.
const (
	// Intent: it is to be done. Whether it was is not known.
	Intent State = "intent"
	// Done: it was done.
	Done State = "done"
)

// Notice is one thing that was done to tell of an escalation: a text posted, a
// channel made. Its identity is Key, To and Do.
type Notice struct {
	Escalation schema.ID `json:"-"` // by the file that it stands in

	Key      string          `json:"key"`
	Moment   string          `json:"moment"`
	Do       string          `json:"do"` // what was done; empty where a text was posted
	To       string          `json:"to"` // announcement, channel or tracking
	Via      string          `json:"via"`
	Run      string          `json:"run"`
	At       time.Time       `json:"at"`
	State    State           `json:"state"`
	Text     string          `json:"text"`
	Mentions []schema.Handle `json:"mentions"`
	Ref      string          `json:"ref"` // what the destination calls it
	URL      string          `json:"url"`
}

// Tells reports whether the notice is a text for people, and not something done
// beside one, such as a label set.
func (n Notice) Tells() bool { return n.Do == "" }

// Read returns the notices of one escalation or, where id is empty, of all,
// sorted by time. Where there is no ledger, there are none: the one of the
// remote counts, if there is a remote and it was fetched, else the local one.
func Read(ctx context.Context, repo *git.Repo, remote string, id schema.ID) ([]Notice, error) {
	var commit string
	refs := []string{"refs/heads/" + Name}
	if remote != "" {
		refs = []string{"refs/remotes/" + remote + "/" + Name, refs[0]}
	}
	for _, ref := range refs {
		var err error
		if commit, err = repo.Resolve(ctx, ref); err == nil {
			break
		} else if !errors.Is(err, git.ErrNoCommit) {
			return nil, fmt.Errorf("cannot read the ledger: %w", err)
		}
	}
	if commit == "" {
		return nil, nil
	}
	within := folder
	if id != "" {
		within = path.Join(folder, string(id)+".jsonl")
	}
	files, err := repo.Tree(ctx, commit, within)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer files.Close()
	notices, err := All(files)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger (branch %s): %w", Name, err)
	}
	slices.SortStableFunc(notices, func(a, b Notice) int { return a.At.Compare(b.At) })
	return notices, nil
}

// Parse reads one file, such as notices/2026/northwind.jsonl. Of the lines
// about one thing the last counts; what it leaves out, an earlier one has said.
func Parse(name string, data []byte) ([]Notice, error) {
	type identity struct{ key, to, do string }
	at := map[identity]int{}
	var notices []Notice
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		n := Notice{}
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			return nil, fmt.Errorf("%s:%d: this is no notice: %w", name, number, err)
		}
		n.Escalation = schema.ID(strings.TrimSuffix(strings.TrimPrefix(name, folder+"/"), ".jsonl"))
		n.At = n.At.UTC()
		id := identity{n.Key, n.To, n.Do}
		i, known := at[id]
		if !known {
			at[id] = len(notices)
			notices = append(notices, n)
			continue
		}
		was := notices[i]
		n.Moment, n.Via, n.Run = cmp.Or(n.Moment, was.Moment), cmp.Or(n.Via, was.Via), cmp.Or(n.Run, was.Run)
		n.Text, n.Ref, n.URL = cmp.Or(n.Text, was.Text), cmp.Or(n.Ref, was.Ref), cmp.Or(n.URL, was.URL)
		if n.Mentions == nil {
			n.Mentions = was.Mentions
		}
		notices[i] = n
	}
	return notices, lines.Err()
}
