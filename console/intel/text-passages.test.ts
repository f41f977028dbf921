import { expect, it } from 'vitest'
import { passageAnchor, passagesOf } from './text-passages.ts'

it('marks indicators and quotes, by code points, and loses no text', () => {
  const text = '😀 It beacons to evil[.]example, then sleeps. Done.'
  const passages = passagesOf(
    text,
    [{ offset: 16, type: 'domain', value: 'evil.example' }],
    [{ id: 'T1071', quotes: ['It beacons to evil[.]example, then sleeps.'] }],
  )
  expect(passages).toEqual([
    { kind: 'plain', text: '😀 ' },
    { kind: 'technique', text: 'It beacons to ', label: 'T1071' },
    { kind: 'indicator', text: 'evil[.]example', label: 'domain evil.example' },
    { kind: 'technique', text: ', then sleeps.', label: 'T1071' },
    { kind: 'plain', text: ' Done.' },
  ])
  expect(passages.map(passage => passage.text).join('')).toBe(text)
})

it('anchors what a model cites, also where an indicator begins it, and marks the rest of it', () => {
  const text = 'evil.example is the server. It sleeps.'
  const passages = passagesOf(
    text,
    [{ offset: 0, type: 'domain', value: 'evil.example' }],
    [],
    [{ start: 0, end: 27 }],
  )
  expect(passages).toEqual([
    { kind: 'indicator', text: 'evil.example', label: 'domain evil.example', anchor: passageAnchor(0) },
    { kind: 'cited', text: ' is the server.', label: 'cited above' },
    { kind: 'plain', text: ' It sleeps.' },
  ])
  expect(passagesOf('abc', [], [], [{ start: 1, end: 99 }])).toEqual([{ kind: 'plain', text: 'abc' }])
})

it('takes offsets beyond the text and quotes that are not in it for nothing', () => {
  expect(
    passagesOf('abc', [{ offset: 99, type: 'md5', value: 'x' }], [{ id: 'T1', quotes: ['zzz'] }]),
  ).toEqual([{ kind: 'plain', text: 'abc' }])
})
