import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A filter to compare with: its score of a message, and the score from which it flags by default. */
export interface OtherFilter {
  readonly name: string
  readonly threshold: number
  score(message: Buffer): Promise<number>
  stop(): void
}

/** SpamAssassin's daemon from Debian, local tests only (`-L`), fresh user preferences, no learning. */
export async function spamAssassin(): Promise<OtherFilter> {
  const port = '17833'
  const daemon = spawn('spamd', ['-L', '-x', '-p', port, '-m', '2', '--nouser-config', '-s', 'null'], {
    stdio: 'ignore',
  })
  await waitFor(() => run('spamc', ['-p', port, '-K'], Buffer.alloc(0)))
  return {
    name: 'SpamAssassin',
    threshold: 5,
    async score(message) {
      const output = await run('spamc', ['-p', port, '-c', '-s', '60000000', '-t', '60'], message)
      return Number(/^(-?[\d.]+)\//.exec(output)?.[1] ?? 0)
    },
    stop: () => stop(daemon),
  }
}

/** Rspamd from Debian without what needs a network: hfilter (its DNS misses would count as spam), RBL, fuzzy, Redis. */
export async function rspamd(): Promise<OtherFilter> {
  const folder = mkdtempSync(join(tmpdir(), 'rspamd-'))
  mkdirSync(join(folder, 'local.d'))
  mkdirSync(join(folder, 'override.d'))
  const off = [
    'hfilter',
    'rbl',
    'fuzzy_check',
    'asn',
    'dmarc',
    'spf',
    'dkim',
    'arc',
    'phishing_feeds',
    'mx_check',
    'ratelimit',
    'greylist',
    'history_redis',
    'replies',
    'url_redirector',
    'neural',
    'bayes_expiry',
    'metadata_exporter',
    'clickhouse',
    'p0f',
  ]
  for (const module of off) writeFileSync(join(folder, 'local.d', `${module}.conf`), 'enabled = false;\n')
  writeFileSync(
    join(folder, 'local.d', 'options.inc'),
    'dns { timeout = 0.1s; retransmits = 1; nameserver = ["127.0.0.1:1"]; }\nfilters = "chartable,dkim,regexp,fuzzy_check";\n',
  )
  writeFileSync(
    join(folder, 'local.d', 'worker-normal.inc'),
    'bind_socket = "127.0.0.1:17834";\ncount = 1;\n',
  )
  writeFileSync(join(folder, 'local.d', 'worker-controller.inc'), 'bind_socket = "127.0.0.1:17835";\n')
  writeFileSync(join(folder, 'local.d', 'worker-proxy.inc'), 'enabled = false;\n')
  writeFileSync(
    join(folder, 'local.d', 'logging.inc'),
    `type = "file"; filename = "${folder}/log"; level = "error";\n`,
  )
  const daemon = spawn(
    'rspamd',
    ['-f', '-i', '--var', `LOCAL_CONFDIR=${folder}`, '--var', `DBDIR=${folder}`, '--var', `RUNDIR=${folder}`],
    { stdio: 'ignore' },
  )
  const url = 'http://127.0.0.1:17834/checkv2'
  await waitFor(async () => {
    await fetch('http://127.0.0.1:17834/ping')
  })
  return {
    name: 'Rspamd',
    threshold: 6,
    async score(message) {
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(message) })
      const parsed: unknown = await answer.json()
      return typeof parsed === 'object' && parsed !== null && 'score' in parsed ? Number(parsed.score) : 0
    },
    stop: () => stop(daemon),
  }
}

function run(program: string, args: readonly string[], input: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { encoding: 'latin1' }, (error, output) => {
      // spamc -c answers with exit code 1 for spam.
      if (error && error.code !== 1) reject(error)
      else resolve(output)
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

async function waitFor(check: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await check()
      return
    } catch (error) {
      if (tries > 1200) throw error // Five minutes: a machine with other work starts nothing quickly.
      await setTimeout(250)
    }
  }
}

function stop(daemon: ChildProcess): void {
  daemon.kill('SIGTERM')
}
