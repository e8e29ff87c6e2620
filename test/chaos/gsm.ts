/**
 * How many text messages a text is, told from the tables of 3GPP TS 23.038 and 23.040: each sign by its place in the
 * alphabet, laid into messages one after the other. Written apart from the door's own counting, to be held against it.
 */
const BASIC: readonly number[] = [
  ...[
    0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5,
  ],
  ...[
    0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf,
    0xc9,
  ],
  // 0x20 to 0x3f is ASCII but for the currency sign in the place of the dollar.
  ...Array.from({ length: 32 }, (_, i) => (i === 4 ? 0xa4 : 0x20 + i)),
  ...[0xa1, ...Array.from({ length: 26 }, (_, i) => 0x41 + i), 0xc4, 0xd6, 0xd1, 0xdc, 0xa7],
  ...[0xbf, ...Array.from({ length: 26 }, (_, i) => 0x61 + i), 0xe4, 0xf6, 0xf1, 0xfc, 0xe0],
]
/** Signs of the extension table: an escape comes before each. */
const EXTENDED: readonly number[] = [0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac]

const septets = (code: number): number | undefined =>
  BASIC.includes(code) ? 1 : EXTENDED.includes(code) ? 2 : undefined

/** The lengths of the messages a text becomes, in septets or in 16-bit units. */
export function messagesOf(text: string): number[] {
  const codes = Array.from(text, (sign) => sign.codePointAt(0) ?? 0)
  const sizes = codes.map(septets)
  const plain = sizes.every((size) => size !== undefined)
  const units = plain
    ? sizes.map((size) => size ?? 0)
    : codes.map((code) => (code > 0xffff ? 2 : 1))
  const whole = units.reduce((sum, size) => sum + size, 0)
  if (whole === 0) return []
  if (whole <= (plain ? 160 : 70)) return [whole]
  const room = plain ? 153 : 67
  const messages = [0]
  for (const size of units) {
    const last = messages.length - 1
    if ((messages[last] ?? 0) + size > room) messages.push(size)
    else messages[last] = (messages[last] ?? 0) + size
  }
  return messages
}
