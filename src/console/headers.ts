import type { MiddlewareHandler } from 'hono'

const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'media-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
}
/** What the voice SDK speaks to. https://www.twilio.com/docs/voice/sdks/javascript/best-practices */
const VOICE = {
  'connect-src':
    "'self' wss://*.twilio.com https://*.twilio.com https://media.twiliocdn.com https://sdk.twilio.com",
  'media-src': "'self' blob: mediastream: https://media.twiliocdn.com https://sdk.twilio.com",
}

/** Headers of every answer: nothing inline, nothing from elsewhere, in no frame, in no cache. */
export function safeHeaders(voice: boolean): MiddlewareHandler {
  return async function safeHeaders(c, next) {
    await next()
    const phone = voice && c.req.path.endsWith('/phone')
    const policy = Object.entries({ ...POLICY, ...(phone && VOICE) })
    const set = (name: string, value: string) => c.res.headers.set(name, value)
    set('Content-Security-Policy', policy.map((pair) => pair.join(' ')).join('; '))
    set('X-Content-Type-Options', 'nosniff')
    set('Referrer-Policy', 'same-origin')
    set('X-Frame-Options', 'DENY')
    set('Cross-Origin-Opener-Policy', 'same-origin')
    set('Cross-Origin-Resource-Policy', 'same-origin')
    set('Permissions-Policy', `camera=(), geolocation=(), microphone=${phone ? '(self)' : '()'}`)
    if (!c.res.headers.has('Cache-Control')) set('Cache-Control', 'no-store')
  }
}
