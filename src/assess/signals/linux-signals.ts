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
  if (!view.groups.has('windows')) signals.push(...matchPatterns(logPatterns, view.log))
  return signals
}
