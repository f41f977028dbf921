import { type Problem, problem } from '../lib/problem.ts'
import { type CdbList, compileLookup, type ListLookup, lookupKinds } from './cdb-list.ts'
import type { Expression } from './expression.ts'
import { readMitre } from './read-mitre.ts'
import type { ComparedField, Correlation, RuleBody, RuleParents, RuleTest } from './rule.ts'
import { type RuleAttributes, readRuleAttributes } from './rule-attributes.ts'
import { finishTests, type PatternDraft, patternElements, readPatternElement } from './rule-tests.ts'
import { placeText, type XmlElement } from './xml.ts'

/** What a rule may refer to. */
export interface RuleSurroundings {
  readonly decoderNames: ReadonlySet<string>
  /** Lists by the names that rules use, such as `etc/lists/audit-keys`. */
  readonly lists: ReadonlyMap<string, CdbList>
}

/** A rule as it stands in its file, not yet in the tree. */
export interface ReadRule {
  readonly id: number
  readonly overwrite: boolean
  readonly body: RuleBody
  readonly parents: RuleParents
  /** Whether the rule looks at earlier events at all. */
  readonly context: boolean
}

export type Complain = (code: string, message: string, where?: XmlElement) => void

/** What one `<rule>` says, collected element by element. */
export interface RuleDraft {
  readonly attributes: RuleAttributes
  groupText: string
  description: string | undefined
  category: string
  decodedAs: string | undefined
  readonly patterns: Map<string, PatternDraft>
  readonly tests: RuleTest[]
  ifSid: string | undefined
  ifLevel: string | undefined
  ifGroup: string | undefined
  matchedSid: number | undefined
  matchedGroup: string | undefined
  matchedRegex: Expression | undefined
  context: boolean
  checkDiff: boolean
  acrossAgents: boolean
  firstTimeSeen: boolean
  readonly same: ComparedField[]
  readonly different: ComparedField[]
  readonly sameDynamic: string[]
  readonly differentDynamic: string[]
  readonly lists: ListLookup[]
  noCounter: boolean
  noFullLog: boolean
  mailAlert: boolean
  logAlert: boolean
  mitre: readonly string[]
}

/**
 * Compiles one `<rule>` element of the given group. Returns no rule where Wazuh would leave it out or refuse to
 * start, and says why in `problems`.
 */
export function readRule(
  element: XmlElement,
  groupName: string,
  file: string,
  surroundings: RuleSurroundings,
): { readonly rule: ReadRule | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const complain: Complain = (code, message, where) => {
    const place = placeText(where ? where.textPlace : element.place)
    problems.push(problem(code, message, `${file}: ${place}`))
  }
  const attributes = readRuleAttributes(element, complain)
  if (!attributes) return { rule: undefined, problems }
  const draft = emptyDraft(attributes, groupName)
  for (const child of element.children) readElement(draft, child, surroundings, complain)
  const patternTests = finishTests(draft, complain)
  checkWhole(draft, complain)
  if (problems.some(({ code }) => !harmless.has(code))) return { rule: undefined, problems }
  const body: RuleBody = {
    level: attributes.level,
    order: (attributes.level === 0 ? 99 : attributes.level) * (attributes.accurate ? 100 : 1),
    groupText: draft.groupText,
    description: draft.description ?? '',
    category: draft.category,
    decodedAs: draft.decodedAs,
    tests: [...patternTests, ...draft.tests],
    checkDiff: draft.checkDiff,
    firstTimeSeen: draft.firstTimeSeen,
    // Wazuh keeps the last two: adding a third list drops the first.
    lists: draft.lists.slice(-2),
    correlation: draft.context ? correlationOf(draft) : undefined,
    frequency: attributes.skip + 2,
    ignoreSeconds: attributes.ignoreSeconds,
    noAlert: attributes.noAlert,
    noCounter: draft.noCounter,
    noFullLog: draft.noFullLog,
    mitre: draft.mitre,
    file,
    place: element.place,
  }
  const { ifSid, ifLevel, ifGroup, matchedSid, matchedGroup } = draft
  const parents = { ifSid, ifLevel, ifGroup, matchedSid, matchedGroup }
  return {
    rule: { id: attributes.id, overwrite: attributes.overwrite, body, parents, context: draft.context },
    problems,
  }
}

/** Trouble that Wazuh warns of and then goes on without the part. */
const harmless = new Set(['mitre', 'pattern-type', 'negate'])

function emptyDraft(attributes: RuleAttributes, groupText: string): RuleDraft {
  return {
    attributes,
    groupText,
    description: undefined,
    category: 'syslog',
    decodedAs: undefined,
    patterns: new Map(),
    tests: [],
    ifSid: undefined,
    ifLevel: undefined,
    ifGroup: undefined,
    matchedSid: undefined,
    matchedGroup: undefined,
    matchedRegex: undefined,
    context: false,
    checkDiff: false,
    acrossAgents: false,
    firstTimeSeen: false,
    same: [],
    different: [],
    sameDynamic: [],
    differentDynamic: [],
    lists: [],
    noCounter: false,
    noFullLog: false,
    mailAlert: attributes.level >= 12,
    logAlert: attributes.level >= 3,
    mitre: [],
  }
}

function correlationOf(draft: RuleDraft): Correlation {
  return {
    skip: draft.attributes.skip,
    timeframeSeconds: draft.attributes.timeframeSeconds,
    acrossAgents: draft.acrossAgents,
    same: draft.same,
    different: draft.different,
    sameDynamic: draft.sameDynamic,
    differentDynamic: draft.differentDynamic,
    matchedRegex: draft.matchedRegex,
  }
}

const categories = ['firewall', 'ids', 'syslog', 'web-log', 'squid', 'windows', 'ossec']

/** `same_srcip` and its like, under all the names they have had. */
const comparedFields: Record<string, ComparedField> = {
  source_ip: 'srcip',
  srcip: 'srcip',
  dstip: 'dstip',
  src_port: 'srcport',
  srcport: 'srcport',
  dst_port: 'dstport',
  dstport: 'dstport',
  protocol: 'protocol',
  action: 'action',
  id: 'id',
  url: 'url',
  data: 'data',
  extra_data: 'extra_data',
  status: 'status',
  system_name: 'system_name',
  srcgeoip: 'srcgeoip',
  dstgeoip: 'dstgeoip',
  location: 'location',
  srcuser: 'srcuser',
  user: 'dstuser',
}

function readElement(
  draft: RuleDraft,
  element: XmlElement,
  surroundings: RuleSurroundings,
  complain: Complain,
): void {
  const name = element.name.toLowerCase()
  const text = element.text
  if (patternElements.has(name)) {
    readPatternElement(draft, element, complain)
    return
  }
  const compared = /^(same|different|not_same)_(.+)$/.exec(name)
  if (compared) {
    readComparison(draft, element, compared[1] === 'same', compared[2] ?? '', complain)
    return
  }
  switch (name) {
    case 'decoded_as':
      draft.decodedAs = text
      if (!surroundings.decoderNames.has(text))
        complain(
          'unknown-decoder',
          `there is no decoder '${text}': correct decoded_as or load it first`,
          element,
        )
      break
    case 'group':
      draft.groupText += text
      break
    case 'description':
      draft.description = (draft.description ?? '') + text.replace('\n', ' ')
      break
    case 'category':
      if (categories.includes(text)) draft.category = text
      else complain('category', `'${text}' is not one of ${categories.join(', ')}`, element)
      break
    case 'if_sid':
      draft.ifSid = (draft.ifSid ?? '') + text
      break
    case 'if_level':
      if (!/^\d*$/.test(text)) complain('if-level', `if_level '${text}' is not a number`, element)
      draft.ifLevel = (draft.ifLevel ?? '') + text
      break
    case 'if_group':
      draft.ifGroup = (draft.ifGroup ?? '') + text
      break
    case 'if_matched_sid':
      draft.context = true
      if (!/^\d*$/.test(text))
        complain('if-matched-sid', `if_matched_sid '${text}' is not one rule id`, element)
      draft.matchedSid = Number(text) || undefined
      break
    case 'if_matched_group':
      draft.context = true
      draft.matchedGroup = (draft.matchedGroup ?? '') + text
      break
    case 'if_fts':
      draft.firstTimeSeen = true
      break
    case 'check_diff':
      draft.context = true
      draft.checkDiff = true
      break
    case 'global_frequency':
      draft.acrossAgents = true
      break
    case 'list':
      readList(draft, element, surroundings, complain)
      break
    case 'options':
      readOption(draft, element, complain)
      break
    case 'mitre':
      draft.mitre = readMitre(draft.mitre, element, complain)
      break
    case 'info':
    case 'cve':
    // Ignore lists are written by a running analysisd only; a fresh session has none, so they change nothing.
    case 'ignore':
    case 'check_if_ignored':
      break
    default:
      complain('unknown-element', `<${element.name}> is no element of a rule`, element)
  }
}

function readComparison(
  draft: RuleDraft,
  element: XmlElement,
  same: boolean,
  what: string,
  complain: Complain,
): void {
  if (what === 'field') {
    ;(same ? draft.sameDynamic : draft.differentDynamic).push(element.text.toLowerCase())
    return
  }
  // Deprecated: rules count within one agent unless they say otherwise.
  if (what === 'agent') return
  const field = Object.hasOwn(comparedFields, what) ? comparedFields[what] : undefined
  if (field) (same ? draft.same : draft.different).push(field)
  else complain('unknown-element', `<${element.name}> is no element of a rule`, element)
}

function readList(
  draft: RuleDraft,
  element: XmlElement,
  { lists }: RuleSurroundings,
  complain: Complain,
): void {
  const value = (name: string) =>
    element.attributes.find(attribute => attribute.name.toLowerCase() === name)?.value
  const list = lists.get(element.text)
  const field = value('field')
  const wanted = (value('lookup') ?? 'match_key').toLowerCase()
  const kind = lookupKinds.find(name => name === wanted)
  if (field === undefined) complain('list-field', '<list> needs field="..."', element)
  else if (!kind)
    complain('list-lookup', `lookup="${wanted}" is not one of ${lookupKinds.join(', ')}`, element)
  else if (!list)
    complain('list-missing', `the list '${element.text}' is not loaded: Wazuh leaves this rule out`, element)
  else draft.lists.push(compileLookup(element.text, list, field, kind, value('check_value')))
}

function readOption(draft: RuleDraft, element: XmlElement, complain: Complain): void {
  switch (element.text) {
    case 'alert_by_email':
      draft.mailAlert = true
      break
    // Switching one of these two off clears the flag of no_counter too, in Wazuh 4.x.
    case 'no_email_alert':
      if (draft.mailAlert) draft.noCounter = false
      draft.mailAlert = false
      break
    case 'no_log':
      if (draft.logAlert) draft.noCounter = false
      draft.logAlert = false
      break
    case 'log_alert':
      draft.logAlert = true
      break
    case 'no_full_log':
      draft.noFullLog = true
      break
    case 'no_counter':
      draft.noCounter = true
      break
    case 'no_ar':
      break
    default:
      complain('option', `'${element.text}' is no option of a rule`, element)
  }
}

function checkWhole(draft: RuleDraft, complain: Complain): void {
  if (draft.ifSid !== undefined && !/^[\d, ]+\n?$/.test(draft.ifSid))
    complain('if-sid', `if_sid '${draft.ifSid.trim()}' is not a list of rule ids: Wazuh leaves this rule out`)
  if (draft.description === undefined) complain('no-description', 'a rule needs a description')
  const correlates =
    draft.same.length + draft.different.length + draft.sameDynamic.length + draft.differentDynamic.length >
      0 ||
    draft.attributes.skip > 0 ||
    draft.acrossAgents
  if (correlates && !draft.context)
    complain(
      'no-if-matched',
      'frequency and same_/different_ options need if_matched_sid or if_matched_group',
    )
}
