import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import { upgrade, type Written } from '../record/upgrade.ts'

/**
 * What nearly every contact's JSON holds, so that a packed one spends no bytes on it. Frozen: rows packed with it cannot
 * be read with another.
 */
const COMMON = Buffer.from(
  '"held":{"by":"","at":"2026-","why":""},"asked":{"by":"","at":"","why":""},"erased":{"by":["",""],"at":"2026-"}' +
    '"repeat":true,"status":"incomplete","status":"open",' +
    '"channel":"teams","channel":"sms","level":"urgent","level":"routine","level":"information",' +
    '"slot":"","state":"met"},"state":"missed","state":"stopped","name":"check","priority":"P1","priority":"P2","priority":"P3",' +
    '"practice-manager","rule":"address","route":null,"routes":[],"clocks":[],"codes":[],"status":"handed-over",' +
    '"status":"closed","level":null,{"schema":2,"id":"01a","ref":"0","place":"","partition":":0","turn":15,"entries":17,' +
    '"channel":"voice","status":"promised","codes":["CSD","FALL"],"level":"soon","createdAt":"2026-","updatedAt":"2026-",' +
    '"route":{"code":"","team":"Neighbourhood ","service":"cluster","owner":"duty-lead","rule":"place default → "},' +
    '"rule":"practice  → ","number":"+4420"},"routes":[{"code":"CSD","team":" service","service":"","owner":"-lead","rule":' +
    '" service, for all of ; practice ","number":"+4423"}],"priority":null,"clocks":[{"name":"ringBack","code":"CSD",' +
    '"owner":"","due":"2026-11-22T16:00:00.000Z","state":"running"},{"name":"standard","code":"FALL","owner":"",' +
    '"due":"2026-12-04T17:00:00.000Z","state":"running"}],"flow":{"flow":"resident","version":1,"release":"",' +
    '"placeFile":""},"consent":null,"person":{"address":"~","phone":"withheld"},"conversation":{"state":{"done":true},' +
    '"call":"CA"}},"conversation":null,"seal":{"v":1,"key":{"by":"k1","key":""},"n":17,"head":"","body":"d'
)

/** The one before it: what was packed with it is still read. */
const FIRST = Buffer.from(
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

/** Packed with the second of them. What deflate makes never begins so. */
const SECOND = 7

/** How a contact spends its years, once nobody is talking: a quarter of the bytes of its JSON. */
export const pack = (contact: Contact): Uint8Array =>
  Buffer.concat([
    Buffer.of(SECOND),
    deflateRawSync(JSON.stringify(contact), { dictionary: COMMON, level: 9 }),
  ])

/** The contact of a row, packed or plain, as this version knows contacts. */
export function unpack(body: string | Uint8Array): Contact {
  const contact = upgrade(JSON.parse(typeof body === 'string' ? body : jsonOf(body)) as Written)
  // During a roll-out the newer instances can read it, so that trying again may help.
  if (!contact) throw new DoorError('store-down', 'a newer version wrote this contact', true)
  return contact
}

const jsonOf = (body: Uint8Array): string =>
  (body[0] === SECOND
    ? inflateRawSync(body.subarray(1), { dictionary: COMMON })
    : inflateRawSync(body, { dictionary: FIRST })
  ).toString()
