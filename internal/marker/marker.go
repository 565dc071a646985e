// Package marker is the hidden mark by which something of ours is found again: in
// an issue, in a comment, in whatever a forge keeps. It is one format for all of
// them, and pure: a marker's text for what it marks, and back.
//
// Anybody can write a marker. With a key, one of ours is signed: it says for what
// place it was made, and by whom, and counts nowhere else.
package marker

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Kind is a kind of thing that is marked.
type Kind string

// The kinds.
const (
	Issue   Kind = "issue"   // an issue, of which nobody knows the number before it is there
	Comment Kind = "comment" // a comment on an issue
	Change  Kind = "change"  // a comment on a change request
)

// Place is all that a signed marker is bound to, beside what it marks: copied
// into another place, or by another author, it is nobody's.
type Place struct {
	// Repository is the one that it is in, such as "github acme/escalations".
	// Whether letters are capital makes no difference.
	Repository string
	Kind       Kind
	// Number is that of the issue or change request that a comment is on; 0 for an
	// issue.
	Number int
	// Author is the account that writes it; 0 where it is not known yet.
	Author int64
}

// Keys are the secrets that markers are signed with; the zero value is none. The
// first signs, and all are believed. They print as nothing of what they are.
type Keys struct{ secrets []*secret }

// secret is behind a pointer: package fmt shows what is in a struct, but follows
// no pointer in one.
type secret struct{ key []byte }

// Shortest is how many bytes a key has at least.
const Shortest = 16

// ErrShort is returned for a key that somebody could guess.
var ErrShort = errors.New("it is too short")

// Parse reads keys, one a line. The error does not repeat them.
func Parse(s string) (Keys, error) {
	var k Keys
	for line := range strings.Lines(s) {
		key := strings.TrimSpace(line)
		switch {
		case key == "":
		case len(key) < Shortest:
			return Keys{}, fmt.Errorf("%w: a key has %d characters or more, such as `openssl rand -hex 32` makes", ErrShort, Shortest)
		default:
			k.secrets = append(k.secrets, &secret{[]byte(key)})
		}
	}
	return k, nil
}

// Set reports whether there is a key.
func (k Keys) Set() bool { return len(k.secrets) > 0 }

// Format prints how many keys there are, whatever the verb.
func (k Keys) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "(%d secret keys)", len(k.secrets)) }

// Marker is a marker that was read.
type Marker struct {
	// What it marks, such as the key of a notice.
	What      string
	signature string
}

// Signed reports whether it has a signature, be it right or wrong.
func (m Marker) Signed() bool { return m.signature != "" }

// form is a marker. A signature is the first 16 bytes of an HMAC.
var form = regexp.MustCompile(`<!-- escalate: (.+?)(?: hmac:([0-9A-Za-z_-]{22}))? -->`)

// Write is the marker of something in a place, signed where there is a key. What
// it marks comes from us, and has no line end.
func (k Keys) Write(what string, at Place) string {
	if !k.Set() {
		return "<!-- escalate: " + what + " -->"
	}
	return "<!-- escalate: " + what + " hmac:" + k.secrets[0].sign(what, at) + " -->"
}

// Signs reports whether one of the keys signed a marker for a place.
func (k Keys) Signs(m Marker, at Place) bool {
	return slices.ContainsFunc(k.secrets, func(s *secret) bool {
		return hmac.Equal([]byte(m.signature), []byte(s.sign(m.What, at)))
	})
}

// sign is the signature of a marker. Each part stands behind its length, so that
// no two places read the same.
func (s *secret) sign(what string, at Place) string {
	mac := hmac.New(sha256.New, s.key)
	part := func(s string) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		mac.Write([]byte(s))
	}
	part("escalate marker 1")
	part(strings.ToLower(at.Repository))
	part(string(at.Kind))
	part(fmt.Sprint(at.Number))
	part(fmt.Sprint(at.Author))
	part(what)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// Read returns the markers in a text, in order.
func Read(text string) []Marker {
	var all []Marker
	for _, m := range form.FindAllStringSubmatch(text, -1) {
		all = append(all, Marker{m[1], m[2]})
	}
	return all
}

// Strip is a text without its markers.
func Strip(text string) string { return form.ReplaceAllString(text, "") }
