import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readContent } from '../../src/door/folders.ts'
import { DoorError } from '../../src/errors.ts'
import { type Signature, withSignature } from '../../src/flows/release.ts'
import { releasesOf } from '../../src/signing.ts'
import { copies } from '../cli/run.ts'
import type { Call } from '../journeys/door.ts'
import { mobile, NUMBERS } from '../journeys/door.ts'
import { standIns } from './live-door.ts'

let neighbours: Awaited<ReturnType<typeof standIns>>
let copy: ReturnType<typeof copies>
beforeEach(async () => {
  copy = copies()
  neighbours = await standIns()
})
afterEach(async () => {
  await neighbours.close()
  copy.remove()
})

const folders = () => ({
  flows: copy.at('flows'),
  places: copy.at('places'),
  locales: copy.at('locales'),
})
const releases = () => releasesOf(readContent(folders()).places.values())
const env = () => ({ ...neighbours.env(copy.at('.')), ...copy.env })

/** Signs what stands in the copy now, as "Test signature". */
function sign(other: Partial<Signature> = {}) {
  let text = copy.read('flows/signed.yaml')
  for (const { hash, flow, version } of releases())
    text = withSignature(text, {
      release: hash,
      flow,
      version,
      name: 'Test signature',
      role: 'test: nobody',
      registration: 'none',
      date: '2026-11-24',
      ...other,
    })
  writeFileSync(copy.at('flows/signed.yaml'), text)
}

/** What a door that may not open says. */
async function refused(): Promise<string> {
  const error = await neighbours.open(env()).then(
    () => new Error('it opened'),
    (fault: unknown) => fault
  )
  expect(error).toBeInstanceOf(DoorError)
  expect((error as DoorError).code).toBe('bad-flow')
  return (error as DoorError).message
}

async function until(is: () => Promise<boolean>) {
  const end = Date.now() + 5000
  while (!(await is())) {
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const content = async () =>
  ((await (await neighbours.door('/readyz')).json()) as { content: boolean }).content

describe('live runs nothing unsigned', () => {
  it('the shipped flows: refused, naming each release and how to sign it', async () => {
    const [release] = releases()
    const words = await refused()
    expect(words).toMatch(/^Cannot start\. MODE=live runs nothing unsigned:\n/)
    expect(words).toContain(
      `lewisham, southampton, southwark: resident version 1, release ${release?.hash}, is not signed`
    )
    expect(words).toContain('npm run flows -- sign --flow resident --version 1 --name')
  })

  it.each<[string, string, string, string]>([
    ['a word', 'locales/en/fall.v1.yaml', 'Are you on the floor', 'Are you now on the floor'],
    [
      'an arrow',
      'flows/fall.v1.yaml',
      'ring: head-999, take: head-ae',
      'ring: head-ae, take: head-999',
    ],
  ])('%s changed after it was signed: refused', async (_what, file, from, to) => {
    sign()
    copy.change(file, from, to)
    expect(await refused()).toMatch(/lewisham, southampton, southwark: resident version 1/)
  })

  it('a clinical setting of one place changed: that place is named, with its own command', async () => {
    sign()
    copy.change('places/lewisham.yaml', 'headInjury: E999', 'headInjury: A&E')
    const words = await refused()
    expect(words).toMatch(/- lewisham: resident .* --version 1 --place lewisham --name/)
    expect(words).not.toContain('southwark')
  })

  it('signed for one place alone: the others are named', async () => {
    sign({ place: 'lewisham' })
    expect(await refused()).toMatch(/- southampton, southwark: resident version 1/)
  })

  it('a signature that is none: its line is named', async () => {
    writeFileSync(copy.at('flows/signed.yaml'), '- { release: abc, flow: resident, version: 1 }')
    expect(await refused()).toMatch(/signed\.yaml: at 0 → release: copy the whole hash/)
  })
})

describe('live with a signed copy, against the stand-ins by URL', () => {
  it('answers calls and Teams, keeps the signed hash, and has no simulator', async () => {
    sign()
    await neighbours.open(env())
    expect((await neighbours.door('/readyz')).status).toBe(200)
    expect((await neighbours.door('/simulator')).status).toBe(404)
    const from = mobile()
    const call = await neighbours.act<Call>('calls', { from, to: NUMBERS.lewisham })
    expect(call.heard.join(' ')).toContain('Three quick checks')
    expect(call.heard.join(' ')).not.toMatch(/draft|not clinically reviewed/i)
    const danger = await neighbours.act<Call>(`calls/${call.call}`, { press: '1' })
    expect(danger.ringing ?? danger.heard).not.toEqual([])
    const found = await neighbours.door(`/api/contacts?phone=${encodeURIComponent(from)}`)
    const { contacts } = (await found.json()) as { contacts: { ref: string; codes: string[] }[] }
    expect(contacts[0]?.codes).toEqual(['E999'])
    const whole = await neighbours.door(`/api/contacts/${contacts[0]?.ref}`)
    const { flow } = (await whole.json()) as { flow: { release: string } }
    expect(flow.release).toBe(releases()[0]?.hash)
    const teams = await neighbours.act<{ replies: { text: string }[] }>('teams/mrs-b', {
      say: 'hello',
      place: 'lewisham',
    })
    expect(JSON.stringify(teams.replies)).toContain('Check 1 of 3')
  })

  it('an hour or a number changes: taken at once; a clinical setting: refused until it is signed', async () => {
    sign()
    await neighbours.open(env())
    const names = async () => (await (await neighbours.door('/api/places')).json()) as object
    copy.change('places/lewisham.yaml', '+442079460110", second', '+442079460190", second')
    copy.change('places/lewisham.yaml', 'name: Lewisham\n', 'name: New Lewisham\n')
    await until(async () => JSON.stringify(await names()).includes('New Lewisham'))
    copy.change('places/lewisham.yaml', 'ucrLastAccept: "18:00"', 'ucrLastAccept: "17:00"')
    await until(async () => !(await content()))
    sign()
    copy.change('places/lewisham.yaml', 'name: New Lewisham\n', 'name: Lewisham\n')
    await until(content)
    expect(JSON.stringify(await names())).not.toContain('New Lewisham')
  })
})
