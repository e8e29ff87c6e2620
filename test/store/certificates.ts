import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate authority of the test's own, and a certificate of it for localhost and 127.0.0.1. */
export interface Certificates {
  authority: string
  certificate: string
  key: string
}

const openssl = (...args: string[]) => execFileSync('/usr/bin/openssl', args, { stdio: 'ignore' })
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes them anew, in a folder; each is the path of a PEM file. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name)
  const [authority, signer, key, certificate] = [
    at('ca.crt'),
    at('ca.key'),
    at('redis.key'),
    at('redis.crt'),
  ]
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const own = ['-subj', '/CN=an authority of the tests', '-days', '2']
  openssl('req', '-x509', ...NEW_KEY, '-keyout', signer, '-out', authority, ...own)
  openssl('req', ...NEW_KEY, '-keyout', key, '-out', at('csr'), '-subj', '/CN=redis')
  openssl(
    ...['x509', '-req', '-in', at('csr'), '-CA', authority, '-CAkey', signer, '-CAcreateserial'],
    ...['-days', '2', '-out', certificate, '-extfile', at('names')]
  )
  return { authority, certificate, key }
}
