import type { DatabaseSync } from 'node:sqlite'
import { one } from './sqlite-tables.ts'

/** What a contact is listed under. `codes` and `teams` are JSON lists. */
interface Listed {
  place: string
  status: string
  codes: string
  teams: string
}

export type Facets = ReturnType<typeof openFacets>

/**
 * A facet is one place, status and code or team that some contact has; under it are its contacts' numbers. Facets are
 * few, however many contacts there are, so that any filter is a handful of short walks from the newest backwards.
 */
export function openFacets(db: DatabaseSync) {
  const find = db.prepare('SELECT id FROM facets WHERE tag = ? AND place = ? AND status = ?')
  const make = db.prepare('INSERT INTO facets (tag, place, status) VALUES (?, ?, ?) RETURNING id')
  const add = db.prepare('INSERT INTO facet_contacts (facet, no) VALUES (?, ?)')
  const drop = db.prepare('DELETE FROM facet_contacts WHERE facet = ? AND no = ?')
  function facet(tag: string, { place, status }: Listed): number {
    const keys = [tag, place, status]
    const row = one<{ id: number }>(find, ...keys) ?? one<{ id: number }>(make, ...keys)
    return Number(row?.id)
  }
  const facetsOf = (listed: Listed) => new Set(tagsOf(listed).map((tag) => facet(tag, listed)))
  return {
    /** Lists a contact under what it is now and no longer under what it was. */
    move(no: number, was: Listed | undefined, is: Listed) {
      const before = was === undefined ? new Set<number>() : facetsOf(was)
      const after = facetsOf(is)
      for (const id of before) if (!after.has(id)) drop.run(id, no)
      for (const id of after) if (!before.has(id)) add.run(id, no)
    },
  }
}

/** JSON, because a team's name may hold any mark that would part them. */
export const tag = (code: string | null, team: string | null) => JSON.stringify([code, team])

function tagsOf(listed: Listed): string[] {
  const codes: (string | null)[] = [null, ...(JSON.parse(listed.codes) as string[])]
  const teams: (string | null)[] = [null, ...(JSON.parse(listed.teams) as string[])]
  return codes.flatMap((code) => teams.map((team) => tag(code, team)))
}
