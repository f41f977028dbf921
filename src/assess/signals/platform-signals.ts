import type { AlertView } from '../alert-view.ts'
import { type FieldText, matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'
import { textsBelow } from '../texts-below.ts'
import { commandPatterns } from './command-patterns.ts'

/** What containers, osquery, auditd, devices and Wazuh itself report beside what their commands say. */
export function platformSignals(view: AlertView): Signal[] {
  return [
    ...containerSignals(view),
    ...inventorySignals(view),
    ...auditSignals(view),
    ...deviceSignals(view),
    ...wazuhSignals(view),
    ...packageSignals(view),
    ...rootkitSignals(view),
    ...serverSignals(view),
  ]
}

const minerImage = /xmrig|monero|kinsing|\bminerd?\b|cryptonight|nicehash|c3pool/i

function containerSignals(view: AlertView): Signal[] {
  const action = view.field('/data/docker/Action')
  if (action === undefined) return []
  if (/^exec_/.test(action.text)) {
    return /^exec_\w+:\s*\S*\b(?:ba|z|k|da)?sh\s*$/.test(action.text)
      ? [
          signalFrom(
            'container-shell',
            0.3,
            'a shell in a container that is running, as after a break-in or for repairs',
            action,
          ),
        ]
      : []
  }
  const image = [
    view.field('/data/docker/Actor/Attributes/image'),
    view.field('/data/docker/Actor/Attributes/name'),
  ].find(field => field !== undefined && minerImage.test(field.text))
  if (image !== undefined) return [signalFrom('miner-image', 2.5, 'the image is that of a coin miner', image)]
  const privileged = view.field('/data/docker/Actor/Attributes/privileged')
  return privileged?.text === 'true'
    ? [signalFrom('privileged-container', 1.2, 'the container has the rights of its host', privileged)]
    : [signalFrom('container-state', -1.3, 'a container, image or network changed its state', action)]
}

/** A scheduled query answers whatever is there; its commands are read with all others. */
function inventorySignals(view: AlertView): Signal[] {
  const name = view.groups.has('osquery') ? view.field('/data/osquery/name') : undefined
  const path = view.field('/data/osquery/columns/path')
  if (name !== undefined && path !== undefined && /^\/(?:tmp|dev\/shm|var\/tmp)\//.test(path.text)) {
    const reason = 'a program that runs or has rights lies where everybody may write'
    return [signalFrom('program-in-open-folder', 1.4, reason, path)]
  }
  return name === undefined
    ? []
    : [signalFrom('inventory-query', -0.9, 'an answer to a scheduled query', name)]
}

const secretFile: SignalPattern = {
  id: 'secret-file',
  weight: 1,
  reason: 'a file that keeps passwords or keys was touched',
  pattern:
    /\/etc\/(?:shadow|gshadow|sudoers)\b|\/\.ssh\/id_|\/\.aws\/credentials|\/\.kube\/config|\/\.docker\/config\.json|\/\.git-credentials|\/ntds\.dit/i,
}

/** Numbers of the accounts of web servers: Debian's `www-data`, Red Hat's `apache`, SUSE's `wwwrun`, Alpine's and Arch's. */
const webServerNumbers = /^(?:33|48|30|82)$/
const askingProgram =
  /(?:^|\/)(?:id|whoami|uname|hostname|ps|w|ifconfig|ip|netstat|ss|cat|ls|find|crontab|sudo|su)$/
const toolOfIntruders =
  /(?:^|\/)(?:curl|wget|n(?:et)?cat|nc[\w.]*|socat|python[\d.]*|perl|gcc|ssh|chmod|nmap)$/

/** What a web server starts is mostly a helper of its pages; what an intruder starts in its name is a shell or looks around. */
function serviceCommand(view: AlertView, program: FieldText | undefined, joined: string): Signal[] {
  const account = view.field('/data/audit/uid')
  const login = view.field('/data/audit/auid')?.text
  const exe = view.field('/data/audit/exe') ?? program
  if (account === undefined || exe === undefined || !webServerNumbers.test(account.text)) return []
  // A person who became the web server by `sudo -u` has a login of their own.
  if (login !== undefined && /^\d{1,6}$/.test(login)) return []
  const inShell = /^(?:\S*\/)?(?:ba|da|z|k)?sh\s+-c\s+(?:\S*\/)?(\S+)/.exec(joined)?.[1] ?? ''
  const isTool = toolOfIntruders.test(exe.text) || toolOfIntruders.test(inShell)
  const asks = askingProgram.test(exe.text) || askingProgram.test(inShell.replace(/;$/, ''))
  if (!isTool && !asks && !/(?:^|\/)(?:ba|da|z|k)?sh$/.test(exe.text)) return []
  return [
    signalFrom(
      'web-server-command',
      isTool || asks ? 1.8 : 0.8,
      'it ran as the web server, as what comes in through a web shell does',
      exe,
    ),
  ]
}

/** The kernel gives a command word by word. Joined they are what was typed; each reason cites the program. */
function auditSignals(view: AlertView): Signal[] {
  const words = textsBelow(view.alert, '/data/audit/execve')
  const [program] = words
  const joined = words.map(({ text }) => text).join(' ')
  const commands =
    program === undefined || words.length < 2
      ? []
      : matchPatterns(commandPatterns, { pointer: program.pointer, text: joined }).map(signal => ({
          ...signal,
          quote: program.text.slice(0, 160),
          decoded: joined,
        }))
  const byService = serviceCommand(view, program, joined)
  const touched = matchPatterns([secretFile], view.field('/data/audit/file/name'))
  const plain =
    view.groups.has('audit_command') &&
    commands.length === 0 &&
    touched.length === 0 &&
    byService.length === 0
      ? view.field('/data/audit/exe')
      : undefined
  return [
    ...commands,
    ...touched,
    ...byService,
    ...(plain === undefined
      ? []
      : [signalFrom('audited-command', -1, 'every command is audited, and this one says nothing', plain)]),
  ]
}

function deviceSignals(view: AlertView): Signal[] {
  const isDevice = view.groups.has('usb') || view.field('/data/win/system/eventID')?.text === '6416'
  return isDevice
    ? [signalFrom('device', -0.6, 'a device was plugged in, as happens every day', view.description)]
    : []
}

/** An agent that falls silent may have been silenced; one that says too much may hide something in it. */
function wazuhSignals(view: AlertView): Signal[] {
  if (
    /^Wazuh agent (?:stopped|disconnected|removed)|^ossec agent (?:stopped|disconnected|removed)/i.test(
      view.description.text,
    )
  ) {
    return [
      signalFrom(
        'agent-silent',
        -0.9,
        'agents stop at every shutdown, and when somebody stops them',
        view.description,
      ),
    ]
  }
  return []
}

/** Packages by their names in the distributions: what attackers bring, and what defenders need. */
const attackPackages =
  /\b(?:nmap|masscan|hydra|medusa|john|hashcat|sqlmap|nikto|proxychains\w*|metasploit\w*|netcat-traditional|ncat|socat|aircrack-ng|ettercap\w*|responder|crackmapexec|chisel|xmrig)\b/i
const defencePackages =
  /\b(?:audit|auditd|wazuh-agent|ossec-hids\w*|fail2ban|clamav\w*|aide|tripwire|apparmor|selinux-policy\w*|ufw|firewalld|rsyslog|falcon-sensor|sysmonforlinux|crowdsec)\b/i

function packageSignals(view: AlertView): Signal[] {
  if (!view.groups.has('dpkg') && !view.groups.has('yum')) return []
  const name = view.field('/data/package') ?? view.log
  if (name === undefined) return []
  const removed = /\b(?:removed|deleted|erased)\b/i.test(view.description.text)
  if (removed) {
    return matchPatterns(
      [
        {
          id: 'defence-removed',
          weight: 2.4,
          reason: 'a package that watches or protects the host was removed',
          pattern: defencePackages,
        },
      ],
      name,
    )
  }
  return matchPatterns(
    [
      {
        id: 'attack-package',
        weight: 1.5,
        reason: 'a package that testers and attackers use was installed',
        pattern: attackPackages,
      },
    ],
    name,
  )
}

/** What a rootkit check finds hidden is worth more than words in a program. */
function rootkitSignals(view: AlertView): Signal[] {
  if (!view.groups.has('rootcheck')) return []
  const row: SignalPattern = {
    id: 'rootkit-trace',
    weight: 1.2,
    reason: 'something on the host is hidden from those who look for it',
    // `/dev` holds what is in memory alone: programs keep locks there, with a dot before their names.
    pattern: /\bhidden from\b|hidden (?:process|port)|(?<!possible )hidden file|kernel.level rootkit/i,
  }
  return matchPatterns([row], view.log ?? view.field('/data/title') ?? view.description)
}

/** Servers that log their own troubles. */
function serverSignals(view: AlertView): Signal[] {
  const log = view.description
  return matchPatterns(
    [
      {
        id: 'application-event',
        weight: -0.8,
        reason: 'a server reports a trouble of its own',
        pattern:
          /^(?:nginx|apache\b.{0,12}) ?(?:error|warning|notice|emergency) (?:message|log)|^unknown problem somewhere/i,
      },
      {
        id: 'refused',
        weight: -0.7,
        reason: 'the server refused the request',
        pattern: /^apache: attempt to access forbidden|client denied by server/i,
      },
    ],
    log,
  )
}
