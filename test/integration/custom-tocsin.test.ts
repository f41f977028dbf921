import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
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
let alerts = 0
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

const script = () => join(ossec, 'integrations/custom-tocsin')

/** The arguments that integratord gives, the alert in a file as it leaves it. */
function argumentsFor(alert: string, port: number, key = 'the-key'): string[] {
  const file = join(ossec, 'tmp', `custom-tocsin-${++alerts}.alert`)
  writeFileSync(file, `${alert}\n`)
  return [file, key, `http://127.0.0.1:${port}/api/webhook`, '', '', '10', '3', '> /dev/null 2>&1']
}

const surroundings = () => ({ cwd: ossec, env: { PATH: '/usr/bin:/bin' } })

/** Runs the script as integratord does; returns exit code and milliseconds. */
function integrate(alert: string, port: number, key?: string) {
  const start = performance.now()
  const done = spawnSync(script(), argumentsFor(alert, port, key), surroundings())
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
  mkdirSync(join(ossec, 'var/tocsin-spool'), { recursive: true })
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
    'import socket,time\ns=socket.socket();s.bind(("127.0.0.1",0));s.listen();print(s.getsockname()[1],flush=True);time.sleep(300)',
  ])
  const port = await new Promise<number>(done => hanging.stdout.once('data', text => done(Number(text))))
  const { code, ms } = integrate('{"id":"1"}', port)
  hanging.kill('SIGKILL')
  expect(code).toBe(0)
  expect(ms).toBeLessThan(60_000) // Not a speed claim: a script that waits for all tries takes 80 seconds.
  expect(spooled().length).toBe(1)
})

it('does not send back what came from Tocsin, and says in the log what it could not take', async () => {
  const port = await listen()
  const own = (location: string, level = 3) =>
    `{"rule":{"level":${level}},"data":{"integration":"custom-tocsin"},"location":"${location}"}`
  for (const location of ['custom-tocsin', 'API-Webhook']) {
    expect(integrate(own(location), port).code).toBe(0)
    expect(spooled()).toEqual([])
  }
  // Whoever writes into a log that is read as JSON cannot hide by saying so.
  expect(integrate(own('/var/log/app.json'), port).code).toBe(0)
  expect(integrate(own('custom-tocsin', 7), port).code).toBe(0)
  await until(() => lines().length === 2)
  const done = spawnSync(script(), ['/nowhere.alert', 'k', 'http://127.0.0.1:1/'], {
    env: { PATH: '/usr/bin:/bin' },
  })
  expect(done.status).toBe(1)
  expect(readFileSync(join(ossec, 'logs/integrations.log'), 'utf8')).toContain('alert not taken')
})

const logged = () => {
  const path = join(ossec, 'logs/integrations.log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

it('hands on what no JSON reader of its own can read', async () => {
  const port = await listen()
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  for (const alert of [
    deep,
    '{"data":null}',
    '[]',
    'no JSON',
    `{"n":${'9'.repeat(10_000)}}`,
    '{"a":"\\ud800"}',
  ])
    expect(integrate(alert, port).code).toBe(0)
  await until(() => lines().length === 6)
  expect(lines()[0]).toBe(deep)
})

it('whatever key, address and file it is given, it ends, and an alert that was there is kept', async () => {
  const port = await listen(0, 503)
  const [file = '', key = '', url = ''] = argumentsFor('{"id":"1"}', port)
  const run = (...args: string[]) => spawnSync(script(), args, surroundings()).status
  for (const odd of ['', 'ключ', 'a\rb', 'x'.repeat(100_000), '"; $(id) `id`'])
    expect(run(file, odd, url)).toBe(0)
  for (const odd of [
    'http://',
    'http://[',
    'http://a b/',
    'https://127.0.0.1:99999/',
    `http://${'x'.repeat(9999)}`,
  ])
    expect(run(file, key, odd)).toBe(0)
  expect(spooled()).toHaveLength(10)
  for (const odd of [[], [file], [file, key], [file, key, ''], [file, key, 'file:///etc/passwd']])
    expect(run(...odd)).toBe(1)
  for (const gone of ['', '/nowhere', ossec, '/proc/self/mem']) expect(run(gone, key, url)).toBe(1)
  writeFileSync(file, '\n')
  expect(run(file, key, url)).toBe(1)
  expect(spooled()).toHaveLength(10)
})

it('takes each answer that is none for a failure, and never says the key', () => {
  mkdirSync(join(ossec, 'etc'))
  const answers = inside(`import socket, threading
def answering(text):
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen()
    def run():
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(text)
        connection.close()
    threading.Thread(target=run, daemon=True).start()
    return 'http://127.0.0.1:%d/' % listener.getsockname()[1]
for text in [b'', b'\\x00\\xff garbage\\r\\n', b'HTTP/1.1 abc\\r\\n\\r\\n', b'HTTP/1.1 200 ' + b'x' * 70000, b'HTTP/1.1 500 no\\r\\n\\r\\n']:
    print(script.post(answering(text), 'the-key', b'{}'))
for url in ['http://', 'http://[', 'http://a b/', 'http://127.0.0.1:99999/', 'http://nowhere.invalid/']:
    print(script.post(url, 'the-key', b'{}'))
for key in ['the-key\\nx: y', 'the-key\\u20ac', 'the-key\\udcff']:
    print(script.post('http://127.0.0.1:1/', key, b'{}').replace('the-key', 'KEY'))
with open(script.CA_FILE, 'w') as file: file.write('no certificate')
print(script.post('https://127.0.0.1:1/', 'the-key', b'{}'))
os.unlink(script.CA_FILE); os.mkdir(script.CA_FILE)
print(script.post('https://127.0.0.1:1/', 'the-key', b'{}'))`)
  const said = answers.trim().split('\n')
  expect(said).toHaveLength(15)
  for (const line of said) expect(line).toMatch(/^(?:HTTP \d|\w+: .|the key has)/)
  expect(answers).not.toMatch(/the-key|KEY/)
  expect(said.slice(-2).join()).toMatch(/tocsin-ca\.pem is no authority .*tocsin-ca\.pem is no authority/)
})

it('says that the spool is full, and still empties it', async () => {
  const port = await listen()
  inside(`put('1.alert', '{"id":"1"}\\n')
with open(os.path.join(script.SPOOL, '.large'), 'wb') as file: file.truncate(script.SPOOL_LIMIT_BYTES)`)
  expect(integrate('{"id":"2"}', port).code).toBe(1)
  expect(logged()).toContain('is full')
  await until(() => lines().length === 1 && spooled().length === 0)
  expect(lines()).toEqual(['{"id":"1"}'])
})

it('does not hang where there is no spool to be had, and leaves nothing of a write that failed', () => {
  writeFileSync(join(ossec, 'var/tocsin-spool'), 'in the way')
  expect(integrate('{"id":"1"}', 1).code).toBe(1)
  expect(logged()).toContain('alert not taken')
  rmSync(join(ossec, 'var/tocsin-spool'))
  const left = inside(`def full(number): raise OSError(28, 'No space left on device')
script.os.fsync = full
try: script.write_whole('1.alert', b'x')
except OSError: print(os.listdir(script.SPOOL))`)
  expect(left.trim()).toBe('[]')
})

it('keeps the alert where no sender can be started', () => {
  const file = join(ossec, 'tmp/new.alert')
  writeFileSync(file, '{"id":"1"}\n')
  const code = inside(`sys.executable = '/nowhere'
print(script.main(['custom-tocsin', ${JSON.stringify(file)}, 'k', 'http://127.0.0.1:1/']))`)
  expect([code.trim(), spooled().length]).toEqual(['0', 1])
  expect(logged()).toContain('no sender could be started')
})

it('delivers each alert once where many copies run at once', async () => {
  const port = await listen()
  const ids = Array.from({ length: 12 }, (_, index) => `{"id":"${index}"}`)
  const codes = await Promise.all(
    ids.map(async alert => {
      const child = spawn(script(), argumentsFor(alert, port), { ...surroundings(), stdio: 'ignore' })
      const [code] = await once(child, 'exit')
      return code
    }),
  )
  expect(codes).toEqual(ids.map(() => 0))
  await until(() => lines().length >= 12 && spooled().length === 0)
  expect(lines().sort()).toEqual(ids.sort())
})

it('lets what cannot be read hold up nothing else', async () => {
  const port = await listen()
  mkdirSync(join(ossec, 'var/tocsin-spool/0.alert'), { recursive: true })
  expect(integrate('{"id":"1"}', port).code).toBe(0)
  await until(() => lines().length === 1 && spooled().length === 0)
  expect(logged()).toMatch(/put aside.*0\.alert/)
})

it('keeps few files while Tocsin is away, all alerts in their order, also where it is ended in the middle', () => {
  const alertsOf = (code: string) =>
    inside(`for number in range(100): put('%03d.alert' % number, '%d\\n' % number)
${code}
print(len(script.waiting()), b''.join(content for _, content in script.next_batch()).decode().split())`)
  const all = `[${Array.from({ length: 100 }, (_, index) => `'${index}'`).join(', ')}]`
  expect(alertsOf('script.gather()').trim()).toBe(`1 ${all}`)
  const ended = alertsOf(`script.forget = lambda path: sys.exit(9)
try: script.gather()
except SystemExit: pass`).trim()
  expect(ended).toMatch(/^100 /)
  expect(ended.startsWith(`100 ${all.slice(0, -1)}`)).toBe(true)
})
