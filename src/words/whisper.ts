import type { Story } from '../record/views.ts'

/** Words of a whisper: as long as somebody listens who has a caller waiting. */
const MOST_WORDS = 45

const URGENCY: Readonly<Record<Story['level'], string>> = {
  emergency: 'An emergency.',
  urgent: 'Urgent.',
  soon: 'For today.',
  routine: 'Routine.',
  information: 'Not sorted yet.',
}
const DANGER: Readonly<Record<Story['danger'], string>> = {
  'not-asked': 'Danger is not asked yet.',
  cleared: 'They said no to danger.',
  yes: 'They said yes to danger.',
  'not-sure': 'We are not sure about danger. Ask again.',
}

/**
 * What whoever was rung hears before they say yes: how urgent, whether danger was asked, and the last that was told, newest
 * first. No name and no number: a voicemail may be listening.
 */
export function whisper(story: Story): string[] {
  const back = story.callBack ? 'A call back that we promised. Then we ring them.' : ''
  const first = [back, URGENCY[story.level], DANGER[story.danger], WHO[story.who]]
  if (story.restricted) return first.filter((line) => line !== '')
  const told = [...story.answers]
    .filter(({ danger }) => !danger)
    .reverse()
    .map(({ asked, answer }) => `${lastQuestion(asked)} ${answer}.`)
  const kept: string[] = []
  let left = MOST_WORDS - count(first.join(' '))
  for (const line of told) {
    left -= count(line)
    if (left < 0) break
    kept.push(line)
  }
  return [...first, ...kept].filter((line) => line !== '')
}

const WHO: Readonly<Record<Story['who'], string>> = {
  self: 'They ring for themselves.',
  other: 'They ring for someone else.',
  'not-known': '',
}

const count = (text: string) => text.split(/\s+/).length

/** The question itself, without what leads up to it. */
function lastQuestion(asked: string): string {
  const sentences = asked.match(/[^.?!]+[.?!]*/g) ?? [asked]
  return (sentences.find((one) => one.includes('?')) ?? sentences[0] ?? '').trim()
}
