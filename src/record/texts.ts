/** One text that Twilio took for us, and the last that is known of it. */
export interface SentText {
  /** The outbox row it was sent for. */
  id: string
  /** Twilio's id of it. */
  sid: string
  at: string
  status: string
  /** Twilio's code for why it did not arrive. */
  code?: string
}

/**
 * What Twilio may say of a text, in the order of how much it tells. Its words come in any order, and the higher one
 * stands. A loss stands above a delivery: where both are told, a person looks.
 * https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
const RANK = [
  ...['scheduled', 'accepted', 'queued', 'sending', 'sent', 'delivered', 'read'],
  ...['partially_delivered', 'canceled', 'undelivered', 'failed'],
]
const rank = (status: string) => RANK.indexOf(status)

/** Whether the words never arrived, or not all of them. */
export const isLost = (status: string) => rank(status) > rank('read')

/** Whether the person has it. */
export const hasArrived = (status: string) => status === 'delivered' || status === 'read'

/** Whether it still waits to be sent. Not every network says more than that it was; then `sent` is the last word. */
export const waits = (status: string) => rank(status) >= 0 && rank(status) < rank('sent')

/** The texts of a contact once one more thing is known of one of them: the same in whatever order it was told. */
export function withText(texts: readonly SentText[], told: SentText): SentText[] {
  const known = texts.find(({ sid }) => sid === told.sid)
  if (!known) return [...texts, told]
  if (rank(told.status) <= rank(known.status)) return [...texts]
  return texts.map((text) =>
    text === known ? { ...known, status: told.status, ...(told.code && { code: told.code }) } : text
  )
}

/** What Twilio's codes say, for the person who will see to it. https://www.twilio.com/docs/api/errors */
const MEANINGS: Readonly<Record<string, string>> = {
  21211: 'This is no number that can be texted. Ring, or ask for another',
  21408: 'Our account may not text this country. Ring',
  21610: 'They texted STOP: we may not text them until they text START. Ring',
  21611: 'Too many texts were waiting at Twilio. Ring, or text later',
  21612: 'Twilio cannot text this number from ours. Ring',
  21614: 'This is not a mobile number. Ring',
  30001: 'Too many texts were waiting at Twilio. Ring, or text later',
  30002: 'Our account at Twilio is suspended. Tell whoever runs the service',
  30003: 'Their phone is off, or out of reach. Ring, or text later',
  30004: 'Their phone or network blocks texts from us. Ring',
  30005: 'The number is not known, or no longer in use. Look for another',
  30006: 'This is a landline, or cannot be texted. Ring',
  30007: 'The network took it for spam. Ring, and tell whoever runs the service',
  30008: 'It did not arrive, and nobody knows why. Ring',
}

/** What a code means, for staff; nothing for one we have no words for. */
export const meaningOf = (code: string | undefined): string | undefined =>
  code === undefined ? undefined : MEANINGS[code]
