//! Contacts: the cards of people.

use wagate_testkit::{TestWorkspace, Value, client::text, json, on_both};

const ANA: &str = "+15550100007";

async fn contact(ws: &TestWorkspace, body: Value) -> Value {
    let made = ws.post("/v1/contacts", body).await;
    assert_eq!(made.status, 201, "{}", made.json);
    made.json
}

on_both! {
    async fn a_card_is_made_found_changed_and_deleted(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let made = contact(&ws, json!({"address": ANA, "name": "Ána", "labels": ["vip", " b ", "vip"], "attributes": {"city": "Malmö"}})).await;
        assert_eq!((&made["labels"], &made["attributes"]), (&json!(["b", "vip"]), &json!({"city": "Malmö"})));
        assert_eq!((&made["opted_out_at"], &made["mode"]), (&Value::Null, &json!("test")));
        let path = format!("/v1/contacts/{}", text(&made, "id"));
        assert_eq!(ws.get(&path).await.ok(), made);
        ws.post("/v1/contacts", json!({"address": ANA})).await.problem(409, "contact_exists");

        let patched = ws.patch(&path, json!({"name": null, "attributes": {"city": null, "tier": "gold"}})).await.ok();
        assert_eq!((&patched["name"], &patched["labels"]), (&Value::Null, &json!(["b", "vip"])));
        assert_eq!(patched["attributes"], json!({"tier": "gold"}));
        ws.patch(&path, json!({})).await.ok();

        assert_eq!(ws.delete(&path).await.status, 204);
        ws.get(&path).await.problem(404, "not_found");
        ws.delete(&path).await.problem(404, "not_found");
        let told: Vec<_> = ws.audit().await.into_iter().map(|(action, _)| action).filter(|action| action.starts_with("contact.")).collect();
        assert_eq!(told, ["contact.created", "contact.updated", "contact.deleted"]);
    }

    async fn whoever_writes_is_a_contact_once(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let made = contact(&ws, json!({"address": ANA, "name": "Ana"})).await;
        account.hears(ANA, "Hi").await;
        account.hears("+15550100008", "Hi").await;
        account.hears("+15550100008", "Hi again").await;
        let all = ws.all("/v1/contacts").await;
        assert_eq!(all.iter().map(|one| text(one, "address")).collect::<Vec<_>>(), ["+15550100008", ANA]);
        assert_eq!(all[1], made, "a card stays as it is");
        assert_eq!(ws.all("/v1/contacts?q=ana").await.len(), 1);
    }

    async fn cards_are_found_by_name_number_label_and_opt_out(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (number, name, label) in [("+15550100001", "José Álvarez", "vip"), ("+15550100002", "ANA 100%", "vip\""), ("+15550100003", "名前 🦐", "new")] {
            contact(&ws, json!({"address": number, "name": name, "labels": [label]})).await;
        }
        let opted = text(&ws.all("/v1/contacts?q=0100003").await[0], "id");
        ws.post(&format!("/v1/contacts/{opted}/opt-out"), Value::Null).await.ok();
        for (query, expected) in [
            ("q=alvarez", vec![1]), ("q=JOS%C3%89", vec![1]), ("q=%25", vec![2]), ("q=_", vec![]), ("q='", vec![]),
            ("q=%E5%90%8D", vec![3]), ("q=%2B1555", vec![3, 2, 1]), ("q=555-010-0002", vec![2]),
            ("label=vip", vec![1]), ("label=vip%22", vec![2]), ("label=v", vec![]), ("label=%22", vec![]),
            ("opted_out=true", vec![3]), ("opted_out=false", vec![2, 1]), ("opted_out=false&label=vip", vec![1]),
        ] {
            let found: Vec<_> = ws.all(&format!("/v1/contacts?{query}")).await.iter().map(|one| text(one, "address")).collect();
            let expected: Vec<_> = expected.into_iter().map(|number| format!("+1555010000{number}")).collect();
            assert_eq!(found, expected, "{query}");
        }
    }

    async fn what_fits_on_no_card_is_refused_by_its_field(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let made = contact(&ws, json!({"address": ANA})).await;
        let path = format!("/v1/contacts/{}", text(&made, "id"));
        let many: Vec<_> = (0..21).map(|number| number.to_string()).collect();
        let keys: std::collections::BTreeMap<String, Value> = (0..51).map(|number| (number.to_string(), json!("x"))).collect();
        for (patch, field, code) in [
            (json!({"name": ""}), "name", "too_short"),
            (json!({"name": "a\nb"}), "name", "invalid_format"),
            (json!({"labels": [""]}), "labels/0", "too_short"),
            (json!({"labels": ["ok", "x".repeat(51)]}), "labels/1", "too_long"),
            (json!({"labels": ["a|b"]}), "labels/0", "invalid_format"),
            (json!({"labels": many}), "labels", "too_many"),
            (json!({"attributes": {"": "x"}}), "attributes/", "invalid_format"),
            (json!({"attributes": {"a/b": "x".repeat(501)}}), "attributes/a~1b", "too_long"),
            (json!({"attributes": {"a": "\0"}}), "attributes/a", "invalid_format"),
            (json!({"attributes": {"a": 1}}), "attributes/a", "wrong_type"),
            (json!({"attributes": keys}), "attributes", "too_many"),
            (json!({"address": ANA}), "address", "unknown_field"),
        ] {
            let refused = ws.patch(&path, patch.clone()).await;
            assert_eq!((refused.status, refused.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{patch}");
        }
        for address in ["120363043211234567@g.us", "status@broadcast", "15550100001", "+1"] {
            let refused = ws.post("/v1/contacts", json!({"address": address})).await;
            assert_eq!((refused.status, refused.faults()[0].0.as_str()), (422, "address"), "{address}");
        }
        assert_eq!(ws.get(&path).await.ok(), made);
        // Fifty are on the card; one more comes with a second request.
        let fifty: std::collections::BTreeMap<String, Value> = (0..50).map(|number| (number.to_string(), json!("x"))).collect();
        ws.patch(&path, json!({"attributes": fifty})).await.ok();
        assert_eq!(ws.patch(&path, json!({"attributes": {"more": "x"}})).await.faults()[0].1, "too_many");
    }

    async fn hostile_names_are_kept_as_they_are(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (number, name) in ["=1+1", "' OR 1=1 --", "<b>x</b>", "a\u{202e}b", "👩🏽‍🚀", "\\\"%_", "e\u{301}", "Robert'); DROP TABLE contacts;--"].into_iter().enumerate() {
            let made = contact(&ws, json!({"address": format!("+155501001{number:02}"), "name": name, "labels": [name], "attributes": {name: name}})).await;
            let read = ws.get(&format!("/v1/contacts/{}", text(&made, "id"))).await.ok();
            assert_eq!((&read["name"], &read["labels"][0], &read["attributes"][name]), (&json!(name), &json!(name), &json!(name)));
        }
    }
}
