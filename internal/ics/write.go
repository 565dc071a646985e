package ics

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/schema"
)

// notice is how long before a standup it is announced (P20).
const notice = 10 * time.Minute

// calendarName is the name of a calendar's name of old, better known than NAME.
const calendarName = "X-WR-CALNAME"

// Write writes the calendar as iCalendar, under a name.
func (c Calendar) Write(w io.Writer, name string) error {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//escalations-as-code//escalate//EN")
	cal.Props.SetText(ical.PropName, escape.Line(name))
	cal.Props.SetText(calendarName, escape.Line(name))
	cal.Props.Get(calendarName).Params.Del(ical.ParamValue) // as everybody writes it
	zones := map[string]bool{}
	for _, e := range c.Events {
		zone := e.Start.Location()
		if e.AllDay || zone == time.UTC || zones[zone.String()] {
			continue
		}
		zones[zone.String()] = true
		cal.Children = append(cal.Children, timezone(zone, c.earliest(zone.String()), c.Now))
	}
	for _, e := range c.Events {
		cal.Children = append(cal.Children, e.component(c.Now))
	}
	if len(cal.Children) == 0 { // a calendar must have something in it
		cal.Children = append(cal.Children, timezone(etc, c.Now, c.Now))
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return err
	}
	_, err := w.Write(fold(b.Bytes()))
	return err
}

// etc is a zone for a calendar that needs none.
var etc = time.FixedZone("Etc/UTC", 0)

// earliest is when the first entry in a zone begins.
func (c Calendar) earliest(zone string) time.Time {
	for _, e := range c.Events {
		if e.Start.Location().String() == zone {
			return e.Start
		}
	}
	return c.Now
}

// component makes the entry for the library that writes it.
func (e Event) component(now time.Time) *ical.Component {
	v := ical.NewEvent()
	v.Props.SetText(ical.PropUID, e.UID)
	v.Props.SetDateTime(ical.PropDateTimeStamp, now.UTC())
	set(v.Props, ical.PropSequence, strconv.Itoa(e.Sequence))
	v.Props.SetText(ical.PropSummary, escape.Line(e.Summary))
	var lines []string
	for _, l := range e.Lines {
		lines = append(lines, escape.Line(l))
	}
	v.Props.SetText(ical.PropDescription, strings.Join(lines, "\n"))
	if u := address(e.URL); u != "" {
		set(v.Props, ical.PropURL, u)
	}
	if e.Private {
		v.Props.SetText(ical.PropClass, "PRIVATE")
	}
	if e.AllDay {
		v.Props.SetDate(ical.PropDateTimeStart, e.Start)
		v.Props.SetDate(ical.PropDateTimeEnd, e.End.Add(-time.Second).AddDate(0, 0, 1))
	} else {
		v.Props.SetDateTime(ical.PropDateTimeStart, e.Start)
		set(v.Props, ical.PropDuration, minutes(e.End.Sub(e.Start)))
	}
	if e.Kind == Due { // nobody is busy because something is due
		v.Props.SetText(ical.PropTransparency, "TRANSPARENT")
		return v.Component
	}
	v.Props.SetText(ical.PropLocation, escape.Line(string(e.URL)))
	set(v.Props, ical.PropRecurrenceRule, e.Rule())
	if len(e.Invited) > 0 {
		v.Props.Add(e.Organizer.prop(ical.PropOrganizer))
	}
	for _, p := range e.Invited {
		a := p.prop(ical.PropAttendee)
		a.Params.Set(ical.ParamCalendarUserType, "INDIVIDUAL")
		v.Props.Add(a)
	}
	alarm := ical.NewComponent(ical.CompAlarm)
	alarm.Props.SetText(ical.PropAction, "DISPLAY")
	alarm.Props.SetText(ical.PropDescription, escape.Line(e.Summary))
	set(alarm.Props, ical.PropTrigger, "-"+minutes(notice))
	v.Children = append(v.Children, alarm)
	return v.Component
}

// set sets a property that is no text.
func set(props ical.Props, name, value string) {
	p := ical.NewProp(name)
	p.Value = value
	props.Set(p)
}

func minutes(d time.Duration) string { return fmt.Sprintf("PT%dM", d/time.Minute) }

// prop is the person as an attendee or the organizer. A parameter cannot hold the
// double quote.
func (p Person) prop(name string) *ical.Prop {
	prop := ical.NewProp(name)
	prop.Params.Set(ical.ParamCommonName, strings.ReplaceAll(escape.Line(p.Name), `"`, "'"))
	prop.Value = "mailto:" + url.PathEscape(string(p.Email))
	return prop
}

// address is a link as a URI, which is no text and so is not escaped: what must not
// stand in one is written as its bytes.
func address(link schema.URL) string {
	var b strings.Builder
	for _, c := range []byte(link) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// fold breaks the lines that are longer than 75 octets, between characters. The
// library leaves that to whoever wants it. It parts no escape such as "\;" either:
// there are calendars that drop an entry with a line that ends in its backslash.
func fold(content []byte) []byte {
	const longest = 75
	var b bytes.Buffer
	for line := range bytes.Lines(content) {
		line = bytes.TrimSuffix(line, []byte("\r\n"))
		for room := longest; len(line) > room; room = longest - 1 { // the space counts
			end := room
			for !utf8.RuneStart(line[end]) {
				end--
			}
			if before := bytes.TrimRight(line[:end], `\`); (end-len(before))%2 == 1 {
				end--
			}
			b.Write(line[:end])
			b.WriteString("\r\n ")
			line = line[end:]
		}
		b.Write(line)
		b.WriteString("\r\n")
	}
	return b.Bytes()
}
