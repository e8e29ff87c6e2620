import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import { upgrade, type Written } from '../record/upgrade.ts'

/**
 * What nearly every contact's JSON holds, so that a packed one spends no bytes on it. Frozen: rows packed with it cannot
 * be read with another.
 */
const COMMON = Buffer.from(
  '"codeWord":"","unsafe":true,"overheard":true,"need":"","ringOn":"+44","consentReason":"","with":"","state":"met"' +
    '"state":"missed","state":"stopped","status":"incomplete","status":"open","priority":null,"route":null' +
    '"channel":"teams","channel":"sms","practice-manager","rule":"address","rule":"place default","number":"+44' +
    '{"schema":1,"id":"019","ref":"","place":"","partition":"","turn":15,"channel":"voice","status":"promised",' +
    '"status":"handed-over","status":"closed","codes":["CSD"],"level":"soon","level":"urgent","level":"routine",' +
    '"priority":"P3","route":{"code":"","team":"","service":"","owner":"","rule":"practice "},"routes":[{"code":"CSD",' +
    '"team":"","service":"","owner":"","rule":"practice "}],"clocks":[{"name":"ringBack","code":"","owner":"",' +
    '"due":"2026-","state":"running"},{"name":"standard","code":"","owner":"","due":"2026-","state":"running"}],' +
    '"consent":"yes","flow":{"flow":"","version":1,"release":"","placeFile":""},"person":{"address":"+447",' +
    '"phone":"mobile","name":"","practice":"","postcode":"","inTheirWords":"","who":"other","adult":"yes"},' +
    '"conversation":{"id":"019","channel":"voice","lang":"en","state":{"machine":"","version":1,"value":"",' +
    '"context":{"form":"self","adult":"yes","area":"here","attempt":1,"unclear":0,"abuse":0,"cleared":true,' +
    '"codes":["CSD"],"options":[],"overheard":false,"kept":{"who":"self","practice":"","consent":"yes","phone":"yes"}},' +
    '"done":true},"call":"CA","startedAt":"2026-","lastAt":"2026-"},"createdAt":"2026-","updatedAt":"2026-'
)

/** How a contact spends its years, once nobody is talking: a quarter of the bytes of its JSON. */
export const pack = (contact: Contact): Uint8Array =>
  deflateRawSync(JSON.stringify(contact), { dictionary: COMMON })

/** The contact of a row, packed or plain, as this version knows contacts. */
export function unpack(body: string | Uint8Array): Contact {
  const json =
    typeof body === 'string' ? body : inflateRawSync(body, { dictionary: COMMON }).toString()
  const contact = upgrade(JSON.parse(json) as Written)
  // During a roll-out the newer instances can read it, so that trying again may help.
  if (!contact) throw new DoorError('store-down', 'a newer version wrote this contact', true)
  return contact
}
