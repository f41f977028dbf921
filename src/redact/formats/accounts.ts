import { addressOf } from '../address.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'
import { notDomains, wellKnownAccounts } from './well-known-names.ts'

const windowsHome =
  /(?<![\w])(?:users|documents and settings|benutzer|utilisateurs|usuarios)(\\{1,8}|\/)(?=([^\\/:*?"<>|\r\n\t,;=()']{1,64}))/gi
const unixHome =
  /(?<![\w.~-])\/(?:home|users|export\/home|var\/home|usr\/home)\/([^\s/:"'<>|,;)\]\\]{1,64})/gi
const account =
  /(?<![\w\\/:.%$@-])([A-Za-z][A-Za-z0-9-]{1,14}(?:\.[A-Za-z][A-Za-z0-9.-]{1,60})?)(\\{1,4})([A-Za-z0-9_][\w.$-]{1,63})(?![\w\\:*])/g
const unc = /(?<![\w\\:])\\{2,8}([A-Za-z0-9][\w.-]{0,62})\\{1,4}(?=[\w$])/g
const fileEnding =
  /\.(?:exe|dll|sys|bat|cmd|ps1|psm1|vbs|js|txt|log|ini|msi|tmp|dat|lnk|inf|mui|cat|xml|json|zip|doc|docx|xls|xlsx|pdf|conf|so|cpl|ocx|manifest|evtx)$/i

/** Names of people and machines in the places that always hold them: home folders, `DOMAIN\user`, `\\server\share`. */
export function findAccounts(view: View): FormatMatch[] {
  const { text } = view
  const matches: FormatMatch[] = []
  for (const match of text.matchAll(windowsHome)) {
    const name = homeName(match[2] ?? '', text, match.index + match[0].length)
    addUser(matches, match.index + match[0].length, name)
  }
  for (const match of text.matchAll(unixHome)) {
    const name = match[1] ?? ''
    addUser(matches, match.index + match[0].length - name.length, name.replace(/[.?!]+$/, ''))
  }
  if (!text.includes('\\')) return matches
  for (const match of text.matchAll(account)) {
    const [, domain = '', slashes = '', user = ''] = match
    if (notDomains.has(domain.toLowerCase()) || wellKnownAccounts.has(domain.toLowerCase())) continue
    if (fileEnding.test(user) || !isDomainName(domain)) continue
    matches.push(formatMatch('domain', match.index, domain))
    addUser(matches, match.index + domain.length + slashes.length, user)
  }
  for (const match of text.matchAll(unc)) {
    const server = match[1] ?? ''
    if (
      /^(?:localhost|\.|\?|wsl|tsclient)$/i.test(server) ||
      /\.(?:com|net|org|ru|cn|io|top|xyz)$/i.test(server)
    )
      continue
    if (addressOf(server) !== undefined || fileEnding.test(server)) continue
    const start = match.index + match[0].indexOf(server)
    matches.push(formatMatch('host', start, server))
  }
  return matches
}

/** NetBIOS domains are written in capitals, DNS ones with dots; `Folder\File` is neither. */
function isDomainName(domain: string): boolean {
  return domain.includes('.') ? !fileEnding.test(domain) : /^[A-Z][A-Z0-9-]*$/.test(domain)
}

/** A folder's name may hold spaces, but only where a backslash ends it: else the sentence goes on. */
function homeName(candidate: string, text: string, start: number): string {
  if (text.charAt(start + candidate.length) === '\\' && candidate.split(' ').length <= 3) return candidate
  return candidate.split(' ')[0]?.replace(/[.?!]+$/, '') ?? ''
}

function addUser(matches: FormatMatch[], start: number, name: string): void {
  // Windows writes `name.DOMAIN` for a second profile of the same account name.
  const [first = '', ...rest] = name.split('.')
  const profileDomain = rest.length === 1 && /^[A-Z][A-Z0-9-]{1,14}$/.test(rest[0] ?? '')
  const user = profileDomain ? first : name
  if (user === '' || wellKnownAccounts.has(user.toLowerCase()) || /^[%${<*]/.test(user)) return
  matches.push(formatMatch('user', start, user))
  if (profileDomain) matches.push(formatMatch('domain', start + first.length + 1, rest[0] ?? ''))
}
