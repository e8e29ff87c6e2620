import type { Choice } from './question.ts'

/** The GSM-7 alphabet of a text message (3GPP TS 23.038), and the signs that take two places in it. */
const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const GSM_DOUBLE = '^{}\\[~]|€\f'
const GSM_ONE = 160
const GSM_EACH = 153
const UCS2_ONE = 70
const UCS2_EACH = 67

/** How many text messages these words are sent as. A character is never split between two. */
export function segments(text: string): number {
  const characters = [...text]
  const gsm = characters.every((c) => GSM.includes(c) || GSM_DOUBLE.includes(c))
  const sizes = characters.map((c) => (gsm ? (GSM_DOUBLE.includes(c) ? 2 : 1) : c.length))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= (gsm ? GSM_ONE : UCS2_ONE)) return total === 0 ? 0 : 1
  const each = gsm ? GSM_EACH : UCS2_EACH
  let parts = 1
  let filled = 0
  for (const size of sizes) {
    if (filled + size > each) {
      parts += 1
      filled = 0
    }
    filled += size
  }
  return parts
}

/** What a text is written from. */
export interface Written {
  parts: readonly { words: string }[]
  choices: readonly Choice[]
}

/** Answers this short stand on one line: "1 YES  2 NO  3 NOT SURE". */
const SHORT_LABEL = 8

/** A turn as one text message: its words, then its answers by number. */
export function writeText({ parts, choices }: Written): string {
  const words = parts.map((part) => part.words).filter((text) => text !== '')
  const answers = asWritten(choices).map(({ key, label }) => `${key} ${label}`)
  const gap = isShort(choices) ? '  ' : '\n'
  return [...words, ...(answers.length > 0 ? [answers.join(gap)] : [])].join('\n')
}

const isShort = (choices: readonly Choice[]) =>
  choices.length > 1 && choices.every(({ label }) => label.length <= SHORT_LABEL)

/** Short answers stand out in capitals: YES, NO, NOT SURE. */
export const asWritten = (choices: readonly Choice[]): readonly Choice[] =>
  isShort(choices)
    ? choices.map((choice) => ({ ...choice, label: choice.label.toUpperCase() }))
    : choices
