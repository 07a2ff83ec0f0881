//! The client against real sockets on loopback.

use super::super::{
    SystemLookup,
    loopback::{Names, Receiver, Script, Still, install_tls},
};
use super::*;
use reqwest::header::HeaderValue;
use std::net::TcpListener;

/// Sun, 06 Nov 1994 08:49:37 GMT.
const NOW: i64 = 784_111_777_000;

fn settings() -> OutboundSettings {
    let guard = AddressGuard::allowing(["127.0.0.0/8".parse().unwrap()]);
    OutboundSettings { policy: UrlPolicy { guard, allow_http: true }, ..OutboundSettings::default() }
}

fn client_with(settings: OutboundSettings) -> OutboundClient {
    install_tls();
    OutboundClient::new(settings, Arc::new(SystemLookup), Arc::new(Still(NOW))).unwrap()
}

async fn post_with(settings: OutboundSettings, url: &str) -> Result<Answer, PostError> {
    let url = CustomerUrl::from_stored(url).unwrap();
    client_with(settings).post(&url, HeaderMap::new(), "{}").await.result
}

async fn post_to(script: Script) -> Result<Answer, PostError> {
    let receiver = Receiver::start(script).await;
    post_with(settings(), &receiver.url()).await
}

async fn kind_of(settings: OutboundSettings, url: &str) -> PostErrorKind {
    post_with(settings, url).await.unwrap_err().kind
}

#[tokio::test]
async fn the_exact_bytes_and_headers_arrive() {
    let receiver = Receiver::start(Script::answer("200 OK", "", "thanks")).await;
    let mut headers = HeaderMap::new();
    headers.insert("x-tenant", HeaderValue::from_static("7"));
    let url = CustomerUrl::from_stored(&format!("{}?a=1", receiver.url())).unwrap();
    let outcome = client_with(settings()).post(&url, headers, b"{ \"a\" : 1 }".to_vec()).await;
    let answer = outcome.result.unwrap();
    assert_eq!((answer.status, answer.body.as_str(), answer.is_body_cut), (200, "thanks", false));
    assert!(answer.is_success());

    let (head, body) = receiver.seen().requests.remove(0);
    assert_eq!(body, b"{ \"a\" : 1 }");
    assert!(head.starts_with("POST /hook?a=1 HTTP/1.1"), "{head}");
    for line in ["x-tenant: 7", "content-length: 11", &format!("host: {}", receiver.address), "user-agent: wagate/"] {
        assert!(head.contains(line), "{line} in {head}");
    }
}

#[tokio::test]
async fn a_connection_is_used_for_more_than_one_request() {
    let receiver = Receiver::start(Script::answer("204 No Content", "", "")).await;
    let client = client_with(settings());
    let url = CustomerUrl::from_stored(&receiver.url()).unwrap();
    for _ in 0..20 {
        let result = client.post(&url, HeaderMap::new(), "{}").await.result;
        assert_eq!(result.unwrap().status, 204);
    }
    let seen = receiver.seen();
    assert_eq!(seen.requests.len(), 20);
    assert!(seen.connections < 20, "{}", seen.connections);
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    for (value, seconds) in [("30", 30), ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("999999", 86_400)] {
        let script = Script::answer("503 Service Unavailable", &format!("retry-after: {value}\r\n"), "");
        let answer = post_to(script).await.unwrap();
        assert_eq!((answer.status, answer.retry_after), (503, Some(Duration::from_secs(seconds))));
        assert!(!answer.is_success());
    }
    assert_eq!(post_to(Script::answer("429 Too Many Requests", "", "")).await.unwrap().retry_after, None);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = Receiver::start(Script::answer("200 OK", "", "")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let answer = post_to(Script::answer(status, &format!("location: {}\r\n", target.url()), "")).await.unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
        assert!(!answer.is_success());
    }
    assert_eq!(target.seen().connections, 0);
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let body = "x".repeat(1_000_000);
    let answer = post_to(Script::answer("200 OK", "", &body)).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_body_cut), (16 * 1024, true));
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_not_cut() {
    let answer = post_to(Script::answer("200 OK", "", &"x".repeat(16 * 1024))).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_body_cut), (16 * 1024, false));
}

#[tokio::test]
async fn a_body_that_stops_midway_leaves_the_status_standing() {
    let settings = OutboundSettings { body_timeout: Duration::from_millis(300), ..settings() };
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart".to_vec();
    for script in [Script::RawThenHang(head.clone()), Script::RawThenClose(head)] {
        let receiver = Receiver::start(script).await;
        let answer = post_with(settings.clone(), &receiver.url()).await.unwrap();
        assert_eq!((answer.status, answer.body.as_str(), answer.is_body_cut), (200, "part", true));
    }
}

#[tokio::test]
async fn a_body_comes_back_without_control_characters() {
    let answer = post_to(Script::answer("500 Oops", "", "a\0b\x1b[31m\r\nc")).await.unwrap();
    assert_eq!(answer.body, "ab[31m  c");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let settings = OutboundSettings { total_timeout: Duration::from_millis(50), ..settings() };
    let receiver = Receiver::start(Script::RawThenHang(Vec::new())).await;
    assert_eq!(kind_of(settings.clone(), &receiver.url()).await, PostErrorKind::Timeout);
    let half_a_head = Receiver::start(Script::RawThenHang(b"HTTP/1.1 200 OK\r\nx: ".to_vec())).await;
    assert_eq!(kind_of(settings, &half_a_head.url()).await, PostErrorKind::Timeout);
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_is_a_timeout() {
    let settings = OutboundSettings { connect_timeout: Duration::from_millis(50), ..settings() };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let error = post_with(settings, &url).await.unwrap_err();
    assert_eq!((error.kind, error.detail.as_str()), (PostErrorKind::Timeout, "connecting took too long"));
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(kind_of(settings(), &format!("http://{address}/")).await, PostErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_receiver_that_does_not_speak_tls_is_a_tls_failure() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let plain = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream
    };
    let (kind, _open) = tokio::join!(kind_of(settings(), &url), plain);
    assert_eq!(kind, PostErrorKind::Tls);
}

#[tokio::test]
async fn a_connection_closed_in_the_handshake_is_a_tls_failure() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let hang_up = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Reading what came first makes the close a clean one.
        tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await.unwrap();
    };
    let (kind, ()) = tokio::join!(kind_of(settings(), &url), hang_up);
    assert_eq!(kind, PostErrorKind::Tls);
}

#[tokio::test]
async fn a_connection_that_breaks_off_or_speaks_nonsense_is_named_other() {
    for bytes in [&b""[..], b"HTTP/1.1 2", b"\x15\x03\x01nonsense\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n"] {
        let receiver = Receiver::start(Script::RawThenClose(bytes.to_vec())).await;
        assert_eq!(kind_of(settings(), &receiver.url()).await, PostErrorKind::Other, "{bytes:?}");
    }
}

#[tokio::test]
async fn a_name_nobody_knows_is_a_dns_failure_without_the_url_in_its_text() {
    install_tls();
    let names = Names::of("known.example", &[&[]]);
    let client = OutboundClient::new(settings(), names, Arc::new(Still(NOW))).unwrap();
    for (name, detail) in
        [("unknown.example", "the name could not be resolved"), ("known.example", "the name has no address")]
    {
        let url = CustomerUrl::from_stored(&format!("https://{name}/secret-path")).unwrap();
        let error = client.post(&url, HeaderMap::new(), "{}").await.result.unwrap_err();
        assert_eq!((error.kind, error.detail.as_str()), (PostErrorKind::Dns, detail));
    }
}

#[tokio::test]
async fn no_failure_tells_the_url() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = post_with(settings(), &format!("http://{address}/secret-path")).await.unwrap_err();
    assert!(!error.to_string().contains("secret-path"), "{error}");
}
