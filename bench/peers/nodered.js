import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import RED from 'node-red'

/**
 * Node-RED: messages go through its own nodes without HTTP. A switch on the question a call stands at, a switch on the
 * answer, a change node for each arrow; what is known of a call is kept in the flow's context, in memory, as text.
 */
export async function open(flow) {
  const userDir = mkdtempSync(join(tmpdir(), 'front-door-node-red-'))
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(nodesOf(flow)))
  const waiting = new Map()
  const settings = {
    ...{ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false },
    ...{
      credentialSecret: false,
      telemetry: { enabled: false },
      logging: { console: { level: 'fatal' } },
    },
    functionGlobalContext: {
      say: ({ call, said, outcome }) => {
        const resolve = waiting.get(call)
        waiting.delete(call)
        resolve({ said, outcome })
      },
    },
  }
  RED.init(createServer(), settings)
  const started = new Promise((resolve) => RED.events.once('flows:started', resolve))
  await RED.start()
  await started
  const into = RED.nodes.getNode('in')
  const context = RED.nodes.getNode('keep').context().flow
  const send = (message) =>
    new Promise((resolve) => {
      waiting.set(message.call, resolve)
      into.receive(message)
    })
  return {
    begin: (call) => send({ call, begins: true }),
    answer: (call, payload) => send({ call, payload }),
    bytes: (call) => Buffer.byteLength(context.get(`calls.${call}`) ?? ''),
    async close() {
      await RED.stop()
      rmSync(userDir, { recursive: true, force: true })
    },
  }
}

const LOAD = `
if (msg.begins) return [null, { ...msg, state: {} }];
msg.state = JSON.parse(flow.get('calls.' + msg.call));
return [msg, null];`

const KEEP = `
const key = 'calls.' + msg.call;
if (msg.to === 'end') {
  flow.set(key, undefined);
  msg.outcome = msg.state.outcome;
} else {
  msg.state.at = msg.to;
  flow.set(key, JSON.stringify(msg.state));
}
return msg;`

/** The flow as Node-RED's editor would save it. */
function nodesOf(flow) {
  const names = Object.keys(flow.questions)
  const node = (id, type, wires, more) => ({
    id,
    type,
    z: 'tab',
    name: id,
    x: 0,
    y: 0,
    wires,
    ...more,
  })
  const code = (id, func, outputs, wires) =>
    node(id, 'function', wires, { func, outputs, libs: [] })
  const equals = (values) => values.map((v) => ({ t: 'eq', v, vt: 'str' }))
  const choose = (id, property, values, wires) =>
    node(id, 'switch', wires, {
      ...{ property, propertyType: 'msg', rules: equals(values), outputs: values.length },
      ...{ checkall: 'false', repair: false },
    })
  const set = (p, to, tot = 'str') => ({ t: 'set', p, pt: 'msg', to, tot })
  const change = (id, rules) => node(id, 'change', [['keep']], { rules })
  const goes = (to) => [set('to', to), set('said', flow.questions[to]?.ask ?? 'Goodbye.')]
  const arrows = names.flatMap((name) =>
    Object.entries(flow.questions[name].answers).map(([answer, { to, outcome }]) =>
      change(`${name}-${answer}`, [
        ...goes(to),
        set(`state.${name}`, 'payload', 'msg'),
        ...(outcome ? [set('state.outcome', outcome)] : []),
      ])
    )
  )
  const answers = names.map((name) => {
    const given = Object.keys(flow.questions[name].answers)
    return choose(
      name,
      'payload',
      given,
      given.map((answer) => [`${name}-${answer}`])
    )
  })
  return [
    { id: 'tab', type: 'tab', label: 'twelve' },
    node('in', 'junction', [['load']]),
    code('load', LOAD, 2, [['at'], ['greet']]),
    change('greet', goes(flow.start)),
    choose(
      'at',
      'state.at',
      names,
      names.map((name) => [name])
    ),
    ...answers,
    ...arrows,
    code('keep', KEEP, 1, [['say']]),
    code('say', "global.get('say')(msg);", 0, []),
  ]
}
