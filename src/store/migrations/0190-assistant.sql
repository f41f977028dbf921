-- Conversations with the assistant. A chat is its owner's alone; what is worth keeping for others becomes a note of a case.
create table chats (
  tenant_id text not null,
  id text not null,
  owner_id text not null,
  title text not null,
  case_id text,
  created_ms bigint not null,
  changed_ms bigint not null,
  primary key (tenant_id, id)
);
create index chats_by_owner on chats (tenant_id, owner_id, changed_ms desc);

-- A tree: a question that was edited or asked again is another child of the same parent.
create table chat_messages (
  tenant_id text not null,
  id text not null,
  chat_id text not null,
  parent_id text,
  kind text not null check (kind in ('question', 'answer')),
  text text not null,
  -- Of a question: what was open, the hypothesis, attachments. Of an answer: sentences, evidence, steps.
  body json not null,
  state text not null check (state in ('done', 'stopped', 'failed')),
  feedback smallint,
  feedback_reason text,
  created_ms bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, chat_id) references chats (tenant_id, id) on delete cascade
);
create index chat_messages_by_chat on chat_messages (tenant_id, chat_id, created_ms, id);

create table chat_files (
  tenant_id text not null,
  id text not null,
  chat_id text not null,
  name text not null,
  sha256 text not null,
  bytes bytea not null,
  created_ms bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, chat_id) references chats (tenant_id, id) on delete cascade
);

-- Who is asked for a hypothesis of their own before the assistant answers: by their own wish, or because a manager requires it.
create table assistant_learning (
  tenant_id text not null,
  user_id text not null,
  wanted boolean not null default false,
  required_by text,
  required_ms bigint,
  primary key (tenant_id, user_id)
);
