import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Wrapping } from './supervised.ts'

/** A way from a process to what it needs that can be cut without either side being told. */
export interface Cuttable {
  /** Where it is real: a network namespace; else connections through here, which then carry nothing. */
  readonly kind: 'namespace' | 'proxy'
  /** The address at which the process reaches this machine. */
  readonly address: string
  readonly wrapping: Wrapping
  /** Lets what listens on this machine's 127.0.0.1:`port` be reached from there at the same address. */
  reach(port: number): Promise<void>
  /** Where a port of this machine is to be reached over the way that is cut; `HOST:PORT`. */
  through(port: number): Promise<string>
  cut(): void
  heal(): void
  close(): Promise<void>
}

/** Needs root for a namespace of its own; else a proxy that swallows. */
export async function openCuttable(): Promise<Cuttable> {
  const name = `tocsin${process.pid % 100_000}`
  const net = process.pid % 200
  const made =
    process.getuid?.() === 0 &&
    ip('netns', 'add', name) &&
    ip('link', 'add', `${name}h`, 'type', 'veth', 'peer', 'name', `${name}n`, 'netns', name) &&
    ip('addr', 'add', `10.77.${net}.1/24`, 'dev', `${name}h`) &&
    ip('link', 'set', `${name}h`, 'up') &&
    ip('-n', name, 'addr', 'add', `10.77.${net}.2/24`, 'dev', `${name}n`) &&
    ip('-n', name, 'link', 'set', `${name}n`, 'up') &&
    ip('-n', name, 'link', 'set', 'lo', 'up')
  return made ? openNamespace(name, `10.77.${net}.1`) : openProxy()
}

function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args).status === 0
}

/** Within the namespace: 127.0.0.1:FROM there is HOST:TO. */
const relayCode = `const { connect, createServer } = require('node:net')
createServer(near => {
  const far = connect(Number(process.env.TO), process.env.HOST)
  near.pipe(far).pipe(near)
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
}).listen(Number(process.env.FROM), '127.0.0.1', () => process.stdout.write('ready'))
process.stdin.on('end', () => process.exit()).resume()`

function openNamespace(name: string, address: string): Cuttable {
  const forwarders: Forwarder[] = []
  const relays: ChildProcess[] = []
  const set = (state: 'up' | 'down') => {
    if (!ip('-n', name, 'link', 'set', `${name}n`, state))
      throw new Error(`the link of ${name} did not go ${state}`)
  }
  return {
    kind: 'namespace',
    address,
    wrapping: { command: ['ip', 'netns', 'exec', name] },
    async reach(port) {
      const forwarder = await forward(address, port)
      forwarders.push(forwarder)
      const relay = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', relayCode], {
        env: { FROM: String(port), HOST: address, TO: String(forwarder.port) },
        stdio: ['pipe', 'pipe', 'inherit'], // Its input ends with us, and it with that.
      })
      relays.push(relay)
      await once(relay.stdout, 'data')
    },
    through: async port => `${address}:${port}`,
    cut: () => set('down'),
    heal: () => set('up'),
    async close() {
      for (const relay of relays) relay.kill('SIGKILL')
      await Promise.all(forwarders.map(each => each.close()))
      ip('netns', 'del', name)
      ip('link', 'del', `${name}h`)
    },
  }
}

async function openProxy(): Promise<Cuttable> {
  console.warn('no network namespaces here (they take root): the network is cut by a proxy that swallows')
  const forwarders: Forwarder[] = []
  return {
    kind: 'proxy',
    address: '127.0.0.1',
    wrapping: {},
    reach: async () => undefined,
    async through(port) {
      const forwarder = await forward('127.0.0.1', port)
      forwarders.push(forwarder)
      return `127.0.0.1:${forwarder.port}`
    },
    cut: () => {
      for (const each of forwarders) each.swallow(true)
    },
    heal: () => {
      for (const each of forwarders) each.swallow(false)
    },
    close: async () => {
      await Promise.all(forwarders.map(each => each.close()))
    },
  }
}

interface Forwarder {
  readonly port: number
  swallow(on: boolean): void
  close(): Promise<void>
}

async function forward(address: string, to: number): Promise<Forwarder> {
  const sockets = new Set<Socket>()
  let swallowing = false
  const server: Server = createServer(near => {
    const far = connect(to, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      // Nothing is lost from the stream: what was not read yet comes once the way is open again.
      if (swallowing) socket.pause()
      socket.on('data', chunk => other.write(chunk))
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  }).listen(0, address)
  await once(server, 'listening')
  const bound = server.address()
  if (typeof bound !== 'object' || bound === null) throw new Error('no port')
  return {
    port: bound.port,
    swallow(on) {
      swallowing = on
      for (const socket of sockets) on ? socket.pause() : socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
