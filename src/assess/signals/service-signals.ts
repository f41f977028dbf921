import type { AlertView } from '../alert-view.ts'
import { type Signal, signalFrom } from '../signal.ts'
import { looksRandom } from './file-signals.ts'
import { vendorFolder } from './vendor-folder.ts'

/** Services that watch or protect a Windows host, by their names and what they are called. */
const defenceService =
  /^(?:WinDefend|Sense|WdNisSvc|SecurityHealthService|wscsvc|MpsSvc|EventLog|Sysmon(?:64)?|Wazuh(?:Svc)?|OssecSvc|CSFalconService|SentinelAgent)$|defender|sysmon|wazuh|windows (?:firewall|event log)|falcon sensor/i

/** Event 7040: the start type of a service was changed; a defence that no longer starts is off after the next start. */
function defenceDisabled(view: AlertView): Signal | undefined {
  if (view.field('/data/win/system/eventID')?.text !== '7040') return undefined
  const now = view.field('/data/win/eventdata/param3')
  const service = [view.field('/data/win/eventdata/param4'), view.field('/data/win/eventdata/param1')].find(
    field => field !== undefined && defenceService.test(field.text),
  )
  return service !== undefined && now !== undefined && /disabled/i.test(now.text)
    ? signalFrom('defence-off', 3, 'a service that protects the host no longer starts', service)
    : undefined
}

/** New Windows services: what they start, and from where. Registry (Sysmon 13) and event log (7045, 4697) alike. */
export function serviceSignals(view: AlertView): Signal[] {
  const switchedOff = defenceDisabled(view)
  if (switchedOff !== undefined) return [switchedOff]
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
