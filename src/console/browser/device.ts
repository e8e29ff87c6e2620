/** A call on this phone: one that rings, and then is spoken on. */
export interface Line {
  answer(): void
  refuse(): void
  mute(on: boolean): void
  press(keys: string): void
  hangUp(): void
}

/** What a phone tells the page. */
export interface Heard {
  state(now: 'starting' | 'ready' | 'lost' | 'off', words?: string): void
  ringing(line: Line): void
  /** They are on the line. */
  joined(): void
  ended(): void
  /** Something about the line that one should know; it is taken back when it is over. */
  warning(name: string, words: string | null): void
}

/** A phone in the browser. Twilio's and the simulator's look the same from here. */
export interface Phone {
  start(): Promise<void>
  stop(): void
}

/** Calls back every second, also while the window lies behind others: a page's own timers then sleep for a minute. */
export function everySecond(then: () => void): () => void {
  const worker = new Worker('/console/files/beat.js', { type: 'module' })
  worker.addEventListener('message', then)
  return () => worker.terminate()
}
