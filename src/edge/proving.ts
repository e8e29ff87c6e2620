import type { Config } from '../config.ts'
import type { Content } from '../content.ts'
import type { ProofAsked } from '../door/prover.ts'
import type { Place } from '../places/shape.ts'

/** As long as a proof may take where it is made, and some seconds to get there. */
const LONGEST_MS = 70_000
const SILENT = 'it could not be checked, because the prover did not answer'

/**
 * Asks a prover whether the flows hold for a place as it would be: null when they do, else what is wrong. A proof takes
 * more memory than an isolate has. Undefined where no prover is set up: then nothing can be proved.
 */
export function proverAt(
  { PROVER_URL: url, PROVER_TOKEN: token }: Pick<Config, 'PROVER_URL' | 'PROVER_TOKEN'>,
  { places }: Pick<Content, 'places'>
) {
  if (!url || !token) return undefined
  return async function prove(place: Place): Promise<string | null> {
    const releases = places.get(place.place)?.releases ?? new Map()
    const asked: ProofAsked = {
      place,
      releases: Object.fromEntries([...releases].map(([key, { hash }]) => [key, hash])),
    }
    const answer = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(LONGEST_MS),
    }).catch(() => undefined)
    const told: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined
    // Only what says that nothing is wrong proves it.
    const { wrong = SILENT } = (told ?? {}) as { wrong?: string | null }
    return wrong === null ? null : String(wrong)
  }
}
