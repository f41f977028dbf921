import { type Problem, problem } from '../lib/problem.ts'
import { regexSize } from './regex-size.ts'
import { outlineRules, type RuleOutline } from './rule-outline.ts'

/** One string of a rule, as it is declared. */
export interface DeclaredString {
  readonly id: string
  readonly kind: 'text' | 'hex' | 'regex'
  /** Between its quotes, braces or slashes. */
  readonly body: string
  readonly modifiers: readonly string[]
  readonly line: number
  readonly column: number
}

const modifierNames = 'nocase|wide|ascii|fullword|private|xor|base64|base64wide'
const declaration = new RegExp(
  String.raw`(\$\w*)\s*=\s*(?:"((?:[^"\\\n]|\\.)*)"|\/((?:[^/\\\n]|\\.)+)\/[is]*|\{([^}"]*)\})((?:\s+(?:${modifierNames})\b(?:\([^)]*\))?)*)`,
  'g',
)

/** The strings that a source declares, in order. Never throws: the compiler says what is wrong with the rest. */
function declaredStrings(source: string): DeclaredString[] {
  const text = withoutComments(source)
  let line = 1
  let lineStart = 0
  return [...text.matchAll(declaration)].map(match => {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < match.index; ) {
      line++
      lineStart = end + 1
      end = text.indexOf('\n', lineStart)
    }
    const [, id = '', plain, regex, hex, modifiers = ''] = match
    return {
      id,
      kind: plain !== undefined ? 'text' : regex !== undefined ? 'regex' : 'hex',
      body: plain ?? regex ?? hex ?? '',
      modifiers: modifiers.trim().split(/\s+/).filter(Boolean),
      line,
      column: match.index - lineStart + 1,
    }
  })
}

/** Comments become spaces, so that places stay. */
function withoutComments(source: string): string {
  return source.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, part =>
    part.startsWith('"') ? part : part.replace(/[^\n]/g, ' '),
  )
}

/** Words of ordinary programs: alone they tell malware from nothing. */
const ordinary =
  /^(?:this program cannot be run in dos mode\.?|kernel32(?:\.dll)?|user32(?:\.dll)?|ntdll(?:\.dll)?|https?:\/\/(?:www\.)?|mozilla\/[45]\.0|microsoft|windows|\/bin\/(?:ba)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|getprocaddress|loadlibrary[aw]?|virtualalloc|createprocess[aw]?|eval|exec|system|password|admin|root|gcc: ?\(gnu\)|<\?php)$/i

/**
 * What hurts in rules that compile: strings that stand everywhere, searches that are slow, metadata that the next reader
 * will miss. Warnings only. What YARA-X itself warns of (slow patterns, loops) is not repeated here.
 */
export function lintYara(source: string): Problem[] {
  const { rules } = outlineRules(source)
  const strings = declaredStrings(source)
  return [
    ...strings.flatMap(lintString),
    ...rules.flatMap((rule, index) => {
      const next = rules[index + 1]?.line ?? Number.POSITIVE_INFINITY
      const own = strings.filter(({ line }) => line >= rule.line && line < next)
      const lines = source
        .split('\n')
        .slice(rule.line - 1, next === Number.POSITIVE_INFINITY ? undefined : next)
      return lintRule(rule, own, withoutComments(lines.join('\n')))
    }),
  ]
}

const shortestSound = 4
const mostItems = 20_000

function lintString(one: DeclaredString): Problem[] {
  const { id, kind, body, modifiers } = one
  const found = (code: string, message: string) => [
    problem(code, `${id}: ${message}`, `line ${one.line}, column ${one.column}`),
  ]
  if (kind === 'hex') {
    const run = longestFixedRun(body)
    return run < shortestSound
      ? found(
          'weak-string',
          `its longest run of fixed bytes is ${run}: every file is searched slowly; fix at least ${shortestSound} bytes in a row`,
        )
      : []
  }
  if (kind === 'regex') {
    const { items, nestedEndless } = regexSize(body)
    if (items > mostItems)
      return found(
        'unsafe-regex',
        `its repetitions unfold to ${items.toLocaleString('en')} items, more than ${mostItems.toLocaleString('en')}: repeat less`,
      )
    if (nestedEndless)
      return found('unsafe-regex', 'a repetition without end stands in another: one of the two is enough')
    if (/^(?:\.\*|\.\+)/.test(body))
      return found(
        'slow-regex',
        'it begins with .* or .+, which is tried at every byte: begin with what is fixed',
      )
    return /[A-Za-z0-9 _:/-]{4}/.test(body.replace(/\\[dwsDWSbB]|\[[^[\]]*\]|\{[^{}]*\}/g, ''))
      ? []
      : found('slow-regex', 'it holds no four fixed characters in a row, so every byte of a file is tried')
  }
  const text = body.replace(/\\x[0-9a-fA-F]{2}|\\./g, '?')
  if (text.length < shortestSound)
    return found('weak-string', `it has ${text.length} bytes: it stands in nearly every large file`)
  if (new Set(text).size < 3)
    return found('weak-string', 'it is one or two characters repeated, as padding is')
  if (ordinary.test(body))
    return found('weak-string', 'it stands in ordinary programs: use it only beside others that do not')
  if (text.length < 6 && modifiers.some(name => /^(?:nocase|xor|base64)/.test(name)))
    return found('weak-string', 'it is too short for nocase, xor or base64: chance finds it')
  return []
}

function longestFixedRun(hex: string): number {
  return Math.max(
    0,
    ...hex
      .replace(/\[[^[\]]*\]/g, '|')
      .split(/[()|]/)
      .flatMap(part => part.trim().split(/(?:[0-9a-fA-F]\?|\?[0-9a-fA-F?]|~\S\S)/))
      .map(part => (part.match(/[0-9a-fA-F]{2}/g) ?? []).length),
  )
}

const wantedMeta = [
  ['description', /^(?:description|desc|info)$/i],
  ['author', /^author$/i],
  ['date', /^(?:date|created|creation_date)$/i],
  ['reference or hash', /^(?:reference|ref|hash\w*|sha256|md5|sha1|source|url)$/i],
] as const

function lintRule(rule: RuleOutline, strings: readonly DeclaredString[], text: string): Problem[] {
  const where = `line ${rule.line}`
  const keys = Object.keys(rule.meta)
  const missing = wantedMeta
    .filter(([, pattern]) => !keys.some(key => pattern.test(key)))
    .map(([name]) => name)
  const found: Problem[] = []
  if (missing.length > 0 && !rule.modifiers.includes('private'))
    found.push(problem('missing-meta', `${rule.name}: meta has no ${missing.join(', no ')}`, where))
  const condition = text.slice(Math.max(0, text.search(/\bcondition\s*:/)))
  if (/\bcondition\s*:\s*true\s*\}/.test(condition))
    found.push(problem('matches-all', `${rule.name}: it matches every file`, where))
  else if (
    strings.length > 0 &&
    !/\bfilesize\b|\bu?int(?:8|16|32)(?:be)?\s*\(|\bat\s+(?:0\b|pe\.|elf\.|entrypoint)|\b(?:pe|elf|macho|dotnet|lnk)\./.test(
      condition,
    )
  )
    found.push(
      problem(
        'no-file-check',
        `${rule.name}: no bound on filesize and no look at the file's first bytes: it runs over everything`,
        where,
      ),
    )
  return found
}

/** ATT&CK techniques that rules name in their metadata or tags. */
export function techniquesOf({ tags, meta }: RuleOutline): string[] {
  const texts = [...tags, ...Object.values(meta).flat().map(String)]
  const found = texts.flatMap(text => [...text.matchAll(/\bT(\d{4})(?:[._](\d{3}))?\b/gi)])
  return [...new Set(found.map(([, id, sub]) => (sub === undefined ? `T${id}` : `T${id}.${sub}`)))]
}
