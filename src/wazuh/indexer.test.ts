import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { selfSigned } from '../../test/support/self-signed.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import { openIndexer } from './indexer.ts'

const address = '127.0.0.1'

/** Asks an indexer at this address for `/`. */
async function ask(baseUrl: string, extraCa?: string[]): Promise<unknown> {
  const egress = createEgressFetch({
    rules: [{ host: address, port: Number(new URL(baseUrl).port), addresses: [address] }],
    ...(extraCa === undefined ? {} : { extraCa }),
  })
  const indexer = openIndexer({
    baseUrl,
    credentials: { username: 'u', password: new Secret('p') },
    fetch: egress.fetch,
    timeoutMs: 20_000,
  })
  try {
    return await indexer.request('GET', '/', undefined, AbortSignal.timeout(300_000))
  } finally {
    await egress.close()
  }
}

it('trusts a private CA where it is given, and nothing else', async () => {
  const { keyPem, certificatePem } = selfSigned(address)
  const server = createServer({ key: keyPem, cert: certificatePem }, (request, response) =>
    response.end(JSON.stringify({ who: request.headers.authorization })),
  )
  await new Promise<void>(done => server.listen(0, address, done))
  const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
  try {
    const baseUrl = `https://${address}:${port}`
    const who = `Basic ${Buffer.from('u:p').toString('base64')}`
    expect(await ask(baseUrl, [certificatePem])).toEqual({ who })
    await expect(ask(baseUrl)).rejects.toMatchObject({
      code: 'indexer-unreachable',
      message: expect.stringContaining('TOCSIN_INDEXER_CA'),
    })
  } finally {
    server.close()
  }
})

it('says where nobody answers, and that it may be tried again', async () => {
  const gone = createServer().listen(0, address)
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo // As above.
  gone.close()
  await once(gone, 'close')
  await expect(ask(`http://${address}:${port}`)).rejects.toMatchObject({
    code: 'indexer-unreachable',
    retryable: true,
    message: expect.stringContaining('ECONNREFUSED'),
  })
})
