import type { ComponentProps } from 'react'
import { KeyHint } from './key-hint.tsx'

const looks = {
  primary:
    'bg-accent-solid text-accent-text border-transparent hover:brightness-110 disabled:bg-sunken disabled:text-faint',
  plain: 'bg-surface text-ink border-line-strong hover:bg-selected disabled:text-faint disabled:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-selected disabled:text-faint',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-tint disabled:text-faint disabled:border-line',
} as const

/** Class names for a button's look, also for links that act as one. */
export function buttonClass(look: keyof typeof looks): string {
  return `inline-flex min-h-7 items-center justify-center gap-1.5 whitespace-nowrap rounded border px-2.5 py-0.5 text-sm font-medium max-sm:min-h-9 ${looks[look]}`
}

/**
 * A button. `keys` shows the shortcut that does the same; `busy` keeps the width and says so to screen readers.
 * At most one `primary` on a screen.
 */
export function Button({
  look = 'plain',
  keys,
  busy = false,
  className = '',
  children,
  disabled,
  ...rest
}: ComponentProps<'button'> & { look?: keyof typeof looks; keys?: string; busy?: boolean }) {
  return (
    <button
      type="button"
      className={`${buttonClass(look)} ${className}`}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {children}
      {keys !== undefined && <KeyHint keys={keys} />}
    </button>
  )
}

/** A button that opens what its words name, such as a row of a table by its first cell: it looks like a link. */
export function LinkButton({ className = '', ...rest }: ComponentProps<'button'>) {
  return (
    <button
      type="button"
      className={`text-left text-accent hover:underline max-md:py-2 ${className}`}
      {...rest}
    />
  )
}
