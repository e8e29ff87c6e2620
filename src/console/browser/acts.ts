import { refresh } from './fresh.ts'

/** What came of something one did. */
export interface Result {
  ok: boolean
  words: string
}

declare global {
  interface DocumentEventMap {
    /** An act was sent by a form, and answered. */
    acted: CustomEvent<{ act: string; fields: URLSearchParams; ok: boolean }>
  }
}

/** Sends forms in the background, so that the place one is at is kept; without script they are sent as forms are. */
export function actByScript(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method !== 'post') return
    if (form.dataset.plain !== undefined) return
    event.preventDefault()
    void send(form, event.submitter)
  })
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  if (form.dataset.sending !== undefined) return
  form.dataset.sending = ''
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value))
  const result = await post(form.action, body)
  delete form.dataset.sending
  tell(result)
  const act = form.action.split('/').at(-1) ?? ''
  const detail = { act, fields: body, ok: result.ok }
  document.dispatchEvent(new CustomEvent('acted', { detail }))
  if (result.ok) form.reset()
  // Where the button one pressed is gone, one goes on from what was said and not from the top of the page.
  await refresh()
  if (!submitter?.isConnected) document.getElementById('said')?.focus()
}

/** Does something, and answers with the words of what came of it whatever happens. */
export async function post(path: string, body: URLSearchParams | object): Promise<Result> {
  const form = body instanceof URLSearchParams
  const answer = await fetch(path, {
    method: 'POST',
    headers: { Accept: 'application/json', ...(!form && { 'Content-Type': 'application/json' }) },
    body: form ? body : JSON.stringify(body),
  }).catch(() => null)
  const result = (await answer?.json().catch(() => null)) as Result | null
  return result ?? { ok: false, words: 'The service does not answer. Nothing was done. Try again.' }
}

/** Shows what came of an act, and says it. */
export function tell({ ok, words }: Result): void {
  const box = document.getElementById('said')
  if (!box) return
  const inner = document.createElement('div')
  inner.className = `said ${ok ? 'said-ok' : 'said-no'}`
  const line = document.createElement('p')
  line.textContent = words
  inner.append(line)
  box.setAttribute('role', ok ? 'status' : 'alert')
  box.tabIndex = -1
  box.replaceChildren(inner)
}
