import ipaddr from 'ipaddr.js'
import type { Found } from './found.ts'
import { registrableDomain } from './host-name.ts'

/** Public DNS resolvers: blocking one breaks name resolution, so a report that lists one is wrong or poisoned. */
const resolvers = new Set(
  '8.8.8.8,8.8.4.4,1.1.1.1,1.0.0.1,9.9.9.9,149.112.112.112,208.67.222.222,208.67.220.220,4.2.2.1,4.2.2.2,94.140.14.14,94.140.15.15,77.88.8.8,114.114.114.114,223.5.5.5,2001:4860:4860::8888,2001:4860:4860::8844,2606:4700:4700::1111,2606:4700:4700::1001,2620:fe::fe'.split(
    ',',
  ),
)

/** Sites that reports link to and that nobody should block: vendors, press, code hosting, standards, social media. */
const referenceSites = new Set(
  `microsoft.com,windows.com,windowsupdate.com,office.com,live.com,azure.com,msdn.com,bing.com,google.com,gstatic.com,googleapis.com,chromium.org,youtube.com,apple.com,icloud.com,mozilla.org,github.com,gitlab.com,stackoverflow.com,wikipedia.org,w3.org,schema.org,ietf.org,rfc-editor.org,iana.org,
adobe.com,oracle.com,java.com,python.org,nodejs.org,npmjs.com,pypi.org,debian.org,ubuntu.com,redhat.com,kernel.org,docker.com,vmware.com,cisco.com,fortinet.com,ivanti.com,citrix.com,atlassian.com,
mitre.org,nist.gov,cisa.gov,us-cert.gov,fbi.gov,ic3.gov,justice.gov,first.org,cert.org,ncsc.gov.uk,europa.eu,virustotal.com,any.run,hybrid-analysis.com,joesandbox.com,tria.ge,urlscan.io,shodan.io,censys.io,abuse.ch,malpedia.caad.fkie.fraunhofer.de,fraunhofer.de,otx.alienvault.com,alienvault.com,exploit-db.com,
paloaltonetworks.com,crowdstrike.com,mandiant.com,fireeye.com,kaspersky.com,securelist.com,symantec.com,broadcom.com,trendmicro.com,sophos.com,eset.com,welivesecurity.com,talosintelligence.com,checkpoint.com,proofpoint.com,secureworks.com,sentinelone.com,bitdefender.com,malwarebytes.com,mcafee.com,trellix.com,zscaler.com,recordedfuture.com,rapid7.com,qualys.com,tenable.com,elastic.co,splunk.com,wazuh.com,huntress.com,redcanary.com,thedfirreport.com,avast.com,f-secure.com,withsecure.com,group-ib.com,volexity.com,dragos.com,
bleepingcomputer.com,thehackernews.com,krebsonsecurity.com,darkreading.com,zdnet.com,wired.com,reuters.com,bbc.co.uk,nytimes.com,medium.com,twitter.com,x.com,t.co,linkedin.com,facebook.com,instagram.com,reddit.com,mastodon.social,infosec.exchange,
apache.org,fortiguard.com,bund.de,gouv.fr,cert.at,cert.pl,ncsc.nl,jpcert.or.jp,cyber.gov.au,cyber.gc.ca,telegram.org,discord.com,dropbox.com`
    .split(/[,\s]+/)
    .filter(name => name !== ''),
)

/** Sites that do nothing but describe threats: every list and report links to them, and none of their pages is one. */
const threatSites = new Set(
  'abuse.ch,virustotal.com,any.run,hybrid-analysis.com,joesandbox.com,tria.ge,urlscan.io,alienvault.com,fraunhofer.de,mitre.org,nist.gov,cisa.gov,first.org,exploit-db.com'.split(
    ',',
  ),
)

/** Where anybody has a mailbox: the mailbox can be somebody's, the host is everybody's. */
const mailProviders = new Set(
  'gmail.com,googlemail.com,outlook.com,hotmail.com,live.com,msn.com,yahoo.com,aol.com,icloud.com,proton.me,protonmail.com,pm.me,tutanota.com,tuta.io,gmx.de,gmx.net,gmx.com,web.de,mail.ru,yandex.ru,yandex.com,qq.com,163.com,126.com,zoho.com,mail.com,onionmail.org,cock.li,naver.com,daum.net,hanmail.net,t-online.de,orange.fr,libero.it,wp.pl,seznam.cz'.split(
    ',',
  ),
)

/** Digests of no bytes at all: every empty file has them. */
const emptyDigests = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
])

export function isPublicResolver(address: string): boolean {
  return resolvers.has(address.toLowerCase())
}

export function isEmptyDigest(digest: string): boolean {
  return emptyDigests.has(digest)
}

const internalRanges = new Set(
  'private,loopback,linkLocal,carrierGradeNat,unspecified,broadcast,uniqueLocal'.split(','),
)

/** Addresses that mean something only inside one network: RFC 1918, loopback, link-local, carrier NAT, unique local. */
export function isInternalAddress(value: string): boolean {
  return internalRanges.has(parsedAddress(value)?.range() ?? '')
}

/** The address of a value, or of a range; undefined for names, which never begin like one. */
function parsedAddress(value: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const address = value.split('/', 1)[0] ?? ''
  if (!/^(?:\d{1,3}\.\d|[\da-f]{0,4}:)/i.test(address) || !ipaddr.isValid(address)) return undefined
  return ipaddr.parse(address)
}

/** The site behind a domain, URL or address: `blog.example.co.uk` and `https://example.co.uk/x` share one. */
export function siteOf(found: Pick<Found, 'type' | 'value'>): string | undefined {
  if (found.type === 'domain') return registrableDomain(found.value)
  if (found.type === 'email') return registrableDomain(found.value.slice(found.value.lastIndexOf('@') + 1))
  const host = found.type === 'url' ? hostOf(found.value) : undefined
  return host === undefined ? undefined : registrableDomain(host)
}

/** The host of a URL, with or without its scheme, in lower case. */
export function hostOf(url: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?([^/?#:]+)/i.exec(url)?.[1]?.toLowerCase()
}

/** Addresses that stand for all: 0.0.0.0, ::, and ranges wider than any network that one party runs. */
export function isEveryAddress(value: string): boolean {
  const prefix = value.split('/')[1]
  if (prefix === undefined) return value === '0.0.0.0' || value === '::' || value === '255.255.255.255'
  const parsed = parsedAddress(value)
  return parsed !== undefined && Number(prefix) < (parsed.kind() === 'ipv4' ? 8 : 16)
}

/** Shells, devices and programs that stand in any account of any attack. */
const everywhere =
  /^(?:\/dev\/(?:null|zero|u?random|tcp|std(?:in|out|err)|shm|tty)|(?:\/usr)?\/bin\/(?:env|(?:ba|da|z|c|k)?sh)|\/etc\/(?:hosts|passwd|shadow)|c:\\windows(?:\\system32(?:\\(?:cmd|rundll32|svchost|regsvr32|mshta|lsass)\.exe)?)?)$/i

export function isEverywhere(path: string): boolean {
  return everywhere.test(path)
}

export function isThreatSite(site: string): boolean {
  return threatSites.has(site)
}

export function isReferenceSite(site: string): boolean {
  return referenceSites.has(site)
}

export function isMailProvider(host: string): boolean {
  return mailProviders.has(registrableDomain(host))
}
