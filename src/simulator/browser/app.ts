import { type Place, staff } from './api.ts'
import { clockBar } from './clock-bar.ts'
import { contactLog } from './contact-log.ts'
import { byId, el, fill } from './elements.ts'
import { handset } from './handset.ts'
import type { PageState } from './page-state.ts'
import { staffPhones } from './staff-phones.ts'
import { tabs } from './tabs.ts'
import { teamsPane } from './teams-pane.ts'
import { textThread } from './text-thread.ts'
import { phone, plain } from './words.ts'

const LOOK_AGAIN = 2500

const page: PageState = {
  place: null,
  now: new Date().toISOString(),
  changed,
  fault(error) {
    const box = byId('fault')
    box.hidden = error === null
    box.textContent = error instanceof Error ? error.message : ''
  },
}

const readClock = clockBar(page)
const readCall = handset(page)
const readText = textThread(page)
const readTeams = teamsPane(page)
const readPhones = staffPhones(page)
const readLog = contactLog(page)
tabs(() => changed())

async function changed(): Promise<void> {
  try {
    await readClock()
    await Promise.all([readCall(), readText(), readTeams(), readPhones(), readLog()])
  } catch (error) {
    page.fault(error)
  }
}

function showPlace(place: Place): void {
  page.place = place
  byId('dial-name').textContent = `${place.name} Health and Care`
  byId('dial-number').textContent = phone(linesFor(place, 'voice')[0]?.number ?? '')
  lines('dial-line', linesFor(place, 'voice'))
  lines('text-line', linesFor(place, 'sms'))
}

function linesFor(place: Place, channel: string): Place['numbers'] {
  return place.numbers.filter(({ channels }) => channels.includes(channel))
}

function lines(id: string, numbers: Place['numbers']): void {
  const field = byId(id).closest<HTMLElement>('.field')
  if (field) field.hidden = numbers.length < 2
  fill(byId(id), JSON.stringify(numbers), () =>
    numbers.map(({ number, use, language }) =>
      el(
        'option',
        { value: number },
        `${plain(use)}, ${phone(number)}${language && language !== 'en' ? ` (${language})` : ''}`
      )
    )
  )
}

async function begin(): Promise<void> {
  const { places } = await staff<{ places: Place[] }>('/places')
  const select = byId<HTMLSelectElement>('place')
  select.append(...places.map(({ place, name }) => el('option', { value: place }, name)))
  select.addEventListener('change', () => {
    const chosen = places.find(({ place }) => place === select.value)
    if (chosen) showPlace(chosen)
    changed()
  })
  byId('dial-line').addEventListener('change', () => {
    byId('dial-number').textContent = phone(byId<HTMLSelectElement>('dial-line').value)
  })
  if (places[0]) showPlace(places[0])
  await changed()
  setInterval(() => {
    if (!document.hidden && !document.body.hasAttribute('aria-busy')) changed()
  }, LOOK_AGAIN)
}

begin().catch(page.fault)
