import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { misused, optionsIn } from './options.ts'
import { type Colour, png } from './png.ts'
import { manifestOf } from './teams-manifest.ts'
import { zip } from './zip.ts'

const FILE = 'front-door-teams.zip'
const OPTIONS = ['organisation', 'privacy', 'terms', 'name', 'version', 'to'] as const
/** What has no value that we could choose for somebody. */
const NEEDED = ['organisation', 'privacy', 'terms'] as const

/** `teams app`: writes the app that an organisation uploads to its Teams, checked against what Teams refuses. */
export function writeTeamsApp(words: readonly string[]): number {
  const { values } = optionsIn(words, OPTIONS)
  const { MICROSOFT_APP_ID: appId = '', PUBLIC_URL: url = '' } = process.env
  const missing = [
    ...Object.entries({ MICROSOFT_APP_ID: appId, PUBLIC_URL: url })
      .filter(([, given]) => given === '')
      .map(([name]) => `${name} is not set`),
    ...NEEDED.filter((name) => !values[name]).map((name) => `--${name} is missing`),
  ]
  if (missing.length > 0) throw misused([...missing, USE])
  const { organisation = '', privacy = '', terms = '', name = 'Front door', to = 'dist' } = values
  const version = values.version ?? packageVersion()
  const made = manifestOf({ appId, url, name, organisation, privacy, terms, version })
  if ('faults' in made) throw misused(made.faults)
  const manifest = Buffer.from(`${JSON.stringify(made.manifest, null, 2)}\n`)
  const bytes = zip({ 'manifest.json': manifest, 'color.png': color(), 'outline.png': outline() })
  mkdirSync(to, { recursive: true })
  const file = join(to, FILE)
  writeFileSync(file, bytes)
  console.log(`${file}: ${bytes.length} bytes, version ${version}`)
  console.log(NEXT)
  return 0
}

const USE =
  'Write it like: MICROSOFT_APP_ID=… PUBLIC_URL=https://door.example.org npm run teams-app -- --organisation "Example Council" --privacy https://example.org/privacy --terms https://example.org/terms'
const NEXT =
  'Upload it in the Teams admin centre, for the staff of the front door. docs/runbook.md says the rest.'

const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

const NAVY: Colour = [18, 48, 79, 255]
const WHITE: Colour = [255, 255, 255, 255]
const NOTHING: Colour = [255, 255, 255, 0]

/** A white door on navy, 192 × 192, its mark within the middle half. */
export const color = () =>
  png(192, (x, y) => (isDoor((x - 0.25) * 2, (y - 0.25) * 2) ? WHITE : NAVY))
/** The same door in white on nothing, 32 × 32: Teams colours it. */
export const outline = () => png(32, (x, y) => (isDoor(x, y) ? WHITE : NOTHING))

/** Whether a point lies on the frame, the leaf or not on the handle of a door that stands ajar. */
function isDoor(x: number, y: number): boolean {
  const within = (left: number, top: number, right: number, bottom: number) =>
    x >= left && x <= right && y >= top && y <= bottom
  const frame = within(0.14, 0.06, 0.86, 0.94) && !within(0.24, 0.16, 0.76, 0.94)
  const leaf = within(0.32, 0.24, 0.68, 0.94)
  const handle = Math.hypot(x - 0.6, y - 0.6) < 0.05
  return frame || (leaf && !handle)
}
