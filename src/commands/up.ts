import { once } from 'node:events'
import { usualAlertsFile } from '../config/settings.ts'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { alertsFileState } from '../main/alerts-file-state.ts'
import { type Application, openApplication } from '../main/application.ts'
import { buildConsole } from '../main/build-console.ts'
import { replaySample } from '../main/sample.ts'
import { serve } from '../main/serve.ts'
import { work } from '../main/work.ts'
import type { Command } from './command.ts'
import { readArgs } from './command.ts'

/** `tocsin up`: everything in one process, on one machine. */
export const command: Command = {
  usage: `tocsin up [--sample]

Serves the console on http://127.0.0.1:7411 and works on alerts, in one process with an embedded PostgreSQL (or the
server that DATABASE_URL names). The first start creates the account 'admin' and prints its one-time password; until
somebody has changed it, each start prints another, and the one before is void. Where
/var/ossec/logs/alerts/alerts.json is readable it is followed. Ctrl-C stops all of it.

  --sample   take in the sample alerts that Tocsin ships; they are labelled as a sample everywhere

Settings come from the environment: TOCSIN_PORT, TOCSIN_DATA, TOCSIN_ALERTS_FILE, TOCSIN_INDEXER_URL and others
('tocsin doctor' lists them with their state).

Exit code 0: stopped when told to. 1: could not start. 2: bad usage or settings.
`,
  async run(args, io) {
    const { values } = readArgs(args, { options: { sample: { type: 'boolean' } } })
    const config = readConfig()
    const say = (line: string) => io.stderr(line === '' ? '\n' : `tocsin: ${line}\n`)
    if (config.buildConsole) await buildConsole(say, io.signal)
    const app = await openApplication(config, say, io.signal)
    const ending = new AbortController()
    try {
      const serving = await serve(app, true)
      const working = work(app, AbortSignal.any([io.signal, ending.signal]))
      try {
        say(`ready on ${serving.url}`)
        say(
          `settings${config.databaseUrl === undefined ? ', keys and the database' : ' and keys'} are in ${config.dataDir}`,
        )
        await tellSources(config, say, values.sample ?? false)
        if (values.sample) say(toldSample(await replaySample(app)))
        await untilStopped(io.signal, working, app.store)
        say('stopping')
      } finally {
        // Whichever half failed, the other one ends too: a program that only looks alive is not started again.
        ending.abort()
        await serving.close()
        await working.catch(() => undefined) // Told below, or what is thrown already is.
      }
      await working
    } finally {
      await app.store.close()
    }
    return 0
  },
}

const toldSample = (stored: number) =>
  stored === 0 ? 'sample: all of its alerts were here already' : `sample: ${stored} alerts taken in`

async function untilStopped(
  signal: AbortSignal,
  working: Promise<void>,
  { ended }: Application['store'],
): Promise<void> {
  if (signal.aborted) return
  // A worker that fails, or a database of ours that is gone, ends the program: it would look alive and do nothing.
  const error = await Promise.race(
    [once(signal, 'abort').then(() => undefined), working, ended].filter(isGiven),
  )
  if (error instanceof AppError) throw error
}

const isGiven = <Value>(value: Value | undefined): value is Value => value !== undefined

/** How whoever reads this has started it: from a checkout, or as a program that was installed. */
const startedAs = import.meta.filename.endsWith('.ts') ? 'npm start --' : 'tocsin up'

async function tellSources(
  { alertsFile, indexer }: Config,
  say: (line: string) => void,
  sample: boolean,
): Promise<void> {
  const state = alertsFile === undefined ? undefined : await alertsFileState(alertsFile)
  if (state?.kind === 'readable') say(`following ${alertsFile}`)
  if (state?.kind === 'unreadable') say(`${alertsFile} cannot be followed: ${state.why}. ${state.hint}`)
  if (state?.kind === 'missing' && alertsFile !== usualAlertsFile)
    say(`${alertsFile} is not there: it is followed as soon as it is. TOCSIN_ALERTS_FILE names it`)
  if (indexer) say(`polling the indexer at ${indexer.url}`)
  if (state?.kind === 'readable' || indexer) return
  say('no Wazuh is connected yet. Three ways, each enough:')
  say('  on the manager:    run Tocsin there, as a user of the group wazuh (it follows alerts.json)')
  say(
    '  from the indexer:  TOCSIN_INDEXER_URL=https://HOST:9200 TOCSIN_INDEXER_USER=… TOCSIN_INDEXER_PASSWORD=… TOCSIN_INDEXER_CA=root-ca.pem',
  )
  say('  by the integrator: deploy/wazuh/install.sh manager there, with an API token of scope ingest')
  if (!sample)
    say(`  to look around:    ${startedAs} --sample, or the button in the console: labelled sample alerts`)
}
