package github

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// pace keeps to GitHub's secondary limit on content: so many issues and comments
// in a minute and in an hour. Whoever goes beyond it is refused for a while, and
// longer each time. Without a clock, there is no limit.
type pace struct {
	now  func() time.Time
	wait func(context.Context, time.Duration) error
	says func(string)
	made []time.Time // the last, the oldest first
}

// contentLimits are GitHub's, as its manual has them.
var contentLimits = []struct {
	most int
	in   time.Duration
}{{80, time.Minute}, {500, time.Hour}}

// limits reports whether an API has the limit: GitHub's own; a server of a
// company has none unless it is set.
func limits(api *url.URL) bool {
	host := api.Hostname()
	return host == "api.github.com" || strings.HasSuffix(host, ".ghe.com")
}

// turn waits until one more may be made.
func (p *pace) turn(ctx context.Context) error {
	if p.now == nil {
		return nil
	}
	for _, l := range contentLimits {
		if len(p.made) < l.most {
			continue
		}
		early := p.made[len(p.made)-l.most].Add(l.in).Sub(p.now())
		if early <= 0 {
			continue
		}
		if p.says != nil {
			p.says(fmt.Sprintf("GitHub takes %d issues and comments in %s: waiting for %s", l.most, inA(l.in), early.Round(time.Second)))
		}
		if err := p.wait(ctx, early); err != nil {
			return err
		}
	}
	p.made = append(p.made, p.now())
	if most := contentLimits[len(contentLimits)-1].most; len(p.made) > most {
		p.made = p.made[len(p.made)-most:]
	}
	return nil
}

func inA(d time.Duration) string {
	if d == time.Hour {
		return "an hour"
	}
	return "a minute"
}
