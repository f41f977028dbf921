import { expect, it } from 'vitest'
import { affectedProducts } from './affected-products.ts'

it.each([
  ['Affected: npm bear < 2.0.0', ['bear']],
  ['Affected: PyPI bear-parser, npm @scope/otter >= 1.2 < 3', ['bear-parser', '@scope/otter']],
  ['vendorProject: Progress\nproduct: MOVEit Transfer\nvulnerabilityName: x', ['MOVEit Transfer']],
  ['Affected products: Bear Gateway before 9.1; Otter Mail (all versions)', ['Bear Gateway', 'Otter Mail']],
  ['Affected packages: 12, 3', []],
  ['The product runs on Windows. Affected users should update.', []],
])('%j', (text, products) => {
  expect(affectedProducts(text)).toEqual(products)
})

it('reads long and hostile lines in linear time', () => {
  for (const text of [
    'affected: '.repeat(50_000),
    `product:${' '.repeat(200_000)}`,
    `products: ${'a,'.repeat(100_000)}`,
  ])
    expect(affectedProducts(text).length).toBeLessThanOrEqual(100)
})
