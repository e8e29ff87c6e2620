import type { Library } from './flatten.ts'
import { flowKey } from './flatten.ts'
import type { Promised } from './promises.ts'
import { type Failure, faults } from './proof.ts'
import type { Step } from './schema.ts'

/**
 * 13. In a question with `risk: yes`, yes is the dangerous answer and its key is 1; not sure goes the way of yes unless
 * promises.yaml says otherwise, and silence never counts as no. Its words are checked with the words.
 */
export function yesIsTheDangerousAnswer(
  library: Library,
  promises: readonly Promised[]
): Failure[] {
  const found = faults('')
  for (const flow of library.values())
    for (const [name, step] of Object.entries(flow.steps)) {
      const at = `${flow.flow}/${name}`
      for (const words of risky(step, at, promises))
        found.add(
          at,
          [],
          words,
          `mend ${flowKey(flow.flow, flow.version)}.yaml, or say otherwise in promises.yaml`
        )
    }
  return found.list()
}

function risky(step: Step, at: string, promises: readonly Promised[]): string[] {
  if (step.kind !== 'yes-no' || (!step.risk && !step.danger)) return []
  const { yes, no } = step.next
  const unsure = step.next['not-sure']
  const words: string[] = []
  if (!unsure) words.push('not sure leads nowhere of its own: it would count as no')
  if (unsure === no && unsure !== yes && !saysOtherwise(at, promises))
    words.push('not sure goes the way of no')
  if (step.risk && unsure !== yes && unsure !== no && !saysOtherwise(at, promises))
    words.push('not sure goes another way than yes')
  if (step.otherwise === 'no') words.push('silence counts as no')
  if (Object.keys(step.next)[0] !== 'yes')
    words.push('yes is not the first answer, so its key would not be 1')
  return words
}

/** Whether some promise about this question tells apart what follows yes and what follows not sure. */
const saysOtherwise = (at: string, promises: readonly Promised[]) =>
  promises.some(({ question, first, next }) => {
    if (question !== at) return false
    return [first, next].some((said) => said && String(said.yes) !== String(said['not-sure']))
  })
