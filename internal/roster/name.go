package roster

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// letters are those that Unicode does not take apart, as people spell them without
// their keyboard.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "’", "'")

// plain is a text in small letters without accents.
func plain(s string) string {
	s = letters.Replace(strings.ToLower(s))
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFKD.String(s))
}

// fold is a text as words that are compared: in small letters, without accents and
// signs.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(plain(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) }), " ")
}

// asHandle is a text as a handle; "" where it cannot be one.
func asHandle(s string) schema.Handle {
	h := strings.TrimPrefix(plain(strings.TrimSpace(s)), "@")
	if !handleForm.MatchString(h) {
		return ""
	}
	return schema.Handle(h)
}

// bareAddress is an e-mail address without what stands around one: Jo Doe
// <jo@example.com>, mailto:jo@example.com.
func bareAddress(s string) string {
	if _, in, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(in, ">")
	}
	return strings.TrimPrefix(strings.TrimSpace(s), "mailto:")
}

// behindComma is what people put behind a comma that is no first name.
var behindComma = []string{"jr", "sr", "ii", "iii", "phd", "ph d", "md", "mba", "msc", "bsc", "cfa", "pmp", "esq"}

// inOrder is a name as it is said: Doe, Jo is Jo Doe.
func inOrder(name string) string {
	last, first, ok := strings.Cut(name, ",")
	last, first = strings.TrimSpace(last), strings.TrimSpace(first)
	if !ok || last == "" || first == "" || strings.Contains(first, ",") || slices.Contains(behindComma, fold(first)) {
		return name
	}
	return first + " " + last
}

// personName is the name that a row has.
func personName(cells map[Field]string) string {
	if name := inOrder(cells[Name]); name != "" {
		return name
	}
	return words.Line(cells[First] + " " + cells[Last])
}

// initialed is the handle that most would make of a name: jdoe of Jo Doe. It is ""
// where a part of it is in no letters that a handle has.
func initialed(name string) string {
	name, _, _ = strings.Cut(name, ",") // a degree
	name, _, _ = strings.Cut(name, "(") // a nickname
	parts := strings.Fields(strings.Map(func(c rune) rune {
		if c == '\'' || c == '.' {
			return -1
		}
		return c
	}, plain(name)))
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	initial, last := []rune(parts[0])[0], strings.ReplaceAll(parts[len(parts)-1], "-", "")
	return string(initial) + last
}
