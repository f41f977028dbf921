import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRevealer, reveal } from './reveal.ts'
import { Vault } from './vault.ts'

function vaultOf(...values: readonly string[]): Vault {
  const vault = new Vault('tenant', 'case')
  for (const value of values) vault.issue(`host ${value}`, value, owner => `HOST-${owner.number('HOST')}`)
  return vault
}

describe('reveal', () => {
  it('restores only what was issued here, and only once', () => {
    const vault = vaultOf('srv1', '[HOST-1]')
    expect(reveal('[HOST-1] [HOST-2] [HOST-3] [host-1]', vault)).toBe('srv1 [HOST-1] [HOST-3] [host-1]')
  })

  it('does not take replacement patterns in a value for orders', () => {
    expect(reveal('a [HOST-1] b', vaultOf("$&$1$`$'"))).toBe("a $&$1$`$' b")
  })

  it('gives the same however a stream is cut', () => {
    const vault = vaultOf('srv1', 'x[HOST-1]y', 'long '.repeat(50))
    const text = fc.array(
      fc.constantFrom('[HOST-1]', '[HOST-2]', '[HOST-3]', '[', ']', '[HOST', '-1', ' ', 'x'),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(text, fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), (parts, cuts) => {
        const whole = parts.join('')
        const revealer = createRevealer(vault)
        let shown = ''
        for (let at = 0, i = 0; at < whole.length; i++) {
          const length = 1 + (cuts[i % cuts.length] ?? 0)
          shown += revealer.push(whole.slice(at, at + length))
          at += length
        }
        expect(shown + revealer.end()).toBe(reveal(whole, vault))
      }),
    )
  })

  it('holds back no more than an unfinished placeholder', () => {
    const revealer = createRevealer(vaultOf('srv1'))
    expect(revealer.push('seen on [HO')).toBe('seen on ')
    expect(revealer.push('ST-1] and [not one')).toBe('srv1 and [not one')
    expect(revealer.push(' of ours [HOST-9')).toBe(' of ours ')
    expect(revealer.end()).toBe('[HOST-9')
    expect(revealer.push(`[${'x'.repeat(200)}`)).toHaveLength(201)
  })
})
