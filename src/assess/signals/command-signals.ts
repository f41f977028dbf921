import { cutText } from '../../lib/cut-text.ts'
import type { AlertView } from '../alert-view.ts'
import { decodeCommand, encodedArgument } from '../decode-command.ts'
import { type FieldText, matchPatterns, type Signal, signalFrom } from '../signal.ts'
import { commandPatterns } from './command-patterns.ts'

/** What the commands, scripts and parent commands of an alert do. */
export function commandSignals(view: AlertView): Signal[] {
  const own = view.commands.flatMap(command => [
    ...matchPatterns(commandPatterns, command),
    ...encodedSignals(command),
  ])
  const parent = matchPatterns(commandPatterns, view.parentCommand).filter(
    signal => !own.some(known => known.id === signal.id),
  )
  return [...own, ...parent.map(fromParent), ...shippedScript(view)]
}

/** Modules that came with Windows or PowerShell define many cmdlets that sound dangerous. */
function shippedScript(view: AlertView): Signal[] {
  const path = view.field('/data/win/eventdata/path')
  const shipped =
    path !== undefined &&
    /\\windowspowershell\\.{0,20}\\?modules\\|\\program files\\/i.test(path.text.replaceAll('\\\\', '\\'))
  return shipped ? [signalFrom('product-script', -1.5, 'a script of a module that was installed', path)] : []
}

/** What the parent ran explains the child, but the child may be a harmless step of it. */
function fromParent(signal: Signal): Signal {
  return { ...signal, weight: signal.weight * 0.8, reason: `is part of a command that ${signal.reason}` }
}

/** Encoding alone is only a hint: scripts of administrators are encoded too. What is inside decides. */
function encodedSignals(command: FieldText): Signal[] {
  const encoded = encodedArgument(command.text)
  if (encoded === undefined) return []
  const field = { pointer: command.pointer, text: encoded }
  const script = decodeCommand(encoded)
  if (script === undefined)
    return [signalFrom('encoded-command', 1.2, 'runs an encoded command that does not decode to text', field)]
  const inside = matchPatterns(commandPatterns, { pointer: command.pointer, text: script })
  const decoded = cutText(script.replaceAll(/\s+/g, ' ').trim(), 160)
  if (inside.length === 0) {
    const reason =
      'runs an encoded command that, decoded, neither downloads, injects, persists nor reaches for credentials'
    return [{ ...signalFrom('encoded-command-harmless', -1.2, reason, field), decoded }]
  }
  return [
    { ...signalFrom('encoded-command', 1.5, 'hides its command in base64', field), decoded },
    ...inside.map(signal => ({
      ...signal,
      quote: cutText(field.text, 160),
      decoded,
      reason: `decoded, ${signal.reason}`,
    })),
  ]
}
