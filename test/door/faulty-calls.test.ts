import { expect, it } from 'vitest'
import type { TwilioCalls } from '../../src/channels/twilio-calls.ts'
import { faultyCalls, openFaults } from '../../src/door/faults.ts'

it.each(['silent', 'refusing', 'gone'])(
  'Twilio is %s: every call to it answers so, and nothing throws, until it is well',
  async (fault) => {
    let now = '2026-11-24T10:00:00Z'
    const clock = { now: () => now }
    const faults = openFaults(clock as Parameters<typeof openFaults>[0])
    const well = async () => 'well' as never
    const names = ['ring', 'find', 'move', 'end', 'participants', 'change', 'close'] as const
    const real = Object.fromEntries(names.map((name) => [name, well]))
    const calls = faultyCalls(real as unknown as TwilioCalls, faults)
    faults.set('twilio', fault, 'PT30S')
    const asked = () =>
      Promise.all([
        calls.ring({ to: 'client:sam', from: '', url: '', statusCallback: '', timeout: 20 }),
        calls.find('client:sam', 0),
        calls.move('CA1', ''),
        calls.end('CA1'),
        calls.participants('x'),
        calls.change('CF1', 'CA1', {}),
        calls.close('CF1'),
      ])
    const reads = ['find', 'participants']
    const refused = { refused: expect.stringContaining('refusing') }
    const ill = (name: string) =>
      fault === 'refusing' && !reads.includes(name) ? refused : { retry: true }
    expect(await asked()).toEqual(names.map(ill))
    now = '2026-11-24T10:00:30Z'
    expect(await asked()).toEqual(names.map(() => 'well'))
  }
)
