import type { Contact } from '../record/contact.ts'
import type { ContactQuery } from './contract.ts'

/** A busy or withheld number may have thousands; no rule looks further back than this. */
export const RECENT = 100

/** Above this many contacts touched since `from`, walking back from the newest finds a page sooner than sorting them. */
export const TOUCHED = 1_000

/** Whether nobody is talking: what will be kept for years is packed then. */
export const isResting = ({ conversation }: Contact) =>
  conversation === null || conversation.state.done

/** The teams that a contact was routed to, each once. */
export const teamsOf = ({ route, routes }: Contact): string[] => [
  ...new Set([...(route === null ? [] : [route]), ...routes].map(({ team }) => team)),
]

/** Whether a contact is what a query asks for, its times aside. */
export function matches(contact: Contact, query: ContactQuery): boolean {
  const { place, status, code, team, phone } = query
  return (
    (place === undefined || contact.place === place) &&
    (status === undefined || contact.status === status) &&
    (code === undefined || contact.codes.includes(code)) &&
    (team === undefined || teamsOf(contact).includes(team)) &&
    (phone === undefined || contact.person.address === phone)
  )
}
