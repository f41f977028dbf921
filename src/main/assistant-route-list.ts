import { readFileSync } from 'node:fs'
import packageJson from '../../package.json' with { type: 'json' }
import { readDashboardKey } from '../accounts/dashboard-token.ts'
import { RecentAlerts } from '../chat/recent-alerts.ts'
import type { Route } from '../http/route.ts'
import { assistantRoutes } from '../http/routes/assistant-routes.ts'
import { chatRoutes } from '../http/routes/chat-routes.ts'
import { type DashboardTrust, embedRoutes } from '../http/routes/embed-routes.ts'
import { mcpRoutes } from '../http/routes/mcp-routes.ts'
import { oauthRoutes } from '../http/routes/oauth-routes.ts'
import { playbookRoutes } from '../http/routes/playbook-routes.ts'
import { RunningAnswers } from '../http/routes/running-answers.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import type { ModelSettings } from '../llm/model-settings.ts'
import { findChatFile } from '../store/chats.ts'
import type { Application } from './application.ts'
import { chatModel, openAssistantTools } from './open-assistant.ts'
import type { OpenModels } from './open-models.ts'

/** Every way to the assistant: questions, the chat, tools, MCP and what lets programs in. All over one list of tools. */
export function allAssistantRoutes(
  app: Application,
  models: OpenModels,
  modelSettings: ModelSettings,
  stopping: AbortSignal,
): Route[] {
  const { accounts, clock, config, ids, tenant } = app
  const { database } = app.store
  const alerts = new RecentAlerts(database, tenant)
  const attachment = async (id: string) => {
    const found = await findChatFile(database, tenant, id)
    return found && { name: found.name, bytes: await app.files.read(found.kept, found.sha256) }
  }
  const tools = openAssistantTools(app, alerts, models, attachment)
  const data = { alerts, rankTechniques, attack: app.attack }
  const running = new RunningAnswers()
  const turn = { tools, data, clock, model: chatModel(models, modelSettings) }
  return [
    ...chatRoutes({ ...data, clock, tenant, tools }),
    ...assistantRoutes({
      database,
      tenant,
      clock,
      ids,
      files: app.files,
      respond: app.respond,
      running,
      stopping,
      turn,
    }),
    ...playbookRoutes({ database, tenant, clock, ids, running, stopping, turn }),
    ...embedRoutes(accounts, dashboardTrust(app)),
    ...oauthRoutes(accounts, config.publicUrl),
    ...mcpRoutes({ accounts, tools, publicUrl: config.publicUrl, version: packageJson.version }),
  ]
}

/** The dashboard whose plugin may show us and says who is signed in; undefined where none is set. */
function dashboardTrust({ config, consoleAddress }: Application): DashboardTrust | undefined {
  if (config.dashboard === undefined) return undefined
  const { origin, keyFile } = config.dashboard
  const key = readDashboardKey(readFileSync(keyFile, 'utf8'), keyFile)
  return { key, origin, audience: new URL(consoleAddress.url()).origin }
}
