import type { Behaviour } from './behaviour.ts'

/** What signals about logons, the network and web servers mean where they speak for an attack, by signal id. */
export const networkBehaviours: Readonly<Record<string, Behaviour>> = {
  'repeated-failures': {
    saidBy: ['success-after-failures', 'many-accounts'],
    unknown: 'Whether any guess succeeded: look for a success from the same source.',
    happened: 'logons failed many times in a row',
    steps: [
      'Look for a success after the failures, from the same source or for the same account (rules 5715, 60106).',
      'Identify the machine at SOURCE; block it if nobody owns it.',
    ],
  },
  'unknown-account': {
    unknown: 'How many other names the same source tried.',
    happened: 'a logon was tried with an account that does not exist',
    steps: ['List all accounts that the source tried within the day: a series of names is enumeration.'],
  },
  'attack-distribution': {
    happened: 'a computer with the name of an attack distribution logged on or tried to',
    steps: [
      'Find that computer on the network (DHCP, switch port) and who runs it; isolate it unless a test was announced.',
    ],
  },
  'anonymous-logon': {
    happened: 'a session without an account was opened',
    steps: [
      'See what the session read (5145, 4661): null sessions serve to list users and shares. Restrict them by policy.',
    ],
  },
  'logon-from-internet': {
    saidBy: [
      'repeated-failures',
      'success-after-failures',
      'many-failures',
      'many-accounts',
      'unknown-account',
      'windows-logon-from-internet',
      'system-account-logon',
      'root-password-from-internet',
      'logon-success',
    ],
    happened: 'a logon was tried from the internet',
    steps: [
      'Ask whether the service must be reachable from the internet at all; check the address against threat intelligence.',
    ],
  },
  'many-failures': {
    happened: 'logons failed again and again',
    steps: [
      'Look for a success after the failures, from SOURCE or for the same account (rules 5715, 60106).',
    ],
    unknown: 'Whether any guess succeeded: look for a success from the same source.',
  },
  'remote-failure': {
    happened: 'a logon over the network failed',
    steps: ['List what SOURCE tried within the day: many accounts or many tries are guessing.'],
  },
  'attack-signature': {
    happened: 'the network sensor saw an attack',
    steps: ['Open the packet or flow; see whether the target answered, and what it did next.'],
  },
  'scan-signature': {
    happened: 'the network sensor saw a scan',
    steps: [
      'Find out whether the source is one of your own scanners; else see which of its probes were answered.',
    ],
  },
  'injection-request': {
    saidBy: ['injection-header'],
    unknown: 'What the server answered: the log has the status, not the content.',
    happened: 'a web request carried an attack',
    steps: [
      'Replay the request against a test system and compare the size of the answer with that of a harmless one.',
      'List all requests of the same source within the day, by status and size.',
    ],
  },
  'web-attack': {
    saidBy: [
      'injection-request',
      'injection-header',
      'scanner-agent',
      'malware-named',
      'firewall-attack',
      'repeated-failures',
      'attack-signature',
    ],
    happened: 'a web application was attacked',
    steps: ['List all requests of the same source within the day, by status and size.'],
  },
  'scanner-agent': {
    happened: 'a scanner visited a web server',
    steps: [
      'Find out whether it was one of your own scans; else list which of its requests were answered with success.',
    ],
  },
  'probed-path': {
    happened: 'a web server was searched for files left open',
    saidBy: ['scanner-agent'],
    steps: [
      'List all requests of SOURCE within the day, and which were answered with success; take what it found off the server.',
    ],
  },
  'many-requests': {
    happened: 'a web server was asked for many things that it refused or that hurt it',
    steps: [
      'Find out whether SOURCE is one of your own scanners; else list which of its requests were answered with success.',
    ],
  },
  'script-on-network': {
    unixSteps: [
      'See which process holds the connection (`ss -tnp` on HOST), and whether HOST usually talks to that address and port.',
    ],
    happened: 'a script host or shell talked to the network',
    steps: [
      'See what else the process did (Sysmon events with its process GUID), and whether HOST usually talks to that address and port.',
    ],
  },
  'attack-port': {
    happened: 'a port was opened that attack tools use by default',
    steps: ['See which process listens there (`ss -ltnp` on HOST) and who started it.'],
  },
  listener: {
    unknown: 'Whether anybody connected, and what was sent.',
    happened: 'a program waited for network connections',
    steps: [
      'See who started it (`ps -ef`, shell history of USER), on which port, and whether anybody connected.',
    ],
  },
  'intel-hit': {
    happened: 'a value that threat intelligence knows was seen',
    steps: [
      'Open the event that names the value: how old is it, who says it, and what belongs to it? Look for that on HOST.',
      'Search all hosts for the value in proxy, DNS and firewall logs, and find the program on HOST that used it.',
    ],
    unknown: 'Whether the value still belongs to whom the event says.',
  },
  'program-from-address': {
    happened: 'a program was fetched from a bare address',
    steps: [
      'See on the host that fetched it whether the program was started, and search all hosts for its hash and for the address.',
    ],
    unknown: 'Whether the program was started.',
  },
  'weak-ticket': {
    saidBy: ['many-tickets'],
    happened: 'a ticket with weak encryption was asked for a service account',
    steps: [
      'See how many service accounts USER asked tickets for within the hour: many at once is Kerberoasting.',
      'Give the service account a long random password and allow only AES.',
    ],
    unknown: 'Whether the ticket was cracked: that happens where no log is written.',
  },
}
