package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/splice"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
)

// rounds is how often files are mended and checked anew: a fix may bring to light
// what it hid.
const rounds = 20

// mend makes the fixes that findings carry, until none is left, and returns the
// findings that are mended by it, and what is found then. What cannot be mended stays
// as it is, and is told with the rest.
func (o lintOptions) mend(ctx context.Context, s *session.Session, rules *rule.Set) (mended []finding.Finding, left finding.Report, err error) {
	seen := map[string]bool{} // the contents that there were: no file goes round in a circle
	for round := 0; ; round++ {
		t, _, result, err := o.judge(ctx, s, rules)
		if err != nil || round == rounds {
			return mended, result, err
		}
		fixable := map[string][]finding.Finding{}
		for _, f := range result.Findings {
			if len(f.Fixes) > 0 {
				fixable[f.Path] = append(fixable[f.Path], f)
			}
		}
		did := false
		for _, path := range slices.Sorted(maps.Keys(fixable)) {
			file := filepath.Join(s.Dir, filepath.FromSlash(path))
			data, ok := onDisk(file, t, path)
			if !ok {
				continue
			}
			out, made := mendedFile(path, data, fixable[path])
			if len(made) == 0 || seen[path+"\x00"+string(out)] {
				continue
			}
			seen[path+"\x00"+string(data)] = true
			if err := rewrite(file, out); err != nil {
				return mended, result, err
			}
			mended, did = append(mended, made...), true
		}
		if !did {
			return mended, result, nil
		}
	}
}

// mendedFile is a file with as many fixes made as go together, and the findings that
// had them: all that do not overlap or, where that makes nothing good, the first one
// that does.
func mendedFile(path string, data []byte, found []finding.Finding) (out []byte, made []finding.Finding) {
	var fixes []finding.Fix
	for _, f := range found {
		if !slices.ContainsFunc(f.Fixes, func(x finding.Fix) bool { return overlaps(x, fixes) }) {
			fixes, made = append(fixes, f.Fixes...), append(made, f)
		}
	}
	if out, err := splice.Mend(path, data, fixes); err == nil {
		return out, made
	}
	for _, f := range found {
		if out, err := splice.Mend(path, data, f.Fixes); err == nil {
			return out, []finding.Finding{f}
		}
	}
	return data, nil
}

// overlaps reports whether a fix touches what others change.
func overlaps(x finding.Fix, others []finding.Fix) bool {
	return slices.ContainsFunc(others, func(y finding.Fix) bool { return x.Start <= y.End && y.Start <= x.End })
}

// onDisk returns a file as it stands on the disk. ok is false where that is not what
// was judged: git may have had other bytes, and nothing is written over those.
func onDisk(file string, t *tree.Tree, path string) (data []byte, ok bool) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	data, err = os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	judged, err := t.ReadFile(path)
	return data, err == nil && bytes.Equal(data, judged)
}

// rewrite replaces a file at once: whoever stops this finds the one or the other.
func rewrite(file string, data []byte) (err error) {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(file), ".escalate-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("cannot write %s: %w", file, err), os.Remove(next.Name()))
		}
	}()
	_, err = next.Write(data)
	if err = errors.Join(err, next.Chmod(info.Mode().Perm()), next.Close()); err != nil {
		return err
	}
	return os.Rename(next.Name(), file)
}

// show says what was mended: with the answer for a person, beside it for a program.
func (o lintOptions) show(mended []finding.Finding) error {
	w := o.env.stderr
	if o.format.people {
		w = o.env.stdout
	}
	files := map[string]bool{}
	for _, f := range mended {
		files[f.Path] = true
		line := fmt.Sprintf("%s:%d:%d: fixed: %s [%s]", f.Path, f.Line, f.Column, f.Message, f.Rule)
		if _, err := fmt.Fprintln(w, terminal.Line(line)); err != nil {
			return err
		}
	}
	if len(mended) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s fixed in %s\n\n", words.Count(len(mended), "finding"), words.Count(len(files), "file"))
	return err
}
