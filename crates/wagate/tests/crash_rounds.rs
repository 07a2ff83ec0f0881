//! The crash proof: the real binary, or its database, is killed again and again under load, and at
//! the end nothing that was acknowledged is lost and nothing happened twice.
//!
//! `CRASH_ROUNDS` says how many kills (3 unless told), `CRASH_SEED` repeats the moments of an
//! earlier run, `TEST_MYSQL_URL` names the server for the MariaDB half, `CRASH_KEEP` keeps the
//! directory of a run that failed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "crash/api.rs"]
mod api;
#[path = "crash/counted.rs"]
mod counted;
#[path = "crash/events.rs"]
mod events;
#[path = "crash/gateway.rs"]
mod gateway;
#[path = "crash/listener.rs"]
mod listener;
#[path = "crash/load.rs"]
mod load;
#[path = "crash/mariadb.rs"]
mod mariadb;
#[path = "crash/proof.rs"]
mod proof;
#[path = "crash/receiver.rs"]
mod receiver;
#[path = "crash/said.rs"]
mod said;
#[path = "crash/stage.rs"]
mod stage;

#[path = "crash/restored.rs"]
mod restored;

use mariadb::{MariaDb, SharedServer};
use rand::{RngExt as _, rngs::StdRng};
use stage::{Pace, Stage, rounds, say};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};
use tokio::time::sleep;

fn millis(dice: &mut StdRng, from: u64, to: u64) -> Duration {
    Duration::from_millis(dice.random_range(from..to))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_lose_nothing_and_double_nothing_on_sqlite() {
    let mut stage = Stage::on_sqlite().await;
    kill_the_gateway(&mut stage).await;
    stage.prove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_lose_nothing_and_double_nothing_on_mariadb() {
    let Some(server) = SharedServer::find() else { return };
    let mut stage = Stage::on_mysql(&server.new_database().await, Pace::Short(12)).await;
    kill_the_gateway(&mut stage).await;
    stage.prove().await;
    server.drop_database().await;
}

/// Kills the binary under load: once a round, and in some rounds again while it starts.
async fn kill_the_gateway(stage: &mut Stage) {
    let load = stage.begin_load();
    for round in 1..=rounds() {
        load.bring_special_numbers();
        sleep(millis(&mut stage.dice, 1_000, 4_000)).await;
        stage.gateway.kill();
        let more = if round % 2 == 0 { stage.dice.random_range(1..=4) } else { 0 };
        for _ in 0..more {
            stage.gateway.start();
            sleep(millis(&mut stage.dice, 0, 700)).await;
            stage.gateway.kill();
        }
        stage.gateway.start();
        say(&format!("round {round}: killed {} times, {} accepted so far", more + 1, stage.accepted()));
    }
    stage.end_load(load).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_survive_a_kill_of_mariadb() {
    let Some(mut server) = MariaDb::install() else { return };
    server.start().await;
    let mut stage = Stage::on_mysql(&server.new_database().await, Pace::Short(8)).await;
    let load = stage.begin_load();
    for round in 1..=rounds() {
        load.bring_special_numbers();
        sleep(millis(&mut stage.dice, 1_000, 3_000)).await;
        // Every third time it is restarted as a service is: its last answers are errors of its own.
        if round % 3 == 2 {
            server.stop();
        } else {
            server.kill();
        }
        // In the last round for longer than a lease lasts.
        let is_last = round == rounds();
        let away = if is_last { Duration::from_secs(11) } else { millis(&mut stage.dice, 0, 2_000) };
        sleep(away).await;
        server.start().await;
        say(&format!("round {round}: away for {} ms, {} accepted so far", away.as_millis(), stage.accepted()));
    }
    stage.end_load(load).await;
    stage.prove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_end_with_a_stop_that_loses_nothing_on_sqlite() {
    let mut stage = Stage::on_sqlite().await;
    let load = stage.begin_load();
    load.bring_special_numbers();
    sleep(millis(&mut stage.dice, 1_000, 3_000)).await;
    stage.gateway.stop_gracefully().await;
    stage.gateway.start();
    stage.end_load(load).await;
    stage.prove().await;
}

/// The usual timeouts, a network that takes 15 s to answer and a receiver that never does: what is
/// in flight does not end in time. Leases last ten minutes: had the stopped node kept its own, the
/// next one could not act before the test gives up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_end_with_a_stop_that_gives_leases_up_on_mariadb() {
    let Some(server) = SharedServer::find() else { return };
    let mut stage = Stage::on_mysql(&server.new_database().await, Pace::Usual).await;
    stage.add_hanging_receiver().await;
    let load = stage.begin_load();
    load.bring_special_numbers();
    sleep(millis(&mut stage.dice, 500, 1_500)).await;
    stage.slow_the_network_to(15_000).await;
    sleep(millis(&mut stage.dice, 500, 1_500)).await;
    stage.gateway.stop_gracefully().await;
    stage.become_another_node();
    stage.gateway.start();
    stage.slow_the_network_to(0).await;
    stage.end_load(load).await;
    stage.prove().await;
    server.drop_database().await;
}

/// A backup under load, put in place elsewhere after the gateway and its data are gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_go_on_from_a_backup_on_sqlite() {
    let mut stage = Stage::on_sqlite().await;
    let load = stage.begin_load();
    load.bring_special_numbers();
    sleep(millis(&mut stage.dice, 2_000, 4_000)).await;
    let ended = restored::ended_messages(&stage).await;
    let file = restored::back_up(&stage);
    sleep(Duration::from_millis(500)).await;
    stage.end_load(load).await;
    stage.gateway.kill();
    restored::put_in_place(&mut stage, &file);
    stage.gateway.start();
    restored::prove(&stage, &ended).await;
}

/// Lines of the file that is imported: enough that a kill falls into the middle.
const CONTACTS: u64 = 30_000;
/// How long an import may take, kills included.
const IMPORTED_WITHIN: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_leave_an_import_whole_on_sqlite() {
    let mut stage = Stage::on_sqlite().await;
    kill_an_import(&mut stage).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_rounds_leave_an_import_whole_on_mariadb() {
    let Some(server) = SharedServer::find() else { return };
    let mut stage = Stage::on_mysql(&server.new_database().await, Pace::Short(12)).await;
    kill_an_import(&mut stage).await;
    drop(stage);
    server.drop_database().await;
}

/// Kills the binary while it takes a file; then each line has one outcome and each number one card.
async fn kill_an_import(stage: &mut Stage) {
    let mut file = "address,name\n".to_owned();
    for number in 0..CONTACTS {
        // Each hundredth line is no number.
        let start = if number % 100 == 99 { "x" } else { "+1666" };
        writeln!(file, "{start}{number:07},Contact {number}").unwrap();
    }
    let import = stage.api.must_import(file).await;
    let path = format!("/v1/contacts/imports/{}", import["id"].as_str().unwrap());
    let began = Instant::now();
    let (mut kills, mut was_seen_running) = (0, false);
    let done: serde_json::Value = loop {
        assert!(began.elapsed() < IMPORTED_WITHIN, "the import does not end");
        if kills < rounds() {
            sleep(millis(&mut stage.dice, 0, 400)).await;
            stage.gateway.kill();
            stage.gateway.start();
            kills += 1;
            stage.api.ready().await;
        }
        let now: serde_json::Value = serde_json::from_str(&stage.api.must_get(&path).await).unwrap();
        was_seen_running |= now["state"] == "running" && now["created"].as_u64() > Some(0);
        if now["state"] == "done" {
            break now;
        }
        sleep(Duration::from_millis(50)).await;
    };
    let bad = CONTACTS / 100;
    say(&format!("an import was killed {kills} times, in its middle: {was_seen_running}"));
    let counts = ["lines", "created", "updated", "unchanged", "failed"].map(|name| done[name].as_u64().unwrap());
    assert_eq!(counts, [CONTACTS, CONTACTS - bad, 0, 0, bad]);
    let export = stage.api.must_get("/v1/contacts/export").await;
    let mut numbers: Vec<_> = export.lines().filter(|line| line.starts_with("'+1666")).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len() as u64, CONTACTS - bad, "each number has one card");
}
