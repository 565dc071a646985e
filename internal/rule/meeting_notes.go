package rule

func meetingNotes() Rule {
	return Rule{
		Name:    "meeting-notes",
		Cites:   []string{"P15"},
		Summary: "the customer meeting notes are linked",
		Why:     "The declaration, the opening message and the message before each standup link them: it is where everybody finds what was said.",
		Fields:  []string{"/links/meeting_notes"},
		Wrong:   marked("links:\n  case: https://crm.example.com/cases/5002\n", "links"),
		Right:   ex("links:\n  case: https://crm.example.com/cases/5002\n  meeting_notes: https://docs.example.com/northwind-notes\n"),
	}
}
