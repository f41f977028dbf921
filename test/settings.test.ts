import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { settingNames } from '../src/config/settings.ts'
import { readConfig } from '../src/config.ts'
import { Secret } from '../src/lib/secret.ts'

// What can be set: every variable that anything reads is written down for people, and every one that is written down is read.

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'tocsin-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Variables that other programs than Tocsin's own read: where they are read, and where people find them. */
const elsewhere: Readonly<Record<string, { readonly readIn: string; readonly toldIn: string }>> = {
  TOCSIN_SKIP_INSTALL: { readIn: 'bin/prepare.js', toldIn: 'deploy/README.md' },
  TOCSIN_DEV_SERVER: { readIn: 'console/vite.config.ts', toldIn: 'console/README.md' },
  TOCSIN_IMAGE: { readIn: 'deploy/container/compose.yaml', toldIn: 'deploy/README.md' },
  TOCSIN_MEMORY: { readIn: 'deploy/container/compose.yaml', toldIn: 'deploy/README.md' },
  TOCSIN_OSSEC: { readIn: 'deploy/wazuh/custom-tocsin.py', toldIn: 'deploy/wazuh/README.md' },
  TOCSIN_STATE: { readIn: 'deploy/wazuh/active-response/tocsin-lib.sh', toldIn: 'deploy/wazuh/README.md' },
  TOCSIN_SCAN_SIZE_LIMIT: {
    readIn: 'deploy/wazuh/active-response/tocsin-yara',
    toldIn: 'deploy/wazuh/README.md',
  },
  TOCSIN_SCAN_SETTLE_SECONDS: {
    readIn: 'deploy/wazuh/active-response/tocsin-yara',
    toldIn: 'deploy/wazuh/README.md',
  },
  TOCSIN_TRY_IMAGE: { readIn: 'test/container/podman.ts', toldIn: 'test/container/podman.ts' },
}
/** Handed from one endpoint script to the other, and set by nobody else. */
const between = ['TOCSIN_SCAN_PATH', 'TOCSIN_SCAN_TRIGGER']
/** Names of secrets in examples of files that name them (`key: { env: … }`). */
const examples = ['TOCSIN_OIDC_SECRET', 'TOCSIN_STUB_KEY', 'TOCSIN_HOOK_JIRA', 'TOCSIN_HOOK_TICKETS']

function filesBelow(place: string): string[] {
  return readdirSync(join(root, place), { withFileTypes: true }).flatMap(entry => {
    const path = place === '.' ? entry.name : `${place}/${entry.name}`
    if (entry.isFile()) return isText(path) ? [path] : []
    return entry.isDirectory() && place !== '.' && !/^(?:node_modules|dist)/.test(entry.name)
      ? filesBelow(path)
      : []
  })
}

/** Without tests, what tells of former times, and files that somebody keeps settings in. */
const isText = (path: string) =>
  /\.(?:ts|tsx|js|py|sh|md|ya?ml|tpl|json|xml|service|example)$|\/[a-zA-Z-]+$/.test(path) &&
  !/\.test\.ts$|^CHANGELOG|\/data\/|^package/.test(path)

/** Everything that ships or is read by people, without what tells of former times. */
const files = [
  'src',
  'bin',
  'deploy',
  'console',
  'dashboard-plugin',
  'bench',
  'scripts',
  'samples',
  '.',
].flatMap(filesBelow)
const mentions = new Map<string, string[]>()
for (const path of files)
  for (const [name] of read(path).matchAll(/\bTOCSIN_[A-Z0-9_]+/g))
    mentions.set(name, [...(mentions.get(name) ?? []), path])

describe('variables of the environment', () => {
  it('that anything names are settings, or known to be read by another program', () => {
    const known = [...settingNames, ...Object.keys(elsewhere), ...between, ...examples]
    const isKnown = (name: string) =>
      known.includes(name) ||
      // `TOCSIN_INDEXER_*` in text, and the beginning of names that code completes.
      known.some(each => each.startsWith(name.endsWith('_') ? name : `${name}_`))
    const strange = [...mentions].filter(([name]) => !isKnown(name))
    expect(strange).toEqual([])
    expect(mentions.size).toBeGreaterThan(70)
  })

  it.each(Object.entries(elsewhere))('%s is read, and told of', (name, { readIn, toldIn }) => {
    expect(read(readIn)).toMatch(
      new RegExp(`process\\.env\\.${name}\\b|environ\\.get\\("${name}"\\)|\\$\\{${name}:-`),
    )
    expect(read(toldIn).includes(name), `${toldIn} tells of it`).toBe(true)
  })

  it('are read by the programs themselves in config.ts alone', () => {
    const readers = files.filter(path => /^src\/.*\.ts$/.test(path) && /process\.env\b/.test(read(path)))
    expect(readers).toEqual(['src/config.ts'])
  })
})

describe('settings', () => {
  const lines = read('src/config/settings.ts').split('\n')
  it.each(settingNames)('%s is explained where it is listed', name => {
    const at = lines.findIndex(line => line.startsWith(`  ${name}:`))
    expect(lines[at - 1]).toMatch(/\*\/$/)
  })

  const web = ['https://one.example', 'https://two.example'] as const
  const number = ['7', '8'] as const
  const flag = ['on', 'off'] as const
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  /** Two values of each that are not just any text. */
  const values: Readonly<Record<string, readonly [string, string]>> = {
    TOCSIN_MASTER_KEY_FILE: [fileOf('one', 'one'), fileOf('two', 'two')],
    TOCSIN_MODEL_GATES: ['open', 'enforced'],
    TOCSIN_TENANT: ['one', 'two'],
    TOCSIN_MAIL_IMAP_URL: ['imaps://u@one.example/INBOX', 'imaps://u@two.example/INBOX'],
    TOCSIN_MAIL_GATEWAY_URL: web,
    TOCSIN_MAIL_SMTP_URL: ['smtps://u@one.example', 'smtps://u@two.example'],
    TOCSIN_MAIL_FROM: ['one@example.com', 'two@example.com'],
    TOCSIN_MAIL_IMAP_OAUTH_URL: web,
    TOCSIN_MAIL_JOURNAL_PORT: number,
    TOCSIN_MAIL_MILTER_PORT: number,
    TOCSIN_MAIL_UNAVAILABLE: ['deliver', 'defer'],
    TOCSIN_CHECKPOINT_MINUTES: number,
    TOCSIN_OTEL_URL: web,
    TOCSIN_OTEL_HEADERS: ['a=one', 'a=two'],
    TOCSIN_OTEL_SAMPLE: ['0.1', '0.2'],
    TOCSIN_OTEL_CONTENT: flag,
    DATABASE_URL: ['postgres://one/tocsin', 'postgres://two/tocsin'],
    TOCSIN_PORT: number,
    TOCSIN_WORKER_PORT: number,
    TOCSIN_PUBLIC_URL: web,
    TOCSIN_LOG_LEVEL: ['info', 'warn'],
    TOCSIN_REQUESTS_PER_MINUTE: number,
    TOCSIN_BUILD_CONSOLE: flag,
    TOCSIN_ALERTS_FILE: ['/one', 'off'],
    TOCSIN_INDEXER_URL: web,
    TOCSIN_INDEXER_POLL_SECONDS: number,
    TOCSIN_WAZUH_API_URL: web,
    TOCSIN_WAZUH_GENERATION: ['4', '5'],
    TOCSIN_PUBLISH: flag,
    TOCSIN_PUBLISH_DOCUMENT: flag,
    TOCSIN_RESPOND_DRY_RUN: flag,
    TOCSIN_DASHBOARD_ORIGIN: web,
    TOCSIN_SOURCE_SILENT_MINUTES: number,
    TOCSIN_INTEL_HISTORY_DAYS: number,
    TOCSIN_SLA_MINUTES: ['1,2,3,4', '5,6,7,8'],
  }
  /** What goes before a setting, and must not be set for it to count. */
  const before: Readonly<Record<string, readonly string[]>> = {
    TOCSIN_MASTER_KEY_FILE: ['TOCSIN_MASTER_KEY'],
    TOCSIN_MAIL_IMAP_TOKEN: ['TOCSIN_MAIL_IMAP_OAUTH_URL'],
    TOCSIN_MAIL_IMAP_PASSWORD: ['TOCSIN_MAIL_IMAP_OAUTH_URL', 'TOCSIN_MAIL_IMAP_TOKEN'],
  }
  /** Folders, of which src/config.test.ts shows what is read. */
  const folders = ['TOCSIN_SECRETS', 'CREDENTIALS_DIRECTORY']
  const valuesOf = (name: string) =>
    values[name] ?? (['one-0123456789abcdef', 'two-0123456789abcdef'] as const)

  it.each(settingNames.filter(name => !folders.includes(name)))('%s changes what is done', name => {
    const everything = Object.fromEntries(
      settingNames
        .filter(each => !folders.includes(each) && !before[name]?.includes(each))
        .map(each => [each, valuesOf(each)[0]]),
    )
    const configOf = (value: string) => exposed(readConfig({ ...everything, [name]: value }))
    const [one, two] = valuesOf(name)
    expect(configOf(two)).not.toEqual(configOf(one))
    // Empty is as if it were not there: files of settings leave lines empty.
    expect(() => readConfig({ [name]: '' })).not.toThrow()
  })
})

/** The same with every secret in the open. */
function exposed(value: unknown): unknown {
  if (value instanceof Secret) return value.expose()
  if (Array.isArray(value)) return value.map(exposed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exposed(member)]))
}
