package report

import (
	"io"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
)

// GitLab prints findings as a Code Quality report. Faults that the base had
// already are told, too: GitLab compares with the report of the target branch.
func GitLab(w io.Writer, r finding.Report) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	issues := []issue{}
	prints := fingerprints(r.Findings)
	for i, f := range r.Findings {
		severity := "minor"
		if f.Level == finding.Error {
			severity = "major"
		}
		issues = append(issues, issue{sentence(f), f.Rule, prints[i], severity, location{f.Path, lines{f.Line}}})
	}
	return jsonfmt.Write(w, issues)
}
