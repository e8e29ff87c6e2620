import type { Refusal } from '../handoff/types.ts'

/** What staff are told of what they did: plain, short, and what to do now. */
export const SAID = {
  taken: (ref: string) => `You have taken ${ref}.`,
  takenBy: (name: string) => `${name} has taken it already.`,
  over: 'It is over already. Nothing was done.',
  already: 'That is so already. Nothing was done.',
  declined: 'It goes to someone else.',
  startFirst: 'Start your shift first.',
  finishFirst: 'Finish the contact you are on first.',
  noPhone: 'Open your phone page, or add a number of your own, before you take a call.',
  notFound: 'There is no such contact here.',
  notYours: 'This contact is with someone else.',
  notYourRole: 'Your role here does not do this. Nothing was done.',
  restricted: 'Only the safeguarding role may open this contact.',
  noService: 'There is no such service here, or it has no number.',
  noNumber: 'Write a UK number, and why you ring it.',
  emergency: (number: string) =>
    `Use your desk phone or mobile for ${number}. Read out the address and the number.`,
  mayNot: 'That number may not be rung from here.',
  ringing: (who: string) => `Ringing ${who} now.`,
  done: 'Done.',
  speaks: 'They are on the phone with you. It was not sent.',
  sent: 'Sent.',
  sentAs: (texts: number) => (texts > 1 ? `Sent as ${texts} texts.` : 'Sent.'),
  closed: 'Written down. Thank you.',
  closedSooner: (time: string) =>
    `Written down. The hour you chose is full, so it is due sooner: by ${time}.`,
  hourFull: 'Every hour up to then is full. Choose a later time, or another team.',
  openPromises: (refs: readonly string[]) =>
    `You still own promises: ${refs.join(', ')}. Give each a new owner first.`,
  onContact: 'Finish the contact you are on first.',
  leaveFirst: 'Leave the call first, then write it up.',
  noOwner: 'Name who owns it now: someone on this list, or a service.',
  notAtWork: 'They are not at work now. Choose a team, or someone who is.',
  past: 'That time has passed. Choose one that is to come.',
  noWords: 'Write something first. Nothing was sent.',
  notFree: 'They are not free now. Choose a team, or someone who is.',
  restrictedToo: 'Only someone of the safeguarding role may be brought into this call.',
  noPromise: 'There is no such promise still open.',
  inCallWith: 'You are in a call. Your message went to no one.',
  writing:
    'You write with them now. Ring them from your own phone: open it for their number. To ring from here, write this up first.',
  inCall: 'They are in a call now. Bring someone in instead.',
  notProved: (why: string) => `This would break a promise of ours, so it was not saved: ${why}`,
  cannotProve: 'it cannot be checked on this machine',
  statusMoved: (count: number) => `Done. ${count} open promises have a new owner.`,
  noReplacement: 'Name the service that does its work meanwhile.',
  whyUntil: 'Say why, and until when.',
  askDanger:
    'They wrote words that may mean danger. First say if someone is in danger: yes, no or not sure.',
  whoFirst: 'First say if they are the same person who rang before. Ask them.',
  noKeyWorker: 'A key worker is one of those here who take contacts. Choose a name.',
  keyWorker: (name: string) => `${name} is their key worker now, and is asked first.`,
  noMoreKeyWorker: 'They have no key worker now.',
  agreed: 'Written down, with your name and today.',
  agreedNoMore: 'They may not be told any more.',
  notAgreed: 'Nobody like that is agreed. Open the contact, and write down who may be told.',
  whichOne: 'There is more than one. Open the contact, and ring the right one from there.',
  samePerson: 'Written down. What they agreed to before stands.',
  otherPerson: 'Written down. What stood here was of somebody else, and is gone from this contact.',
  endFirst: 'Someone here is writing with whoever has their phone. End that first, then mark it.',
  died: (refs: readonly string[]) =>
    `Written down. Nothing of ours reaches them now. Tell each team that was to come.${
      refs.length > 0
        ? ` Also open from this number: ${refs.join(', ')}. If they are of the same person, mark them too.`
        : ''
    }`,
  notDied: 'The mark is gone. What was promised is owed again: look at what is late.',
  again: 'Someone else changed it just now. Look again, then try again.',
  available: 'You are on shift. Contacts come to you now.',
  breakNext: 'Your break begins when this one is written up. Nothing new comes to you.',
  onBreak: 'You are on a break. Nothing comes to you.',
  paused: 'You are paused. Take the time you need.',
  ended: 'Your shift is over. Thank you.',
  endedFor: (name: string) => `The shift of ${name} is over. What they had goes back to the team.`,
  later: 'It will come back in ten minutes, if it is still there.',
} as const

const texts = (count: number) => (count === 1 ? '1 text' : `${count} texts`)

/** What became of words of theirs that went as texts. */
export const SENT = {
  sent: (count: number) => `Sent as ${texts(count)}.`,
  delivered: (count: number) => `Delivered as ${texts(count)}.`,
  lost: (count: number) => `Not delivered as ${texts(count)}. Ring them, or write again.`,
} as const

/** Where a text conversation is held, where that is not plain. */
export const HELD = {
  'in-room': (ref: string, room: string) =>
    `${ref}: write with them in ${room}. What you write in their thread there goes to them.`,
  restricted: (ref: string) =>
    `${ref}: only some people may see this one now. Go on here: what you write here goes to them.`,
  'no-room': (ref: string, room: string) =>
    `${ref}: I can not write in ${room}. Go on here: what you write here goes to them.`,
} as const

/** Why words that were typed went to nobody. */
export const WENT_NOWHERE = {
  notHeld: 'This conversation is not held here now. Your message went to no one.',
  theirs: (name: string) => `${name} has this one. Your message went to no one.`,
  inThread: (ref: string, room: string) =>
    `Write with ${ref} in their thread in ${room}. Your message went to no one.`,
} as const

/** Why something came to nothing, on the card and on the page. */
export const REFUSED: Readonly<Record<Refusal, string>> = {
  alone: 'Nobody else is with the person. Bring someone in, or end the call.',
  'not-yours': 'This contact is with someone else.',
  'not-yet': 'They have not joined yet.',
  'by-text': 'This is a text conversation. Nobody is put through.',
  'by-phone': 'A call cannot be given back to the questions.',
  'already-there': 'They are in the call already.',
  'no-such-line': 'There is no such line in this call.',
  full: 'Six lines are the most that one call may have.',
  'no-answer': 'They did not answer, or said no.',
  'person-missing': 'The person could not be brought into the call. Ring them.',
  'still-there':
    'The other person has gone, and they are still on the line. Take it back if you can. Others are asked too.',
  failed: 'It did not work. Please try again.',
}
