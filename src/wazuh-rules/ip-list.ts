/**
 * Addresses and networks as `<srcip>` and `<dstip>` take them: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`,
 * IPv6 with or without prefix, `any`. A leading `!` is accepted and, as in Wazuh 4.x, has no effect: the parser
 * strips it before it is looked at. Use `negate="yes"`.
 */
export interface Network {
  readonly family: 4 | 6 | 'any'
  readonly address: bigint
  readonly mask: bigint
}

/** The network, or undefined where the text is none. */
export function parseNetwork(text: string): Network | undefined {
  const body = text.startsWith('!') ? text.slice(1) : text
  if (body === 'any') return { family: 'any', address: 0n, mask: 0n }
  const slash = body.indexOf('/')
  const host = slash < 0 ? body : body.slice(0, slash)
  const tail = slash < 0 ? undefined : body.slice(slash + 1)
  const parsed = parseAddress(host)
  if (!parsed) return undefined
  const width = parsed.family === 4 ? 32 : 128
  const mask = tail === undefined ? prefixMask(width, width) : parseMask(tail, parsed.family, width)
  return mask === undefined ? undefined : { family: parsed.family, address: parsed.address & mask, mask }
}

function parseMask(text: string, family: 4 | 6, width: number): bigint | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= width ? prefixMask(Number(text), width) : undefined
  return family === 4 ? parseFour(text) : undefined
}

function prefixMask(length: number, width: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(width - length)
}

/** The address of an event, or undefined where the text is none. `::ffff:1.2.3.4` is 1.2.3.4. */
function parseAddress(text: string): { family: 4 | 6; address: bigint } | undefined {
  const four = parseFour(text.replace(/^::[fF]{4}:/, ''))
  if (four !== undefined) return { family: 4, address: four }
  const six = parseSix(text)
  return six === undefined ? undefined : { family: 6, address: six }
}

function parseFour(text: string): bigint | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined
  const parts = text.split('.')
  if (parts.some(part => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function parseSix(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:]+$/.test(text) || text.length > 39) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [left = [], right = []] = halves.map(half => (half === '' ? [] : half.split(':')))
  const groups = left.length + right.length
  if (halves.length === 2 ? groups > 7 : groups !== 8) return undefined
  const all = [...left, ...Array<string>(8 - groups).fill('0'), ...right]
  if (all.some(group => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

/** Whether the address is in one of the networks. What is no address is in none. */
export function inNetworks(text: string, networks: readonly Network[]): boolean {
  const parsed = parseAddress(text)
  if (!parsed) return false
  return networks.some(
    network =>
      network.family === 'any' ||
      (network.family === parsed.family && (parsed.address & network.mask) === network.address),
  )
}
