import fc from 'fast-check'
import { create } from 'fontkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { readPdf } from '../intel/read-pdf.ts'
import { joinedForms, letterOf } from './arabic-forms.ts'
import { most } from './load-glyphs.ts'
import { type Paragraph, pdfDocument } from './pdf-document.ts'
import { readableText, visualOrder } from './readable-text.ts'
import { drawnGlyph, trueTypeFont } from './true-type.ts'

const document = (texts: readonly string[], faces: readonly Paragraph['face'][] = ['regular']) =>
  pdfDocument({
    title: texts[0] ?? '',
    creator: 'Tocsin',
    atMs: 0,
    paragraphs: texts.flatMap(text => faces.map(face => ({ text, face, size: 10, after: 0.3 }))),
  })
/** What a reader of PDFs finds in it, on one line. */
const found = async (bytes: Buffer) => {
  const { text, problems } = await readPdf(bytes)
  expect(problems).toEqual([])
  return text.replace(/\s+/g, ' ')
}
const range = (first: number, length: number) =>
  String.fromCodePoint(...Array.from({ length }, (_, index) => first + index))
/** A text as it is drawn, from left to right, by a font that has every character. */
const drawn = (text: string) =>
  visualOrder(readableText(text, () => true).clusters)
    .map(({ shown }) => shown)
    .join('')

describe('letters outside Latin-1 can be read and are found in the PDF', () => {
  it.each([
    ['German and French', 'Müller, café naïve'],
    ['Polish', 'Zażółć gęślą jaźń on łódź-dc01.corp.example'],
    ['Turkish', 'İstanbul ığüşöç'],
    ['Vietnamese', 'Nguyễn Thị Hồng Ánh đăng nhập'],
    ['Cyrillic', 'Иванов Сергей, DC-МОСКВА-01, їжак ґанок Ђорђе'],
    ['Greek', 'Γιώργος Παπαδόπουλος'],
    ['Hebrew', 'user דוד כהן logged in to שרת-01 at 12:30; שָׁלוֹם'],
    ['Arabic', 'user محمد عبد الله logged in, السلام عليكم'],
    ['Persian', 'پروژه گزارش چای'],
    ['Chinese', '张伟 登录了服务器 北京-DC01，失败三次'],
    ['Chinese, traditional', '臺灣伺服器管理員陳志明'],
    ['Japanese', '山田 太郎 がログインしました。「見積書.xlsx」'],
    ['Korean', '김철수 사용자가 서버에 로그인했습니다'],
  ])('%s', async (_name, text) => {
    const read = await found(await document([text], ['regular', 'bold', 'oblique']))
    expect(read.split(text)).toHaveLength(4)
  })

  it('as macOS writes names of files, too', async () => {
    const text = 'Nguyễn José 한국어'
    expect(await found(await document([text.normalize('NFD')]))).toContain(text)
  })

  it('the title of the window has them', async () => {
    expect((await readPdf(await document(['Отчёт محمد 张伟 \u202e']))).title).toBe('Отчёт محمد 张伟 U+202E')
  })

  it('a paragraph of thousands of letters is broken into lines and cut where it says so', async () => {
    const text = await found(await document([`${'Я'.repeat(3_000)} ${'x'.repeat(3_000)}`]))
    expect(text.replaceAll(' ', '')).toBe(`${'Я'.repeat(3_000)}${'x'.repeat(999)}…(cuthere)`)
  })
})

/** What is told, what text holds it, and what is to be read. */
const hiding: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['direction controls', 'report\u202efdp.exe \u2066x\u2069', 'reportU+202Efdp.exe U+2066xU+2069'],
  ['zero width', 'pay\u200bpal \ufeff\u200d', 'payU+200Bpal U+FEFFU+200D'],
  ['soft hyphens', 'pay\u00adpal', 'payU+00ADpal'],
  ['tags and selectors', 'a\u{e0041} b\ufe0f', 'aU+E0041 bU+FE0F'],
  ['halves of surrogates', 'a\ud83d b\udc00', 'aU+D83D bU+DC00'],
  ['private characters', 'a\ue622\uf8ff', 'aU+E622U+F8FF'],
  ['shapes of Arabic letters', 'a \ufefb', 'a U+FEFB'],
  ['a Cyrillic letter in a Latin word', 'p\u0430ypal.com', 'pU+0430ypal.com'],
  ['marks without an end', `a${'\u0301'.repeat(7)}`, 'á\u0301\u0301\u0301\u0301U+0301U+0301'],
  ['a mark on nothing', '\u0301x', 'U+0301x'],
  ['what no font here has', 'Thai \u0e2a', 'Thai U+0E2A'],
]

describe('nothing hides', () => {
  let read = ''
  beforeAll(async () => {
    read = await found(await document(hiding.map(([name, text]) => `${name}: ${text}`)))
  })

  it.each(hiding)('%s', (name, _text, shown) => {
    expect(read).toContain(`${name}: ${shown.normalize('NFC')}`)
  })

  it('and it is said what the codes are', () => {
    expect(read).toContain('U+ and digits stand for')
  })

  it('whatever text there is, no hidden character is left in what is drawn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        // Our own mark for a letter that is drawn with the one before it.
        expect(drawn(text).replace(/[\ue622-\ue627]/g, '')).not.toMatch(
          /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u,
        )
      }),
    )
  })

  it('digits, signs and Latin letters stay where they are beside Hebrew', () => {
    expect(drawn('a אב 12 ג.exe')).toBe('a בא 12 ג.exe')
    expect(drawn('אב גד')).toBe('דג בא')
  })
})

describe('a document of hostile text', () => {
  it('has a bounded number of large glyphs, says so, and still has the alphabets', async () => {
    const hostile = Array.from({ length: 50 }, (_, index) => range(0x4e00 + 100 * index, 100))
    const bytes = await document([...hostile, 'пользователь דוד'])
    const text = await found(bytes)
    const ideographs = text.match(/[\u4e00-\u9fff]/g) ?? []
    expect(ideographs.length).toBeGreaterThan(500)
    expect(ideographs.length).toBeLessThanOrEqual(most.characters)
    expect(text).toContain('U+6187')
    expect(text).toContain('пользователь דוד')
    expect(text).toContain('different characters are drawn at most')
    // What other documents had loaded changes nothing.
    expect((await document([...hostile, 'пользователь דוד'])).equals(bytes)).toBe(true)
  })
})

describe('Arabic letters', () => {
  const shapes = (text: string) => joinedForms([...text], () => true)

  it('take the shape that their neighbours give them', () => {
    // Beh alone; at the start, in the middle and at the end; after alef, which joins to nothing behind it.
    expect(shapes('ب')).toEqual(['\ufe8f'])
    expect(shapes('ببب')).toEqual(['\ufe91', '\ufe92', '\ufe90'])
    expect(shapes('باب')).toEqual(['\ufe91', '\ufe8e', '\ufe8f'])
    expect(shapes('ءب')).toEqual(['\ufe80', '\ufe8f'])
  })

  it('lam and alef are one shape, and both letters are found', () => {
    expect(shapes('لا')).toEqual(['\ufefb', '\ue627'])
    expect(shapes('بلا')).toEqual(['\ufe91', '\ufefc', '\ue627'])
    expect(shapes('بلا').map(letterOf).join('')).toBe('بلا')
  })

  it('stay letters where the font lacks the shape', () => {
    expect(joinedForms(['ل', 'ا'], () => false)).toEqual(['ل', 'ا'])
  })
})

it('an embedded font holds the outlines that it was given', () => {
  const path = [
    { command: 'moveTo', args: [0, 0] },
    { command: 'lineTo', args: [500, 0] },
    { command: 'quadraticCurveTo', args: [700, 350, 500, 700] },
    { command: 'lineTo', args: [0, 0] },
    { command: 'closePath', args: [] },
  ]
  const nothing = drawnGlyph([], 0, 1000)
  const font = create(trueTypeFont([nothing, drawnGlyph(path, 600, 1000), nothing]))
  if (!('getGlyph' in font)) throw new Error('a collection of fonts')
  const { advanceWidth, bbox } = font.getGlyph(1)
  expect(advanceWidth).toBe(Math.round(600 * 2.048))
  expect(bbox).toMatchObject({ minX: 0, minY: 0, maxY: Math.round(700 * 2.048) })
  expect(font.getGlyph(2).path.commands).toEqual([])
})
