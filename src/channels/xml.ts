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
