import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A regular expression as it is written in a file. */
export interface Found {
  file: string
  line: number
  source: string
  flags: string
  /** It looks for every match: by its flags, or because a text is split at it. */
  everywhere: boolean
}

/** Every regular expression written in a folder of TypeScript, and where one is made of other texts. */
export function regexesIn(folder: string): { found: Found[]; made: string[] } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
  const texts = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
  return {
    found: texts.flatMap(({ file, text }) => literals(file, text)),
    made: texts.flatMap(({ file, text }) =>
      [...text.matchAll(/\bRegExp\(/g)].map(({ index }) => `${file}:${lineAt(text, index)}`)
    ),
  }
}

const lineAt = (text: string, at: number) => text.slice(0, at).split('\n').length

function literals(file: string, text: string): Found[] {
  const found: Found[] = []
  code(text, 0, (at, source, flags) => {
    const split = /\bsplit\(\s*$/.test(text.slice(0, at))
    const everywhere = /[gy]/.test(flags) || split
    found.push({ file, line: lineAt(text, at), source, flags, everywhere })
  })
  return found
}

type Saw = (at: number, source: string, flags: string) => void

/** Walks code from a place to its end, or past the brace that closes a template's expression. */
function code(text: string, from: number, saw: Saw, inTemplate = false): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    const sign = text[at]
    if (text.startsWith('//', at)) at = endOf(text, at, '\n')
    else if (text.startsWith('/*', at)) at = endOf(text, at, '*/')
    else if (sign === "'" || sign === '"') at = quoted(text, at + 1, sign)
    else if (sign === '`') at = template(text, at + 1, saw)
    else if (sign === '/' && begins(text, at)) at = literal(text, at, saw)
    else if (sign === '}' && inTemplate && depth === 0) return at + 1
    else {
      depth += sign === '{' ? 1 : sign === '}' ? -1 : 0
      at += 1
    }
  }
  return text.length
}

function endOf(text: string, at: number, mark: string) {
  const end = text.indexOf(mark, at)
  return end < 0 ? text.length : end + mark.length
}

function quoted(text: string, from: number, sign: string): number {
  let at = from
  while (at < text.length && text[at] !== sign) at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function template(text: string, from: number, saw: Saw): number {
  let at = from
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) at = code(text, at + 2, saw, true)
    else at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

/** A stroke after a value divides; anywhere else it begins an expression. */
function begins(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd()
  return /(^|[=([{,;:!&|?+<>*%~^-]|\b(return|typeof|case|of|in))$/.test(before)
}

function literal(text: string, from: number, saw: Saw): number {
  let at = from + 1
  for (let inClass = false; at < text.length && (text[at] !== '/' || inClass); at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
  }
  const [flags = ''] = /^[a-z]*/.exec(text.slice(at + 1, at + 10)) ?? []
  saw(from, text.slice(from + 1, at), flags)
  return at + 1 + flags.length
}
