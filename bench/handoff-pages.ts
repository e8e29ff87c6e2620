import { openDoor } from '../src/node.ts'
import { quantile } from './load.ts'
import { row } from './rows.ts'

const CONSOLES = 50
const PLACE = 'lewisham'

/** From an act of staff until each of the open pages has been told, and has what is new. */
export async function pages() {
  const door = await openDoor({ PORT: '0', STORE_URL: 'sqlite::memory:', LOG_LEVEL: 'error' })
  try {
    const headers = { Origin: door.url, 'Content-Type': 'application/x-www-form-urlencoded' }
    const signIn = await fetch(`${door.url}/console/sign-in/as`, {
      ...{ method: 'POST', headers, redirect: 'manual', body: `place=${PLACE}&staff=farah` },
    })
    const cookie = signIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const page = { headers: { Cookie: cookie } }
    let [told, began] = [[] as number[], 0]
    let all: () => void = () => undefined
    const closing = new AbortController()
    const ready: Promise<void>[] = []
    for (let n = 0; n < CONSOLES; n++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      ready.push(promise)
      watch(
        await fetch(`${door.url}/console/live`, { ...page, signal: closing.signal }),
        async (event) => {
          if (event === 'here') resolve()
          if (event !== 'changed' || began === 0) return
          await (await fetch(`${door.url}/console`, page)).text()
          told.push(performance.now() - began)
          if (told.length === CONSOLES) all()
        }
      )
    }
    await Promise.all(ready)
    const times: number[] = []
    for (let round = 0; round < 12; round++) {
      // What came before has been told.
      await new Promise((resolve) => setTimeout(resolve, 700))
      const { promise, resolve } = Promise.withResolvers<void>()
      ;[told, all] = [[], resolve]
      began = performance.now()
      const to = round === 0 ? 'start' : round % 2 === 0 ? 'break' : 'available'
      await door.desk.act({ place: PLACE, staff: 'farah', surface: 'console' }, { do: 'shift', to })
      await promise
      times.push(...told)
      began = 0
    }
    closing.abort()
    const sorted = times.sort((a, b) => a - b)
    row(`a change shown on ${CONSOLES} open pages: median`, quantile(sorted, 0.5), 'ms', 500)
    row(`a change shown on ${CONSOLES} open pages: p99`, quantile(sorted, 0.99), 'ms')
  } finally {
    await door.close()
  }
}

/** Reads a stream of events until it ends. */
async function watch(answer: Response, heard: (event: string) => unknown): Promise<void> {
  const decoder = new TextDecoder()
  try {
    for await (const chunk of answer.body ?? [])
      for (const [, event = ''] of decoder.decode(chunk as Uint8Array).matchAll(/^event: (\w+)$/gm))
        void heard(event)
  } catch {
    // Closed by us.
  }
}
