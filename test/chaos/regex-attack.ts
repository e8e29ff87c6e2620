/** A regular expression taken apart, as far as an attack needs: what it may eat, and what it eats again and again. */
type Node =
  | { kind: 'one'; of: readonly string[] }
  | { kind: 'row'; items: readonly Node[] }
  | { kind: 'either'; ways: readonly Node[] }
  | { kind: 'loop'; of: Node; least: number; most: number }

const NOTHING: Node = { kind: 'row', items: [] }

/** One or more signs of each class that an expression can name. */
const CLASSES: Record<string, readonly string[]> = {
  d: ['1'],
  D: ['x'],
  w: ['a', '_'],
  W: ['-'],
  s: [' ', '\n', '\t'],
  S: ['x'],
  p: ['é', '٣', 'a', '1'],
  P: ['-', ' '],
  b: [],
  B: [],
  n: ['\n'],
  r: ['\r'],
  t: ['\t'],
  f: ['\f'],
  v: ['\v'],
}

/** Takes the source of an expression apart. */
function parse(source: string): Node {
  let at = 0
  function either(): Node {
    const ways = [row()]
    while (source[at] === '|') {
      at += 1
      ways.push(row())
    }
    return ways.length === 1 ? (ways[0] ?? NOTHING) : { kind: 'either', ways }
  }
  function row(): Node {
    const items: Node[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')')
      items.push(counted(one()))
    return { kind: 'row', items }
  }
  function counted(of: Node): Node {
    const [whole, least, comma, most] =
      /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(source.slice(at)) ?? []
    if (whole === undefined) return of
    at += whole.length
    if (whole.startsWith('?')) return { kind: 'loop', of, least: 0, most: 1 }
    if (/^[*+]/.test(whole))
      return {
        kind: 'loop',
        of,
        least: whole.startsWith('+') ? 1 : 0,
        most: Number.POSITIVE_INFINITY,
      }
    const upTo = comma ? (most ? Number(most) : Number.POSITIVE_INFINITY) : Number(least)
    return { kind: 'loop', of, least: Number(least), most: upTo }
  }
  function one(): Node {
    const sign = source[at++] ?? ''
    if (sign === '(') return group()
    if (sign === '[') return { kind: 'one', of: bracket() }
    if (sign === '^' || sign === '$') return NOTHING
    if (sign === '.') return { kind: 'one', of: ['x', ' '] }
    const of = sign === '\\' ? escaped() : [sign]
    return of.length === 0 ? NOTHING : { kind: 'one', of }
  }
  function group(): Node {
    const [mark = ''] = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(source.slice(at)) ?? []
    at += mark.length
    const inner = either()
    at += 1
    // What is looked at is not eaten; what must not be there least of all. Its own loops are found all the same.
    return mark.endsWith('!') ? { kind: 'loop', of: inner, least: 0, most: 1 } : inner
  }
  function escaped(): readonly string[] {
    const sign = source[at++] ?? ''
    const [code, hex] = /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))/.exec(source.slice(at)) ?? []
    if (sign === 'u' && code !== undefined) {
      at += code.length
      return [String.fromCodePoint(Number.parseInt(hex ?? code, 16))]
    }
    if (/[pP]/.test(sign)) at += (/^\{[^}]*\}/.exec(source.slice(at)) ?? [''])[0].length
    return CLASSES[sign] ?? [sign]
  }
  function bracket(): string[] {
    const none = source[at] === '^'
    const signs: string[] = []
    for (at += none ? 1 : 0; at < source.length && source[at] !== ']'; ) {
      const sign = source[at++] ?? ''
      signs.push(...(sign === '\\' ? escaped() : [sign]))
    }
    at += 1
    const others = ['a', '1', ' ', 'é', '~', '\n'].filter((sign) => !signs.includes(sign))
    return none ? others : signs
  }
  return either()
}

/** The shortest text a part eats. */
function sample(node: Node): string {
  switch (node.kind) {
    case 'one':
      return node.of[0] ?? ''
    case 'row':
      return node.items.map(sample).join('')
    case 'either':
      return sample(node.ways[0] ?? NOTHING)
    case 'loop':
      return sample(node.of).repeat(Math.min(node.least, 64))
  }
}

/** Texts one round of a loop may eat. */
function rounds(node: Node): string[] {
  switch (node.kind) {
    case 'one':
      return [...node.of]
    case 'row': {
      const whole = sample(node)
      return [...(whole ? [whole] : []), ...node.items.flatMap(rounds)]
    }
    case 'either':
      return node.ways.flatMap(rounds)
    case 'loop':
      return rounds(node.of)
  }
}

interface Pump {
  before: string
  again: string
}

/** Every loop of some length, with what must come before it. */
function pumps(node: Node, before: string): Pump[] {
  switch (node.kind) {
    case 'one':
      return []
    case 'row': {
      let so = before
      return node.items.flatMap((item) => {
        const found = pumps(item, so)
        so += sample(item)
        return found
      })
    }
    case 'either':
      return node.ways.flatMap((way) => pumps(way, before))
    case 'loop': {
      const own = node.most < 4 ? [] : rounds(node.of).map((again) => ({ before, again }))
      return [...own, ...pumps(node.of, before)]
    }
  }
}

/** What fits nothing, so that all the ways there are must be tried. */
const ENDS = ['', '\u0000', '!', ' x']

/** Texts of a length made to keep an expression busy: its own loops run on, alone and in pairs, and then nothing fits. */
export function attacks(source: string, length: number, most: number): string[] {
  const node = parse(source)
  const loops = pumps(node, '')
  const signs = [...new Set([...loops.map(({ again }) => again), ...rounds(node)])].slice(0, 12)
  const pairs = signs.flatMap((one) => signs.map((other) => one + other))
  const starts = [...new Set(loops.map(({ before }) => before))].slice(0, 6)
  const crossed = signs.flatMap((again) => starts.map((before) => ({ before, again })))
  const wide = [...signs, ' ', ...pairs].map((again) => ({ before: '', again }))
  const all = new Map(
    [...loops, ...crossed, ...wide].map((pump) => [`${pump.before}|${pump.again}`, pump])
  )
  const texts: string[] = []
  for (const { before, again } of all.values()) {
    if (again === '') continue
    const body = before + again.repeat(Math.ceil(length / again.length)).slice(0, length)
    for (const end of ENDS) texts.push(body + end)
    if (texts.length >= most) break
  }
  return texts.slice(0, most)
}
