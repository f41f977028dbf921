import { describe, expect, it } from 'vitest'
import { reveal } from './reveal.ts'
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
})
