/** Kinds of indicator, as the command line contract spells them. */
const indicatorTypes = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'url',
  'email',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'cve',
  'cwe',
  'asn',
  'path',
  'registry',
  'mutex',
  'crypto',
  'user_agent',
] as const
export type IndicatorType = (typeof indicatorTypes)[number]

/** What part an indicator plays in the text it stands in, as far as the words around it say. */
const indicatorRoles = [
  'command-and-control',
  'delivery',
  'exfiltration',
  'sender',
  'payload',
  'victim',
  'reference',
  'internal',
  'unknown',
] as const
export type IndicatorRole = (typeof indicatorRoles)[number]

/** Something observable that a text names: an address, a name, a hash, a path. */
export interface Indicator {
  readonly type: IndicatorType
  /** Refanged: `hxxps://evil[.]example` is `https://evil.example`. Names and hashes in lower case. */
  readonly value: string
  /** Whether the text wrote it in a form that cannot be clicked. */
  readonly defanged: boolean
  /** Where it first stands: Unicode code points from the start of the text. */
  readonly offset: number
  readonly role: IndicatorRole
  /** 0 to 1: how likely it is that a sighting of the value matters. */
  readonly confidence: number
}

/** Something that looks like an indicator and is none, with the reason for a person. */
export interface DroppedIndicator {
  readonly value: string
  readonly reason: string
}
