// Makes the pictures of docs/guide-csm.md: the issue form as GitHub shows it, and the
// pages of cmd/escalate/testdata/bot, which a test holds to what the bot says.
//
//	node pictures.mjs        # needs chromium
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { marked } from 'marked'
import { parse } from 'yaml'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const out = path.join(root, 'docs', 'pictures')
const css = readFileSync(new URL('node_modules/github-markdown-css/github-markdown-light.css', import.meta.url), 'utf8')
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
const markdown = (text) => `<div class="markdown-body">${marked.parse(text, { gfm: true, breaks: true })}</div>`

const page = (body) => `<!doctype html><meta charset="utf-8"><style>${css}
body { margin: 0; padding: 24px; font: 14px/1.5 "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; background: #fff; width: 752px }
.markdown-body { font-size: 14px }
h1 { font-size: 22px; font-weight: 400; margin: 0 0 16px } h1 span { color: #59636e }
.label { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 8px; font-size: 12px; margin-right: 4px }
.entry { border: 1px solid #d1d9e0; border-radius: 6px; margin: 16px 0 } .entry.bot { border-color: #54aeff66 }
.by { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 6px 16px; font-weight: 600 } .bot .by { background: #ddf4ff }
.text { padding: 12px 16px } .hint { color: #59636e; margin: 2px 0 6px } .field { margin: 18px 0 } .field b em { color: #cf222e; font-style: normal }
.input { border: 1px solid #d1d9e0; border-radius: 6px; padding: 5px 12px; min-height: 21px; color: #59636e } .lines { min-height: 64px }
</style>${body}`

// The form, with its fields as GitHub shows them: what must be answered has a star.
function form() {
  const file = parse(readFileSync(path.join(root, '.github/ISSUE_TEMPLATE/escalation.yml'), 'utf8'))
  const fields = file.body.map(({ type, attributes: a, validations: v }) => {
    if (type === 'markdown') return markdown(a.value)
    const shown = type === 'dropdown' ? `${escape(a.options[a.default ?? 0] && a.default !== undefined ? a.options[a.default] : 'Selections: none')} ▾` : ''
    const star = v?.required ? ' <em>*</em>' : ''
    return `<div class="field"><b>${escape(a.label)}${star}</b><div class="hint">${escape(a.description ?? '')}</div><div class="input ${type === 'textarea' ? 'lines' : ''}">${shown}</div></div>`
  })
  return page(`<h1>${escape(file.name)} <span>${escape(file.description)}</span></h1>${fields.join('')}`)
}

// A page of an issue: its title, and what each says there. Of a long form, the last
// fields are shown.
function issue(name, fields) {
  const text = readFileSync(path.join(root, 'cmd/escalate/testdata/bot', `${name}.md`), 'utf8')
  const [, title, number, labels, rest] = text.match(/^@@@ (.*) #(\d+) \[(.*)\]\n([\s\S]*)$/)
  const entries = rest.split(/^@@ /m).slice(1).map((e) => {
    const by = e.slice(0, e.indexOf('\n'))
    const all = e.slice(by.length + 1)
    const said = fields && all.startsWith('### ') ? '…\n\n' + all.split(/^(?=### )/m).slice(-fields).join('') : all
    return `<div class="entry ${by.endsWith('[bot]') ? 'bot' : ''}"><div class="by">${escape(by)}</div><div class="text">${markdown(said)}</div></div>`
  })
  const tags = labels.split(', ').filter(Boolean).map((l) => `<span class="label">${escape(l)}</span>`)
  return page(`<h1>${escape(title)} <span>#${number}</span></h1>${tags.join('')}${entries.join('')}`)
}

mkdirSync(out, { recursive: true })
const dir = mkdtempSync(path.join(tmpdir(), 'pictures-'))
const pictures = { form: [form(), 1500], missing: [issue('asked', 3)], tracking: [issue('tracked')] }
for (const [name, [html, height]] of Object.entries(pictures)) {
  const file = path.join(dir, `${name}.html`)
  writeFileSync(file, html)
  const chromium = (...args) => execFileSync('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=2000', ...args, `file://${file}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  // How high the page is, it says itself.
  writeFileSync(file, `${html}<script>document.title = document.documentElement.scrollHeight</script>`)
  const own = Number(chromium('--dump-dom', '--window-size=800,100').match(/<title>(\d+)<\/title>/)[1])
  chromium(`--screenshot=${path.join(out, `${name}.png`)}`, `--window-size=800,${height || own}`)
  console.log(`docs/pictures/${name}.png`)
}
rmSync(dir, { recursive: true })
