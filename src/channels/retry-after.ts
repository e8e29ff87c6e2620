/** How long a Retry-After header asks us to wait, in seconds, whether it names seconds or a date; null when it asks nothing. */
export function waitAsked(header: string | null): number | null {
  if (!header) return null
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}
