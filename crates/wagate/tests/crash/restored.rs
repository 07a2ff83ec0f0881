//! A backup that is made under load, and what must hold where it was restored.

use crate::{
    proof::text,
    stage::{Stage, say},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::time::sleep;
use wagate_sandbox::journal;

/// How long what the backup holds may take to end.
const ENDS_WITHIN: Duration = Duration::from_mins(2);
/// Where the data goes after the loss.
const ELSEWHERE: &str = "elsewhere";

/// The messages that are read or came in: nothing more can happen to them.
pub(crate) async fn ended_messages(stage: &Stage) -> Vec<Value> {
    let sent = stage.api.messages("outgoing").await.into_iter().filter(|message| message["status"] == "read");
    let ended: Vec<_> = sent.chain(stage.api.messages("incoming").await).collect();
    assert!(!ended.is_empty(), "nothing had ended");
    ended
}

/// Makes a backup while the gateway runs and is busy.
pub(crate) fn back_up(stage: &Stage) -> PathBuf {
    let file = stage.directory.path().join("backup.tar");
    let to = file.to_str().unwrap();
    let said = stage.gateway.run(&["backup", "--to", to]);
    assert!(said.contains("the master keys dev"), "{said}");
    assert!(stage.gateway.refuses(&["backup", "--to", to]).contains("exists already"));
    file
}

/// The machine is lost; the backup goes to another directory, with the master key that was kept apart.
pub(crate) fn put_in_place(stage: &mut Stage, file: &Path) {
    let (lost, data) = (stage.directory.path().join("data"), stage.directory.path().join(ELSEWHERE));
    fs::create_dir(&data).unwrap();
    for kept in fs::read_dir(&lost).unwrap().map(|entry| entry.unwrap().file_name()) {
        if kept.to_string_lossy().starts_with("dev-") {
            fs::copy(lost.join(&kept), data.join(&kept)).unwrap();
        }
    }
    fs::remove_dir_all(&lost).unwrap();
    stage.gateway.variables.push(("WAGATE_DATA", data.display().to_string()));
    let from = file.to_str().unwrap();
    let said = stage.gateway.run(&["restore", "--from", from]);
    assert!(said.contains("is restored"), "{said}");
    assert!(stage.gateway.refuses(&["restore", "--from", from]).contains("--force"), "over what is there");
    stage.gateway.run(&["restore", "--force", "--from", from]);
    assert!(!data.join("restore.part").exists());
}

/// What had ended is there as it was; all else ends, and reached the network as one message.
pub(crate) async fn prove(stage: &Stage, ended: &[Value]) {
    stage.api.ready().await;
    let began = Instant::now();
    let sent = loop {
        let sent = stage.api.messages("outgoing").await;
        let open: Vec<_> = sent.iter().filter(|message| !is_over(message)).collect();
        if open.is_empty() {
            break sent;
        }
        assert!(began.elapsed() < ENDS_WITHIN, "{} messages did not end, among them {}", open.len(), open[0]);
        sleep(Duration::from_millis(200)).await;
    };
    let received = stage.api.messages("incoming").await;
    let there: BTreeMap<_, _> = sent.iter().chain(&received).map(|message| (text(message, "id"), message)).collect();
    for before in ended {
        assert_eq!(there.get(&text(before, "id")), Some(&before), "what had ended is there as it was");
    }
    let events = stage.api.events().await;
    let numbers: Vec<_> = events.iter().map(|(event, _)| event["sequence"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<_>>());

    let arrivals = journal::read(stage.directory.path().join(ELSEWHERE).join("sandbox-journal.jsonl")).unwrap();
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    for arrival in &arrivals {
        *first.entry(arrival.message_id.to_string()).or_default() += u32::from(arrival.repeat == 0);
    }
    for message in &sent {
        assert_eq!(first.get(&text(message, "id")), Some(&1), "{message}");
    }
    say(&format!("{} messages were in the backup, {} of them ended before it", there.len(), ended.len()));
}

/// Whether a message got as far as it can: its receipts may have come before the loss and not be in
/// the backup, and the network says them once.
fn is_over(message: &Value) -> bool {
    !matches!(message["status"].as_str().unwrap(), "scheduled" | "queued" | "sending")
}
