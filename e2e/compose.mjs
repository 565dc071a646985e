// Usage: node compose.mjs ORIGIN INPUT
//
// Writes escalations with Chromium and its keyboard on the compose page that is served at
// ORIGIN. INPUT is a JSON file: `answers` by the names of the questions, in the order in
// which they are typed; `by` and `now`, who writes and when; `hostile`, texts that must
// show as text; `tried`, files to be judged. It prints JSON: `wrong`, a list of what is
// wrong; `path` and `text`, the file that was made; `found`, what was found in each of
// `tried`; `speed`, times in milliseconds, on the clock and of the page's own thread.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import puppeteer from 'puppeteer-core'

const [origin, input] = process.argv.slice(2)
const { answers, by, now, hostile, tried } = JSON.parse(readFileSync(input, 'utf8'))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const wrong = []
const must = (what, is) => { if (!is) wrong.push(what) }
const out = { wrong, speed: {} }

const browser = await puppeteer.launch({ executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(), args: ['--no-sandbox', '--disable-gpu'] })
try {
  // The clock of the page stands still, and what it asks for is watched.
  const open = async (where, { width = 1280, scheme = 'light', world } = {}) => {
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    const asked = []
    const say = (text) => wrong.push(`${where}: ${text}`)
    page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warn') say(`console: ${m.text()}`) })
    page.on('pageerror', (e) => say(`error: ${e.message}`))
    page.on('request', (r) => { if (new URL(r.url()).origin !== origin) say(`asks ${r.url()}`) })
    page.on('response', (r) => { if (r.status() >= 400) say(`${r.status()} ${r.url()}`) })
    page.on('dialog', async (d) => { asked.push(d.type()); await d.accept() })
    await page.evaluateOnNewDocument((now) => {
      const RealDate = Date
      globalThis.Date = class extends RealDate {
        constructor(...args) { super(...(args.length > 0 ? args : [now])) }
        static now() { return new RealDate(now).getTime() }
      }
    }, now)
    if (world) {
      await page.setRequestInterception(true)
      page.on('request', (r) => r.url().endsWith('/compose.json') ? r.respond({ contentType: 'application/json', body: JSON.stringify(world) }) : r.continue())
    }
    await page.setViewport({ width, height: 1000 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.goto(`${origin}/${where}`, { waitUntil: 'load' })
    await ready(page)
    return { page, asked, say, close: () => context.close() }
  }
  const ready = (page) => page.waitForFunction(() => document.body.dataset.ready, { timeout: 60_000 })

  // Only the keyboard is used: Tab goes on until the field has the focus.
  const reach = async (page, is) => {
    for (let i = 0; i < 120; i++) {
      if (await page.evaluate(is.fn, is.arg)) return true
      await page.keyboard.press('Tab')
    }
    wrong.push(`Tab does not lead to ${is.arg}`)
    return false
  }
  const field = (id) => ({ fn: (id) => document.activeElement.id === id, arg: id })
  const group = (name) => ({ fn: (name) => document.activeElement.name === name, arg: name })
  const times = []
  const answer = async (page, question, text) => {
    const id = `q-${question}`
    const chosen = await page.evaluate((id) => document.querySelector(`input[name="${id}"]`)?.type ?? '', id)
    if (!chosen) {
      if (!await reach(page, field(id))) return
      for (const key of text) {
        if (key === '\n') await page.keyboard.press('Enter')
        else await page.keyboard.sendCharacter(key)
        times.push(await page.evaluate(() => Number(document.body.dataset.took)))
      }
      return
    }
    if (!await reach(page, group(id))) return
    await page.keyboard.press('Space')
    for (let i = 0; i < 12 && await page.evaluate(() => document.activeElement.value) !== text; i++) await page.keyboard.press('ArrowDown')
    must(`${question} is not answered by ${text}`, await page.evaluate((id, text) => document.querySelector(`input[name="${id}"]:checked`)?.value === text, id, text))
  }
  // At once, where it is not the typing that is looked at.
  const fill = (page, all) => page.evaluate((all) => {
    for (const [question, text] of Object.entries(all)) {
      const choice = [...document.getElementsByName(`q-${question}`)].find((box) => box.value === text)
      const e = choice ?? document.getElementById(`q-${question}`)
      if (choice) choice.checked = true
      else e.value = text
      e.dispatchEvent(new Event(choice ? 'change' : 'input', { bubbles: true }))
    }
  }, all)
  const state = (page) => page.$eval('#state', (e) => e.textContent)
  const look = async (page, say) => {
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true }))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    if (wide > page.viewport().width) say(`is ${wide} wide`)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }))
    for (const v of violations) {
      if (['serious', 'critical', 'moderate'].includes(v.impact)) say(`axe: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`)
    }
  }

  { // A whole escalation, by the keyboard.
    const { page, asked, say, close } = await open('compose.html')
    for (const when of ['asked', 'ready']) out.speed[when] = await page.evaluate((when) => Number(document.body.dataset[when]), when)
    await reach(page, field('by'))
    await page.keyboard.type(by)
    for (const [question, text] of Object.entries(answers)) await answer(page, question, text)
    out.path = await page.$eval('#file .muted', (e) => e.textContent)
    out.text = await page.$eval('#file pre', (e) => e.textContent)
    must(`it says ${await state(page)}`, (await state(page)).startsWith('All is there'))
    const link = await page.$eval('#send a', (a) => ({ href: a.href, target: a.target, rel: a.rel }))
    must(`it leads to ${link.href}`, link.href.startsWith('https://github.com/acme/escalations/') && link.target === '_blank' && link.rel.includes('noopener'))
    must('the DRI is not said', /^The DRI is .+: .+ P6$/.test(await page.$eval('#dri', (e) => e.textContent)))
    must('what is announced is not shown', (await page.$$('#told .telling')).length >= 3 && (await page.$eval('#told', (e) => e.textContent)).includes('#'))
    await look(page, say)
    // A finding stands under its field, and its fix is a button.
    await page.$eval('#seldom', (d) => { d.open = true })
    await answer(page, 'channel', 'wrong')
    const finding = () => page.$eval('#q-channel-says', (e) => e.textContent)
    must(`under the channel it says ${await finding()}`, (await finding()).includes('must begin with esc_') && (await finding()).includes('channel-name'))
    must('the field is not marked', await page.$eval('#q-channel', (e) => e.getAttribute('aria-invalid')) === 'true')
    await page.keyboard.press('Tab')
    must('the fix is not next', (await page.evaluate(() => document.activeElement.textContent)) === 'Write esc_wrong')
    await page.keyboard.press('Enter')
    must(`the fix leaves ${await finding()}`, (await finding()) === '' && await page.$eval('#q-channel', (e) => e.value) === 'esc_wrong')
    // The draft is there again, and leaving it asks.
    await page.reload()
    await ready(page)
    must(`leaving asks ${asked}`, asked.join() === 'beforeunload')
    must('the draft is gone', await page.$eval('#q-customer', (e) => e.value) === answers.customer && await page.$eval('#q-channel', (e) => e.value) === 'esc_wrong')
    must('who writes is gone', await page.$eval('#by', (e) => e.value) === by)
    await close()
  }
  { // What is written before the program is there is kept, and judged then.
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    await page.setRequestInterception(true)
    let release
    const asked = new Promise((resolve) => {
      page.on('request', (r) => {
        if (!r.url().endsWith('.wasm')) r.continue()
        else resolve(release = () => r.continue())
      })
    })
    await page.goto(`${origin}/compose.html`)
    await page.waitForSelector('#q-customer')
    await asked
    await page.type('#q-customer', answers.customer)
    await page.click('input[name="q-severity"][value="low"]')
    await page.type('#q-csm', 'nobody at all')
    must(`without its program it says ${await state(page)}`, (await state(page)).startsWith('The rules are being loaded'))
    release()
    await ready(page)
    must('what was written is gone', await page.$eval('#q-customer', (e) => e.value) === answers.customer && await page.$eval('input[name="q-severity"]:checked', (e) => e.value) === 'low')
    must('the focus is gone', await page.evaluate(() => document.activeElement.id) === 'q-csm')
    must('what was written is not judged', (await page.$eval('#q-csm-says', (e) => e.textContent)).includes('nobody of the directory') && (await page.$eval('#file pre', (e) => e.textContent)).includes('severity: low'))
    must('nobody can be chosen', (await page.$$('#q-csm-list option')).length > 0)
    await context.close()
  }
  { // The phone, in the dark, half written.
    const { page, say, close } = await open('compose.html', { width: 390, scheme: 'dark' })
    await answer(page, 'customer', answers.customer)
    await answer(page, 'csm', 'nobody at all')
    must('a wrong answer is not told', (await page.$eval('#q-csm-says', (e) => e.textContent)).includes('nobody of the directory'))
    await look(page, say)
    await close()
  }
  { // An update, from the page of the escalation.
    const { page, say, close } = await open('compose.html#act=update&id=2026%2Fnorthwind')
    await reach(page, field('by'))
    await page.keyboard.type(by)
    await page.waitForSelector('#q-text')
    await answer(page, 'text', 'The load test is booked.')
    must(`of an update it says ${await state(page)}`, (await state(page)).startsWith('All is there'))
    must('the comment is not there', (await page.$eval('#send pre', (e) => e.textContent)) === '/update internal The load test is booked.')
    must('the difference is not there', (await page.$eval('#file .plus', (e) => e.textContent)).startsWith('+'))
    await look(page, say)
    await close()
  }
  { // Hostile texts are text, wherever they are shown.
    const { page, close, asked } = await open('compose.html')
    await page.type('#by', by)
    const text = hostile.join(' ')
    await fill(page, { ...answers, customer: text, summary: text, description: text, ask: text, approach: text, id: '2026/hostile' })
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true }))
    must(`of hostile texts it says ${await state(page)}`, (await state(page)).startsWith('All is there'))
    must('a hostile text has become something', (await page.$$('#composer :is(script, img, svg, iframe, object, embed, base, meta, link, form form, b, i)')).length === 0)
    must('a hostile text is not shown', (await page.$eval('#told', (e) => e.textContent)).includes('<script>'))
    must(`a hostile text opens ${asked}`, asked.length === 0)
    await close()
  }
  { // Each rule breaks, and heals.
    const { page, close } = await open('rules.html'.replace('rules', 'compose') + '#example=channel-name')
    const names = await page.evaluate(async () => [...new DOMParser().parseFromString(await (await fetch('rules.html')).text(), 'text/html').querySelectorAll('a[href^="compose.html#example="]')].map((a) => a.getAttribute('href').split('=')[1]))
    must(`${names.length} examples`, names.length > 40)
    for (const name of names) {
      await page.evaluate((name) => { location.hash = `example=${name}` }, name)
      await page.waitForFunction((name) => document.getElementById('what').textContent === `The rule ${name}`, {}, name)
      const said = () => page.$eval('.verdict', (e) => e.textContent)
      must(`${name}: the example says ${await said()}`, (await page.$$('.verdict .finding')).length === 1 && (await said()).includes(name))
      const heal = (await page.$$eval('.deeds button', (all) => all.map((b) => b.textContent))).includes('Heal it')
      if (heal) {
        await page.$$eval('.deeds button', (all) => all.find((b) => b.textContent === 'Heal it').click())
        const left = await page.$$eval('.verdict .rule', (all) => all.map((e) => e.textContent.trim()))
        must(`${name}: healed, it says ${await said()}`, left.every((r) => r.startsWith('case-pending')))
      }
    }
    out.found = {}
    for (const [name, files] of Object.entries(tried)) out.found[name] = await page.evaluate((files) => JSON.parse(globalThis.escalate('judge', JSON.stringify({ files }))), files)
    await close()
  }
  { // How long it takes beside a thousand others.
    const world = JSON.parse(execFileSync('node', ['-e', `fetch('${origin}/compose.json').then((r) => r.text()).then((t) => process.stdout.write(t))`], { encoding: 'utf8', maxBuffer: 1 << 28 }))
    for (let i = 0; i < 1000; i++) world.escalations.push({ id: `2024/customer-${i}`, customer: `Customer ${i}`, channel: `esc_customer-${i}`, severity: 'high' })
    world.escalations.sort((a, b) => (a.id < b.id ? -1 : 1))
    const { page, close } = await open('compose.html', { world })
    const session = await page.createCDPSession()
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    out.speed.beside = await page.evaluate(() => Number(document.body.dataset.ready))
    await reach(page, field('by'))
    await page.keyboard.type(by)
    await fill(page, { ...answers, 'meeting-notes': '' })
    times.length = 0
    const spent = async () => (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'ScriptDuration').value * 1000
    const before = await spent()
    await answer(page, 'meeting-notes', 'https://docs.example.com/the/notes/of/the/customer/1')
    out.speed.thread = (await spent() - before) / times.length
    times.sort((a, b) => a - b)
    out.speed.median = times[times.length >> 1]
    out.speed.worst = times.at(-1)
    out.speed.keys = times.length
    await close()
  }
} finally {
  await browser.close()
}
console.log(JSON.stringify(out))
