import { act, look, type Phone } from './api.ts'
import { byId, el, fill } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { phone } from './words.ts'

type Does = (number: string, what: Record<string, unknown>) => void

/** Phones the service has rung, so that someone can answer them. Gives back how to read them again. */
export function staffPhones(page: PageState): () => Promise<void> {
  const does: Does = (number, what) =>
    doing(page, async () => {
      await act(`/phones/${encodeURIComponent(number)}`, what)
    })
  return async () => {
    const { phones } = await look<{ phones: Phone[] }>('/phones')
    fill(byId('ringing'), JSON.stringify(phones), () =>
      phones.map((each) => (each.ringing.length > 0 ? ringing(each, does) : speaking(each, does)))
    )
  }
}

function ringing({ number }: Phone, does: Does): HTMLElement {
  const why = isOwn(number) ? 'the service rings you.' : 'a caller needs a person.'
  return el(
    'div',
    { class: 'rings' },
    el('p', {}, el('strong', {}, phone(number)), ` is ringing: ${why}`),
    el(
      'div',
      { class: 'phone-acts' },
      button('Answer', 'go', number, () => does(number, { answer: true })),
      button('Busy', 'quiet', number, () => does(number, { busy: true })),
      button('Decline', 'quiet', number, () => does(number, { decline: true }))
    )
  )
}

function speaking({ number, speaking: [line] }: Phone, does: Does): HTMLElement {
  const joined = isOwn(number)
    ? ', your phone, is speaking with the service.'
    : ' is speaking with the caller.'
  const keys = line?.waitingFor?.keys ? ['1', '2'] : []
  return el(
    'div',
    { class: 'rings joined' },
    el('p', {}, el('strong', {}, phone(number)), line?.joined ? joined : ' has answered.'),
    ...(line?.transcript ?? []).map(({ text }) => el('p', { class: 'whisper' }, text)),
    el(
      'div',
      { class: 'phone-acts' },
      ...keys.map((key) => button(key, 'quiet', number, () => does(number, { press: key }))),
      button('Hang up', 'stop', number, () => does(number, { hangUp: true }))
    )
  )
}

function button(name: string, style: string, number: string, onclick: () => void): HTMLElement {
  return el('button', { type: 'button', class: style, id: `${name}-${number}`, onclick }, name)
}

/** Whether a phone is one the page itself rings and texts from. */
function isOwn(number: string): boolean {
  const own = document.querySelectorAll<HTMLOptionElement>('#dial-from option, #text-from option')
  return [...own].some(({ value }) => value === number)
}
