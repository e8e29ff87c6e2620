import { describe, expect, it } from 'vitest'
import { route } from '../../src/places/route.ts'
import { type ServiceStatus, withStatuses } from '../../src/places/status.ts'
import { calendar, shipped } from './shipped.ts'

const NOW = '2026-11-24T10:20:00Z'
const southwark = shipped('southwark')

describe('a place while a service is not as usual', () => {
  it.each<[string, ServiceStatus | null, Parameters<typeof route>[2], string]>([
    ['as usual', null, 'FALL', 'falls'],
    ['red, replaced', { service: 'falls', now: 'red', replacement: 'cluster' }, 'FALL', 'cluster'],
    [
      'amber, replaced: what can wait',
      { service: 'falls', now: 'amber', replacement: 'cluster' },
      'FALL',
      'cluster',
    ],
    [
      'amber: what is urgent stays',
      { service: 'rapid', now: 'amber', replacement: 'cluster' },
      'UCR2',
      'rapid',
    ],
    ['as usual, two hours', null, 'UCR2', 'rapid'],
  ])('%s', (_, status, code, service) => {
    const place = status ? withStatuses(southwark, [status]) : southwark
    expect(route(place, calendar, code, { adult: 'yes' }, NOW).service).toBe(service)
  })

  it('says in the rule whose work it does, for whoever asks later why', () => {
    const place = withStatuses(southwark, [
      { service: 'falls', now: 'red', replacement: 'cluster' },
    ])
    expect(route(place, calendar, 'FALL', { adult: 'yes' }, NOW).rule).toMatch(
      /instead of Falls service, which is red/
    )
    expect(route(place, calendar, 'CSD', { adult: 'yes' }, NOW).rule).not.toMatch(/instead/)
  })

  it('red two-hour care is promised to nobody: 111 takes its place', () => {
    const place = withStatuses(southwark, [{ service: 'rapid', now: 'red' }])
    const routed = route(place, calendar, 'UCR2', { adult: 'yes' }, NOW)
    expect([routed.code, ...routed.alsoCodes]).toContain('E111')
  })

  it('leaves the place as it was, and knows of no service that is not there', () => {
    const before = structuredClone(southwark)
    withStatuses(southwark, [
      { service: 'falls', now: 'red' },
      { service: 'nobody', now: 'red' },
    ])
    expect(southwark).toEqual(before)
  })
})
