import { createHash } from 'node:crypto'
import { flatten, flowKey, type Library } from './flows/flatten.ts'
import {
  type Manifest,
  manifestOf,
  type Signature,
  type Sources,
  signatureFor,
} from './flows/release.ts'
import type { Place } from './places/shape.ts'

/** A flow version as a place runs it, and who signed it, if anyone did. */
export interface Offered extends Manifest {
  flow: string
  version: number
  signature?: Signature
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The releases a place runs, by flow and version: of the flows it chose, with its languages and clinical settings. */
export function offeredBy(
  place: Place,
  { library, sources }: { library: Library; sources: Sources },
  signatures: readonly Signature[]
): Map<string, Offered> {
  const offered = new Map<string, Offered>()
  for (const [name, version] of Object.entries(place.flows)) {
    const flow = library.get(flowKey(name, version))
    if (!flow) continue
    const { parts } = flatten(flow, library)
    const manifest = manifestOf(parts, sources, place, sha256)
    const running = { hash: manifest.hash, flow: name, version, place: place.place }
    const signature = signatureFor(signatures, running)
    offered.set(flowKey(name, version), {
      ...manifest,
      flow: name,
      version,
      ...(signature && { signature }),
    })
  }
  return offered
}

/** One release and the places that run it: those with the same languages and clinical settings share one. */
export interface Shared extends Offered {
  places: string[]
}

type Loaded = { place: Place; releases: ReadonlyMap<string, Offered> }

/** Every release of these places, once for each hash; signed only where it is signed for all of its places. */
export function releasesOf(places: Iterable<Loaded>): Shared[] {
  const found = new Map<string, Shared>()
  for (const { place, releases } of places)
    for (const offered of releases.values()) {
      const key = `${offered.hash} ${offered.signature ? 'signed' : 'unsigned'}`
      const known = found.get(key)
      if (known) known.places.push(place.place)
      else found.set(key, { ...offered, places: [place.place] })
    }
  return [...found.values()]
}

/** What these places run that nobody signed: each flow and hash, and the command to sign it once it is reviewed. */
export function unsigned(places: Iterable<Loaded>): string[] {
  const all = [...places]
  const everyone = all.length
  return releasesOf(all)
    .filter(({ signature }) => !signature)
    .map(({ flow, version, hash, places }) => {
      const only = places.length < everyone && places.length === 1 ? ` --place ${places[0]}` : ''
      return `${places.join(', ')}: ${flow} version ${version}, release ${hash}, is not signed. Once it is reviewed: npm run flows -- sign --flow ${flow} --version ${version}${only} --name … --role … --registration …`
    })
}
