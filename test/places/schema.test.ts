import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkTogether, parsePlace, reviewDue } from '../../src/places/schema.ts'
import { calendar, placeText, shipped } from './shipped.ts'

const lewisham = placeText('lewisham')

// biome-ignore lint/suspicious/noExplicitAny: tests spoil a file in ways its type forbids
type Loose = any

/** What the check says of Lewisham after somebody changed it. */
function problemsAfter(spoil: (file: Loose) => void): readonly string[] {
  const file: Loose = parse(lewisham)
  spoil(file)
  return parsePlace(stringify(file), 'lewisham.yaml').problems ?? []
}

it.each(['lewisham', 'southwark', 'southampton'])('%s holds', (name) => {
  expect(parsePlace(placeText(name), `${name}.yaml`).problems).toBeUndefined()
})

it('the three places hold together', () => {
  expect(checkTogether(['lewisham', 'southwark', 'southampton'].map(shipped))).toEqual([])
})

it('the numbers of the three places are for drama, and shared by nobody', () => {
  const texts = ['lewisham', 'southwark', 'southampton'].map(placeText)
  const own = texts.map((text) => new Set(text.split('neighbours:')[0]?.match(/\+\d+/g)))
  for (const number of own.flatMap((numbers) => [...numbers]))
    expect(number).toMatch(/^\+44(2079460\d{3}|1632960\d{3})$/)
  const all = own.flatMap((numbers) => [...numbers])
  expect(new Set(all).size).toBe(all.length)
})

it.each<[string, (file: Loose) => void, RegExp]>([
  [
    'a practice in two areas',
    (f) => f.areas.n1.practices.push('G85057'),
    /areas: practice G85057 is listed more than once, in n1 and n3; keep/,
  ],
  [
    'a practice twice in one area',
    (f) => f.areas.n3.practices.push('G85057'),
    /practice G85057 is listed more than once, in n3;/,
  ],
  [
    'a practice in no area',
    (f) => f.areas.n3.practices.shift(),
    /practices\.G85057: Downham Family Medical Practice is in no area; add it to one/,
  ],
  [
    'a code with no practice',
    (f) => f.areas.n3.practices.push('G99999'),
    /areas\.n3\.practices: G99999 has no name and postcode; add it/,
  ],
  [
    'a practice code of the wrong form',
    (f) => {
      f.practices['85057'] = { name: 'X', postcode: 'SE6 1AT' }
    },
    /practices\.85057: /,
  ],
  [
    'a practice with half a postcode',
    (f) => {
      f.practices.G85057.postcode = 'BR1'
    },
    /practices\.G85057\.postcode: write the whole postcode/,
  ],
  [
    'no area to fall back on',
    (f) => {
      f.default = 'n9'
    },
    /default: there is no area n9; name one of n1, n2, n3, n4/,
  ],
  [
    'a postcode claimed by two areas',
    (f) => f.areas.n1.postcodes.push('SE6'),
    /areas: postcode SE6 is claimed more than once, by n1 and n3; leave it in one/,
  ],
  [
    'a postcode claimed by two neighbours',
    (f) => f.neighbours.bexley.postcodes.push('SE2'),
    /neighbours: postcode SE2 is claimed more than once, by greenwich and bexley/,
  ],
  [
    'half a district',
    (f) => f.areas.n1.postcodes.push('SE'),
    /areas\.n1\.postcodes\.3: write a whole postcode district/,
  ],
  [
    'letters that leave a district out',
    (f) => {
      f.letters = ['SE']
    },
    /letters: areas use BR too; add them/,
  ],
  [
    'a fallback nobody knows',
    (f) => {
      f.services.rapid.fallback = 'fast'
    },
    /services\.rapid\.fallback: there is no service or code called fast; name a service/,
  ],
  [
    'fallbacks that go round',
    (f) => {
      f.services.carers.fallback = 'sail'
      f.services.sail.fallback = 'carers'
    },
    /services\.carers\.fallback: it leads back to carers and never ends/,
  ],
  [
    'an urgent code that waits',
    (f) => {
      f.services.rapid.fallback = 'next-opening'
    },
    /services\.rapid\.fallback: UCR2 cannot wait for the next opening/,
  ],
  [
    'an urgent code that waits further on',
    (f) => {
      f.services['safe-adult'].fallback = 'reablement'
    },
    /services\.safe-adult\.fallback: SAFE cannot wait/,
  ],
  [
    'navigators with nobody behind them',
    (f) => {
      f.services.navigators.fallback = 'samaritans-111'
    },
    /services\.navigators\.fallback: .*CALL, HOLD.* must reach a person at every hour; write cover/,
  ],
  [
    'a code no service takes',
    (f) => {
      f.services.carers.codes = []
    },
    /services: no service takes CARE; add it to the codes of one/,
  ],
  [
    'a code two services take',
    (f) => f.services.falls.codes.push('CARE'),
    /services: falls and carers all take CARE; keep it in one/,
  ],
  [
    'children whom nobody takes',
    (f) => {
      f.services['safe-child'].takes = { minAge: 18 }
    },
    /services: safe-adult and safe-child all take SAFE/,
  ],
  [
    'navigators who take adults only',
    (f) => {
      f.services.navigators.takes = { minAge: 18 }
    },
    /services\.navigators\.takes: everyone must be taken for/,
  ],
  [
    'a code that is none',
    (f) => f.services.falls.codes.push('FALLS'),
    /services\.falls\.codes\.2: use an outcome code such as CSD/,
  ],
  [
    'no palliative line',
    (f) => {
      delete f.services.palliative
    },
    /services: there is no palliative, which flows ring by that name; add it/,
  ],
  [
    'a duty team that sleeps',
    (f) => {
      f.services['duty-out-of-hours'].hours = { daily: '17:00-09:00' }
    },
    /services\.duty-out-of-hours\.hours: it must be open day and night; write always/,
  ],
  [
    'a lifting service that comes too late',
    (f) => {
      f.services.lifting.arrives = 'PT90M'
    },
    /services\.lifting\.arrives: PT90M is more than an hour/,
  ],
  [
    'a wait on the line without end',
    (f) => {
      f.handoff = { longest: 'PT45M' }
    },
    /handoff\.longest: PT45M is too long to wait on the line; write PT30M or less/,
  ],
  [
    'a last promise after closing time',
    (f) => {
      f.settings.ucrLastAccept = '21:00'
    },
    /settings\.ucrLastAccept: 21:00 is outside the hours of rapid/,
  ],
  [
    'a city service with no number',
    (f) => {
      delete f.services.carers.number
    },
    /services\.carers\.number: it has no direct number; add one/,
  ],
  [
    'a ring-back for a code it has not',
    (f) => {
      f.services.navigators.ringBack = { CARE: 'P1D' }
    },
    /services\.navigators\.ringBack: CARE is not one of its codes/,
  ],
  [
    'a cover gap in one night of the week',
    (f) => {
      f.cover[1].hours = {
        ...Object.fromEntries(
          ['mon', 'tue', 'wed', 'thu', 'fri', 'sun'].map((day) => [day, '20:00-08:00'])
        ),
        sat: '20:00-03:00',
        holidays: '20:00-08:00',
      }
    },
    /cover: nobody is named for Sunday 03:00-08:00; add a line for those hours/,
  ],
  [
    'cover that stops on bank holidays',
    (f) => {
      f.cover[0].hours = { weekdays: '08:00-20:00', sat: '08:00-20:00', sun: '08:00-20:00' }
    },
    /cover: nobody is named for a bank holiday on a Monday 08:00-20:00/,
  ],
  [
    'no cover, unsigned',
    (f) => {
      f.cover[1] = { hours: { daily: '20:00-08:00' }, none: true, reason: 'no budget' }
    },
    /cover\.2\.signed: this is missing; add it/,
  ],
  [
    'a second number that is the first',
    (f) => {
      f.cover[0].second = f.cover[0].number
    },
    /cover\.1\.number: \+442079460110 is used again for cover\.1\.second/,
  ],
  [
    'two services on one line',
    (f) => {
      f.services.carers.number = f.services.falls.number
    },
    /services\.falls: \+442079460133 is used again for services\.carers; give each its own/,
  ],
  [
    'a front door that rings itself',
    (f) => {
      f.cover[0].number = '+442079460100'
    },
    /cover\.1\.number: \+442079460100 is this front door itself/,
  ],
  [
    'one number for two uses',
    (f) => {
      f.numbers[1].number = f.numbers[0].number
    },
    /numbers\.1: \+442079460100 is used again for numbers\.2/,
  ],
  [
    'no number for residents',
    (f) => f.numbers.shift(),
    /numbers: no number is for residents; mark one/,
  ],
  [
    'a number as people write it',
    (f) => {
      f.services.falls.number = '020 7946 0133'
    },
    /services\.falls\.number: write the number with \+ and the country first/,
  ],
  [
    'a number that is too short',
    (f) => {
      f.services.falls.number = '+44207946'
    },
    /services\.falls: \+44207946 cannot be a telephone number/,
  ],
  [
    'a language nobody offers',
    (f) => {
      f.numbers[0].language = 'es'
    },
    /numbers\.1\.language: es is not offered here/,
  ],
  [
    'a review date already past when checked',
    (f) => {
      f.checked.reviewBy = '2026-10-02'
    },
    /checked: reviewBy 2026-10-02 is not after 2026-11-02/,
  ],
  [
    'a test call after the check',
    (f) => {
      f.cover[0].tested = '2026-12-24'
    },
    /cover\.1: 2026-12-24 is later than 2026-11-02/,
  ],
  [
    'a provider that has ended',
    (f) => {
      f.services.sail.provider.until = '2026-10-01'
    },
    /services\.sail\.provider: .* ended on 2026-10-01; name who provides it now/,
  ],
  [
    'a time zone nobody knows',
    (f) => {
      f.timeZone = 'Europe/Lewisham'
    },
    /timeZone: Europe\/Lewisham is not a time zone/,
  ],
  [
    'hours nobody can read',
    (f) => {
      f.services.falls.hours = { weekday: '9-5' }
    },
    /services\.falls\.hours: write `always`, or hours such as/,
  ],
  [
    'a misspelt line',
    (f) => {
      f.services.falls.fallbck = 'cover'
    },
    /services\.falls: fallbck is not known here; correct the name or remove the line/,
  ],
  [
    'a missing line',
    (f) => {
      delete f.services.falls.owner
    },
    /services\.falls\.owner: this is missing; add it/,
  ],
])('refuses %s', (_name, spoil, said) => {
  const problems = problemsAfter(spoil)
  expect(problems.join('\n')).toMatch(said)
  for (const problem of problems) expect(problem).toMatch(/^lewisham\.yaml: .+: .+/)
})

it('tells all the faults of a file at once, of form and of meaning', () => {
  const problems = problemsAfter((f) => {
    f.areas.n1.number = '0207'
    f.areas.n1.practices.push('G85057')
    f.services.falls.hours = 'nine to five'
    f.services.rapid.fallback = 'fast'
    f.cover[1].hours = { daily: '20:00-07:00' }
    f.default = 'n9'
    f.checked.reviewBy = '2020-01-01'
  })
  expect(problems.map((problem) => problem.split(': ')[1])).toEqual([
    'areas.n1.number',
    'services.falls.hours',
    'areas',
    'default',
    ...Array(7).fill('cover'),
    'checked',
    'services.rapid.fallback',
  ])
})

it('a file that is not YAML, or not a place, is refused in words', () => {
  expect(parsePlace('place: [', 'x.yaml').problems?.[0]).toMatch(/^x\.yaml: line \d+: /)
  expect(parsePlace('', 'x.yaml').problems?.length).toBeGreaterThan(0)
  expect(parsePlace('just words', 'x.yaml').problems?.length).toBeGreaterThan(0)
  const twice = `${lewisham}\nplace: other\n`
  expect(parsePlace(twice, 'x.yaml').problems?.join()).toMatch(/x\.yaml: line \d+: .*written twice/)
})

it('signed hours without cover are taken', () => {
  expect(
    problemsAfter((f) => {
      f.cover[1] = {
        hours: { daily: '20:00-08:00' },
        none: true,
        reason: 'no night desk is funded',
        signed: { name: 'A. Example', on: '2026-11-02' },
      }
    })
  ).toEqual([])
})

it('places that clash are told apart', () => {
  const [one, two] = [shipped('lewisham'), structuredClone(shipped('southwark'))]
  if (two.numbers[0]) two.numbers[0].number = '+442079460100'
  two.teams.tenant = one.teams.tenant
  expect(checkTogether([one, two])).toEqual([
    '+442079460100 is the front door of lewisham and southwark; give each its own',
    'Teams tenant 00000000-0000-4000-8000-000000000002 is that of lewisham and southwark; give each its own',
    "lewisham: neighbours.southwark: +442079460200 is not the residents' number of southwark; copy it from southwark's file",
  ])
})

it('tells when a file is due to be checked again', () => {
  const place = shipped('lewisham')
  expect(reviewDue(place, calendar, '2027-05-02')).toEqual([])
  expect(reviewDue(place, calendar, '2027-05-03')).toEqual([
    'lewisham: it was to be checked by 2027-05-02; check it, and move both dates on',
  ])
  expect(reviewDue(place, calendar, '2028-01-01')).toHaveLength(2)
})
