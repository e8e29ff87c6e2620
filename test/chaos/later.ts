import { newKeyring } from '../../src/security/keyring.ts'
import { sealed } from '../../src/store/sealed.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { type OpenedApp, openApp } from '../app/opened.ts'
import { contactsOf } from './audit.ts'
import { openClient } from './client.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'

/** The whole app with sealed records, and a clock that a run may move. Nothing of it listens. */
export function openInside(rig: Rig) {
  const app = openApp('2026-11-24T14:20:00Z', {
    store: sealed(openSqlite(':memory:'), newKeyring()),
  })
  rig.after(app.close)
  const client = openClient({
    targets: [{ port: 0, publicUrl: '', token: '' }],
    random: rig.random,
    send: ({ path, form }) => app.post(path, form),
  })
  rig.after(client.close)
  const door = {
    api: async <T>(path: string) => JSON.parse((await app.api(path)).body) as T,
  }
  return { app, client, door }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Since the webhook first came. */
const WAITS = [MINUTE, HOUR, 23 * HOUR] as const
/** As long as the door keeps replies. */
const KEEP = 48 * HOUR

/** Lets the clock reach a time: what falls due happens, and old replies are dropped as the door drops them. */
async function reach({ clock, store, fire }: OpenedApp, now: string) {
  clock.now = now
  for (;;) {
    const timers = await store.claimTimers(now, 100)
    if (timers.length === 0) break
    for (const timer of timers) {
      await fire(timer)
      await store.settleTimer(timer, { done: true })
    }
  }
  await store.expireReplies(new Date(Date.parse(now) - KEEP).toISOString())
}

/** Everything staff can see of everyone. */
const everything = async (door: Parameters<typeof contactsOf>[0]) =>
  (await contactsOf(door)).map((contact) => JSON.stringify(contact)).sort()

const A9: Run = {
  id: 'A9',
  name: 'each webhook comes again after a minute, an hour and 23 hours',
  goal: 'the stored reply, byte for byte, and nothing changed',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const { app, client, door } = openInside(rig)
    const started = Date.parse(app.clock.now)
    let begun = 0
    const wanted = rig.of(5, 100, 1000)
    await client.talks(PEOPLE, 1, () => begun++ >= wanted)
    const counts = { repeats: 0, other: 0, refused: 0, changed: 0 }
    for (const wait of WAITS) {
      await reach(app, new Date(started + wait).toISOString())
      const before = await everything(door)
      for (const { path, form, reply, status } of client.turns) {
        const again = await app.post(path, form)
        counts.repeats += 1
        if (again.status >= 300) counts.refused += 1
        if (!status && again.body !== reply.body) counts.other += 1
      }
      const after = await everything(door)
      counts.changed += after.filter((contact, i) => contact !== before[i]).length
    }
    const { repeats, other, refused, changed } = counts
    return {
      runs: repeats,
      lost: 0,
      doubled: changed,
      success: 1 - refused / repeats,
      faults: other > 0 ? [`${other} repeats got other bytes`] : [],
      figures: { conversations: client.had.length, webhooks: client.turns.length },
    }
  },
}

export const LATER: readonly Run[] = [A9]
