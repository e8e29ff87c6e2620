import { act, look, type Phone } from './api.ts'
import { byId, el, fill, showNewest } from './elements.ts'
import { doing, type PageState } from './page-state.ts'
import { phone, timeOf } from './words.ts'

const STARTS = [
  'My mum fell this morning. She is up now but sore',
  'I came out of hospital and no one has come',
  'I look after my husband and I can not go on',
]

/** Text messages between one phone and the door. Gives back how to read them again. */
export function textThread(page: PageState): () => Promise<void> {
  const from = byId<HTMLSelectElement>('text-from')
  const to = byId<HTMLSelectElement>('text-line')
  const body = byId<HTMLInputElement>('text-body')

  const read = async () => {
    const { thread } = await look<Phone>(`/phones/${encodeURIComponent(from.value)}`)
    const mine = thread.filter((each) => each.to === from.value || each.to === to.value)
    const box = byId('thread')
    const before = box.childElementCount
    fill(box, JSON.stringify(mine), () => mine.map((each) => message(each, from.value)))
    box.hidden = mine.length === 0
    if (box.childElementCount !== before) showNewest(box)
    byId('text-starts').hidden = mine.length > 0
  }
  byId('text-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const words = body.value.trim()
    if (!words) return
    body.value = ''
    doing(page, () => act('/texts', { from: from.value, to: to.value, body: words }))
  })
  from.addEventListener('change', () => read().catch(page.fault))
  offerStarts(body)
  return read
}

/** An empty thread offers first words, so that no one has to think of a story. */
function offerStarts(body: HTMLInputElement): void {
  const begin = (words: string) => () => {
    body.value = words
    body.focus()
  }
  byId('text-starts').append(
    el('p', {}, 'No messages yet. Begin with one of these, or write your own.'),
    ...STARTS.map((words) => el('button', { type: 'button', onclick: begin(words) }, words))
  )
}

function message({ from, body, at }: Phone['thread'][number], me: string): HTMLElement {
  const mine = from === me
  return el(
    'p',
    { class: `bubble ${mine ? 'caller' : 'door'}` },
    el(
      'span',
      { class: 'speaker' },
      `${mine ? 'You' : `Front door, ${phone(from)}`}, ${timeOf(at)}`
    ),
    el('span', {}, body)
  )
}
