import type { Random } from './random.ts'
import { item, type Scenario } from './scenario.ts'
import { sentence } from './sentence.ts'
import {
  address,
  clock,
  count,
  domain,
  email,
  labelNumber,
  polar,
  port,
  protocol,
  size,
  url,
} from './slots.ts'
import type { World } from './world.ts'

/** Traffic that an IDS or a firewall saw. */
export function traffic(w: World, random: Random): Scenario {
  const blocked = w.level % 2 === 0
  const fate = () => (blocked ? polar('blocked', 'allowed') : polar('allowed', 'blocked'))
  const [a, b] = [w.attacker, w.victimAddress]
  return {
    name: 'traffic',
    items: {
      flow: item(
        'Flow',
        JSON.stringify({
          src_ip: a,
          src_port: w.sourcePort,
          dest_ip: b,
          dest_port: w.port,
          proto: 'TCP',
          action: blocked ? 'blocked' : 'allowed',
          bytes_toserver: w.bytes,
        }),
      ),
      text: item('Log line', `${blocked ? 'BLOCK' : 'ALLOW'} TCP ${a}:${w.sourcePort} -> ${b}:${w.port}`),
      src: item('Source address', a),
      dst: item('Destination address', b),
      dport: item('Destination port', String(w.port)),
      counts: item('Connections', `connections: ${w.count}, ports: 1`, {
        facts: { connections: w.count, ports: 1 },
      }),
      direction: item('Direction', 'inbound'),
      encrypted: item('Encryption', 'connection without encryption'),
      time: item('Time', w.start.toISOString()),
    },
    claims: [
      {
        parts: sentence`${address(a, 'ends')} connected to ${address(b, 'ends')} on port ${port(w.port)}.`,
        cites: ['src', 'dst', 'dport'],
      },
      {
        parts: sentence`Traffic went from ${address(a, 'ends')} to ${address(b, 'ends')} over ${protocol('TCP')}.`,
        cites: ['flow'],
      },
      {
        parts: sentence`The connection from ${address(a, 'ends')} to ${address(b, 'ends')} was ${fate()}.`,
        cites: ['text'],
      },
      { parts: sentence`${count(w.count, random)} connections were seen.`, cites: ['counts'] },
      {
        parts: sentence`${address(a, 'ends')} sent ${size(w.bytes, random)} to ${address(b, 'ends')}.`,
        cites: ['flow'],
      },
      {
        parts: sentence`The firewall ${fate()} the traffic at ${clock(w.start, random)}.`,
        cites: ['text', 'time', 'flow'],
      },
      {
        parts: sentence`The connection was ${polar('inbound', 'outbound')} and ${polar('not encrypted', 'encrypted')}.`,
        cites: ['direction', 'encrypted'],
      },
      { parts: sentence`Source port ${port(w.sourcePort)} was used by ${address(a)}.`, cites: ['flow'] },
      {
        parts: sentence`The target of the scan is ${address(b, 'ends')}, its source ${address(a, 'ends')}.`,
        cites: ['src', 'dst'],
      },
    ],
  }
}

/** Requests to a web server. */
export function webRequests(w: World, random: Random): Scenario {
  const page = random.pick([
    '/wp-login.php',
    '/admin/config.php',
    '/.env',
    '/cgi-bin/test.cgi',
    '/api/v1/users',
  ])
  const status = random.pick([404, 403, 401, 200])
  const link = `https://${w.domain}${page}`
  return {
    name: 'web-requests',
    items: {
      line: item(
        'Log line',
        `${w.attacker} - - [${w.start.toISOString()}] "GET ${page} HTTP/1.1" ${status} 512 "-" "sqlmap/1.7"`,
        { trust: 'attacker-controlled' },
      ),
      counts: item('Requests in this case', `requests: ${w.count}, addresses: 2`, {
        facts: { requests: w.count, addresses: 2 },
      }),
      link: item('Link in the mail', link.replace('https', 'hxxps').replaceAll('.', '[.]'), {
        trust: 'attacker-controlled',
      }),
      sender: item('Sender', `billing@${w.domain}`, { trust: 'attacker-controlled' }),
      other: item('Source address', w.otherAttacker),
      dns: item('DNS', `${w.domain} resolves to ${w.otherAttacker}`),
    },
    claims: [
      {
        parts: sentence`${address(w.attacker)} requested ${page} and got status ${labelNumber(status)}.`,
        cites: ['line'],
      },
      {
        parts: sentence`${count(w.count, random)} requests came from ${count(2, random)} addresses.`,
        cites: ['counts'],
      },
      { parts: sentence`The user agent of the requests is "sqlmap/1.7".`, cites: ['line'] },
      { parts: sentence`The mail links to ${url(link)}.`, cites: ['link'] },
      { parts: sentence`The mail was sent by ${email(`billing@${w.domain}`)}.`, cites: ['sender'] },
      { parts: sentence`${domain(w.domain)} resolves to ${address(w.otherAttacker)}.`, cites: ['dns'] },
      {
        parts: sentence`Requests for ${page} were logged from ${address(w.attacker)} with ${protocol('HTTP')} GET.`,
        cites: ['line'],
      },
    ],
  }
}
