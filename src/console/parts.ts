import type { Hono } from 'hono'
import type { Content } from '../content.ts'
import type { Act } from '../handoff/acts.ts'
import type { Log } from '../observe.ts'
import type { Place, Role, Staff } from '../places/shape.ts'
import type { Views } from '../record/views.ts'
import type { Ended, StaffSession } from '../security/staff-session.ts'
import type { OidcSettings } from '../security/staff-sign-in.ts'
import type { VoiceTokenSettings } from '../security/voice-token.ts'

/** What the door hands to the console. */
export interface ConsoleParts {
  content: () => Content
  views: Views
  act: Act
  /** Calls back after each change of a place's desk, until the function it gave is called. */
  changed: (place: string, onChange: () => void) => () => void
  /** ISO 8601 UTC: the time of the service. */
  now: () => string
  /** SESSION_KEY: what cookies are sealed with. */
  sessionKey: string
  publicUrl: () => string
  oidc?: OidcSettings
  /** Whether anybody may sign in as one of the sample people. */
  demo: boolean
  /** Absent where there is no Twilio: the phone then speaks to the simulator. */
  softphone?: VoiceTokenSettings
  /** A softphone is there now. */
  phoneAlive: (place: string, staff: string) => Promise<void>
  log: Log
  /** The styles and scripts of the pages: `consoleFiles()`, or what serves them at the edge. */
  files: Hono
  /** Who signed out, as every door knows it. */
  ended: Ended
  /** Real time in milliseconds: sessions and tokens end by it. */
  clock?: () => number
}

/** Whoever is signed in, as the roster of their place has them at this moment. */
export interface Me {
  place: Place
  staff: Staff
  session: StaffSession
  can: (...roles: readonly Role[]) => boolean
}

export interface ConsoleEnv {
  Variables: { me: Me }
}
