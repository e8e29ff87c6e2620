import { createHash } from 'node:crypto'
import { coverAt } from '../../src/places/cover.ts'
import { isOpen } from '../../src/places/hours.ts'
import { openCodes } from '../../src/places/opening.ts'
import { route } from '../../src/places/route.ts'
import { calling, nextOf, openApp, shipped, texting } from '../app/opened.ts'
import { randomBy } from './judge.ts'

/** Everything that a host's time zone could change, printed as one line each: what is open, what is promised, what is said. */
const MINUTE = 60_000
const DAYS = ['2027-03-28', '2027-10-31', '2026-12-25', '2027-01-01', '2027-06-15']
const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
const { places, calendar } = shipped()

for (const { place } of places.values())
  for (const day of DAYS) {
    const told: unknown[] = []
    for (let minute = -60; minute < 1500; minute += 5) {
      const now = new Date(Date.parse(`${day}T00:00:00Z`) + minute * MINUTE).toISOString()
      const open = Object.values(place.services).map(({ hours }) =>
        isOpen(hours, now, place.timeZone, calendar)
      )
      const promised = minute % 60 === 0 ? route(place, calendar, 'CSD', {}, now) : undefined
      told.push([
        now,
        open,
        coverAt(place, calendar, now),
        openCodes(place, calendar, now),
        promised,
      ])
    }
    console.log(`${place.place} ${day} ${hash(told)}`)
  }

let last = 0
const random = randomBy(1)
const makes = {
  uuid: () => `01990000-0000-7000-8000-${String(last++).padStart(12, '0')}`,
  random,
  partition: () => 7,
}
for (const now of DAYS.flatMap((day) => [
  `${day}T00:35:00Z`,
  `${day}T01:35:00Z`,
  `${day}T16:20:00Z`,
])) {
  const app = openApp(now, { makes })
  const said: unknown[] = []
  const call = calling()
  let answer = await app.post('/twilio/voice', call)
  for (let n = 0; n < 25 && answer.body.includes('<Gather'); n++) {
    said.push(answer.body)
    answer = await app.post(nextOf(answer), { ...call, Digits: n < 3 ? '2' : '1' })
  }
  for (const body of ['my mum fell', '2', '2', '2', '1', '1'])
    said.push((await app.post('/twilio/sms', texting(body, { From: '+447700900001' }))).body)
  for (const { ref } of await app.contacts()) said.push((await app.api(`contacts/${ref}`)).body)
  console.log(`talk ${now} ${hash(said)}`)
  await app.close()
}
