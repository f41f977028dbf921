// A worker for tests, in a process of its own: jobs of the kind `test` whose key begins with `poison` kill it with
// SIGKILL, others take `payload.ms` milliseconds. Argument: JSON {connection, concurrency, drainMs}. Prints each job it did.
import { runWorker } from '../../src/queue/run-worker.ts'
import { connectDatabase } from '../../src/store/connect.ts'

const given = JSON.parse(process.argv[2] ?? '{}')
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const database = connectDatabase({
  connection: given.connection,
  maxConnections: 4,
  onIdleError: () => undefined,
})
await runWorker(
  {
    database,
    clock: { now: Date.now },
    random: () => 0.001,
    onFailure: (job, error) => console.error(job.key, error),
    onTrouble: error => console.error(error),
    drainMs: given.drainMs,
  },
  [
    {
      kind: 'test',
      concurrency: given.concurrency,
      leaseMs: 60_000,
      maxAttempts: 3,
      async handle(job, signal) {
        if (job.key.startsWith('poison')) process.kill(process.pid, 'SIGKILL')
        process.stdout.write(`began ${job.key}\n`)
        const { ms } = job.payload as { ms: number } // As the test put it there.
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, ms)
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            reject(signal.reason)
          })
        })
        process.stdout.write(`did ${job.key}\n`)
      },
    },
  ],
  stop.signal,
)
await database.close()
