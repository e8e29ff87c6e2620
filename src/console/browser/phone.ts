import { actByScript, post, tell } from './acts.ts'
import { everySecond, type Heard, type Line, type Phone } from './device.ts'
import { keepFresh, refresh } from './fresh.ts'
import { announceNews, say } from './news.ts'
import { simulatedPhone } from './simulated.ts'

/** A phone is taken for dead when it has not been heard of for 15 s. */
const BEATS = 5

const byId = (id: string) => document.getElementById(id) as HTMLElement
const { staff = '', kind } = byId('phone').dataset
let line: Line | undefined
let ready = false
let muted = false
const title = document.title

const heard: Heard = {
  state(now, words) {
    ready = now === 'ready'
    const said = {
      starting: 'The phone is being turned on.',
      ready: 'The phone is on. Keep this window open.',
      lost: 'The phone is off.',
      off: 'The phone is off.',
    }
    byId('device').textContent = words ?? said[now]
    byId('device').dataset.state = now
    byId('turn-on').hidden = now === 'ready' || now === 'starting'
    if (ready) void alive()
  },
  ringing(call) {
    line = call
    show('incoming')
    document.title = `Ringing - ${title}`
    // What is known of them is there to be read before one answers.
    void refresh().then(() => {
      byId('incoming-words').textContent = `${current()?.dataset.ref ?? 'A call'} is ringing`
      say('assertive', `Your phone rings. ${byId('incoming-words').textContent}.`)
      byId('answer').focus()
    })
  },
  joined() {
    show('line')
    document.title = `On a call - ${title}`
    byId('hang-up').focus()
    void refresh()
  },
  ended() {
    line = undefined
    refusedOnce = false
    muting(false)
    show(null)
    for (const one of [...byId('warnings').children]) one.remove()
    document.title = title
    say('polite', 'The call has ended.')
    void refresh()
  },
  warning(name, words) {
    document.getElementById(`warning-${name}`)?.remove()
    if (words === null) return
    const item = document.createElement('p')
    item.id = `warning-${name}`
    item.textContent = words
    byId('warnings').append(item)
  },
}

/** Shows the part for a call that rings, or is spoken on; neither, when there is none. */
function show(part: 'incoming' | 'line' | null): void {
  byId('incoming').hidden = part !== 'incoming'
  byId('line').hidden = part !== 'line'
}

/** The contact this phone is about now, as the page below shows it. */
const current = () => document.querySelector<HTMLElement>('#call [data-contact]')

let phone: Phone | undefined
async function turnOn(): Promise<void> {
  // Loaded when it is needed: the demo has no use for it.
  phone ??=
    kind === 'twilio'
      ? (await import('./twilio.ts')).twilioPhone(heard)
      : simulatedPhone(staff, heard)
  await phone.start()
}

async function alive(): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const sent = { method: 'POST', headers, body: '{}' }
  const answer = await fetch('/console/phone/alive', sent).catch(() => null)
  if (answer?.status !== 401 && answer?.status !== 403) return
  phone?.stop()
  location.reload()
}

function muting(on: boolean): void {
  muted = on
  line?.mute(on)
  byId('mute').setAttribute('aria-pressed', String(on))
  byId('mute').textContent = on ? 'Unmute my microphone' : 'Mute my microphone'
}

let refusedOnce = false
/** Tells the desk first, which knows who would be left alone. What it refuses is done when it is pressed again. */
async function hangUp(): Promise<void> {
  const { contact, wayOut } = current()?.dataset ?? {}
  if (!contact || refusedOnce) return line?.hangUp()
  const drop = wayOut === 'drop'
  const given = drop ? { contact, label: 'caller' } : { contact }
  const result = await post(`/console/acts/${drop ? 'drop' : 'leave'}`, given)
  refusedOnce = !result.ok
  tell(result)
  if (result.ok) line?.hangUp()
}

async function muteMe(): Promise<void> {
  const contact = current()?.dataset.contact
  muting(!muted)
  if (contact) await post('/console/acts/mute', { contact, label: `staff:${staff}`, on: muted })
}

async function toNumber(): Promise<void> {
  const contact = current()?.dataset.contact
  if (contact) tell(await post('/console/acts/accept', { contact, via: 'phone' }))
  line?.refuse()
}

function listen(): void {
  byId('turn-on').addEventListener('click', () => void turnOn())
  byId('answer').addEventListener('click', () => line?.answer())
  byId('refuse').addEventListener('click', () => line?.refuse())
  byId('hang-up').addEventListener('click', () => void hangUp())
  byId('mute').addEventListener('click', () => void muteMe())
  document.getElementById('to-number')?.addEventListener('click', () => void toNumber())
  byId('keys').addEventListener('click', () => {
    byId('keypad').hidden = !byId('keypad').hidden
    byId('keys').setAttribute('aria-expanded', String(!byId('keypad').hidden))
  })
  byId('keypad').addEventListener('click', ({ target }) => {
    const key = target instanceof HTMLElement ? target.dataset.key : undefined
    if (key) line?.press(key)
  })
  // What is done by the buttons of the contact reaches the microphone of this window too.
  document.addEventListener('acted', ({ detail }) => {
    const { act, fields, ok } = detail
    if (ok && act === 'mute' && fields.get('label') === `staff:${staff}`)
      muting(fields.get('on') === 'true')
    if (ok && act === 'leave') line?.hangUp()
    if (ok && act === 'drop' && fields.get('label') === 'caller') line?.hangUp()
  })
  addEventListener('pagehide', () => phone?.stop())
}

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')
announceNews()
actByScript()
keepFresh()
listen()
if (kind !== 'none') {
  byId('turn-on').hidden = false
  let beats = 0
  everySecond(() => {
    beats += 1
    if (ready && beats % BEATS === 0) void alive()
  })
}
