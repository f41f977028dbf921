import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { FieldText } from './signal.ts'

/**
 * Patterns read no more than this of a field: a script block of megabytes must not slow the queue. An event of Wazuh's has
 * 64 KB in all, which its doubled backslashes stretch: nobody hides a command behind padding.
 */
const maxFieldLength = 131_072

/** An alert by the roles that its fields play, whatever source they come from. */
export interface AlertView {
  readonly alert: Alert
  readonly groups: ReadonlySet<string>
  readonly description: FieldText
  /** Texts that were run as commands, most direct first: command line, script block, sudo command. */
  readonly commands: readonly FieldText[]
  readonly parentCommand: FieldText | undefined
  readonly image: FieldText | undefined
  readonly parentImage: FieldText | undefined
  readonly originalName: FieldText | undefined
  readonly targetFile: FieldText | undefined
  readonly user: FieldText | undefined
  readonly log: FieldText | undefined
  /** Any further field by its pointer. */
  field(pointer: string): FieldText | undefined
}

const pointers = {
  command: [
    '/data/win/eventdata/commandLine',
    '/data/win/eventdata/scriptBlockText',
    '/data/command',
    '/data/audit/command',
    '/data/win/eventdata/taskContent',
    '/data/docker/Action',
    '/data/osquery/columns/command',
    '/data/osquery/columns/cmdline',
    '/process/command_line',
  ],
  parentCommand: ['/data/win/eventdata/parentCommandLine', '/process/parent/command_line'],
  image: [
    '/data/win/eventdata/image',
    '/data/win/eventdata/newProcessName',
    '/data/win/eventdata/sourceImage',
    '/data/audit/exe',
    '/syscheck/audit/process/name',
    '/process/executable',
  ],
  parentImage: [
    '/data/win/eventdata/parentImage',
    '/data/win/eventdata/parentProcessName',
    '/process/parent/executable',
  ],
  originalName: ['/data/win/eventdata/originalFileName', '/process/pe/original_file_name'],
  targetFile: [
    '/data/win/eventdata/targetFilename',
    '/syscheck/path',
    '/data/virustotal/source/file',
    '/data/audit/file/name',
    '/file/path',
  ],
  user: ['/data/win/eventdata/user', '/data/srcuser', '/user/name'],
} as const

export function viewOf(alert: Alert): AlertView {
  const field = (pointer: string): FieldText | undefined => {
    const value = readPointer(alert.document, pointer)
    const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
    return text === '' ? undefined : { pointer, text: text.slice(0, maxFieldLength) }
  }
  const first = (candidates: readonly string[]) => candidates.map(field).find(found => found !== undefined)
  const finding = alert.generation === 5
  return {
    alert,
    groups: new Set(alert.rule.groups),
    description: field(finding ? '/wazuh/rule/title' : '/rule/description') ?? {
      pointer: finding ? '/wazuh/rule/id' : '/rule/id',
      text: alert.rule.id,
    },
    commands: pointers.command.flatMap(pointer => field(pointer) ?? []),
    parentCommand: first(pointers.parentCommand),
    image: first(pointers.image),
    parentImage: first(pointers.parentImage),
    originalName: first(pointers.originalName),
    targetFile: first(pointers.targetFile),
    user: first(pointers.user),
    log: field(finding ? '/event/original' : '/full_log'),
    field,
  }
}

/** The last part of a path of either kind, lower case, without quotes: `powershell.exe`. */
export function baseName(path: string): string {
  const end = path.replaceAll('"', '').trim().toLowerCase()
  return end.slice(Math.max(end.lastIndexOf('\\'), end.lastIndexOf('/')) + 1)
}
