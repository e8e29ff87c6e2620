import { ConversationState, MemoryStorage, TurnContext } from 'botbuilder'
import { DialogSet, DialogTurnStatus, TextPrompt, WaterfallDialog } from 'botbuilder-dialogs'
import { incoming, Wire } from './wire.js'

/**
 * Bot Framework dialogs: a waterfall for each question, which prompts and then goes on to the next by replaceDialog, with
 * what is known in its options. Conversation state in MemoryStorage, which keeps it as JSON.
 */
export async function open(flow) {
  const storage = new MemoryStorage()
  const state = new ConversationState(storage)
  const dialogs = new DialogSet(state.createProperty('dialogs')).add(new TextPrompt('text'))
  for (const [name, question] of Object.entries(flow.questions))
    dialogs.add(waterfall(name, question))
  const wire = new Wire()

  async function turn(call, text) {
    let outcome
    const context = new TurnContext(wire, incoming(call, text))
    await wire.runMiddleware(context, async () => {
      const dialog = await dialogs.createContext(context)
      const { status, result } = await dialog.continueDialog()
      if (status === DialogTurnStatus.empty) await dialog.beginDialog(flow.start)
      if (status === DialogTurnStatus.complete) outcome = result
      await state.saveChanges(context)
    })
    return { said: wire.take(), outcome }
  }
  return {
    begin: (call) => turn(call, 'hello'),
    answer: turn,
    bytes: (call) => Buffer.byteLength(storage.memory[`bench/conversations/${call}/`] ?? ''),
    close: () => undefined,
  }
}

const waterfall = (name, { ask, answers }) =>
  new WaterfallDialog(name, [
    (step) => step.prompt('text', ask),
    async (step) => {
      const known = { ...step.options, [name]: step.result }
      const { to, outcome } = answers[step.result]
      if (outcome) known.outcome = outcome
      if (to !== 'end') return step.replaceDialog(to, known)
      await step.context.sendActivity('Goodbye.')
      return step.endDialog(known.outcome)
    },
  ])
