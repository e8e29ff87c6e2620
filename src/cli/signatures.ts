import type { Content } from '../content.ts'
import { readContent } from '../door/folders.ts'
import { releasesOf, type Shared } from '../signing.ts'
import { folders } from './files.ts'

/** The content as the door would read it. */
export const contentNow = (): Content => readContent(folders)

/** How each release stands: signed by whom, or not at all. */
export const releasesTold = ({ places }: Content): string[] =>
  releasesOf(places.values()).map(
    (release) => `${nameOf(release)} (${release.places.join(', ')}): ${stateOf(release)}`
  )

export const nameOf = ({ flow, version, hash }: Shared) =>
  `${flow} version ${version}, release ${hash}`

const stateOf = ({ signature }: Shared) =>
  signature
    ? `signed by ${signature.name}, ${signature.role}, ${signature.date}`
    : 'draft, not clinically reviewed; live refuses it'
