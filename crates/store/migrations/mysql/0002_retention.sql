-- Retention: whose turn a job is, and which deliveries an event has.

-- Which node does a job that one node at a time should do, until when by the database clock.
CREATE TABLE job_turns (
    job VARCHAR(64) NOT NULL,
    owner VARCHAR(40) NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (job)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- An event is kept for as long as a delivery carries it.
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (workspace_id, mode, event_sequence);
