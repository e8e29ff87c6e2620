import { announceNews } from './news.ts'

/** How often a page looks again by itself, so that what says "12 min" stays true. */
const AGAIN_MS = 20_000

let fetching: Promise<void> | undefined
let wanted = false

/** Looks again when the desk changes, and every now and then. */
export function keepFresh(): void {
  if (!document.querySelector('[data-live]')) return
  const live = new EventSource('/console/live')
  live.addEventListener('changed', () => void refresh())
  // After a break nothing is known of what was missed.
  let broken = false
  live.addEventListener('error', () => {
    broken = true
  })
  live.addEventListener('here', () => {
    if (broken) void refresh()
    broken = false
  })
  live.addEventListener('out', () => {
    live.close()
    location.reload()
  })
  setInterval(() => void refresh(), AGAIN_MS)
}

/** Fetches this page again and replaces the live parts that differ. Asked again meanwhile, it runs once more after. */
export async function refresh(): Promise<void> {
  wanted = true
  fetching ??= again().finally(() => {
    fetching = undefined
  })
  await fetching
}

async function again(): Promise<void> {
  while (wanted) {
    wanted = false
    const answer = await fetch(location.href, { headers: { 'X-By-Itself': '1' } }).catch(() => null)
    if (answer?.status === 401) return location.reload()
    if (!answer?.ok) return
    replaceParts(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    announceNews()
  }
}

/** Puts new parts in the place of old ones: what is being written in stays, and so does the focus. */
export function replaceParts(fresh: Document): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) {
    const other = fresh.getElementById(part.id)
    if (!other || other.innerHTML === (drawn.get(part) ?? part.innerHTML)) continue
    if (isBeingWritten(part)) continue
    const focused = part.contains(document.activeElement)
      ? keyOf(document.activeElement)
      : undefined
    const open = [...part.querySelectorAll<HTMLDetailsElement>('details[open][id]')].map(
      ({ id }) => id
    )
    drawn.set(part, other.innerHTML)
    part.hidden = other.hidden
    part.className = other.className
    part.replaceChildren(...document.importNode(other, true).childNodes)
    for (const id of open) document.getElementById(id)?.setAttribute('open', '')
    if (focused === undefined) continue
    const again = [...part.querySelectorAll<HTMLElement>('a, button, summary')]
    again.find((one) => keyOf(one) === focused)?.focus()
  }
}
/** What tells one thing to press from another, before and after a change. */
const keyOf = (element: Element | null): string | undefined =>
  element?.id || element?.getAttribute('href') || element?.parentElement?.id || undefined

/** What each part was last drawn from: what scripts did to it since is no difference. */
const drawn = new WeakMap<HTMLElement, string>()

/** Whether somebody has begun to fill in a form here. */
function isBeingWritten(part: HTMLElement): boolean {
  const fields = part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
    'input:not([type=hidden]), textarea, select'
  )
  return [...fields].some((field) => {
    if (field === document.activeElement) return true
    if (field instanceof HTMLSelectElement)
      return [...field.options].some((one) => one.selected !== one.defaultSelected && one.index > 0)
    if (field instanceof HTMLInputElement && ['checkbox', 'radio'].includes(field.type))
      return field.checked !== field.defaultChecked
    return field.value !== field.defaultValue
  })
}
