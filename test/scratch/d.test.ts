import { mkdtempSync } from 'node:fs'
import { afterEach, beforeEach, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { changedPlaces, landline, mobile, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'
import { handset, kinds, staff } from '../journeys/staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())
const ASHA = '+442079460261'
const BEN = '+442079460262'
const to = NUMBERS.southwark
const P = (...x: unknown[]) => console.log(...x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))))
const withOf = async (call: string) => (await door.simulator<{ with?: string[]; ended: boolean }>(`calls/${call}`)).with
const queue = async () => (await door.views.queue('southwark')).map(({ contact: _, since: __, rank: ___, language, restricted, level, ...q }: any) => q)
const sum = async (from: string) => {
  for (const c of await door.contactsOf(from)) {
    const one = await door.api<any>(`contacts/${c.ref}`)
    P('CONTACT', c.ref, one.status, one.codes, one.level, one.priority, one.clocks.map((k: any) => [k.name, k.code, k.owner, k.due.slice(5, 16), k.state].join(' ')), kinds(one.timeline).join(' | '))
  }
}
const idOf = async () => (await door.views.queue('southwark'))[0]?.contact ?? ''
const shifts = async () => (await door.views.staff('southwark')).map((s: any) => [s.staff, s.shift, s.contact?.slice(0, 4), s.offers.length])
const FALL = ['2', '2', '2', '1', '2', '1', '3', '2', '2', '2', '2', '2', '2', '2','2']

it('S6 wrap-up and a nurse promise', async () => {
  const asha = staff(door, 'asha')
  const from = landline()
  const r = await door.ring(from, to, ['2', '2', '2', '1', '1'])
  P(r.heard.at(-1)!)
  let last = r
  for (const k of ['2', '1', '2', '2', '1', '2', '1', '1', '1', '2', '1', '1']) {
    const g = await door.go(r.call, [k]); P(k, '->', g.heard.at(-1) ?? ''); if (g.ended) break
    if (/will ring|GP surgery|name/.test(g.all)) { }
  }
  await sum(from)
})

it('S10 restart: ring at once', async () => {
  await door.close()
  const dir = mkdtempSync('/tmp/fd-')
  door = await open({ STORE_URL: `sqlite:${dir}/x.db` })
  await door.clock('2026-11-24T14:20:00Z')
  await staff(door, 'asha').start()
  await door.close()
  door = await open({ STORE_URL: `sqlite:${dir}/x.db` })
  await door.clock('2026-11-24T14:21:00Z')
  const from = landline()
  await door.ring(from, to, ['0'])
  P(await queue(), await shifts())
  await sum(from)
})
it('S10b restart: ring before anything', async () => {
  await door.close()
  const dir = mkdtempSync('/tmp/fd-')
  door = await open({ STORE_URL: `sqlite:${dir}/x.db` })
  await staff(door, 'asha').start()
  await door.close()
  door = await open({ STORE_URL: `sqlite:${dir}/x.db` })
  const from = landline()
  await door.ring(from, to, [])
  P(await queue(), await shifts())
  await sum(from)
})
it('S11 midnight, DST', async () => {
  for (const at of ['2026-11-24T23:50:00Z', '2026-10-25T00:30:00Z', '2026-10-25T00:58:00Z', '2027-03-28T00:50:00Z', '2026-12-31T23:57:00Z']) {
    await door.clock(at)
    const from = mobile()
    P(at, await door.text(from, to, 'CALL ME'))
    const f = landline()
    const { call } = await door.ring(f, to, ['2'])
    await door.go(call, ['hang up'])
    await sum(f)
    const g = landline()
    const n = await door.ring(g, to, ['2', '2', '2', '1', '6', '3', '1', '1', '1', 'Ann'])
    P(/ring you by ([^.]*)/.exec(n.all)?.[0] ?? n.all.slice(-200))
    await sum(g)
  }
})
it('S28 emergency typed in Teams; S4 roles', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = landline()
  await door.ring(from, to, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  for (const n of ['999', '112', '+44999', '9 9 9', '116123', '0906 123 4567', '118118', '07700900123', '+1 202 555 0101', '00447700900123'])
    { const r: any = await asha.click(/You have/, 'bring', { 'bring.number': n, 'bring.reason': 'x' }).catch((e) => String(e)); P(n, JSON.stringify(r.answered ?? r).slice(0, 200)) }
})
it('S41 duplicates: same navigator presses accept thrice, decline after accept, later after accept', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const { call } = await door.ring(landline(), to, ['2', '2', '2'])
  const contact = await idOf()
  P(await Promise.all([1, 2, 3].map(() => door.act('asha', { do: 'accept', contact }))))
  await door.settled()
  P(await door.act('asha', { do: 'later', contact }))
  await door.settled()
  P(await queue(), await shifts())
})
it('S42 wrapping navigator and the same caller rings again', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = landline()
  const { call } = await door.ring(from, to, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  await door.go(call, ['hang up'])
  const again = await door.ring(from, to, ['0', '1'])
  P(await queue(), await shifts(), again.all.slice(-300))
  for (let n = 0; n < 6; n++) { await door.advance('PT10S'); P(await queue()) }
  P((await door.go(again.call, [])).ended, await shifts())
  await sum(from)
})
it('S43 caller hangs up with P4 wants while alone nav break', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = landline()
  const { call } = await door.ring(from, to, ['2', '2', '2', '0'])
  P('q', await queue())
  await asha.click(/Can you take/, 'decline', { 'decline.reason': 'busy' })
  await door.settled()
  P('q', await queue(), await withOf(call))
  const r = await door.go(call, ['silence'])
  P(r)
  await door.go(call, ['hang up'])
  await sum(from)
})
