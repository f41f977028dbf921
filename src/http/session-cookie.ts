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
