import type { TurnContextBody } from '../../src/http/contract-assistant.ts'

/** What the person looks at, for the assistant: ids and names out of the address, never text of the page. */
export interface PageContext {
  readonly context: TurnContextBody
  /** In words, above the question: `case case_01…`. */
  readonly words: string | undefined
  readonly suggestions: readonly string[]
}

const general = [
  'Which host has the most alerts?',
  'Top 5 source addresses',
  'What is the most severe alert?',
  'How many failed logins in the last 24 hours?',
  'What is the MITRE ID for obfuscation?',
]

/** Reads the address of a page: `/cases/123`, `/entities/host/web-01`, `/rules/5710`. `caseId` is `?case=` of a link. */
export function pageContextOf(path: string, caseId?: string): PageContext {
  const parts = path
    .split('/')
    .filter(part => part !== '')
    .map(decodeURIComponent)
  const [first = 'queue', second, third] = parts
  const openCase = first === 'cases' ? second : caseId
  if (openCase !== undefined)
    return {
      context: { caseId: openCase, page: 'case' },
      words: `case ${openCase}`,
      suggestions: [
        'What happened here?',
        'Which techniques were seen?',
        'Which users are in it?',
        'When was the first alert?',
        '/draft',
      ],
    }
  if (first === 'entities' && second !== undefined && third !== undefined)
    return {
      context: { entity: { type: second, value: third }, page: 'entity' },
      words: `${second} ${third}`,
      suggestions: [
        `/ioc ${third}`,
        ...(second === 'host' ? [`/host ${third}`] : []),
        `What happened on ${third}?`,
        `When was the last alert on ${third}?`,
      ],
    }
  if (first === 'rules' || first === 'rule-coverage')
    return {
      context: { page: 'rules' },
      words: undefined,
      suggestions: ['Which rules fire most?', '/explain 5712', 'Which techniques were seen?'],
    }
  if (first === 'mail')
    return {
      context: { page: 'mail' },
      words: undefined,
      suggestions: ['What is BEC?', '/attack phishing', ...general.slice(0, 2)],
    }
  if (first === 'intel')
    return {
      context: { page: 'intel' },
      words: undefined,
      suggestions: ['/attack T1027', '/ioc 203.0.113.77', 'Which techniques were seen?'],
    }
  return { context: { page: first }, words: undefined, suggestions: general }
}

/** Commands with what stands behind them, for the list under the question. */
export const slashCommands = [
  { name: '/attack', hint: 'technique by words or id' },
  { name: '/ioc', hint: 'where an address, domain, hash or user was seen' },
  { name: '/host', hint: 'state, weaknesses and alerts of a host' },
  { name: '/query', hint: 'a search of the indexer from words' },
  { name: '/explain', hint: 'a rule, a technique or a log line' },
  { name: '/draft', hint: 'response steps for this case, or rule WORDS' },
] as const
