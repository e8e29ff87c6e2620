import { diagram } from './diagram.ts'
import { flowKey, type Library } from './flatten.ts'
import { OUTCOMES } from './outcomes.ts'
import { grouped, lostOf, type Section, sectionsOf } from './paths.ts'
import type { Promised } from './promises.ts'
import { rules } from './rules.ts'
import type { Flow, Step } from './schema.ts'

/** What a step says, each wording once: "by phone, to the person themselves" and its words. */
export interface Wording {
  how: string
  words: string
}

/** What a pack is made from. */
export interface Packing {
  library: Library
  promises: readonly Promised[]
  /** Every wording of a step, by `flow.vN/step`. */
  words: (key: string) => readonly Wording[]
  /** Whether a flow's release is signed, in a sentence. */
  signed: (flow: Flow) => string
}

/**
 * The review pack of one flow: the picture and tables a clinical safety officer reads and signs. Every arrow stands in
 * it, so that a moved one changes the text.
 */
export function pack(flow: Flow, packing: Packing): string {
  const key = flowKey(flow.flow, flow.version)
  return `${[
    `# ${flow.flow}, version ${flow.version}`,
    `**Draft, not clinically reviewed.** ${packing.signed(flow)}`,
    `Written by \`npm run flows -- pack\` from \`flows/${key}.yaml\` and its words; do not edit.`,
    `Hazards this flow controls: ${flow.hazards.join(', ') || 'none'} ([hazard log](../hazard-log.md)).`,
    '## How it joins the others',
    ...joins(flow, packing.library),
    '## Picture',
    `\`\`\`mermaid\n${diagram(flow)}\n\`\`\``,
    '## Steps',
    ...Object.entries(flow.steps).map(([name, step]) => stepPack(flow, name, step, packing)),
    '## Every path',
    ...sectionsOf(flow).map(pathTable),
    '## What must stay true',
    promiseTable(flow, packing.promises),
  ].join('\n\n')}\n`
}

function joins(flow: Flow, library: Library): string[] {
  const key = flowKey(flow.flow, flow.version)
  const runsIt = [...library.values()].flatMap((other) =>
    Object.entries(other.steps)
      .filter(([, step]) => step.kind === 'run' && flowKey(step.flow, step.version) === key)
      .map(
        ([name, step]) =>
          `- ${flowKey(other.flow, other.version)} runs it at \`${name}\`; it goes on to \`${step.kind === 'run' ? step.then : ''}\`${'gone' in step && step.gone ? `, and who rings off within it is recorded at \`${step.gone}\`` : ''}`
      )
  )
  const exits =
    flow.exits === undefined
      ? []
      : [
          `- Every step of it has the exits of exits.v${flow.exits}: danger, a person, silence, a hang-up.`,
        ]
  return [
    [...runsIt, ...exits].join('\n') || '- The compiler joins it to every step of every flow.',
  ]
}

function stepPack(flow: Flow, name: string, step: Step, packing: Packing): string {
  const key = `${flowKey(flow.flow, flow.version)}/${name}`
  const said = packing.words(key).map(({ how, words }) => `- ${how}: ${quoted(words)}`)
  const arrows = grouped(step).map(({ by, to }) => `- ${arrowWords(step, by)} → \`${to}\``)
  const lost = lostOf(step)
  const falls = lost ? [`- silent or unclear twice: ${lost.silence} · rings off: ${lost.gone}`] : []
  return [
    `### ${name}`,
    what(step),
    ...(said.length > 0 ? [said.join('\n')] : []),
    [...arrows, ...falls].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const quoted = (words: string) => `“${words.replaceAll('\n', ' / ')}”`

function arrowWords(step: Step, by: string): string {
  if (step.kind === 'person') return 'nobody comes'
  return by || 'then'
}

/** What a step is, in a line: its kind, its flags, and what it records or asks for. */
function what(step: Step): string {
  switch (step.kind) {
    case 'outcome':
      return step.codes.map((code) => outcomeWords(code, step.within)).join('  \n')
    case 'person':
      return `Rings ${step.to ? `the service \`${step.to}\`` : "the place's cover for the hour"}, ${step.priority}, for up to ${step.wait}.`
    case 'rule':
      return `Rule \`${step.rule}\`, which reads ${rules[step.rule].reads.join(', ')}.`
    case 'run':
      return `Runs ${flowKey(step.flow, step.version)}.`
    case 'end':
      return 'Ends the conversation.'
    default:
      return `${step.kind}${notes(step)}.`
  }
}

function outcomeWords(code: string, within: string | undefined): string {
  const { meaning, level, owner, ringBack, standard } = OUTCOMES[code as keyof typeof OUTCOMES]
  return `Records **${code}**: ${meaning} (${level}). Owner: ${owner}. Rings back: ${within ?? ringBack}. Standard: ${standard}.`
}

function notes(step: Step): string {
  const flags = step as {
    danger?: string
    risk?: string
    clears?: string
    once?: string
    keeps?: string
    with?: string
  }
  const found = [
    flags.danger && 'danger: asked before all else, never skipped',
    flags.risk && 'risk: yes is the dangerous answer',
    flags.clears && 'a no clears danger',
    flags.once && 'asked once only',
    flags.keeps && `kept as \`${flags.keeps}\``,
    flags.with && `counts with \`${flags.with}\``,
  ].filter(Boolean)
  return found.length > 0 ? ` (${found.join('; ')})` : ''
}

function pathTable({ start, paths }: Section): string {
  const rows = paths.map(
    ({ answers, result }) => `| ${answers.join(' · ') || '(nothing asked)'} | ${result} |`
  )
  return [
    `From \`${start}\`: ${paths.length} ${paths.length === 1 ? 'path' : 'paths'}`,
    '',
    '| answers | what becomes of it |',
    '|---|---|',
    ...rows,
  ].join('\n')
}

/** The lines of promises.yaml about this flow's steps. */
function promiseTable(flow: Flow, promises: readonly Promised[]): string {
  const own = promises.filter(({ question }) => question.startsWith(`${flow.flow}/`))
  if (own.length === 0) return 'Nothing is promised of this flow alone.'
  const rows = own.map(
    (promise) => `| ${promise.hazard} | ${promise.question.split('/')[1]} | ${promised(promise)} |`
  )
  return ['| hazard | step | promise |', '|---|---|---|', ...rows].join('\n')
}

function promised({ flags, first, within, keeps, next, ...rest }: Promised): string {
  const after = (what: string, of: Record<string, unknown> | undefined) =>
    Object.entries(of ?? {}).map(
      ([answer, value]) =>
        `${answer}: ${what} ${Array.isArray(value) ? value.join(', ') || 'nothing more' : String(value)}`
    )
  const before = rest['asked-before'] ? [`asked before ${rest['asked-before'].join(', ')}`] : []
  return [
    ...(flags ? [`marked ${flags.join(', ')}`] : []),
    ...after('first recorded', first),
    ...after('promised', within),
    ...after('kept', keeps),
    ...after('next', next),
    ...before,
  ].join('; ')
}
