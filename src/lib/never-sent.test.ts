import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { selfSigned } from '../../test/support/self-signed.ts'
import { createEgressFetch, type EgressRule } from './egress-fetch.ts'
import { isUntrustedCertificate, wasNeverSent } from './never-sent.ts'

const host = '127.0.0.1'
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

async function listening(server: Server): Promise<number> {
  open.push(server.listen(0, host))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port // A server that listens on TCP has one.
}

/** What a POST there throws. */
async function failure(port: number, scheme = 'http', rule: Partial<EgressRule> = {}): Promise<unknown> {
  const egress = createEgressFetch({ rules: [{ host, port, addresses: [host], ...rule }] })
  try {
    const response = await egress.fetch(`${scheme}://${host}:${port}/`, { method: 'POST', body: '{}' })
    await response.text()
  } catch (error) {
    return error
  } finally {
    await egress.close()
  }
  throw new Error('it was answered')
}

it('says so where nobody listens, where our own rules forbid it, and where the certificate is not trusted', async () => {
  const gone = createServer()
  const port = await listening(gone)
  gone.close()
  await once(gone, 'close')
  expect(wasNeverSent(await failure(port))).toBe(true)
  expect(wasNeverSent(await failure(port, 'http', { only: ['public'] }))).toBe(true)

  const { keyPem, certificatePem } = selfSigned(host)
  let heard = 0
  const stranger = createTlsServer({ key: keyPem, cert: certificatePem }, () => heard++)
  const error = await failure(await listening(stranger), 'https')
  expect([wasNeverSent(error), isUntrustedCertificate(error), heard]).toEqual([true, true, 0])
})

const deeds: readonly [string, RequestListener][] = [
  ['the connection ends', (request, _) => request.socket.destroy()],
  ['the answer breaks off', (request, response) => response.write('half', () => request.socket.destroy())],
  ['the answer is a redirect', (_, response) => response.writeHead(303, { location: '/' }).end()],
]
it.each(deeds)('never says so once the request has arrived: %s', async (_what, answer) => {
  let heard = 0
  const server = createServer((request, response) => {
    heard++
    answer(request, response)
  })
  const error = await failure(await listening(server))
  expect([wasNeverSent(error), isUntrustedCertificate(error), heard]).toEqual([false, false, 1])
})
