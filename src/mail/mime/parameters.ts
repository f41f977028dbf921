import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'

/** A structured header value: `text/html; charset=utf-8` is value `text/html` with one parameter. */
export interface ParameterValue {
  /** Lower case. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

const pair = /;\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/g

/**
 * Parses Content-Type and Content-Disposition with RFC 2231 continuations (`name*0*=`) and charsets
 * (`name*=utf-8''%c3%a4`), and the encoded words in parameters that RFC 2047 forbids and senders use.
 */
export function parseParameters(text: string): ParameterValue {
  const semicolon = text.indexOf(';')
  const value = (semicolon === -1 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  const pieces = new Map<string, { order: number; encoded: boolean; text: string }[]>()
  if (semicolon !== -1) {
    for (const match of text.slice(semicolon, semicolon + 20_000).matchAll(pair)) {
      const key = (match[1] ?? '').toLowerCase()
      const [, name = key, order, star] = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/.exec(key) ?? []
      const raw = match[2]?.replace(/\\(.)/g, '$1') ?? (match[3] ?? '').trim()
      const list = pieces.get(name) ?? []
      list.push({ order: Number(order ?? 0), encoded: star !== undefined, text: raw })
      pieces.set(name, list)
    }
  }
  return { value, parameters: new Map([...pieces].map(([name, list]) => [name, joinPieces(list)])) }
}

function joinPieces(list: readonly { order: number; encoded: boolean; text: string }[]): string {
  const sorted = [...list].sort((a, b) => a.order - b.order)
  if (!sorted.some(piece => piece.encoded)) {
    // Repeated without numbers: the first one counts, as most readers do it.
    const numbered = sorted.filter((piece, index) => index === 0 || piece.order > 0)
    return decodeWords(numbered.map(piece => piece.text).join(''))
  }
  const [, charset = 'utf-8', first] = /^([^']*)'[^']*'(.*)$/s.exec(sorted[0]?.text ?? '') ?? []
  const texts = sorted.map((piece, index) => (index === 0 ? (first ?? piece.text) : piece.text))
  return decodeText(percentBytes(texts.join('')), charset).text
}

function percentBytes(text: string): Buffer {
  const unescaped = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(unescaped, 'latin1')
}
