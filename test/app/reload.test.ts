import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Watched, watchContent } from '../../src/door/watch.ts'
import { openLog } from '../../src/observe.ts'
import { changedPlaces, landline, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'

const LONGEST_WAIT_MS = 5000
const LOOK_AGAIN_MS = 20

/** Looks until it is so. A file that changes is noticed by the machine in its own time. */
async function until(is: () => Promise<boolean> | boolean) {
  const end = Date.now() + LONGEST_WAIT_MS
  while (!(await is())) {
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

const COVER = '+442079460110'
const OTHER = '+442079460190'
/** Danger at the first check rings the cover. */
const DANGER = ['1']

let places: ReturnType<typeof changedPlaces>
beforeEach(() => {
  places = changedPlaces('lewisham', (text) => text)
})
afterEach(() => places.remove())
const change = (from: string | RegExp, to: string) =>
  writeFileSync(places.file, readFileSync(places.file, 'utf8').replace(from, to))

describe('a door whose places change while it is open', () => {
  let door: OpenedDoor
  beforeEach(async () => {
    door = await open({ PLACES_DIR: places.folder, LOG_LEVEL: 'silent' })
    await door.clock('2026-11-24T14:20:00Z')
  })
  afterEach(() => door.close())
  const sound = async () =>
    ((await (await fetch(`${door.url}/readyz`)).json()) as { content: boolean }).content
  const numbers = async () =>
    (await door.api<{ places: { name: string }[] }>('places')).places.map(({ name }) => name)
  const rung = async () => (await door.ring(landline(), NUMBERS.lewisham, DANGER)).ringing
  const fileOf = async (phone: string) =>
    ((await door.contactOf(phone)) as unknown as { flow: { placeFile: string } }).flow.placeFile

  it('a number: the next call rings it; each contact keeps the file it was routed by', async () => {
    const before = landline()
    await door.ring(before, NUMBERS.lewisham, DANGER)
    const old = await fileOf(before)
    change(`number: "${COVER}", second`, `number: "${OTHER}", second`)
    change('name: Lewisham\n', 'name: New Lewisham\n')
    await until(async () => (await numbers()).includes('New Lewisham'))
    expect(await rung()).toEqual([OTHER])
    const after = landline()
    await door.ring(after, NUMBERS.lewisham, DANGER)
    expect(await fileOf(after)).not.toBe(old)
    expect(await fileOf(before)).toBe(old)
  })

  it('a call that is going on goes on by the new file', async () => {
    const call = await door.ring(landline(), NUMBERS.lewisham, ['2'])
    change(`number: "${COVER}", second`, `number: "${OTHER}", second`)
    change('name: Lewisham\n', 'name: New Lewisham\n')
    await until(async () => (await numbers()).includes('New Lewisham'))
    expect((await door.go(call.call, ['1'])).ringing).toEqual([OTHER])
  })

  it('a bad file: the old one stays, it is said so, and a good one mends it', async () => {
    const good = readFileSync(places.file, 'utf8')
    change('daily: 08:00-20:00', 'daily: never')
    await until(async () => !(await sound()))
    expect((await fetch(`${door.url}/readyz`)).status).toBe(503)
    expect(await rung()).toEqual([COVER])
    writeFileSync(places.file, good)
    await until(sound)
    expect((await fetch(`${door.url}/readyz`)).status).toBe(200)
    expect(await rung()).toEqual([COVER])
  })

  it('a file taken away: the place stays', async () => {
    rmSync(places.file)
    await until(async () => !(await sound()))
    expect(await rung()).toEqual([COVER])
  })
})

describe('what the log says of a place file that is refused', () => {
  let watched: Watched | undefined
  const log: string[] = []
  beforeEach(() => {
    log.length = 0
    const to = openLog('info', { write: (line: string) => void log.push(line) })
    watched = watchContent({ flows: 'flows', locales: 'locales', places: places.folder }, to)
    // One day it will say at once that the places are due to be looked at.
    log.length = 0
  })
  afterEach(() => watched?.close())

  it.each<[string, () => void, RegExp]>([
    [
      'half a file',
      () => writeFileSync(places.file, 'place: lew'),
      /lewisham\.yaml: \w+: this is missing/,
    ],
    ['an empty file', () => writeFileSync(places.file, ''), /lewisham\.yaml: the file: /],
    ['no hours', () => change('daily: 08:00-20:00', 'daily: never'), /lewisham\.yaml: .*hours/],
    ['a flow that is not there', () => change('resident: 1', 'resident: 9'), /no version 9 of it/],
    [
      'a number of another place',
      () => change(NUMBERS.lewisham, NUMBERS.southampton),
      /is the front door of lewisham and southampton/,
    ],
    [
      'the name of another place',
      () => change('place: lewisham', 'place: southwark'),
      /place southwark has two files/,
    ],
    ['nothing at all', () => rmSync(places.file), /lewisham has no file any more; put it back/],
    [
      'bank holidays that are none',
      () => writeFileSync(join(places.folder, 'bank-holidays.json'), '{'),
      /bank-holidays\.json: /,
    ],
  ])('%s: why, and the old one stays', async (_what, spoil, words) => {
    const before = watched?.content()
    spoil()
    await until(() => log.length > 0)
    expect(JSON.parse(log[0] ?? '')).toMatchObject({
      level: 50,
      code: 'bad-flow',
      fault: expect.stringMatching(words),
    })
    expect(watched?.sound()).toBe(false)
    expect(watched?.content()).toBe(before)
  })

  it('a folder with a note beside the places: nothing happens, and the places are as they were', async () => {
    writeFileSync(join(places.folder, 'notes.txt'), 'remember the milk')
    await until(() => log.length > 0)
    expect(JSON.parse(log[0] ?? '')).toMatchObject({ level: 30, count: 3 })
    expect(watched?.sound()).toBe(true)
  })
})

it('says at once that bank holidays run out', () => {
  const list = join(places.folder, 'bank-holidays.json')
  writeFileSync(list, '{"england-and-wales":[{"date":"2020-12-25"}]}')
  const told: string[] = []
  const log = openLog('info', { write: (line: string) => void told.push(line) })
  watchContent({ flows: 'flows', locales: 'locales', places: places.folder }, log).close()
  expect(JSON.parse(told[0] ?? '')).toMatchObject({
    level: 40,
    code: 'review-due',
    fault: expect.stringMatching(/known only to 2020-12-31/),
  })
})

it('keeps every place file it ever took, so that a contact can be read as it was routed', async () => {
  const archive = mkdtempSync(join(tmpdir(), 'front-door-archive-'))
  const folders = { flows: 'flows', locales: 'locales', places: places.folder }
  const watched = watchContent(folders, openLog('silent'), archive)
  try {
    const first = watched.content().places.get('lewisham')?.file
    change('name: Lewisham\n', 'name: New Lewisham\n')
    await until(() => watched.content().places.get('lewisham')?.file !== first)
    const second = watched.content().places.get('lewisham')?.file
    const kept = (hash: string | undefined) =>
      readFileSync(join(archive, `lewisham.${hash}.yaml`), 'utf8')
    expect(kept(first)).toContain('name: Lewisham\n')
    expect(kept(second)).toContain('name: New Lewisham\n')
  } finally {
    watched.close()
    rmSync(archive, { recursive: true, force: true })
  }
})
