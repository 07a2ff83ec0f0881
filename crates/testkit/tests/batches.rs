//! Many messages in one request.

use futures_util::future::join_all;
use wagate_testkit::{Answer, TestApp, Value, json, on_both};

const BATCH: &str = "/v1/messages/batch";

fn text(to: &str, body: &str) -> Value {
    json!({"to": to, "type": "text", "text": {"body": body}})
}

fn many(count: usize) -> Value {
    let messages: Vec<_> =
        (0..count).map(|number| text(&format!("+1555010000{}", number % 3 + 1), &format!("{number:04}"))).collect();
    json!({"messages": messages})
}

fn ids(answer: &Answer) -> Vec<String> {
    let results = answer.json["data"].as_array().unwrap().iter();
    results.filter_map(|result| result["message"]["id"].as_str().map(str::to_owned)).collect()
}

/// What arrived at a number, in order.
fn arrived(app: &TestApp, chat: &str) -> Vec<String> {
    let arrivals = app.arrivals();
    let new = arrivals.iter().filter(|one| one.repeat == 0 && one.chat_id.as_str() == chat);
    new.map(|one| one.content["body"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn all_messages_of_a_batch_arrive_once_and_in_order(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let answer = ws.post(BATCH, many(300)).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let results = answer["data"].as_array().unwrap();
        for (index, result) in results.iter().enumerate() {
            assert_eq!((&result["index"], &result["status"]), (&json!(index), &json!(202)));
            assert_eq!(result["message"]["status"], "queued");
            assert_eq!(result["message"]["text"]["body"], format!("{index:04}"));
        }
        for id in ids(&answer).iter().rev().take(3) {
            ws.message(id).becomes("read").await;
        }
        for chat in 0..3 {
            let expected: Vec<_> = (0..300).filter(|number| number % 3 == chat).map(|number| format!("{number:04}")).collect();
            assert_eq!(arrived(app, &format!("+1555010000{}", chat + 1)), expected);
        }
        // All of them have ended before the story does.
        for id in ids(&answer) {
            ws.message(&id).becomes("read").await;
        }
    }

    async fn each_message_is_taken_or_refused_by_itself(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let stranger = app.workspace("The stranger").await.account().await;
        let mut of_a_stranger = text("+15550100001", "x");
        of_a_stranger["account_id"] = json!(stranger.id);
        let mut named = text("+15550100001", "two");
        named["account_id"] = json!(account.id);
        let messages = json!([text("+15550100001", "one"), text("nobody", "x"), 7, named, of_a_stranger,
            {"to": "+15550100001", "type": "text", "text": {"body": ""}, "colour": 1}]);
        let answer = ws.post(BATCH, json!({"messages": messages})).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let statuses: Vec<_> = answer["data"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [202, 422, 422, 202, 422, 422]);
        let fields = |index: usize| -> Vec<_> {
            let problem = &answer["data"][index]["problem"];
            assert_eq!((&problem["code"], &problem["status"]), (&json!("validation_failed"), &json!(422)));
            assert_eq!(problem["request_id"], answer.header("x-request-id"));
            problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((fields(1), fields(2), fields(4)), (vec!["to".to_owned()], vec![String::new()], vec!["account_id".to_owned()]));
        assert_eq!(fields(5), ["text/body", "colour"]);
        for id in ids(&answer) {
            ws.message(&id).becomes("read").await;
        }
        assert_eq!(arrived(app, "+15550100001"), ["one", "two"]);
        assert_eq!(ws.all("/v1/messages").await.len(), 2);
    }

    async fn a_key_covers_the_whole_batch(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let mut batch = many(30);
        batch["messages"][4] = json!({"to": "nobody"});
        let asked = join_all((0..16).map(|_| ws.post_once(BATCH, "monday", batch.clone()))).await;
        assert_eq!(asked.iter().filter(|answer| !answer.is_replayed()).count(), 1);
        let first = asked.iter().find(|answer| !answer.is_replayed()).unwrap();
        assert_eq!(ids(first).len(), 29);
        for answer in &asked {
            assert_eq!((answer.status, &answer.json), (200, &first.json));
        }
        for id in ids(first) {
            ws.message(&id).becomes("read").await;
        }
        app.restart().await;
        assert_eq!(ws.post_once(BATCH, "monday", batch.clone()).await.json, first.json);
        assert_eq!(ws.all("/v1/messages").await.len(), 29);
        ws.post_once(BATCH, "monday", many(30)).await.problem(422, "idempotency_key_reused");
        // What stands against it now did not stand against it then.
        ws.delete(&format!("/v1/accounts/{}", account.id)).await.ok();
        let again = ws.post_once(BATCH, "monday", batch.clone()).await;
        assert_eq!((again.is_replayed(), &again.json), (true, &first.json));
        let refused = ws.post_once(BATCH, "tuesday", batch).await.ok();
        assert!(refused["data"].as_array().unwrap().iter().all(|result| result["status"] == 422), "{refused}");
    }

    async fn a_batch_has_one_to_a_thousand_messages(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let fault = async |body: Value| {
            let refused = ws.post(BATCH, body).await;
            assert_eq!(refused.status, 422, "{}", refused.json);
            refused.faults()
        };
        assert_eq!(fault(json!({"messages": []})).await, [("messages".to_owned(), "too_short".to_owned())]);
        assert_eq!(fault(many(1001)).await, [("messages".to_owned(), "too_many".to_owned())]);
        assert_eq!(fault(json!({})).await, [("messages".to_owned(), "required".to_owned())]);
        assert_eq!(fault(json!({"messages": {}})).await, [("messages".to_owned(), "wrong_type".to_owned())]);
        assert_eq!(ws.all("/v1/messages").await.len(), 0);
        // Nothing is sent of these: the account goes first.
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let answer = ws.post(BATCH, many(1000)).await;
        assert_eq!(ids(&answer).len(), 1000);
        ws.delete(&format!("/v1/accounts/{}", account.id)).await.ok();
        ws.message(&ids(&answer)[999]).becomes("cancelled").await;
    }
}
