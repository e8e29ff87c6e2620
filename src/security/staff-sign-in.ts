import * as oidc from 'openid-client'
import { DoorError } from '../errors.ts'

/** Where staff sign in: an Entra tenant, or `organizations` for the tenants of several places. */
export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string
}

/** What is remembered of a sign-in while the person is at Microsoft. */
export interface Begun {
  state: string
  nonce: string
  verifier: string
}

/** Who Microsoft says they are: tenant and object id, both GUIDs. */
export interface Proved {
  tenant: string
  oid: string
}

export interface SignIn {
  begin(redirect: string): Promise<{ url: string; begun: Begun }>
  /** Rejects with DoorError 'not-allowed' for whatever is not what was begun, or 'neighbour-down'. */
  finish(returned: URL, begun: Begun): Promise<Proved>
}

const SKEW_S = 60
const TIMEOUT_S = 5
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Sign-in by OpenID Connect: authorisation code with PKCE, state and nonce. The signature of the token is checked
 * against the issuer's keys although it came over TLS from the issuer itself.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function signIn(settings: OidcSettings): SignIn {
  let known: Promise<oidc.Configuration> | undefined
  const issuer = () => {
    known ??= discover(settings).catch((cause) => {
      known = undefined
      throw new DoorError('neighbour-down', 'Sign-in did not answer', true, { cause })
    })
    return known
  }
  return {
    begin: async (redirect) => begin(await issuer(), redirect),
    async finish(returned, { state, nonce, verifier }) {
      const tokens = await oidc
        .authorizationCodeGrant(await issuer(), returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch((cause) => {
          throw new DoorError('not-allowed', 'Sign-in was not proved', false, { cause })
        })
      return proved(tokens.claims())
    },
  }
}

async function begin(issuer: oidc.Configuration, redirect: string) {
  const begun = {
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
  }
  const url = oidc.buildAuthorizationUrl(issuer, {
    redirect_uri: redirect,
    scope: 'openid profile',
    response_type: 'code',
    response_mode: 'query',
    prompt: 'select_account',
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  })
  return { url: url.href, begun }
}

async function discover({ issuer, clientId, clientSecret }: OidcSettings) {
  const url = new URL(issuer)
  // A stand-in on this machine is spoken to in the clear; nothing else is.
  const here = url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname)
  const client = { client_secret: clientSecret, [oidc.clockTolerance]: SKEW_S }
  return oidc.discovery(url, clientId, client, undefined, {
    timeout: TIMEOUT_S,
    execute: [oidc.enableNonRepudiationChecks, ...(here ? [oidc.allowInsecureRequests] : [])],
  })
}

function proved(claims: oidc.IDToken | undefined): Proved {
  const { tid, oid } = (claims ?? {}) as Record<string, unknown>
  if (typeof tid !== 'string' || typeof oid !== 'string' || !GUID.test(tid) || !GUID.test(oid))
    throw new DoorError('not-allowed', 'Sign-in named nobody', false)
  return { tenant: tid.toLowerCase(), oid: oid.toLowerCase() }
}
