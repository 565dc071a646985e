package rule

import (
	"fmt"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
)

func escalationDRI() Rule {
	return Rule{
		Name:    "escalation-dri",
		Cites:   []string{"P6"},
		Summary: "the DRI is whom the account's facts make it",
		Why: "The DRI is found in this order: the manager of the Professional Services project, where the escalation is about an ongoing one; " +
			"else the account's CSM; else the account executive, with the CSE, where there is one, as lead technical collaborator. " +
			"The file states these facts under `account`, and the DRI.",
		Reading: "Where there is neither a CSM nor a CSE, the account executive is the DRI: the process does not say. No setting changes this.",
		Fields:  []string{"/dri", "/account/account_executive", "/account/csm", "/account/cse", "/account/services_project"},
		Tell: func(c *Pass, f shape.Fault) Said {
			want, clause := process.DRI(c.Account)
			if f.Pointer == "/dri" && f.Missing() && want != "" {
				return Said{
					Message: fmt.Sprintf("the DRI is missing: it is %s, %s", code(want), clause.Who()),
					Hint:    fmt.Sprintf("write `dri: %s`: %s (clause %d of P6)", want, clause.Because(), min(int(clause), 3)),
					Instead: string(want),
					Below:   "account",
				}
			}
			if f.Pointer != "/account/account_executive" || !f.Missing() {
				return Said{}
			}
			return Said{
				Message: "the account executive is the DRI here, and the account names none: " + clause.Because(),
				Hint:    "add `account_executive:` to the account, or its `csm:`",
			}
		},
		Escalation: func(c *Pass) {
			want, clause := process.DRI(c.Account)
			if want == "" || c.DRI == "" || c.DRI == want {
				return
			}
			if clause == process.Strategic && c.Account.Strategic == "" {
				return // the account's facts are not complete, and in-scope says so
			}
			_, knowsWant := c.Person(want)
			if _, knowsDRI := c.Person(c.DRI); knowsDRI && !knowsWant {
				return // the account's handle is misspelt, and known-person says so
			}
			c.Tell("/dri", Said{
				Message: fmt.Sprintf("the DRI is %s, but must be %s, %s", code(c.DRI), code(want), clause.Who()),
				Hint:    fmt.Sprintf("write `dri: %s`, or mend the account: %s (clause %d of P6)", want, clause.Because(), min(int(clause), 3)),
				Instead: string(want),
			})
		},
		Wrong: marked("dri: okhan\naccount: {region: EMEA, csm: jdoe, account_executive: arivera}\n", "okhan"),
		Right: ex("dri: jdoe\naccount: {region: EMEA, csm: jdoe, account_executive: arivera}\n"),
	}
}
