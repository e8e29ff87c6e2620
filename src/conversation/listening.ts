/** What a question may hear, in one language: made from its words, read by `understand`. */
export interface Listening {
  kind: 'yes-no' | 'choice' | 'number' | 'practice' | 'postcode' | 'date' | 'text'
  of?: 'phone' | 'count'
  between?: readonly [number, number]
  /** Answers with the key that chooses them and the phrases that mean them, in the flow's order. */
  answers: readonly Hearable[]
  /** A risk or danger question: a "no" must be a plain one. */
  strict: boolean
  /** Things asked about, so that "no chest pain" is a no. */
  nouns: readonly string[]
  /** 8 and 9 here mean another language. */
  greeting: boolean
  vocabulary: Vocabulary
}

export interface Hearable {
  value: string
  key: string
  phrases: readonly string[]
}

/** Words a language uses for what any question may hear. Small letters, no punctuation. */
export interface Vocabulary {
  /** Any of these anywhere is danger. */
  danger: { body: readonly string[]; self: readonly string[]; harm: readonly string[] }
  /** STOP and the like: the whole message. */
  stop: readonly string[]
  /** A person, anywhere in what was said. */
  person: readonly string[]
  /** A person only when it is all that was said. */
  personAlone: readonly string[]
  again: readonly string[]
  abuse: readonly string[]
  yes: readonly string[]
  no: readonly string[]
  notSure: readonly string[]
  /** A no where nothing is at risk: "that is wrong" of a name that is read back. */
  wrong: readonly string[]
  /** Words for the keys: "one" is 1. */
  digits: Readonly<Record<string, string>>
  /** Words that go with a key: "option", "number", "please". */
  keyWords: readonly string[]
  negators: readonly string[]
  /** Dangers that a bare "no" denies, as things can be denied: "no chest pain". */
  deniable: readonly string[]
  pronouns: readonly string[]
  /** To be, to have and to do: "no, she is not" is a no. */
  auxiliaries: readonly string[]
  /** "She can not" may be what is wrong: never a no. */
  modals: readonly string[]
  but: readonly string[]
  /** Said after the end, and asking nothing. */
  thanks: readonly string[]
  /** Words that add nothing to a plain yes or no: "thanks". None that may say how someone is: "well", "ok", "oh". */
  filler: readonly string[]
}
