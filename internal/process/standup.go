package process

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Standups are the standups of a series after a moment, in their order: when each
// begins, in the zone of the series. There is none where the series does not say
// when, and no end of them where it does.
func Standups(s *schema.Standup, after time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if s == nil || after.IsZero() {
			return
		}
		zone, err := time.LoadLocation(string(s.Zone))
		clock, clockErr := time.Parse("15:04", string(s.Time))
		if err != nil || clockErr != nil {
			return // lint says so
		}
		day := after.In(zone)
		for idle := 0; idle < 8; idle++ { // the same day of the next week is the last that may be meant
			begins := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
			if begins.After(after) && slices.Contains(s.Days, schema.Day(strings.ToLower(begins.Weekday().String()[:3]))) {
				if !yield(begins) {
					return
				}
				idle = 0
			}
			day = day.AddDate(0, 0, 1)
		}
	}
}

// NextStandup returns the first of the standups after a moment; ok is false where
// there is none.
func NextStandup(s *schema.Standup, after time.Time) (begins time.Time, ok bool) {
	for begins := range Standups(s, after) {
		return begins, true
	}
	return time.Time{}, false
}

// StandupGuests returns who usually comes to the standup of an escalation and is not
// among its attendees (P19): the DRIs, whoever looks after the account, the solutions
// architects, and the leadership of CSM and of Sales. Of a role that many hold, those
// of other regions are left out.
func StandupGuests(d schema.Directory, p schema.Policy, e *schema.Escalation) []schema.Handle {
	list := append(DRIs(e), e.Account.CSM, e.Account.AccountExecutive, e.Account.CSE)
	for _, role := range []schema.Role{schema.RoleSolutionsArchitect, schema.RoleCSMManager, schema.RoleCSMLeader, schema.RoleVPSales} {
		for _, h := range Holders(d, p, role, e.Account.Region) {
			if region := d.People[h].Region; region == "" || region == e.Account.Region {
				list = append(list, h)
			}
		}
	}
	return slices.DeleteFunc(Each(list), func(h schema.Handle) bool {
		person, known := d.People[h]
		return !known || !person.Left.IsZero() || e.Standup != nil && slices.Contains(e.Standup.Attendees, h)
	})
}
