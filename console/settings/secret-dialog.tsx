import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'

/** Shows a secret once. It is nowhere else, and cannot be shown again. */
export function SecretDialog({
  title,
  secret,
  hint,
  onClose,
}: {
  title: string
  secret: string
  hint: string
  onClose: () => void
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-3">
        <p>It is shown this once and cannot be shown again. {hint}</p>
        <code className="rounded border border-line-strong bg-sunken p-2 font-mono wrap-anywhere select-all">
          {secret}
        </code>
        <div className="flex justify-end gap-2">
          <CopyButton text={secret} />
          <Button look="primary" onClick={onClose}>
            I have kept it
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
