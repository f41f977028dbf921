import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { HeaderField } from '../mime/header-fields.ts'
import type { MimePart } from '../mime/part-tree.ts'
import { type Canonicalization, canonicalBody, canonicalHeaders } from './dkim-canonical.ts'

/** Public keys as their DNS records would say, by name: `selector._domainkey.example.org` to `v=DKIM1; k=rsa; p=…`. */
export type DkimKeys = Readonly<Record<string, string>>

/** What came of one signature. `no-key`: nobody told us the key; nothing is looked up. */
export type DkimStatus = 'pass' | 'fail' | 'no-key' | 'unusable'

export interface DkimResult {
  readonly field: HeaderField
  readonly status: DkimStatus
  /** For a person. */
  readonly reason: string
  /** The domain that signs, and the name of its key. */
  readonly domain: string
  readonly selector: string
}

/** Tags of a signature or key record: `a=b; c=d` (RFC 6376, section 3.2). */
export function tagsOf(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const piece of text.slice(0, 20_000).split(';')) {
    const equals = piece.indexOf('=')
    const name = piece.slice(0, Math.max(equals, 0)).trim()
    if (name !== '' && !tags.has(name)) tags.set(name, piece.slice(equals + 1).trim())
  }
  return tags
}

const mostSignatures = 8
/** Ironing a body out takes several times its size in memory. */
const largestBodyBytes = 16 * 1024 * 1024

/** Verifies the signatures of a message against keys that are known. No network and no clock: expiry is only stated. */
export function verifyDkim(root: MimePart, keys: DkimKeys): DkimResult[] {
  return root.fields
    .filter(field => field.name === 'dkim-signature')
    .slice(0, mostSignatures)
    .map(field => verifySignature(root, field, keys))
}

/** Verifies one signature field: DKIM-Signature, or ARC-Message-Signature, which differs in its `i=` alone. */
export function verifySignature(root: MimePart, field: HeaderField, keys: DkimKeys): DkimResult {
  const tags = tagsOf(field.value)
  const domain = (tags.get('d') ?? '').toLowerCase()
  const selector = (tags.get('s') ?? '').toLowerCase()
  const result = (status: DkimStatus, reason: string): DkimResult => ({
    field,
    status,
    reason,
    domain,
    selector,
  })
  const names = (tags.get('h') ?? '').split(':').map(name => name.trim().toLowerCase())
  if (domain === '' || selector === '' || !tags.has('b') || !tags.has('bh'))
    return result('unusable', 'the signature lacks tags that it must have')
  if (!names.includes('from')) return result('unusable', 'the signature does not cover From')
  // The signed one would be the last, the one that is shown the first (RFC 6376, section 8.15).
  if (root.fields.filter(entry => entry.name === 'from').length !== 1)
    return result('fail', 'the message has several From fields or none')
  const algorithm = tags.get('a') ?? ''
  if (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256')
    return result('unusable', `the algorithm ${algorithm.slice(0, 40)} is none that is to be believed`)
  const [header, body] = canonicalizationOf(tags.get('c'))
  if (header === undefined || body === undefined) return result('unusable', 'an unknown canonicalization')
  const known = publicKey(keys[`${selector}._domainkey.${domain}`], algorithm)
  if (known.kind === 'none') return result('no-key', `the key ${selector} of ${domain} is not known here`)
  if (known.kind === 'bad') return result('unusable', known.reason)
  if (root.end - root.bodyStart > largestBodyBytes)
    return result('unusable', 'the body is too large to be checked here')
  const content = canonicalBody(root, body)
  const length = tags.get('l') === undefined ? content.length : Number(tags.get('l'))
  // What stands behind a signed length can be replaced by anybody: such a signature vouches for nothing that a reader sees.
  if (!Number.isInteger(length) || length !== content.length)
    return result('fail', 'the signature covers a part of the body only')
  const hash = createHash('sha256').update(content).digest('base64')
  if (hash !== (tags.get('bh') ?? '').replace(/\s/g, ''))
    return result('fail', 'the body is not what was signed')
  const signature = Buffer.from((tags.get('b') ?? '').replace(/\s/g, ''), 'base64')
  return holds(canonicalHeaders(root, names, field, header), signature, algorithm, known.key)
    ? result('pass', `${domain} signed this`)
    : result('fail', 'the header fields are not what was signed')
}

function canonicalizationOf(text = 'simple/simple'): (Canonicalization | undefined)[] {
  const [header, body = 'simple'] = text.toLowerCase().split('/')
  const known = (word: string | undefined) => (word === 'simple' || word === 'relaxed' ? word : undefined)
  return [known(header), known(body)]
}

/** Whether a signature over these bytes holds; Ed25519 signs their SHA-256 (RFC 8463, section 3). */
export function holds(bytes: Buffer, signature: Buffer, algorithm: string, key: KeyObject): boolean {
  try {
    return algorithm === 'ed25519-sha256'
      ? verify(null, createHash('sha256').update(bytes).digest(), key, signature)
      : verify('sha256', bytes, key, signature)
  } catch {
    return false // A signature of the wrong length for its key.
  }
}

type KnownKey =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'none' }
  | { readonly kind: 'bad'; readonly reason: string }

// RFC 8410, section 4: the head of an Ed25519 public key in SubjectPublicKeyInfo.
const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex')
/** RFC 8301, section 3.2: shorter RSA keys are not to be believed. */
const leastRsaBits = 1024

/** The public key of a record (RFC 6376, section 3.6.1). */
export function publicKey(record: string | undefined, algorithm: string): KnownKey {
  if (record === undefined) return { kind: 'none' }
  const tags = tagsOf(record)
  const type = algorithm === 'ed25519-sha256' ? 'ed25519' : 'rsa'
  const data = (tags.get('p') ?? '').replace(/\s/g, '')
  if (data === '') return { kind: 'bad', reason: 'the key was withdrawn' }
  if ((tags.get('k') ?? 'rsa') !== type)
    return { kind: 'bad', reason: 'the key is of another kind than the signature' }
  try {
    const bytes = Buffer.from(data, 'base64')
    const key = createPublicKey({
      key: type === 'ed25519' && bytes.length === 32 ? Buffer.concat([ed25519Head, bytes]) : bytes,
      format: 'der',
      type: 'spki',
    })
    if (type === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < leastRsaBits)
      return { kind: 'bad', reason: `the key is shorter than ${leastRsaBits} bits` }
    return { kind: 'key', key }
  } catch {
    return { kind: 'bad', reason: 'the known key is no public key' }
  }
}
