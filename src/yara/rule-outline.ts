/**
 * What a YARA source declares, read without compiling it: rule names, tags, metadata, modifiers, includes.
 * The compiler's binding reports boolean metadata as `unknown` and drops repeated keys, so metadata is read here;
 * and files are bundled by rule name before they are compiled together. Source: YARA documentation, "Writing rules".
 */
export interface RuleOutline {
  readonly name: string
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, MetaValue | readonly MetaValue[]>>
  readonly modifiers: readonly string[]
  /** 1-based line of the rule's name. */
  readonly line: number
}

export type MetaValue = string | number | boolean

export interface SourceOutline {
  readonly rules: readonly RuleOutline[]
  readonly includes: readonly string[]
}

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign'
  readonly text: string
  readonly line: number
}

/** Reads the outline of a source. Never throws: what it cannot read it leaves out, the compiler says why. */
export function outlineRules(source: string): SourceOutline {
  const tokens = tokenize(source)
  const rules: RuleOutline[] = []
  const includes: string[] = []
  let depth = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    const next = tokens[i + 1]
    if (token === undefined) break
    if (token.kind === 'sign' && token.text === '{') depth++
    else if (token.kind === 'sign' && token.text === '}') depth = Math.max(0, depth - 1)
    if (depth !== 0 || token.kind !== 'word') continue
    if (token.text === 'include' && next?.kind === 'text') includes.push(next.text)
    if (token.text === 'rule' && next?.kind === 'word') rules.push(readRule(tokens, i, next))
  }
  return { rules, includes }
}

function readRule(tokens: readonly Token[], at: number, name: Token): RuleOutline {
  const modifiers: string[] = []
  for (let i = at - 1; i >= 0 && /^(private|global)$/.test(tokens[i]?.text ?? ''); i--)
    modifiers.push(tokens[i]?.text ?? '')
  const tags: string[] = []
  let i = at + 2
  if (tokens[i]?.text === ':') for (i++; tokens[i]?.kind === 'word'; i++) tags.push(tokens[i]?.text ?? '')
  const isMeta = tokens[i]?.text === '{' && tokens[i + 1]?.text === 'meta' && tokens[i + 2]?.text === ':'
  return { name: name.text, tags, meta: isMeta ? readMeta(tokens, i + 3) : {}, modifiers, line: name.line }
}

function readMeta(tokens: readonly Token[], start: number): RuleOutline['meta'] {
  const meta: Record<string, MetaValue | MetaValue[]> = Object.create(null)
  for (let i = start; tokens[i]?.kind === 'word' && tokens[i + 1]?.text === '='; ) {
    const key = tokens[i]?.text ?? ''
    const negative = tokens[i + 2]?.text === '-'
    const value = metaValue(tokens[negative ? i + 3 : i + 2], negative)
    if (value === undefined) break
    const before = meta[key]
    meta[key] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
    i += negative ? 4 : 3
  }
  return { ...meta }
}

function metaValue(token: Token | undefined, negative: boolean): MetaValue | undefined {
  if (token?.kind === 'text') return token.text
  if (token?.kind === 'number') return Number(token.text) * (negative ? -1 : 1)
  if (token?.text === 'true' || token?.text === 'false') return token.text === 'true'
  return undefined
}

// One alternative a kind of token; comments and white space match and are dropped. A regular expression or hex string
// need not be told apart: only their braces matter, and `{` … `}` of a hex string are balanced.
const tokenPattern =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\\n]|\\.)*)"|(?<==\s*)\/(?:[^/\\\n]|\\.)+\/[is]*|(0x[0-9a-fA-F]+|\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([^\s\w])/g

function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let counted = 0
  for (const match of source.matchAll(tokenPattern)) {
    for (
      let i = source.indexOf('\n', counted);
      i !== -1 && i < match.index;
      i = source.indexOf('\n', counted)
    ) {
      line++
      counted = i + 1
    }
    const [, text, number, word, sign] = match
    if (text !== undefined) tokens.push({ kind: 'text', text: unescapeText(text), line })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, line })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, line })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, line })
  }
  return tokens
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' }

function unescapeText(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  )
}
