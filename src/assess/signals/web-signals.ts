import { isPrivateAddress } from '../../domain/network-address.ts'
import type { AlertView } from '../alert-view.ts'
import { matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'

const requestPatterns: readonly SignalPattern[] = [
  {
    id: 'injection-request',
    weight: 1.8,
    reason: 'the request carries code for the database, the shell or the browser',
    pattern:
      /(?:%27|'|\+|%20|\s)(?:or|and)(?:\+|%20|\s)+['"\w%]+(?:=|%3d)|union(?:\+|%20|\s|\/\*.{0,8}\*\/)+(?:all(?:\+|%20|\s)+)?select|(?:<|%3c)script|\$\{jndi:|%24%7bjndi|\.\.(?:\/|%2f){1,3}|(?:;|%3b|\||%7c)(?:\+|%20|\s)*(?:id|cat|wget|curl|bash|sh|nc|whoami)\b|\(\)\s*\{|etc(?:\/|%2f)passwd|php:\/\/|cmd=|system\(/i,
  },
  {
    id: 'scanner-agent',
    weight: 1.8,
    reason: 'the client names itself as a scanner',
    pattern:
      /nikto|sqlmap|nmap scripting|dirbuster|gobuster|ffuf|wpscan|masscan|zgrab|acunetix|nessus|nuclei|hydra/i,
  },
]

/** Places that no page links to: who asks for them looks for what was left open. */
const probe: SignalPattern = {
  id: 'probed-path',
  weight: 1.5,
  reason: 'the request asks for what no page links to, as whoever looks for a way in does',
  pattern:
    /\/\.(?:git|svn|hg|env|aws|ssh|htpasswd|htaccess|DS_Store|vscode)(?:[/.?]|$)|\/(?:phpmyadmin|pma|adminer|wp-config|phpinfo|manager\/html|_ignition|boaform|solr\/admin|actuator\/(?:env|heapdump|gateway))\b|\.(?:sql|bak|old|swp)(?:\.(?:gz|zip))?(?:\?|$)/i,
}

/** What no header holds but to break in: functions for the shell, look-ups for Log4j. */
const headerAttack: SignalPattern = {
  id: 'injection-header',
  weight: 1.8,
  reason: 'a header of the request carries code for the shell or the logger of the server',
  pattern: /\(\)\s{0,4}\{\s{0,4}[:\w]{0,20}\s{0,4};|\$\{(?:jndi|\$\{|lower:|env:)/i,
}

/** What a web request asks for, and whether the server gave it. */
export function webSignals(view: AlertView): Signal[] {
  const isWeb = view.groups.has('web') || view.groups.has('accesslog') || view.groups.has('web_scan')
  if (!isWeb) return []
  const url = view.field('/data/url') ?? view.field('/url/original')
  const signals = [
    ...matchPatterns([...requestPatterns, probe], url),
    ...matchPatterns(requestPatterns.slice(1), view.log),
    ...matchPatterns([headerAttack], view.log),
  ]
  const status = view.field('/data/id') ?? view.field('/http/response/status_code')
  const attack = signals.length > 0 || view.groups.has('attack')
  if (attack && status !== undefined && /^2\d\d$/.test(status.text)) {
    signals.push(signalFrom('answered', 1, 'the server answered the request with success', status))
  } else if (status !== undefined && /^(?:40[0345]|30\d)$/.test(status.text)) {
    signals.push(signalFrom('refused', -1, 'the server refused the request', status))
  }
  const fired = view.field('/rule/firedtimes')
  const source = view.field('/data/srcip')
  if (
    (view.alert.rule.firedTimes ?? 0) > 20 &&
    fired !== undefined &&
    source !== undefined &&
    isPrivateAddress(source.text)
  ) {
    signals.push(signalFrom('many-requests', 0.9, 'many such requests within the hour, from inside', fired))
  }
  return signals
}
