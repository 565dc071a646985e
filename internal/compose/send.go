package compose

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/internal/draft"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/schema"
)

// Send is how what was written gets to the repository: a person opens a page of the
// forge, signs in there, and sends it there.
type Send struct {
	// Label is what the button says, and Note what is to be done then.
	Label string `json:"label"`
	Note  string `json:"note,omitempty"`
	// URL is the page to open; "" where none is known.
	URL string `json:"url,omitempty"`
	// Copy is what is to be pasted there; "" where the page has it already.
	Copy string `json:"copy,omitempty"`
}

// longest is how long an address may be, in bytes. GitHub answers one of more than 8,191
// with 414 (github/docs#4537), and so does the nginx before a GitLab, whose buffers of a
// header have 8 KiB unless somebody changed that (gitlabhq/gitlabhq#8611); the rest is for
// the words around it in the request.
const longest = 8000

// send says how it gets there: by the issue form, where that says all of it; else as a
// new file; and of an escalation that there is, by a comment on its issue.
func (c *Composer) send(cs *act.Case, r Request, answers act.Answers, d *draft.Draft) *Send {
	if cs.Escalation == nil {
		return c.sendNew(cs, answers, d)
	}
	f := c.world.Forge
	if text, ok := said(cs, f.dialect(), r.Act, answers); ok && f.Platform != "" {
		if to := c.known[r.ID].Tracking; to != "" {
			return &Send{Label: "Copy the comment, and open the tracking issue", Note: "Paste it there as a comment, and send it: the bot does the rest.", URL: to, Copy: text}
		}
		return &Send{
			Label: "Copy the comment, and look for the tracking issue", Note: "Open the issue of this escalation, paste it as a comment, and send it: the bot does the rest.",
			URL: f.search(r.ID), Copy: text,
		}
	}
	return &Send{Label: "Copy the file, and open it to be edited", Note: "Put what is copied in the place of all that stands there, and propose the change.", URL: f.forge().Edit(f.Branch, d.Path), Copy: string(d.Data)}
}

// sendNew says how a new escalation gets there.
func (c *Composer) sendNew(cs *act.Case, answers act.Answers, d *draft.Draft) *Send {
	f := c.world.Forge
	dir, name := path.Split(d.Path)
	dir = strings.TrimSuffix(dir, "/")
	switch f.Platform {
	case string(ci.GitHub):
		if texts, left := form.New(cs).Fill(cs, answers); f.Form && len(left) == 0 {
			query := url.Values{"template": {path.Base(form.Path)}, "title": {"Escalation: " + answers.One("customer")}}
			for field, text := range texts {
				query.Set(field, text)
			}
			if to := f.at("issues/new", "") + "?" + query.Encode(); len(to) <= longest {
				return &Send{Label: "Open GitHub's issue form, filled in", Note: "Look at it once more, and send it: the bot makes the file of it, and proposes that.", URL: to}
			}
		}
		page := f.at("new", dir)
		query := url.Values{"filename": {name}, "value": {string(d.Data)}}
		if to := page + "?" + query.Encode(); len(to) <= longest {
			return &Send{Label: "Open GitHub's page for a new file, filled in", Note: "Look at it once more, and propose the new file.", URL: to}
		}
		query.Del("value")
		return &Send{
			Label: "Copy the file, and open GitHub's page for a new one", Note: "It is too long for an address. Paste it there, and propose the new file.",
			URL: page + "?" + query.Encode(), Copy: string(d.Data),
		}
	case string(ci.GitLab):
		if to := f.issue(cs, answers); to != nil {
			return to
		}
		return &Send{
			Label: "Copy the file, and open GitLab's page for a new one", Note: "Paste it there, and commit it on a branch with a merge request.",
			URL: f.at("new", dir) + "?" + url.Values{"file_name": {name}}.Encode(), Copy: string(d.Data),
		}
	}
	return &Send{Label: "Copy the file", Note: "Where the repository is on the web is not known here: paste it into a new file " + d.Path + ".", Copy: string(d.Data)}
}

// said is the comment that says answers, where it is read as they are.
func said(cs *act.Case, d comment.Dialect, name string, answers act.Answers) (string, bool) {
	a := acts()[name]
	text, ok := d.Write(name, answers)
	if !ok {
		return "", false
	}
	read := d.Read(text)
	if len(read.Commands) != 1 || read.Commands[0].Act != name || len(read.Unknown) > 0 {
		return "", false
	}
	again, open, err := a.Read(cs, read.Commands[0].Given)
	if err != nil || len(open) > 0 {
		return "", false
	}
	for _, q := range a.Questions {
		if strings.Join(again[q.Name], "\n") != strings.Join(answers[q.Name], "\n") {
			return "", false
		}
	}
	return text, true
}

// issue is the page of GitLab for a new issue with what the template would have people
// write; nil where that does not say all of it. The page is not asked for the template
// itself: GitLab puts a description behind it
// (https://docs.gitlab.com/user/project/issues/create_issues/).
func (f Forge) issue(cs *act.Case, answers act.Answers) *Send {
	asks := form.New(cs)
	texts, left := asks.Fill(cs, answers)
	text, ok := asks.Description(texts)
	if !f.Form || len(left) > 0 || !ok {
		return nil
	}
	page := f.at("issues/new", "")
	query := url.Values{"issue[title]": {"Escalation: " + answers.One("customer")}, "issue[description]": {text}}
	if to := page + "?" + query.Encode(); len(to) <= longest {
		return &Send{Label: "Open GitLab's page for a new issue, filled in", Note: "Look at it once more, and create it: the bot makes the file of it, and proposes that.", URL: to}
	}
	query.Del("issue[description]")
	return &Send{
		Label: "Copy the text, and open GitLab's page for a new issue", Note: "It is too long for an address. Paste it there as the description, and create the issue: the bot makes the file of it, and proposes that.",
		URL: page + "?" + query.Encode(), Copy: text,
	}
}

// search is the list of the open issues that have the id of an escalation in them.
func (f Forge) search(id schema.ID) string {
	query := url.Values{"q": {fmt.Sprintf("is:issue is:open in:title,body %q", id)}}
	if f.Platform == string(ci.GitLab) {
		query = url.Values{"state": {"opened"}, "search": {string(id)}}
	}
	return f.at("issues", "") + "?" + query.Encode()
}

// dialect is how commands are written there.
func (f Forge) dialect() comment.Dialect { return comment.On(ci.Platform(f.Platform)) }

// forge is how to get there.
func (f Forge) forge() ci.Forge {
	return ci.Forge{Platform: ci.Platform(f.Platform), Server: f.Server, Repository: f.Repository}
}

// at is the address of a page about the branch, or about the repository where the path
// is "".
func (f Forge) at(what, file string) string {
	if f.Repository == "" {
		return ""
	}
	if f.Platform == string(ci.GitLab) {
		what = "-/" + what
	}
	parts := []string{f.Repository, what}
	if file != "" {
		branch := f.Branch
		if branch == "" {
			branch = "HEAD"
		}
		parts = append(parts, branch, file)
	}
	all := strings.Split(path.Join(parts...), "/")
	for i, s := range all {
		all[i] = url.PathEscape(s)
	}
	return strings.TrimSuffix(f.Server, "/") + "/" + strings.Join(all, "/")
}

// FileOf is the name of the file of the site that has the text of an escalation.
func FileOf(id schema.ID) string { return "compose/" + string(id) + ".json" }
