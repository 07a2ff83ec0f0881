//! Bad receivers beside a good one: whoever refuses, hangs or dawdles delays nobody else.

use std::time::Duration;
use wagate_testkit::{Reply, Settings, Sink, eventually, json, on_both};

/// How many messages come in: many more than one receiver may have in flight.
const MESSAGES: usize = 40;

on_both! {
    async fn a_good_receiver_gets_everything_while_others_refuse_hang_and_dawdle(app: &mut TestApp) {
        // Longer than a story waits: what hangs hangs until it is released.
        app.with(Settings { webhook_timeout: Duration::from_mins(2), ..Settings::default() }).await;
        let good = Sink::open().await;
        let hanging = Sink::that(Reply::Hang).await;
        let slow = Sink::that(Reply::Slow(Duration::from_millis(700))).await;
        let refusing = Sink::refusing();
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let received = json!({"events": ["message.received"]});
        for sink in [&refusing, &hanging, &slow, &good] {
            ws.webhook_for(sink, received.clone()).await;
        }
        for number in 0..MESSAGES {
            account.hears("+15550100001", &format!("message {number}")).await;
        }
        eventually("the hanging receiver to hold all that it can get", async || {
            let held = hanging.holds();
            if held == 8 { Ok(()) } else { Err(format!("it holds {held}")) }
        }).await;
        let got = good.has_got(MESSAGES).await;
        assert_eq!(hanging.holds(), 8, "the hanging receiver still hangs");
        assert_eq!(hanging.received().len(), 8, "and holds no more than one receiver may");
        let ids: std::collections::BTreeSet<_> = got.iter().map(|one| one.json()["data"]["id"].to_string()).collect();
        assert_eq!(ids.len(), MESSAGES);

        hanging.answers(Reply::Ok);
        hanging.release();
        hanging.has_got(MESSAGES).await;
        slow.has_got(MESSAGES).await;
        assert_eq!(good.received().len(), MESSAGES, "nothing was delivered twice");
        app.leaves_work_behind();
    }

    async fn another_workspaces_receiver_is_not_held_up(app: &mut TestApp) {
        app.with(Settings { webhook_timeout: Duration::from_mins(2), ..Settings::default() }).await;
        let (hanging, good) = (Sink::that(Reply::Hang).await, Sink::open().await);
        let (bad_ws, good_ws) = (app.workspace("Bad").await, app.workspace("Good").await);
        let (bad, account) = (bad_ws.account().await, good_ws.account().await);
        bad_ws.webhook_for(&hanging, json!({"events": ["message.received"]})).await;
        good_ws.webhook_for(&good, json!({"events": ["message.received"]})).await;
        for _ in 0..MESSAGES {
            bad.hears("+15550100001", "Hi").await;
            account.hears("+15550100001", "Hi").await;
        }
        let got = good.has_got(MESSAGES).await;
        assert!(hanging.holds() > 0, "the hanging receiver still hangs");
        assert!(got.iter().all(|one| one.json()["workspace_id"] == good_ws.id.as_str()));
        hanging.answers(Reply::Ok);
        hanging.release();
        hanging.has_got(MESSAGES).await;
    }

    async fn a_stop_does_not_wait_for_who_hangs(app: &mut TestApp) {
        app.with(Settings { webhook_timeout: Duration::from_mins(2), ..Settings::default() }).await;
        let sink = Sink::that(Reply::Hang).await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        account.hears("+15550100001", "Hi").await;
        sink.has_got(1).await;
        sink.answers(Reply::Ok);
        app.restart().await;
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        let received = sink.has_got(2).await;
        assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    }
}
