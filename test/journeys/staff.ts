import type { OpenedDoor } from './door.ts'

interface Card {
  card: string
  title: string
  text: string
  actions: { action: string; title: string }[]
}
interface Chat {
  messages: { from: string; text: string; cards: Card[] }[]
}

/** A member of staff in Teams, as they see and do things there. */
export function staff(door: OpenedDoor, who: string) {
  const chat = () => door.simulator<Chat>(`teams/${who}`)
  const cards = async () => (await chat()).messages.flatMap((message) => message.cards)
  const self = {
    /** The titles of all their cards, oldest first. */
    titles: async () => (await cards()).map(({ title }) => title),
    /** Words written to them, oldest first. */
    words: async () =>
      (await chat()).messages
        .filter(({ from, text }) => from === 'door' && text)
        .map(({ text }) => text),
    card: async (title: RegExp) => (await cards()).findLast((card) => title.test(card.title)),
    say: (say: string) => door.simulator(`teams/${who}`, { say }),
    /** Presses a button of their newest card of this title. */
    async click(title: RegExp, action: string, data: Record<string, unknown> = {}) {
      const card = await self.card(title)
      if (!card) throw new Error(`${who} has no card like ${title}: ${await self.titles()}`)
      return door.simulator(`teams/${who}`, { click: { card: card.card, action, data } })
    },
    async start() {
      await self.say('hello')
      await self.click(/./, 'shift-start')
    },
  }
  return self
}

interface Phone {
  ringing: { call: string }[]
  speaking: { call: string }[]
}

/** Somebody's own phone: answers, and presses keys. */
export function handset(door: OpenedDoor, number: string) {
  const path = `phones/${encodeURIComponent(number)}`
  return {
    rings: async () => (await door.simulator<Phone>(path)).ringing.length > 0,
    async answer(keys = '1') {
      const { speaking } = await door.simulator<Phone>(path, { answer: true })
      const call = speaking[0]?.call ?? ''
      await door.go(call, [keys])
      return call
    },
    decline: () => door.simulator(path, { decline: true }),
  }
}

/** What the log of a contact says happened, in its order. */
export const kinds = (timeline: readonly { kind: string }[]) => timeline.map(({ kind }) => kind)
