import type { Actor, ActResult, StaffAct } from '../handoff/acts.ts'
import type { Commit } from '../store/contract.ts'
import type { DurableStorage } from '../store/durable.ts'
import type { AlarmStorage } from './alarm.ts'
import type { ChatAsked, DeskAsked } from './desks.ts'
import type { Asked } from './homes.ts'
import type { Told } from './told.ts'

/** What a Durable Object is given. https://developers.cloudflare.com/durable-objects/api/state/ */
export interface ObjectState {
  id: { name?: string }
  storage: DurableStorage & AlarmStorage
}

/** A home as the Worker reaches it. */
export interface HomeStub {
  fetch(request: Request): Promise<Response>
  ask(asked: Asked): Promise<Told>
  commit(commit: Commit): Promise<Told>
  desk(asked: DeskAsked): Promise<Told>
  look(): Promise<Told>
  chat(asked: ChatAsked): Promise<Told>
  act(actor: Actor, act: StaffAct): Promise<ActResult>
  figures(): Promise<string>
}

/** The bindings: settings by their names in the environment, the homes, and the pages. */
export interface Bindings {
  HOMES: { getByName(name: string): HomeStub }
  [setting: string]: unknown
}

/** The settings among the bindings. */
export const settingsIn = (env: Bindings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  )
