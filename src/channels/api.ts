import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import * as z from 'zod'
import type { Content } from '../content.ts'
import { DoorError } from '../errors.ts'
import { isCode, OUTCOMES } from '../flows/outcomes.ts'
import type { Place } from '../places/shape.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import { readReference } from '../record/reference.ts'
import { LIMITS, type Limits, openBuckets } from '../security/limits.ts'
import type { Store } from '../store/contract.ts'
import { describe } from './openapi.ts'

/** What the staff API reads. */
export interface ApiParts {
  content: () => Content
  store: Store
  staffToken: string
  /** Whether everybody may see who works here: only where the people are made up. */
  showsStaff?: boolean
  /** Network address of whoever asks. Without it all are one. */
  peer?: (c: Context) => string
  limits?: Limits
}

// Strict: a filter spelt wrongly would list everybody.
const query = z.strictObject({
  place: z.string().max(64).optional(),
  status: z.enum(['open', 'promised', 'handed-over', 'closed', 'incomplete']).optional(),
  code: z.string().refine(isCode, 'is no outcome code').optional(),
  team: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  // A plus that was not spelt out arrives as a space.
  phone: z
    .string()
    .max(64)
    .transform((given) => given.replace(/^ (?=\d)/, '+'))
    .optional(),
  nhs: z.string().max(20).optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** What staff and their systems read: places, contacts, one contact with its timeline. */
export function staffApi(parts: ApiParts) {
  const { content, store } = parts
  const staff = new Hono()
    .use(staffOnly(parts))
    .get('/', async (c) => {
      // Which of two was meant, nobody can say.
      const twice = Object.entries(c.req.queries()).find(([, given]) => given.length > 1)
      if (twice) throw new DoorError('bad-input', 'A filter is given twice', false)
      const { nhs, ...asked } = query.parse(c.req.query())
      // No contact holds an NHS number yet, so none can be found by one.
      if (nhs !== undefined) return c.json({ contacts: [], next: null })
      const given = Object.fromEntries(
        Object.entries(asked).filter(([, value]) => value !== undefined)
      )
      const { contacts, next } = await store.list({ ...given, limit: asked.limit })
      const shown = contacts.map((one) => (one.restricted ? closedOff(one) : one))
      return c.json({ contacts: shown.map(summary), next })
    })
    .get('/:ref', async (c) => {
      const ref = readReference(c.req.param('ref'))
      if (!ref)
        throw new DoorError(
          'bad-input',
          'A reference has 8 digits, the last of which checks the others',
          false
        )
      const contact = await store.byRef(ref)
      if (!contact) throw new DoorError('not-found', 'No contact has this reference', false)
      // Whoever holds the token has no role: what only safeguarding may see is read in the console.
      if (contact.restricted) return c.json({ ...whole(closedOff(contact)), timeline: [] })
      const timeline = await store.timeline(contact.id)
      return c.json({ ...whole(contact), timeline: timeline.map(line) })
    })
  return new Hono()
    .get('/places', (c) => c.json({ places: placesOf(content(), parts.showsStaff) }))
    .get('/openapi.json', (c) => c.json(describe()))
    .route('/contacts', staff)
}

/**
 * Lets in whoever has the staff token, and counts by network address. Wrong ones are soon told to wait; the right one is
 * let in all the same, so that nobody can lock staff out.
 */
function staffOnly({ staffToken, peer = () => '', limits = LIMITS }: ApiParts) {
  const failed = openBuckets(limits.failed)
  const asked = openBuckets(limits.staff)
  return async function staffOnly(c: Context, next: () => Promise<void>) {
    const given = /^Bearer (.+)$/.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''
    const right = staffToken !== '' && same(given, staffToken)
    if ((right ? asked : failed)(peer(c)) !== 'ok') throw tooMany()
    if (!right)
      throw new HTTPException(401, { message: 'Send the staff token: Authorization: Bearer …' })
    await next()
  }
}

const tooMany = () =>
  new HTTPException(429, { message: 'Too many requests. Wait a minute, then try again' })

const same = (a: string, b: string) => timingSafeEqual(hash(a), hash(b))
const hash = (text: string) => createHash('sha256').update(text).digest()

const placesOf = ({ places }: Content, showsStaff = false) =>
  [...places.values()].map(({ place }) => ({
    place: place.place,
    name: place.name,
    numbers: place.numbers.map(({ number, use, channels, language }) => ({
      number,
      use,
      channels,
      language: language ?? place.languages[0],
    })),
    teams: { tenant: place.teams.tenant, ...(showsStaff && { people: peopleOf(place) }) },
  }))

/** Staff and channels as the Teams of the demo knows them. */
const peopleOf = ({ staff, rooms }: Place) => [
  ...staff.map(({ id, name, entra }) => ({ who: id, name, kind: 'navigator', id: entra })),
  ...rooms.map(({ id, name, thread }) => ({ who: id, name, kind: 'channel', id: thread })),
]

/** A restricted contact as it is shown to who may not see it: that it is there, how urgent, and nothing of what or who. */
function closedOff(contact: Contact): Contact {
  const { handoff: _, texts: __, consentReason: ___, ...rest } = contact
  return {
    ...rest,
    ...{ codes: [], route: null, routes: [], clocks: [], consent: null, conversation: null },
    person: { address: 'restricted', phone: 'withheld' },
  }
}

function summary({
  id,
  ref,
  place,
  channel,
  status,
  codes,
  level,
  priority,
  route,
  clocks,
  repeat,
  restricted,
  consent,
  createdAt,
  updatedAt,
}: Contact) {
  return {
    id,
    ref,
    place,
    channel,
    status,
    codes,
    meanings: codes.map((code) => (isCode(code) ? OUTCOMES[code].meaning : code)),
    level,
    priority,
    route: route && { team: route.team, owner: route.owner, rule: route.rule },
    clocks: clocks.map(({ name, code, owner, due, state }) => ({ name, code, owner, due, state })),
    ...(repeat && { repeat }),
    ...(restricted && { restricted }),
    consent,
    createdAt,
    updatedAt,
  }
}

function whole(contact: Contact) {
  const { person, routes, flow, consentReason, conversation, texts, handoff } = contact
  return {
    ...summary(contact),
    routes,
    flow,
    ...(consentReason && { consentReason }),
    person,
    conversation: conversation && {
      channel: conversation.channel,
      step: conversation.state.value,
      done: conversation.state.done,
      ...(conversation.with && { with: conversation.with }),
    },
    ...(handoff && {
      handoff: {
        value: handoff.value,
        ...(handoff.context.by && { by: handoff.context.by.staff }),
      },
    }),
    ...(texts && {
      texts: texts.map(({ at, status, code }) => ({ at, status, ...(code && { code }) })),
    }),
  }
}

const line = ({ seq, at, kind, channel, step, heard, said, detail }: LogEntry) => ({
  seq,
  at,
  kind,
  ...(channel && { channel }),
  ...(step && { step }),
  ...(heard !== undefined && { heard }),
  ...(said !== undefined && { said }),
  ...(detail && { detail }),
})
