//! A lean HTTP/1.1 client: one keep-alive connection, requests as bytes, answers of known length. It
//! shares the machine with what it measures, so it must cost next to nothing.

use anyhow::{Context as _, bail};
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long an answer may take before the measurement is given up.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);
/// The largest head and body of an answer.
const LARGEST: usize = 4 * 1024 * 1024;

/// Where requests go, and with which key.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) key: String,
}

impl Target {
    /// A request with a JSON body, or none, as it goes over the wire.
    pub(super) fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let Self { address, key } = self;
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-api-key: {key}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// One connection.
pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// An answer; its body stands in the connection until the next one.
pub(super) struct Answer<'c> {
    pub(super) status: u16,
    pub(super) body: &'c [u8],
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the gateway takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(8 * 1024) })
    }

    /// Sends one request and reads its answer.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        match timeout(ANSWERS_WITHIN, self.send_and_read(request)).await {
            Ok(answer) => {
                let (status, from) = answer?;
                Ok(Answer { status, body: self.received.get(from..).unwrap_or_default() })
            }
            Err(_) => bail!("the gateway did not answer within {} seconds", ANSWERS_WITHIN.as_secs()),
        }
    }

    async fn send_and_read(&mut self, request: &[u8]) -> anyhow::Result<(u16, usize)> {
        self.received.clear();
        self.stream.write_all(request).await?;
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the gateway closed the connection");
            }
            if let Some(head) = Head::read(&self.received)? {
                let whole = head.length + head.content;
                while self.received.len() < whole {
                    if self.stream.read_buf(&mut self.received).await? == 0 {
                        bail!("the gateway closed the connection within an answer");
                    }
                }
                return Ok((head.status, head.length));
            }
        }
    }
}

/// What is read of an answer's head.
struct Head {
    status: u16,
    /// Bytes of the head itself.
    length: usize,
    /// Bytes of the body.
    content: usize,
}

impl Head {
    /// Nothing while the head is not there as a whole.
    fn read(received: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            anyhow::ensure!(received.len() < LARGEST, "an answer's head does not end");
            return Ok(None);
        };
        let text = std::str::from_utf8(received.get(..end).unwrap_or_default())?;
        let status: u16 =
            text.get(9..12).and_then(|digits| digits.parse().ok()).context("an answer without a status")?;
        let content = text.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
        });
        // A 204 has no body and says nothing of one.
        let content: usize = content.or((status == 204).then_some(0)).context("an answer without a length")?;
        anyhow::ensure!(content < LARGEST, "an answer of {content} bytes");
        Ok(Some(Self { status, length: end + 4, content }))
    }
}

/// Single calls, for what prepares a measurement.
pub(super) struct Api {
    target: Target,
    connection: Connection,
}

impl Api {
    pub(super) async fn open(target: &Target) -> anyhow::Result<Self> {
        Ok(Self { target: target.clone(), connection: Connection::open(target.address).await? })
    }

    /// Calls, and answers the status with the JSON of the body.
    pub(super) async fn call(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(u16, Value)> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = self.target.request(method, path, &body);
        let answer = self.connection.exchange(&request).await.with_context(|| format!("{method} {path}"))?;
        let json = if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(answer.body)? };
        Ok((answer.status, json))
    }

    /// Calls, and answers the JSON of what must be a success.
    pub(super) async fn must(&mut self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let (status, json) = self.call(method, path, body).await?;
        anyhow::ensure!((200..300).contains(&status), "{method} {path} was answered {status}: {json}");
        Ok(json)
    }

    pub(super) async fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.must("POST", path, Some(body)).await
    }

    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        self.must("GET", path, None).await
    }
}

/// The text at a place of an answer.
pub(super) fn text_of(json: &Value, name: &str) -> anyhow::Result<String> {
    json.get(name).and_then(Value::as_str).map(ToOwned::to_owned).with_context(|| format!("no `{name}` in {json}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let whole = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nx: y\r\n\r\n{}";
        for end in 0..whole.len() - 2 {
            assert!(Head::read(&whole[..end]).unwrap().is_none(), "{end}");
        }
        let head = Head::read(whole).unwrap().unwrap();
        assert_eq!((head.status, head.content, whole.len() - head.length), (202, 2, 2));
    }

    #[test]
    fn an_answer_of_unknown_length_is_refused() {
        assert_eq!(Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap().content, 0);
        assert!(Head::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
