import { useQueryClient } from '@tanstack/react-query'
import { FactorList } from '../account/factor-list.tsx'
import { signOut } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Toasts } from '../components/toast.tsx'
import { FormPage } from './form-page.tsx'

/** The role takes a second factor; nothing else works until there is one, or the person signs in again with theirs. */
export function AddFactor({ role }: { role: string }) {
  const client = useQueryClient()
  return (
    <FormPage title="Add a second factor">
      <p>
        Your role ({role}) takes more than a password. Add an authenticator app or a passkey; where you have
        one already, sign out and in again with it.
      </p>
      <FactorList />
      <Button look="quiet" className="justify-self-start" onClick={() => void signOut(client)}>
        Sign out
      </Button>
      <Toasts />
    </FormPage>
  )
}
