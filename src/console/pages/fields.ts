import { html } from 'hono/html'
import type { StaffAct } from '../../handoff/acts.ts'
import type { Html } from './layout.ts'

/** A value with the words it is chosen by. */
export type Choice = readonly [value: string, words: string]

/** A form that does one act. `fields` go with it unseen; `back` is where one comes back to without script. */
export const actForm = (
  act: StaffAct['do'],
  fields: Readonly<Record<string, string>>,
  back: string,
  inner: Html
): Html => html`<form method="post" action="/console/acts/${act}" class="act act-${act}">
    ${Object.entries({ ...fields, back: `/console${back}` }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    ${inner}
  </form>`

/** A button that does one act when it is pressed. */
export const actButton = (
  act: StaffAct['do'],
  fields: Readonly<Record<string, string>>,
  back: string,
  words: string | Html,
  kind: '' | 'secondary' | 'warning' | 'reverse' = 'secondary'
): Html =>
  actForm(act, fields, back, button(`${act}-${Object.values(fields).join('-')}`, words, kind))

export const button = (
  id: string,
  words: string | Html,
  kind: '' | 'secondary' | 'warning' | 'reverse' = ''
): Html =>
  html`<button id="${slug(id)}" class="nhsuk-button nhsuk-button--small ${kind ? `nhsuk-button--${kind}` : ''}">${words}</button>`

/** An id that a page may hold once. */
export const slug = (text: string) => text.replace(/[^\w-]+/g, '_')

interface Field {
  /** Unique on the page. */
  id: string
  name: string
  label: string
  hint?: string
}

const hintOf = ({ id, hint }: Field) =>
  hint ? html`<div class="nhsuk-hint" id="${id}-hint">${hint}</div>` : ''
const described = ({ id, hint }: Field) => (hint ? html`aria-describedby="${id}-hint"` : '')

export const input = (
  field: Field & {
    type?: string
    value?: string
    width?: number
    inputmode?: string
    required?: boolean
  }
): Html => html`<div class="nhsuk-form-group">
    <label class="nhsuk-label" for="${field.id}">${field.label}</label>${hintOf(field)}
    <input class="nhsuk-input ${field.width ? `nhsuk-input--width-${field.width}` : ''}" id="${field.id}" name="${field.name}" type="${field.type ?? 'text'}" value="${field.value ?? ''}" ${field.inputmode ? html`inputmode="${field.inputmode}"` : ''} ${field.required ? 'required' : ''} autocomplete="off" ${described(field)}>
  </div>`

export const textarea = (
  field: Field & { rows?: number; required?: boolean; maxlength?: number }
): Html => html`<div class="nhsuk-form-group">
    <label class="nhsuk-label" for="${field.id}">${field.label}</label>${hintOf(field)}
    <textarea class="nhsuk-textarea" id="${field.id}" name="${field.name}" rows="${field.rows ?? 2}" maxlength="${field.maxlength ?? 2000}" ${field.required ? 'required' : ''} ${described(field)}></textarea>
  </div>`

export const select = (
  field: Field & { choices: readonly Choice[]; chosen?: string }
): Html => html`<div class="nhsuk-form-group">
    <label class="nhsuk-label" for="${field.id}">${field.label}</label>${hintOf(field)}
    <select class="nhsuk-select" id="${field.id}" name="${field.name}" ${described(field)}>${field.choices.map(
      ([value, words]) =>
        html`<option value="${value}" ${value === field.chosen ? 'selected' : ''}>${words}</option>`
    )}</select>
  </div>`

type Many = Field & { choices: readonly Choice[]; chosen?: string; required?: boolean }

export const radios = (field: Many): Html => group(field, 'radios', 'radio')
export const checkboxes = (field: Many): Html => group(field, 'checkboxes', 'checkbox')

function group(field: Many, kind: 'radios' | 'checkboxes', type: string): Html {
  const { id, name, label, choices, chosen, required } = field
  return html`<div class="nhsuk-form-group"><fieldset class="nhsuk-fieldset" ${described(field)}>
    <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${label}</legend>${hintOf(field)}
    <div class="nhsuk-${kind} nhsuk-${kind}--small nhsuk-${kind}--inline">${choices.map(
      ([value, words]) => html`<div class="nhsuk-${kind}__item">
      <input class="nhsuk-${kind}__input" type="${type}" id="${id}-${slug(value)}" name="${name}" value="${value}" ${value === chosen ? 'checked' : ''} ${required ? 'required' : ''}>
      <label class="nhsuk-label nhsuk-${kind}__label" for="${id}-${slug(value)}">${words}</label>
    </div>`
    )}</div>
  </fieldset></div>`
}

/** More that most do not need: closed until it is asked for, and kept open while the page changes. */
export const more = (
  id: string,
  words: string | Html,
  inner: Html
): Html => html`<details class="nhsuk-details" id="${slug(id)}">
    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${words}</span></summary>
    <div class="nhsuk-details__text">${inner}</div>
  </details>`
