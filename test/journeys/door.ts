import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StaffAct } from '../../src/handoff/acts.ts'
import { type Door, openDoor } from '../../src/node.ts'

/** What a call's answer holds. */
export interface Call {
  call: string
  heard: string[]
  waitingFor: null | { keys: boolean; speech: boolean; seconds: number }
  ringing?: string[]
  ended: boolean
  with?: string[]
}

export interface ContactSeen {
  ref: string
  place: string
  channel: string
  status: string
  codes: string[]
  level: string
  priority: string | null
  route: { team: string; owner: string; rule: string } | null
  routes: { code: string; team: string; service: string; rule: string }[]
  clocks: { name: string; code: string; owner: string; due: string; state: string }[]
  consent: string | null
  person: Record<string, unknown>
  texts?: { status: string; code?: string }[]
  timeline: {
    seq: number
    at: string
    kind: string
    step?: string
    heard?: string
    said?: string
    detail?: Record<string, unknown>
  }[]
}

/** A front door of its own, driven as people drive it: by the simulator's API, through signed webhooks. */
export interface OpenedDoor extends ReturnType<typeof driven> {}

/** Opens a demo door on a free port, with an embedded store in memory. */
export async function open(env: Record<string, string> = {}) {
  const settings = { PORT: '0', STORE_URL: 'sqlite::memory:', LOG_LEVEL: 'error', ...env }
  return driven(await openDoor(settings))
}

/** Whether a place's file is taken anew while the door stands open. */
export const TAKES_FILES_ANEW: boolean = true
/** Whether its simulator can make Teams ill. */
export const TEAMS_FALLS_ILL: boolean = true

/** What of a door is driven: wherever it runs, it has a simulator before it. */
export type Driven = Pick<Door, 'url' | 'close' | 'settled'> & {
  desk: Pick<Door['desk'], 'act' | 'views'>
}

export function driven(door: Driven) {
  const simulator = async <T>(path: string, body?: unknown): Promise<T> => {
    const post =
      body === undefined
        ? {}
        : {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }
    const response = await fetch(`${door.url}/simulator/${path}`, post)
    const answer = (await response.json()) as T & { error?: string }
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.error}`)
    return answer
  }
  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${door.url}/api/${path}`, {
      headers: { Authorization: 'Bearer demo' },
    })
    return (await response.json()) as T
  }
  const act = (call: string, body: object) => simulator<Call>(`calls/${call}`, body)

  return {
    url: door.url,
    close: door.close,
    settled: door.settled,
    /** Does what a member of staff does, as the console would. */
    act: (staff: string, act: StaffAct, place = 'southwark') =>
      door.desk.act({ place, staff, surface: 'console' }, act),
    views: door.desk.views,
    simulator,
    api,
    clock: (now: string) => simulator('clock', { now }),
    advance: (duration: string) => simulator('clock', { advance: duration }),
    /** Rings a place and presses or says one thing after another: '1', 'silence', 'hang up', or words. Returns the last answer, and all that was heard. */
    async ring(from: string, to: string, does: readonly string[] = []) {
      let at = await simulator<Call>('calls', { from, to })
      const heard = [...at.heard]
      for (const doing of does) {
        at = await act(at.call, acting(doing))
        heard.push(...(at.heard ?? []))
      }
      return { ...at, all: heard.join('\n') }
    },
    async go(call: string, does: readonly string[]) {
      let at = await simulator<Call>(`calls/${call}`)
      const heard: string[] = []
      for (const doing of does) {
        at = await act(call, acting(doing))
        heard.push(...(at.heard ?? []))
      }
      return { ...at, all: heard.join('\n') }
    },
    async text(from: string, to: string, body: string) {
      const { replies } = await simulator<{ replies: string[] }>('texts', { from, to, body })
      return replies.join('\n')
    },
    async texts(from: string, to: string, bodies: readonly string[]) {
      let last = ''
      for (const body of bodies) last = await this.text(from, to, body)
      return last
    },
    /** What a phone has received. */
    phone: (number: string) =>
      simulator<{ texts: { from: string; body: string }[]; ringing: unknown[] }>(
        `phones/${encodeURIComponent(number)}`
      ),
    answer: (number: string) => simulator(`phones/${encodeURIComponent(number)}`, { answer: true }),
    /** The newest contact of a number. */
    async contactOf(phone: string): Promise<ContactSeen> {
      const { contacts } = await api<{ contacts: ContactSeen[] }>(
        `contacts?phone=${encodeURIComponent(phone)}`
      )
      return api<ContactSeen>(`contacts/${contacts[0]?.ref}`)
    },
    contactsOf: async (phone: string) =>
      (await api<{ contacts: ContactSeen[] }>(`contacts?phone=${encodeURIComponent(phone)}`))
        .contacts,
  }
}

function acting(doing: string): object {
  if (/^[0-9*#]+$/.test(doing)) return { press: doing }
  if (doing === 'silence') return { silence: true }
  if (doing === 'hang up') return { hangUp: true }
  return { say: doing }
}

/** Numbers of the shipped places. */
export const NUMBERS = {
  southwark: '+442079460200',
  lewisham: '+442079460100',
  southampton: '+441632960300',
} as const

let last = 0
/** A mobile nobody has: Ofcom's drama range. */
export const mobile = () => `+447700900${String(last++ % 1000).padStart(3, '0')}`
/** A landline nobody has. */
export const landline = () => `+441632960${String(500 + (last++ % 400)).padStart(3, '0')}`

/** A copy of the places with one of them changed, for hours that the shipped ones do not have. */
export function changedPlaces(place: string, change: (text: string) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-places-'))
  cpSync('places', folder, { recursive: true })
  const file = join(folder, `${place}.yaml`)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
  return { folder, file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
