import { inventoryKinds } from '../../wazuh/agent-state.ts'
import type { PlannedStep, TurnContext } from './turn.ts'

/** What code makes of a question before anything else is tried. */
export type CodeRoute =
  | { readonly kind: 'steps'; readonly steps: readonly PlannedStep[] }
  /** A search to show: the words to read it from. */
  | { readonly kind: 'query'; readonly text: string }
  /** Drafts that can be prepared: response steps of the case that is open, or a rule. */
  | { readonly kind: 'draft'; readonly of: 'steps' | 'rule' }
  | { readonly kind: 'help' }

const hostAfter =
  /\b(?:on|of|for|host|agent|does|is)\s+(?:the\s+)?(?:host\s+|agent\s+|server\s+|machine\s+)?([a-z0-9][\w.-]*[a-z0-9])/gi
const notHosts = new Set([
  'the',
  'all',
  'each',
  'every',
  'which',
  'this',
  'that',
  'agents',
  'hosts',
  'there',
  'a',
  'an',
])
const cve = /\bCVE-\d{4}-\d{4,}\b/i

const aboutThisCase =
  /^(?:what (?:has |is )?happen(?:ed|ing)(?: here| in this case)?|summari[sz]e(?: this| the)?(?: case)?|what is this(?: case)?(?: about)?)\??$/i

/** What is asked stands at the beginning; behind it people paste logs, which a model or a command reads. */
const longestRouted = 2_000

/**
 * Slash commands, and questions about live state that no alert answers: agents, inventory, weaknesses, checks, watched
 * files, log lines. `offered` are the tools there are: a route to a tool that is not there is none.
 */
export function routeQuestion(
  text: string,
  context: TurnContext,
  offered: ReadonlySet<string>,
): CodeRoute | undefined {
  const command = /^\/(\w+)\s*([\s\S]*)$/.exec(text.trim())
  if (command !== null) return commandRoute(command[1] ?? '', (command[2] ?? '').trim(), context, offered)
  if (context.caseId !== undefined && aboutThisCase.test(text.trim()) && offered.has('read_case'))
    return { kind: 'steps', steps: [{ tool: 'read_case', input: { case_id: context.caseId } }] }
  const steps = liveSteps(text.slice(0, longestRouted)).filter(step => offered.has(step.tool))
  return steps.length === 0 ? undefined : { kind: 'steps', steps }
}

function commandRoute(
  name: string,
  rest: string,
  context: TurnContext,
  offered: ReadonlySet<string>,
): CodeRoute {
  const steps = (...wanted: PlannedStep[]): CodeRoute => {
    const there = wanted.filter(step => offered.has(step.tool))
    return there.length === 0 ? { kind: 'help' } : { kind: 'steps', steps: there }
  }
  const subject = rest === '' && context.entity !== undefined ? context.entity.value : rest
  switch (name) {
    case 'attack':
      return rest === ''
        ? { kind: 'help' }
        : steps(
            { tool: 'attack_lookup', input: { text: rest, limit: 10 } },
            ...(/^t\d{4}/i.test(rest) ? [{ tool: 'countermeasures', input: { technique: rest } }] : []),
          )
    case 'ioc':
      return subject === ''
        ? { kind: 'help' }
        : steps(
            { tool: 'search_indicators', input: { value: subject } },
            { tool: 'entity_timeline', input: { value: subject, limit: 10 } },
          )
    case 'host':
      return subject === ''
        ? { kind: 'help' }
        : steps(
            { tool: 'agent_status', input: { search: subject, limit: 5 } },
            { tool: 'host_vulnerabilities', input: { agent: subject, limit: 10 } },
            { tool: 'search_alerts', input: { host: subject, limit: 10 } },
          )
    case 'query':
      return rest === '' ? { kind: 'help' } : { kind: 'query', text: rest }
    case 'explain':
      return explainRoute(rest, steps)
    case 'draft':
      if (/^rule\b/i.test(rest)) return { kind: 'draft', of: 'rule' }
      return context.caseId === undefined ? { kind: 'help' } : { kind: 'draft', of: 'steps' }
    default:
      return { kind: 'help' }
  }
}

function explainRoute(rest: string, steps: (...wanted: PlannedStep[]) => CodeRoute): CodeRoute {
  if (rest === '') return { kind: 'help' }
  const rule = /^(?:rule\s+)?(\d{1,6})$/i.exec(rest)?.[1]
  if (rule !== undefined) return steps({ tool: 'explain_rule', input: { rule_id: rule } })
  if (/^t\d{4}(?:\.\d{3})?$/i.test(rest))
    return steps(
      { tool: 'attack_lookup', input: { text: rest } },
      { tool: 'countermeasures', input: { technique: rest } },
    )
  if (cve.test(rest)) return steps({ tool: 'host_vulnerabilities', input: { cve: rest.match(cve)?.[0] } })
  return steps(
    { tool: 'explain_log', input: { log: rest } },
    { tool: 'ask', input: { question: rest.slice(0, 2000) } },
  )
}

const inventoryWords: readonly (readonly [RegExp, (typeof inventoryKinds)[number]])[] = [
  [/\b(packages?|software|programs?|installed|versions? of)\b/i, 'packages'],
  [/\b(running )?process(es)?\b.*\b(run|running|now|current)|\brunning process/i, 'processes'],
  [/\b(open|listening) ports?\b|\bports? (are )?open\b/i, 'ports'],
  [/\bhotfix(es)?\b/i, 'hotfixes'],
  [/\bservices? (are |is )?(running|installed)|\brunning services\b/i, 'services'],
  [/\blocal (users|accounts)\b/i, 'users'],
  [/\b(hardware|cpu|memory|ram)\b/i, 'hardware'],
  [/\bbrowser extensions?\b/i, 'browser_extensions'],
]

/** The host that a question names: most look like `web-01`; a plain word counts where nothing else does. */
function hostIn(text: string): string | undefined {
  const named = [...text.matchAll(hostAfter)].flatMap(([, name = '']) =>
    notHosts.has(name.toLowerCase()) ? [] : [name],
  )
  return (
    named.find(name => /[\d.-]/.test(name)) ??
    (/^(?:what|who) (?:is|are|does)\b/i.test(text) ? undefined : named[0])
  )
}

/** Live state: only where the question names it and a host or a CVE, so that counting alerts is not disturbed. */
function liveSteps(text: string): PlannedStep[] {
  const file = /\bfile_[0-9a-z]{26}\b/.exec(text)?.[0]
  if (file !== undefined && /\bscan\b/i.test(text)) return [{ tool: 'scan_upload', input: { file_id: file } }]
  const named = hostIn(text)
  const foundCve = cve.exec(text)?.[0]
  const aboutAlerts = /\balerts?\b|\bcases?\b/i.test(text)
  if (foundCve !== undefined && !aboutAlerts)
    return [{ tool: 'host_vulnerabilities', input: { cve: foundCve.toUpperCase(), limit: 20 } }]
  if (
    /\bagents?\b.*\b(disconnected|offline|down|lost|never connected|active|online|connected|pending)\b|\b(disconnected|offline|active|online)\b.*\bagents?\b/i.test(
      text,
    ) &&
    !aboutAlerts
  ) {
    const status = /never connected/i.test(text)
      ? 'never_connected'
      : /disconnected|offline|down|lost/i.test(text)
        ? 'disconnected'
        : /pending/i.test(text)
          ? 'pending'
          : 'active'
    return [{ tool: 'agent_status', input: { status, limit: 20 } }]
  }
  if (named === undefined || aboutAlerts) return []
  if (
    /\b(status|online|offline|connected|disconnected|alive|reporting|last (seen|contact)|keep ?alive)\b/i.test(
      text,
    )
  )
    return [{ tool: 'agent_status', input: { search: named, limit: 5 } }]
  if (/\b(vulnerab\w*|cves|unpatched|patch(es)?)\b/i.test(text)) {
    const severity = /\b(critical|high|medium|low)\b/i.exec(text)?.[1]
    return [
      {
        tool: 'host_vulnerabilities',
        input: {
          agent: named,
          limit: 20,
          ...(severity === undefined
            ? {}
            : { severity: severity.charAt(0).toUpperCase() + severity.slice(1).toLowerCase() }),
        },
      },
    ]
  }
  if (/\b(sca|benchmark|hardening|configuration checks?|cis score|compliance score)\b/i.test(text))
    return [{ tool: 'host_configuration', input: { agent: named, limit: 20 } }]
  if (/\b(watched|monitored) files?\b|\bfim database\b/i.test(text))
    return [{ tool: 'host_files', input: { agent: named, limit: 20 } }]
  const kind = inventoryWords.find(([words]) => words.test(text))?.[1]
  if (kind !== undefined && inventoryKinds.includes(kind)) {
    const wanted = /\b(?:is|version of|does .* have)\s+([a-z][\w.+-]{1,40})\s+(?:installed|on)\b/i.exec(
      text,
    )?.[1]
    return [
      {
        tool: 'host_inventory',
        input: { agent: named, kind, limit: 20, ...(wanted === undefined ? {} : { search: wanted }) },
      },
    ]
  }
  return []
}

/** Questions that ask for judgement or an account, not for a fact: a model is worth asking where there is one. */
export function wantsReasoning(text: string): boolean {
  return /\b(why|explain how|summari[sz]e|compare|assess|should|could this|might|likely|what (?:should|would|next)|related|relationship|walk me through|hypothes\w+|tell me the story|is (?:this|it) (?:an? )?(?:attack|malicious|suspicious|normal|expected))\b/i.test(
    text,
  )
}
