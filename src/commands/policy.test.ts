import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openaiCompatible } from '../../test/support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../../test/support/provider-servers/start-server.ts'
import { runCommand } from '../../test/support/run-command.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { systemClock } from '../lib/clock.ts'
import { connectDatabase } from '../store/connect.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { putInventoryList } from '../store/inventory-lists.ts'
import { migrate } from '../store/migrate.ts'

let folder = ''
const inFolder = (name: string) => join(folder, name)
const alert = {
  agent: { name: 'pay-db7', ip: '10.1.2.3' },
  full_log: 'Failed password for root from 45.155.205.233, config password=Tr0ub4dor-x9',
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-policy-'))
  await writeFile(inFolder('alert.json'), `${JSON.stringify(alert)}\n`)
  await writeFile(inFolder('plain.txt'), 'port scan from 45.155.205.233')
  await writeFile(inFolder('none.yaml'), 'version: 1\nrules: []\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const explanation = z.object({
  decision: z.enum(['allow', 'pseudonymise', 'local', 'refuse']),
  rule: z.string(),
  model: z.string().nullable(),
  zone: z.string(),
  classes: z.array(z.object({ class: z.string(), count: z.number() })),
  request_text: z.string(),
  reasons: z.array(z.string()),
})

async function explain(...flags: readonly string[]) {
  const { code, records } = await runCommand([
    'policy',
    'explain',
    '--task',
    'case-brief',
    '--json',
    ...flags,
  ])
  return { code, record: code === 0 ? explanation.parse(records[0]) : undefined }
}

describe('tocsin policy explain CASE', () => {
  const dataDir = join(tmpdir(), `tocsin-policy-case-${process.pid}`)
  let caseId = ''
  let provider: ProviderServer
  beforeAll(async () => {
    provider = await startProviderServer(openaiCompatible, 'key')
    const signal = AbortSignal.timeout(300_000)
    const server = await startEmbeddedPostgres({ dataDir, onProgress: () => {}, signal })
    const database = connectDatabase({
      connection: server.connection,
      maxConnections: 2,
      onIdleError: () => {},
    })
    await migrate(database)
    const line = wazuhLine({
      id: '1.1',
      host: 'pay-db7',
      rule: ['5712', 12, 'sshd: brute force trying to get access to the system.', ['sshd']],
      data: { srcip: '45.155.205.233', srcuser: 'kschmidt' },
      log: 'Failed password for kschmidt from 45.155.205.233 to 10.1.2.3',
    })
    await newIngest(database, systemClock)([line])
    await putInventoryList(
      database,
      'default',
      { name: 'people', kind: 'users', entries: ['kschmidt'] },
      'ann',
      1,
    )
    caseId = (await database.query<{ id: string }>('select id from cases'))[0]?.id ?? ''
    await database.close()
    await server.stop()
    const models = [
      {
        name: 'far',
        provider: 'openai-compatible',
        model: 'big',
        zone: 'contracted',
        key: { env: 'NOT_SET' },
      },
      { name: 'near', provider: 'openai-compatible', model: 'small', zone: 'local' },
    ]
    await writeFile(
      join(dataDir, 'models.yaml'),
      JSON.stringify({ models: models.map(model => ({ ...model, baseUrl: provider.url, plainHttp: true })) }),
    )
  })
  afterAll(async () => {
    await provider.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  const explainCase = async (...flags: readonly string[]) => {
    return runCommand(['policy', 'explain', '--data', dataDir, ...flags])
  }

  it('shows the very bytes, to whom and why, without a key and without sending anything', async () => {
    const { code, stdout, stderr } = await explainCase(caseId, '--json')
    expect(code, stderr).toBe(0)
    const record = JSON.parse(stdout)
    expect(record).toMatchObject({
      case: caseId,
      sends: true,
      decision: 'pseudonymise',
      rule: 'under-contract',
      model: 'far',
      zone: 'contracted',
      fallbacks: ['near'],
      destination: new URL(provider.url).host,
      asked_by_itself: true,
    })
    expect(record.request).toContain('/chat/completions')
    expect(record.request).toContain('45.155.205.233')
    expect(record.request).not.toMatch(/kschmidt|pay-db7|10\.1\.2\.3/)
    expect(record.replaced.map((each: { value: string }) => each.value)).toEqual(
      expect.arrayContaining(['kschmidt', 'pay-db7']),
    )
    expect(record.size_bytes).toBe(Buffer.byteLength(record.request))
    expect(provider.requests).toEqual([])
  })

  it('is a text for people too, and exits 2 for a case that is not there', async () => {
    const { stdout } = await explainCase(caseId)
    expect(stdout).toMatch(/To: +far \(big\), zone contracted/)
    expect(stdout).toMatch(/\[USER-1\] for kschmidt/)
    expect((await explainCase('case_nowhere')).code).toBe(2)
    expect((await explainCase(caseId, 'more')).code).toBe(2)
  })
})

describe('tocsin policy explain', () => {
  it('keeps a secret from a model without a contract, and sends it nothing', async () => {
    const { record } = await explain('--file', inFolder('alert.json'))
    expect(record).toMatchObject({ decision: 'local', zone: 'public', request_text: '' })
    expect(record?.classes[0]).toMatchObject({ class: 'secret', count: 1 })
  })

  it('shows the request with placeholders for what an alert names of ours, and the attacker as he is', async () => {
    const { record } = await explain('--file', inFolder('alert.json'), '--model', 'contracted')
    expect(record?.decision).toBe('pseudonymise')
    expect(record?.request_text).not.toMatch(/pay-db7|10\.1\.2\.3|Tr0ub4dor/)
    expect(record?.request_text).toContain('45.155.205.233')
  })

  it('never shows a secret even to a model on this machine', async () => {
    const { record } = await explain('--file', inFolder('alert.json'), '--model', 'local')
    expect(record?.request_text).toContain('pay-db7')
    expect(record?.request_text).not.toContain('Tr0ub4dor')
  })

  it('lets public data go, and nothing where no rule speaks', async () => {
    expect((await explain('--file', inFolder('plain.txt'))).record?.decision).toBe('allow')
    const denied = await explain('--file', inFolder('plain.txt'), '--policy', inFolder('none.yaml'))
    expect(denied.record).toMatchObject({ decision: 'refuse', rule: 'deny-by-default', request_text: '' })
  })

  it("takes a command's name for the task", async () => {
    expect((await explain('--file', inFolder('plain.txt'), '--task', 'mail')).record?.decision).toBe('allow')
    expect((await explain('--file', inFolder('plain.txt'), '--task', 'nonsense')).code).toBe(2)
  })

  it('refuses what it cannot read', async () => {
    expect((await explain('--file', inFolder('absent'))).code).toBe(2)
    expect((await explain()).code).toBe(2)
  })
})
