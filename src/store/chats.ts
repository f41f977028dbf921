import type { KeptBytes } from '../domain/kept-bytes.ts'
import type { Sql } from '../lib/database.ts'

export interface ChatRow {
  readonly id: string
  readonly ownerId: string
  readonly title: string
  readonly caseId: string | null
  readonly createdMs: number
  readonly changedMs: number
}

export interface ChatMessageRow {
  readonly id: string
  readonly chatId: string
  readonly parentId: string | null
  readonly kind: 'question' | 'answer'
  readonly text: string
  /** As `chat/` wrote it. */
  readonly body: unknown
  readonly state: 'done' | 'stopped' | 'failed'
  readonly feedback: number | null
  readonly feedbackReason: string | null
  readonly createdMs: number
}

const columns = `c.id, c.owner_id as "ownerId", c.title, c.case_id as "caseId", c.created_ms as "createdMs",
  c.changed_ms as "changedMs"`

export async function insertChat(sql: Sql, tenant: string, chat: ChatRow): Promise<void> {
  await sql.query(
    `insert into chats (tenant_id, id, owner_id, title, case_id, created_ms, changed_ms)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, chat.id, chat.ownerId, storable(chat.title), chat.caseId, chat.createdMs, chat.changedMs],
  )
}

/** Chats of one person, latest first; with `text`, those in whose questions or answers it stands. */
export function listChats(
  sql: Sql,
  tenant: string,
  ownerId: string,
  filter: {
    readonly text?: string | undefined
    readonly caseId?: string | undefined
    readonly limit: number
  },
): Promise<ChatRow[]> {
  return sql.query<ChatRow>(
    `select ${columns} from chats c
     where c.tenant_id = $1 and c.owner_id = $2 and ($3::text is null or c.case_id = $3)
       and ($4::text is null or strpos(lower(c.title), lower($4)) > 0 or exists (
         select from chat_messages m where m.tenant_id = c.tenant_id and m.chat_id = c.id
           and strpos(lower(m.text), lower($4)) > 0))
     order by c.changed_ms desc, c.id desc limit $5`,
    [tenant, ownerId, filter.caseId ?? null, filter.text ?? null, filter.limit],
  )
}

export async function findChat(
  sql: Sql,
  tenant: string,
  ownerId: string,
  id: string,
): Promise<ChatRow | undefined> {
  const [row] = await sql.query<ChatRow>(
    `select ${columns} from chats c where c.tenant_id = $1 and c.owner_id = $2 and c.id = $3`,
    [tenant, ownerId, id],
  )
  return row
}

/** Deletes a chat of this owner, its messages and files with it; false where it is not theirs. */
export async function deleteChat(sql: Sql, tenant: string, ownerId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from chats where tenant_id = $1 and owner_id = $2 and id = $3 returning id',
    [tenant, ownerId, id],
  )
  return rows.length > 0
}

export function chatMessages(sql: Sql, tenant: string, chatId: string): Promise<ChatMessageRow[]> {
  return sql.query<ChatMessageRow>(
    `select id, chat_id as "chatId", parent_id as "parentId", kind, text, body, state, feedback,
       feedback_reason as "feedbackReason", created_ms as "createdMs"
     from chat_messages where tenant_id = $1 and chat_id = $2 order by created_ms, id limit 2000`,
    [tenant, chatId],
  )
}

export async function insertChatMessage(
  sql: Sql,
  tenant: string,
  message: Omit<ChatMessageRow, 'feedback' | 'feedbackReason'>,
): Promise<void> {
  await sql.query(
    `insert into chat_messages (tenant_id, id, chat_id, parent_id, kind, text, body, state, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      message.id,
      message.chatId,
      message.parentId,
      message.kind,
      storable(message.text),
      JSON.stringify(message.body).replaceAll('\\u0000', ''),
      message.state,
      message.createdMs,
    ],
  )
  await sql.query('update chats set changed_ms = $3 where tenant_id = $1 and id = $2', [
    tenant,
    message.chatId,
    message.createdMs,
  ])
}

export async function setChatFeedback(
  sql: Sql,
  tenant: string,
  chatId: string,
  messageId: string,
  feedback: { readonly value: number | null; readonly reason: string },
): Promise<boolean> {
  const rows = await sql.query(
    `update chat_messages set feedback = $4, feedback_reason = $5
     where tenant_id = $1 and chat_id = $2 and id = $3 and kind = 'answer' returning id`,
    [tenant, chatId, messageId, feedback.value, storable(feedback.reason)],
  )
  return rows.length > 0
}

export interface ChatFileRow {
  readonly id: string
  readonly chatId: string
  readonly name: string
  readonly sha256: string
  readonly sizeBytes: number
}

export async function insertChatFile(
  sql: Sql,
  tenant: string,
  file: ChatFileRow & { readonly kept: KeptBytes; readonly createdMs: number },
): Promise<void> {
  await sql.query(
    `insert into chat_files (tenant_id, id, chat_id, name, sha256, size_bytes, bytes, bytes_object, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      file.id,
      file.chatId,
      storable(file.name),
      file.sha256,
      file.sizeBytes,
      file.kept.bytes,
      file.kept.object,
      file.createdMs,
    ],
  )
}

export function chatFiles(sql: Sql, tenant: string, chatId: string): Promise<ChatFileRow[]> {
  return sql.query<ChatFileRow>(
    `select id, chat_id as "chatId", name, sha256, coalesce(size_bytes, octet_length(bytes)) as "sizeBytes"
     from chat_files where tenant_id = $1 and chat_id = $2 order by created_ms, id`,
    [tenant, chatId],
  )
}

/** How many files a person has attached in all their chats, and how large they are together. */
export async function chatFilesOf(
  sql: Sql,
  tenant: string,
  ownerId: string,
): Promise<{ readonly files: number; readonly sizeBytes: number }> {
  const [row] = await sql.query<{ files: number; sizeBytes: number }>(
    `select count(*) as files,
       coalesce(sum(coalesce(f.size_bytes, octet_length(f.bytes))), 0)::bigint as "sizeBytes"
     from chat_files f join chats c on c.tenant_id = f.tenant_id and c.id = f.chat_id
     where f.tenant_id = $1 and c.owner_id = $2`,
    [tenant, ownerId],
  )
  return row ?? { files: 0, sizeBytes: 0 }
}

/** Where a file's bytes are, for a scan. Ids cannot be guessed, and a scan is all that can be done with one. */
export async function findChatFile(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<{ readonly name: string; readonly sha256: string; readonly kept: KeptBytes } | undefined> {
  const [row] = await sql.query<{ name: string; sha256: string } & KeptBytes>(
    'select name, sha256, bytes, bytes_object as object from chat_files where tenant_id = $1 and id = $2',
    [tenant, id],
  )
  return row && { name: row.name, sha256: row.sha256, kept: { bytes: row.bytes, object: row.object } }
}

/** PostgreSQL's text holds no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '')
}
