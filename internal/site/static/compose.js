// The page on which escalations are written. What it asks and what it says comes from the
// rules themselves, which run here as WebAssembly; this shows it, and never makes more of
// a text than text. Nothing is sent from here: it ends in a link to the forge's own page.
const byId = (id) => document.getElementById(id)

// make makes an element. What is in it is text or elements, never markup.
const make = (tag, props = {}, ...inside) => {
  const e = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (key in e && !key.startsWith('aria')) e[key] = value
    else e.setAttribute(key, value === true ? '' : value)
  }
  e.append(...inside.flat().filter((x) => x !== null && x !== undefined && x !== ''))
  return e
}
const list = (all) => all ?? []
// worded is a text in which what stands between backticks is a name that a machine reads.
const worded = (text) => text.split('`').map((part, i) => (i % 2 === 1 ? make('code', {}, part) : part))
const put = (where, ...what) => byId(where).replaceChildren(...what.flat().filter(Boolean))

const ask = (name, text) => {
  const answer = JSON.parse(globalThis.escalate(name, text))
  if (answer && answer.error) throw new Error(answer.error)
  return answer
}

const trouble = (text) => {
  byId('trouble').textContent = text
  byId('trouble').hidden = !text
}

// What was written stays in this browser, below the address of this page: others may
// share the origin.
const store = {
  key: (name) => `escalate ${location.pathname} ${name}`,
  get(name) { try { return localStorage.getItem(this.key(name)) } catch { return null } },
  set(name, value) { try { localStorage.setItem(this.key(name), value) } catch { /* then it is gone with the page */ } },
  drop(name) { try { localStorage.removeItem(this.key(name)) } catch { /* nothing is there */ } },
}

let world
let running = false // the program is there
const people = new Map() // by handle
const known = new Map() // the files that were asked for, by id: whether they are there

const titles = { new: 'Open an escalation', update: 'Write an update', severity: 'Change the severity', close: 'Close an escalation' }
const state = { act: 'new', id: '', by: '', given: {}, sent: false }
const draftName = () => `draft ${state.act} ${state.id}`
const unsent = () => !state.sent && Object.values(state.given).some((v) => v.length > 0)

const keep = () => {
  if (Object.values(state.given).some((v) => v.length > 0)) store.set(draftName(), JSON.stringify(state.given))
  else store.drop(draftName())
}
const take = () => {
  state.sent = false
  try { state.given = JSON.parse(store.get(draftName()) ?? '{}') } catch { state.given = {} }
}

// handleOf is the person whom a text names: by a handle, a name, or both.
const handleOf = (text) => {
  const plain = text.trim().replace(/^@/, '')
  const inside = /\(([^()]+)\)$/.exec(plain)?.[1] ?? plain
  if (people.has(inside)) return inside
  const named = [...people.values()].filter((p) => p.name.toLowerCase() === plain.toLowerCase())
  return named.length === 1 ? named[0].handle : ''
}

// Fields

const fields = new Map() // by the name of the question

// field makes the field of a question. What it holds is a text, or the values that are
// chosen; show shows an answer, update what changes about the question.
const field = (q) => {
  const id = `q-${q.name}`
  const help = make('p', { className: 'help', id: `${id}-help` })
  const said = make('div', { className: 'says', id: `${id}-says` })
  const chosen = (q.form === 'choice' || q.form === 'entry' || q.form === 'yes')
  const mark = make('span', { className: 'need' })
  const f = { name: q.name, help, said, mark }
  const changed = (value) => {
    if (value.length > 0) state.given[q.name] = value
    else delete state.given[q.name]
    state.sent = false
    keep()
    refresh()
  }
  if (chosen) {
    const options = make('div', { className: 'options' })
    f.root = make('fieldset', { className: 'field', 'aria-describedby': `${id}-help ${id}-says` }, make('legend', {}, q.title, mark), help, options, said)
    const type = q.many ? 'checkbox' : 'radio'
    const boxes = () => [...options.querySelectorAll('input')]
    f.options = ''
    f.update = (q) => {
      const all = q.form === 'yes' ? [{ value: 'yes', label: 'yes' }, { value: 'no', label: 'no' }] : list(q.options)
      const shape = JSON.stringify(all)
      if (shape !== f.options) {
        f.options = shape
        options.replaceChildren(...all.map((o) => make('label', { className: 'option' },
          make('input', { type, name: id, value: o.value }), make('span', {}, make('span', { className: 'value' }, o.label), o.help ? make('span', { className: 'sub' }, o.help) : ''))))
      }
      const now = state.given[q.name] ?? list(q.proposed)
      for (const box of boxes()) box.checked = now.includes(box.value)
      for (const box of boxes()) box.setAttribute('aria-invalid', q.wrong ? 'true' : 'false')
    }
    options.addEventListener('change', () => changed(boxes().filter((b) => b.checked).map((b) => b.value)))
    return f
  }
  const several = q.form === 'text' || q.many
  const control = make(several ? 'textarea' : 'input', { id, rows: several ? (q.form === 'text' ? 4 : 3) : undefined, 'aria-describedby': `${id}-help ${id}-says` })
  if (!several) control.type = 'text'
  if (q.form === 'link') control.setAttribute('inputmode', 'url')
  let choices = null
  if (!several && q.form === 'person') {
    choices = make('datalist', { id: `${id}-list` })
    control.setAttribute('list', choices.id)
  } else if (q.name === 'customer') control.setAttribute('list', 'customers')
  f.root = make('div', { className: 'field' }, make('label', { htmlFor: id }, q.title, mark), help, control, choices, said)
  f.options = ''
  f.update = (q) => {
    const shape = JSON.stringify(q.options)
    if (choices && shape !== f.options) {
      f.options = shape
      choices.replaceChildren(...list(q.options).map((o) => make('option', { value: o.label, label: o.help || undefined })),
        ...list(q.words).map((w) => make('option', { value: w })))
    }
    const value = (state.given[q.name] ?? []).join('\n')
    if (control.value !== value) control.value = value
    control.placeholder = list(q.proposed).join(', ')
    control.setAttribute('aria-invalid', q.wrong || list(q.findings).some((x) => x.level === 'error') ? 'true' : 'false')
    if (q.required) control.setAttribute('aria-required', 'true')
    else control.removeAttribute('aria-required')
  }
  control.addEventListener('input', () => changed(control.value.trim() === '' ? [] : [control.value]))
  return f
}

// finding shows what a rule says, with its fix as a button.
const finding = (x, fix) => make('div', { className: `finding ${x.level}` },
  make('p', {}, make('strong', {}, x.level === 'error' ? 'To mend: ' : 'Worth a look: '), x.line ? `line ${x.line}: ` : '', worded(x.message),
    x.rule ? make('span', { className: 'rule' }, ` ${[x.rule, ...list(x.cites)].join(', ')}`) : ''),
  x.hint ? make('p', { className: 'hint' }, worded(x.hint)) : '',
  x.fix && fix ? make('button', { type: 'button', onclick: () => fix(x.fix) }, x.fix.answer ? `Write ${x.fix.answer}` : 'Make it so') : '')

const mend = (fix) => {
  state.given[fix.question] = [fix.answer]
  keep()
  refresh()
  byId(`q-${fix.question}`)?.focus()
}

// settle puts fields into a place in their order. What is there already does not move: it
// may have the focus.
const settle = (where, roots) => {
  for (const e of [...where.children]) if (!roots.includes(e)) e.remove()
  roots.forEach((e, i) => { if (where.children[i] !== e) where.insertBefore(e, where.children[i] ?? null) })
}

const showQuestions = (questions) => {
  const often = []
  const seldom = []
  for (const q of questions) {
    if (!fields.has(q.name)) fields.set(q.name, field(q))
    const f = fields.get(q.name)
    f.update(q)
    f.mark.textContent = q.required ? '' : ' (optional)'
    const help = [q.help, ...list(q.know), list(q.proposed).length > 0 && !state.given[q.name] && f.root.tagName !== 'FIELDSET' ? `Stands unless you write something else: ${q.proposed.join(', ')}.` : ''].filter(Boolean)
    const text = help.join(' ')
    if (f.text !== text) f.help.replaceChildren(...worded(text))
    f.text = text
    f.help.hidden = help.length === 0
    const says = []
    if (q.wrong) says.push(make('p', { className: 'wrong' }, worded(q.wrong)))
    for (const x of list(q.findings)) says.push(finding(x, mend))
    f.said.replaceChildren(...says)
    ;(q.seldom && !state.given[q.name] && !q.required ? seldom : often).push(f.root)
  }
  // What was looked up among the seldom stays there while it is written.
  const focused = document.activeElement?.closest('#more .field')
  if (focused && often.includes(focused)) {
    often.splice(often.indexOf(focused), 1)
    seldom.push(focused)
  }
  const order = questions.map((q) => fields.get(q.name).root)
  seldom.sort((a, b) => order.indexOf(a) - order.indexOf(b))
  settle(byId('asked'), often)
  settle(byId('more'), seldom)
  byId('seldom').hidden = seldom.length === 0
}

// block shows a block of a text. In a channel of Slack fields are lines, in an issue a
// table.
const block = (b, channel) => {
  switch (b.kind) {
    case 'title': return make('p', { className: 'title' }, b.text)
    case 'heading': return make('p', { className: 'heading' }, b.text)
    case 'paragraph': return make('p', { className: 'lines' }, b.text)
    case 'links': return make('p', { className: 'muted' }, b.text)
    case 'list': return make('ul', {}, list(b.items).map((i) => make('li', {}, i)))
    case 'quote': return make('blockquote', {}, b.head ? make('p', { className: 'heading' }, b.head) : '', make('p', { className: 'lines' }, b.text))
    case 'fields':
      if (channel) return make('div', {}, b.fields.map(([label, value]) => make('p', { className: 'pair' }, make('strong', {}, `${label}: `), value)))
      return make('table', {}, make('tbody', {}, b.fields.map(([label, value]) => make('tr', {}, make('th', { scope: 'row' }, label), make('td', {}, value)))))
  }
  return ''
}
const telling = (t) => make('details', { className: 'telling', open: t.open }, make('summary', {}, t.head), make('div', { className: t.channel ? 'message channel' : 'message' }, list(t.blocks).map((b) => block(b, t.channel))))

const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

// button is the link, or the button, by which it gets there.
const sendButton = (send) => {
  const note = make('p', { className: 'hint' }, send.note ?? '')
  const after = make('p', { className: 'hint', role: 'status' })
  const done = () => {
    state.sent = true
    after.replaceChildren('Once it is sent there: ', make('button', { type: 'button', onclick: forget }, 'Forget this draft'))
  }
  const copy = async () => {
    if (send.copy && !await copyText(send.copy)) after.textContent = 'Your browser does not let this page copy: select the text below.'
    else done()
  }
  const go = send.url
    ? make('a', { className: 'deed', href: send.url, target: '_blank', rel: 'noopener noreferrer', onclick: copy }, send.label)
    : make('button', { type: 'button', className: 'deed', onclick: copy }, send.label)
  if (state.sent) done()
  return [make('p', {}, go), note, send.copy && send.copy !== answered.text ? make('pre', { tabIndex: 0 }, send.copy) : '', after]
}

const forget = () => {
  store.drop(draftName())
  state.given = {}
  state.sent = false
  fields.clear()
  put('asked')
  put('more')
  refresh()
}

const lined = (text) => make('pre', { tabIndex: 0 }, text.split('\n').map((line) => {
  const kind = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : ''
  return kind ? make('span', { className: kind }, `${line}\n`) : `${line}\n`
}))

let answered = {}
let stateText = ''
const say = (text) => {
  if (stateText !== text) put('state', make('p', {}, worded(text)))
  stateText = text
}
let sendShape = ''

const showOutcome = (a) => {
  const wrong = a.questions.filter((q) => q.wrong || list(q.findings).some((x) => x.level === 'error')).length + list(a.findings).filter((x) => x.level === 'error').length
  const says = []
  if (a.refused) says.push(a.refused)
  else if (a.ready) says.push('All is there, and the rules agree.')
  else {
    if (wrong > 0) says.push(wrong === 1 ? 'One thing is to mend.' : `${wrong} things are to mend.`)
    const missing = list(a.missing)
    if (missing.length > 0) says.push(missing.length > 3 ? `${missing.length} answers are missing; the next: ${missing[0]}` : `To be answered yet: ${missing.join(' ')}`)
    if (!state.by) says.push('Say who you are.')
  }
  say(says.join(' '))
  byId('state').className = a.ready ? 'ready' : ''
  put('general', list(a.notes).map((n) => make('p', { className: 'note' }, worded(n))), list(a.findings).map((x) => finding(x)))
  const shape = JSON.stringify(a.send ?? null)
  if (shape !== sendShape) {
    sendShape = shape
    put('send', a.send ? sendButton(a.send) : [])
  }
  put('dri', a.dri ? make('p', { className: 'who' }, make('strong', {}, `The DRI is ${a.dri.name}`), `: ${a.dri.why}. `, make('span', { className: 'rule' }, a.dri.cites)) : '')
  const told = []
  if (a.ready) {
    told.push(make('h3', {}, 'What will be announced, where, to whom'))
    list(a.told).forEach((t, i) => told.push(telling({ ...t, open: i === 0 || openTold.has(t.head) })))
    if (list(a.besides).length > 0) told.push(make('h3', {}, 'Besides'), make('ul', { className: 'plainlist' }, a.besides.map((b) => make('li', {}, b))))
    for (const p of list(a.pastes)) told.push(telling(p))
    if (list(a.counts).length > 0) told.push(make('h3', {}, 'What it counts for'), make('ul', { className: 'plainlist' }, a.counts.map((b) => make('li', {}, b))))
    for (const s of list(a.asides)) told.push(make('p', { className: 'muted' }, worded(s)))
  }
  put('told', told)
  put('file', a.text ? [make('h3', {}, a.diff ? 'What changes in the file' : 'The file'), make('p', { className: 'muted' }, a.path), a.diff ? lined(a.diff) : make('pre', { tabIndex: 0 }, a.text)] : '')
}
const openTold = new Set()
byId('told').addEventListener('toggle', (e) => {
  const head = e.target.querySelector('summary')?.textContent
  if (e.target.open) openTold.add(head)
  else openTold.delete(head)
}, true)

// learn asks for the text of an escalation.
const learn = async (id) => {
  if (known.has(id)) return
  known.set(id, false)
  const path = id.split('/').map(encodeURIComponent).join('/')
  const reply = await fetch(`compose/${path}.json`)
  if (!reply.ok) return
  ask('know', JSON.stringify({ id, file: await reply.json() }))
  known.set(id, true)
}

const refresh = () => {
  trouble('')
  if (!running) {
    if (state.act === 'new') showQuestions(list(world.first))
    byId('loading').hidden = true
    say('The rules are being loaded: what you write is kept, and checked in a moment.')
    return
  }
  const began = performance.now()
  const existing = state.act !== 'new'
  if (existing && !state.id) {
    answered = { questions: [] }
    showQuestions([])
    showOutcome({ questions: [], refused: 'Say which escalation it is.' })
    return
  }
  if (existing && !known.has(state.id) && world.escalations.some((e) => e.id === state.id && e.customer)) {
    learn(state.id).then(refresh, (e) => trouble(e.message))
    return
  }
  answered = ask('answer', JSON.stringify({ act: state.act, id: state.id, by: state.by, now: new Date().toISOString(), given: state.given }))
  showQuestions(answered.questions)
  showOutcome(answered)
  document.body.dataset.took = (performance.now() - began).toFixed(1)
  const wants = list(answered.wants).filter((id) => !known.has(id))
  if (wants.length > 0) Promise.all(wants.map(learn)).then(refresh, (e) => trouble(e.message))
}

// begin shows what the address says: an act, an escalation, or the example of a rule.
const begin = () => {
  const said = new URLSearchParams(location.hash.slice(1))
  const example = said.get('example')
  byId('composer').hidden = Boolean(example)
  byId('tried').hidden = !example
  if (example) {
    if (running) tryRule(example)
    return
  }
  state.act = said.get('act') in titles ? said.get('act') : 'new'
  state.id = state.act === 'new' ? '' : said.get('id') ?? ''
  take()
  fields.clear()
  put('asked')
  put('more')
  byId('act').value = state.act
  byId('which').hidden = state.act === 'new'
  byId('escalation').value = state.id
  byId('what').textContent = state.id ? `${titles[state.act]}: ${world.escalations.find((e) => e.id === state.id)?.customer ?? state.id}` : titles[state.act]
  document.title = `${titles[state.act]} · Escalations`
  refresh()
}

// Trying a rule

const tryRule = (name) => {
  let x
  try {
    x = ask('example', JSON.stringify(name))
  } catch (e) {
    put('tried')
    trouble(`${e.message}.`)
    return
  }
  trouble('')
  byId('what').textContent = `The rule ${x.rule}`
  put('lead', worded(`${x.summary[0].toUpperCase()}${x.summary.slice(1)}${list(x.cites).length > 0 ? ` (${x.cites.join(', ')})` : ''}.`))
  document.title = `${x.rule} · Escalations`
  const intro = [make('p', { className: 'prose' }, worded(x.why))]
  if (!x.wrong) {
    put('tried', intro, make('p', {}, `No text shows it: ${x.note ?? ''}.`))
    return
  }
  const texts = new Map()
  const verdict = make('div', { role: 'status', className: 'verdict' })
  let now = { ...x.wrong, files: { ...x.wrong.files } }
  const judge = () => {
    for (const [path, area] of texts) {
      if (area.value !== shownAs(now.files[path] ?? '')) now.files[path] = area.value
    }
    const found = ask('judge', JSON.stringify(now))
    verdict.replaceChildren(...(found.length === 0
      ? [make('p', { className: 'ready' }, 'Nothing is wrong.')]
      : found.map((f) => finding({ ...f, message: `${x.shown.length > 1 || f.path !== x.shown[0] ? `${f.path}: ` : ''}${f.message}` }, (fix) => {
        now.files[f.path] = fix.text
        fill()
      }))))
    return found
  }
  // shownAs is a text as a text area has it: without the signs that it does not take.
  const shownAs = (text) => text.replace(/\r\n?/g, '\n')
  const fill = () => {
    for (const [path, area] of texts) {
      const text = now.files[path]
      area.closest('.field').hidden = text === undefined
      area.value = text ?? ''
    }
    const first = judge()[0]
    const area = texts.get(first?.path)
    if (area) area.scrollTop = Math.max(0, first.line - 6) * Number.parseFloat(getComputedStyle(area).lineHeight)
  }
  const put1 = (what) => () => {
    now = { ...what, files: { ...what.files } }
    fill()
  }
  const areas = x.shown.map((path, i) => {
    const area = make('textarea', { id: `file-${i}`, rows: 18, spellcheck: false, className: 'code' })
    texts.set(path, area)
    area.addEventListener('input', () => judge())
    return make('div', { className: 'field' }, make('label', { htmlFor: area.id }, path), area)
  })
  const before = x.wrong.before ? make('details', {}, make('summary', {}, 'The version before'), make('pre', { tabIndex: 0 }, x.wrong.before[x.shown[0]] ?? '')) : ''
  put('tried', intro,
    make('p', { className: 'deeds' }, x.right ? make('button', { type: 'button', onclick: put1(x.right) }, 'Heal it') : '', make('button', { type: 'button', onclick: put1(x.wrong) }, 'Break it'), make('a', { href: 'rules.html' }, 'All rules')),
    make('div', { className: 'composer' }, make('div', {}, areas, before), make('section', { className: 'outcome', 'aria-label': 'What is found' }, make('h2', {}, 'What is found'), verdict)))
  fill()
}

// The page begins

const chooseWho = () => {
  const text = byId('by').value
  state.by = handleOf(text)
  byId('by-said').textContent = text && !state.by ? 'Nobody of the directory is called so: write a name or a handle.' : ''
  byId('by').setAttribute('aria-invalid', text && !state.by ? 'true' : 'false')
  if (state.by) store.set('by', text)
}

const start = async () => {
  byId('loading').hidden = false
  const go = new globalThis.Go()
  go.env = { GOGC: '800', GOMEMLIMIT: '192MiB' } // it lives on little, and collecting what it left takes a third of its time
  const text = async (path) => {
    const reply = await fetch(path)
    if (!reply.ok) throw new Error(`${path} cannot be loaded (${reply.status})`)
    return reply.text()
  }
  const loaded = WebAssembly.instantiateStreaming(fetch('static/compose.wasm'), go.importObject)
  loaded.catch(() => {}) // said below
  const data = await text('compose.json')
  world = JSON.parse(data)
  for (const p of world.people) people.set(p.handle, p)
  byId('people').replaceChildren(...world.people.filter((p) => !p.left).map((p) => make('option', { value: `${p.name} (${p.handle})` })))
  byId('customers').replaceChildren(...[...new Set(world.escalations.map((e) => e.customer).filter(Boolean))].map((value) => make('option', { value })))
  byId('escalations').replaceChildren(...world.escalations.filter((e) => e.customer).map((e) => make('option', { value: e.id, label: e.customer })))
  byId('by').value = store.get('by') ?? ''
  chooseWho()
  begin()
  document.body.dataset.asked = performance.now().toFixed(0)
  go.run((await loaded).instance)
  ask('open', data)
  running = true
  byId('loading').hidden = true
  if (byId('composer').hidden) begin()
  else refresh()
  document.body.dataset.ready = performance.now().toFixed(0)
  setTimeout(warm, 0)
}

// warm judges something once, so that the first key does not wait for what is made at the
// first use.
const warm = () => {
  const by = world.people[0]?.handle ?? ''
  const judge = (given) => ask('answer', JSON.stringify({ act: 'new', id: '', by, now: new Date().toISOString(), given }))
  const region = list(judge({ customer: ['-'] }).questions.find((q) => q.name === 'region')?.options).map((o) => o.value).slice(0, 1)
  judge({
    customer: ['-'], severity: ['high'], summary: ['-'], description: ['-'], csm: [by], region, 'product-related': ['no'], 'product-reason': ['-'],
    ask: ['-'], approach: ['-'], criterion: ['-'], step: ['-'], owner: [by], due: ['tomorrow'], 'meeting-notes': ['https://example.com'],
  })
  document.body.dataset.warm = performance.now().toFixed(0)
}

byId('form').addEventListener('submit', (e) => e.preventDefault())
byId('by').addEventListener('input', () => { chooseWho(); refresh() })
byId('act').addEventListener('change', () => { location.hash = new URLSearchParams(byId('act').value === 'new' ? {} : { act: byId('act').value, id: state.id }) })
byId('escalation').addEventListener('change', () => {
  const text = byId('escalation').value.trim().toLowerCase()
  const found = world.escalations.filter((e) => e.customer && (e.id === text || e.customer.toLowerCase().includes(text) || e.id.includes(text)))
  const exact = found.find((e) => e.id === text)
  const one = exact ?? (found.length === 1 ? found[0] : null)
  if (one) location.hash = new URLSearchParams({ act: state.act, id: one.id })
  else trouble(found.length === 0 ? 'No escalation is called so.' : `It may be one of ${found.slice(0, 5).map((e) => e.id).join(', ')}.`)
})
addEventListener('hashchange', begin)
addEventListener('beforeunload', (e) => { if (unsent()) e.preventDefault() })

start().catch((e) => {
  byId('loading').hidden = true
  say('')
  trouble(`The rules cannot be loaded, and nothing is checked: ${e.message}`)
})
