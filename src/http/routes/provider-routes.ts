import { type AccountParts, logAccountEvent } from '../../accounts/account-parts.ts'
import type { Provider, ProviderChecks } from '../../accounts/provider.ts'
import { hasSecondFactor, providerAccount } from '../../accounts/provider-account.ts'
import { askAgain, completeSignIn, goOn, type SignIn, type Visitor } from '../../accounts/sign-in.ts'
import { issueTicket, readTicket } from '../../accounts/ticket.ts'
import { AppError } from '../../lib/app-error.ts'
import { consumeTicket } from '../../store/sign-in-tickets.ts'
import { signInEndpoints } from '../contract-sign-in.ts'
import { RequestError } from '../http-error.ts'
import { partyOf } from '../relying-party-of.ts'
import { type Call, type Route, route, streamRoute } from '../route.ts'
import { clearSignInCookie, setSessionCookie, setSignInCookie, signInCookie } from '../session-cookie.ts'
import { signInAnswer } from './session-routes.ts'

type AnyCall = Call<unknown, unknown, unknown>

/** Signing in through an OpenID provider. */
export function providerRoutes(parts: AccountParts, secure: boolean, triesPerMinute = 30): Route[] {
  const limits = { requestsPerMinute: triesPerMinute }
  return [
    streamRoute(
      signInEndpoints.beginProvider,
      async call => {
        const { url, checks } = await providerOf(parts).begin(callbackAddress(parts, call))
        const data = { ...checks, to: safePage(call.query.to) }
        const ticket = await issueTicket(parts.database, parts, { kind: 'provider', userId: null, data })
        setSignInCookie(call.reply, secure, ticket)
        call.reply.redirect(url)
      },
      limits,
    ),
    streamRoute(
      signInEndpoints.finishProvider,
      async call => {
        const { result, to } = await finish(parts, secure, call).catch(error => {
          call.reply.request.log.warn({ err: error }, 'a sign-in through the provider failed')
          const code = error instanceof AppError ? error.code : 'provider-refused'
          return { result: undefined, to: `/?sign-in=${encodeURIComponent(code)}` }
        })
        clearSignInCookie(call.reply, secure)
        if (result?.kind === 'signed-in') setSessionCookie(call.reply, secure, result.session)
        if (result?.kind === 'second-factor') setSignInCookie(call.reply, secure, result.ticket)
        call.reply.redirect(result?.kind === 'second-factor' ? withResume(to) : to)
      },
      limits,
    ),
    route(
      signInEndpoints.resumeSignIn,
      async call => {
        const ticket = call.reply.request.cookies[signInCookie(secure)] ?? ''
        clearSignInCookie(call.reply, secure)
        const result = await askAgain(parts, ticket, call.visitor, partyOf(parts, call))
        return signInAnswer(parts, secure, call.reply, result)
      },
      limits,
    ),
  ]
}

async function finish(
  parts: AccountParts,
  secure: boolean,
  call: AnyCall,
): Promise<{ readonly result: SignIn; readonly to: string }> {
  const provider = providerOf(parts)
  const sent = call.reply.request.cookies[signInCookie(secure)] ?? ''
  const ticket = await readTicket(parts.database, parts, 'provider', sent)
  if (ticket === undefined || !(await consumeTicket(parts.database, parts.tenant, ticket.id)))
    throw new RequestError('sign-in-expired', 'this sign-in was not begun in this browser, or took too long')
  const { to, ...checks } = ticket.data as unknown as ProviderChecks & { readonly to: string } // Written above.
  const redirectUri = callbackAddress(parts, call)
  const callback = new URL(call.reply.request.url, redirectUri)
  const person = await provider.finish(callback, redirectUri, checks)
  const result = await signInAs(parts, provider, person, call.visitor, call)
  return { result, to }
}

async function signInAs(
  parts: AccountParts,
  provider: Provider,
  person: Awaited<ReturnType<Provider['finish']>>,
  visitor: Visitor,
  call: AnyCall,
): Promise<SignIn> {
  try {
    const user = await providerAccount(parts, provider.settings, person)
    return hasSecondFactor(provider.settings, person)
      ? await parts.database.transaction(sql => completeSignIn(sql, parts, user, visitor, 'provider+factor'))
      : await goOn(parts, user, visitor, partyOf(parts, call), 'provider')
  } catch (error) {
    if (error instanceof AppError) {
      const event = { kind: 'sign-in-failed', byId: null, subject: provider.settings.name }
      await logAccountEvent(parts.database, parts, { ...event, detail: `${visitor.address}, ${error.code}` })
    }
    throw error
  }
}

function providerOf(parts: AccountParts): Provider {
  if (parts.provider === undefined) throw new RequestError('not-found', 'no sign-in provider is set up')
  return parts.provider
}

/** Where the provider sends the browser back to: registered there, so never what a request claims. */
function callbackAddress(parts: AccountParts, call: AnyCall): string {
  const { path } = signInEndpoints.finishProvider
  if (parts.publicUrl !== undefined) return new URL(path, parts.publicUrl).href
  const { host = '' } = call.reply.request.headers
  if (!/^(localhost|127\.0\.0\.1)(:\d{1,5})?$/.test(host))
    throw new RequestError('bad-request', 'set TOCSIN_PUBLIC_URL to sign in through a provider')
  return `http://${host}${path}`
}

/** A page of ours, or the first one: never another site, whatever the link said. */
export function safePage(to: string): string {
  const here = 'http://here.invalid'
  if (!/^\/(?![/\\])/.test(to) || !URL.canParse(to, here)) return '/'
  const url = new URL(to, here)
  const outside = url.origin !== here || url.pathname.startsWith('//') || url.pathname.startsWith('/api/')
  return outside ? '/' : url.pathname + url.search
}

/** Tells the console that a second factor is still missing. */
function withResume(to: string): string {
  return `${to}${to.includes('?') ? '&' : '?'}sign-in=second-factor`
}
