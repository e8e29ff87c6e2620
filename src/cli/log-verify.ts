import { existsSync } from 'node:fs'
import { readAnchors } from '../door/anchors.ts'
import { besideStore } from '../door/sealing.ts'
import { publicKey } from '../security/sign.ts'
import { anchoredHeads, anchorFaults } from '../store/anchor.ts'
import { verifyLog } from '../store/verify.ts'
import { settings, withStore } from './data.ts'
import { misused, optionsIn } from './options.ts'

/**
 * `log verify [--anchors folder,folder]`: nothing of the log was changed, put in, taken out or cut short, as far as it is
 * anchored. Each door that serves a Redis anchors what it saves itself, in a folder of its own.
 */
export async function verify(words: readonly string[]): Promise<number> {
  const rows = foldersIn(words).map((folder) => readAnchors(folder))
  const anchors = rows.flat().sort((one, other) => (one.at < other.at ? -1 : 1))
  return withStore(async (store, keyring) => {
    const found = await verifyLog(store, anchoredHeads(anchors))
    const key = publicKey(keyring)
    const faults = [...rows.flatMap((row) => anchorFaults(key, row)), ...found.faults]
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

function foldersIn(words: readonly string[]): string[] {
  const { values } = optionsIn(words, ['anchors'])
  const beside = besideStore(settings, 'anchors')
  const named = values.anchors?.split(',')
  const missing = (named ?? []).filter((folder) => !existsSync(folder))
  if (missing.length > 0) throw misused(missing.map((folder) => `there is no folder ${folder}`))
  return named ?? (beside === null ? [] : [beside])
}
