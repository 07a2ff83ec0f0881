//! A reader of the live feed, as a browser is one.

use crate::client::Request;
use reqwest::{Response, header::HeaderMap};
use serde_json::Value;
use std::time::Duration;

/// How long a listener waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came: an event, or a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its number.
    pub id: String,
    /// Its type; empty for a comment.
    pub event: String,
    /// What it carries.
    pub data: String,
    /// What a comment says.
    pub comment: String,
}

impl Frame {
    /// Its number.
    pub fn number(&self) -> i64 {
        self.id.parse().unwrap()
    }

    /// What it carries, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }

    fn parse(text: &str) -> Self {
        let mut frame = Self::default();
        for line in text.lines() {
            let (name, value) = line.split_once(':').unwrap();
            let value = value.trim_start().to_owned();
            match name {
                "" => frame.comment = value,
                "id" => frame.id = value,
                "event" => frame.event = value,
                "data" => frame.data = value,
                "retry" => {}
                other => panic!("a line called {other}"),
            }
        }
        frame
    }
}

/// An open stream.
#[derive(Debug)]
pub struct Listener {
    response: Response,
    received: Vec<u8>,
}

impl Request {
    /// Sends it and listens to the stream that is answered.
    pub async fn listen(self) -> Listener {
        let response = self.begin().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Listener { response, received: Vec::new() }
    }
}

impl Listener {
    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Whatever comes next; `None` at the end of the stream.
    pub async fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\n\n") {
                let rest = self.received.split_off(end + 2);
                let frame = std::mem::replace(&mut self.received, rest);
                return Some(Frame::parse(std::str::from_utf8(&frame).unwrap().trim_end()));
            }
            // A connection that breaks off is an end too.
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.received.extend_from_slice(&chunk);
        }
    }

    /// The next event, which must come soon.
    pub async fn event(&mut self) -> Frame {
        tokio::time::timeout(PATIENCE, self.next_event()).await.unwrap().unwrap()
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next_event(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frame().await?;
            if !frame.event.is_empty() {
                return Some(frame);
            }
        }
    }

    /// The next events.
    pub async fn events(&mut self, count: usize) -> Vec<Frame> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }

    /// Waits for the end of the stream; answers the events until then.
    pub async fn rest(mut self) -> Vec<Frame> {
        let mut events = Vec::new();
        let all = async {
            while let Some(event) = self.next_event().await {
                events.push(event);
            }
        };
        tokio::time::timeout(PATIENCE, all).await.unwrap();
        events
    }
}
