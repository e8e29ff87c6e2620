/** What went wrong and what to do about it, in words for the person at the simulator. */
export class SimulatorProblem extends Error {
  override name = 'SimulatorProblem'
  readonly status: 400 | 404 | 409 | 422

  constructor(status: 400 | 404 | 409 | 422, message: string) {
    super(message)
    this.status = status
  }
}
