import type { Inventory } from '../domain/inventory.ts'
import { canonicalAddress, type EgressRange, egressRange } from './egress-addresses.ts'
import { type Layer, layersOf, visible } from './egress-layers.ts'

/** What must not be in a request. */
export interface EgressKnowledge {
  readonly inventory: Inventory
  /** Real values behind placeholders (`vault.values()`). */
  readonly vaultValues: Iterable<string>
  /** Placeholders issued (`vault.placeholders()`): they are ours and not looked into. */
  readonly placeholders: Iterable<string>
  /**
   * Everything in the request that we wrote ourselves: instructions, schema, tool descriptions. A name that stands
   * in them (a user called `model`) is reported only where it occurs more often than there.
   */
  readonly constants: readonly string[]
}

/** Something known that is about to leave. It names the kind and place, never the value. */
export interface EgressFinding {
  /** `unscanned`: it is encoded so often that the scan could not finish; what cannot be scanned does not leave. */
  readonly kind: 'inventory' | 'vault-value' | 'secret' | 'unscanned'
  /** The inventory list, or the shape of the secret. */
  readonly what: string
  /** How it was written: `plain`, `unescaped`, `base64`, `hex`. */
  readonly form: string
}

interface Needle {
  readonly kind: 'inventory' | 'vault-value'
  readonly what: string
  readonly text: string
  /** Whether it can be told apart inside a longer word, too: `FINDB01Backup`, `old2findb01`. */
  readonly isTelling: boolean
  /** Whether only its beginning is looked for. */
  readonly isCut: boolean
}

/** Of what is longer the beginning is looked for: it says enough, and hostile text may begin it at every place. */
const longestNeedle = 512

/**
 * Words of the providers' own protocols. They stand in every request, so a name like these cannot be looked for
 * here; redaction replaces it in data all the same.
 */
const protocolWords = new Set(
  'role user system assistant content type text model messages message input output tool tools function name data json schema stream true false null string object number array properties required description developer parts contents generation config format strict'.split(
    ' ',
  ),
)

/**
 * Secrets whose form is beyond doubt, also where they are glued to a word (`srv1ghp_…`): the name, words without which it
 * is not there, the form. Redaction knows many more; these two lists share nothing.
 */
const secretForms: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'private-key',
    ['private key'],
    /-----begin [a-z0-9 ]{0,40}private key(?: block)?-----\s*[a-z0-9+/=\\\s]{24}/,
  ],
  [
    'aws-key',
    ['akia', 'asia'],
    /(?<![a-z0-9])(?:akia|asia)(?=[a-z]{0,15}[2-7])[a-z2-7]{16}(?![a-z0-9])(?<!example)/,
  ],
  ['github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /gh[pousr]_(?=\w{0,35}\d)(?!x{6})[a-z0-9]{36}/],
  ['gitlab-token', ['glpat-'], /glpat-(?!x{6})(?=[\w-]{0,19}\d)[\w-]{20}/],
  ['slack-token', ['xox'], /xox[abprs]-\d{8,}-\d{8,}-[a-z0-9]{10,}/],
  ['stripe-key', ['k_live_'], /[sr]k_live_(?=\w{0,23}\d)[a-z0-9]{24}/],
  // Looked for from its middle: at each `eyj` the rest of a long word would be read.
  ['jwt', ['.eyj'], /(?<=eyj[\w-]{16,4096})\.eyj[\w-]{16,}\.[\w-]{16,}/],
]
/** Those that only their capitals set apart from the word they are glued to. */
const casedSecretForms: typeof secretForms = [
  [
    'aws-key',
    ['akia', 'asia'],
    /(?<![A-Z0-9])(?:AKIA|ASIA)(?=[A-Z]{0,15}[2-7])[A-Z2-7]{16}(?![A-Z0-9])(?<!EXAMPLE)/,
  ],
]

/**
 * Scans the exact bytes of a request. Independent of redaction: it shares no matcher with it, so that one mistake
 * cannot pass both. Any finding stops the call.
 */
export function scanRequest(bytes: Uint8Array, knowledge: EgressKnowledge): EgressFinding[] {
  return scanText(Buffer.from(bytes).toString('utf8'), knowledge)
}

/** The same for a text. `budget` is how many characters it may be read as, all layers together; what was used is taken off. */
export function scanText(
  text: string,
  knowledge: EgressKnowledge,
  budget?: { left: number },
): EgressFinding[] {
  const needles = [namesOf(knowledge.inventory), replacedOf(knowledge.vaultValues)]
  // Nearly every request holds no name at all: then what we wrote ourselves need not be read.
  let own: Map<Needle, number> | undefined
  const allowed = (needle: Needle): number => {
    own ??= countIn(layersOf(knowledge.constants.join('\n')).layers, needles)
    return own.get(needle) ?? 0
  }
  const { layers, complete } = layersOf(maskPlaceholders(text, knowledge.placeholders), budget)
  const findings = new Map<string, EgressFinding>()
  const report = (finding: EgressFinding) => findings.set(Object.values(finding).join(' '), finding)
  if (!complete) report({ kind: 'unscanned', what: 'too many layers of encoding', form: 'encoded' })
  for (const layer of layers) {
    for (const [needle, count] of countIn([layer], needles)) {
      if (count > allowed(needle)) report({ kind: needle.kind, what: needle.what, form: layer.form })
    }
    for (const what of secretsIn(layer)) report({ kind: 'secret', what, form: layer.form })
  }
  for (const form of addressesIn(layers, knowledge.inventory))
    report({ kind: 'inventory', what: 'addresses', form })
  return [...findings.values()]
}

function secretsIn({ text, cased }: Layer): string[] {
  const found = (forms: typeof secretForms, written: string) =>
    forms.flatMap(([what, words, form]) =>
      words.some(word => text.includes(word)) && form.test(written) ? [what] : [],
    )
  return [...found(secretForms, text), ...found(casedSecretForms, cased)]
}

/** Placeholders become blanks, so that a host called `host-1` is not seen in `[HOST-1]`. */
function maskPlaceholders(text: string, placeholders: Iterable<string>): string {
  const issued = new Set(placeholders)
  return text.replaceAll(/\[[A-Z]+-[^[\]\s]*\]/g, shape => (issued.has(shape) ? ' ' : shape))
}

/** Names to look for: by their first two characters, then by length, then themselves. */
interface Needles {
  readonly index: ReadonlyMap<number, ReadonlyMap<number, ReadonlyMap<string, Needle>>>
  /** Whether any name begins with two characters of this hash: nearly every place of a text is passed over by it. */
  readonly starts: Uint8Array
}

/** Both units in one number; its lowest 16 bits are the hash of `starts`. */
const startOf = (first: number, second: number): number => first * 65_536 + ((first * 251 + second) & 0xffff)

class NeedleIndex implements Needles {
  readonly index = new Map<number, Map<number, Map<string, Needle>>>()
  readonly starts = new Uint8Array(65_536)

  add(kind: Needle['kind'], what: string, value: string): void {
    const whole = visible(value).trim()
    const text = whole.slice(0, longestNeedle)
    if (text.length < 2 || protocolWords.has(text)) return
    const start = startOf(text.charCodeAt(0), text.charCodeAt(1))
    this.starts[start & 0xffff] = 1
    const lengths = this.index.get(start) ?? new Map<number, Map<string, Needle>>()
    const texts = lengths.get(text.length) ?? new Map<string, Needle>()
    if (!texts.has(text)) {
      const isCut = text.length < whole.length
      texts.set(text, { kind, what, text, isTelling: isTelling(what, text), isCut })
    }
    this.index.set(start, lengths.set(text.length, texts))
  }
}

/** An inventory is indexed once: it changes rarely, and thousands of names take longer to index than to look for. */
const indexed = new WeakMap<Inventory, Needles>()

function namesOf(inventory: Inventory): Needles {
  const known = indexed.get(inventory)
  if (known !== undefined) return known
  const index = new NeedleIndex()
  for (const what of ['hosts', 'users', 'domains', 'groups', 'terms'] as const) {
    for (const name of inventory[what]) {
      for (const form of formsOf(what, name.trim())) index.add('inventory', what, form)
    }
  }
  indexed.set(inventory, index)
  return index
}

const indexedValues = new WeakMap<Iterable<string>, Needles>()

function replacedOf(values: Iterable<string>): Needles {
  const known = indexedValues.get(values)
  if (known !== undefined) return known
  const index = new NeedleIndex()
  indexedValues.set(values, index)
  for (const value of values) {
    // Short words that were taken for a name once (`CORP\\it`) stand in every text; listed ones are looked for above.
    if (value.length > 4 || /\d/.test(value)) index.add('vault-value', 'vault', value)
  }
  return index
}

/** A name as listed, and the parts of it that give it away alone. */
function formsOf(list: string, name: string): string[] {
  if (list === 'users') return [name, name.replace(/^.*\\|@.*$/g, '')]
  const label = name.split('.')[0] ?? ''
  // `web01` gives a machine away; `www` and `ns2` stand in every text.
  const telling =
    list === 'hosts' && /\d|-/.test(label) && !/^(?:www|ns|dns|mx|smtp|mail|pop|imap|ftp)\d*$/i.test(label)
  const joints = name.includes(' ') ? ['-', '_', '+', ''].map(joint => name.replaceAll(/\s+/g, joint)) : []
  const labels = telling && label.length > 3 ? [label, label.replaceAll('-', '_')] : []
  return [name, ...joints, ...labels]
}

/**
 * Names with a digit, a dot or a hyphen in them, too long to stand anywhere by chance, and more than hexadecimal digits:
 * digests are full of those. A longer domain is somebody else's.
 */
function isTelling(list: string, text: string): boolean {
  return text.length >= 6 && list !== 'domains' && /[\d._-]/.test(text) && /[g-z]/.test(text)
}

/** How often each needle stands alone in the layers: the most in any one of them. */
function countIn(layers: readonly Layer[], indexes: readonly Needles[]): Map<Needle, number> {
  const most = new Map<Needle, number>()
  for (const layer of layers) {
    const { text } = layer
    const counts = new Map<Needle, number>()
    let unit = text.charCodeAt(0)
    for (let at = 0; at < text.length - 1; at++) {
      const next = text.charCodeAt(at + 1)
      const start = startOf(unit, next)
      for (const needles of indexes) {
        if (needles.starts[start & 0xffff] === 1) countAt(layer, at, start, needles, counts)
      }
      unit = next
    }
    for (const [needle, count] of counts) most.set(needle, Math.max(count, most.get(needle) ?? 0))
  }
  return most
}

/** Counts the needles that begin at a place and end at the edge of a word. */
function countAt(
  layer: Layer,
  at: number,
  start: number,
  { index }: Needles,
  counts: Map<Needle, number>,
): void {
  const { text } = layer
  const before = edgeAt(layer, at)
  if (before === 'none') return
  for (const [length, texts] of index.get(start) ?? []) {
    const end = at + length
    const needle = texts.get(text.slice(at, end))
    if (needle === undefined) continue
    const behind = needle.isCut ? 'edge' : edgeAt(layer, end)
    if (behind === 'none') continue
    if (!needle.isTelling && (before === 'seam' || behind === 'seam')) continue
    // `anna.mueller2` is another account.
    if (behind === 'seam' && isDigit(text.charCodeAt(end)) && !isDigit(text.charCodeAt(end - 1))) continue
    // `evil-acme.com` is not `acme.com`.
    if (needle.what === 'domains' && (text[at - 1] === '-' || text[end] === '-')) continue
    counts.set(needle, (counts.get(needle) ?? 0) + 1)
  }
}

/** Whether a word ends in front of a place, or is only sewn to the next: letters to digits, `oneTwo`. */
function edgeAt({ text, cased }: Layer, at: number): 'edge' | 'seam' | 'none' {
  const [before, behind] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  if (!isAlphanumeric(before) || !isAlphanumeric(behind)) return 'edge'
  if (isDigit(before) !== isDigit(behind)) return 'seam'
  const isCamel = isCapital(cased.charCodeAt(at)) && !isCapital(cased.charCodeAt(at - 1))
  return isCamel && !isDigit(behind) ? 'seam' : 'none'
}

function isCapital(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x7a)
}

/** The addresses of an inventory, read once. */
interface OwnAddresses {
  readonly single: ReadonlySet<string>
  readonly ranges: readonly EgressRange[]
}

const readAddresses = new WeakMap<Inventory, OwnAddresses>()

function addressesOf(inventory: Inventory): OwnAddresses {
  const known = readAddresses.get(inventory)
  if (known !== undefined) return known
  const texts = inventory.addresses.map(text => text.trim())
  const own = {
    single: new Set(texts.flatMap(text => canonicalAddress(text) ?? [])),
    ranges: texts.map(egressRange).filter(range => range !== undefined),
  }
  readAddresses.set(inventory, own)
  return own
}

/** The forms of the layers that hold an address of the inventory, in any spelling. */
function addressesIn(layers: readonly Layer[], inventory: Inventory): Set<string> {
  const forms = new Set<string>()
  const { single, ranges } = addressesOf(inventory)
  if (single.size === 0 && ranges.length === 0) return forms
  // The same addresses stand in every layer.
  const harmless = new Set<string>()
  for (const { form, text } of layers) {
    const candidates = text.match(
      /(?<![\w.])(?:(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}|\d{8,10}|0x[0-9a-f]{7,8})(?!\w|\.\d)|(?<![\d.]|(?<![a-z])v)\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)|(?<![0-9a-f:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}/g,
    )
    for (const candidate of candidates ?? []) {
      if (harmless.has(candidate)) continue
      const address = canonicalAddress(candidate)
      if (address !== undefined && (single.has(address) || ranges.some(range => range.holds(address))))
        forms.add(form)
      else harmless.add(candidate)
    }
  }
  return forms
}
