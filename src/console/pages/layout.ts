import { html } from 'hono/html'
import type { Role } from '../../places/shape.ts'
import { mayUse } from '../access.ts'
import type { Me } from '../parts.ts'
import { ROLE, type Tag } from '../words.ts'

/** A piece of a page: `hono/html` escapes whatever is put into it. */
export type Html = ReturnType<typeof html>

/** What stands round the main part of a page. */
export interface Frame {
  title: string
  /** Path below /console, to mark where one is in the menu and to come back after an act. */
  path: string
  me?: Me | undefined
  /** What came of the last act, where the page had no script to say it. */
  said?: Said | undefined
  /** What is to be announced to somebody who does not see the page change. */
  news?: readonly News[]
  /** Without menu: a window of its own, or a sheet of paper. */
  bare?: boolean
  script?: 'app' | 'phone'
}
export interface Said {
  ok: boolean
  words: string
}
/** One piece of news; it is announced once, at once where it is of danger. */
export interface News {
  id: string
  words: string
  danger: boolean
}

const MENU = [
  ['/', 'My shift'],
  ['/queue', 'Queue'],
  ['/promises', 'Promises'],
  ['/status', 'Services'],
  ['/shift', 'Handover sheet'],
] as const

/** A whole page. The parts marked data-live are fetched again when something changes. */
export function page(frame: Frame, main: Html): Html {
  const { me, title, bare, script = 'app' } = frame
  return html`<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="theme-color" content="#005eb8">
  <title>${title} - Front door${me ? html`, ${me.place.name}` : ''}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/console/files/app.css">
  <script type="module" src="/console/files/${script}.js"></script>
</head>
<body class="${bare ? 'bare' : ''}">
  <a class="nhsuk-skip-link" href="#main" data-module="nhsuk-skip-link">Skip to main content</a>
  ${bare ? '' : header(frame)}
  <section class="draft" aria-label="About this service"><p class="nhsuk-width-container">Draft, not clinically reviewed. Names of staff and providers are examples.</p></section>
  <div class="nhsuk-width-container">
    <main class="nhsuk-main-wrapper nhsuk-main-wrapper--s" id="main" tabindex="-1">
      <div id="said" role="${frame.said && !frame.said.ok ? 'alert' : 'status'}">${frame.said ? saidBox(frame.said) : ''}</div>
      ${main}
    </main>
  </div>
  <div id="news" ${me ? html`data-live` : ''} hidden>${(frame.news ?? []).map(
    ({ id, words, danger }) =>
      html`<span data-news="${id}" ${danger ? html`data-danger` : ''}>${words}</span>`
  )}</div>
  <div id="polite" class="nhsuk-u-visually-hidden" aria-live="polite"></div>
  <div id="assertive" class="nhsuk-u-visually-hidden" aria-live="assertive"></div>
</body>
</html>`
}

const saidBox = ({ ok, words }: Said) =>
  html`<div class="said ${ok ? 'said-ok' : 'said-no'}"><p>${words}</p></div>`

function header({ me, path }: Frame): Html {
  const items = me ? MENU.filter(([to]) => mayUse(me.staff.roles, `GET ${to}`)) : []
  return html`<header class="nhsuk-header" data-module="nhsuk-header">
    <div class="nhsuk-header__container nhsuk-width-container">
      <div class="nhsuk-header__service">
        <a class="nhsuk-header__service-name" href="/console">Front door${me ? html` <span class="of-place">${me.place.name}</span>` : ''}</a>
      </div>
      ${me ? account(me) : ''}
    </div>
    ${
      items.length > 0
        ? html`<nav class="nhsuk-header__navigation" aria-label="Menu">
      <div class="nhsuk-header__navigation-container nhsuk-width-container">
        <ul class="nhsuk-header__navigation-list">
          ${items.map(([to, words]) => menuItem(to, words, to === path))}
          ${mayUse(me?.staff.roles ?? [], 'GET /phone') ? html`<li class="nhsuk-header__navigation-item"><a class="nhsuk-header__navigation-link" href="/console/phone" target="front-door-phone" data-window="phone">Phone <span class="nhsuk-u-visually-hidden">(opens a window of its own)</span></a></li>` : ''}
          <li class="nhsuk-header__menu" hidden><button class="nhsuk-header__menu-toggle nhsuk-header__navigation-link" id="toggle-menu" aria-expanded="false"><span class="nhsuk-u-visually-hidden">Browse </span>More</button></li>
        </ul>
      </div>
    </nav>`
        : ''
    }
  </header>`
}

const menuItem = (to: string, words: string, current: boolean) =>
  html`<li class="nhsuk-header__navigation-item ${current ? 'nhsuk-header__navigation-item--current' : ''}"><a class="nhsuk-header__navigation-link" href="/console${to === '/' ? '' : to}" ${current ? html`aria-current="page"` : ''}>${current ? html`<strong class="nhsuk-header__navigation-item-current-fallback">${words}</strong>` : words}</a></li>`

const account = ({ staff }: Me) => html`<nav class="nhsuk-header__account" aria-label="Account">
        <ul class="nhsuk-header__account-list">
          <li class="nhsuk-header__account-item"><strong>${staff.name}</strong>&nbsp;(${rolesOf(staff.roles)})</li>
          <li class="nhsuk-header__account-item"><form class="nhsuk-header__account-form" action="/console/sign-out" method="post" data-plain><button class="nhsuk-header__account-button">Sign out</button></form></li>
        </ul>
      </nav>`

/** navigator and supervisor */
export const rolesOf = (roles: readonly Role[]) => roles.map((role) => ROLE[role]).join(' and ')

/** A coloured label; its words say the same as its colour. */
export const tag = ({ words, colour }: Tag): Html =>
  html`<strong class="nhsuk-tag nhsuk-tag--${colour}">${words}</strong>`

/** What is shown where nothing is. */
export const nothing = (words: string): Html => html`<p class="nothing">${words}</p>`

/** One line of a list of keys and values, inside a `dl.facts`; none where there is nothing to say. */
export const fact = (key: string, value: Html | string | undefined | null): Html | string =>
  value === undefined || value === null || value === ''
    ? ''
    : html`<div class="fact"><dt>${key}</dt><dd>${value}</dd></div>`
