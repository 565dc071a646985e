package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// setHelp has a command and those below it print their help within the width of
// the screen.
func setHelp(root *cobra.Command, s terminal.Screen) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = io.WriteString(cmd.OutOrStdout(), help(cmd, s)) // nobody is left to tell
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		_, err := io.WriteString(cmd.OutOrStderr(), help(cmd, s))
		return err
	})
}

// help is what --help prints of a command.
func help(cmd *cobra.Command, s terminal.Screen) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(cmd.Long, "\n\n") {
		if !strings.HasPrefix(paragraph, "\t") { // cobra sets code that way
			paragraph = words.Line(paragraph)
		}
		fmt.Fprintf(&b, "%s\n\n", s.Wrap(paragraph, 0, ""))
	}
	title := func(name string) { b.WriteString(s.Paint(terminal.Bold, name+":") + "\n") }
	title("Usage")
	b.WriteString("  " + s.Wrap(usage(cmd), 2, "      ") + "\n")
	if cmd.Example != "" {
		b.WriteByte('\n')
		title("Examples")
		for line := range strings.Lines(cmd.Example) {
			b.WriteString("  " + s.Wrap(strings.TrimSpace(line), 2, "      ") + "\n")
		}
	}
	section := func(name string, rows []terminal.Row) {
		if len(rows) > 0 {
			b.WriteByte('\n')
			title(name)
			b.WriteString(s.Table(terminal.Table{Columns: make([]terminal.Column, 2), Rows: rows}))
		}
	}
	for _, g := range cmd.Groups() {
		section(g.Title, commands(cmd, g.ID))
	}
	section("Commands", commands(cmd, ""))
	section("Flags", flags(cmd.LocalFlags()))
	section("Flags of every command", flags(cmd.InheritedFlags()))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n" + s.Wrap(fmt.Sprintf("More of a command: %s COMMAND --help", cmd.CommandPath()), 0, "  ") + "\n")
	}
	if !cmd.HasParent() {
		b.WriteString(s.Wrap("So that the shell completes commands, ids and people: escalate completion --help", 0, "  ") + "\n")
	}
	return b.String()
}

func usage(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

// commands are the commands of a group.
func commands(cmd *cobra.Command, group string) []terminal.Row {
	var rows []terminal.Row
	for _, c := range cmd.Commands() {
		if c.GroupID == group && (c.IsAvailableCommand() || c.Name() == "help") {
			rows = append(rows, terminal.Row{Cells: []string{"  " + c.Name(), c.Short}})
		}
	}
	return rows
}

func flags(set *pflag.FlagSet) []terminal.Row {
	var rows []terminal.Row
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			text += " (default: " + f.DefValue + ")"
		}
		rows = append(rows, terminal.Row{Cells: []string{name, text}})
	})
	return rows
}
