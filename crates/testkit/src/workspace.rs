//! A workspace, seen through one of its keys.

use crate::{
    account::TestAccount,
    client::{Answer, Door, Request, text},
    message::TestMessage,
    sink::Sink,
    wait::eventually,
    webhook::TestWebhook,
};
use reqwest::Method;
use serde_json::{Value, json};

/// A workspace and the key with which it is used.
#[derive(Debug, Clone)]
pub struct TestWorkspace {
    /// The workspace's id.
    pub id: String,
    /// The text of the key.
    pub key: String,
    door: Door,
}

impl TestWorkspace {
    pub(crate) const fn new(door: Door, id: String, key: String) -> Self {
        Self { id, key, door }
    }

    /// The same workspace, used with another key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: key.into(), ..self.clone() }
    }

    /// A request with the key.
    pub fn request(&self, method: Method, path: &str) -> Request {
        self.door.request(method, path).header("x-api-key", &self.key)
    }

    /// A GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// A POST with a JSON body; with `null`, without a body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path);
        if body.is_null() { request.send().await } else { request.json(&body).send().await }
    }

    /// A POST with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        if body.is_null() { request.send().await } else { request.json(&body).send().await }
    }

    /// Uploads a file.
    pub async fn upload(&self, filename: &str, bytes: &[u8]) -> Answer {
        self.request(Method::POST, "/v1/media").file(filename, bytes).send().await
    }

    /// A PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    /// A DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// A new key of the workspace; `body` is what is asked for beside the name. Answers the
    /// workspace seen through it.
    pub async fn key(&self, mut body: Value) -> Self {
        body["name"] = json!("another key");
        let created = self.post("/v1/api-keys", body).await;
        self.with_key(text(&created.ok(), "secret"))
    }

    /// A new sandbox account, scanned and connected.
    pub async fn account(&self) -> TestAccount {
        let account = self.unlinked_account().await;
        account.is("qr").await;
        account.play("scan").await.ok();
        account.is("connected").await;
        account
    }

    /// A new sandbox account that nobody scanned yet.
    pub async fn unlinked_account(&self) -> TestAccount {
        let created = self.post("/v1/accounts", json!({"provider": "sandbox", "name": "Support"})).await;
        TestAccount { id: text(&created.ok(), "id"), workspace: self.clone() }
    }

    /// Sends a text from the only account.
    pub async fn send_text(&self, to: &str, body: &str) -> TestMessage {
        self.send(json!({"to": to, "type": "text", "text": {"body": body}})).await
    }

    /// Sends a message.
    pub async fn send(&self, message: Value) -> TestMessage {
        let accepted = self.post("/v1/messages", message).await;
        assert_eq!(accepted.status, 202, "{}", accepted.json);
        self.message(&text(&accepted.json, "id"))
    }

    /// A message by its id.
    pub fn message(&self, id: &str) -> TestMessage {
        TestMessage { id: id.to_owned(), workspace: self.clone() }
    }

    /// A webhook that hears of everything, at this receiver.
    pub async fn webhook(&self, sink: &Sink) -> TestWebhook {
        self.webhook_for(sink, json!({})).await
    }

    /// A webhook at this receiver, with more settings.
    pub async fn webhook_for(&self, sink: &Sink, mut settings: Value) -> TestWebhook {
        settings["url"] = json!(sink.url());
        let created = self.post("/v1/webhooks", settings).await.ok();
        TestWebhook { id: text(&created, "id"), secret: text(&created, "secret"), workspace: self.clone() }
    }

    /// All entries of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let separator = if path.contains('?') { '&' } else { '?' };
        loop {
            let after = all.last().map_or_else(String::new, |last| format!("&starting_after={}", text(last, "id")));
            let page = self.get(&format!("{path}{separator}limit=100{after}")).await.ok();
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                return all;
            }
        }
    }

    /// All events, in order.
    pub async fn events(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(0, |last| last["sequence"].as_i64().unwrap());
            let page = self.get(&format!("/v1/events?limit=100&starting_after={after}")).await.ok();
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                return all;
            }
        }
    }

    /// Waits for an event of a type for which `is_it` holds, and answers its `data`.
    pub async fn hears(&self, event_type: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("an event {event_type}"), async || {
            let events = self.events().await;
            let found = events.iter().find(|event| event["type"] == event_type && is_it(&event["data"]));
            found.map(|event| event["data"].clone()).ok_or_else(|| format!("{} events came", events.len()))
        })
        .await
    }

    /// What the audit log says was done, oldest first: action and subject.
    pub async fn audit(&self) -> Vec<(String, String)> {
        let mut log = self.all("/v1/audit-log").await;
        log.reverse();
        log.iter().map(|entry| (text(entry, "action"), text(entry, "subject"))).collect()
    }
}
