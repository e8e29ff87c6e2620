import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'

/** Everything the pocket Twilio and Teams and the app must agree on. Made afresh at every start: nothing to leak. */
export interface SimulatorKeys {
  twilio: { accountSid: string; authToken: string; apiKey: string; apiSecret: string }
  teams: {
    appId: string
    appPassword: string
    /** The organisation whose staff sit in Teams, and one the door does not serve. */
    tenantId: string
    strangerTenantId: string
    keyId: string
    privateKey: KeyObject
    publicKey: KeyObject
  }
}

/** Keys for one run of the simulator. */
export function simulatorKeys(): SimulatorKeys {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    twilio: {
      accountSid: `AC${hex(16)}`,
      authToken: hex(16),
      apiKey: `SK${hex(16)}`,
      apiSecret: hex(16),
    },
    teams: {
      appId: randomUUID(),
      appPassword: hex(20),
      tenantId: randomUUID(),
      strangerTenantId: randomUUID(),
      keyId: hex(10),
      privateKey,
      publicKey,
    },
  }
}

/** A Twilio identifier: two letters for the kind of thing and 32 hex digits. */
export function newSid(kind: 'CA' | 'CF' | 'SM'): string {
  return kind + hex(16)
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
