import { expect } from 'vitest'
import type { OpenedDoor } from './door.ts'

/** A member of staff at the console's pages: they read, and fill in and press what stands there. */
export async function pagesOf(door: OpenedDoor, staff: string, place = 'southwark') {
  const jar = new Map<string, string>()
  async function ask(path: string, fields?: Record<string, string>): Promise<Response> {
    const post = fields && {
      method: 'POST',
      headers: { Origin: door.url, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    }
    const Cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(`${door.url}${path}`, {
      redirect: 'manual',
      ...post,
      headers: { ...post?.headers, Cookie },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  const html = async (path: string) => {
    const answer = await ask(path)
    expect([path, answer.status]).toEqual([path, 200])
    return answer.text()
  }
  expect((await ask('/console/sign-in/as', { place, staff })).status).toBe(303)
  return {
    status: async (path: string) => (await ask(path)).status,
    /** What stands on a page, without its marks. */
    read: async (path: string) => plain(await html(path)),
    /** Presses the button of these words, with what one fills in beside it; answers what the next page says first. */
    async press(path: string, words: string | RegExp, fill: Record<string, string> = {}) {
      const form = formWith(await html(path), words)
      if (!form) throw new Error(`${path} has no button ${words} for ${staff}`)
      const given = { ...form.fields, ...fill }
      for (const name of Object.keys(fill))
        expect(form.names, `a field to fill in: ${name}`).toContain(name)
      const answer = await ask(form.action, given)
      expect([form.action, answer.status]).toEqual([form.action, 303])
      const next = await html(answer.headers.get('Location') ?? '')
      return plain(/<div class="said [^"]*"><p>([\s\S]*?)<\/p>/.exec(next)?.[1] ?? '')
    },
    /** The buttons that stand on a page. */
    buttons: async (path: string) =>
      [...(await html(path)).matchAll(/<button[^>]*>([\s\S]*?)<\/button>/g)].map(([, words = '']) =>
        plain(words)
      ),
  }
}

const plain = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[:,.])/g, '')
    .trim()

/** The form of the page that has this button, with what its fields hold before anybody writes in them. */
function formWith(html: string, words: string | RegExp) {
  const forms = [...html.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)]
  const found = forms.find(([, , inner = '']) =>
    [...inner.matchAll(/<button[^>]*>([\s\S]*?)<\/button>/g)].some(([, each = '']) =>
      typeof words === 'string' ? plain(each) === words : words.test(plain(each))
    )
  )
  if (!found) return null
  const [, action = '', inner = ''] = found
  const names = new Set([...inner.matchAll(/name="([^"]+)"/g)].map(([, name = '']) => name))
  const fields: Record<string, string> = {}
  for (const [tag] of inner.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1] ?? ''
    const choice = /type="(radio|checkbox)"/.test(tag)
    if (choice && !/\schecked/.test(tag)) continue
    fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? ''
  }
  for (const [, name = '', options = ''] of inner.matchAll(
    /<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g
  ))
    fields[name] =
      /<option value="([^"]*)" selected/.exec(options)?.[1] ??
      /<option value="([^"]*)"/.exec(options)?.[1] ??
      ''
  return { action, fields, names: [...names] }
}
