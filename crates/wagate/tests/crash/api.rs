//! The gateway's API as a customer calls it.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long one call may take: longer than the gateway waits for its database.
const CALL: Duration = Duration::from_secs(25);
/// How long the gateway may take to be ready.
const READY: Duration = Duration::from_mins(1);

/// An answer: its status and body.
pub(crate) type Answer = (u16, String);

/// A caller with a key. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    url: String,
    key: String,
}

/// A page of bodies as they were written.
#[derive(Deserialize)]
pub(crate) struct RawPage {
    pub(crate) data: Vec<Box<RawValue>>,
    pub(crate) has_more: bool,
}

impl Api {
    pub(crate) fn new(port: u16, key: &str) -> Self {
        wagate::tls::install_provider();
        #[expect(clippy::disallowed_methods, reason = "a customer's client, to loopback alone")]
        let http = reqwest::Client::builder().no_proxy().timeout(CALL).build().unwrap();
        Self { http, url: format!("http://127.0.0.1:{port}"), key: key.to_owned() }
    }

    /// Waits until the gateway says that all its parts work.
    pub(crate) async fn ready(&self) {
        let began = Instant::now();
        while !matches!(self.get("/health/ready").await, Ok((200, _))) {
            assert!(began.elapsed() < READY, "the gateway is not ready after {READY:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> reqwest::Result<Answer> {
        let mut request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        answered(request).await
    }

    /// A file of contacts that must be taken.
    pub(crate) async fn must_import(&self, file: String) -> Value {
        let request = self.http.post(format!("{}/v1/contacts/imports", self.url)).bearer_auth(&self.key);
        let (status, text) = answered(request.header("content-type", "text/csv").body(file)).await.unwrap();
        assert_eq!(status, 202, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A call that must succeed.
    pub(crate) async fn must_post(&self, path: &str, body: &Value) -> Value {
        let (status, text) = self.post(path, body, None).await.unwrap();
        assert!((200..300).contains(&status), "POST {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn get(&self, path: &str) -> reqwest::Result<Answer> {
        answered(self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.key)).await
    }

    /// The live feed from after a number; it breaks off when a call has taken too long.
    pub(crate) async fn stream(&self, last: i64) -> reqwest::Result<reqwest::Response> {
        let request = self.http.get(format!("{}/v1/events/stream", self.url)).bearer_auth(&self.key);
        request.header("last-event-id", last).send().await?.error_for_status()
    }

    /// A read that must succeed.
    pub(crate) async fn must_get(&self, path: &str) -> String {
        let (status, text) = self.get(path).await.unwrap();
        assert_eq!(status, 200, "GET {path}: {text}");
        text
    }

    /// All messages in one direction, newest first.
    pub(crate) async fn messages(&self, direction: &str) -> Vec<Value> {
        self.all(&format!("/v1/messages?limit=100&direction={direction}"), |last| {
            last["id"].as_str().unwrap().to_owned()
        })
        .await
    }

    /// The whole list of events, from the first one, each with its exact bytes.
    pub(crate) async fn events(&self) -> Vec<(Value, String)> {
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let page: RawPage = self.page(&format!("/v1/events?limit=100&starting_after={after}")).await;
            events.extend(
                page.data.iter().map(|raw| (serde_json::from_str::<Value>(raw.get()).unwrap(), raw.get().to_owned())),
            );
            if !page.has_more {
                return events;
            }
            after = events.last().unwrap().0["sequence"].as_i64().unwrap();
        }
    }

    async fn all(&self, path: &str, cursor: impl Fn(&Value) -> String) -> Vec<Value> {
        let (mut found, mut next) = (Vec::<Value>::new(), String::new());
        loop {
            let page: RawPage = self.page(&format!("{path}{next}")).await;
            found.extend(page.data.iter().map(|raw| serde_json::from_str::<Value>(raw.get()).unwrap()));
            if !page.has_more {
                return found;
            }
            next = format!("&starting_after={}", cursor(found.last().unwrap()));
        }
    }

    async fn page(&self, path: &str) -> RawPage {
        serde_json::from_str(&self.must_get(path).await).unwrap()
    }
}

async fn answered(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}
