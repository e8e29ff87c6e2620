import type { Contact, LogEntry } from '../record/contact.ts'
import type { Keyring } from '../security/keyring.ts'
import { blind } from '../security/seal.ts'

/** A blind index in the place of an address; no address begins so. */
const BLIND = '~'

/** How an address is compared: a number however it is written, in E.164; anything else as it is. */
export function normalAddress(address: string): string {
  const digits = address.replace(/[\s().-]/g, '')
  if (!/^\+?\d{6,18}$/.test(digits)) return address
  return digits.replace(/^00/, '+').replace(/^0/, '+44')
}

/** What an address is found by. */
export const blindAddress = (keyring: Keyring, address: string): string =>
  BLIND + blind(keyring, 'address', normalAddress(address))

/** A CallSid says nothing of a person; the conversation of a text names its number. */
export const blindCall = (keyring: Keyring, call: string): string =>
  /^CA[0-9a-f]{32}$/.test(call) ? call : BLIND + blind(keyring, 'call', call)

/** Teams ids name conversations; Twilio's say nothing. */
export const blindWebhook = (keyring: Keyring, webhook: string): string =>
  /^(CA|SM|MM)[0-9a-f]{32}$/.test(webhook) ? webhook : BLIND + blind(keyring, 'webhook', webhook)

/** Kinds of log lines whose words come from the flow and word files; what is said in any other kind may be anyone's. */
const FROM_FILES: readonly string[] = [
  ...['begin', 'again', 'answer', 'found', 'unclear', 'silence', 'person', 'language', 'abuse'],
  ...['danger', 'gone', 'joined', 'nobody', 'late', 'after-end'],
]
/** Numbers that belong to everyone. */
const KNOWN = /\b(9[ .]*9[ .]*9|1[ .]*1[ .]*[12]|1[ .]*1[ .]*6[ .]*1[ .]*2[ .]*3|1[ .]*0[ .]*1)\b/g
/** Three digits or more with little between them: a reference, the end of a number, a postcode spelled out. */
const DIGITS = /\d(?:[\s.,-]{0,3}\d){2}/
/** A practice or a postcode is read back. */
const READ_BACK = /\/(confirm|pick)$/
/** Shorter values are in every prompt; what was heard is only looked for where it could be nothing else. */
const SHORTEST = { told: 4, heard: 12 }

/**
 * Whether what was said may stay in clear, so that a prompt is kept once for everyone: it is a prompt of the files, reads
 * nothing back, holds no run of digits that is not everyone's, and nothing the person told us. Anything doubtful is sealed.
 */
export function isPrompt(entry: LogEntry, contact: Contact, secrets: readonly string[]): boolean {
  const { said = '', kind } = entry
  if (!FROM_FILES.includes(kind)) return false
  if (READ_BACK.test(contact.conversation?.state.value ?? '')) return false
  if (DIGITS.test(said.replace(KNOWN, ''))) return false
  const plain = flat(said)
  return !secrets.some((secret) => plain.includes(secret))
}

/** Letters and digits alone: "SE6 1ZZ" is also "S E 6, 1 Z Z". */
const flat = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Everything a person told us in this contact, as it would be found in what is said. */
export function secretsOf({ person, conversation }: Contact, log: readonly LogEntry[]): string[] {
  const { address, ringOn, name, practice, postcode, inTheirWords, codeWord } = person
  const told = [address, ringOn, name, practice, postcode, inTheirWords, codeWord]
  const options = conversation?.state.context.options ?? []
  return [
    ...longer([...told, ...options], SHORTEST.told),
    ...longer(
      log.map(({ heard }) => heard),
      SHORTEST.heard
    ),
  ]
}

const longer = (texts: readonly (string | undefined)[], least: number) =>
  texts.flatMap((text) => (text === undefined ? [] : flat(text))).filter((t) => t.length >= least)
