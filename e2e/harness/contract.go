package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// described is where GitHub's description says that its API is.
const described = "https://api.github.com"

// readContract reads GitHub's published description of its API.
func readContract(file string) (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("GitHub's description: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: described}}
	paths := openapi3.NewPaths()
	for path, item := range doc.Paths.Map() {
		if strings.HasSuffix(path, "/issues/{issue_number}/labels") {
			// Only the description's prose allows this: "You can also pass an array
			// of labels directly".
			for _, op := range []*openapi3.Operation{item.Post, item.Put} {
				s := op.RequestBody.Value.Content.Get("application/json").Schema.Value
				s.OneOf = append(s.OneOf, openapi3.NewArraySchema().WithItems(openapi3.NewStringSchema()).NewRef())
			}
		}
		for _, op := range item.Operations() {
			strict(op.RequestBody)
		}
		// These hold slashes, which the router takes for an end.
		for _, param := range []string{"path", "ref", "basehead"} {
			if strings.HasSuffix(path, "{"+param+"}") {
				path = strings.TrimSuffix(path, "}") + ":.+}"
			}
		}
		paths.Set(path, item)
	}
	doc.Paths = paths
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("GitHub's description: %w", err)
	}
	return router, nil
}

// strict refuses fields that the description does not know: GitHub ignores
// them, so what they were to bring about would silently not happen.
func strict(body *openapi3.RequestBodyRef) {
	if body == nil || body.Value == nil {
		return
	}
	no := false
	for _, media := range body.Value.Content {
		schemas := []*openapi3.SchemaRef{media.Schema}
		for len(schemas) > 0 {
			s := schemas[0].Value
			schemas = schemas[1:]
			switch {
			case len(s.Properties) == 0:
				schemas = slices.Concat(schemas, s.OneOf, s.AnyOf)
			case s.AdditionalProperties.Schema == nil && len(s.AllOf) == 0: // what is beside them narrows these alone
				s.AdditionalProperties.Has = &no
			}
		}
	}
}

// violation says what GitHub's description has against a request, whose body
// has been read; nil if nothing.
func violation(router routers.Router, r *http.Request, path string, body string) error {
	u, err := url.Parse(described + path)
	if err != nil {
		return err
	}
	u.RawQuery = r.URL.RawQuery
	copied, err := http.NewRequestWithContext(context.Background(), r.Method, u.String(), io.NopCloser(strings.NewReader(body)))
	if err != nil {
		return err
	}
	copied.Header = r.Header.Clone()
	route, params, err := router.FindRoute(copied)
	if err != nil {
		return fmt.Errorf("the description has no such route: %w", err)
	}
	for name := range u.Query() {
		if !slices.ContainsFunc(slices.Concat(route.Operation.Parameters, route.PathItem.Parameters), func(p *openapi3.ParameterRef) bool {
			return p.Value.In == "query" && p.Value.Name == name
		}) {
			return fmt.Errorf("the description has no parameter %q", name)
		}
	}
	if body != "" && route.Operation.RequestBody == nil {
		return errors.New("the description has no body")
	}
	return openapi3filter.ValidateRequest(copied.Context(), &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

// misanswer says what GitHub's description has against an answer; nil if nothing.
func misanswer(router routers.Router, method, path string, answer reply) error {
	r, err := http.NewRequestWithContext(context.Background(), method, described+path, nil)
	if err != nil {
		return err
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		return fmt.Errorf("the description has no such route: %w", err)
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 answer.status, Header: answer.header, Body: io.NopCloser(bytes.NewReader(answer.body)),
		// Of many refusals the description says nothing.
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: answer.status < http.StatusBadRequest},
	})
}
