import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Content } from '../content.ts'
import { DoorError } from '../errors.ts'
import { staffByEntra } from '../places/roster.ts'
import { type Begun, type Proved, signIn } from '../security/staff-sign-in.ts'
import { cookieName, type Guard, put } from './guard.ts'
import { signInPage } from './pages/sign-in.ts'
import type { ConsoleParts } from './parts.ts'

const SIGN_IN_S = 600
const NOT_KNOWN =
  'You are not on the roster of a place here. Ask whoever leads your shift to add you.'
const NOT_PROVED = 'That sign-in did not work. Please try again.'

/** Only a path of the console: never another host, however it is spelt. */
export function backTo(given: string | undefined): string {
  const safe = /^\/console(?:[/?][\w\-./?=&%:]*)?$/.test(given ?? '') && !given?.includes('//')
  return safe && given && !given.startsWith('/console/sign-') ? given : '/console'
}

/** The routes by which people come in and go out. */
export function signInRoutes(parts: ConsoleParts, guard: Guard) {
  const samples = () =>
    parts.demo ? [...parts.content().places.values()].map(({ place }) => place) : []
  const microsoft = parts.oidc !== undefined
  const shown: Shown = (c, back, fault) =>
    c.html(
      signInPage({ back, microsoft, samples: samples(), ...(fault && { fault }) }),
      fault ? 403 : 200
    )
  return {
    ...byMicrosoft(parts, guard, shown),

    page: (c: Context) => shown(c, backTo(c.req.query('back'))),

    /** Demo only: as one of the sample people. */
    async as(c: Context) {
      if (!parts.demo) return c.notFound()
      const { place, staff, back } = (await c.req.parseBody()) as Record<string, string>
      const known = samples()
        .find((one) => one.place === place)
        ?.staff.some(({ id }) => id === staff)
      if (!place || !staff || !known) return shown(c, '/console', NOT_KNOWN)
      await guard.signIn(c, { place, staff })
      return c.redirect(backTo(back), 303)
    },

    async out(c: Context) {
      await guard.signOut(c)
      return c.redirect('/console/sign-in', 303)
    },
  }
}

type Shown = (c: Context, back: string, fault?: string) => Response | Promise<Response>

function byMicrosoft(parts: ConsoleParts, guard: Guard, shown: Shown) {
  const microsoft = parts.oidc && signIn(parts.oidc)
  const name = cookieName('front-door-sign-in', guard.secure)
  const redirect = () => `${parts.publicUrl()}/console/sign-in/callback`
  return {
    async start(c: Context) {
      if (!microsoft) return c.notFound()
      const { url, begun } = await microsoft.begin(redirect())
      const kept = { ...begun, back: backTo(c.req.query('back')) }
      const sealed = await guard.cookies.seal('sign-in', kept, guard.seconds() + SIGN_IN_S)
      put(c, name, sealed, SIGN_IN_S, guard.secure)
      return c.redirect(url, 303)
    },

    async callback(c: Context) {
      if (!microsoft) return c.notFound()
      const kept = await guard.cookies.open('sign-in', getCookie(c, name))
      // Once: a second try with the same state begins anew.
      put(c, name, '', 0, guard.secure)
      if (!kept) return shown(c, '/console', NOT_PROVED)
      const { back, ...begun } = kept as unknown as Begun & { back: string }
      const returned = new URL(`${redirect()}${new URL(c.req.url).search}`)
      try {
        const person = onRoster(parts.content(), await microsoft.finish(returned, begun))
        if (!person) return shown(c, backTo(back), NOT_KNOWN)
        await guard.signIn(c, person)
        return c.redirect(backTo(back), 303)
      } catch (error) {
        if (!(error instanceof DoorError) || error.code !== 'not-allowed') throw error
        parts.log.warn(
          { part: 'console', kind: 'sign-in', fault: error.message },
          'Sign-in refused'
        )
        return shown(c, backTo(back), NOT_PROVED)
      }
    },
  }
}

/** Whoever Microsoft proved, on the roster of the place whose tenant they came from. */
export function onRoster({ places }: Content, { tenant, oid }: Proved) {
  for (const { place } of places.values()) {
    if (place.teams.tenant.toLowerCase() !== tenant) continue
    const staff = staffByEntra(place, oid)
    if (staff) return { place: place.place, staff: staff.id }
  }
  return null
}
