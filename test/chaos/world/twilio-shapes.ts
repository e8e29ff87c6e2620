import { readFileSync } from 'node:fs'
import { z } from 'zod'

interface Operation {
  method: string
  path: string
  status: number
  form?: string[]
  required?: string[]
  query?: string[]
  answer?: object
}
const file = new URL('twilio-excerpt.json', import.meta.url)
const { operations, $defs } = JSON.parse(readFileSync(file, 'utf8')) as {
  operations: Record<string, Operation>
  $defs: object
}

/** The operations of Twilio's OpenAPI file that the stand-in serves. */
export const OPERATIONS = operations

/** What a request names that the operation does not know, and what it lacks; empty when it is as described. */
export function strangeIn(name: string, query: URLSearchParams, form: URLSearchParams): string[] {
  const known = operations[name]
  const strangers = (given: URLSearchParams, names: readonly string[] = []) =>
    [...given.keys()].filter((key) => !names.includes(key)).map((key) => `${name} has no ${key}`)
  const lacking = (known?.required ?? []).filter((key) => !form.has(key))
  return [
    ...strangers(query, known?.query),
    ...strangers(form, known?.form),
    ...lacking.map((key) => `${name} needs ${key}`),
  ]
}

/** What an answer is that the operation does not describe; empty when it is as described. */
export function faultsIn(name: string, status: number, body: unknown): string[] {
  const known = operations[name]
  if (!known) return [`Twilio has no ${name}`]
  const wrong = status === known.status ? [] : [`${name} answers ${known.status}, not ${status}`]
  if (!known.answer) return wrong
  const shape = z.fromJSONSchema({ ...known.answer, $defs } as Parameters<
    typeof z.fromJSONSchema
  >[0])
  const read = shape.safeParse(body)
  const issues = read.error?.issues ?? []
  return [...wrong, ...issues.map(({ path, message }) => `${name} ${path.join('.')}: ${message}`)]
}
