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

/// How often all are measured, in turns, so that a machine that slows down slows all.
const TURNS: u32 = 3;

/// Measures the API's accepts and the handlers that do nothing, with the same bodies. The account is
/// not linked, so nothing is sent meanwhile.
pub(super) async fn measure(plan: &Plan, gateway: &Gateway, report: &mut Report) -> anyhow::Result<()> {
    let mut api = Api::open(&gateway.target).await?;
    let account = accounts::unlinked(&mut api, 0).await?;
    let time = plan.sized(Duration::from_secs(4), Duration::from_secs(1));
    let all = ["/bench/bare", "/bench/noop", "/v1/messages"]
        .map(|path| requests(&gateway.target, path, vec![account.clone()]));
    for requests in &all {
        load::run(gateway, requests.clone(), Until::Elapsed(time / 4)).await?;
    }
    let mut measured = [Measured::default(), Measured::default(), Measured::default()];
    for _ in 0..TURNS {
        for (requests, measured) in all.iter().zip(&mut measured) {
            measured.add(load::run(gateway, requests.clone(), Until::Elapsed(time)).await?);
        }
    }
    let [bare, mut noop, mut accepts] = measured;
    let goal = if report.is_sqlite { 0.35 } else { 0.2 };
    report.add(ratio("accepts_ratio", "that handler among the API's routes", &accepts, &noop, Goal::AtLeast(goal)));
    report.add(ratio(
        "accepts_bare_ratio",
        "that handler alone, without request ids, spans and metrics",
        &accepts,
        &bare,
        Goal::None,
    ));
    let whose = [
        ("an accept", ["accept_p50_ms", "accept_p99_ms"], &mut accepts),
        ("that handler", ["noop_p50_ms", "noop_p99_ms"], &mut noop),
    ];
    for (who, names, measured) in whose {
        for (name, part) in names.into_iter().zip([0.5, 0.99]) {
            report.add(Line {
                name,
                what: format!("{:.0} % of the answers came within this, for {who}", part * 100.0),
                value: measured.percentile(part),
                unit: Unit::Milliseconds,
                goal: Goal::None,
                note: format!("{} answers", thousands(f64::from(u32::try_from(measured.micros.len())?))),
            });
        }
    }
    Ok(())
}

fn ratio(name: &'static str, than: &str, accepts: &Measured, noop: &Measured, goal: Goal) -> Line {
    Line {
        name,
        what: format!(
            "accepts over {CONNECTIONS} connections, in parts of what a handler does that only parses and authenticates: {than}"
        ),
        value: accepts.rate() / noop.rate(),
        unit: Unit::Ratio,
        goal,
        note: format!(
            "{}/s of {}/s; {:.0} and {:.0} µs of processor time each",
            thousands(accepts.rate()),
            thousands(noop.rate()),
            accepts.processor_micros(),
            noop.processor_micros()
        ),
    }
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
