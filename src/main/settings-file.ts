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

const header = (
  setup: Setup,
) => `# Settings of Tocsin for a ${setup.size} installation. Only its owner may read this file: it holds secrets.
# systemd: EnvironmentFile=/etc/tocsin/tocsin.env. By hand: set -a; . ./tocsin.env; set +a; tocsin up
# Every setting has a default; 'tocsin doctor' checks what is set and says what to fix.
`

/**
 * The text of `tocsin.env`: what differs from the defaults in this setup, each line with its reason. What only a
 * person can know stays commented out. `masterKey` is a new one, or undefined where the data directory has its own.
 */
export function settingsFile(setup: Setup, masterKey: string | undefined): string {
  const lines = [...serving(setup, masterKey), ...wazuh(setup), ...models(setup)]
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
  if (setup.size === 'small') return [near, publicUrl, notify]
  const database: Line = {
    why:
      setup.size === 'large'
        ? "One PostgreSQL for any number of 'tocsin serve' and 'tocsin worker'. Without it, all must run on one machine."
        : 'A PostgreSQL server in place of the embedded database.',
    name: 'DATABASE_URL',
    value: 'postgres://tocsin:PASSWORD@database.example.org/tocsin',
    off: true,
  }
  const key: Line[] =
    masterKey === undefined
      ? []
      : [
          {
            why: 'Wraps every key at rest. The same on every machine; keep a copy: without it sealed records cannot be read.',
            name: 'TOCSIN_MASTER_KEY',
            value: masterKey,
          },
        ]
  return [near, publicUrl, notify, database, ...key]
}

function wazuh({ size, wazuhHere, indexer }: Setup): Line[] {
  const alerts: Line = wazuhHere
    ? {
        why: 'Alerts are read as the manager writes them. Run Tocsin in the group wazuh.',
        name: 'TOCSIN_ALERTS_FILE',
        value: '/var/ossec/logs/alerts/alerts.json',
      }
    : {
        why: 'No manager here: alerts come from the indexer, or from the integrator on the manager (deploy/wazuh).',
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
    none: 'No model: briefs are computed from the evidence. Models can be named in this file at any time.',
    local: "Models of this machine or network: name them in this file; 'tocsin model pull' installs one.",
    cloud:
      "Models of a provider: name them in this file, keys sealed by 'tocsin model key'. What may leave is up to the policy; by default identifiers are replaced. See 'tocsin policy explain'.",
  }[models]
  return [{ why: about, name: 'TOCSIN_MODELS', value: '/etc/tocsin/models.yaml', off: true }]
}
