import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tocsin as a user starts it: `tocsin up`, with its own embedded database in a temporary folder. */
export interface RunningTocsin {
  readonly base: string
  /** The one-time password that the first start printed. */
  readonly password: string
  /** Followed as a manager's alerts.json: append lines to it. */
  readonly alertsFile: string
  stop(): Promise<void>
}

const startTimeoutMs = 500_000

/**
 * Starts it and waits until it answers. Throws with everything it said when it does not. `models` and `response`: the texts
 * of models.yaml and response.yaml; `settings`: further variables.
 */
export async function startTocsin({
  models = '',
  response = '',
  settings = {},
}: {
  models?: string
  response?: string
  settings?: Readonly<Record<string, string>>
} = {}): Promise<RunningTocsin> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-e2e-'))
  await chmod(folder, 0o755) // As root, the embedded PostgreSQL runs under another account and must get in.
  const alertsFile = join(folder, 'alerts.json')
  await writeFile(alertsFile, '')
  await writeFile(join(folder, 'models.yaml'), models)
  await writeFile(join(folder, 'response.yaml'), response)
  const child = spawn(process.execPath, ['bin/tocsin.js', 'up'], {
    env: {
      ...process.env,
      TOCSIN_DATA: join(folder, 'data'),
      TOCSIN_PORT: '0',
      TOCSIN_ALERTS_FILE: alertsFile,
      TOCSIN_MODELS: join(folder, 'models.yaml'),
      TOCSIN_RESPONSE: join(folder, 'response.yaml'),
      TOCSIN_SKIP_INSTALL: '1',
      TOCSIN_STUB_KEY: 'test-key',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = listen(child)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const base = await said.find(/ready on (http:\S+)\s/)
    const password = await said.find(/one-time password (\S+)\s/)
    return { base, password, alertsFile, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listen(child: ChildProcess): { find(pattern: RegExp): Promise<string> } {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
  return {
    async find(pattern) {
      const until = performance.now() + startTimeoutMs
      while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
        const match = pattern.exec(text)
        if (match !== null) return match[1] ?? match[0]
        await new Promise(resolve => setTimeout(resolve, 100))
      }
      throw new Error(`tocsin up said nothing like ${pattern}; it said:\n${text}`)
    },
  }
}
