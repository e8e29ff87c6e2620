import * as z from 'zod'
import { CHANNELS, LEVELS, PRIORITIES } from '../conversation/types.ts'
import { CODES } from '../flows/outcomes.ts'
import { HANDOFF_VALUES } from '../handoff/types.ts'

const clock = z.object({
  name: z.enum(['ringBack', 'standard', 'check']),
  code: z.string(),
  owner: z.string(),
  due: z.iso.datetime(),
  state: z.enum(['running', 'met', 'missed', 'stopped']),
})
const contact = z.object({
  id: z.uuid().describe('UUIDv7'),
  ref: z
    .string()
    .regex(/^\d{8}$/)
    .describe('8 digits, the last a Damm check digit'),
  place: z.string(),
  channel: z.enum(CHANNELS),
  status: z.enum(['open', 'promised', 'handed-over', 'closed', 'incomplete']),
  codes: z.array(z.enum(CODES as unknown as [string, ...string[]])),
  meanings: z.array(z.string()),
  level: z.enum(LEVELS),
  priority: z.enum(PRIORITIES).nullable(),
  route: z.object({ team: z.string(), owner: z.string(), rule: z.string() }).nullable(),
  clocks: z.array(clock),
  repeat: z.literal(true).optional().describe('Rang three times or more in seven days'),
  restricted: z
    .literal(true)
    .optional()
    .describe('Only the safeguarding role may see more: the rest is empty here'),
  consent: z.enum(['yes', 'no', 'cannot', 'opted-out']).nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
const entry = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  kind: z.string(),
  channel: z.enum(CHANNELS).optional(),
  step: z.string().optional(),
  heard: z.string().optional(),
  said: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
})
const routed = z.object({
  code: z.string(),
  team: z.string(),
  service: z.string(),
  owner: z.string(),
  rule: z.string(),
  number: z.string().optional(),
})
const person = z.object({
  address: z.string().describe('The number or Teams id that reached us: a hint, never proof'),
  phone: z.enum(['mobile', 'landline', 'withheld']),
  ringOn: z.string().optional(),
  name: z.string().optional(),
  practice: z.string().optional(),
  postcode: z.string().optional(),
  inTheirWords: z.string().optional(),
  codeWord: z.string().optional(),
  unsafe: z.boolean().optional(),
  overheard: z.boolean().optional(),
  who: z.enum(['self', 'other']).optional(),
  adult: z.enum(['yes', 'no']).optional(),
  need: z.string().optional(),
  here: z.enum(['yes', 'no', 'not-sure']).optional(),
  textMe: z.boolean().optional(),
})
const conversation = z.object({
  channel: z.enum(CHANNELS),
  step: z.string().describe('The step being asked, or the last one'),
  done: z.boolean(),
  with: z.string().optional().describe('Who joined'),
})
const text = z.object({
  at: z.iso.datetime(),
  status: z.string().describe("Twilio's last word: sent, delivered, undelivered, failed …"),
  code: z.string().optional().describe("Twilio's code for why it did not arrive"),
})
const whole = contact.extend({
  routes: z.array(routed),
  consentReason: z.string().optional(),
  person,
  conversation: conversation.nullable(),
  texts: z.array(text).optional(),
  handoff: z
    .object({
      value: z.enum(HANDOFF_VALUES),
      by: z.string().optional().describe('Staff id of whoever took it'),
    })
    .optional()
    .describe('The latest way to a navigator'),
  flow: z.object({
    flow: z.string(),
    version: z.int(),
    release: z.string(),
    placeFile: z.string(),
  }),
  timeline: z.array(entry),
})
const places = z.object({
  places: z.array(
    z.object({
      place: z.string(),
      name: z.string(),
      numbers: z.array(
        z.object({
          number: z.string(),
          use: z.enum(['residents', 'professionals']),
          channels: z.array(z.string()),
          language: z.string(),
        })
      ),
      teams: z.object({
        tenant: z.string(),
        /** Only in the demo, where the people are made up. */
        people: z
          .array(z.object({ who: z.string(), name: z.string(), kind: z.string(), id: z.string() }))
          .optional(),
      }),
    })
  ),
})

const schema = (of: z.ZodType) => z.toJSONSchema(of, { target: 'openapi-3.0' })
const answer = (description: string, of: z.ZodType) => ({
  description,
  content: { 'application/json': { schema: schema(of) } },
})
const inQuery = (name: string, description: string) => ({
  name,
  in: 'query',
  required: false,
  schema: { type: 'string' },
  description,
})
const refused = {
  description: 'What is wrong, in words',
  content: { 'application/json': { schema: schema(z.object({ error: z.string() })) } },
}

const FILTERS = [
  inQuery('place', 'A place, such as lewisham'),
  inQuery('status', 'open, promised, handed-over, closed or incomplete'),
  inQuery('code', 'An outcome code'),
  inQuery('team', 'The name of a team, as in route.team'),
  inQuery('from', 'Only contacts changed at or after this instant'),
  inQuery('phone', 'The number that reached us, E.164'),
  inQuery('nhs', 'An NHS number'),
  inQuery('after', 'The `next` of the page before'),
  inQuery('limit', '1 to 200; 50 unless told'),
]
const REFERENCE = {
  name: 'ref',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'The 8-digit reference',
}
const STAFF = [{ staff: [] }]

/** The staff API as an OpenAPI 3.0 document. */
export function describe() {
  const list = z.object({ contacts: z.array(contact), next: z.string().nullable() })
  const refusals = { 400: refused, 401: refused }
  const paths = {
    '/api/places': read('places', 'Every place and its numbers', {
      responses: { 200: answer('Places', places) },
    }),
    '/api/contacts': read('contacts', 'Contacts, newest first', {
      security: STAFF,
      parameters: FILTERS,
      responses: { 200: answer('Contacts', list), ...refusals },
    }),
    '/api/contacts/{ref}': read('contact', 'One contact with its timeline', {
      security: STAFF,
      parameters: [REFERENCE],
      responses: { 200: answer('The contact', whole), ...refusals, 404: refused },
    }),
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Front door: staff API',
      version: '1',
      description:
        'Places, contacts and their timelines. Clinical content is a draft, not clinically reviewed.',
    },
    components: { securitySchemes: { staff: { type: 'http', scheme: 'bearer' } } },
    paths,
  }
}

const read = (operationId: string, summary: string, more: object) => ({
  get: { operationId, summary, ...more },
})
