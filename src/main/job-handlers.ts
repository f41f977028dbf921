import { environmentSecret } from '../config.ts'
import {
  alertMailJob,
  contextJob,
  digestJob,
  executeJob,
  historyJob,
  huntJob,
  inventoryJob,
  investigateJob,
  mailJudgeJob,
  mailRaiseJob,
  mailShareJob,
  modelBriefJob,
  noticeJob,
  publishJob,
  reportJob,
  ruleDraftJob,
  shadowBriefJob,
} from '../domain/job-kinds.ts'
import type { AskModel } from '../domain/model-question.ts'
import { addReport } from '../intel/add-report.ts'
import { handleHunt } from '../intel/hunt.ts'
import { handleHistoryHunt } from '../intel/hunt-history.ts'
import { handleInventoryLook } from '../intel/look-in-inventory.ts'
import { handleContext } from '../intel/report-context.ts'
import { handleDigest } from '../intel/send-digest.ts'
import {
  handleInvestigate,
  handleModelBrief,
  type InvestigationParts,
} from '../investigate/investigation-jobs.ts'
import { handleShadowBrief } from '../investigate/shadow-brief.ts'
import { handleAlertMail } from '../mail/alert-mail.ts'
import { handleMailJudgement } from '../mail/judgement/judge-job.ts'
import { handleMailRaise } from '../mail/raise-job.ts'
import { handleMailShare } from '../mail/share-job.ts'
import { deliveryTries, handleDelivery } from '../notify/deliver-job.ts'
import { revealedInWazuh } from '../policy/policy.ts'
import { publishCase } from '../publish/publish-case.ts'
import type { JobHandler } from '../queue/run-worker.ts'
import { executeProposal } from '../respond/execute.ts'
import { handleExecute, handleReport } from '../respond/respond-jobs.ts'
import { openTickets } from '../respond/ticket.ts'
import { handleRuleDraft } from '../rule-drafts/drafting-job.ts'
import type { Application } from './application.ts'
import { intelPartsOf } from './intel-parts.ts'
import { masterKeyOf, readPolicyFile, vaultsOf } from './open-models-for.ts'
import { openRuleDrafts } from './open-rule-drafts.ts'
import { openSmtpRelay } from './smtp-relay.ts'

/** What does each kind of job: one entry a kind, with how many at once, how long one may take and how often it is tried. */
export function handlersOf(
  app: Application,
  investigation: InvestigationParts,
  ask: AskModel | undefined,
): JobHandler[] {
  const { sink, activeResponse, indexer } = app.wazuh
  const outlets = {
    activeResponse,
    mailGateway: app.mailGateway,
    ticket: openTickets({ secret: environmentSecret, now: app.clock.now, timeoutMs: 15_000 }),
    caseUrl: app.consoleAddress.caseUrl,
  }
  return [
    {
      kind: investigateJob,
      concurrency: 4,
      leaseMs: 5 * 60_000,
      maxAttempts: 8,
      handle: job => handleInvestigate(investigation, job),
    },
    // More than a model of eight places takes at once: while eight are asked, the evidence of the next is gathered and the answers
    // of the last are judged and kept, which takes a sixth of the time where an answer takes a second (bench/README.md, scale).
    {
      kind: modelBriefJob,
      concurrency: 12,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) => handleModelBrief(investigation, job, stop),
    },
    {
      kind: shadowBriefJob,
      concurrency: 1,
      leaseMs: 15 * 60_000,
      maxAttempts: 2,
      handle: (job, stop) => handleShadowBrief(investigation, job, stop),
    },
    {
      kind: mailJudgeJob,
      concurrency: 2,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) => handleMailJudgement(app.mail, investigation.ask, job, stop),
    },
    {
      kind: alertMailJob,
      concurrency: 2,
      leaseMs: 5 * 60_000,
      maxAttempts: 5,
      handle: job => handleAlertMail(app.mail, job),
    },
    {
      kind: mailShareJob,
      concurrency: 1,
      leaseMs: 5 * 60_000,
      maxAttempts: 8,
      handle: (job, stop) =>
        handleMailShare(
          app.mail,
          async ({ name, text, by }, halt) => {
            const incoming = { bytes: Buffer.from(text), name, source: 'mail', trust: 'B', by }
            await addReport(intelPartsOf(app), incoming, halt)
          },
          job,
          stop,
        ),
    },
    {
      kind: mailRaiseJob,
      concurrency: 4,
      leaseMs: 60_000,
      maxAttempts: 20,
      handle: job =>
        handleMailRaise(
          app.mail,
          async (tenant, line) => {
            const lines = [{ bytes: Buffer.from(line), where: `mail ${job.key}` }]
            await app.ingest({ tenant, source: 'mail', sample: false, lines })
          },
          job,
        ),
    },
    {
      kind: noticeJob,
      concurrency: 4,
      leaseMs: 60_000,
      maxAttempts: deliveryTries,
      handle: (job, stop) => handleDelivery(app.notify, job, stop),
    },
    {
      kind: reportJob,
      concurrency: 2,
      leaseMs: 60_000,
      maxAttempts: 8,
      handle: job => handleReport(app.respond, job),
    },
    {
      kind: contextJob,
      concurrency: 2,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) =>
        handleContext({ database: app.store.database, ask, attack: app.attack }, job, stop),
    },
    {
      kind: huntJob,
      concurrency: 1,
      leaseMs: 10 * 60_000,
      maxAttempts: 20,
      handle: (job, stop) => handleHunt({ database: app.store.database, clock: app.clock }, job, stop),
    },
    {
      kind: digestJob,
      concurrency: 1,
      leaseMs: 5 * 60_000,
      maxAttempts: 12,
      handle: (job, stop) =>
        handleDigest(
          {
            database: app.store.database,
            clock: app.clock,
            publicUrl: app.consoleAddress.url(),
            send: openSmtpRelay(app.config),
            attack: app.attack,
          },
          job,
          stop,
        ),
    },
    ...(indexer === undefined
      ? []
      : [
          {
            kind: historyJob,
            concurrency: 1,
            leaseMs: 10 * 60_000,
            maxAttempts: 200,
            handle: (job, stop) =>
              handleHistoryHunt(
                {
                  database: app.store.database,
                  clock: app.clock,
                  indexer,
                  takeIn: lines =>
                    app.ingest({ tenant: job.tenant, source: 'retro-hunt', sample: false, lines }),
                },
                job,
                stop,
              ),
          } satisfies JobHandler,
          {
            kind: inventoryJob,
            concurrency: 1,
            leaseMs: 5 * 60_000,
            maxAttempts: 20,
            handle: (job, stop) =>
              handleInventoryLook({ database: app.store.database, clock: app.clock, indexer }, job, stop),
          } satisfies JobHandler,
        ]),
    {
      kind: ruleDraftJob,
      concurrency: 1,
      leaseMs: 30 * 60_000,
      maxAttempts: 3,
      handle: (job, stop) => handleRuleDraft({ ...openRuleDrafts(app), ask }, job, stop),
    },
    // What needs something that is not connected waits until it is, or expires.
    {
      kind: executeJob,
      concurrency: 2,
      leaseMs: 60_000,
      maxAttempts: 100,
      handle: (job, stop) =>
        handleExecute(
          (tenant, id, halt) => executeProposal(app.respond, outlets, tenant, id, halt),
          job,
          stop,
        ),
    },
    ...(sink === undefined
      ? []
      : [
          {
            kind: publishJob,
            concurrency: 2,
            leaseMs: 60_000,
            maxAttempts: 20,
            handle: async (job, stop) =>
              publishCase(
                {
                  database: app.store.database,
                  clock: app.clock,
                  sink,
                  indexer: app.config.publishDocument ? app.wazuh.indexer : undefined,
                  caseUrl: app.consoleAddress.caseUrl,
                  vaultOf: async (tenant, caseId) =>
                    vaultsOf(app.store.database, await masterKeyOf(app.config)()).read({ tenant, caseId }),
                  revealed: revealedInWazuh(await readPolicyFile(app.config)),
                },
                job,
                stop,
              ),
          } satisfies JobHandler,
        ]),
  ]
}
