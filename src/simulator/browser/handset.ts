import { act, type Call, look, type Spoken } from './api.ts'
import { byId, el } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { speaker } from './speak.ts'
import { phone } from './words.ts'

/** The caller's phone: idle, on a call, or after one. Gives back how to read its call again. */
export function handset(page: PageState): () => Promise<void> {
  const voice = speaker()
  let call: Call | null = null

  const read = async () => {
    if (!call) return
    show(await look<Call>(`/calls/${call.call}`))
  }
  const show = (next: Call) => {
    const known = call?.call === next.call ? call.transcript.length : 0
    const fresh = next.transcript.slice(known)
    call = next
    voice.say(fresh.filter(({ who }) => who === 'door'))
    draw(next, fresh, known === 0)
  }
  const send = (does: Record<string, unknown>) =>
    doing(page, async () => {
      if (!call || call.ended) return
      voice.hush()
      const { call: id } = call
      // A fault of the app ends the call too, so the call is read again whatever was answered.
      await act(`/calls/${id}`, does).finally(async () => show(await look<Call>(`/calls/${id}`)))
    })
  const ring = () =>
    doing(page, async () => {
      const from = byId<HTMLSelectElement>('dial-from').value
      const to = byId<HTMLSelectElement>('dial-line').value
      const { call: id } = await act<Call>('/calls', { from, to })
      call = null
      open(true)
      show(await look<Call>(`/calls/${id}`))
      byId('heard').focus()
    })

  byId('ring').addEventListener('click', ring)
  byId('silent').addEventListener('click', () => send({ silence: true }))
  byId('hang-up').addEventListener('click', () => send({ hangUp: true }))
  byId('again').addEventListener('click', () => {
    voice.hush()
    call = null
    open(false)
    byId('ring').focus()
  })
  listenForKeys((key) => send({ press: key }))
  byId('say-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const words = byId<HTMLInputElement>('say')
    if (words.value.trim()) send({ say: words.value.trim() })
    words.value = ''
  })
  return read
}

function listenForKeys(press: (key: string) => void): void {
  for (const key of document.querySelectorAll<HTMLElement>('[data-key]'))
    key.addEventListener('click', () => press(key.dataset.key ?? ''))
  byId('phone-call').addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement
    if (!typing && !event.ctrlKey && !event.metaKey && /^[0-9*#]$/.test(event.key)) press(event.key)
  })
}

function open(on: boolean): void {
  byId('phone-idle').hidden = on
  byId('phone-call').hidden = !on
}

function draw(call: Call, fresh: readonly Spoken[], first: boolean): void {
  const heard = byId('heard')
  if (first) heard.replaceChildren()
  heard.append(...fresh.map(bubble))
  if (call.error && !heard.querySelector('.broken'))
    heard.append(el('p', { class: 'broken' }, `The call broke off. ${call.error}`))
  if (fresh.length > 0) heard.scrollTop = heard.scrollHeight
  byId('call-with').textContent = phone(call.to)
  byId('call-state').textContent = stateOf(call)
  byId('awaits').textContent = awaits(call)
  const keys = call.waitingFor?.keys === true
  for (const key of document.querySelectorAll<HTMLButtonElement>('[data-key]')) key.disabled = !keys
  const { ended, waitingFor, ringing } = call
  byId('phone-call').classList.toggle('over', ended)
  for (const id of ['awaits', 'call-keys', 'say-form']) byId(id).hidden = ended
  byId('again').hidden = !ended
  const silent = byId<HTMLButtonElement>('silent')
  silent.disabled = !waitingFor && !ringing
  silent.replaceChildren(
    call.ringing ? 'Let it ring' : 'Stay silent',
    waitingFor ? el('small', {}, `for ${waitingFor.seconds} seconds`) : ''
  )
}

function bubble({ who, text, lost, language }: Spoken): HTMLElement {
  const speaker = who === 'door' ? 'Front door' : 'You'
  return el(
    'p',
    { class: `bubble ${who}${lost ? ' lost' : ''}`, ...(language && { lang: language }) },
    el('span', { class: 'speaker' }, speaker),
    el('span', {}, lost ? `${text} (not heard)` : text)
  )
}

function stateOf({ ended, ringing, with: joined, error }: Call): string {
  if (ended) return error ? 'The call broke off' : 'The call has ended'
  if (joined) return `With ${joined.map(phone).join(', ')}`
  return ringing ? 'Ringing for a person' : 'On the line'
}

function awaits(call: Call): string {
  if (call.ended) return ''
  if (call.with) return 'A person is on the line.'
  if (call.ringing) return `${call.ringing.map(phone).join(' and ')} is ringing.`
  if (!call.waitingFor) return ''
  const { keys, speech, seconds } = call.waitingFor
  if (!keys && !speech) return `Nothing to answer for ${seconds} seconds.`
  const how = keys && speech ? 'Press a key, or say it' : keys ? 'Press a key' : 'Say it'
  const many = keys && call.keypad?.numDigits !== 1
  const typed = call.keypad?.typed ? ` So far: ${call.keypad.typed}.` : ''
  return `${how}${many ? ', then #' : ''}.${typed}`
}
