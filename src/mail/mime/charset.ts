/** Labels that senders use and the WHATWG encoding table does not know. */
const aliases: Record<string, string> = {
  'utf-7': 'utf-8',
  'cp-850': 'ibm866',
  'windows-874': 'windows-874',
  ansi: 'windows-1252',
  default: 'windows-1252',
  unknown: 'windows-1252',
  'unknown-8bit': 'windows-1252',
  'x-unknown': 'windows-1252',
  'iso-8859-8-i': 'iso-8859-8',
  cp932: 'shift_jis',
  'x-gbk': 'gbk',
  utf8mb4: 'utf-8',
  'iso-10646-ucs-2': 'utf-16be',
  'ucs-2': 'utf-16le',
}

/**
 * Decodes text in the charset that the mail claims; where the label is unknown, or the claim is a lie (bytes that are
 * valid UTF-8 under a single-byte label, invalid UTF-8 under `utf-8`), in what the bytes themselves say.
 */
export function decodeText(bytes: Buffer, label: string | undefined): { text: string; charset: string } {
  const claimed = (label ?? '').trim().toLowerCase().replaceAll('_', '-').replace(/^"|"$/g, '')
  const bom =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : ''
  if (bom !== '') return { text: decodeAs(bytes, bom) ?? bytes.toString('latin1'), charset: bom }
  const wide = /^(utf-16|ucs|iso-2022|gb|big5|shift|euc|cp932|x-gbk|hz|ks)/.test(claimed)
  if (!wide) {
    const text = bytes.toString('utf8')
    if (!text.includes('\ufffd')) return { text, charset: 'utf-8' }
  }
  const known = aliases[claimed] ?? claimed
  if (known !== '' && known !== 'utf-8' && known !== 'us-ascii') {
    const text = decodeAs(bytes, known)
    if (text !== undefined) return { text, charset: known }
  }
  const replaced = bytes.toString('utf8')
  const bad = replaced.split('\ufffd').length - 1
  // A few broken sequences in UTF-8 (a cut message) are still UTF-8; many mean that it never was.
  if (bad * 20 < replaced.length && /[\u0080-\ufffc]/.test(replaced))
    return { text: replaced, charset: 'utf-8' }
  return { text: decodeAs(bytes, 'windows-1252') ?? bytes.toString('latin1'), charset: 'windows-1252' }
}

function decodeAs(bytes: Buffer, label: string): string | undefined {
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return undefined // An unknown label: the caller goes by the bytes.
  }
}
