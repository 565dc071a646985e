package main

import (
	"context"
	"fmt"
	"io"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/words"
)

// decide says whether the pages that were written may become the site of the repository:
// to people, on the page of the job too, and to the steps that follow in it, by the
// output publish. GitLab has no steps that follow: there the job fails, and its pages stay
// what they are.
func (o siteOptions) decide(ctx context.Context) error {
	why, publish := o.withheld(ctx), "false"
	if err := ctx.Err(); err != nil {
		return err
	}
	line := "The board may be published as the site of this repository, which is private."
	if why == "" {
		publish = "true"
	} else {
		line = "The board is not published: " + words.Line(why) + "."
	}
	o.env.says(line)
	if err := appendSummary(o.env, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n", escape.Markdown(line))
		return err
	}); err != nil {
		return err
	}
	if err := appendTo(o.env.ci.Outputs, "the output of the job", func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "publish=%s\n", publish)
		return err
	}); err != nil {
		return err
	}
	if why != "" && o.env.ci.Platform == ci.GitLab { // which publishes what a job leaves that does not fail
		return errFindings
	}
	return nil
}

// withheld says why the pages must not be published; "" where they may. Whatever cannot be
// asked is a reason not to.
func (o siteOptions) withheld(ctx context.Context) string {
	at := o.env.ci.Forge()
	if missing := at.Missing(); len(missing) > 0 {
		return "set " + toReach(o.env) + ", so that the forge can be asked who would read it"
	}
	unknown := func(err error) string { return "it is not known who would read it: " + err.Error() }
	repository, err := newRepository(o.env, at)
	if err != nil {
		return unknown(err)
	}
	hosted, err := repository.Hosted(ctx)
	if err != nil {
		return unknown(err)
	}
	pages, err := repository.Pages(ctx)
	if err != nil {
		return unknown(err)
	}
	return forge.Withheld(at.Platform.Name(), hosted, pages)
}
