import { existsSync, mkdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Content, reviewsDue } from '../content.ts'
import { DoorError } from '../errors.ts'
import type { Log } from '../observe.ts'
import { type Folders, readContent, readPlaces } from './folders.ts'

/** The content as it stands now. */
export interface Watched {
  content: () => Content
  /** False while a changed place file is refused and the old one is kept. */
  sound: () => boolean
  close: () => void
}

/** Editors write a file in several steps; what is read too soon is half a file. */
const QUIET_MS = 100
const DAY_MS = 86_400_000
const REFUSED = 'A place file is refused: the old one stays'

/**
 * Holds the content and takes places anew when their files change. A bad file never replaces a good one: the log says
 * why. Every place file taken is kept in `archive` under its hash, so that a contact can be read as it was routed.
 */
export function watchContent(folders: Folders, log: Log, archive?: string): Watched {
  let content = readContent(folders)
  keepFiles(content, archive)
  let sound = true
  const refuse = (fault: string) => {
    sound = false
    log.error({ part: 'places', code: 'bad-flow', fault }, REFUSED)
  }
  const reload = () => {
    try {
      const { places, calendar, problems } = readPlaces(folders, content)
      if (problems.length === 0) problems.push(...goneFrom(content, places))
      if (problems.length > 0 || !calendar) return refuse(problems.join('; '))
      sound = true
      content = { ...content, places, calendar }
      keepFiles(content, archive)
      log.info({ part: 'places', count: places.size }, 'Places were taken anew')
    } catch (error) {
      refuse(error instanceof DoorError ? error.message : 'the folder could not be read')
    }
  }
  const shut = remindDaily(() => content, log)
  let soon: NodeJS.Timeout | undefined
  const watcher = watch(folders.places, () => {
    clearTimeout(soon)
    soon = setTimeout(reload, QUIET_MS)
  })
  watcher.on('error', () => refuse('the folder can no longer be watched'))
  return {
    content: () => content,
    sound: () => sound,
    close() {
      shut()
      clearTimeout(soon)
      watcher.close()
    },
  }
}

/** Says now and each day what an operator must look at: nothing closes meanwhile. */
function remindDaily(content: () => Content, log: Log): () => void {
  const remind = () => {
    const due = reviewsDue(content(), new Date().toISOString().slice(0, 10))
    if (due.length > 0)
      log.warn(
        { part: 'places', code: 'review-due', fault: due.join('; ') },
        'The places are due to be looked at'
      )
  }
  remind()
  const daily = setInterval(remind, DAY_MS)
  daily.unref()
  return () => clearInterval(daily)
}

/** Contacts of a place that is gone would have no one to answer them. */
const goneFrom = (content: Content, places: Content['places']) =>
  [...content.places.keys()]
    .filter((place) => !places.has(place))
    .map((place) => `${place} has no file any more; put it back, or start again without it`)

function keepFiles({ places }: Content, archive: string | undefined) {
  if (!archive) return
  mkdirSync(archive, { recursive: true })
  for (const { place, file, text } of places.values()) {
    const kept = join(archive, `${place.place}.${file}.yaml`)
    if (!existsSync(kept)) writeFileSync(kept, text)
  }
}
