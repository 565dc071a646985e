package form_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/form"
)

// What is answered elsewhere stands in the form when it is opened, as the form is read;
// what it cannot take is named.
func TestFill(t *testing.T) {
	t.Parallel()
	c := opening(t)
	f, a := form.New(c), act.New()
	given := map[string][]string{
		"customer": {"Fabrikam"}, "severity": {"high"}, "summary": {"Orders are lost"}, "description": {"Since Monday.\n\nTwo teams wait."},
		"csm": {"jdoe"}, "account-executive": {"arivera"}, "region": {"EMEA"}, "product-related": {"yes"}, "product-dri": {"mlee"},
		"ask": {"One engineer."}, "approach": {"Reproduce it."}, "criterion": {"No order is lost for a week", "The customer says so, too"},
		"step": {"Load test"}, "owner": {"jdoe"}, "due": {"2026-12-01"}, "meeting-notes": {"https://docs.example.com/f"},
	}
	read := func(more map[string][]string) act.Answers {
		all := maps.Clone(given)
		maps.Copy(all, more)
		answers, open, err := a.Read(c, all)
		if err != nil || len(open) > 0 {
			t.Fatal(err, open)
		}
		return answers
	}
	texts, left := f.Fill(c, read(nil))
	if len(left) > 0 {
		t.Errorf("it cannot take %q", left)
	}
	for field, want := range map[string]string{
		"customer": "Fabrikam", "description": "Orders are lost\n\nSince Monday.\n\nTwo teams wait.", "csm": "Jo Doe (jdoe)", "product-dri": "Min Lee (mlee)", "product-related": "yes",
		"criterion": "No order is lost for a week\nThe customer says so, too", "step": "Load test @jdoe 2026-12-01", "kind": "an account escalation: a customer in a challenging situation, whatever the reason",
	} {
		if texts[field] != want {
			t.Errorf("%s is filled with %q, want %q", field, texts[field], want)
		}
	}
	if texts, left := f.Fill(c, read(map[string][]string{"csm": nil, "cse": {"pending"}, "cse-help-case": {"https://docs.example.com/cse"}})); len(left) > 0 || texts["cse"] != "pending" {
		t.Errorf("a CSE to come is filled with %q; it cannot take %q", texts["cse"], left)
	}
	for _, tc := range []struct {
		what string
		more map[string][]string
		want []string
	}{
		{"what it does not ask", map[string][]string{"visibility": {"restricted"}, "fyi": {"rking"}}, []string{"fyi", "visibility"}},
		{"an id of one's own", map[string][]string{"id": {"2026/other"}}, []string{"id"}},
	} {
		if _, left := f.Fill(c, read(tc.more)); !slices.Equal(left, tc.want) {
			t.Errorf("%s: it cannot take %q, want %q", tc.what, left, tc.want)
		}
	}
	// What would be read otherwise is not put there: a heading of the form in an answer,
	// somebody who is named in a step.
	for question, answer := range map[string]string{"ask": "x\n\n### How bad is it?\n\nlow", "step": "Ask @mlee about it"} {
		if _, left := f.Fill(c, read(map[string][]string{question: {answer}})); len(left) == 0 {
			t.Errorf("%s: %q is taken as it stands", question, answer)
		}
	}
}
