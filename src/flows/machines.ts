import type { Runnable } from '../conversation/step.ts'
import { type Compiled, compile } from './compile.ts'
import type { Library } from './flatten.ts'

/** A flow that can be begun, ready to run. */
export interface Release extends Compiled {
  runnable: Runnable
}

/** The flows that can be begun, as machines. */
export function machinesOf(library: Library): Map<string, Release> {
  const releases = new Map<string, Release>()
  for (const [key, flow] of library) {
    if (flow.exits === undefined) continue
    const { machine, flat } = compile(flow, library)
    const runnable = { machine, name: flow.flow, version: flow.version } as Runnable
    releases.set(key, { machine, flat, runnable })
  }
  return releases
}
