// Kinds of jobs that one part asks for and another does. The queue itself knows none of them.

/** Brief 0 of a case: queued with every batch of alerts that touched it. Milliseconds. */
export const investigateJob = 'case-investigate'
/** A model's brief of a case worth it: its own job, so that a slow model keeps nobody waiting for brief 0. */
export const modelBriefJob = 'case-model-brief'
/** What is new about a case is to be written back to Wazuh. */
export const publishJob = 'case-publish'
/** An approved response proposal is to be carried out, once. */
export const executeJob = 'proposal-execute'
/** An endpoint has reported what came of an action. */
export const reportJob = 'endpoint-report'
/** The indicators of a report are searched in stored alerts. */
export const huntJob = 'intel-hunt'
/** The same in the history that the indexer keeps. */
export const historyJob = 'intel-history'
/** Wazuh's inventory is asked about what a report names. */
export const inventoryJob = 'intel-inventory'
/** A digest of threat intelligence is to be mailed to one recipient. */
export const digestJob = 'intel-digest'
/** A model is to say what it thinks of a mail. */
export const mailJudgeJob = 'mail-judge'
/** A model is to draft a rule; what it proposes is run before anybody sees it. */
export const ruleDraftJob = 'rule-draft'
/** A model is asked what a report says. */
export const contextJob = 'intel-context'
/** A flagged mail is to become an alert. */
export const mailRaiseJob = 'mail-raise'
/** A model in the shadow is asked about a real case; nobody is shown what it says. */
export const shadowBriefJob = 'case-shadow-brief'
/** A notice is to be sent through a channel. */
export const noticeJob = 'notice-deliver'
/** A mail that a person called harmful is to become a threat report. */
export const mailShareJob = 'mail-share'
/** A message that an alert carries is to be judged. */
export const alertMailJob = 'alert-mail'
