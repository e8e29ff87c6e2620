import { type Call, Device } from '@twilio/voice-sdk'
import type { Heard, Line, Phone } from './device.ts'
import { faultWords, warningWords } from './words.ts'

/** How long before its end a token is made anew, in milliseconds; and how often that is tried. */
const BEFORE_END_MS = 5 * 60_000
const AGAIN_MS = 10_000
/** Where each region of Twilio is entered. https://www.twilio.com/docs/global-infrastructure/edge-locations */
const EDGES: Record<string, string> = { us1: 'ashburn', ie1: 'dublin', au1: 'sydney' }

interface Token {
  token: string
  region?: string
}

/** The phone by Twilio's SDK: it can be rung, and rings nobody. */
export function twilioPhone(heard: Heard): Phone {
  let device: Device | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  async function renew(): Promise<void> {
    clearTimeout(again)
    const fresh = await fetchToken().catch(() => null)
    if (fresh) device?.updateToken(fresh.token)
    // Until it works: a phone whose token ends misses calls.
    else again = setTimeout(() => void renew(), AGAIN_MS)
  }

  return {
    async start() {
      heard.state('starting')
      device?.destroy()
      try {
        await tryMicrophone()
        device = deviceWith(await fetchToken())
        listen(device, heard)
        device.on('tokenWillExpire', () => void renew())
        await device.register()
      } catch (fault) {
        heard.state('lost', faultWords(fault))
      }
    },
    stop() {
      clearTimeout(again)
      device?.destroy()
      device = undefined
      heard.state('off')
    },
  }
}

/** Tells the page what becomes of the phone, and of each call that comes. */
function listen(device: Device, heard: Heard): void {
  device.on('registered', () => heard.state('ready'))
  device.on('unregistered', () => heard.state('lost', 'The phone can not be rung just now.'))
  device.on('error', (fault: unknown) => {
    // A fault of one call leaves a phone that can still be rung.
    if (device.state === Device.State.Registered) heard.warning('device', faultWords(fault))
    else heard.state('lost', faultWords(fault))
  })
  device.on('incoming', (call: Call) => heard.ringing(lineOf(call, heard)))
}

/** Asked for before the first call, so that the first caller does not wait for it. */
async function tryMicrophone(): Promise<void> {
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
  for (const track of microphone.getTracks()) track.stop()
}

function deviceWith({ token, region }: Token): Device {
  const edge = EDGES[region ?? '']
  return new Device(token, {
    tokenRefreshMs: BEFORE_END_MS,
    closeProtection: 'You are on a call. If you close this window, it ends.',
    ...(edge && { edge }),
  })
}

function lineOf(call: Call, heard: Heard): Line {
  call.on('accept', () => heard.joined())
  for (const over of ['cancel', 'disconnect', 'reject']) call.on(over, () => heard.ended())
  call.on('warning', (name: string) => heard.warning(name, warningWords(name)))
  call.on('warning-cleared', (name: string) => heard.warning(name, null))
  call.on('reconnecting', () =>
    heard.warning('reconnecting', warningWords('ice-connectivity-lost'))
  )
  call.on('reconnected', () => heard.warning('reconnecting', null))
  call.on('error', (fault: unknown) => heard.warning('error', faultWords(fault)))
  return {
    answer: () => call.accept(),
    refuse: () => call.reject(),
    mute: (on) => call.mute(on),
    press: (keys) => call.sendDigits(keys),
    hangUp: () => call.disconnect(),
  }
}

async function fetchToken(): Promise<Token> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const answer = await fetch('/console/phone/token', { method: 'POST', headers, body: '{}' })
  if (!answer.ok) throw Object.assign(new Error('No token'), { code: '20101' })
  return (await answer.json()) as Token
}
