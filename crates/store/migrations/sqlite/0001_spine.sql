-- The spine: workspaces, keys, accounts, messages, events, webhooks, leases.

-- The tenants.
CREATE TABLE workspaces (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    tier TEXT NOT NULL,
    overrides TEXT NOT NULL,
    is_suspended INTEGER NOT NULL,
    suspended_reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;

-- The last event number given out; its row is locked by whoever commits events.
CREATE TABLE event_sequences (
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;

-- Connected numbers. A deleted one stays as a tombstone.
CREATE TABLE whatsapp_accounts (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    phone_number TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    is_wanted INTEGER NOT NULL,
    new_chats_held_until INTEGER,
    last_frame_at INTEGER,
    last_ack_at INTEGER,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX whatsapp_accounts_by_workspace ON whatsapp_accounts (workspace_id, mode, id);

-- API keys, by the SHA-256 of their text only.
CREATE TABLE api_keys (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    last4 TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    account_ids TEXT,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    replaced_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (key_hash);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, mode, id);

-- Messages in both directions. due_at is when the next step is due, NULL while an attempt is in flight and after the end.
CREATE TABLE message_logs (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    account_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    origin TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    sender TEXT,
    recipient TEXT,
    content_type TEXT NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    reason_detail TEXT,
    hold_reason TEXT,
    outcome_unknown INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER,
    waiting_since INTEGER,
    send_at INTEGER,
    expires_at INTEGER,
    client_ref TEXT,
    metadata TEXT NOT NULL,
    retry_of TEXT,
    provider_message_id TEXT,
    marked_read_at INTEGER,
    history TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) STRICT;
CREATE INDEX message_logs_by_lane ON message_logs (account_id, status, due_at, id);
CREATE UNIQUE INDEX message_logs_by_provider_id ON message_logs (account_id, direction, provider_message_id);
CREATE INDEX message_logs_by_workspace ON message_logs (workspace_id, mode, id);
CREATE INDEX message_logs_by_chat ON message_logs (workspace_id, mode, chat_id, id);
CREATE INDEX message_logs_by_status ON message_logs (workspace_id, mode, status, id);
CREATE INDEX message_logs_by_client_ref ON message_logs (workspace_id, mode, client_ref, id);

-- Tries to hand a message to the network; a row is committed before each try.
CREATE TABLE message_attempts (
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    workspace_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,
    reason TEXT,
    detail TEXT,
    provider_message_id TEXT,
    PRIMARY KEY (message_id, number),
    FOREIGN KEY (message_id) REFERENCES message_logs (id)
) STRICT;

-- What happened, numbered without gaps per workspace and mode. body is the exact webhook body.
CREATE TABLE events (
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    account_id TEXT,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mode, sequence),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;

-- Customers endpoints. Secrets and headers are sealed. A deleted one stays as a tombstone.
CREATE TABLE webhook_configs (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    account_ids TEXT NOT NULL,
    headers BLOB NOT NULL,
    secrets BLOB NOT NULL,
    is_enabled INTEGER NOT NULL,
    disabled_reason TEXT,
    failing_since INTEGER,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX webhook_configs_by_workspace ON webhook_configs (workspace_id, mode, id);

-- Events on their way to endpoints. due_at is NULL once it ended.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_sequence INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tries_left INTEGER NOT NULL,
    is_manual INTEGER NOT NULL,
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (endpoint_id) REFERENCES webhook_configs (id)
) STRICT;
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (endpoint_id, due_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);

-- POSTs of deliveries and what came of them.
CREATE TABLE webhook_attempts (
    delivery_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    trigger_kind TEXT NOT NULL,
    status_code INTEGER,
    error TEXT,
    response TEXT,
    duration_ms INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, number),
    FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (id)
) STRICT;

-- Answers to POSTs by key. scope_hash covers workspace, mode, method, path and key.
CREATE TABLE idempotency_keys (
    scope_hash TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    token TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    lease_until INTEGER,
    status_code INTEGER,
    response BLOB,
    is_sealed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope_hash),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What providers keep about accounts, sealed.
CREATE TABLE provider_state (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state_key TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    value BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, state_key),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) STRICT;

-- Which node may act for an account, until when by the database clock.
CREATE TABLE account_leases (
    account_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    owner TEXT,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (account_id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) STRICT;
CREATE INDEX account_leases_by_owner ON account_leases (owner, until);

-- Which node may act for an endpoint, until when by the database clock.
CREATE TABLE endpoint_leases (
    endpoint_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    owner TEXT,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (endpoint_id),
    FOREIGN KEY (endpoint_id) REFERENCES webhook_configs (id)
) STRICT;
CREATE INDEX endpoint_leases_by_owner ON endpoint_leases (owner, until);

-- Processes that run lanes.
CREATE TABLE nodes (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;

-- Changes that a person, key or operator made.
CREATE TABLE audit_log (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, id);
