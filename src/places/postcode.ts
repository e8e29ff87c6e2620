import type { Place } from './shape.ts'

/** Where a postcode lies, and what said so. */
export interface Whereabouts {
  /** The area of this place it lies in. */
  area?: string
  where: 'here' | 'elsewhere' | 'unknown'
  /** The other place it lies in, when we know whose it is. */
  neighbour?: string
  /** The district, or district and sector, of the file that decided. */
  prefix?: string
}

/** The postcode areas of the United Kingdom, so that "I am 84" is no postcode. */
const AREAS = new Set(
  'AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE'.split(
    ' '
  )
)
const FULL = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/
const DISTRICT = /^[A-Z]{1,2}\d[A-Z\d]?$/
const SECTOR = /^([A-Z]{1,2}\d[A-Z\d]?) (\d)$/

/** The area, or neighbour, of a postcode, a district ("SE15") or a district and sector ("SE15 4"). */
export function areaOfPostcode(place: Place, postcode: string): Whereabouts {
  const wanted = prefixesOf(postcode)
  if (wanted.length === 0) return { where: 'unknown' }
  // A home district always wins, so that nobody who lives here is sent next door.
  for (const prefix of wanted) {
    const home = Object.entries(place.areas).find(([, area]) => area.postcodes.includes(prefix))
    if (home) return { area: home[0], where: 'here', prefix }
  }
  for (const prefix of wanted) {
    const next = Object.entries(place.neighbours).find(([, { postcodes }]) =>
      postcodes.includes(prefix)
    )
    if (next) return { where: 'elsewhere', neighbour: next[0], prefix }
  }
  return { where: 'elsewhere' }
}

/** The prefixes a file may claim a postcode by, longest first. Whole districts and sectors, so SE15 is never SE1. */
function prefixesOf(postcode: string): string[] {
  const upper = postcode.trim().toUpperCase().replace(/\s+/g, ' ')
  const sector = SECTOR.exec(upper)
  if (sector) return [upper, sector[1] ?? '']
  const full = FULL.exec(upper.replaceAll(' ', ''))
  if (full) return [`${full[1]} ${full[2]?.charAt(0)}`, full[1] ?? '']
  return DISTRICT.test(upper) ? [upper] : []
}

/** The postcode letters of a place, the order a caller hears them in: as listed, else those of its own districts. */
export function lettersOf(place: Place): readonly string[] {
  if (place.letters) return place.letters
  const found = Object.values(place.areas).flatMap(({ postcodes }) =>
    postcodes.map((prefix) => prefix.replace(/\d.*/, ''))
  )
  return [...new Set(found)]
}

/**
 * What was keyed after the letters: 2 digits are district and sector, 3 a two-digit district and sector.
 * "15" after SE is SE1 5, "154" is SE15 4. Anything else is not a postcode.
 */
export function postcodeFromKeys(letters: string, digits: string): string | undefined {
  if (!/^[1-9]\d{1,2}$/.test(digits)) return undefined
  return `${letters.toUpperCase()}${digits.slice(0, -1)} ${digits.slice(-1)}`
}

/** How a postcode is said back: "S E 1 5, sector 4", or "S E 1 5, 4 N N". */
export function sayPostcode(postcode: string): string {
  const [district = '', rest = ''] = postcode.trim().toUpperCase().split(/\s+/)
  const letters = [...district].join(' ')
  if (!rest) return letters
  return rest.length === 1 ? `${letters}, sector ${rest}` : `${letters}, ${[...rest].join(' ')}`
}

/**
 * The postcode in a text or in recognised speech: whole ("SE15 4NN"), with its sector ("SE15 4"), or its
 * district ("SE15"). Hears letters and numbers said one by one, "fifteen", "double n", and no spaces at all.
 */
export function postcodeFromWords(words: string): string | undefined {
  const parts = spelled(words)
  return (
    inWindows(parts, (text) => {
      const full = FULL.exec(mended(text))
      return full && isReal(text) ? `${full[1]} ${full[2]}` : undefined
    }) ??
    inWindows(parts, (_text, window) => sectorOf(window)) ??
    inWindows(parts, (text) =>
      DISTRICT.test(mended(text)) && isReal(text) ? mended(text) : undefined
    )
  )
}

/** Tries every run of parts, the longest first, so that "se 1 5" is not heard as "se 1". */
function inWindows(
  parts: readonly string[],
  read: (text: string, window: readonly string[]) => string | undefined
): string | undefined {
  for (let size = Math.min(8, parts.length); size > 0; size--) {
    for (let at = 0; at + size <= parts.length; at++) {
      const window = parts.slice(at, at + size)
      const found = read(window.join(''), window)
      if (found) return found
    }
  }
  return undefined
}

/** A sector is sure only when the district came as one piece ("SE15 4") or has two digits already ("S E 1 5 4"). */
function sectorOf(window: readonly string[]): string | undefined {
  const district = mended(window.slice(0, -1).join(''))
  const sector = window.at(-1) ?? ''
  if (!/^\d$/.test(sector) || !DISTRICT.test(district) || !isReal(district)) return undefined
  const whole = /^[A-Z]{1,2}\d/.test(mended(window[0] ?? '')) || /\d{2}$|\d[A-Z]$/.test(district)
  return whole ? `${district} ${sector}` : undefined
}

const isReal = (text: string): boolean => AREAS.has(mended(text).replace(/\d.*/, ''))

/** People say and type O for nought: SO14 OLT, S014. */
function mended(text: string): string {
  return text
    .toUpperCase()
    .replace(/^([A-Z])0(?=\d)/, '$1O')
    .replace(/^([A-Z]{1,2}\d[A-Z\d]?)O(?=[A-Z]{2}$)/, '$10')
}

/** A message as the pieces of a postcode it may hold. */
function spelled(words: string): string[] {
  const heard = words
    .toLowerCase()
    .replace(/double[ -]?(you|u)\b/g, 'w')
    .replace(/\b(north|south)[ -]?(east|west)(ern)?\b/g, (_, a, b) => a[0] + b[0])
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .split(' ')
  const parts: string[] = []
  for (let at = 0; at < heard.length; at++) {
    const times = { double: 2, triple: 3 }[heard[at] ?? '']
    const part = piece(heard[times ? at + 1 : at] ?? '')
    if (times && part.length === 1) {
      parts.push(...Array.from({ length: times }, () => part))
      at++
      continue
    }
    const last = parts.at(-1)
    // "twenty two" is one number.
    if (last && /^[2-9]0$/.test(last) && /^[1-9]$/.test(part) && TENS.has(heard[at - 1] ?? ''))
      parts.splice(-1, 1, `${last.charAt(0)}${part}`)
    else parts.push(part)
  }
  return parts
}

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' '
  )
const TENS: ReadonlyMap<string, string> = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, at) => [word, `${at + 2}0`])
)
/** Letters as recognisers write them when they are said alone. */
const LETTERS: Readonly<Record<string, string>> = {
  ay: 'a',
  bee: 'b',
  cee: 'c',
  sea: 'c',
  see: 'c',
  dee: 'd',
  ee: 'e',
  ef: 'f',
  eff: 'f',
  aitch: 'h',
  jay: 'j',
  kay: 'k',
  el: 'l',
  em: 'm',
  en: 'n',
  oh: 'o',
  nought: '0',
  pee: 'p',
  queue: 'q',
  ar: 'r',
  ess: 's',
  tea: 't',
  tee: 't',
  you: 'u',
  vee: 'v',
  ex: 'x',
  why: 'y',
  zed: 'z',
  zee: 'z',
}

function piece(word: string): string {
  const unit = UNITS.indexOf(word)
  if (unit >= 0) return String(unit)
  return TENS.get(word) ?? LETTERS[word] ?? word
}
