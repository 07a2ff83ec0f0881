//! Messages from end to end: accepted, sent through the sandbox, delivered by webhook for each of
//! three statuses.

use super::{
    Plan,
    accepts::requests,
    accounts,
    child::Gateway,
    client::Api,
    load::{self, Until, rate},
    receiver::{Manner, Receiver},
    report::{Goal, Line, Report, Unit, thousands},
    workspace::Workspace,
};
use serde_json::json;
use std::{collections::BTreeMap, time::Instant};

/// The accounts that send.
const ACCOUNTS: u64 = 8;

/// Sends a batch as fast as it is accepted, and waits until it was told of each message that it is read.
pub(super) async fn measure(
    plan: &Plan,
    gateway: &Gateway,
    workspace: &Workspace,
    report: &mut Report,
) -> anyhow::Result<()> {
    let target = &gateway.target;
    let messages = plan.sized(20_000_u64, 3_000);
    let accounts = accounts::connected(target, ACCOUNTS, 1).await?;
    let receiver = Receiver::start(Manner::Counts).await?;
    let mut api = Api::open(target).await?;
    let hook = json!({ "url": receiver.url(), "events": ["message.status"] });
    let hook = super::client::text_of(&api.post("/v1/webhooks", &hook).await?, "id")?;
    let before = workspace.count_rows().await?;
    let (began, used) = (Instant::now(), gateway.processor_time()?);
    let accepted = load::run(gateway, requests(target, "/v1/messages", accounts), Until::Count(messages)).await?;
    let ended = receiver.wait_for_reads(messages).await?;
    let used = gateway.processor_time()?.saturating_sub(used);
    let after = workspace.count_rows().await?;
    api.must("DELETE", &format!("/v1/webhooks/{hook}"), None).await?;
    let goal = if report.is_sqlite { 1_000.0 } else { 600.0 };
    let took = ended.duration_since(began);
    report.add(Line {
        name: "messages_per_second",
        what: "messages accepted, sent through the sandbox, and delivered by webhook for `sent`, `delivered` and `read`".to_owned(),
        value: rate(usize::try_from(messages)?, took),
        unit: Unit::PerSecond,
        goal: Goal::AtLeast(goal),
        note: format!(
            "{} messages in {:.1} s, from the first request to the last webhook; accepted in {:.1} s; {ACCOUNTS} accounts; receipts take up to 2 s; {:.0} µs of processor time each",
            thousands(f64::from(u32::try_from(messages)?)),
            took.as_secs_f64(),
            accepted.elapsed.as_secs_f64(),
            used.as_secs_f64() * 1e6 / f64::from(u32::try_from(messages)?)
        ),
    });
    report.add(rows(&before, &after, messages));
    Ok(())
}

fn rows(before: &BTreeMap<&'static str, u64>, after: &BTreeMap<&'static str, u64>, messages: u64) -> Line {
    let per_message = |rows: u64| {
        f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / f64::from(u32::try_from(messages).unwrap_or(u32::MAX))
    };
    let new =
        |(table, rows): (&&'static str, &u64)| (*table, rows.saturating_sub(before.get(table).copied().unwrap_or(0)));
    let new: Vec<_> = after.iter().map(new).filter(|(_, rows)| *rows > 0).collect();
    let each: Vec<_> = new.iter().map(|(table, rows)| format!("{table} {:.1}", per_message(*rows))).collect();
    Line {
        name: "rows_per_message",
        what: "new rows for each message, over all tables".to_owned(),
        value: per_message(new.iter().map(|(_, rows)| rows).sum()),
        unit: Unit::Rows,
        goal: Goal::None,
        note: each.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_over_all_tables() {
        let before = BTreeMap::from([("events", 10), ("nodes", 1)]);
        let after = BTreeMap::from([("events", 40), ("nodes", 1), ("message_logs", 10)]);
        let line = rows(&before, &after, 10);
        assert!((line.value - 4.0).abs() < f64::EPSILON);
        assert_eq!(line.note, "events 3.0, message_logs 1.0");
    }
}
