import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import {
  BellRing,
  CircleHelp,
  Command,
  LogOut,
  MessageCircleQuestion,
  Monitor,
  Moon,
  Sun,
} from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useLiveState } from '../api/live-events.ts'
import { signOut, usePerson, useShownPages } from '../api/session.ts'
import { toggleAssistant } from '../assistant/assistant-state.ts'
import { showInScroller } from '../components/centre-in-scroller.ts'
import { KeyHint } from '../components/key-hint.tsx'
import { Link } from '../components/link.tsx'
import { toastFailure } from '../components/toast.tsx'
import { type PageEntry, pages } from '../pages.ts'
import { themeNames, useTheme } from './theme.ts'

const sections = ['Triage', 'Detect', 'Respond', 'Govern', 'System'] as const
const rowClass =
  'flex w-full items-center gap-2 rounded px-2 py-1 text-left hover:bg-selected low:py-0.5 max-md:py-2.5'
const iconClass = 'rounded p-1.5 text-muted hover:bg-selected max-md:p-2.5'

/** Navigation, live state, theme and the person. On a phone it opens under the header. */
export function Sidebar({
  open,
  onPalette,
  onHelp,
}: {
  open: boolean
  onPalette: () => void
  onHelp: () => void
}) {
  const visible = useShownPages(pages)
  const path = useLocation({ select: location => location.pathname })
  const scroller = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has another link
  useEffect(() => {
    const current = scroller.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (current) showInScroller(current)
  }, [path])
  return (
    <nav
      id="navigation"
      aria-label="Main"
      className={`relative flex w-56 shrink-0 flex-col border-line bg-surface p-2 max-md:w-full max-md:overflow-y-auto max-md:border-b md:border-r ${open ? '' : 'max-md:hidden'}`}
    >
      <Link href="/" className="flex items-center gap-2 px-2 py-1 text-base font-semibold max-md:hidden">
        <BellRing aria-hidden="true" className="size-4 text-accent" />
        Tocsin
      </Link>
      {/* Where they do not fit the pages scroll, and what stands below them stays: whether the console is live is never out of sight. */}
      <div
        ref={scroller}
        className="-mx-2 flex flex-col gap-2 px-2 py-1 low:gap-1 md:min-h-0 md:flex-1 md:overflow-y-auto"
      >
        {sections.map(section => (
          <NavigationSection
            key={section}
            name={section}
            path={path}
            entries={visible.filter(page => page.section === section)}
          />
        ))}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-0.5 border-t border-line pt-1 low:gap-px">
        <button type="button" className={rowClass} onClick={toggleAssistant}>
          <MessageCircleQuestion aria-hidden="true" className="size-4 text-muted" />
          <span className="flex-1">Ask</span>
          <KeyHint keys="Ctrl-j" />
        </button>
        <button type="button" className={rowClass} onClick={onPalette}>
          <Command aria-hidden="true" className="size-4 text-muted" />
          <span className="flex-1">Commands</span>
          <KeyHint keys="Ctrl-k" />
        </button>
        <button type="button" className={rowClass} onClick={onHelp}>
          <CircleHelp aria-hidden="true" className="size-4 text-muted" />
          <span className="flex-1">Keys</span>
          <KeyHint keys="?" />
        </button>
        <div className="flex items-center gap-1">
          <LiveLine />
          <ThemeButton />
        </div>
        <PersonLine />
      </div>
    </nav>
  )
}

function NavigationSection({
  name,
  path,
  entries,
}: {
  name: string
  path: string
  entries: readonly PageEntry[]
}) {
  if (entries.length === 0) return null
  return (
    <div className="grid gap-0.5 low:gap-px">
      <h2 className="px-2 text-xs text-faint">{name}</h2>
      {entries.map(page => (
        <Link
          key={page.path}
          href={page.path}
          current={page.path === path}
          className={`${rowClass} aria-[current=page]:bg-selected aria-[current=page]:font-semibold`}
        >
          <page.icon aria-hidden="true" className="size-4 text-muted" />
          <span className="flex-1">{page.title}</span>
          {page.goKey !== undefined && <KeyHint keys={`g ${page.goKey}`} />}
        </Link>
      ))}
    </div>
  )
}

function LiveLine() {
  const state = useLiveState()
  const [word, dot] =
    state === 'live'
      ? ['Live', 'bg-good']
      : state === 'lost'
        ? ['Not live: reconnecting', 'bg-bad']
        : ['Connecting', 'bg-medium']
  return (
    <p className="flex flex-1 items-center gap-2 px-2 py-1 text-muted">
      <span className="grid size-4 place-items-center">
        <span className={`size-2 rounded-full ${dot}`} />
      </span>
      {word}
    </p>
  )
}

function ThemeButton() {
  const [theme, next] = useTheme()
  const Icon = theme === 'light' ? Sun : theme === 'dark' ? Moon : Monitor
  return (
    <button type="button" className={iconClass} title={themeNames[theme]} onClick={next}>
      <Icon aria-hidden="true" className="size-4" />
      <span className="sr-only">Theme: {themeNames[theme]}</span>
    </button>
  )
}

function PersonLine() {
  const person = usePerson()
  const client = useQueryClient()
  return (
    <div className="flex items-center gap-1">
      <Link href="/settings?section=sessions" className={`${rowClass} min-w-0 flex-1`}>
        <span className="grid size-4 place-items-center rounded-full bg-line text-[0.625rem] font-semibold uppercase">
          {person.displayName.slice(0, 1)}
        </span>
        <span className="truncate">{person.displayName}</span>
      </Link>
      <button
        type="button"
        className={iconClass}
        onClick={() => signOut(client).catch(error => toastFailure('You are still signed in', error))}
      >
        <LogOut aria-hidden="true" className="size-4" />
        <span className="sr-only">Sign out</span>
      </button>
    </div>
  )
}
