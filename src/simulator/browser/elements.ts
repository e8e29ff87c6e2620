type Child = Node | string | null | undefined | false

/** Makes an element. Names beginning with "on" are listeners; true is a bare attribute, false leaves it out. */
export function el(
  tag: string,
  attributes: Record<string, string | boolean | ((event: Event) => void)> = {},
  ...children: readonly Child[]
): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false) element.setAttribute(name, value)
  }
  element.append(
    ...children.filter((child): child is Node | string => Boolean(child) || child === '')
  )
  return element
}

/** An element of the page by its id. The page is ours, so a missing one is a fault of ours. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}`)
  return element as Kind
}

/** Replaces what an element holds, only when it has changed, so that focus and reading are not disturbed. */
export function fill(element: HTMLElement, key: string, draw: () => readonly Child[]): void {
  if (element.dataset.drawn === key) return
  element.dataset.drawn = key
  const focused = document.activeElement?.id
  element.replaceChildren(...draw().filter((child): child is Node | string => Boolean(child)))
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus()
}

/** Scrolls a thread to its end, but never past the first words of what came last. */
export function showNewest(thread: HTMLElement): void {
  thread.scrollTop = thread.scrollHeight
  const last = thread.lastElementChild
  if (!last || last.clientHeight < thread.clientHeight) return
  thread.scrollTop += last.getBoundingClientRect().top - thread.getBoundingClientRect().top
}
