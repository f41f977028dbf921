import type { AccountChanged } from '../../src/http/contract-accounts.ts'
import { SecretDialog } from './secret-dialog.tsx'

/** Shows the one-time password that came of a change. */
export function OneTimePassword({ changed, onClose }: { changed: AccountChanged; onClose: () => void }) {
  if (changed.user === null || changed.oneTimePassword === null) return null
  return (
    <SecretDialog
      title={`One-time password for ${changed.user.displayName}`}
      secret={changed.oneTimePassword}
      hint="Hand it to them yourself; it must be changed at the first sign-in."
      onClose={onClose}
    />
  )
}
