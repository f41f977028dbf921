import type { Found } from './found.ts'
import { isHostName, looksLikeFileName } from './host-name.ts'

const name =
  /(?:(?<=(?<![\p{L}\p{N}_@./\\-])\*\.)|(?<![\p{L}\p{N}_@./\\-]))(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.){1,10}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,63})(?![\p{L}\p{N}_-]|\.[\p{L}\p{N}]|[(@])/gu

/** Names of programs that are spelled like hosts. */
const identifiers = new Set(
  'asp.net,ado.net,vb.net,paint.net,socket.io,adodb.stream,wscript.shell,shell.application,system.io,system.net,system.data,d.ts'.split(
    ',',
  ),
)

/** Host names in text. Names that are more likely files or program identifiers come with a doubt. */
export function findDomains(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(name)) {
    const written = match[0]
    if (!isHostName(written) || isSentenceBreak(written)) continue
    const value = written.toLowerCase()
    const doubt = isNamedAsFile(text, match.index) ? 'a file name' : reasonToDoubt(written)
    const span = { start: match.index, end: match.index + written.length }
    found.push({ type: 'domain', value, ...span, ...(doubt === undefined ? {} : { doubt }) })
  }
  return found
}

/** In a STIX pattern: `file:name = 'factura.one'`. */
function isNamedAsFile(text: string, at: number): boolean {
  return /file:name\s*=\s*'$/.test(text.slice(Math.max(0, at - 20), at))
}

/** `the system.It then`: a full stop with the space missing. */
function isSentenceBreak(written: string): boolean {
  const last = written.slice(written.lastIndexOf('.') + 1)
  return /^\p{Lu}\p{Ll}+$/u.test(last) && written.split('.').length === 2
}

function reasonToDoubt(written: string): string | undefined {
  if (identifiers.has(written.toLowerCase()) || /^(?:System|Microsoft|Windows|Java)\.\p{Lu}/u.test(written))
    return 'the name of a program or class'
  return looksLikeFileName(written) ? 'a file name' : undefined
}
