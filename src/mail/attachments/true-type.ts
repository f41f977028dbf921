/** What bytes are, by their first ones. `unknown` is no accusation: most text formats have no mark. */
export type TrueType =
  | 'pdf'
  | 'zip'
  | 'rar'
  | '7z'
  | 'gzip'
  | 'iso'
  | 'ole'
  | 'rtf'
  | 'pe'
  | 'elf'
  | 'mach-o'
  | 'script'
  | 'shortcut'
  | 'onenote'
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'bmp'
  | 'tiff'
  | 'html'
  | 'svg'
  | 'xml'
  | 'cab'
  | 'ace'
  | 'vhd'
  | 'chm'
  | 'java'
  | 'unknown'

const marks: readonly (readonly [TrueType, number, string])[] = [
  ['pdf', 0, '25504446'],
  ['zip', 0, '504b0304'],
  ['zip', 0, '504b0506'],
  ['rar', 0, '526172211a07'],
  ['7z', 0, '377abcaf271c'],
  ['gzip', 0, '1f8b'],
  ['ole', 0, 'd0cf11e0a1b11ae1'],
  ['rtf', 0, '7b5c7274'],
  ['pe', 0, '4d5a'],
  ['elf', 0, '7f454c46'],
  ['java', 0, 'cafebabe'],
  ['mach-o', 0, 'cffaedfe'],
  ['shortcut', 0, '4c0000000114020000000000c000000000000046'],
  ['onenote', 0, 'e4525c7b8cd8a74daeb15378d02996d3'],
  ['png', 0, '89504e470d0a1a0a'],
  ['jpeg', 0, 'ffd8ff'],
  ['gif', 0, '47494638'],
  ['webp', 8, '57454250'],
  ['bmp', 0, '424d'],
  ['tiff', 0, '49492a00'],
  ['tiff', 0, '4d4d002a'],
  ['cab', 0, '4d534346'],
  ['ace', 7, '2a2a4143452a2a'],
  ['chm', 0, '49545346'],
  ['vhd', 0, '636f6e6563746978'],
  ['vhd', 0, '7668647866696c65'],
  ['iso', 0x8001, '4344303031'],
  ['script', 0, '2321'],
]

export function trueTypeOf(bytes: Buffer): TrueType {
  for (const [type, offset, mark] of marks) {
    const length = mark.length / 2
    if (bytes.length >= offset + length && bytes.subarray(offset, offset + length).toString('hex') === mark)
      return type
  }
  const start = bytes
    .subarray(0, 1024)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase()
  if (
    /^(?:<!doctype html|<html|<head|<body|<script|<meta|<title|<div|<a |<p>|<table)/.test(
      afterComments(start),
    )
  )
    return 'html'
  const page = afterComments(start.replace(/^<\?xml[^>]*>\s*/, ''))
  if (/^(?:<!doctype svg[^>]*>\s*)?<svg/.test(page)) return 'svg'
  if (start.startsWith('<?xml')) return 'xml'
  const pdf = bytes.subarray(0, 1024).indexOf('%PDF-')
  return pdf === -1 ? 'unknown' : 'pdf'
}

/**
 * What follows the comments that a page begins with. A loop: the pattern for it may end a comment at any later `-->` and tries
 * them all, so that a hundred comments in one attachment kept it busy for ever.
 */
function afterComments(page: string): string {
  let at = 0
  while (page.startsWith('<!--', at)) {
    const end = page.indexOf('-->', at + 4)
    if (end === -1) break
    at = end + 3
    while (/\s/.test(page.charAt(at))) at++
  }
  return page.slice(at)
}

const programs = new Set(
  'exe scr com pif bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta msi msp msix appx jar cpl dll lnk reg scf url inf sct application gadget chm xll ade mde iqy slk settingcontent-ms library-ms search-ms elf sh command app apk dmg'.split(
    ' ',
  ),
)
const shortcuts = new Set(['lnk', 'url', 'scf', 'library-ms', 'search-ms', 'settingcontent-ms'])
const diskImages = new Set(['iso', 'img', 'vhd', 'vhdx', 'udf', 'one'])

/** What opening a file of that name does: runs it, follows it, mounts it. */
export function dangerOfName(fileName: string): 'program' | 'shortcut' | 'disk-image' | undefined {
  const extension = extensionOf(fileName)
  if (shortcuts.has(extension)) return 'shortcut'
  if (programs.has(extension)) return 'program'
  return diskImages.has(extension) ? 'disk-image' : undefined
}

export function extensionOf(fileName: string): string {
  return /\.([a-z0-9-]{1,16})\s*$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
}

/** `invoice.pdf.exe`, or a name turned around by a direction override. */
export function isDoubleNamed(fileName: string): boolean {
  return (
    /\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|txt|csv|zip|mp[34])[\s_.-]*\.(?:exe|scr|com|pif|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|jar|html?|iso|img|url)$/i.test(
      fileName,
    ) || /[\u202a-\u202e\u2066-\u2069]/.test(fileName)
  )
}
