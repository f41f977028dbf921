import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Config } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Application } from './application.ts'

/** The one answer that a worker gives over HTTP. */
export interface WorkerHealth {
  close(): Promise<void>
}

/**
 * `GET /healthz` on TOCSIN_WORKER_PORT: 200 while the worker turns, 503 with nothing said to strangers once something in it is late. A worker whose
 * one thread is taken for good does not answer at all. Nothing where no port is set.
 */
export async function answerHealth(
  app: Pick<Application, 'pulse'> & {
    readonly config: Pick<Config, 'host' | 'workerPort'>
    readonly logger: Pick<Application['logger'], 'error'>
  },
): Promise<WorkerHealth> {
  const { host, workerPort: port } = app.config
  if (port === undefined) return { close: async () => {} }
  const server = createServer({ keepAlive: false, requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/healthz') return response.writeHead(404).end()
    const late = app.pulse.late()
    if (late.length > 0) app.logger.error({ late }, 'the worker hangs')
    const [code, status] = late.length === 0 ? [200, 'ok'] : [503, 'hangs']
    return response
      .writeHead(code, { 'content-type': 'application/json' })
      .end(`${JSON.stringify({ status })}\n`)
  })
  server.listen(port, host)
  await once(server, 'listening').catch(error => {
    throw new AppError(
      'cannot-listen',
      `cannot listen on ${host}:${port} (${messageOf(error)}): TOCSIN_WORKER_PORT sets another port; each worker of a machine needs its own`,
      { cause: error },
    )
  })
  return {
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
