package rule

import "github.com/escalations-as-code/escalate/internal/shape"

func inScope() Rule {
	return Rule{
		Name:    "in-scope",
		Cites:   []string{"P3"},
		Summary: "an account without a CSM, a CSE and a services project says why it is in scope",
		Why: "The process is for customers with a CSM. It is also open to others where there is a strategic " +
			"partnership or relationship; then the file says which, in `account.strategic`.",
		Reading: "Accounts with a CSE and escalations about an ongoing Professional Services project count as in scope, " +
			"because the process names a DRI for them. No setting changes this.",
		Fields: []string{"/account", "/account/strategic"},
		Tell: func(c *Pass, f shape.Fault) Said {
			if f.Pointer != "/account/strategic" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the account has no CSM, no CSE and no services project, so the file must say why it is in scope",
				Hint:    "name the `csm`, or add `strategic:` with the partnership or relationship",
			}
		},
		Wrong: marked("dri: arivera\naccount:\n  region: EMEA\n  account_executive: arivera\n", "account"),
		Right: ex("dri: arivera\naccount:\n  region: EMEA\n  account_executive: arivera\n  strategic: Launch partner for the marketplace in spring\n"),
	}
}
