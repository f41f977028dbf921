import type { SignalPattern } from '../signal.ts'

/**
 * What commands and scripts give away. Names are of public tools and of Windows' and Linux' own programs. Patterns
 * have no nested repetition, so that they stay linear on hostile text.
 */
export const commandPatterns: readonly SignalPattern[] = [
  {
    id: 'offensive-tool',
    weight: 2.5,
    reason: 'names a tool that attackers and red teams use',
    pattern:
      /mimikatz|sekurlsa::|lsadump::|invoke-mimi|powersploit|powerview|sharphound|bloodhound|rubeus|seatbelt\.exe|winpeas|linpeas|adfind|psexesvc|psexec|remcom|paexec|safetykatz|nanodump|lazagne|crackmapexec|netexec|impacket|secretsdump|wmiexec|smbexec|evil-winrm|cobalt ?strike|meterpreter|metasploit|msfvenom|nishang|atomicredteam|atomic-red-team|invoke-atomic|mitre caldera|chisel\.exe|ligolo|invoke-kerberoast|invoke-userhunter|find-domain|get-domain(?:user|computer|group|dfs)|invoke-(?:shellcode|reflectivepeinjection|dllinjection|bypassuac|tokenmanipulation|ninjacopy|portscan|wmiexec|smbexec|psinject|apppathbypass|powershelltcp)/i,
  },
  {
    id: 'reverse-shell',
    weight: 3,
    reason: 'opens a shell over the network',
    pattern:
      /\/dev\/tcp\/|\bn(?:et)?c(?:at)?(?:\.\w{1,12})?\b.{0,40}\s-[a-z]{0,12}e[a-z]{0,12}\s|bash\s+-i\s.{0,20}>&|mkfifo\s.{0,60}\bnc\b|net\.sockets\.tcpclient|socket\.socket\(.{0,80}connect/i,
  },
  {
    id: 'download-cradle',
    weight: 2,
    reason: 'downloads code or a file from a script or command line',
    pattern:
      /downloadstring|downloadfile|net\.webclient|msxml2\.(?:server)?xmlhttp|(?:invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b)[^|]{0,80}http|\b(?:irm|iwr|curl)\b.{1,200}\|\s*iex\b|bitsadmin.{0,20}\/transfer|start-bitstransfer|certutil.{0,40}(?:urlcache|verifyctl)|curl(?:\.exe)?\s.{0,200}(?:-o|--output|-O)\s|(?:curl|wget)\s[^|;]{0,200}\|\s*(?:ba)?sh|mshta(?:\.exe)?["\s]+(?:http|javascript|vbscript)|regsvr32.{0,80}\/i:http/i,
  },
  {
    id: 'upload',
    weight: 1.5,
    reason: 'sends a local file out',
    pattern:
      /curl(?:\.exe)?\s.{0,120}(?:-T|--upload-file|--data-binary|--data|-d|-F)\s+@?(?:[a-z]:\\|\/|%)|invoke-webrequest.{0,160}-method\s+(?:post|put)|\brclone(?:\.exe)?"?\s.{0,40}\b(?:copy|sync|move|copyto)\s|\bmega-put\b|\bmegacmd|\bazcopy(?:\.exe)?"?\s+copy\b/i,
  },
  {
    id: 'credential-access',
    weight: 2.5,
    reason: 'reaches for stored credentials',
    pattern:
      /comsvcs(?:\.dll)?.{0,20}minidump|procdump.{0,40}lsass|reg(?:\.exe)?\s+save\s+.{0,20}\\(?:sam|system|security)\b|ntdsutil|ntds\.dit|vaultcmd|cmdkey\s+\/list|\/etc\/shadow|get-gpppassword|\.git-credentials|id_rsa\b|dump.{0,20}lsass|sam\.hive/i,
  },
  {
    id: 'password-on-command-line',
    weight: 1.5,
    reason: 'carries a password on the command line to reach another system',
    pattern: /\/pwd:|net1?(?:\.exe)?\s+use\s+\\\\.{1,120}\/u(?:ser)?:|-pw\s+\S+.{0,60}@|sshpass\s+-p/i,
  },
  {
    id: 'log-or-backup-removal',
    weight: 3,
    reason: 'removes logs or backups',
    pattern:
      /wevtutil(?:\.exe)?\s+(?:cl|clear-log)|clear-eventlog|vssadmin.{0,20}delete|shadowcopy\s+delete|wbadmin\s+delete|bcdedit.{0,60}recoveryenabled\s+no|usn\s+deletejournal|history\s+-c|shred\s.{0,40}\/var\/log|rm\s.{0,20}\/var\/log/i,
  },
  {
    id: 'defence-off',
    weight: 2.5,
    reason: 'switches a defence off',
    pattern:
      /set-mppreference.{0,60}disable|add-mppreference.{0,20}exclusion|amsi(?:utils|initfailed|scanbuffer)|advfirewall.{0,30}state\s+off|auditpol.{0,20}\/(?:clear|set.{0,60}disable)|sc(?:\.exe)?\s+(?:stop|delete)\s+(?:windefend|sysmon|wazuh)|setenforce\s+0|iptables\s+(?:-F|--flush)|systemctl\s+(?:stop|disable|mask)\s+(?:--now\s+)?(?:auditd|wazuh|firewalld|ufw|falcon)/i,
  },
  {
    id: 'container-escape',
    weight: 2.2,
    reason: 'reaches out of a container to its host',
    pattern:
      /\bnsenter\s.{0,40}(?:-t|--target)[\s=]*1\b|\/proc\/1\/root|\bchroot\s+\/(?:host|mnt|rootfs)|docker\.sock|release_agent|-v\s+\/:\/|\bmount\s+\/dev\/(?:sd|vd|nvme|xvd)/i,
  },
  {
    id: 'setuid',
    weight: 2,
    reason: 'lets everybody run a program with the rights of its owner',
    pattern:
      /\bchmod\s+(?:-\w+\s+)?(?:[ugoa]{0,4}\+[rwx]{0,3}s|[2467][0-7]{3})\b|\bsetcap\s.{0,40}cap_(?:setuid|sys_admin|dac_override)/,
  },
  {
    id: 'policy-bypass',
    weight: 1.2,
    reason: 'starts PowerShell hidden or past its execution policy',
    pattern: /-(?:ep|ex\w{0,14})\s+(?:bypass|unrestricted)|-w(?:in\w{0,9})?\s+hid|-nop\b.{0,40}-/i,
  },
  {
    id: 'persistence',
    weight: 1.5,
    reason: 'installs something that starts again by itself',
    pattern:
      /schtasks(?:\.exe)?.{0,20}\/create|(?:register|new)-scheduledtask|currentversion\\{1,4}run(?:once)?\b|\bsc(?:\.exe)?\s+(?:\\\\\S+\s+)?create\s|new-service\s|(?:out-file|copy\w{0,10}|move|>|&gt;|new-item|-outfile)\s.{0,120}programs\\{1,4}startup|register-wmievent|__eventfilter|authorized_keys|crontab\s+-(?!l)|\/etc\/cron|ld\.so\.preload|systemctl\s+enable\s/i,
  },
  {
    id: 'account-change',
    weight: 2,
    reason: 'creates an account or gives one more rights',
    pattern:
      /net1?(?:\.exe)?\s+(?:user|localgroup|group)\s.{1,120}\/add|new-local ?user|add-(?:localgroupmember|adgroupmember)|\buseradd\s|usermod\s.{0,20}-a?G\s*(?:sudo|wheel|root|docker|adm)|net1?\s+user\s.{0,60}\/active:yes/i,
  },
  {
    id: 'lateral-movement',
    weight: 1.8,
    reason: 'runs or copies something on another host',
    pattern:
      /wmic(?:\.exe)?\s.{0,20}\/node\W|invoke-command.{0,60}-(?:computername|cn|session)|enter-pssession|invoke-wmimethod|process\s+call\s+create|\\\\[\w.-]{1,64}\\{1,4}(?:[a-z]|admin|ipc)\$|winrs(?:\.exe)?\s+-r/i,
  },
  {
    id: 'code-injection',
    weight: 2,
    reason: 'holds code that writes into memory or other processes',
    pattern:
      /virtualalloc|writeprocessmemory|createremotethread|createthread|getdelegateforfunctionpointer|getprocaddress|ntmapviewofsection|queueuserapc|rtlmovememory|shellcode/i,
  },
  {
    id: 'system-binary-proxy',
    weight: 1.8,
    reason: 'lets a trusted Windows program run foreign code',
    pattern:
      /mshta(?:\.exe)?\b|rundll32(?:\.exe)?\b(?!.{0,60}shell32\.dll\\?"?,\s?Control_RunDLL\s+\\?"?\w{1,20}\.cpl\b).{0,120}(?:javascript:|,#?\d|\.dll.{0,4},\s?(?:start|dllregisterserver|control_rundll))|regsvr32(?:\.exe)?\b.{0,60}scrobj|installutil(?:\.exe)?\s.{0,10}\/|cmstp(?:\.exe)?\s|odbcconf|msbuild(?:\.exe)?\s.{0,80}\.(?:xml|csproj)|pcalua|forfiles.{0,60}\/c|(?:w|c)script(?:\.exe)?\b.{0,160}\.(?:vbs|vbe|jse?|wsf)/i,
  },
  {
    id: 'discovery',
    weight: 1.3,
    reason: 'looks around the system or the domain',
    pattern:
      /\bwhoami\b|\bwmic(?:\.exe)?\s.{0,20}(?:useraccount|group|process|qfe|service|computersystem|ntdomain)\b|\bquser\b|\bqwinsta\b|\bquery\s+(?:user|session)|net1?(?:\.exe)?\s+(?:user|group|localgroup|view|accounts|share|session|config)\b|\bnltest\b|\bdsquery\b|\bsysteminfo\b|ipconfig(?:\.exe)?\s+\/all|\barp\s+-a|\broute\s+print|\btasklist\b|\bnetstat\s+-|windowsidentity\]?::getcurrent|get-(?:aduser|adcomputer|adgroup|localuser|localgroup|netuser|process|wmiobject)\b|\bgpresult\b|\/etc\/passwd|\buname\s+-a|\bid;|sudo\s+-l/i,
  },
  {
    id: 'drive-mapping',
    weight: -1,
    reason: 'maps a network drive, as logon scripts do',
    pattern: /net1?(?:\.exe)?\s+use\s+\w:\s+\\\\|new-psdrive|new-smbmapping/i,
  },
  {
    id: 'service-start',
    weight: -0.8,
    reason: 'starts a service of Windows by its name, as scripts of administrators do',
    pattern: /\bnet1?(?:\.exe)?"?\s{1,20}start\s{1,20}"?[\w ]{2,60}"?\s{0,20}$/i,
  },
  {
    id: 'product-script',
    weight: -1.5,
    reason: 'a script or command that ships with Windows or a common product',
    pattern:
      /copyright\s.{0,24}microsoft corporation|silcollector\.cmd|compattelrunner|gpscript|windows defender advanced threat protection|sdiagnhost|chocolatey(?:install|helpers)|psscriptpolicytest|scheduled ?defrag|appxdeployment|vboxservice|vmware tools|(?:-file|\/c)\s+(?:\\?"){0,2}[a-z]:\\{1,4}program files|zabbix|nagios|puppet|ansible|salt-minion|ccmexec/i,
  },
  {
    id: 'decoding',
    weight: 0.4,
    reason: 'decodes text before it uses it, to hide it or only to carry it',
    pattern: /frombase64string|b64decode|base64\s+(?:-d|--decode)\b/i,
  },
  {
    id: 'obfuscation',
    weight: 1.5,
    reason: 'hides what it runs',
    pattern:
      /%{1,2}\w+:~-?\d+,\d+%|(?:\w\^){3,}|-join\s{0,4}\(?\s{0,4}['"(]|\[char\]\s*\(?\d|`[a-z]`?[a-z]`|cmd(?:\.exe)?\s*\/r\s+cmd|echo\s.{1,200}(?:>|&gt;)\s{0,4}\S{1,120}\.(?:vbs|js|ps1|bat)/i,
  },
]
