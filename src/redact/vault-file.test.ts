import { describe, expect, it } from 'vitest'
import { sealVault } from './sealed-vault.ts'
import { Vault } from './vault.ts'
import {
  newVaultFile,
  openVault,
  parseVaultFile,
  type VaultFile,
  vaultKey,
  withSealedVault,
} from './vault-file.ts'

const salt = Buffer.alloc(16, 7)
const nowMs = 1_000
const scope = { tenant: 'acme', caseId: 'case-1' }

function sealed(file: VaultFile, vault: Vault, key: Buffer, nonce: number): VaultFile {
  return withSealedVault(file, sealVault(vault, key, Buffer.alloc(12, nonce), 5_000), nowMs)
}

function example() {
  const key = vaultKey(Buffer.from('key material'), newVaultFile(salt))
  const vault = new Vault(scope.tenant, scope.caseId)
  vault.issue('host srv1', 'srv1', owner => `HOST-${owner.number('HOST')}`)
  vault.issue('host srv1', 'SRV1', () => 'not asked again')
  return { key, vault, file: sealed(newVaultFile(salt), vault, key, 1) }
}

describe('a sealed vault', () => {
  it('opens to what was sealed, and goes on counting from there', () => {
    const { key, file } = example()
    const vault = openVault(parseVaultFile(JSON.stringify(file)), scope, key, nowMs)
    expect(vault?.valueOf('[HOST-1b]')).toBe('SRV1')
    expect(vault?.issue('host srv1', 'Srv1', () => 'unused')).toBe('[HOST-1c]')
    expect(vault?.issue('host srv2', 'srv2', owner => `HOST-${owner.number('HOST')}`)).toBe('[HOST-2]')
  })

  it('holds neither a value nor a case name in clear', () => {
    expect(JSON.stringify(example().file)).not.toMatch(/srv1|acme|case-1/i)
  })

  it('does not open with another key, after its time, or when it was changed', () => {
    const { key, file } = example()
    const [record] = file.records
    expect(() => openVault(file, scope, vaultKey(Buffer.from('other'), file), nowMs)).toThrow(/wrong key/)
    expect(() => openVault(file, scope, key, 5_000)).toThrow(/expired/)
    const later = { ...file, records: file.records.map(each => ({ ...each, expiresAtMs: 9_000_000 })) }
    expect(() => openVault(later, scope, key, 6_000)).toThrow(/changed/)
    const data = Buffer.from(record?.data ?? '', 'base64')
    data.writeUInt8(data.readUInt8(3) ^ 1, 3)
    const flipped = { ...file, records: [{ ...record, data: data.toString('base64') }] } as VaultFile // the same shape
    expect(() => openVault(flipped, scope, key, nowMs)).toThrow(/changed/)
  })

  it('cannot be moved to another case', () => {
    const { key, file, vault } = example()
    const other = new Vault('acme', 'case-2')
    const both = sealed(file, other, key, 2)
    const [first, second] = both.records
    const swapped = { ...both, records: [{ ...first, scope: second?.scope ?? '' }] } as VaultFile // the same shape
    expect(() => openVault(swapped, { tenant: 'acme', caseId: 'case-2' }, key, nowMs)).toThrow(/changed/)
    expect(openVault(both, scope, key, nowMs)?.size).toBe(vault.size)
  })
})
