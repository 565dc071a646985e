package board

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/schema"
)

// Label is one of the program's own words: as what somebody has a part, what a link
// leads to, what happened, where it was told. It says nothing of anybody, so it stays
// where all else is a pseudonym; a word that is not in the list does not.
type Label string

// edited is what happened to a field of which no moment of the process tells.
const edited = string(notice.Edited)

// kindOf is the kind of a change of package history and, where it is an edit, the field
// that was edited.
func kindOf(change string) (kind, field string) {
	if _, known := kinds()[Label(change)]; known {
		return change, ""
	}
	return edited, change
}

// kinds are the kinds of event, each with what people call it.
func kinds() map[Label]string {
	return map[Label]string{
		Label(notice.Opened):      "Opened",
		Label(notice.Reopened):    "Opened again",
		Label(notice.Severity):    "Severity",
		Label(notice.Update):      "Update",
		Label(notice.Significant): "Significant update",
		Label(notice.DRI):         "DRI",
		"cover":                   "Stand-in",
		Label(notice.ProductDRI):  "Product DRI",
		Label(notice.Criteria):    "Exit criteria",
		Label(notice.Steps):       "Next steps",
		Label(notice.Standup):     "Standup",
		Label(notice.Case):        "Case",
		Label(notice.Support):     "Support",
		Label(notice.Account):     "Account",
		Label(notice.Facts):       "Facts",
		Label(notice.RCA):         "Root cause analysis",
		Label(notice.Redacted):    "Redacted",
		Label(notice.Amended):     "Closure corrected",
		Label(notice.Edited):      "Edited",
		Label(notice.Deescalated): "Deescalated",
		Label(notice.Closed):      "Closed",
		Label(notice.Withdrawn):   "Withdrawn",
		Label(notice.Reminder):    "Reminder",
		Label(notice.Undelivered): "Not delivered",
		history.Unreadable:        "Cannot be read",
		history.Readable:          "Can be read again",
		history.Deleted:           "Deleted",
		history.Restored:          "Restored",
		history.Lost:              "Lost in a merge",
		history.Told:              "Told",
		history.Intended:          "To be told",
	}
}

// Said is what people call a kind of event; of any other label, the label.
func (l Label) Said() string {
	if s := kinds()[l]; s != "" {
		return s
	}
	return string(l)
}

// others are the labels of people, links, places and fields.
func others() []Label {
	list := []Label{
		"DRI", "stand-in", "Product DRI", "Support DRI", "CSM", "CSE", "account executive", "services project manager", "Product", "opened it",
		"informed", "FYI",
		"Case", "Meeting notes", "Collaboration project", "Issue", "Support ticket", "CSE Help case", "Services project", "Business case",
		"Root cause analysis", "Previous", "Related",
		"Closed by", "Reason", "Duplicate of", "Outcome", "Summary", "Why not all criteria", "Agreement", "Agreement waived", "Pattern issue", "Sentiment",
	}
	for _, p := range append(notice.Places(), notice.Proposal) {
		list = append(list, Label(p.Called()))
	}
	file := reflect.TypeFor[schema.Escalation]()
	for i := range file.NumField() {
		name, _, _ := strings.Cut(file.Field(i).Tag.Get("yaml"), ",")
		list = append(list, Label(name))
	}
	return list
}

// JSONSchema describes a Label.
func (Label) JSONSchema() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for l := range kinds() {
		s.Enum = append(s.Enum, string(l))
	}
	for _, l := range others() {
		s.Enum = append(s.Enum, string(l))
	}
	return s
}
