//! Accepts per second, beside a handler that does nothing.

use super::{
    Plan, accounts,
    child::Gateway,
    client::{Api, Target},
    load::{self, CONNECTIONS, Measured, Requests, Until},
    report::{Goal, Line, Report, Unit, thousands},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// How often both are measured, in turns, so that a machine that slows down slows both.
const TURNS: u32 = 3;

/// Measures the API's accepts and the idle handler with the same bodies. The account is not linked,
/// so nothing is sent meanwhile.
pub(super) async fn measure(plan: &Plan, gateway: &Gateway, report: &mut Report) -> anyhow::Result<()> {
    let target = &gateway.target;
    let mut api = Api::open(target).await?;
    let account = accounts::unlinked(&mut api, 0).await?;
    let requests = |path| requests(target, path, vec![account.clone()]);
    let (accept, noop) = (requests("/v1/messages"), requests("/bench/noop"));
    let time = plan.sized(Duration::from_secs(4), Duration::from_secs(1));
    load::run(target, accept.clone(), Until::Elapsed(time / 4)).await?;
    load::run(target, noop.clone(), Until::Elapsed(time / 4)).await?;
    let (mut accepts, mut nothing) = (Measured::default(), Measured::default());
    for _ in 0..TURNS {
        nothing.add(load::run(target, noop.clone(), Until::Elapsed(time)).await?);
        accepts.add(load::run(target, accept.clone(), Until::Elapsed(time)).await?);
    }
    let goal = if report.is_sqlite { 0.35 } else { 0.2 };
    report.add(Line {
        name: "accepts_ratio",
        what: format!("accepts over {CONNECTIONS} connections, as a part of what a handler does that only parses and authenticates"),
        value: accepts.rate() / nothing.rate(),
        unit: Unit::Ratio,
        goal: Goal::AtLeast(goal),
        note: format!("{}/s of {}/s", thousands(accepts.rate()), thousands(nothing.rate())),
    });
    for (names, measured) in
        [(["accept_p50_ms", "accept_p99_ms"], &mut accepts), (["noop_p50_ms", "noop_p99_ms"], &mut nothing)]
    {
        for (name, part) in names.into_iter().zip([0.5, 0.99]) {
            let whose = if name.starts_with("accept") { "an accept" } else { "the handler that does nothing" };
            report.add(Line {
                name,
                what: format!("time within which {:.0} % of the answers came, for {whose}", part * 100.0),
                value: measured.percentile(part),
                unit: Unit::Milliseconds,
                goal: Goal::None,
                note: format!("{} answers", thousands(f64::from(u32::try_from(measured.micros.len())?))),
            });
        }
    }
    Ok(())
}

/// Texts through the accounts in turn, to ten thousand chats.
pub(super) fn requests(target: &Target, path: &'static str, accounts: Vec<String>) -> Arc<Requests> {
    let target = target.clone();
    Arc::new(move |number| {
        let count = accounts.len() as u64;
        let account = accounts.get(usize::try_from(number % count.max(1)).unwrap_or(0)).map_or("", String::as_str);
        // Each account writes to each chat in turn.
        let chat = 1 + (number / count.max(1)) % 9_999;
        let body = json!({
            "account_id": account,
            "to": format!("+1555010{chat:04}"),
            "type": "text",
            "text": { "body": format!("Your parcel number {number} is on its way to you."), "preview_url": false },
            "client_ref": format!("order-{number}"),
            "metadata": { "batch": "benchmark" },
        });
        target.request("POST", path, &body.to_string())
    })
}
