//! The proof for statistics: the counts are those of the messages.

use crate::{
    proof::{Faults, text},
    stage::Stage,
};
use serde_json::Value;
use std::collections::BTreeMap;

type Counts = BTreeMap<(String, String), i64>;

/// By status and reason, the statistics say what the messages say.
pub(crate) async fn check_counts(stage: &Stage, messages: [&[Value]; 2], faults: &mut Faults) {
    let mut there = Counts::new();
    for message in messages.into_iter().flatten() {
        let status = text(message, "status");
        let is_given_up = matches!(status.as_str(), "failed" | "cancelled" | "expired");
        let reason = if is_given_up { text(message, "reason") } else { String::new() };
        *there.entry((status, reason)).or_default() += 1;
    }
    let answer = stage.api.must_get("/v1/messages/stats?group_by=status,reason").await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let counted: Counts = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let messages = group["accepted"].as_i64().unwrap() + group["received"].as_i64().unwrap();
            ((text(group, "status"), text(group, "reason")), messages)
        })
        .collect();
    if counted != there {
        faults.push(format!("the statistics count {counted:?}, and there are {there:?}"));
    }
}
