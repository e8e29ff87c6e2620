import { AdaptiveCard, HostConfig, SubmitAction } from 'adaptivecards'
import { act, type Card, type Chat, look } from './api.ts'
import { byId, el, fill, showNewest } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { plain, timeOf } from './words.ts'

interface Person {
  who: string
  name: string
  kind: string
  place: string | null
}

/** The resident the page begins with; whoever else is in Teams is listed after them. */
const SELF = 'sam'
const LOOK = new HostConfig({
  fontFamily: 'inherit',
  spacing: { small: 6, default: 10, medium: 14, large: 18, extraLarge: 24, padding: 12 },
  fontSizes: { small: 14, default: 16, medium: 17, large: 20, extraLarge: 24 },
  actions: {
    actionsOrientation: 'vertical',
    actionAlignment: 'stretch',
    buttonSpacing: 8,
    maxActions: 20,
  },
  containerStyles: {
    default: { foregroundColors: { attention: { default: '#942514', subtle: '#942514' } } },
  },
})

// Teams shows bold in cards, so it is shown here; everything else stays the words it is.
AdaptiveCard.onProcessMarkdown = (text, result) => {
  const safe = el('span', {}, text).innerHTML
  result.outputHtml = safe.replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
  result.didProcess = true
}

/** Teams, as a resident, a member of staff or a channel. Gives back how to read it again. */
export function teamsPane(page: PageState): () => Promise<void> {
  const who = byId<HTMLSelectElement>('teams-who')
  const read = async () => {
    listPeople(who, await look<Person[]>('/teams'), page.place?.place ?? '')
    const known = who.selectedOptions[0]?.dataset.known === 'true'
    const path = `/teams/${encodeURIComponent(who.value)}`
    const messages = known ? (await look<Chat>(path)).messages : []
    const box = byId('teams-thread')
    const before = box.childElementCount
    fill(box, who.value + JSON.stringify(messages), () =>
      messages.length === 0
        ? [el('p', { class: 'empty' }, emptyWords(known))]
        : messages.map((message) => draw(message, who.value, send))
    )
    if (box.childElementCount !== before) showNewest(box)
  }
  const send = (does: Record<string, unknown>) =>
    doing(page, async () => {
      await act(`/teams/${encodeURIComponent(who.value)}`, { ...does, place: page.place?.place })
    })
  who.addEventListener('change', () => read().catch(page.fault))
  byId('teams-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const words = byId<HTMLInputElement>('teams-say')
    if (words.value.trim()) send({ say: words.value.trim() })
    words.value = ''
  })
  return read
}

function emptyWords(known: boolean): string {
  return known
    ? 'Nothing has been sent here yet.'
    : 'No messages yet. Write to the bot as you would to a colleague: what has happened, and to whom.'
}

function listPeople(select: HTMLSelectElement, people: readonly Person[], place: string): void {
  const here = people.filter((person) => person.place === place || person.place === null)
  const self = `${SELF}-${place}`
  const listed = here.some((person) => person.who === self)
  fill(select, JSON.stringify([self, here]), () => [
    ...(listed ? [] : [el('option', { value: self, 'data-known': 'false' }, 'Sam, a resident')]),
    ...here.map(({ who, name, kind }) =>
      el(
        'option',
        { value: who, 'data-known': 'true', selected: who === select.value },
        who === self ? 'Sam, a resident' : `${name}, ${plain(kind).toLowerCase()}`
      )
    ),
  ])
}

function draw(
  { from, at, text, cards, value }: Chat['messages'][number],
  me: string,
  send: (does: Record<string, unknown>) => void
): HTMLElement {
  const door = from === 'door'
  const words = text || (value === undefined ? '' : 'Pressed a button')
  return el(
    'div',
    { class: `bubble ${door ? 'door' : 'caller'}` },
    el(
      'span',
      { class: 'speaker' },
      `${door ? 'Front door' : from === me ? 'You' : from}, ${timeOf(at)}`
    ),
    words && el('span', {}, words),
    ...cards.map((card) => render(card, send))
  )
}

/** Drawn by Microsoft's own renderer, so that what is seen here is what Teams shows. */
function render({ card, raw, actions }: Card, send: (does: Record<string, unknown>) => void) {
  const drawing = new AdaptiveCard()
  drawing.hostConfig = LOOK
  drawing.parse(raw)
  drawing.onExecuteAction = (pressed) => {
    if (!(pressed instanceof SubmitAction)) return
    const at = actions.find(({ action, title }) => action === pressed.id || title === pressed.title)
    const typed = drawing.getAllInputs().map((input) => [input.id, input.value])
    if (at) send({ click: { card, action: at.action, data: Object.fromEntries(typed) } })
  }
  return el('div', { class: 'card' }, drawing.render() ?? 'This card can not be drawn')
}
