import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { queueSocketSink } from './queue-socket.ts'

// A real UNIX datagram socket that behaves as analysisd's: it takes 65,535 bytes and says nothing about the rest.
const listener = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("ready", flush=True)
while True:
    sys.stdout.buffer.write(s.recv(65535) + b"\\n")
    sys.stdout.buffer.flush()
`
let folder = ''
let path = ''
let received = ''
let child: ReturnType<typeof spawn> | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-queue-'))
  path = join(folder, 'queue')
  child = spawn('python3', ['-c', listener, path])
  await new Promise<void>(done =>
    child?.stdout?.setEncoding('utf8').on('data', text => {
      received += text
      if (received.includes('ready')) done()
    }),
  )
})
afterAll(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const sink = (socket: string) => queueSocketSink({ path: socket, python: 'python3', timeoutMs: 60_000 })
const signal = AbortSignal.timeout(300_000)

it('writes the datagram as it is, quotes, newlines and all', async () => {
  const text = JSON.stringify({ integration: 'custom-tocsin', tocsin: { brief: 'a "b"\n$(c) é' } })
  expect(await sink(path)({ text, agent: { id: '001', name: 'web-01', ip: undefined } }, signal)).toEqual({
    kind: 'taken',
  })
  await expect.poll(() => received).toContain(`1:[001] (web-01) any->custom-tocsin:${text}`)
})

it('refuses what analysisd would lose without a word', async () => {
  expect(await sink(path)({ text: 'x'.repeat(60_001), agent: undefined }, signal)).toMatchObject({
    kind: 'refused',
  })
})

it('says what is wrong with the socket', async () => {
  expect(await sink(join(folder, 'missing'))({ text: '{}', agent: undefined }, signal)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('No such file'),
  })
})
