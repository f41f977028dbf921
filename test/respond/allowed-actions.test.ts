import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResponseSettingsInput } from '../../src/domain/response-settings.ts'
import type { RespondBench } from '../support/respond-bench.ts'
import type { Person } from '../support/test-server.ts'
import { openResponseDesk, type ResponseDesk, reloadNginx } from './response-desk.ts'

// Actions that an organisation adds to those of Tocsin: commands of its own, and tickets.

const signingKey = 'a key that both know'
let receiver: Awaited<ReturnType<typeof startReceiver>>
let desk: ResponseDesk
let bench: RespondBench
let caseId: string
let rita: Person
let ana: Person
let adam: Person
let ada: Person

beforeAll(async () => {
  receiver = await startReceiver()
  desk = await openResponseDesk({ TOCSIN_HOOK_TICKETS: signingKey })
  ;({ bench, caseId, rita, adam } = desk)
  ;({ ana, ada } = await desk.staff())
})
afterAll(async () => {
  await bench.close()
  await receiver.close()
})

/** A ticket system that keeps what it gets. */
async function startReceiver() {
  const seen: { readonly body: string; readonly headers: NodeJS.Dict<string | string[]> }[] = []
  let status = 201
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ body: Buffer.concat(chunks).toString(), headers: request.headers })
      response.writeHead(status).end(JSON.stringify({ key: 'SOC-17' }))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
  return {
    seen,
    url: `http://127.0.0.1:${port}/issues`,
    answer(next: number) {
      status = next
    },
    close: () => new Promise<void>(done => server.close(() => done())),
  }
}

describe('a command that admins allow-listed', () => {
  it('is new power: a second admin confirms it, then people can propose it within its schema', async () => {
    const asked = await desk.change(adam, { commands: [reloadNginx] })
    expect(asked.weakens).toEqual(['command reload-nginx is new or changed'])
    const before = await bench.propose(rita, caseId, 'custom:reload-nginx', {
      site: 'shop',
      tag: 'a',
    })
    expect(before).toMatchObject({ status: 400, error: "there is no action 'custom:reload-nginx'" })
    await desk.confirm(ada, asked.version)
    for (const args of [
      { site: 'other', tag: 'a' },
      { site: 'shop' },
      { site: 'shop', tag: 'a b' },
      { site: 'shop', tag: '-rf' },
      { site: 'shop', tag: 'A' },
      { site: 'shop', tag: 'a', more: 'x' },
    ])
      expect((await bench.propose(rita, caseId, 'custom:reload-nginx', args)).status).toBe(400)
    const { proposal } = await bench.propose(rita, caseId, 'custom:reload-nginx', {
      site: 'shop',
      tag: 'a;b',
    })
    expect(proposal.description).toBe('Run the command reload-nginx0 on web-01 with site shop, tag a;b.')
    await bench.decide(ana, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'sent' })
    expect(bench.wazuh.calls.at(-1)).toMatchObject({
      query: { agents_list: '007' },
      body: { command: 'reload-nginx0', arguments: ['shop', 'a;b'] },
    })
    expect(await bench.report(proposal.id, 'done', 'reloaded')).toBe(true)
  })

  it('is not carried out where its definition changed after people approved', async () => {
    const { proposal } = await bench.propose(rita, caseId, 'custom:reload-nginx', {
      site: 'blog',
      tag: 'a',
    })
    await bench.decide(ana, proposal)
    await desk.confirm(
      ada,
      (await desk.change(adam, { commands: [{ ...reloadNginx, command: '!wipe-disk' }] })).version,
    )
    const sent = bench.wazuh.calls.length
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'definition-changed' })
    expect(bench.wazuh.calls.length).toBe(sent)
    await desk.change(adam, {})
    // What was done with a command that is gone is still shown.
    expect((await bench.read(rita, proposal.id)).description).toContain('no longer allowed')
  })
})

describe('a ticket', () => {
  const jira = () =>
    ({
      name: 'jira',
      title: 'Open a Jira issue',
      url: receiver.url,
      format: 'jira',
      project: 'SOC',
      signingKey: 'TOCSIN_HOOK_TICKETS',
      networks: ['127.0.0.0/8'],
    }) satisfies NonNullable<ResponseSettingsInput['tickets']>[number]
  const ticket = async (summary: string) => {
    const args = { summary, description: 'See the case.' }
    const { proposal } = await bench.propose(rita, caseId, 'ticket:jira', args)
    await bench.decide(ana, proposal)
    return { proposal, result: await bench.execute(proposal.id) }
  }

  it('names no secret but those of its own prefix', async () => {
    const stolen = { ...jira(), signingKey: 'TOCSIN_MASTER_KEY' }
    expect((await desk.change(adam, { tickets: [stolen] })).status).toBe(400)
  })

  it('is sent signed, once, with its number as the outcome', async () => {
    await desk.confirm(ada, (await desk.change(adam, { tickets: [jira()] })).version)
    const { proposal, result } = await ticket('Web shell on web-01')
    expect(result).toEqual({ kind: 'done', reason: 'Open a Jira issue took it as SOC-17' })
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'wrong-state' })
    expect(receiver.seen).toHaveLength(1)
    const { body = '', headers = {} } = receiver.seen[0] ?? {}
    expect(JSON.parse(body)).toMatchObject({
      fields: { project: { key: 'SOC' }, issuetype: { name: 'Task' }, summary: 'Web shell on web-01' },
    })
    expect(body).toContain(`https://tocsin.example/cases/${caseId}`)
    const expected = createHmac('sha256', signingKey)
      .update(`${headers['x-tocsin-timestamp']}.${body}`)
      .digest('hex')
    expect(headers['x-tocsin-signature']).toBe(`sha256=${expected}`)
    expect(headers['idempotency-key']).toBe(proposal.id)
  })

  it('that was refused is clearly not done, and one without an answer is unknown', async () => {
    receiver.answer(403)
    expect((await ticket('refused')).result).toMatchObject({ kind: 'failed' })
    receiver.answer(502)
    expect((await ticket('half')).result).toMatchObject({ kind: 'unknown' })
    receiver.answer(303)
    expect((await ticket('elsewhere now')).result).toMatchObject({ kind: 'unknown' })
  })

  it('reaches no place that the admin did not name', async () => {
    await desk.confirm(
      ada,
      (await desk.change(adam, { tickets: [{ ...jira(), networks: [], url: 'https://metadata.invalid/' }] }))
        .version,
    )
    expect((await ticket('elsewhere')).result).toMatchObject({ kind: 'failed' })
    await desk.confirm(ada, (await desk.change(adam, {})).version)
  })
})
