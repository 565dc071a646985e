package escape

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	scheme = regexp.MustCompile(`(?i)https?://`)

	// plainURL is a URL that can be clicked and that nobody reads otherwise than
	// a browser: no name before the host, no character that Markdown or Slack
	// gives a meaning to, and none that a browser would rewrite.
	plainURL = regexp.MustCompile(`(?i)^https?://(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::[0-9]+)?(?:[/?#](?:[a-z0-9._~:/?#!&()*+,;=-]|%[0-9a-f]{2})*)?$`)

	// entity is what HTML might read as a character: in a URL, too.
	entity = regexp.MustCompile(`&[#0-9a-zA-Z]+;`)
)

// placeholder is what GitLab puts something of the project for, in the address of a
// link, too (https://docs.gitlab.com/user/markdown/#placeholders).
var placeholder = regexp.MustCompile(`(?i)%25%7b`)

// maxURL is the longest URL that becomes a link.
const maxURL = 2000

// clickable reports whether a URL may become a link.
func clickable(url string) bool {
	return len(url) <= maxURL && plainURL.MatchString(url) && !entity.MatchString(url) && !placeholder.MatchString(url)
}

// cutURL cuts a word around the URL in it. The URL is empty if there is none,
// or none that is safe to click.
func cutURL(word string) (before, url, after string) {
	loc := scheme.FindStringIndex(word)
	if loc == nil {
		return word, "", ""
	}
	before, url = word[:loc[0]], word[loc[0]:]
	if r, _ := utf8.DecodeLastRuneInString(before); unicode.In(r, unicode.L, unicode.M, unicode.N) || len(url) > maxURL {
		return word, "", ""
	}
	if url = trimURL(url); !clickable(url) {
		return word, "", ""
	}
	return before, url, word[len(before)+len(url):]
}

// trimURL cuts off the punctuation behind a URL, as GitHub does.
func trimURL(url string) string {
	for url != "" {
		r, size := utf8.DecodeLastRuneInString(url)
		unpaired := r == ')' && strings.Count(url, ")") > strings.Count(url, "(")
		if !unpaired && !strings.ContainsRune("?!.,:;*_~'\"`>]}’”»…", r) {
			break
		}
		url = url[:len(url)-size]
	}
	return url
}

// referring reports whether a forge may make more of a URL than a link: it
// shortens the URL of an issue, a pull request, a discussion or a commit, and
// tells there that it was mentioned; it closes what stands behind "closes";
// and it plays attachments and quotes code. A GitHub Enterprise Server and a GitLab
// have any name, so that on other hosts the path decides. GitLab's has a "-"
// between the project, in however many groups, and what the page is of.
func referring(url string) bool {
	_, rest, _ := strings.Cut(strings.ToLower(url), "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return false
	}
	host, _, _ := strings.Cut(rest[:end], ":")
	path, _, _ := strings.Cut(rest[end:], "?")
	path, fragment, _ := strings.Cut(path, "#")
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	part := func(n int) string {
		if n < len(parts) {
			return parts[n]
		}
		return ""
	}
	switch {
	case host == "github.com" || host == "www.github.com":
		return fragment != "" || strings.Contains(path, "%") || part(0) == "user-attachments" ||
			!slices.Contains([]string{"", "actions", "blob", "tree", "wiki"}, part(2))
	case strings.HasSuffix(host, ".githubusercontent.com"):
		return true
	}
	if i := slices.Index(parts, "-"); i >= 2 {
		return !slices.Contains([]string{"", "blame", "blob", "jobs", "packages", "pipelines", "raw", "releases", "tree"}, part(i+1))
	}
	return slices.Contains([]string{"assets", "commit", "commits", "compare", "discussions", "issues", "labels", "pull", "pulls", "merge_requests", "snippets"}, part(2))
}
