import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key and a certificate that it signed itself, for one host name or address and for a day. Made by the system's openssl. */
export function selfSigned(host: string): { readonly keyPem: string; readonly certificatePem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-tls-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  try {
    const subject = [
      '-subj',
      `/CN=${host}`,
      '-addext',
      `subjectAltName=${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`,
    ]
    const files = ['-keyout', key, '-out', certificate]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        ...subject,
        ...files,
      ],
      { stdio: 'pipe' },
    )
    return { keyPem: readFileSync(key, 'utf8'), certificatePem: readFileSync(certificate, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
