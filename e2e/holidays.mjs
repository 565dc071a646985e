// Usage: node holidays.mjs FROM TO COUNTRY...
//
// Prints as JSON of each country the days from Monday to Friday that
// date-holidays calls public, in the years FROM to TO: its name by the day.
// DE-BY is the part BY of the country DE. Null, if it does not know the country.
import Holidays from 'date-holidays';

const [from, to, ...countries] = process.argv.slice(2);
const days = {};
for (const country of countries) days[country] = daysOff(country);
console.log(JSON.stringify(days));

function daysOff(code) {
  const known = new Holidays();
  if (!known.init(...code.split('-'))) return null;
  const names = {};
  for (let year = Number(from); year <= Number(to); year++) {
    for (const holiday of known.getHolidays(year)) {
      const day = holiday.date.slice(0, 10);
      const weekday = new Date(day).getUTCDay();
      if (holiday.type === 'public' && weekday !== 0 && weekday !== 6) names[day] = holiday.name;
    }
  }
  return names;
}
