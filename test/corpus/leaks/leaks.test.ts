import { describe, expect, it } from 'vitest'
import { emptyInventory } from '../../../src/domain/inventory.ts'
import { scanRequest } from '../../../src/redact/egress-scan.ts'
import { plants } from './leak-trial.ts'
import { runLeaks } from './run-leaks.ts'

describe('planted identifiers', () => {
  it('never reach a server, reveal exactly, and leave public indicators readable', async () => {
    const report = await runLeaks(1_500, 20261124)
    expect(report.faults).toEqual([])
    expect(report.classes).toBeGreaterThanOrEqual(15)
    expect(report.encodings).toBeGreaterThanOrEqual(12)
  })

  it('are stopped by the egress scan where redaction is skipped', () => {
    const missed: string[] = []
    let planted = 0
    for (const { identifierClass, value, text, encoding } of plants(4711)) {
      if (++planted > 1_000) break
      if (identifierClass.list === undefined) continue
      const findings = scanRequest(Buffer.from(JSON.stringify({ content: text })), {
        inventory: { ...emptyInventory, [identifierClass.list]: [value] },
        vaultValues: [],
        placeholders: [],
        constants: [],
      })
      if (findings.length === 0) missed.push(`${identifierClass.name}, ${encoding}: ${value}`)
    }
    expect(missed).toEqual([])
  })
})
