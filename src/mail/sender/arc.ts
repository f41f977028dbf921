import type { HeaderField } from '../mime/header-fields.ts'
import type { MimePart } from '../mime/part-tree.ts'
import { type DkimKeys, holds, publicKey, tagsOf, verifySignature } from './dkim.ts'
import { canonicalField, withoutSignature } from './dkim-canonical.ts'

/** The Authenticated Received Chain of a message (RFC 8617): who handed it on, and whether the chain holds. */
export interface ArcChain {
  /** Domains that sealed, the first first. */
  readonly sealers: readonly string[]
  /** `pass` and `fail` by our own check; `unchecked`: whole in its form, but a key is not known; `broken`: not even that. */
  readonly status: 'pass' | 'fail' | 'unchecked' | 'broken'
  readonly reason: string
  /** What the first sealer says it found: the sender's results before anybody handed the mail on. */
  readonly firstResults: string
}

/** RFC 8617, section 4.2.1: more are not to be processed. */
const mostInstances = 50

interface Instance {
  readonly results: HeaderField
  readonly message: HeaderField
  readonly seal: HeaderField
}

/** Reads and checks the chain, or `undefined` where the message has none. */
export function arcChain(root: MimePart, keys: DkimKeys): ArcChain | undefined {
  const fields = root.fields.filter(field => field.name.startsWith('arc-')).slice(0, 3 * mostInstances + 1)
  if (fields.length === 0) return undefined
  const instances = instancesOf(fields)
  if (typeof instances === 'string')
    return { sealers: [], status: 'broken', reason: instances, firstResults: '' }
  const sealers = instances.map(({ seal }) => (tagsOf(seal.value).get('d') ?? '').toLowerCase())
  const firstResults = (instances[0]?.results.value ?? '').replace(/^\s*i\s*=\s*1\s*;\s*/, '').slice(0, 1000)
  const verdict = (status: ArcChain['status'], reason: string) => ({ sealers, status, reason, firstResults })
  for (const [index, { seal }] of instances.entries()) {
    const claimed = tagsOf(seal.value).get('cv')
    if (claimed !== (index === 0 ? 'none' : 'pass'))
      return verdict('fail', `${sealers[index]} sealed that the chain before it did not hold`)
  }
  // The newest message signature must hold; older ones may have been broken by who handed the mail on (section 5.2).
  const newest = instances.at(-1)
  const message = newest && verifySignature(root, newest.message, keys)
  if (message === undefined || message.status === 'fail' || message.status === 'unusable')
    return verdict('fail', message?.reason ?? 'the chain is empty')
  const seals = instances.map((_, index) => sealHolds(root, instances.slice(0, index + 1), keys))
  const bad = seals.indexOf(false)
  if (bad !== -1) return verdict('fail', `the seal of ${sealers[bad]} does not hold`)
  if (message.status === 'no-key' || seals.includes(undefined))
    return verdict('unchecked', 'the key of a sealer is not known here')
  return verdict('pass', 'every seal holds')
}

/** Each instance 1, 2, 3… once with its three fields; else what is wrong. */
function instancesOf(fields: readonly HeaderField[]): Instance[] | string {
  const found = new Map<string, HeaderField>()
  let last = 0
  for (const field of fields) {
    const instance = Number(/(?:^|;)\s*i\s*=\s*(\d{1,3})\s*(?:;|$)/.exec(field.value)?.[1] ?? 0)
    const key = `${field.name} ${instance}`
    if (instance < 1 || instance > mostInstances || found.has(key))
      return 'its fields are not numbered as they must be'
    found.set(key, field)
    last = Math.max(last, instance)
  }
  const instances: Instance[] = []
  for (let at = 1; at <= last; at++) {
    const results = found.get(`arc-authentication-results ${at}`)
    const message = found.get(`arc-message-signature ${at}`)
    const seal = found.get(`arc-seal ${at}`)
    if (!results || !message || !seal) return `instance ${at} lacks a field`
    instances.push({ results, message, seal })
  }
  return found.size === 3 * last ? instances : 'it has fields that belong to no chain'
}

/** A seal is over all ARC fields up to its own, relaxed, its own last and without `b=` (RFC 8617, section 5.1.1). */
function sealHolds(root: MimePart, instances: readonly Instance[], keys: DkimKeys): boolean | undefined {
  const own = instances.at(-1)?.seal
  if (own === undefined) return false
  const tags = tagsOf(own.value)
  const algorithm = tags.get('a') ?? ''
  if (tags.has('h') || (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256')) return false
  const known = publicKey(keys[`${tags.get('s')}._domainkey.${tags.get('d')}`.toLowerCase()], algorithm)
  if (known.kind === 'none') return undefined
  if (known.kind === 'bad') return false
  const lines = instances.flatMap(({ results, message, seal }) => [results, message, seal])
  const text = lines
    .map(field => {
      const line = canonicalField(root, field, 'relaxed')
      return field === own ? withoutSignature(line) : `${line}\r\n`
    })
    .join('')
  const signature = Buffer.from((tags.get('b') ?? '').replace(/\s/g, ''), 'base64')
  return holds(Buffer.from(text, 'latin1'), signature, algorithm, known.key)
}
