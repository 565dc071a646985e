package forge

// Pages is how a forge publishes the site of a repository.
type Pages struct {
	// On reports that there is one. Where it is not shown, there is none.
	On Said
	// Private reports that those alone read it who read the repository, Jobs that a job
	// may publish it.
	Private, Jobs Said
}

// Withheld says why pages that tell what a repository tells must not become its site; ""
// where they may. It takes that the forge says yes to each: what it leaves out counts as
// no, since a page that was public once is not taken back.
func Withheld(name string, h Hosted, p Pages) string {
	switch {
	case h.Fork == Yes:
		return "this repository is a fork, and its escalations are a copy"
	case h.Fork != No:
		return name + " does not say whether this repository is a fork"
	case p.On != Yes:
		return name + " shows no site of this repository: its pages are off"
	case p.Private == No:
		return "the site of this repository is public: everybody on the internet would read every escalation"
	case p.Private != Yes:
		return name + " does not say that those alone read the site who read the repository"
	case p.Jobs != Yes:
		return "the site of this repository is made of a branch, and not by workflows"
	}
	return ""
}
