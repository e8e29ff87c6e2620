import { element, escapeXml } from './xml.ts'

/** Who comes into which conference, and where the app is told of it. Its name is the contact's id. */
export interface Entering {
  contact: string
  label: string
  lang: string
  /** What they hear until somebody else is there. */
  say?: string
  /** Where their line goes on when their part in it is over; without it the line ends. */
  action?: string
}

/**
 * A line goes into the conference of a contact. Whoever comes first starts it and whoever leaves does not end it, so that
 * a caller is never cut off because somebody else hung up. Before it starts, and while they are held, people hear our own
 * words and no music; one whom all others have left hears nothing, and is to be fetched back with the call's own update.
 * https://www.twilio.com/docs/voice/twiml/conference
 */
export function conference({ contact, label, lang, say, action }: Entering): string {
  const noun = element(
    'Conference',
    {
      participantLabel: label,
      beep: false,
      startConferenceOnEnter: true,
      endConferenceOnExit: false,
      waitUrl: waitPath(lang, say),
      waitMethod: 'POST',
      statusCallback: `/twilio/status/conference?${new URLSearchParams({ h: contact })}`,
      statusCallbackEvent: 'start end join leave mute hold',
      statusCallbackMethod: 'POST',
    },
    escapeXml(contact)
  )
  return element('Dial', { action, ...(action && { method: 'POST' }) }, noun)
}

/** The document somebody hears before a conference starts, or while they are held. */
export const waitPath = (lang: string, say = 'still') =>
  `/twilio/voice/wait?${new URLSearchParams({ lang, ...(say !== 'still' && { say }) })}`
