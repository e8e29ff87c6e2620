interface Account {
  accountSid: string
  httpClient: { request(asked: object): Promise<{ statusCode: number; body: unknown }> }
}

/**
 * Takes the place of the `twilio` package in the Worker, by the alias in wrangler.toml: the whole client is 480 kB, and
 * sending a text is one request. What it does not have, the Worker cannot do, and the types do not say so.
 */
export default function twilio(username: string, password: string, account: Account) {
  const { accountSid, httpClient } = account
  const uri = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`
  return {
    messages: {
      async create({ to, from, body, statusCallback }: Record<string, string>) {
        const data = { To: to, From: from, Body: body, StatusCallback: statusCallback }
        const asked = { method: 'post', uri, username, password, data }
        const { statusCode: status, body: answer } = await httpClient.request(asked)
        const { sid, code } = answer as { sid?: string; code?: number }
        if (status >= 200 && status < 300 && sid) return { sid }
        throw Object.assign(new Error(`Twilio ${status}`), { status, code })
      },
    },
  }
}
