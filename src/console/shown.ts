import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { ActResult } from '../handoff/acts.ts'
import type { ContactView, StaffView, Story, Views, WaitingView } from '../record/views.ts'
import { cookieName, type Guard, put } from './guard.ts'
import { newsFor } from './news.ts'
import { type Frame, type Html, page, type Said } from './pages/layout.ts'
import type { ConsoleEnv, ConsoleParts, Me } from './parts.ts'

const SAID_S = 60
const SAID = 'front-door-said'

/** The desk of a place as one of its staff sees it while a page is drawn. */
export interface Desk {
  me: Me
  /** ISO 8601 UTC: the time of the service. */
  now: string
  queue: readonly WaitingView[]
  staff: readonly StaffView[]
  /** How the desk sees whoever asks; undefined while it does not know them. */
  mine: StaffView | undefined
}

/** Reads the desk and draws a page of it, with what came of the last act and what is new. */
export async function show(
  parts: ConsoleParts,
  guard: Guard,
  c: Context<ConsoleEnv>,
  frame: Omit<Frame, 'me' | 'said' | 'news'>,
  draw: (desk: Desk) => Html | Promise<Html>
): Promise<Response> {
  const me = c.get('me')
  const { place } = me.place
  const [queue, staff] = await Promise.all([parts.views.queue(place), parts.views.staff(place)])
  const mine = staff.find((one) => one.staff === me.staff.id)
  const main = await draw({ me, now: parts.now(), queue, staff, mine })
  const said = await lastSaid(c, guard)
  return c.html(page({ ...frame, me, said, news: newsFor(me, queue, mine) }, main))
}

/** What came of an act: as JSON to a script, else a page that says it. */
export async function answer(
  c: Context<ConsoleEnv>,
  guard: Guard,
  result: ActResult,
  back: string
): Promise<Response> {
  if (c.req.header('Accept')?.includes('application/json')) return c.json(result)
  const name = cookieName(SAID, guard.secure)
  const words = result.words.slice(0, 1_000)
  const sealed = await guard.cookies.seal(
    'said',
    { ok: result.ok, words },
    guard.seconds() + SAID_S
  )
  put(c, name, sealed, SAID_S, guard.secure)
  return c.redirect(back, 303)
}

async function lastSaid(c: Context, guard: Guard): Promise<Said | undefined> {
  const name = cookieName(SAID, guard.secure)
  const sealed = getCookie(c, name)
  // A page that looks again by itself leaves it for the one who reads.
  if (!sealed || c.req.header('X-By-Itself') !== undefined) return undefined
  put(c, name, '', 0, guard.secure)
  const body = await guard.cookies.open('said', sealed)
  return body ? { ok: body.ok === true, words: String(body.words) } : undefined
}

/** The stories of what somebody is asked to take. */
export async function offersTo(views: Views, { me, mine }: Desk): Promise<Story[]> {
  const offers = mine?.offers ?? []
  const stories = await Promise.all(offers.map((id) => views.story(me.place.place, id)))
  return stories.filter((story) => story !== null)
}

/** The contact somebody is on, or writes up. */
export async function inHand(views: Views, { me, mine }: Desk): Promise<ContactView | null> {
  if (!mine?.contact) return null
  const story = await views.story(me.place.place, mine.contact)
  return story && views.contact(me.place.place, story.ref)
}
