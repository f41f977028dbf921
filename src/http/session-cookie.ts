import type { FastifyReply } from 'fastify'

/**
 * The cookie's name. `__Host-` makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2): no
 * sister site can set it. On plain http (localhost) the prefix is not possible.
 */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-tocsin' : 'tocsin'
}

export function setSessionCookie(
  reply: FastifyReply,
  secure: boolean,
  session: { readonly credential: string; readonly expiresMs: number },
): void {
  reply.setCookie(sessionCookie(secure), session.credential, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    expires: new Date(session.expiresMs),
  })
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(sessionCookie(secure), { path: '/', httpOnly: true, sameSite: 'strict', secure })
}

/** Holds a sign-in that was begun here while the browser is at the provider's, so that it can only be finished here. */
export function signInCookie(secure: boolean): string {
  return secure ? '__Host-tocsin-sign-in' : 'tocsin-sign-in'
}

/** Lax, not Strict: the browser comes back from another site. It opens nothing by itself. */
export function setSignInCookie(reply: FastifyReply, secure: boolean, ticket: string): void {
  reply.setCookie(signInCookie(secure), ticket, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: 15 * 60,
  })
}

export function clearSignInCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(signInCookie(secure), { path: '/', httpOnly: true, sameSite: 'lax', secure })
}
