import { describe, expect, it } from 'vitest'
import { at, says } from './listeners.ts'

const rows = (state: string, table: readonly (readonly [string, string])[]) =>
  describe(state, () => {
    it.each(table)('%s → %s', (text, meant) => expect(says(at(state), text)).toBe(meant))
  })

rows('danger/check-1', [
  ['no chest pain', 'no'],
  ['There is no chest pain', 'no'],
  ['no, chest pain', 'DANGER body'],
  ['no. Chest pain', 'DANGER body'],
  ['no - chest pain', 'DANGER body'],
  ['no — chest pain', 'DANGER body'],
  ['no… chest pain', 'DANGER body'],
  ['no / chest pain', 'DANGER body'],
  ['no 😢 chest pain', 'DANGER body'],
  ['no\nchest pain', 'DANGER body'],
  ['no chest pain, she can’t breathe', 'DANGER body'],
  ["no can't breathe", 'DANGER body'],
  ['no not breathing', 'DANGER body'],
  ["she isn't breathing", 'DANGER body'],
  ["he's not choking", 'UNCLEAR'],
  ['no choking', 'DANGER body'],
  ['no bleeding', 'UNCLEAR'],
  ['no pain', 'UNCLEAR'],
  ['no fever', 'UNCLEAR'],
  ["no. she's fine", 'UNCLEAR'],
  ['no chest pain but her arm hurts', 'UNCLEAR'],
  ['no chest pain yes', 'UNCLEAR'],
  ['one', 'yes'],
  ['one of them', 'yes'],
  ['yes', 'yes'],
  ['YES!!', 'yes'],
  ['y', 'yes'],
  ['yh', 'yes'],
  ['yes but only a bit', 'yes'],
  ['yes she’s blue', 'yes'],
  ['hard to wake', 'yes'],
  ['bleeding', 'yes'],
  ['short of breath', 'yes'],
  ['not sure', 'not-sure'],
  ['3', 'not-sure'],
  ['3 not sure', 'not-sure'],
  ['idk', 'not-sure'],
  ["I don't know, she's just lying there", 'not-sure'],
  ["hi can you help me my mum fell and she can't breathe properly", 'DANGER body'],
])

rows('danger/check-2', [
  ['no, slurred', 'UNCLEAR'],
  ['slurring', 'yes'],
  ['no stroke', 'UNCLEAR'],
  ['no, stroke', 'DANGER body'],
  ['hit his head', 'yes'],
  ['not hit her head', 'UNCLEAR'],
])

rows('danger/check-3', [
  ["he's not suicidal", 'UNCLEAR'],
  ["she's taken too many tablets", 'DANGER harm'],
  ['no gas leak', 'UNCLEAR'],
  ['gas leak', 'DANGER harm'],
  ['frightened of my son', 'yes'],
  ['I wanna die', 'DANGER self'],
])

rows('fall/floor', [
  ['not on the floor', 'UNCLEAR'],
  ['on the floor', 'yes'],
  ['no, on the floor', 'UNCLEAR'],
  ['I got up', 'no'],
  ['she has got up now', 'no'],
  ["she hasn't got up", 'yes'],
  ['not got up yet', 'yes'],
  ["can't get back up", 'yes'],
  ['no I am up now', 'no'],
  ['not up now', 'UNCLEAR'],
  ['not back up', 'UNCLEAR'],
  ['in bed', 'UNCLEAR'],
])

rows('exit/q0-check', [
  ['no', 'no'],
  ['no bleeding', 'no'],
  ['bleeding', 'UNCLEAR'],
  ['none bleeding', 'UNCLEAR'],
  ['not at all bleeding', 'UNCLEAR'],
  ['no danger, thank you', 'no'],
])
rows('fall/pain', [
  ['no pain', 'UNCLEAR'],
  ['up and about', 'no'],
  ['not up and about', 'UNCLEAR'],
])
rows('fall/bone', [
  ['I can walk', 'no'],
  ["I can't walk", 'yes'],
  ['can I walk', 'UNCLEAR'],
])
rows('home/worse-since', [
  ['no better', 'yes'],
  ['getting better', 'no'],
  ['not getting better', 'yes'],
  ['still in hospital', 'no'],
])
rows('home/missing', [
  ['no food', 'yes'],
  ["we haven't got everything", 'yes'],
  ['we have everything', 'no'],
  ['we have none', 'UNCLEAR'],
])
rows('home/short-now', [
  ["no, she hasn't had any", 'UNCLEAR'],
  ['nobody has come', 'yes'],
  ['fine for now', 'no'],
  ['not fine for now', 'UNCLEAR'],
])
rows('home/at-risk', [
  ['safe', 'no'],
  ['not safe', 'yes'],
  ['not safe at home', 'yes'],
  ['no, safe at home', 'no'],
  ['not really safe', 'UNCLEAR'],
  ['is it safe?', 'UNCLEAR'],
])
rows('mood/ending-life', [
  ['no', 'no'],
  ['I want to die', 'DANGER self'],
  ['not thinking of it', 'UNCLEAR'],
  ['no not any more', 'UNCLEAR'],
  ['sometimes', 'yes'],
])
rows('mood/too-much', [
  ['coping', 'no'],
  ['not coping', 'yes'],
  ['just about coping', 'UNCLEAR'],
  ['how would I be coping', 'UNCLEAR'],
])
rows('other/too-much', [
  ['we are managing', 'no'],
  ["we're not managing", 'yes'],
  ['barely managing', 'UNCLEAR'],
])
rows('safety/danger-now', [
  ['no, safe now', 'no'],
  ['no danger', 'no'],
  ['not in danger', 'UNCLEAR'],
  ['not safe now', 'yes'],
  ["he's here", 'yes'],
  ["he's back", 'yes'],
])
rows('safety/about-child', [
  ['my mum', 'UNCLEAR'],
  ['an adult', 'no'],
  ['not an adult', 'yes'],
])
rows('closing/unsafe', [
  ['safe to ring', 'no'],
  ["it's not safe to ring", 'yes'],
  ['is it safe to ring', 'UNCLEAR'],
])
rows('ill/worse/by-tomorrow', [
  ['it can wait', 'no'],
  ["it can't wait", 'yes'],
  ['it might not', 'UNCLEAR'],
  ['it will not', 'no'],
])
