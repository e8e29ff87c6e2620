/** How Twilio refuses a REST call: an HTTP status and one of its published error codes. */
export class RestRefusal extends Error {
  override name = 'RestRefusal'
  readonly status: 400 | 401 | 404 | 409
  readonly code: number

  constructor(status: 400 | 401 | 404 | 409, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
