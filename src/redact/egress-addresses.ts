/*
 * Addresses for the egress scan, read by the URL parser of the platform (WHATWG URL, host parsing), so that no code
 * is shared with redaction's own reader.
 */

/** An address in one spelling: dotted decimal, or the URL standard's IPv6 without brackets; IPv4 in IPv6 is IPv4. */
export function canonicalAddress(text: string): string | undefined {
  const isSix = text.includes(':')
  // A time of day: the platform's parser would only say that it is no address.
  if (isSix && !text.includes('::') && text.split(':').length < 7) return undefined
  if (!isSix && !/^[0-9a-fx.]+$/.test(text)) return undefined
  const url = URL.parse(`http://${isSix ? `[${text.replaceAll(/[[\]]/g, '')}]` : text}/`)
  if (url === null) return undefined
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const mapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host)
  if (mapped?.[1] === undefined || mapped[2] === undefined) return host
  const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** A CIDR range that can say whether it holds a canonical address. */
export interface EgressRange {
  holds(address: string): boolean
}

export function egressRange(text: string): EgressRange | undefined {
  const [base = '', length = ''] = text.split('/')
  const first = bitsOf(canonicalAddress(base) ?? '')
  if (first === undefined || !/^\d{1,3}$/.test(length)) return undefined
  const prefix = first.slice(0, Number(length))
  return {
    holds: address => {
      const bits = bitsOf(address)
      return bits?.length === first.length && bits.startsWith(prefix)
    },
  }
}

/** An address as a string of 32 or 128 binary digits. */
function bitsOf(address: string): string | undefined {
  if (/^\d+(?:\.\d+){3}$/.test(address)) {
    return address
      .split('.')
      .map(part => Number(part).toString(2).padStart(8, '0'))
      .join('')
  }
  if (!address.includes(':')) return undefined
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups.map(group => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}
