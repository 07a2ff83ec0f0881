//! Resident memory: idle, and with many connected accounts that do nothing.

use super::{
    Plan, accounts,
    child::Gateway,
    load::CONNECTIONS,
    report::{Goal, Line, Report, Unit, thousands},
};
use std::time::{Duration, Instant};

/// How long a gateway is left alone before it is looked at.
const RESTS: Duration = Duration::from_secs(8);

/// Measures a gateway that has just started, and again once accounts were made, linked and left alone.
pub(super) async fn measure(plan: &Plan, gateway: &Gateway, report: &mut Report) -> anyhow::Result<()> {
    let rest = plan.sized(RESTS, RESTS / 4);
    tokio::time::sleep(rest).await;
    let idle = mebibytes(gateway.resident_kib()?);
    let count = plan.sized(10_000_u64, 500);
    let began = Instant::now();
    accounts::connected(&gateway.target, count, CONNECTIONS as u64).await?;
    let took = began.elapsed();
    tokio::time::sleep(rest).await;
    let with_accounts = mebibytes(gateway.resident_kib()?);
    report.add(Line {
        name: "memory_idle_mib",
        what: "resident memory of an idle gateway".to_owned(),
        value: idle,
        unit: Unit::Mebibytes,
        goal: Goal::Below(40.0),
        note: format!("{} s after its start", rest.as_secs()),
    });
    let count = thousands(f64::from(u32::try_from(count)?));
    report.add(Line {
        name: "memory_accounts_mib",
        what: format!("the same with {count} connected accounts that are idle, beyond that"),
        value: with_accounts - idle,
        unit: Unit::Mebibytes,
        goal: Goal::Below(100.0),
        note: format!("{with_accounts:.1} MiB in all; made and linked over the API in {:.0} s", took.as_secs_f64()),
    });
    Ok(())
}

pub(super) fn mebibytes(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) / 1024.0
}
