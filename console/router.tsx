import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  useNavigate,
  useParams,
  useRouter,
  useSearch,
} from '@tanstack/react-router'
import { Link } from './components/link.tsx'
import { PageHeading } from './components/page-heading.tsx'
import { ErrorState, Loading } from './components/states.tsx'
import { pages } from './pages.ts'
import { Shell } from './shell/shell.tsx'

const rootRoute = createRootRoute({ component: Shell })

const routes = pages.map(page =>
  createRoute({
    getParentRoute: () => rootRoute,
    path: page.path,
    component: lazyRouteComponent(page.load, 'Page'),
    staticData: { title: page.title },
  }),
)

/** All pages of `pages.ts`. The query string is plain `name=value` text, so that people can read and write it. */
export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: values => {
    const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()
    return text === '' ? '' : `?${text}`
  },
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => (
    <ErrorState what="This page stopped working." error={error} onRetry={reset} />
  ),
  defaultNotFoundComponent: () => (
    <>
      <PageHeading title="There is no such page" />
      <p className="px-4">
        <Link href="/" className="text-accent underline">
          Go to the queue
        </Link>
      </p>
    </>
  ),
})

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string
  }
}

/** The query string as plain names and values. */
export type SearchValues = Readonly<Record<string, string | undefined>>

/** The query string and a function that changes some of it; `undefined` takes a name away. */
export function useSearchValues(): [
  SearchValues,
  (change: SearchValues, options?: { push?: boolean }) => void,
] {
  const values: SearchValues = useSearch({ strict: false })
  const navigate = useNavigate()
  return [
    values,
    (change, { push = false } = {}) =>
      void navigate({
        to: '.',
        search: (before: SearchValues) => ({ ...before, ...change }),
        replace: !push,
        // The page stays; what scrolls in it the page itself decides.
        resetScroll: push,
      } as Parameters<typeof navigate>[0]), // Routes come from a list, so their search types are not known statically.
  ]
}

/** A parameter of the page's path, decoded: `useRouteParameter('caseId')`. */
export function useRouteParameter(name: string): string {
  const parameters: Record<string, string> = useParams({ strict: false })
  const value = parameters[name]
  if (value === undefined) throw new Error(`this page has no parameter '${name}'`)
  return value
}

/** A function that goes to an address of the console, such as `/cases/123?e=E2`. */
export function useGo(): (href: string) => void {
  const { history } = useRouter()
  return href => history.push(href)
}
