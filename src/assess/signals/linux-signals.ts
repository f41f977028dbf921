import type { AlertView } from '../alert-view.ts'
import { matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'
import { commandPatterns } from './command-patterns.ts'

const sudoPatterns: readonly SignalPattern[] = [
  {
    id: 'administration',
    weight: -1.8,
    reason: 'everyday administration: packages, services, looking at logs',
    pattern:
      /(?:^|\/)(?:apt(?:-get)?|dnf|yum|zypper|snap|dpkg|rpm|pip3?|systemctl\s+(?:restart|start|status|reload|daemon-reload)|service|journalctl|tail|less|ls|mount|reboot|shutdown|nano|vi|vim|tee|mkdir|chown|docker|ufw\s+(?:status|allow))\b/,
  },
  {
    id: 'code-as-root',
    weight: 1,
    reason: 'runs code of its own as root',
    pattern: /(?:^|\/)(?:python3?|perl|ruby|gdb|nc|ncat|socat|awk|php)(?:\s|$)|find\s.{0,80}-exec/,
  },
  {
    id: 'root-shell',
    weight: 0.2,
    reason: 'opens a root shell, as administrators do too',
    pattern: /(?:^|\/)(?:bash|sh|zsh|su)(?:\s|$)/,
  },
]

/** What was refused did not run. */
const refused = /\b(?:unauthorized|failed|not in sudoers|incorrect password)\b/i

const kernelModuleCommand: SignalPattern = {
  id: 'kernel-module-command',
  weight: 1.5,
  reason: 'loads a kernel module by hand',
  pattern: /(?:^|\/|\s)(?:insmod|modprobe)\s/,
}

const logPatterns: readonly SignalPattern[] = [
  {
    id: 'known-rootkit',
    weight: 2.5,
    reason: 'names a known rootkit',
    pattern: /diamorphine|reptile|azazel|jynx|adore-ng|suterusu|kovid|bdvl|singularity\.ko/i,
  },
  {
    id: 'usual-module',
    weight: -1.8,
    reason: 'a driver that is usually built outside the kernel',
    pattern:
      /\b(?:vboxguest|vboxsf|vboxdrv|vmw\w+|nvidia\w*|zfs|spl|wl|8821\w*|r8168|falcon_\w+|dkms|openrazer|v4l2loopback|xt_\w+): (?:module verification failed|loading out-of-tree)/i,
  },
  {
    id: 'unsigned-module',
    weight: 1.2,
    reason: 'a kernel module without a valid signature was loaded',
    pattern: /module verification failed|loading out-of-tree module/i,
  },
  {
    id: 'listener',
    weight: 2,
    reason: 'a program that waits for connections and hands out a shell or data',
    pattern: /\bn(?:et)?c(?:at)?(?:\.\w+)?\s+-\w*l\w*|\bsocat\b.{0,60}listen|\d\/(?:nc|ncat|netcat|socat)\b/i,
  },
  {
    id: 'attack-port',
    weight: 1.8,
    reason: 'a listening port that attack tools use by default',
    pattern: /:(?:4444|4445|1337|31337|5555|9001|6666)\s/,
  },
  {
    id: 'mining',
    weight: 2.5,
    reason: 'names a coin miner',
    pattern: /\bxmrig\b|\bkinsing\b|\bkdevtmpfsi\b|stratum\+tcp/i,
  },
]

/** Interfaces that containers, virtual machines and their bridges bring, which listen to everything by design. */
const virtualInterface = /^(?:veth|docker|br-|virbr|vnet|tap|cali|cni|flannel|lxc|lxd|podman|ovs|vmnet)/

/** Kernel and auditd say which interface, auditd also whether it was from the session of a person. */
function promiscuousSignals(view: AlertView): Signal[] {
  if (!/promiscuous/i.test(view.description.text)) return []
  const device = view.field('/data/audit/dev')
  const named = device?.text ?? /\b(?:device|dev=)\s?([\w-]{2,15})/.exec(view.log?.text ?? '')?.[1] ?? ''
  const proof = device ?? view.log ?? view.description
  if (virtualInterface.test(named)) {
    const reason = 'the interface of a container or virtual machine, which listens to everything by design'
    return [signalFrom('promiscuous-container', -1.6, reason, proof)]
  }
  const person = view.field('/data/audit/auid')
  return person !== undefined && /^[1-9]\d{2,5}$/.test(person.text)
    ? [
        signalFrom(
          'promiscuous-person',
          0.6,
          'it was done in the session of a person, as when somebody records the network',
          person,
        ),
      ]
    : [
        signalFrom(
          'promiscuous-mode',
          -0.5,
          'network sensors and container hosts listen to everything as well',
          view.description,
        ),
      ]
}

/** What a log line says was run, where nothing in the alert says it more exactly. */
const loggedCommands = new Set(['reverse-shell', 'download-cradle', 'log-or-backup-removal'])
const startedFromOpenFolder: SignalPattern = {
  id: 'program-in-open-folder',
  weight: 1.2,
  reason: 'something is started from a folder where everybody may write',
  pattern: /(?:\bCMD \(|Start(?:ed|ing) |ExecStart=).{0,120}\s\(?\/(?:tmp|dev\/shm|var\/tmp)\/[\w.-]+/,
}

function loggedSignals(view: AlertView): Signal[] {
  const hasMore = ['/data/url', '/syscheck/path', '/data/virustotal/source/file'].some(
    pointer => view.field(pointer) !== undefined,
  )
  if (hasMore || view.commands.length > 0 || view.groups.has('ids') || view.groups.has('web')) return []
  return [
    ...matchPatterns(commandPatterns, view.log).filter(({ id }) => loggedCommands.has(id)),
    ...matchPatterns([startedFromOpenFolder], view.log),
  ]
}

/** Sudo, kernel modules, listening programs: what Linux hosts report. */
export function linuxSignals(view: AlertView): Signal[] {
  const signals: Signal[] = []
  if (view.groups.has('sudo') && !refused.test(view.description.text)) {
    const command = view.field('/data/command')
    const told = matchPatterns([...sudoPatterns, kernelModuleCommand], command)
    // An everyday tool does not explain what attacks do with it: `tee` also writes keys that let somebody in.
    const isAttack = matchPatterns(commandPatterns, command).some(signal => signal.weight > 0)
    signals.push(...told.filter(signal => !isAttack || signal.weight > 0))
    if (signals.length === 0 && !isAttack)
      signals.push(signalFrom('sudo-use', -0.6, 'a permitted use of sudo', view.description))
  }
  if (!view.groups.has('windows')) {
    signals.push(...matchPatterns(logPatterns, view.log), ...promiscuousSignals(view), ...loggedSignals(view))
  }
  return signals
}
