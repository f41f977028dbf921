import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { extractIOC } from 'ioc-extractor'
import { extractIndicators } from '../../src/indicators/extract-indicators.ts'

interface Case {
  readonly id: string
  readonly text: string
  readonly expected: Readonly<Record<string, unknown>>
  readonly kwargs: Readonly<Record<string, unknown>>
}

/** The kinds that the cases and the contract share. `urls_complete` is the URL as it stands in the text. */
const kinds: Readonly<Record<string, string>> = {
  ipv4s: 'ipv4',
  ipv6s: 'ipv6',
  ipv4_cidrs: 'cidr',
  domains: 'domain',
  urls: 'url',
  email_addresses: 'email',
  md5s: 'md5',
  sha1s: 'sha1',
  sha256s: 'sha256',
  sha512s: 'sha512',
  cves: 'cve',
  asns: 'asn',
  file_paths: 'path',
  registry_key_paths: 'registry',
  bitcoin_addresses: 'crypto',
  monero_addresses: 'crypto',
  user_agents: 'user_agent',
}

/** F1 over the cases that ask for no special option, against npm `ioc-extractor` on the same texts and kinds. */
export function benchIndicators(folder: string): void {
  const cases = readFileSync(join(folder, 'ioc-finder-cases.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Case)
    .filter(({ kwargs }) => Object.keys(kwargs).length === 0)
  const ours = new Score()
  const theirs = new Score()
  const theirKinds = new Set(
    Object.values(kinds).filter(kind => !['cidr', 'path', 'registry', 'user_agent'].includes(kind)),
  )
  const oursOnTheirKinds = new Score()
  for (const { text, expected } of cases) {
    const wanted = Object.entries(expected).flatMap(([name, values]) =>
      kinds[name] !== undefined && Array.isArray(values)
        ? values.map(value => `${kinds[name]} ${value}`)
        : [],
    )
    const found = extractIndicators(text).indicators.map(({ type, value }) => `${type} ${value}`)
    ours.add(wanted, found)
    const shared = (list: readonly string[]) =>
      list.filter(item => theirKinds.has(item.split(' ', 1)[0] ?? ''))
    oursOnTheirKinds.add(shared(wanted), shared(found))
    theirs.add(shared(wanted), referenceExtract(text))
  }
  console.log(`indicators, ${cases.length} cases of ioc-finder`)
  console.log(`  tocsin, all kinds of the contract                ${ours}`)
  console.log(`  tocsin, the kinds that ioc-extractor has         ${oursOnTheirKinds}`)
  console.log(`  reference: npm ioc-extractor                     ${theirs}`)
}

/** What ioc-extractor finds, spelled as the cases spell it. */
function referenceExtract(text: string): string[] {
  const found = extractIOC(text)
  const named: [string, readonly string[]][] = [
    ['asn', found.asns.map(asn => asn.toUpperCase().replace(/^AS(?!N)/, 'ASN'))],
    ['crypto', [...found.btcs, ...found.xmrs]],
    ['cve', found.cves],
    ['domain', found.domains],
    ['email', found.emails],
    ['ipv4', found.ipv4s],
    ['ipv6', found.ipv6s],
    ['md5', found.md5s],
    ['sha1', found.sha1s],
    ['sha256', found.sha256s],
    ['sha512', found.sha512s],
    ['url', found.urls],
  ]
  return named.flatMap(([kind, values]) =>
    values.map(value => `${kind} ${/^(?:md5|sha|domain)/.test(kind) ? value.toLowerCase() : value}`),
  )
}

class Score {
  #right = 0
  #extra = 0
  #missed = 0

  add(wanted: readonly string[], found: readonly string[]): void {
    const [a, b] = [new Set(wanted), new Set(found)]
    const right = [...a].filter(item => b.has(item)).length
    this.#right += right
    this.#missed += a.size - right
    this.#extra += b.size - right
  }

  toString(): string {
    const f1 = (2 * this.#right) / (2 * this.#right + this.#extra + this.#missed)
    return `F1 ${f1.toFixed(3)} (right ${this.#right}, extra ${this.#extra}, missed ${this.#missed})`
  }
}
