/** Private and shared ranges: RFC 1918, RFC 6598, RFC 4193. */
const privateRanges =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/i

/** Addresses that reach no other network: loopback, link-local, multicast, unspecified. */
const localRanges =
  /^(?:127\.|169\.254\.|0\.|22[4-9]\.|23\d\.|255\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:|(?:0:){7}[01]$)/i

/** Whether it is an address of a private network. The text must be an address. */
export function isPrivateAddress(address: string): boolean {
  return privateRanges.test(address)
}

/** Whether it is an address that can be reached over the internet. Text that is no address is not one. */
export function isPublicAddress(address: string): boolean {
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$|^[0-9a-f:.]*:[0-9a-f:.]+$/i.test(address)) return false
  return !privateRanges.test(address) && !localRanges.test(address)
}

/** Whether it is the host itself. */
export function isLoopback(address: string): boolean {
  return /^(?:127\.|::1$|(?:0:){7}1$)/.test(address)
}
