import type { SentItem } from './sent-item.ts'

// What part a value plays, by the name of the field that holds it. A sentence that gives it the opposite part is false
// although each of its words is in the evidence.

/**
 * On each axis a value plays the `first` part (source, parent, old, sent) or the `second` (target, child, new, received).
 * `flow`: who does something to whom, or from where to where.
 */
export type Axis = 'flow' | 'lineage' | 'change' | 'transfer'
export type Side = 'first' | 'second'

export interface Part {
  readonly axis: Axis
  readonly side: Side
  /** Lower case; of a path also its last component, as a part of its own. */
  readonly value: string
  /** What the field is of, without the word that tells the side: `owner` of `old_owner`. */
  readonly of: string
}

/** In this order: `parent` in a name says more than `process`, and `new` nothing in `NewProcessName`. */
const sideWords: readonly (readonly [Axis, Side, ReadonlySet<string>])[] = [
  ['lineage', 'first', words('parent ppid grandparent creator')],
  ['lineage', 'second', words('child')],
  ['flow', 'first', words('src source sender client attacker remote subject actor acting caller initiator origin orig from srcip srcuser srchost acted')],
  ['flow', 'second', words('dst dest destination target recipient rcpt victim server resp responder to dstip dstuser dsthost upon')],
  ['lineage', 'second', words('process image program exe executable')],
  ['change', 'first', words('old previous prev before prior former')],
  ['change', 'second', words('new current after updated')],
] // biome-ignore format: a table
const sentNames = /(?:^|_)(?:sent|tx|out|outbound|toserver|upload(?:ed)?|egress|orig)(?:_|$)|^sent_?bytes?$/
const receivedNames =
  /(?:^|_)(?:rcvd|received|recv|rx|in|inbound|toclient|download(?:ed)?|ingress|resp)(?:_|$)|^(?:rcvd|received)_?bytes?$/
const sizeNames = /byte|octet|size|volume|traffic/

/** Fields whose names have such words and mean something else. */
const otherNames =
  /original_file_name|^(?:target_)?filename$|^original|(?:^|_)subject$|logon_?type|event_?type|_type$|_id$|guid$|_port$/

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

/** The parts that the fields of an item give to their values. */
export function partsOfFields(item: SentItem): Part[] {
  const leaves = [
    ...leavesOf(item.quote, item.label),
    ...leavesOf(item.facts, item.label),
    ...pairsOf(item.quote),
  ]
  return [...leaves.flatMap(({ name, value }) => partsOf(name, value)), ...arrowsIn(item.quote)]
}

/** `203.0.113.9:51000 -> 10.0.0.5:443`, and a value that was changed from one to another. */
function arrowsIn(text: string): Part[] {
  const flows = [...text.slice(0, 20_000).matchAll(/([\w.-]{2,100})(?::\d{1,5})? ?-> ?([\w.-]{2,100})/g)]
  const changes = [
    ...text
      .slice(0, 20_000)
      .matchAll(/changed (?:[a-z]+ )?from ["'«]?([^\s"'«»]{2,100})["'»]? to ["'«]?([^\s"'«»,;]{2,100})/gi),
  ]
  const pairs = [
    ...flows.map(match => ['flow', match] as const),
    ...changes.map(match => ['change', match] as const),
  ]
  return pairs.slice(0, mostLeaves).flatMap(([axis, [, a = '', b = '']]): Part[] => [
    { axis, side: 'first', value: a.toLowerCase(), of: '' },
    { axis, side: 'second', value: b.toLowerCase().replace(/\.$/, ''), of: '' },
  ])
}

function partsOf(name: string, value: string): Part[] {
  const lower = value.toLowerCase().replace(/^["'(]+|["').,;]+$/g, '')
  if (lower === '' || lower.length > 300) return []
  if (/^\d[\d.,]*$/.test(lower) && sizeNames.test(name)) {
    const side = sentNames.test(name) ? 'first' : receivedNames.test(name) ? 'second' : undefined
    if (side !== undefined) return [{ axis: 'transfer', side, value: lower, of: 'bytes' }]
  }
  if (otherNames.test(name)) return []
  const parts = name.split('_')
  for (const [axis, side, telling] of sideWords) {
    if (!parts.some(part => telling.has(part))) continue
    const of = parts.filter(part => !telling.has(part)).join(' ')
    const short = lower.slice(Math.max(lower.lastIndexOf('\\'), lower.lastIndexOf('/')) + 1)
    const forms = new Set([lower, ...(short.length > 1 ? [short] : [])])
    return [...forms].map(form => ({ axis, side, value: form, of }))
  }
  return []
}

interface Leaf {
  /** `win_eventdata_target_user_name`. */
  readonly name: string
  readonly value: string
}

const mostLeaves = 400

/** The values of a JSON text by their path; any other text is the one value of its label. */
function leavesOf(text: string, label: string): Leaf[] {
  if (!/^\s*[{[]/.test(text)) {
    // A value is a word; what has blanks is a sentence, and says more than the name of its field.
    return /^\S+$/.test(text) ? [{ name: nameOf(label), value: text }] : []
  }
  const leaves: Leaf[] = []
  const walk = (value: unknown, path: readonly string[]): void => {
    if (leaves.length >= mostLeaves || path.length > 12) return
    if (typeof value === 'string' || typeof value === 'number') {
      leaves.push({ name: nameOf(path.join('_')), value: String(value) })
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        walk(member, Array.isArray(value) ? path : [...path, key])
    }
  }
  try {
    walk(JSON.parse(text), [])
  } catch {
    return [] // Cut off: what stands in it is still compared as text.
  }
  return leaves
}

/** `SRC=203.0.113.9 parent=bash`. */
function pairsOf(text: string): Leaf[] {
  if (/^\s*[{[]/.test(text)) return []
  return [
    ...text
      .slice(0, 20_000)
      .matchAll(
        /(?<![\w.])((?:(?:bytes|octets|size) )?[A-Za-z][\w.]{1,40})=("[^"]{1,300}"|[^\s,;"]{1,300})/g,
      ),
  ]
    .slice(0, mostLeaves)
    .map(([, key = '', value = '']) => ({ name: nameOf(key), value }))
}

/** `parentImage`, `Parent image` and `parent.image` are `parent_image`. */
function nameOf(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/(src|dst|dest)_?(ip|user|host|addr)\b/g, '$1_$2')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}
