import type { AlertView } from '../alert-view.ts'
import { type Signal, signalFrom } from '../signal.ts'
import { looksRandom } from './file-signals.ts'
import { vendorFolder } from './vendor-folder.ts'

/** New Windows services: what they start, and from where. Registry (Sysmon 13) and event log (7045, 4697) alike. */
export function serviceSignals(view: AlertView): Signal[] {
  const target = view.field('/data/win/eventdata/targetObject')
  const fromRegistry = target !== undefined && /\\services\\.{1,300}\\imagepath$/i.test(target.text)
  const path =
    view.field('/data/win/eventdata/imagePath') ??
    view.field('/data/win/eventdata/serviceFileName') ??
    (fromRegistry ? view.field('/data/win/eventdata/details') : undefined)
  if (path === undefined) return []
  if (vendorFolder.test(path.text)) {
    return [signalFrom('vendor-service', -2, 'the service starts a program from a vendor folder', path)]
  }
  const signals: Signal[] = []
  if (/(?:%{1,2}systemroot%{1,2}|[a-z]:\\{1,4}windows)\\{1,4}[^\\]{1,120}\.exe/i.test(path.text)) {
    signals.push(
      signalFrom(
        'service-from-windows-root',
        2,
        'the service starts a program that lies directly in the Windows folder, as remote-execution tools leave it',
        path,
      ),
    )
  }
  if (/(?:cmd|powershell|rundll32|mshta|%comspec%)(?:\.exe)?\b|\\\\127\.0\.0\.1\\/i.test(path.text)) {
    signals.push(signalFrom('service-runs-shell', 2.5, 'the service runs a shell command', path))
  }
  const name = path.text.replaceAll('"', '').split(/[\\/]/).at(-1)?.split(' ')[0] ?? ''
  if (looksRandom(name)) signals.push(signalFrom('random-name', 1.2, 'the program has a random name', path))
  if (/\\{1,4}(?:temp|users|programdata)\\{1,4}/i.test(path.text)) {
    signals.push(
      signalFrom('service-from-user-folder', 1.5, 'the service starts a program that users can write', path),
    )
  }
  return signals
}
