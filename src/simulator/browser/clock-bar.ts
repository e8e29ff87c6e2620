import { act, look } from './api.ts'
import { byId } from './elements.ts'
import { jumps } from './jumps.ts'
import { doing, type PageState } from './page-state.ts'
import { fullTime } from './words.ts'

/** The service's clock, and the buttons that move it. Gives back how to read it again. */
export function clockBar(page: PageState): () => Promise<void> {
  for (const button of document.querySelectorAll<HTMLElement>('[data-jump]'))
    button.addEventListener('click', () =>
      doing(page, () => jump(button.dataset.jump ?? '', Date.parse(page.now)))
    )
  return async () => {
    const { now } = await look<{ now: string }>('/clock')
    page.now = now
    const shown = byId<HTMLTimeElement>('now')
    shown.dateTime = now
    shown.textContent = fullTime(now)
  }
}

async function jump(where: string, now: number): Promise<void> {
  const there = jumps[where]
  if (there) await act('/clock', { now: there(now) })
  else if (where === 'later') await act('/clock', { advance: 'PT2H' })
  else {
    await act('/clock', { now: new Date().toISOString() })
    await act('/clock', { run: true })
  }
}
