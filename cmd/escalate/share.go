package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/words"
)

// newShare is the command that a release is made with. Nobody else needs it: it is
// not listed.
func newShare(env environment) *cobra.Command {
	return &cobra.Command{
		Use:    "share DIR",
		Short:  "Write the manual pages and the completions of the shells",
		Long:   "Writes the manual pages and the completions of bash, zsh and fish into a folder, as they lie below /usr/share.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := shared(cmd.Root())
			if err != nil {
				return err
			}
			for name, text := range files {
				file := filepath.Join(args[0], filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(file, text, 0o644); err != nil {
					return err
				}
			}
			fmt.Fprintf(env.stdout, "%s in %s\n", words.Count(len(files), "file"), args[0])
			return nil
		},
	}
}

// shared are the files that a package puts below /usr/share, by their paths there.
func shared(root *cobra.Command) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{
		"bash-completion/completions/escalate": func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"zsh/site-functions/_escalate":         root.GenZshCompletion,
		"fish/vendor_completions.d/escalate.fish": func(w io.Writer) error {
			return root.GenFishCompletion(w, true)
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		files[name] = b.Bytes()
	}
	for _, c := range append(available(root), root) {
		files["man/man1/"+pageName(c)+".1"] = []byte(manual(c))
	}
	return files, nil
}

// pageName is what a page is asked for by: man escalate-lint.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manual is the page of a command, in the language of man (roff). It has no date and
// no version: the same source gives the same bytes.
func manual(c *cobra.Command) string {
	var b strings.Builder
	section := func(name string) { fmt.Fprintf(&b, ".SH %s\n", name) }
	term := func(name, text string) { fmt.Fprintf(&b, ".TP\n\\fB%s\\fR\n%s\n", roff(name), roff(words.Line(text))) }
	fmt.Fprintf(&b, ".TH \"%s\" 1 \"\" \"escalate\" \"Customer escalations as code\"\n", strings.ToUpper(pageName(c)))
	section("NAME")
	fmt.Fprintf(&b, "%s \\- %s\n", roff(pageName(c)), roff(c.Short))
	section("SYNOPSIS")
	fmt.Fprintf(&b, "\\fB%s\\fR\n", roff(usage(c)))
	section("DESCRIPTION")
	for i, paragraph := range strings.FieldsFunc(c.Long, func(r rune) bool { return r == '\n' }) {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		b.WriteString(roff(words.Line(paragraph)) + "\n")
	}
	for _, g := range c.Groups() {
		var below []*cobra.Command
		for _, c := range available(c) {
			if c.GroupID == g.ID {
				below = append(below, c)
			}
		}
		if len(below) > 0 {
			section("COMMANDS: " + strings.ToUpper(g.Title))
		}
		for _, c := range below {
			term(pageName(c)+"(1)", c.Short)
		}
	}
	for _, set := range []struct {
		name  string
		flags *pflag.FlagSet
	}{{"OPTIONS", c.NonInheritedFlags()}, {"OPTIONS OF EVERY COMMAND", c.InheritedFlags()}} {
		if rows := flags(set.flags); len(rows) > 0 {
			section(set.name)
			for _, row := range rows {
				term(strings.TrimSpace(row.Cells[0]), row.Cells[1])
			}
		}
	}
	if c.Example != "" {
		section("EXAMPLES")
		b.WriteString(".nf\n")
		for line := range strings.Lines(c.Example) {
			b.WriteString(roff(strings.TrimSpace(line)) + "\n")
		}
		b.WriteString(".fi\n")
	}
	if !c.HasParent() {
		return b.String()
	}
	section("SEE ALSO")
	fmt.Fprintf(&b, "\\fB%s\\fR(1)", roff(pageName(c.Parent())))
	for _, other := range available(c.Parent()) {
		if other != c && other.GroupID == c.GroupID {
			fmt.Fprintf(&b, ",\n\\fB%s\\fR(1)", roff(pageName(other)))
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// available are the commands of ours that the help lists.
func available(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(c *cobra.Command) bool {
		return !c.IsAvailableCommand() || c.Name() == "completion"
	})
}

// roff is a line of text in the language of man: no request begins in it, and a hyphen
// is one, which can be copied.
func roff(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}
