import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { SimulatorProblem } from './problem.ts'
import { BEYOND, type Grammar, type Kind } from './twiml-grammar.ts'

/** One element of a TwiML document, already checked against what Twilio allows. */
export interface Verb {
  name: string
  attributes: Readonly<Record<string, string>>
  /** Its words, those of the elements inside it included, with runs of space closed up. */
  text: string
  children: readonly Verb[]
}

type Raw = Record<string, unknown>

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

/** Reads a TwiML document strictly: what Twilio would not understand is a fault here, never skipped. */
export function readTwiml(xml: string, grammar: Grammar): readonly Verb[] {
  const valid = XMLValidator.validate(xml)
  if (valid !== true) throw fault(`is not XML: ${valid.err.msg}`)
  const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)\S*/i.exec(xml)
  if (entity) throw fault(`has "${entity[0]}", which XML does not know`)
  const roots = (parser.parse(xml) as Raw[]).filter((node) => nameOf(node) !== '#text')
  const [root] = roots
  if (!root || roots.length > 1 || nameOf(root) !== 'Response')
    throw fault('must be one <Response>')
  return element(root, grammar).children
}

function element(node: Raw, grammar: Grammar): Verb {
  const name = nameOf(node)
  const rule = grammar[name]
  if (!rule) throw unknown(name)
  const attributes = (node[':@'] ?? {}) as Record<string, string>
  for (const [attribute, value] of Object.entries(attributes))
    check(name, attribute, value, rule.attributes[attribute])
  const children: Verb[] = []
  let text = ''
  for (const inner of node[name] as Raw[]) {
    const words = inner['#text']
    if (typeof words === 'string') {
      if (!rule.text && words.trim() !== '')
        throw fault(`has words straight inside <${name}>: "${words.trim()}"`)
      text += words
      continue
    }
    const child = element(inner, grammar)
    if (!rule.children.includes(child.name)) throw fault(`has <${child.name}> inside <${name}>`)
    children.push(child)
    text += spokenAs(child)
  }
  return {
    name,
    attributes,
    text: name === 'Body' || name === 'Message' ? text : tidy(text),
    children,
  }
}

function spokenAs(child: Verb): string {
  if (child.name === 'sub') return child.attributes.alias ?? child.text
  return child.name === 'break' ? ' ' : child.text
}

function check(name: string, attribute: string, value: string, kind: Kind | undefined): void {
  if (kind === undefined)
    throw fault(`has <${name} ${attribute}="…">, an attribute Twilio does not have here`)
  const fits =
    kind === 'text' ||
    (kind === 'whole' && /^\d+$/.test(value)) ||
    (kind === 'boolean' && /^(true|false)$/.test(value)) ||
    (kind === 'method' && /^(GET|POST)$/i.test(value)) ||
    (typeof kind !== 'string' && kind.includes(value))
  if (!fits) throw fault(`has <${name} ${attribute}="${value}">, which Twilio does not accept`)
}

function unknown(name: string): SimulatorProblem {
  return BEYOND.has(name)
    ? fault(`has <${name}>, which Twilio knows and this simulator does not`)
    : fault(`has <${name}>, which Twilio does not know here`)
}

function fault(what: string): SimulatorProblem {
  return new SimulatorProblem(422, `The TwiML ${what}. Mend the document the app answers with.`)
}

function nameOf(node: Raw): string {
  return Object.keys(node).find((key) => key !== ':@') ?? ''
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
