import { parse } from 'tldts'

/** Suffixes outside the public suffix list that malware uses: onion services and alternative roots. */
const otherRoots = new Set(['onion', 'i2p', 'bit', 'bazar', 'coin', 'lib', 'emc', 'eth', 'crypto'])

/** Top-level domains that are more often the ending of a file or an identifier: `setup.py`, `WScript.Shell`. */
const fileLikeSuffixes = new Set('md,mov,pm,ps,pub,py,rs,sc,sh,shell,so,stream,zip'.split(','))

/** Hosts under such a suffix that reports do name. */
const knownHosts = new Set(['transfer.sh', 'temp.sh', 'docs.rs', 'crates.rs', 'keys.pub', 'sr.ht'])

/** Whether a name could resolve: labels of legal form and a public suffix (or an alternative root). */
export function isHostName(name: string): boolean {
  if (
    name.length > 253 ||
    !/^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_-]{1,63})+$/u.test(name)
  )
    return false
  if (/\.[\d-]|-$/.test(name.slice(name.lastIndexOf('.')))) return false
  return hasPublicSuffix(name)
}

/** `www.example.co.uk` has; `setup.exe` and `co.uk` have not. */
export function hasPublicSuffix(name: string): boolean {
  const suffix = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  if (otherRoots.has(suffix)) return true
  const parsed = parse(name, { allowPrivateDomains: false })
  // A service may be named `_dmarc.example.com`; nobody can register a name with an underscore.
  return parsed.isIcann === true && parsed.domain !== null && !parsed.domain.includes('_')
}

/** The registrable part: `evil.co.uk` of `a.b.evil.co.uk`; the name itself where there is none. */
export function registrableDomain(name: string): string {
  return parse(name, { allowPrivateDomains: false }).domain ?? name
}

/** Whether a name, written plainly, is more likely a file or a program identifier than a host. */
export function looksLikeFileName(name: string): boolean {
  if (knownHosts.has(name.toLowerCase()) || name.toLowerCase().startsWith('www.')) return false
  return fileLikeSuffixes.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

/** Whether anyone can put something up there: under a suffix that its owner hands out, or on a site for code. */
export function isSharedHost(name: string): boolean {
  const parsed = parse(name, { allowPrivateDomains: true })
  return (
    parsed.isPrivate === true || ['github.com', 'gitlab.com', 'bitbucket.org'].includes(parsed.domain ?? '')
  )
}

/** A name as resolvers and logs write it, in Punycode: what looks like another name does not in this form. */
export function asciiName(name: string): string {
  return /[^\u0000-\u007f]/.test(name) ? URL.parse(`http://${name}/`)?.hostname || name : name
}
