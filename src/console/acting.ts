import type { Context } from 'hono'
import { type ActResult, type StaffAct, staffActShape } from '../handoff/acts.ts'
import { writtenNumber } from '../words/numbers.ts'
import { mayOwn, maySee } from './access.ts'
import type { Refusal } from './pages/refused.ts'
import type { ConsoleEnv, ConsoleParts, Me } from './parts.ts'
import { instantOf } from './words.ts'

type Given = Record<string, unknown>
const MANY = new Set(['needs', 'numbers'])
/** Fields that say yes or no. */
const YES_NO = new Set(['on', 'police', 'relay', 'nextOfKin', 'same'])

/** What a form says, as the act it stands for: what was left empty is left out, and local times are instants. */
export function fromForm(form: FormData, zone: string): Given {
  const given: Given = {}
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).filter((value) => typeof value === 'string')
    const [value = ''] = values
    if (MANY.has(name))
      given[name] = values.flatMap(listed).map(name === 'numbers' ? international : String)
    else if (value.trim() === '') continue
    else if (YES_NO.has(name)) given[name] = value === 'true'
    else if (name === 'repeats') given[name] = Number(value)
    else if (name === 'by' || name === 'until') given[name] = instantOf(value, zone) ?? value
    else if (name === 'number') given[name] = international(value)
    else given[name] = value
  }
  return given
}

const listed = (text: string) =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean)

/** A UK number as it is written by hand, made +44; anything else as it stands, to be refused with its reason. */
export function international(typed: string): string {
  const digits = typed.replace(/[\s()\-.]/g, '')
  return digits.replace(/^0(?=[1-9])/, '+44').replace(/^0044/, '+44')
}

/** These reach nobody but the emergency services, whom a computer's phone cannot tell where it is. */
const EMERGENCY = /^(?:\+44)?(999|112|111|101)$/

export type Acted = { result: ActResult; refused?: never } | { refused: Refusal; result?: never }

/** Does what one of our staff asked for, once it is sure that this contact and this promise are theirs to act on. */
export async function acted(
  parts: ConsoleParts,
  me: Me,
  kind: StaffAct['do'],
  given: Given
): Promise<Acted> {
  const { number } = given
  if (typeof number === 'string' && EMERGENCY.test(number))
    return { result: { ok: false, words: await emergencyWords(parts, me, number, given.contact) } }
  const read = staffActShape.safeParse({ ...given, do: kind })
  if (!read.success) return { result: { ok: false, words: faults(read.error.issues) } }
  const act = read.data
  const refused = await refusal(parts, me, act)
  if (refused) return { refused }
  const actor = { place: me.place.place, staff: me.staff.id, surface: 'console' } as const
  return { result: await parts.act(actor, act) }
}

const faults = (issues: readonly { path: readonly PropertyKey[]; message: string }[]) =>
  `This was not done. ${issues.map(({ path, message }) => `${path.join('.') || 'The form'}: ${message}`).join('. ')}.`

/** What whoever is with somebody must be able to finish, when the contact is restricted meanwhile: else they are held for ever. */
const ENDS: ReadonlySet<StaffAct['do']> = new Set(['leave', 'drop', 'hand-back', 'wrap-up'])

const isInHand = async (views: ConsoleParts['views'], { place, staff }: Me, contact: string) =>
  (await views.staff(place.place)).some((one) => one.staff === staff.id && one.contact === contact)

/** Why this contact or promise is not theirs; undefined when it is. */
async function refusal(
  { views }: ConsoleParts,
  me: Me,
  act: StaffAct
): Promise<Refusal | undefined> {
  const { place } = me.place
  if (!('contact' in act)) return undefined
  const story = await views.story(place, act.contact)
  if (!story || story.place !== place) return 404
  if (!maySee(me.staff.roles, story))
    return ENDS.has(act.do) && (await isInHand(views, me, act.contact)) ? undefined : 403
  if (act.do !== 'own' && act.do !== 'close-promise') return undefined
  const promises = await views.promises(place)
  const promise = promises.find(
    ({ contact, code, due }) =>
      contact === act.contact && code === act.code && (act.due === undefined || due === act.due)
  )
  if (!promise) return 404
  const to = act.do === 'own' ? act.owner : undefined
  return mayOwn(me.staff, promise, to) ? undefined : 403
}

/** domain.md 6.7: the desk phone knows where it stands; this page does not. */
async function emergencyWords({ views }: ConsoleParts, me: Me, number: string, contact: unknown) {
  const story = typeof contact === 'string' ? await views.story(me.place.place, contact) : null
  const seen = story && maySee(me.staff.roles, story) ? story : null
  const where = seen?.number ? ` Their number: ${writtenNumber(seen.number)}.` : ''
  return `${number.replace('+44', '')} is not rung from here. Use your desk phone or mobile.${where} Read out where they are from the story.`
}

/** Reads an act from JSON or a form. Null: neither. */
export async function givenBy(c: Context<ConsoleEnv>, zone: string): Promise<Given | null> {
  const json = c.req.header('Content-Type')?.startsWith('application/json')
  if (!json) return fromForm(await c.req.formData(), zone)
  const body: unknown = await c.req.json().catch(() => null)
  return body && typeof body === 'object' && !Array.isArray(body) ? (body as Given) : null
}
