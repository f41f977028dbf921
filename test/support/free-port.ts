import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that nothing listens on, for programs that must be told theirs. Below the ports that the system hands
 * out by itself (32768 and up on Linux): one of those may be given to somebody else's connection before the program listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer()
    const listening = once(server, 'listening').then(
      () => true,
      () => false, // It is taken.
    )
    const port = randomInt(18_000, 32_000)
    server.listen(port, '127.0.0.1')
    if (!(await listening)) continue
    await new Promise(done => server.close(done))
    return port
  }
}
