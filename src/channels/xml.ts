/** Text as XML may hold it: well-formed Unicode, no control characters, the five signs escaped. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? '')
  )
}
const SIGNS: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** What one sign may come to in a document: `"` is six bytes. */
const WIDEST = 6

/** Bytes of a text as it stands in a document. */
const widthOf = (text: string) => new TextEncoder().encode(escapeXml(text)).length

/** The beginning of a text, of at most so many UTF-16 units: whole words where there are any, and no half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  const space = start.lastIndexOf(' ')
  return space > most - LONGEST_WORD ? start.slice(0, space) : start
}
const LONGEST_WORD = 40

/** The beginning of a text that takes at most so many bytes in a document. */
export function fitting(text: string, bytes: number): string {
  // Nothing we write comes near it: this is what an everyday text costs.
  if (text.length * WIDEST <= bytes) return text
  for (let most = text.length; ; most = Math.floor(most * 0.8)) {
    const start = cut(text, most)
    if (widthOf(start) <= bytes) return start
  }
}

/** One element. Attributes that are undefined are left out; children are already XML. */
export function element(
  name: string,
  attributes: Record<string, string | number | boolean | undefined>,
  ...children: string[]
): string {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  return children.length === 0
    ? `<${name}${given}/>`
    : `<${name}${given}>${children.join('')}</${name}>`
}

/** A TwiML document. */
export const response = (...verbs: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join('')}</Response>`
