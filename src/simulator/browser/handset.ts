import { act, type Call, look, type Names, namesOf, type Spoken } from './api.ts'
import { byId, el, showNewest } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { speaker } from './speak.ts'
import { onTheCall, phone } from './words.ts'

/** The caller's phone: idle, on a call, or after one. Gives back how to read its call again. */
export function handset(page: PageState): () => Promise<void> {
  const voice = speaker()
  let call: Call | null = null
  const read = async (id = call?.call) => {
    if (id === undefined) return
    const next = await look<Call>(`/calls/${id}`)
    const known = call?.call === id ? call.transcript.length : 0
    const fresh = next.transcript.slice(known)
    call = next
    voice.say(fresh.filter(({ who }) => who === 'door'))
    draw(next, fresh, { first: known === 0, names: namesOf(page.place) })
  }
  listen({
    ring: () =>
      doing(page, async () => {
        const { call: id } = await act<Call>('/calls', {
          from: chosen('dial-from'),
          to: chosen('dial-line'),
        })
        open(true)
        await read(id)
        byId('heard').focus()
      }),
    send: (does) =>
      doing(page, async () => {
        if (!call || call.ended) return
        voice.hush()
        // A fault of the app ends the call too, so the call is read again whatever was answered.
        await act(`/calls/${call.call}`, does).finally(() => read())
      }),
    close() {
      voice.hush()
      call = null
      open(false)
      byId('ring').focus()
    },
  })
  return () => read()
}

interface Buttons {
  ring(): void
  send(does: Record<string, unknown>): void
  close(): void
}

function listen({ ring, send, close }: Buttons): void {
  byId('ring').addEventListener('click', ring)
  byId('silent').addEventListener('click', () => send({ silence: true }))
  byId('hang-up').addEventListener('click', () => send({ hangUp: true }))
  byId('again').addEventListener('click', close)
  listenForKeys((key) => send({ press: key }))
  byId('say-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const words = byId<HTMLInputElement>('say')
    if (words.value.trim()) send({ say: words.value.trim() })
    words.value = ''
  })
}

const chosen = (id: string) => byId<HTMLSelectElement>(id).value

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

function draw(
  call: Call,
  fresh: readonly Spoken[],
  { first, names }: { first: boolean; names: Names }
): void {
  const heard = byId('heard')
  if (first) heard.replaceChildren()
  heard.append(...fresh.map((said) => bubble(said, names)))
  if (call.error && !heard.querySelector('.broken'))
    heard.append(el('p', { class: 'broken' }, `The call broke off. ${call.error}`))
  if (fresh.length > 0) showNewest(heard)
  byId('call-with').textContent = phone(call.to)
  byId('call-state').textContent = stateOf(call, names)
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

function bubble({ who, by, text, lost, language }: Spoken, names: Names): HTMLElement {
  const speaker =
    who === 'door' ? 'Front door' : who === 'other' ? onTheCall(by ?? 'caller', names) : 'You'
  return el(
    'p',
    {
      class: `bubble ${who === 'caller' ? who : 'door'}${lost ? ' lost' : ''}`,
      ...(language && { lang: language }),
    },
    el('span', { class: 'speaker' }, speaker),
    el('span', {}, lost ? `${text} (not heard)` : text)
  )
}

function stateOf({ ended, ringing, with: joined, error }: Call, names: Names): string {
  if (ended) return error ? 'The call broke off' : 'The call has ended'
  if (joined) return `With ${joined.map((who) => onTheCall(who, names)).join(', ')}`
  return ringing ? 'Ringing for a person' : 'On the line'
}

function awaits(call: Call): string {
  if (call.ended) return ''
  if (call.with) return 'A person is on the line.'
  if (call.ringing) return `${call.ringing.map(phone).join(' and ')} is ringing.`
  if (!call.waitingFor) return ''
  const { keys, speech, seconds } = call.waitingFor
  if (!keys && !speech) return `Nothing to answer for ${seconds} seconds.`
  const press = call.keypad?.numDigits === 1 ? 'Press a key' : 'Press keys, then #'
  const how = keys && speech ? `${press}, or say it` : keys ? press : 'Say it'
  return `${how}.${call.keypad?.typed ? ` So far: ${call.keypad.typed}.` : ''}`
}
