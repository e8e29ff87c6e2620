import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Keyring } from './keyring.ts'

/** What a seed of 32 bytes lacks to be an Ed25519 key as files hold it (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The key that signs anchors; its public half proves them to anyone. */
export const signingKey = ({ sign: seed }: Keyring): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })

/** The public half of the signing key. */
export const publicKey = (keyring: Keyring): KeyObject => createPublicKey(signingKey(keyring))

/** Signs a text with Ed25519; base64url. */
export const signed = (key: KeyObject, text: string): string =>
  sign(null, Buffer.from(text), key).toString('base64url')

/** Whether a text was signed with the other half of this key. */
export const isSigned = (key: KeyObject, text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
