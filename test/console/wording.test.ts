import { describe, expect, it } from 'vitest'
import { browser, openConsole } from './opened.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000071'
const REF = '14227400'
const line = (seq: number, kind: string, detail: Record<string, unknown>) => ({
  ...{ seq, at: '2026-11-24T14:16:00Z', kind, detail },
})

type Given = Partial<Parameters<ReturnType<typeof openConsole>['desk']['add']>[0]>

/** What a navigator reads on a page of one contact, without its marks. */
async function read(path: string, given: Given) {
  const one = openConsole()
  one.desk.add({ ...{ contact: CONTACT, ref: REF }, ...given })
  const asker = browser(one)
  await asker.signIn('farah')
  const html = await asker.text(path)
  return html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}
const page = (given: Given) => read(`/console/contacts/${REF}`, given)

describe('the words of a contact', () => {
  it('name every promise of the desk itself', async () => {
    const owed = { contact: CONTACT, ref: REF, owner: 'farah', due: '2026-11-24T15:00:00Z' }
    const promises = ['NEXT', 'PERSON', 'WELF'].map((code) => ({ ...owed, code, late: false }))
    const words = await page({ promises })
    expect(words).toContain('What comes next NEXT')
    expect(words).toContain('A person gets back to them PERSON')
    expect(words).toContain('Decide if somebody should see that they are safe WELF')
  })

  it('give no urgency to what is not sorted yet, and keep what somebody raised it to', async () => {
    const begun = { level: 'information', codes: [], danger: 'cleared' } satisfies Given
    const routine = await page({ ...begun, priority: 'P4' })
    expect(routine).toContain('Not sorted yet')
    expect(routine).not.toContain('by tomorrow')
    expect(await page({ ...begun, priority: 'P1' })).toContain('P1: now')
    expect(await page({ ...begun, codes: ['INFO'], priority: 'P4' })).toContain('P4: by tomorrow')
  })

  it('say of a call that goes on without its navigator that it does', async () => {
    const handoff = { value: 'wrapping' as const, legs: [] }
    expect(await page({ handoff })).toContain('In a call with those who were brought in')
    const written = await page({ handoff: { ...handoff, by: 'farah' } })
    expect(written).toContain('Being written up: Farah')
  })

  it('tell each step in words, and not what nobody asked', async () => {
    const written = { outcome: 'passed-on', carer: 'not-asked', admissionAvoided: 'not-known' }
    const words = await page({
      timeline: [
        line(1, 'queued', { priority: 'P4', danger: 'not-asked' }),
        line(2, 'left', { by: 'farah', with: ['staff:gwen'] }),
        line(3, 'wrapped-up', { by: 'farah', ...written }),
      ],
    })
    expect(words).toContain('Danger: not asked')
    expect(words).toContain('Farah left the call')
    expect(words).toContain('Still in the call: Gwen')
    expect(words).toContain('Farah wrote it up')
    expect(words).toContain('How it ended: Passed on to a team')
    expect(words).not.toMatch(/Looks after|Kept out of|not-/)
  })
})

describe('the queue', () => {
  it('does not say of who speaks with a team that they still answer questions', async () => {
    const words = await read('/console/queue', {
      asked: [],
      handoff: { value: 'wrapping', legs: [] },
    })
    expect(words).toContain('In a call with those who were brought in')
    expect(words).not.toContain('still answering questions')
  })
})

describe('a contact that is restricted while somebody has it', () => {
  it.each([
    ['farah', 'wrap-up', true],
    ['farah', 'leave', true],
    ['farah', 'ring-out', false],
    ['gwen', 'wrap-up', false],
  ])('is for %s to %s: %s', async (staff, act, may) => {
    const one = openConsole()
    const handoff = { value: 'wrapping' as const, by: 'farah', legs: [] }
    one.desk.add({ ...{ contact: CONTACT, ref: REF }, handoff, restricted: true })
    const asker = browser(one)
    await asker.signIn(staff)
    const fields = { 'wrap-up': { outcome: 'helped' }, 'ring-out': { to: 'person' }, leave: {} }
    const given = { contact: CONTACT, ...fields[act as keyof typeof fields] }
    await asker.json(`/console/acts/${act}`, given)
    expect(one.desk.acted.length > 0).toBe(may)
  })
})
