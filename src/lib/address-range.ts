import ipaddr from 'ipaddr.js'

/** What kind of place an address is, for deciding whether a connection may go there. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'metadata' | 'special'

// Where clouds answer with a machine's own credentials. Sources: the providers' documentation of instance metadata.
const metadata = new Set([
  '169.254.169.254', // AWS, Azure, GCP, OpenStack, DigitalOcean, Oracle
  '169.254.170.2', // AWS ECS task roles
  '169.254.170.23', // AWS EKS pod identity
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254', // GCP over IPv6
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure host
  '192.0.0.192', // Oracle, older
])

/**
 * Classifies an IPv4 or IPv6 address. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as what it
 * leads to. Everything that is not plainly public, loopback or private is `special`, as is what is no address.
 */
export function addressKind(text: string): AddressKind {
  if (!ipaddr.isValid(text)) return 'special'
  const address = innermost(ipaddr.parse(text.split('%')[0] ?? text))
  if (metadata.has(address.toString())) return 'metadata'
  switch (address.range()) {
    case 'unicast':
      return 'public'
    case 'loopback':
      return 'loopback'
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
      return 'private'
    default:
      return 'special'
  }
}

/** Whether an address lies in a network (`10.0.0.0/8`) or is an address (`10.1.2.3`). Mapped IPv4 counts as IPv4. */
export function addressIsIn(text: string, network: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = innermost(ipaddr.parse(text))
  const [base, bits] = ipaddr.isValidCIDR(network)
    ? ipaddr.parseCIDR(network)
    : ipaddr.isValid(network)
      ? [ipaddr.parse(network), undefined]
      : [undefined, undefined]
  if (base === undefined || base.kind() !== address.kind()) return false
  return address.match(base, bits ?? (base.kind() === 'ipv4' ? 32 : 128))
}

function innermost(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  const bytes = address.toByteArray()
  const range = address.range()
  if (range === 'rfc6052' || range === 'rfc6145') return new ipaddr.IPv4(bytes.slice(12))
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  return address
}
