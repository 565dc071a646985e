package rule

func approach() Rule {
	return Rule{
		Name:    "approach",
		Cites:   []string{"P7"},
		Summary: "an escalation states its approach",
		Why:     "The DRI owns the approach to resolution and sees that everybody understands it. Whoever is informed of an escalation asks for it first.",
		Reading: "That the approach is written down in the file from the first merge is this project's reading. No setting changes it.",
		Fields:  []string{"/approach"},
		Wrong:   marked("approach:\n", "approach"),
		Right:   ex("approach: Reproduce the waiting in our lab, then tune the queue together with the customer.\n"),
	}
}
