/** Every fault the service names, for staff, logs and tests. */
export type FaultCode =
  | 'bad-config' // a setting is missing or wrong: the operator's to mend
  | 'bad-flow' // a flow, word or place file breaks a rule: its author's to mend
  | 'bad-input' // the sender's fault: trying the same again will not help
  | 'not-found'
  | 'not-allowed'
  | 'overtaken' // another turn was saved first: load again and think again
  | 'store-down'
  | 'neighbour-down' // Twilio, Teams or Translate did not answer
  | 'neighbour-refused' // it answered, and said no
  | 'spill-failed' // what could not be saved could not be kept beside the store either
  | 'spill-full'
  | 'spill-unreadable' // a line of the spill was changed, or its key is gone
  | 'spill-torn' // the last line of a spill was not written to its end
  | 'spill-stuck' // a spilled contact cannot be replayed
  | 'anchor-failed' // the heads of the log could not be signed, or the last that were are torn

/** Whose fault it is, and whether trying again could help: all that a caller of ours needs to know. */
export class DoorError extends Error {
  override name = 'DoorError'
  readonly code: FaultCode
  readonly retry: boolean

  constructor(code: FaultCode, message: string, retry: boolean, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.retry = retry
  }
}
