/** A detection rule that a report quotes in full. */
export interface DetectionBlock {
  readonly kind: 'yara' | 'sigma' | 'snort'
  /** The rule's name or title, or Snort's `msg`. */
  readonly name: string
  readonly text: string
  /** UTF-16 units from the start of the report's text. */
  readonly start: number
}

const yaraHead =
  /(?:^|\n)[ \t]*((?:(?:private|global)[ \t]+){0,2}rule[ \t]+([A-Za-z_]\w{0,127})[ \t]*(?::[ \t]*[\w \t]{1,200})?\s{0,200}\{)/g
const snort =
  /(?:^|\n)[ \t]*((?:alert|drop|reject|block|log|pass)[ \t]+(?:tcp|udp|icmp|ip|http|tls|dns|ssl|smb|ftp)[ \t]+\S[^\n]{0,300}?\([^\n]{5,6000}?\))[ \t]*(?=\n|$)/g
const sigmaHead = /(?:^|\n)([ \t]*)title:[ \t]*([^\n]{3,200})\n/g

/** Longer ones are no rule for people to read. */
const longestRule = 50_000

/** YARA, Sigma and Snort or Suricata rules in a text, in order. Recognised, not compiled: that is the rule engines' part. */
export function detectionBlocksOf(text: string): DetectionBlock[] {
  return [...yaraBlocks(text), ...snortBlocks(text), ...sigmaBlocks(text)].sort((a, b) => a.start - b.start)
}

function* yaraBlocks(text: string): Generator<DetectionBlock> {
  for (const match of text.matchAll(yaraHead)) {
    const start = match.index + match[0].indexOf(match[1] ?? '')
    const end = closingBrace(text, match.index + match[0].length)
    const rule = end === undefined ? '' : text.slice(start, end)
    // A sentence can hold the word rule and a brace; a YARA rule always has a condition.
    if (/\bcondition[ \t]*:/.test(rule)) yield { kind: 'yara', name: match[2] ?? '', text: rule, start }
  }
}

/** Just past the brace that closes the one before `from`; strings, hex strings, regular expressions and comments skipped. */
function closingBrace(text: string, from: number): number | undefined {
  const token = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*.*?\*\/|[{}]/gs
  token.lastIndex = from
  let depth = 1
  for (
    let match = token.exec(text);
    match !== null && match.index < from + longestRule;
    match = token.exec(text)
  ) {
    if (match[0] === '{') depth++
    else if (match[0] === '}' && --depth === 0) return match.index + 1
  }
  return undefined
}

function* snortBlocks(text: string): Generator<DetectionBlock> {
  for (const match of text.matchAll(snort)) {
    const rule = match[1] ?? ''
    const name = /msg:\s*"([^"]{1,300})"/.exec(rule)?.[1]
    if (name !== undefined)
      yield { kind: 'snort', name, text: rule, start: match.index + match[0].indexOf(rule) }
  }
}

function* sigmaBlocks(text: string): Generator<DetectionBlock> {
  for (const match of text.matchAll(sigmaHead)) {
    const start = match.index + (match[0].startsWith('\n') ? 1 : 0)
    const rule = yamlBlock(text.slice(start, start + longestRule), match[1] ?? '')
    if (/^[ \t]*logsource:/m.test(rule) && /^[ \t]*detection:/m.test(rule))
      yield { kind: 'sigma', name: (match[2] ?? '').trim(), text: rule, start }
  }
}

/** Lines from the start as long as they look like YAML at or below the first line's indentation. */
function yamlBlock(text: string, indent: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex(
    (line, index) =>
      index > 0 &&
      !(
        line.trim() === '' ||
        /^\s*(?:[\w.|*-]+:|- |#)/.test(line.slice(indent.length)) ||
        /^\s+\S/.test(line.slice(indent.length))
      ),
  )
  return lines
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trimEnd()
}
