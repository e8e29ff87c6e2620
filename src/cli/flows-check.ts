import { check, type Report, type Result } from '../flows/check.ts'
import type { Failure } from '../flows/proof.ts'
import { givenFor, readAll } from './given.ts'
import { contentNow, releasesTold } from './signatures.ts'

/** How many failures of one promise are shown in full. */
const SHOWN = 12

/** `flows check`: proves the fourteen promises, and prints what was found and what is signed. */
export function checkFlows(): number {
  if (!proved()) return 1
  for (const line of releasesTold(contentNow())) console.log(line)
  return 0
}

/** Whether everything is proved; prints what was found. */
export function proved(): boolean {
  const report = check(givenFor(readAll()))
  for (const line of summary(report)) console.log(line)
  const red =
    report.disagreements.length > 0 || report.results.some(({ failures }) => failures.length > 0)
  console.log(red ? '\nNot proved.' : '\nProved.')
  return !red
}

function summary({ flows, disagreements, results, milliseconds }: Report): string[] {
  const head = flows.map(
    ({ flow, graph, replayed, milliseconds }) =>
      `${flow}: ${graph.nodes.length} situations, ${graph.edges} transitions of ${graph.turns} turns, ${replayed} replayed in XState, ${seconds(milliseconds)}`
  )
  const odd = disagreements.flatMap(inWords)
  return [...head, ...odd, '', ...results.flatMap(lines), '', `${seconds(milliseconds)} in all`]
}

function lines({ number, promise, failures, notes, milliseconds }: Result): string[] {
  const mark = failures.length === 0 ? '✓' : '✗'
  const told = notes.length > 0 ? ` (${notes.slice(0, 4).join(' · ')})` : ''
  const head = `${mark} ${String(number).padStart(2)}  ${promise}${told}  ${seconds(milliseconds)}`
  const rest = failures.length > SHOWN ? [`      and ${failures.length - SHOWN} more`] : []
  return [head, ...failures.slice(0, SHOWN).flatMap(inWords), ...rest]
}

function inWords({ flow, step, path, words, remedy }: Failure): string[] {
  const where = [flow, step].filter(Boolean).join(', ')
  return [
    `    ${where}: ${words}`,
    ...(path.length > 0 ? [`      the way there: ${path.join(' → ')}`] : []),
    `      to mend it: ${remedy}`,
  ]
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
