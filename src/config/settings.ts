import { z } from 'zod'
import { tenantIdPattern } from '../domain/tenant-id.ts'
import { Secret } from '../lib/secret.ts'

// The list of all settings, each with its default: environment variables, by the names that people set.

const flag = z.enum(['on', 'off']).transform(value => value === 'on')
const secret = z.string().transform(value => new Secret(value))

/** Where a Wazuh manager writes its alerts. */
export const usualAlertsFile = '/var/ossec/logs/alerts/alerts.json'

export const settings = z.object({
  /** Where Tocsin keeps its data. As root /var/lib/tocsin, else ~/.local/share/tocsin. */
  TOCSIN_DATA: z.string().optional(),
  /** Wraps every key at rest; made and kept in the data directory where it is not set. */
  TOCSIN_MASTER_KEY: secret.optional(),
  /** The same as a file, such as a container's /run/secrets/NAME. Without it, systemd's credential `tocsin-master-key`. */
  TOCSIN_MASTER_KEY_FILE: z.string().optional(),
  /**
   * A folder with a file for each secret, named as its setting, or as the variable that models.yaml names: /run/secrets of a container, a volume of a
   * Secret, `%d` of a unit with LoadCredential=. What is in the environment goes before it.
   */
  TOCSIN_SECRETS: z.string().optional(),
  /** Where systemd puts the credentials of a unit (LoadCredentialEncrypted=, LoadCredential=). */
  CREDENTIALS_DIRECTORY: z.string().optional(),
  /** Which models there are: see docs of `tocsin model`. By default models.yaml in the data directory. */
  TOCSIN_MODELS: z.string().optional(),
  /** How new models start: `open`, in use, or `enforced`, as candidates that people let into use. Until an admin sets it in the console. */
  TOCSIN_MODEL_GATES: z.enum(['open', 'enforced']).default('open'),
  /** The OpenID provider that signs people in. By default sign-in.yaml in the data directory, if there is one. */
  TOCSIN_SIGN_IN: z.string().optional(),
  /** The policy: which class of data may go how far. By default policy.yaml in the data directory, if there is one. */
  TOCSIN_POLICY: z.string().optional(),
  /** `postgres://…` of a PostgreSQL 15 or later, in place of the embedded one. */
  DATABASE_URL: secret.optional(),
  /**
   * Which tenant of the database this process works for; DATABASE_URL is then what `tocsin tenant add` printed. Left out,
   * the database is one organisation's alone.
   */
  TOCSIN_TENANT: z.string().regex(tenantIdPattern).optional(),
  /** What mail analysis knows of the organisation, as of `tocsin mail --org`. */
  TOCSIN_MAIL_ORG: z.string().optional(),
  /** YARA rules (a file, or a folder of .yar and .yara files) that every file of a mail is scanned with. */
  TOCSIN_MAIL_YARA: z.string().optional(),
  /** `imaps://user@host/INBOX` of an abuse mailbox, with a password or an OAuth2 access token. */
  TOCSIN_MAIL_IMAP_URL: z.url({ protocol: /^imaps?$/ }).optional(),
  /** A folder of the same account for newsletters about threats: its unread mails become threat reports. */
  TOCSIN_MAIL_IMAP_REPORTS_FOLDER: z.string().min(1).optional(),
  /** The mailbox's password. */
  TOCSIN_MAIL_IMAP_PASSWORD: secret.optional(),
  /** In place of the password: an OAuth2 access token, as long as it holds. */
  TOCSIN_MAIL_IMAP_TOKEN: secret.optional(),
  /** The organisation's connector to its mail system (deploy/mail-gateway): approved blocks, purges, warnings, resets. */
  TOCSIN_MAIL_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** What requests to the connector are signed with: 16 characters or more, the same as it has. */
  TOCSIN_MAIL_GATEWAY_SECRET: secret.optional(),
  /** PEM file of a private authority of the connector. */
  TOCSIN_MAIL_GATEWAY_CA: z.string().optional(),
  /** `smtps://user@relay` or `smtp://relay`: sends what a person answers to whoever reported a mail, from that address. */
  TOCSIN_MAIL_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** The relay's password, where TOCSIN_MAIL_SMTP_URL names a user. */
  TOCSIN_MAIL_SMTP_PASSWORD: secret.optional(),
  /** The address that those answers come from. */
  TOCSIN_MAIL_FROM: z.email().optional(),
  /** In place of a token that ends: where new ones come from (OAuth2, refresh token or client credentials). */
  TOCSIN_MAIL_IMAP_OAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The client's id there. */
  TOCSIN_MAIL_IMAP_OAUTH_CLIENT: z.string().optional(),
  /** The client's secret: alone for client credentials, beside a refresh token where the provider wants both. */
  TOCSIN_MAIL_IMAP_OAUTH_SECRET: secret.optional(),
  /** A refresh token. */
  TOCSIN_MAIL_IMAP_OAUTH_REFRESH: secret.optional(),
  /** The scope that is asked for. By default none is named. */
  TOCSIN_MAIL_IMAP_OAUTH_SCOPE: z.string().optional(),
  /** Port of the journal address (SMTP), on TOCSIN_MAIL_HOST. Left out, there is none. */
  TOCSIN_MAIL_JOURNAL_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Port of the milter, on TOCSIN_MAIL_HOST. Left out, there is none. */
  TOCSIN_MAIL_MILTER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** The address that both listen on. */
  TOCSIN_MAIL_HOST: z.string().default('127.0.0.1'),
  /** A passing mail that could not be analysed: delivered with a tag, or put off. */
  TOCSIN_MAIL_UNAVAILABLE: z.enum(['deliver', 'defer']).default('deliver'),
  /** Where signed checkpoints of the ledger go, separated by commas: file:, syslog+udp/tcp/tls:, s3+https: URLs. */
  TOCSIN_CHECKPOINT_TO: z
    .string()
    .default('')
    .transform(text => text.split(',').flatMap(url => (url.trim() === '' ? [] : [url.trim()]))),
  /** Minutes between two checkpoints. */
  TOCSIN_CHECKPOINT_MINUTES: z.coerce.number().positive().default(60),
  /** ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN] of the object store. */
  TOCSIN_CHECKPOINT_S3_KEY: secret.optional(),
  /** PEM file of a private authority, for syslog+tls and s3+https. */
  TOCSIN_CHECKPOINT_CA: z.string().optional(),
  /** `s3+https://ENDPOINT/BUCKET/PREFIX?region=REGION` of an object store that keeps files; by default they are in the database. */
  TOCSIN_FILES: z.string().optional(),
  /** ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN] of it. */
  TOCSIN_FILES_S3_KEY: secret.optional(),
  /** PEM file of a private authority of it. */
  TOCSIN_FILES_CA: z.string().optional(),
  /** The same of the object store that backups go to; by default the key of TOCSIN_FILES. One that may only write is enough for `backup`. */
  TOCSIN_BACKUP_S3_KEY: secret.optional(),
  /** PEM file of a private authority of it; by default that of TOCSIN_FILES. */
  TOCSIN_BACKUP_CA: z.string().optional(),
  /** Base address of an OpenTelemetry collector (OTLP over HTTP): traces and metrics go to its /v1/traces and /v1/metrics. */
  TOCSIN_OTEL_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** `NAME=VALUE` of headers for the collector, separated by commas. */
  TOCSIN_OTEL_HEADERS: secret.optional(),
  /** PEM file of a private authority of the collector. */
  TOCSIN_OTEL_CA: z.string().optional(),
  /** The part of the traces that is kept, 0 to 1. */
  TOCSIN_OTEL_SAMPLE: z.coerce.number().min(0).max(1).default(1),
  /** Whether spans hold the words of calls to contracted and public models, as they were sent: pseudonyms for names. */
  TOCSIN_OTEL_CONTENT: flag.default(false),
  /** The address that the console and the API listen on. */
  TOCSIN_HOST: z.string().default('127.0.0.1'),
  /** 0: any that is free. A worker of its own then needs TOCSIN_PUBLIC_URL, for links. */
  TOCSIN_PORT: z.coerce.number().int().min(0).max(65_535).default(7411),
  /** On TOCSIN_HOST: where a `worker` answers GET /healthz, for what starts it anew when it hangs. Left out, nowhere. */
  TOCSIN_WORKER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** The address that browsers use, where a proxy stands in front: https makes cookies Secure. */
  TOCSIN_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The least level that is written to standard error, as JSON lines; to a terminal in prose. */
  TOCSIN_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Requests of one address in a minute; further ones are answered 429. */
  TOCSIN_REQUESTS_PER_MINUTE: z.coerce.number().int().positive().default(1200),

  /** Whether `tocsin up` builds the console in a checkout whose sources are newer. */
  TOCSIN_BUILD_CONSOLE: flag.default(true),

  /** alerts.json of a Wazuh manager; `off` to follow none. */
  TOCSIN_ALERTS_FILE: z.string().default(usualAlertsFile),
  /** `https://HOST:9200` of the Wazuh indexer that alerts and findings are read from. */
  TOCSIN_INDEXER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Its user, with the right to read the alerts (and to write them for TOCSIN_PUBLISH_DOCUMENT). */
  TOCSIN_INDEXER_USER: z.string().optional(),
  /** The user's password. */
  TOCSIN_INDEXER_PASSWORD: secret.optional(),
  /** PEM file of the authority that signed the indexer's certificate. */
  TOCSIN_INDEXER_CA: z.string().optional(),
  /** Seconds between two looks at the indexer. */
  TOCSIN_INDEXER_POLL_SECONDS: z.coerce.number().min(1).default(10),
  /** `https://HOST:55000` of the Wazuh server API: agents, actions, rules, and the way back for briefs. */
  TOCSIN_WAZUH_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Its user; deploy/wazuh/README.md lists the rights. */
  TOCSIN_WAZUH_API_USER: z.string().optional(),
  /** The user's password. */
  TOCSIN_WAZUH_API_PASSWORD: secret.optional(),
  /** PEM file of the authority that signed the server's certificate. */
  TOCSIN_WAZUH_API_CA: z.string().optional(),
  /** Which Wazuh this is: `auto` is what its server API and its indexer say of themselves; else `4` or `5`. */
  TOCSIN_WAZUH_GENERATION: z
    .enum(['auto', '4', '5'])
    .default('auto')
    .transform(text => (text === 'auto' ? undefined : text === '4' ? 4 : 5)),
  /** Socket of a local manager's analysisd. */
  TOCSIN_WAZUH_QUEUE: z.string().default('/var/ossec/queue/sockets/queue'),
  /** Whether briefs are written back to Wazuh, through the socket or the server API. */
  TOCSIN_PUBLISH: flag.default(true),
  /** Whether the alert's document in the indexer gets the brief too: needs the right to write there. */
  TOCSIN_PUBLISH_DOCUMENT: flag.default(false),
  /** Whether approved actions are only shown as they would be sent, and nothing is sent. */
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
export const settingNames: readonly string[] = Object.keys(settings.shape)

export type Settings = z.output<typeof settings>
