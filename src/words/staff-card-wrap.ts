import { acting, askDanger, type CardOf } from './staff-card.ts'
import {
  block,
  choiceInput,
  type Element,
  line,
  more,
  open,
  press,
  type StaffCard,
  staffCard,
  textInput,
  title,
} from './staff-card-parts.ts'
import { byWhen, OUTCOME_WORDS } from './staff-card-words.ts'
import { ringThem, UNASKED } from './staff-card-yours.ts'

/** What the wrap-up card needs. Nothing of what was said is on it. */
export interface WrapUpOf extends CardOf {
  now: string
  zone: string
  link: string
  /** Who may own what comes next: staff ids and services, each with its name. */
  owners: Readonly<Record<string, string>>
  /** The person is on the line still, with nobody: whoever was with them may go back. */
  waits?: boolean
  /** They wrote words of danger that nobody has asked about since: that comes first. */
  unasked?: boolean
}

const YES_NO = { yes: 'Yes', no: 'No', 'not-asked': 'Not asked' }
// A choice and not a number: Microsoft's renderer takes no number field with limits that is left empty.
const REPEATS = {
  '0': 'Never',
  '1': 'Once',
  '2': 'Twice',
  '3': 'Three times',
  '4': 'Four times',
  '5': 'Five times or more',
}
const NEEDS = [
  'Interpreter',
  'Hearing',
  'Sight',
  'Reading',
  'Memory',
  'Getting about',
  'Someone to speak for them',
  'Home visits',
]

/** Two taps and a line: what came of it, and save. The rest is there for whoever has it to tell. */
export function wrapUpCard(of: WrapUpOf): StaffCard {
  const say = `Write up ${of.ref}`
  const hidden: Element = {
    type: 'Container',
    id: 'more',
    isVisible: false,
    spacing: 'medium',
    items: rest(),
  }
  return staffCard(
    say,
    [
      block('emphasis', [title(say)]),
      ...(of.unasked ? [askDanger(of, UNASKED)] : []),
      ...(of.waits ? [line('They are still on the line, with nobody.', { weight: 'bolder' })] : []),
      ...firstPart(of),
      hidden,
    ],
    [
      ...(of.waits ? [takeBack(of)] : []),
      press('Save and close', 'wrap-up', acting(of, { do: 'wrap-up' }), { style: 'positive' }),
      more('Add more', 'more'),
      ringThem(of),
      open('Open it', of.link),
    ]
  )
}

const takeBack = (of: WrapUpOf) =>
  press('Take it back', 'accept', acting(of, { do: 'accept' }), { associatedInputs: 'none' })

const firstPart = ({ owners, now, zone }: WrapUpOf): Element[] => [
  choiceInput('wrap-up.outcome', 'How did it end?', OUTCOME_WORDS, {
    style: 'expanded',
    isRequired: true,
    errorMessage: 'Choose one',
  }),
  textInput('wrap-up.nextStep', 'What happens next? One line, no names.'),
  choiceInput('wrap-up.owner', 'Who does it?', owners, { placeholder: 'Nothing is left to do' }),
  choiceInput('wrap-up.by', 'By when?', byWhen(now, zone), { placeholder: 'No time agreed' }),
]

const rest = (): Element[] => [
  textInput('wrap-up.matters', 'What matters most to them?'),
  choiceInput('wrap-up.carer', 'Do they look after someone?', YES_NO, { value: 'not-asked' }),
  choiceInput('wrap-up.livesAlone', 'Do they live alone?', YES_NO, { value: 'not-asked' }),
  choiceInput('wrap-up.needs', 'What do they need from us?', asChoices(NEEDS), {
    style: 'expanded',
    isMultiSelect: true,
  }),
  choiceInput(
    'wrap-up.admissionAvoided',
    'Did this keep them out of hospital?',
    { yes: 'Yes', no: 'No', 'not-known': 'I do not know' },
    { value: 'not-known' }
  ),
  choiceInput('wrap-up.repeats', 'How often had they told their story before?', REPEATS, {
    placeholder: 'They did not say',
  }),
  textInput('wrap-up.nearMiss', 'Did anything nearly go wrong?', { isMultiline: true }),
  line('Write no more about them than the next person needs.', { isSubtle: true, size: 'small' }),
]

// A list of ticks travels as one line with commas between.
const asChoices = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, name]))
