import { Hono } from 'hono'
import { type Controls, openExchange } from './exchange.ts'
import { type SimulatorKeys, simulatorKeys } from './keys.ts'
import { pageFiles } from './page-files.ts'
import { phoneRoutes } from './phone-routes.ts'
import { SimulatorProblem } from './problem.ts'
import { openTeams } from './teams.ts'
import { teamsRoutes } from './teams-routes.ts'
import { teamsService } from './teams-service.ts'
import { twilioRest } from './twilio-rest.ts'
import { worldRoutes } from './world-routes.ts'

export { type Controls, type SimulatorKeys, simulatorKeys }

/** What the door hands to the simulator. */
export interface SimulatorParts {
  /** Where the app answers, such as http://127.0.0.1:8787. Known only once it listens. */
  origin(): string
  staffToken: string
  controls: Controls
}

/**
 * A pocket Twilio and Teams with a page to drive them, mounted at /simulator in demo mode. It reaches the app only by
 * signed HTTP, so that what works here works through the same doors as in real use.
 */
export function simulator(keys: SimulatorKeys, parts: SimulatorParts): Hono {
  const exchange = openExchange(keys, () => parts.origin(), parts.controls)
  const teams = openTeams(exchange)
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof SimulatorProblem) return c.json({ error: error.message }, error.status)
    throw error
  })
  app.route('/', pageFiles(parts.staffToken))
  app.route('/', phoneRoutes(exchange))
  app.route('/', worldRoutes(exchange))
  app.route('/twilio', twilioRest(exchange))
  app.route('/teams', teamsRoutes(teams))
  app.route('/teams-service', teamsService(teams))
  return app
}
