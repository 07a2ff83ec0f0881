//! What becomes of messages whose way is not smooth: the magic numbers, in the order of their table.

use std::time::Duration;
use wagate_testkit::{Settings, Sink, TestApp, TestMessage, TestWorkspace, Value, json, on_both};

/// Moves the clock past one pause after another until the message has this status.
pub(crate) async fn retried_until(app: &TestApp, message: &TestMessage, status: &str) -> Value {
    for _ in 0..20 {
        let now = app.now().to_string();
        let settled = message.comes_to("to wait or end", |message| {
            message["status"] == status || message["next_attempt_at"].as_str().is_some_and(|next| next > now.as_str())
        });
        let settled = settled.await;
        if settled["status"] == status {
            return settled;
        }
        app.passes(Duration::from_mins(10));
    }
    panic!("twenty pauses were not enough");
}

async fn with_account(app: &TestApp) -> TestWorkspace {
    let ws = app.workspace("Acme").await;
    ws.account().await;
    ws
}

async fn fails_at_once(app: &TestApp, to: &str, reason: &str) {
    let sink = Sink::open().await;
    let ws = with_account(app).await;
    ws.webhook(&sink).await;
    let message = ws.send_text(to, "Hi").await;
    let failed = message.becomes("failed").await;
    assert_eq!((&failed["reason"], &failed["attempts"]), (&json!(reason), &json!(1)));
    assert!(failed["reason_detail"].is_string());
    assert_eq!(message.statuses().await, ["queued", "sending", "failed"]);
    let told = sink.gets("the failure", |one| one.json()["data"]["id"] == message.id).await.json();
    assert_eq!((&told["data"]["status"], &told["data"]["reason"]), (&json!("failed"), &json!(reason)));
    assert!(app.arrivals().is_empty(), "nothing arrived");
}

on_both! {
    async fn a_number_that_is_not_on_whatsapp_fails(app: &mut TestApp) {
        fails_at_once(app, "+15550110001", "recipient_not_on_whatsapp").await;
    }

    async fn who_blocks_us_gets_nothing(app: &mut TestApp) {
        fails_at_once(app, "+15550110008", "recipient_blocked_us").await;
    }

    async fn content_that_the_network_refuses_fails(app: &mut TestApp) {
        fails_at_once(app, "+15550110019", "content_invalid").await;
    }

    async fn a_rate_limit_is_waited_out(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110002", "Hi").await;
        let waiting = message.waits_for("rate_limited").await;
        assert_eq!((&waiting["status"], &waiting["attempts"]), (&json!("sending"), &json!(1)));
        app.passes(Duration::from_secs(30));
        let read = message.becomes("read").await;
        assert_eq!((&read["attempts"], &read["reason"]), (&json!(2), &json!(null)));
    }

    async fn a_chat_that_is_written_to_too_fast_is_slowed_alone(app: &mut TestApp) {
        let ws = with_account(app).await;
        let slowed = ws.send_text("+15550110016", "Hi").await;
        slowed.waits_for("pair_rate_limited").await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        app.passes(Duration::from_secs(30));
        slowed.becomes("read").await;
    }

    async fn a_send_that_is_never_answered_is_tried_as_the_same_message_and_fails_in_the_end(app: &mut TestApp) {
        app.with(Settings { send_timeout: Duration::from_millis(200), ..Settings::default() }).await;
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110003", "Hi").await;
        let waiting = message.waits_for("outcome_unknown").await;
        assert_eq!((&waiting["status"], &waiting["outcome_unknown"]), (&json!("sending"), &json!(true)));
        message.post("cancel").await.problem(409, "message_not_cancellable");
        let failed = retried_until(app, &message, "failed").await;
        assert_eq!((&failed["reason"], &failed["outcome_unknown"]), (&json!("outcome_unknown"), &json!(false)));
        let arrivals = app.arrivals();
        assert_eq!(arrivals.len(), 5, "tried five times");
        assert!(arrivals.iter().all(|one| one.provider_message_id == arrivals[0].provider_message_id));
        assert_eq!(arrivals.iter().map(|one| one.repeat).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    async fn a_send_whose_answer_was_lost_reaches_the_recipient_once(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110015", "Hi").await;
        // Its receipts prove that it arrived, whether the next attempt comes before them or not.
        let read = message.becomes("read").await;
        assert_eq!((&read["reason"], &read["outcome_unknown"]), (&json!(null), &json!(false)));
        assert_eq!(app.arrivals().iter().filter(|one| one.repeat == 0).count(), 1);
    }

    async fn while_new_chats_are_restricted_known_ones_go_on(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        ws.send_text("+15550100001", "known from now on").await.becomes("read").await;
        let refused = ws.send_text("+15550110004", "Hi").await;
        refused.is_held_for("new_chats_restricted").await;
        let held = ws.send_text("+15550100002", "a new chat").await;
        let queued = held.is_held_for("new_chats_restricted").await;
        assert_eq!(queued["status"], "queued");
        ws.send_text("+15550100001", "a known chat").await.becomes("read").await;
        assert_eq!(account.now().await["status_reason"], "new_chats_restricted");
        assert_eq!(account.now().await["status"], "connected");

        account.hears("+15550110004", "Who is this?").await;
        account.play("restore").await.ok();
        held.becomes("read").await;
        refused.becomes("read").await;
        assert_eq!(account.now().await["status_reason"], json!(null));
    }

    async fn a_restriction_of_new_chats_is_waited_out(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let refused = ws.send_text("+15550110004", "Hi").await;
        refused.is_held_for("new_chats_restricted").await;
        account.hears("+15550110004", "Who is this?").await;
        app.passes(Duration::from_hours(7));
        refused.becomes("read").await;
    }

    async fn delivered_and_never_read_stays_delivered(app: &mut TestApp) {
        let ws = with_account(app).await;
        let unread = ws.send_text("+15550110005", "Hi").await;
        unread.becomes("delivered").await;
        ws.send_text("+15550100001", "sent after it").await.becomes("read").await;
        assert_eq!(unread.statuses().await, ["queued", "sending", "sent", "delivered"]);
    }

    async fn an_echo_comes_back_as_a_message(app: &mut TestApp) {
        let ws = with_account(app).await;
        ws.send_text("+15550110006", "Is anybody there?").await.becomes("sent").await;
        let echo = ws.hears("message.received", |message| message["from"] == "+15550110006").await;
        assert_eq!((&echo["text"]["body"], &echo["direction"]), (&json!("Is anybody there?"), &json!("incoming")));
        assert_eq!((&echo["chat_id"], &echo["status"]), (&json!("+15550110006"), &json!("received")));
    }

    async fn a_slow_answer_is_waited_for(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110007", "Hi").await;
        message.becomes("sending").await;
        message.post("cancel").await.problem(409, "message_not_cancellable");
        let read = message.becomes("read").await;
        assert_eq!(read["attempts"], 1);
    }

    async fn a_logged_out_account_holds_its_queue_until_it_is_linked_again(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let cause = ws.send_text("+15550110009", "Hi").await;
        cause.is_held_for("logged_out").await;
        let behind = ws.send_text("+15550100001", "Hi").await;
        let logged_out = account.is("logged_out").await;
        assert_eq!(logged_out["status_reason"], "logged_out");
        assert_eq!(behind.is_held_for("logged_out").await["status"], "queued");
        ws.hears("connection.update", |account| account["status"] == "logged_out").await;

        account.post("connect").await.ok();
        account.is("qr").await;
        account.play("scan").await.ok();
        behind.becomes("read").await;
        cause.becomes("read").await;
    }

    async fn a_restricted_account_holds_its_queue_until_it_is_restored(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let cause = ws.send_text("+15550110011", "Hi").await;
        cause.is_held_for("account_restricted").await;
        account.is("held").await;
        let behind = ws.send_text("+15550100001", "Hi").await;
        assert_eq!(behind.is_held_for("account_restricted").await["status"], "queued");
        account.play("restore").await.ok();
        cause.becomes("read").await;
        behind.becomes("read").await;
    }

    async fn a_banned_account_holds_its_queue_until_it_is_restored(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.play("ban").await.ok();
        account.is("banned").await;
        let waiting = ws.send_text("+15550100001", "Hi").await;
        waiting.is_held_for("account_banned").await;
        account.play("restore").await.ok();
        waiting.becomes("read").await;
        let cause = ws.send_text("+15550110021", "Hi").await;
        cause.is_held_for("account_banned").await;
        account.play("restore").await.ok();
        cause.becomes("read").await;
    }

    async fn a_network_that_is_down_is_tried_again_until_the_tries_are_used_up(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110010", "Hi").await;
        let failed = retried_until(app, &message, "failed").await;
        assert_eq!((&failed["reason"], &failed["attempts"]), (&json!("provider_unavailable"), &json!(8)));
    }

    async fn a_connection_that_drops_comes_back_by_itself(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let message = ws.send_text("+15550110020", "Hi").await;
        message.waits_for("provider_unavailable").await;
        account.is("connected").await;
        app.passes(Duration::from_secs(30));
        message.becomes("read").await;
        account.play("drop").await.ok();
        ws.hears("connection.update", |account| account["status"] == "connecting").await;
        account.is("connected").await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
    }

    async fn what_fails_after_it_was_sent_says_so(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110012", "Hi").await;
        assert_eq!(message.becomes("failed").await["reason"], "content_invalid");
        assert_eq!(message.statuses().await, ["queued", "sending", "sent", "failed"]);
    }

    async fn receipts_in_any_order_and_number_end_alike(app: &mut TestApp) {
        let ws = with_account(app).await;
        for (to, statuses) in [
            ("+15550110013", &["queued", "sending", "sent", "read"][..]),
            ("+15550110014", &["queued", "sending", "sent", "delivered", "read"]),
            ("+15550110018", &["queued", "sending", "sent", "failed", "delivered", "read"]),
        ] {
            let message = ws.send_text(to, "Hi").await;
            let read = message.becomes("read").await;
            assert_eq!(read["reason"], json!(null), "{to}");
            assert_eq!(message.statuses().await, statuses, "{to}");
        }
    }

    async fn receipts_that_overtake_the_answer_are_not_taken_back(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110017", "Hi").await;
        message.becomes("read").await;
        ws.send_text("+15550110017", "sent when the answer had come").await.becomes("read").await;
        assert_eq!(message.statuses().await, ["queued", "sending", "delivered", "read"]);
    }
}
