import { everySecond, type Heard, type Line, type Phone } from './device.ts'
import { ringTone } from './ring-tone.ts'

interface Client {
  ringing: { call: string }[]
  speaking: { call: string }[]
}

type Stands = 'quiet' | 'ringing' | 'speaking'

/** The phone of the demo: it asks the simulator each second what rings, and answers there. */
export function simulatedPhone(staff: string, heard: Heard): Phone {
  const url = `/simulator/clients/${encodeURIComponent(staff)}`
  const tone = ringTone()
  let stop: (() => void) | undefined
  let lost = false
  const turn = turning(
    lineTo(url, () => void look()),
    heard,
    tone
  )

  async function look(): Promise<void> {
    const answer = await fetch(url).catch(() => null)
    if (!stop) return
    if (answer?.ok !== true) {
      if (!lost) heard.state('lost', 'The simulator does not answer.')
      lost = true
      return
    }
    if (lost) heard.state('ready')
    lost = false
    const { ringing, speaking } = (await answer.json()) as Client
    turn(speaking.length > 0 ? 'speaking' : ringing.length > 0 ? 'ringing' : 'quiet')
  }

  return {
    async start() {
      stop ??= everySecond(() => void look())
      heard.state('ready')
      await look()
    },
    stop() {
      stop?.()
      stop = undefined
      tone(false)
      heard.state('off')
    },
  }
}

/** What one does on the line, done in the simulator. */
function lineTo(url: string, look: () => void): Line {
  const act = async (body: object) => {
    const headers = { 'Content-Type': 'application/json' }
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null)
    look()
  }
  return {
    answer: () => void act({ answer: true }),
    refuse: () => void act({ decline: true }),
    mute: () => undefined,
    press: (keys) => void act({ press: keys }),
    hangUp: () => void act({ hangUp: true }),
  }
}

/** Tells each change once. */
function turning(line: Line, heard: Heard, tone: (on: boolean) => void) {
  let stands: Stands = 'quiet'
  return function turn(now: Stands): void {
    if (now === stands) return
    stands = now
    tone(now === 'ringing')
    if (now === 'ringing') heard.ringing(line)
    else if (now === 'speaking') heard.joined()
    else heard.ended()
  }
}
