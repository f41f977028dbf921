import { describe, expect, it } from 'vitest'
import { extractIndicators } from './extract-indicators.ts'

const sha256 = 'a'.repeat(32) + 'b3'.repeat(16)
const pathsOf = (text: string) =>
  extractIndicators(text)
    .indicators.filter(({ type }) => type === 'path')
    .map(({ value }) => value)

describe('file names without a folder', () => {
  it.each([
    [`${sha256} invoice_0423.exe`, ['invoice_0423.exe']],
    [`- ${sha256} - Stolen Images Evidence.js`, ['Stolen Images Evidence.js']],
    [`| **olasius.dll** | ${sha256} | loader |`, ['olasius.dll']],
    [`"worldsex.dll","${sha256}","12 KB"`, ['worldsex.dll']],
    ['- File name: Inv(05-10)Copy#19-25-49.exe', ['Inv(05-10)Copy#19-25-49.exe']],
    ['Saved file name: rad00A25.tmp.dll', ['rad00A25.tmp.dll']],
    ['**Filename:** `kworkerd.elf`', ['kworkerd.elf']],
  ])('%s', (text, expected) => {
    expect(pathsOf(text)).toEqual(expected)
  })

  it.each([
    'The loader drops invoice_0423.exe and runs it.',
    'Open setup.exe, then index.js.',
    'File name: see below',
    `${sha256} is the digest of the sample that was started by something called evil.exe.`,
    'File name: a...exe',
  ])('none in: %s', text => {
    expect(pathsOf(text)).toEqual([])
  })

  it('what every system has is dropped, with the reason', () => {
    const { indicators, dropped } = extractIndicators(`${sha256} powershell.exe\n${sha256} evil-one.exe`)
    expect(indicators.map(({ value }) => value)).toEqual([sha256, 'evil-one.exe'])
    expect(dropped).toContainEqual(
      expect.objectContaining({ value: 'powershell.exe', reason: 'a file name that many files have' }),
    )
  })

  it('a path stays a path, and is found once', () => {
    expect(pathsOf(`${sha256} C:\\Users\\Public\\evil-one.exe`)).toEqual(['C:\\Users\\Public\\evil-one.exe'])
    expect(pathsOf(`File name: /tmp/.x/evil-one.bin`)).toEqual(['/tmp/.x/evil-one.bin'])
  })

  it('ends soon whatever the lines are', () => {
    for (const piece of ['a.exe ', 'a ', '"', '- ', `${sha256} `, '\t|', '(', 'file name: '])
      expect(pathsOf(piece.repeat(30_000)).length).toBeLessThan(30_000)
  })
})
