import { act, type Chat, look } from './api.ts'
import { byId, el, fill, showNewest } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { drawCard } from './teams-card.ts'
import { plain, timeOf } from './words.ts'

interface Person {
  who: string
  name: string
  kind: string
  place: string | null
}
type Message = Chat['messages'][number]
type Send = (does: Record<string, unknown>) => void

/** The resident the page begins with; whoever else is in Teams is listed after them. */
const SELF = 'sam'

/** Teams, as a resident, a member of staff or a channel. Gives back how to read it again. */
export function teamsPane(page: PageState): () => Promise<void> {
  const who = byId<HTMLSelectElement>('teams-who')
  const as = byId<HTMLSelectElement>('teams-as')
  const answering = answers()
  const drawn = new Map<string, { key: string; element: HTMLElement }>()
  const inChannel = () => who.selectedOptions[0]?.dataset.kind === 'channel'
  const send: Send = (does) =>
    doing(page, async () => {
      const speaker = inChannel() && { as: as.value }
      const given = { ...does, ...speaker, place: page.place?.place }
      await act(`/teams/${encodeURIComponent(who.value)}`, given)
    })
  const read = async () => {
    const place = page.place?.place ?? ''
    listPeople(who, as, await look<Person[]>('/teams'), place)
    byId('teams-as-field').hidden = !inChannel()
    const known = who.selectedOptions[0]?.dataset.known === 'true'
    const path = `/teams/${encodeURIComponent(who.value)}`
    const messages = known ? (await look<Chat>(path)).messages : []
    const draw = (message: Message) =>
      bubble(message, who.value, send, inChannel() ? answering.to : undefined)
    show(drawn, messages, draw, emptyWords(known))
  }
  who.addEventListener('change', () => {
    drawn.clear()
    answering.to(null)
    read().catch(page.fault)
  })
  byId('teams-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const words = byId<HTMLInputElement>('teams-say')
    const thread = answering.thread()
    if (words.value.trim()) send({ say: words.value.trim(), ...(thread && { thread }) })
    words.value = ''
  })
  return read
}

/** Draws only what is new or has changed, so that nobody loses what they are filling in. */
function show(
  drawn: Map<string, { key: string; element: HTMLElement }>,
  messages: readonly Message[],
  draw: (message: Message) => HTMLElement,
  empty: string
): void {
  const box = byId('teams-thread')
  const before = box.childElementCount
  const wanted = messages.map((message) => {
    const key = JSON.stringify(message)
    const old = drawn.get(message.id)
    const element = old?.key === key ? old.element : draw(message)
    drawn.set(message.id, { key, element })
    return element
  })
  if (wanted.length === 0) wanted.push(el('p', { class: 'empty' }, empty))
  wanted.forEach((element, at) => {
    const here = box.children[at]
    if (here === element) return
    if (here && !wanted.includes(here as HTMLElement)) here.replaceWith(element)
    else box.insertBefore(element, here ?? null)
  })
  while (box.childElementCount > wanted.length) box.lastElementChild?.remove()
  if (box.childElementCount !== before) showNewest(box)
}

function emptyWords(known: boolean): string {
  return known
    ? 'Nothing has been sent here yet.'
    : 'No messages yet. Write to the bot as you would to a colleague: what has happened, and to whom.'
}

function listPeople(
  select: HTMLSelectElement,
  as: HTMLSelectElement,
  people: readonly Person[],
  place: string
): void {
  const here = people.filter((person) => person.place === place || person.place === null)
  const self = `${SELF}-${place}`
  const listed = here.some((person) => person.who === self)
  fill(select, JSON.stringify([self, here]), () => [
    ...(listed ? [] : [el('option', { value: self, 'data-known': 'false' }, 'Sam, a resident')]),
    ...here.map(({ who, name, kind }) =>
      el(
        'option',
        { value: who, 'data-known': 'true', 'data-kind': kind, selected: who === select.value },
        who === self ? 'Sam, a resident' : `${name}, ${plain(kind).toLowerCase()}`
      )
    ),
  ])
  const speakers = here.filter(({ kind }) => kind !== 'channel')
  fill(as, JSON.stringify(speakers), () =>
    speakers.map(({ who, name }) =>
      el('option', { value: who, selected: who === as.value }, who === self ? 'Sam' : name)
    )
  )
}

/** The thread of a channel that is being answered, if any. */
function answers() {
  let thread: string | null = null
  const label = byId('teams-say-label')
  const to = (message: Message | null) => {
    thread = message && (message.thread ?? message.id)
    label.textContent = message ? `Answer in the thread of ${timeOf(message.at)}` : 'Message'
    if (message) byId('teams-say').focus()
  }
  return { to, thread: () => thread }
}

function bubble(
  message: Message,
  me: string,
  send: Send,
  answer: ((message: Message) => void) | undefined
): HTMLElement {
  const { from, at, text, cards, value, thread, notice } = message
  const door = from === 'door'
  const words = text || (value === undefined ? '' : 'Pressed a button')
  const kinds = ['bubble', door ? 'door' : 'caller', cards.length > 0 && 'wide', thread && 'inner']
  const speaker = door ? 'Front door' : from === me ? 'You' : from
  const reply = el(
    'button',
    { type: 'button', class: 'reply', onclick: () => answer?.(message) },
    'Answer here'
  )
  return el(
    'div',
    { class: kinds.filter(Boolean).join(' ') },
    el('span', { class: 'speaker' }, `${speaker}, ${timeOf(at)}`),
    words && el('span', {}, words),
    ...cards.map((card) => drawCard(card, send)),
    notice && el('p', { class: 'notice', role: 'status' }, notice),
    answer && reply
  )
}
