import { describe, expect, it } from 'vitest'
import { pages } from './pages.ts'

describe('the list of pages', () => {
  it('gives each page an address and a key of its own', () => {
    const paths = pages.map(page => page.path)
    const keys = pages.flatMap(page => page.goKey ?? [])
    expect(new Set(paths).size).toBe(paths.length)
    expect(new Set(keys).size).toBe(keys.length)
    // `g g` is the first case of the queue.
    expect(keys).not.toContain('g')
  })
})
