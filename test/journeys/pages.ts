/** Somebody's pages of the console, signed in as the sample person of that id. */
export async function pagesOf(url: string, place: string, staff: string) {
  const ours = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
  const signedIn = await fetch(`${url}/console/sign-in/as`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...ours, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ place, staff }),
  })
  const [cookie = ''] = signedIn.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
  return {
    get: (path: string) =>
      fetch(`${url}/console${path}`, { headers: { cookie }, redirect: 'manual' }),
    post: (path: string, body: unknown) =>
      fetch(`${url}/console${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          ...{ ...ours, cookie, accept: 'application/json' },
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
  }
}
