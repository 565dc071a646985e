package finding

// Tally counts faults by kin: it tells what is new in a version from what the
// version before had as well.
type Tally map[Key]int

// TallyOf counts faults.
func TallyOf(found []Finding) Tally {
	if len(found) == 0 {
		return nil
	}
	t := Tally{}
	for _, f := range found {
		t[f.Kin()]++
	}
	return t
}

// Has reports whether a fault is one of those counted, and takes it out: of
// three where there were two, one is new.
func (t Tally) Has(k Key) bool {
	if t[k] == 0 {
		return false
	}
	t[k]--
	return true
}

// New returns the faults that are not among those counted.
func (t Tally) New(found []Finding) []Finding {
	var fresh []Finding
	for _, f := range found {
		if !t.Has(f.Kin()) {
			fresh = append(fresh, f)
		}
	}
	return fresh
}
