package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// formOptions says what becomes of the issue form.
type formOptions struct {
	*options
	env   environment
	check bool
}

func newForm(env environment, opts *options) *cobra.Command {
	o := formOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "form",
		Short: "Make the issue form that opens an escalation in the browser",
		Long: "Writes " + form.Path + ", GitHub's form for a new issue, or on GitLab the description template " + form.TemplatePath + ", from the policy (severities with their meanings, regions), " +
			"the directory (who can be chosen) and the questions that `escalate new` asks. Make it anew when people come and leave, when the policy " +
			"changes and with a new version of escalate. The file is generated: what somebody changed in it is replaced, and what is different is " +
			"named. A form of that name that escalate did not make is left alone.\n\n" +
			"--check writes nothing, and exits 1 where the file is missing or not what would be written.",
		Example: "  escalate form\n  escalate form --check",
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runForm(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, and exit 1 where the file is not what would be written")
	return cmd
}

func runForm(ctx context.Context, o formOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Working(ctx)
	if err != nil {
		return err
	}
	if at := t.Misread(); at != "" {
		return fmt.Errorf("%s cannot be relied on, and the form is made of it: `escalate lint` says what is wrong", at)
	}
	dir, at := s.Dir, ci.Forge{}
	switch repo, err := s.Repo(ctx); {
	case err == nil:
		dir = topOf(repo)
		if remote, err := s.Remote(ctx); err == nil && remote != "" { // of several, none says it
			if at, err = hosted(ctx, repo, remote, o.env); err != nil {
				return err
			}
		}
	case !errors.Is(err, git.ErrNoRepository) && !errors.Is(err, git.ErrNoGit):
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	on, _ := platform(o.env, at, "", root.FS())
	wanted := issueForm(t, o.env.now())
	data, err := formOn(on, wanted)
	if err != nil {
		return err
	}
	file, err := starter.Form(root.FS(), form.PathOn(on), data)
	if err != nil {
		return err
	}
	var differs []string
	if file.State == starter.Upgraded {
		if on == ci.GitLab {
			differs = wanted.TemplateDiffers(file.Was)
		} else if differs, err = wanted.Differs(file.Was); err != nil {
			return err
		}
	}
	if file.Changes() && !o.check {
		if err := write(root, dir, file); err != nil {
			return err
		}
	}
	if err := o.say(on, file, differs); err != nil {
		return err
	}
	if file.Changes() && o.check {
		return errFindings
	}
	return nil
}

// formOn is the file of a form, as a forge takes it.
func formOn(on ci.Platform, f form.Form) ([]byte, error) {
	if on == ci.GitLab {
		return f.Template(), nil
	}
	return f.File()
}

// issueForm is the form of a company at a moment.
func issueForm(t *tree.Tree, now time.Time) form.Form { return form.New(&act.Case{Tree: t, At: now}) }

// say says what became of the form, or would.
func (o formOptions) say(on ci.Platform, file starter.File, differs []string) error {
	if o.json {
		return jsonfmt.Write(o.env.stdout, struct {
			Check   bool          `json:"check"`
			Path    string        `json:"path"`
			State   starter.State `json:"state"`
			Differs []string      `json:"differs"`
		}{o.check, file.Path, file.State, append([]string{}, differs...)})
	}
	text := map[starter.State]string{
		starter.There:    file.Path + " is what it is to be.",
		starter.Made:     "Made: " + file.Path + ". " + on.Name() + " shows it once it is on the default branch.",
		starter.Upgraded: "Made anew: " + file.Path + ". Before:",
	}
	if o.check {
		text[starter.Made] = file.Path + " is missing: `escalate form` makes it."
		text[starter.Upgraded] = file.Path + " is not what `escalate form` would write:"
	}
	var b strings.Builder
	fmt.Fprintln(&b, o.env.screen.Wrap(text[file.State], 0, "  "))
	for _, d := range differs {
		fmt.Fprintf(&b, "  - %s\n", o.env.screen.Wrap(terminal.Line(d), 4, "    "))
	}
	_, err := fmt.Fprint(o.env.stdout, b.String())
	return err
}

// topOf is the folder at the top of a repository, where a forge looks for its files.
func topOf(repo *git.Repo) string { return filepath.Join(repo.Dir, up(repo.Prefix)) }
