import type { Simulated } from './simulate.ts'

/** What became of many worlds. */
export interface Total {
  worlds: number
  turns: number
  tries: number
  answered: number
  crashes: number
  texts: number
  moments: number
  /** Findings of each kind. */
  lost: number
  doubled: number
  /** Worlds in which something was found, and the first few findings with their seeds. */
  broken: number
  findings: string[]
}
export interface Part {
  total: Total
  add: (seed: number, world: Pick<Simulated, 'findings'> & Partial<Simulated>) => void
}

const MOST_FINDINGS = 5
const NONE: Total = {
  worlds: 0,
  turns: 0,
  tries: 0,
  answered: 0,
  crashes: 0,
  texts: 0,
  moments: 0,
  lost: 0,
  doubled: 0,
  broken: 0,
  findings: [],
}

/** Adds worlds up. */
export function summed(): Part {
  const total: Total = { ...NONE, findings: [] }
  return {
    total,
    add(seed, { findings, ...counts }) {
      total.worlds += 1
      for (const name of ['turns', 'tries', 'answered', 'crashes', 'texts', 'moments'] as const)
        total[name] += counts[name] ?? 0
      if (findings.length === 0) return
      total.lost += findings.filter((finding) => finding.startsWith('lost')).length
      total.doubled += findings.filter((finding) => finding.startsWith('doubled')).length
      total.broken += 1
      if (total.findings.length < MOST_FINDINGS)
        total.findings.push(`seed ${seed}: ${findings.slice(0, 3).join('; ')}`)
    },
  }
}

/** Several totals as one. */
export function together(totals: readonly Total[]): Total {
  const sum = (of: (total: Total) => number) => totals.reduce((so, total) => so + of(total), 0)
  return {
    worlds: sum(({ worlds }) => worlds),
    turns: sum(({ turns }) => turns),
    tries: sum(({ tries }) => tries),
    answered: sum(({ answered }) => answered),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    crashes: sum(({ crashes }) => crashes),
    texts: sum(({ texts }) => texts),
    moments: sum(({ moments }) => moments),
    broken: sum(({ broken }) => broken),
    findings: totals.flatMap(({ findings }) => findings).slice(0, MOST_FINDINGS),
  }
}
