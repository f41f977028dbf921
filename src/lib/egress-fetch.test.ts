import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../test/support/self-signed.ts'
import { addressKind } from './address-range.ts'
import { createEgressFetch, type EgressOptions, type EgressRule } from './egress-fetch.ts'

/** A resolver that answers from a table, each name's addresses in turn. */
function resolver(table: Record<string, string[]>): NonNullable<EgressOptions['lookup']> {
  const lookup = (host: string, _options: unknown, done: (error: null, found: object[]) => void) => {
    const addresses = table[host] ?? []
    const address = addresses.length > 1 ? addresses.shift() : addresses[0]
    done(null, address ? [{ address, family: address.includes(':') ? 6 : 4 }] : [])
  }
  return lookup as unknown as NonNullable<EgressOptions['lookup']> // Only this one of the overloads is called.
}

/** A few hundred bytes that unpack to 300,000. */
const bomb = gzipSync(Buffer.alloc(300_000))
let server: Server
let port = 0
let hits = 0

beforeAll(async () => {
  server = createHttp((request, response) => {
    hits++
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    else if (request.url === '/long') response.end(Buffer.alloc(300_000))
    else if (request.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    else response.end('reached')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port // A listening TCP server has an address with a port.
})
afterAll(() => void server.close())

async function reach(
  url: string,
  rules: readonly EgressRule[],
  more: Partial<EgressOptions> = {},
): Promise<string> {
  const client = createEgressFetch({ rules, connectTimeoutMs: 20_000, ...more })
  try {
    return await (await client.fetch(url)).text()
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    return `refused: ${error instanceof Error ? error.message : error} ${cause}`
  } finally {
    await client.close()
  }
}

describe('createEgressFetch', () => {
  it('reaches what a rule names', async () => {
    expect(await reach(`http://127.0.0.1:${port}/`, [{ host: '127.0.0.1', port }])).toBe('reached')
    expect(
      await reach(`http://LOCALHOST.:${port}/`, [{ host: 'localhost', port }], {
        lookup: resolver({ 'localhost.': ['127.0.0.1'] }),
      }),
    ).toBe('reached')
  })

  it.each([
    ['another port', (p: number) => `http://127.0.0.1:${p + 1}/`],
    ['another host', (p: number) => `http://127.0.0.2:${p}/`],
    ['a decimal address', () => 'http://2130706433:1/'],
    ['an octal address', () => 'http://0177.0.0.1:1/'],
    ['a hexadecimal address', () => 'http://0x7f.1:1/'],
    ['a short address', () => 'http://127.1:1/'],
    ['a mapped address', () => 'http://[::ffff:127.0.0.1]:1/'],
    ['zero', () => 'http://0.0.0.0:1/'],
    ['the metadata address', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a name with credentials', (p: number) => `http://127.0.0.1:${p}@evil.example/`],
    ['credentials', (p: number) => `http://user:pass@127.0.0.1:${p}/`],
    ['a file', () => 'file:///etc/passwd'],
    ['full-width letters', () => 'http://ｅvil.example/'],
  ])('refuses %s that no rule names', async (_name, url) => {
    const before = hits
    expect(await reach(url(port), [{ host: '127.0.0.1', port }])).toMatch(/^refused: no connection to/)
    expect(hits).toBe(before)
  })

  const internal: readonly (readonly [string, string])[] = [
    ['loopback', '127.0.0.1'],
    ['private', '10.1.2.3'],
    ['link-local', '169.254.1.1'],
    ['metadata', '169.254.169.254'],
    ['IPv6 metadata', 'fd00:ec2::254'],
    ['shared', '100.64.0.1'],
    ['Alibaba metadata', '100.100.100.200'],
    ['mapped', '::ffff:10.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['unspecified', '0.0.0.0'],
    ['broadcast', '255.255.255.255'],
    ['unique local', 'fc00::1'],
  ]
  it.each(internal)('refuses a public name that resolves to a %s address', async (_name, address) => {
    const before = hits
    const found = await reach(`https://api.example.com:${port}/`, [{ host: 'api.example.com', port }], {
      lookup: resolver({ 'api.example.com': [address] }),
    })
    expect(found).toMatch(/it leads to/)
    expect(hits).toBe(before)
  })

  it('connects to the address that it checked, so a second answer of the resolver gains nothing', async () => {
    const table = { 'rebind.example': ['203.0.113.7', '127.0.0.1'] }
    const rules = [{ host: 'rebind.example', port, plainHttp: true }]
    const before = hits
    expect(
      await reach(`http://rebind.example:${port}/`, rules, {
        lookup: resolver(table),
        connectTimeoutMs: 200,
      }),
    ).toMatch(/^refused/)
    expect(await reach(`http://rebind.example:${port}/`, rules, { lookup: resolver(table) })).toMatch(
      /it leads to 127/,
    )
    expect(hits).toBe(before)
  })

  it('allows private addresses that a rule names, and metadata only by its whole address', async () => {
    const lookup = resolver({ 'llm.corp.example': ['127.0.0.1'] })
    const rule = { host: 'llm.corp.example', port, plainHttp: true }
    expect(
      await reach(`http://llm.corp.example:${port}/`, [{ ...rule, addresses: ['127.0.0.0/8'] }], { lookup }),
    ).toBe('reached')
    const meta = resolver({ 'meta.example': ['169.254.169.254'] })
    const metaRule = { host: 'meta.example', port: 443 }
    expect(
      await reach('https://meta.example/', [{ ...metaRule, addresses: ['169.254.0.0/16'] }], {
        lookup: meta,
      }),
    ).toMatch(/it leads to/)
    expect(
      await reach('https://meta.example/', [{ ...metaRule, addresses: ['169.254.169.254'] }], {
        lookup: meta,
        connectTimeoutMs: 100,
      }),
    ).not.toMatch(/it leads to/)
  })

  it('keeps to the kinds of place that a rule is for', async () => {
    const lookup = resolver({ 'local-model.example': ['203.0.113.9'] })
    const rule = { host: 'local-model.example', port: 443, only: ['loopback'] as const }
    expect(await reach('https://local-model.example/', [rule], { lookup })).toMatch(
      /only loopback is allowed/,
    )
  })

  it('refuses redirects and plain http beyond this machine', async () => {
    expect(await reach(`http://127.0.0.1:${port}/redirect`, [{ host: '127.0.0.1', port }])).toMatch(
      /redirect/,
    )
    expect(await reach('http://api.example.com/', [{ host: 'api.example.com', port: 80 }])).toMatch(
      /without TLS/,
    )
  })

  it.each(['/long', '/packed'])('reads no more of %s than it may, as sent or as unpacked', async path => {
    const rules = [{ host: '127.0.0.1', port }]
    const read = (maxAnswerBytes: number) =>
      reach(`http://127.0.0.1:${port}${path}`, rules, { maxAnswerBytes })
    expect(await read(299_999)).toMatch(/^refused: (?:the answer unpacks to more|terminated)/)
    for (const enough of [300_000, Number.POSITIVE_INFINITY])
      expect(await read(enough)).toBe('\0'.repeat(300_000))
  })

  it('verifies TLS, whatever the environment says, and trusts a private authority only when told', async () => {
    const { keyPem, certificatePem } = selfSigned('localhost')
    const secure = createHttps({ key: keyPem, cert: certificatePem }, (_request, response) =>
      response.end('secure'),
    ).listen(0, '127.0.0.1')
    await once(secure, 'listening')
    const securePort = (secure.address() as AddressInfo).port // As above.
    const rules = [{ host: 'localhost', port: securePort }]
    const lookup = resolver({ localhost: ['127.0.0.1'] })
    const url = `https://localhost:${securePort}/`
    const saved = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      expect(await reach(url, rules, { lookup })).toMatch(/^refused.*self-signed/)
      expect(await reach(url, rules, { lookup, extraCa: [certificatePem] })).toBe('secure')
    } finally {
      if (saved === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = saved
      secure.close()
    }
  })
})

it('knows what kind of place an address is', () => {
  const kinds = [
    '8.8.8.8',
    '127.9.9.9',
    '192.168.1.1',
    '169.254.169.254',
    '224.0.0.1',
    'nonsense',
    '2606:4700::1111',
    '::1',
  ]
  expect(kinds.map(addressKind)).toEqual([
    'public',
    'loopback',
    'private',
    'metadata',
    'special',
    'special',
    'public',
    'loopback',
  ])
})
