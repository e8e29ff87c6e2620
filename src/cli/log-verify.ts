import { readAnchors } from '../door/anchors.ts'
import { besideStore } from '../door/sealing.ts'
import { publicKey } from '../security/sign.ts'
import { anchoredHeads, anchorFaults } from '../store/anchor.ts'
import { verifyLog } from '../store/verify.ts'
import { settings, withStore } from './data.ts'

/** `log verify`: nothing of the log was changed, put in, taken out or cut short, as far as it is anchored. */
export async function verify(): Promise<number> {
  const folder = besideStore(settings.STORE_URL, 'anchors')
  const anchors = folder === null ? [] : readAnchors(folder)
  return withStore(async (store, keyring) => {
    const found = await verifyLog(store, anchoredHeads(anchors))
    const faults = [...anchorFaults(publicKey(keyring), anchors), ...found.faults]
    const { contacts, lines, unsealed } = found
    console.log(`${contacts} contacts, ${lines} lines, ${anchors.length} anchors`)
    if (unsealed > 0) console.log(`${unsealed} contacts from before there were keys have no chain`)
    const last = anchors.at(-1)
    console.log(last ? `anchored until ${last.at}: ${last.hash}` : 'nothing is anchored yet')
    for (const fault of faults) console.error(`✗ ${fault}`)
    console.log(faults.length === 0 ? 'The log is whole.' : `${faults.length} fault(s).`)
    return faults.length === 0 ? 0 : 1
  })
}
