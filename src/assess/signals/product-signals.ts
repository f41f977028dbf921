import { isPublicAddress } from '../../domain/network-address.ts'
import type { AlertView } from '../alert-view.ts'
import { type Signal, signalFrom } from '../signal.ts'

/** What antivirus programs, VirusTotal and firewalls decided, and whether they could act on it. */
export function productSignals(view: AlertView): Signal[] {
  return [
    ...defenderSignals(view),
    ...clamSignals(view),
    ...virusTotalSignals(view),
    ...intelSignals(view),
    ...firewallSignals(view),
  ]
}

/** Events of Microsoft Defender Antivirus, by their number: 1116 found, 1117 acted, 1118 and 1119 could not, 5001 off. */
function defenderSignals(view: AlertView): Signal[] {
  const event = view.field('/data/win/system/eventID')
  if (event === undefined || !view.groups.has('windows_defender')) return []
  if (/^(?:5001|5010|5012|5013)$/.test(event.text)) {
    return [signalFrom('defence-off', event.text === '5013' ? -0.5 : 1.5, defenceReason(event.text), event)]
  }
  if (!/^(?:1006|1007|1008|1015|1116|1117|1118|1119)$/.test(event.text)) return []
  const threat = view.field('/data/win/eventdata/threat Name') ?? view.description
  const unwanted = /^"?(?:PUA|PUADlManager|PUABundler|Adware|App|BrowserModifier|SoftwareBundler)\w*:/i.test(
    threat.text,
  )
  const signals = [
    unwanted
      ? signalFrom('unwanted-program', -1, 'a program that is unwanted rather than malicious', threat)
      : signalFrom('antivirus-detection', 1.3, 'the antivirus names malware', threat),
  ]
  const failed = /^(?:1008|1118|1119)$/.test(event.text)
  if (failed) signals.push(signalFrom('antivirus-failed', 1.2, 'the antivirus could not remove it', event))
  const action = view.field('/data/win/eventdata/action Name')
  if (!failed && action !== undefined && /^(?:quarantine|remove|clean|block)/i.test(action.text)) {
    signals.push(signalFrom('antivirus-acted', -0.6, 'the antivirus stopped it', action))
  }
  return signals
}

function defenceReason(event: string): string {
  return event === '5013'
    ? 'tamper protection kept the antivirus as it was'
    : 'the antivirus says that its protection was switched off'
}

function clamSignals(view: AlertView): Signal[] {
  if (!view.groups.has('clamd') && !view.groups.has('virus')) return []
  if (!/\b(?:virus|malware|threat) (?:was )?(?:detected|found)/i.test(view.description.text)) return []
  const name = view.field('/data/extra_data') ?? view.field('/data/virus') ?? view.log ?? view.description
  if (/EICAR/i.test(name.text)) return []
  return [
    /\bPUA\./.test(name.text)
      ? signalFrom('unwanted-program', -0.4, 'a program that is unwanted rather than malicious', name)
      : signalFrom('antivirus-detection', 1.5, 'the antivirus names malware', name),
  ]
}

/** One or two of seventy engines are often wrong; none are an all-clear. */
function virusTotalSignals(view: AlertView): Signal[] {
  if (!view.groups.has('virustotal')) return []
  const error = view.field('/data/virustotal/error')
  if (error !== undefined || /\b(?:rate limit|check credentials|error)\b/i.test(view.description.text)) {
    return [
      signalFrom('integration-trouble', -2, 'the answer of VirusTotal is missing', error ?? view.description),
    ]
  }
  const positives = view.field('/data/virustotal/positives')
  const engines = Number(
    positives?.text ?? /(?<!\d)(\d{1,6}) engines/i.exec(view.description.text)?.[1] ?? Number.NaN,
  )
  const proof = positives ?? view.description
  if (Number.isNaN(engines)) {
    return /no records/i.test(view.description.text)
      ? [signalFrom('virustotal-unknown', -0.8, 'VirusTotal does not know the file', view.description)]
      : []
  }
  if (engines === 0)
    return [signalFrom('virustotal-clean', -1.8, 'no engine calls the file malicious', proof)]
  return engines < 3
    ? [
        signalFrom(
          'virustotal-few',
          -1,
          'only one or two engines call the file malicious, which are often wrong',
          proof,
        ),
      ]
    : [signalFrom('virustotal-hit', 2.5, 'VirusTotal engines call the file malicious', proof)]
}

/** Integrations that look values up in threat intelligence: a hit names the value, a trouble does not. */
function intelSignals(view: AlertView): Signal[] {
  const isIntel = [...view.groups].some(group =>
    /^(?:misp|misp_alert|opencti|otx|alienvault|threat_intel\w*|abuseipdb)$/.test(group),
  )
  if (!isIntel) return []
  const value = view.field('/data/misp/value') ?? view.field('/data/opencti/observable_value')
  if (value !== undefined) return [signalFrom('intel-hit', 1.3, 'threat intelligence knows the value', value)]
  const error = view.field('/data/misp/error') ?? view.field('/data/opencti/error')
  return error === undefined
    ? []
    : [signalFrom('integration-trouble', -2, 'the answer of the threat intelligence is missing', error)]
}

const blocking =
  /^(?:deny|denied|drop|dropped|block|blocked|reject|rejected|reset(?:-\w+)?|clear_session|sinkhole|discard)$/i

/** What a firewall did with a connection, and what its intrusion prevention saw in it. */
function firewallSignals(view: AlertView): Signal[] {
  const action = view.field('/data/action')
  const isFirewall =
    [
      'firewall',
      'fortigate',
      'pfsense',
      'paloalto',
      'cisco-asa',
      'firewall_drop',
      'sophos',
      'checkpoint',
      'sonicwall',
      'juniper',
    ].some(group => view.groups.has(group)) ||
    [...view.groups].some(group => /firewall|fortigate|fortinet|paloalto|palo_alto/i.test(group))
  if (!isFirewall) return []
  const source = view.field('/data/srcip') ?? view.field('/data/source_address')
  const named = namedAttack(view)
  const isBlocked = action !== undefined && blocking.test(action.text)
  const repeated = view.alert.rule.frequency !== undefined || /^multiple\b/i.test(view.description.text)
  const signals = named === undefined ? [] : [named]
  if (
    source !== undefined &&
    isPublicAddress(source.text) &&
    /\badmin(?:istrator)?\b.{0,20}\blog(?:in|ged|on)\b.{0,12}(?:success|in\b)/i.test(view.description.text)
  ) {
    const reason = 'an administrator of the firewall came from a public address'
    signals.push(signalFrom('admin-from-internet', 1.6, reason, source))
  }
  const setting = view.field('/data/cfgpath')
  if (setting !== undefined && /^(?:system\.(?:admin|api-user)|user\.local|vpn\.ssl)/.test(setting.text)) {
    const reason = 'who may administer or enter through the firewall was changed'
    signals.push(signalFrom('firewall-access', 1.2, reason, setting))
  }
  if (isBlocked) {
    signals.push(
      repeated && source !== undefined && !isPublicAddress(source.text)
        ? signalFrom(
            'blocked-from-inside',
            0.9,
            'a host inside runs into the firewall again and again',
            source,
          )
        : signalFrom(
            'firewall-blocked',
            repeated ? -1.3 : -1,
            'the firewall stopped it, as it does all day',
            action,
          ),
    )
  } else if (
    named === undefined &&
    action !== undefined &&
    /^(?:allow|accept|pass|close|permit(?:ted)?|client-rst|server-rst|timeout)$/i.test(action.text)
  ) {
    signals.push(
      signalFrom('allowed-traffic', -0.9, 'a connection that the rules of the firewall allow', action),
    )
  }
  return signals
}

/** A signature of the firewall's intrusion prevention, weighed by what the firewall itself thinks of it. */
function namedAttack(view: AlertView): Signal | undefined {
  const isThreat = /^(?:threat)$/i.test(view.field('/data/type')?.text ?? '') || view.groups.has('attack')
  const attack = view.field('/data/attack') ?? (isThreat ? view.field('/data/threat_id') : undefined)
  if (attack === undefined) return undefined
  const severity = (view.field('/data/severity') ?? view.field('/data/crlevel'))?.text ?? ''
  const weight = /^(?:critical|high)$/i.test(severity) ? 1.5 : /^(?:medium)$/i.test(severity) ? 0.7 : 0.1
  return signalFrom('firewall-attack', weight, 'the firewall names an attack', attack)
}
