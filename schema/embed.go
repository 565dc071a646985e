package schema

import "embed"

// Kind is one of the three kinds of file.
type Kind string

// The kinds of file, named as `escalate schema` takes them.
const (
	KindEscalation Kind = "escalation"
	KindPeople     Kind = "people"
	KindPolicy     Kind = "policy"
)

// KindExport is what `escalate export` prints: a kind of output, and of no file.
const KindExport Kind = "export"

// KindBoard is what `escalate site` writes as data.json.
const KindBoard Kind = "board"

// Kinds returns the kinds of file.
func Kinds() []Kind { return []Kind{KindEscalation, KindPeople, KindPolicy} }

//go:embed *.schema.json
var files embed.FS

// JSON returns the JSON Schema of a kind of file, or of the output (draft 2020-12).
func JSON(k Kind) ([]byte, error) { return files.ReadFile(string(k) + ".schema.json") }
