import { DoorError } from '../../src/errors.ts'
import type { OutboxRow, Store, TimerRow } from '../../src/store/contract.ts'
import { type Answer, type Form, STAFF, signature } from '../app/opened.ts'
import type { ContactSeen } from '../journeys/door.ts'
import type { OpenedWorker } from './worker.ts'
import type { Ill } from './world.ts'

const METHODS: readonly (keyof Store)[] = [
  ...(['load', 'byRef', 'recent', 'byCall', 'replyTo', 'find', 'commit', 'timeline'] as const),
  ...(['list', 'claimTimers', 'settleTimer', 'claimOutbox', 'settleOutbox'] as const),
  ...(['closeOutbox', 'nextDue'] as const),
]
let worlds = 0

/**
 * What `openApp` of test/app/opened.ts gives, with the Worker in workerd behind it instead: the same tests ask the one and
 * the other. Each is a world of its own, with homes that nobody else reaches.
 */
export function openInWorkerd(
  worker: Promise<OpenedWorker>,
  { now = '2026-11-24T14:20:00Z', slow = 0 }: { now?: string; slow?: number }
) {
  const world = `w${worlds++}`
  const clock = { now }
  const log: string[] = []
  const faults: { ill?: (method: string) => Error | undefined } = {}
  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const told = {
      'X-Test-World': world,
      'X-Test-Now': clock.now,
      'X-Test-Slow': String(slow),
      'X-Test-Ill': JSON.stringify(illOf(faults.ill)),
    }
    const headers = { ...(init.headers as Form), ...told }
    const { logged, ...answer } = await heard(await worker, path, { ...init, headers })
    log.push(...logged)
    return answer
  }
  const asked = async (path: string, body: object) =>
    JSON.parse(
      (await send(`/-test/${path}`, { method: 'POST', body: JSON.stringify(body) })).body
    ) as unknown
  const raw = (path: string, body: string, headers: Form = {}) => {
    const form = Object.fromEntries(new URLSearchParams(body))
    const signed = { ...FORM, 'X-Twilio-Signature': signature(path, form), ...headers }
    return send(path, { method: 'POST', body, headers: signed })
  }
  const api = (path: string, headers: Form = { Authorization: `Bearer ${STAFF}` }) =>
    send(`/api/${path}`, { headers })
  const contacts = async (query = '') =>
    JSON.parse((await api(`contacts?limit=200&${query}`)).body).contacts as ContactSeen[]
  return {
    ...{ clock, log, faults, send, raw, api, contacts },
    ...claims(asked),
    post: (path: string, form: Form) => raw(path, new URLSearchParams(form).toString()),
    async contactOf(phone: string) {
      const [first] = await contacts(`phone=${encodeURIComponent(phone)}`)
      return JSON.parse((await api(`contacts/${first?.ref}`)).body) as ContactSeen
    },
    close: async () => undefined,
  }
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }

/** What waits in the homes: each knows its own. */
function claims(asked: (path: string, body: object) => Promise<unknown>) {
  const homeOf = new Map<string, string>()
  const claim = async (what: string, now: string, limit: number) => {
    const found = (await asked('claim', { what, now, limit })) as { home: string; row: Row }[]
    for (const { home, row } of found) homeOf.set(row.id, home)
    return found.map(({ row }) => row)
  }
  const act = (what: string, timer: TimerRow, ...more: unknown[]) =>
    asked(`do/${encodeURIComponent(homeOf.get(timer.id) ?? '')}`, {
      what,
      given: [timer, ...more],
    })
  return {
    fire: (timer: TimerRow) => act('fire', timer),
    store: {
      claimTimers: (now: string, limit: number) => claim('claimTimers', now, limit),
      claimOutbox: (now: string, limit: number) => claim('claimOutbox', now, limit),
      settleTimer: (timer: TimerRow, end: object) => act('settleTimer', timer, end),
    },
  }
}
type Row = TimerRow & OutboxRow

/** A function cannot cross: it is asked of every method beforehand. */
function illOf(ill: ((method: string) => Error | undefined) | undefined): Ill {
  const found = METHODS.flatMap((name): [string, Ill[string]][] => {
    const error = ill?.(name)
    if (!error) return []
    const { message } = error
    return [[name, error instanceof DoorError ? { code: error.code, message } : { message }]]
  })
  return Object.fromEntries(found)
}

/** workerd answers a body that is too large and hangs up; the client may still be sending, and then hears nothing. */
async function heard(worker: OpenedWorker, path: string, init: RequestInit) {
  for (let tries = 1; ; tries++)
    try {
      return await worker.sendLogged(path, init)
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      if (tries === 10 || !/^(EPIPE|ECONNRESET|UND_ERR_SOCKET)$/.test(code ?? '')) throw error
    }
}
