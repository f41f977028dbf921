import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { smallModel } from '../../../test/support/small-model.ts'
import { AppError } from '../../lib/app-error.ts'
import { systemClock } from '../../lib/clock.ts'
import type { CompletionRequest } from '../completion.ts'
import { modelProfileSchema } from '../profile.ts'
import { createLlamaClient } from './llama-client.ts'
import { pullModel } from './pull-model.ts'

const request: CompletionRequest = {
  system: 'You judge alerts. Answer as JSON.',
  messages: [{ role: 'user', text: 'Forty failed logons, then one that succeeded. Is this an attack?' }],
  schema: {
    type: 'object',
    properties: { attack: { type: 'boolean' }, severity: { enum: ['low', 'high'] } },
    required: ['attack', 'severity'],
    additionalProperties: false,
  },
  schemaName: 'judgement',
  maxOutputTokens: 40,
  temperature: 0,
}

const found = await smallModel()
const profileOf = (model: string) =>
  modelProfileSchema.parse({
    name: 'small',
    provider: 'in-process',
    model,
    zone: 'local',
    contextTokens: 2048,
  })

describe.skipIf(found === undefined)('a model in this process', () => {
  const { client, close } = createLlamaClient(
    profileOf(found?.model ?? ''),
    found?.modelsDir ?? '',
    systemClock,
  )
  afterAll(close)

  it('answers in the schema, however small it is, and shows what it is sent before', async () => {
    const sent: string[] = []
    const completion = await client.complete(
      request,
      async bytes => void sent.push(String(bytes)),
      AbortSignal.timeout(300_000),
    )
    expect(JSON.parse(completion.text)).toEqual({
      attack: expect.any(Boolean),
      severity: expect.stringMatching(/^(?:low|high)$/),
    })
    expect(completion).toMatchObject({ finish: 'stop', usage: { estimated: false } })
    expect(sent).toEqual([JSON.stringify(request)])
  })

  it('stops when it is cancelled', async () => {
    const stop = new AbortController()
    const schema = {
      type: 'object',
      properties: { story: { type: 'string' } },
      required: ['story'],
      additionalProperties: false,
    }
    const asked = client.complete({ ...request, schema, maxOutputTokens: 1500 }, async () => {}, stop.signal)
    setTimeout(() => stop.abort(new AppError('cancelled', 'the analyst went on')), 300)
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  })
})

it('says what to do where the runtime is not installed', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'tocsin-models-'))
  const { client } = createLlamaClient(profileOf('none'), empty, systemClock)
  const asked = client.complete(request, async () => {}, AbortSignal.timeout(300_000))
  await expect(asked).rejects.toMatchObject({ code: 'model-not-found', message: /tocsin model pull/ })
})

describe('pullModel', () => {
  const content = Buffer.from('a model of thirty-two bytes long')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const pull = async (from: string, digest = sha256, modelsDir?: string) => {
    const folder = modelsDir ?? (await mkdtemp(join(tmpdir(), 'tocsin-models-')))
    await mkdir(join(folder, 'runtime', 'node_modules', 'node-llama-cpp'), { recursive: true })
    return pullModel({
      name: 'tiny',
      modelsDir: folder,
      from,
      sha256: digest,
      say: () => {},
      signal: AbortSignal.timeout(300_000),
    })
  }

  it('goes on where a download broke off', async () => {
    const ranges: (string | undefined)[] = []
    const server = createServer((incoming, response) => {
      ranges.push(incoming.headers.range)
      const start = Number(/\d+/.exec(incoming.headers.range ?? 'bytes=0-')?.[0])
      response.writeHead(start > 0 ? 206 : 200).end(content.subarray(start))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // A listening TCP server has an address with a port.
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-models-'))
    await writeFile(join(folder, 'tiny.gguf.part'), content.subarray(0, 10))
    const { path } = await pull(`http://127.0.0.1:${port}/tiny.gguf`, sha256, folder)
    expect(await readFile(path)).toEqual(content)
    expect(ranges).toEqual(['bytes=10-'])
    server.close()
  })

  it('follows a store to no place that is not public', async () => {
    let asked = 0
    const inside = createServer((_incoming, response) => {
      asked++
      response.end(content)
    }).listen(0, '127.0.0.1')
    await once(inside, 'listening')
    const { port: insidePort } = inside.address() as AddressInfo // A listening TCP server has an address with a port.
    const leads = [`http://127.0.0.1:${insidePort}/`, 'https://10.0.0.1/', 'http://[::1]:9200/_search']
    const store = createServer((incoming, response) => {
      response.writeHead(302, { location: leads[Number(incoming.url?.slice(1))] }).end()
    }).listen(0, '127.0.0.1')
    await once(store, 'listening')
    const { port } = store.address() as AddressInfo // As above.
    for (const index of leads.keys())
      await expect(pull(`http://127.0.0.1:${port}/${index}`)).rejects.toMatchObject({
        code: 'egress-refused',
      })
    expect(asked).toBe(0)
    inside.close()
    store.close()
  })

  it('takes no file with another digest, and no name that is a path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-models-'))
    await writeFile(join(folder, 'x'), content)
    await expect(pull(join(folder, 'x'), '0'.repeat(64))).rejects.toMatchObject({ code: 'checksum-mismatch' })
    await expect(
      pullModel({
        name: '../evil',
        modelsDir: folder,
        from: 'x',
        sha256,
        say: () => {},
        signal: AbortSignal.timeout(300_000),
      }),
    ).rejects.toMatchObject({ code: 'bad-usage' })
  })
})
