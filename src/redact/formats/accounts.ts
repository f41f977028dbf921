import { parse } from 'tldts'
import { addressOf } from '../address.ts'
import { holds, literalKind, literalsOf } from '../literals.ts'
import { unitSet } from '../runs.ts'
import { backslashRuns } from '../unescape.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch, runStart } from './format-match.ts'
import { notDomains, wellKnownAccounts } from './well-known-names.ts'

/** Folders of homes, and how long their names are. */
const windowsFolders = new Map(
  ['users', 'documents and settings', 'benutzer', 'utilisateurs', 'usuarios'].map(
    folder => [literalKind(folder).index, folder.length] as const,
  ),
)
/** What stands behind such a folder. */
const windowsHome = /(\\{1,8}|\/)(?=([^\\/:*?"<>|\r\n\t,;=()']{1,64}))/y
const unixFolders = literalKind('home/', 'users/')
const unixHome =
  /(?<![\w.~-])\/(?:home|users|export\/home|var\/home|usr\/home)\/([^\s/:"'<>|,;)\]\\]{1,64})/gi
const domainUnits = unitSet('a-z0-9.-')
const wordUnits = unitSet('a-z0-9_')
const accountName = /(\\{1,4})([A-Za-z0-9_][\w.$-]{1,63})(?![\w\\:*])/y
/** As many backslashes in front as two for each one behind: escaped text doubles both. */
const unc = /(?<=^|[\s"'=(,;>@])(\\{2,16})([A-Za-z0-9][\w.-]{0,62})(\\{1,8})(?=[\w$])/my
const fileEnding =
  /\.(?:exe|dll|sys|bat|cmd|ps1|psm1|vbs|js|txt|log|ini|msi|tmp|dat|lnk|inf|mui|cat|xml|json|zip|doc|docx|xls|xlsx|pdf|conf|so|cpl|ocx|manifest|evtx)$/i

/** Names of people and machines in the places that always hold them: home folders, `DOMAIN\user`, `\\server\share`. */
export function findAccounts(view: View): FormatMatch[] {
  // Units in lower case will do, and are there anyway.
  const { text, lowerUnits: units } = view
  const matches: FormatMatch[] = []
  const { places, kinds } = literalsOf(view)
  for (let i = 0; i < places.length; i++) {
    const length = windowsFolders.get(kinds[i] ?? -1)
    if (length !== undefined) addWindowsHome(matches, view, places[i] ?? 0, length)
  }
  if (holds(view, unixFolders)) {
    for (const match of text.matchAll(unixHome)) {
      const name = match[1] ?? ''
      addUser(matches, match.index + match[0].length - name.length, name.replace(/[.?!]+$/, ''))
    }
  }
  const shares: FormatMatch[] = []
  for (const at of backslashRuns(view)) {
    let end = at
    while (units[end] === 0x5c) end++
    // Most backslashes escape a quote, and no name stands behind them.
    if (wordUnits.table[units[end] ?? 0] !== 1) continue
    if (end - at <= 4) addAccount(matches, view, at)
    if (end - at >= 2) addShare(shares, text, at)
  }
  return [...matches, ...shares]
}

function addWindowsHome(matches: FormatMatch[], { text }: View, at: number, length: number): void {
  if (/\w/.test(text.charAt(at - 1))) return
  windowsHome.lastIndex = at + length
  const match = windowsHome.exec(text)
  if (match === null) return
  const start = match.index + match[0].length
  addUser(matches, start, homeName(match[2] ?? '', text, start))
}

/** `\\server\share`, with its backslashes escaped any number of times. */
function addShare(matches: FormatMatch[], text: string, at: number): void {
  unc.lastIndex = at
  const match = unc.exec(text)
  if (match === null) return
  const [, before = '', server = '', behind = ''] = match
  if (before.length !== 2 * behind.length || /^(?:localhost|\.|\?|wsl|tsclient)$/i.test(server)) return
  if (addressOf(server) !== undefined || fileEnding.test(server) || isPublicDomain(server)) return
  const [label = '', ...domain] = server.split('.')
  const start = match.index + before.length
  matches.push(formatMatch('host', start, label))
  if (domain.length > 0) matches.push(formatMatch('domain', start + label.length + 1, domain.join('.')))
}

/** `DOMAIN\user` around the backslash at `at`. */
function addAccount(matches: FormatMatch[], { text, lowerUnits: units }: View, at: number): void {
  const start = runStart(units, at, 64, domainUnits)
  if (start === at || /[\w\\/:.%$@]/.test(text.charAt(start - 1))) return
  accountName.lastIndex = at
  const match = accountName.exec(text)
  if (match === null) return
  const [whole, , user = ''] = match
  const domain = text.slice(start, at)
  if (notDomains.has(domain.toLowerCase()) || wellKnownAccounts.has(domain.toLowerCase())) return
  if (fileEnding.test(user) || !isDomainName(domain)) return
  matches.push(formatMatch('domain', start, domain))
  addUser(matches, at + whole.length - user.length, user)
}

function isPublicDomain(server: string): boolean {
  return server.includes('.') && parse(server).isIcann === true
}

/** NetBIOS domains are written in capitals, DNS ones with dots; `Folder\File` is neither. */
function isDomainName(domain: string): boolean {
  return domain.includes('.')
    ? /^[A-Za-z][\w-]*(?:\.[\w-]+)*\.[A-Za-z]{2,}$/.test(domain) && !fileEnding.test(domain)
    : /^[A-Z][A-Z0-9-]{1,14}$/.test(domain)
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
  if (user === '' || wellKnownAccounts.has(user.toLowerCase()) || /[%${<*[\]]/.test(user)) return
  matches.push(formatMatch('user', start, user))
  if (profileDomain) matches.push(formatMatch('domain', start + first.length + 1, rest[0] ?? ''))
}
