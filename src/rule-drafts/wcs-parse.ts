/**
 * Parse expressions of Wazuh 5's decoders: text as it stands, `<field>` for what is kept and `<~>` for what is not, each up to the
 * text behind it or to the end. Source: Wazuh 5 documentation, "Decoders" (parse stage). Only what migration writes is known here.
 */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'any' }

/** An OS_Regex without its alternatives, as items; undefined where an item has no counterpart. */
function itemsOf(source: string, fields: readonly string[]): Token[] | undefined {
  const tokens: Token[] = source.startsWith('^') ? [] : [{ kind: 'any' }]
  const body = source.replace(/^\^/, '').replace(/\$$/, '')
  let group = 0
  for (const [part] of body.matchAll(/\(\\[Sw.]\+\)|\\[.S]\+|\\s|\\t|\\[\\().$|<]|[^\\()*+]|[\s\S]/g)) {
    if (part.startsWith('(')) {
      const name = fields[group++]
      if (name === undefined) return undefined
      tokens.push({ kind: 'field', name })
    } else if (part === '\\.+' || part === '\\S+') tokens.push({ kind: 'any' })
    else if (part === '\\s') addText(tokens, ' ')
    else if (part === '\\t') addText(tokens, '\t')
    else if (/^\\[\\().$|<]$/.test(part)) addText(tokens, part.slice(1))
    else if (part.length === 1 && !'\\()*+'.includes(part)) addText(tokens, part)
    else return undefined
  }
  // Two of them in a row: nothing says where the first one ends.
  const unsplit = tokens.some(
    ({ kind }, index) => kind !== 'text' && (tokens[index + 1]?.kind ?? 'text') !== 'text',
  )
  return unsplit ? undefined : tokens
}

function addText(tokens: Token[], text: string): void {
  const last = tokens.at(-1)
  if (last?.kind === 'text') tokens[tokens.length - 1] = { kind: 'text', text: last.text + text }
  else tokens.push({ kind: 'text', text })
}

/**
 * A simple OS_Regex as expressions that are tried one after the other: one for each alternative, and where it ends in a
 * group that takes no space, one for a word with more behind it and one for the last word.
 */
export function parseExpressions(source: string, fields: readonly string[]): string[] | undefined {
  const found: string[] = []
  for (const alternative of alternativesOf(source)) {
    const groups = alternative.match(/(?<!\\)\(/g)?.length ?? 0
    const tokens = itemsOf(alternative, fields.slice(0, groups))
    if (tokens === undefined || groups === 0) return undefined
    const written = tokens.map(write).join('')
    const [, last] = /\((\\[Sw.]\+)\)$/.exec(alternative.replace(/\$$/, '')) ?? []
    const toTheEnd = alternative.endsWith('$') && !alternative.endsWith('\\$')
    if (toTheEnd || last === '\\.+') found.push(written)
    else if (last === undefined) found.push(`${written}<~>`, written)
    else found.push(`${written} <~>`, written)
  }
  return found
}

/** OS_Regex knows `|` at the top only; `\\|` is the character. */
function alternativesOf(source: string): string[] {
  return source.split(/(?<!\\)\|/)
}

function write(token: Token): string {
  if (token.kind === 'any') return '<~>'
  return token.kind === 'field' ? `<${token.name}>` : token.text.replaceAll(/[<>\\]/g, '\\$&')
}

function read(expression: string): Token[] {
  const tokens: Token[] = []
  for (const [part] of expression.matchAll(/<~>|<[^>]+>|\\[\s\S]|[\s\S]/g)) {
    if (part === '<~>') tokens.push({ kind: 'any' })
    else if (part.length > 1 && part.startsWith('<')) tokens.push({ kind: 'field', name: part.slice(1, -1) })
    else addText(tokens, part.length > 1 ? part.slice(1) : part)
  }
  return tokens
}

/** What the first expression that fits finds in a text, or undefined where none fits. */
export function runParse(
  expressions: readonly string[],
  text: string,
): ReadonlyMap<string, string> | undefined {
  for (const expression of expressions) {
    const found = runOne(read(expression), text)
    if (found) return found
  }
  return undefined
}

function runOne(tokens: readonly Token[], text: string): Map<string, string> | undefined {
  const found = new Map<string, string>()
  let at = 0
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'text') {
      if (!text.startsWith(token.text, at)) return undefined
      at += token.text.length
      continue
    }
    const next = tokens[index + 1]
    const end = next?.kind === 'text' ? text.indexOf(next.text, at) : text.length
    if (end < 0 || (token.kind === 'field' && end === at)) return undefined
    if (token.kind === 'field') found.set(token.name, text.slice(at, end))
    at = end
  }
  return at === text.length ? found : undefined
}
