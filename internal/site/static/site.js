// All pages can be read without this. With it, lists can be searched, filtered and
// sorted, what is chosen stands in the address, and a slider goes through the timeline.
(() => {
  'use strict'

  const state = new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '')
  const keep = () => {
    for (const [key, value] of [...state]) if (!value) state.delete(key)
    history.replaceState(null, '', state.toString() ? '#' + state : location.pathname + location.search)
  }

  // A list: its form narrows it, the heads of its columns sort it.
  const list = (table, form) => {
    const rows = [...table.tBodies[0].rows]
    const heads = [...table.tHead.rows[0].cells]
    const texts = rows.map((row) => row.textContent.toLowerCase())
    const fields = form ? [...form.elements].filter((e) => e.name) : []
    const value = (name) => {
      const field = fields.find((f) => f.name === name)
      return field ? (field.type === 'checkbox' ? (field.checked ? field.value : '') : field.value.trim()) : ''
    }
    const narrow = () => {
      const words = value('q').toLowerCase().split(/\s+/).filter(Boolean)
      let shown = 0
      rows.forEach((row, i) => {
        const fits = words.every((w) => texts[i].includes(w)) &&
          ['severity', 'region'].every((name) => !value(name) || row.dataset[name] === value(name)) &&
          (!value('overdue') || 'overdue' in row.dataset)
        row.hidden = !fits
        if (fits) shown++
      })
      if (form) form.querySelector('output').value = shown === rows.length ? `${rows.length} shown` : `${shown} of ${rows.length} shown`
    }
    const sort = (name, down) => {
      const at = heads.findIndex((h) => h.dataset.sort === name)
      if (at < 0) return
      const key = (row) => row.cells[at]?.dataset.v ?? row.cells[at]?.textContent.trim() ?? ''
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)]
        if (x === '' || y === '') return (x === '') - (y === '') // what says nothing stands last
        const n = x - y
        return (Number.isNaN(n) ? x.localeCompare(y) : n) * (down ? -1 : 1)
      }
      table.tBodies[0].append(...[...rows].sort(compare))
      heads.forEach((h, i) => i === at ? h.setAttribute('aria-sort', down ? 'descending' : 'ascending') : h.removeAttribute('aria-sort'))
    }
    for (const head of heads) {
      if (!head.dataset.sort) continue
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      head.append(button)
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending'
        sort(head.dataset.sort, down)
        state.set('sort', (down ? '-' : '') + head.dataset.sort)
        keep()
      })
    }
    if (form) {
      for (const field of fields) {
        const was = state.get(field.name)
        if (was && field.type === 'checkbox') field.checked = was === field.value
        else if (was) field.value = was
      }
      form.hidden = false
      form.addEventListener('submit', (e) => e.preventDefault())
      form.addEventListener('input', () => {
        for (const field of fields) state.set(field.name, value(field.name))
        keep()
        narrow()
      })
      narrow()
    }
    const by = state.get('sort')
    if (by) sort(by.replace(/^-/, ''), by.startsWith('-'))
  }
  const form = document.querySelector('[data-controls]')
  document.querySelectorAll('[data-list]').forEach((table, i) => list(table, i === 0 ? form : null))

  // The timeline: the slider chooses an event, and what was true after it is shown.
  const timeline = document.querySelector('[data-timeline]')
  if (timeline) {
    const events = [...timeline.children]
    const player = document.createElement('div')
    player.className = 'player'
    const label = document.createElement('label')
    label.textContent = 'Go through the events'
    const range = Object.assign(document.createElement('input'), { type: 'range', min: 0, max: events.length - 1, value: events.length - 1 })
    label.append(range)
    const said = document.createElement('p')
    said.setAttribute('role', 'status')
    player.append(label, said)
    timeline.before(player)
    // What was true after an event is said there, or at the last event of its commit.
    const after = (i) => {
      for (let k = i; k < events.length; k++) if (events[k].querySelector('.state')) return events[k]
      return null
    }
    const informed = (li) => {
      for (let k = events.indexOf(li); k >= 0; k--) {
        const dd = events[k].querySelector('.state dd:last-of-type')
        if (dd && !('same' in dd.dataset)) return dd.textContent
      }
      return ''
    }
    const show = (i) => {
      events.forEach((li, k) => {
        li.classList.toggle('now', k === i)
        li.classList.toggle('later', k > i)
      })
      const li = after(i)
      const parts = [`${i + 1} of ${events.length}: ${events[i].querySelector('time').textContent} ${events[i].querySelector('strong').textContent}`]
      if (li) {
        li.querySelectorAll('.state dt').forEach((dt) => {
          const dd = dt.nextElementSibling
          parts.push(`${dt.textContent} ${'same' in dd.dataset ? informed(li) : dd.textContent}`)
        })
      }
      said.textContent = parts.join(' · ')
      range.setAttribute('aria-valuetext', parts[0])
    }
    range.addEventListener('input', () => {
      const i = Number(range.value)
      show(i)
      history.replaceState(null, '', '#' + events[i].id)
    })
    const go = () => {
      const i = events.findIndex((li) => '#' + li.id === location.hash)
      if (i < 0) return show(Number(range.value))
      range.value = i
      show(i)
      const details = events[i].querySelector('details')
      if (details) details.open = true
    }
    addEventListener('hashchange', go)
    go()
  }

  // What is there to be copied gets a button.
  document.querySelectorAll('[data-copy]').forEach((pre) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Copy' })
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent)
        button.textContent = 'Copied'
      } catch {
        getSelection().selectAllChildren(pre)
        button.textContent = 'Selected: press Ctrl+C'
      }
    })
    pre.before(button)
  })

  // On paper, everything is unfolded.
  addEventListener('beforeprint', () => document.querySelectorAll('details').forEach((d) => { d.open = true }))
})()
