import type { Content } from '../content.ts'
import type { OpenDesk } from '../desk/open.ts'
import { navigators } from '../places/roster.ts'

/** How many sample navigators are at work in each place as the demo begins. */
const ON_SHIFT = 3

/** Sends the sample navigators of each place to work: they are asked, and whoever is at the demo answers for them, or nobody. */
export async function startShifts(content: Content, { act, dispatch }: OpenDesk): Promise<void> {
  for (const { place } of content.places.values())
    for (const { id } of navigators(place).slice(0, ON_SHIFT))
      await act({ place: place.place, staff: id, surface: 'job' }, { do: 'shift', to: 'start' })
  await dispatch.idle()
}
