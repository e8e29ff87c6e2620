import type { Sender } from '../channels/teams-activity.ts'
import type { DurableStorage } from '../store/durable.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS teams_address (
  one INTEGER PRIMARY KEY CHECK (one = 1), url TEXT NOT NULL
) STRICT`

/** Where Teams is written to: by the newest address that a desk's own home was written to from, which outlives its isolate. */
export function metIn({ sql }: DurableStorage) {
  sql.exec(TABLE)
  const [found] = sql.exec('SELECT url FROM teams_address').toArray()
  let url = found && String(found.url)
  return {
    ...(url !== undefined && { serviceUrl: url }),
    met({ reference: { serviceUrl } }: Sender): void {
      if (serviceUrl === url) return
      url = serviceUrl
      sql.exec('INSERT OR REPLACE INTO teams_address (one, url) VALUES (1, ?)', url)
    },
  }
}
