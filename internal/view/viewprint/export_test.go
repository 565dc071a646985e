package viewprint_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	invopop "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

// validate holds a JSON document against a schema.
func validate(t *testing.T, kind schema.Kind, document any) {
	t.Helper()
	text, err := schema.JSON(kind)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource("schema", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("schema").Validate(document); err != nil {
		t.Errorf("%s: %#v", kind, err)
	}
}

func exported(t *testing.T, e schema.Export) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.Export(w, e) })), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// whole is a value of which every field is filled, with what may stand there.
func whole(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *schema.Time:
		x.Time = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
		return
	case *schema.Date:
		x.Time = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
		return
	case *schema.Agreement:
		x.URL = "https://x.example.com"
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			whole(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		whole(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		whole(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		whole(k)
		whole(x)
		v.SetMapIndex(k, x)
	case reflect.String:
		v.SetString("x <y> & \u2028z")
		if s, ok := v.Interface().(interface{ JSONSchema() *invopop.Schema }); ok && len(s.JSONSchema().Enum) > 0 {
			v.SetString(s.JSONSchema().Enum[0].(string))
		}
	case reflect.Int:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// What is printed fits the schema that `escalate schema export` prints: with every
// field, with none, and with pseudonyms.
func TestExportFitsItsSchema(t *testing.T) {
	t.Parallel()
	var all schema.Export
	whole(reflect.ValueOf(&all).Elem())
	r, err := redact.New(bytes.Repeat([]byte("k"), redact.Shortest), all.Policy)
	if err != nil {
		t.Fatal(err)
	}
	waived := all
	waived.Escalations = []schema.Exported{{ID: "2026/x", Status: "open", File: schema.Escalation{Closure: &schema.Closure{Agreement: schema.Agreement{Waived: "gone", By: "jdoe"}}}}}
	for name, e := range map[string]schema.Export{
		"all":      all,
		"nothing":  {Format: 1, Now: all.Now},
		"redacted": redact.Of(r, all),
		"waived":   waived,
	} {
		out := exported(t, e)
		validate(t, schema.KindExport, out)
		if len(out) != 7 {
			t.Errorf("%s: %d keys", name, len(out))
		}
	}
	one := exported(t, all)["escalations"].([]any)[0].(map[string]any)
	for name, of := range map[string]struct {
		value any
		has   map[string]any
	}{
		"an escalation": {schema.Exported{}, one},
		"its file":      {schema.Escalation{}, one["file"].(map[string]any)},
		"its closure":   {schema.Closure{}, one["file"].(map[string]any)["closure"].(map[string]any)},
		"a clock":       {schema.ExportedClock{}, one["clocks"].([]any)[0].(map[string]any)},
	} {
		if n := reflect.TypeOf(of.value).NumField(); len(of.has) != n {
			t.Errorf("%s has %d fields, and %d are printed: %v", name, n, len(of.has), of.has)
		}
	}
}

// Fields stand in the order in which a file has them, texts as they are.
func TestExportOrder(t *testing.T) {
	t.Parallel()
	yes := true
	e := schema.Export{Format: 1, Escalations: []schema.Exported{{ID: "2026/x", Status: "open", File: schema.Escalation{
		Customer: "A <b> & c", Severity: "high", Product: schema.Product{Related: &yes}, Support: &schema.Support{}, Links: schema.Links{Case: "pending"},
	}}}}
	got := strings.Join(strings.Fields(printed(t, func(w io.Writer) error { return viewprint.Export(w, e) })), " ")
	want := `"file": { "customer": "A <b> & c", "severity": "high", "product": { "related": true }, "support": { "needed": false }, "links": { "case": "pending" }, "exit_criteria": [], "next_steps": [] }`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwithout\n%s", got, want)
	}
}

// data.json is what its schema says: of nothing, of a restricted escalation, and of one
// of which all is known.
func TestBoardFormat(t *testing.T) {
	t.Parallel()
	moment := schema.Time{Time: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)}
	jo := schema.BoardPerson{Handle: "jdoe", Name: "Jo Doe"}
	whole := schema.Board{
		Format: 1, Now: moment, Since: moment,
		Totals:  []schema.BoardTotal{{Severity: schema.High}},
		Changed: []schema.BoardChange{{ID: "2026/x", Customer: "X", Change: schema.WasRaised, At: moment, From: schema.Low, Severity: schema.High, Status: "open"}},
		Escalations: []schema.BoardEscalation{
			{ID: "2026/secret", Severity: schema.High, Status: "open", DRI: jo, Restricted: true},
			{ID: "2026/x", Severity: schema.High, Status: "open", DRI: jo, Customer: "X <b>", Opened: moment, StandIn: &jo, Next: &schema.BoardClock{Clock: "customer", State: "due", What: "update", Due: moment, Turn: &jo},
				Trend: []schema.BoardLevel{{Severity: schema.High}}, Latest: &schema.BoardUpdate{At: moment, By: jo, Text: "Hello"}},
		},
		Customers: []schema.BoardCustomer{{Customer: "X", Escalations: []schema.ID{"2026/x"}}},
		People:    []schema.BoardLoad{{Handle: "jdoe", Name: "Jo Doe"}},
		Teams:     []schema.BoardTeam{{Lead: "jdoe", Name: "Jo Doe"}},
		Unfilled:  []schema.BoardRole{{Role: schema.RoleCEO, Region: "EMEA", Escalations: []schema.ID{"2026/x"}}},
		Covers:    []schema.BoardCover{{ID: "2026/x", Customer: "X", DRI: jo, StandIn: jo, Until: schema.Date(moment)}},
		Trends: schema.BoardTrends{
			Weeks:   []schema.BoardWeek{{From: schema.Date(moment)}},
			ToClose: []schema.BoardDuration{{Severity: schema.High, Buckets: []int{0, 1}}}, Bounds: []int{3},
			AtSeverity: []schema.BoardHours{{Severity: schema.High}}, InTime: []schema.BoardInTime{{Clock: "channel"}},
			Outcomes: []schema.BoardOutcome{{Status: "resolved"}}, Regions: []schema.BoardRegion{{Region: "EMEA"}},
		},
	}
	r, err := redact.New([]byte("0123456789abcdef"), schema.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]schema.Board{"whole": whole, "nothing": {Format: 1, Now: moment, Since: moment}, "redacted": redact.Of(r, whole)} {
		var out map[string]any
		if err := json.Unmarshal([]byte(printed(t, func(w io.Writer) error { return viewprint.Board(w, b) })), &out); err != nil {
			t.Fatal(err)
		}
		validate(t, schema.KindBoard, out)
		if len(out) != reflect.TypeOf(b).NumField() && name != "nothing" {
			t.Errorf("%s: %d keys", name, len(out))
		}
	}
}
