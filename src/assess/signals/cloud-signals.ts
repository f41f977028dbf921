import type { AlertView } from '../alert-view.ts'
import { type FieldText, matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'
import { textsBelow } from '../texts-below.ts'

/** Where the audit logs of AWS, Microsoft 365, Azure, Google Cloud and GitHub name what was done. */
const operationPointers = [
  '/data/aws/eventName',
  '/data/office365/Operation',
  '/data/gcp/protoPayload/methodName',
  '/data/github/action',
  '/data/activityDisplayName',
  '/data/operationName',
] as const

/**
 * What an operation is for, by the providers' own names for it. The names of audit logs are closed vocabularies, so
 * the verb at their beginning (AWS), end (Google Cloud) or both decides.
 */
const operationPatterns: readonly SignalPattern[] = [
  {
    id: 'cloud-defence-off',
    weight: 2.2,
    reason: 'the operation switches off what watches or protects the account',
    pattern:
      /^(?:StopLogging|DeleteTrail|DeleteFlowLogs|DeleteDetector|StopMonitoringMembers|DisassociateFromMasterAccount|StopConfigurationRecorder|DeleteConfigurationRecorder|DisableSecurityHub|DeactivateMFADevice|DeleteLogGroup|Disable Strong Authentication|Set-AdminAuditLogConfig|Disable-AntiPhishRule|Remove-(?:AntiPhish|SafeLinks|SafeAttachment|Malware\w*|HostedContent)\w*|Remove-TransportRule)|ConfigServiceV2\.Delete(?:Sink|Bucket)|diagnosticsettings\/delete|^(?:org|business|enterprise)\.(?:disable_two_factor_requirement|disable_saml|audit_log_streaming_destroy)|^protected_branch\.destroy|secret_scanning.{0,30}\.disable|^Delete (?:conditional access policy|policy)/i,
  },
  {
    id: 'cloud-rights',
    weight: 0.9,
    reason: 'the operation gives an identity more rights or new credentials',
    pattern:
      /^(?:Attach(?:User|Role|Group)Policy|Put(?:User|Role|Group)Policy|AddUserToGroup|CreateAccessKey|CreateLoginProfile|UpdateLoginProfile|UpdateAssumeRolePolicy|CreatePolicyVersion|SetDefaultPolicyVersion|Add-MailboxPermission|Add-RoleGroupMember|Add-RecipientPermission)$|^(?:Add member to role|Add (?:eligible )?member to role|Consent to application|Add (?:app role assignment|delegated permission|service principal credentials|owner to)|Update application.{0,5}Certificates)|SetIamPolicy$|CreateServiceAccountKey$|^(?:org\.(?:add|update)_member|repo\.add_member|public_key\.create|personal_access_token\.\w*create\w*|org\.add_outside_collaborator|integration_installation\.create)|roleassignments\/write/i,
  },
  {
    id: 'cloud-account',
    weight: 0.6,
    reason: 'the operation makes a new identity',
    pattern:
      /^(?:CreateUser|CreateRole|Add user|Invite external user|New-Mailbox)\b|CreateServiceAccount$|^org\.invite_member/i,
  },
  {
    id: 'cloud-exposure',
    weight: 1,
    reason: 'the operation opens something to others',
    pattern:
      /^(?:AuthorizeSecurityGroupIngress|PutBucketPolicy|PutBucketAcl|DeletePublicAccessBlock|DeleteBucketPublicAccessBlock|ModifySnapshotAttribute|ModifyImageAttribute|ModifyDBSnapshotAttribute|AnonymousLinkCreated|SharingInvitationCreated)$|firewalls\.(?:insert|patch|update)$|^repo\.access$|securityrules\/write/i,
  },
  {
    id: 'cloud-secret',
    weight: 0.4,
    reason: 'the operation reads a secret',
    pattern:
      /^(?:GetSecretValue|BatchGetSecretValue|GetPasswordData|ListSecrets|SecretGet)$|AccessSecretVersion$/i,
  },
  {
    id: 'mail-rule',
    weight: 0.7,
    reason: 'a rule that handles mail by itself was set',
    pattern: /^(?:New-InboxRule|Set-InboxRule|UpdateInboxRules|New-TransportRule|Set-TransportRule)$/i,
  },
  {
    id: 'cloud-destruction',
    weight: 1.3,
    reason: 'the operation makes data or backups unreadable for good',
    pattern:
      /^(?:ScheduleKeyDeletion|DisableKey|Delete(?:BackupVault|RecoveryPoint|FileSystem|DBCluster|DBInstance))$|CryptoKeyVersions?\.?Destroy|vaults\/(?:purge|deleted)|^repo\.destroy$/i,
  },
  {
    id: 'cloud-deletion',
    weight: 0.4,
    reason: 'the operation removes something',
    pattern:
      /^(?:Delete(?:Bucket|DB\w*|Snapshot|Volume|Table|FileSystem|Vault|BackupVault|RecoveryPoint|User|Role)|TerminateInstances|Hard delete user|HardDelete)\b/i,
  },
  {
    id: 'cloud-reading',
    weight: -1.2,
    reason: 'the operation only looks',
    pattern:
      /^(?:Describe|List|Get(?!SecretValue|PasswordData|SessionToken|FederationToken)|Head|Lookup|View|BatchGet|Search)[A-Z]\w*$|\.(?:list|get|aggregatedList)$|^(?:FileAccessed|FilePreviewed|FileModified|FileUploaded|FileDownloaded|FileSyncDownloadedFull|FileSyncUploadedFull|PageViewed|FileRenamed|ListViewed)(?:Extended)?$|^git\.(?:clone|fetch|push)$|^(?:pull_request|issues?|issue_comment|workflows)\./,
  },
]

/** What applications and services do all day with an account that is theirs. */
const dataOperation: SignalPattern = {
  id: 'cloud-data',
  weight: -0.9,
  reason: 'a service or application moves data or takes on its own role',
  pattern:
    /^(?:AssumeRole(?:WithWebIdentity)?|PutObject|UploadPart|CompleteMultipartUpload|SendMessage|Publish|PutMetricData|PutLogEvents|CreateLogStream|Decrypt|GenerateDataKey\w*|UpdateInstanceInformation)$|^storage\.objects\.(?:create|update)$|^Update device$/,
}

/** Parameters that make an operation serious, wherever in the record they stand. */
const seriousParameters: readonly (SignalPattern & { readonly pointers: readonly string[] })[] = [
  {
    id: 'full-rights',
    weight: 1.2,
    reason: 'the rights are those over everything',
    pattern:
      /AdministratorAccess|IAMFullAccess|Global Administrator|Company Administrator|Privileged Role Administrator|roles\/(?:owner|editor)/i,
    pointers: [
      '/data/aws/requestParameters/policyArn',
      '/data/aws/requestParameters/policyDocument',
      '/data/office365/ModifiedProperties',
      '/data/gcp/protoPayload/request',
      '/data/targetResources',
    ],
  },
  {
    id: 'mail-hidden',
    weight: 1.6,
    reason: 'mail is sent on to another address, deleted or put out of sight',
    pattern:
      /ForwardTo|ForwardAsAttachmentTo|RedirectTo|ForwardingSmtpAddress|ForwardingAddress|DeleteMessage|SoftDeleteMessage|RSS (?:Feeds|Subscriptions)/i,
    pointers: ['/data/office365/Parameters', '/data/office365/OperationProperties'],
  },
  {
    id: 'open-to-all',
    weight: 1.2,
    reason: 'everybody on the internet is let in',
    pattern: /0\.0\.0\.0\/0|::\/0|"?AllUsers"?|"Principal":\s?"\*"|^public$/i,
    pointers: ['/data/aws/requestParameters', '/data/gcp/protoPayload/request', '/data/github/visibility'],
  },
]

/** What the audit log of a cloud service says was done there, and what its detectors found. */
export function cloudSignals(view: AlertView): Signal[] {
  const isCloud = ['aws', 'office365', 'gcp', 'github', 'azure'].some(group => view.groups.has(group))
  if (!isCloud) return []
  const operation = operationPointers.map(view.field).find(field => field !== undefined)
  return [
    ...(operation === undefined ? [] : operationSignals(view, operation)),
    ...detectorSignals(view),
    ...flowSignals(view),
  ]
}

function operationSignals(view: AlertView, operation: FieldText): Signal[] {
  const signals = matchPatterns(operationPatterns, operation).slice(0, 1)
  const actor = view.field('/data/aws/userIdentity/type')?.text
  if (signals.length === 0 && actor !== 'Root' && actor !== 'IAMUser')
    signals.push(...matchPatterns([dataOperation], operation))
  const asked = signals.some(signal => signal.weight > 0) || /^Set-Mailbox$/i.test(operation.text)
  if (asked) {
    for (const { pointers, ...row } of seriousParameters)
      signals.push(...pointers.flatMap(pointer => inTextsBelow(view, pointer, row)).slice(0, 1))
    const isRule =
      signals.some(({ id }) => id === 'mail-rule') && !signals.some(({ id }) => id === 'mail-hidden')
    const sorted = view.field('/data/office365/Parameters/0/Name')
    if (isRule && sorted !== undefined)
      signals.push(signalFrom('mail-sorted', -0.9, 'the rule only sorts mail within the mailbox', sorted))
    if (!signals.some(({ id }) => id === 'open-to-all')) signals.push(...openPolicy(view))
  }
  const error =
    view.field('/data/aws/errorCode') ??
    view.field('/data/gcp/protoPayload/status/message') ??
    view.field('/data/office365/LogonError')
  if (error !== undefined) signals.push(signalFrom('cloud-refused', -0.7, 'the service refused it', error))
  return [...signals, ...logonSignals(view, operation)]
}

/** A policy that AWS gives as an object names everybody as the principal `*`, or as `AWS: *`. */
function openPolicy(view: AlertView): Signal[] {
  return textsBelow(view.alert, '/data/aws/requestParameters')
    .filter(({ pointer, text }) => text === '*' && /\/Principal(?:\/AWS)?(?:\/\d+)?$/.test(pointer))
    .slice(0, 1)
    .map(field => signalFrom('open-to-all', 1.2, 'everybody on the internet is let in', field))
}

function inTextsBelow(view: AlertView, pointer: string, row: SignalPattern): Signal[] {
  return textsBelow(view.alert, pointer).flatMap(field => matchPatterns([row], field))
}

function logonSignals(view: AlertView, operation: FieldText): Signal[] {
  if (/^(?:UserLoggedIn|Sign-in activity)$/i.test(operation.text)) {
    return [signalFrom('logon-success', -1, 'a successful logon', operation)]
  }
  if (/^UserLoginFailed$/i.test(operation.text)) {
    return [
      signalFrom(
        'few-failures',
        -1,
        'a failed logon by itself: a mistyped password, or the internet knocking',
        operation,
      ),
    ]
  }
  if (operation.text !== 'ConsoleLogin') return []
  const type = view.field('/data/aws/userIdentity/type')
  const factor = view.field('/data/aws/additionalEventData/MFAUsed')
  const result = view.field('/data/aws/responseElements/ConsoleLogin')
  return [
    ...(result?.text === 'Failure' ? failedConsole(view, result) : []),
    ...(type?.text === 'Root' && result?.text === 'Success'
      ? [signalFrom('root-account', 0.9, 'the account of the owner, which daily work does not need', type)]
      : []),
    ...(factor?.text === 'No' && result?.text === 'Success'
      ? [signalFrom('one-factor-logon', 0.5, 'the logon needed no second factor', factor)]
      : []),
    ...(result?.text === 'Success' ? [signalFrom('logon-success', -0.6, 'a successful logon', result)] : []),
  ]
}

/** Wazuh has a rule that counts failed logons to the console. */
function failedConsole(view: AlertView, result: FieldText): Signal[] {
  return view.alert.rule.frequency !== undefined ||
    /high number of login attempts/i.test(view.description.text)
    ? [
        signalFrom(
          'repeated-failures',
          1.2,
          'many failures in a short time, as when passwords are guessed',
          result,
        ),
      ]
    : [
        signalFrom(
          'few-failures',
          -1,
          'a failed logon by itself: a mistyped password, or the internet knocking',
          result,
        ),
      ]
}

/** GuardDuty rates its findings: 7 and more are high, below 4 low. */
function detectorSignals(view: AlertView): Signal[] {
  const severity = view.groups.has('aws_guardduty') ? view.field('/data/aws/severity') : undefined
  if (severity === undefined) return []
  const rating = Number(severity.text)
  if (!Number.isFinite(rating)) return []
  return rating >= 7
    ? [signalFrom('cloud-detector', 1.8, 'the detector of the cloud rates it high', severity)]
    : rating >= 4
      ? [signalFrom('cloud-detector', 0.7, 'the detector of the cloud rates it medium', severity)]
      : [signalFrom('cloud-detector-low', -0.8, 'the detector of the cloud rates it low', severity)]
}

function flowSignals(view: AlertView): Signal[] {
  const action = view.field('/data/aws/action')
  return action !== undefined && /^(?:REJECT|BLOCK)$/i.test(action.text)
    ? [signalFrom('denied', -1.2, 'what was tried was blocked', action)]
    : []
}
