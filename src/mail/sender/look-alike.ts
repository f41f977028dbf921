import { domainToUnicode } from 'node:url'
import { parse } from 'tldts'
import { skeletonOf } from '../content/fold-text.ts'

/** Names of brands that are also what anyone would call a subdomain. */
const ordinaryLabels = new Set(
  'booking target office outlook windows android message square steam ledger exodus phantom kraken account crypto'.split(
    ' ',
  ),
)

/** How a domain imitates another one. */
export interface LookAlike {
  readonly real: string
  readonly how: 'homoglyph' | 'one letter off' | 'other ending' | 'combined' | 'as subdomain'
}

/**
 * Compares a host with real domains (an organisation's and well-known brands'): homoglyphs and punycode, digits for letters,
 * one edit away, another top-level domain, the name combined with other words, the name as a subdomain of a stranger.
 * Names under five letters only match as homoglyph or subdomain: `ups` is one letter from half of the dictionary.
 */
export function lookAlikeOf(host: string, realDomains: readonly string[]): LookAlike | undefined {
  const parsed = parse(host, { allowPrivateDomains: true })
  const domain = parsed.domain ?? host
  if (realDomains.includes(domain) || realDomains.some(real => host.endsWith(`.${real}`))) return undefined
  const name = parsed.domainWithoutSuffix ?? host
  const shape = digitsAsLetters(skeletonOf(domainToUnicode(name) || name))
  for (const real of realDomains) {
    const target = parse(real).domainWithoutSuffix ?? real
    if (target.length < 4) continue
    if (shape === target && name !== target) return { real, how: 'homoglyph' }
    // Large firms own their name under most countries' endings.
    if (name === target && !/(?:^|\.)[a-z]{2}$/.test(parsed.publicSuffix ?? ''))
      return { real, how: 'other ending' }
    if (target.length < 5) continue
    if (target.length >= 6 && Math.abs(shape.length - target.length) <= 1 && oneEdit(shape, target))
      return { real, how: 'one letter off' }
    const words = name.split(/[-_]/)
    if (words.length > 1 && words.some(word => digitsAsLetters(word) === target))
      return { real, how: 'combined' }
    if (target.length >= 6 && shape.includes(target) && shape.length > target.length)
      return { real, how: 'combined' }
    const labels = (parsed.subdomain ?? '').split(/[.-]/)
    if (labels.includes(target) && !ordinaryLabels.has(target)) return { real, how: 'as subdomain' }
  }
  return undefined
}

function digitsAsLetters(text: string): string {
  return text
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replaceAll('3', 'e')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
}

/** Whether one insertion, deletion, replacement or swap of neighbours makes `a` into `b`. */
function oneEdit(a: string, b: string): boolean {
  if (a === b) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const [restA, restB] = [endA - start, endB - start]
  if (restA <= 1 && restB <= 1) return true
  return restA === 2 && restB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}
