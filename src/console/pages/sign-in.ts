import { html } from 'hono/html'
import type { Place } from '../../places/shape.ts'
import { type Html, page, rolesOf } from './layout.ts'

/** What the sign-in page offers. */
export interface SignInPage {
  back: string
  microsoft: boolean
  /** Places whose sample people anybody may be: demo only. */
  samples: readonly Place[]
  fault?: string
}

/** The page of whoever is signed out. */
export function signInPage({ back, microsoft, samples, fault }: SignInPage): Html {
  const to = `/console/sign-in/start?back=${encodeURIComponent(back)}`
  return page(
    { title: 'Sign in', path: '', ...(fault && { said: { ok: false, words: fault } }) },
    html`<div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
      <h1 class="nhsuk-heading-xl">Sign in</h1>
      <p class="nhsuk-lede-text">For the people who work at the front door: care navigators, their supervisors, safeguarding, auditors and administrators.</p>
      ${microsoft ? html`<p><a class="nhsuk-button" role="button" draggable="false" href="${to}">Sign in with Microsoft</a></p><p class="nhsuk-hint">Use your work account. Only people on the roster of their place are let in.</p>` : ''}
    </div></div>
    ${samples.length > 0 ? demo(samples, back) : ''}
    ${!microsoft && samples.length === 0 ? html`<p>Sign-in is not set up. Whoever runs the service sets OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and SESSION_KEY.</p>` : ''}`
  )
}

const demo = (places: readonly Place[], back: string) => html`<section aria-labelledby="samples">
  <h2 class="nhsuk-heading-m" id="samples">Sign in as someone who is made up</h2>
  <p>This is a demo. Nobody here is real, and no password is asked.</p>
  <div class="samples">${places.map(
    (place) => html`<div class="sample">
      <h3 class="nhsuk-heading-s">${place.name}</h3>
      <ul class="nhsuk-list">${place.staff.map(
        ({ id, name, roles }) => html`<li>
        <form method="post" action="/console/sign-in/as" data-plain>
          <input type="hidden" name="place" value="${place.place}"><input type="hidden" name="staff" value="${id}"><input type="hidden" name="back" value="${back}">
          <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">${name}<span class="sample-roles">, ${rolesOf(roles)}</span></button>
        </form></li>`
      )}</ul>
    </div>`
  )}</div>
</section>`
