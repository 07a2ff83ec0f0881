//! A run's whole log, and everything that it answers in errors: no secret and no message body.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer as _, filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _};
use wagate_testkit::{Method, Reply, Sink, Value, json, on_both};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The log of this process, in every detail: all stories of the process write into it.
fn log() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let filter = Targets::new().with_default(LevelFilter::DEBUG).with_target("wagate", LevelFilter::TRACE);
        let filter = ["wagate_engine", "wagate_http", "wagate_store", "wagate_sandbox"]
            .iter()
            .fold(filter, |filter, target| filter.with_target(*target, LevelFilter::TRACE));
        let layer = tracing_subscriber::fmt::layer().json().with_writer(log.clone()).with_filter(filter);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
        log
    })
    .clone()
}

on_both! {
    async fn a_runs_log_holds_no_secret_and_no_message(app: &mut TestApp) {
        let log = log();
        let said = ["a-very-private-word-outgoing", "a-very-private-word-incoming", "a-very-private-word-metadata", "a-very-private-header"];
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let webhook = ws.webhook_for(&sink, json!({"headers": {"authorization": said[3]}})).await;
        let rotated = webhook.post("rotate-secret", Value::Null).await;
        let key = ws.post_once("/v1/api-keys", "once", json!({"name": "x"})).await;
        for to in ["+15550100001", "+15550110001", "+15550110002", "+15550110006"] {
            ws.send(json!({"to": to, "type": "text", "text": {"body": said[0]}, "metadata": {"note": said[2]}})).await;
        }
        account.hears("+15550100001", said[1]).await;
        sink.answers_next([Reply::Status(500), Reply::Status(410)]);
        account.hears("+15550100002", said[1]).await;
        ws.post("/v1/messages", json!({"to": said[0], "type": "text", "text": {"body": said[0], "bold": said[1]}})).await.is_problem();
        ws.request(Method::POST, "/v1/messages").body(format!("{{\"text\": {}", said[0])).send().await.is_problem();
        ws.with_key(format!("{}x", ws.key)).get("/v1/workspace").await.is_problem();
        ws.get(&format!("/v1/messages?client_ref={}", said[0])).await.ok();
        app.passes(std::time::Duration::from_mins(1));
        app.restart().await;
        ws.send_text("+15550100003", said[0]).await.becomes("read").await;
        app.finish().await;

        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.lines().count() > 20 && log.contains("wagate"), "the log was captured");
        let (rotated, key) = (rotated.text("secret"), key.text("secret"));
        let secrets = [&ws.key, &webhook.secret, &rotated, &key].map(String::as_str);
        for secret in secrets.iter().chain(&said).chain(&[wagate_testkit::app::OPERATOR_TOKEN]) {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "the log holds {secret}");
        }
    }

    async fn every_answer_has_a_request_id_that_stands_in_the_log(app: &mut TestApp) {
        let log = log();
        let ws = app.workspace("Acme").await;
        let refused = ws.get("/v1/messages/msg_01jd0c2q4w8v7h3n5k6m9p0r1s").await;
        let id = refused.header("x-request-id").to_owned();
        refused.problem(404, "not_found");
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains(&id));
    }
}
