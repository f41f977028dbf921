/** What is asked before a configuration is written. */
export interface Setup {
  readonly size: 'small' | 'medium' | 'large'
  /** Whether a Wazuh manager runs on this machine. */
  readonly wazuhHere: boolean
  readonly indexer: boolean
  readonly models: 'none' | 'local' | 'cloud'
}

/** One setting, with the words above it. `off`: shown, but not set until a person fills it in. */
interface Line {
  readonly why: string
  readonly name: string
  readonly value: string
  readonly off?: true
}

const programs: Readonly<Record<Setup['size'], string>> = {
  small: 'tocsin up',
  medium: 'tocsin up',
  large: "tocsin serve, and 'tocsin worker' as often as needed, on any machine, each with this file",
}

const header = ({
  size,
}: Setup) => `# Settings of Tocsin for a ${size} installation. Only its owner may read this file: it holds secrets.
# A line without '#' in front is in force; the others are examples: fill them in and take the '#' away. A value with
# spaces, $, & or ; goes between single quotes.
# systemd: EnvironmentFile=/etc/tocsin/tocsin.env. By hand, for each command:
#   set -a; . ./tocsin.env; set +a
#   tocsin doctor       checks what is set and says what to fix
#   ${programs[size]}
`

/**
 * The text of `tocsin.env`: what differs from the defaults in this setup, each line with its reason. What only a
 * person can know stays commented out. `masterKey` is a new one, or undefined where the data directory has its own.
 */
export function settingsFile(setup: Setup, masterKey: string | undefined): string {
  const lines = [...serving(setup, masterKey), ...people(setup), ...wazuh(setup), ...mail(), ...models(setup)]
  const text = lines.map(({ why, name, value, off }) => `# ${why}\n${off ? '#' : ''}${name}=${value}\n`)
  return [header(setup), ...text].join('\n')
}

function serving(setup: Setup, masterKey: string | undefined): Line[] {
  const near: Line = {
    why: 'The console answers on this machine only. Put a proxy with TLS in front of it before others use it.',
    name: 'TOCSIN_HOST',
    value: '127.0.0.1',
  }
  const publicUrl: Line = {
    why: 'The address of that proxy: with https, cookies are sent over TLS only.',
    name: 'TOCSIN_PUBLIC_URL',
    value: 'https://tocsin.example.org',
    off: true,
  }
  const notify: Line = {
    why: 'Mail and chat servers that notifications may go to; admins set up the channels in the console.',
    name: 'TOCSIN_NOTIFY_HOSTS',
    value: 'smtp.example.org:587,hooks.slack.com',
    off: true,
  }
  const data: Line = {
    why: 'Where data, models.yaml and policy.yaml are; this place is the default as root, and in the units of deploy/systemd.',
    name: 'TOCSIN_DATA',
    value: '/var/lib/tocsin',
    off: true,
  }
  if (setup.size === 'small') return [data, near, publicUrl, notify]
  const database: Line = {
    why:
      setup.size === 'large'
        ? "One PostgreSQL (15 or later) for all 'tocsin serve' and 'tocsin worker'. Without it, all must run on one machine."
        : 'A PostgreSQL server (15 or later) in place of the embedded database, which is used without it.',
    name: 'DATABASE_URL',
    value: 'postgres://tocsin:PASSWORD@database.example.org/tocsin',
    off: true,
  }
  const key: Line[] =
    masterKey === undefined
      ? []
      : [
          {
            why: 'Wraps every key at rest. The same on every machine; keep a copy elsewhere: without it sealed records cannot be read.',
            name: 'TOCSIN_MASTER_KEY',
            value: masterKey,
          },
        ]
  const checkpoints: Line = {
    why: 'Signed checkpoints of the ledger go where this machine cannot change them: syslog, or an object store.',
    name: 'TOCSIN_CHECKPOINT_TO',
    value: 'syslog+tls://log.example.org:6514',
    off: true,
  }
  const common = [data, near, publicUrl, notify, database, ...key, checkpoints]
  return setup.size === 'medium' ? common : [...common, ...manyMachines()]
}

function manyMachines(): Line[] {
  return [
    {
      why: 'Mails, attachments and samples in an object store that speaks S3; without it they are in the database.',
      name: 'TOCSIN_FILES',
      value: 's3+https://s3.example.org/tocsin/files?region=eu-central-1',
      off: true,
    },
    { why: 'Its key.', name: 'TOCSIN_FILES_S3_KEY', value: 'KEY_ID:SECRET', off: true },
    {
      why: "Several organisations in one database: 'tocsin tenant add' prints this and DATABASE_URL for each one's own processes.",
      name: 'TOCSIN_TENANT',
      value: 'acme',
      off: true,
    },
    {
      why: 'Traces and metrics to an OpenTelemetry collector.',
      name: 'TOCSIN_OTEL_URL',
      value: 'https://collector.example.org:4318',
      off: true,
    },
  ]
}

/** Who signs in, and who lets models into use. */
function people({ size }: Setup): Line[] {
  if (size !== 'large') return []
  return [
    {
      why: "People sign in through your OpenID provider, which this file names: see 'tocsin sign-in --help'.",
      name: 'TOCSIN_SIGN_IN',
      value: '/etc/tocsin/sign-in.yaml',
      off: true,
    },
    {
      why: 'New models start as candidates: people let them into use, by what evaluations show (Models in the console).',
      name: 'TOCSIN_MODEL_GATES',
      value: 'enforced',
    },
  ]
}

/** Mails that people report. */
function mail(): Line[] {
  return [
    {
      why: 'Your own domains: a mail or report that names one is about you.',
      name: 'TOCSIN_OWN_DOMAINS',
      value: 'example.org,example.com',
      off: true,
    },
    {
      why: 'The mailbox to which people report suspicious mails. Mails that were read are marked as seen; none is deleted.',
      name: 'TOCSIN_MAIL_IMAP_URL',
      value: 'imaps://abuse@mail.example.org/INBOX',
      off: true,
    },
    { why: 'Its password.', name: 'TOCSIN_MAIL_IMAP_PASSWORD', value: 'PASSWORD', off: true },
  ]
}

function wazuh({ size, wazuhHere, indexer }: Setup): Line[] {
  const alerts: Line = wazuhHere
    ? {
        why: 'Alerts are read as the manager writes them. Run Tocsin in the group wazuh.',
        name: 'TOCSIN_ALERTS_FILE',
        value: '/var/ossec/logs/alerts/alerts.json',
      }
    : {
        why: 'No manager here: alerts come from the indexer, or from the integrator on the manager (deploy/wazuh/README.md).',
        name: 'TOCSIN_ALERTS_FILE',
        value: 'off',
      }
  const from = indexer
    ? service('TOCSIN_INDEXER', 'The Wazuh indexer, by an account that reads wazuh-alerts-*.', 9200)
    : []
  const api = service(
    'TOCSIN_WAZUH_API',
    'The Wazuh server API, for response actions and agent states.',
    55_000,
  )
  const dryRun: Line = {
    why: 'Approved response actions are shown and not sent. Take this away when you have seen some.',
    name: 'TOCSIN_RESPOND_DRY_RUN',
    value: 'on',
  }
  return size === 'small' ? [alerts, ...from, dryRun] : [alerts, ...from, ...api, dryRun]
}

function service(prefix: string, why: string, port: number): Line[] {
  return [
    { why, name: `${prefix}_URL`, value: `https://wazuh.example.org:${port}`, off: true },
    { why: 'Its account.', name: `${prefix}_USER`, value: 'tocsin', off: true },
    { why: 'Its password.', name: `${prefix}_PASSWORD`, value: 'PASSWORD', off: true },
    {
      why: 'The authority that signed its certificate.',
      name: `${prefix}_CA`,
      value: '/etc/tocsin/root-ca.pem',
      off: true,
    },
  ]
}

function models({ models }: Setup): Line[] {
  const about = {
    none: 'No model: briefs are computed from the evidence. Models can be named in this file at any time (deploy/models.example.yaml).',
    local:
      "Models of this machine or network: name them in this file (deploy/models.example.yaml); 'tocsin model pull' installs one.",
    cloud:
      "Models of a provider: name them in this file (deploy/models.example.yaml), keys sealed by 'tocsin model key'. What may leave is up to the policy; by default identifiers are replaced. 'tocsin policy explain' shows it.",
  }[models]
  return [{ why: about, name: 'TOCSIN_MODELS', value: '/etc/tocsin/models.yaml', off: true }]
}
