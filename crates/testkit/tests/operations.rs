//! Every operation of the API, from its own document, and what a right request to it looks like.

use wagate_testkit::{
    Method, Request, Sink, TestAccount, TestApp, TestMessage, TestWebhook, TestWorkspace, Value, client::text, json,
    wait::eventually,
};

/// What an operation's path names by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Nothing,
    Account,
    Message,
    Chat,
    Contact,
    Media,
    Import,
    Key,
    Webhook,
    Delivery,
    Erasure,
    Workspace,
}

/// What the document cannot say of an operation. One without a case here fails the tests.
pub(crate) struct Case {
    pub(crate) operation: &'static str,
    /// Empty for the operator's operations.
    pub(crate) scope: &'static str,
    pub(crate) of: Of,
    /// A body that is taken, as JSON; empty for none.
    pub(crate) body: &'static str,
}

const fn case(operation: &'static str, scope: &'static str, of: Of, body: &'static str) -> Case {
    Case { operation, scope, of, body }
}

const MESSAGE: &str = r#"{"to":"+15550100001","type":"text","text":{"body":"Hi","preview_url":false},"mentions":["+15550100002"],"client_ref":"a","metadata":{"a":"b"}}"#;
const INBOUND: &str = r#"{"from":"+15550100001","type":"text","text":{"body":"Hi"},"context":{"message_id":"3EB0"},"mentions":["+15550100002"],"forwarded":true}"#;
const FORWARD: &str = r#"{"to":"+15550100001","client_ref":"a","metadata":{"a":"b"}}"#;
const EDIT: &str = r#"{"text":{"body":"Hello","preview_url":false}}"#;
const BATCH: &str = r#"{"messages":[{"to":"+15550100001","type":"text","text":{"body":"Hi","preview_url":false},"client_ref":"a","metadata":{"a":"b"}}]}"#;
const WEBHOOK: &str = r#"{"url":"https://hooks.example.com/a","events":["message.status"],"account_ids":[],"description":"a","headers":{"x-shop":"7"}}"#;
const CONTACT: &str = r#"{"address":"+15550100008","name":"Zoë","labels":["vip"],"attributes":{"city":"Malmö"}}"#;
const CARD: &str = r#"{"name":"Zoë","labels":["vip"],"attributes":{"city":"Malmö"}}"#;
const NAME: &str = r#"{"name":"A name"}"#;
const ACCOUNT: &str = r#"{"name":"A name","pacing":{"per_minute":6000,"burst":1000,"jitter_ms":1,"per_recipient_seconds":1,"new_chats_per_day":100000,"warm_up_days":1,"time_zone":"Europe/Berlin","quiet_hours":{"from":"03:00","to":"03:01"}}}"#;
const OVERLAP: &str = r#"{"overlap_seconds":60}"#;

/// A right request to every operation. Those that take something away stand last of their kind.
pub(crate) const CASES: &[Case] = &[
    case("read_workspace", "accounts:read", Of::Nothing, ""),
    case("read_usage", "accounts:read", Of::Nothing, ""),
    case("update_workspace", "workspace:write", Of::Nothing, NAME),
    case("list_audit_log", "audit:read", Of::Nothing, ""),
    case("list_events", "events:read", Of::Nothing, ""),
    case("stream_events", "events:read", Of::Nothing, ""),
    case("list_accounts", "accounts:read", Of::Nothing, ""),
    case("read_account", "accounts:read", Of::Account, ""),
    case("update_account", "accounts:write", Of::Account, ACCOUNT),
    case("read_account_qr", "accounts:write", Of::Account, ""),
    case("receive_sandbox_message", "messages:send", Of::Account, INBOUND),
    case("update_sandbox_settings", "accounts:write", Of::Account, r#"{"latency_ms":0,"failure_rate":0.0}"#),
    case("scan_sandbox_account", "accounts:write", Of::Account, ""),
    case("list_messages", "messages:read", Of::Nothing, ""),
    case("count_messages", "messages:read", Of::Nothing, ""),
    case("send_message", "messages:send", Of::Nothing, MESSAGE),
    case("send_batch", "messages:send", Of::Nothing, BATCH),
    case("create_account", "accounts:write", Of::Nothing, r#"{"provider":"sandbox","name":"Another"}"#),
    case("read_message", "messages:read", Of::Message, ""),
    case(
        "update_message",
        "messages:send",
        Of::Message,
        r#"{"send_at":"2025-12-01T10:00:00Z","expires_at":"2025-12-02T10:00:00Z"}"#,
    ),
    case("cancel_message", "messages:send", Of::Message, ""),
    case("retry_message", "messages:send", Of::Message, ""),
    case("edit_message", "messages:send", Of::Message, EDIT),
    case("revoke_message", "messages:send", Of::Message, ""),
    case("forward_message", "messages:send", Of::Message, FORWARD),
    case("edit_sandbox_message", "messages:send", Of::Message, EDIT),
    case("mark_message_read", "messages:send", Of::Message, ""),
    case("revoke_sandbox_message", "messages:send", Of::Message, ""),
    case("list_chats", "messages:read", Of::Nothing, ""),
    case("read_chat", "messages:read", Of::Chat, ""),
    case("list_chat_messages", "messages:read", Of::Chat, ""),
    case("mark_chat_read", "messages:send", Of::Chat, ""),
    case("assign_chat", "messages:send", Of::Chat, r#"{"assignee":"Ana"}"#),
    case("close_chat", "messages:send", Of::Chat, ""),
    case("reopen_chat", "messages:send", Of::Chat, ""),
    case("archive_chat", "messages:send", Of::Chat, ""),
    case("unarchive_chat", "messages:send", Of::Chat, ""),
    case("list_contacts", "contacts:read", Of::Nothing, ""),
    case("create_contact", "contacts:write", Of::Nothing, CONTACT),
    case("read_contact", "contacts:read", Of::Contact, ""),
    case("update_contact", "contacts:write", Of::Contact, CARD),
    case("opt_out_contact", "contacts:write", Of::Contact, ""),
    case("opt_in_contact", "contacts:write", Of::Contact, ""),
    case("export_contacts", "contacts:read", Of::Nothing, ""),
    // Its body is a file; without one it is refused by its media type.
    case("import_contacts", "contacts:write", Of::Nothing, ""),
    case("read_contact_import", "contacts:read", Of::Import, ""),
    case("read_contact_import_report", "contacts:read", Of::Import, ""),
    case("delete_contact", "contacts:write", Of::Contact, ""),
    case("upload_media", "messages:send", Of::Nothing, ""),
    case("read_media", "messages:read", Of::Media, ""),
    case("read_media_content", "messages:read", Of::Media, ""),
    case("delete_media", "messages:send", Of::Media, ""),
    case("drop_sandbox_account", "accounts:write", Of::Account, ""),
    case("ban_sandbox_account", "accounts:write", Of::Account, ""),
    case("restore_sandbox_account", "accounts:write", Of::Account, ""),
    case("connect_account", "accounts:write", Of::Account, ""),
    case("disconnect_account", "accounts:write", Of::Account, ""),
    case("list_webhooks", "webhooks:write", Of::Nothing, ""),
    case("create_webhook", "webhooks:write", Of::Nothing, WEBHOOK),
    case("read_webhook", "webhooks:write", Of::Webhook, ""),
    case("update_webhook", "webhooks:write", Of::Webhook, WEBHOOK),
    case("rotate_webhook_secret", "webhooks:write", Of::Webhook, OVERLAP),
    case("test_webhook", "webhooks:write", Of::Webhook, ""),
    case("enable_webhook", "webhooks:write", Of::Webhook, ""),
    case("recover_webhook", "webhooks:write", Of::Webhook, r#"{"since":"2025-11-22T11:00:00Z"}"#),
    case("list_deliveries", "webhooks:write", Of::Webhook, ""),
    case("read_delivery", "webhooks:write", Of::Delivery, ""),
    case("resend_delivery", "webhooks:write", Of::Delivery, ""),
    case("delete_webhook", "webhooks:write", Of::Webhook, ""),
    case("list_api_keys", "keys:write", Of::Nothing, ""),
    case(
        "create_api_key",
        "keys:write",
        Of::Nothing,
        r#"{"name":"A key","scopes":["messages:read"],"expires_at":"2030-01-01T00:00:00Z"}"#,
    ),
    case("read_api_key", "keys:write", Of::Key, ""),
    case("rotate_api_key", "keys:write", Of::Key, OVERLAP),
    case("revoke_api_key", "keys:write", Of::Key, ""),
    case("create_erasure", "contacts:write", Of::Nothing, r#"{"address":"+15550100077"}"#),
    case("read_erasure", "contacts:write", Of::Erasure, ""),
    case("delete_account", "accounts:write", Of::Account, ""),
    case("operator_list_workspaces", "", Of::Nothing, ""),
    case(
        "operator_create_workspace",
        "",
        Of::Nothing,
        r#"{"name":"A workspace","tier":"free","overrides":{"accounts":1}}"#,
    ),
    case("operator_read_workspace", "", Of::Workspace, ""),
    case(
        "operator_update_workspace",
        "",
        Of::Workspace,
        r#"{"name":"A name","tier":"free","overrides":{"endpoints":1}}"#,
    ),
    case("operator_create_api_key", "", Of::Workspace, r#"{"name":"A key","mode":"test","scopes":["messages:read"]}"#),
    case("operator_suspend_workspace", "", Of::Workspace, r#"{"reason":"unpaid"}"#),
    case("operator_resume_workspace", "", Of::Workspace, ""),
];

/// An operation as the document has it, with its case.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The names of its query parameters.
    pub(crate) query: Vec<String>,
    pub(crate) case: &'static Case,
}

impl Operation {
    /// The path with this text as its id.
    pub(crate) fn path_with(&self, id: &str) -> String {
        self.path.replace("{id}", id)
    }

    pub(crate) fn is_operators(&self) -> bool {
        self.path.starts_with("/operator/")
    }

    /// The right request, by the key of `ws` and to what it owns.
    pub(crate) fn request(&self, ws: &TestWorkspace, id: &str) -> Request {
        self.with_body(ws.request(self.method.clone(), &self.path_with(id)))
    }

    pub(crate) fn with_body(&self, request: Request) -> Request {
        if self.id == "upload_media" {
            return request.file("a.txt", b"a file");
        }
        if self.case.body.is_empty() { request } else { request.body(self.case.body) }
    }

    /// The body that is taken, if there is one.
    pub(crate) fn body(&self) -> Option<Value> {
        serde_json::from_str(self.case.body).ok()
    }
}

/// Every operation of the document that needs a credential, in the order of the cases.
pub(crate) async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = app.anybody(Method::GET, "/openapi.json").send().await.ok();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(Vec::is_empty) {
                assert!(path.starts_with("/health"), "{method} {path} needs no credential");
                continue;
            }
            let id = text(operation, "operationId");
            let case = CASES.iter().find(|case| case.operation == id);
            let case = case.unwrap_or_else(|| panic!("{method} {path} ({id}) has no case in operations.rs"));
            assert_eq!(path.contains("{id}"), case.of != Of::Nothing, "{id}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|one| one["in"] == "query").map(|one| text(one, "name")).collect();
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation { id, method, path: path.clone(), query, case });
        }
    }
    assert_eq!(operations.len(), CASES.len(), "each case is of an operation");
    operations.sort_by_key(|one| CASES.iter().position(|case| case.operation == one.id));
    operations
}

/// A workspace with one of everything.
pub(crate) struct Owner {
    pub(crate) ws: TestWorkspace,
    pub(crate) account: TestAccount,
    pub(crate) message: TestMessage,
    pub(crate) chat: String,
    pub(crate) contact: String,
    pub(crate) media: String,
    pub(crate) import: String,
    pub(crate) webhook: TestWebhook,
    pub(crate) delivery: String,
    pub(crate) key: String,
    pub(crate) erasure: String,
    _sink: Sink,
}

/// Waits until a job is done, so that it changes nothing any more.
async fn ends(ws: &TestWorkspace, path: &str, state: &str) {
    eventually("the job to be done", async || {
        let job = ws.get(path).await.ok();
        if job[state] == "done" { Ok(()) } else { Err(job.to_string()) }
    })
    .await;
}

impl Owner {
    pub(crate) async fn new(app: &TestApp) -> Self {
        let sink = Sink::open().await;
        let ws = app.workspace("The owner").await;
        let account = ws.account().await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        let message = ws.message(&text(&account.hears("+15550100001", "a private word").await, "id"));
        let delivered =
            webhook.comes_to("to be delivered", |all| all.first().is_some_and(|one| one["status"] == "delivered"));
        let delivery = text(&delivered.await[0], "id");
        let chat = text(&ws.all("/v1/chats").await[0], "id");
        let contact = text(&ws.all("/v1/contacts").await[0], "id");
        let media = ws.upload("secret.txt", b"a private word").await.text("id");
        let file = ws.request(Method::POST, "/v1/contacts/imports").header("content-type", "text/csv");
        let import = file.bytes("address\n+15550100001\n").send().await.text("id");
        ends(&ws, &format!("/v1/contacts/imports/{import}"), "state").await;
        let key = ws.post("/v1/api-keys", json!({"name": "Another"})).await.text("id");
        let erasure = ws.post("/v1/erasures", json!({"address": "+15550100078"})).await.text("id");
        ends(&ws, &format!("/v1/erasures/{erasure}"), "status").await;
        Self { ws, account, message, media, chat, contact, import, webhook, delivery, key, erasure, _sink: sink }
    }

    /// The id of what the owner has of a kind.
    pub(crate) fn id(&self, of: Of) -> &str {
        match of {
            Of::Nothing => "",
            Of::Account => &self.account.id,
            Of::Message => &self.message.id,
            Of::Chat => &self.chat,
            Of::Contact => &self.contact,
            Of::Media => &self.media,
            Of::Import => &self.import,
            Of::Key => &self.key,
            Of::Webhook => &self.webhook.id,
            Of::Delivery => &self.delivery,
            Of::Erasure => &self.erasure,
            Of::Workspace => &self.ws.id,
        }
    }

    /// Everything that can be read of it.
    pub(crate) async fn everything(&self) -> Vec<Value> {
        let mut everything = Vec::new();
        for path in [
            "/v1/workspace",
            "/v1/accounts",
            "/v1/messages",
            "/v1/chats",
            "/v1/contacts",
            "/v1/webhooks",
            "/v1/audit-log",
            "/v1/events",
        ] {
            everything.push(self.ws.get(path).await.ok());
        }
        everything.push(self.ws.get(&format!("/v1/media/{}", self.media)).await.json);
        everything.push(self.webhook.delivery(&self.delivery).await);
        // When a key was last used is noted while this is compared.
        let mut keys = self.ws.get("/v1/api-keys").await.ok();
        for key in keys["data"].as_array_mut().unwrap() {
            key["last_used_at"] = Value::Null;
        }
        everything.push(keys);
        everything
    }
}
