package rule

// Example is a small piece of an escalation, people or policy file.
type Example struct {
	// Before holds the entries of the version before, where the rule is about
	// what changes.
	Before string
	// YAML holds top-level entries, which stand in place of those of a whole
	// escalation; or, after lines of the form `-- path --`, entries of several
	// files; after `-- path (whole) --`, a whole file. Empty where the fault is
	// not in a text.
	YAML string
	// Mark is, in a wrong example, the text that the finding underlines. Empty
	// where it stands for the file as a whole.
	Mark string
	// Note says what no text can show.
	Note string
}

func ex(yaml string) Example           { return Example{YAML: yaml} }
func marked(yaml, mark string) Example { return Example{YAML: yaml, Mark: mark} }
func changed(before, yaml, mark string) Example {
	return Example{Before: before, YAML: yaml, Mark: mark}
}
