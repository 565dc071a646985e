package ledger_test

import (
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/schema"
)

// A request is read as it was written, and is about the opening that was proposed for
// it alone.
func TestRequest(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	want := ledger.Request{Issue: 12, URL: "https://forge.example/acme/escalations/issues/12", By: "jdoe", At: at}
	name, data := want.AsFile("2026/northwind")
	files := fstest.MapFS{name: {Data: data}}
	if got, err := ledger.RequestOf(files, "2026/northwind"); err != nil || got != want {
		t.Errorf("%+v (%v)", got, err)
	}
	opened := func(at time.Time, by schema.Handle) schema.Opened {
		return schema.Opened{At: schema.Time{Time: at}, By: by}
	}
	if !want.Asks(opened(at, "jdoe")) || want.Asks(opened(at.Add(time.Second), "jdoe")) || want.Asks(opened(at, "kwong")) || (ledger.Request{}).Asks(opened(time.Time{}, "")) {
		t.Error("it is about another opening")
	}
	for name, data := range map[string]string{"none": "", "broken": "{"} {
		if data != "" {
			files["requests/2026/fabrikam.json"] = &fstest.MapFile{Data: []byte(data)}
		}
		if got, err := ledger.RequestOf(files, "2026/fabrikam"); err != nil || got != (ledger.Request{}) {
			t.Errorf("%s: %+v (%v)", name, got, err)
		}
	}
	for _, heard := range []ledger.Heard{{Comments: at}, {Comments: at, Again: []ledger.Thread{{Number: 3, Since: at}, {Number: 5, ChangeRequest: true, Since: at}}}} {
		name, data = heard.AsFile()
		if got, err := ledger.ReadHeard(fstest.MapFS{name: {Data: data}}); err != nil || !reflect.DeepEqual(got, heard) {
			t.Errorf("%+v (%v)", got, err)
		}
	}
}

// All requests are found by the escalations that they ask for.
func TestRequests(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"requests/2026/broken.json": {Data: []byte("{")}}
	for n, id := range []schema.ID{"2026/a", "2026/b"} {
		name, data := ledger.Request{Issue: n + 1, URL: "https://forge.example/1", By: "jdoe"}.AsFile(id)
		files[name] = &fstest.MapFile{Data: data}
	}
	all, err := ledger.Requests(files)
	if err != nil || len(all) != 2 || all["2026/a"].Issue != 1 || all["2026/b"].Issue != 2 {
		t.Errorf("%+v (%v)", all, err)
	}
}
