import { readFileSync } from 'node:fs'
import { AppError, messageOf } from '../lib/app-error.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'

/**
 * A `fetch` that reaches this one service and nothing else. Its address may be private: an admin wrote it. Throws
 * `bad-usage` where the certificate authority cannot be read.
 */
export function serviceFetch(service: {
  readonly url: string
  readonly caFile: string | undefined
}): typeof globalThis.fetch {
  const url = new URL(service.url)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const rule = {
    host: url.hostname,
    port,
    addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  }
  return createEgressFetch({
    rules: [rule],
    ...(service.caFile === undefined ? {} : { extraCa: [readCa(service.caFile)] }),
  }).fetch
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('bad-usage', `cannot read the certificate authority ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
