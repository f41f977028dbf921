import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type MailDoors, mailDoors } from './config/mail-doors.ts'
import { settingTrouble } from './config/setting-trouble.ts'
import { type Settings, settingNames, settings } from './config/settings.ts'
import { type TelemetrySettings, telemetrySettings } from './config/telemetry-settings.ts'
import { onlyTenant } from './domain/tenant-id.ts'
import { AppError, messageOf } from './lib/app-error.ts'
import { Secret } from './lib/secret.ts'

// All settings come from the environment, and only this file reads it; config/settings.ts lists them. Everything has a default that works on one
// machine; a wrong value stops the start with its name.

/**
 * A secret that the settings name by its variable (`key: { env: OPENAI_API_KEY }` in models.yaml): of the environment, or a file of that
 * name in the folder TOCSIN_SECRETS.
 */
export function environmentSecret(name: string): Secret | undefined {
  const value = process.env[name] || secretFile(process.env.TOCSIN_SECRETS, name)
  return value === undefined || value === '' ? undefined : new Secret(value)
}

/** The text of a file in the folder of secrets, without its line end; undefined where there is none. Throws `bad-usage`. */
function secretFile(folder: string | undefined, name: string): string | undefined {
  // Whoever writes models.yaml names variables, not paths.
  if (folder === undefined || folder === '' || !/^\w{1,100}$/.test(name)) return undefined
  try {
    return readFileSync(join(folder, name), 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new AppError('bad-usage', `${name} cannot be read from ${folder}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** All settings that are files in the folder of secrets. Throws `bad-usage` for a folder that is not there. */
function secretFiles(folder: string | undefined): Record<string, string> {
  if (folder === undefined || folder === '') return {}
  if (!existsSync(folder))
    throw new AppError('bad-usage', `TOCSIN_SECRETS names ${folder}, which is not there`)
  return Object.fromEntries(
    settingNames.flatMap(name => {
      const value = secretFile(folder, name)
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
}

export interface GivenSettings {
  /** Names of settings that are set, by the environment or a file of the folder of secrets. */
  readonly set: readonly string[]
  /** Names that nothing reads and that are close to one that is read. */
  readonly misspelt: readonly { readonly name: string; readonly meant: string }[]
}

/** Which settings are given, by name only. */
export function givenSettings(environment: NodeJS.ProcessEnv = process.env): GivenSettings {
  const named = Object.keys(environment).filter(name => environment[name] !== '')
  const names = [...new Set([...named, ...Object.keys(secretFiles(environment.TOCSIN_SECRETS))])].sort()
  return {
    set: names.filter(name => settingNames.includes(name)),
    misspelt: names.flatMap(name => {
      // Other names may well be those of secrets that a file names.
      const meant = name.startsWith('TOCSIN_') && !settingNames.includes(name) ? nearest(name) : undefined
      return meant === undefined ? [] : [{ name, meant }]
    }),
  }
}

const nearest = (name: string) => settingNames.find(setting => isOneSlipApart(name, setting))

/** Whether one letter was left out, put in, exchanged or swapped with its neighbour. */
function isOneSlipApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const [restOfA, restOfB] = [a.slice(start), b.slice(start)]
  const swapped = `${restOfA[1] ?? ''}${restOfA[0] ?? ''}${restOfA.slice(2)}`
  return (
    restOfA.slice(1) === restOfB ||
    restOfA === restOfB.slice(1) ||
    restOfA.slice(1) === restOfB.slice(1) ||
    swapped === restOfB
  )
}

/** How to reach a service over https. */
export interface ServiceAddress {
  readonly url: string
  readonly user: string
  readonly password: Secret
  /** PEM file of a private authority. */
  readonly caFile: string | undefined
}

export interface Config {
  readonly dataDir: string
  readonly databaseUrl: Secret | undefined
  readonly tenant: string
  /** Whether the database has tenants, and this process is one's: its connections reach that tenant's rows only. */
  readonly tenantBound: boolean
  readonly masterKey: Secret | undefined
  readonly modelsFile: string
  readonly policyFile: string
  readonly signInFile: string
  /** Until an admin decides otherwise: models start as candidates. */
  readonly modelGatesEnforced: boolean
  /** By default organisation.json in the data directory, if there is one. */
  readonly organisationFile: string
  readonly mail: MailDoors
  /** Where checkpoints of the ledger are kept out of our own reach. */
  readonly checkpoints: {
    readonly to: readonly string[]
    readonly everyMinutes: number
    readonly s3Key: Secret | undefined
    readonly caFile: string | undefined
  }
  /** The object store that keeps files; left out, the database does. */
  readonly files:
    | { readonly to: string; readonly s3Key: Secret | undefined; readonly caFile: string | undefined }
    | undefined
  /** How an object store that a backup goes to, or comes from, is reached. */
  readonly backups: { readonly s3Key: Secret | undefined; readonly caFile: string | undefined }
  /** Where traces and metrics are sent. */
  readonly telemetry: TelemetrySettings | undefined
  readonly host: string
  readonly port: number
  /** Where a worker says whether it hangs. */
  readonly workerPort: number | undefined
  readonly publicUrl: string | undefined
  readonly logLevel: Settings['TOCSIN_LOG_LEVEL']
  readonly requestsPerMinute: number
  readonly buildConsole: boolean
  readonly alertsFile: string | undefined
  readonly indexer: ServiceAddress | undefined
  readonly indexerPollMs: number
  readonly wazuhApi: ServiceAddress | undefined
  readonly wazuhQueue: string
  /** Set by an admin; undefined: as the servers say. */
  readonly wazuhGeneration: 4 | 5 | undefined
  readonly publish: boolean
  readonly publishDocument: boolean
  /** Show what response actions would send, and send nothing. */
  readonly respondDryRun: boolean
  readonly responseFile: string
  readonly apiToken: Secret | undefined
  readonly feedsFile: string
  readonly intelHistoryDays: number
  readonly ownDomains: readonly string[]
  /** As written: see `parseAllowedPlaces`. */
  readonly notifyHosts: string
  readonly notifyCaFile: string | undefined
  readonly sourceSilentMs: number
  /** Folder of the rules that drafts are added to; a local manager's own by default. */
  readonly rulesetDir: string | undefined
  readonly yaraRulesDir: string
  readonly dashboard: { readonly origin: string; readonly keyFile: string } | undefined
  readonly yaraEndpointDir: string | undefined
  readonly cleanFolders: readonly string[]
  /** Low, medium, high, critical. */
  readonly slaMinutes: readonly number[]
}

/** The master key that the system hands over; a file that was named and cannot be read stops the start. */
function masterKeyOfSystem(values: Settings): Secret | undefined {
  const { TOCSIN_MASTER_KEY_FILE: file, CREDENTIALS_DIRECTORY: folder } = values
  const credential = folder === undefined ? undefined : join(folder, 'tocsin-master-key')
  const path = file ?? (credential !== undefined && existsSync(credential) ? credential : undefined)
  if (path === undefined) return undefined
  try {
    return new Secret(readFileSync(path, 'utf8').trim())
  } catch (error) {
    throw new AppError('bad-usage', `the master key cannot be read from ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Reads the settings. `givenDataDir` goes before TOCSIN_DATA, for the files that lie in it too. Throws `bad-usage` naming the
 * first that is wrong; never repeats a value.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env, givenDataDir?: string): Config {
  const given = {
    ...secretFiles(environment.TOCSIN_SECRETS),
    ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')),
  }
  const result = settings.safeParse(given)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new AppError(
      'bad-usage',
      `${String(issue?.path[0])} is not usable: ${issue && settingTrouble(issue)}`,
    )
  }
  const values = result.data
  if (values.DATABASE_URL && !/^(?:postgres(?:ql)?:\/\/|socket:|\/)/i.test(values.DATABASE_URL.expose()))
    throw new AppError(
      'bad-usage',
      'DATABASE_URL is not usable: it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE (characters such as # / @ in the password as %23 %2F %40)',
    )
  const dataDir = dataDirectory(givenDataDir, environment)
  return {
    dataDir,
    masterKey: values.TOCSIN_MASTER_KEY ?? masterKeyOfSystem(values),
    modelsFile: values.TOCSIN_MODELS ?? join(dataDir, 'models.yaml'),
    policyFile: values.TOCSIN_POLICY ?? join(dataDir, 'policy.yaml'),
    modelGatesEnforced: values.TOCSIN_MODEL_GATES === 'enforced',
    signInFile: values.TOCSIN_SIGN_IN ?? join(dataDir, 'sign-in.yaml'),
    databaseUrl: values.DATABASE_URL,
    tenant: values.TOCSIN_TENANT ?? onlyTenant,
    tenantBound: values.TOCSIN_TENANT !== undefined,
    organisationFile: values.TOCSIN_MAIL_ORG ?? join(dataDir, 'organisation.json'),
    mail: mailDoors(values),
    checkpoints: {
      to: values.TOCSIN_CHECKPOINT_TO,
      everyMinutes: values.TOCSIN_CHECKPOINT_MINUTES,
      s3Key: values.TOCSIN_CHECKPOINT_S3_KEY,
      caFile: values.TOCSIN_CHECKPOINT_CA,
    },
    files:
      values.TOCSIN_FILES === undefined
        ? undefined
        : { to: values.TOCSIN_FILES, s3Key: values.TOCSIN_FILES_S3_KEY, caFile: values.TOCSIN_FILES_CA },
    backups: {
      s3Key: values.TOCSIN_BACKUP_S3_KEY ?? values.TOCSIN_FILES_S3_KEY,
      caFile: values.TOCSIN_BACKUP_CA ?? values.TOCSIN_FILES_CA,
    },
    telemetry: telemetrySettings(values),
    host: values.TOCSIN_HOST,
    port: values.TOCSIN_PORT,
    workerPort: values.TOCSIN_WORKER_PORT,
    publicUrl: values.TOCSIN_PUBLIC_URL,
    logLevel: values.TOCSIN_LOG_LEVEL,
    requestsPerMinute: values.TOCSIN_REQUESTS_PER_MINUTE,
    buildConsole: values.TOCSIN_BUILD_CONSOLE,
    alertsFile: values.TOCSIN_ALERTS_FILE === 'off' ? undefined : values.TOCSIN_ALERTS_FILE,
    indexer: service('TOCSIN_INDEXER', {
      url: values.TOCSIN_INDEXER_URL,
      user: values.TOCSIN_INDEXER_USER,
      password: values.TOCSIN_INDEXER_PASSWORD,
      caFile: values.TOCSIN_INDEXER_CA,
    }),
    indexerPollMs: values.TOCSIN_INDEXER_POLL_SECONDS * 1000,
    wazuhApi: service('TOCSIN_WAZUH_API', {
      url: values.TOCSIN_WAZUH_API_URL,
      user: values.TOCSIN_WAZUH_API_USER,
      password: values.TOCSIN_WAZUH_API_PASSWORD,
      caFile: values.TOCSIN_WAZUH_API_CA,
    }),
    wazuhQueue: values.TOCSIN_WAZUH_QUEUE,
    wazuhGeneration: values.TOCSIN_WAZUH_GENERATION,
    publish: values.TOCSIN_PUBLISH,
    publishDocument: values.TOCSIN_PUBLISH_DOCUMENT,
    respondDryRun: values.TOCSIN_RESPOND_DRY_RUN,
    responseFile: values.TOCSIN_RESPONSE ?? join(dataDir, 'response.yaml'),
    apiToken: values.TOCSIN_API_TOKEN,
    feedsFile: values.TOCSIN_INTEL_FEEDS ?? join(dataDir, 'feeds.yaml'),
    intelHistoryDays: values.TOCSIN_INTEL_HISTORY_DAYS,
    ownDomains: values.TOCSIN_OWN_DOMAINS,
    notifyHosts: values.TOCSIN_NOTIFY_HOSTS,
    notifyCaFile: values.TOCSIN_NOTIFY_CA,
    sourceSilentMs: values.TOCSIN_SOURCE_SILENT_MINUTES * 60_000,
    rulesetDir: values.TOCSIN_RULESET,
    dashboard: dashboard(values),
    yaraRulesDir: values.TOCSIN_YARA_RULES ?? join(dataDir, 'yara'),
    yaraEndpointDir: values.TOCSIN_YARA_ENDPOINT_RULES,
    cleanFolders: values.TOCSIN_YARA_CORPUS,
    slaMinutes: values.TOCSIN_SLA_MINUTES,
  }
}

function dashboard(values: Settings): Config['dashboard'] {
  const { TOCSIN_DASHBOARD_ORIGIN: address, TOCSIN_DASHBOARD_KEY: keyFile } = values
  if (address === undefined && keyFile === undefined) return undefined
  if (address === undefined || keyFile === undefined)
    throw new AppError('bad-usage', 'set TOCSIN_DASHBOARD_ORIGIN and TOCSIN_DASHBOARD_KEY together')
  return { origin: new URL(address).origin, keyFile }
}

function service(
  prefix: string,
  given: {
    readonly url: string | undefined
    readonly user: string | undefined
    readonly password: Secret | undefined
    readonly caFile: string | undefined
  },
): ServiceAddress | undefined {
  const { url, user, password, caFile } = given
  if (url === undefined) return undefined
  if (user === undefined || password === undefined)
    throw new AppError('bad-usage', `${prefix}_URL is set: set ${prefix}_USER and ${prefix}_PASSWORD too`)
  return { url: url.replace(/\/+$/, ''), user, password, caFile }
}

/** Where data lies, as an absolute path: PostgreSQL works in a folder of its own. `given` goes before TOCSIN_DATA. */
export function dataDirectory(given?: string, environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(given ?? (environment.TOCSIN_DATA || defaultDataDir()))
}

function defaultDataDir(): string {
  return process.getuid?.() === 0 ? '/var/lib/tocsin' : join(homedir(), '.local', 'share', 'tocsin')
}
