import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newKeyring } from '../../src/security/keyring.ts'
import type { Store } from '../../src/store/contract.ts'
import {
  askErasure,
  confirmErasure,
  eraseAgain,
  hold,
  type Records,
  release,
} from '../../src/store/erasure.ts'
import { sealed } from '../../src/store/sealed.ts'
import type { Stored } from '../../src/store/sealed-contact.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { verifyLog } from '../../src/store/verify.ts'
import { at, line, person, reply, row, turn } from './sample.ts'

const NUMBER = '+447700900742'
const WORDS = 'my parrot quibbled on the ottoman'
const ann = (n: number) => ({
  ...person(1, { turn: n, address: NUMBER, status: 'closed', codes: ['CSD'] }),
  conversation: null,
  entries: n,
})
const { ref, id } = ann(1)

let folder: string
let plain: Store
let store: Store
let records: Records
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-erase-'))
  const keyring = newKeyring()
  plain = openSqlite(join(folder, 'a.db'))
  store = sealed(plain, keyring)
  records = { store: plain, keyring, now: () => at(30) }
  const log = [line(1, { heard: WORDS, detail: { name: WORDS } })]
  const webhook = { id: 'SM1', reply: reply(WORDS) }
  await store.commit(turn(ann(1), { log, webhook, outbox: [row(ann(1), 1, { due: at(31) })] }))
  await store.commit(turn({ ...person(2), codes: ['CSD'] }))
})
afterEach(async () => {
  await plain.close()
  rmSync(folder, { recursive: true, force: true })
})

const deed = (by: string) => ({ ref, by, why: 'she asked us to' })
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ code, message }) => `${code}: ${message}`
  )
const erase = async () => {
  await askErasure(records, deed('kim'))
  return confirmErasure(records, { ref, by: 'lee' })
}

it('needs two people', async () => {
  expect(await refusal(confirmErasure(records, { ref, by: 'lee' }))).toMatch(/nobody has asked/)
  await askErasure(records, deed('kim'))
  expect(await refusal(confirmErasure(records, { ref, by: ' Kim' }))).toMatch(
    /not-allowed.*whoever/
  )
  expect(await confirmErasure(records, { ref, by: 'lee' })).toBe(id)
  expect(await refusal(askErasure(records, deed('kim')))).toMatch(/it was erased/)
})

it('never while it is held, asked before or after', async () => {
  await askErasure(records, deed('kim'))
  await hold(records, { ref, by: 'coroner', why: 'inquest' })
  expect(await refusal(confirmErasure(records, { ref, by: 'lee' }))).toMatch(/it is held/)
  expect(await refusal(askErasure(records, deed('kim')))).toMatch(/it is held/)
  await release(records, { ref, by: 'coroner', why: 'over' })
  // A hold ends what was asked before it.
  expect(await refusal(confirmErasure(records, { ref, by: 'lee' }))).toMatch(/nobody has asked/)
  await erase()
})

it('never while someone talks, or a promise is owed', async () => {
  const { ref } = person(2)
  expect(await refusal(askErasure(records, { ...deed('kim'), ref }))).toMatch(/going on/)
  const clock = { name: 'ringBack', code: 'CSD', owner: 'x', due: at(9), state: 'running' } as const
  await store.commit(turn({ ...ann(2), clocks: [clock] }))
  expect(await refusal(askErasure(records, deed('kim')))).toMatch(/promise is still running/)
})

it('nothing is found again, the chain verifies, and who erased it is known', async () => {
  const key = ((await plain.load(id)) as Stored).seal?.key?.key ?? 'none'
  await erase()
  expect((await store.list({ phone: NUMBER, limit: 9 })).contacts).toEqual([])
  expect(await store.recent('southwark', NUMBER, at(0))).toEqual([])
  const left = await store.byRef(ref)
  expect(left).toMatchObject({ codes: ['CSD'], person: { address: '', phone: 'withheld' } })
  const timeline = await store.timeline(id)
  expect(JSON.stringify([left, timeline])).not.toMatch(/parrot|7700/)
  expect(timeline.at(-1)).toMatchObject({ kind: 'erased', detail: { by: ['kim', 'lee'] } })
  expect(await store.replyTo('SM1')).toMatchObject({ body: '' })
  const [left1] = await store.claimOutbox(at(40), 9)
  expect(left1).toMatchObject({ state: 'parked', result: { why: 'the contact was erased' } })
  expect((await verifyLog(plain, new Map())).faults).toEqual([])
  await plain.close()
  const disk = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  expect(disk.join('')).not.toContain(key)
})

it('a process that remembers the key cannot bring the record back', async () => {
  const loaded = await store.load(id)
  await erase()
  const next = { ...loaded!, turn: 2 }
  expect(await store.commit(turn(next))).toEqual({ result: 'overtaken' })
  const again = (await store.load(id))!
  const late = { ...again, turn: again.turn + 1, entries: again.entries + 1 }
  const log = [line(late.entries, { kind: 'sent', detail: { to: NUMBER } })]
  expect(await store.commit(turn(late, { log }))).toEqual({ result: 'saved' })
  expect(JSON.stringify(await store.timeline(id))).not.toContain(NUMBER)
  expect((await verifyLog(plain, new Map())).faults).toEqual([])
})

it('after a restored backup what was erased is erased again', async () => {
  await plain.close()
  copyFileSync(join(folder, 'a.db'), join(folder, 'backup.db'))
  plain = openSqlite(join(folder, 'a.db'))
  records = { ...records, store: plain }
  const ids = [await erase()]
  const backup = openSqlite(join(folder, 'backup.db'))
  const restored = { ...records, store: backup }
  expect(await eraseAgain(restored, ids)).toBe(1)
  expect(await eraseAgain(restored, ids)).toBe(0)
  expect((await sealed(backup, records.keyring).byRef(ref))?.person.address).toBe('')
  await backup.close()
})
