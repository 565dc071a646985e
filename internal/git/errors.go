package git

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What can be wrong with a repository, to be told apart by errors.Is.
var (
	// ErrNoGit is returned where git is not installed.
	ErrNoGit = errors.New("git is not installed")
	// ErrNoRepository is returned where a folder is in no repository.
	ErrNoRepository = errors.New("not in a git repository")
	// ErrNoCommit is returned where a name stands for no commit.
	ErrNoCommit = errors.New("no such commit")
	// ErrNoMergeBase is returned where two commits have no common ancestor.
	ErrNoMergeBase = errors.New("no common ancestor")
	// ErrTooLarge is returned where more of a file is asked for than is ever read.
	ErrTooLarge = fmt.Errorf("it is larger than the %d MiB that are read", MaxBlob>>20)
	// ErrRefused is returned of a push that a rule of the remote refuses.
	ErrRefused = errors.New("the remote refuses it")
	// ErrShallow is returned, beside another or alone, where a shallow clone
	// lacks the commits that were asked for.
	ErrShallow = errors.New("the clone is shallow")
	// ErrMissing is returned where the repository lacks an object.
	ErrMissing = errors.New("an object is missing")
)

const (
	deepen = "this clone is shallow: fetch the whole history, by `fetch-depth: 0` of actions/checkout, by `GIT_DEPTH: 0` in GitLab CI, or by `git fetch --unshallow`"
	refill = "this clone is partial or damaged: clone without `filter`"
)

// kindError says in its own words what one or more of the errors above stand
// for.
type kindError struct {
	text  string
	kinds []error
}

func (e *kindError) Error() string   { return e.text }
func (e *kindError) Unwrap() []error { return e.kinds }

// code shows a name of any characters on one line.
func code(name string) string {
	if strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError }) {
		quoted := strconv.Quote(name)
		name = quoted[1 : len(quoted)-1]
	}
	return "`" + name + "`"
}

// commandError is a git command that failed, in git's own words.
type commandError struct {
	command, said string
	err           error
}

func (e *commandError) Error() string {
	if e.said == "" {
		return fmt.Sprintf("git %s: %v", e.command, e.err)
	}
	return fmt.Sprintf("git %s: %s", e.command, e.said)
}

func (e *commandError) Unwrap() error { return e.err }

// said is what git said of it, "" if it said nothing.
func said(err error) string {
	if e, ok := errors.AsType[*commandError](err); ok {
		return e.said
	}
	return ""
}
