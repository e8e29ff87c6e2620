import { type Place, type Service, serviceName } from './shape.ts'

/** How a service stands when it is not as usual: amber takes urgent work only, red takes none. */
export interface ServiceStatus {
  service: string
  now: 'amber' | 'red'
  /** A service of the place that does its work meanwhile; without one its own fallback does. */
  replacement?: string
}

/** Codes that wait, at least a day: what a service on amber takes no more. */
export const CAN_WAIT: readonly string[] = [
  ...['CRT', 'NAV', 'SAIL', 'CARE', 'FALL', 'HOUS', 'EQUP', 'INFO', 'OOA'],
  ...['CSD', 'ATHM', 'REA2', 'KEYW', 'GPX', 'CALL'],
]

/** A place as it routes while some of its services are not as usual. The place given is left as it was. */
export function withStatuses(place: Place, statuses: readonly ServiceStatus[]): Place {
  const services: Record<string, Service> = { ...place.services }
  for (const { service, now, replacement } of statuses) {
    const known = services[service]
    if (!known) continue
    const other = replacement === undefined ? undefined : services[replacement]
    const moved = known.codes.filter((code) => now === 'red' || CAN_WAIT.includes(code))
    if (replacement !== undefined && other) {
      const kept = known.codes.filter((code) => !moved.includes(code))
      services[service] = shut({ ...known, codes: kept, fallback: replacement }, now)
      const codes = [...new Set([...other.codes, ...moved])]
      const name = `${serviceName(place, service)}, which is ${now}`
      const standsIn = {
        ...other.standsIn,
        ...Object.fromEntries(moved.map((code) => [code, name])),
      }
      services[replacement] = { ...other, codes, standsIn }
    } else services[service] = shut(known, now)
  }
  return { ...place, services }
}

/** Red takes nothing at any hour; amber keeps its hours for what is urgent. */
const shut = (service: Service, now: ServiceStatus['now']): Service =>
  now === 'red' ? { ...service, shut: true } : service
