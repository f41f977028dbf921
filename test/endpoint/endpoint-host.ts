import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const scripts = resolve(import.meta.dirname, '..', '..', 'deploy', 'wazuh', 'active-response')

/** A report in active-responses.log: the object under `tocsin`. */
export type Report = Record<string, string>

/** What is otherwise than in a proposal that is still good. */
export type ProposalFields = Readonly<Record<string, string | Buffer>>

export interface EndpointHost {
  /** Where files of the endpoint lie, for tests to make. */
  readonly files: string
  readonly ossec: string
  /** Runs a script as execd does: one JSON line, the check_keys handshake, no end of input. Returns what it logged. */
  run(script: string, request: unknown, options?: RunOptions): Promise<Report[]>
  /** Runs `tocsin-respond` on a proposal of these fields; what it reported last. */
  respond(fields: ProposalFields, options?: RunOptions): Promise<Report | undefined>
  /** The whole log as lines. */
  log(): string[]
  close(): void
}

export interface RunOptions {
  readonly reply?: 'continue' | 'abort'
  /** A command to run the script with: into a name space of its own. */
  readonly within?: readonly string[]
  /** Kill the script this long after it was started. */
  readonly killAfterMs?: number
  readonly env?: Record<string, string>
  /** Wait until the log has this many more lines: for what runs on in the background. */
  readonly reports?: number
}

/** A Wazuh agent's folder with our scripts in it, as the installer leaves them, in a folder of its own. */
export function endpointHost(agentId = '001'): EndpointHost {
  const root = mkdtempSync(join(tmpdir(), 'tocsin-endpoint-'))
  const ossec = join(root, 'ossec')
  const files = join(root, 'files')
  for (const folder of ['active-response/bin', 'logs', 'etc/tocsin', 'etc/shared', 'var'])
    mkdirSync(join(ossec, folder), { recursive: true })
  mkdirSync(files)
  for (const name of ['tocsin-lib.sh', 'tocsin-respond', 'tocsin-yara']) {
    copyFileSync(join(scripts, name), join(ossec, 'active-response/bin', name))
    chmodSync(join(ossec, 'active-response/bin', name), 0o750)
  }
  writeFileSync(join(ossec, 'etc/client.keys'), `${agentId} web-01 any 0123\n`)
  const logFile = join(ossec, 'logs/active-responses.log')
  const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n').filter(Boolean) : [])
  const run: EndpointHost['run'] = async (script, request, options = {}) => {
    const before = log().length
    await execute(join(ossec, 'active-response/bin', script), request, ossec, options)
    const deadline = performance.now() + 120_000
    while (log().length < before + (options.reports ?? 0) && performance.now() < deadline)
      await new Promise(done => setTimeout(done, 50))
    return log().slice(before).map(readReport)
  }
  return {
    files,
    ossec,
    log,
    run,
    async respond(fields, options) {
      const alert = { data: { tocsin: { payload: respondPayload(fields) } } }
      return (await run('tocsin-respond', addRequest(alert), options)).at(-1)
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}

function execute(path: string, request: unknown, ossec: string, options: RunOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const [program = path, ...before] = [...(options.within ?? []), path]
    const child = spawn(program, before, {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', TOCSIN_OSSEC: ossec, ...options.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const timer =
      options.killAfterMs === undefined
        ? undefined
        : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs)
    child.stdout.setEncoding('utf8').on('data', text => {
      if (String(text).includes('"check_keys"')) {
        child.stdin.write(
          `${JSON.stringify({ version: 1, origin: { name: 'node01', module: 'wazuh-execd' }, command: options.reply ?? 'continue', parameters: {} })}\n`,
        )
      }
    })
    child.stdin.on('error', () => undefined) // It may have been killed, or have refused without reading on.
    child.stdin.write(`${JSON.stringify(request)}\n`)
    child.on('error', reject)
    child.on('exit', () => {
      clearTimeout(timer)
      child.stdin.destroy()
      resolve()
    })
  })
}

/** Fails on a line that Wazuh's `ar_log_json` decoder would not take. */
function readReport(line: string): Report {
  const match = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d active-response\/bin\/\S+: (\{".*\})$/.exec(line)
  if (match === null) throw new Error(`not a line of active-responses.log: ${line}`)
  const { tocsin } = JSON.parse(match[1] ?? '') as { tocsin: Report } // The test reads its members, and fails on others.
  return tocsin
}

/** What execd hands to a script. `data` is the alert's. */
export function addRequest(alert: unknown): unknown {
  return {
    version: 1,
    origin: { name: 'node01', module: 'wazuh-execd' },
    command: 'add',
    parameters: { extra_args: [], alert, program: 'active-response/bin/x' },
  }
}

let proposals = 0

/** The fields of an approved proposal as the server packs them for the script: by default a new one that is still good. */
function respondPayload(fields: ProposalFields): string {
  const all = {
    version: '1',
    proposal: `proposal_${++proposals}`,
    nonce: 'n0',
    agent: '001',
    expires: String(Math.floor(Date.now() / 1000) + 600),
    ...fields,
  }
  const lines = Object.entries(all).map(
    ([name, value]) => `${name}:${Buffer.from(value).toString('base64')}\n`,
  )
  return Buffer.from(lines.join('')).toString('base64url')
}
