import { describe, expect, it } from 'vitest'
import { ShortcutRegistry, sequenceTimeoutMs } from './shortcut-registry.ts'

function setup() {
  const registry = new ShortcutRegistry()
  const ran: string[] = []
  const shortcut = (keys: string, name = keys) => ({
    keys,
    label: name,
    group: 'Test',
    run: () => void ran.push(name),
  })
  return { registry, ran, shortcut }
}

describe('ShortcutRegistry', () => {
  it('runs single keys and sequences, and says which keys it used', () => {
    const { registry, ran, shortcut } = setup()
    registry.register([shortcut('j'), shortcut('g q')])
    expect(registry.press('j', 0)).toBe(true)
    expect(registry.press('z', 0)).toBe(false)
    expect(registry.press('g', 10)).toBe(true)
    expect(registry.pending()).toBe('g')
    expect(registry.press('q', 20)).toBe(true)
    expect(registry.pending()).toBe('')
    expect(ran).toEqual(['j', 'g q'])
  })

  it('forgets a sequence after its time, and tries the key alone when a sequence does not match', () => {
    const { registry, ran, shortcut } = setup()
    registry.register([shortcut('q'), shortcut('j'), shortcut('g q')])
    registry.press('g', 0)
    registry.press('q', sequenceTimeoutMs + 1)
    registry.press('g', 5000)
    registry.press('j', 5001)
    expect(ran).toEqual(['q', 'j'])
  })

  it('gives a key to the latest registration and back when that goes', () => {
    const { registry, ran, shortcut } = setup()
    registry.register([shortcut('Escape', 'page')])
    const leave = registry.register([shortcut('Escape', 'drawer')])
    registry.press('Escape', 0)
    leave()
    registry.press('Escape', 0)
    expect(ran).toEqual(['drawer', 'page'])
  })

  it('lets an overlay shadow every page key', () => {
    const { registry, ran, shortcut } = setup()
    registry.register([shortcut('v 1', 'verdict')])
    const close = registry.register([shortcut('Escape', 'close')], 'overlay')
    registry.press('v', 0)
    registry.press('1', 1)
    expect(ran).toEqual([])
    expect(registry.active().map(active => active.label)).toEqual(['close'])
    close()
    registry.press('v', 2)
    registry.press('1', 3)
    expect(ran).toEqual(['verdict'])
  })
})
