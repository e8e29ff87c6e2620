import type { Told } from '../../src/edge/told.ts'
import { DoorError } from '../../src/errors.ts'
import type { Desk } from '../../src/store/desk.ts'
import type { OpenedWorker } from './worker.ts'

/**
 * The desks as these homes are told of them, each call by the next of them; '' is the Worker itself. In a world of its own
 * where one is named.
 */
export function deskThrough(
  worker: () => OpenedWorker,
  homes: readonly string[],
  world?: string
): Desk {
  let next = 0
  const ask =
    (method: keyof Desk) =>
    async (...given: unknown[]): Promise<never> => {
      const home = encodeURIComponent(homes[next++ % homes.length] ?? '')
      const body = JSON.stringify({ method, with: given.filter((one) => one !== undefined) })
      const headers = { ...(world !== undefined && { 'X-Test-World': world }) }
      const answer = await worker().send(`/-test/desk/${home}`, { method: 'POST', body, headers })
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
      const told = JSON.parse(answer.body) as Told
      if ('answer' in told) return told.answer as never
      throw new DoorError(told.fault.code, told.fault.message, told.fault.retry)
    }
  return {
    ...{ get: ask('get'), list: ask('list'), count: ask('count') },
    ...{ put: ask('put'), remove: ask('remove'), changes: ask('changes') },
  }
}
