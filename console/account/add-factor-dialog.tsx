import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewTotp } from '../../src/http/contract-sign-in.ts'
import { addPasskey, beginTotp, confirmTotp } from '../api/factors.ts'
import { sessionKey } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { useProof } from './proof-fields.tsx'
import { QrCode } from './qr-code.tsx'

/** Adds an authenticator app or a passkey; with the first one come the recovery codes. */
export function AddFactorDialog({ kind, onClose }: { kind: 'totp' | 'passkey'; onClose: () => void }) {
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  const done = async (recoveryCodes: readonly string[] | null) => {
    if (recoveryCodes === null) {
      await renew()
      onClose()
    } else setCodes(recoveryCodes)
  }
  const renew = async () => {
    await client.invalidateQueries({ queryKey: ['factors'] })
    await client.invalidateQueries({ queryKey: ['sessions'] })
    await client.invalidateQueries({ queryKey: sessionKey })
  }
  if (codes !== undefined)
    return (
      <RecoveryCodesDialog
        codes={codes}
        onClose={() => {
          void renew()
          onClose()
        }}
      />
    )
  return kind === 'totp' ? (
    <TotpDialog onClose={onClose} onDone={done} />
  ) : (
    <PasskeyDialog onClose={onClose} onDone={done} />
  )
}

function TotpDialog({
  onClose,
  onDone,
}: {
  onClose: () => void
  onDone: (codes: readonly string[] | null) => Promise<void>
}) {
  const proof = useProof('account')
  const [begun, setBegun] = useState<NewTotp>()
  const [code, setCode] = useState('')
  const begin = async () => setBegun(await beginTotp(await proof.give()))
  const confirm = async () => {
    if (begun !== undefined) await onDone((await confirmTotp(begun.id, code)).recoveryCodes)
  }
  if (begun === undefined)
    return (
      <FormDialog
        title="Add an authenticator app"
        action="Show the QR code"
        ready={proof.ready}
        send={begin}
        onClose={onClose}
      >
        <p>An app on your phone shows a six-digit code that changes every half minute.</p>
        {proof.fields}
      </FormDialog>
    )
  return (
    <FormDialog title="Scan, then confirm" action="Confirm" send={confirm} onClose={onClose}>
      <div className="grid justify-items-center">
        <QrCode text={begun.uri} label="QR code for the authenticator app" />
      </div>
      <p className="text-sm text-muted">Without a camera, type this secret into the app:</p>
      <p className="flex flex-wrap items-center gap-2">
        <code className="font-mono text-sm wrap-anywhere select-all">{begun.secret}</code>
        <CopyButton text={begun.secret} />
      </p>
      <TextField
        label="The code that the app shows now"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        maxLength={10}
        value={code}
        onChange={event => setCode(event.target.value)}
      />
    </FormDialog>
  )
}

function PasskeyDialog({
  onClose,
  onDone,
}: {
  onClose: () => void
  onDone: (codes: readonly string[] | null) => Promise<void>
}) {
  const proof = useProof('account')
  const [name, setName] = useState('')
  const add = async () => onDone((await addPasskey(name.trim(), await proof.give())).recoveryCodes)
  return (
    <FormDialog
      title="Add a passkey"
      action="Make the passkey"
      ready={proof.ready}
      send={add}
      onClose={onClose}
    >
      <p>
        A passkey is a key in this device, your phone or a security key. It signs you in without a password
        and cannot be given away to a false page.
      </p>
      <TextField
        label="Name it"
        hint="So that you know it again: Laptop, YubiKey…"
        required
        maxLength={100}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      {proof.fields}
    </FormDialog>
  )
}

/** The codes for the day on which the factor is lost. Shown this once. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog title="Keep these recovery codes" onClose={onClose}>
      <div className="grid gap-3">
        <p>
          Each lets you sign in once, after your password, should you lose your second factor. They are shown
          only now: print them, or keep them where your phone is not.
        </p>
        <ul className="grid grid-cols-2 gap-1 rounded border border-line-strong bg-sunken p-2 font-mono text-sm select-all max-sm:grid-cols-1">
          {codes.map(code => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className="flex justify-end gap-2">
          <CopyButton text={codes.join('\n')} />
          <Button look="primary" onClick={onClose}>
            I have kept them
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
