import { PasswordForm } from '../settings/password-form.tsx'
import { FormPage } from './form-page.tsx'

/** The one-time password was right; nothing else works until it is replaced. */
export function ChangePassword() {
  return (
    <FormPage title="Choose your own password">
      <p className="text-muted">The password you signed in with works only once.</p>
      <PasswordForm currentLabel="One-time password" />
    </FormPage>
  )
}
