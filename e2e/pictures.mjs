// Makes the pictures of docs/pictures that show something else than they did: the board of
// the examples, the plan on the pull request that opens one, and its declaration in Slack,
// for the README; the issue form and two pages of issues for docs/guide-csm.md. What is in
// them, TestPictures of cmd/escalate has the tool write; around it is a plain frame.
//
//	node pictures.mjs [NAME ...]    # needs chromium and go; with names, these in any case
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'

import { marked } from 'marked'
import puppeteer from 'puppeteer-core'
import { parse } from 'yaml'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const out = path.join(root, 'docs', 'pictures')
const dir = mkdtempSync(path.join(tmpdir(), 'pictures-'))
const made = (name) => readFileSync(path.join(dir, name), 'utf8')
const css = (scheme) => readFileSync(new URL(`node_modules/github-markdown-css/github-markdown-${scheme}.css`, import.meta.url), 'utf8')
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
const markdown = (text, breaks = true) => `<div class="markdown-body">${marked.parse(text, { gfm: true, breaks })}</div>`
const sum = (data) => createHash('sha256').update(data).digest('hex')

// A page in a plain frame, in the colours of a scheme.
const colours = {
  light: '--text: #1f2328; --dim: #59636e; --back: #fff; --bar: #f6f8fa; --line: #d1d9e0; --bot: #ddf4ff; --botline: #54aeff66; --must: #cf222e; --link: #0969da; --me: #8250df',
  dark: '--text: #f0f6fc; --dim: #9198a1; --back: #0d1117; --bar: #151b23; --line: #3d444d; --bot: #121d2f; --botline: #1f6feb66; --must: #f85149; --link: #4493f8; --me: #8957e5',
}
const page = (scheme, body) => `<!doctype html><meta charset="utf-8"><style>${css(scheme)}
:root { ${colours[scheme]} }
body { margin: 0; padding: 24px; font: 14px/1.5 "Noto Sans", "DejaVu Sans", sans-serif; color: var(--text); background: var(--back) }
.markdown-body { font-size: 14px }
.markdown-body summary p { display: inline; margin: 0 } .markdown-body details { margin: 0 0 8px } .markdown-body summary { cursor: default }
h1 { font-size: 22px; font-weight: 400; margin: 0 0 16px } h1 span { color: var(--dim) }
.label { border: 1px solid var(--line); border-radius: 2em; padding: 0 8px; font-size: 12px; margin-right: 4px }
.entry { border: 1px solid var(--line); border-radius: 6px; margin: 16px 0 } .entry.bot { border-color: var(--botline) }
.by { background: var(--bar); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; padding: 6px 16px; font-weight: 600 } .bot .by { background: var(--bot) }
.text { padding: 12px 16px } .hint { color: var(--dim); margin: 2px 0 6px } .field { margin: 18px 0 } .field b em { color: var(--must); font-style: normal }
.input { border: 1px solid var(--line); border-radius: 6px; padding: 5px 12px; min-height: 21px; color: var(--dim) } .lines { min-height: 64px }
.channel { font-weight: 700; font-size: 16px; padding-bottom: 12px; border-bottom: 1px solid var(--line); margin-bottom: 16px }
.post { display: grid; grid-template-columns: 36px 1fr; column-gap: 12px } .who { width: 36px; height: 36px; border-radius: 6px; background: var(--me); color: #fff; font: 700 18px/36px sans-serif; text-align: center }
.post > div > div { margin: 0 0 8px; white-space: pre-wrap; overflow-wrap: anywhere } .head { font-weight: 700; font-size: 17px } .context { color: var(--dim); font-size: 12px } .post a, .at { color: var(--link); text-decoration: none }
.at { background: color-mix(in srgb, var(--link) 12%, transparent); border-radius: 3px; padding: 0 2px }
</style>${body}`

// The form, with its fields as GitHub shows them: what must be answered has a star.
function form(scheme) {
  const file = parse(made('form.yml'))
  const fields = file.body.map(({ type, attributes: a, validations: v }) => {
    if (type === 'markdown') return markdown(a.value)
    const shown = type === 'dropdown' ? `${escape(a.options[a.default ?? 0] && a.default !== undefined ? a.options[a.default] : 'Selections: none')} ▾` : ''
    const star = v?.required ? ' <em>*</em>' : ''
    return `<div class="field"><b>${escape(a.label)}${star}</b><div class="hint">${escape(a.description ?? '')}</div><div class="input ${type === 'textarea' ? 'lines' : ''}">${shown}</div></div>`
  })
  return page(scheme, `<h1>${escape(file.name)} <span>${escape(file.description)}</span></h1>${fields.join('')}`)
}

const entry = (by, said) => `<div class="entry ${by.endsWith('[bot]') ? 'bot' : ''}"><div class="by">${escape(by)}</div><div class="text">${said}</div></div>`

// A page of an issue: its title, and what each says there. Of a long form, the last
// fields are shown.
const issue = (name, last) => (scheme) => {
  const [, title, number, labels, rest] = made(name).match(/^@@@ (.*) #(\d+) \[(.*)\]\n([\s\S]*)$/)
  const entries = rest.split(/^@@ /m).slice(1).map((e) => {
    const by = e.slice(0, e.indexOf('\n'))
    const all = e.slice(by.length + 1)
    return entry(by, markdown(last && all.startsWith('### ') ? '…\n\n' + all.split(/^(?=### )/m).slice(-last).join('') : all))
  })
  const tags = labels.split(', ').filter(Boolean).map((l) => `<span class="label">${escape(l)}</span>`)
  return page(scheme, `<h1>${escape(title)} <span>#${number}</span></h1>${tags.join('')}${entries.join('')}`)
}

// The comment with the plan on a pull request.
const plan = (scheme) => page(scheme, `<h1>Open Northwind Traders <span>#42</span></h1>${entry('github-actions[bot]', markdown(made('plan.md'), false))}`)

// A message of Slack: its blocks, with the little that its text may have.
function declaration(scheme) {
  const { message, people } = JSON.parse(made('declaration.json'))
  const plain = (text) => escape(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
  const text = (mrkdwn) => mrkdwn.split(/(<[^>]*>)/).map((part) => {
    const [, inside] = part.match(/^<(.*)>$/s) ?? []
    if (inside === undefined) return plain(part).replace(/\*([^*\n]+)\*/g, '<b>$1</b>').replace(/`([^`\n]+)`/g, '<code>$1</code>')
    if (inside.startsWith('@')) return `<span class="at">@${plain(people[inside.slice(1)])}</span>`
    if (/^[#!]/.test(inside)) throw new Error(`${part} is not drawn`)
    const [address, words] = inside.split('|')
    return `<a>${plain(words ?? address)}</a>`
  }).join('')
  const drawn = message.blocks.map((b) => ({
    header: () => `<div class="head">${plain(b.text.text)}</div>`,
    section: () => `<div>${text(b.text.text)}</div>`,
    context: () => `<div class="context">${b.elements.map((e) => text(e.text)).join(' ')}</div>`,
  })[b.type]())
  return page(scheme, `<div class="channel"># escalated_customers</div><div class="post"><div class="who">e</div><div><div><b>escalate</b> <span class="context">16:46</span></div>${drawn.join('')}</div></div>`)
}

// A picture in at most 256 colours, which takes a third of the room: text on plain ground
// has few more, and of those that are left out the nearest stands for each.
async function small(browser, png) {
  const tab = await browser.newPage()
  const [width, height, pixels] = await tab.evaluate(async (from) => {
    const image = new Image()
    image.src = from
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const rgb = Array.from({ length: data.length / 4 }, (_, i) => (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2])
    return [image.width, image.height, rgb]
  }, `data:image/png;base64,${png.toString('base64')}`)
  await tab.close()
  const count = new Map()
  for (const p of pixels) count.set(p, (count.get(p) ?? 0) + 1)
  const colours = [...count.keys()].sort((a, b) => count.get(b) - count.get(a) || a - b).slice(0, 256)
  const parts = (c) => [c >> 16, (c >> 8) & 255, c & 255]
  const distance = (a, b) => parts(a).reduce((sum, v, i) => sum + (v - parts(b)[i]) ** 2, 0)
  const place = new Map(colours.map((c, i) => [c, i]))
  for (const c of count.keys()) {
    if (!place.has(c)) place.set(c, place.get(colours.reduce((best, of) => (distance(of, c) < distance(best, c) ? of : best))))
  }
  const rows = Buffer.alloc((width + 1) * height) // each begins with 0: it is not filtered
  pixels.forEach((p, i) => { rows[Math.floor(i / width) * (width + 1) + 1 + i % width] = place.get(p) })
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const length = Buffer.alloc(4), check = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3], 8) // eight bits a pixel, which are a place in the palette
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('PLTE', Buffer.from(colours.flatMap(parts))), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ])
}

// How each picture is drawn: its page, how wide, how high at most, in which schemes, and
// where it may end.
const both = ['light', 'dark']
const pictures = {
  board: { width: 1160, height: 1080, schemes: both, ends: 'tbody tr' },
  'pull-request': { page: plan, width: 860, schemes: both },
  declaration: { page: declaration, width: 640, schemes: both },
  form: { page: form, width: 800, height: 1500, schemes: ['light'] },
  missing: { page: issue('asked.md', 3), width: 800, schemes: ['light'] },
  tracking: { page: issue('tracked.md'), width: 800, schemes: ['light'] },
}

execFileSync('go', ['test', './cmd/escalate', '-count=1', '-run', '^TestPictures$', '-drawn', dir], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
mkdirSync(path.join(dir, 'static'))
for (const name of ['style.css', 'site.js']) writeFileSync(path.join(dir, 'static', name), made(name)) // where the board asks for them
mkdirSync(out, { recursive: true })
const sums = path.join(out, 'sums')
const was = existsSync(sums) ? readFileSync(sums, 'utf8') : ''
const browser = await puppeteer.launch({ executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(), args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'] })
let now = ''
try {
  for (const { name, of } of JSON.parse(made('pictures.json'))) {
    const { page, width, height, schemes, ends } = pictures[name]
    const line = `${sum(of.map(made).join(''))}  ${of.join(' ')}\n`
    const files = schemes.map((scheme) => `${name}${scheme === 'light' ? '' : '-dark'}.png`)
    const asIs = was.includes(line) && files.every((file) => existsSync(path.join(out, file))) && !process.argv.includes(name)
    for (const [i, scheme] of asIs ? [] : schemes.entries()) {
      const file = path.join(dir, page ? `${name}.html` : 'index.html')
      if (page) writeFileSync(file, page(scheme))
      const tab = await browser.newPage()
      await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await tab.setViewport({ width, height: 100, deviceScaleFactor: 1.5 })
      await tab.goto(pathToFileURL(file).href, { waitUntil: 'load' })
      const own = await tab.evaluate((most, ends) => {
        const whole = document.documentElement.scrollHeight
        if (!most || whole <= most) return whole
        return ends ? Math.max(...[...document.querySelectorAll(ends)].map((e) => Math.floor(e.getBoundingClientRect().bottom)).filter((at) => at <= most)) : most
      }, height, ends)
      await tab.setViewport({ width, height: own, deviceScaleFactor: 1.5 })
      writeFileSync(path.join(out, files[i]), await small(browser, Buffer.from(await tab.screenshot())))
      await tab.close()
      console.log(`docs/pictures/${files[i]}`)
    }
    now += line + files.map((file) => `${sum(readFileSync(path.join(out, file)))}  ${file}\n`).join('')
  }
} finally {
  await browser.close()
  rmSync(dir, { recursive: true })
}
writeFileSync(sums, now)
