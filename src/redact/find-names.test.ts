import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findNames } from './find-names.ts'
import { foldedView } from './fold.ts'
import { newTrie } from './name-trie.ts'

/** Names that begin alike, end inside one another, and hold what words are told apart by. */
const names = fc.string({ unit: fc.constantFrom(...'aab1._日'), minLength: 2, maxLength: 9 })

describe('findNames', () => {
  it('finds every name where it stands, whatever the others are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 1, maxLength: 12 }), all => {
        const trie = newTrie()
        for (const name of all) trie.add(name, 'term')
        const text = all.join(', ')
        const spans = findNames([foldedView(text)], trie.done())
        let start = 0
        for (const name of all) {
          const identity = `term ${name}`
          expect(spans).toContainEqual({ start, end: start + name.length, class: 'term', identity })
          start += name.length + 2
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes any break for that between the words of a name, and the exact one before', () => {
    const trie = newTrie()
    for (const name of ['red falcon', 'red-falcon nine', 'red']) trie.add(name, 'term')
    const find = (text: string) => findNames([foldedView(text)], trie.done()).map(span => span.identity)
    expect(find('red_falcon')).toEqual(['term red falcon'])
    expect(find('red \n falcon')).toEqual(['term red falcon'])
    expect(find('red-falcon+nine')).toEqual(['term red-falcon nine'])
    expect(find('red falconx')).toEqual(['term red'])
    expect(find('red')).toEqual(['term red'])
    expect(find('reds')).toEqual([])
  })
})
