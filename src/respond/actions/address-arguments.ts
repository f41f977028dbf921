import ipaddr from 'ipaddr.js'
import { z } from 'zod'

/** One IPv4 or IPv6 address in canonical form; never a range. */
export const addressArguments = z.strictObject({
  address: z.string().refine(address => {
    if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false
    return ipaddr.parse(address).toString() === address
  }, 'not one IP address in canonical form'),
})
