import type { AccountParts } from '../../accounts/account-parts.ts'
import { logAccountEvent } from '../../accounts/account-parts.ts'
import {
  beginPasskey,
  beginTotp,
  confirmTotp,
  finishPasskey,
  issueRecoveryCodes,
  removeFactor,
} from '../../accounts/factors.ts'
import { confirmedFactors } from '../../accounts/proof.ts'
import { askStepUp } from '../../accounts/step-up.ts'
import { secondFactorRoles, writeAccountSetting } from '../../store/account-settings.ts'
import { countRecoveryCodes } from '../../store/second-factors.ts'
import { wasDone } from '../contract.ts'
import { signInEndpoints } from '../contract-sign-in.ts'
import { partyOf, partyOrRefuse } from '../relying-party-of.ts'
import { requireProof } from '../require-proof.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const triesAMinute = { requestsPerMinute: 30 }

/** Second factors: one's own, those that an admin takes away, and which roles need one. */
export function factorRoutes(parts: AccountParts): Route[] {
  return [...ownFactorRoutes(parts), ...factorRuleRoutes(parts)]
}

function ownFactorRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  return [
    route(signInEndpoints.signInOptions, async call => ({
      passkeys: partyOf(parts, call) !== undefined,
      provider: parts.provider?.settings.name ?? null,
    })),
    route(
      signInEndpoints.askStepUp,
      async call => {
        const { user } = personOf(call.caller)
        const question = await askStepUp(parts, user, partyOf(parts, call), call.body.purpose)
        return { ...question, methods: [...question.methods] }
      },
      triesAMinute,
    ),
    route(signInEndpoints.listFactors, async call => {
      const { user } = personOf(call.caller)
      return {
        factors: await confirmedFactors(parts, user.id),
        recoveryCodesLeft: await countRecoveryCodes(database, tenant, user.id),
        passkeysPossible: partyOf(parts, call) !== undefined,
      }
    }),
    route(
      signInEndpoints.beginTotp,
      async call => {
        const person = personOf(call.caller)
        await requireProof(parts, call, person, call.body.proof, 'account')
        return beginTotp(parts, person)
      },
      triesAMinute,
    ),
    route(
      signInEndpoints.confirmTotp,
      async ({ caller, params, body }) => {
        const added = await confirmTotp(parts, personOf(caller), params.id, body.code)
        return { recoveryCodes: added.recoveryCodes && [...added.recoveryCodes] }
      },
      triesAMinute,
    ),
    route(
      signInEndpoints.beginPasskey,
      async call => {
        const person = personOf(call.caller)
        const party = partyOrRefuse(parts, call)
        await requireProof(parts, call, person, call.body.proof, 'account')
        return beginPasskey(parts, person, party)
      },
      triesAMinute,
    ),
    route(
      signInEndpoints.finishPasskey,
      async call => {
        const party = partyOrRefuse(parts, call)
        const added = await finishPasskey(parts, personOf(call.caller), party, call.body)
        return { recoveryCodes: added.recoveryCodes && [...added.recoveryCodes] }
      },
      triesAMinute,
    ),
    route(
      signInEndpoints.removeFactor,
      async call => {
        const person = personOf(call.caller)
        await requireProof(parts, call, person, call.body.proof, 'account')
        await removeFactor(parts, person, call.params.id)
        return wasDone
      },
      triesAMinute,
    ),
    route(
      signInEndpoints.renewRecoveryCodes,
      async call => {
        const person = personOf(call.caller)
        await requireProof(parts, call, person, call.body.proof, 'account')
        const { id, username } = person.user
        return database.transaction(async sql => {
          await logAccountEvent(sql, parts, { kind: 'recovery-codes-renew', byId: id, subject: username })
          return { recoveryCodes: [...(await issueRecoveryCodes(sql, parts, id))] }
        })
      },
      triesAMinute,
    ),
  ]
}

function factorRuleRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  return [
    route(signInEndpoints.readSignInRules, async () => ({
      secondFactorRoles: [...(await secondFactorRoles(database, tenant))],
    })),
    route(
      signInEndpoints.writeSignInRules,
      async call => {
        const person = personOf(call.caller)
        await requireProof(parts, call, person, call.body.proof, 'account')
        const chosen = [...new Set(call.body.secondFactorRoles)]
        const detail = chosen.join(', ') || 'none'
        await database.transaction(async sql => {
          await writeAccountSetting(sql, tenant, 'second-factor-roles', chosen)
          const event = {
            kind: 'second-factor-roles',
            byId: person.user.id,
            subject: 'sign-in rules',
            detail,
          }
          await logAccountEvent(sql, parts, event)
        })
        return { secondFactorRoles: chosen }
      },
      triesAMinute,
    ),
  ]
}
