import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, inflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { color, outline } from '../../src/cli/teams-app.ts'
import { manifestOf } from '../../src/cli/teams-manifest.ts'
import { zip } from '../../src/cli/zip.ts'
import { run } from './run.ts'

const given = {
  appId: '5f8b1c9e-0000-4000-8000-000000000001',
  url: 'https://door.example.org',
  name: 'Front door',
  organisation: 'Example Council',
  privacy: 'https://example.org/privacy',
  terms: 'https://example.org/terms',
  version: '0.1.0',
}

/** The files of a zip, by its list at the end, each held against its checksum. */
function unzip(bytes: Buffer): Record<string, Buffer> {
  const end = bytes.length - 22
  expect(bytes.toString('latin1', end, end + 4)).toBe('PK\x05\x06')
  const files: Record<string, Buffer> = {}
  let at = bytes.readUInt32LE(end + 16)
  expect(bytes.readUInt32LE(end + 12)).toBe(end - at)
  for (let n = 0; n < bytes.readUInt16LE(end + 10); n++) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('PK\x01\x02')
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28))
    const local = bytes.readUInt32LE(at + 42)
    expect(bytes.toString('latin1', local, local + 4)).toBe('PK\x03\x04')
    expect(bytes.toString('utf8', local + 30, local + 30 + name.length)).toBe(name)
    const from = local + 30 + bytes.readUInt16LE(local + 26)
    const data = bytes.subarray(from, from + bytes.readUInt32LE(local + 18))
    expect(crc32(data)).toBe(bytes.readUInt32LE(at + 16))
    files[name] = data
    at += 46 + name.length
  }
  return files
}

/** The pixels of one of our pictures: width, height, and red, green, blue and alpha of each. */
function pixels(bytes: Buffer) {
  expect(bytes.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n')
  const parts: Record<string, Buffer> = {}
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    expect(crc32(bytes.subarray(at + 4, at + 8 + length))).toBe(bytes.readUInt32BE(at + 8 + length))
    parts[name] = bytes.subarray(at + 8, at + 8 + length)
    at += length + 12
  }
  const [width, height] = [parts.IHDR?.readUInt32BE(0) ?? 0, parts.IHDR?.readUInt32BE(4) ?? 0]
  const rows = inflateSync(parts.IDAT ?? Buffer.alloc(0))
  const all = Array.from({ length: width * height }, (_, i) => {
    const from = Math.floor(i / width) * (1 + width * 4) + 1 + (i % width) * 4
    return [...rows.subarray(from, from + 4)]
  })
  return { width, height, all }
}

describe('npm run teams-app', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'front-door-teams-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const env = { MICROSOFT_APP_ID: given.appId, PUBLIC_URL: given.url }
  const options = () => [
    ...['--organisation', given.organisation, '--privacy', given.privacy],
    ...['--terms', given.terms, '--to', folder],
  ]

  it('writes a package with the manifest and both icons at its root', async () => {
    const { code: status, out: stdout } = await run(['teams', 'app', ...options()], { env })
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining('Upload it in the Teams admin centre'),
    ])
    const files = unzip(readFileSync(join(folder, 'front-door-teams.zip')))
    expect(Object.keys(files)).toEqual(['manifest.json', 'color.png', 'outline.png'])
    const manifest = JSON.parse(String(files['manifest.json']))
    expect(manifest).toMatchObject({
      manifestVersion: '1.19',
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      id: given.appId,
      bots: [{ botId: given.appId, scopes: ['personal', 'team', 'groupChat'] }],
      validDomains: ['door.example.org'],
      webApplicationInfo: { id: given.appId },
      authorization: {
        permissions: {
          resourceSpecific: [{ name: 'ChannelMessage.Read.Group', type: 'Application' }],
        },
      },
    })
    expect(pixels(files[manifest.icons.color] as Buffer).width).toBe(192)
    expect(pixels(files[manifest.icons.outline] as Buffer).width).toBe(32)
  })
  it('says everything that is missing at once, and writes nothing', async () => {
    const { code: status, err: stderr } = await run(['teams', 'app', '--to', folder], {
      env: { MICROSOFT_APP_ID: '', PUBLIC_URL: '' },
    })
    expect(status).toBe(1)
    for (const words of [
      'MICROSOFT_APP_ID is not set',
      'PUBLIC_URL is not set',
      '--organisation is missing',
      '--privacy is missing',
      '--terms is missing',
      'npm run teams-app -- ',
    ])
      expect(stderr).toContain(words)
    expect(() => readFileSync(join(folder, 'front-door-teams.zip'))).toThrow()
  })
  it('refuses what Teams would refuse, by the name the operator knows', async () => {
    const { code: status, err: stderr } = await run(['teams', 'app', ...options()], {
      env: { MICROSOFT_APP_ID: 'my-bot', PUBLIC_URL: 'http://127.0.0.1:8787' },
    })
    expect(status).toBe(1)
    expect(stderr).toContain('MICROSOFT_APP_ID must be a GUID')
    expect(stderr).toContain('PUBLIC_URL must begin with https://')
  })
})

it.each<[string, Partial<typeof given>, string]>([
  ['an app id that is none', { appId: '123' }, 'MICROSOFT_APP_ID must be a GUID'],
  ['an address without https', { url: 'http://door.example.org' }, 'PUBLIC_URL must begin with'],
  ['an address of this machine', { url: 'https://localhost' }, 'PUBLIC_URL leads to this machine'],
  ['no address', { url: 'door' }, 'PUBLIC_URL is no whole address'],
  ['a privacy page over http', { privacy: 'http://example.org' }, '--privacy must begin with'],
  ['terms that are no address', { terms: 'see our site' }, '--terms is no whole address'],
  ['a name of 31 letters', { name: 'x'.repeat(31) }, '--name is longer than 30'],
  ['no name', { name: ' ' }, '--name is missing'],
  ['an organisation of 33 letters', { organisation: 'x'.repeat(33) }, '--organisation is longer'],
  ['a version of two numbers', { version: '1.2' }, '--version must be like 1.2.3'],
  ['a version with a nought before it', { version: '1.02.3' }, '--version must be like 1.2.3'],
  ['a version with a label', { version: '1.2.3-beta' }, '--version must be like 1.2.3'],
])('refuses %s', (_name, more, words) => {
  const made = manifestOf({ ...given, ...more })
  expect('faults' in made && made.faults.join('; ')).toContain(words)
})

it('takes what is right, up to the limits', () => {
  const made = manifestOf({ ...given, name: 'x'.repeat(30), organisation: 'x'.repeat(32) })
  expect('manifest' in made && made.manifest.name.full.length).toBeLessThanOrEqual(100)
})

describe('the icons', () => {
  it('the large one is solid, with its mark in the middle', () => {
    const { width, height, all } = pixels(color())
    expect([width, height]).toEqual([192, 192])
    expect(all.every(([, , , solid]) => solid === 255)).toBe(true)
    expect(all[0]).toEqual([18, 48, 79, 255])
    const marked = all.flatMap(([red = 0], i) =>
      red > 128 ? [[i % 192, Math.floor(i / 192)]] : []
    )
    expect(marked.length).toBeGreaterThan(2000)
    for (const [x = 0, y = 0] of marked)
      expect(Math.max(Math.abs(x - 96), Math.abs(y - 96))).toBeLessThan(50)
  })
  it('the small one is white, and nothing else, on nothing', () => {
    const { width, height, all } = pixels(outline())
    expect([width, height]).toEqual([32, 32])
    expect(all.every(([r, g, b]) => r === 255 && g === 255 && b === 255)).toBe(true)
    expect(new Set(all.map(([, , , solid]) => solid === 0))).toEqual(new Set([true, false]))
  })
})

it('zips the same files to the same bytes', () => {
  const files = { 'a.txt': Buffer.from('a'), 'é.txt': Buffer.alloc(0) }
  expect(zip(files)).toEqual(zip(files))
})
