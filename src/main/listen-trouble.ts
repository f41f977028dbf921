import { messageOf } from '../lib/app-error.ts'

/** Why nothing can listen on an address, and what to set instead. `error` is what `listen` gave. */
export function listenTrouble(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const where = `cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where}: another program, or a Tocsin that runs already, listens there. TOCSIN_PORT sets another port`
    case 'EACCES':
      return `${where}: this user may not use ports below 1024. Set TOCSIN_PORT to a higher one, and put a proxy before it`
    case 'EADDRNOTAVAIL':
      return `${where}: this machine has no such address. TOCSIN_HOST names one that it has; 127.0.0.1 is this machine only`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${where}: the name ${host} is not known here. Set TOCSIN_HOST to an address of this machine`
    default:
      return `${where} (${messageOf(error)}): see TOCSIN_HOST and TOCSIN_PORT`
  }
}
