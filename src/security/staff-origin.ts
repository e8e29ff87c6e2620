/**
 * Whether a request that changes something comes from a page of ours. The cookie is SameSite=Lax, which a sibling
 * domain and an old browser get round; a browser's own word on where a request began is not to be got round by a page.
 * A client that says neither is no browser with a session of ours. https://www.w3.org/TR/fetch-metadata/
 */
export function fromOurPage(headers: Headers, origins: readonly string[]): boolean {
  const site = headers.get('Sec-Fetch-Site')
  if (site !== null && site !== 'same-origin') return false
  const origin = headers.get('Origin')
  if (origin !== null)
    return origins.includes(origin) || (site === 'same-origin' && origin !== 'null')
  return site === 'same-origin'
}
