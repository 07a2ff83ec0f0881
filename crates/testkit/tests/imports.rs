//! Files of contacts: in, with a report by line, and out again.

use std::fmt::Write as _;
use wagate_testkit::{Answer, Method, TestWorkspace, Value, client::text, json, on_both};

async fn upload(ws: &TestWorkspace, file: impl Into<Vec<u8>>) -> Answer {
    let request = ws.request(Method::POST, "/v1/contacts/imports").header("content-type", "text/csv; charset=utf-8");
    request.bytes(file).send().await
}

/// Imports a file and waits until each line has its outcome.
async fn imported(ws: &TestWorkspace, file: impl Into<Vec<u8>>) -> Value {
    let accepted = upload(ws, file).await;
    assert_eq!(accepted.status, 202, "{}", accepted.json);
    done(ws, &accepted.text("id")).await
}

async fn done(ws: &TestWorkspace, id: &str) -> Value {
    let path = format!("/v1/contacts/imports/{id}");
    for _ in 0..1_200 {
        let import = ws.get(&path).await.ok();
        if import["state"] == "done" {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import does not end: {}", ws.get(&path).await.json);
}

fn counts(import: &Value) -> [i64; 5] {
    ["lines", "created", "updated", "unchanged", "failed"].map(|name| import[name].as_i64().unwrap())
}

async fn report(ws: &TestWorkspace, import: &Value, query: &str) -> Vec<Value> {
    let (mut all, mut after): (Vec<Value>, i64) = (Vec::new(), 0);
    loop {
        let path = format!("/v1/contacts/imports/{}/report?{query}&starting_after={after}", text(import, "id"));
        let page = ws.get(&path).await.ok();
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        if page["has_more"] == false {
            return all;
        }
        after = all.last().unwrap()["line"].as_i64().unwrap();
    }
}

async fn exported(ws: &TestWorkspace) -> String {
    let answer = ws.get("/v1/contacts/export").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
    String::from_utf8(answer.bytes).unwrap()
}

/// 10,000, or with `CRASH_ROUNDS` of a long run 100,000.
#[expect(clippy::disallowed_methods, reason = "tests have no settings but how long they run")]
fn many() -> usize {
    let rounds = std::env::var("CRASH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    if rounds.unwrap_or(0) >= 20 { 100_000 } else { 10_000 }
}

on_both! {
    async fn a_file_makes_and_changes_contacts_and_says_what_became_of_each_line(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.post("/v1/contacts", json!({"address": "+15550100001", "name": "Old", "attributes": {"a": "1"}})).await.ok();
        ws.post("/v1/contacts", json!({"address": "+15550100002", "name": "Same"})).await.ok();
        let file = "\u{feff}name,address,labels,attributes,attribute:city\r\n\
            New,+15550100001,vip|b,\"{\"\"b\"\":\"\"2\"\"}\",Malmö\r\n\
            Same,15550100002,,,\r\n\
            \r\n\
            \"Ana, \"\"the\"\" first\",'+1 (555) 010-0003,,,\r\n\
            Nobody,12,,,\r\n\
            Short,+15550100004\r\n\
            Twice,+15550100003,,,Lund";
        let import = imported(&ws, file).await;
        assert_eq!(counts(&import), [6, 1, 2, 1, 2]);
        let lines = report(&ws, &import, "limit=2").await;
        let outcomes: Vec<_> = lines.iter().map(|line| (line["line"].as_i64().unwrap(), text(line, "outcome"))).collect();
        let expected = [(2, "updated"), (3, "unchanged"), (4, "created"), (5, "failed"), (6, "failed"), (7, "updated")];
        assert_eq!(outcomes, expected.map(|(line, outcome)| (line, outcome.to_owned())));
        assert_eq!((&lines[3]["errors"][0]["field"], &lines[3]["errors"][0]["code"]), (&json!("address"), &json!("invalid_format")));
        assert_eq!(report(&ws, &import, "outcome=failed&limit=1").await.len(), 2);
        assert_eq!(report(&ws, &import, "outcome=created").await.len(), 1);
        let ana = &ws.all("/v1/contacts?q=15550100003").await[0];
        assert_eq!((&ana["name"], &ana["attributes"]), (&json!("Twice"), &json!({"city": "Lund"})));
        let first = &ws.all("/v1/contacts?q=15550100001").await[0];
        assert_eq!((&first["name"], &first["labels"]), (&json!("New"), &json!(["b", "vip"])));
        assert_eq!(first["attributes"], json!({"a": "1", "b": "2", "city": "Malmö"}));
        assert_eq!(ws.all("/v1/contacts").await.len(), 3);
        assert!(ws.audit().await.iter().any(|(action, subject)| action == "contacts.imported" && *subject == text(&import, "id")));
    }

    async fn a_file_that_cannot_be_read_is_refused_as_a_whole(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (file, field, code) in [
            ("", "address", "required"),
            ("name\nAna\n", "address", "required"),
            ("address,phone\n", "phone", "unknown_field"),
            ("address;name\n", "address;name", "unknown_field"),
            ("address,name,name\n", "name", "not_allowed"),
            (&format!("address\n\"{}", "x\n".repeat(50_000)), "", "too_long"),
            (&format!("address\n{}\n", ",".repeat(200)), "", "too_long"),
        ] {
            let refused = upload(&ws, file).await;
            let shown: String = file.chars().take(30).collect();
            assert_eq!(refused.status, 422, "{shown:?}: {}", refused.json);
            assert!(refused.faults().contains(&(field.to_owned(), code.to_owned())), "{shown:?}: {}", refused.json);
        }
        ws.post("/v1/contacts/imports", json!({})).await.problem(415, "unsupported_media_type");
        let odd = imported(&ws, b"address,name\n+15550100001,\xff\xfe\n\xff,x\n+15550100002,a\0b\n".to_vec()).await;
        assert_eq!(counts(&odd), [3, 1, 0, 0, 2]);
        assert_eq!(counts(&imported(&ws, "address").await), [0, 0, 0, 0, 0]);
    }

    async fn what_is_exported_is_no_formula_and_comes_in_as_it_was(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        let names = ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "'=1", "'n Beetje", "a,\"b\"", "Zoë 🦐", "＝1"];
        for (number, name) in names.iter().enumerate() {
            let card = json!({"address": format!("+155501001{number:02}"), "name": name, "labels": [name, "vip"], "attributes": {"k": name}});
            ws.post("/v1/contacts", card).await.ok();
        }
        let stopped = text(&ws.all("/v1/contacts").await[0], "id");
        ws.post(&format!("/v1/contacts/{stopped}/opt-out"), Value::Null).await.ok();
        let file = exported(&ws).await;
        let mut reader = csv_cells(&file);
        assert_eq!(reader.remove(0), ["address", "name", "labels", "attributes", "opted_out_at"]);
        assert_eq!(reader.len(), names.len());
        for cell in reader.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell}");
        }
        let import = imported(&other, file.clone()).await;
        assert_eq!(counts(&import), [9, 9, 0, 0, 0]);
        let cards = |all: Vec<Value>| -> Vec<Value> {
            let mut cards: Vec<_> = all.into_iter().map(|one| json!([one["address"], one["name"], one["labels"], one["attributes"]])).collect();
            cards.sort_by_key(ToString::to_string);
            cards
        };
        assert_eq!(cards(other.all("/v1/contacts").await), cards(ws.all("/v1/contacts").await));
        assert!(other.all("/v1/contacts?opted_out=true").await.is_empty(), "nobody is opted out by a file");
        assert_eq!(counts(&imported(&ws, file).await), [9, 0, 0, 9, 0]);
    }

    async fn a_large_file_with_bad_lines_is_taken_line_by_line(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let total = many();
        let mut file = "address,name,attribute:n\n".to_owned();
        for number in 0..total {
            match number % 10 {
                7 => file.push_str("not a number,x,1\n"),
                8 => writeln!(file, "+1777{number:07},too,many,cells").unwrap(),
                _ => writeln!(file, "+1777{number:07},\"Name, {number}\",{number}").unwrap(),
            }
        }
        let import = imported(&ws, file.clone()).await;
        let (total, bad) = (i64::try_from(total).unwrap(), i64::try_from(total / 5).unwrap());
        assert_eq!(counts(&import), [total, total - bad, 0, 0, bad]);
        let rows = csv_cells(&exported(&ws).await).len();
        assert_eq!(i64::try_from(rows).unwrap() - 1, total - bad);
        let page = ws.get(&format!("/v1/contacts/imports/{}/report?outcome=failed&limit=3&starting_after={}", text(&import, "id"), total - 10)).await.ok();
        assert_eq!((page["data"].as_array().unwrap().len(), &page["has_more"]), (2, &json!(false)));
        assert_eq!(counts(&imported(&ws, file).await), [total, 0, 0, total - bad, bad]);
    }

    async fn an_import_with_a_key_is_done_once(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let once = |file: &str| {
            let request = ws.request(Method::POST, "/v1/contacts/imports").header("content-type", "text/csv");
            request.header("idempotency-key", "one").bytes(file).send()
        };
        let first = once("address\n+15550100001\n").await;
        let again = once("address\n+15550100001\n").await;
        assert_eq!((first.status, again.status, again.is_replayed()), (202, 202, true));
        assert_eq!(first["id"], again["id"]);
        once("address\n+15550100002\n").await.problem(422, "idempotency_key_reused");
        assert_eq!(counts(&done(&ws, &first.text("id")).await), [1, 1, 0, 0, 0]);
        assert_eq!(ws.all("/v1/contacts").await.len(), 1);
    }

    async fn nobody_else_sees_an_import_or_an_export(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        let import = imported(&ws, "address,name\n+15550100001,Private\n").await;
        let path = format!("/v1/contacts/imports/{}", text(&import, "id"));
        other.get(&path).await.problem(404, "not_found");
        other.get(&format!("{path}/report")).await.problem(404, "not_found");
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        live.get(&path).await.problem(404, "not_found");
        for stranger in [&other, &live] {
            assert_eq!(exported(stranger).await, "address,name,labels,attributes,opted_out_at\r\n");
        }
    }

    async fn an_import_goes_on_after_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let mut file = "address\n".to_owned();
        for number in 0..5_000 {
            writeln!(file, "+1777{number:07}").unwrap();
        }
        let accepted = upload(&ws, file).await;
        app.restart().await;
        assert_eq!(counts(&done(&ws, &accepted.text("id")).await), [5_000, 5_000, 0, 0, 0]);
    }
}

/// The cells of a file, read as plainly as the rules of CSV allow.
fn csv_cells(file: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = file.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    rows
}
