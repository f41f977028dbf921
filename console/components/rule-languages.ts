import { xml } from '@codemirror/lang-xml'
import { yaml, yamlLanguage } from '@codemirror/lang-yaml'
import { LanguageSupport, StreamLanguage } from '@codemirror/language'

// What the editor knows of each language of rules: how it looks, and what can be written where.

/** Wazuh's elements. Source: Wazuh 4.14 documentation, "Rules syntax" and "Decoders syntax". */
const matchers = [
  'match',
  'regex',
  'field',
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'user',
  'url',
  'id',
  'hostname',
  'program_name',
  'status',
  'protocol',
  'system_name',
  'action',
  'location',
  'data',
  'extra_data',
  'srcgeoip',
  'dstgeoip',
]
const same = [
  'source_ip',
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'srcuser',
  'user',
  'location',
  'field',
  'url',
]
const ruleParts = [
  ...matchers,
  'decoded_as',
  'category',
  'time',
  'weekday',
  'list',
  'if_sid',
  'if_group',
  'if_level',
  'if_matched_sid',
  'if_matched_group',
  'if_fts',
  ...same.map(name => `same_${name}`),
  ...same.map(name => `different_${name}`),
  'global_frequency',
  'check_diff',
  'options',
  'mitre',
  'group',
  'description',
  'info',
]
const types = [
  { name: 'type', values: ['pcre2', 'osregex', 'osmatch'] },
  { name: 'negate', values: ['yes', 'no'] },
]

const wazuh = () =>
  xml({
    elements: [
      { name: 'group', top: true, children: ['rule'], attributes: [{ name: 'name' }] },
      {
        name: 'rule',
        children: ruleParts,
        attributes: [
          { name: 'id' },
          { name: 'level', values: Array.from({ length: 17 }, (_, level) => String(level)) },
          { name: 'frequency' },
          { name: 'timeframe' },
          { name: 'ignore' },
          { name: 'overwrite', values: ['yes', 'no'] },
          { name: 'noalert', values: ['0', '1'] },
          { name: 'maxsize' },
        ],
      },
      ...matchers.map(name => ({
        name,
        children: [],
        attributes: name === 'field' ? [{ name: 'name' }, ...types] : types,
      })),
      {
        name: 'list',
        children: [],
        attributes: [
          { name: 'field' },
          {
            name: 'lookup',
            values: [
              'match_key',
              'not_match_key',
              'match_key_value',
              'address_match_key',
              'not_address_match_key',
              'address_match_key_value',
            ],
          },
          { name: 'check_value' },
        ],
      },
      {
        name: 'options',
        children: [],
        textContent: ['no_full_log', 'alert_by_email', 'no_email_alert', 'no_log'],
      },
      { name: 'mitre', children: ['id'] },
      {
        name: 'info',
        children: [],
        attributes: [{ name: 'type', values: ['text', 'link', 'cve', 'osvdb'] }],
      },
      ...[
        'decoded_as',
        'category',
        'time',
        'weekday',
        'if_sid',
        'if_group',
        'if_level',
        'if_matched_sid',
      ].map(name => ({
        name,
        children: [],
      })),
      ...['if_matched_group', 'if_fts', 'description'].map(name => ({ name, children: [] })),
    ],
  })

/** What CodeMirror hands to a completion source, as far as we use it. */
interface Context {
  readonly explicit: boolean
  matchBefore(pattern: RegExp): { readonly from: number; readonly text: string } | null
}
interface Option {
  readonly label: string
  readonly type: string
  readonly detail?: string
}
interface Completion {
  readonly from: number
  readonly options: readonly Option[]
}

const options = (type: string, detail: string, names: readonly string[]): Option[] =>
  names.map(label => ({ label, type, detail }))

const sigmaValues: Readonly<Record<string, readonly string[]>> = {
  status: ['experimental', 'test', 'stable', 'deprecated', 'unsupported'],
  level: ['informational', 'low', 'medium', 'high', 'critical'],
  product: ['windows', 'linux', 'macos', 'aws', 'azure', 'gcp', 'm365', 'github'],
  category: [
    'process_creation',
    'file_event',
    'network_connection',
    'registry_set',
    'image_load',
    'dns_query',
    'ps_script',
    'create_remote_thread',
    'process_access',
    'pipe_created',
    'webserver',
    'proxy',
    'firewall',
    'antivirus',
  ],
  service: ['security', 'system', 'sysmon', 'powershell', 'auditd', 'sshd', 'cloudtrail', 'taskscheduler'],
  type: ['event_count', 'value_count', 'temporal', 'temporal_ordered'],
}
const sigmaKeys = [
  ...['title', 'id', 'name', 'status', 'description', 'references', 'author', 'date', 'modified', 'tags'],
  ...['logsource', 'detection', 'falsepositives', 'level', 'related', 'correlation'],
  ...['condition', 'selection', 'filter', 'product', 'category', 'service', 'definition'],
  ...['type', 'rules', 'group-by', 'timespan', 'aliases', 'gte', 'gt', 'lt', 'lte', 'field'],
]
const sigmaFields = [
  ...[
    'Image',
    'CommandLine',
    'ParentImage',
    'ParentCommandLine',
    'OriginalFileName',
    'User',
    'TargetFilename',
  ],
  ...[
    'TargetObject',
    'Details',
    'EventID',
    'Channel',
    'DestinationIp',
    'DestinationPort',
    'QueryName',
    'Hashes',
  ],
  ...['ScriptBlockText', 'ImageLoaded', 'IntegrityLevel', 'c-uri', 'cs-method', 'sc-status', 'c-useragent'],
]
const sigmaModifiers = [
  ...[
    'contains',
    'startswith',
    'endswith',
    'all',
    're',
    'i',
    'cidr',
    'exists',
    'cased',
    'windash',
    'base64offset',
  ],
  ...['base64', 'wide', 'utf16le', 'lt', 'lte', 'gt', 'gte', 'fieldref', 'expand', 'neq'],
]

/** What can stand where the cursor is in a Sigma rule. */
export function completeSigma(context: Context): Completion | null {
  const modifier = context.matchBefore(/\|\w*/)
  if (modifier) return { from: modifier.from + 1, options: options('keyword', 'modifier', sigmaModifiers) }
  const value = context.matchBefore(/\b(?:status|level|product|category|service|type):\s*\w*/)
  if (value) {
    const [, key = '', typed = ''] = /(\w+):\s*(\w*)$/.exec(value.text) ?? []
    return {
      from: value.from + value.text.length - typed.length,
      options: options('constant', key, sigmaValues[key] ?? []),
    }
  }
  const key = context.matchBefore(/^\s*(?:- )?[\w-]*/)
  if (!key || (key.text.trim() === '' && !context.explicit)) return null
  const from = key.from + key.text.length - (/[\w-]*$/.exec(key.text)?.[0].length ?? 0)
  return {
    from,
    options: [...options('property', 'Sigma', sigmaKeys), ...options('variable', 'field', sigmaFields)],
  }
}

const yaraWords = [
  ...[
    'rule',
    'private',
    'meta',
    'strings',
    'condition',
    'import',
    'all',
    'any',
    'none',
    'of',
    'them',
    'for',
    'in',
  ],
  ...[
    'and',
    'or',
    'not',
    'at',
    'filesize',
    'true',
    'false',
    'contains',
    'icontains',
    'startswith',
    'endswith',
  ],
  ...['matches', 'defined', 'entrypoint', 'KB', 'MB'],
]
const yaraModifiers = ['ascii', 'wide', 'nocase', 'fullword', 'xor', 'base64', 'base64wide']
const yaraMeta = ['description', 'author', 'date', 'reference', 'hash', 'attack']
const yaraFunctions = [
  'uint8(0)',
  'uint16(0) == 0x5A4D',
  'uint32(0) == 0x464c457f',
  'uint32be(0)',
  'math.entropy(0, filesize)',
]

/** What can stand where the cursor is in a YARA rule; strings that are declared are offered too. */
export function completeYara(
  context: Context & { readonly state?: { readonly doc: unknown } },
): Completion | null {
  const text = String(context.state?.doc ?? '')
  const string = context.matchBefore(/[$#@!]\w*/)
  if (string) {
    const declared = [...new Set([...text.matchAll(/(\$\w+)\s*=/g)].map(([, id = '']) => id.slice(1)))]
    return { from: string.from + 1, options: options('variable', 'string', declared) }
  }
  const word = context.matchBefore(/\w+/)
  if (!word && !context.explicit) return null
  return {
    from: word?.from ?? 0,
    options: [
      ...options('keyword', 'YARA', yaraWords),
      ...options('type', 'modifier', yaraModifiers),
      ...options('property', 'meta', yaraMeta),
      ...options('function', 'function', yaraFunctions),
    ],
  }
}

const yaraKeyword = new RegExp(`^(?:${[...yaraWords, ...yaraModifiers].join('|')})\\b`)

const yaraLanguage = StreamLanguage.define<{ comment: boolean }>({
  name: 'yara',
  startState: () => ({ comment: false }),
  token(stream, state) {
    if (state.comment) {
      if (stream.match(/.*?\*\//)) state.comment = false
      else stream.skipToEnd()
      return 'comment'
    }
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    if (stream.match('/*')) {
      state.comment = true
      return 'comment'
    }
    if (stream.match(/"(?:[^"\\]|\\.)*"?/) || stream.match(/\/(?:[^/\\ ]|\\.)(?:[^/\\]|\\.)*\/[is]*/))
      return 'string'
    if (stream.match(/[$#@!]\w*\*?/)) return 'variableName.special'
    if (stream.match(yaraKeyword)) return 'keyword'
    if (stream.match(/0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:KB|MB)?/)) return 'number'
    if (stream.match(/\w+/)) return 'variableName'
    stream.next()
    return null
  },
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } },
})

/** One entry for each language that the editor knows. */
export const ruleLanguages = {
  wazuh: () => wazuh(),
  sigma: () => [yaml(), yamlLanguage.data.of({ autocomplete: completeSigma })],
  yara: () => new LanguageSupport(yaraLanguage, yaraLanguage.data.of({ autocomplete: completeYara })),
  text: () => [],
} as const

export type CodeLanguage = keyof typeof ruleLanguages
