import { expect, it } from 'vitest'
import { type Upgrade, upgrade } from '../../src/record/upgrade.ts'
import { person } from './sample.ts'

const renamed: Upgrade = ({ schema, ...rest }) => ({ ...rest, schema, second: true })
const moved: Upgrade = ({ schema, ...rest }) => ({ ...rest, schema, third: true })

it('a record of today is read as it is', () => {
  expect(upgrade(person(1))).toEqual(person(1))
})

it('a record of the first version is brought up to date', () => {
  expect(upgrade({ ...person(1), schema: 1 })).toEqual(person(1))
})

it('a record of two versions ago is brought up to date, step by step', () => {
  expect(upgrade({ ...person(1), schema: 1 }, [renamed, moved])).toEqual({
    ...person(1),
    schema: 3,
    second: true,
    third: true,
  })
})

it('a record of the version before takes only the last step', () => {
  const written = { ...person(1), schema: 2 }
  expect(upgrade(written, [renamed, moved])).toEqual({ ...written, schema: 3, third: true })
})

it('a record of a newer version is not guessed at', () => {
  expect(upgrade({ schema: 3 })).toBeNull()
})
