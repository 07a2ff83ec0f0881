//! Requests to the gateway under test, and what comes back.

use reqwest::{Client, Method, header::HeaderMap};
use serde_json::Value;
use std::{
    net::SocketAddr,
    ops::Index,
    sync::{Arc, Mutex, Once},
};

/// The way to the gateway; it follows when a restart gives it another port.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    client: Client,
    address: Arc<Mutex<SocketAddr>>,
}

impl Door {
    #[expect(clippy::disallowed_methods, reason = "the tests' own client, which goes to loopback alone")]
    pub(crate) fn to(address: SocketAddr) -> Self {
        install_crypto();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, address: Arc::new(Mutex::new(address)) }
    }

    pub(crate) fn moves_to(&self, address: SocketAddr) {
        *self.address.lock().unwrap() = address;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let address = *self.address.lock().unwrap();
        format!("http://{address}{path}")
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        Request(self.client.request(method, self.url(path)))
    }
}

/// TLS has one provider for the whole process.
pub(crate) fn install_crypto() {
    static CRYPTO: Once = Once::new();
    // Another test of the process may have been first.
    CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// A request that is being put together.
#[derive(Debug)]
#[must_use]
pub struct Request(reqwest::RequestBuilder);

impl Request {
    /// With one more header.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        Self(self.0.header(name, value.as_ref()))
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// With these bytes, called JSON.
    pub fn body(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self(self.0.header("content-type", "application/json").body(bytes.into()))
    }

    /// With these bytes, called as the `content-type` of this request says.
    pub fn bytes(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self(self.0.body(bytes.into()))
    }

    /// Sends it. A stream, which has no end, is answered by its head alone.
    pub async fn send(self) -> Answer {
        let response = self.begin().await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes = if is_stream { Vec::new().into() } else { response.bytes().await.unwrap() };
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, json, bytes: bytes.to_vec() }
    }
}

impl Request {
    /// Sends it, up to the head of the answer.
    pub(crate) async fn begin(self) -> reqwest::Response {
        self.0.send().await.unwrap()
    }
}

/// What the gateway answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, `null` if it is no JSON.
    pub json: Value,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Asserts that it went well; answers the body.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.json);
        self.json
    }

    /// Asserts that it is a problem of this status and code; answers the body.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        self.is_problem();
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.json);
        self.json
    }

    /// Asserts that it is a problem document as every failure has one.
    #[track_caller]
    pub fn is_problem(&self) {
        let media_type = self.header("content-type");
        assert_eq!(media_type, "application/problem+json", "{} {}", self.status, self.json);
        assert_eq!(self.json["status"], self.status);
        assert_eq!(self.json["request_id"], self.header("x-request-id"));
        for field in ["type", "title", "detail", "code"] {
            assert!(self.json[field].is_string(), "{field} of {}", self.json);
        }
    }

    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A text of the body.
    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        text(&self.json, field)
    }

    /// The fields that a problem names, with the codes.
    pub fn faults(&self) -> Vec<(String, String)> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }

    /// Whether it is an earlier answer given again.
    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == "true"
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.json[field]
    }
}

/// A text of a JSON object.
#[track_caller]
pub fn text(json: &Value, field: &str) -> String {
    json[field].as_str().unwrap_or_else(|| panic!("`{field}` is no text in {json}")).to_owned()
}
