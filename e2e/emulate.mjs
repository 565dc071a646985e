// Runs the emulators of the tests, all in one process. Each line of standard
// input is a command in JSON, each line of standard output its answer:
//
//   {"do": "start", "service": "github", "seed": {...}}  ->  {"port": 40123}
//   {"do": "stop", "port": 40123}                        ->  {}
//
// An emulator shares nothing with the others. The process ends with its input,
// so that none outlives the tests.
//
// `node emulate.mjs 4500` starts those of GitHub and Slack for a person, at that
// port and the next, and says how to speak to them. On that Slack is whoever
// ../escalations/people.yaml knows there.
import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import net from 'node:net'
import readline from 'node:readline'
import yaml from 'yaml'

// The emulators listen on all interfaces and do not say on which port: there is
// no option for either.
const {listen} = net.Server.prototype
let newest
net.Server.prototype.listen = function (port, ...rest) {
  newest = this
  return listen.call(this, port, '127.0.0.1', ...rest.filter(arg => typeof arg === 'function'))
}

// Imported only now, with the listen from above.
const {createEmulator} = await import('emulate')

if (process.argv[2]) {
  const port = Number(process.argv[2])
  const token = 'ghs_emulated'
  await createEmulator({service: 'github', port, seed: {
    tokens: {[token]: {login: 'escalate-bot', scopes: ['repo']}},
    github: {
      users: [{login: 'escalate-bot'}],
      orgs: [{login: 'acme', members: [{login: 'escalate-bot', role: 'admin'}]}],
      repos: [{owner: 'acme', name: 'escalations', private: true}],
    },
  }})
  const directory = yaml.parse(await readFile(new URL('../escalations/people.yaml', import.meta.url), 'utf8'))
  const people = Object.entries(directory.people).filter(([, person]) => person.slack)
  const bot = 'xoxb-emulated'
  await createEmulator({service: 'slack', port: port + 1, seed: {slack: {
    strict_scopes: true,
    team: {name: 'Acme', domain: 'acme'},
    users: [{name: 'escalate-bot'}],
    channels: [{name: 'escalated_customers'}], // with all users of above in it
    // The emulator lets only apps have an id that is given, so that people are some.
    oauth_apps: people.map(([handle, {slack, name}]) => ({
      client_id: slack, client_secret: slack, redirect_uris: [], name, bot_id: 'B' + slack, bot_user_id: slack, bot_name: handle,
    })),
    tokens: [{token: bot, user: 'escalate-bot', scopes: [
      'bookmarks:read', 'bookmarks:write', 'channels:history', 'channels:join', 'channels:manage', 'channels:read', 'chat:write', 'pins:read', 'pins:write',
    ]}],
  }}})
  console.log(`export GITHUB_API_URL=http://127.0.0.1:${port} GITHUB_REPOSITORY=acme/escalations GITHUB_TOKEN=${token}`,
    `SLACK_API_URL=http://127.0.0.1:${port + 1}/api/ SLACK_BOT_TOKEN=${bot}`)
  await new Promise(() => {}) // until it is stopped
}

const servers = new Map()
const commands = {
  async start({service, seed}) {
    await createEmulator({service, seed, port: 0})
    if (!newest.listening) await once(newest, 'listening')
    const {port} = newest.address()
    servers.set(port, newest)
    return {port}
  },
  async stop({port}) {
    servers.get(port).close()
    servers.get(port).closeAllConnections()
    servers.delete(port)
    return {}
  },
}

for await (const line of readline.createInterface({input: process.stdin})) {
  const command = JSON.parse(line)
  const answer = await commands[command.do](command).catch(err => ({error: String(err)}))
  process.stdout.write(JSON.stringify(answer) + '\n')
}
process.exit(0)
