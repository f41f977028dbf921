import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  hasDovecot,
  type RunningDovecot,
  startDovecot,
  type TokenSignIn,
} from '../../../test/support/dovecot.ts'
import { emptyMailOrganisation } from '../../domain/mail.ts'
import { fixedClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { mailAnalyser } from '../analyse-mail.ts'
import type { IncomingMail } from '../receive-mail.ts'
import { type ImapOptions, watchImapMailbox } from './imap-mailbox.ts'
import type { TakeMail } from './intake.ts'
import { oauthTokens } from './oauth-token.ts'

if (!hasDovecot)
  console.warn('SKIPPED: no Dovecot here (Debian: dovecot-imapd, as root): the abuse mailbox is not tested')

describe.skipIf(!hasDovecot)('watchImapMailbox', () => {
  const analyse = mailAnalyser(emptyMailOrganisation)
  const cleanUps: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })

  const message = (subject: string) => `From: ann@acme.example\nSubject: ${subject}\n\nPlease have a look.\n`

  async function start(tokens?: TokenSignIn): Promise<RunningDovecot> {
    const server = await startDovecot(tokens)
    cleanUps.push(() => server.stop())
    return server
  }

  /** Watches the mailbox until the test ends; `before` runs ahead of each mail that is taken and may refuse it. */
  function watch(
    server: RunningDovecot,
    other: Partial<ImapOptions> = {},
    before: (subject: string) => void = () => undefined,
  ) {
    const taken: IncomingMail[] = []
    const failures: unknown[] = []
    const subject = ({ bytes }: IncomingMail) => /Subject: (\w+)/.exec(bytes.toString())?.[1] ?? ''
    const take: TakeMail = async incoming => {
      before(subject(incoming))
      taken.push(incoming)
      return { id: `mail_${taken.length}`, report: analyse(incoming.bytes, 'x', 0), known: false }
    }
    const stop = new AbortController()
    const watching = watchImapMailbox(
      take,
      {
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        allowPlain: true,
        user: 'abuse',
        credential: async () => ({ kind: 'password', secret: new Secret('secret') }),
        folder: 'INBOX',
        onFailure: error => failures.push(error),
        ...other,
      },
      stop.signal,
    )
    cleanUps.push(() => {
      stop.abort()
      return watching
    })
    const subjects = () => taken.map(subject)
    // A mail that was taken but not yet marked read is met again after a crash: the receiver knows it by its bytes.
    return { taken, failures, subjects, each: () => [...new Set(subjects())] }
  }

  it('takes unread mails, hears of new ones at once, and leaves unread what could not be stored', async () => {
    const server = await start()
    let refusals = 1
    server.deliver(message('one'))
    const { taken, failures, subjects } = watch(server, {}, () => {
      if (refusals-- > 0) throw new Error('the database is away')
    })
    await expect.poll(() => failures.length).toBe(1)
    expect(taken).toEqual([])
    // Dovecot tells of a mail unasked only to a client in IDLE, and the next look would be in nine minutes.
    server.deliver(message('two'))
    await expect.poll(() => taken.length).toBe(2)
    expect(subjects().sort()).toEqual(['one', 'two'])
    expect(taken[0]).toMatchObject({ source: 'imap', reporter: 'ann@acme.example' })
    server.deliver(message('three'))
    await expect.poll(() => taken.length).toBe(3)
    expect(subjects()[2]).toBe('three')
  })

  it('does not miss what arrives while others are being taken', async () => {
    const server = await start()
    server.deliver(message('one'))
    const { subjects } = watch(server, {}, subject => {
      if (subject === 'one') server.deliver(message('meanwhile'))
    })
    await expect.poll(subjects).toEqual(['one', 'meanwhile'])
  })

  it('comes back by itself when the server died, and misses nothing that arrived meanwhile', async () => {
    const server = await start()
    server.deliver(message('before'))
    const { failures, subjects, each } = watch(server)
    await expect.poll(subjects).toEqual(['before'])
    server.deliver(message('meanwhile'))
    await server.crash()
    server.deliver(message('after'))
    await expect.poll(() => each().sort()).toEqual(['after', 'before', 'meanwhile'])
    expect(failures.length).toBeGreaterThan(0)
  })

  for (const mechanism of ['oauthbearer', 'xoauth2'] as const)
    it(`signs in with a token (${mechanism}), and with a new one once the server refuses it`, async () => {
      const provider = await startTokenServer()
      cleanUps.push(() => provider.close())
      const server = await start({
        mechanism,
        introspectionUrl: `${provider.url}/introspect`,
      })
      server.deliver(message('one'))
      const tokens = oauthTokens({
        tokenUrl: `${provider.url}/token`,
        clientId: 'tocsin',
        clientSecret: new Secret('s3cret'),
        refreshToken: undefined,
        scope: undefined,
        fetch: globalThis.fetch,
        clock: fixedClock(0),
      })
      const { failures, subjects, each } = watch(server, {
        credential: async () => ({ kind: 'token', secret: await tokens.get() }),
        onRefused: () => tokens.forget(),
      })
      await expect.poll(subjects).toEqual(['one'])
      expect(failures).toEqual([])
      expect(provider.introspected).toContain('token-1')

      provider.revoke('token-1')
      await server.crash()
      server.deliver(message('two'))
      // A connection that was made as the server died is given up after 90 s, and then the old token is refused once.
      await expect.poll(each, { timeout: 300_000 }).toEqual(['one', 'two'])
      expect(provider.introspected).toContain('token-2')
      expect(failures.map(String).join()).not.toContain('token-')
    })
})

/** An authorization server with a token endpoint (RFC 6749) and an introspection endpoint (RFC 7662). */
async function startTokenServer() {
  const active = new Set<string>()
  const introspected: string[] = []
  let issued = 0
  const server: Server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const form = new URLSearchParams(text)
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/introspect') {
      const token = form.get('token') ?? ''
      introspected.push(token)
      answer(200, active.has(token) ? { active: true, username: 'abuse' } : { active: false })
    } else if (request.url === '/token' && form.get('client_secret') === 's3cret') {
      active.add(`token-${++issued}`)
      answer(200, { access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 600 })
    } else answer(400, { error: 'invalid_request' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    introspected,
    revoke: (token: string) => active.delete(token),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
