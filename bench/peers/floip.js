import { randomUUID } from 'node:crypto'
import runner from '@floip/flow-runner'
import { memory } from './memory.js'

const { Contact, createContextDataObjectFor, FlowRunner, SupportedMode } = runner

// The runner says on the console at each question that an answer is still to come, and once that a date is oddly written.
console.info = () => undefined
console.warn = () => undefined

/**
 * The FLOIP runner: a block that takes one choice for each question, with an exit for each answer. The whole context is
 * its state; flow and words, the same for everyone, are left out of what is kept and put back, which spares it most.
 */
export async function open(flow) {
  const { document, resources, asks, codes } = published(flow)
  const calls = memory()
  async function run(call, context) {
    const cursor = await new FlowRunner(context).run()
    const { flows: _, resources: __, ...kept } = context
    calls.write(call, kept)
    if (cursor) return { said: asks.get(cursor.prompt.config.prompt) }
    calls.drop(call)
    const outcome = context.interactions.map((one) => codes.get(one.selected_exit_id)).find(Boolean)
    return { said: 'Goodbye.', outcome }
  }
  return {
    async begin(call) {
      const who = Object.assign(new Contact(), { id: call, name: call, created_at: 'now' })
      const args = [who, [], 'staff', 'place', [document], 'en', SupportedMode.TEXT, resources]
      return run(call, await createContextDataObjectFor(...args))
    },
    async answer(call, text) {
      const context = { ...calls.read(call), flows: [document], resources }
      context.contact = Object.assign(new Contact(), context.contact)
      context.cursor.promptConfig.value = text
      return run(call, context)
    },
    bytes: calls.bytes,
    close: () => undefined,
  }
}

/** The flow as a FLOIP document, and what its prompts and exits stand for. */
function published(flow) {
  const ids = new Map(Object.keys(flow.questions).map((name) => [name, randomUUID()]))
  const asks = new Map()
  const codes = new Map()
  const resources = []
  const resource = (value) => {
    const uuid = randomUUID()
    const text = { language_id: 'en', content_type: 'TEXT', modes: [SupportedMode.TEXT], value }
    resources.push({ uuid, values: [text] })
    return uuid
  }
  const exit = ([answer, { to, outcome }]) => {
    const uuid = randomUUID()
    if (outcome) codes.set(uuid, outcome)
    const test = `block.value = "${answer}"`
    return { uuid, label: answer, tag: '', config: {}, test, destination_block: ids.get(to) }
  }
  const blocks = Object.entries(flow.questions).map(([name, { ask, answers }]) => {
    const prompt = resource(ask)
    asks.set(prompt, ask)
    const choices = Object.fromEntries(Object.keys(answers).map((one) => [one, resource(one)]))
    const exits = Object.entries(answers).map(exit)
    const type = 'MobilePrimitives.SelectOneResponse'
    return { uuid: ids.get(name), name, label: name, type, config: { prompt, choices }, exits }
  })
  const document = {
    uuid: randomUUID(),
    name: 'twelve',
    last_modified: '2026-11-22T00:00:00.000Z',
    interaction_timeout: 60,
    supported_modes: [SupportedMode.TEXT],
    languages: [{ id: 'en', name: 'English', abbreviation: 'en' }],
    blocks,
    first_block_id: ids.get(flow.start),
  }
  return { document, resources, asks, codes }
}
