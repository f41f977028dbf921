import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { listenTrouble } from './listen-trouble.ts'

/** What the system says itself. */
async function failure(host: string, port: number): Promise<unknown> {
  const server = createServer()
  server.listen(port, host)
  const [error] = await once(server, 'error')
  return error
}

it('tells a taken port from an address that this machine has not', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  const address = first.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    expect(listenTrouble('127.0.0.1', port, await failure('127.0.0.1', port))).toBe(
      `cannot listen on 127.0.0.1:${port}: another program, or a Tocsin that runs already, listens there. TOCSIN_PORT sets another port`,
    )
  } finally {
    first.close()
  }
  // TEST-NET-2 (RFC 5737): nobody has it.
  expect(listenTrouble('198.51.100.7', 7411, await failure('198.51.100.7', 7411))).toContain(
    'this machine has no such address. TOCSIN_HOST',
  )
})

it('says what to do about a port of root and a name that nobody knows', () => {
  const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES' })
  expect(listenTrouble('::1', 80, denied)).toMatch(/^cannot listen on \[::1\]:80: .*higher one/)
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  expect(listenTrouble('nix.example', 7411, unknown)).toContain('the name nix.example is not known')
})
