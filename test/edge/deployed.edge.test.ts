import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { changedPlaces, driven, mobile, NUMBERS } from '../journeys/door.ts'
import { until } from '../store/redis-server.ts'
import { openAtEdge } from './journey.ts'

it('who is taken off the roster by a deployment owns nothing once the desk is asked anything', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'front-door-deployed-'))
  const places = changedPlaces('southwark', (text) => text.replace(/ {2}- \{ id: asha,.*\n/, ''))
  onTestFinished(() => {
    rmSync(disk, { recursive: true, force: true })
    places.remove()
  })
  const DATA_KEYS = writeKeyring(newKeyring())
  const deployed = async (env: Record<string, string> = {}) => {
    const edge = await openAtEdge(env, { DATA_KEYS }, disk)
    const door = driven(edge)
    await door.clock('2026-11-24T14:20:00Z')
    const owners = async () => (await door.views.promises('southwark')).map(({ owner }) => owner)
    return { ...door, owners, inside: edge.inside }
  }

  const before = await deployed()
  await before.act('asha', { do: 'shift', to: 'start' })
  const from = mobile()
  await before.text(from, NUMBERS.southwark, 'hello')
  const [waiting] = await before.views.queue('southwark')
  const contact = waiting?.contact ?? ''
  await before.act('asha', { do: 'accept', contact })
  await before.texts(from, NUMBERS.southwark, ['2', '2', '2'])
  await before.act('asha', { do: 'hand-back', contact, what: 'close' })
  const owned = { outcome: 'call-back', owner: 'asha' }
  await before.act('asha', { do: 'wrap-up', contact, ...owned } as never)
  await before.settled()
  expect(await before.owners()).toEqual(['asha'])
  // Nobody waits: nothing that was set before wakes the desk after.
  await before.inside('quiet/southwark:queue', {})
  await before.close()

  const after = await deployed({ PLACES_DIR: places.folder })
  await until(async () => (await after.owners())[0] === 'navigator-lead')
  await after.close()
}, 120_000)
