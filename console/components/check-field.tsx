import type { ReactNode } from 'react'

/** A box to tick, with its words beside it. */
export function CheckField({
  checked,
  disabled,
  className = '',
  onChange,
  children,
}: {
  checked: boolean
  disabled?: boolean
  className?: string
  onChange: (checked: boolean) => void
  children: ReactNode
}) {
  return (
    <label className={`flex items-center gap-1.5 ${className}`}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={event => onChange(event.target.checked)}
      />
      {children}
    </label>
  )
}
