//go:build e2e

package gitlab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go"
)

// answers is what GitLab answers, by route: as the pages of its API show it
// (../testdata/gitlab/examples), or the tests of its client for Go, which are marked by
// "client-go/", and as that client reads it. The examples of one route show together all
// that is there. There are none where the description states the types.
var answers = []struct {
	route string
	as    any
	from  []string
}{
	{"GET /user", gitlab.User{}, from("client-go/get_user.json")},
	{"GET /users", gitlab.User{}, from("client-go/list_users.json")},
	{"GET /personal_access_tokens/self", gitlab.PersonalAccessToken{}, from("client-go/list_personal_access_tokens_single.json")},
	{"GET /projects/:id/members/all", gitlab.ProjectMember{}, from("members-all-list.json")},
	{"GET /projects/:id/members/all/:user", gitlab.ProjectMember{}, from("members-all-get.json")},
	{"GET /projects/:id/labels", gitlab.Label{}, from("labels-list.json")},
	{"GET /projects/:id/labels/:name", gitlab.Label{}, from("labels-get.json")},
	{"POST /projects/:id/labels", gitlab.Label{}, from("labels-create.json")},
	{"GET /projects/:id/issues", gitlab.Issue{}, from("client-go/issue_move.json")},
	{"GET /projects/:id/issues/:iid", gitlab.Issue{}, from("client-go/issue_move.json")},
	{"PUT /projects/:id/issues/:iid", gitlab.Issue{}, from("client-go/issue_move.json")},
	{"POST /projects/:id/issues", gitlab.Issue{}, from("client-go/issue_move.json")},
	{"GET /projects/:id/merge_requests", gitlab.BasicMergeRequest{}, from("client-go/get_merge_requests.json")},
	{"GET /projects/:id/merge_requests/:iid", gitlab.MergeRequest{}, from("client-go/get_merge_request.json")},
	{"POST /projects/:id/merge_requests", gitlab.MergeRequest{}, from("client-go/get_merge_request.json")},
	{"PUT /projects/:id/merge_requests/:iid", gitlab.MergeRequest{}, from("client-go/get_merge_request.json")},
	{"PUT /projects/:id/merge_requests/:iid/merge", gitlab.MergeRequest{}, from("client-go/get_merge_request.json")},
	{"GET /projects/:id/merge_requests/:iid/diffs", gitlab.MergeRequestDiff{}, from("client-go/list_merge_request_diff.json")},
	{"GET /projects/:id/issues/:iid/notes", gitlab.Note{}, from("notes-issue-list.json")},
	{"POST /projects/:id/issues/:iid/notes", gitlab.Note{}, from("notes-issue-list.json")},
	{"PUT /projects/:id/issues/:iid/notes/:note", gitlab.Note{}, from("notes-issue-list.json")},
	{"GET /projects/:id/merge_requests/:iid/notes", gitlab.Note{}, from("notes-merge-request-get.json")},
	{"POST /projects/:id/merge_requests/:iid/notes", gitlab.Note{}, from("notes-merge-request-get.json")},
	{"PUT /projects/:id/merge_requests/:iid/notes/:note", gitlab.Note{}, from("notes-merge-request-get.json")},
	{"GET /projects/:id/merge_requests/:iid/discussions", gitlab.Discussion{}, from("discussions-merge-request-list.json", "discussions-merge-request-diff.json")},
	{"POST /projects/:id/merge_requests/:iid/discussions", gitlab.Discussion{}, from("discussions-merge-request-list.json", "discussions-merge-request-diff.json")},
	{"PUT /projects/:id/merge_requests/:iid/discussions/:discussion", gitlab.Discussion{}, from("discussions-merge-request-list.json", "discussions-merge-request-diff.json")},
	{"POST /projects/:id/merge_requests/:iid/discussions/:discussion/notes", gitlab.Note{}, from("discussions-merge-request-list.json")},
	{"PUT /projects/:id/merge_requests/:iid/discussions/:discussion/notes/:note", gitlab.Note{}, from("discussions-merge-request-list.json", "discussions-merge-request-diff.json")},
	{"GET /projects/:id", gitlab.Project{}, nil},
	{"GET /projects/:id/merge_requests/:iid/versions", gitlab.MergeRequestDiffVersion{}, nil},
	{"GET /projects/:id/issues/:iid/notes/:note/award_emoji", gitlab.AwardEmoji{}, nil},
	{"POST /projects/:id/issues/:iid/notes/:note/award_emoji", gitlab.AwardEmoji{}, nil},
	{"GET /projects/:id/merge_requests/:iid/notes/:note/award_emoji", gitlab.AwardEmoji{}, nil},
	{"POST /projects/:id/merge_requests/:iid/notes/:note/award_emoji", gitlab.AwardEmoji{}, nil},
}

func from(files ...string) []string { return files }

// silent are routes that answer with nothing.
var silent = []string{
	"DELETE /projects/:id/issues/:iid/notes/:note",
	"DELETE /projects/:id/merge_requests/:iid/notes/:note",
	"DELETE /projects/:id/merge_requests/:iid/discussions/:discussion/notes/:note",
}

// outdated is what examples show, and GitLab does not, by its description or its code.
var outdated = []struct{ at, why string }{
	{"notes-* author.email", "API_Entities_UserBasic has none"},
	{"notes-* author.created_at", "API_Entities_UserBasic has none"},
	{"members-* email", "doc/api/members.md: to owners of groups alone"},
	{"members-* group_saml_identity", "doc/api/members.md: to owners of groups alone"},
	{"labels-* open_issues_count", "doc/api/labels.md: with_counts asks for it, by default it is not there"},
	{"labels-* closed_issues_count", "doc/api/labels.md: with_counts asks for it, by default it is not there"},
	{"labels-* open_merge_requests_count", "doc/api/labels.md: with_counts asks for it, by default it is not there"},
	{"client-go/get_user.json skype", "API_Entities_User has none"},
	{"discussions-merge-request-list.json 1.notes.resolved", alone},
	{"discussions-merge-request-list.json 1.notes.resolved_by", alone},
}

// alone is a note that is no thread. The page of discussions shows that it could be
// settled, and that of notes that it could not.
const alone = "app/models/concerns/resolvable_note.rb: it cannot be settled; lib/api/entities/note.rb: of such it is not shown"

// TestExamples holds each answer to the examples, and to GitLab's client for Go: it has at
// least what the examples have, of the same kinds, and the client can read it.
func TestExamples(t *testing.T) {
	t.Parallel()
	client := clientGo(t)
	said := play(t)
	known := map[string]bool{}
	for _, a := range answers {
		known[a.route] = true
		_, note := a.as.(gitlab.Note)
		examples := read(t, client, a.from, note)
		var items []any
		for _, x := range of(t, said, a.route) {
			for _, item := range x.items(t) {
				items = append(items, item.value)
				as := reflect.New(reflect.TypeOf(a.as)).Interface()
				if err := json.Unmarshal(item.text, as); err != nil {
					t.Errorf("%s: client-go does not read %s: %v", a.route, item.text, err)
				}
			}
		}
		if len(items) == 0 {
			t.Errorf("%s: nothing was answered", a.route)
		}
		if len(examples) == 0 {
			continue
		}
		for _, lack := range apart(examples, items) {
			t.Errorf("%s, as in %s: %s", a.route, strings.Join(a.from, " and "), lack)
		}
	}
	for _, route := range silent {
		known[route] = true
		for _, x := range of(t, said, route) {
			if len(x.answer) > 0 || x.status != http.StatusNoContent {
				t.Errorf("%s: it says something", x)
			}
		}
	}
	for _, r := range routes(t) {
		if !known[r.String()] {
			t.Errorf("%s: its answer is held to nothing", r)
		}
	}
}

// item is one of an answer that is a list, or the answer.
type item struct {
	text  json.RawMessage
	value any
}

func (x *exchange) items(t *testing.T) []item {
	t.Helper()
	texts := []json.RawMessage{x.answer}
	if bytes.HasPrefix(x.answer, []byte("[")) {
		texts = nil
		if err := json.Unmarshal(x.answer, &texts); err != nil {
			t.Fatalf("%s: %v", x, err)
		}
	}
	var items []item
	for _, text := range texts {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", x, err)
		}
		items = append(items, item{text, v})
	}
	return items
}

// of are the exchanges of a route in which GitLab did what it was asked for; the test
// fails where there is none.
func of(t *testing.T, said []*exchange, route string) []*exchange {
	t.Helper()
	all := routes(t)
	var is []*exchange
	for _, x := range said {
		at := slices.IndexFunc(all, func(r fakeRoute) bool { return r.of(x) })
		if at >= 0 && all[at].String() == route && x.status < 300 {
			is = append(is, x)
		}
	}
	if len(is) == 0 {
		t.Errorf("%s: nobody asked for it", route)
	}
	return is
}

// clientGo is where the source of GitLab's client for Go is.
func clientGo(t *testing.T) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "gitlab.com/gitlab-org/api/client-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "testdata")
}

// read are the examples of files, without what is outdated; or the notes of the threads
// in them.
func read(t *testing.T, client string, files []string, note bool) []any {
	t.Helper()
	var all []any
	for _, name := range files {
		path := filepath.Join(documents, "examples", name)
		if of, is := strings.CutPrefix(name, "client-go/"); is {
			path = filepath.Join(client, of)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list, is := v.([]any)
		if !is {
			list = []any{v}
		}
		for _, o := range outdated {
			of, at, _ := strings.Cut(o.at, " ")
			if match, _ := filepath.Match(of, name); match { // the patterns are right: they are above
				without(list, strings.Split(at, "."))
			}
		}
		for _, v := range list {
			if notes, is := v.(map[string]any)["notes"].([]any); is && note {
				all = append(all, notes...)
				continue
			}
			all = append(all, v)
		}
	}
	return all
}

// without takes a field out of a value; of a list, out of all in it, or the one whose
// number it says.
func without(v any, at []string) {
	switch v := v.(type) {
	case []any:
		if n, err := strconv.Atoi(at[0]); err == nil {
			without(v[n], at[1:])
			return
		}
		for _, item := range v {
			without(item, at)
		}
	case map[string]any:
		if len(at) == 1 {
			delete(v, at[0])
			return
		}
		without(v[at[0]], at[1:])
	}
}

// apart is what is between examples and answers: what of each answer is like none of the
// examples, and which examples are like none of the answers.
func apart(examples, answers []any) []string {
	var lacks []string
	met := map[int]bool{}
	for _, a := range answers {
		var least []string
		for i, e := range examples {
			lack := unlike("", e, a)
			if len(lack) == 0 {
				met[i] = true
			}
			if i == 0 || len(lack) < len(least) {
				least = lack
			}
		}
		lacks = append(lacks, least...)
	}
	for i, e := range examples {
		if len(lacks) == 0 && !met[i] {
			text, _ := json.Marshal(e) // which was read from JSON
			lacks = append(lacks, fmt.Sprintf("nothing is like %s", text))
		}
	}
	slices.Sort(lacks)
	return slices.Compact(lacks)
}

// unlike is what an answer lacks of an example, and what is of another kind there.
func unlike(at string, example, answer any) []string {
	if example == nil || answer == nil {
		return nil
	}
	if e, a := kind(example), kind(answer); e != a {
		return []string{fmt.Sprintf("%s is %s, not %s", at, a, e)}
	}
	var lacks []string
	switch e := example.(type) {
	case map[string]any:
		a := answer.(map[string]any)
		for name, v := range e {
			is, has := a[name]
			if !has {
				lacks = append(lacks, fmt.Sprintf("%s.%s is not there", at, name))
				continue
			}
			lacks = append(lacks, unlike(at+"."+name, v, is)...)
		}
	case []any:
		if a := answer.([]any); len(e) > 0 && len(a) > 0 {
			for _, v := range a {
				lacks = append(lacks, apart(e[:1], []any{v})...)
			}
		}
	}
	return lacks
}

// kind is the kind of a value.
func kind(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			return "a moment"
		}
		if _, err := time.Parse(time.DateOnly, v); err == nil {
			return "a day"
		}
		return "a text"
	}
	return "nothing"
}
