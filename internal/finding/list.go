package finding

// Most is how many faults of one kind are told of one file. Nobody reads more,
// and a file made to have a hundred thousand would take all the memory.
const Most = 200

// List takes findings, but at most Most and one more, which stands for the
// rest.
type List struct {
	// Rest is the message of the one that stands for the rest.
	Rest  string
	found []Finding
}

// Take takes a finding, and hands back the one in the list, to say more of it
// before the next is taken. Of what is too much it hands back one that nobody
// will see.
func (l *List) Take(f Finding) *Finding {
	if l.Full() {
		return new(Finding)
	}
	full := len(l.found) == Most
	if full {
		f.Message, f.Hint, f.Fixes = l.Rest, "mend those above first, then check again", nil
	}
	l.found = append(l.found, f)
	if full {
		return new(Finding)
	}
	return &l.found[len(l.found)-1]
}

// Full reports whether the list takes no more.
func (l *List) Full() bool { return len(l.found) > Most }

// Findings returns what was taken.
func (l *List) Findings() []Finding { return l.found }
