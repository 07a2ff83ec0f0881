//! Webhook deliveries per second to one receiver, alone and beside receivers that do not work.
//!
//! The deliveries are all due before the clock starts: the receiver was gone (410), so its endpoint
//! was disabled while events came in; then it is enabled again and recovers what it missed, with its
//! answers held back until everything is due. What is measured is the courier alone.

use super::{
    Plan, accounts,
    child::Gateway,
    client::{Api, text_of},
    load::{self, Requests, Until, rate},
    receiver::{Manner, Receiver, refusing_url},
    report::{Goal, Line, Report, Unit, thousands},
};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Most deliveries of one call to recover.
const RECOVERED_AT_ONCE: u64 = 10_000;
/// How long an endpoint may take to be disabled, and a delivery to reach the gate.
const HAPPENS_WITHIN: Duration = Duration::from_secs(30);
/// How long the slow receiver takes.
const SLOW: Duration = Duration::from_secs(2);

pub(super) async fn measure(plan: &Plan, gateway: &Gateway, report: &mut Report) -> anyhow::Result<()> {
    let events = plan.sized(20_000_u64, 4_000);
    let account = accounts::connected(&gateway.target, 1, 1).await?.pop().context("no account")?;
    let stage = Stage { gateway, account, events };
    let alone = stage.deliver(&[]).await?;
    let (hanging, slow) = (Receiver::start(Manner::Hangs).await?, Receiver::start(Manner::Slow(SLOW)).await?);
    let beside = stage.deliver(&[refusing_url().await?, hanging.url(), slow.url()]).await?;
    report.add(Line {
        name: "webhooks_per_second",
        what: "webhook deliveries to one receiver".to_owned(),
        value: alone,
        unit: Unit::PerSecond,
        goal: Goal::AtLeast(2_500.0),
        note: format!(
            "{} deliveries, all due from the start, signed, each try recorded",
            thousands(f64::from(u32::try_from(events)?))
        ),
    });
    report.add(Line {
        name: "webhooks_beside_bad_ratio",
        what: "the same beside a refusing, a hanging and a slow receiver of the same events, as a part of it"
            .to_owned(),
        value: beside / alone,
        unit: Unit::Ratio,
        goal: Goal::AtLeast(0.8),
        note: format!(
            "{}/s of {}/s; the slow one answers after {} s",
            thousands(beside),
            thousands(alone),
            SLOW.as_secs()
        ),
    });
    Ok(())
}

/// What both measurements share.
struct Stage<'g> {
    gateway: &'g Gateway,
    account: String,
    events: u64,
}

impl Stage<'_> {
    /// Deliveries per second to a good receiver, while those at `bad` hear of the same events.
    async fn deliver(&self, bad: &[String]) -> anyhow::Result<f64> {
        let mut api = Api::open(&self.gateway.target).await?;
        let receiver = Receiver::start(Manner::Counts).await?;
        let good = endpoint(&mut api, &receiver.url()).await?;
        let since = self.have_it_disabled(&mut api, &receiver, &good).await?;
        let mut endpoints = vec![good.clone()];
        for url in bad {
            endpoints.push(endpoint(&mut api, url).await?);
        }
        load::run(self.gateway, self.inbound(), Until::Count(self.events)).await?;
        receiver.open_gate(false);
        receiver.be_gone(false);
        api.must("POST", &format!("/v1/webhooks/{good}/enable"), None).await?;
        let due = recover(&mut api, &good, &since).await?;
        until(|| receiver.waiting() > 0, "no delivery came").await?;
        let began = Instant::now();
        receiver.open_gate(true);
        let took = receiver.wait_for(due).await?.duration_since(began);
        for id in endpoints {
            api.must("DELETE", &format!("/v1/webhooks/{id}"), None).await?;
        }
        Ok(rate(usize::try_from(due)?, took))
    }

    /// Lets the receiver say that it is gone, until its endpoint is disabled. Answers when that began.
    async fn have_it_disabled(&self, api: &mut Api, receiver: &Receiver, id: &str) -> anyhow::Result<String> {
        receiver.be_gone(true);
        let account = &self.account;
        let message = json!({ "from": "+15550190000", "type": "text", "text": { "body": "Is anybody there?" } });
        let message = api.post(&format!("/v1/sandbox/accounts/{account}/inbound"), &message).await?;
        let began = Instant::now();
        while api.get(&format!("/v1/webhooks/{id}")).await?.get("is_enabled") != Some(&Value::Bool(false)) {
            anyhow::ensure!(began.elapsed() < HAPPENS_WITHIN, "the endpoint is not disabled");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        text_of(&message, "created_at")
    }

    fn inbound(&self) -> Arc<Requests> {
        let (target, path) = (self.gateway.target.clone(), format!("/v1/sandbox/accounts/{}/inbound", self.account));
        Arc::new(move |number| {
            let body = json!({
                "from": format!("+1555019{:04}", number % 10_000),
                "type": "text",
                "text": { "body": format!("Where is my parcel number {number}?") },
            });
            target.request("POST", &path, &body.to_string())
        })
    }
}

async fn endpoint(api: &mut Api, url: &str) -> anyhow::Result<String> {
    text_of(&api.post("/v1/webhooks", &json!({ "url": url, "events": ["message.received"] })).await?, "id")
}

/// Makes everything due that was missed; answers how much that is.
async fn recover(api: &mut Api, id: &str, since: &str) -> anyhow::Result<u64> {
    let mut due = 0;
    loop {
        let answer = api.post(&format!("/v1/webhooks/{id}/recover"), &json!({ "since": since })).await?;
        let count = answer.get("count").and_then(Value::as_u64).context("no `count`")?;
        due += count;
        if count < RECOVERED_AT_ONCE {
            return Ok(due);
        }
    }
}

async fn until(is_so: impl Fn() -> bool, otherwise: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    while !is_so() {
        anyhow::ensure!(began.elapsed() < HAPPENS_WITHIN, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}
