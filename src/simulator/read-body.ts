import type { Context } from 'hono'
import type { z } from 'zod'
import { SimulatorProblem } from './problem.ts'

/** Reads a JSON body of this shape, or says what to send instead. */
export async function readBody<Shape extends z.ZodType>(
  c: Context,
  shape: Shape,
  remedy: string
): Promise<z.infer<Shape>> {
  const json: unknown = await c.req.json().catch(() => undefined)
  if (json === undefined) throw new SimulatorProblem(400, `The body is not JSON. ${remedy}`)
  const read = shape.safeParse(json)
  if (read.success) return read.data
  const said = read.error.issues.map((issue) => issue.message).join('; ')
  throw new SimulatorProblem(400, `This can not be done: ${said}. ${remedy}`)
}
