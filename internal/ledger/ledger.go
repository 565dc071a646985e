// Package ledger is what was told: the branch escalate-ledger with each
// escalation's file as it was last told, and a line for each notice in
// notices/<year>/<name>.jsonl. Its own history says when each went out.
//
// What is done is never read again: a marker in open/ says which escalations
// have something written down and not done yet, and their lines alone are read.
package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Name is that of the branch of the ledger.
const Name = "escalate-ledger"

// What is where in the branch.
const (
	noticesFolder = "notices"
	openFolder    = "open"
	claimPath     = "claim.jsonl"
	formatPath    = "format"
	readmePath    = "README.md"
)

// format is the number of the format that this version writes. A ledger without
// one was written by the first version: it has no markers, and its texts are
// plain.
const format = "2\n"

//go:embed readme.md
var readme []byte

// line is a notice as it stands in the ledger.
type line struct {
	Key      string          `json:"key"`
	Moment   notice.Moment   `json:"moment"`
	Do       notice.Do       `json:"do"`
	To       notice.Place    `json:"to"`
	Via      string          `json:"via"`
	Run      string          `json:"run"`
	At       time.Time       `json:"at"`
	State    notice.State    `json:"state"`
	Text     string          `json:"text"`
	Blocks   notice.Text     `json:"blocks,omitempty"`
	Mentions []schema.Handle `json:"mentions"`
	Ref      string          `json:"ref"`
	URL      string          `json:"url"`
	Signed   bool            `json:"signed,omitempty"`
	Became   bool            `json:"became,omitempty"`
}

// Path is the file of an escalation's notices.
func Path(id schema.ID) string { return path.Join(noticesFolder, string(id)+".jsonl") }

// openPath is the marker of an escalation that has something to be done.
func openPath(id schema.ID) string { return path.Join(openFolder, string(id)) }

// Format is what Parse reads: a line for each notice, with its text as blocks
// and, for people, in plain words.
func Format(notices []notice.Notice) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, n := range notices {
		l := line{n.Key, n.Moment, n.Do, n.To, n.Via, n.Run, n.At.UTC(), n.State, n.Text.Plain(), n.Text, n.Mentions, n.Ref, n.URL, n.Signed, n.Became}
		if l.Mentions == nil {
			l.Mentions = []schema.Handle{}
		}
		_ = enc.Encode(l) // which cannot fail: these are words and times
	}
	return b.Bytes()
}

// Parse reads one file, such as notices/2026/northwind.jsonl. Of the lines
// about one thing the last counts; what it leaves out, an earlier one has said.
func Parse(name string, data []byte) ([]notice.Notice, error) {
	id := schema.ID(strings.TrimSuffix(strings.TrimPrefix(name, noticesFolder+"/"), ".jsonl"))
	at := map[notice.Identity]int{}
	var notices []notice.Notice
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s:%d: this is no notice: %w", name, number, err)
		}
		n := l.notice(id)
		if n.Via == "" { // the line before it says by whom
			if i := slices.IndexFunc(notices, func(x notice.Notice) bool { return x.Key == n.Key && x.To == n.To && x.Do == n.Do }); i >= 0 {
				n.Via = notices[i].Via
			}
		}
		i, known := at[n.Identity()]
		if !known {
			at[n.Identity()] = len(notices)
			notices = append(notices, n)
			continue
		}
		was := notices[i]
		n.Moment, n.Run = cmp.Or(n.Moment, was.Moment), cmp.Or(n.Run, was.Run)
		n.Ref, n.URL = cmp.Or(n.Ref, was.Ref), cmp.Or(n.URL, was.URL)
		n.Signed, n.Became = n.Signed || was.Signed, n.Became || was.Became
		if n.Text == nil {
			n.Text = was.Text
		}
		if n.Mentions == nil {
			n.Mentions = was.Mentions
		}
		notices[i] = n
	}
	return notices, lines.Err()
}

// notice is the notice that a line of an escalation is about.
func (l line) notice(id schema.ID) notice.Notice {
	n := notice.Notice{
		Escalation: id, Key: l.Key, Moment: l.Moment, Do: l.Do, To: l.To, Via: l.Via, Mentions: l.Mentions, Text: l.Blocks,
		Run: l.Run, At: l.At.UTC(), State: l.State, Ref: l.Ref, URL: l.URL, Signed: l.Signed, Became: l.Became,
	}
	if n.Text == nil && l.Text != "" {
		n.Text = plain(n, l.Text)
	}
	return n
}

// plain is the text of a line of the first format, whose words have no blocks.
// Of an issue, its first line is the title.
func plain(n notice.Notice, text string) notice.Text {
	if n.To != notice.Tracking || n.Do != notice.OpenIssue && n.Do != notice.Edit {
		return notice.Value(text)
	}
	title, body, _ := strings.Cut(text, "\n")
	issue := notice.Text{notice.Title(notice.Inline{Words: title})}
	return append(issue, notice.Value(strings.TrimLeft(body, "\n"))...)
}
