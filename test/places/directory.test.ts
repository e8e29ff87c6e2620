import { describe, expect, it } from 'vitest'
import {
  findPractices,
  findPracticesByKeys,
  keysOf,
  practiceHints,
  sayPractice,
} from '../../src/places/directory.ts'
import {
  areaOfPostcode,
  lettersOf,
  postcodeFromKeys,
  postcodeFromWords,
  sayPostcode,
} from '../../src/places/postcode.ts'
import type { Place } from '../../src/places/schema.ts'
import { shipped } from './shipped.ts'

const places: Record<string, Place> = {
  lewisham: shipped('lewisham'),
  southwark: shipped('southwark'),
  southampton: shipped('southampton'),
}

describe('a practice, as people say it', () => {
  it.each([
    ['lewisham', 'downham family', ['G85057']],
    ['lewisham', 'the jenner', ['G85004']],
    ['lewisham', 'The Jenner Practice', ['G85004']],
    ['lewisham', 'my mum goes to the jenner in forest hill', ['G85004']],
    ['lewisham', "it's called saint john's", ['G85038']],
    ['lewisham', 'nightingail surgery', ['G85727']],
    ['lewisham', 'honour oak', ['G85089']],
    ['lewisham', 'south lewisham', ['G85005']],
    ['lewisham', 'lewisham medical centre', ['G85023']],
    ['lewisham', 'q r p', ['G85015']],
    ['lewisham', 'hilly fields', ['G85055']],
    ['lewisham', 'parkview', ['G85121']],
    ['lewisham', 'deptford surgery', ['G85711']],
    ['lewisham', 'g85057', ['G85057']],
    ['southwark', 'doctor sharma', ['Y00454']],
    ['southwark', "Dr Sharma's", ['Y00454']],
    ['southwark', 'doctor patel', ['G85726']],
    ['southwark', 'three oh six', ['G85091']],
    ['southwark', '306', ['G85091']],
    ['southwark', 'nun head', ['G85685']],
    ['southwark', 'acorn and gaumont house', ['G85006']],
    ['southwark', 'the lister practice', ['G85715']],
    ['southwark', 'park', ['G85125']],
    ['southwark', 'D.M.C.', ['G85031']],
    ['southampton', 'saint marys', ['J82081']],
    ['southampton', "St Peter's surgery", ['J82208']],
    ['southampton', 'woolston', ['J82076']],
    ['southampton', 'the homeless team', ['J82217']],
    ['southampton', 'old fire station', ['J82128']],
  ])('%s: "%s"', (place, heard, codes) => {
    expect(findPractices(places[place]!, heard)).toEqual(codes)
  })

  it.each([
    ['lewisham', 'deptford', ['G85711', 'G85736']],
    ['lewisham', 'vale', ['G85696', 'G85698']],
    ['lewisham', 'torrington road', ['G85008', 'G85032']],
    ['southwark', 'st giles', ['G85042', 'G85726']],
    ['southwark', 'St Giles Surgery', ['G85042', 'G85726']],
    ['southwark', 'lister', ['G85134', 'G85715']],
  ])('%s: "%s" may be several, and is a choice', (place, heard, codes) => {
    expect(findPractices(places[place]!, heard).sort()).toEqual(codes)
  })

  it.each([
    'i dont know',
    'not sure',
    'the surgery',
    'the medical centre',
    'my doctor',
    'road',
    'xylophone',
    '',
    '   ',
    '?!',
  ])('"%s" is nothing plausible', (heard) => {
    for (const place of Object.values(places)) expect(findPractices(place, heard)).toEqual([])
  })

  it('finds each of the 97 by its own whole name, alone or among those that share it', () => {
    for (const place of Object.values(places))
      for (const [code, { name }] of Object.entries(place.practices)) {
        const found = findPractices(place, name)
        expect(found, name).toContain(code)
        expect(found.length, name).toBeLessThanOrEqual(2)
      }
  })

  it('never offers more than five', () => {
    for (const place of Object.values(places)) {
      const all = Object.values(place.practices).map(({ name }) => name)
      expect(findPractices(place, all.join(' ')).length).toBeLessThanOrEqual(5)
    }
  })
})

describe('a practice, as people key it', () => {
  it.each([
    ['lewisham', 'JENN', '5366', ['G85004']],
    ['lewisham', 'DEPT', '3378', ['G85736', 'G85711']],
    ['lewisham', 'KING', '5464', ['G85020']],
    ['southwark', 'GILE', '4453', ['G85042', 'G85726']],
    ['southwark', 'SHAR', '7427', ['Y00454']],
    ['southwark', 'MISR', '6477', ['G85106']],
    ['southampton', 'MARY', '6279', ['J82081']],
    ['southampton', 'SHIR', '7447', ['J82088']],
    ['southampton', 'nobody', '9999', []],
    ['lewisham', 'too short', '53', []],
    ['lewisham', 'one digit', '1', []],
  ])('%s: %s is %s', (place, _letters, digits, codes) => {
    expect(findPracticesByKeys(places[place]!, digits)).toEqual(codes)
  })

  it('reaches every practice by its own four letters', () => {
    for (const place of Object.values(places))
      for (const [code, { name }] of Object.entries(place.practices))
        expect(findPracticesByKeys(place, keysOf(name)), name).toContain(code)
  })
})

it('says a practice by its name and listens for all of them', () => {
  const { lewisham } = places
  expect(sayPractice(lewisham!, 'G85004')).toBe('The Jenner Practice')
  expect(sayPractice(lewisham!, 'A12345')).toBe('A12345')
  expect(practiceHints(lewisham!)).toHaveLength(35)
  expect(practiceHints(lewisham!)).toContain('New Cross Centre Hurley Group')
})

it.each([
  ['S E fifteen four double n', 'SE15 4NN'],
  ['se154nn', 'SE15 4NN'],
  ['SE15 4NN', 'SE15 4NN'],
  ['Se15  4nn.', 'SE15 4NN'],
  ['my postcode is se15 4nn thanks', 'SE15 4NN'],
  ['S O fourteen oh L T', 'SO14 0LT'],
  ['so14 olt', 'SO14 0LT'],
  ['S014 0LT', 'SO14 0LT'],
  ['s e twenty six four t h', 'SE26 4TH'],
  ['s e twenty-three, one h u', 'SE23 1HU'],
  ['b r one five e p', 'BR1 5EP'],
  ['S W nine six double you a', 'SW9 6WA'],
  ['south east fifteen', 'SE15'],
  ['se one', 'SE1'],
  ['s e one five', 'SE15'],
  ['SE1 5', 'SE1 5'],
  ['SE15 4', 'SE15 4'],
  ['s e 1 5 4', 'SE15 4'],
  ['sw1a 1aa', 'SW1A 1AA'],
  ['i am 84', undefined],
  ['no idea', undefined],
  ['', undefined],
])('the postcode in "%s" is %s', (words, postcode) => {
  expect(postcodeFromWords(words)).toBe(postcode)
})

it.each([
  ['SE', '15', 'SE1 5'],
  ['SE', '154', 'SE15 4'],
  ['BR', '15', 'BR1 5'],
  ['SO', '140', 'SO14 0'],
  ['SE', '1', undefined],
  ['SE', '1544', undefined],
  ['SE', '054', undefined],
  ['SE', '', undefined],
])('%s and the keys %s are %s', (letters, digits, postcode) => {
  expect(postcodeFromKeys(letters, digits)).toBe(postcode)
})

it.each([
  ['SE1 5', 'S E 1, sector 5'],
  ['SE15 4', 'S E 1 5, sector 4'],
  ['SE15 4NN', 'S E 1 5, 4 N N'],
  ['se6', 'S E 6'],
])('%s is said %s', (postcode, said) => {
  expect(sayPostcode(postcode)).toBe(said)
})

it.each([
  ['southwark', 'SE1 5TY', { where: 'here', area: 'north', prefix: 'SE1' }],
  ['southwark', 'SE15 4NN', { where: 'here', area: 'south', prefix: 'SE15' }],
  ['southwark', 'SE1', { where: 'here', area: 'north', prefix: 'SE1' }],
  ['southwark', 'SE1 5', { where: 'here', area: 'north', prefix: 'SE1' }],
  ['southwark', 'SE15 4', { where: 'here', area: 'south', prefix: 'SE15' }],
  ['southwark', 'SE6 1AT', { where: 'elsewhere', neighbour: 'lewisham', prefix: 'SE6' }],
  ['southwark', 'SE24 9HJ', { where: 'here', area: 'south', prefix: 'SE24' }],
  ['lewisham', 'se6 1at', { where: 'here', area: 'n3', prefix: 'SE6' }],
  ['lewisham', 'SE15 4NN', { where: 'elsewhere', neighbour: 'southwark', prefix: 'SE15' }],
  ['lewisham', 'M1 1AE', { where: 'elsewhere' }],
  ['lewisham', 'nonsense', { where: 'unknown' }],
  ['southampton', 'SO1 4', { where: 'elsewhere' }],
  ['southampton', 'SO14 0LT', { where: 'here', area: 'c1', prefix: 'SO14' }],
  ['southampton', 'SO50 1AA', { where: 'elsewhere', neighbour: 'hampshire', prefix: 'SO50' }],
])('in %s, %s is %o', (place, postcode, found) => {
  expect(areaOfPostcode(places[place]!, postcode)).toEqual(found)
})

it('the longest prefix wins at home, and home wins over next door', () => {
  const { southwark } = places
  const place = structuredClone(southwark!)
  place.areas.north?.postcodes.push('SE15 6')
  place.neighbours.lambeth?.postcodes.push('SE15 4', 'SE22 8')
  expect(areaOfPostcode(place, 'SE15 6NR').area).toBe('north')
  expect(areaOfPostcode(place, 'SE15 4NN').area).toBe('south')
  expect(areaOfPostcode(place, 'SE22 8QN').area).toBe('south')
})

it('offers the postcode letters of a place', () => {
  expect(lettersOf(places.lewisham!)).toEqual(['SE', 'BR'])
  const { letters, ...bare } = places.southampton!
  expect(letters).toEqual(['SO'])
  expect(lettersOf(bare as Place)).toEqual(['SO'])
})
