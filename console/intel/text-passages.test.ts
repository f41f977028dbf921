import { expect, it } from 'vitest'
import { passagesOf } from './text-passages.ts'

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

it('takes offsets beyond the text and quotes that are not in it for nothing', () => {
  expect(
    passagesOf('abc', [{ offset: 99, type: 'md5', value: 'x' }], [{ id: 'T1', quotes: ['zzz'] }]),
  ).toEqual([{ kind: 'plain', text: 'abc' }])
})
