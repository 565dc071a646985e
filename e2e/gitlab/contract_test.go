//go:build e2e

// Package gitlab holds the fake of GitLab that the other tests use to GitLab's own
// documents: its description of the API and, where that has no such operation, the
// examples of the API's pages and of GitLab's client for Go.
package gitlab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"go.yaml.in/yaml/v4"
)

// documents is where they are.
var documents = filepath.Join("..", "testdata", "gitlab")

// described is where GitLab's description says that its API is.
const described = "https://gitlab.com"

// wrong is where the description is wrong: what is right, and how that is known. See said
// for what it does not say.
var wrong = []struct {
	at, why string
	right   func(*openapi3.SchemaRef)
}{
	{"GET /projects/{id}/issues 200", `doc/api/issues.md, "List project issues": a list`, listed},
	{"GET /projects/{id}/merge_requests/{merge_request_iid}/diffs 200", `doc/api/merge_requests.md, "List merge request diffs": a list`, listed},
	{"GET /projects/{id}/variables 200", `doc/api/project_level_variables.md, "List project variables": a list`, listed},
	{"API_Entities_Issue assignees", "doc/api/issues.md: a list", listed},
	{"API_Entities_MergeRequestBasic assignees", "doc/api/merge_requests.md: a list", listed},
	{"API_Entities_MergeRequestBasic reviewers", "doc/api/merge_requests.md: a list", listed},
	{"API_Entities_MergeRequest assignees", "doc/api/merge_requests.md: a list", listed},
	{"API_Entities_MergeRequest reviewers", "doc/api/merge_requests.md: a list", listed},
	{"API_Entities_PersonalAccessTokenWithLastUsedIps scopes", "it does not say of what it is a list; its example does", texts},
	{"API_Entities_PersonalAccessTokenWithLastUsedIps last_used_ips", "it does not say of what it is a list; its example does", texts},
	{"API_Entities_ProjectHook id", "a number, by its own example", number},
	{"API_Entities_ProjectHook project_id", "a number, by its own example", number},
	{"postApiV4ProjectsIdIssues labels", commaSeparated, commas},
	{"putApiV4ProjectsIdIssuesIssueIid labels", commaSeparated, commas},
	{"putApiV4ProjectsIdIssuesIssueIid due_date", "GitLab's own client takes a day away by null (UpdateIssueOptions.ResetDueDate)", nullable},
	{"GET /projects/{id}/issues/{issue_iid}/notes/{note_id}/award_emoji id", namespaced, text},
	{"POST /projects/{id}/issues/{issue_iid}/notes/{note_id}/award_emoji id", namespaced, text},
	{"GET /projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}/award_emoji id", namespaced, text},
	{"POST /projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}/award_emoji id", namespaced, text},
}

// newer are parameters that the description lacks: doc/api/rest/_index.md, "Keyset-based
// pagination", has issues of a project among what is listed so, from GitLab 18.3 on.
var newer = map[string][]string{"getApiV4ProjectsIdIssues": {"pagination", "cursor"}}

const (
	commaSeparated = `"Comma-separated list of label names", it says itself: such a text is taken as well as a list`
	namespaced     = `doc/api/rest/_index.md, "Namespaced paths": the path of a project is taken as well as its number`
)

func listed(s *openapi3.SchemaRef) {
	*s = openapi3.SchemaRef{Value: &openapi3.Schema{Type: &openapi3.Types{"array"}, Items: &openapi3.SchemaRef{Ref: s.Ref, Value: s.Value}}}
}

func texts(s *openapi3.SchemaRef) { s.Value.Items = openapi3.NewStringSchema().NewRef() }

func commas(s *openapi3.SchemaRef) { s.Value.Type = &openapi3.Types{"array", "string"} }

func nullable(s *openapi3.SchemaRef) { s.Value.Nullable = true }

func number(s *openapi3.SchemaRef) { *s = *openapi3.NewInt64Schema().NewRef() }

func text(s *openapi3.SchemaRef) { *s = *openapi3.NewStringSchema().NewRef() }

// said makes a schema say what the description means.
//
// Where it has "type: string" of a field of an answer, and nothing else, GitLab's code
// states no type: the generator of the description writes this then, of numbers and of
// objects too. Any field of an answer may be null, which Swagger 2.0 cannot say. A field
// that the description does not have is an error: in a request GitLab would pass over
// it, and in an answer it would not be.
func said(s *openapi3.Schema, answer bool) {
	no := false
	if len(s.Properties) > 0 {
		s.AdditionalProperties.Has = &no
	}
	if s.Format == "int32" {
		s.Format = "int64" // gitlab.com has more notes than that
	}
	if answer {
		s.Nullable = true
		if s.Type.Is("string") && s.Format == "" && s.Example == nil && s.Description == "" && s.Enum == nil {
			s.Type = nil
		}
	}
	for _, p := range s.Properties {
		if p.Ref == "" {
			said(p.Value, answer)
		}
	}
	if s.Items != nil && s.Items.Ref == "" {
		said(s.Items.Value, answer)
	}
}

// describe reads what GitLab's description says, as it is meant.
func describe(t *testing.T) (*openapi3.T, routers.Router) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(documents, "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(file, &tree); err != nil {
		t.Fatal(err)
	}
	if file, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	var was openapi2.T
	if err := json.Unmarshal(file, &was); err != nil {
		t.Fatal(err)
	}
	doc, err := openapi2conv.ToV3(&was)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: described}}
	mend := map[string]func(*openapi3.SchemaRef){}
	for _, w := range wrong {
		mend[w.at] = w.right
	}
	mended := func(at string, s *openapi3.SchemaRef) {
		if right := mend[at]; right != nil {
			right(s)
			delete(mend, at)
		}
	}
	asked := map[string]bool{} // definitions of requests
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + strings.TrimPrefix(path, "/api/v4")
			for _, p := range op.Parameters {
				mended(at+" "+p.Value.Name, p.Value.Schema)
			}
			if op.RequestBody != nil {
				asked[strings.TrimPrefix(op.RequestBody.Value.Content.Get("application/json").Schema.Ref, "#/components/schemas/")] = true
			}
			for status, reply := range op.Responses.Map() {
				if media := reply.Value.Content.Get("application/json"); media != nil {
					mended(at+" "+status, media.Schema)
				}
			}
		}
	}
	for name, s := range doc.Components.Schemas {
		for field, p := range s.Value.Properties {
			mended(name+" "+field, p)
		}
		said(s.Value, !asked[name])
	}
	for at := range mend {
		t.Errorf("%s: the description has no such thing", at)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

// TestDescription holds each request and each answer to GitLab's description, where that
// has the operation.
func TestDescription(t *testing.T) {
	t.Parallel()
	doc, router := describe(t)
	answered := map[string]bool{}
	for _, x := range play(t) {
		route, vars, err := router.FindRoute(x.request(t))
		if errors.Is(err, routers.ErrPathNotFound) || errors.Is(err, routers.ErrMethodNotAllowed) {
			continue // see TestExamples
		}
		if err == nil {
			err = x.against(t, route, vars)
		}
		if err != nil {
			t.Errorf("%s\n%v", x, err)
		}
		if x.status < 300 {
			answered[route.Operation.OperationID] = true
		}
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if !answered[op.OperationID] {
				t.Errorf("%s: nobody asked for it", op.OperationID)
			}
		}
	}
}

// against says what the description has against an exchange; nil if nothing.
func (x *exchange) against(t *testing.T, route *routers.Route, vars map[string]string) error {
	r := x.request(t)
	for name := range r.URL.Query() {
		if slices.Contains(newer[route.Operation.OperationID], name) {
			continue
		}
		if route.Operation.Parameters.GetByInAndName("query", strings.TrimSuffix(name, "[]")) == nil {
			return fmt.Errorf("the description has no parameter %q", name)
		}
	}
	if x.body != "" && route.Operation.RequestBody == nil {
		return errors.New("the description has no body")
	}
	// Of many operations the description has no refusals, and of what is in them nothing.
	refuses := slices.ContainsFunc(slices.Collect(maps.Keys(route.Operation.Responses.Map())), func(status string) bool { return status >= "400" })
	options := &openapi3filter.Options{MultiError: true, IncludeResponseStatus: x.status < 300 || refuses, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s: %s", strings.Join(err.JSONPointer(), "/"), err.Reason)
	})
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: options}
	if x.status < 300 { // what is wrong is to be refused
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			return err
		}
	}
	if string(bytes.TrimSpace(x.answer)) == "null" {
		return errors.New("the answer says nothing")
	}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: x.status, Header: x.reply, Body: io.NopCloser(bytes.NewReader(x.answer)), Options: options,
	})
}

// pages are the parameters of the routes that the description lacks, by the pages of the
// API and the code behind them; those are required that end in "!".
var pages = map[string]string{
	// doc/api/users.md; doc/api/labels.md, and lib/api/labels.rb, of search.
	"GET /user":                      "",
	"GET /users":                     "username search active external blocked created_before created_after",
	"GET /projects/:id/labels":       "with_counts include_ancestor_groups search",
	"GET /projects/:id/labels/:name": "include_ancestor_groups",
	"POST /projects/:id/labels":      "name! color! description priority",
	// doc/api/notes.md, and lib/api/notes.rb, of body: the page requires it to change a
	// note of a merge request, and not to change one of an issue. The code never does.
	"GET /projects/:id/issues/:iid/notes":                  "sort order_by",
	"POST /projects/:id/issues/:iid/notes":                 "body! confidential internal created_at",
	"PUT /projects/:id/issues/:iid/notes/:note":            "body confidential",
	"DELETE /projects/:id/issues/:iid/notes/:note":         "",
	"GET /projects/:id/merge_requests/:iid/notes":          "sort order_by",
	"POST /projects/:id/merge_requests/:iid/notes":         "body! internal created_at merge_request_diff_head_sha",
	"PUT /projects/:id/merge_requests/:iid/notes/:note":    "body confidential",
	"DELETE /projects/:id/merge_requests/:iid/notes/:note": "",
	// doc/api/discussions.md, "Merge requests".
	"GET /projects/:id/merge_requests/:iid/discussions":                            "",
	"POST /projects/:id/merge_requests/:iid/discussions":                           "body! commit_id created_at position",
	"PUT /projects/:id/merge_requests/:iid/discussions/:discussion":                "resolved!",
	"POST /projects/:id/merge_requests/:iid/discussions/:discussion/notes":         "body! created_at",
	"PUT /projects/:id/merge_requests/:iid/discussions/:discussion/notes/:note":    "body resolved",
	"DELETE /projects/:id/merge_requests/:iid/discussions/:discussion/notes/:note": "",
}

// TestParameters holds what the fake takes to what GitLab takes, whether anybody sends it
// or not, and what it requires to what GitLab does.
func TestParameters(t *testing.T) {
	t.Parallel()
	doc, _ := describe(t)
	takes := map[string][]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			takes[method+" "+unnamed(strings.TrimPrefix(path, "/api/v4"))] = parameters(op)
		}
	}
	for route, all := range pages {
		method, path, _ := strings.Cut(route, " ")
		is := method + " " + unnamed(path)
		if takes[is] != nil {
			t.Errorf("%s: the description has it", route)
		}
		takes[is] = strings.Fields(all)
	}
	for _, r := range routes(t) {
		is := r.method + " " + unnamed(r.path)
		known, there := takes[is]
		if !there {
			t.Errorf("%s: what it takes is held to nothing", r)
		}
		delete(takes, is)
		for _, name := range r.takes {
			if !slices.Contains(known, name) {
				t.Errorf("%s: the fake takes %q, and GitLab %q", r, name, known)
			}
		}
		for _, name := range known {
			if strings.HasSuffix(name, "!") && !slices.Contains(r.takes, name) {
				t.Errorf("%s: GitLab requires %q, and the fake does not", r, name)
			}
		}
	}
	for _, route := range shown {
		method, path, _ := strings.Cut(route, " ")
		delete(takes, method+" "+unnamed(path))
	}
	for is := range takes {
		t.Errorf("%s: the fake has no such route", is)
	}
}

// parameters are those of an operation in the query and in the body.
func parameters(op *openapi3.Operation) []string {
	all := []string{}
	add := func(name string, required bool) {
		if required {
			name += "!"
		}
		all = append(all, name)
	}
	for _, p := range op.Parameters {
		if p.Value.In == "query" {
			add(p.Value.Name, p.Value.Required)
		}
	}
	if op.RequestBody != nil {
		body := op.RequestBody.Value.Content.Get("application/json").Schema.Value
		for name := range body.Properties {
			add(name, slices.Contains(body.Required, name))
		}
	}
	return all
}

var names = regexp.MustCompile(`:\w+|\{\w+\}`)

// unnamed is a path without the names of what varies in it.
func unnamed(path string) string { return names.ReplaceAllString(path, "*") }
