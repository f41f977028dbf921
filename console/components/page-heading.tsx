import { type ReactNode, useEffect } from 'react'

/** The top line of a page: its name, what can be done, and the window's title. */
export function PageHeading({
  title,
  children,
  ofOne = false,
}: {
  title: string
  /** The title is one thing's own name: shown on a phone too, where the bar above only says what kind of page it is. */
  ofOne?: boolean
  /** Actions, at the right. */
  children?: ReactNode
}) {
  useTitle(title)
  return (
    <div
      className={`flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-2 ${children === undefined && !ofOne ? 'max-md:pb-0' : ''}`}
    >
      <h1 className={`text-lg font-semibold wrap-anywhere ${ofOne ? '' : 'max-md:sr-only'}`}>{title}</h1>
      {children !== undefined && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </div>
  )
}

/** Sets the window's title, for pages whose heading is their own. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tocsin`
  }, [title])
}
