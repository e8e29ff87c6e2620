import { html } from 'hono/html'
import type { ContactView } from '../../record/views.ts'
import type { Me } from '../parts.ts'
import { services } from './call.ts'
import {
  actForm,
  button,
  type Choice,
  checkboxes,
  input,
  more,
  radios,
  select,
  textarea,
} from './fields.ts'
import type { Html } from './layout.ts'

const OUTCOMES: readonly Choice[] = [
  ['helped', 'Helped now'],
  ['passed-on', 'Passed on'],
  ['call-back', 'Call back'],
  ['no-answer', 'No answer'],
  ['declined', 'They said no'],
  ['other', 'Something else'],
]
const YES_NO: readonly Choice[] = [
  ['yes', 'Yes'],
  ['no', 'No'],
  ['not-asked', 'Not asked'],
]
const NEEDS: readonly Choice[] = [
  'Interpreter',
  'Hearing',
  'Sight',
  'Speech',
  'Memory',
  'Learning disability',
  'Getting about',
  'Key safe',
].map((need) => [need, need] as const)

/** What is written down when a contact is over: two taps and a line; the rest for who has more to say. */
export function wrapUpPart({ contact }: ContactView, { place, staff }: Me, back: string): Html {
  const owners: Choice[] = [
    ['', 'Nothing is left to do'],
    [staff.id, `You, ${staff.name}`],
    ...place.staff.filter(({ id }) => id !== staff.id).map(({ id, name }) => [id, name] as const),
    ...services(place),
  ]
  return actForm(
    'wrap-up',
    { contact },
    back,
    html`${radios({ id: 'outcome', name: 'outcome', label: 'How did it end?', choices: OUTCOMES, required: true })}
    ${select({ id: 'owner', name: 'owner', label: 'Who does what comes next?', choices: owners })}
    ${input({ id: 'next-step', name: 'nextStep', label: 'What comes next', hint: 'One line, as you would tell them. It stands on the handover sheet: write no names.' })}
    ${input({ id: 'by', name: 'by', label: 'By when', type: 'datetime-local' })}
    ${more(
      `wrap-more-${contact}`,
      'More to write down',
      html`${textarea({ id: 'matters', name: 'matters', label: 'What matters most to them' })}
      ${radios({ id: 'carer', name: 'carer', label: 'Do they look after somebody?', choices: YES_NO, chosen: 'not-asked' })}
      ${radios({ id: 'lives-alone', name: 'livesAlone', label: 'Do they live alone?', choices: YES_NO, chosen: 'not-asked' })}
      ${checkboxes({ id: 'needs', name: 'needs', label: 'What they need from whoever comes', choices: NEEDS })}
      ${radios({
        id: 'avoided',
        name: 'admissionAvoided',
        label: 'Did this keep them out of hospital?',
        choices: [
          ['yes', 'Yes'],
          ['no', 'No'],
          ['not-known', 'Not known'],
        ],
        chosen: 'not-known',
      })}
      ${input({ id: 'repeats', name: 'repeats', label: 'How often had they told their story before?', type: 'number', width: 2, inputmode: 'numeric' })}
      ${textarea({ id: 'near-miss', name: 'nearMiss', label: 'Did something nearly go wrong?', hint: 'Nobody is blamed. It is how the service learns.' })}`
    )}
    ${button('wrap-up-go', 'Finish')}`
  )
}
