import { type Problem, problem } from '../lib/problem.ts'
import { type Decoder, decoderDefaults, type Offset, type PluginName, pluginNames } from './decoder.ts'
import { compileExpression, type Expression, type ExpressionType } from './expression.ts'
import { placeText, type XmlElement } from './xml.ts'

const decoderTypes = ['firewall', 'ids', 'web-log', 'syslog', 'squid', 'windows', 'host-information', 'ossec']
const longestPattern = 1024
const mostOrderedFields = 256

/** Collects what one `<decoder>` says, element by element. */
interface Draft {
  parent: string | undefined
  type: string
  programName: Pattern | undefined
  prematch: Pattern | undefined
  prematchOffset: Offset
  regex: Pattern | undefined
  regexOffset: Offset
  order: readonly string[] | undefined
  plugin: PluginName | undefined
  pluginOffset: Offset
  firstTimeSeen: readonly string[]
  firstTimeSeenComment: string | undefined
  accumulate: boolean
  useOwnName: boolean
  nullFields: 'string' | 'discard'
  arrays: 'array' | 'csv'
}

interface Pattern {
  readonly source: string
  readonly type: ExpressionType
  readonly element: XmlElement
}

/**
 * Compiles one `<decoder>` element. Repeated patterns are joined, and the last one's type counts, as in Wazuh.
 * Returns no decoder where Wazuh would refuse to start, and says why in `problems`.
 */
export function readDecoder(
  element: XmlElement,
  file: string,
): { readonly decoder: Decoder | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const complain = (code: string, message: string, where: XmlElement = element) => {
    problems.push(problem(code, message, `${file}: ${placeText(where.textPlace)}`))
  }
  const [first] = element.attributes
  if (element.name.toLowerCase() !== 'decoder' || first?.name.toLowerCase() !== 'name') {
    complain('not-a-decoder', `<${element.name}> must be <decoder name="...">`)
    return { decoder: undefined, problems }
  }
  const draft: Draft = {
    ...decoderDefaults,
    type: 'syslog',
    prematchOffset: 'start',
    order: undefined,
  }
  for (const child of element.children) readOption(draft, child, complain)
  checkOffsets(draft, complain)
  const compile = (pattern: Pattern | undefined): Expression | undefined => {
    if (!pattern) return undefined
    const compiled = compileExpression(pattern.type, pattern.source)
    if (!('kind' in compiled)) return compiled
    complain(
      'pattern',
      `${pattern.type} pattern, character ${compiled.offset + 1}: ${compiled.message}`,
      pattern.element,
    )
    return undefined
  }
  const decoder: Decoder = {
    ownName: first.value,
    name: first.value,
    parent: draft.parent,
    type: draft.type,
    programName: compile(draft.programName),
    prematch: compile(draft.prematch),
    prematchAfterParent: draft.prematchOffset === 'after_parent',
    regex: compile(draft.regex),
    regexOffset: draft.regexOffset,
    order: draft.order ?? [],
    plugin: draft.plugin,
    pluginOffset: draft.pluginOffset,
    firstTimeSeen: draft.firstTimeSeen,
    firstTimeSeenComment: draft.firstTimeSeenComment,
    accumulate: draft.accumulate,
    useOwnName: draft.useOwnName,
    nullFields: draft.nullFields,
    arrays: draft.arrays,
    hasNext: false,
    file,
    place: element.place,
  }
  return { decoder: problems.length > 0 ? undefined : decoder, problems }
}

type Complain = (code: string, message: string, where?: XmlElement) => void

function readOption(draft: Draft, element: XmlElement, complain: Complain): void {
  const text = element.text
  switch (element.name.toLowerCase()) {
    case 'parent':
      draft.parent = (draft.parent ?? '') + text
      break
    case 'regex':
      draft.regexOffset = laterOffset(draft.regex, draft.regexOffset, element, complain)
      draft.regex = joinPattern(draft.regex, element, 'osregex', ['osregex', 'pcre2'], complain)
      break
    case 'prematch':
      draft.prematchOffset = laterOffset(draft.prematch, draft.prematchOffset, element, complain)
      draft.prematch = joinPattern(draft.prematch, element, 'osregex', ['osregex', 'pcre2'], complain)
      break
    case 'program_name':
      draft.programName = joinPattern(
        draft.programName,
        element,
        'osmatch',
        ['osmatch', 'osregex', 'pcre2'],
        complain,
      )
      break
    case 'ftscomment':
      draft.firstTimeSeenComment = (draft.firstTimeSeenComment ?? '') + text
      break
    case 'use_own_name':
      if (text === 'true') draft.useOwnName = true
      break
    case 'plugin_decoder':
      draft.plugin = pluginNames.find(name => name === text)
      if (!draft.plugin)
        complain(
          'plugin',
          `there is no plugin decoder '${text}'; there are ${pluginNames.join(', ')}`,
          element,
        )
      draft.pluginOffset = readOffset(element, complain)
      break
    case 'json_null_field':
      draft.nullFields = text.toLowerCase() === 'discard' ? 'discard' : 'string'
      break
    case 'json_array_structure':
      draft.arrays = text.toLowerCase() === 'csv' ? 'csv' : 'array'
      break
    case 'type':
      if (decoderTypes.includes(text)) draft.type = text
      else complain('decoder-type', `'${text}' is not one of ${decoderTypes.join(', ')}`, element)
      break
    case 'order':
      draft.order = readWords(element, complain).map(word => (word === 'user' ? 'dstuser' : word))
      break
    case 'accumulate':
      draft.accumulate = true
      break
    case 'fts':
      draft.firstTimeSeen = readWords(element, complain)
      break
    default:
      complain('unknown-element', `<${element.name}> is no element of a decoder`, element)
  }
}

/** Words between commas, each without the spaces around it. */
function readWords(element: XmlElement, complain: Complain): string[] {
  const words = element.text.split(',').map(word => word.replace(/^ +/, '').split(' ', 1)[0] ?? '')
  if (words.includes(''))
    complain('empty-field', `<${element.name}> has an empty name between commas`, element)
  if (words.length > mostOrderedFields)
    complain('too-many-fields', `<${element.name}> has more than ${mostOrderedFields} names`, element)
  return words
}

function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(attribute => attribute.name === name)?.value
}

function joinPattern(
  before: Pattern | undefined,
  element: XmlElement,
  standard: ExpressionType,
  allowed: readonly ExpressionType[],
  complain: Complain,
): Pattern {
  const wanted = attributeOf(element, 'type')?.toLowerCase()
  const type = wanted === undefined ? standard : allowed.find(name => name === wanted)
  if (!type) complain('pattern-type', `type="${wanted}" is not one of ${allowed.join(', ')}`, element)
  const source = (before?.source ?? '') + element.text
  if (source.length >= longestPattern)
    complain(
      'pattern-length',
      `the pattern has ${source.length} bytes; Wazuh allows ${longestPattern - 1}`,
      element,
    )
  return { source, type: type ?? standard, element: before?.element ?? element }
}

function readOffset(element: XmlElement, complain: Complain): Offset {
  const value = attributeOf(element, 'offset')?.toLowerCase()
  if (value === undefined) return 'start'
  if (value === 'after_parent' || value === 'after_prematch' || value === 'after_regex') return value
  complain('offset', `offset="${value}" is not after_parent, after_prematch or after_regex`, element)
  return 'start'
}

/** Only the first of several joined patterns may carry an offset. */
function laterOffset(
  before: Pattern | undefined,
  offset: Offset,
  element: XmlElement,
  complain: Complain,
): Offset {
  const own = readOffset(element, complain)
  if (before && own !== 'start')
    complain('offset', 'only the first of several patterns may have an offset', element)
  return own === 'start' ? offset : own
}

function checkOffsets(draft: Draft, complain: Complain): void {
  if (!draft.prematch && draft.parent === undefined && !draft.programName)
    complain('no-prematch', 'a decoder needs a prematch, a parent or a program_name')
  if ((!draft.regex && (draft.firstTimeSeen.length > 0 || draft.order)) || (draft.regex && !draft.order))
    complain('regex-and-order', 'regex and order go together, and fts needs both')
  if (draft.plugin && (draft.regex || draft.order))
    complain('plugin-and-regex', 'a plugin decoder may have neither regex nor order')
  if (draft.parent === undefined) {
    if (
      draft.regexOffset === 'after_parent' ||
      draft.pluginOffset === 'after_parent' ||
      draft.prematchOffset === 'after_parent'
    )
      complain('offset', 'after_parent needs a parent')
    if (draft.regexOffset === 'after_regex') complain('offset', 'after_regex needs a parent')
    // Without a parent, "after the prematch" is where children would begin.
    if (draft.regexOffset === 'after_prematch') draft.regexOffset = 'after_parent'
  } else if (draft.regexOffset === 'after_prematch' && !draft.prematch) {
    complain('offset', 'after_prematch needs a prematch')
  }
  if (draft.prematchOffset !== 'start' && draft.prematchOffset !== 'after_parent')
    complain('offset', 'a prematch can only be after_parent')
  if (draft.pluginOffset === 'after_prematch' && !draft.prematch)
    complain('offset', 'after_prematch needs a prematch')
  const known = new Set([
    'dstuser',
    'user',
    'srcuser',
    'srcip',
    'dstip',
    'id',
    'location',
    'data',
    'extra_data',
    'system_name',
    'name',
  ])
  const ordered = new Set((draft.order ?? []).map(word => word.toLowerCase()))
  for (const word of draft.firstTimeSeen) {
    if (!known.has(word) && !ordered.has(word.toLowerCase()))
      complain('fts-field', `fts names '${word}', which is not in the order`)
  }
}
