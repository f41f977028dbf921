import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createClaimReader } from './stream-claims.ts'

const claims = [
  { text: 'A "quoted" brace } and [ in a log', evidence: [{ id: 'E1', quote: 'x\\"{' }] },
  { text: 'Second.', evidence: [] },
]
const whole = `Here you are:\n\`\`\`json\n${JSON.stringify({ found: true, sentences: claims })}\n\`\`\``

it('returns each sentence once, as soon as it is whole, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), cuts => {
      const read = createClaimReader()
      const ends = [...new Set([...cuts, whole.length])].sort((a, b) => a - b)
      expect(ends.flatMap(end => read(whole.slice(0, end)))).toEqual(claims)
    }),
    { seed: 1, numRuns: 100 },
  )
})

it('never returns half a sentence', () => {
  const read = createClaimReader()
  const end = whole.indexOf('Second')
  expect(read(whole.slice(0, end))).toHaveLength(1)
})

it('begins anew where another attempt does', () => {
  const read = createClaimReader()
  read(whole.slice(0, 60))
  expect(read('{"sentences":[{"text":"Other.","evidence":[]}]}')).toEqual([{ text: 'Other.', evidence: [] }])
})

it('is not confused by what is no sentence', () => {
  const read = createClaimReader()
  expect(read('[{"text":1}] {"a":[{"text":"x"}],"b":{"c":[{"text":"deep","evidence":[]}]}}')).toEqual([])
})
