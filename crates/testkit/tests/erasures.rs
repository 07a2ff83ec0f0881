//! Erasing a person: nothing of them is left anywhere, what counts stays, and a crash only delays it.

use std::time::Duration;
use wagate_store::{Database, dialect::Dialect, in_transaction, media, sql::sql, tables};
use wagate_testkit::{Reply, Sink, TestWorkspace, Value, client::text, eventually, json, on_both};

const ANN: &str = "+15550100031";
const BOB: &str = "+15550100032";
/// Answers the send after 5 s.
const SLOW: &str = "+15550110007";

async fn erase(ws: &TestWorkspace, address: &str) -> String {
    let accepted = ws.post("/v1/erasures", json!({"address": address})).await;
    assert_eq!(accepted.status, 202, "{}", accepted.json);
    assert!(!accepted.json.to_string().contains(address));
    accepted.text("id")
}

/// As [`erase`] does, by their card.
async fn erase_by_card(ws: &TestWorkspace, address: &str) -> String {
    let cards = ws.all("/v1/contacts").await;
    let card = text(cards.iter().find(|card| card["address"] == address).unwrap(), "id");
    ws.patch(&format!("/v1/contacts/{card}"), json!({"name": "the card of ann"})).await.ok();
    let accepted = ws.delete(&format!("/v1/contacts/{card}?erase=true")).await;
    assert_eq!(accepted.status, 202, "{}", accepted.json);
    accepted.text("id")
}

async fn erased(ws: &TestWorkspace, id: &str) -> Value {
    eventually("the erasure to be done", async || {
        let erasure = ws.get(&format!("/v1/erasures/{id}")).await.ok();
        if erasure["status"] == "done" { Ok(erasure) } else { Err(erasure.to_string()) }
    })
    .await
}

/// Every column of every table in which a text stands.
async fn found(database: &Database, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables::count_rows_any_workspace(database).await.unwrap().into_keys() {
        let (columns, cast) = match database.dialect() {
            Dialect::Sqlite => (format!("SELECT name FROM pragma_table_info('{table}')"), "TEXT"),
            Dialect::MySql => (
                format!(
                    "SELECT column_name AS name FROM information_schema.columns \
                     WHERE table_schema = DATABASE() AND table_name = '{table}'"
                ),
                "CHAR",
            ),
        };
        for column in sql(columns).all(database).await.unwrap() {
            let column = column.text("name").unwrap();
            let text = format!("SELECT COUNT(*) AS n FROM {table} WHERE INSTR(CAST({column} AS {cast}), ?) > 0");
            if sql(text).bind(word).one(database).await.unwrap().int("n").unwrap() > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

on_both! {
    async fn a_kept_answer_that_told_of_them_is_not_given_again(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let card = json!({"address": "+15550100001", "name": "Zoë"});
        assert_eq!(ws.post_once("/v1/contacts", "card-1", card.clone()).await.status, 201);
        let erasure = ws.post("/v1/erasures", json!({"address": "+15550100001"})).await.text("id");
        erased(&ws, &erasure).await;
        ws.post_once("/v1/contacts", "card-1", card).await.problem(409, "idempotency_answer_erased");
    }

    async fn nothing_of_an_erased_person_is_left(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let webhook = ws.webhook(&sink).await;
        let account = ws.account().await;
        let body = json!({"to": ANN, "type": "text", "text": {"body": "a word to ann"}, "client_ref": "ref-of-ann",
            "metadata": {"name": "name-of-ann"}});
        let sent = ws.message(&ws.post_once("/v1/messages", "a", body).await.text("id"));
        sent.becomes("read").await;
        let path = format!("/v1/sandbox/accounts/{}/inbound", account.id);
        let kept = json!({"from": ANN, "type": "text", "text": {"body": "a word of ann, kept"}});
        ws.post_once(&path, "b", kept).await.ok();
        let heard = text(&account.hears(ANN, "a word of ann").await, "id");
        let to_bob = ws.send_text(BOB, "a word to bob").await;
        to_bob.becomes("read").await;
        webhook.comes_to("to be delivered", |all| all.iter().all(|one| one["status"] == "delivered")).await;
        // A receiver that answers with what it got.
        let mut tx = app.database().begin().await.unwrap();
        let echo = "UPDATE webhook_attempts SET response = 'got: a word to ann' WHERE delivery_id IN \
                    (SELECT d.id FROM webhook_deliveries d JOIN events e ON e.workspace_id = d.workspace_id \
                    AND e.mode = d.mode AND e.sequence = d.event_sequence WHERE INSTR(e.body, ?) > 0)";
        assert!(sql(echo).bind(ANN).run(&mut tx).await.unwrap() > 0);
        tx.commit().await.unwrap();
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let waits = ws.send_text(ANN, "a word to ann that waits").await;
        let file = ws.upload("name-of-ann.txt", b"a file of ann").await.text("id");
        let uses = [(ws.id.parse().unwrap(), sent.id.parse().unwrap(), file.parse().unwrap())];
        in_transaction!(app.database(), |tx| media::insert_uses(tx, &uses).await).unwrap();
        assert!(!found(app.database(), ANN).await.is_empty() && !found(app.database(), "a word to ann").await.is_empty());
        let before = (tables::count_rows_any_workspace(app.database()).await.unwrap(), ws.events().await.len());

        let erasure = erased(&ws, &erase_by_card(&ws, ANN).await).await;
        assert_eq!(erasure["messages"], 4);
        webhook.comes_to("to be delivered", |all| all.iter().all(|one| one["status"] == "delivered")).await;
        for word in [ANN, &ANN[1..], "a word to ann", "a word of ann", "ref-of-ann", "name-of-ann", "the card of ann"] {
            assert_eq!(found(app.database(), word).await, [""; 0], "{word}");
        }
        assert!(!found(app.database(), BOB).await.is_empty() && !found(app.database(), "a word to bob").await.is_empty());
        let after = tables::count_rows_any_workspace(app.database()).await.unwrap();
        assert_eq!(after["message_logs"], before.0["message_logs"], "they are counted still");

        ws.get(&format!("/v1/media/{file}")).await.problem(404, "not_found");
        let message = sent.now().await;
        assert_eq!((&message["status"], &message["type"], &message["attempts"]), (&json!("read"), &json!("unsupported"), &json!(1)));
        assert_eq!((&message["client_ref"], &message["metadata"]), (&json!(null), &json!({})));
        assert!(text(&message, "chat_id").ends_with("@lid"));
        assert_eq!(ws.message(&heard).now().await["chat_id"], message["chat_id"], "one chat still");
        assert_eq!(waits.now().await["status"], "cancelled");
        let events = ws.events().await;
        assert_eq!(events.len(), before.1 + 1, "the cancellation was told");
        assert_eq!(events.last().unwrap()["data"]["status"], "cancelled");
        assert!(ws.audit().await.iter().any(|(action, _)| action == "person.erased"));
        // The key stands for the message still.
        let body = json!({"to": ANN, "type": "text", "text": {"body": "a word to ann"}, "client_ref": "ref-of-ann",
            "metadata": {"name": "name-of-ann"}});
        assert_eq!(ws.post_once("/v1/messages", "a", body).await.text("id"), sent.id);

        // What they write from now on is new.
        account.post("connect").await.ok();
        account.is("connected").await;
        assert_eq!(account.hears(ANN, "I am back").await["from"], ANN);
    }

    async fn what_receivers_answered_and_what_is_in_flight_is_erased_too(app: &mut TestApp) {
        let sink = Sink::that(Reply::With(500, "x-echo", SLOW)).await;
        let ws = app.workspace("Acme").await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.status"]})).await;
        ws.account().await;
        let slow = ws.send_text(SLOW, "a slow word").await;
        let behind = ws.send_text(SLOW, "a word behind it").await;
        slow.becomes("sending").await;
        let id = erase(&ws, SLOW).await;
        assert_eq!(erased(&ws, &id).await["messages"], 2);
        assert_eq!(behind.now().await["status"], "cancelled");
        assert!(matches!(slow.now().await["status"].as_str(), Some("sent" | "delivered" | "read")), "it ended first");
        sink.answers(Reply::Ok);
        app.passes(Duration::from_hours(1));
        webhook.comes_to("to be delivered", |all| all.len() >= 2 && all.iter().all(|one| one["status"] == "delivered")).await;
        for word in [SLOW, "a slow word", "a word behind"] {
            assert_eq!(found(app.database(), word).await, [""; 0], "{word}");
        }
    }

    async fn an_erasure_goes_on_after_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let batch: Vec<_> = (0..600).map(|n| json!({"to": ANN, "type": "text", "text": {"body": format!("word {n}")}})).collect();
        ws.post("/v1/messages/batch", json!({"messages": batch})).await.ok();
        let id = erase(&ws, ANN).await;
        // Cut off in the middle, at whatever point that is.
        app.restart().await;
        app.restart().await;
        let erasure = erased(&ws, &id).await;
        assert_eq!(erasure["messages"], 600);
        assert_eq!((found(app.database(), ANN).await, found(app.database(), "word 5").await), (vec![], vec![]));
    }

    async fn an_erasure_is_of_one_workspace_and_half(app: &mut TestApp) {
        let (one, two) = (app.workspace("One").await, app.workspace("Two").await);
        one.account().await;
        two.account().await;
        let (mine, theirs) = (one.send_text(ANN, "mine").await, two.send_text(ANN, "theirs").await);
        mine.becomes("read").await;
        theirs.becomes("read").await;
        let live = one.with_key(app.key_of(&one.id, "live").await);
        assert_eq!(erased(&live, &erase(&live, ANN).await).await["messages"], 0);
        assert_eq!(erased(&one, &erase(&one, ANN).await).await["messages"], 1);
        assert_eq!(theirs.now().await["to"], ANN);
        assert_eq!(mine.now().await["type"], "unsupported");
        let bound = one.key(json!({"account_ids": [text(&one.all("/v1/accounts").await[0], "id")]})).await;
        bound.post("/v1/erasures", json!({"address": ANN})).await.problem(403, "forbidden");
        let group = one.post("/v1/erasures", json!({"address": "120363043211234567@g.us"})).await;
        assert_eq!(group.faults()[0].0, "address");
        let wrong = one.post("/v1/erasures", json!({"address": "Ann"})).await;
        assert_eq!(wrong.faults(), [("address".to_owned(), "invalid_format".to_owned())]);
    }
}

/// SQLite keeps what it lets go of in its file, unless it is told to overwrite it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_even_the_file_holds_anything_of_an_erased_person() {
    wagate_testkit::story::tell(wagate_testkit::Backend::Sqlite, async |app| {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for number in 0..6 {
            ws.send_text(ANN, &format!("word-of-ann-{number}")).await.becomes("read").await;
        }
        erased(&ws, &erase(&ws, ANN).await).await;
        app.restart().await;
        let holds = |word: &str| app.database_files().windows(word.len()).any(|bytes| bytes == word.as_bytes());
        assert!(holds("Acme") && !holds("word-of-ann") && !holds(ANN));
    })
    .await;
}
