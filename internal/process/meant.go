package process

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/schema"
)

// Written is in what way a text names a person (P8).
type Written string

// The ways in which people name a person where a handle belongs.
const (
	AsHandle Written = "handle"
	AsName   Written = "name"
	AsEmail  Written = "e-mail address"
	AsLogin  Written = "GitHub login"
	AsGitLab Written = "GitLab login"
	AsSlack  Written = "Slack id"
)

// Meant is whom a text in the place of a handle names.
type Meant struct {
	// As is what the text looks like, also where it names nobody of the directory.
	As Written
	// Who are the people whom it may name, in the order of their handles; more than
	// one where it is for people to say which.
	Who []schema.Handle
	// Surely reports that Who is one, and that no other can be meant: more than a
	// first name alone.
	Surely bool
	// Guessed reports that nobody has what was written: Who is the one who has what
	// is nearest to it.
	Guessed bool
}

// WhoIsMeant finds the people whom a text names: by a handle in another case, a
// name with or without its accents, in any order and with initials, an e-mail
// address, or a login (P8). Where nobody has what was written, whoever has what is
// nearest to it.
func WhoIsMeant(d schema.Directory, text string) Meant {
	text = bared(text)
	if text == "" {
		return Meant{As: AsHandle}
	}
	all := slices.Sorted(maps.Keys(d.People))
	as := func(w Written, of func(schema.Handle) string) (Meant, bool) {
		who := slices.DeleteFunc(slices.Clone(all), func(h schema.Handle) bool { return !strings.EqualFold(of(h), text) })
		return Meant{As: w, Who: who, Surely: len(who) == 1}, len(who) > 0
	}
	for _, exact := range []struct {
		as Written
		of func(schema.Handle) string
	}{
		{AsHandle, func(h schema.Handle) string { return string(h) }},
		{AsEmail, func(h schema.Handle) string { return string(d.People[h].Email) }},
		{AsLogin, func(h schema.Handle) string { return string(d.People[h].GitHub) }},
		{AsGitLab, func(h schema.Handle) string { return string(d.People[h].GitLab) }},
		{AsSlack, func(h schema.Handle) string { return string(d.People[h].Slack) }},
	} {
		if m, ok := as(exact.as, exact.of); ok {
			return m
		}
	}
	if strings.Contains(text, "@") {
		return near(AsEmail, text, all, func(h schema.Handle) string { return string(d.People[h].Email) })
	}
	full, part := []schema.Handle{}, []schema.Handle{}
	for _, h := range all {
		switch matches(text, string(d.People[h].Name)) {
		case inFull:
			full = append(full, h)
		case inPart:
			part = append(part, h)
		}
	}
	switch {
	case len(full) > 0:
		return Meant{As: AsName, Who: full, Surely: len(full) == 1}
	case len(part) > 0:
		return Meant{As: AsName, Who: part}
	case isName(text):
		return near(AsName, plain(text), all, func(h schema.Handle) string { return plain(string(d.People[h].Name)) })
	}
	return near(AsHandle, text, all, func(h schema.Handle) string { return string(h) })
}

// near finds the one who has what is nearest to a misspelt text.
func near(as Written, text string, all []schema.Handle, of func(schema.Handle) string) Meant {
	words := make([]string, len(all))
	for i, h := range all {
		words[i] = of(h)
	}
	m := Meant{As: as}
	if best := nearest.Of(text, words); best != "" {
		m.Who, m.Guessed = []schema.Handle{all[slices.Index(words, best)]}, true
		m.Surely = nearest.Only(text, words) != ""
	}
	return m
}

// bared is a text without what people put around a name: an @, quotes of all
// kinds, blanks that do not break, a link to write mail.
func bared(text string) string {
	if open, end := strings.Index(text, "<"), strings.LastIndex(text, ">"); open >= 0 && end > open && strings.Contains(text[open:end], "@") {
		text = text[open+1 : end] // Jo Doe <jo@example.com>
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	text = strings.Trim(text, " \"'`“”„‘’«»<>()[],;.")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "mailto:"), "@")
	return strings.TrimPrefix(strings.TrimPrefix(text, "https://github.com/"), "github.com/")
}

// isName reports whether a text looks like the name of a person, and not like a
// handle.
func isName(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsUpper(r) || r > unicode.MaxASCII })
}

// match says how well a text names somebody.
type match int

const (
	not    match = iota
	inPart       // by one of the names alone, or by initials alone
	inFull       // by two names, or by one and the initials of the others
)

// matches compares a text with a person's name, whatever their order, accents and
// letter case: each word of the one is a word of the other, or its initial.
func matches(text, name string) match {
	said, has := parts(text), parts(name)
	if len(said) > len(has) { // a middle name that the directory leaves out
		said, has = has, said
	}
	words := 0
	for _, s := range said {
		i := slices.IndexFunc(has, func(h part) bool { return s.is(h) })
		if i >= 0 {
			words++
		} else if i = slices.IndexFunc(has, func(h part) bool { return s.initial(h) || h.initial(s) }); i < 0 {
			return not
		}
		has = slices.Delete(slices.Clone(has), i, i+1)
	}
	switch {
	case words >= 2, words == 1 && len(has) == 0:
		return inFull
	case words == 1 || len(said) > 1 && len(has) == 0:
		return inPart
	}
	return not
}

// part is a word of a name: without its accents, and with them written out as
// German and the languages of Scandinavia do.
type part struct{ plain, long string }

func (p part) is(other part) bool {
	return p.plain == other.plain || p.long == other.long || p.plain == other.long || p.long == other.plain
}

// initial reports whether p is the first letter of another word.
func (p part) initial(other part) bool {
	return len(p.plain) == 1 && strings.HasPrefix(other.plain, p.plain)
}

// parts takes a name apart.
func parts(name string) []part {
	fields := strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	list := make([]part, len(fields))
	for i, f := range fields {
		list[i] = part{plain: plain(f), long: plain(longer.Replace(norm.NFC.String(strings.ToLower(f))))}
	}
	return list
}

// plain writes a name in small letters without accents.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(name)))
	return shorter.Replace(name)
}

// Letters that are no other letter with an accent: as people write them who do not
// have them, and the longer way of some languages.
var (
	shorter = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h", "ŧ", "t")
	longer  = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa")
)
