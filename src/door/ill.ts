import type { DeskWorld } from '../desk/effects.ts'
import type { World } from '../effects.ts'
import { type Faults, faultyCalls } from './faults.ts'

/** The desk's world as the simulator wants it: Twilio and Teams well, slow, silent, refusing or gone. */
export function illDesk({ calling, chatting }: DeskWorld, faults: Faults): DeskWorld {
  return {
    ...(calling && { calling: { ...calling, calls: faultyCalls(calling.calls, faults) } }),
    ...(chatting && {
      chatting: {
        ...met({ card: chatting.card, change: chatting.change, words: chatting.words }, faults),
        link: chatting.link,
      },
    }),
  }
}

function met<Methods extends object>(methods: Methods, faults: Faults): Methods {
  const each = Object.entries(methods).map(([name, work]) => [
    name,
    (...asked: unknown[]) => faults.meet('teams').then(() => work(...asked)),
  ])
  return Object.fromEntries(each) as Methods
}

/** The world outside as the simulator wants it: well, slow, silent, refusing or gone. */
export function ill(world: World, faults: Faults): World {
  const { texts, sendTeams } = world
  const twilio =
    <Asked extends unknown[], Answer>(work: (...asked: Asked) => Promise<Answer>) =>
    (...asked: Asked) =>
      faults.meet('twilio').then(() => work(...asked))
  return {
    ...world,
    texts: {
      send: twilio(texts.send),
      list: twilio(texts.list),
      remove: twilio(texts.remove),
      removeRecording: twilio(texts.removeRecording),
    },
    ...(sendTeams && {
      sendTeams: (reach, text) => faults.meet('teams').then(() => sendTeams(reach, text)),
    }),
  }
}
