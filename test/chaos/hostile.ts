import { teams } from '../../src/channels/teams.ts'
import { openLog } from '../../src/observe.ts'
import { diceBy, formsBy, WORDS } from '../app/forms.ts'
import { calling, type OpenedApp, openApp, STAFF, signature } from '../app/opened.ts'
import { APP, message, PASSWORD, standIn, TENANT } from '../channels/teams-stand-in.ts'
import type { Rig } from './rig.ts'

/** A route as the app itself names it. */
export interface Route {
  method: string
  path: string
}

/** Every route of an app but what only stands before others. */
export const routesOf = ({ app }: OpenedApp): Route[] => {
  const all = app.routes
    .filter(({ path }) => !path.includes('*'))
    .map(({ method, path }) => ({ method: method === 'ALL' ? 'POST' : method, path }))
  return [...new Map(all.map((route) => [`${route.method} ${route.path}`, route])).values()]
}

/** The app with Teams beside it, whose keys and connector are a stand-in on this machine. */
export async function openWithTeams(rig: Rig) {
  const service = await standIn()
  const token = await service.token()
  const { openIdUrl, loginUrl } = service
  const options = { appId: APP, appPassword: PASSWORD, openIdUrl, loginUrl }
  const app = openApp(undefined, {
    teams: (takeTurn) =>
      teams(takeTurn, {
        ...options,
        tenants: (tenant) => (tenant === TENANT ? 'southwark' : undefined),
        unknownTenant: () => 'If someone is in danger now, ring 999.',
        log: openLog('silent'),
      }).app,
  })
  rig.after(() => app.close())
  rig.after(service.close)
  return { app, service, token }
}

export interface Asked {
  path: string
  init: { method: string; headers: Record<string, string>; body?: string }
  /** A new call, as Twilio sends it: it must be answered well whatever comes round it. */
  good: boolean
}

type Opened = Awaited<ReturnType<typeof openWithTeams>>
type Signing = 'signed' | 'unsigned'
const FORM = 'application/x-www-form-urlencoded'
const PEOPLE = 2000

/** Requests of any shape for every route the app has: forms, JSON, multipart and none at all. */
export function requestsFor(rig: Rig, { app, service, token }: Opened) {
  const dice = diceBy(rig.random)
  const { form, path: withQuery } = formsBy(dice, PEOPLE)
  const routes = routesOf(app)
  const bodies = bodiesBy(dice, (route) => form(route), service)
  const { any, often } = dice

  let rung = 0
  /** The headers that would let this body in, had Twilio, Teams or staff sent it. */
  function proof(path: string, body: string): Record<string, string> {
    if (path.startsWith('/api/messages')) return { Authorization: `Bearer ${token}` }
    if (path.startsWith('/api')) return { Authorization: `Bearer ${STAFF}` }
    const pairs = Object.fromEntries(new URLSearchParams(body))
    return { 'X-Twilio-Signature': signature(path, pairs) }
  }
  const forged = () => {
    const tries = [{}, { 'X-Twilio-Signature': '' }, { 'X-Twilio-Signature': any(WORDS) }]
    return any([...tries, { Authorization: 'Bearer x' }, { Authorization: `Bearer ${STAFF}x` }])
  }

  function ask(signing: Signing): Asked {
    const route = any(routes)
    const query = often(0.5) ? withQuery('') : ''
    const path = route.path.replace(':ref', any(['00000000', '12345678', 'x', '%00'])) + query
    const method = often(0.95) ? route.method : any(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])
    const { type, body } = bodies(route.path)
    const shown = signing === 'signed' ? proof(path, body) : forged()
    const headers = { ...printable(shown), ...(type && { 'Content-Type': type }) }
    const sent = method === 'GET' ? {} : { body }
    return { path, init: { method, headers, ...sent }, good: false }
  }
  /** One in twenty is a person who rings. */
  function askOrRing(signing: Signing): Asked {
    if (signing === 'unsigned' || !often(0.05)) return ask(signing)
    const CallSid = `CAf${String(rung++).padStart(31, '0')}`
    const body = new URLSearchParams(calling({ CallSid })).toString()
    const headers = { 'Content-Type': FORM, ...proof('/twilio/voice', body) }
    return { path: '/twilio/voice', init: { method: 'POST', headers, body }, good: true }
  }
  return { routes, ask: askOrRing }
}

/** What HTTP cannot carry in a header never reaches a server. */
const printable = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '?')])
  )

function bodiesBy(
  { any, often, below, letters }: ReturnType<typeof diceBy>,
  form: (route: string) => string,
  service: Opened['service']
) {
  const junk = () => (often(0.5) ? any(WORDS) : letters())
  const values = () => any<unknown>([junk(), null, -1, 1e308, true, [], [[junk()]], { a: junk() }])
  function activity(): string {
    const one: Record<string, unknown> = message(service, { text: junk(), value: values() })
    for (let spoilt = below(3); spoilt > 0; spoilt--) {
      const name = any(Object.keys(one))
      if (often(0.5)) delete one[name]
      else one[name] = values()
    }
    const text = JSON.stringify(one)
    return often(0.1) ? text.slice(0, below(text.length)) : text
  }
  const multipart = () =>
    `--x\r\nContent-Disposition: form-data; name="${any(WORDS)}"\r\n\r\n${junk()}\r\n--x--\r\n`
  return function bodyFor(route: string): { type: string; body: string } {
    if (route === '/api/messages' && often(0.8))
      return { type: 'application/json', body: activity() }
    const made = [
      () => ({ type: FORM, body: form(route) }),
      () => ({ type: FORM, body: form(route) }),
      () => ({ type: 'application/json', body: often(0.5) ? activity() : junk() }),
      () => ({ type: 'multipart/form-data; boundary=x', body: multipart() }),
      () => ({ type: 'multipart/form-data', body: multipart() }),
      () => ({ type: '', body: often(0.5) ? '' : junk() }),
    ]
    return any(made)()
  }
}
