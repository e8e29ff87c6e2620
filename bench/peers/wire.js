import { BotAdapter } from 'botbuilder'

/** The least adapter there can be: what the bot says is kept until it is taken. */
export class Wire extends BotAdapter {
  said = []
  async sendActivities(_context, activities) {
    for (const { text } of activities) this.said.push(text)
    return activities.map((_, i) => ({ id: String(i) }))
  }
  take() {
    const said = this.said.join(' ')
    this.said = []
    return said
  }
}

let id = 0
export const incoming = (call, text) => ({
  type: 'message',
  id: String(id++),
  channelId: 'bench',
  serviceUrl: 'http://bench.invalid',
  conversation: { id: call },
  from: { id: 'caller' },
  recipient: { id: 'bot' },
  text,
})
