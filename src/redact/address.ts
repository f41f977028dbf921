/** An IP address as a number. `bits` is 32 or 128. */
export interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
  /** One spelling only: `4:a00020e`. */
  readonly identity: string
}

/** The addresses from a CIDR range. */
export interface AddressRange {
  readonly bits: 32 | 128
  readonly first: bigint
  readonly last: bigint
}

function make(bits: 32 | 128, value: bigint): Address {
  return { bits, value, identity: `${bits === 32 ? 4 : 6}:${value.toString(16)}` }
}

/** Reads an address in the usual spellings; IPv4 inside IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export function addressOf(text: string): Address | undefined {
  const four = fourOf(text)
  if (four !== undefined) return make(32, four)
  const six = sixOf(text.replace(/^\[|\]$|%.*$/g, ''))
  if (six === undefined) return undefined
  // ::ffff:0:0/96 maps IPv4, 64:ff9b::/96 translates it (RFC 4291, RFC 6052).
  const high = six >> 32n
  if (high === 0xffffn || high === 0x64ff9b0000000000000000n) return make(32, six & 0xffffffffn)
  return make(128, six)
}

/** Dotted IPv4 in decimal, octal (leading 0) or hexadecimal parts, one to four of them, as inet_aton reads it. */
function fourOf(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    const number = partOf(part)
    if (number === undefined || number > 255) return undefined
    value = (value << 8n) | BigInt(number)
  }
  return value
}

function partOf(part: string): number | undefined {
  if (/^0x[0-9a-f]{1,8}$/i.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]{1,11}$/.test(part)) return Number.parseInt(part, 8)
  if (/^\d{1,10}$/.test(part)) return Number.parseInt(part, 10)
  return undefined
}

function sixOf(text: string): bigint | undefined {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !text.includes(':')) return undefined
  let plain = text
  const dotted = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text)
  if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
    const four = fourOf(dotted[2])
    if (four === undefined) return undefined
    plain = `${dotted[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
  }
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const [head = '', tail] = halves
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...left, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...right]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n)
}

/** Reads `10.0.0.0/8` or `fd00::/8`. */
export function rangeOf(text: string): AddressRange | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const address = match?.[1] === undefined ? undefined : addressOf(match[1])
  const length = Number(match?.[2])
  if (address === undefined || length > address.bits) return undefined
  const size = 1n << BigInt(address.bits - length)
  const first = address.value - (address.value % size)
  return { bits: address.bits, first, last: first + size - 1n }
}

export function inRange(address: Address, range: AddressRange): boolean {
  return address.bits === range.bits && address.value >= range.first && address.value <= range.last
}

function ranges(...texts: string[]): AddressRange[] {
  return texts.flatMap(text => rangeOf(text) ?? [])
}

// RFC 1918, 3927, 6598, 4193, 4291: addresses that mean something only inside.
const privateRanges = ranges(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
)
// Addresses that name nobody: unspecified, loopback, multicast, broadcast, and the clouds' metadata service.
const nobody = ranges(
  '0.0.0.0/8',
  '127.0.0.0/8',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '169.254.169.254/32',
  '::/127',
  'ff00::/8',
)

/** Whose an address is, without an inventory. */
export function scopeOf(address: Address): 'private' | 'public' | 'nobody' {
  if (nobody.some(range => inRange(address, range))) return 'nobody'
  return privateRanges.some(range => inRange(address, range)) ? 'private' : 'public'
}

/** The address behind an `identity`. */
export function addressOfIdentity(identity: string): Address | undefined {
  const match = /^([46]):([0-9a-f]+)$/.exec(identity)
  if (match?.[2] === undefined) return undefined
  return make(match[1] === '4' ? 32 : 128, BigInt(`0x${match[2]}`))
}
