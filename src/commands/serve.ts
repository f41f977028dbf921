import { once } from 'node:events'
import { readConfig } from '../config.ts'
import { openApplication } from '../main/application.ts'
import { keepFolderKept } from '../main/backup/kept-folder.ts'
import { serve } from '../main/serve.ts'
import { watchHoldUps } from '../main/watch-hold-ups.ts'
import type { Command } from './command.ts'
import { readArgs } from './command.ts'

/** `tocsin serve`: the console and the API, without the worker. */
export const command: Command = {
  usage: `tocsin serve

Serves the console and the API on TOCSIN_HOST:TOCSIN_PORT (127.0.0.1:7411). Alerts that the integrator posts are stored
here and worked on by 'tocsin worker'. Any number of both may run on one DATABASE_URL.

Exit code 0: stopped when told to. 1: could not start. 2: bad usage or settings.
`,
  async run(args, io) {
    readArgs(args, { options: {} })
    const app = await openApplication(readConfig(), line => io.stderr(`tocsin: ${line}\n`), io.signal)
    try {
      const serving = await serve(app)
      app.say(`serving on ${serving.url}`)
      const keeping = Promise.all([keepFolderKept(app, io.signal), watchHoldUps(app, io.signal)])
      if (!io.signal.aborted) await once(io.signal, 'abort')
      await keeping
      await serving.close()
    } finally {
      await app.store.close()
    }
    return 0
  },
}
