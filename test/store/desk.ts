import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import type { DeskRow } from '../../src/store/desk.ts'
import { idOf as id, PLACE as LEWISHAM, waiting } from './desk-rows.ts'

const SOUTHWARK = 'southwark'

/** A store that was closed answers nothing. */
export function closedDeskContract(store: () => Store) {
  it('a closed store says so', async () => {
    const { desk } = store()
    await store().close()
    const down = expect.objectContaining({ code: 'store-down', retry: true })
    const works = [
      () => desk.get(LEWISHAM, 'queue', id(1)),
      () => desk.list(LEWISHAM, 'queue'),
      () => desk.count(LEWISHAM, 'queue'),
      () => desk.changes(LEWISHAM),
      () => desk.put(waiting(1)),
      () => desk.remove(waiting(1)),
    ]
    // One after another: what rejects before anybody listens fails the whole run.
    for (const work of works) await expect(work()).rejects.toEqual(down)
  })
}

/** Every store must pass this. `reopen` closes it and opens it again on what it kept; false where nothing is kept. */
export function deskContract(store: () => Pick<Store, 'desk'>, reopen: () => Promise<boolean>) {
  const desk = () => store().desk
  const ids = async (...asked: Parameters<Store['desk']['list']>) =>
    (await desk().list(...asked)).map(({ id }) => Number(id.slice(-12)))

  describe('one row', () => rowContract(desk))
  describe('rows that are refused', () => refusedContract(desk))

  describe('who waits', () => {
    beforeEach(async () => {
      // The third came first, but the fifth is in more need; two stand level, and so by their ids.
      const all = [
        ...[waiting(3, { rank: '2:1' }), waiting(1, { rank: '2:2' }), waiting(2, { rank: '2:2' })],
        ...[waiting(5, { rank: '1:9', owner: 'team rapid' }), waiting(4, { owner: 'ann' })],
        waiting(6, { kind: 'promise', owner: 'ann' }),
        waiting(7, { place: SOUTHWARK, owner: 'ann' }),
      ]
      for (const row of all) await desk().put(row)
    })

    it('are listed by their rank, then by their id', async () => {
      expect(await ids(LEWISHAM, 'queue')).toEqual([5, 3, 1, 2, 4])
      expect(await ids(LEWISHAM, 'promise')).toEqual([6])
      expect(await ids(SOUTHWARK, 'queue')).toEqual([7])
      expect(await ids(SOUTHWARK, 'staff')).toEqual([])
      expect(await desk().list(LEWISHAM, 'queue', { limit: 1 })).toEqual([
        waiting(5, { rank: '1:9', owner: 'team rapid' }),
      ])
    })

    it('are listed by page, of which none repeats a row or leaves one out', async () => {
      const seen: number[] = []
      let after: DeskRow | undefined
      for (;;) {
        const page = await desk().list(LEWISHAM, 'queue', { limit: 2, ...(after && { after }) })
        seen.push(...page.map(({ id }) => Number(id.slice(-12))))
        after = page.at(-1)
        if (page.length < 2) break
        // Whoever stood on the page before and is gone since moves nobody.
        if (seen.length === 2) await desk().remove(after!)
      }
      expect(seen).toEqual([5, 3, 1, 2, 4])
    })

    it('are listed by owner', async () => {
      expect(await ids(LEWISHAM, 'queue', { owner: 'ann' })).toEqual([4])
      expect(await ids(LEWISHAM, 'queue', { owner: 'team rapid' })).toEqual([5])
      expect(await ids(LEWISHAM, 'queue', { owner: '' })).toEqual([3, 1, 2])
      expect(await ids(LEWISHAM, 'queue', { owner: '', limit: 2 })).toEqual([3, 1])
      const after = { rank: '2:2', id: id(1) }
      expect(await ids(LEWISHAM, 'queue', { owner: '', after })).toEqual([2])
      expect(await ids(LEWISHAM, 'queue', { owner: 'nobody' })).toEqual([])
      expect(await ids(LEWISHAM, 'promise', { owner: 'ann' })).toEqual([6])
    })

    it('are counted, all of them and by owner', async () => {
      const counts = async () => [
        await desk().count(LEWISHAM, 'queue'),
        ...(await Promise.all(['', 'ann', 'bea'].map((a) => desk().count(LEWISHAM, 'queue', a)))),
      ]
      expect(await counts()).toEqual([5, 3, 1, 0])
      expect(await desk().count(SOUTHWARK, 'queue')).toBe(1)
      expect(await desk().count(SOUTHWARK, 'slot')).toBe(0)
      await desk().put(waiting(1, { owner: 'ann', turn: 2 }))
      expect(await counts()).toEqual([5, 2, 2, 0])
      await desk().remove(waiting(4))
      expect(await counts()).toEqual([4, 2, 1, 0])
    })

    it('go to another place in the order and another owner with their row', async () => {
      await desk().put(waiting(3, { rank: '9', owner: 'ann', turn: 2 }))
      expect(await ids(LEWISHAM, 'queue')).toEqual([5, 1, 2, 4, 3])
      expect(await ids(LEWISHAM, 'queue', { owner: '' })).toEqual([1, 2])
      expect(await ids(LEWISHAM, 'queue', { owner: 'ann' })).toEqual([4, 3])
      await desk().remove(waiting(3), 2)
      expect(await ids(LEWISHAM, 'queue')).toEqual([5, 1, 2, 4])
      expect(await ids(LEWISHAM, 'queue', { owner: 'ann' })).toEqual([4])
    })
  })

  it('stand in the order of their bytes, in whatever script an id is written', async () => {
    const names = ['Zoë', 'ann', 'é', 'ż', '\uffee', '🚑']
    for (const name of names.toReversed())
      await desk().put(waiting(1, { kind: 'staff', id: name, rank: name.slice(0, 0) }))
    const found = await desk().list(LEWISHAM, 'staff')
    expect(found.map(({ id }) => id)).toEqual(names)
    expect(await desk().get(LEWISHAM, 'staff', '🚑')).toEqual(found.at(-1))
  })

  it('a list is never longer than a thousand rows', async () => {
    for (let from = 0; from < 1_010; from += 101)
      await Promise.all(Array.from({ length: 101 }, (_, n) => desk().put(waiting(from + n))))
    expect(await ids(LEWISHAM, 'queue')).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
    expect(await ids(LEWISHAM, 'queue', { limit: 5_000 })).toHaveLength(1_000)
    expect(await ids(LEWISHAM, 'queue', { after: waiting(999) })).toHaveLength(10)
    expect(await desk().count(LEWISHAM, 'queue')).toBe(1_010)
  }, 30_000)

  it('all of it is still there after a restart', async ({ skip }) => {
    await desk().put(waiting(1, { owner: 'ann' }), 0)
    await desk().put(waiting(2), 0)
    await desk().put(waiting(2, { turn: 5 }), 1)
    if (!(await reopen())) return skip()
    expect(await desk().get(LEWISHAM, 'queue', id(1))).toEqual(waiting(1, { owner: 'ann' }))
    expect(await ids(LEWISHAM, 'queue')).toEqual([1, 2])
    expect(await ids(LEWISHAM, 'queue', { owner: 'ann' })).toEqual([1])
    expect(await desk().count(LEWISHAM, 'queue', '')).toBe(1)
    expect(await desk().changes(LEWISHAM)).toBe(3)
    expect(await desk().put(waiting(2, { turn: 4 }))).toBe('overtaken')
  })
}

function rowContract(desk: () => Store['desk']) {
  const found = () => desk().get(LEWISHAM, 'queue', id(1))

  it('is kept as it was given', async () => {
    expect(await found()).toBeNull()
    expect(await desk().changes(LEWISHAM)).toBe(0)
    const body = { deep: { list: [1, null, 'ż🚑', true] }, empty: '', half: '\ud83d', nul: '\0' }
    const row = waiting(1, { rank: '', owner: 'ann:é', turn: 2 ** 40, body })
    expect(await desk().put(row, 0)).toBe('saved')
    expect(await found()).toEqual(row)
    expect(await desk().get(SOUTHWARK, 'queue', row.id)).toBeNull()
    expect(await desk().get(LEWISHAM, 'slot', row.id)).toBeNull()
  })

  it.each<[string, number | undefined, number, 'saved' | 'overtaken']>([
    ['expects what is stored', 3, 4, 'saved'],
    ['expects it, and skips some', 3, 9, 'saved'],
    ['expects an earlier turn', 2, 4, 'overtaken'],
    ['expects a later turn', 4, 5, 'overtaken'],
    ['expects that there is none', 0, 4, 'overtaken'],
    ['expects nothing and is later', undefined, 4, 'saved'],
    ['expects nothing and is as late', undefined, 3, 'overtaken'],
    ['expects nothing and is late news', undefined, 2, 'overtaken'],
  ])('put that %s', async (_what, expected, turn, end) => {
    const [was, row] = [waiting(1, { turn: 3 }), waiting(1, { turn, rank: 'x', owner: 'ann' })]
    await desk().put(was)
    expect(await desk().put(row, expected)).toBe(end)
    expect(await found()).toEqual(end === 'saved' ? row : was)
    expect(await desk().list(LEWISHAM, 'queue')).toEqual([end === 'saved' ? row : was])
    expect(await desk().changes(LEWISHAM)).toBe(end === 'saved' ? 2 : 1)
    expect(await desk().count(LEWISHAM, 'queue', 'ann')).toBe(end === 'saved' ? 1 : 0)
  })

  it('put that expects one where there is none is overtaken', async () => {
    expect(await desk().put(waiting(1, { turn: 3 }), 2)).toBe('overtaken')
    expect(await found()).toBeNull()
  })

  it.each<[string, number | undefined, 'saved' | 'overtaken']>([
    ['expects what is stored', 3, 'saved'],
    ['expects nothing', undefined, 'saved'],
    ['expects another turn', 2, 'overtaken'],
  ])('remove that %s', async (_what, expected, end) => {
    await desk().put(waiting(1, { turn: 3 }))
    expect(await desk().remove(waiting(1), expected)).toBe(end)
    expect(await desk().list(LEWISHAM, 'queue')).toHaveLength(end === 'saved' ? 0 : 1)
    expect(await desk().changes(LEWISHAM)).toBe(end === 'saved' ? 2 : 1)
    expect(await desk().remove(waiting(2), expected)).toBe('saved')
    expect(await desk().changes(LEWISHAM)).toBe(end === 'saved' ? 2 : 1)
  })

  it('two navigators take the same one at once, fifty times: one of them has it', async () => {
    for (let n = 0; n < 50; n += 1) {
      await desk().put(waiting(n))
      const both = await Promise.all(
        ['ann', 'bea'].map((owner) => desk().put(waiting(n, { owner, turn: 2 }), 1))
      )
      expect(both.toSorted()).toEqual(['overtaken', 'saved'])
      const has = both[0] === 'saved' ? 'ann' : 'bea'
      expect((await desk().get(LEWISHAM, 'queue', id(n)))?.owner).toBe(has)
    }
    const [ann, bea] = await Promise.all(
      ['ann', 'bea'].map((owner) => desk().count(LEWISHAM, 'queue', owner))
    )
    expect(ann! + bea!).toBe(50)
    expect(await desk().changes(LEWISHAM)).toBe(100)
    expect(await desk().changes(SOUTHWARK)).toBe(0)
  })
}

function refusedContract(desk: () => Store['desk']) {
  it.each<[string, Partial<DeskRow>, number | undefined]>([
    ['no id', { id: '' }, undefined],
    ['no place', { place: '' }, undefined],
    ['a kind that is none', { kind: 'words' as never }, undefined],
    ['a mark in its rank that would part rank and id', { rank: 'a\0b' }, undefined],
    ['half a character in its owner', { owner: '\ud83d' }, undefined],
    ['turn 0', { turn: 0 }, undefined],
    ['half a turn', { turn: 1.5 }, undefined],
    ['the turn that it expects', { turn: 3 }, 3],
    ['a story in its body', { body: { story: 'x'.repeat(17_000) } }, undefined],
  ])('a row with %s', async (_what, change, expected) => {
    const refused = desk().put(waiting(1, change), expected)
    await expect(refused).rejects.toMatchObject({ code: 'bad-input', retry: false })
    expect(await desk().list(LEWISHAM, 'queue')).toEqual([])
    expect(await desk().changes(LEWISHAM)).toBe(0)
  })
}
