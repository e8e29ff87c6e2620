import * as z from 'zod'
import { CODES } from '../flows/outcomes.ts'

const key = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use small letters, digits and single hyphens, like home-ward')
const words = z.string().trim().min(1, 'write something here, or leave the line out')
const day = z.iso.date('write a date as year-month-day, like 2026-11-02')
// Not 09, 084, 087, 070 or a pager: somebody earns by each call that is put through there.
const phone = z
  .string()
  .regex(
    /^\+44(?!9|8[47]|70|76)\d{5,12}$/,
    'write the number with + and the country first, like +442079460100; a UK one that costs no more than a call'
  )
const code = z.enum(CODES as unknown as [string, ...string[]], 'use an outcome code such as CSD')
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use 24-hour time, like 18:00')
const short = z
  .string()
  .regex(/^PT(?=\d)(\d+H)?(\d+M)?$/, 'use a duration in hours or minutes, like PT2H or PT30M')
const span = z
  .string()
  .regex(
    /^(PT(?=\d)(\d+H)?(\d+M)?|P\d+D|today)$/,
    'use PT30M or PT2H (exact), P5D (working days), or today'
  )

const dayHours = z
  .string()
  .regex(
    /^(closed|([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)(, ?([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00))*)$/,
    'write hours as 08:00-20:00, or closed'
  )
  .refine(
    (text) => !/(\d\d:\d\d)-\1/.test(text),
    'these hours start and end at one time; for day and night write `hours: always`'
  )
  .optional()

const HOURS_HELP =
  'write `always`, or hours such as { daily: 08:00-20:00 } or { weekdays: 09:00-17:00, sat: 09:00-13:00 }; the names are daily, weekdays, mon, tue, wed, thu, fri, sat, sun and holidays'
const byDay = z
  .strictObject({
    /** Every day, bank holidays too. */
    daily: dayHours,
    /** Monday to Friday, and never on a bank holiday. */
    weekdays: dayHours,
    /** One day of the week, instead of the two above; never on a bank holiday. */
    mon: dayHours,
    tue: dayHours,
    wed: dayHours,
    thu: dayHours,
    fri: dayHours,
    sat: dayHours,
    sun: dayHours,
    /** Bank holidays, instead of `daily`. */
    holidays: dayHours,
  })
  .refine((hours) => Object.keys(hours).length > 0, HOURS_HELP)
export const hoursShape = z.union([z.literal('always'), byDay], { error: HOURS_HELP })

/** When something is open: always, or by the day of the week. Hours such as 20:00-08:00 run past midnight. */
export type Hours = z.infer<typeof hoursShape>

const staffed = z.strictObject({
  none: z.undefined().optional(),
  hours: hoursShape,
  organisation: words,
  number: phone,
  second: phone,
  tested: day,
})
const unstaffed = z.strictObject({
  hours: hoursShape,
  none: z.literal(true),
  reason: words,
  signed: z.strictObject({ name: words, on: day }),
})
const coverShape = z.discriminatedUnion('none', [staffed, unstaffed], {
  error: 'write `none: true` with a reason and who signed it, or name an organisation',
})

/** The eight disciplines of a cluster team. */
export const DISCIPLINES = [
  'nursing',
  'therapy',
  'geriatrics',
  'mental-health',
  'primary-care',
  'social-care',
  'housing',
  'voluntary',
] as const

const prefix = z
  .string()
  .regex(
    /^[A-Z]{1,2}\d[A-Z\d]?( \d)?$/,
    'write a whole postcode district such as SE15, or a district and sector such as "SE15 4"'
  )

export const areaShape = z.strictObject({
  name: words,
  base: words.optional(),
  number: phone,
  /** Counts of the source, for demand figures. */
  source: z.record(z.string(), z.int()).optional(),
  postcodes: z.array(prefix),
  practices: z.array(z.string()),
})

export const serviceShape = z.strictObject({
  /** cluster: one team per area. city: one for the whole place. */
  tier: z.enum(['cluster', 'city'], 'write cluster (one per area) or city (one for the place)'),
  /** What decides the area: the GP practice (the default), or where the person is. */
  by: z.enum(['practice', 'home'], 'write practice or home').optional(),
  codes: z.array(code),
  name: words.optional(),
  /** What it does, in a line, for staff and for the directory. */
  about: words.optional(),
  provider: z
    .strictObject({
      name: words,
      illustrative: z.literal(true).optional(),
      from: day,
      until: day.optional(),
    })
    .optional(),
  owner: key,
  number: phone.optional(),
  perArea: z
    .record(key, z.strictObject({ name: words.optional(), number: phone.optional() }))
    .optional(),
  disciplines: z.array(z.enum(DISCIPLINES, `use one of ${DISCIPLINES.join(', ')}`)).optional(),
  takes: z
    .strictObject({
      minAge: z.int().optional(),
      maxAge: z.int().optional(),
      /** or-registered: living here or registered with a practice here. */
      lives: z.literal('or-registered').optional(),
      from: z.array(z.literal('clinician')).optional(),
    })
    .optional(),
  hours: hoursShape,
  /** Takes no work for a while: the desk says so, no file does. */
  shut: z.literal(true).optional(),
  /** Names of services whose work it does for a while, by the code that came with it: the desk says so too. */
  standsIn: z.partialRecord(code, words).optional(),
  /** Promises it can take in one hour; without it as many as come. */
  slots: z.int().min(0).max(600).optional(),
  /** When someone rings back: one span for all its codes, or one for each. */
  ringBack: z
    .union([span, z.partialRecord(code, span)], {
      error: 'write one time such as PT2H, P5D or today, or one for each code: { NAV: P1D }',
    })
    .optional(),
  /** How soon it reaches a person on the floor. */
  arrives: short.optional(),
  fallback: z.string(),
})

const settingsShape = z.strictObject({
  /** Where a head injury with a risk sign goes. */
  headInjury: z.enum(['E999', 'A&E'], 'write E999 or A&E').default('E999'),
  /** The last time of day a new two-hour promise is made. */
  ucrLastAccept: clock.default('18:00'),
  /** Per cent of two-hour referrals to be met. */
  ucrTarget: z.int().min(1).max(100).default(70),
  /** How long a broken-off conversation can be carried on. */
  resumeWindow: short.default('PT4H'),
  /** Whether urgent codes go on without consent to share. */
  shareUrgent: z.enum(['yes', 'no'], 'write yes or no').default('yes'),
})

/** What someone may do. Each route, place and contact says who may. */
export const ROLES = ['navigator', 'supervisor', 'safeguarding', 'auditor', 'admin'] as const
export type Role = (typeof ROLES)[number]

const staffShape = z.strictObject({
  id: key,
  name: words,
  roles: z.array(z.enum(ROLES, `use one of ${ROLES.join(', ')}`)).min(1),
  /** Their Microsoft Entra object id: who they are when they sign in or write in Teams. */
  entra: z.guid('write the object id as in the Microsoft admin pages'),
  languages: z.array(z.string().min(2)).min(1).default(['en']),
  disciplines: z.array(z.enum(DISCIPLINES, `use one of ${DISCIPLINES.join(', ')}`)).default([]),
  /** A phone of their own, rung instead of the softphone where they choose so. */
  number: phone.optional(),
})
export type Staff = z.infer<typeof staffShape>

const room = z.strictObject({
  id: key,
  name: words,
  thread: z
    .string()
    .regex(/^19:[^\s;]+@thread\.(tacv2|skype|v2)$/, 'write the id of a Teams channel'),
})

const seconds = z
  .string()
  .regex(/^PT(?=\d)(\d+M)?(\d+S)?$/, 'use a duration in minutes or seconds, like PT20S or PT3M')
const knows = z.enum(DISCIPLINES, `use one of ${DISCIPLINES.join(', ')}`)
const handoffShape = z.strictObject({
  /** Which discipline knows most of each need; who has it is asked before others. */
  disciplines: z
    .partialRecord(z.enum(['fall', 'ill', 'home', 'mood', 'safety', 'other']), knows)
    .default({
      ...{ fall: 'nursing', ill: 'nursing', home: 'social-care' },
      ...{ mood: 'mental-health', safety: 'social-care' },
    }),
  /** How long those who are asked have to take a contact. */
  offer: seconds.default('PT20S'),
  /** How long the navigator has to be on the line once they took it. */
  join: seconds.default('PT25S'),
  /** How long somebody may wait alone in a call before another is asked. */
  alone: seconds.default('PT30S'),
  /** From when on a call back is offered to those who wait. */
  callbackFrom: seconds.default('PT3M'),
  /** How long a caller in no danger may wait for somebody on shift to come free, before the cover is rung. */
  longest: seconds.default('PT60S'),
  /** What a card in Teams shows: the reference and urgency, or the story. */
  cards: z.enum(['reference', 'story'], 'write reference or story').default('reference'),
  /** The room in which text conversations are held, each a thread of its own; without it in the navigator's own chat. */
  threads: key.optional(),
  /** Call backs the navigators can promise in one hour. */
  slots: z.int().min(0).max(600).default(12),
})

export const placeShape = z.strictObject({
  place: key,
  name: words,
  /** Mappings and providers are examples, not the real ones. */
  illustrative: z.boolean().default(false),
  checked: z.strictObject({ on: day, reviewBy: day }),
  /** Where each kind of data comes from, with its date and licence. */
  sources: z.record(z.string(), words).optional(),
  timeZone: z.string(),
  languages: z.array(z.string().min(2)).min(1, 'name at least one language, such as en'),
  numbers: z
    .array(
      z.strictObject({
        number: phone,
        use: z.enum(['residents', 'professionals'], 'write residents or professionals'),
        channels: z.array(z.enum(['voice', 'sms'], 'write voice or sms')).min(1),
        language: z.string().optional(),
      })
    )
    .min(1, 'name at least one number that residents ring'),
  teams: z.strictObject({
    tenant: z.guid('write the tenant id as in the Microsoft admin pages'),
  }),
  /** Who works at this front door. */
  staff: z.array(staffShape).default([]),
  /** Teams channels that the desk writes to. */
  rooms: z.array(room).default([]),
  handoff: handoffShape.prefault({}),
  flows: z.record(key, z.int().positive('versions start at 1')),
  settings: settingsShape.prefault({}),
  /** Who takes urgent calls: the first line that is open. */
  cover: z.array(coverShape).min(1, 'name who takes urgent calls at every hour of the week'),
  /** The postcode letters a caller chooses from before keying the digits. */
  letters: z.array(z.string().regex(/^[A-Z]{1,2}$/, 'write postcode letters, like SE')).optional(),
  areas: z.record(key, areaShape),
  /** The area of a person with no practice and no address. */
  default: key,
  services: z.record(key, serviceShape),
  /** Other places: their districts and the number of their front door. */
  neighbours: z.record(
    key,
    z.strictObject({ name: words.optional(), postcodes: z.array(prefix), number: phone })
  ),
  practices: z.record(
    z.string().regex(/^[A-Z]\d{5}$/, 'write the ODS code of the practice, like G85057'),
    z.strictObject({
      name: words,
      postcode: z
        .string()
        .regex(/^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/, 'write the whole postcode, like SE15 4NN'),
    })
  ),
})

/** One place as checked: its teams, hours, cover, numbers and settings. */
export type Place = z.infer<typeof placeShape>
export type Service = z.infer<typeof serviceShape>
export type AreaTeam = z.infer<typeof areaShape>
export type CoverLine = Place['cover'][number]

/** Services that flows ring by name, so every place must have them. */
export const RUNG_BY_NAME = ['crisis', 'palliative', 'duty-out-of-hours', 'broker'] as const

/** What a service is called: its own name, or its key as words. */
export function serviceName(place: Pick<Place, 'services'>, service: string): string {
  const own = place.services[service]?.name
  if (own) return own
  const said = service.replaceAll('-', ' ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}
