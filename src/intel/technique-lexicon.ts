/**
 * How reports say it: words and phrases that name a technique without its ATT&CK name. Written by hand from how incident
 * reports read; one line per technique, alternatives as one expression, matched in any case at word starts.
 */
const phrases: Readonly<Record<string, string>> = {
  T1001: 'junk data|protocol impersonation|disguis\\w+ (?:its |the )?(?:c2|traffic)',
  'T1001.002': 'steganograph\\w+ .*(?:c2|command)|hid\\w+ commands? in (?:images?|pictures?)',
  T1003:
    'dump\\w* (?:of )?credentials?|credential (?:dump|harvest|steal)\\w*|steal\\w* credentials|secretsdump|lazagne',
  'T1003.001': 'mimikatz|lsass|sekurlsa|comsvcs(?:\\.dll)?|minidump|procdump|nanodump|pypykatz|safetykatz',
  'T1003.002': 'sam (?:hive|database|registry)|reg(?:\\.exe)? save hklm.sam|pwdump|security account manager',
  'T1003.003': 'ntds(?:\\.dit)?|ntdsutil|volume shadow copy of the domain controller',
  'T1003.004': 'lsa secrets?|policy.secrets',
  'T1003.006': 'dcsync|drsuapi|replicat\\w+ directory changes',
  'T1003.008': '/etc/(?:shadow|passwd)',
  T1005:
    'collect\\w* (?:files?|documents?|data) (?:from|on) (?:the )?(?:local|victim|infected|compromised|host)|steal\\w* (?:files?|documents?)|searches? for (?:documents|files with)|file grabber|data from (?:the )?local',
  T1007: 'tasklist /svc|sc query|net start|enumerat\\w* (?:running |windows )?services',
  T1008: 'fallback (?:c2|channel|server|domain)|backup c2|secondary c2|second(?:ary)? c&c',
  T1010: 'window titles?|foreground window|active window|enumwindows|getforegroundwindow',
  T1012:
    'regquery|reg(?:\\.exe)? query|quer\\w+ (?:the )?(?:windows )?registry|reads? (?:the )?registry|registry (?:key )?(?:is|was) (?:read|queried)|checks? (?:the |a )?registry',
  T1014: 'rootkits?|kernel[- ]mode driver hid\\w+|ld_preload rootkit',
  T1016:
    'ipconfig|ifconfig|network (?:adapter|interface|configuration|settings)|mac address(?:es)?|arp -a|route print|(?:public|external|local) ip address|getadaptersinfo|nbtstat|ipinfo\\.io|api\\.ipify',
  'T1016.001':
    'internet connect(?:ion|ivity) (?:check|test)|ping\\w* (?:google|8\\.8\\.8\\.8)|check\\w* (?:for )?internet connect\\w+',
  T1018:
    'net view|ping sweep|(?:remote|other|nearby) (?:systems?|hosts?|computers?) (?:on|in) the (?:network|domain)|adfind|host discovery|nltest /dclist|enumerat\\w* (?:domain )?computers|advanced (?:ip|port) scanner|bloodhound|sharphound',
  T1020: 'automat\\w+ (?:exfiltrat|upload)\\w*|exfiltrat\\w+ automatically',
  T1021: 'lateral(?:ly)? mov\\w+|move\\w* laterally',
  'T1021.001': 'rdp|remote desktop(?: protocol| connection)?|mstsc|port 3389',
  'T1021.002': 'smb|admin shares?|admin\\$|c\\$|ipc\\$|net use|windows admin share|psexec|smbexec',
  'T1021.003': 'dcom|distributed component object model|mmc20|dcomexec',
  'T1021.004': 'ssh|openssh|plink|putty',
  'T1021.005': 'vnc|tightvnc|ultravnc|hvnc',
  'T1021.006': 'winrm|windows remote management|evil-winrm|psremoting|invoke-command',
  T1025: 'removable (?:media|drive|disk)s? .*(?:collect|steal|copy)\\w*|files from usb',
  T1027:
    'obfuscat\\w+|encod\\w+|base64|xor\\w*|encrypt\\w+ (?:strings?|payload|shellcode|configuration|config|file|resource)|(?:strings?|payload|shellcode|configuration|config) (?:is|are|was|were) (?:encrypted|encoded|obfuscated)|rc4|aes[- ]?(?:128|256)?[- ]encrypted|garbage code|junk code|dead code|control flow flatten\\w+|opaque predicates?|string encryption|crypters?',
  'T1027.001': 'binary padding|padded|inflated (?:file )?size|null bytes appended|file size (?:to|of) over',
  'T1027.002':
    'upx|packe[rd]s?|packing|themida|vmprotect|aspack|enigma protector|software packing|unpack\\w*',
  'T1027.003':
    'steganograph\\w+|hidden (?:in|inside|within) (?:an? |the )?(?:image|png|jpe?g|bmp|picture)s?|embedded in (?:an? )?(?:png|image)',
  'T1027.004': 'compile after delivery|csc\\.exe|compiled on the (?:victim|host|target)',
  'T1027.005': 'indicator removal from tools?|modif\\w+ .* to (?:evade|avoid) (?:signature|antivirus)',
  'T1027.006': 'html smuggling|blob .*download|msSaveOrOpenBlob',
  'T1027.007':
    'api hash\\w*|dynamic(?:ally)? (?:api )?resol\\w+|resol\\w+ (?:the )?(?:api|function|import)s? (?:dynamically|at run ?time|by hash)|hashed api|getprocaddress',
  'T1027.009':
    'embedded payload|payload (?:is )?embedded (?:in|within)|embedded (?:in (?:its|the) )?resources?|resource section',
  'T1027.010':
    'command obfuscation|obfuscated (?:powershell|command|script|vbs|javascript)|-enc(?:odedcommand)?\\b|caret|string concatenation',
  'T1027.011':
    'fileless storage|payload (?:is )?stored in (?:the )?registry|stor\\w+ .* in (?:the )?registry',
  'T1027.013': 'encrypted file|encrypted/encoded|encrypted payload|encrypted blob|encrypted shellcode',
  T1029: 'scheduled (?:transfer|exfiltration)|exfiltrat\\w+ (?:every|at (?:specific|certain) times)',
  T1030: 'chunks?|split (?:the )?(?:data|files?) (?:in)?to|data transfer size',
  T1033:
    'whoami|user ?names?|current user|logged[- ](?:on|in) users?|getusername|quser|query user|system owner|user account name',
  T1036:
    'masquerad\\w+|disguis\\w+|impersonat\\w+ (?:a )?legitimate|mimic\\w* (?:a )?legitimate|fake (?:pdf|word|document) icon|posing as|pretend\\w* to be',
  'T1036.001': 'invalid (?:code )?signature|fake certificate|revoked certificate',
  'T1036.002': 'right[- ]to[- ]left override|rtlo',
  'T1036.003':
    'renam\\w+ (?:copy|version|binary|system|legitimate|rundll32|powershell|cmd)|renamed (?:binary|utility|tool)',
  'T1036.004':
    'masquerad\\w+ .*(?:service|task)|(?:service|task) named? .*(?:update|microsoft|google|adobe)|(?:fake|legitimate[- ]looking) (?:service|task) name',
  'T1036.005':
    'svchost\\.exe|(?:named|called|renamed|name) .*(?:legitimate|like|similar to|to look|to appear|to blend)|legitimate[- ]looking (?:name|file|filename)|same name as|matching legitimate|explorer\\.exe|masquerad\\w+ as (?:a )?(?:legitimate|microsoft|windows|adobe|google)|typosquat\\w*',
  'T1036.007': 'double (?:file )?extensions?|\\.pdf\\.exe|\\.doc\\.exe|\\.jpg\\.exe',
  'T1036.008':
    'masquerad\\w+ file type|file (?:extension|header) (?:is )?changed|disguised as (?:an? )?(?:image|jpe?g|png|pdf|text|txt)',
  T1037: 'logon scripts?|rc\\.local|rc\\.d|initialization scripts?',
  'T1037.004': 'rc\\.local|rc scripts?|init\\.d',
  T1039: 'network shared? drives? .*(?:collect|steal|copy)|files from (?:network|mapped) (?:shares?|drives?)',
  T1040: 'sniff\\w*|packet captur\\w+|tcpdump|wireshark|pcap|promiscuous',
  T1041:
    'exfiltrat\\w+|sen[dt]s? (?:the )?(?:\\w+ ){0,4}(?:data|information|files?|credentials?) (?:back )?(?:to|over) (?:the |its |an? )?(?:c2|c&c|command|attacker|remote|server)|upload\\w* (?:\\w+ ){0,4}to (?:the )?(?:c2|c&c|server|attacker)|sent to (?:the )?(?:c2|c&c|attacker|command)|http post',
  T1046:
    'port scan\\w*|network scan\\w*|nmap|masscan|scan\\w* (?:the )?(?:network|subnet|internal|ports?|for open)|softperfect|netscan|service scanning',
  T1047: 'wmi|wmic|windows management instrumentation|win32_process|wmiexec|wbem',
  T1048: 'rclone|megasync|winscp|filezilla|exfiltrat\\w+ .*(?:ftp|dns|smtp|email)|alternative protocol',
  'T1048.003': 'ftp .*exfil\\w+|exfil\\w+ .*ftp|smtp .*exfil\\w+|exfil\\w+ .*(?:smtp|unencrypted)',
  T1049: 'netstat|network connections|active (?:tcp )?connections|net session',
  'T1052.001': 'exfil\\w+ .*usb|usb .*exfil\\w+',
  T1053: 'scheduled tasks?|task scheduler|cron ?jobs?',
  'T1053.002': 'at\\.exe|at job|at command',
  'T1053.003': 'cron(?:tab| ?jobs?)?',
  'T1053.005':
    'schtasks|scheduled tasks?|task scheduler|itaskservice|taskschd|register-scheduledtask|creates? (?:a )?(?:new )?task',
  'T1053.006': 'systemd timers?',
  T1055:
    'inject\\w* (?:\\w+ ){0,6}(?:in)?to|(?:process|code|dll|shellcode) injection|injected|createremotethread|writeprocessmemory|virtualallocex|ntmapviewofsection|remote thread',
  'T1055.001':
    'dll injection|loadlibrary .*remote|inject\\w* (?:a |the |its )?(?:malicious )?dll|reflective dll',
  'T1055.002': 'pe injection|portable executable injection',
  'T1055.003': 'thread (?:execution )?hijack\\w*|setthreadcontext|suspendthread',
  'T1055.004': 'apc injection|asynchronous procedure call|queueuserapc|early ?bird',
  'T1055.012':
    'process hollowing|hollow\\w*|runpe|zwunmapviewofsection|ntunmapviewofsection|suspended (?:state|process|mode)',
  'T1055.013': 'process doppelg\\w+',
  T1056: 'input capture|captur\\w+ (?:user )?input',
  'T1056.001': 'key ?log\\w*|keystrokes?|setwindowshook(?:ex)?|getasynckeystate|keyboard (?:input|hook)',
  'T1056.002': 'fake (?:login|password|credential) (?:prompt|dialog|window)|credential prompt|credui',
  'T1056.003': 'web portal capture|login page modified|capture credentials .*(?:vpn|owa|portal)',
  'T1056.004':
    'api hook\\w*|hook\\w* (?:the )?(?:api|function)s?|iat hook\\w*|inline hook\\w*|form ?grab\\w*|man-in-the-browser|web ?injects?',
  T1057:
    'tasklist|process (?:list|discovery|enumeration)|running processes|enumerat\\w* (?:all )?(?:running )?process\\w*|list\\w* (?:of )?(?:all )?(?:running )?processes|createtoolhelp32snapshot|process32(?:first|next)|ps aux|checks? (?:for|if) .*process',
  T1059:
    'scripts?|script interpreter|command[- ]line|lua|autoit|autohotkey|interpreter|execut\\w* (?:arbitrary )?commands?',
  'T1059.001': 'powershell|pwsh|\\.ps1|invoke-expression|iex|invoke-webrequest|downloadstring|ps1 script',
  'T1059.002': 'applescript|osascript',
  'T1059.003':
    'cmd(?:\\.exe)?|command prompt|command shell|batch (?:file|script)|\\.bat|\\.cmd|reverse shell|remote shell|shell commands?|windows command',
  'T1059.004': 'bash|shell script|/bin/sh|unix shell|\\.sh\\b',
  'T1059.005': 'vbscripts?|vba|visual basic|\\.vbs|macros?|wscript|cscript|vbe',
  'T1059.006': 'python|\\.py\\b|pyinstaller',
  'T1059.007': 'javascript|jscript|\\.js\\b|\\.jse|node\\.js',
  'T1059.008': 'network device cli',
  'T1059.010': 'autohotkey|autoit',
  'T1059.011': 'lua scripts?|luajit',
  T1068:
    'privilege escalation (?:vulnerab|exploit)\\w*|exploit\\w* .*(?:elevate|escalate|escalation)|local privilege escalation|juicypotato|printnightmare|godpotato|sweetpotato|badpotato|byovd|vulnerable driver|zerologon|cve .* (?:escalat|elevat)\\w+|dirty ?(?:cow|pipe)|pwnkit',
  T1069: 'group permissions|permission groups|net group|net localgroup',
  'T1069.001': 'net localgroup|local groups?',
  'T1069.002': 'net group|domain groups?|domain admins?|enterprise admins?',
  T1070:
    'clear\\w* (?:its )?(?:tracks|traces)|cover\\w* (?:its|their) tracks|anti-?forensic\\w*|remove\\w* (?:all )?traces|indicator removal',
  'T1070.001':
    'wevtutil|clear\\w* (?:the )?(?:windows )?(?:event|security|system) logs?|event logs? (?:were |was )?(?:cleared|deleted|wiped)|clear-eventlog',
  'T1070.002': 'clear\\w* .*/var/log|delet\\w* .*(?:syslog|/var/log)|linux logs?',
  'T1070.003': 'bash_history|history -c|command history|histfile',
  'T1070.004':
    'delet\\w+ (?:\\w+ ){0,4}(?:itself|files?|samples?|dropper|executable|malware|original|payload|artifacts?)|self[- ]?delet\\w*|removes? (?:itself|the files?)|del /[fqs]|files? (?:is|are|was|were|will be|being) (?:deleted|removed)|erase\\w* (?:itself|files?)|sdelete|deleted? (?:after|once)|rm -rf|melt\\w* itself|uninstall\\w* itself',
  'T1070.006':
    'timestomp\\w*|(?:file )?time ?stamps? (?:is|are|was|were)? ?(?:modified|changed|altered|copied)|modif\\w+ (?:the )?(?:file )?time ?stamps?|setfiletime|touch -',
  T1071: 'application layer protocol|(?:mqtt|dns|smtp|imap|xmpp) for c2',
  'T1071.001':
    'https?(?: (?:get|post|requests?|traffic|protocol|communications?))|over https?|via https?|http-based|web protocols?|user[- ]agent|websockets?|get request|post request|c2 (?:communication|traffic|server)s? .*http|http .*c2',
  'T1071.002': 'ftp(?: protocol)? .*c2|ftp server|file transfer protocol',
  'T1071.003': 'smtp|imap|pop3|mail protocols?|e-?mails? (?:as|for) c2|via e-?mail',
  'T1071.004':
    'dns (?:tunnel\\w*|quer(?:y|ies)|requests?|txt|protocol)|over dns|via dns|txt records?|dns-based|doh',
  T1072:
    'software deployment|sccm|pdq deploy|group policy software|intune|kaseya|rmm deployment|configuration manager',
  T1074: 'data staged|stag\\w+ (?:the )?(?:data|files)|staging (?:directory|folder)',
  'T1074.001':
    'stag\\w+ (?:\\w+ ){0,4}(?:locally|directory|folder)|stor\\w+ (?:\\w+ ){0,6}(?:temp|temporary|staging) (?:folder|directory|file)|saved? (?:\\w+ ){0,6}(?:in|to) (?:a )?(?:temp|temporary|local) (?:folder|directory|file)|collected (?:data|files|information) (?:is|are|was|were) (?:stored|saved|written)|written to (?:a )?(?:log )?file',
  T1078:
    'valid (?:accounts?|credentials?)|stolen credentials?|compromised (?:accounts?|credentials?)|legitimate (?:accounts?|credentials?)|leaked credentials?|harvested credentials?|default (?:accounts?|passwords?|credentials?)|hard-?coded (?:passwords?|credentials?)',
  'T1078.001': 'default (?:accounts?|passwords?|credentials?)',
  'T1078.002': 'domain (?:admin\\w*|accounts?|credentials?)',
  'T1078.003': 'local (?:admin\\w*|accounts?)',
  'T1078.004': 'cloud accounts?|(?:azure|aws|iam|o365|office 365) (?:accounts?|credentials?)',
  T1080: 'taint\\w* shared content|shared (?:drive|folder)s? .*(?:infect|malicious)',
  T1082:
    'systeminfo|system information|(?:os|operating system|windows) version|computer ?name|host ?name|machine name|hardware (?:info|id|details)|cpu|getcomputername|volume serial|system (?:architecture|language|details|profile)|fingerprint\\w* (?:the )?(?:host|system|machine)|uname|hwid|disk space|gathers? (?:basic )?(?:system|host|victim) info\\w*|system reconnaissance|rtlgetversion',
  T1083:
    'file and directory|enumerat\\w* (?:all )?(?:the )?(?:files?|director\\w+|folders?|drives?|disks?)|list\\w* (?:of )?(?:all )?(?:files?|director\\w+|folders?)|findfirstfile|findnextfile|director(?:y|ies) listing|dir command|search\\w* for (?:specific )?files?|travers\\w* (?:the )?(?:files?|director\\w+|folders?)|recursive\\w*|browse files|file (?:search|enumeration|listing)|file extensions',
  T1087: 'account discovery|enumerat\\w* (?:user )?accounts?|net user',
  'T1087.001': 'net user|local (?:user )?accounts?|/etc/passwd|net1? user',
  'T1087.002':
    'net user /domain|domain (?:user )?accounts?|active directory users?|adfind|dsquery|ldap quer\\w+|domain users?',
  'T1087.003': 'email (?:account|address)(?:es|s)? (?:list|book)|global address list|address book',
  T1090:
    'prox(?:y|ies)|socks[45]?|tunnel\\w*|relay|reverse proxy|frp|ngrok|chisel|htran|port forward\\w*|iox|earthworm',
  'T1090.001': 'internal proxy|proxy (?:within|inside) the (?:victim )?network|peer-to-peer',
  'T1090.002': 'external proxy|residential prox\\w+|proxy servers?|vpn (?:service|provider)',
  'T1090.003': 'tor|onion|multi-?hop|orb network',
  'T1090.004': 'domain front\\w+',
  T1091: 'removable (?:media|drives?)|usb (?:drives?|devices?|sticks?|worm)|spread\\w* .*usb|autorun\\.inf',
  T1092: 'communication through removable',
  T1095:
    'raw (?:tcp|socket)s?|tcp (?:socket|connection|port|protocol)|udp|icmp|custom (?:tcp |binary |network )?protocol|non-application layer|socket connection|over tcp|via tcp|winsock|wsasocket',
  T1098:
    'account manipulation|add\\w* (?:\\w+ ){0,4}to (?:the )?(?:local )?(?:admin\\w*|group)|modif\\w+ (?:user )?accounts?|ssh authorized keys',
  'T1098.004': 'authorized_keys|ssh (?:public )?keys?',
  'T1098.005': 'register\\w* (?:a )?(?:new )?(?:device|mfa)|device registration',
  T1102:
    'web services? (?:for|as) c2|(?:telegram|discord|slack|twitter|github|google (?:drive|docs|sheets)|dropbox|onedrive|pastebin|notion|youtube|graph api) (?:api|bot|channel|.*c2)|legitimate (?:web|cloud) services?|cloud (?:storage )?services? .*c2',
  'T1102.001':
    'dead[- ]drop|retriev\\w+ (?:the )?(?:c2|c&c) (?:address|server|url)\\w* from|resol\\w+ (?:its )?c2 (?:from|via)|pastebin|steam (?:profile|community)',
  'T1102.002': 'bidirectional|telegram (?:bot|api)|discord|graph api|dropbox api|google drive api',
  T1104: 'multi-?stage (?:c2|channel)|first[- ]stage c2|second[- ]stage c2',
  T1105:
    'download\\w* (?:and (?:execut|run|install)\\w+ )?(?:\\w+ ){0,5}(?:payloads?|files?|malware|tools?|dll|executables?|modules?|stage|additional|from|binary|implant|beacon|script)|dropp?(?:s|ed|er) (?:\\w+ ){0,4}(?:payload|files?|malware|dll|executable)|fetch\\w* (?:the |a |an )?(?:next|second|payload|final|additional)|certutil|bitsadmin|wget|curl|urldownloadtofile|retriev\\w+ (?:the |a |an )?(?:\\w+ ){0,3}payload|upload\\w* (?:and download )?files?|second[- ]stage payload|next[- ]stage|transfer\\w* (?:tools?|files?)|loader|downloader',
  T1106:
    'native api|windows api|api (?:calls?|functions?)|winapi|win32 api|createprocess\\w*|virtualalloc\\w*|virtualprotect|ntcreate\\w+|ntallocate\\w+|syscalls?|system calls?|shellexecute\\w*|winexec|createthread|loadlibrary\\w*|ntdll|kernel32|calls? (?:the )?\\w+(?:A|W|Ex)\\b',
  T1110: 'brute[- ]?forc\\w*|password (?:guess\\w*|crack\\w*|list)|dictionary attack|hydra|login attempts',
  'T1110.001':
    'password guess\\w*|weak passwords?|common passwords?|default passwords?|ssh brute|credentials? list',
  'T1110.002': 'password crack\\w*|hashcat|john the ripper|crack\\w* .*hash\\w*',
  'T1110.003': 'password spray\\w*|spray\\w* attacks?',
  'T1110.004': 'credential stuffing',
  T1111: 'mfa (?:interception|token)|one[- ]time (?:passwords?|codes?)|otp|2fa codes?|smart ?card',
  T1112:
    'modif\\w+ (?:the |a |several )?(?:windows )?registry|registry (?:key|value|entr)\\w* (?:is|are|was|were)? ?(?:created|modified|set|added|changed|deleted|written)|(?:set|add|creat|writ|chang|delet|stor|sav)\\w* (?:\\w+ ){0,6}registry|reg(?:\\.exe)? (?:add|delete)|regsetvalue\\w*|regcreatekey\\w*|regedit|hkey_\\w+|hkcu|hklm',
  T1113:
    'screen ?shots?|screen ?captur\\w*|captur\\w* (?:the )?(?:victim\\W*s? )?(?:screen|desktop)|bitblt|copyfromscreen|record\\w* (?:the )?screen',
  T1114:
    'email (?:collection|theft|harvest\\w*)|steal\\w* e-?mails?|mailbox(?:es)?|outlook (?:data|messages)|pst files?',
  'T1114.001': 'pst files?|\\.ost|local e-?mail',
  'T1114.002': 'exchange (?:server|web services)|ews|owa|remote e-?mail|graph api .*mail',
  'T1114.003': 'forward(?:ing)? rules?|inbox rules?|auto-?forward\\w*',
  T1115: 'clipboard|getclipboarddata|clipper',
  T1119:
    'automat\\w+ collect\\w*|automatically (?:collect|gather|search)\\w*|monitor\\w* (?:for )?(?:new )?files',
  T1120:
    'peripheral devices?|connected (?:usb|devices)|device enumeration|printers?|wm_devicechange|smart card reader',
  T1123: 'microphone|record\\w* audio|audio (?:captur|record)\\w*|eavesdrop\\w*',
  T1124: 'system time|time ?zone|local time|getsystemtime|getlocaltime|net time|w32tm|gettickcount',
  T1125: 'webcam|video captur\\w*|camera',
  T1127: 'msbuild|trusted developer|dnx|rcsi',
  'T1127.001': 'msbuild',
  T1129: 'shared modules?|load\\w* (?:additional )?(?:dll|modules?|plugins?)|loadlibrary\\w*|dlopen',
  T1132: 'data encoding|encod\\w+ (?:\\w+ ){0,4}(?:c2|traffic|communication|data)',
  'T1132.001':
    'base64(?:-| )?encod\\w+ .*(?:c2|traffic|data|communication|request|sent)|standard encoding|hex-?encod\\w+',
  'T1132.002': 'custom (?:base64|encoding)|non-standard (?:base64|encoding)',
  T1133:
    'external remote services?|vpn|citrix|exposed (?:rdp|ssh|docker|kubernetes)|internet-facing (?:rdp|vpn)|remote access service|fortigate|pulse secure|globalprotect',
  T1134:
    'access tokens?|token (?:manipulation|impersonation|theft)|sedebugprivilege|adjusttokenprivileges|duplicatetoken\\w*|impersonateloggedonuser|incognito',
  'T1134.001':
    'token impersonation|duplicatetoken\\w*|impersonat\\w+ (?:the )?(?:system|user) (?:token|account)',
  'T1134.002': 'createprocesswithtoken\\w*|createprocessasuser\\w*|runas',
  'T1134.004': 'parent (?:pid|process) spoof\\w*|ppid spoof\\w*|updateprocthreadattribute',
  T1135:
    'network shares?|net share|netshareenum|shared (?:folders|drives|resources)|net view|wnetenumresource',
  T1136: 'create\\w* (?:a |an |new )+(?:\\w+ )?(?:user|account)s?',
  'T1136.001':
    'net user .*/add|create\\w* (?:a |an |new )+(?:local |admin\\w* )?(?:user|account)s?|new local account|useradd',
  'T1136.002': 'net user .*/add /domain|create\\w* (?:a )?domain account',
  T1137: 'office (?:startup|template|add-?ins?)|normal\\.dotm|wll|xll|outlook (?:rules|forms|home page)|vsto',
  T1140:
    'decrypt\\w*|deobfuscat\\w*|decod(?:e|es|ed|ing)|unpack\\w*|decompress\\w*|xor (?:key|decryption|operation|loop)|decryption (?:routine|key|algorithm)|base64[- ]decod\\w*|certutil -decode|extract\\w* (?:the )?(?:archive|zip|payload|shellcode)',
  T1176: 'browser extensions?|chrome extensions?|malicious extension|browser add-?ons?',
  T1185:
    'browser session hijack\\w*|man-in-the-browser|web ?injects?|hijack\\w* browser|session cookies .*hijack',
  T1187: 'forced authentication|ntlm (?:hash|relay|leak)\\w*|unc path|responder|petitpotam|coerc\\w+',
  T1189:
    'drive-?by|watering hole|strategic web compromise|compromised websites?|malvertis\\w+|exploit kits?|malicious (?:ads?|advertis\\w+)|seo poison\\w*|fake (?:browser )?updates?|visiting (?:the |a )?(?:compromised|infected|malicious)',
  T1190:
    'exploit\\w* (?:\\w+ ){0,5}(?:vulnerab\\w+|cve|public-facing|internet-facing|exchange|log4j|log4shell|proxyshell|proxylogon|confluence|citrix|fortinet|ivanti|apache|weblogic|server)|public-facing|internet-facing|log4shell|log4j|proxyshell|proxylogon|sql injection|remote code execution (?:vulnerab|flaw)\\w*|unpatched (?:server|vulnerab)\\w*|zero-?day|moveit|zerologon',
  T1195: 'supply[- ]chain',
  'T1195.001':
    'npm packages?|pypi|malicious packages?|dependenc\\w+ confusion|typosquat\\w* package|open[- ]source (?:packages?|librar\\w+)|development tools?',
  'T1195.002':
    'supply[- ]chain|trojani[sz]ed (?:installer|update|software|version)|software update (?:mechanism|server) .*compromis\\w*|compromised (?:update|installer|build)|solarwinds|3cx|ccleaner|notpetya|m\\.e\\.doc|kaseya',
  T1197: 'bits(?:admin| jobs?)|background intelligent transfer',
  T1199:
    'trusted relationship|managed service providers?|msps?|third[- ]party (?:vendor|provider|contractor)s?|service providers? .*(?:access|compromis)',
  T1200: 'hardware additions?|rubber ducky|badusb|raspberry pi|rogue device',
  T1201: 'password policy|net accounts',
  T1202: 'indirect command execution|forfiles|pcalua|conhost .*cmd|scriptrunner',
  T1203:
    'exploit\\w* (?:\\w+ ){0,5}(?:office|word|excel|adobe|reader|browser|chrome|internet explorer|flash|equation editor|winrar|client)|equation editor|cve-2017-11882|cve-2017-0199|cve-2018-0802|cve-2021-40444|follina|rtf exploit|weaponi[sz]ed (?:document|rtf)',
  T1204:
    'user (?:execution|interaction|clicks?|opens?|runs?)|trick\\w* (?:the )?(?:users?|victims?) into|lur\\w+ (?:the )?(?:users?|victims?)|social engineering',
  'T1204.001':
    'click\\w* (?:on )?(?:the |a |this )?(?:\\w+ )?(?:links?|url|button)|malicious links?|phishing links?|url in the (?:e-?mail|message)',
  'T1204.002':
    'open\\w* (?:the |a |this |an )?(?:\\w+ ){0,3}(?:attachments?|documents?|files?|archive|lnk|shortcut|iso|macro|email)|enabl\\w+ (?:the )?(?:macros?|content|editing)|double[- ]click\\w*|malicious (?:documents?|files?|attachments?|macros?|excel|word|lnk|iso|onenote|shortcut)|execut\\w* (?:by )?the (?:victim|user)|users? (?:to )?(?:open|run|execut|launch|install)\\w*|lure documents?|decoy (?:documents?|pdf)|trojani[sz]ed|cracked software|fake installer|\\.lnk|iso (?:file|image)|once opened|onenote',
  'T1204.003': 'malicious (?:docker |container )?images?',
  'T1204.004':
    'clickfix|copy and paste|run dialog|win\\+r|paste\\w* (?:the |a )?(?:malicious )?(?:command|script)|fake captcha',
  T1205: 'port knock\\w*|magic packets?|traffic signal\\w*|wake[- ]on[- ]lan|bpf|socket filter',
  T1207: 'dcshadow|rogue domain controller',
  T1210:
    'eternalblue|ms17-010|exploit\\w* (?:of )?remote services?|bluekeep|smb vulnerab\\w*|zerologon|worm\\w* (?:spread|propagat)\\w*',
  T1211: 'exploit\\w* .*(?:bypass|evade) (?:security|defen[cs]e)',
  T1212: 'exploit\\w* .*credential access|ms14-068',
  T1213:
    'sharepoint|confluence|information repositor\\w+|wiki|jira|databases? (?:dump|quer|steal|access)\\w*|crm',
  T1216: 'pubprn|syncappvpublishingserver|signed scripts?',
  T1217: 'browser (?:bookmarks?|history|information)|bookmarks',
  T1218: 'living[- ]off[- ]the[- ]land|lolbins?|lolbas|signed binar\\w+|system binary proxy|proxy execution',
  'T1218.001': 'chm files?|compiled html|hh\\.exe',
  'T1218.002': 'control panel|\\.cpl|control\\.exe',
  'T1218.003': 'cmstp',
  'T1218.004': 'installutil',
  'T1218.005': 'mshta|\\.hta|hta files?',
  'T1218.007': 'msiexec|\\.msi\\b',
  'T1218.008': 'odbcconf',
  'T1218.009': 'regsvcs|regasm',
  'T1218.010': 'regsvr32|squiblydoo',
  'T1218.011': 'rundll32',
  'T1218.013': 'mavinject',
  'T1218.014': 'mmc\\.exe|\\.msc',
  T1219:
    'anydesk|teamviewer|screenconnect|connectwise|atera|splashtop|ammyy|netsupport|remote (?:access|admin\\w*|management|monitoring|support|utilities) (?:software|tools?|utility)|rmm|remoteutilities|logmein|quick assist|tacticalrmm|meshagent|dameware|rustdesk|ultravnc|supremo|zoho assist|remote desktop software',
  T1220: 'xsl script|msxsl|wmic .*xsl',
  T1221: 'template injection|remote templates?',
  T1222: 'icacls|takeown|cacls|chmod|file permissions?|attrib',
  'T1222.001': 'icacls|takeown|cacls',
  'T1222.002': 'chmod|chattr|chown',
  T1480:
    'execution guardrails?|environmental keying|only (?:runs?|execut\\w+) (?:on|if|in)|geo-?fenc\\w*|kill ?switch|mutex(?:es)?|specific (?:victim|machine|host|domain)|checks? (?:the )?(?:keyboard|language|locale|country)',
  'T1480.001':
    'environmental keying|derive\\w* (?:the )?(?:key|decryption) from (?:the )?(?:host|machine|volume|computer)',
  'T1480.002': 'mutex(?:es)?|createmutex\\w*|only one instance|already running',
  T1482: 'domain trusts?|nltest|/domain_trusts|adfind|get-adtrust|trust relationships?',
  T1484: 'group policy (?:modif|object)\\w*|gpos?',
  'T1484.001': 'group polic(?:y|ies)|gpos?|gpupdate',
  T1485:
    'data destruction|destroy\\w* (?:data|files)|wip(?:e|es|ed|er|ers|ing)|overwrit\\w+ (?:files|data|the)|delete\\w* all (?:files|data)',
  T1486:
    'ransomware|encrypt\\w* (?:\\w+ ){0,4}(?:files?|data|systems?|drives?|disks?|network|hosts?|servers?|victims?)|ransom (?:notes?|demand)|file[- ]encrypt\\w*|encrypted (?:files|extension)|decryptor|decryption tool|lockers?',
  T1489:
    'stop\\w* (?:\\w+ ){0,4}services?|kill\\w* (?:\\w+ ){0,4}(?:process\\w*|services?)|terminat\\w+ (?:\\w+ ){0,4}(?:process\\w*|services?)|net stop|sc stop|taskkill|service stop',
  T1490:
    'vssadmin|shadow cop(?:y|ies)|delete\\w* (?:volume )?shadow|bcdedit|wbadmin|system recovery|backups? (?:deleted|removed|destroy)|inhibit\\w* .*recovery|recoveryenabled|resize shadowstorage',
  T1491: 'defac\\w+',
  'T1491.001': 'wallpaper|internal defacement|desktop background',
  T1495: 'firmware corruption|corrupt\\w* (?:the )?(?:firmware|bios)|brick\\w*',
  T1496:
    'crypto ?min\\w+|coin ?min\\w+|xmrig|cryptojack\\w*|monero min\\w+|mining (?:pool|malware|software)|proxyware|resource hijack\\w*',
  T1497:
    'sandbox\\w*|virtual machines?|anti-?(?:vm|analysis|sandbox|virtual\\w*)|vmware|virtualbox|vbox|qemu|hypervisor|evad\\w+ (?:sandbox|analysis)|analysis environments?',
  'T1497.001':
    'anti-?vm|check\\w* (?:for )?(?:the presence of )?(?:vmware|virtualbox|virtual machine|sandbox|vm)|cpuid|number of (?:cpu|processor|core)s|ram size|detect\\w* (?:virtual|sandbox|vm)',
  'T1497.002': 'mouse (?:movement|click|cursor)|user activity|human interaction|getcursorpos',
  'T1497.003': 'sleep\\w*|time[- ]based evasion|delay\\w* execution|long delays?|gettickcount|rdtsc',
  T1498: 'ddos|denial[- ]of[- ]service|syn flood|udp flood|network flood|amplification|botnet attack',
  'T1498.001': 'syn flood|udp flood|tcp flood|icmp flood|direct network flood',
  T1499: 'endpoint denial|http flood|slowloris|resource exhaustion|application (?:layer )?(?:dos|flood)',
  T1505: 'server software component|iis modules?|malicious (?:iis|exchange) (?:module|transport)',
  'T1505.001': 'sql stored procedures?|xp_cmdshell',
  'T1505.003': 'web ?shells?|china chopper|godzilla|behinder|antsword|reGeorg|\\.aspx|\\.jsp',
  'T1505.004': 'iis (?:modules?|components?|extension)|isapi',
  T1518:
    'installed (?:software|applications?|programs?)|software (?:discovery|inventory)|enumerat\\w* installed',
  'T1518.001':
    'anti-?virus(?:es)? (?:software|products?|solutions?|process\\w*|engine)s?|security (?:software|products?|solutions?|tools?) (?:installed|running|present|process)|installed (?:av|antivirus|security)|securitycenter2?|check\\w* (?:for )?(?:\\w+ ){0,4}(?:antivirus|anti-virus|av|edr|security) |antivirusproduct|enumerat\\w* (?:\\w+ ){0,3}(?:antivirus|security)|list of (?:security|antivirus)|av (?:products?|software)',
  T1525: 'implant\\w* (?:internal )?(?:container )?image',
  T1526: 'cloud service discovery|enumerat\\w* cloud services',
  T1528:
    'steal\\w* (?:application )?access tokens?|oauth tokens?|consent phishing|api keys?|access tokens? theft',
  T1529: 'shut ?down|reboot\\w*|restart\\w* (?:the )?(?:system|computer|machine|host)|exitwindowsex',
  T1530: 's3 buckets?|cloud storage|azure blob|storage accounts?',
  T1531:
    'account access removal|chang\\w* (?:user |all )?passwords|lock\\w* out (?:users|accounts)|log(?:ged)? off users|delet\\w* (?:user )?accounts',
  T1534:
    'internal spearphish\\w*|phish\\w* (?:from|other|inside) (?:internal|employees|compromised account)|compromised e-?mail accounts? .*(?:send|sent)',
  T1537: 'transfer data to cloud account|snapshots? shared',
  T1538: 'cloud (?:service )?(?:dashboard|console)',
  T1539: 'session cookies?|steal\\w* (?:\\w+ ){0,3}cookies|browser cookies|cookie theft|pass-the-cookie',
  T1542: 'pre-?os boot|bios|firmware|uefi',
  'T1542.001': 'uefi (?:rootkit|firmware|implant)|system firmware|spi flash',
  'T1542.003': 'bootkits?|master boot record|mbr|esp partition|boot ?loader',
  T1543: 'create\\w* (?:or modif\\w+ )?system process|launch (?:agent|daemon)s?',
  'T1543.001': 'launch ?agents?',
  'T1543.002': 'systemd|systemctl|\\.service unit|/etc/systemd',
  'T1543.003':
    'creat\\w* (?:\\w+ ){0,3}services?|install\\w* (?:\\w+ ){0,4}(?:as )?(?:a )?(?:windows )?services?|sc(?:\\.exe)? create|createservice\\w*|new service|windows services?|service (?:dll|persistence|named|installation)|runs? as a service|registers? (?:itself )?as a (?:windows )?service',
  'T1543.004': 'launch ?daemons?',
  T1546: 'event triggered|persistence .*(?:trigger|event)',
  'T1546.001': 'file association',
  'T1546.002': 'screen ?saver|scrnsave',
  'T1546.003':
    'wmi (?:event )?(?:subscription|consumer|filter|persistence)|__eventfilter|commandlineeventconsumer|activescripteventconsumer|mof file',
  'T1546.004': '\\.bashrc|\\.bash_profile|\\.profile|\\.zshrc|/etc/profile',
  'T1546.007': 'netsh helper',
  'T1546.008': 'sticky ?keys|sethc|utilman|accessibility features|osk\\.exe',
  'T1546.009': 'appcert ?dlls?',
  'T1546.010': 'appinit',
  'T1546.011': 'shim(?:s|ming)?|sdbinst',
  'T1546.012': 'image file execution options|ifeo|silentprocessexit',
  'T1546.013': 'powershell profile',
  'T1546.015': 'com (?:object )?hijack\\w*|component object model hijack\\w*|inprocserver32|clsid',
  'T1546.016': 'installer packages?|postinst\\w*|preinst\\w*|npm install script',
  T1547:
    'boot or logon|autostart|auto-?run|persist\\w* (?:across|after) reboots?|start(?:s|ed)? (?:automatically )?(?:at|on|with|upon) (?:boot|start-?up|log ?on|windows)',
  'T1547.001':
    'run (?:registry )?keys?|currentversion.run\\w*|start-?up (?:folder|directory)|runonce|autorun|registry .*persist\\w*|persist\\w* .*registry|starts? (?:up )?(?:at|with|on|when) (?:each |every |system |windows )?(?:boot|log ?on|login|start-?up|reboot)|programs.startup|software.microsoft.windows.currentversion.run',
  'T1547.002': 'authentication packages?',
  'T1547.004': 'winlogon|userinit|shell registry value',
  'T1547.005': 'security support provider|ssp dll|mimilib',
  'T1547.006': 'kernel modules?|lkm|insmod|modprobe|kexts?|kernel extensions?|loadable kernel',
  'T1547.009': 'shortcut modif\\w+|(?:modif|creat)\\w* .*(?:lnk|shortcut)s? .*start\\w*',
  'T1547.010': 'port monitors?',
  'T1547.012': 'print processors?',
  'T1547.013': 'xdg autostart|autostart .*\\.desktop',
  'T1547.015': 'login items?',
  T1548: 'abuse elevation|elevat\\w+ (?:its )?(?:privileges?|permissions)',
  'T1548.001': 'setuid|setgid|suid',
  'T1548.002':
    'uac|user account control|fodhelper|eventvwr|cmstplua|computerdefaults|sdclt|bypass\\w* uac|icmluautil|auto-?elevat\\w*|consentpromptbehavior\\w*|enablelua',
  'T1548.003': 'sudo(?:ers)?|nopasswd',
  T1550: 'alternate authentication|pass[- ]the',
  'T1550.001': 'application access tokens?|oauth|stolen tokens?',
  'T1550.002': 'pass[- ]the[- ]hash|pth|over-?pass[- ]the[- ]hash',
  'T1550.003': 'pass[- ]the[- ]ticket|kerberos tickets?',
  'T1550.004': 'web session cookies?|pass[- ]the[- ]cookie',
  T1552:
    'unsecured credentials|plain ?text (?:credentials|passwords?)|clear ?text (?:credentials|passwords?)',
  'T1552.001':
    'credentials? in files?|passwords? (?:stored )?in (?:files?|documents|text)|search\\w* (?:for )?(?:files? (?:containing|with) )?(?:passwords?|credentials?)|\\.env files?|config(?:uration)? files? .*(?:credential|password)s?|filezilla|winscp|aws credentials|wallet\\.dat|ftp clients?|credential files?|id_rsa',
  'T1552.002': 'credentials? in (?:the )?registry|passwords? .*registry|putty sessions',
  'T1552.003': 'bash history',
  'T1552.004': 'private keys?|ssh keys?|\\.pem|id_rsa',
  'T1552.005': 'metadata (?:service|api)|169\\.254\\.169\\.254|imds',
  'T1552.006': 'group policy preferences|gpp|cpassword|groups\\.xml',
  'T1552.007': 'container api|kubernetes secrets?|docker api',
  T1553: 'subvert\\w* trust',
  'T1553.001': 'gatekeeper|com\\.apple\\.quarantine',
  'T1553.002':
    'code[- ]sign\\w*|(?:digitally |validly )?signed (?:with|by|using|binary|malware|driver|certificate)|stolen (?:code[- ]signing )?certificates?|valid (?:digital )?(?:signature|certificate)s?|signing certificates?|digital signature',
  'T1553.004': 'root certificates?|certutil -addstore',
  'T1553.005': 'mark[- ]of[- ]the[- ]web|motw|zone\\.identifier|iso (?:file|image)s?|vhdx?|img files?',
  'T1553.006': 'driver signature|testsigning|code integrity|dse',
  T1554:
    'compromis\\w* (?:host )?software binary|trojani[sz]ed (?:ssh|binary|system)|replac\\w* (?:legitimate )?binar\\w+|patched (?:sshd|binary)',
  T1555:
    'password (?:stores?|managers?|vaults?)|keepass|1password|lastpass|stored (?:credentials|passwords)|saved passwords|credential (?:store|vault|manager)',
  'T1555.001': 'keychain',
  'T1555.003':
    'browser (?:credentials?|passwords?|data|stored)|(?:credentials?|passwords?|data|logins?|information|cookies) (?:\\w+ ){0,5}(?:from|in|stored in) (?:\\w+ ){0,4}(?:browsers?|chrome|firefox|edge|opera)|login data|saved (?:browser )?(?:passwords|credentials)|logins\\.json|key4\\.db|cryptunprotectdata|browsers?.*(?:steal|stolen|theft|harvest)|web browsers?|chromium',
  'T1555.004': 'windows credential manager|vaultcmd|credential vault',
  'T1555.005': 'password managers?|keepass|bitwarden|lastpass',
  T1556: 'authentication process|skeleton key|pam modules?|password filter|ssp',
  'T1556.001': 'skeleton key',
  'T1556.003': 'pam(?:_unix| modules?)|pluggable authentication',
  'T1556.006': 'disable\\w* (?:mfa|multi-?factor)|mfa (?:bypass|disabled|modif\\w*)',
  T1557:
    'adversary[- ]in[- ]the[- ]middle|aitm|man[- ]in[- ]the[- ]middle|mitm|evilginx|reverse proxy phishing|evilproxy',
  'T1557.001': 'llmnr|nbt-ns|responder|smb relay|ntlm relay|inveigh|ntlmrelayx',
  'T1557.002': 'arp (?:cache )?(?:spoof|poison)\\w*',
  T1558: 'kerberos (?:ticket|attack)s?|rubeus|steal\\w* .*kerberos',
  'T1558.001': 'golden tickets?|krbtgt',
  'T1558.002': 'silver tickets?',
  'T1558.003': 'kerberoast\\w*|service principal names?|spns?',
  'T1558.004': 'as-?rep roast\\w*',
  T1559: 'inter-?process communication|named pipes?|ipc|xpc',
  'T1559.001':
    'com objects?|component object model|cocreateinstance|icreateinstance|shell\\.application|com interface',
  'T1559.002': 'dde|dynamic data exchange|ddeauto',
  T1560:
    'archiv\\w+ (?:the )?(?:collected|stolen)? ?(?:data|files|documents)|compress\\w* (?:\\w+ ){0,5}(?:data|files|documents|zip|rar|before)|(?:zip|rar|7z|cab)(?:ped)? (?:archive|file)s? .*(?:exfil|stolen|collected|data)',
  'T1560.001':
    '7-?zip|7z(?:a|\\.exe)?|winrar|rar\\.exe|makecab|archive via utility|password[- ]protected (?:rar|zip|archive)|tar -|gzip',
  'T1560.002': 'zlib|libzip|system\\.io\\.compression|archive via library',
  'T1560.003':
    'custom (?:encryption|compression|algorithm) .*(?:collected|stolen|data)|encrypt\\w* (?:the )?(?:collected|stolen|gathered) (?:data|information|files)|archive via custom',
  T1561: 'disk wip\\w*|wip\\w+ (?:the )?(?:disk|drive|mbr|partition)s?',
  'T1561.001': 'disk content wipe|overwrit\\w+ .*(?:disk|drive|sectors)|physicaldrive',
  'T1561.002':
    'disk structure|(?:overwrit|wip|corrupt)\\w* (?:the )?(?:mbr|master boot record|partition table|gpt)',
  T1562: 'impair defen[cs]es|evad\\w+ defen[cs]es|disable\\w* (?:security|defen[cs])\\w*|unhook\\w*',
  'T1562.001':
    'disabl\\w* (?:\\w+ ){0,5}(?:defender|antivirus|anti-virus|av|edr|security|amsi|protection|tools?|monitoring|real-?time)|(?:kill|terminat|stop|uninstall|bypass|patch|tamper)\\w* (?:\\w+ ){0,5}(?:defender|antivirus|anti-virus|av|edr|security (?:software|products?|tools?|solutions?|process\\w*|services?)|amsi|etw)|amsi(?:scanbuffer)?|etweventwrite|set-mppreference|exclusions?|disableantispyware|add-mppreference|turn(?:s|ed|ing)? off|tamper protection|unhook\\w*|edr killer|gmer|process hacker',
  'T1562.002': 'auditpol|disable\\w* (?:windows )?event log\\w*|event logging',
  'T1562.003': 'histcontrol|histsize|unset histfile|command history logging',
  'T1562.004':
    'firewall(?: rules?)?|netsh (?:adv)?firewall|iptables|ufw|advfirewall|disable\\w* (?:the )?firewall',
  'T1562.006': 'indicator block\\w*|etw|event tracing',
  'T1562.008': 'cloudtrail|disable\\w* (?:cloud )?logs?|stoplogging',
  'T1562.009': 'safe ?mode|safeboot',
  'T1562.010': 'downgrade attack|powershell (?:version )?2|smbv1',
  T1563: 'session hijack\\w*',
  'T1563.002': 'rdp hijack\\w*|tscon',
  T1564: 'hid(?:e|es|den|ing) artifacts?|conceal\\w*',
  'T1564.001':
    'hidden (?:files?|folders?|director\\w+|attributes?)|attrib \\+[hs]|hid(?:e|es|ing) (?:the )?files?|file_attribute_hidden|dot ?files',
  'T1564.002': 'hidden users?|specialaccounts',
  'T1564.003':
    'hidden window|windowstyle hidden|-w hidden|sw_hide|hid(?:e|es|ing) (?:the |its )?(?:console |command )?window|createnowindow|invisible window|hidden desktop',
  'T1564.004': 'alternate data streams?|ads\\b|ntfs (?:attributes|streams?)|\\$data|extended attributes',
  'T1564.005': 'hidden file system|virtual file system|vfs',
  'T1564.006': 'run virtual instance|virtualbox .*ransomware|qemu .*(?:tunnel|hid)',
  'T1564.008': 'inbox rules?|email hiding rules?|mailbox rules?',
  T1565: 'data manipulation|manipulat\\w* (?:the )?(?:data|transactions?|clipboard|wallet)',
  'T1565.001': 'stored data manipulation|modif\\w+ (?:database|records)',
  'T1565.002': 'transmitted data manipulation|replac\\w* (?:the )?(?:wallet|crypto\\w*|bank) address\\w*',
  T1566: 'phish\\w*|malspam|spam (?:e-?mails?|campaigns?)|malicious e-?mails?|e-?mail campaigns?|lures?',
  'T1566.001':
    '(?:spear-?)?phish\\w* (?:\\w+ ){0,6}attach\\w*|attach(?:ed|ment|ments)|malspam|malicious (?:attachments?|documents?)|e-?mails? (?:\\w+ ){0,8}(?:attach\\w*|document|zip|iso|archive|pdf|macro)|spear-?phish\\w*|weaponi[sz]ed (?:documents?|attachments?)',
  'T1566.002':
    '(?:spear-?)?phish\\w* (?:\\w+ ){0,6}(?:link|url)s?|e-?mails? (?:\\w+ ){0,8}(?:links?|urls?|hyperlinks?)|phishing (?:site|page|url|link|website)s?|malicious (?:link|url)s? (?:\\w+ ){0,4}e-?mails?|credential phishing|qr codes?',
  'T1566.003':
    'spear-?phish\\w* via service|linkedin|social media|whatsapp|facebook messenger|telegram message|teams (?:message|chat)|fake (?:recruiter|job)|job offers?',
  'T1566.004': 'vishing|voice phishing|phone calls?|call-?back phishing|help ?desk|tech support scam',
  T1567:
    'exfiltrat\\w+ (?:\\w+ ){0,5}(?:web service|cloud|telegram|discord)|telegram bot|discord webhooks?|webhooks?',
  'T1567.002':
    'mega(?:\\.nz|sync)?|rclone|dropbox|google drive|onedrive|cloud storage|anonfiles|file[- ]sharing (?:site|service)|pcloud|temp\\.sh|transfer\\.sh',
  T1568: 'dynamic (?:dns|resolution)|ddns|fast[- ]flux|duckdns|no-ip|domain generation',
  'T1568.001': 'fast[- ]flux',
  'T1568.002': 'dga|domain generation algorithms?|algorithmically generated domains?|generat\\w+ domains?',
  T1569: 'system services|service execution',
  'T1569.001': 'launchctl',
  'T1569.002':
    'psexec(?:svc)?|service execution|services\\.exe|startservice\\w*|sc(?:\\.exe)? start|net start|started? (?:the |a |as a )?service|execut\\w* (?:\\w+ ){0,4}(?:as|via|through|using) (?:a )?(?:windows )?service|smbexec|remcom|paexec|csexec',
  T1570:
    'lateral tool transfer|cop(?:y|ied|ies|ying) (?:\\w+ ){0,6}(?:to|across|over) (?:\\w+ ){0,4}(?:remote|other|share|systems?|hosts?|machines?|network|domain)|spread\\w* (?:\\w+ ){0,4}(?:network|smb|other|laterally)|distribut\\w* (?:\\w+ ){0,5}(?:across|to) (?:\\w+ ){0,3}(?:network|systems|hosts|domain)|propagat\\w*|transfer\\w* (?:\\w+ ){0,5}between',
  T1571:
    'non-standard ports?|uncommon ports?|port (?:4444|8080|8443|1337|9999|4443|8888|6667|2222)|unusual ports?|high ports?|custom ports?',
  T1572:
    'protocol tunnel\\w*|tunnel\\w*|ssh tunnel\\w*|dns[- ]over[- ]https|doh|ngrok|chisel|cloudflared|plink|ligolo|wireguard|gost',
  T1573:
    'encrypted (?:channel|communication|c2|traffic)s?|encrypt\\w* (?:its |the )?(?:\\w+ ){0,3}(?:communications?|traffic|network|c2|packets?)',
  'T1573.001':
    'symmetric|rc4|aes|xor|chacha20|salsa20|des|blowfish|(?:traffic|communications?|data|packets?|c2|requests?|responses?) (?:\\w+ ){0,4}(?:encrypted|encrypts) (?:\\w+ ){0,3}(?:with|using|by|via)',
  'T1573.002': 'asymmetric|rsa|tls|ssl|https|public key|ecdh|curve25519|certificate pinning|mutual tls|mtls',
  T1574: 'hijack\\w* execution|execution flow|ld_preload|dll (?:hijack|side-?load)\\w*',
  'T1574.001':
    'side-?load\\w*|dll (?:search[- ]order )?hijack\\w*|search[- ]order|legitimate (?:\\w+ ){0,4}(?:executable|binary|application|exe|software) (?:\\w+ ){0,6}(?:load|dll|side)\\w*|phantom dll|proxy dll|dll prox\\w+|malicious dll (?:\\w+ ){0,6}(?:load|legitimate|same)|vulnerable to dll|loads? (?:the |a )?(?:malicious )?dll',
  'T1574.004': 'dylib hijack\\w*',
  'T1574.006': 'ld_preload|dynamic linker|dyld_insert_libraries|ld\\.so\\.preload',
  'T1574.008': 'path interception',
  'T1574.009': 'unquoted (?:service )?path',
  'T1574.011': 'services? registry permissions?|imagepath',
  'T1574.012': 'cor_profiler',
  'T1574.013': 'kernelcallbacktable',
  'T1574.014': 'appdomain ?manager',
  T1578: 'cloud compute infrastructure|create\\w* (?:cloud|virtual) instances?|snapshots?',
  T1580:
    'cloud infrastructure discovery|describe-?instances|enumerat\\w* (?:aws|ec2|cloud) (?:instances|resources)',
  T1583: 'acquire\\w* infrastructure|attacker[- ](?:owned|controlled) infrastructure|bulletproof hosting',
  'T1583.001':
    'regist\\w+ (?:\\w+ ){0,4}domains?|domain(?:s)? (?:was|were|is|are) (?:registered|purchased)|look-?alike domains?|typosquat\\w*|newly registered|namecheap|attacker[- ]controlled domains?|spoofed domains?',
  'T1583.003': 'vps|virtual private servers?|digitalocean|vultr|linode|choopa',
  'T1583.004': 'leased? servers?|dedicated servers?',
  'T1583.006': 'web services? accounts?|created? (?:github|dropbox|google|telegram) accounts?',
  'T1583.008': 'malvertis\\w+|google ads|sponsored (?:results?|ads?)',
  T1584: 'compromised infrastructure|compromised (?:servers?|routers?|devices?|websites?|sites?|wordpress)',
  'T1584.004': 'compromised (?:web ?)?servers?|hacked (?:servers?|websites?)',
  'T1584.005': 'botnets?',
  T1585: 'fake (?:personas?|profiles?|accounts?)|sock ?puppets?|created? (?:social media|email) accounts?',
  'T1585.001':
    'fake (?:linkedin|facebook|twitter|social media) (?:profiles?|accounts?|personas?)|fake personas?',
  'T1585.002': 'e-?mail accounts? (?:created|registered|used)|protonmail|gmail accounts?',
  T1586: 'compromis\\w* (?:e-?mail |social media )?accounts? to (?:send|distribut)',
  'T1586.002': 'compromised e-?mail accounts?|hijacked e-?mail|thread hijack\\w*|reply[- ]chain',
  T1587: 'develop\\w* (?:custom |own )?(?:malware|tools?|exploits?|capabilit\\w+)',
  'T1587.001':
    'custom(?:[- ](?:built|made|developed))? (?:malware|backdoor|tool|implant|ransomware)|develop\\w* (?:\\w+ ){0,3}malware|new (?:malware|ransomware|backdoor) (?:family|variant)|in-house|malware[- ]as[- ]a[- ]service',
  'T1587.003': 'self-signed (?:tls |ssl )?certificates?',
  T1588:
    'obtain capabilit\\w+|purchas\\w+ (?:\\w+ ){0,4}(?:malware|exploit|tools?|access)|underground forums?|for sale',
  'T1588.001':
    'malware[- ]as[- ]a[- ]service|maas|purchas\\w+ (?:\\w+ ){0,3}malware|commodity malware|sold on|raas|ransomware-as-a-service',
  'T1588.002':
    'cobalt strike|metasploit|meterpreter|sliver|brute ratel|publicly available (?:tools?|malware|utilit\\w+)|open[- ]source (?:tools?|malware|project|framework|rat)|impacket|off-the-shelf|commercial (?:tools?|penetration)|legitimate tools?|red team\\w*|penetration testing tools?|github\\.com',
  'T1588.003': 'obtain\\w* code signing cert\\w*|stolen certificate|purchased certificate',
  'T1588.005': 'exploit (?:code|kit) (?:purchased|public)|proof[- ]of[- ]concept|poc exploit',
  'T1588.007': 'artificial intelligence|chatgpt|llms?|generative ai',
  T1589:
    'victim identity|gather\\w* (?:employee|victim|credential)s? (?:names?|info\\w*)|email addresses (?:were|harvested|collected)',
  'T1589.001':
    'leaked credentials|breached? (?:credentials|data)|initial access brokers?|credentials (?:for sale|bought)|stealer logs',
  T1590: 'gather\\w* (?:victim )?network info\\w*|network reconnaissance',
  T1591: 'gather\\w* (?:victim )?org\\w* info\\w*|business relationships',
  T1592: 'gather\\w* victim host info\\w*|profil\\w* (?:visitors|victims)|browser fingerprint\\w*',
  T1593: 'search\\w* open (?:websites|sources)|osint|google dork\\w*|search engines',
  T1594: 'victim[- ]owned websites?|company website|\\.onion leak site',
  T1595:
    'active scan\\w*|scan\\w* (?:the )?internet|shodan|mass scan\\w*|scan\\w* for (?:vulnerable|exposed)',
  'T1595.002': 'vulnerability scan\\w*|scan\\w* for vulnerab\\w*|acunetix|nuclei|nessus',
  T1598:
    'phishing for information|credential harvest\\w* page|harvest\\w* credentials|fake login pages?|reconnaissance e-?mails?',
  'T1598.003': 'phishing (?:page|site|link)s?|fake login|credential harvest\\w*',
  T1599: 'network boundary bridging|nat traversal',
  T1600: 'weaken encryption',
  T1601: 'patch system image|modified (?:ios|firmware|router) image',
  T1602: 'snmp|network device config\\w*',
  T1606: 'forg\\w+ (?:web )?credentials|golden saml|saml tokens?',
  'T1606.002': 'golden saml|saml tokens?',
  T1608:
    'stage capabilit\\w+|upload\\w* (?:malware|tools?|payloads?) to (?:a |the )?(?:server|github|cloud|google|dropbox)|hosted on (?:github|discord|google|dropbox|onedrive|cloud)|cdn\\.discordapp',
  'T1608.001':
    'upload\\w* malware|malware (?:is |was )?hosted|hosted (?:the )?(?:malware|payloads?)|payloads? hosted|(?:discord|github|google drive|onedrive|dropbox) (?:cdn|link|url|hosting)',
  'T1608.004': 'drive-by target|inject\\w* (?:malicious )?javascript|compromised (?:wordpress|website)s?',
  'T1608.005': 'link target|landing pages?|redirect\\w* (?:to|users|victims)',
  'T1608.006': 'seo poison\\w*|search engine (?:optimi[sz]ation|results?)',
  T1609: 'container admin\\w* command|kubectl exec|docker exec',
  T1610: 'deploy\\w* (?:a )?containers?|malicious container',
  T1611: 'escape to host|container escape|break out of (?:the )?container|privileged container',
  T1612: 'build image on host',
  T1613: 'container (?:and resource )?discovery|docker ps|kubectl get',
  T1614: 'system location|geo-?locat\\w+|country (?:code|check)|locale|cis countries',
  'T1614.001':
    'system language|keyboard layout|getuserdefaultuilanguage|getkeyboardlayout\\w*|russian language|language (?:check|id|settings)|language of the (?:system|victim)',
  T1615: 'gpresult|group policy discovery|get-gpo',
  T1619: 'cloud storage object discovery|list-?buckets?|listobjects',
  T1620:
    'reflective\\w* (?:load|dll|inject)\\w*|load\\w* (?:\\w+ ){0,5}(?:in|into|from|directly in) memory|in-memory (?:execution|loading|payload)|donut|assembly\\.load|memory[- ]only|fileless\\w*|never touch\\w* (?:the )?disk|without touching (?:the )?disk|loaded (?:in|into) memory',
  T1621: 'mfa (?:fatigue|bombing|push|prompt)\\w*|push notification spam|multi-factor authentication request',
  T1622:
    'debuggers?|anti-?debug\\w*|isdebuggerpresent|checkremotedebuggerpresent|ntqueryinformationprocess|beingdebugged|outputdebugstring|int ?3|ntglobalflag',
  T1647: 'plist',
  T1648: 'serverless|lambda functions?|power automate',
  T1649: 'authentication certificates?|ad ?cs|certify|certipy',
  T1650: 'initial access brokers?|acquire\\w* access|purchas\\w+ access',
  T1651: 'cloud administration command|azure runcommand|ssm agent|systems manager run command',
  T1652: 'device driver discovery|driverquery|enumerat\\w* drivers',
  T1654: 'log enumeration|get-winevent|read\\w* (?:windows )?event logs|event logs? (?:quer|search|pars)\\w*',
  T1656:
    'impersonat\\w+ (?:\\w+ ){0,4}(?:employee|company|brand|staff|it|support|bank|government|organi[sz]ation|trusted|vendor)|business email compromise|bec|pos(?:e|es|ed|ing) as',
  T1657:
    'financial theft|extort\\w*|double extortion|ransom (?:payment|demand|note)|cryptocurrency theft|steal\\w* (?:funds|money|cryptocurrenc\\w+)|fraudulent (?:transfer|transaction)s?|leak sites?|data leak|bec fraud|atm jackpott\\w*',
  T1659: 'content injection',
  T1665: 'hide infrastructure|filter\\w* (?:by )?(?:ip|geo|user[- ]agent)|cloak\\w*|residential prox\\w+',
  T1674: 'input injection|keystroke injection',
  T1675: 'esxi|esxcli|vmsvc',
  T1679:
    'exclud\\w+ (?:\\w+ ){0,4}(?:files?|folders?|director\\w+|extensions?)|exclusion list|avoid\\w* encrypting|skip\\w* (?:files|folders|director\\w+)',
  T1680:
    'enumerat\\w* (?:\\w+ ){0,2}(?:drives?|disks?|volumes?)|logical drives?|getlogicaldrives\\w*|getdrivetype\\w*|drive letters?|fixed and removable drives|mounted volumes',
}

export interface LexiconEntry {
  readonly id: string
  readonly pattern: RegExp
}

/** Every entry, ready to match. */
export const lexicon: readonly LexiconEntry[] = Object.entries(phrases).map(([id, words]) => ({
  id,
  pattern: new RegExp(String.raw`(?<![\w])(?:${words})(?!\w)`, 'i'),
}))
