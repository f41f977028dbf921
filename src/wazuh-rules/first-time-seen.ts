import type { WazuhEvent } from './event.ts'

/** `analysisd.fts_list_size` and `fts_min_size_for_str`, defaults. */
const rememberedLines = 32
const similarLength = 14

const order = ['id', 'dstuser', 'srcuser', 'srcip', 'dstip', 'data', 'system_name', 'location'] as const

/**
 * "First time seen": whether the values of the decoder's `<fts>` fields appear together for the first time in this
 * session. Events of type `ids` that resemble three recent ones are not new either.
 */
export class FirstTimeSeen {
  readonly #seen = new Set<string>()
  readonly #recent: string[] = []

  isNew(event: WazuhEvent): boolean {
    const decoder = event.decoder
    if (!decoder || decoder.firstTimeSeen.length === 0) return false
    let line = lineOf(event, decoder.name, decoder.firstTimeSeen)
    if (this.#seen.has(line)) return false
    if (event.category === 'ids') {
      const similar = this.#recent.filter(other => commonPrefix(other, line) > similarLength)
      if (similar.length > 2) line = line.slice(0, similarLength)
      this.#recent.push(line)
      if (this.#recent.length > rememberedLines) this.#recent.shift()
      if (this.#seen.has(line)) {
        this.#recent.pop()
        return false
      }
    }
    this.#seen.add(line)
    return true
  }
}

function lineOf(event: WazuhEvent, name: string, wanted: readonly string[]): string {
  const has = (field: string) =>
    wanted.includes(field) ||
    (field === 'dstuser' && wanted.includes('user')) ||
    (field === 'data' && wanted.includes('extra_data'))
  const known = order.map(field => {
    if (!has(field)) return ''
    return field === 'location' ? event.location : (event.fields[field] ?? '')
  })
  const dynamic = wanted.flatMap(field => event.dynamic(field.toLowerCase()) ?? [])
  return [name, ...known, ...dynamic].join(' ')
}

function commonPrefix(a: string, b: string): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count++
  return count
}
