import { readConfig } from '../config.ts'
import { openApplication } from '../main/application.ts'
import { work } from '../main/work.ts'
import { answerHealth } from '../main/worker-health.ts'
import type { Command } from './command.ts'
import { readArgs } from './command.ts'

/** `tocsin worker`: reads sources and works on the queue, without HTTP. */
export const command: Command = {
  usage: `tocsin worker

Reads the configured sources (each by one worker at a time) and works on briefs, model calls and publishing. Any number
may run on one DATABASE_URL. On SIGTERM it finishes what it has begun; after a crash others take it over. With
TOCSIN_WORKER_PORT it answers GET /healthz there: 200 while it turns, however busy, 503 or nothing once it hangs.

Exit code 0: stopped when told to. 1: could not start. 2: bad usage or settings.
`,
  async run(args, io) {
    readArgs(args, { options: {} })
    const app = await openApplication(readConfig(), line => io.stderr(`tocsin: ${line}\n`), io.signal)
    try {
      app.consoleAddress.url() // What cannot be linked to is said now, not with the first link.
      const health = await answerHealth(app)
      app.say('working')
      await work(app, io.signal).finally(() => health.close())
    } finally {
      await app.store.close()
    }
    return 0
  },
}
