//! Words, files, places, cards, reactions and polls.

use super::{refuses, takes};
use serde_json::{Value, json};

#[test]
fn a_text_has_1_to_4096_characters_of_which_one_is_visible() {
    takes("text", &json!({"body": "a\u{1F600}\n", "preview_url": true}));
    takes("text", &json!({"body": "é".repeat(4096), "preview_url": false}));
    refuses("text", &json!({"body": "é".repeat(4097)}), "text/body", "too_long");
    refuses("text", &json!({"body": ""}), "text/body", "too_short");
    refuses("text", &json!({"body": " \n\u{7}\u{a0}"}), "text/body", "invalid_format");
    refuses("text", &json!({"body": "a\u{0}b"}), "text/body", "invalid_format");
    refuses("text", &json!({}), "text/body", "required");
    refuses("text", &json!({"body": null}), "text/body", "wrong_type");
    refuses("text", &json!({"body": 7}), "text/body", "wrong_type");
    refuses("text", &json!({"body": "a", "preview_url": "yes"}), "text/preview_url", "wrong_type");
    refuses("text", &json!({"body": "a", "preview_url": null}), "text/preview_url", "wrong_type");
}

#[test]
fn a_file_comes_from_an_id_or_a_link() {
    for kind in ["image", "video", "audio", "voice", "document", "sticker"] {
        takes(kind, &json!({"id": "1234"}));
        takes(kind, &json!({"link": "https://example.com/a.b"}));
        refuses(kind, &json!({}), &format!("{kind}/id"), "required");
        refuses(kind, &json!({"id": null}), &format!("{kind}/id"), "required");
        refuses(kind, &json!({"id": "1", "link": "https://example.com"}), &format!("{kind}/link"), "not_allowed");
        refuses(kind, &json!({"id": 1}), &format!("{kind}/id"), "wrong_type");
        for link in ["file:///etc/passwd", "example.com/a", "https://", "https://example.com/\n"] {
            refuses(kind, &json!({"link": link}), &format!("{kind}/link"), "invalid_format");
        }
    }
    let long = "é".repeat(1025);
    for kind in ["image", "video", "document"] {
        refuses(kind, &json!({"id": "1", "caption": long}), &format!("{kind}/caption"), "too_long");
    }
    refuses("audio", &json!({"id": "1", "caption": "a"}), "audio/caption", "unknown_field");
    refuses("document", &json!({"id": "1", "filename": "../a"}), "document/filename", "invalid_format");
}

#[test]
fn a_place_is_on_the_globe() {
    takes("location", &json!({"latitude": -90.0, "longitude": 180.0}));
    refuses("location", &json!({"latitude": 90.1, "longitude": 0}), "location/latitude", "out_of_range");
    refuses("location", &json!({"latitude": 0, "longitude": -181}), "location/longitude", "out_of_range");
    refuses("location", &json!({"latitude": "1", "longitude": 0}), "location/latitude", "wrong_type");
    refuses("location", &json!({"latitude": 1}), "location/longitude", "required");
}

#[test]
fn cards_are_checked_to_their_leaves() {
    let name = json!({"formatted_name": "Jane"});
    takes("contacts", &json!([{"name": name}]));
    refuses("contacts", &json!([]), "contacts", "too_short");
    refuses("contacts", &json!(vec![json!({"name": name}); 6]), "contacts", "too_many");
    refuses("contacts", &json!([{"name": name}, {}]), "contacts/1/name", "required");
    refuses("contacts", &json!([{"name": {}}]), "contacts/0/name/formatted_name", "required");
    refuses(
        "contacts",
        &json!([{"name": name, "phones": [{"type": "CELL"}]}]),
        "contacts/0/phones/0/phone",
        "required",
    );
    refuses("contacts", &json!([{"name": name, "org": {"size": 1}}]), "contacts/0/org/size", "unknown_field");
    refuses("contacts", &json!([{"name": name, "birthday": "1990-02-30"}]), "contacts/0/birthday", "invalid_format");
    refuses("contacts", &json!([{"name": name, "urls": [{"url": "x"}]}]), "contacts/0/urls/0/url", "invalid_format");
}

#[test]
fn a_reaction_is_taken_away_by_an_empty_emoji() {
    takes("reaction", &json!({"message_id": "msg_1", "emoji": ""}));
    refuses("reaction", &json!({"message_id": "msg_1"}), "reaction/emoji", "required");
    refuses("reaction", &json!({"message_id": "", "emoji": "👍"}), "reaction/message_id", "too_short");
    refuses("reaction", &json!({"message_id": "msg_1", "emoji": "a".repeat(33)}), "reaction/emoji", "too_long");
}

#[test]
fn a_poll_has_different_options_and_no_more_choices_than_those() {
    let poll = |options: &[&str], most: Value| json!({"question": "Q?", "options": options, "max_choices": most});
    takes("poll", &poll(&["a", "b"], json!(2)));
    refuses("poll", &poll(&["a"], json!(1)), "poll/options", "too_short");
    refuses("poll", &poll(&["a"; 13], json!(1)), "poll/options", "too_many");
    refuses("poll", &poll(&["a", "b", "a"], json!(1)), "poll/options/2", "not_allowed");
    refuses("poll", &poll(&["a", ""], json!(1)), "poll/options/1", "too_short");
    for most in [json!(0), json!(3), json!(-1), json!(u64::MAX), json!(1e300)] {
        refuses("poll", &poll(&["a", "b"], most), "poll/max_choices", "out_of_range");
    }
    refuses("poll", &poll(&["a", "b"], json!(1.5)), "poll/max_choices", "wrong_type");
}

#[test]
fn what_is_unknown_carries_a_short_description() {
    refuses("unsupported", &json!({"description": "a\nb"}), "unsupported/description", "invalid_format");
    refuses("unsupported", &json!({"description": "x".repeat(201)}), "unsupported/description", "too_long");
}
