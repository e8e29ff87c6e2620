import { type PERIODS, readPeriods } from '../record/retention.ts'

interface Processor {
  who: string
  country: string
  fields: string
  kept: string
}

const processors = (periods: typeof PERIODS): Processor[] => [
  {
    who: 'This service: its store',
    country: 'where the operator runs it (the place names it in its DPIA)',
    fields:
      'clear: place, partition, channel, status, codes, level, teams, clocks, times, step names, references, CallSids, prompts; ' +
      'rows of the desk: contact ids, staff ids, codes, levels, times, what staff wrote of a service. ' +
      'Sealed: numbers, names, addresses, practice, postcode, words heard and said of them, consent, texts waiting, replies',
    kept: `contacts ${periods.contact}, children ${periods.child}, information ${periods.information}, replies PT48H; longer while held`,
  },
  {
    who: 'This service: anchors and erased.txt',
    country: 'as the store',
    fields: 'contact ids, hashes, signatures',
    kept: 'as long as the log; nothing personal',
  },
  {
    who: 'This service: application log and metrics',
    country: 'where the operator sends them',
    fields: 'codes, channels, counts, times; no words, names or numbers',
    kept: 'by the operator',
  },
  {
    who: 'Twilio (calls, texts, speech recognition, conferences, softphones)',
    country: process.env['TWILIO_REGION'] ?? 'US1 unless TWILIO_REGION says otherwise',
    fields:
      'numbers, call times, spoken words while they are recognised, bodies of texts; what is told to whoever takes a call, ' +
      'without names or numbers; staff ids and the numbers staff are rung on. ' +
      'No call is recorded; a recording that Twilio tells of all the same is deleted',
    kept: copies(),
  },
  {
    who: 'Microsoft (Teams, Bot Framework)',
    country: "the tenant's region",
    fields:
      'Teams ids and names, messages, cards: reference, urgency and first words unless the place asks for the story; ' +
      'emptied once a contact is written up. What is written with a resident in a chat stays there',
    kept: "the tenant's retention policy",
  },
  {
    who: 'Microsoft (Entra sign-in of staff)',
    country: "the tenant's region",
    fields: 'tenant and object id of whoever signs in; nothing of any contact',
    kept: "the tenant's sign-in log",
  },
  {
    who: 'This service: pages of staff',
    country: 'as the store',
    fields: 'a sealed cookie: place, staff id, when it ends',
    kept: 'PT12H, an hour without use; in the browser alone',
  },
  {
    who: 'Google Translate',
    country: 'Google Cloud, global unless a region is set',
    fields: 'words written in another language that were no answer, where translation is on',
    kept: 'not kept by Google for this API, by its terms',
  },
]

/** What becomes of the words at Twilio: as the setting says. */
function copies(): string {
  const reason = process.env['KEEP_COPIES']
  const texts = reason
    ? `texts and their numbers until deleted there: they are not deleted from here, because: ${reason}`
    : 'texts, with their numbers and pictures, until an hour after the last of a conversation: deleted from here once stored ' +
      'here and final there; a text to a number of no place, or from a sender that shows no number, until deleted there'
  return `${texts}. Call records until deleted there: set by the operator on the account`
}

/** `data-map`: each processor, country, fields and retention. */
export function dataMap(): number {
  const { periods } = readPeriods(process.env['RETENTION'] ?? '')
  for (const { who, country, fields, kept } of processors(periods))
    console.log(`${who}\n  country  ${country}\n  fields   ${fields}\n  kept     ${kept}\n`)
  return 0
}
