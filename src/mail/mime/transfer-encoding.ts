/** How a body is written on the wire (RFC 2045, section 6). Anything unknown is read as it stands. */
export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode'

export function transferEncodingOf(value: string | undefined): TransferEncoding {
  const name = (value ?? '').trim().toLowerCase()
  if (name.startsWith('base64')) return 'base64'
  if (name.startsWith('quoted')) return 'quoted-printable'
  if (/^(x-)?uu(encode)?$/.test(name)) return 'uuencode'
  return 'identity'
}

/** Decodes at most `limitBytes` (of output) of a body. Never throws: what is no code is dropped or kept as it is. */
export function decodeTransfer(body: Buffer, encoding: TransferEncoding, limitBytes: number): Buffer {
  switch (encoding) {
    case 'base64':
      return decodeBase64(body.subarray(0, Math.ceil(limitBytes * 1.4) + 4)).subarray(0, limitBytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(body.subarray(0, limitBytes * 3)).subarray(0, limitBytes)
    case 'uuencode':
      return decodeUuencode(body.subarray(0, Math.ceil(limitBytes * 1.5))).subarray(0, limitBytes)
    case 'identity':
      return body.subarray(0, limitBytes)
  }
}

/** Base64 with line breaks, junk and padding in the middle, as mails have it. */
function decodeBase64(body: Buffer): Buffer {
  if (!looksEncoded(body)) return body
  const text = body.toString('latin1')
  if (!/=\s*[^=\s]/.test(text)) return Buffer.from(text, 'base64')
  // Several padded runs one after the other: Node stops at the first padding, mail readers go on.
  return Buffer.concat(text.split(/=+/).map(run => Buffer.from(run, 'base64')))
}

/** Some bodies only claim to be base64. Markup shows it: `<` is no character of the code. */
function looksEncoded(body: Buffer): boolean {
  const start = body.subarray(0, 2_000).toString('latin1').trimStart()
  return !/^<|<\/?[a-z][^>]*>/i.test(start)
}

export function decodeQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length)
  let length = 0
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0
    if (byte !== 0x3d) {
      out[length++] = byte
      continue
    }
    const value = hexValue(body[at + 1]) * 16 + hexValue(body[at + 2])
    if (value >= 0) {
      out[length++] = value
      at += 2
      continue
    }
    const soft = softBreakLength(body, at + 1)
    if (soft > 0) at += soft
    else out[length++] = byte
  }
  return out.subarray(0, length)
}

/** Bytes of white space and line end after `=` that make a soft line break; 0 where it is none. */
function softBreakLength(body: Buffer, from: number): number {
  let at = from
  while (body[at] === 0x20 || body[at] === 0x09) at++
  if (body[at] === 0x0d) at++
  if (body[at] === 0x0a) return at + 1 - from
  return at >= body.length ? Math.max(at - from, 1) : 0
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1000
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const upper = byte & 0xdf
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1000
}

function decodeUuencode(body: Buffer): Buffer {
  const lines = body.toString('latin1').split(/\r?\n/)
  const begin = lines.findIndex(line => /^begin [0-7]{3} /.test(line))
  const out: number[] = []
  for (const line of lines.slice(begin + 1)) {
    if (line === 'end' || line === '`') break
    const count = (line.charCodeAt(0) - 32) & 63
    const values = [...line.slice(1)].map(character => (character.charCodeAt(0) - 32) & 63)
    const decoded: number[] = []
    for (let at = 0; at + 3 < values.length + 3 && decoded.length < count; at += 4) {
      const [a = 0, b = 0, c = 0, d = 0] = values.slice(at, at + 4)
      decoded.push(((a << 2) | (b >> 4)) & 255, ((b << 4) | (c >> 2)) & 255, ((c << 6) | d) & 255)
    }
    for (const byte of decoded.slice(0, count)) out.push(byte)
  }
  return Buffer.from(out)
}
