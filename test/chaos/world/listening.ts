import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Form, signature } from './callbacks.ts'

/** A small app that hears callbacks; `signed` says whether they were signed with a token. */
export async function listening(
  hear: (form: Form, signed: (token: string) => boolean) => Promise<number>
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    const given = request.headers['x-twilio-signature']
    const signed = (token: string) => signature(token, url + request.url, form) === given
    response.writeHead(await hear(form, signed)).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
