// Usage: node ical.mjs FILE UNTIL
//
// Reads an iCalendar file with ical.js, which knows no time zone but those that
// the file describes, and prints as JSON of each event what a calendar program
// shows, with its occurrences until a moment as times in UTC.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const [file, until] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, 'utf8')));
ICAL.TimezoneService.reset();
for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);

const utc = (time) => time.toJSDate().toISOString().replace('.000Z', 'Z');
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component);
  const occurrences = [];
  const dates = event.iterator();
  for (let at = dates.next(); at && at.toJSDate() < new Date(until); at = dates.next()) occurrences.push(utc(at));
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    location: event.location ?? '',
    url: component.getFirstPropertyValue('url') ?? '',
    minutes: event.duration.toSeconds() / 60,
    day: event.startDate.isDate,
    attendees: event.attendees.map((a) => `${a.getParameter('cn')} <${a.getFirstValue()}>`),
    alarms: component.getAllSubcomponents('valarm').map((a) => a.getFirstPropertyValue('trigger').toString()),
    occurrences,
  };
});
console.log(JSON.stringify(events));
