import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSpill } from '../../src/door/spill.ts'
import { type Files, openSpillFiles } from '../../src/door/spill-files.ts'
import { linesFor } from '../../src/door/spill-place.ts'
import { calling, openApp, shipped, texting, wordsOf } from './opened.ts'
import { openSpilling, type Spilling, spillFolder } from './spilling.ts'

let kept: ReturnType<typeof spillFolder>
const opened: Spilling[] = []
beforeEach(() => {
  kept = spillFolder()
})
afterEach(async () => {
  for (const app of opened.splice(0)) await app.shut().catch(() => undefined)
  kept.remove()
})
async function openOne(given: Parameters<typeof openSpilling>[1] = {}) {
  const app = await openSpilling(kept.folder, given)
  opened.push(app)
  return app
}
const SAFE = /ring 9 ?9 ?9.*1 ?1 ?1/i
const spilledIn = async (app: Spilling, phone: string) =>
  (await app.contactOf(phone)).timeline.filter(({ kind }) => kind === 'spilled').length
/** Rings while the store is down, and says who did. */
async function rings(app: Spilling, count = 1): Promise<string[]> {
  app.down()
  const forms = Array.from({ length: count }, () => calling())
  await Promise.all(forms.map((form) => app.post('/twilio/voice', form)))
  return forms.map(({ From }) => From!)
}

describe('a process that dies', () => {
  it('leaves its file, and the next one replays it at the start', async () => {
    const first = await openOne()
    const phones = await rings(first, 3)
    // As after kill -9: the file stands as it is, and nobody closes it.
    const next = await openOne({ app: openApp(), keyring: first.keyring })
    await next.up()
    for (const phone of phones) expect(await spilledIn(next, phone)).toBe(1)
    expect(kept.names()).toEqual([])
  })

  it('between the commit and the removal of the file: each is replayed once', async () => {
    const app = await openOne()
    const phones = await rings(app, 5)
    const [name] = kept.names()
    const copy = `${kept.folder}.copy`
    copyFileSync(join(kept.folder, name!), copy)
    await app.up()
    for (let times = 0; times < 2; times++) {
      copyFileSync(copy, join(kept.folder, '000-again.ready'))
      await app.spill.drain()
    }
    for (const phone of phones) {
      expect(await spilledIn(app, phone)).toBe(1)
      expect(await app.contacts(`phone=${encodeURIComponent(phone)}`)).toHaveLength(1)
    }
    expect(kept.names()).toEqual([])
  })

  it('in mid-replay: what is left is replayed, what was replayed is not again', async () => {
    const app = await openOne()
    const phones = await rings(app, 20)
    let commits = 0
    app.faults.ill = (method) =>
      method === 'commit' && ++commits > 7 ? new Error('the machine stopped here') : undefined
    await app.spill.drain()
    await app.spill.stop()
    app.faults.ill = undefined
    const next = await openOne({ app, keyring: app.keyring })
    await next.up()
    for (const phone of phones) expect(await spilledIn(next, phone)).toBe(1)
  })

  it('in mid-write: half a line is nobody’s, and the others are replayed', async () => {
    const first = await openOne()
    const phones = await rings(first, 2)
    const [name] = kept.names()
    const path = join(kept.folder, name!)
    const [line] = readFileSync(path, 'utf8').split('\n')
    appendFileSync(path, line!.slice(0, line!.length / 2))
    const next = await openOne({ app: openApp(), keyring: first.keyring })
    await next.up()
    for (const phone of phones) expect(await spilledIn(next, phone)).toBe(1)
    expect(next.codes()).toContain('spill-torn')
    expect(kept.names()).toEqual([])
  })
})

it('a line that was changed is kept aside and named; the others are replayed', async () => {
  const app = await openOne()
  const phones = await rings(app, 3)
  const [name] = kept.names()
  const path = join(kept.folder, name!)
  const lines = readFileSync(path, 'utf8').split('\n')
  lines[1] = lines[1]!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  writeFileSync(path, lines.join('\n'))
  await app.up()
  expect(await app.contacts()).toHaveLength(phones.length - 1)
  expect(app.codes()).toContain('spill-unreadable')
  expect(kept.names()).toEqual([expect.stringMatching(/\.aside$/)])
  expect(app.spill.waiting()).toBe(1)
})

describe('two doors with one folder', () => {
  it('each writes its own file, and both bring in what they took', async () => {
    const one = await openOne()
    const two = await openOne({ app: openApp(), keyring: one.keyring })
    const phones = [await rings(one, 4), await rings(two, 4)]
    expect(kept.names()).toHaveLength(2)
    await one.up()
    await two.up()
    for (const phone of phones[0]!) expect(await spilledIn(one, phone)).toBe(1)
    for (const phone of phones[1]!) expect(await spilledIn(two, phone)).toBe(1)
  })

  it('a file that was taken from a living door: what it writes next is in a file of its own', async () => {
    const one = await openOne()
    const [first] = await rings(one)
    const [name] = kept.names()
    // The other reads it, and removes it when it is done: what is written into it then is lost.
    const read = readFileSync(join(kept.folder, name!))
    renameSync(join(kept.folder, name!), `${kept.folder}.taken`)
    const [second] = await rings(one)
    expect(kept.names()).toHaveLength(1)
    writeFileSync(join(kept.folder, name!.replace('.open', '.ready')), read)
    await one.up()
    for (const phone of [first!, second!]) expect(await spilledIn(one, phone)).toBe(1)
  })

  it('a file of a door that is gone is taken over once it is idle', async () => {
    const one = await openOne()
    const [phone] = await rings(one)
    const [name] = kept.names()
    const read = readFileSync(join(kept.folder, name!))
    const two = await openOne({ app: openApp(), keyring: one.keyring })
    await two.up()
    // Left by a third, after the start of this one.
    const left = join(kept.folder, '000-left.open')
    writeFileSync(left, read)
    await two.up()
    expect(kept.names()).toContain('000-left.open')
    const ago = Date.now() / 1000 - 11
    utimesSync(left, ago, ago)
    await two.up()
    expect(await spilledIn(two, phone!)).toBe(1)
    expect(readdirSync(kept.folder)).not.toContain('000-left.open')
  })
})

/** Files on a disk that is full: what is opened stands for /dev/full, where every write fails. */
const full: Files = { rename, open: (_path, _flags, mode) => open('/dev/full', 'a', mode) }

describe('the disk is full too', () => {
  it('the caller hears the words all the same, staff hear of it, and nothing is acknowledged', async () => {
    const app = await openOne({ files: full })
    app.down()
    const form = calling()
    const reply = await app.post('/twilio/voice', form)
    expect([reply.status, wordsOf(reply)]).toEqual([200, expect.stringMatching(SAFE)])
    expect(wordsOf(await app.post('/twilio/sms', texting('my leg hurts')))).toMatch(SAFE)
    expect(app.codes()).toContain('spill-failed')
    const status = await app.post('/twilio/status', { ...form, CallStatus: 'completed' })
    expect(status.status).toBe(503)
  })

  it('once there is room again, the next contact is kept', async () => {
    let room = false
    const files: Files = { rename, open: (...given) => (room ? open : full.open)(...given) }
    const app = await openOne({ files })
    await rings(app)
    room = true
    const [phone] = await rings(app)
    await app.up()
    expect(await spilledIn(app, phone!)).toBe(1)
  })

  it('the spill is bounded, and says so', async () => {
    const app = await openOne({ most: 4_000 })
    await rings(app, 1)
    await rings(app, 1)
    await rings(app, 1)
    await rings(app, 1)
    expect(app.codes()).toContain('spill-full')
    expect(kept.text().length).toBeLessThanOrEqual(4_000)
  })

  it('a disk that never answers costs the caller a second and a half, not the words', async () => {
    const hangs = { append: () => new Promise<void>(() => undefined), waiting: () => 0 }
    const lines = { ...hangs, async *batches() {}, close: async () => undefined }
    const app = await openOne({ lines })
    app.down()
    expect(wordsOf(await app.post('/twilio/voice', calling()))).toMatch(SAFE)
    expect(app.codes()).toContain('spill-failed')
  })
})

describe('many at once', () => {
  it('two hundred callers share a few syncs, and each is there afterwards', async () => {
    let syncs = 0
    const files: Files = {
      rename,
      async open(...given) {
        const handle = await open(...given)
        const datasync = handle.datasync.bind(handle)
        handle.datasync = () => {
          syncs++
          return datasync()
        }
        return handle
      },
    }
    const app = await openOne({ files })
    const phones = await rings(app, 200)
    expect(app.spill.waiting()).toBe(200)
    expect(syncs).toBeGreaterThan(0)
    expect(syncs).toBeLessThanOrEqual(50)
    await app.up()
    for (const phone of phones) expect(await spilledIn(app, phone)).toBe(1)
    const { body } = await app.send('/metrics', {})
    expect(body).toMatch(/door_spilled_total 200/)
    expect(body).toMatch(/door_replayed_total 200/)
  })

  it('more than one file’s worth, in order', async () => {
    const lines = await openSpillFiles(kept.folder)
    await Promise.all(Array.from({ length: 2_500 }, (_, n) => lines.append(String(n))))
    await lines.append('last')
    const found: string[] = []
    for await (const batch of lines.batches()) {
      found.push(...batch.lines)
      await batch.done([])
    }
    expect(found).toEqual([...Array.from({ length: 2_500 }, (_, n) => String(n)), 'last'])
    expect(lines.waiting()).toBe(0)
  })
})

describe('what changed since', () => {
  it('the number belongs to another place now: the place it rang still looks after it', async () => {
    const app = await openOne()
    const [phone] = await rings(app)
    const content = shipped()
    const lewisham = content.places.get('lewisham')!
    const moved = { ...lewisham.place, numbers: lewisham.place.numbers.slice(1) }
    const places = new Map([...content.places, ['lewisham', { ...lewisham, place: moved }]])
    app.parts.content = () => ({ ...content, places })
    await app.up()
    expect((await app.contactOf(phone!)).place).toBe('lewisham')
  })

  it('the place is gone: it stays, is named, and is replayed when the place is back', async () => {
    const app = await openOne()
    const [phone] = await rings(app)
    const content = shipped()
    const places = new Map([...content.places].filter(([name]) => name !== 'lewisham'))
    app.parts.content = () => ({ ...content, places })
    await app.up()
    expect(app.spill.waiting()).toBe(1)
    expect(app.codes()).toContain('spill-stuck')
    await app.spill.stop()
    const next = await openOne({ app: openApp(), keyring: app.keyring })
    await next.up()
    expect(await spilledIn(next, phone!)).toBe(1)
  })

  it('what was said cannot be understood without an error: a person sees it at once all the same', async () => {
    const app = await openOne()
    app.down()
    const form = texting('my leg hurts')
    await app.post('/twilio/sms', form)
    const content = shipped()
    // As if a fault of ours met these words at every turn.
    app.parts.content = () => ({ ...content, words: new Map() })
    await app.up()
    app.parts.content = () => content
    expect(app.spill.waiting()).toBe(0)
    const contact = await app.contactOf(form.From!)
    expect([contact.priority, contact.codes]).toEqual(['P1', ['HOLD']])
    expect(app.codes()).toContain('bad-flow')
  })

  it('the end of a call that cannot be put into words: a person sees that, too', async () => {
    const app = await openOne()
    const form = calling()
    await app.post('/twilio/voice', form)
    app.down()
    await app.post('/twilio/status', { ...form, CallStatus: 'completed' })
    const content = shipped()
    app.parts.content = () => ({ ...content, words: new Map() })
    await app.up()
    app.parts.content = () => content
    const contact = await app.contactOf(form.From!)
    expect(contact.timeline.map(({ kind }) => kind)).toContain('spilled')
    expect(contact.codes).toEqual(['HOLD'])
  })

  it('the flow they were in is gone: they are still a person’s task', async () => {
    const app = await openOne()
    const form = calling()
    await app.post('/twilio/voice', form)
    app.down()
    await app.post('/twilio/voice/turn?t=1', { ...form, Digits: '1' })
    const contact = (await app.store.recent('lewisham', form.From!, '2026-01-01T00:00:00Z'))[0]!
    const conversation = contact.conversation!
    await app.store.commit({
      contact: {
        ...contact,
        turn: contact.turn + 1,
        entries: contact.entries + 1,
        conversation: { ...conversation, state: { ...conversation.state, value: 'no-such-step' } },
      },
      expected: contact.turn,
      log: [{ seq: contact.entries + 1, at: contact.updatedAt, kind: 'changed' }],
      outbox: [],
      timers: [],
    })
    await app.up()
    expect((await app.contactOf(form.From!)).priority).toBe('P1')
  })
})

it('a key of the keyring that was rotated away still opens what it sealed', async () => {
  const app = await openOne()
  const [phone] = await rings(app)
  const { keys } = app.keyring
  const rotated = {
    ...app.keyring,
    current: 'k9',
    keys: new Map([...keys, ['k9', Buffer.alloc(32, 9)]]),
  }
  await app.spill.stop()
  app.faults.ill = undefined
  const lines = await openSpillFiles(kept.folder)
  const spill = openSpill(rotated, lines).begin(app.parts, app.replaySpilled)
  await spill.drain()
  expect(await spilledIn(app, phone!)).toBe(1)
  await spill.stop()
})

it('a folder that cannot be one is named at the start, not in the outage', async () => {
  const file = join(kept.folder, 'a-file')
  writeFileSync(file, '')
  await expect(
    linesFor({ STORE_URL: 'sqlite::memory:', SPILL_DIR: join(file, 'spill') } as never)
  ).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/SPILL_DIR/),
  })
})
