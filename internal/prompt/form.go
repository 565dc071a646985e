package prompt

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"

	"github.com/escalations-as-code/escalate/internal/terminal"
)

const (
	listed  = 9   // how many lines of a list are seen at once
	written = 5   // how many lines of a text are
	widest  = 100 // how many columns a form takes at most

	// narrowest and lowest are the columns and rows that a form needs.
	narrowest = 20
	lowest    = 8
)

// form asks a page at once.
func (t *Terminal) form(ctx context.Context, page []Question, answers [][]string) error {
	fields := make([]huh.Field, len(page))
	take := make([]func() []string, len(page))
	for i := range page {
		fields[i], take[i] = t.field(&page[i])
	}
	form := huh.NewForm(huh.NewGroup(fields...)).WithAccessible(false).WithTheme(theme()).WithKeyMap(keys()).WithWidth(t.width())
	var inEditor *huh.Text // the text for which the editor is wanted
	var typed search
	form.WithProgramOptions(
		tea.WithInput(&watched{t.In}), tea.WithOutput(t.Out), tea.WithEnvironment(t.Environ),
		tea.WithoutSignalHandler(), // the signals are ctx's
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			if text, isText := form.GetFocusedField().(*huh.Text); isText && t.wantsEditor(msg) {
				inEditor = text
				return tea.QuitMsg{}
			}
			msg = t.before(form, msg)
			if list, is := form.GetFocusedField().(*huh.Select[string]); is && typed.goes(list, page[slices.Index(fields, huh.Field(list))].Options, msg) {
				return typed
			}
			return msg
		}),
	)
	form.WithViewHook(func(v tea.View) tea.View {
		if inEditor != nil {
			v.Content = "" // it is drawn anew below what the editor leaves
		}
		return v
	})
	// A form that gives its terminal away and takes it back may stay frozen
	// (github.com/charmbracelet/bubbletea/issues/1778). So it ends for the editor, and
	// goes on afterwards where it was.
	for {
		inEditor = nil
		switch err := form.RunWithContext(ctx); {
		case errors.Is(err, huh.ErrUserAborted), errors.Is(err, huh.ErrTimeout): // also a terminal that is gone
			return ErrStopped
		case err != nil:
			return err
		case inEditor != nil && form.State == huh.StateNormal:
			t.edit(inEditor, page[slices.Index(fields, huh.Field(inEditor))].Help)
			continue
		case form.State != huh.StateCompleted:
			return ErrStopped
		}
		break
	}
	for i := range page {
		answers[i] = take[i]()
	}
	return nil
}

// watched says of an input that has ended that it has: the form would wait for more.
type watched struct{ *os.File }

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	if errors.Is(err, io.EOF) {
		err = ErrStopped
	}
	return n, err
}

// width is how many columns a form takes.
func (t *Terminal) width() int { return min(t.Screen.Room(0), widest) }

// height is how many lines a list takes with its question.
func (t *Terminal) height(q *Question) int {
	lines := func(text string, before int) int {
		if text == "" {
			return 0
		}
		return strings.Count(terminal.Screen{Width: t.width() - before}.Wrap(terminal.Line(text), 0, ""), "\n") + 1
	}
	const frame, box = 2, 8 // what stands before a line of the form, and before an option
	all := 0
	if q.unset() {
		all++
	}
	for _, o := range q.Options {
		all += lines(o.Label, box)
	}
	return lines(q.Title, frame) + lines(q.Help, frame) + min(all, listed)
}

// field is the field of a question, and what reads its answer.
func (t *Terminal) field(q *Question) (huh.Field, func() []string) {
	title, help := terminal.Line(q.Title), terminal.Line(q.Help)
	options := make([]huh.Option[string], len(q.Options))
	for i, o := range q.Options {
		options[i] = huh.NewOption(terminal.Line(o.Label), o.Value)
	}
	switch q.Kind {
	case One:
		value := first(q.Answer)
		if q.unset() {
			options = slices.Insert(options, 0, huh.NewOption("(choose)", ""))
		}
		s := huh.NewSelect[string]().Title(title).Description(help).Options(options...).Value(&value).Validate(q.check)
		s.Height(t.height(q))
		return s, func() []string { return some(s.GetValue().(string)) }
	case Some:
		values := append([]string{}, q.Answer...)
		m := huh.NewMultiSelect[string]().Title(title).Description(help).Options(options...).Value(&values).
			Validate(func(v []string) error { return q.check(strings.Join(v, "\n")) })
		m.Height(t.height(q))
		return m, func() []string { return append([]string{}, values...) }
	case Text:
		value := plainText(strings.Join(q.Answer, "\n"))
		x := huh.NewText().Title(title).Description(help).Lines(written).Value(&value).Validate(q.check).ExternalEditor(len(t.Editor) > 0)
		return x, func() []string { return some(plainText(x.GetValue().(string))) }
	}
	value := plainText(first(q.Answer))
	in := huh.NewInput().Title(title).Description(help).Prompt("> ").Value(&value).Validate(func(text string) error { return q.check(q.meant(text)) })
	if len(options) > 0 {
		labels := make([]string, len(options))
		for i, o := range options {
			labels[i] = o.Key
		}
		in.Suggestions(labels)
	}
	return in, func() []string { return some(q.meant(value)) }
}

// unset reports whether a list begins with a line that chooses nothing.
func (q *Question) unset() bool { return q.Kind == One && q.Unset && first(q.Answer) == "" }

// meant is what a line says: the proposal of which it is the label, or itself.
func (q *Question) meant(text string) string {
	text = strings.TrimSpace(plainText(text))
	for _, o := range q.Options {
		if strings.EqualFold(text, terminal.Line(o.Label)) {
			return o.Value
		}
	}
	return text
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// some is an answer, or none.
func some(value string) []string {
	if strings.TrimSpace(value) == "" {
		return []string{}
	}
	return []string{value}
}

// before changes what happens to a form: whoever types at a list searches it, Esc ends
// the search or else all, and what is pasted is plain text.
func (t *Terminal) before(form *huh.Form, msg tea.Msg) tea.Msg {
	type list interface{ GetFiltering() bool }
	focused := form.GetFocusedField()
	at, isList := focused.(list)
	switch msg := msg.(type) {
	case tea.PasteMsg:
		msg.Content = plainText(msg.Content)
		return msg
	case tea.WindowSizeMsg: // the form has an empty line that it does not count
		msg.Width, msg.Height = max(msg.Width, narrowest), max(msg.Height, lowest)-1
		return msg
	case tea.KeyPressMsg:
		searching := isList && at.GetFiltering()
		switch {
		case msg.String() == "esc" && searching:
			focused.Update(msg) // ends the search: what it hid is seen again
			return press(showAll)
		case msg.String() == "esc":
			return tea.InterruptMsg{}
		case isList && key.Matches(msg, next):
			leave(focused, searching)
		case isList && !searching && strings.TrimSpace(msg.Text) != "":
			focused.Update(press(slash))
		}
	}
	return msg
}

// search is what was typed to search a list of which one is chosen.
type search string

// goes searches the list by a key, and reports whether the key did that. It goes to what
// begins with what was typed: "high" is that option, and not the one above it that says
// "a high risk" behind its name.
func (s *search) goes(list *huh.Select[string], options []Option, msg tea.Msg) bool {
	key, is := msg.(tea.KeyPressMsg)
	switch {
	case !is || !list.GetFiltering():
		*s = ""
		return false
	case key.Text != "":
		*s += search(key.Text)
	case key.String() == "backspace":
		runes := []rune(*s)
		*s = search(runes[:max(len(runes)-1, 0)])
	default:
		return false
	}
	list.Update(key)
	i := slices.IndexFunc(options, func(o Option) bool {
		return strings.HasPrefix(strings.ToLower(terminal.Line(o.Label)), strings.ToLower(string(*s)))
	})
	for range options {
		if at, ok := list.Hovered(); i < 0 || !ok || at == options[i].Value {
			break
		}
		list.Update(tea.KeyPressMsg{Code: tea.KeyDown})
	}
	return true
}

// edit opens an editor.
var edit = key.NewBinding(key.WithKeys("ctrl+e"), key.WithHelp("ctrl+e", "editor"))

// wantsEditor says whether a message asks for the editor.
func (t *Terminal) wantsEditor(msg tea.Msg) bool {
	press, is := msg.(tea.KeyPressMsg)
	return is && key.Matches(press, edit) && len(t.Editor) > 0
}

// edit has the text of a field written in the editor. Where that fails, the field says
// so in place of its help, and keeps its text.
func (t *Terminal) edit(field *huh.Text, help string) {
	text, err := t.editor(field.GetValue().(string))
	if err != nil {
		what := "The editor failed: " + err.Error()
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			what = "There is no editor " + t.Editor[0] + " here: EDITOR says which one to take"
		}
		field.Description(terminal.Line(what + ". The text is as it was."))
		return
	}
	text = strings.TrimRight(plainText(text), "\n")
	field.Value(&text).Description(terminal.Line(help))
}

// editor is what somebody makes of a text in the editor that git would take. Nothing
// stops the editor but its user: it has what they wrote.
func (t *Terminal) editor(text string) (edited string, err error) {
	file, err := os.CreateTemp("", "escalate-*.md")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	cmd := exec.Command(t.Editor[0], append(slices.Clone(t.Editor[1:]), file.Name())...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.In, t.Out, t.Out
	if err := cmd.Run(); err != nil {
		return "", err
	}
	data, err := os.ReadFile(file.Name())
	if errors.Is(err, os.ErrNotExist) {
		return "", errors.New("it left no file")
	}
	return string(data), err
}

// next leaves a list.
var next = key.NewBinding(key.WithKeys("enter", "tab"))

// leave ends the search of a list that somebody is about to leave: it shows all again,
// and what was found stays chosen.
func leave(field huh.Field, searching bool) {
	switch list := field.(type) {
	case *huh.Select[string]:
		if found, ok := list.Hovered(); searching && ok {
			list.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
			list.Update(press(showAll))
			list.Value(&found)
		}
	case *huh.MultiSelect[string]:
		if !searching { // Enter ends the search first, so that what was found can be chosen
			list.Update(press(showAll))
		}
	}
}

// The keys that begin a search, and that show all again after one.
const (
	slash   = '/'
	showAll = '\f' // ctrl+l
)

// press is the press of a key.
func press(r rune) tea.KeyPressMsg {
	if r == showAll {
		return tea.KeyPressMsg{Code: 'l', Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: r, Text: string(r)}
}

// keys are those of huh, without letters: a letter at a list begins a search. Enter
// makes a line of a text, as everywhere where people write; so does one that is
// pasted.
func keys() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	bind := func(help, does string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
	}
	searches := bind("type", "search", string(slash))
	k.Input.AcceptSuggestion = bind("ctrl+e", "complete", "ctrl+e", "right")
	k.Input.Submit = bind("enter", "next", "enter")
	k.Text.NewLine = bind("enter", "new line", "enter", "alt+enter", "shift+enter", "ctrl+j")
	k.Text.Next = bind("tab", "next", "tab", "ctrl+d")
	k.Text.Submit = bind("tab", "next", "tab", "ctrl+d")
	k.Text.Editor = edit
	k.Select.Up, k.Select.Down = bind("↑", "up", "up", "ctrl+p"), bind("↓", "down", "down", "ctrl+n")
	k.Select.Filter, k.Select.Submit = searches, bind("enter", "next", "enter", "tab")
	k.Select.Next = bind("enter", "next", "enter", "tab")
	k.Select.GotoTop, k.Select.GotoBottom = bind("home", "first", "home"), bind("end", "last", "end")
	k.Select.SetFilter, k.Select.ClearFilter = bind("esc", "end search", "esc"), bind("ctrl+l", "show all", "ctrl+l")
	k.MultiSelect.Up, k.MultiSelect.Down = bind("↑", "up", "up", "ctrl+p"), bind("↓", "down", "down", "ctrl+n")
	k.MultiSelect.Toggle = bind("space", "choose", "space")
	k.MultiSelect.Filter = searches
	k.MultiSelect.SetFilter, k.MultiSelect.ClearFilter = bind("enter", "end search", "esc", "enter"), bind("ctrl+l", "show all", "ctrl+l")
	k.MultiSelect.Next, k.MultiSelect.Submit = bind("enter", "next", "enter", "tab"), bind("enter", "next", "enter", "tab")
	k.MultiSelect.GotoTop, k.MultiSelect.GotoBottom = bind("home", "first", "home"), bind("end", "last", "end")
	for _, b := range []*key.Binding{&k.Select.SetFilter, &k.Select.ClearFilter, &k.MultiSelect.SetFilter, &k.MultiSelect.ClearFilter} {
		b.SetEnabled(false) // until there is a search
	}
	return k
}

// theme has the sixteen colours that the terminal's owner chose.
// They are made once: huh asks for them for each line of a list.
func theme() huh.Theme {
	s := huh.ThemeBase16(true) // it is the same on a light ground
	for _, f := range []*huh.FieldStyles{&s.Focused, &s.Blurred} {
		f.Title = f.Title.Bold(true)
		f.Description = f.Description.Foreground(lipgloss.NoColor{}).Faint(true)
		f.UnselectedOption = f.UnselectedOption.Foreground(lipgloss.NoColor{})
		f.Option = f.Option.Foreground(lipgloss.NoColor{})
	}
	plain, faint := lipgloss.NewStyle(), lipgloss.NewStyle().Faint(true)
	s.Help.ShortKey, s.Help.ShortDesc, s.Help.ShortSeparator, s.Help.Ellipsis = plain, faint, faint, faint
	return huh.ThemeFunc(func(bool) *huh.Styles { return s })
}
