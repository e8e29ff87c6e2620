import type { Chat } from './api.ts'
import { el, showNewest } from './elements.ts'
import { timeOf } from './words.ts'

type Message = Chat['messages'][number]

/** What is drawn already, by the id of its message, and how it then stood. */
export type Drawn = Map<string, { key: string; element: HTMLElement }>

/** Draws only what is new or has changed, so that nobody loses what they are filling in. */
export function showFlat(
  box: HTMLElement,
  drawn: Drawn,
  messages: readonly Message[],
  draw: (message: Message) => HTMLElement
): void {
  const before = box.childElementCount
  place(
    box,
    messages.map((message) => once(drawn, message, draw))
  )
  if (box.childElementCount !== before) showNewest(box)
}

/** A channel, as Teams shows it: each thread in a frame of its own, its first message above what was answered. */
export function showThreads(
  box: HTMLElement,
  drawn: Drawn,
  messages: readonly Message[],
  does: { draw: (message: Message) => HTMLElement; answer: (root: Message) => void }
): void {
  const before = box.querySelectorAll('.bubble').length
  const roots = messages.filter(({ thread }) => thread === undefined)
  const frames = roots.map((root) => {
    const key = `thread ${root.id}`
    const frame = drawn.get(key)?.element ?? newFrame(root, does.answer)
    drawn.set(key, { key, element: frame })
    const replies = messages.filter(({ thread }) => thread === root.id)
    const [head, below] = frame.children as unknown as [HTMLElement, HTMLElement]
    place(head, [once(drawn, root, does.draw)])
    place(
      below,
      replies.map((message) => once(drawn, message, does.draw))
    )
    return frame
  })
  place(box, frames)
  if (box.querySelectorAll('.bubble').length !== before) showNewest(box)
}

/** What a thread is called: the card that it began with says, or the time. */
export const threadName = ({ cards, at }: Message): string =>
  cards[0] ? `“${cards[0].title}”` : timeOf(at)

function newFrame(root: Message, answer: (root: Message) => void): HTMLElement {
  return el(
    'div',
    {
      class: 'channel-thread',
      role: 'group',
      'aria-label': `Thread of ${threadName(root)}`,
      'data-root': root.id,
    },
    el('div', { class: 'channel-root' }),
    el('div', { class: 'channel-replies' }),
    el('button', { type: 'button', class: 'reply', onclick: () => answer(root) }, 'Answer here')
  )
}

function once(
  drawn: Drawn,
  message: Message,
  draw: (message: Message) => HTMLElement
): HTMLElement {
  const key = JSON.stringify(message)
  const old = drawn.get(message.id)
  const element = old?.key === key ? old.element : draw(message)
  drawn.set(message.id, { key, element })
  return element
}

/** These elements and no others, in this order; what stands there already is not moved. */
function place(box: HTMLElement, wanted: readonly HTMLElement[]): void {
  wanted.forEach((element, at) => {
    const here = box.children[at]
    if (here === element) return
    if (here && !wanted.includes(here as HTMLElement)) here.replaceWith(element)
    else box.insertBefore(element, here ?? null)
  })
  while (box.childElementCount > wanted.length) box.lastElementChild?.remove()
}
