package forge_test

import (
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/forge"
)

// Of all that a forge may say and leave out, one answer alone lets pages be published.
func TestWithheld(t *testing.T) {
	t.Parallel()
	all := []forge.Said{forge.Unsaid, forge.Yes, forge.No}
	published := 0
	for _, fork := range all {
		for _, on := range all {
			for _, private := range all {
				for _, jobs := range all {
					why := forge.Withheld("GitHub", forge.Hosted{Fork: fork}, forge.Pages{On: on, Private: private, Jobs: jobs})
					may := fork == forge.No && on == forge.Yes && private == forge.Yes && jobs == forge.Yes
					if (why == "") != may {
						t.Errorf("fork %v, on %v, private %v, jobs %v: %q", fork, on, private, jobs, why)
					}
					if why == "" {
						published++
					}
				}
			}
		}
	}
	if published != 1 {
		t.Errorf("%d answers publish", published)
	}
	yes := forge.Pages{On: forge.Yes, Private: forge.Yes, Jobs: forge.Yes}
	with := func(change func(*forge.Pages)) forge.Pages {
		p := yes
		change(&p)
		return p
	}
	for want, c := range map[string]struct {
		fork  forge.Said
		pages forge.Pages
	}{
		"a fork":                       {forge.Yes, yes},
		"whether":                      {forge.Unsaid, yes},
		"pages are off":                {forge.No, forge.Pages{On: forge.No}},
		"public: everybody":            {forge.No, with(func(p *forge.Pages) { p.Private = forge.No })},
		"does not say that those":      {forge.No, with(func(p *forge.Pages) { p.Private = forge.Unsaid })},
		"a branch, and not by workflo": {forge.No, with(func(p *forge.Pages) { p.Jobs = forge.No })},
	} {
		if why := forge.Withheld("GitHub", forge.Hosted{Fork: c.fork}, c.pages); !strings.Contains(why, want) {
			t.Errorf("it says %q, want %q", why, want)
		}
	}
}
