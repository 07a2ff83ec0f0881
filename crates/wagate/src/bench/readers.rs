//! Resident memory of many readers of the live feed.

use super::{
    Plan, accounts,
    child::Gateway,
    client::{Api, Target},
    memory::mebibytes,
    report::{Goal, Line, Report, Unit, thousands},
};
use anyhow::Context as _;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// How many events each reader hears.
const EVENTS: u64 = 100;
/// How long a gateway is left alone before it is looked at.
const RESTS: Duration = Duration::from_secs(8);
/// How long the events may take to reach all readers.
const HEARD_WITHIN: Duration = Duration::from_mins(1);
/// What every event that is heard has in it once.
const MARK: &[u8] = b"\nevent: message.received\n";

/// Measures a gateway that has done some work, and again with readers who heard of the same work.
pub(super) async fn measure(plan: &Plan, gateway: &Gateway, report: &mut Report) -> anyhow::Result<()> {
    let rest = plan.sized(RESTS, RESTS / 4);
    let account = accounts::connected(&gateway.target, 1, 1).await?.pop().context("no account")?;
    let mut api = Api::open(&gateway.target).await?;
    hears(&mut api, &account).await?;
    tokio::time::sleep(rest).await;
    let alone = mebibytes(gateway.resident_kib()?);
    let count = plan.sized(1_000_u64, 200);
    let heard = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for _ in 0..count {
        let stream = open(&gateway.target).await?;
        readers.spawn(read(stream, heard.clone()));
    }
    let began = Instant::now();
    hears(&mut api, &account).await?;
    while heard.load(Ordering::Relaxed) < count * EVENTS {
        anyhow::ensure!(began.elapsed() < HEARD_WITHIN, "the readers did not hear everything");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = began.elapsed();
    tokio::time::sleep(rest).await;
    let with_readers = mebibytes(gateway.resident_kib()?);
    let readers_text = thousands(f64::from(u32::try_from(count)?));
    report.add(Line {
        name: "memory_readers_mib",
        what: format!("resident memory of {readers_text} readers of the live feed"),
        value: with_readers - alone,
        unit: Unit::Mebibytes,
        goal: Goal::Below(30.0),
        note: format!(
            "{with_readers:.1} MiB in all; {EVENTS} events reached all of them in {:.2} s",
            took.as_secs_f64()
        ),
    });
    readers.shutdown().await;
    Ok(())
}

/// People write to the account, one after the other.
async fn hears(api: &mut Api, account: &str) -> anyhow::Result<()> {
    for number in 0..EVENTS {
        let body = format!("Where is my parcel number {number}?");
        let message = json!({ "from": "+15550190000", "type": "text", "text": { "body": body } });
        api.post(&format!("/v1/sandbox/accounts/{account}/inbound"), &message).await?;
    }
    Ok(())
}

/// A reader whose stream has begun.
async fn open(target: &Target) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(target.address).await?;
    stream.write_all(&target.request("GET", "/v1/events/stream", "")).await?;
    let mut head = [0; 64];
    let length = stream.read(&mut head).await?;
    let is_open = head.get(..length).is_some_and(|head| head.starts_with(b"HTTP/1.1 200"));
    anyhow::ensure!(is_open, "a reader was refused: {}", String::from_utf8_lossy(&head));
    Ok(stream)
}

async fn read(mut stream: TcpStream, heard: Arc<AtomicU64>) -> anyhow::Result<()> {
    let mut received = Vec::with_capacity(4096);
    while stream.read_buf(&mut received).await? > 0 {
        let marks = received.windows(MARK.len()).filter(|bytes| *bytes == MARK).count();
        heard.fetch_add(u64::try_from(marks)?, Ordering::Relaxed);
        // What may be the beginning of a mark stays; a whole one does not.
        let keep = received.len().min(MARK.len() - 1);
        received.drain(..received.len() - keep);
    }
    Ok(())
}
