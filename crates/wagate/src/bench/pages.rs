//! How long pages and statistics take where there are many messages.

use super::{
    Plan, accounts,
    child::Gateway,
    client::{Connection, text_of},
    load::Measured,
    report::{Goal, Line, Report, Unit, thousands},
    workspace::Workspace,
};
use serde_json::Value;
use std::time::{Duration, Instant};
use wagate_model::{
    AccountId, ChatAddress, Content, HistoryEntry, Message, MessageHome, MessageId, Mode, Reason, Status, Timestamp,
    WorkspaceId, content::Text, id::Ulid,
};
use wagate_store::{
    Database, in_transaction,
    messages::{self, StoredMessage},
};

/// How many accounts share the messages.
const ACCOUNTS: u64 = 10;
/// Over how long a time the messages were sent.
const SENT_OVER: Duration = Duration::from_hours(30 * 24);
/// Messages of one transaction.
const AT_ONCE: u64 = 500;
/// How often each page is asked for.
const TIMES: u32 = 20;

/// Fills the database and asks for pages, one after the other.
pub(super) async fn measure(
    plan: &Plan,
    gateway: &Gateway,
    workspace: &Workspace,
    report: &mut Report,
) -> anyhow::Result<()> {
    let count = plan.sized(1_000_000_u64, 20_000);
    let accounts = accounts::connected(&gateway.target, ACCOUNTS, 4).await?;
    let mut connection = Connection::open(gateway.target.address).await?;
    let answer = connection.exchange(&gateway.target.request("GET", "/v1/workspace", "")).await?;
    let id: WorkspaceId = text_of(&serde_json::from_slice::<Value>(answer.body)?, "id")?.parse()?;
    let accounts: Vec<AccountId> = accounts.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
    let began = Instant::now();
    let database = workspace.open().await?;
    fill(&database, id, &accounts, count).await?;
    database.close().await;
    let note = format!("filled in {:.0} s", began.elapsed().as_secs_f64());
    let account = accounts.first().map(ToString::to_string).unwrap_or_default();
    let kinds = [
        (
            "list_page_ms",
            "a page of 20 messages",
            vec![
                "/v1/messages".to_owned(),
                "/v1/messages?status=failed".to_owned(),
                format!("/v1/messages?account_id={account}"),
                "/v1/messages?chat_id=%2B15550100007".to_owned(),
            ],
        ),
        (
            "statistics_ms",
            "statistics of 30 days",
            vec![
                "/v1/messages/stats".to_owned(),
                "/v1/messages/stats?group_by=hour".to_owned(),
                "/v1/messages/stats?group_by=day,account&time_zone=%2B02:00".to_owned(),
                "/v1/messages/stats?group_by=status,reason".to_owned(),
            ],
        ),
    ];
    for (name, what, paths) in kinds {
        let mut measured = Measured::default();
        for path in paths.iter().cycle().take(paths.len() * TIMES as usize) {
            let request = gateway.target.request("GET", path, "");
            let asked = Instant::now();
            let answer = connection.exchange(&request).await?;
            anyhow::ensure!(answer.status == 200, "{path} was answered {}", answer.status);
            measured.micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        let median = measured.percentile(0.5);
        let slowest = measured.percentile(1.0);
        report.add(Line {
            name,
            what: format!("{what}, of {} messages, at the median", thousands(f64::from(u32::try_from(count)?))),
            value: median,
            unit: Unit::Milliseconds,
            goal: Goal::Below(20.0),
            note: format!("the slowest {slowest:.2} ms; {} questions, {note}", paths.len()),
        });
    }
    Ok(())
}

async fn fill(database: &Database, id: WorkspaceId, accounts: &[AccountId], count: u64) -> anyhow::Result<()> {
    let present = u64::try_from(database.now().await?.0)?;
    let over = u64::try_from(SENT_OVER.as_millis())?;
    for first in (0..count).step_by(usize::try_from(AT_ONCE)?) {
        let some: Vec<StoredMessage> = (first..count.min(first + AT_ONCE))
            .zip(accounts.iter().cycle())
            .map(|(number, account)| message(number, present - over + over * number / count, id, *account))
            .collect::<anyhow::Result<_>>()?;
        in_transaction!(database, |tx| messages::insert_many(tx, &some).await)?;
    }
    Ok(())
}

/// A message that has ended: nine of ten were read.
fn message(number: u64, at: u64, workspace_id: WorkspaceId, account_id: AccountId) -> anyhow::Result<StoredMessage> {
    let id = MessageId::from(Ulid::from_parts(at, rand::random()));
    let at = Timestamp(i64::try_from(at)?);
    let home = MessageHome { workspace_id, mode: Mode::Test, account_id };
    let to: ChatAddress = format!("+155501{:05}", number % 50_000).parse()?;
    let content =
        Content::Text(Text { body: format!("Your parcel number {number} is on its way"), preview_url: false });
    let mut message = Message::outgoing(id, home, to, content, at);
    let has_failed = number % 10 == 9;
    message.status = if has_failed { Status::Failed } else { Status::Read };
    message.reason = has_failed.then_some(Reason::RecipientNotOnWhatsapp);
    message.history.push(HistoryEntry { status: message.status, at, reason: message.reason, change: None });
    message.provider_message_id = Some(id.to_string());
    Ok(StoredMessage { message, due_at: None, waiting_since: None })
}
