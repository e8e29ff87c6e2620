import type { LegStory, LegsPort } from '../channels/legs.ts'
import { mayJoin } from '../handoff/handoff.ts'
import type { Handoff, HandoffHeard, Leg } from '../handoff/types.ts'
import type { Contact } from '../record/contact.ts'
import type { Views } from '../record/views.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import { sayOf } from '../turn/says.ts'
import { standingOf } from '../turn/standing.ts'
import { told } from '../turn/tell.ts'
import { thinking } from '../turn/think.ts'
import type { Parts } from '../turn.ts'
import { whisper } from '../words/whisper.ts'

/** Staff and teams are told in this language. */
const LANG = 'en'

const legOf = (contact: Contact, label: string): Leg | undefined =>
  liveHandoff(contact)?.context.legs.find((leg) => leg.label === label)

const SAYS = {
  still: 'still-here',
  alone: 'alone',
  parted: 'parted',
  'call-back': 'line-lost-soon',
  'call-back-later': 'line-lost-later',
  joined: 'joined-by-voice',
  soon: 'soon',
} as const

const sayWords = (parts: Parts, lang: string, what: keyof typeof SAYS): string =>
  sayOf({ content: parts.content(), lang }, SAYS[what], 'voice')

/** Only a browser's phone shows the story before it is answered; a number, a colleague's too, may be a voicemail. */
const isSoftphone = ({ context: { by } }: Handoff, { kind, who, number }: Leg): boolean =>
  kind === 'staff' && (by?.staff === who ? by.via === 'softphone' : number === undefined)

/** What somebody hears whom we ring: who we are, and nothing of the matter. A voicemail may be listening. */
function calledStory(parts: Parts, contact: Contact, who: 'caller' | 'other'): LegStory {
  const lang = (who === 'caller' && contact.conversation?.lang) || LANG
  const channel = contact.conversation?.channel ?? contact.channel
  const known = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const t = { ...known, lang }
  const press = sayOf(t, 'called', 'voice', told(t, contact))
  return { lang, words: [], press, softphone: false }
}

/** A caller who was sent into the call twice leaves it for a moment, and has not gone. */
const isOurDoing = (event: HandoffHeard) =>
  event.type === 'LEG' &&
  event.label === 'caller' &&
  event.is === 'left' &&
  event.why === 'participant_updated_via_api'

/** What the lines of a handoff hear and tell: each a turn of its contact. */
export function deskLegs(parts: Parts, views: Pick<Views, 'story'>): LegsPort {
  return {
    async story(id, label): Promise<LegStory | null> {
      const contact = await parts.store.load(id)
      const leg = contact && legOf(contact, label)
      if (!contact?.handoff || !leg || !mayJoin(contact.handoff, label)) return null
      if (leg.kind === 'caller' || leg.kind === 'other')
        return calledStory(parts, contact, leg.kind)
      const softphone = isSoftphone(contact.handoff, leg)
      const story = await views.story(contact.place, id)
      return { lang: LANG, words: story ? whisper(story) : [], softphone }
    },
    async said(id, label, yes, { call, webhook }) {
      const is = yes ? 'ready' : 'failed'
      const why = yes ? {} : { why: 'said no' }
      const handed = await takeHandoff(parts, id, { type: 'LEG', label, is, call, ...why }, webhook)
      if (!handed || !yes) return 'late'
      const now = await parts.store.load(id)
      return now?.handoff && mayJoin(now.handoff, label) ? 'join' : 'late'
    },
    words: (lang, what) => sayWords(parts, lang, what),
    async heard(id, event, webhook) {
      if (isOurDoing(event)) return
      await takeHandoff(parts, id, event, webhook)
    },
    async over(id, webhook) {
      const contact = await parts.store.load(id)
      const live = contact && liveHandoff(contact)
      if (!live) return
      for (const { label, is } of live.context.legs)
        if (is === 'in' || is === 'held')
          await takeHandoff(
            parts,
            id,
            { type: 'LEG', label, is: 'left', why: 'the call is over' },
            `${webhook}:${label}`
          )
    },
  }
}
