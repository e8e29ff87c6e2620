import type { Content } from '../content.ts'
import type { OpenDesk } from '../desk/open.ts'
import { navigators } from '../places/roster.ts'

/** How many sample navigators are at work in each place as the demo begins. */
const ON_SHIFT = 3

/** Who goes to work in each place as the demo begins. */
export const atWork = ({ places }: Pick<Content, 'places'>) =>
  [...places.values()].flatMap(({ place }) =>
    navigators(place)
      .slice(0, ON_SHIFT)
      .map(({ id: staff }) => ({ place: place.place, staff }))
  )

/** Sends the sample navigators of each place to work: they are asked, and whoever is at the demo answers for them, or nobody. */
export async function startShifts(content: Content, { act, dispatch }: OpenDesk): Promise<void> {
  for (const who of atWork(content))
    await act({ ...who, surface: 'job' }, { do: 'shift', to: 'start' })
  await dispatch.idle()
}
