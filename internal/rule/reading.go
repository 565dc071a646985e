package rule

import "strings"

// readingRules lists what package document finds: faults of a hand-written
// YAML file that have nothing to do with the process.
func readingRules() []Rule {
	return []Rule{
		{
			Name:    "yaml-syntax",
			Summary: "the file is YAML: `key: value` lines, indented by level",
			Why: "A line is a key, a colon, a space and a value. What belongs to a key stands below it, indented by two spaces; lines that belong together begin in the same column. " +
				"Brackets and quotes that go on in the next line are indented, too. " +
				"What could not be read is left out of the other checks, which go on with the rest.",
			Wrong: marked("account:\n  region: EMEA\n   csm: jdoe\n", "csm: jdoe"),
			Right: ex("account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n"),
		},
		{
			Name:    "yaml-hash",
			Summary: "a # behind a space begins a comment: text with one goes in quotes",
			Why: "`channel: #esc_x` is an empty channel with a comment to YAML, and `summary: Ticket #4711 is slow` ends at Ticket. Nothing else would say so. " +
				"A comment that is meant as one has a space behind its #, and one before it.",
			Wrong: marked("channel: #esc_northwind\n", "#esc_northwind"),
			Right: ex("channel: esc_northwind\n"),
		},
		{
			Name:    "yaml-at",
			Summary: "a handle stands without its @",
			Why:     "People mention each other as @jane, but YAML does not allow text to begin with an @. Handles stand bare; text that must begin with an @ goes in quotes.",
			Wrong:   marked("fyi: [@rking]\n", "@rking"),
			Right:   ex("fyi: [rking]\n"),
		},
		{
			Name:    "yaml-colon",
			Summary: "text with a colon and a space goes in quotes, and a key has a space behind its colon",
			Why:     "A colon followed by a space separates a key from its value, wherever it stands. In quotes, or below a `|`, it is only text.",
			Wrong:   marked("summary: Northwind: pipelines wait 40 minutes\n", "Northwind: pipelines wait 40 minutes"),
			Right:   ex("summary: \"Northwind: pipelines wait 40 minutes\"\n"),
		},
		{
			Name:    "yaml-quote",
			Summary: "quotes enclose the whole value, and are closed",
			Why:     "If a value begins with a quote, it ends with the same one. Inside single quotes, a single quote is written twice; longer texts are easiest below a `|`.",
			Wrong:   marked("summary: \"Pipelines\" wait 40 minutes\n", "wait 40 minutes"),
			Right:   ex("summary: '\"Pipelines\" wait 40 minutes'\n"),
		},
		{
			Name:    "yaml-bracket",
			Summary: "brackets are closed",
			Why:     "A list `[a, b]` or a mapping `{a: 1}` that is opened on a line is best closed on it.",
			Wrong:   marked("fyi: [rking\n", "["),
			Right:   ex("fyi: [rking]\n"),
		},
		{
			Name:    "yaml-special",
			Summary: "text does not begin with a character that means something to YAML",
			Why:     "Text that begins with a backtick or one of `% * & ! | > [ {` means something else to YAML: put it in quotes. Shorthands with & and * are not used: each file can be read from top to bottom.",
			Wrong:   marked("summary: *All* pipelines wait 40 minutes\n", "*All* pipelines wait 40 minutes"),
			Right:   ex("summary: \"*All* pipelines wait 40 minutes\"\n"),
		},
		{
			Name:    "yaml-bullet",
			Summary: "an entry of a list begins with a dash and a space",
			Why:     "Documents and chats put bullets, long dashes or numbers before the entries of a list. YAML knows only the dash, with a space behind it.",
			Wrong:   marked("exit_criteria:\n  • criterion: Queue time under 60 s\n", "• criterion: Queue time under 60 s"),
			Right:   ex("exit_criteria:\n  - criterion: Queue time under 60 s\n"),
		},
		{
			Name:    "yaml-tab",
			Summary: "lines are indented with spaces, never with tabs",
			Why:     "YAML does not allow tabs there: they look different in every editor.",
			Wrong:   marked("account:\n\tregion: EMEA\n\tcsm: jdoe\n\taccount_executive: arivera\n", "\t"),
			Right:   ex("account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n"),
		},
		{
			Name:    "yaml-duplicate-key",
			Summary: "a key stands once",
			Why:     "Only one of two values could count, and programs differ in which.",
			Wrong:   marked("account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n  region: AMER\n", "region"),
			Right:   ex("account:\n  region: EMEA\n  csm: jdoe\n  account_executive: arivera\n"),
		},
		{
			Name:    "yaml-documents",
			Summary: "a file holds one escalation",
			Why:     "A line of three dashes begins another document, which nothing would read.",
			Wrong:   marked("skills: [reads production logs]\n---\ncustomer: Fabrikam\n", "---"),
			Right:   ex("skills: [reads production logs]\n"),
		},
		{
			Name:    "yaml-encoding",
			Summary: "the file is text in UTF-8, without invisible characters",
			Why:     "Such characters come with text that was copied from elsewhere. A byte order mark and the line ends of Windows are fine.",
			Wrong:   marked("summary: Pipelines wait\x00 40 minutes\n", " "),
			Right:   ex("summary: Pipelines wait 40 minutes\n"),
		},
		{
			Name:    "yaml-nesting",
			Summary: "values are not nested needlessly",
			Why:     "No field is nested deeper than a few levels. This one is a mistake, or meant to do harm.",
			Wrong:   marked("skills: "+strings.Repeat("[", 70)+strings.Repeat("]", 70)+"\n", "skills"),
			Right:   ex("skills: [reads production logs]\n"),
		},
		{
			Name:    "merge-conflict",
			Summary: "no merge is left unfinished",
			Why:     "Git writes both versions into the file, between lines of `<<<<<<<`, `=======` and `>>>>>>>`. Keep what is right of the two and delete those lines.",
			Wrong:   marked("<<<<<<< HEAD\nseverity: high\n=======\nseverity: medium\n>>>>>>> main\n", "<<<<<<< HEAD"),
			Right:   ex("severity: high\n"),
		},
		{
			Name:    "file-size",
			Summary: "a file is at most 1 MiB",
			Why:     "An escalation is a few kilobytes. Logs and long documents are linked.",
			Wrong:   Example{Note: "a file of more than 1,048,576 bytes"},
		},
	}
}

// placeRules lists what package tree finds: files in the wrong place.
func placeRules() []Rule {
	return []Rule{
		{
			Name:    "file-place",
			Cites:   []string{"P36"},
			Summary: "an escalation is `escalations/<year>/<name>.yaml`",
			Why: "The path is the escalation's identity: it stands in announcements and links. The year has four digits; " +
				"the name has small letters, digits, dashes and underscores, at most 76, because the channel is called by it.",
			Wrong: Example{YAML: "-- escalations/2026/North Wind.yaml --\ncustomer: North Wind\n"},
			Right: ex("-- escalations/2026/north-wind.yaml --\ncustomer: North Wind\n"),
		},
		{
			Name:    "file-empty",
			Summary: "a file says something",
			Why:     "An empty escalation is a mistake, and so is an empty directory. An empty policy.yaml is fine: then the defaults hold.",
			Wrong:   Example{YAML: "-- escalations/2026/northwind.yaml (whole) --\n# later\n"},
		},
		{
			Name:    "file-link",
			Cites:   []string{"P36"},
			Summary: "a file or a folder is no symbolic link",
			Why:     "A link can lead out of the repository or nowhere, and two paths to one file are two escalations to everything else. What stands behind it is no part of what git has here.",
			Wrong:   Example{Note: "`escalations/2026/northwind.yaml` is a link to `../../elsewhere.yaml`, or `escalations` one to another folder"},
		},
		{
			Name:    "file-filtered",
			Summary: "git keeps of a file what stands on the disk",
			Why: "By an attribute, git can put another text on the disk than it keeps: `ident` fills in $Id$, `working-tree-encoding` writes in another encoding, `filter` does anything. " +
				"What is told is what git keeps, so a person would read one text and tell another. That lines end otherwise, as on Windows, changes no text, and is no fault. " +
				"What a sparse checkout leaves out is read from git's index.",
			Wrong: Example{Note: "a .gitattributes with `*.yaml ident`, and a file that says $Id$"},
			Right: Example{Note: "a .gitattributes with `*.yaml text eol=lf`"},
		},
		{
			Name:    "file-unreadable",
			Summary: "a file can be read",
			Why:     "What cannot be read is not passed over in silence.",
			Wrong:   Example{Note: "a file without the right to read it"},
		},
		{
			Name:    "file-unknown",
			Summary: "escalations/ holds escalations, people.yaml and policy.yaml (a warning)",
			Why:     "Any other file is not checked, and was perhaps meant to be: its name may lack .yaml. Markdown and hidden files are left alone.",
			Wrong:   Example{YAML: "-- escalations/2026/northwind (whole) --\ncustomer: Northwind Traders\n"},
			Right:   ex("-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n"),
		},
	}
}

// shapeRules lists faults against the schema that break no rule of the process
// by themselves.
func shapeRules() []Rule {
	return []Rule{
		{
			Name:    "unknown-key",
			Summary: "every key is a field of the format",
			Why:     "A misspelt key would be ignored, and what it says with it. A key that is plainly a misspelt one is judged as the one that was meant.",
			Wrong:   marked("sumary: Pipelines wait 40 minutes\n", "sumary"),
			Right:   ex("summary: Pipelines wait 40 minutes\n"),
		},
		{
			Name:    "field-required",
			Summary: "a field that must be there is there, and not empty",
			Why:     "`escalate schema` and the comments in your editor say what each field is for.",
			Wrong:   marked("snooze: {until: 2026-11-30, by: jdoe}\n", "snooze"),
			Right:   ex("snooze: {until: 2026-11-30, reason: Customer is on holiday, by: jdoe}\n"),
		},
		{
			Name:    "field-type",
			Summary: "a value is of the kind that its field takes",
			Why: "YAML decides by itself what a bare value is: 0123 is a number, 2026-11-20 a date, true a yes. Where text belongs, put it in quotes. " +
				"Yes and no are `true` and `false`.",
			Wrong: marked("fyi: rking\n", "rking"),
			Right: ex("fyi: [rking]\n"),
		},
		{
			Name:    "field-form",
			Summary: "a value is written as its field wants it",
			Why:     "Days are 2026-11-20, times 2026-11-20T09:30:00Z, links begin with https://.",
			Wrong:   marked("snooze: {until: next Monday, reason: Customer is on holiday, by: jdoe}\n", "next Monday"),
			Right:   ex("snooze: {until: 2026-11-30, reason: Customer is on holiday, by: jdoe}\n"),
		},
	}
}
