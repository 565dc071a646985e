package marker_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/marker"
)

const (
	oneKey   = "0123456789abcdef0123456789abcdef"
	otherKey = "fedcba9876543210fedcba9876543210"
	what     = "2026/northwind update 2026-11-22T09:00:00Z"
)

var at = marker.Place{Repository: "github acme/escalations", Kind: marker.Comment, Number: 7, Author: 41898282}

func keys(t *testing.T, s string) marker.Keys {
	t.Helper()
	k, err := marker.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The format is written down here: what was written once is read for ever.
func TestWrite(t *testing.T) {
	t.Parallel()
	for k, want := range map[string]string{
		"":                                 "<!-- escalate: " + what + " -->",
		oneKey:                             "<!-- escalate: " + what + " hmac:hmAROYW5ySIA7yitlBOCfw -->",
		"\n" + oneKey + " \r\n" + otherKey: "<!-- escalate: " + what + " hmac:hmAROYW5ySIA7yitlBOCfw -->",
	} {
		if got := keys(t, k).Write(what, at); got != want {
			t.Errorf("%q writes %s", k, got)
		}
	}
}

// A signed marker counts in its place alone: copied elsewhere, or written by
// another, it is nobody's.
func TestSigns(t *testing.T) {
	t.Parallel()
	read := func(text string) marker.Marker {
		all := marker.Read(text)
		if len(all) != 1 {
			t.Fatalf("%q has %d markers", text, len(all))
		}
		return all[0]
	}
	genuine := keys(t, oneKey).Write(what, at)
	place := func(change func(*marker.Place)) marker.Place {
		p := at
		change(&p)
		return p
	}
	for name, tc := range map[string]struct {
		keys, text string
		at         marker.Place
		want       bool
	}{
		"ours":                        {oneKey, genuine, at, true},
		"ours, behind a new key":      {otherKey + "\n" + oneKey, genuine, at, true},
		"ours, before a new key":      {oneKey + "\n" + otherKey, genuine, at, true},
		"capital letters":             {oneKey, genuine, place(func(p *marker.Place) { p.Repository = "github Acme/Escalations" }), true},
		"among other words":           {oneKey, "Hello\n" + genuine + "\n", at, true},
		"another key":                 {otherKey, genuine, at, false},
		"no key":                      {"", genuine, at, false},
		"not signed":                  {oneKey, marker.Keys{}.Write(what, at), at, false},
		"in another repository":       {oneKey, genuine, place(func(p *marker.Place) { p.Repository = "github acme/other" }), false},
		"on another forge":            {oneKey, genuine, place(func(p *marker.Place) { p.Repository = "gitlab acme/escalations" }), false},
		"on another issue":            {oneKey, genuine, place(func(p *marker.Place) { p.Number = 8 }), false},
		"on a change request":         {oneKey, genuine, place(func(p *marker.Place) { p.Kind = marker.Change }), false},
		"in an issue":                 {oneKey, genuine, place(func(p *marker.Place) { p.Kind, p.Number = marker.Issue, 0 }), false},
		"by another":                  {oneKey, genuine, place(func(p *marker.Place) { p.Author = 66 }), false},
		"by nobody":                   {oneKey, genuine, place(func(p *marker.Place) { p.Author = 0 }), false},
		"of something else":           {oneKey, strings.Replace(genuine, "update", "closed", 1), at, false},
		"another signature":           {oneKey, strings.Replace(genuine, "hmac:", "hmac:A", 1)[:len(genuine)-4] + " -->", at, false},
		"the place moved into a name": {oneKey, genuine, place(func(p *marker.Place) { p.Repository, p.Kind = "github acme/escalationscomm", "ent" }), false},
	} {
		if got := keys(t, tc.keys).Signs(read(tc.text), tc.at); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What is no marker is none, and what is part of one is no other.
func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "[]",
		"<!-- escalate: plan -->": "[plan]",
		"a<!-- escalate: plan -->\n<!-- escalate: digest -->b": "[plan digest]",
		"<!-- escalate:  -->":                                 "[]",
		"<!-- escalate: a\nb -->":                             "[]",
		"<!-- planned -->":                                    "[]",
		"<!-- escalate: plan hmac: -->":                       "[plan hmac:]",
		"<!-- escalate: plan hmac:short -->":                  "[plan hmac:short]",
		"<!-- escalate: plan hmac:0123456789012345678901 -->": "[plan (signed)]",
		"<!-- escalate: plan hmac:0123456789012345678901 hmac:0123456789012345678901 -->": "[plan hmac:0123456789012345678901 (signed)]",
	} {
		var got []string
		for _, m := range marker.Read(text) {
			s := m.What
			if m.Signed() {
				s += " (signed)"
			}
			got = append(got, s)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := marker.Strip("a " + keys(t, oneKey).Write(what, at) + "<!-- escalate: plan --> b <!-- c -->"); got != "a  b <!-- c -->" {
		t.Errorf("stripped: %q", got)
	}
}

// A key that somebody could guess is refused, and no message has it.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, short := range []string{"short", oneKey + "\nfifteen-letters"} {
		if _, err := marker.Parse(short); !errors.Is(err, marker.ErrShort) || strings.Contains(err.Error(), "short\n") || strings.Contains(err.Error(), "fifteen") || strings.Contains(err.Error(), oneKey) {
			t.Errorf("%q: %v", short, err)
		}
	}
	for s, set := range map[string]bool{"": false, " \n\t\n": false, "exactly-sixteen!": true, oneKey: true} {
		if k, err := marker.Parse(s); err != nil || k.Set() != set {
			t.Errorf("%q: %v, %v", s, k.Set(), err)
		}
	}
}

// However keys are printed, what they are is not.
func TestKeysAreSecret(t *testing.T) {
	t.Parallel()
	k := keys(t, oneKey)
	data, err := json.Marshal(struct{ K marker.Keys }{k})
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %#v %s %q %x %d %v", k, k, k, k, k, k, k, struct{ K marker.Keys }{k}) +
		fmt.Sprintf("%v %+v %#v", struct{ k marker.Keys }{k}, &struct{ k *marker.Keys }{&k}, struct{ k any }{k}) + fmt.Sprint(&k) + string(data)
	for _, secret := range []string{oneKey, fmt.Sprintf("%x", oneKey), fmt.Sprint([]byte(oneKey)), "48 49 50"} {
		if strings.Contains(said, secret) {
			t.Errorf("it prints %s", said)
		}
	}
}
