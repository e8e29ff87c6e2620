import { MemoryStorage, TurnContext } from 'botbuilder'
import { Botkit, BotkitConversation } from 'botkit'
import { incoming, Wire } from './wire.js'

/** Botkit: one conversation with a thread for each question, which goes on by gotoThread. State in MemoryStorage, as JSON. */
export async function open(flow) {
  const wire = new Wire()
  const storage = new MemoryStorage()
  const controller = new Botkit({
    adapter: wire,
    storage,
    disable_webserver: true,
    disable_console: true,
  })
  const outcomes = new Map()
  controller.addDialog(conversation(controller, flow, outcomes))
  controller.hears('hello', 'message', (bot) => bot.beginDialog('twelve'))
  await new Promise((resolve) => controller.ready(resolve))

  async function turn(call, text) {
    const context = new TurnContext(wire, incoming(call, text))
    await wire.runMiddleware(context, () => controller.handleTurn(context))
    const outcome = outcomes.get(call)
    outcomes.delete(call)
    return { said: wire.take(), outcome }
  }
  return {
    begin: (call) => turn(call, 'hello'),
    answer: turn,
    bytes: (call) => Buffer.byteLength(storage.memory[keyOf(call)] ?? ''),
    close: () => undefined,
  }
}

/** Botkit names a conversation by where it is held and with whom. */
const keyOf = (call) => `bench/conversations/${call}-caller/`

function conversation(controller, flow, outcomes) {
  const talk = new BotkitConversation('twelve', controller)
  const thread = (name) => (name === flow.start ? 'default' : name)
  for (const [name, { ask, answers }] of Object.entries(flow.questions)) {
    const heard = Object.entries(answers).map(([answer, { to, outcome }]) => ({
      pattern: answer,
      handler: async (_answer, convo) => {
        if (outcome) convo.setVar('outcome', outcome)
        await convo.gotoThread(thread(to))
      },
    }))
    talk.addQuestion(ask, heard, name, thread(name))
  }
  talk.addMessage('Goodbye.', 'end')
  talk.after(async (results, bot) => {
    outcomes.set(bot.getConfig('context').activity.conversation.id, results.outcome)
  })
  return talk
}
