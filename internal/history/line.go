package history

import (
	"crypto/sha256"

	"github.com/escalations-as-code/escalate/internal/git"
)

// Line is the versions of the files along the first parents of a history, oldest
// first. It tells what a merge may have lost: what another parent has, and no
// commit of the line ever had. What the line had and lacks now, its commits say.
type Line map[content]bool

// content is the sum of a path and the id of a content: of a hundred thousand versions
// nothing else would stay but these.
type content [sha256.Size]byte

func contentOf(c git.Change) content { return sha256.Sum256([]byte(c.Path + "\x00" + c.New.ID)) }

// Take takes in what a commit changed.
func (l Line) Take(c git.Change) {
	if c.New.ID != "" && isEscalation(c) {
		l[contentOf(c)] = true
	}
}

// Lacks reports whether another parent of a merge has a version of an escalation
// that the line never had.
func (l Line) Lacks(m git.Merged) bool {
	return m.New.ID != "" && isEscalation(m.Change) && !l[contentOf(m.Change)]
}
