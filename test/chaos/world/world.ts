import { openFaults } from './faults.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { openTeams, TENANT, type Teams } from './teams.ts'
import { openTranslate, type Translate } from './translate.ts'
import { openTwilio, type Twilio } from './twilio.ts'

/** The neighbours of a door, each of which may be made ill, and the ledger of all that they did. */
export interface World {
  ledger: Ledger
  twilio: Twilio
  teams: Teams
  translate: Translate
  /** Settings by which a live door finds them. */
  env: Record<string, string>
  close: () => Promise<void>
}

/** Opens all three on free ports. `random` decides which requests of a share meet a fault. */
export async function openWorld(random: () => number): Promise<World> {
  const ledger = openLedger()
  const [twilio, teams, translate] = await Promise.all([
    openTwilio(ledger, openFaults(random)),
    openTeams(ledger, openFaults(random)),
    openTranslate(ledger, openFaults(random)),
  ])
  return {
    ledger,
    twilio,
    teams,
    translate,
    env: {
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_API_URL: twilio.origin,
      MICROSOFT_APP_ID: teams.appId,
      MICROSOFT_APP_PASSWORD: teams.appPassword,
      MICROSOFT_APP_TENANT_ID: TENANT,
      MICROSOFT_OPENID_URL: teams.openIdUrl,
      MICROSOFT_LOGIN_URL: teams.loginUrl,
      GOOGLE_TRANSLATE_KEY: translate.key,
      GOOGLE_TRANSLATE_URL: translate.origin,
    },
    async close() {
      await Promise.all([twilio.down(), teams.down(), translate.down()])
    },
  }
}
