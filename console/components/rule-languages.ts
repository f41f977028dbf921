import { yaml, yamlLanguage } from '@codemirror/lang-yaml'
import { LanguageSupport, StreamLanguage } from '@codemirror/language'
import { wazuhDecoders, wazuhRules } from './wazuh-languages.ts'

// What the editor knows of each language of rules: how it looks, and what can be written where.

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
function completeSigma(context: Context): Completion | null {
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
function completeYara(context: Context & { readonly state?: { readonly doc: unknown } }): Completion | null {
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
  wazuh: wazuhRules,
  decoders: wazuhDecoders,
  sigma: () => [yaml(), yamlLanguage.data.of({ autocomplete: completeSigma })],
  yara: () => new LanguageSupport(yaraLanguage, yaraLanguage.data.of({ autocomplete: completeYara })),
  text: () => [],
} as const

export type CodeLanguage = keyof typeof ruleLanguages
