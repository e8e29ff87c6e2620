/** Phone, text and Teams as tabs: arrows move between them, as people who use a keyboard expect. */
export function tabs(chosen: () => void): void {
  const all = [...document.querySelectorAll<HTMLElement>('[role=tab]')]
  const choose = (tab: HTMLElement) => {
    for (const each of all) {
      const on = each === tab
      each.setAttribute('aria-selected', String(on))
      each.tabIndex = on ? 0 : -1
      const panel = document.getElementById(each.getAttribute('aria-controls') ?? '')
      if (panel) panel.hidden = !on
    }
    tab.focus()
    chosen()
  }
  for (const [at, tab] of all.entries()) {
    tab.addEventListener('click', () => choose(tab))
    tab.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
      const next = all[(at + step + all.length) % all.length]
      if (step !== 0 && next) choose(next)
    })
  }
}
