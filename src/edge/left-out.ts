/**
 * Stands in a Worker's bundle for what the Bot Framework loads and a Worker has no use for: Azure's sign-ins, files of
 * transcripts, markup of spoken replies, and streams. They were a quarter of the bundle (see `[alias]` in wrangler.toml).
 */
const missing = (): never => {
  throw new Error('This part of the Bot Framework is not built into the Worker')
}

/** Of `@azure/identity`: our own client signs its requests, on every runtime. */
export class DefaultAzureCredential {
  constructor() {
    missing()
  }
}

/** Of `botframework-streaming`: Teams is answered over HTTP. */
export class RequestHandler {
  constructor() {
    missing()
  }
}
