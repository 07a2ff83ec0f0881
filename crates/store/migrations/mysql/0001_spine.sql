-- The spine: workspaces, keys, accounts, messages, events, webhooks, leases.

-- The tenants.
CREATE TABLE workspaces (
    id VARCHAR(40) NOT NULL,
    name VARCHAR(255) NOT NULL,
    tier VARCHAR(64) NOT NULL,
    overrides TEXT NOT NULL,
    is_suspended SMALLINT NOT NULL,
    suspended_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last event number given out; its row is locked by whoever commits events.
CREATE TABLE event_sequences (
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Connected numbers. A deleted one stays as a tombstone.
CREATE TABLE whatsapp_accounts (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    provider VARCHAR(64) NOT NULL,
    name VARCHAR(255) NOT NULL,
    phone_number VARCHAR(64),
    status VARCHAR(64) NOT NULL,
    status_reason VARCHAR(64),
    is_wanted SMALLINT NOT NULL,
    new_chats_held_until BIGINT,
    last_frame_at BIGINT,
    last_ack_at BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX whatsapp_accounts_by_workspace ON whatsapp_accounts (workspace_id, mode, id);

-- API keys, by the SHA-256 of their text only.
CREATE TABLE api_keys (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    name VARCHAR(255) NOT NULL,
    prefix VARCHAR(64) NOT NULL,
    last4 VARCHAR(64) NOT NULL,
    key_hash CHAR(64) NOT NULL,
    scopes TEXT NOT NULL,
    account_ids TEXT,
    created_by VARCHAR(64) NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    replaced_by VARCHAR(40),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (key_hash);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, mode, id);

-- Messages in both directions. due_at is when the next step is due, NULL while an attempt is in flight and after the end.
CREATE TABLE message_logs (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    account_id VARCHAR(40) NOT NULL,
    direction VARCHAR(64) NOT NULL,
    origin VARCHAR(64) NOT NULL,
    chat_id VARCHAR(128) NOT NULL,
    sender VARCHAR(128),
    recipient VARCHAR(128),
    content_type VARCHAR(64) NOT NULL,
    content MEDIUMTEXT NOT NULL,
    status VARCHAR(64) NOT NULL,
    reason VARCHAR(64),
    reason_detail TEXT,
    hold_reason VARCHAR(64),
    outcome_unknown SMALLINT NOT NULL,
    attempts INT NOT NULL,
    due_at BIGINT,
    waiting_since BIGINT,
    send_at BIGINT,
    expires_at BIGINT,
    client_ref VARCHAR(255),
    metadata MEDIUMTEXT NOT NULL,
    retry_of VARCHAR(40),
    provider_message_id VARCHAR(128),
    marked_read_at BIGINT,
    history MEDIUMTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX message_logs_by_lane ON message_logs (account_id, status, due_at, id);
CREATE UNIQUE INDEX message_logs_by_provider_id ON message_logs (account_id, direction, provider_message_id);
CREATE INDEX message_logs_by_workspace ON message_logs (workspace_id, mode, id);
CREATE INDEX message_logs_by_chat ON message_logs (workspace_id, mode, chat_id, id);
CREATE INDEX message_logs_by_status ON message_logs (workspace_id, mode, status, id);
CREATE INDEX message_logs_by_client_ref ON message_logs (workspace_id, mode, client_ref, id);

-- Tries to hand a message to the network; a row is committed before each try.
CREATE TABLE message_attempts (
    message_id VARCHAR(40) NOT NULL,
    number INT NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    account_id VARCHAR(40) NOT NULL,
    node_id VARCHAR(40) NOT NULL,
    epoch BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome VARCHAR(64),
    reason VARCHAR(64),
    detail TEXT,
    provider_message_id VARCHAR(128),
    PRIMARY KEY (message_id, number),
    FOREIGN KEY (message_id) REFERENCES message_logs (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What happened, numbered without gaps per workspace and mode. body is the exact webhook body.
CREATE TABLE events (
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    sequence BIGINT NOT NULL,
    id VARCHAR(40) NOT NULL,
    event_type VARCHAR(64) NOT NULL,
    account_id VARCHAR(40),
    body MEDIUMTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mode, sequence),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Customers endpoints. Secrets and headers are sealed. A deleted one stays as a tombstone.
CREATE TABLE webhook_configs (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    account_ids MEDIUMTEXT NOT NULL,
    headers MEDIUMBLOB NOT NULL,
    secrets MEDIUMBLOB NOT NULL,
    is_enabled SMALLINT NOT NULL,
    disabled_reason TEXT,
    failing_since BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX webhook_configs_by_workspace ON webhook_configs (workspace_id, mode, id);

-- Events on their way to endpoints. due_at is NULL once it ended.
CREATE TABLE webhook_deliveries (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    endpoint_id VARCHAR(40) NOT NULL,
    event_id VARCHAR(40) NOT NULL,
    event_sequence BIGINT NOT NULL,
    event_type VARCHAR(64) NOT NULL,
    status VARCHAR(64) NOT NULL,
    attempts INT NOT NULL,
    tries_left INT NOT NULL,
    is_manual SMALLINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (endpoint_id) REFERENCES webhook_configs (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (endpoint_id, due_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);

-- POSTs of deliveries and what came of them.
CREATE TABLE webhook_attempts (
    delivery_id VARCHAR(40) NOT NULL,
    number INT NOT NULL,
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    trigger_kind VARCHAR(64) NOT NULL,
    status_code INT,
    error VARCHAR(64),
    response MEDIUMTEXT,
    duration_ms BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, number),
    FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Answers to POSTs by key. scope_hash covers workspace, mode, method, path and key.
CREATE TABLE idempotency_keys (
    scope_hash CHAR(64) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    token VARCHAR(40) NOT NULL,
    body_hash CHAR(64) NOT NULL,
    lease_until BIGINT,
    status_code INT,
    response MEDIUMBLOB,
    is_sealed SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope_hash),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What providers keep about accounts, sealed.
CREATE TABLE provider_state (
    account_id VARCHAR(40) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    state_key VARCHAR(128) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    value MEDIUMBLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, state_key),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which node may act for an account, until when by the database clock.
CREATE TABLE account_leases (
    account_id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    owner VARCHAR(40),
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (account_id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX account_leases_by_owner ON account_leases (owner, until);

-- Which node may act for an endpoint, until when by the database clock.
CREATE TABLE endpoint_leases (
    endpoint_id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    owner VARCHAR(40),
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id),
    FOREIGN KEY (endpoint_id) REFERENCES webhook_configs (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX endpoint_leases_by_owner ON endpoint_leases (owner, until);

-- Processes that run lanes.
CREATE TABLE nodes (
    id VARCHAR(40) NOT NULL,
    version VARCHAR(64) NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Changes that a person, key or operator made.
CREATE TABLE audit_log (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    at BIGINT NOT NULL,
    actor VARCHAR(64) NOT NULL,
    action VARCHAR(64) NOT NULL,
    subject VARCHAR(128) NOT NULL,
    detail MEDIUMTEXT NOT NULL,
    request_id VARCHAR(64) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, id);
