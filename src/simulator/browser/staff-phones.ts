import { act, look, type Phone } from './api.ts'
import { byId, el, fill } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { phone } from './words.ts'

/** Phones the service has rung, so that someone can answer them. Gives back how to read them again. */
export function staffPhones(page: PageState): () => Promise<void> {
  const does = (number: string, what: Record<string, unknown>) => () =>
    doing(page, async () => {
      await act(`/phones/${encodeURIComponent(number)}`, what)
    })
  const button = (number: string, name: string, what: Record<string, unknown>, look = 'quiet') =>
    el(
      'button',
      { type: 'button', class: look, id: `${name}-${number}`, onclick: does(number, what) },
      name
    )
  const ringing = ({ number }: Phone) => [
    el(
      'p',
      {},
      el('strong', {}, phone(number)),
      isOwn(number)
        ? ' is ringing: the service rings you.'
        : ' is ringing: a caller needs a person.'
    ),
    el(
      'div',
      { class: 'phone-acts' },
      button(number, 'Answer', { answer: true }, 'go'),
      button(number, 'Busy', { busy: true }),
      button(number, 'Decline', { decline: true })
    ),
  ]
  const speaking = ({ number, speaking: [line] }: Phone) => [
    el(
      'p',
      {},
      el('strong', {}, phone(number)),
      line?.joined
        ? isOwn(number)
          ? ', your phone, is speaking with the service.'
          : ' is speaking with the caller.'
        : ' has answered.'
    ),
    ...(line?.transcript ?? []).map(({ text }) => el('p', { class: 'whisper' }, text)),
    el(
      'div',
      { class: 'phone-acts' },
      ...(line?.waitingFor?.keys
        ? ['1', '2'].map((key) => button(number, key, { press: key }))
        : []),
      button(number, 'Hang up', { hangUp: true }, 'stop')
    ),
  ]
  return async () => {
    const { phones } = await look<{ phones: Phone[] }>('/phones')
    fill(byId('ringing'), JSON.stringify(phones), () =>
      phones.map((each) =>
        each.ringing.length > 0
          ? el('div', { class: 'rings' }, ...ringing(each))
          : el('div', { class: 'rings joined' }, ...speaking(each))
      )
    )
  }
}

/** Whether a phone is one the page itself rings and texts from. */
function isOwn(number: string): boolean {
  const own = document.querySelectorAll<HTMLOptionElement>('#dial-from option, #text-from option')
  return [...own].some(({ value }) => value === number)
}
