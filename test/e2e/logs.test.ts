import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { consolePassword } from '../support/console-visit.ts'
import { freePort } from '../support/free-port.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'

// What a whole program writes into its log, at the level that tells most, while secrets go through it.

let folder: string
let program: TocsinProcess
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-logs-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
})
afterAll(async () => {
  if (program?.child.exitCode === null) await program.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

it('is lines of JSON with level, time and message, and holds no secret, whatever goes wrong', async () => {
  const given = {
    indexer: 'indexer-hunter2',
    api: 'wazuh-hunter2',
    mail: 'mailbox-hunter2',
    bearer: 'bearer-hunter2',
  }
  const port = await freePort()
  const nobody = await freePort()
  program = startTocsin(['up'], {
    TOCSIN_DATA: join(folder, 'data'),
    TOCSIN_PORT: String(port),
    TOCSIN_LOG_LEVEL: 'trace',
    // Nobody answers there: each of them fails, and says so.
    TOCSIN_INDEXER_URL: `http://127.0.0.1:${nobody}`,
    TOCSIN_INDEXER_USER: 'reader',
    TOCSIN_INDEXER_PASSWORD: given.indexer,
    TOCSIN_INDEXER_POLL_SECONDS: '1',
    TOCSIN_WAZUH_API_URL: `http://127.0.0.1:${nobody}`,
    TOCSIN_WAZUH_API_USER: 'writer',
    TOCSIN_WAZUH_API_PASSWORD: given.api,
    TOCSIN_MAIL_IMAP_URL: `imap://reader@127.0.0.1:${nobody}/INBOX`,
    TOCSIN_MAIL_IMAP_PASSWORD: given.mail,
  })
  const [, oneTime = ''] = await program.seen(/one-time password (\S+)/)
  await program.seen(/ready on http/)
  const secrets: string[] = [consolePassword, 'a wrong password of somebody', ...Object.values(given)]
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const ask = async (method: string, path: string, body?: object, more: Record<string, string> = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers, ...more },
      ...sent,
    })
    const [cookie = ''] = answer.headers.getSetCookie()
    if (cookie !== '') {
      headers.cookie = cookie.split(';')[0] ?? ''
      secrets.push(headers.cookie.split('=')[1] ?? '')
    }
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('application/json') ?? false
    return { status: answer.status, body: json ? JSON.parse(text) : undefined }
  }
  const signIn = (password: string) => ask('POST', '/api/session', { username: 'admin', password })
  expect((await signIn('a wrong password of somebody')).status).toBe(401)
  const { session } = (await signIn(oneTime)).body
  headers['x-csrf-token'] = session.csrfToken
  secrets.push(session.csrfToken)
  await ask('POST', '/api/session/password', { current: oneTime, next: consolePassword })
  const token = (await ask('POST', '/api/tokens', { name: 't', scopes: ['ingest'], expiresInDays: 1 })).body
    .secret
  secrets.push(token)
  const bearer = (text: string) => ({
    authorization: `Bearer ${text}`,
    'content-type': 'application/x-ndjson',
  })
  expect((await ask('POST', '/api/webhook', { a: 1 }, { ...bearer(token), cookie: '' })).status).toBe(200)
  await ask('POST', '/api/webhook', { a: 1 }, { ...bearer(given.bearer), cookie: '' })
  // As the ways back of sign-ins by others carry them, and where nothing is.
  for (const path of ['/nowhere', '/api/nowhere', '/api/cases'])
    await ask('GET', `${path}?code=${given.bearer}`)
  secrets.push(readFileSync(join(folder, 'data/master.key'), 'utf8').trim())
  secrets.push(readFileSync(join(folder, 'data/postgres/password'), 'utf8').trim())
  expect(await program.end('SIGTERM')).toBe(0)

  const lines = program
    .output()
    .split('\n')
    .filter(line => line !== '')
  const spoken = lines.filter(line => line.startsWith('tocsin:'))
  const logged = lines.filter(line => !line.startsWith('tocsin:'))
  expect(logged.length).toBeGreaterThan(3)
  for (const line of logged)
    expect(JSON.parse(line)).toMatchObject({
      level: expect.any(Number),
      time: expect.any(Number),
      msg: expect.any(String),
    })
  // The one-time password is told once, to whoever started it, and is in no line of the log.
  expect(spoken.filter(line => line.includes(oneTime))).toHaveLength(1)
  for (const secret of [...secrets, oneTime]) {
    expect(secret.length).toBeGreaterThan(8)
    expect(logged.filter(line => line.includes(secret))).toEqual([])
  }
  for (const secret of secrets) expect(spoken.filter(line => line.includes(secret))).toEqual([])
})

it('tells whoever started it at a terminal everything in prose, from the first line to the last', async () => {
  program = startTocsin(
    ['up'],
    {
      TOCSIN_DATA: join(folder, 'shown'),
      TOCSIN_PORT: String(await freePort()),
      TOCSIN_LOG_LEVEL: 'info',
      TOCSIN_MAIL_IMAP_URL: `imap://reader@127.0.0.1:${await freePort()}/INBOX`, // Nobody answers there.
      TOCSIN_MAIL_IMAP_PASSWORD: 'mailbox-hunter2',
    },
    { terminal: true },
  )
  await program.seen(/ready on http/)
  await program.seen(/error: taking a mail in failed/)
  program.child.stdin?.write('\x03') // Ctrl-C.
  await once(program.child, 'exit')
  const lines = program
    .output()
    .split(/\r?\n/)
    .filter(line => !['', '^C'].includes(line.trim()))
  for (const line of lines) expect(line).toMatch(/^(\^C)?tocsin: {1,3}\S/)
  expect(program.output()).not.toMatch(/[{}]|Server listening/)
  expect(program.output().indexOf('one-time password')).toBeGreaterThan(0)
  expect(lines.at(-1)).toContain('stopping')
})
