import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSpill } from '../../src/door/spill.ts'
import { type Files, openSpillFiles } from '../../src/door/spill-files.ts'
import type { SpillLines } from '../../src/jobs/spill.ts'
import { type Keyring, newKeyring } from '../../src/security/keyring.ts'
import type { Parts } from '../../src/turn.ts'
import { type OpenedApp, openApp, storeDown } from './opened.ts'

/** A folder for spill files, thrown away afterwards. */
export function spillFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-spill-'))
  return {
    folder,
    names: () => readdirSync(folder).sort(),
    text: () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join(''),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** An app whose turns are kept in spill files while its store is down. `up` ends the outage, replays and waits. */
export async function openSpilling(
  folder: string,
  given: {
    files?: Files
    most?: number
    app?: OpenedApp
    keyring?: Keyring
    lines?: SpillLines
  } = {}
) {
  const app = given.app ?? openApp()
  const keyring = given.keyring ?? newKeyring()
  const lines = given.lines ?? (await openSpillFiles(folder, given.files, given.most))
  const door = openSpill(keyring, lines)
  const spill = door.begin(app.parts, app.replaySpilled)
  // What it looks for at its start must not come between what a test does.
  if (!given.lines)
    await spill.drain()
    // The parts are looked at with each turn.
  ;(app.parts as Parts).spill = door
  return {
    ...app,
    spill,
    keyring,
    down(methods?: readonly string[]) {
      app.faults.ill = (method) =>
        method !== 'close' && (methods?.includes(method) ?? true) ? storeDown() : undefined
    },
    async up() {
      app.faults.ill = undefined
      await spill.drain()
    },
    codes: () => app.log.map((line) => JSON.parse(line).code as string | undefined),
    async shut() {
      await spill.stop()
      await app.close()
    },
  }
}
export type Spilling = Awaited<ReturnType<typeof openSpilling>>
