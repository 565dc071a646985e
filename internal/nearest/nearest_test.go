package nearest_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/nearest"
)

func TestOf(t *testing.T) {
	t.Parallel()
	words := []string{"critical", "high", "medium", "low", "exit_criteria", "dri", "csm_manager"}
	for misspelt, want := range map[string]string{
		"hihg": "high", "mediun": "medium", "High": "high", "exit-criteria": "exit_criteria", "Exit Criteria": "exit_criteria",
		"@dri": "dri", "cms_manager": "csm_manager", "sev1": "", "urgent": "", "lo": "", "": "", "顧客": "",
	} {
		if got := nearest.Of(misspelt, words); got != want {
			t.Errorf("%q is nearest to %q, want %q", misspelt, got, want)
		}
	}
}
