import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Takes texts as Twilio's REST API does, and keeps them. */
export async function openTwilio() {
  const texts: Record<string, string>[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    texts.push({ path: request.url ?? '', ...Object.fromEntries(new URLSearchParams(body)) })
    response.writeHead(201, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ sid: `SM${String(texts.length).padStart(32, '0')}` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    texts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
