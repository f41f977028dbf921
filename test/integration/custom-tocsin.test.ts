import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'

const source = resolve(import.meta.dirname, '../../deploy/wazuh')
let ossec = ''
let server: Server | undefined
let received: { key: string | undefined; lines: string[] }[] = []

beforeEach(() => {
  ossec = mkdtempSync(join(tmpdir(), 'tocsin-manager-'))
  for (const folder of ['integrations', 'logs', 'var', 'tmp']) mkdirSync(join(ossec, folder))
  for (const name of ['custom-tocsin', 'custom-tocsin.py'])
    copyFileSync(join(source, name), join(ossec, 'integrations', name))
  chmodSync(join(ossec, 'integrations/custom-tocsin'), 0o750)
  received = []
})
afterEach(async () => {
  await new Promise<void>(done => (server === undefined ? done() : server.close(() => done())))
  server = undefined
  rmSync(ossec, { recursive: true, force: true })
})

async function listen(port = 0, status = 200): Promise<number> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      if (status === 200)
        received.push({
          key: request.headers.authorization,
          lines: Buffer.concat(chunks).toString().split('\n').filter(Boolean),
        })
      response.writeHead(status, { connection: 'close' }).end()
    })
  })
  await new Promise<void>(done => server?.listen(port, '127.0.0.1', done))
  return (server.address() as AddressInfo).port // A server that listens on TCP has one.
}

/** Runs the script with the arguments that integratord gives; returns exit code and milliseconds. */
function integrate(alert: string, port: number, key = 'the-key') {
  const file = join(ossec, 'tmp', `custom-tocsin-${Math.random()}.alert`)
  writeFileSync(file, `${alert}\n`)
  const start = performance.now()
  const done = spawnSync(
    join(ossec, 'integrations/custom-tocsin'),
    [file, key, `http://127.0.0.1:${port}/api/webhook`, '', '', '10', '3', '> /dev/null 2>&1'],
    { cwd: ossec, env: { PATH: '/usr/bin:/bin' } },
  )
  rmSync(file)
  return { code: done.status, ms: performance.now() - start }
}

const until = (condition: () => boolean) => expect.poll(condition).toBe(true)

const spooled = () =>
  existsSync(join(ossec, 'var/tocsin-spool'))
    ? readdirSync(join(ossec, 'var/tocsin-spool')).filter(name => name.endsWith('.alert'))
    : []
const lines = () => received.flatMap(post => post.lines)

it('posts the alert as it came, with the key', async () => {
  const port = await listen()
  const alert = '{"id":"1.2","rule":{"level":5},"full_log":"a  b\\n\\u00e9"}'
  expect(integrate(alert, port).code).toBe(0)
  await until(() => lines().length === 1)
  expect(received[0]).toEqual({ key: 'Bearer the-key', lines: [alert] })
  await until(() => spooled().length === 0)
})

it('keeps alerts while Tocsin is down, and sends them in order when it is back', async () => {
  const port = await listen(await freePort())
  await new Promise<void>(done => server?.close(() => done()))
  for (const id of ['1', '2', '3']) expect(integrate(`{"id":"${id}"}`, port).code).toBe(0)
  expect(spooled().length).toBe(3)
  await listen(port)
  expect(integrate('{"id":"4"}', port).code).toBe(0)
  await until(() => lines().length >= 4)
  expect([...new Set(lines())]).toEqual(['{"id":"1"}', '{"id":"2"}', '{"id":"3"}', '{"id":"4"}'])
  await until(() => spooled().length === 0)
})

it('keeps what Tocsin did not store', async () => {
  const port = await listen(0, 503)
  integrate('{"id":"1"}', port)
  await new Promise(done => setTimeout(done, 500))
  expect(spooled().length).toBe(1)
})

it('takes no answer from elsewhere for Tocsin’s: the alert stays, and the key goes nowhere else', async () => {
  const elsewhere = await listen()
  let asked = 0
  const redirecting = createServer((_request, response) => {
    asked++
    response.writeHead(302, { location: `http://127.0.0.1:${elsewhere}/sign-in`, connection: 'close' }).end()
  })
  await new Promise<void>(done => redirecting.listen(0, '127.0.0.1', done))
  integrate('{"id":"1"}', (redirecting.address() as AddressInfo).port) // A server that listens on TCP has one.
  // It came back from the first answer, and tries again.
  await until(() => asked >= 2)
  expect(received).toEqual([])
  expect(spooled().length).toBe(1)
  redirecting.closeAllConnections()
  await new Promise<void>(done => redirecting.close(() => done()))
})

/** Runs Python with the script as the module `script`, whose spool is there. */
function inside(code: string): string {
  const file = join(ossec, 'integrations/custom-tocsin.py')
  mkdirSync(join(ossec, 'var/tocsin-spool'))
  const load = `import importlib.util, os, sys
spec = importlib.util.spec_from_file_location('script', ${JSON.stringify(file)})
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)
put = lambda name, text: open(os.path.join(script.SPOOL, name), 'w').write(text)
`
  const done = spawnSync('python3', ['-I', '-B', '-c', load + code], { encoding: 'utf8' })
  expect(done.status, done.stderr).toBe(0)
  return done.stdout
}

it('takes an alert while the sender takes others out of the spool', () => {
  writeFileSync(join(ossec, 'tmp/new.alert'), '{"id":"2"}\n')
  inside(`put('1.alert', '{"id":"1"}')
listed = script.os.scandir
def scandir(path):
    entries = list(listed(path))
    for entry in entries: os.unlink(entry.path)
    return entries
script.os.scandir = scandir
script.spool(${JSON.stringify(join(ossec, 'tmp/new.alert'))})`)
  expect(spooled().length).toBe(1)
})

it('leaves no alert behind that came as the sender was about to go', () => {
  const sent = inside(`put('1.alert', '{"id":"1"}\\n')
seen = []
def post(url, key, body):
    seen.append(body.decode().strip())
script.post = post
batch = script.next_batch
late = [True]
def next_batch():
    found = batch()
    if not found and late:
        late.clear()
        put('2.alert', '{"id":"2"}\\n')
        script.send_all('u', 'k')  # Its own sender: the lock is taken.
        assert seen == ['{"id":"1"}'], seen
    return found
script.next_batch = next_batch
script.send_all('u', 'k')
print(seen)`)
  expect(sent.trim()).toBe(`['{"id":"1"}', '{"id":"2"}']`)
  expect(spooled()).toEqual([])
})

it('does not wait for a Tocsin that hangs', async () => {
  const hanging = spawn('python3', [
    '-c',
    'import socket,time\ns=socket.socket();s.bind(("127.0.0.1",0));s.listen();print(s.getsockname()[1],flush=True);time.sleep(30)',
  ])
  const port = await new Promise<number>(done => hanging.stdout.once('data', text => done(Number(text))))
  const { code, ms } = integrate('{"id":"1"}', port)
  hanging.kill('SIGKILL')
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000) // Not a speed claim: a script that waits takes ten seconds or more.
  expect(spooled().length).toBe(1)
})

it('does not send back what came from Tocsin, and says in the log what it could not take', async () => {
  const port = await listen()
  expect(integrate('{"data":{"integration":"custom-tocsin"}}', port).code).toBe(0)
  expect(spooled()).toEqual([])
  const done = spawnSync(
    join(ossec, 'integrations/custom-tocsin'),
    ['/nowhere.alert', 'k', 'http://127.0.0.1:1/'],
    { env: { PATH: '/usr/bin:/bin' } },
  )
  expect(done.status).toBe(1)
  expect(readFileSync(join(ossec, 'logs/integrations.log'), 'utf8')).toContain('alert not taken')
})
