import { useState } from 'react'
import { Button } from './button.tsx'

/** Copies text as it is, hidden characters included. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <Button
      onClick={() =>
        navigator.clipboard.writeText(text).then(
          () => {
            setCopied(true)
            setTimeout(() => setCopied(false), 2000)
          },
          () => setCopied(false),
        )
      }
    >
      {copied ? 'Copied' : label}
    </Button>
  )
}
