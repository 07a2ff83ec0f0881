//! Messages with files, out and in: by id, by link and by data.

use super::samples::{docx, jpeg, mp3, mp4, opus, pdf, png, webp};
use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse as _,
    routing::get,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, task::JoinSet};
use wagate_testkit::{TestWorkspace, Value, json, on_both};

/// A server of files on loopback, which the stories' guard allows.
struct Files {
    address: SocketAddr,
    _server: JoinSet<()>,
}

impl Files {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let redirect = |to: &'static str| {
            get(move || async move { (StatusCode::FOUND, [(header::LOCATION, to)]).into_response() })
        };
        let router = Router::new()
            .route("/a.jpg", get(async || jpeg()))
            .route("/a.pdf", get(async || pdf()))
            .route("/moved", redirect("/a.jpg"))
            .route("/round", redirect("/round"))
            .route("/inside", redirect("http://10.0.0.1/a.jpg"))
            .route("/large", get(async || vec![0_u8; 6 * 1024 * 1024]))
            .route("/cut.jpg", get(async || jpeg()[..100].to_vec()));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, _server: server }
    }

    fn link(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .map(|three| {
            let number =
                three.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
            (0..4)
                .map(|at| if at <= three.len() { char::from(DIGITS[number >> (18 - 6 * at) & 63]) } else { '=' })
                .collect::<String>()
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "so that it can be called with `json!`")]
fn message(kind: &str, content: Value) -> Value {
    json!({"to": "+15550100001", "type": kind, (kind): content})
}

/// Each kind with a file that fits it.
fn kinds() -> [(&'static str, Vec<u8>); 8] {
    [
        ("image", jpeg()),
        ("image", png()),
        ("video", mp4()),
        ("audio", mp3()),
        ("audio", opus()),
        ("voice", opus()),
        ("document", docx()),
        ("sticker", webp()),
    ]
}

async fn refused(ws: &TestWorkspace, body: Value, field: &str, code: &str) {
    let answer = ws.post("/v1/messages", body).await;
    assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{}", answer.json);
}

on_both! {
    async fn every_kind_goes_out_by_id_and_by_data(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for (kind, bytes) in kinds() {
            let id = ws.upload("a", &bytes).await.text("id");
            let by_id = ws.send(message(kind, json!({"id": id}))).await;
            let by_data = ws.send(message(kind, json!({"data": base64(&bytes)}))).await;
            for sent in [by_id, by_data] {
                let read = sent.becomes("read").await;
                assert_eq!((&read["media"]["sha256"], &read["media"]["state"]), (&json!(sha256(&bytes)), &json!("ready")), "{kind}");
                assert_eq!((&read[kind]["id"], &read[kind]["data"]), (&read["media"]["id"], &Value::Null));
                let arrival = app.arrivals().into_iter().find(|one| one.message_id.to_string() == sent.id).unwrap();
                assert_eq!(arrival.media_sha256, Some(sha256(&bytes)), "{kind}");
            }
        }
        let with_words = message("document", json!({"data": base64(&pdf()), "filename": "bill.pdf", "caption": "Your bill"}));
        let sent = ws.send(with_words).await.becomes("read").await;
        assert_eq!((&sent["document"]["filename"], &sent["document"]["caption"]), (&json!("bill.pdf"), &json!("Your bill")));
        let media = ws.get(&format!("/v1/media/{}", sent["media"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(media["filename"], "bill.pdf");
    }

    async fn a_link_is_fetched_before_its_message_goes(app: &mut TestApp) {
        let files = Files::open().await;
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for path in ["/a.jpg", "/moved"] {
            let sent = ws.send(message("image", json!({"link": files.link(path), "caption": "Look"}))).await;
            let read = sent.becomes("read").await;
            assert_eq!((&read["image"]["link"], &read["media"]["mime_type"]), (&json!(files.link(path)), &json!("image/jpeg")));
            let arrival = app.arrivals().into_iter().find(|one| one.message_id.to_string() == sent.id).unwrap();
            assert_eq!(arrival.media_sha256, Some(sha256(&jpeg())));
        }
        for (kind, path, reason) in [
            ("image", "/missing", "media_unavailable"),
            ("image", "/round", "media_unavailable"),
            ("image", "/inside", "media_unavailable"),
            ("image", "/large", "media_too_large"),
            ("image", "/a.pdf", "content_invalid"),
            ("image", "/cut.jpg", "content_invalid"),
        ] {
            let failed = ws.send(message(kind, json!({"link": files.link(path)}))).await.becomes("failed").await;
            assert_eq!((&failed["reason"], &failed["media"]["state"]), (&json!(reason), &json!("failed")), "{path}: {failed}");
            assert!(!failed.to_string().contains("10.0.0.1"), "{failed}");
        }
    }

    async fn what_cannot_be_sent_is_refused_by_field(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        ws.account().await;
        let (picture, theirs) = (ws.upload("a.jpg", &jpeg()).await.text("id"), other.upload("a.jpg", &jpeg()).await.text("id"));
        refused(&ws, message("video", json!({"id": picture})), "video/id", "not_allowed").await;
        refused(&ws, message("voice", json!({"data": base64(&mp3())})), "voice/data", "not_allowed").await;
        refused(&ws, message("image", json!({"id": theirs})), "image/id", "not_found").await;
        refused(&ws, message("image", json!({"id": "med_01jd0c2q4w8v7h3n5k6m9p0r1s"})), "image/id", "not_found").await;
        refused(&ws, message("image", json!({"id": "../../x"})), "image/id", "not_found").await;
        for data in ["!", "AAA", "A===", "AAAA=AAA", "QUJD\n"] {
            refused(&ws, message("document", json!({"data": data})), "document/data", "invalid_format").await;
        }
        refused(&ws, message("image", json!({"id": picture, "data": "AAAA"})), "image/data", "not_allowed").await;
        for link in ["http://10.0.0.1/a.jpg", "http://169.254.169.254/latest", "http://user:pass@127.0.0.1/a", "http://[::ffff:10.0.0.1]/"] {
            refused(&ws, message("image", json!({"link": link})), "image/link", "not_allowed").await;
        }
        assert_eq!(app.arrivals().len(), 0);
    }

    async fn a_file_is_kept_while_a_message_needs_it(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let id = ws.upload("a.jpg", &jpeg()).await.text("id");
        let mut later = message("image", json!({"id": id}));
        later["send_at"] = json!("2025-11-22T13:00:00Z");
        let waiting = ws.send(later).await;
        ws.delete(&format!("/v1/media/{id}")).await.problem(409, "media_in_use");
        waiting.post("cancel").await.ok();
        ws.delete(&format!("/v1/media/{id}")).await.ok();
        refused(&ws, message("image", json!({"id": id})), "image/id", "not_found").await;
    }

    async fn every_kind_comes_in_and_its_file_follows(app: &mut TestApp) {
        let files = Files::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let inbound = format!("/v1/sandbox/accounts/{}/inbound", account.id);
        let receive = async |kind: &str, content: Value| {
            ws.post(&inbound, json!({"from": "+15550100001", "type": kind, (kind): content})).await.ok()
        };
        for (kind, bytes) in kinds() {
            let came = receive(kind, json!({"data": base64(&bytes)})).await;
            assert_eq!(came["media"]["state"], "pending", "{came}");
            let ready = ws.hears("message.media_ready", |message| message["id"] == came["id"]).await;
            assert_eq!((&ready["media"]["sha256"], &ready["media"]["size"]), (&json!(sha256(&bytes)), &json!(bytes.len())), "{kind}");
            assert_eq!((&ready[kind]["id"], &ready["direction"]), (&ready["media"]["id"], &json!("incoming")));
            let read = crate::media::content(&ws, ready["media"]["id"].as_str().unwrap(), "").await;
            assert!(read.bytes == bytes, "{kind}");
        }
        let came = receive("image", json!({"link": files.link("/a.jpg")})).await;
        ws.hears("message.media_ready", |message| message["id"] == came["id"]).await;
        let missing = receive("image", json!({"link": files.link("/missing")})).await;
        let failed = ws.hears("message.media_failed", |message| message["id"] == missing["id"]).await;
        assert_eq!((&failed["media"]["state"], &failed["media"]["reason"]), (&json!("failed"), &json!("media_unavailable")));
        let id = failed["media"]["id"].as_str().unwrap();
        crate::media::content(&ws, id, "").await.problem(409, "media_failed");
        assert_eq!(ws.get(&format!("/v1/media/{id}")).await.ok()["reason"], "media_unavailable");
    }

    async fn a_file_that_is_to_be_fetched_survives_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let link = format!("http://{address}/a.jpg");
        let came = ws.post(&format!("/v1/sandbox/accounts/{}/inbound", account.id), json!({"from": "+15550100001", "type": "image", "image": {"link": link}})).await.ok();
        let waiting = ws.send(message("image", json!({"link": link}))).await;
        // Whoever asks now is never answered.
        app.restart().await;
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, Router::new().route("/a.jpg", get(async || jpeg()))).await.unwrap() });
        account.is("connected").await;
        app.passes(Duration::from_mins(1));
        ws.hears("message.media_ready", |message| message["id"] == came["id"]).await;
        let read = waiting.becomes("read").await;
        assert_eq!(read["media"]["sha256"], sha256(&jpeg()));
    }
}
