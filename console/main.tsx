import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RequestFailure } from './api/request.ts'
import { sessionKey } from './api/session.ts'
import { listenForShortcuts } from './keyboard/use-shortcuts.ts'
import { router } from './router.tsx'
import './style/console.css'

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignOut }),
  mutationCache: new MutationCache({ onError: noticeSignOut }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) =>
        count < 2 && error instanceof RequestFailure && (error.status === 0 || error.status >= 500),
    },
  },
})

/** A page's code is gone after an update of the server: the new page has it. Not again within a minute, if it has not. */
function reloadOnce(): void {
  const lastMs = Number(sessionStorage.getItem('tocsin.reloaded') ?? 0)
  if (Date.now() - lastMs < 60_000) return
  sessionStorage.setItem('tocsin.reloaded', String(Date.now()))
  location.reload()
}

/** A session that ended elsewhere shows the sign-in form in place; the address stays. */
function noticeSignOut(error: Error): void {
  if (error instanceof RequestFailure && error.status === 401 && queryClient.getQueryData(sessionKey) != null)
    queryClient.setQueryData(sessionKey, null)
}

listenForShortcuts()
window.addEventListener('vite:preloadError', reloadOnce)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
