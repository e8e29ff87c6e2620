import { acting, type CardOf } from './staff-card.ts'
import {
  ask,
  block,
  line,
  open,
  press,
  type StaffCard,
  staffCard,
  textInput,
  title,
} from './staff-card-parts.ts'

/** Nobody answered an urgent call back: a person decides whether the police see if they are safe. No machine does. */
export function decideCard(of: CardOf, link: string): StaffCard {
  const say = `${of.ref}: are they safe?`
  const choose = (name: string, id: string, police: boolean) =>
    ask(
      name,
      `${id}-why`,
      [
        textInput('decide.why', 'What did you do?', {
          isRequired: true,
          errorMessage: 'Write a line',
        }),
      ],
      press('Save', id, acting(of, { do: 'decide', police }))
    )
  return staffCard(
    say,
    [
      block('attention', [title(say)]),
      line('We rang and nobody answered. All our tries are over. You decide what is done.'),
    ],
    [
      choose('I asked the police to look', 'decide-police', true),
      choose('I did something else', 'decide-other', false),
      open('Open it', link),
    ]
  )
}
