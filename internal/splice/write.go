package splice

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
)

func (s *splicer) edit(start, end int, text string) {
	s.edits = append(s.edits, edit.Edit{Start: start, End: end, Text: text})
}

// insert puts lines in where a line begins, or at the end of the file.
func (s *splicer) insert(at int, lines []string) {
	end := s.lineBreak(at)
	if above := s.above(at); above >= 0 && s.isBroken(at) {
		end = s.lineBreak(above)
	}
	text := strings.Join(lines, end)
	if s.isBroken(at) {
		text += end
	} else {
		text = end + text
	}
	s.edit(at, at, text)
}

// follow puts lines in below the one that holds an offset.
func (s *splicer) follow(at int, lines []string) {
	if len(lines) > 0 {
		end := s.lineBreak(at)
		s.edit(s.end(at), s.end(at), end+strings.Join(lines, end))
	}
}

// put puts a key that is missing, the last of a way, into the mapping before it.
func (s *splicer) put(w way, order []string, v *value) error {
	key := w.tokens[len(w.tokens)-1]
	h := s.hand()
	if s.root == nil {
		s.insert(len(s.data), h.key(key, v, 0, nil))
		return nil
	}
	in := w.last()
	switch in.Kind {
	case document.List:
		return s.refuse(in.From, "there is no entry "+key+" in this list", "add one at its end")
	case document.Scalar:
		return s.refuse(in.Start, "a text stands here, and no mapping that can have a "+key, "write its fields in the place of the text")
	}
	i := placeOf(in, key, order)
	like := s.like(w, key, i, v)
	if in.Flow {
		s.flowInsert(in, i, edit.FlowText(key)+": "+flow(v, like))
		return nil
	}
	lines := h.key(key, v, in.Column, like)
	if i > 0 {
		s.insert(s.tail(in.Parts[i-1].End, in.Column), lines)
		return nil
	}
	first := in.Parts[0].From
	if s.isFirst(first) {
		s.insert(s.head(s.start(first), in.Column), lines)
		return nil
	}
	end := s.lineBreak(first)
	lines[0] = strings.TrimLeft(lines[0], " ")
	s.edit(first, first, strings.Join(lines, end)+end+spaces(in.Column))
	return nil
}

// placeOf is the number of the key of a mapping that a new one stands before: behind
// the nearest of those that the schema has before it, at the end where the schema
// does not say.
func placeOf(in *document.Part, key string, order []string) int {
	is := slices.Index(order, key)
	known := func(p document.Part) bool { return slices.Contains(order, p.Key) }
	if is < 0 || !slices.ContainsFunc(in.Parts, known) {
		return len(in.Parts)
	}
	place, nearest := 0, -1
	for i, p := range in.Parts {
		if n := slices.Index(order, p.Key); n < is && n > nearest {
			place, nearest = i+1, n
		}
	}
	return place
}

// like is what a new key's value is to be written like: the same key in another entry
// of the list, or else what is of its kind and nearest.
func (s *splicer) like(w way, key string, i int, v *value) *document.Part {
	in := w.last()
	if n := len(w.parts); n > 1 && w.parts[n-2].Kind == document.List {
		for _, entry := range slices.Backward(w.parts[n-2].Parts) {
			if c := entry.Child(key); c != nil {
				return beside(c)
			}
		}
	}
	if v.kind == document.Scalar {
		return nil
	}
	alike := func(p *document.Part) bool {
		if p.Kind != v.kind || len(p.Parts) == 0 {
			return false
		}
		return v.kind == document.Mapping || v.isPlainList() == (p.Parts[0].Kind == document.Scalar)
	}
	for n := i - 1; n >= 0; n-- {
		if alike(&in.Parts[n]) {
			return beside(&in.Parts[n])
		}
	}
	for n := i; n < len(in.Parts); n++ {
		if alike(&in.Parts[n]) {
			return beside(&in.Parts[n])
		}
	}
	return nil
}

// entry puts an entry into the list at the end of a way, before the one at i.
func (s *splicer) entry(w way, i int, v *value) error {
	list := w.last()
	if list.Flow {
		s.flowInsert(list, i, flow(v, beside(lastOf(list))))
		return nil
	}
	n := len(list.Parts)
	lines := s.hand().entry(v, list.Column, beside(&list.Parts[min(i, n-1)]))
	apart := s.isSpaced(list, n)
	if i == n {
		if apart {
			lines = append([]string{""}, lines...)
		}
		s.insert(s.tail(list.Parts[n-1].End, list.Column), lines)
		return nil
	}
	from := list.Parts[i].From
	if !s.isFirst(from) {
		return s.refuse(from, "two dashes stand on this line", "put the second on a line of its own")
	}
	if i > 0 {
		apart = s.isSpaced(list, i+1)
	}
	if apart {
		lines = append(lines, "")
	}
	s.insert(s.head(s.start(from), list.Column), lines)
	return nil
}

// isSpaced reports whether an empty line stands between the last two of the first n
// entries of a list, so that what is new gets one, too.
func (s *splicer) isSpaced(list *document.Part, n int) bool {
	if n < 2 || list.Flow {
		return false
	}
	above := s.above(s.head(s.start(list.Parts[n-1].From), list.Column))
	return above > list.Parts[n-2].End && s.isEmpty(above)
}

// flowInsert puts an item before the one at i into what is in brackets.
func (s *splicer) flowInsert(in *document.Part, i int, item string) {
	n := len(in.Parts)
	if n == 0 {
		s.edit(in.Start+1, in.Start+1, item)
		return
	}
	next := in.Parts[min(i, n-1)]
	ownLine := s.start(next.From) > in.Start && s.isFirst(next.From)
	indent := string(s.data[s.start(next.From):next.From])
	switch {
	case i < n && ownLine:
		s.insert(s.head(s.start(next.From), utf8.RuneCountInString(indent)), []string{indent + item + ","})
	case i < n:
		s.edit(next.From, next.From, item+", ")
	case !ownLine:
		s.edit(next.End, next.End, ", "+item)
	case s.end(next.End) >= in.End: // the bracket closes on the line of the last
		s.edit(next.End, next.End, ","+s.lineBreak(in.Start)+indent+item)
	default:
		if s.comma(next.End, in.End) < 0 {
			s.edit(next.End, next.End, ",")
		} else {
			item += ","
		}
		s.insert(s.next(max(next.End, s.comma(next.End, in.End))), []string{indent + item})
	}
}

// comma is where the first comma stands from start to end that is in no comment; -1
// where there is none.
func (s *splicer) comma(start, end int) int {
	for i := start; i < end; i++ {
		switch s.data[i] {
		case ',':
			return i
		case '#':
			i = s.end(i)
		}
	}
	return -1
}

// replace puts another value in the place of what stands at the end of a way.
func (s *splicer) replace(w way, v *value) error {
	p, in := w.last(), w.parts[len(w.parts)-2]
	if w.inFlow() {
		text := flow(v, itself(p, edit.FlowText))
		switch {
		case p.Kind != document.Nothing:
			s.edit(p.Start, p.End, text)
		case p.HasColon:
			s.edit(p.Sep, p.Sep, " "+text)
		default:
			s.edit(p.Sep, p.Sep, ": "+text)
		}
		return nil
	}
	h := s.hand()
	isBlock := (p.Kind == document.Mapping || p.Kind == document.List) && !p.Flow
	if in.Kind == document.List && (isBlock || v.kind == document.Mapping && !h.isFlow(v, in.Column, p)) {
		lines := h.entry(v, in.Column, p)
		end := s.lineBreak(p.From)
		s.edit(p.From, s.lastEnd(p, in), strings.TrimLeft(strings.Join(lines, end), " "))
		return nil
	}
	head, body := h.below(v, in.Column, itself(p, edit.Text))
	before := head // with the blank behind the colon
	if head != "" {
		before = " " + head
	}
	onLine := s.oneLine(p.Sep, p.Start)
	switch {
	case p.Kind == document.Nothing:
		s.edit(p.Sep, p.Sep, before)
		s.follow(p.Sep, body)
	case isBlock:
		s.edit(p.Sep, p.Sep, before)
		s.edit(s.end(p.Sep), s.lastEnd(p, in), "")
		s.follow(p.Sep, body)
	case onLine && (p.Style == '|' || p.Style == '>'):
		header := p.Start + len(strings.TrimRight(strings.Split(s.line(p.Start)[p.Start-s.start(p.Start):]+" ", " ")[0], "\t"))
		s.edit(p.Sep, header, before)
		s.edit(s.end(p.Start), max(p.End, s.end(p.Start)), "")
		s.follow(p.Start, body)
	case onLine && head == "":
		s.edit(p.Sep, p.End, "")
		s.follow(p.End, body)
	case onLine:
		s.edit(p.Start, p.End, head)
		s.follow(p.End, body)
	case len(body) == 0:
		s.edit(p.Start, p.End, head)
	case s.isBlank(p.Sep, p.Start) && p.Style != '|' && p.Style != '>':
		s.edit(p.Sep, p.End, before)
		s.follow(p.End, body)
	default:
		return s.refuse(p.From, "this value stands on a line of its own and cannot be replaced by one of several lines", "put it behind its colon")
	}
	return nil
}

// lastEnd is the end of the last line that belongs to a value of what is not in
// brackets.
func (s *splicer) lastEnd(p, in *document.Part) int {
	tail := s.tail(p.End, in.Column)
	if tail == len(s.data) && !s.isBroken(tail) {
		return tail
	}
	return s.end(s.above(tail))
}

// cut takes away what stands at the end of a way. Something is left beside it.
func (s *splicer) cut(w way) error {
	p, in := w.last(), w.parts[len(w.parts)-2]
	i := slices.IndexFunc(in.Parts, func(c document.Part) bool { return c.From == p.From })
	if in.Flow {
		return s.flowCut(in, i)
	}
	if !s.isFirst(p.From) { // behind the dash of an entry
		if i+1 == len(in.Parts) {
			return s.refuse(p.From, "this stands on the line of something else", "remove it by hand")
		}
		if next := in.Parts[i+1].From; s.isBlank(p.End, next) {
			s.edit(p.From, next, "")
			return nil
		}
		dash := s.start(p.From) + len(strings.TrimRight(string(s.data[s.start(p.From):p.From]), " \t"))
		s.edit(dash, s.tail(p.End, in.Column), s.lineBreak(p.End))
		return nil
	}
	from, to := s.head(s.start(p.From), in.Column), s.tail(p.End, in.Column)
	// Of the empty lines around it, one goes.
	above, n := s.above(from), len(in.Parts)
	behindGap := above >= 0 && s.isEmpty(above) && (i == 0 || above > in.Parts[i-1].End)
	beforeGap := to < len(s.data) && s.isEmpty(to)
	switch isList := in.Kind == document.List; {
	case i > 0 && s.keepsEnd(in.Parts[i-1]): // it would take the lines below for its own
		for to < len(s.data) && s.isEmpty(to) {
			to = s.next(to)
		}
	case beforeGap && i < n-1 && (behindGap || i == 0 && isList):
		to = s.next(to)
	case behindGap && (beforeGap || to == len(s.data) || isList && i == n-1 && s.isSpaced(in, n-1)):
		from = above
	}
	if to == len(s.data) && !s.isBroken(to) { // nor does the file end with a line break then
		for above := s.above(from); above >= 0 && s.isEmpty(above) && (i == 0 || above > in.Parts[i-1].End); above = s.above(above) {
			from = above
		}
		if i == 0 || !s.keepsEnd(in.Parts[i-1]) {
			from = s.end(s.above(from))
		}
	}
	s.edit(from, to, "")
	return nil
}

// keepsEnd reports whether a value ends with a text below |+, of which each line
// break counts.
func (s *splicer) keepsEnd(p document.Part) bool {
	for len(p.Parts) > 0 && !p.Flow {
		p = p.Parts[len(p.Parts)-1]
	}
	header, _, _ := strings.Cut(string(s.data[p.Start:s.end(p.Start)]), "#")
	return (p.Style == '|' || p.Style == '>') && strings.Contains(header, "+")
}

// flowCut takes the item at i out of what is in brackets.
func (s *splicer) flowCut(in *document.Part, i int) error {
	n, p := len(in.Parts), in.Parts[i]
	comma := s.comma(p.End, in.End)
	end := p.End
	if i < n-1 || comma >= 0 && s.isBlank(p.End, comma) && s.oneLine(p.End, comma) {
		end = comma + 1
	}
	rest := strings.TrimSpace(string(s.data[end:max(s.end(end), end)]))
	if s.start(p.From) > in.Start && s.isFirst(p.From) && (rest == "" || rest[0] == '#') {
		s.edit(s.head(s.start(p.From), utf8.RuneCount(s.data[s.start(p.From):p.From])), s.next(end), "")
		if i == n-1 && end == p.End { // what is last now gets no comma
			if before := s.comma(in.Parts[i-1].End, p.From); before >= 0 {
				s.edit(before, before+1, "")
			}
		}
		return nil
	}
	from, to := p.From, 0
	if i < n-1 {
		to = in.Parts[i+1].From
	} else {
		from, to = in.Parts[i-1].End, p.End
	}
	between := s.data[from:p.From]
	if i < n-1 {
		between = s.data[p.End:to]
	}
	if strings.Contains(string(between), "#") {
		return s.refuse(p.From, "it cannot be told to what the comment beside this belongs", "remove it by hand")
	}
	s.edit(from, to, "")
	return nil
}
