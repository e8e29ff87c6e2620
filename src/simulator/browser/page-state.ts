import type { Place } from './api.ts'

/** What the parts of the page share: the place, the service's time, and how to say that something changed. */
export interface PageState {
  place: Place | null
  now: string
  /** After anything was done: time, phones and the log are read again. */
  changed(): Promise<void>
  /** Shows a fault in plain words until the next thing works. */
  fault(error: unknown): void
}

/** Does something asked for on the page: one thing at a time, then everything is read again. */
export async function doing(page: PageState, work: () => Promise<void>): Promise<void> {
  const { body } = document
  if (body.hasAttribute('aria-busy')) return
  body.setAttribute('aria-busy', 'true')
  try {
    page.fault(null)
    await work()
  } catch (error) {
    page.fault(error)
  } finally {
    body.removeAttribute('aria-busy')
  }
  await page.changed()
}
