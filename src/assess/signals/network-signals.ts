import { isLoopback, isPrivateAddress, isPublicAddress } from '../../domain/network-address.ts'
import type { AlertView } from '../alert-view.ts'
import { matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'

/** What the first words of a signature of Emerging Threats, Suricata or GPL say about it. */
const signaturePatterns: readonly SignalPattern[] = [
  {
    id: 'attack-signature',
    weight: 2,
    reason: 'the signature describes malware, an exploit or an answer to an attack',
    pattern:
      /\bET (?:MALWARE|TROJAN|CNC|EXPLOIT\w*|ATTACK_RESPONSE|WEB_SPECIFIC_APPS|WEB_SERVER|PHISHING|WORM|COINMINER|MOBILE_MALWARE|SHELLCODE|NETBIOS)\b|GPL (?:EXPLOIT|SHELLCODE|ATTACK_RESPONSE)/,
  },
  {
    id: 'scan-signature',
    weight: 1.2,
    reason: 'the signature describes a scan',
    pattern: /\bET SCAN\b|GPL SCAN|nmap|masscan|nikto|sqlmap/i,
  },
  {
    id: 'attack-distribution',
    weight: 2,
    reason: 'the signature recognises a distribution for attackers and penetration testers',
    pattern: /\b(?:kali|parrot ?os|blackarch)\b/i,
  },
  {
    id: 'hint-signature',
    weight: -1,
    reason: 'the signature is a hint for hunters or a note about policy, not an attack',
    pattern:
      /\bET (?:INFO|POLICY|HUNTING|USER_AGENTS|CHAT|GAMES|P2P|DNS|ICMP\w*|TOR|DYN_DNS|FILE_SHARING|DROP|CINS|COMPROMISED)\b|SURICATA (?:STREAM|HTTP|TLS|Applayer|IPv|TCP|UDP|DNS|QUIC|zero)|GPL (?:ICMP|MISC|SNMP)/,
  },
]

/** Notices of Zeek, by their published names. */
const noticePatterns: readonly SignalPattern[] = [
  {
    id: 'repeated-failures',
    weight: 1.8,
    reason: 'the network sensor saw passwords being guessed',
    pattern: /^(?:SSH|FTP|RDP|HTTP|SMTP)::(?:Password_Guessing|Bruteforc\w*|Login_By_Password_Guesser)/,
  },
  { id: 'scan-signature', weight: 1.2, reason: 'the network sensor saw a scan', pattern: /^Scan::/ },
  {
    id: 'attack-signature',
    weight: 1.8,
    reason: 'the network sensor saw an attack or what malware does',
    pattern: /SQL_Injection|::(?:Match|Malware|CVE_\w+|Exploit)|^Intel::Notice|^TeamCymruMalwareHashRegistry/,
  },
  {
    id: 'hint-signature',
    weight: -1,
    reason: 'the notice is about policy or health, not an attack',
    pattern: /^(?:SSL::|CaptureLoss::|PacketFilter::|Weird::|Software::)/,
  },
]

/** Snort's own rating, at the end of its line. */
const snortPriority: SignalPattern = {
  id: 'first-priority',
  weight: 0.8,
  reason: 'the signature is of the first priority',
  pattern: /\[Priority: 1\]/,
}

/** Names that carry data: one part is as long as no person writes it. */
function longName(view: AlertView): Signal[] {
  const name = view.field('/data/win/eventdata/queryName') ?? view.field('/data/dns/rrname')
  const carries = (part: string) => part.length >= 40 || /^[0-9a-f]{30,}$/i.test(part)
  if (name === undefined || !name.text.split('.').some(carries)) return []
  return [signalFrom('long-name', 1, 'the name asked for is so long that it may carry data', name)]
}

/** Programs of Windows that run what others give them, and have no business with names of the internet. */
const proxyPrograms =
  /[\\/](?:mshta|rundll32|regsvr32|wscript|cscript|certutil|msbuild|installutil|cmstp|odbcconf|hh)(?:\.exe)?"?$/i

function askedByProxy(view: AlertView): Signal[] {
  const name = view.field('/data/win/eventdata/queryName')
  return name?.text.includes('.') && view.image !== undefined && proxyPrograms.test(view.image.text)
    ? [
        signalFrom(
          'script-on-network',
          1,
          'a program that runs code of others looked for a host by name',
          view.image,
        ),
      ]
    : []
}

const scriptHosts =
  /[\\/](?:powershell|pwsh|cmd|wscript|cscript|mshta|rundll32|regsvr32|certutil|bash|sh)(?:\.exe)?"?$/i

/** What a network sensor's signature is worth, and where a connection goes. */
export function networkSignals(view: AlertView): Signal[] {
  // Snort's signature stands in the log line alone.
  const signature =
    view.field('/data/alert/signature') ??
    (view.groups.has('ids') && !view.groups.has('suricata') ? view.log : undefined)
  return [
    ...(signature === undefined ? [] : signatureSignals(view, signature.pointer)),
    ...connectionSignals(view),
    ...matchPatterns(noticePatterns, view.groups.has('zeek') ? view.field('/data/note') : undefined),
    ...longName(view),
    ...askedByProxy(view),
  ]
}

function signatureSignals(view: AlertView, pointer: string): Signal[] {
  const signals = matchPatterns(signaturePatterns, view.field(pointer))
  const inLog = matchPatterns([snortPriority], pointer === '/full_log' ? view.log : undefined)
  signals.push(...inLog)
  const rated = view.field('/data/alert/metadata/signature_severity/0')
  if (rated !== undefined && /^(?:major|critical)$/i.test(rated.text)) {
    signals.push(signalFrom('rated-severe', 1, "the signature's author rates it severe", rated))
  } else if (rated !== undefined && /^(?:informational|minor)$/i.test(rated.text)) {
    signals.push(signalFrom('rated-minor', -0.8, "the signature's author rates it minor", rated))
  }
  const priority = view.field('/data/alert/severity')
  if (priority !== undefined && priority.text === '1') {
    signals.push(signalFrom('first-priority', 0.8, 'the signature is of the first priority', priority))
  }
  const host = view.field('/data/http/hostname')
  if (
    host !== undefined &&
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host.text) &&
    isPublicAddress(host.text) &&
    /\b(?:ELF|EXE|executable|DLL|PE32|script|shell|binary)\b/i.test(view.field(pointer)?.text ?? '')
  ) {
    signals.push(
      signalFrom(
        'program-from-address',
        1.4,
        'a program was fetched from a bare address instead of a name',
        host,
      ),
    )
  }
  const update = [
    view.field('/data/http/url'),
    view.field('/data/http/hostname'),
    view.field('/data/http/http_user_agent'),
  ].find(
    field =>
      field !== undefined &&
      /msdownload\/update|windowsupdate|microsoft-delivery-optimization|microsoft bits|debian apt|\bAPT-HTTP|microsoft-cryptoapi|googleupdate/i.test(
        field.text,
      ),
  )
  if (update !== undefined)
    signals.push(signalFrom('update-traffic', -2, 'it is the download of an update', update))
  return signals
}

function connectionSignals(view: AlertView): Signal[] {
  const source = view.field('/data/win/eventdata/sourceIp') ?? view.field('/data/srcip')
  const target = view.field('/data/win/eventdata/destinationIp') ?? view.field('/data/dstip')
  if (source === undefined || target === undefined) return []
  if (isLoopback(source.text) && isLoopback(target.text)) {
    return [signalFrom('loopback', -2, 'the host talks to itself', target)]
  }
  const port = view.field('/data/win/eventdata/destinationPort')
  const isManaged = port !== undefined && /^598[56]$/.test(port.text) && isPrivateAddress(target.text)
  if (!isManaged && view.image !== undefined && scriptHosts.test(view.image.text) && port !== undefined) {
    return [
      signalFrom('script-on-network', 0.7, 'a script host or shell talks to the network itself', view.image),
    ]
  }
  if (port !== undefined && /^598[56]$/.test(port.text)) {
    return [signalFrom('winrm', -0.8, 'WinRM is how Windows servers are managed; alone it says little', port)]
  }
  return []
}
