import type { HeaderField } from '../mime/header-fields.ts'
import type { MimePart } from '../mime/part-tree.ts'

/** What a believed receiver found out about the sender. `undefined` where it says nothing. */
export interface AuthenticationResults {
  readonly field: HeaderField
  readonly spf?: string
  readonly dkim?: string
  readonly dmarc?: string
  readonly arc?: string
}

/**
 * The results of the first Authentication-Results field (RFC 8601) that a believed receiver wrote. Anyone can write such a
 * field, so one counts only where its authserv-id is configured; the receiver removes forgeries of its own name (section 5)
 * and puts its own on top, which is why the first one is taken.
 */
export function believedResults(
  root: MimePart,
  receivers: readonly string[],
): AuthenticationResults | undefined {
  if (receivers.length === 0) return undefined
  for (const field of root.fields) {
    if (field.name !== 'authentication-results') continue
    const text = field.value.replace(/\([^()]*\)/g, ' ')
    const server = /^\s*([^\s;]+)/.exec(text)?.[1]?.toLowerCase() ?? ''
    if (!receivers.includes(server)) continue
    // The best of several signatures counts: one valid signature of the author's domain is enough.
    const result = (method: string) => {
      const found = [...text.matchAll(new RegExp(`(?:^|[;\\s])${method}\\s*=\\s*([a-z]+)`, 'gi'))].map(
        match => match[1]?.toLowerCase(),
      )
      return found.includes('pass') ? 'pass' : found[0]
    }
    const results = { spf: result('spf'), dkim: result('dkim'), dmarc: result('dmarc'), arc: result('arc') }
    return {
      field,
      ...Object.fromEntries(Object.entries(results).filter(([, value]) => value !== undefined)),
    }
  }
  return undefined
}
