import { describe, expect, it } from 'vitest'
import { joinWrapped } from './join-wrapped.ts'

const sha256 = 'ef797c8118f02dfb649607dd5d3f8c7623048c9c063d532cc95c5ed7a898a64f'
const pieces = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? ''

describe('digests in narrow cells', () => {
  it.each([17, 22, 25, 40, 63])('a SHA-256 in lines of %i', width =>
    expect(joinWrapped(`loader\n${pieces(sha256, width)}\na tool`)).toBe(`loader\n${sha256}\na tool`),
  )
  it('two of them, one below the other', () =>
    expect(joinWrapped(`${pieces(sha256, 22)}\n${pieces(sha256, 22)}`)).toBe(`${sha256}\n${sha256}`))
  it('stay apart where nobody can tell: two MD5s, or half of something', () => {
    const two = `${sha256.slice(0, 32)}\n${sha256.slice(32)}`
    expect(joinWrapped(two)).toBe(two)
    const sixteens = pieces(sha256, 16)
    expect(joinWrapped(sixteens)).toBe(sixteens)
    expect(joinWrapped('dead\nbeef\ncafe')).toBe('dead\nbeef\ncafe')
  })
})

describe('URLs and names', () => {
  it.each([
    ['hxxps://a-long-\nname[.]com/x', 'hxxps://a-long-name[.]com/x'],
    [
      'hxxps://bad[.]com/many\n/segments/file.php?\nsession=0123',
      'hxxps://bad[.]com/many/segments/file.php?session=0123',
    ],
    ['bad-\nname[.]com', 'bad-name[.]com'],
    ['CVE-2023-\n27532 and CVE-\n2024-1234', 'CVE-2023-27532 and CVE-2024-1234'],
  ])('%j', (text, whole) => expect(joinWrapped(text)).toBe(whole))

  it.each([
    'hxxps://bad[.]com/\nThe next sentence',
    'hxxps://bad[.]com/a/\nC2',
    'hxxps://one[.]com/\nhxxps://two[.]com/',
    'one.example.com\ntwo.example.com',
    'command-\nand-control',
  ])('leaves %j', text => expect(joinWrapped(text)).toBe(text))
})

it('makes a sentence of lines that ended at the edge of a column, and leaves lists and headings', () => {
  const text =
    'Summary of it\n\nThe group sends mails with an archive that\nholds a shortcut, and the shortcut starts a\nscript. It then asks a server for more of the\nsame.\n\nbad-one[.]com\nbad-two[.]com\n\n1. copied the database of the domain and\n2. packed it'
  expect(joinWrapped(text)).toBe(
    'Summary of it\n\nThe group sends mails with an archive that holds a shortcut, and the shortcut starts a script. It then asks a server for more of the same.\n\nbad-one[.]com\nbad-two[.]com\n\n1. copied the database of the domain and\n2. packed it',
  )
})

it('is linear in hostile texts', () => {
  for (const line of ['a', 'ab', 'http://a/', '-', 'a-', 'CVE-', 'word word word word word word word'])
    joinWrapped(`${line}\n`.repeat(200_000))
})

describe('what nobody sets on a page', () => {
  it.each([
    ['one word without an end', `${'a'.repeat(2_000_000)}\nb`],
    ['a line of tabs', `${'a b c d '.repeat(4)}${'\t'.repeat(2_000_000)}x\nb`],
    ['a URL that goes on and on', `http://a/${'\n/ab'.repeat(300_000)}`],
    ['a line of blanks', `${'a b c d '.repeat(4)}${' '.repeat(2_000_000)}x\nb`],
  ])('%s is read once', (_, text) => {
    const joined = joinWrapped(text)
    expect(joined.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
  })

  it('joins no more of a URL than a URL is long, and keeps every piece', () => {
    const joined = joinWrapped(`http://a/${'\n/ab'.repeat(2_000)}`)
    expect(joined.split('\n')[0]?.length).toBeGreaterThan(1_900)
    expect(joined.split('\n')[0]?.length).toBeLessThan(2_200)
    expect(joined.replaceAll('\n', '')).toBe(`http://a/${'/ab'.repeat(2_000)}`)
  })
})
