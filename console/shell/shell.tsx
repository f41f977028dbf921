import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useLocation, useMatches } from '@tanstack/react-router'
import { Menu as MenuIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { openLiveEvents, useLiveEvents, useStreamOpen } from '../api/live-events.ts'
import { readAgain } from '../api/read-again.ts'
import { useSession, useShownPages } from '../api/session.ts'
import { AssistantDrawer } from '../assistant/assistant-drawer.tsx'
import { toggleAssistant } from '../assistant/assistant-state.ts'
import { ErrorState } from '../components/states.tsx'
import { Toasts } from '../components/toast.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { pages } from '../pages.ts'
import { useGo } from '../router.tsx'
import { AccountBanners } from './account-banners.tsx'
import { AddFactor } from './add-factor.tsx'
import { ChangePassword } from './change-password.tsx'
import { CommandPalette } from './command-palette.tsx'
import { HelpOverlay } from './help-overlay.tsx'
import { LostConnectionBanner } from './lost-connection-banner.tsx'
import { PendingKeys } from './pending-keys.tsx'
import { Sidebar } from './sidebar.tsx'
import { SignIn } from './sign-in.tsx'

/** What stands around every page: sign-in first, then navigation, live state, palette and help. */
export function Shell() {
  const session = useSession()
  if (session.isPending) return null
  if (session.isError)
    return (
      <ErrorState
        what="The console cannot reach Tocsin."
        error={session.error}
        onRetry={() => void session.refetch()}
      />
    )
  if (session.data === null) return <SignIn />
  if (session.data.user.mustChangePassword) return <ChangePassword />
  if (session.data.user.mustAddFactor) return <AddFactor role={session.data.user.role} />
  return <SignedInShell />
}

function SignedInShell() {
  const [overlay, setOverlay] = useState<'palette' | 'help'>()
  const [navOpen, setNavOpen] = useState(false)
  const client = useQueryClient()
  const go = useGo()
  const location = useLocation()
  const shownPages = useShownPages(pages)
  const title = useMatches().at(-1)?.staticData.title ?? 'Tocsin'

  useStreamOpen(() => void readAgain(client))
  // What nobody looks at gets no renewal: it is read anew when somebody comes back to it.
  useLiveEvents(() => void client.invalidateQueries({ type: 'inactive', refetchType: 'none' }))
  useEffect(openLiveEvents, [])
  useShortcuts([
    ...shownPages.flatMap(page =>
      page.goKey === undefined
        ? []
        : [
            {
              keys: `g ${page.goKey}`,
              label: `Go to ${page.title}`,
              group: 'Go to',
              run: () => go(page.path),
            },
          ],
    ),
    { keys: 'Ctrl-k', label: 'Command palette', group: 'Anywhere', run: () => setOverlay('palette') },
    { keys: 'Ctrl-j', label: 'Ask the assistant', group: 'Anywhere', run: toggleAssistant },
    { keys: '?', label: 'Keyboard help', group: 'Anywhere', run: () => setOverlay('help') },
  ])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the navigation on a phone
  useEffect(() => setNavOpen(false), [location.href])

  return (
    <div className="flex h-full max-md:flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:bg-surface focus:p-2">
        Skip to the page
      </a>
      <header className="flex items-center gap-2 border-b border-line bg-surface px-2 py-1 md:hidden">
        <button
          type="button"
          className="rounded p-2"
          aria-expanded={navOpen}
          aria-controls="navigation"
          onClick={() => setNavOpen(open => !open)}
        >
          <MenuIcon aria-hidden="true" className="size-5" />
          <span className="sr-only">Navigation</span>
        </button>
        <span className="text-base font-semibold">{title}</span>
      </header>
      <Sidebar open={navOpen} onPalette={() => setOverlay('palette')} onHelp={() => setOverlay('help')} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <LostConnectionBanner />
        <AccountBanners />
        <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-auto outline-none">
          <Outlet />
        </main>
      </div>
      <AssistantDrawer />
      {overlay === 'palette' && <CommandPalette onClose={() => setOverlay(undefined)} />}
      {overlay === 'help' && <HelpOverlay onClose={() => setOverlay(undefined)} />}
      <PendingKeys />
      <Toasts />
    </div>
  )
}
