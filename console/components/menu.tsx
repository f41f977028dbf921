import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'

/** A menu under a button. Items run something, link somewhere, or tick a choice. */
export function Menu({
  trigger,
  children,
  align = 'start',
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
}) {
  return (
    // Not modal: the scroll lock of a modal menu injects a style element, which the CSP forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-30 max-h-[70dvh] min-w-44 overflow-auto rounded border border-line-strong bg-surface p-1 text-sm"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const itemClass =
  'flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none data-highlighted:bg-selected data-disabled:cursor-not-allowed data-disabled:text-faint'

export function MenuItem({
  onSelect,
  disabled = false,
  children,
}: {
  onSelect: () => void
  disabled?: boolean
  children: ReactNode
}) {
  return (
    <DropdownMenu.Item className={itemClass} disabled={disabled} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  )
}

/** An item that is a link, such as a download. */
export function MenuLink({
  href,
  download,
  children,
}: {
  href: string
  download?: boolean
  children: ReactNode
}) {
  return (
    <DropdownMenu.Item asChild className={itemClass}>
      <a href={href} {...(download ? { download: '' } : {})}>
        {children}
      </a>
    </DropdownMenu.Item>
  )
}

/** A choice that can be ticked; the menu stays open. */
export function MenuCheck({
  checked,
  onChange,
  children,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}) {
  return (
    <DropdownMenu.CheckboxItem
      className={itemClass}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={event => event.preventDefault()}
    >
      <span aria-hidden="true" className="w-4 text-center">
        {checked ? '✓' : ''}
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  )
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1 text-xs text-muted">{children}</DropdownMenu.Label>
}
