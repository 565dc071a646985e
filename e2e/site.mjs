// Usage: node site.mjs ORIGIN DIR OPEN PAGES VIEWS
//
// Looks with Chromium at the pages of a site that lies in DIR and is served at ORIGIN, and
// prints what is wrong with them as a JSON list of texts: an error of the console, a
// request elsewhere, a dialog, what axe-core finds serious, HTML that is not valid, a page
// wider than a phone, a search, filter, sort or slider that does not work. OPEN is how many
// rows the board has, PAGES how many escalations are looked at, and VIEWS how many views of
// each page, of a phone and a desk, dark and light.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

import { HtmlValidate } from 'html-validate'
import puppeteer from 'puppeteer-core'

const [origin, dir, rows, most, views] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const wrong = []
const sample = { 'escalations/': Number(most), 'customers/': Math.ceil(Number(most) / 4), 'closed/': 1 } // so many pages of each

const pages = readdirSync(dir, { recursive: true }).map(String).filter((name) => name.endsWith('.html')).sort()
const some = (under) => {
  const all = pages.filter((name) => name.startsWith(under))
  const step = Math.max(1, Math.floor(all.length / sample[under]))
  return all.filter((_, i) => i % step === 0).slice(0, sample[under])
}
const chosen = [...pages.filter((name) => !name.includes('/')), ...some('escalations/'), ...some('customers/'), ...some('closed/')]

const validate = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'long-title': 'off', // a customer may have a long name
    'no-trailing-whitespace': 'off',
    'prefer-native-element': 'off',
    'wcag/h32': 'off', // the form narrows a list, and sends nothing
    'tel-non-breaking': 'off', // nobody writes telephone numbers for this
    'doctype-style': ['error', { style: 'lowercase' }],
    'no-implicit-button-type': 'error',
  },
})
const small = (name) => statSync(path.join(dir, name)).size < 300_000 // html-validate takes minutes for thousands of rows
for (const name of chosen.filter(small)) {
  const report = await validate.validateString(readFileSync(path.join(dir, name), 'utf8'))
  for (const m of report.results.flatMap((r) => r.messages)) wrong.push(`${name}:${m.line}: ${m.ruleId}: ${m.message}`)
}

const browser = await puppeteer.launch({ executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(), args: ['--no-sandbox', '--disable-gpu'] })
try {
  // One tab for all pages: to open one takes longer than to look at a page.
  const page = await browser.newPage()
  let where = ''
  const say = (text) => wrong.push(`${where}: ${text}`)
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warn') say(`console: ${m.text()}`) })
  page.on('pageerror', (e) => say(`error: ${e.message}`))
  page.on('dialog', async (d) => { say(`dialog: ${d.message()}`); await d.dismiss() })
  page.on('requestfailed', (r) => say(`failed: ${r.url()}`))
  page.on('request', (r) => { if (new URL(r.url()).origin !== origin) say(`asks ${r.url()}`) })
  page.on('response', (r) => { if (r.status() >= 400) say(`${r.status()} ${r.url()}`) })
  const look = async (width, scheme) => {
    await page.setViewport({ width, height: 900 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  }
  const open = async (name) => {
    where = name
    await page.goto('about:blank') // or an address that differs behind the # alone would load nothing
    await page.goto(`${origin}/${name}`, { waitUntil: 'load' })
  }

  for (const name of chosen) {
    await open(name)
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true }))
    await page.evaluate(axe)
    // Of a long list the first rows stand for all: axe-core takes minutes for ten thousand.
    await page.evaluate(() => document.querySelectorAll('tbody tr:nth-child(n + 60)').forEach((row) => row.remove()))
    for (const [width, scheme] of [[390, 'dark'], [1280, 'light'], [390, 'light'], [1280, 'dark']].slice(0, Number(views))) {
      await look(width, scheme)
      where = `${name} (${width}, ${scheme})`
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      if (wide > width) say(`is ${wide} wide`)
      const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }))
      for (const v of violations) {
        if (['serious', 'critical', 'moderate'].includes(v.impact)) say(`axe: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(' | ')}`)
      }
    }
  }

  // What is the case on a page, or it is wrong.
  const must = (what, is) => { if (!is) say(what) }
  const shown = () => page.$$eval('[data-list] tbody tr', (rows) => rows.filter((r) => !r.hidden).map((r) => r.querySelector('th').textContent))
  await open('index.html')
  const all = await shown()
  must(`the board has ${all.length} rows`, all.length === Number(rows))
  if (all.length > 2) {
    const customer = await page.$eval('[data-list] tbody tr:last-child th a', (e) => e.textContent.trim().toLowerCase())
    await page.type('[name=q]', customer, { delay: 1 })
    const found = await shown()
    must(`searched for ${customer}: ${found}`, found.length > 0 && found.length < all.length && found.every((t) => t.toLowerCase().includes(customer)))
    must(`the address is ${page.url()}`, new URLSearchParams(new URL(page.url()).hash.slice(1)).get('q') === customer)
    await page.reload({ waitUntil: 'load' })
    must('the search is not remembered', (await shown()).length === found.length && await page.$eval('[name=q]', (e) => e.value) === customer)
    await page.$eval('[name=q]', (e) => { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })) })
    await page.select('[name=severity]', 'high')
    const high = await page.$$eval('[data-list] tbody tr', (rows) => rows.filter((r) => !r.hidden).map((r) => r.dataset.severity))
    must(`filtered by severity: ${high}`, high.length > 0 && high.length < all.length && high.every((s) => s === 'high'))
    await page.select('[name=severity]', '')
    await page.click('[name=overdue]')
    must('filtered by overdue', (await page.$$eval('[data-list] tbody tr', (rows) => rows.filter((r) => !r.hidden).every((r) => 'overdue' in r.dataset))))
    await page.click('[name=overdue]')
    must('not all are back', (await shown()).length === all.length)
    // By the keyboard alone.
    await page.focus('[data-sort=age] button')
    await page.keyboard.press('Enter')
    const ages = () => page.$$eval('[data-list] td[data-label=Age]', (cells) => cells.map((c) => Number(c.dataset.v)))
    const up = await ages()
    must(`sorted by age: ${up}`, up.length > 2 && up.every((n, i) => i === 0 || up[i - 1] <= n))
    await page.keyboard.press('Enter')
    const down = await ages()
    must(`sorted by age, the other way: ${down}`, down.every((n, i) => i === 0 || down[i - 1] >= n) && page.url().endsWith('#sort=-age'))
    must('aria-sort', await page.$eval('[data-sort=age]', (e) => e.getAttribute('aria-sort')) === 'descending')
    // On paper it is dark on white, and a table, whatever the screen is.
    await look(794, 'dark')
    await page.emulateMediaType('print')
    const paper = await page.evaluate(() => {
      const of = (selector) => getComputedStyle(document.querySelector(selector))
      return [of('body').color, of('body').backgroundColor, of('.list').display, of('.list tbody tr').display, document.documentElement.scrollWidth]
    })
    must(`on paper it is ${paper}`, `${paper}` === 'rgb(0, 0, 0),rgb(255, 255, 255),table,table-row,794')
    await page.emulateMediaType()
    await look(1280, 'light')
  }
  for (const name of chosen.filter((n) => n.startsWith('escalations/'))) {
    await open(name)
    const events = await page.$$eval('[data-timeline] > li', (all) => all.map((li) => li.id))
    if (events.length > 1) {
      const said = () => page.$eval('.player p', (e) => e.textContent)
      const last = await said()
      await page.focus('.player input')
      await page.keyboard.press('Home')
      const first = await said()
      must(`the slider says ${first}`, first !== last && first.startsWith(`1 of ${events.length}: `) && /severity/.test(first) && /informed/.test(first))
      must(`the address is ${page.url()}`, page.url().endsWith('#' + events[0]))
      await open(`${name}#${events.at(-1)}`)
      must('a link to the last event', (await said()) === last)
    }
  }
  if (all.length > 2) { // without a script, all is there
    await page.setJavaScriptEnabled(false)
    await open('index.html')
    must('without a script the controls are shown', await page.$eval('[data-controls]', (e) => e.hidden))
    must('without a script there is no list', (await page.$$('[data-list] tbody tr')).length === all.length)
  }
} finally {
  await browser.close()
}
console.log(JSON.stringify(wrong))
