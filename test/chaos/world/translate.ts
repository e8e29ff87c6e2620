import { randomUUID } from 'node:crypto'
import type { Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { type Answer, type Neighbour, openNeighbour, type Route } from './server.ts'

/** Google Translate, version 2, on this machine. It writes the language before the words it is given. */
export interface Translate extends Neighbour {
  key: string
}

/** https://cloud.google.com/translate/docs/reference/rest/v2/translate */
export async function openTranslate(ledger: Ledger, faults: Faults): Promise<Translate> {
  const key = randomUUID()
  const routes: Route[] = [
    {
      name: 'translate',
      method: 'POST',
      path: /^\/language\/translate\/v2$/,
      answer({ query, headers, body }) {
        const given = fields(headers['content-type'] ?? '', body)
        if ((query.get('key') ?? headers['x-goog-api-key'] ?? given.key) !== key)
          return refusal(403, 'The request is missing a valid API key.')
        const { target, source } = given
        const words = [given.q ?? []].flat()
        if (!target || words.length === 0) return refusal(400, 'Required Text and Target')
        const to = [target].flat().join()
        const translations = words.map((text) => ({
          translatedText: `[${to}] ${text}`,
          ...(source === undefined && { detectedSourceLanguage: detected(text) }),
        }))
        for (const text of words)
          ledger.note({
            neighbour: 'translate',
            kind: 'translation',
            sid: randomUUID(),
            to,
            body: text,
          })
        return { status: 200, body: { data: { translations } } }
      },
    },
  ]
  return Object.assign(await openNeighbour(routes, faults), { key })
}

/** Polish where a letter of it says so. */
const detected = (text: string) => (/[ąćęłńóśźż]/i.test(text) ? 'pl' : 'en')

/** JSON or a form, as both are taken. */
function fields(type: string, body: string): Record<string, string | string[]> {
  if (type.startsWith('application/json')) return JSON.parse(body)
  const form = new URLSearchParams(body)
  return Object.fromEntries([...form.keys()].map((name) => [name, form.getAll(name)]))
}

function refusal(code: number, message: string): Answer {
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain: 'global' }] } },
  }
}
