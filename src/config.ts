import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError, messageOf } from './lib/app-error.ts'
import { Secret } from './lib/secret.ts'

// All settings come from the environment, and only this file reads it. Everything has a default that works on one
// machine; a wrong value stops the start with its name.

const flag = z.enum(['on', 'off']).transform(value => value === 'on')
const secret = z.string().transform(value => new Secret(value))

const schema = z.object({
  /** Where Tocsin keeps its data. As root /var/lib/tocsin, else ~/.local/share/tocsin. */
  TOCSIN_DATA: z.string().optional(),
  /** Wraps every key at rest; made and kept in the data directory where it is not set. */
  TOCSIN_MASTER_KEY: secret.optional(),
  /** The same as a file, such as a container's /run/secrets/NAME. Without it, systemd's credential `tocsin-master-key`. */
  TOCSIN_MASTER_KEY_FILE: z.string().optional(),
  /** Where systemd puts the credentials of a unit (LoadCredentialEncrypted=, LoadCredential=). */
  CREDENTIALS_DIRECTORY: z.string().optional(),
  /** Which models there are: see docs of `tocsin model`. By default models.yaml in the data directory. */
  TOCSIN_MODELS: z.string().optional(),
  /** The OpenID provider that signs people in. By default sign-in.yaml in the data directory, if there is one. */
  TOCSIN_SIGN_IN: z.string().optional(),
  /** The policy: which class of data may go how far. By default policy.yaml in the data directory, if there is one. */
  TOCSIN_POLICY: z.string().optional(),
  /** `postgres://…` of a PostgreSQL 15 or later, in place of the embedded one. */
  DATABASE_URL: secret.optional(),
  /** What mail analysis knows of the organisation, as of `tocsin mail --org`. */
  TOCSIN_MAIL_ORG: z.string().optional(),
  /** YARA rules (a file, or a folder of .yar and .yara files) that every file of a mail is scanned with. */
  TOCSIN_MAIL_YARA: z.string().optional(),
  /** `imaps://user@host/INBOX` of an abuse mailbox, with a password or an OAuth2 access token. */
  TOCSIN_MAIL_IMAP_URL: z.url({ protocol: /^imaps?$/ }).optional(),
  TOCSIN_MAIL_IMAP_PASSWORD: secret.optional(),
  TOCSIN_MAIL_IMAP_TOKEN: secret.optional(),
  /** The organisation's connector to its mail system (deploy/mail-gateway): approved blocks, purges, warnings, resets. */
  TOCSIN_MAIL_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOCSIN_MAIL_GATEWAY_SECRET: secret.optional(),
  TOCSIN_MAIL_GATEWAY_CA: z.string().optional(),
  /** `smtps://user@relay` or `smtp://relay`: sends what a person answers to whoever reported a mail, from that address. */
  TOCSIN_MAIL_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  TOCSIN_MAIL_SMTP_PASSWORD: secret.optional(),
  TOCSIN_MAIL_FROM: z.email().optional(),
  /** In place of a token that ends: where new ones come from (OAuth2, refresh token or client credentials). */
  TOCSIN_MAIL_IMAP_OAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOCSIN_MAIL_IMAP_OAUTH_CLIENT: z.string().optional(),
  TOCSIN_MAIL_IMAP_OAUTH_SECRET: secret.optional(),
  TOCSIN_MAIL_IMAP_OAUTH_REFRESH: secret.optional(),
  TOCSIN_MAIL_IMAP_OAUTH_SCOPE: z.string().optional(),
  /** Ports of the journal address (SMTP) and of the milter, on TOCSIN_MAIL_HOST. */
  TOCSIN_MAIL_JOURNAL_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  TOCSIN_MAIL_MILTER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  TOCSIN_MAIL_HOST: z.string().default('127.0.0.1'),
  /** A passing mail that could not be analysed: delivered with a tag, or put off. */
  TOCSIN_MAIL_UNAVAILABLE: z.enum(['deliver', 'defer']).default('deliver'),
  /** Where signed checkpoints of the ledger go, separated by commas: file:, syslog+udp/tcp/tls:, s3+https: URLs. */
  TOCSIN_CHECKPOINT_TO: z
    .string()
    .default('')
    .transform(text => text.split(',').flatMap(url => (url.trim() === '' ? [] : [url.trim()]))),
  TOCSIN_CHECKPOINT_MINUTES: z.coerce.number().positive().default(60),
  /** ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN] of the object store. */
  TOCSIN_CHECKPOINT_S3_KEY: secret.optional(),
  /** PEM file of a private authority, for syslog+tls and s3+https. */
  TOCSIN_CHECKPOINT_CA: z.string().optional(),
  TOCSIN_HOST: z.string().default('127.0.0.1'),
  TOCSIN_PORT: z.coerce.number().int().min(0).max(65_535).default(7411),
  /** The address that browsers use, where a proxy stands in front: https makes cookies Secure. */
  TOCSIN_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOCSIN_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  TOCSIN_REQUESTS_PER_MINUTE: z.coerce.number().int().positive().default(1200),

  /** Whether `tocsin up` builds the console in a checkout whose sources are newer. */
  TOCSIN_BUILD_CONSOLE: flag.default(true),

  /** alerts.json of a Wazuh manager; `off` to follow none. */
  TOCSIN_ALERTS_FILE: z.string().default('/var/ossec/logs/alerts/alerts.json'),
  TOCSIN_INDEXER_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOCSIN_INDEXER_USER: z.string().optional(),
  TOCSIN_INDEXER_PASSWORD: secret.optional(),
  /** PEM file of the authority that signed the indexer's certificate. */
  TOCSIN_INDEXER_CA: z.string().optional(),
  TOCSIN_INDEXER_POLL_SECONDS: z.coerce.number().min(1).default(10),
  TOCSIN_WAZUH_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOCSIN_WAZUH_API_USER: z.string().optional(),
  TOCSIN_WAZUH_API_PASSWORD: secret.optional(),
  TOCSIN_WAZUH_API_CA: z.string().optional(),
  /** Socket of a local manager's analysisd. */
  TOCSIN_WAZUH_QUEUE: z.string().default('/var/ossec/queue/sockets/queue'),
  /** Whether briefs are written back to Wazuh, through the socket or the server API. */
  TOCSIN_PUBLISH: flag.default(true),
  /** Whether the alert's document in the indexer gets the brief too: needs the right to write there. */
  TOCSIN_PUBLISH_DOCUMENT: flag.default(false),
  TOCSIN_RESPOND_DRY_RUN: flag.default(false),
  /** What response actions may do: protected assets, quiet hours, approvals, commands. By default response.yaml in the data directory, if there is one. */
  TOCSIN_RESPONSE: z.string().optional(),
  /** What `tocsin mcp --server` signs in with: an API token of scope read. */
  TOCSIN_API_TOKEN: secret.optional(),
  /** A folder with `decoders/`, `rules/` and `lists/` that rule drafts are proven with, where no manager runs here. */
  TOCSIN_RULESET: z.string().optional(),
  /** Where people reach the Wazuh dashboard, such as https://dashboard.example: it may frame the page of its plugin. */
  TOCSIN_DASHBOARD_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  /** PEM file with the public half of the key that the dashboard's plugin signs with. */
  TOCSIN_DASHBOARD_KEY: z.string().optional(),
  /** A folder of YARA rules that the assistant scans attachments with. By default yara in the data directory. */
  TOCSIN_YARA_RULES: z.string().optional(),
  /** Whether the indexer is one of Wazuh 5, whose content manager takes Sigma rules. */
  TOCSIN_CONTENT_MANAGER: flag.default(false),
  /** Folder for the YARA rules of endpoints, such as the manager's etc/shared/default. */
  TOCSIN_YARA_ENDPOINT_RULES: z.string().optional(),
  /** Folders of files that are known to be clean, separated by commas: YARA drafts are run over them. */
  TOCSIN_YARA_CORPUS: z
    .string()
    .default('/usr/bin,/usr/sbin,/usr/lib')
    .transform(text => text.split(',').flatMap(name => (name.trim() === '' ? [] : [name.trim()]))),

  /** Where notifications may go: `HOST`, `HOST:PORT`, `HOST:PORT@NETWORK`, separated by commas. By default nowhere. */
  TOCSIN_NOTIFY_HOSTS: z.string().default(''),
  /** PEM file of a private authority of mail and chat servers. */
  TOCSIN_NOTIFY_CA: z.string().optional(),
  /** Minutes without a record after which a source counts as silent. */
  TOCSIN_SOURCE_SILENT_MINUTES: z.coerce.number().positive().default(60),

  /** Feeds of threat intelligence (`feeds: [{id, kind, url, ...}]`). By default feeds.yaml in the data directory, if there is one. */
  TOCSIN_INTEL_FEEDS: z.string().optional(),
  /** How many days of the indexer's history are searched for a report's indicators; 0 for none. */
  TOCSIN_INTEL_HISTORY_DAYS: z.coerce.number().int().min(0).max(3650).default(365),
  /** Our own domains, separated by commas: a threat report that lists one is about us or bait, never an indicator. */
  TOCSIN_OWN_DOMAINS: z
    .string()
    .default('')
    .transform(text =>
      text.split(',').flatMap(name => (name.trim() === '' ? [] : [name.trim().toLowerCase()])),
    ),

  /** Minutes until a case is due: low,medium,high,critical. */
  TOCSIN_SLA_MINUTES: z
    .string()
    .default('1440,480,120,30')
    .transform(text => text.split(',').map(Number))
    .pipe(z.array(z.number().positive()).length(4)),
})

/** The names of all settings. */
export const settingNames: readonly string[] = Object.keys(schema.shape)

/** A secret that the settings name by its variable (`key: { env: OPENAI_API_KEY }` in models.yaml). */
export function environmentSecret(name: string): Secret | undefined {
  const value = process.env[name]
  return value === undefined || value === '' ? undefined : new Secret(value)
}

/** How to reach a service over https. */
export interface ServiceAddress {
  readonly url: string
  readonly user: string
  readonly password: Secret
  /** PEM file of a private authority. */
  readonly caFile: string | undefined
}

/** The ways by which mails come in, where they are set. */
export interface MailDoors {
  readonly imap:
    | {
        readonly host: string
        readonly port: number
        readonly secure: boolean
        readonly user: string
        readonly folder: string
        readonly credential:
          | { readonly kind: 'password' | 'token'; readonly secret: Secret }
          | {
              readonly kind: 'oauth'
              readonly tokenUrl: string
              readonly clientId: string
              readonly clientSecret: Secret | undefined
              readonly refreshToken: Secret | undefined
              readonly scope: string | undefined
            }
      }
    | undefined
  readonly yaraRules: string | undefined
  /** Carries approved actions on mail out; nothing can be sent without it. */
  readonly gateway:
    | { readonly url: string; readonly secret: Secret; readonly caFile: string | undefined }
    | undefined
  /** Sends replies to reporters. */
  readonly relay:
    | {
        readonly host: string
        readonly port: number
        readonly secure: boolean
        readonly user: string | undefined
        readonly password: Secret | undefined
        readonly from: string
      }
    | undefined
  readonly host: string
  readonly journalPort: number | undefined
  readonly milterPort: number | undefined
  readonly unavailable: 'deliver' | 'defer'
}

export interface Config {
  readonly dataDir: string
  readonly databaseUrl: Secret | undefined
  readonly masterKey: Secret | undefined
  readonly modelsFile: string
  readonly policyFile: string
  readonly signInFile: string
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
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly logLevel: z.output<typeof schema>['TOCSIN_LOG_LEVEL']
  readonly requestsPerMinute: number
  readonly buildConsole: boolean
  readonly alertsFile: string | undefined
  readonly indexer: ServiceAddress | undefined
  readonly indexerPollMs: number
  readonly wazuhApi: ServiceAddress | undefined
  readonly wazuhQueue: string
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
  readonly contentManager: boolean
  readonly yaraEndpointDir: string | undefined
  readonly cleanFolders: readonly string[]
  /** Low, medium, high, critical. */
  readonly slaMinutes: readonly number[]
}

/** The master key that the system hands over; a file that was named and cannot be read stops the start. */
function masterKeyOfSystem(values: z.output<typeof schema>): Secret | undefined {
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
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new AppError('bad-usage', `${issue?.path.join('.')} is not usable: ${issue?.message}`)
  }
  const values = result.data
  const dataDir = givenDataDir ?? values.TOCSIN_DATA ?? defaultDataDir()
  return {
    dataDir,
    masterKey: values.TOCSIN_MASTER_KEY ?? masterKeyOfSystem(values),
    modelsFile: values.TOCSIN_MODELS ?? join(dataDir, 'models.yaml'),
    policyFile: values.TOCSIN_POLICY ?? join(dataDir, 'policy.yaml'),
    signInFile: values.TOCSIN_SIGN_IN ?? join(dataDir, 'sign-in.yaml'),
    databaseUrl: values.DATABASE_URL,
    organisationFile: values.TOCSIN_MAIL_ORG ?? join(dataDir, 'organisation.json'),
    mail: mailDoors(values),
    checkpoints: {
      to: values.TOCSIN_CHECKPOINT_TO,
      everyMinutes: values.TOCSIN_CHECKPOINT_MINUTES,
      s3Key: values.TOCSIN_CHECKPOINT_S3_KEY,
      caFile: values.TOCSIN_CHECKPOINT_CA,
    },
    host: values.TOCSIN_HOST,
    port: values.TOCSIN_PORT,
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
    contentManager: values.TOCSIN_CONTENT_MANAGER,
    yaraEndpointDir: values.TOCSIN_YARA_ENDPOINT_RULES,
    cleanFolders: values.TOCSIN_YARA_CORPUS,
    slaMinutes: values.TOCSIN_SLA_MINUTES,
  }
}

function mailDoors(values: z.output<typeof schema>): MailDoors {
  const { TOCSIN_MAIL_IMAP_URL: address } = values
  const doors = {
    yaraRules: values.TOCSIN_MAIL_YARA,
    gateway: mailGatewayOf(values),
    relay: mailRelayOf(values),
    host: values.TOCSIN_MAIL_HOST,
    journalPort: values.TOCSIN_MAIL_JOURNAL_PORT,
    milterPort: values.TOCSIN_MAIL_MILTER_PORT,
    unavailable: values.TOCSIN_MAIL_UNAVAILABLE,
  }
  if (address === undefined) return { ...doors, imap: undefined }
  const url = new URL(address)
  const user = decodeURIComponent(url.username)
  const credential = imapCredential(values)
  if (user === '' || credential === undefined)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_IMAP_URL is set: name the user in it (imaps://user@host/INBOX), and set TOCSIN_MAIL_IMAP_PASSWORD, _TOKEN, or _OAUTH_URL and _OAUTH_CLIENT with _OAUTH_SECRET or _OAUTH_REFRESH',
    )
  const secure = url.protocol === 'imaps:'
  return {
    ...doors,
    imap: {
      host: url.hostname,
      port: url.port === '' ? (secure ? 993 : 143) : Number(url.port),
      secure,
      user,
      folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX',
      credential,
    },
  }
}

function dashboard(values: z.output<typeof schema>): Config['dashboard'] {
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

function defaultDataDir(): string {
  return process.getuid?.() === 0 ? '/var/lib/tocsin' : join(homedir(), '.local', 'share', 'tocsin')
}

function mailGatewayOf(values: z.output<typeof schema>): MailDoors['gateway'] {
  const {
    TOCSIN_MAIL_GATEWAY_URL: url,
    TOCSIN_MAIL_GATEWAY_SECRET: held,
    TOCSIN_MAIL_GATEWAY_CA: caFile,
  } = values
  if (url === undefined) return undefined
  if (held === undefined || held.expose().length < 16)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_GATEWAY_URL is set: set TOCSIN_MAIL_GATEWAY_SECRET too, 16 characters or more, the same as the connector has',
    )
  return { url, secret: held, caFile }
}

function mailRelayOf(values: z.output<typeof schema>): MailDoors['relay'] {
  const {
    TOCSIN_MAIL_SMTP_URL: address,
    TOCSIN_MAIL_SMTP_PASSWORD: password,
    TOCSIN_MAIL_FROM: from,
  } = values
  if (address === undefined) return undefined
  if (from === undefined)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_SMTP_URL is set: set TOCSIN_MAIL_FROM too, the address that replies come from',
    )
  const url = new URL(address)
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password,
    from,
  }
}

type ImapCredential = NonNullable<MailDoors['imap']>['credential']

function imapCredential(values: z.output<typeof schema>): ImapCredential | undefined {
  const {
    TOCSIN_MAIL_IMAP_OAUTH_URL: tokenUrl,
    TOCSIN_MAIL_IMAP_OAUTH_CLIENT: clientId,
    TOCSIN_MAIL_IMAP_OAUTH_SECRET: clientSecret,
    TOCSIN_MAIL_IMAP_OAUTH_REFRESH: refreshToken,
    TOCSIN_MAIL_IMAP_TOKEN: token,
    TOCSIN_MAIL_IMAP_PASSWORD: password,
  } = values
  if (tokenUrl !== undefined) {
    if (clientId === undefined || (clientSecret === undefined && refreshToken === undefined)) return undefined
    const scope = values.TOCSIN_MAIL_IMAP_OAUTH_SCOPE
    return { kind: 'oauth', tokenUrl, clientId, clientSecret, refreshToken, scope }
  }
  if (token !== undefined) return { kind: 'token', secret: token }
  return password && { kind: 'password', secret: password }
}
