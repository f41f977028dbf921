import { appendFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPointer } from '../../src/lib/json-pointer.ts'
import { type ApiPerson, apiPerson, until } from '../support/api-person.ts'
import { wholeContract } from '../support/http-contract.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// What `tocsin up` looks like from outside, over real HTTP: headers, the description of the API, machines' own doors, limits.

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: { readonly 200: { readonly content: Readonly<Record<string, object>> } }
}

interface Description extends Record<string, unknown> {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const requestsPerMinute = 1500
let tocsin: RunningTocsin
let admin: ApiPerson
let described: Description
let operations: { readonly name: string; readonly operation: Operation }[]

beforeAll(async () => {
  tocsin = await startTocsin({ settings: { TOCSIN_REQUESTS_PER_MINUTE: String(requestsPerMinute) } })
  admin = await apiPerson(tocsin.base, 'admin', tocsin.password)
  described = (await (await fetch(`${tocsin.base}/api/openapi.json`)).json()) as Description
  operations = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
})
afterAll(() => tocsin?.stop())

const tokenWith = async (scope: string): Promise<Record<string, string>> => {
  const made = await admin<{ secret: string }>('POST', '/api/tokens', {
    name: scope,
    scopes: [scope],
    expiresInDays: 1,
  })
  return { authorization: `Bearer ${made.body.secret}` }
}

it.each(['/', '/cases/case_1', '/api/cases', '/api/openapi.json', '/nowhere', '/healthz'])(
  '%s lets nothing be loaded from elsewhere, framed, guessed or told on',
  async path => {
    const { headers } = await fetch(tocsin.base + path, { headers: { accept: 'text/html' } })
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split(';').map(part => {
        const [name = '', ...values] = part.trim().split(' ')
        return [name, values.join(' ')]
      }),
    )
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'font-src': "'self'",
      'connect-src': "'self'",
      'object-src': "'none'",
      'require-trusted-types-for': "'script'",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    })
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull()
  },
)

it('the page itself holds no script and no style', async () => {
  const page = await (await fetch(tocsin.base, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('<script type="module"')
  expect(page).not.toMatch(/<script(?![^>]*\bsrc="\/)[^>]*>|<style|\sstyle=|\son\w+=/)
})

describe('the description of the API', () => {
  it('names every endpoint that there is, and none that there is not', async () => {
    const contract = await wholeContract()
    const wanted = contract.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(wanted)].sort())
    for (const { summary } of contract) expect(summary).not.toBe('')
    for (const { name } of operations) {
      const [method = '', path = ''] = name.split(' ')
      const answer = await fetch(tocsin.base + path.replace(/\{\w+\}/g, 'x'), { method, redirect: 'manual' })
      expect(await answer.text(), name).not.toContain('there is nothing at')
    }
  })

  it('has each parameter of an address, and no reference that leads nowhere', () => {
    for (const { name, operation } of operations) {
      const inAddress = [...name.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const ofPath = operation.parameters.filter(each => each.in === 'path').map(each => each.name)
      expect(ofPath.sort(), name).toEqual(inAddress.sort())
    }
    const references = [...JSON.stringify(described).matchAll(/"\$ref":"([^"]*)"/g)].map(
      match => match[1] ?? '',
    )
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references)
      expect(readPointer(described, reference.replace(/^#/, '')), reference).toBeTypeOf('object')
  })

  it('says what is sent and answered where that is not JSON', async () => {
    const typesOf = (wanted: string) => {
      const found = operations.find(({ name }) => name === wanted)?.operation
      return [found?.requestBody?.content, found?.responses[200].content].map(each => Object.keys(each ?? {}))
    }
    expect(typesOf('POST /api/webhook')).toEqual([['application/x-ndjson'], ['application/json']])
    expect(typesOf('GET /api/cases/{id}/export')[1]).toContain('application/pdf')
    expect(typesOf('GET /api/events')[1]).toEqual(['text/event-stream'])
    expect(typesOf('POST /oauth/token')[0]).toEqual(['application/x-www-form-urlencoded'])
    // The handler's own names for a body of bytes or a form are in no description.
    expect(JSON.stringify(operations)).not.toMatch(/"properties":\{"(?:raw|form)":/)
  })
})

it('the same alert by file and by webhook is one alert, however often it comes', async () => {
  const line = wazuhLine({
    id: '1770000000.77',
    atMs: Date.now(),
    host: 'twice-01',
    rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
    data: { srcip: '203.0.113.77' },
  })
  await appendFile(tocsin.alertsFile, `${line}\n`)
  const cases = () => admin<{ cases: { alertCount: number }[] }>('GET', '/api/cases?host=twice-01')
  await until('the alert by file', async () => (await cases()).body.cases[0])
  const headers = { ...(await tokenWith('ingest')), 'content-type': 'application/x-ndjson' }
  const post = () =>
    fetch(`${tocsin.base}/api/webhook`, { method: 'POST', headers, body: `${line}\n${line}\n` })
  for (const _ of [1, 2])
    expect(await (await post()).json()).toEqual({ stored: 0, duplicates: 2, quarantined: 0, ignored: 0 })
  expect((await cases()).body.cases).toMatchObject([{ alertCount: 1 }])
})

it('machines are told how it is doing, with a token for just that', async () => {
  const metrics = (headers: Record<string, string>) => fetch(`${tocsin.base}/metrics`, { headers })
  expect((await metrics({})).status).toBe(401)
  expect((await metrics(await tokenWith('ingest'))).status).toBe(403)
  const given = await metrics(await tokenWith('metrics'))
  expect([given.status, given.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^text\/plain/),
  ])
  const text = await given.text()
  // By route, never by address: a scraper gets no id and no word of an alert.
  expect(text).toMatch(
    /^tocsin_http_request_seconds_count\{method="GET",route="\/api\/cases",status="200"\} \d+$/m,
  )
  expect(text).not.toMatch(/twice-01|203\.0\.113\.77/)
  expect(await (await fetch(`${tocsin.base}/readyz`)).json()).toEqual({
    status: 'ok',
    checks: { database: 'ok' },
  })
})

it('one address that asks too often is told to wait', async () => {
  const ask = async () => {
    const answer = await fetch(`${tocsin.base}/api/cases`)
    return { status: answer.status, after: answer.headers.get('retry-after'), body: await answer.json() }
  }
  // Many at once, and again where the machine is so slow that a minute went by meanwhile.
  for (let sent = 0; sent <= 10 * requestsPerMinute; sent += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, ask))
    const told = answers.find(({ status }) => status === 429)
    for (const { status } of answers) expect([401, 429]).toContain(status)
    if (told === undefined) continue
    expect(Number(told.after)).toBeGreaterThan(0)
    expect(told.body).toMatchObject({ error: { code: 'too-many-requests' } })
    return
  }
  expect.unreachable('it was never told to wait')
})
