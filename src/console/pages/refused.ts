import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Me } from '../parts.ts'
import { page } from './layout.ts'

const WORDS = {
  401: ['Sign in again', 'You are signed out, or your place at this front door has changed.'],
  403: [
    'This is not yours to use',
    'Your roles at this place do not reach here. Ask whoever leads the shift.',
  ],
  404: ['There is nothing here', 'Nothing of this place has this address or this reference.'],
  415: ['This could not be read', 'Send a form, or JSON.'],
  503: [
    'Try again in a moment',
    'The service is there, and cannot answer just now. Nothing you wrote was acted on.',
  ],
  500: [
    'Something is wrong here',
    'It has been noted. Try again; if it goes on, tell whoever runs the service.',
  ],
} as const
export type Refusal = keyof typeof WORDS

const wantsJson = (c: Context) => /\bjson\b|event-stream/.test(c.req.header('Accept') ?? '')

/** What someone is told who may not, in the form they asked for. A page asks who is signed out to sign in. */
export function refusedPage(c: Context, status: Refusal, me?: Me): Response | Promise<Response> {
  const [title, words] = WORDS[status]
  if (wantsJson(c)) return c.json({ ok: false, words: `${title}. ${words}` }, status)
  if (status === 401 && c.req.method === 'GET' && c.req.header('X-By-Itself') === undefined) {
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`/console/sign-in?back=${encodeURIComponent(pathname + search)}`, 303)
  }
  const body = html`<h1 class="nhsuk-heading-l">${title}</h1>
    <p>${words}</p><p><a href="/console">${status === 401 ? 'Sign in' : 'Go to my shift'}</a></p>`
  return c.html(page({ title, path: '', me }, body), status)
}
