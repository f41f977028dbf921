/** One line of laid-out JSON. Keys, strings and numbers stand exactly as they were written, escapes included. */
export interface JsonLine {
  readonly indent: number
  /** JSON pointer (RFC 6901) of the value that begins here; of the container on its closing line. */
  readonly pointer: string
  /** The key as written, with quotes; absent in arrays, at the top and on closing lines. */
  readonly key?: string
  readonly kind: 'string' | 'number' | 'word' | 'open' | 'close'
  /** The value as written; a bracket for containers, both for empty ones. */
  readonly text: string
  readonly comma: boolean
}

interface Container {
  readonly close: '}' | ']'
  readonly pointer: string
  /** Elements so far; the next index in an array. */
  count: number
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],:]))/y

/**
 * Lays JSON out without parsing it into values: numbers keep their digits, duplicate keys stay, `__proto__` is a key like
 * any other. Not recursive: 10,000 levels are fine. Returns undefined when the text is not JSON, or has more than
 * `limit` lines: then it is shown as it came.
 */
export function jsonLines(text: string, limit = 50_000): JsonLine[] | undefined {
  const lines: JsonLine[] = []
  const stack: Container[] = []
  let key: string | undefined
  let state: 'value' | 'first' | 'key' | 'after' = 'value'
  token.lastIndex = 0

  for (;;) {
    if (lines.length > limit) return undefined
    const top = stack.at(-1)
    if (state === 'after' && top === undefined) break
    const match = token.exec(text)
    if (match === null) return undefined
    const [, string, number, word, mark] = match

    if (state === 'after') {
      if (mark === ',') {
        markComma(lines)
        state = top?.close === '}' ? 'key' : 'value'
      } else if (top !== undefined && mark === top.close) {
        stack.pop()
        close(lines, top, stack.length)
      } else return undefined
      continue
    }
    if (state === 'first' && top !== undefined && mark === top.close) {
      stack.pop()
      close(lines, top, stack.length)
      state = 'after'
      continue
    }
    if ((state === 'first' || state === 'key') && top?.close === '}') {
      if (string === undefined || !colon(text)) return undefined
      key = string
      state = 'value'
      continue
    }
    const pointer = pointerOf(top, key)
    const line = { indent: stack.length, pointer, comma: false, ...(key === undefined ? {} : { key }) }
    if (top !== undefined) top.count++
    key = undefined
    if (mark === '{' || mark === '[') {
      lines.push({ ...line, kind: 'open', text: mark })
      stack.push({ close: mark === '{' ? '}' : ']', pointer, count: 0 })
      state = 'first'
      continue
    }
    const value = string ?? number ?? word
    if (value === undefined) return undefined
    lines.push({ ...line, kind: string ? 'string' : number ? 'number' : 'word', text: value })
    state = 'after'
  }
  return text.slice(token.lastIndex).trim() === '' ? lines : undefined
}

/** The first and last line of the value that a pointer names. Lines of an indexer hit are found inside its `_source`. */
export function linesOf(
  lines: readonly JsonLine[],
  pointer: string,
): { readonly first: number; readonly last: number } | undefined {
  const first = lines.findIndex(line => line.kind !== 'close' && line.pointer === pointer)
  if (first < 0) return pointer.startsWith('/_source') ? undefined : linesOf(lines, `/_source${pointer}`)
  const last = lines.findIndex(
    (line, index) => index > first && line.kind === 'close' && line.pointer === pointer,
  )
  return { first, last: lines[first]?.kind === 'open' && last > 0 ? last : first }
}

function colon(text: string): boolean {
  const match = token.exec(text)
  return match?.[4] === ':'
}

function pointerOf(container: Container | undefined, key: string | undefined): string {
  if (container === undefined) return ''
  const step = key === undefined ? String(container.count) : keyText(key)
  return `${container.pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function keyText(written: string): string {
  try {
    return String(JSON.parse(written))
  } catch {
    return written.slice(1, -1) // An escape that JSON does not know: as written.
  }
}

function markComma(lines: JsonLine[]): void {
  const last = lines.at(-1)
  if (last !== undefined) lines[lines.length - 1] = { ...last, comma: true }
}

/** Ends a container: on its own line, or on its opening line when it is empty. */
function close(lines: JsonLine[], { close: mark, pointer, count }: Container, indent: number): void {
  const last = lines.at(-1)
  if (count === 0 && last?.kind === 'open')
    lines[lines.length - 1] = { ...last, kind: 'word', text: last.text + mark }
  else lines.push({ indent, pointer, kind: 'close', text: mark, comma: false })
}
