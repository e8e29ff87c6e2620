import { act, type Chat, look, namesOf } from './api.ts'
import { byId, el, fill } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { drawCard } from './teams-card.ts'
import { type Drawn, showFlat, showThreads, threadName } from './teams-threads.ts'
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
  const drawn: Drawn = new Map()
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
      bubble(message, speaker(message, inChannel() ? as.value : who.value, page), send)
    const box = byId('teams-thread')
    if (messages.length === 0) box.replaceChildren(el('p', { class: 'empty' }, emptyWords(known)))
    else if (inChannel()) showThreads(box, drawn, messages, { draw, answer: answering.to })
    else showFlat(box, drawn, messages, draw)
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
  const leave = byId<HTMLButtonElement>('teams-say-new')
  const to = (root: Message | null) => {
    thread = root?.id ?? null
    label.textContent = root ? `Answer in the thread of ${threadName(root)}` : 'Message'
    leave.hidden = root === null
    for (const one of document.querySelectorAll<HTMLElement>('.channel-thread'))
      one.classList.toggle('answering', one.dataset.root === thread)
    if (root) byId('teams-say').focus()
  }
  leave.addEventListener('click', () => to(null))
  return { to, thread: () => thread }
}

function speaker({ from }: Message, me: string, { place }: PageState): string {
  if (from === 'door') return 'Front door'
  return from === me ? 'You' : (namesOf(place).get(from) ?? from)
}

function bubble(message: Message, speaker: string, send: Send): HTMLElement {
  const { from, at, text, cards, value, notice } = message
  const door = from === 'door'
  const words = text || (value === undefined ? '' : 'Pressed a button')
  const kinds = ['bubble', door ? 'door' : 'caller', cards.length > 0 && 'wide']
  return el(
    'div',
    { class: kinds.filter(Boolean).join(' ') },
    el('span', { class: 'speaker' }, `${speaker}, ${timeOf(at)}`),
    words && el('span', {}, words),
    ...cards.map((card) => drawCard(card, send)),
    notice && el('p', { class: 'notice', role: 'status' }, notice)
  )
}
