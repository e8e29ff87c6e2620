import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { watchContent } from '../../src/door/watch.ts'
import { openLog } from '../../src/observe.ts'
import { coverAt } from '../../src/places/cover.ts'
import { isOpen } from '../../src/places/hours.ts'
import { openCodes } from '../../src/places/opening.ts'
import type { Hours } from '../../src/places/shape.ts'
import { shipped } from '../app/opened.ts'
import { copies } from '../cli/run.ts'
import { bankHolidays, openByTheClock } from './hours-table.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const LONDON = 'Europe/London'
const MINUTE = 60_000
const MOST_FAULTS = 6

/** The hours of every service and cover line that ships, read past the door's own reader. */
function writtenHours(): [name: string, hours: Hours][] {
  const files = readdirSync('places').filter((name) => name.endsWith('.yaml'))
  return files.flatMap((file) => {
    const place = parse(readFileSync(join('places', file), 'utf8')) as {
      cover: { hours: Hours }[]
      services: Record<string, { hours: Hours }>
    }
    const services = Object.entries(place.services).map(([name, { hours }]) => ({ name, hours }))
    const cover = place.cover.map(({ hours }, n) => ({ name: `cover ${n}`, hours }))
    return [...services, ...cover].map(({ name, hours }): [string, Hours] => [
      `${file} ${name}`,
      hours,
    ])
  })
}

const TWO_DIGITS = (n: number) => String(n).padStart(2, '0')
/** Hours nobody has, none of which begins or ends between one and two at night: that hour has a table of its own. */
function randomHours(random: () => number): Hours {
  const time = () => {
    const hour = Math.floor(random() * 24)
    return hour === 1 ? '02:00' : `${TWO_DIGITS(hour)}:${TWO_DIGITS(15 * Math.floor(random() * 4))}`
  }
  const spell = (): string => {
    const [from, until] = [time(), time()]
    return from === until ? spell() : `${from}-${until}`
  }
  const days = ['daily', 'weekdays', 'sat', 'sun', 'mon', 'holidays'] as const
  const chosen = days.filter((day) => day === 'daily' || random() < 0.4)
  return Object.fromEntries(
    chosen.map((day) => [day, day !== 'daily' && random() < 0.2 ? 'closed' : spell()])
  )
}

/** The nights on which the clocks change, for hours that lie in the hour itself: from and until, UTC. */
const THE_HOUR: readonly [
  what: string,
  hours: Hours,
  open: readonly [from: string, until: string][],
][] = [
  [
    '01:15-01:45 in autumn, when it comes twice: the first',
    { daily: '01:15-01:45' },
    [['2027-10-31T00:15Z', '2027-10-31T00:45Z']],
  ],
  ['00:30-01:30 in autumn', { daily: '00:30-01:30' }, [['2027-10-30T23:30Z', '2027-10-31T00:30Z']]],
  [
    '01:30-02:30 in autumn, two hours long',
    { daily: '01:30-02:30' },
    [['2027-10-31T00:30Z', '2027-10-31T02:30Z']],
  ],
  [
    '20:00-08:00 in autumn, an hour longer',
    { daily: '20:00-08:00' },
    [
      ['2027-10-30T19:00Z', '2027-10-31T08:00Z'],
      ['2027-10-31T20:00Z', '2027-11-01T08:00Z'],
    ],
  ],
  [
    '01:15-01:45 in spring, when it does not come: an hour later',
    { daily: '01:15-01:45' },
    [['2027-03-28T01:15Z', '2027-03-28T01:45Z']],
  ],
  [
    '00:30-02:30 in spring, an hour short',
    { daily: '00:30-02:30' },
    [['2027-03-28T00:30Z', '2027-03-28T01:30Z']],
  ],
  [
    '20:00-08:00 in spring, an hour shorter',
    { daily: '20:00-08:00' },
    [
      ['2027-03-27T20:00Z', '2027-03-28T07:00Z'],
      ['2027-03-28T19:00Z', '2027-03-29T07:00Z'],
    ],
  ],
]

/** F1: every minute of the two days on which the clocks change. */
async function clockChanges(rig: Rig): Promise<Outcome> {
  const { calendar } = shipped()
  const faults: string[] = []
  let [runs, open] = [0, 0]
  const check = (what: string, hours: Hours, ms: number, wanted: boolean) => {
    runs += 1
    if (wanted) open += 1
    const now = new Date(ms).toISOString()
    if (isOpen(hours, now, LONDON, calendar) !== wanted && faults.length < MOST_FAULTS)
      faults.push(`${what} at ${now}: it should be ${wanted ? 'open' : 'closed'}`)
  }
  // Of a small size every seventh minute, so that in an hour each is met.
  const step = rig.of(7, 1, 1)
  const made = Array.from({ length: rig.of(5, 100, 1_000) }, (_, n): [string, Hours] => {
    const hours = randomHours(rig.random)
    return [`${n} ${JSON.stringify(hours)}`, hours]
  })
  for (const [from, minutes] of [
    ['2027-03-28T00:00Z', 23 * 60],
    ['2027-10-30T23:00Z', 25 * 60],
  ] as const)
    for (let minute = 0; minute < minutes; minute += step) {
      const ms = Date.parse(from) + minute * MINUTE
      for (const [what, hours] of [...writtenOnce, ...made])
        check(what, hours, ms, openByTheClock(hours, ms))
    }
  for (const [what, hours, spells] of THE_HOUR) {
    const day = spells[0]?.[0].slice(0, 7) === '2027-10' ? '2027-10-31' : '2027-03-28'
    const start = Date.parse(`${day}T00:00Z`) - 2 * 60 * MINUTE
    for (let minute = 0; minute < 7 * 60; minute++) {
      const ms = start + minute * MINUTE
      const wanted = spells.some(
        ([from, until]) => Date.parse(from) <= ms && ms < Date.parse(until)
      )
      check(what, hours, ms, wanted)
    }
  }
  const figures = {
    'hours tried': writtenOnce.length + made.length + THE_HOUR.length,
    'minutes open': open,
  }
  return { runs, lost: 0, doubled: 0, success: open > runs / 10 ? 1 : 0, faults, figures }
}
const writtenOnce = writtenHours()

/** F2: bank holidays by the law, in the file and in the hours; and a list that is missing, spoilt or run out. */
async function holidays(rig: Rig): Promise<Outcome> {
  const { calendar, places } = shipped()
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  const years = [2025, 2026, 2027].filter((year) => String(year) <= calendar.until.slice(0, 4))
  let runs = 0
  for (const year of years) {
    const kept = [...calendar.holidays].filter((date) => date.startsWith(String(year)))
    const law = bankHolidays(year)
    for (const date of new Set([...kept, ...law]))
      if (kept.includes(date) !== law.includes(date))
        wrong(
          `${date} ${law.includes(date) ? 'is a bank holiday and not in the file' : 'is in the file and no bank holiday'}`
        )
    for (const date of law)
      for (let minute = 0; minute < 1440; minute += rig.of(60, 5, 1)) {
        const ms = Date.parse(`${date}T00:00Z`) + minute * MINUTE
        for (const [what, hours] of writtenOnce) {
          runs += 1
          const wanted = openByTheClock(hours, ms)
          if (isOpen(hours, new Date(ms).toISOString(), LONDON, calendar) !== wanted)
            wrong(
              `${what} on ${new Date(ms).toISOString()}: it should be ${wanted ? 'open' : 'closed'}`
            )
        }
      }
  }
  // Whatever is known of holidays, nobody in crisis finds a closed line.
  const none = { holidays: new Set<string>(), from: '2020-01-01', until: '2020-12-31' }
  const far = ['2031-12-25', '2031-12-26', ...bankHolidays(2027)]
  for (const { place } of places.values())
    for (const date of far)
      for (let minute = 0; minute < 1440; minute += rig.of(60, 10, 1))
        for (const known of [calendar, none]) {
          runs += 1
          const now = new Date(Date.parse(`${date}T00:00Z`) + minute * MINUTE).toISOString()
          if (!openCodes(place, known, now).includes('EMH'))
            wrong(`${place.place}: no crisis line at ${now}`)
          if (coverAt(place, known, now).none) wrong(`${place.place}: nobody to ring at ${now}`)
        }
  for (const [what, spoil] of SPOILT) {
    runs += 1
    const found = await listSpoilt(rig, spoil)
    if (found !== '') wrong(`a list of bank holidays that is ${what}: ${found}`)
  }
  return { runs, lost: 0, doubled: 0, success: years.length >= 2 ? 1 : 0, faults }
}

const SPOILT: readonly [what: string, spoil: (file: string) => void][] = [
  ['gone', (file) => rmSync(file)],
  ['empty', (file) => writeFileSync(file, '')],
  ['half of one', (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 200))],
  ['a page of an error', (file) => writeFileSync(file, '<html>503</html>')],
  ['of no country of ours', (file) => writeFileSync(file, '{"scotland":[{"date":"2026-01-01"}]}')],
  ['without a day', (file) => writeFileSync(file, '{"england-and-wales":[]}')],
]

/** Spoils the list of a door that is open: the old one stays, somebody is told, and the crisis line is open. Empty when so. */
async function listSpoilt(rig: Rig, spoil: (file: string) => void): Promise<string> {
  const copy = copies()
  rig.after(copy.remove)
  const told: { level: number; code?: string; fault?: string }[] = []
  const log = openLog('info', { write: (line: string) => void told.push(JSON.parse(line)) })
  const { FLOWS_DIR: flows, PLACES_DIR: places, LOCALES_DIR: locales } = copy.env
  const watched = watchContent({ flows, places, locales }, log)
  try {
    const before = watched.content().calendar
    const quiet = told.length
    spoil(copy.at('places/bank-holidays.json'))
    const end = performance.now() + 5_000
    while (told.length === quiet && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 10))
    const alert = told.slice(quiet).find(({ level }) => level >= 40)
    if (!alert?.fault?.includes('bank-holidays')) return 'nobody was told'
    return watched.content().calendar === before ? '' : 'the old one was dropped'
  } finally {
    watched.close()
  }
}

/** F6: the same program, on hosts that think they are elsewhere. */
async function zones(rig: Rig): Promise<Outcome> {
  const all = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Europe/London']
  const tried = all.slice(0, rig.of(2, 5, 5))
  const told = await Promise.all(tried.map(digestIn))
  const [first = []] = told
  const faults = told.flatMap((lines, n) =>
    lines
      .filter((line, i) => line !== first[i])
      .slice(0, 2)
      .map(
        (line) =>
          `${tried[n]}: ${line}, and not ${first.find((one) => one.slice(0, -65) === line.slice(0, -65))}`
      )
  )
  const whole = told.every((lines) => lines.length === first.length && lines.length >= 30)
  return { runs: first.length * tried.length, lost: 0, doubled: 0, success: whole ? 1 : 0, faults }
}

function digestIn(TZ: string): Promise<string[]> {
  const env = { PATH: process.env.PATH ?? '', TZ }
  const child = spawn(process.execPath, ['test/chaos/zone-digest.ts'], { env })
  let out = ''
  child.stdout.on('data', (more) => (out += more))
  return new Promise((resolve) => child.on('close', () => resolve(out.trim().split('\n'))))
}

export const HOURS: readonly Run[] = [
  {
    id: 'F1',
    name: 'Every minute of the days on which the clocks change in 2027',
    goal: 'opening hours as a wall clock and the law have them; the two half past ones are told apart',
    leastSuccess: 1,
    small: true,
    run: clockChanges,
  },
  {
    id: 'F2',
    name: 'Bank holidays and those that stand in for them; a list that is missing or spoilt',
    goal: 'as the law has them; somebody is told, and the crisis line is never closed',
    leastSuccess: 1,
    small: true,
    run: holidays,
  },
  {
    id: 'F6',
    name: 'The same hours, promises and conversations on hosts of other time zones',
    goal: 'identical',
    leastSuccess: 1,
    run: zones,
  },
]
