import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { AppError, messageOf } from '../lib/app-error.ts'
import { isErrno, withFileLock } from '../lib/file-lock.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import { sealVault, type VaultScope } from '../redact/sealed-vault.ts'
import { Vault } from '../redact/vault.ts'
import { newVaultFile, openVault, parseVaultFile, vaultKey, withSealedVault } from '../redact/vault-file.ts'

/** Of every command that works with a vault. */
const vaultOptions = {
  vault: { type: 'string' },
  'key-file': { type: 'string' },
  tenant: { type: 'string' },
  case: { type: 'string' },
} as const

/** The flags of both ways, so that one set of them serves there and back. */
export const redactionOptions = {
  inventory: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean' },
  ...vaultOptions,
} as const

/** The text comes from standard input, which `-` names too; any other path is a mistake. */
export function refusePaths(positionals: readonly string[]): void {
  const path = positionals.find(given => given !== '-')
  if (path !== undefined)
    throw new AppError('bad-usage', `the text is read from standard input, not from '${path}': use < ${path}`)
}

export interface VaultFlags {
  readonly vault?: string | undefined
  readonly 'key-file'?: string | undefined
  readonly tenant?: string | undefined
  readonly case?: string | undefined
}

/** A vault, and `save`, which writes it back encrypted. */
export interface VaultOnDisk {
  readonly vault: Vault
  save(): Promise<void>
}

const daysKept = 90

/**
 * Runs `action` with the vault that the flags name, while no other command has it: else the later write would lose
 * the other's placeholders. Without `--vault`, an empty one that is not kept. Throws `bad-usage` and
 * `unreadable-input`.
 */
export async function withVault<Result>(
  flags: VaultFlags,
  nowMs: number,
  signal: AbortSignal,
  action: (kept: VaultOnDisk) => Promise<Result>,
): Promise<Result> {
  const scope: VaultScope = { tenant: flags.tenant ?? 'default', caseId: flags.case ?? 'default' }
  const path = flags.vault
  if (path === undefined)
    return action({ vault: new Vault(scope.tenant, scope.caseId), save: async () => {} })
  const keyPath = flags['key-file']
  if (keyPath === undefined) {
    throw new AppError('bad-usage', '--vault needs --key-file: a vault is never kept in clear')
  }
  const material = await readBytes(keyPath)
  if (material === undefined) throw new AppError('unreadable-input', `there is no key file ${keyPath}`)
  try {
    return await withFileLock(
      `${path}.lock`,
      async () => action(await openVaultFile(path, scope, material, nowMs)),
      { waitMs: 30_000, signal },
    )
  } catch (error) {
    const vaultFault = error instanceof AppError && /^(vault-|locked$)/.test(error.code)
    if (vaultFault || isErrno(error, 'ENOENT') || isErrno(error, 'EACCES')) {
      throw new AppError('unreadable-input', `${path}: ${messageOf(error)}`, { cause: error })
    }
    throw error
  }
}

async function openVaultFile(
  path: string,
  scope: VaultScope,
  material: Buffer,
  nowMs: number,
): Promise<VaultOnDisk> {
  const stored = await readBytes(path)
  const file = stored === undefined ? newVaultFile(randomBytes(16)) : parseVaultFile(stored.toString('utf8'))
  const key = vaultKey(material, file)
  const vault = openVault(file, scope, key, nowMs) ?? new Vault(scope.tenant, scope.caseId)
  return {
    vault,
    async save() {
      const expiresAtMs = nowMs + daysKept * 24 * 3_600_000
      const sealed = sealVault(vault, key, randomBytes(12), expiresAtMs)
      await writeWhole(path, `${JSON.stringify(withSealedVault(file, sealed, nowMs))}\n`)
    },
  }
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
}

/** A crash in the middle leaves the old file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.new`
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
}
